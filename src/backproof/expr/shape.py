"""Shapes: two dimensions each, numbers or letters, rows first.

Everything is a matrix here. A column vector is `n x 1`, a row vector `1 x n`, a scalar `1 x 1`, so
that a transpose always means something and no rank has to be guessed. A dimension is an `int`, a
letter (`"m"`) or a sum of those (`"n0+n1"`, what stacking two vectors gives).
"""

from __future__ import annotations

from collections.abc import Mapping

Dim = int | str
Shape = tuple[Dim, Dim]

SCALAR: Shape = (1, 1)


def is_scalar(shape: Shape) -> bool:
    """True for a literal `1 x 1`; a letter that may turn out to be 1 does not count."""
    return shape == SCALAR


def transposed(shape: Shape) -> Shape:
    """The shape of the transpose."""
    return (shape[1], shape[0])


def show_shape(shape: Shape) -> str:
    """`n1 × m`, as error messages and the conclusion print it."""
    return f"{shape[0]} × {shape[1]}"


def add_dims(dims: tuple[Dim, ...]) -> Dim:
    """The dimension of several blocks side by side."""
    parts = [part for d in dims for part in str(d).split("+")]
    total = sum(int(part) for part in parts if part.isdigit())
    letters = [part for part in parts if not part.isdigit()]
    if not letters:
        return total
    return "+".join([*letters, *([str(total)] if total else [])])


def dim_letters(dim: Dim) -> tuple[str, ...]:
    """The letters that a dimension is made of."""
    if isinstance(dim, int):
        return ()
    return tuple(part for part in dim.split("+") if not part.isdigit())


def dim_value(dim: Dim, sizes: Mapping[str, int]) -> int:
    """The number a dimension stands for. Raises KeyError for a letter without a size."""
    if isinstance(dim, int):
        return dim
    if dim in sizes:
        return sizes[dim]
    return sum(int(part) if part.isdigit() else sizes[part] for part in dim.split("+"))


def rename_dim(dim: Dim, names: Mapping[str, Dim]) -> Dim:
    """The dimension with its letters replaced."""
    if isinstance(dim, int):
        return dim
    if dim in names:
        return names[dim]
    if "+" not in dim:
        return dim
    parts: list[Dim] = [int(p) if p.isdigit() else names.get(p, p) for p in dim.split("+")]
    return add_dims(tuple(parts))
