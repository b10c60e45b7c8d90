"""What each operation on whole matrices computes, from its definition.

A table from the operation to a function of the evaluator's state and the expression.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol, cast

from .dual import number_of
from .node import Expr
from .scalars import Field, Scalar
from .shape import Dim

Matrix = list[list[Scalar]]


class Point(Protocol):
    """What a rule needs of an evaluator: the kind of number, the values below, the sizes."""

    field: Field
    memo: dict[Expr, Matrix]

    def size(self, dim: Dim) -> int: ...


def _sums(field: Field, x: Matrix, axis: str) -> Matrix:
    if axis == "columns":
        return [[_add_up(row)] for row in x]
    columns = [[_add_up(column) for column in zip(*x, strict=True)]]
    return columns if axis == "rows" else [[_add_up(columns[0])]]


def _add_up(values: Any) -> Scalar:
    items = list(values)
    return sum(items[1:], items[0])


def _lines(x: Matrix, axis: str) -> list[list[Scalar]]:
    """The pieces that an axis runs through: the columns for `rows`, the rows for `columns`."""
    if axis == "columns":
        return x
    if axis == "rows":
        return [list(column) for column in zip(*x, strict=True)]
    return [[v for row in x for v in row]]


def _unlines(lines: list[list[Scalar]], axis: str, width: int) -> Matrix:
    if axis == "columns":
        return lines
    if axis == "rows":
        return [list(row) for row in zip(*lines, strict=True)]
    return [lines[0][i : i + width] for i in range(0, len(lines[0]), width)]


def _per_line(
    rule: Callable[[Field, list[Scalar]], list[Scalar]],
) -> Callable[[Point, Expr], Matrix]:
    def apply(at: Point, expr: Expr) -> Matrix:
        x = at.memo[expr.args[0]]
        lines = [rule(at.field, line) for line in _lines(x, expr.attr)]
        return _unlines(lines, expr.attr, len(lines[0]) if len(lines[0]) == 1 else len(x[0]))

    return apply


def _shifted(field: Field, line: list[Scalar]) -> tuple[Scalar, list[Scalar]]:
    """The largest entry and exp of the others below it: no overflow for any input."""
    table = field.table
    top = line[0]
    for x in line[1:]:
        top = table["max"](top, x)
    return top, [table["exp"](table["sub"](x, top)) for x in line]


def _softmax(field: Field, line: list[Scalar]) -> list[Scalar]:
    _, powers = _shifted(field, line)
    whole = _add_up(powers)
    return [field.table["div"](p, whole) for p in powers]


def _logsumexp(field: Field, line: list[Scalar]) -> list[Scalar]:
    top, powers = _shifted(field, line)
    return [top + field.table["log"](_add_up(powers))]


def _log_softmax(field: Field, line: list[Scalar]) -> list[Scalar]:
    whole = _logsumexp(field, line)[0]
    return [field.table["sub"](x, whole) for x in line]


def _amax(field: Field, line: list[Scalar]) -> list[Scalar]:
    # The first of several that are equal, as in `_argmax_mask`.
    top = line[0]
    for x in line[1:]:
        top = x if number_of(x) > number_of(top) else top
    return [top]


def _argmax_mask(field: Field, line: list[Scalar]) -> list[Scalar]:
    best = 0
    for i, x in enumerate(line):
        if number_of(x) > number_of(line[best]):
            best = i
    one, zero = field.number(Fraction(1)), field.number(Fraction(0))
    return [one if i == best else zero for i in range(len(line))]


def _matmul(at: Point, expr: Expr) -> Matrix:
    a, b = (at.memo[x] for x in expr.args)
    columns = [list(column) for column in zip(*b, strict=True)]
    dot = at.field.dot
    return [[dot(row, column) for column in columns] for row in a]


def _broadcast(at: Point, expr: Expr) -> Matrix:
    x = at.memo[expr.args[0]]
    rows, columns = (at.size(d) for d in expr.attr)
    wide = [row * columns if len(row) == 1 else row for row in x]
    return [list(wide[0]) for _ in range(rows)] if len(wide) == 1 else wide


def _identity(at: Point, expr: Expr) -> Matrix:
    n = at.size(expr.shape[0])
    number = at.field.number
    one, zero = number(cast(Any, 1)), number(cast(Any, 0))
    return [[one if i == j else zero for j in range(n)] for i in range(n)]


def _sqnorm(at: Point, expr: Expr) -> Matrix:
    return _sums(at.field, [[x * x for x in row] for row in at.memo[expr.args[0]]], expr.attr)


def _norm(at: Point, expr: Expr) -> Matrix:
    return [[at.field.table["sqrt"](x) for x in row] for row in _sqnorm(at, expr)]


def _stack(at: Point, expr: Expr) -> Matrix:
    parts = [at.memo[a] for a in expr.args]
    if expr.attr == "rows":
        return [row for part in parts for row in part]
    return [[x for row in rows for x in row] for rows in zip(*parts, strict=True)]


def _block(at: Point, expr: Expr) -> Matrix:
    axis, before, own = expr.attr
    start = sum(at.size(d) for d in before)
    end = start + at.size(own)
    x = at.memo[expr.args[0]]
    return x[start:end] if axis == "rows" else [row[start:end] for row in x]


def _name(at: Point, expr: Expr) -> Matrix:
    raise KeyError(expr.attr.plain)


STRUCTURAL: dict[str, Callable[[Point, Expr], Matrix]] = {
    "name": _name,
    "number": lambda at, e: [[at.field.number(e.attr)]],
    "constant": lambda at, e: [[at.field.constant[e.attr]]],
    "size": lambda at, e: [[at.field.number(cast(Any, at.size(e.attr)))]],
    "identity": _identity,
    "matmul": _matmul,
    "transpose": lambda at, e: [list(c) for c in zip(*at.memo[e.args[0]], strict=True)],
    "broadcast": _broadcast,
    "sum": lambda at, e: _sums(at.field, at.memo[e.args[0]], e.attr),
    "sqnorm": _sqnorm,
    "norm": _norm,
    "logsumexp": _per_line(_logsumexp),
    "amax": _per_line(_amax),
    "softmax": _per_line(_softmax),
    "log_softmax": _per_line(_log_softmax),
    "argmax_mask": _per_line(_argmax_mask),
    "trace": lambda at, e: [[_add_up([r[i] for i, r in enumerate(at.memo[e.args[0]])])]],
    "sized": lambda at, e: at.memo[e.args[0]],
    "stack": _stack,
    "block": _block,
}
