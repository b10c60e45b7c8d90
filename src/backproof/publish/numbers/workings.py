"""How a single number of a network comes about: the formula of one entry, over entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...calculus.entries import COLUMN, ROW
from ...calculus.step import Derivation
from ...expr.build import derivative, entry, index_sum, mul, number, power, unary
from ...expr.node import Expr
from ...expr.ops import OPS
from ...expr.shape import SCALAR, Dim, dim_letters

_INNER = "klpqruv"  # for what is added up inside


@dataclass(frozen=True, slots=True)
class Working:
    """One entry (j, s) of a quantity, or of the derivative of the loss by it: `left = right`."""

    left: Expr
    right: Expr


def workings(derivation: Derivation) -> tuple[dict[str, Working], dict[str, Working]]:
    """By plain name: how an entry of each quantity is worked out, and how one of the derivative of
    the loss by each quantity and each parameter. The short name of a derivative by what has no name
    itself counts as a quantity.

    Whatever has no formula over a few entries (a largest entry, a block of a matrix) is left out.
    """
    forward: dict[str, Working] = {}
    backward: dict[str, Working] = {}
    for equation in derivation.model.equations:
        _add(forward, equation.quantity, _at(equation.quantity), equation.value)
    for stage in derivation.stages:
        e = stage.quantity
        if e.op in ("name", "let"):
            _add(backward, e, derivative(derivation.loss, _at(e)), stage.result)
        elif stage.name is not None:
            _add(forward, stage.name, _at(stage.name), stage.result)
    return forward, backward


def _at(e: Expr) -> Expr:
    return e if e.shape == SCALAR else entry(e, ROW, COLUMN)


def _add(found: dict[str, Working], quantity: Expr, left: Expr, value: Expr) -> None:
    letters = _Letters(value)
    right = letters.entry(value, ROW, COLUMN)
    if right is not None:
        found[quantity.attr.plain] = Working(left, right)


class _Letters:
    """Writes entries, with a letter of its own for each sum."""

    def __init__(self, value: Expr) -> None:
        taken = {x for dim in value.shape for x in dim_letters(dim)}
        self.free: Iterator[str] = iter(x for x in _INNER if x not in taken)

    def entry(self, e: Expr, row: str | int, column: str | int) -> Expr | None:
        """The entry of an expression in a row and a column; None where there is no formula."""
        rows, columns = e.shape
        row, column = (1 if rows == 1 else row), (1 if columns == 1 else column)
        op, args = e.op, e.args
        if op in ("name", "let"):
            return e if e.shape == SCALAR else entry(e, row, column)
        if op in ("number", "constant", "size"):
            return e
        if op == "transpose":
            return self.entry(args[0], column, row)
        if op in ("broadcast", "sized"):
            return self.entry(args[0], row, column)
        if op == "matmul":
            return self._product(e, row, column)
        if op in ("sum", "sqnorm"):
            return self._sum(e, row, column)
        if op == "softmax":
            return self._softmax(e, row, column)
        if OPS[op].kind != "elementwise":
            return None
        parts = [self.entry(a, row, column) for a in args]
        if any(p is None for p in parts):
            return None
        return Expr(op, tuple(p for p in parts if p is not None), e.attr, SCALAR)

    def _summed(self, e: Expr, row: str | int, column: str | int, sides: list[int]) -> Expr | None:
        """The entries of an expression added up along some of its sides."""
        place, sums = [row, column], list[tuple[str, Dim]]()
        for side in sides:
            if e.shape[side] != 1:
                letter = next(self.free, None)
                if letter is None:
                    return None
                place[side] = letter
                sums.append((letter, e.shape[side]))
        body = self.entry(e, place[0], place[1])
        for letter, dim in reversed(sums):
            body = None if body is None else index_sum(body, letter, dim)
        return body

    def _product(self, e: Expr, row: str | int, column: str | int) -> Expr | None:
        a, b = e.args
        inner = a.shape[1]
        letter = 1 if inner == 1 else next(self.free, None)
        if letter is None:
            return None
        one, other = self.entry(a, row, letter), self.entry(b, letter, column)
        if one is None or other is None:
            return None
        return index_sum(mul(one, other), str(letter), inner)

    def _sum(self, e: Expr, row: str | int, column: str | int) -> Expr | None:
        x = power(e.args[0], number(2)) if e.op == "sqnorm" else e.args[0]
        return self._summed(x, row, column, _SIDES[e.attr])

    def _softmax(self, e: Expr, row: str | int, column: str | int) -> Expr | None:
        powers = unary("exp", e.args[0])
        above = self.entry(powers, row, column)
        below = self._summed(powers, row, column, _SIDES[e.attr])
        if above is None or below is None:
            return None
        return Expr("div", (above, below), None, SCALAR)


_SIDES = {"rows": [0], "columns": [1], "all": [0, 1]}
