"""The way from the loss down to each quantity, in constant time for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from ..calculus.step import Derivation, Stage
from ..expr.node import Expr
from ..expr.shape import SCALAR

Factor = tuple[Expr, Expr]  # d first / d second

MOST = 12  # factors; a longer chain shows its ends


class Ways:
    """Which quantity uses which, and how far each is from the loss."""

    def __init__(self, derivation: Derivation) -> None:
        self.stages: dict[Expr, Stage] = {s.quantity: s for s in derivation.stages}
        self._order = {e: i for i, e in enumerate(self.stages)}
        self.loss = derivation.loss
        self.length: dict[Expr, int] = {self.loss: 0}
        self._upper: dict[Expr, Expr] = {}
        self._first: dict[Expr, tuple[Factor, ...]] = {self.loss: ()}
        for stage in derivation.stages:
            e = stage.quantity
            if e is self.loss:
                continue
            uppers = self.uppers(e)
            above = uppers[0] if len(uppers) == 1 else self.loss
            self._upper[e] = above
            self.length[e] = self.length.get(above, 0) + 1
            first = self._first.get(above, ())
            self._first[e] = first if len(first) == 2 else (*first, (above, e))

    def uppers(self, quantity: Expr) -> list[Expr]:
        """The quantities that use this one."""
        return list(dict.fromkeys(link.upper for link in self.stages[quantity].links))

    def chain(self, quantity: Expr) -> list[Factor]:
        """The factors from the loss down; from the last quantity that is used more than once, its
        whole derivative is the first factor."""
        return self.down_to(quantity, self.loss)

    def down_to(self, quantity: Expr, start: Expr, most: int | None = None) -> list[Factor]:
        """The factors between `start` and a quantity below it; at most the last ones."""
        out: list[Factor] = []
        e = quantity
        while e is not start and e in self._upper and (most is None or len(out) < most):
            out.append((self._upper[e], e))
            e = self._upper[e]
        return out[::-1]

    def shown(self, quantity: Expr, dots: Expr) -> list[Factor | Expr]:
        """The chain to print: of a long one the first and the last factors."""
        if self.length[quantity] <= MOST:
            return list(self.chain(quantity))
        return [*self._first[quantity], dots, *self.down_to(quantity, self.loss, 3)]

    def needed(self, quantity: Expr, told: set[Expr]) -> list[Expr]:
        """What must be told before this quantity, and itself, in the order of the stages."""
        found: set[Expr] = set()
        stack = [quantity]
        while stack:
            e = stack.pop()
            if e in found or e in told or e not in self.stages:
                continue
            found.add(e)
            stack += self.uppers(e)
        return sorted(found, key=self._order.__getitem__)


def factor(upper: Expr, lower: Expr) -> Expr:
    """`d upper / d lower`, to be looked at."""
    return Expr("gradient", (upper, lower), None, SCALAR)


def product(factors: Sequence[Factor | Expr]) -> Expr:
    """Factors side by side, to be looked at."""
    out: Expr | None = None
    for f in factors:
        e = f if isinstance(f, Expr) else factor(*f)
        out = e if out is None else Expr("mul", (out, e), None, SCALAR)
    assert out is not None
    return out
