"""Values of Python as JSON and back, with a word for what JSON lacks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast


def packed(value: Any) -> Any:
    """A value as JSON; None for what has no words, or has something in it that has none: a
    function, a random state.

    >>> packed((64, 32)), packed(float("inf")), packed([print])
    ({'tuple': [64, 32]}, {'float': 'inf'}, None)
    """
    try:
        return _packed(value)
    except TypeError:
        return None


def _packed(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.generic):
        return _packed(value.item())  # pyright: ignore[reportUnknownMemberType]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray):
        array = cast("np.ndarray[Any, Any]", value)
        kind = "objects" if array.dtype.kind == "O" else array.dtype.str
        return {"array": kind, "shape": list(array.shape), "of": _packed(array.ravel().tolist())}
    if isinstance(value, tuple):
        return {"tuple": [_packed(v) for v in cast("tuple[Any, ...]", value)]}
    if isinstance(value, list):
        return [_packed(v) for v in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {"dict": [[_packed(k), _packed(v)] for k, v in items]}
    raise TypeError(type(value).__name__)


def unpacked(value: Any) -> Any:
    """The value that was packed. Raises KeyError, TypeError or ValueError for anything else.

    >>> unpacked(packed({"a": (1, [2.5, None])}))
    {'a': (1, [2.5, None])}
    """
    import numpy as np

    if isinstance(value, list):
        return [unpacked(v) for v in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    told = cast("dict[str, Any]", value)
    if "tuple" in told:
        return tuple(unpacked(v) for v in told["tuple"])
    if "dict" in told:
        return {unpacked(k): unpacked(v) for k, v in told["dict"]}
    if "array" in told:
        kind = object if told["array"] == "objects" else np.dtype(told["array"])
        return np.array(unpacked(told["of"]), dtype=kind).reshape(told["shape"])
    return float(told["float"])
