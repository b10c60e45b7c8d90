"""From what a user hands in (numbers, nested lists, arrays) to a point, and back."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, cast

from ..errors import BackproofError
from .evaluate import Evaluator, Matrix, has_indices, reference_fields
from .node import Expr, walk
from .scalars import Field
from .shape import SCALAR, Dim, Shape, dim_letters, dim_value, show_shape


def free_names(*exprs: Expr) -> list[Expr]:
    """The free names below the expressions, in the order in which they are first used."""
    return [e for e in walk(exprs) if e.op == "name"]


def evaluate(
    expr: Expr,
    values: Mapping[str, Any],
    *,
    digits: int | None = None,
    at: Mapping[str, int] | None = None,
) -> Any:
    """The value of an expression.

    `values` gives the free names only, by their plain names (`W1`, `b1`, `X`); quantities that the
    note defines are worked out. A matrix is a list of rows or an array, a vector may also come as a
    flat list, a scalar as a number. `digits` asks for that many decimal digits (mpmath) instead of
    float64. `at` gives numbers to index letters, for formulas of single entries.

    Returns a number for a scalar, otherwise a list of rows in the shape of `expr`; an array if a
    NumPy array was handed in. Raises BackproofError for a missing name or sizes that contradict.

    >>> from backproof.expr.build import matmul, name
    >>> z = matmul(name("W", ("n1", "n0")), name("x", ("n0", 1)))
    >>> evaluate(z, {"W": [[1, 2]], "x": [3, 4]})
    [[11.0]]
    """
    point = evaluator([expr], values, reference_fields(digits))
    if has_indices(expr):
        return point.scalar(expr, at or {})
    result = point.matrix(expr)
    if expr.shape == SCALAR:
        return result[0][0]
    if digits is None and any(type(v).__module__ == "numpy" for v in values.values()):
        import numpy as np  # the caller has it loaded already

        return np.array(result, dtype=float)
    return result


def evaluator(exprs: Iterable[Expr], values: Mapping[str, Any], field: Field) -> Evaluator:
    """An evaluator for these expressions at the point that `values` describes."""
    names = free_names(*exprs)
    given: dict[Expr, Any] = {}
    for leaf in names:
        plain = leaf.attr.plain
        if plain not in values:
            raise BackproofError(
                f"no value was given for {plain} ({show_shape(leaf.shape)})",
                hint=_closest(plain, values),
            )
        given[leaf] = _plain(values[plain])
    sizes: dict[str, int] = {}
    matrices: dict[Expr, Matrix] = {}
    flat: list[Expr] = []
    for leaf, value in given.items():
        if _depth(value) == 1 and 1 not in leaf.shape:
            flat.append(leaf)  # its orientation shows once the others have told the sizes
        else:
            matrices[leaf] = _as_matrix(leaf, value, sizes)
    for leaf in flat:
        matrices[leaf] = _as_matrix(leaf, given[leaf], sizes)
    known = {leaf: [[_number(field, x) for x in row] for row in m] for leaf, m in matrices.items()}
    return Evaluator(field, known, sizes)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _depth(value: Any) -> int:
    if not isinstance(value, (list, tuple)):
        return 0
    items = cast("list[Any]", value)
    return 1 + (_depth(items[0]) if items else 0)


def _number(field: Field, value: Any) -> Any:
    if isinstance(value, (int, Fraction)):
        return field.number(Fraction(value))
    if isinstance(value, float):
        return field.number(Fraction(value)) if math.isfinite(value) else value
    return value


def _as_matrix(leaf: Expr, value: Any, sizes: dict[str, int]) -> Matrix:
    """The value as rows; the letters of its shape get their sizes. Raises BackproofError."""
    shape, plain, depth = leaf.shape, leaf.attr.plain, _depth(value)
    if depth > 2:
        raise BackproofError(f"the value of {plain} has {depth} dimensions; a matrix has two")
    if depth == 0:
        rows: Matrix = [[value]]
    elif depth == 1:
        rows = _stand(shape, list(value), sizes)
    else:
        rows = [list(row) for row in value]
        if len({len(row) for row in rows}) > 1:
            raise BackproofError(f"the rows of the value of {plain} differ in length")
    if not rows or not rows[0]:
        raise BackproofError(f"the value of {plain} is empty")
    found = (len(rows), len(rows[0]))
    for dim, count in zip(shape, found, strict=True):
        letters = [x for x in dim_letters(dim) if x not in sizes]
        if len(letters) == 1:
            rest = dim_value(dim, {**sizes, letters[0]: 0})
            sizes[letters[0]] = count - rest
        if not letters and dim_value(dim, sizes) != count:
            wanted = show_shape((_known(shape[0], sizes), _known(shape[1], sizes)))
            raise BackproofError(
                f"{plain} is {show_shape(shape)}, here {wanted}, but its value is "
                f"{found[0]} × {found[1]}",
                hint="check the sizes of the arrays against each other",
            )
    return rows


def _known(dim: Dim, sizes: Mapping[str, int]) -> Dim:
    return dim if _open(dim, sizes) else dim_value(dim, sizes)


def _open(dim: Any, sizes: Mapping[str, int]) -> bool:
    return any(letter not in sizes for letter in dim_letters(dim))


def _stand(shape: Shape, items: list[Any], sizes: Mapping[str, int]) -> Matrix:
    """A flat list as a column or a row, whichever the shape allows."""
    row = [items]
    column = [[x] for x in items]
    known = [None if _open(d, sizes) else dim_value(d, sizes) for d in shape]
    if known[1] == 1 and (known[0] in (None, len(items))):
        return column
    if known[0] == 1 and (known[1] in (None, len(items))):
        return row
    return row if known[1] == len(items) else column


def _closest(plain: str, values: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(plain, list(values), n=1)
    if close:
        return f"did you mean {plain} where you wrote {close[0]}?"
    return f"add {plain!r}: ... to the values"
