"""How a model is put together, as the walk back needs it: what depends on what is wanted, what each
equation uses, which unnamed parts count as quantities, and where an equation is cut into
regions."""

from __future__ import annotations

from collections.abc import Iterable

from ..expr.node import Expr, ends_equation, is_named, walk
from ..expr.ops import OPS
from .entries import inputs, is_inner


class Anatomy:
    """The structure of one loss with respect to what is wanted.

    `equations` are those that matter, in order; an unnamed part that several equations have in
    common stands among them like a quantity, before its first use, since its derivative is a sum
    over all of them.
    """

    def __init__(self, loss: Expr, equations: Iterable[Expr], wanted: Iterable[Expr]) -> None:
        self._active: dict[Expr, bool] = {}
        goal = set(wanted)
        for e in walk([loss], lambda e: e.op == "size"):
            below = e.op != "size" and any(self._active[a] for a in e.args)
            self._active[e] = e in goal or below
        self._shared: set[Expr] = set()
        self.equations = self._with_shared_parts([e for e in equations if self.matters(e)])
        self.direct = {e: self._direct_inputs(e) for e in self.equations}

    def matters(self, e: Expr) -> bool:
        """Whether something that is wanted occurs in `e`."""
        return self._active.get(e, False)

    def is_quantity(self, e: Expr) -> bool:
        """Whether `e` has a stage that collects its uses in all equations."""
        return is_named(e) or e in self._shared

    def parts(self, quantity: Expr) -> list[Expr]:
        """The parts of one equation, arguments first: down to names and quantities."""
        root = definition(quantity)

        def stop(e: Expr) -> bool:
            return (e is not root and self.is_quantity(e)) or ends_equation(e)

        return list(walk([root], stop))

    def boundary(self, parts: Iterable[Expr]) -> set[Expr]:
        """Elementwise parts that are derived by on their own: what an operation on matrices uses,
        and the inside of a function that has several operands, as in `sigmoid(W a + b)`."""
        found: set[Expr] = set()
        for e in parts:
            if not is_operation(e):
                continue
            if not is_inner(e):
                found.update(e.args)
            elif e.op not in ("add", "sub", "neg"):
                found |= {a for a in e.args if self.joins(a)}
        return found

    def joins(self, e: Expr) -> bool:
        """Whether a sum or difference brings together several things that matter."""
        if e.op not in ("add", "sub") or not self.matters(e) or self.is_quantity(e):
            return False
        return sum(1 for x in inputs(e, self._stands_alone) if self.matters(x)) > 1

    def hands_on(self, quantity: Expr) -> bool:
        """Whether the derivative by a quantity deserves a name: several parts of its equation get
        it, or a product of matrices does, whose transpose is easier to see with one."""
        parts = [e for e in self.parts(quantity) if self.matters(e)]
        if not parts:  # only the quantity itself is wanted
            return False
        if self.inside(quantity) is None and any(e.op == "matmul" for e in parts):
            return True
        root = parts[-1]
        if not is_inner(root):
            return sum(1 for a in root.args if self.matters(a)) > 1
        cut = self.boundary(parts) - {root}
        reached = inputs(root, lambda e: self._stands_alone(e) or e in cut)
        return sum(1 for x in reached if self.matters(x)) > 1

    def inside(self, quantity: Expr) -> Expr | None:
        """The sum inside the function that a quantity is: `W x + b` of `a = sigmoid(W x + b)`."""
        root = definition(quantity)
        if len(root.args) == 1 and is_inner(root) and self.joins(root.args[0]):
            return root.args[0]
        return None

    def _stands_alone(self, e: Expr) -> bool:
        return e in self._shared or (e.op == "broadcast" and self.matters(e))

    def _with_shared_parts(self, equations: list[Expr]) -> list[Expr]:
        owners: dict[Expr, int] = {}
        for quantity in equations:
            for e in self.parts(quantity):
                if is_operation(e) and OPS[e.op].kind != "leaf" and self.matters(e):
                    owners[e] = owners.get(e, 0) + 1
        out: list[Expr] = []
        for quantity in equations:
            for e in self.parts(quantity):
                if owners.get(e, 0) > 1 and e not in self._shared:
                    self._shared.add(e)
                    out.append(e)
            out.append(quantity)
        return out

    def _direct_inputs(self, quantity: Expr) -> list[Expr]:
        """The names and quantities in an equation that matter for what is wanted."""
        return [
            e
            for e in self.parts(quantity)
            if e is not quantity and self.is_quantity(e) and self.matters(e)
        ]


def definition(quantity: Expr) -> Expr:
    """The right side of a quantity's equation; a part without a name is its own."""
    return quantity.args[0] if quantity.op == "let" else quantity


def is_operation(e: Expr) -> bool:
    """Whether something is worked out here, rather than named elsewhere."""
    return not is_named(e)
