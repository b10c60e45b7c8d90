"""The elementwise parts of a dense network, taken from its derivation.

A network of layers `Z = A W + b`, `A = f(Z)` needs, besides products of matrices, only formulas of
single entries: each activation, what it passes back, the derivative of the loss at the output, and
the loss itself. They are the last lines of the derivation, spelled for the inside of a loop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..calculus.prepare import prepare
from ..calculus.step import Derivation
from ..code.finite import all_finite
from ..code.scalars import scalar_text
from ..errors import RefusedError
from ..expr.build import ONE, broadcast, div, elementwise, mul, spread
from ..expr.node import Expr, rebuild, same, substitute, walk
from ..expr.shape import SCALAR


@dataclass(frozen=True, slots=True)
class Layer:
    """One dense layer: the value `a` of an entry in terms of `z`, and the derivative of the loss by
    it, `dz`, in terms of `d` (the derivative by `a`), `z` and `a`.

    `rows` is true where a whole row takes part (softmax): then `value` is the operation's name.
    """

    value: str
    back: str
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Kernels:
    """The layers, the derivative of the loss at the last `z`, and the loss of one entry.

    Letters: `z`, `a` (the output), `q` (log-softmax of the output), `y`, `s` (the sample's weight,
    where samples are weighted), `k` (the number of outputs) and `r` (1/m, or one over the sum of
    the weights where the loss is divided by that). `delta` and `loss` are proportional to `r`. The
    last layer's `back` is empty: `delta` takes its place. Penalties on the weights are not part of
    it.
    """

    layers: tuple[Layer, ...]
    delta: str
    loss: str


def kernels(derivation: Derivation) -> Kernels:
    """The elementwise parts of a dense network in rows convention.

    Raises RefusedError, naming the equation, if the model is anything else.
    """
    return _Reader(derivation).kernels()


class _Reader:
    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        model = derivation.model
        # As the stages have them: functions that were written out are recognised.
        self.replaced = prepare(model, derivation.wanted).replaced
        quantities = dict.fromkeys(
            self.replaced.get(q.quantity, q.quantity) for q in model.equations
        )
        self.sums = [q for q in quantities if q.op == "let" and _is_dense(q.args[0])]
        outputs: dict[Expr, Expr] = {}
        for q in quantities:
            below = [e for e in walk(q.args, _named) if e.op == "let"]
            inner = q not in self.sums and q is not derivation.loss
            if inner and len(below) == 1 and below[0] in self.sums:
                outputs[below[0]] = q
        self.outputs = outputs
        self.letters: dict[Expr, str] = dict.fromkeys(model.targets, "y")
        self.letters |= {e: "s" for e in model.inputs if e.attr.plain == "s" and e.shape[1] == 1}

    def kernels(self) -> Kernels:
        if not self.sums:
            raise RefusedError("no layer of the form Z = A W + b was found in the model")
        last = self.sums[-1]
        layers = tuple(self._layer(z, z is last) for z in self.sums)
        out = self.outputs.get(last, last)
        table = {**self.letters, out: "a", last: "z"}
        loss = self._loss(table, last)
        delta = self._delta(last)
        if out is not last and _may_be_zero(_opened(delta, table), out):
            table.pop(out)  # in terms of z instead, which tells how close to 0 it is
        return Kernels(layers, self._formula(delta, table), loss)

    def _layer(self, z: Expr, is_last: bool) -> Layer:
        a = self.outputs.get(z)
        value = _without_names(a.args[0], z) if a is not None else z
        rows = value.op == "softmax"
        if rows and not is_last:
            raise RefusedError("softmax is read at the output only")
        text = value.op if rows else self._formula(value, {z: "z"})
        if is_last:
            return Layer(text, "", rows)
        table = {**self.letters, z: "z"}
        if a is not None:
            table[a] = "a"
        stage = self.derivation.stage(z.attr.plain)
        above = [e for e in walk([stage.result], _named) if e.op == "matmul"]
        table |= dict.fromkeys(above, "d")
        return Layer(text, self._formula(stage.result, table))

    def _delta(self, last: Expr) -> Expr:
        return self.derivation.stage(last.attr.plain).result

    def _formula(self, value: Expr, table: dict[Expr, str]) -> str:
        value = all_finite(_opened(value, table), table)
        return scalar_text(value, {**_counts(value, self.sums[-1]), **table})

    def _loss(self, table: dict[Expr, str], last: Expr) -> str:
        """The loss of one entry: the sum over entries taken apart, penalties left out."""
        loss = self.derivation.loss
        steps = self.derivation.stable.get(loss.attr.plain, ())
        value = substitute(steps[-1].after if steps else loss.args[0], self.replaced)
        value = _opened(value, table)
        rows = [e for e in walk([value], _named) if e.op == "log_softmax" and e.args[0] is last]
        table = {**table, **dict.fromkeys(rows, "q")}
        terms = _terms(value, "", frozenset(table), _counts(value, last))
        texts = [f"{front}({scalar_text(e, {**_counts(e, last), **table})})" for front, e in terms]
        if not texts:
            raise RefusedError("the loss is not a sum over samples and outputs")
        return " + ".join(texts)


_NAMED = ("let", "name")


def _named(e: Expr) -> bool:
    return e.op in _NAMED


def _is_dense(value: Expr) -> bool:
    return value.op in ("add", "matmul") and any(
        e.op == "matmul" and e.args[1].op == "name" for e in (value, *value.args)
    )


def _opened(value: Expr, given: Collection[Expr]) -> Expr:
    """The formula with definitions of functions put in, and of names that are not given."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "call":
            return spread(old.attr.body, dict(zip(old.attr.params, args, strict=True)), old.shape)
        if old.op in ("sized", "let"):
            return args[0]
        if old.op == "matmul" and SCALAR in (old.args[0].shape, old.args[1].shape):
            return elementwise("mul", *args)
        return same(old, args) if args else old

    return rebuild(value, change, None, lambda e: e in given)


def _may_be_zero(value: Expr, a: Expr) -> bool:
    """Whether there is a logarithm, or a division, of what the output `a` is in."""
    for e in walk([value], _named):
        if e.op in ("log", "log1p", "div") and a in walk([e.args[-1]], _named):
            return True
    return False


def _without_names(value: Expr, z: Expr) -> Expr:
    """Second names looked through."""
    while value.op == "let" and value is not z:
        value = value.args[0]
    return value


def _counts(value: Expr, last: Expr) -> dict[Expr, str]:
    """The numbers of samples and of outputs, as letters."""
    samples, outputs = last.shape
    letters: dict[Expr, str] = {}
    for e in walk([value], lambda e: e.op in ("size", *_NAMED)):
        if e.op == "size":
            letters[e] = "(one / r)" if e.attr == samples else "k"
            if e.attr not in (samples, outputs):
                raise RefusedError(f"the loss counts {e.attr}, which is no side of the output")
        elif _is_weight(e):
            letters[e] = "(one / r)"
        elif e.op == "div" and e.args[0] is ONE and letters.get(e.args[1]) == "(one / r)":
            letters[e] = "r"
    return letters


def _is_weight(e: Expr) -> bool:
    """Whether this is the sum of the samples' weights."""
    return e.op == "sum" and e.shape == SCALAR and _is_s(e.args[0])


def _is_s(e: Expr) -> bool:
    return e.op == "name" and e.attr.plain == "s" and e.shape[1] == 1


def _terms(
    value: Expr, front: str, given: frozenset[Expr], counts: dict[Expr, str]
) -> list[tuple[str, Expr]]:
    """A scalar as a sum of formulas that are added up over all entries, each with its factor; what
    holds nothing of `given` (a penalty on the weights) is left out."""
    if not any(e in given for e in walk([value], lambda e: e in given or e in counts)):
        return []
    if value.op == "sqnorm":
        return [(front, _squared(value.args[0]))]
    if value.op == "sum":
        return [(front, _inlined(value.args[0]))]
    if value.op in ("add", "sub"):
        sign = "-" if value.op == "sub" else ""
        one, other = value.args
        return _terms(one, front, given, counts) + _terms(other, sign + front, given, counts)
    if value.op == "neg":
        return _terms(value.args[0], f"-{front}", given, counts)
    if value.op == "mul" and value.shape == SCALAR:
        for one, other in (value.args, value.args[::-1]):
            if _is_front(one, counts):
                text = scalar_text(one, counts)
                return _terms(other, f"{front}({text}) * ", given, counts)
    if value.op == "div" and _is_front(value.args[1], counts):
        below = counts.get(value.args[1])
        text = "r" if below == "(one / r)" else scalar_text(div(ONE, value.args[1]), counts)
        return _terms(value.args[0], f"{front}({text}) * ", given, counts)
    if value.op == "matmul" and value.shape == SCALAR and _is_s(value.args[0].T):
        return [(front, mul(value.args[0].T, _inlined(value.args[1])))]
    raise RefusedError(f"a loss with {value.op} outside the sum is not added up entry by entry")


def _is_front(e: Expr, counts: Mapping[Expr, str]) -> bool:
    """Whether a factor is a number alone, such as -1/(2 m)."""
    parts = walk([e], lambda x: x in counts)
    return all(x in counts or x.op in ("number", "div", "mul", "neg") for x in parts)


def _inlined(e: Expr) -> Expr:
    """Sums within a sum are one sum: a factor in front of the inner one goes inside."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "sum":
            return args[0]
        if old.op == "sqnorm":
            return _squared(args[0])
        return _over(old, args)

    return rebuild(e, change, None, _named)


def _squared(e: Expr) -> Expr:
    return mul(e, e)


def _over(old: Expr, args: tuple[Expr, ...]) -> Expr:
    """A node over arguments that may have become larger."""
    if not args or args == old.args:
        return old
    if old.op == "broadcast":
        return args[0] if args[0].shape != old.args[0].shape else broadcast(args[0], old.attr)
    return elementwise(old.op, *args, attr=old.attr)
