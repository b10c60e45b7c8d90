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
from .scalars import DomainError, Field
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
    try:
        if has_indices(expr):
            return point.scalar(expr, at or {})
        result = point.matrix(expr)
    except KeyError as missing:
        raise BackproofError(
            f"nothing that was given tells what {missing.args[0]} is",
            hint="give a value for a name with this dimension, or `at` for an index",
        ) from None
    except DomainError as outside:
        raise BackproofError(f"{outside} is taken where it has no value") from None
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
    # A flat list for a matrix: which way it lies shows once the others have told the sizes.
    flat = {leaf for leaf, v in given.items() if _depth(v) == 1 and 1 not in leaf.shape}
    matrices = {leaf: _rows(leaf, v, sizes) for leaf, v in given.items() if leaf not in flat}
    _measure(matrices, sizes)
    for leaf in (x for x in given if x in flat):
        matrices[leaf] = _rows(leaf, given[leaf], sizes)
        _measure(matrices, sizes)
    for leaf, rows in matrices.items():
        _check(leaf, rows, sizes)
    known = {
        leaf: [[_number(field, leaf, x) for x in row] for row in matrices[leaf]] for leaf in given
    }
    return Evaluator(field, known, sizes)


def _plain(value: Any) -> Any:
    """Lists and numbers, whatever kind of array they came in."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(x) for x in cast("list[Any]", value)]
    return value


def _depth(value: Any) -> int:
    if not isinstance(value, list):
        return 0
    return 1 + max((_depth(x) for x in cast("list[Any]", value)), default=0)


def _number(field: Field, leaf: Expr, value: Any) -> Any:
    if isinstance(value, (int, Fraction)):
        return field.number(Fraction(value))
    if isinstance(value, float):
        return field.number(Fraction(value)) if math.isfinite(value) else value
    if hasattr(value, "_mpf_"):  # of mpmath
        return field.number(Fraction(0)) + value
    raise BackproofError(f"the value of {leaf.attr.plain} has {value!r} in it, which is no number")


def _rows(leaf: Expr, value: Any, sizes: Mapping[str, int]) -> Matrix:
    """The value as rows. Raises BackproofError for what is no matrix."""
    plain, depth = leaf.attr.plain, _depth(value)
    if depth > 2:
        raise BackproofError(f"the value of {plain} has {depth} dimensions; a matrix has two")
    rows: Matrix = [[value]] if depth == 0 else value
    if depth == 1:
        rows = _stand(leaf.shape, value, sizes)
    if not rows or not rows[0]:
        raise BackproofError(f"the value of {plain} is empty")
    lines = cast("list[Any]", rows)
    if len({len(cast("list[Any]", r)) if isinstance(r, list) else 0 for r in lines}) > 1:
        raise BackproofError(f"the rows of the value of {plain} differ in length")
    return rows


def _measure(matrices: Mapping[Expr, Matrix], sizes: dict[str, int]) -> None:
    """The sizes of the letters, from the values: `n0+n1` tells `n1` once `n0` is known."""
    before = -1
    while len(sizes) != before:
        before = len(sizes)
        for leaf, rows in matrices.items():
            for dim, count in zip(leaf.shape, (len(rows), len(rows[0])), strict=True):
                letters = [x for x in dim_letters(dim) if x not in sizes]
                if letters and len(set(letters)) == 1:
                    rest = count - dim_value(dim, {**sizes, letters[0]: 0})
                    if rest >= len(letters):
                        sizes[letters[0]] = rest // len(letters)


def _check(leaf: Expr, rows: Matrix, sizes: Mapping[str, int]) -> None:
    """Raises BackproofError where a value has another size than the letters say."""
    found = (len(rows), len(rows[0]))
    for dim, count in zip(leaf.shape, found, strict=True):
        smallest = dim_value(dim, {x: sizes.get(x, 1) for x in dim_letters(dim)})
        if count < smallest or (not _open(dim, sizes) and count != smallest):
            wanted = show_shape((_known(leaf.shape[0], sizes), _known(leaf.shape[1], sizes)))
            raise BackproofError(
                f"{leaf.attr.plain} is {show_shape(leaf.shape)}, here {wanted}, but its value is "
                f"{show_shape(found)}",
                hint="check the sizes of the arrays against each other",
            )


def _known(dim: Dim, sizes: Mapping[str, int]) -> Dim:
    return dim if _open(dim, sizes) else dim_value(dim, sizes)


def _open(dim: Any, sizes: Mapping[str, int]) -> bool:
    return any(letter not in sizes for letter in dim_letters(dim))


def _stand(shape: Shape, items: list[Any], sizes: Mapping[str, int]) -> Matrix:
    """A flat list as a column or a row, whichever the shape allows."""
    row = [items]
    column = [[x] for x in items]
    known = [None if _open(d, sizes) else dim_value(d, sizes) for d in shape]
    if 1 in known:
        return column if known[1] == 1 else row
    return row if known[1] == len(items) else column


def _closest(plain: str, values: Mapping[str, Any]) -> str:
    close = [given for given in values if given.lower() == plain.lower()]
    close += difflib.get_close_matches(plain, list(values), n=1)
    if close:
        return f"did you mean {plain} where you wrote {close[0]}?"
    return f"add {plain!r}: ... to the values"
