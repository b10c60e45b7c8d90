"""What an equation's right side is made of, as a picture sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...expr.model import Model
from ...expr.node import Expr, ends_equation, is_named, walk
from ...expr.shape import SCALAR

FUNCTIONS = frozenset(
    "exp log sqrt abs sign step sin cos tan sinh cosh tanh sigmoid relu softplus erf log1p expm1 "
    "log1mexp softmax log_softmax logsumexp".split()
)
SIGNS = {"add": "+", "sub": "−", "mul": "⊙", "matmul": "×", "stack": "∥"}


@dataclass(frozen=True, slots=True)
class Dense:
    """`weight` times `input`: what a bundle of edges stands for."""

    weight: Expr
    input: Expr
    turned: bool


class Terms:
    """Tells apart what flows through the network, what is trained, and mere numbers."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._fixed = {e for e, r in model.roles.items() if r in ("parameter", "constant")}
        self._weights = set(model.parameters)
        self._targets = set(model.targets)
        self._flows: dict[Expr, bool] = {}
        self._named: dict[Expr, bool] = {}
        self._layers: dict[Expr, bool] = {}

    def is_fixed(self, e: Expr) -> bool:
        """Whether a named quantity is a parameter or a constant."""
        return e in self._fixed

    def flows(self, e: Expr) -> bool:
        """Whether the expression, as written, depends on what flows through the network."""
        return self._holds(e, self._flows, lambda x: x not in self._fixed)

    def names_something(self, e: Expr) -> bool:
        return self._holds(e, self._named, lambda x: True)

    def _holds(self, root: Expr, memo: dict[Expr, bool], counts: Callable[[Expr], bool]) -> bool:
        for e in walk([root], lambda e: e in memo or ends_equation(e)):
            if e in memo:
                continue
            if ends_equation(e):
                memo[e] = is_named(e) and counts(e)
            else:
                memo[e] = any(memo[a] for a in e.args)
        return memo[root]

    def core(self, e: Expr) -> Expr:
        """The expression without signs, repetition, transposes and factors that are numbers."""
        while True:
            if e.op in ("broadcast", "sized", "neg", "transpose"):
                e = e.args[0]
            elif e.op == "mul" and not self.names_something(e.args[0]):
                e = e.args[1]
            elif e.op in ("mul", "div") and not self.names_something(e.args[1]):
                e = e.args[0]
            else:
                return e

    def dense(self, e: Expr) -> Dense | None:
        """The product of a trained matrix and what flows, if the expression is one."""
        e = self.core(e)
        if e.op not in ("matmul", "mul"):
            return None
        for i in (0, 1):
            weight, other = e.args[i], e.args[1 - i]
            if self.flows(weight) or not self.flows(other):
                continue
            if e.op == "mul" and not (self._lone(other) and self.core(weight).shape == SCALAR):
                return None
            return self._bundle(weight, other, i)
        return None

    def _lone(self, e: Expr) -> bool:
        """Whether a value is one number for each sample, so that a factor is a weight."""
        return all(d in (1, self.model.samples) for d in e.shape)

    def _bundle(self, weight: Expr, other: Expr, side: int) -> Dense | None:
        inner = self.core(weight)
        if inner in self._weights:
            return Dense(inner, other, weight.shape != inner.shape or weight.op == "transpose")
        if inner.op == "matmul" and weight.op == "matmul":  # (A B) x is A (B x)
            near, far = (1, 0) if side == 0 else (0, 1)
            args = (weight.args[near], other) if side == 0 else (other, weight.args[near])
            shape = (args[0].shape[0], args[1].shape[1])
            return self._bundle(weight.args[far], Expr("matmul", args, None, shape), side)
        return None

    def summands(self, e: Expr) -> list[Expr]:
        """The terms of a sum, from left to right."""
        out: list[Expr] = []
        stack = [e]
        while stack:
            top = self.core(stack.pop())
            if top.op in ("add", "sub"):
                stack.extend(reversed(top.args))
            else:
                out.append(top)
        return out

    def is_layer(self, e: Expr) -> bool:
        """Whether a sum has a bundle of edges among its terms, and no target: what is compared with
        a target is a layer, and the difference is not."""
        if e not in self._layers:
            terms = self.summands(e)
            dense = any(self.dense(t) for t in terms)
            self._layers[e] = dense and self._targets.isdisjoint(terms)
            if not dense and e.op in ("add", "sub"):  # then no part of the sum has one
                part = e
                while (part := self.core(part.args[0])).op in ("add", "sub"):
                    self._layers[part] = False
        return self._layers[e]

    def parts(self, e: Expr) -> list[Expr]:
        """The named quantities and the unnamed layers that an expression is put together from."""
        out: dict[Expr, None] = {}
        stack, seen = [e], {e}
        while stack:
            top = stack.pop()
            if is_named(top) or (self.flows(top) and self.is_layer(top)):
                out[top] = None
            elif top.op != "size":
                fresh = [a for a in reversed(top.args) if a not in seen]
                seen.update(fresh)
                stack.extend(fresh)
        return list(out)

    def is_simple(self, e: Expr) -> bool:
        """Whether an expression can be drawn operation by operation and is worth it."""
        count = 0
        for op in self._operations(e):
            count += 1
            if count > 9 or not (op in FUNCTIONS or op in SIGNS):
                return False
        return count > 0

    def _operations(self, e: Expr) -> Iterator[str]:
        stack = [e]
        while stack:
            top = self.core(stack.pop())
            if is_named(top) or not self.names_something(top) or self.is_layer(top):
                continue
            yield top.op
            stack.extend(top.args)
