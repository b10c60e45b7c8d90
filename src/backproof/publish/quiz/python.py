"""Formulas as NumPy expressions, the way a student would type them.

The emitted programs spell whole derivations and keep their digits; this spells one formula and
keeps its form. Every value has two dimensions, a number too.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ...expr.node import Expr, is_named, walk
from ...expr.shape import SCALAR, Dim

_SUM, _PRODUCT, _POWER, _ATOM = range(1, 5)
Piece = tuple[str, int]  # a text and how tightly it holds together

_CALLS = {
    **{op: f"np.{op}" for op in "exp log sqrt abs sign sin cos tan sinh cosh tanh".split()},
    "log1p": "np.log1p",
    "expm1": "np.expm1",
    "max": "np.maximum",
    "min": "np.minimum",
    **{op: op for op in ("sigmoid", "softplus", "softmax", "relu")},
}
_AXES = {"rows": "axis=0, keepdims=True", "columns": "axis=1, keepdims=True", "all": ""}

#: What the formulas need and NumPy does not have; a softmax runs along the axis `{classes}`.
HELPERS = """def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softplus(z):
    return np.log1p(np.exp(z))


def relu(z):
    return np.maximum(z, 0)


def softmax(z, axis={classes}):
    powers = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)
"""


class Unspeakable(Exception):
    """A formula that has no such form: one of single entries."""


def numpy_text(e: Expr, names: Mapping[str, str]) -> str:
    """The formula; `names` are the identifiers of quantities and of the letters of dimensions.

    Raises Unspeakable.
    """
    boxes: dict[Expr, Piece] = {}
    for part in walk([e], is_named):
        boxes[part] = _piece(part, boxes, names)
    if e.op == "broadcast" or (e.op in ("number", "size") and e.shape != SCALAR):
        return _repeated(e, boxes[e][0], names)
    return boxes[e][0]


def speakable(e: Expr, names: Mapping[str, str]) -> bool:
    """Whether a formula has a form in NumPy."""
    try:
        numpy_text(e, names)
    except Unspeakable:
        return False
    return True


def _piece(e: Expr, boxes: Mapping[Expr, Piece], names: Mapping[str, str]) -> Piece:
    if is_named(e):
        return names[e.attr.plain], _ATOM
    args = [boxes[a] for a in e.args]
    match e.op:
        case "number":
            return _number(e.attr)
        case "size":
            return names[e.attr], _ATOM
        case "constant":
            return f"np.{e.attr}", _ATOM
        case "add":
            return f"{args[0][0]} + {args[1][0]}", _SUM
        case "sub":
            return f"{args[0][0]} - {_held(args[1], _PRODUCT)}", _SUM
        case "neg":
            return f"-{_held(args[0], _PRODUCT)}", _SUM
        case "mul":
            return f"{_held(args[0], _PRODUCT)} * {_held(args[1], _POWER)}", _PRODUCT
        case "div":
            return f"{_held(args[0], _PRODUCT)} / {_held(args[1], _POWER)}", _PRODUCT
        case "matmul":
            left, right = (
                _repeated(a, boxes[a][0], names) if a.op == "broadcast" else _held(p, least)
                for a, p, least in zip(e.args, args, (_PRODUCT, _POWER), strict=True)
            )
            return f"{left} @ {right}", _PRODUCT
        case "pow":
            return f"{_held(args[0], _ATOM)}**{_held(args[1], _ATOM)}", _POWER
        case "transpose":
            return f"{_held(args[0], _ATOM)}.T", _ATOM
        case "broadcast":
            return args[0]  # repeated where it meets what it is repeated for
        case "step":
            return f"({args[0][0]} > 0)", _ATOM
        case "sized":
            return args[0]
        case "sum" | "sqnorm":
            return _total(e, args[0], names), _ATOM
        case op if op in _CALLS:
            return f"{_CALLS[op]}({', '.join(text for text, _ in args)})", _ATOM
        case _:
            raise Unspeakable(e.op)


def _held(piece: Piece, least: int) -> str:
    return piece[0] if piece[1] >= least else f"({piece[0]})"


def _number(value: Fraction) -> Piece:
    if value.denominator == 1:
        return str(value), _ATOM if value >= 0 else _SUM
    return f"{value.numerator} / {value.denominator}", _PRODUCT if value > 0 else _SUM


def _total(e: Expr, inside: Piece, names: Mapping[str, str]) -> str:
    [of] = e.args
    text = _repeated(of, inside[0], names) if of.op == "broadcast" else inside[0]
    if e.op == "sqnorm":
        text = f"{_held((text, inside[1]), _ATOM)}**2"
    axis = _AXES[e.attr]
    return f"np.sum({text}{', ' if axis else ''}{axis})"


def _repeated(e: Expr, text: str, names: Mapping[str, str]) -> str:
    rows, columns = (_side(d, names) for d in e.shape)
    return f"np.broadcast_to({text}, ({rows}, {columns}))"


def _side(dim: Dim, names: Mapping[str, str]) -> str:
    if isinstance(dim, int):
        return str(dim)
    return " + ".join(names.get(part, part) for part in dim.split("+"))
