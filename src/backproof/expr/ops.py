"""The table of operations: what there is, how many arguments it takes, what shape comes out.

A new operation begins with a row here; the tests then name every other table that still lacks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import ShapeError
from .node import Expr
from .shape import SCALAR, Shape, add_dims, show_shape

Kind = Literal["leaf", "elementwise", "structural", "entry"]
ShapeRule = Callable[[tuple[Expr, ...], Any], Shape]


@dataclass(frozen=True, slots=True)
class Op:
    """One operation.

    `kind`: `leaf` has no arguments; `elementwise` takes arguments of one shape and gives that
    shape; `structural` mixes entries (products of matrices, sums, transposes, softmax); `entry`
    works on single entries inside a derivation (indices, derivatives, Kronecker's delta).
    """

    name: str
    kind: Kind
    arity: int | None
    shape: ShapeRule


OPS: dict[str, Op] = {}


def _op(kind: Kind, arity: int | None, shape: ShapeRule, *names: str) -> None:
    for name in names:
        OPS[name] = Op(name, kind, arity, shape)


def _given(args: tuple[Expr, ...], attr: Any) -> Shape:
    raise ShapeError("a leaf is made with the shape it has")


def _alike(args: tuple[Expr, ...], attr: Any) -> Shape:
    first = args[0].shape
    for other in args[1:]:
        if other.shape != first:
            raise ShapeError(
                f"entry by entry needs one shape, not {show_shape(first)} and "
                f"{show_shape(other.shape)}"
            )
    return first


def _scalar(args: tuple[Expr, ...], attr: Any) -> Shape:
    return SCALAR


def _matmul(args: tuple[Expr, ...], attr: Any) -> Shape:
    a, b = args
    if a.shape[1] != b.shape[0]:
        raise ShapeError(
            f"{show_shape(a.shape)} times {show_shape(b.shape)}: the inner dimensions "
            f"{a.shape[1]} and {b.shape[0]} differ"
        )
    return (a.shape[0], b.shape[1])


def _transpose(args: tuple[Expr, ...], attr: Any) -> Shape:
    return (args[0].shape[1], args[0].shape[0])


def reduced(shape: Shape, axis: str) -> Shape:
    """The shape after adding up along `rows` (down each column), `columns` or `all`."""
    return {"rows": (1, shape[1]), "columns": (shape[0], 1), "all": SCALAR}[axis]


def _reduce(args: tuple[Expr, ...], attr: Any) -> Shape:
    return reduced(args[0].shape, attr)


def _same_as_first(args: tuple[Expr, ...], attr: Any) -> Shape:
    return args[0].shape


def _square(args: tuple[Expr, ...], attr: Any) -> Shape:
    if args[0].shape[0] != args[0].shape[1]:
        raise ShapeError(f"a trace needs a square matrix, not {show_shape(args[0].shape)}")
    return SCALAR


def _broadcast(args: tuple[Expr, ...], attr: Any) -> Shape:
    for mine, wanted in zip(args[0].shape, attr, strict=True):
        if mine not in (1, wanted):
            raise ShapeError(
                f"{show_shape(args[0].shape)} cannot be repeated to {show_shape(attr)}"
            )
    return attr


def _stack(args: tuple[Expr, ...], attr: Any) -> Shape:
    along = 0 if attr == "rows" else 1
    across = 1 - along
    if any(a.shape[across] != args[0].shape[across] for a in args):
        shapes = ", ".join(show_shape(a.shape) for a in args)
        raise ShapeError(f"blocks of shapes {shapes} do not stack")
    total = add_dims(tuple(a.shape[along] for a in args))
    kept = args[0].shape[across]
    return (total, kept) if along == 0 else (kept, total)


def _block(args: tuple[Expr, ...], attr: Any) -> Shape:
    axis, _, size = attr
    rows, columns = args[0].shape
    return (size, columns) if axis == "rows" else (rows, size)


# Leaves. name: attr is a Name; number: a Fraction; constant: "pi" or "e"; size: a dimension used
# as a number (the m of 1/m), its argument a name that has this dimension; identity: none, square
# shape.
_op("leaf", None, _given, "name", "number", "constant", "size", "identity")
# A quantity with a name of its own: attr is its Name, the argument what it stands for.
_op("elementwise", 1, _alike, "let")
_op(
    "elementwise",
    1,
    _alike,
    "neg",
    "exp",
    "log",
    "sqrt",
    "abs",
    "sign",
    "step",
    "sin",
    "cos",
    "tan",
)
_op("elementwise", 1, _alike, "sinh", "cosh", "tanh", "sigmoid", "relu", "softplus", "erf")
_op("elementwise", 1, _alike, "log1p", "expm1", "log1mexp")
_op("elementwise", 2, _alike, "add", "sub", "mul", "div", "pow", "max", "min")
# where: first argument > second ? third : fourth. call: a function with a definition (Function).
_op("elementwise", 4, _alike, "where")
_op("elementwise", None, _alike, "call")
_op("structural", 2, _matmul, "matmul")
_op("structural", 1, _transpose, "transpose")
_op("structural", 1, _broadcast, "broadcast")
# attr of these: the axis that is used up: "rows" (down each column), "columns" or "all".
_op("structural", 1, _reduce, "sum", "sqnorm", "norm", "logsumexp", "amax")
_op("structural", 1, _same_as_first, "softmax", "log_softmax", "argmax_mask")
_op("structural", 1, _square, "trace")
# stack: blocks below ("rows") or beside ("columns") each other; block: attr (axis, blocks before
# it as a tuple of dims, its own size), the inverse of stack.
_op("structural", None, _stack, "stack")
_op("structural", 1, _block, "block")
# sized: the first argument, beside names that tell how large it is where nothing in it does.
_op("structural", None, _same_as_first, "sized")
# entry: attr (row index, column index), letters or numbers; index_sum: attr (letter, dimension);
# kronecker: attr (index, index); derivative: of the first argument by the second, both scalars;
# gradient: all derivatives of the scalar first argument by the entries of the second.
_op("entry", 1, _scalar, "entry", "index_sum")
_op("entry", 0, _scalar, "kronecker")
_op("entry", 2, _scalar, "derivative")
_op("entry", 2, lambda args, attr: args[1].shape, "gradient")
# path: the part of the gradient of the first argument by the third that goes through the second.
_op("entry", 3, lambda args, attr: args[2].shape, "path")


def make(op: str, args: tuple[Expr, ...], attr: Any = None) -> Expr:
    """An expression with its shape worked out and checked. Raises ShapeError."""
    rule = OPS[op]
    if rule.arity is not None and len(args) != rule.arity:
        raise TypeError(f"{op} takes {rule.arity} arguments, not {len(args)}")
    return Expr(op, args, attr, rule.shape(args, attr))


def is_elementwise(expr: Expr) -> bool:
    """Whether each entry of the result depends on the same entry of the arguments only."""
    return OPS[expr.op].kind == "elementwise"
