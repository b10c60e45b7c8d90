"""What a caller hands to a program: brought to two dimensions and checked against the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ShapeError
from ..expr.node import Expr
from ..expr.shape import SCALAR, show_shape


def fitted(leaves: Mapping[str, Expr], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by plain name, those of matrices with two dimensions.

    A vector may come as a list or an array of one dimension. Raises ShapeError where a value does
    not fit the model or another value.
    """
    out = {plain: _matrix(plain, leaf, values[plain]) for plain, leaf in leaves.items()}
    _check(leaves, out)
    return out


def _matrix(plain: str, leaf: Expr, value: Any) -> Any:
    if leaf.shape == SCALAR:
        return value
    if not hasattr(value, "ndim"):
        import numpy as np

        value = np.asarray(value)
        if value.dtype.kind not in "fc":
            value = value.astype(float)
    if value.ndim == 2:
        return value
    if value.ndim == 1 and leaf.shape[1] == 1:
        return value[:, None]
    if value.ndim == 1 and leaf.shape[0] == 1:
        return value[None, :]
    if value.ndim == 0:
        return value.reshape(1, 1)
    raise ShapeError(
        f"{plain} is {show_shape(leaf.shape)}, and {value.ndim} dimensions are given",
        hint="give a matrix: rows first, then columns",
    )


def _check(leaves: Mapping[str, Expr], values: Mapping[str, Any]) -> None:
    """Each letter of a dimension stands for one number."""
    known: dict[str, tuple[int, str]] = {}
    for plain, leaf in leaves.items():
        if leaf.shape == SCALAR:
            continue
        for dim, size in zip(leaf.shape, values[plain].shape, strict=True):
            if isinstance(dim, str) and "+" in dim:
                continue
            expected, other = (dim, "") if isinstance(dim, int) else known.get(dim, (size, ""))
            if size != expected:
                raise ShapeError(
                    f"{plain} is {show_shape(leaf.shape)} and has {size} where {dim} is {expected}"
                    + (f" by {other}" if other else ""),
                    hint=f"the value given for {plain} is {show_shape(values[plain].shape)}",
                )
            if isinstance(dim, str):
                known.setdefault(dim, (size, plain))
