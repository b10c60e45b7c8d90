"""Builders: the arithmetic of expressions, with every broadcast written as a node of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ShapeError
from .name import Name
from .node import Expr, rebuild, walk
from .ops import OPS, make
from .shape import SCALAR, Dim, Shape, dim_letters, rename_dim, show_shape

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Function:
    """An elementwise function with a definition: `f(z) = z / (1 + e^{-beta z})`.

    `params` are scalar name leaves, `body` a scalar expression over them alone: whatever else the
    note's formula uses (the beta of a swish) is an argument too, so that it can be derived by.
    `latex` is how the author (or the library) writes the function's name.
    """

    name: str
    latex: str
    params: tuple[Expr, ...]
    body: Expr

    def __post_init__(self) -> None:
        for e in walk([self.body], lambda e: e in self.params):
            if e.op in ("name", "let") and e not in self.params:
                raise ValueError(
                    f"{self.name} uses {e.attr.plain}, which is not among its arguments"
                )


def name(what: str | Name, shape: Shape) -> Expr:
    """A free name: a parameter, an input, a target, a constant of the note."""
    return Expr("name", (), Name(what) if isinstance(what, str) else what, shape)


def let(what: str | Name, value: Expr) -> Expr:
    """A quantity with a name: `a1` standing for `sigmoid(z1)`."""
    return Expr("let", (value,), Name(what) if isinstance(what, str) else what, value.shape)


def number(value: Number | str) -> Expr:
    """An exact number; text such as `0.01` or `1e-5` is read exactly."""
    return Expr("number", (), Fraction(value), SCALAR)


def size(dim: Dim, of: Expr | None = None) -> Expr:
    """A dimension as a number: the `m` of `1/m`; `of` is a name that has it, so that it can be
    counted."""
    if isinstance(dim, int):
        return number(dim)
    return Expr("size", (of,) if of else (), dim, SCALAR)


def identity(dim: Dim) -> Expr:
    """The identity matrix."""
    return number(1) if dim == 1 else Expr("identity", (), None, (dim, dim))


ZERO = number(0)
ONE = number(1)


def broadcast(x: Expr, shape: Shape) -> Expr:
    """`x` repeated to `shape`; `x` itself where nothing needs repeating."""
    if x.shape == shape:
        return x
    if x.op == "broadcast":
        return broadcast(x.args[0], shape)
    return make("broadcast", (x,), shape)


def common_shape(*shapes: Shape) -> Shape:
    """The shape that all of them can be repeated to. Raises ShapeError."""
    out: list[Dim] = []
    for axis in (0, 1):
        dims = {s[axis] for s in shapes} - {1}
        if len(dims) > 1:
            listed = " and ".join(show_shape(s) for s in shapes)
            raise ShapeError(f"shapes {listed} do not fit entry by entry")
        out.append(dims.pop() if dims else 1)
    return (out[0], out[1])


def elementwise(op: str, *args: Expr, attr: object = None) -> Expr:
    """An elementwise operation, its arguments repeated to their common shape."""
    shape = common_shape(*(a.shape for a in args))
    return make(op, tuple(broadcast(a, shape) for a in args), attr)


def add(a: Expr, b: Expr) -> Expr:
    return elementwise("add", a, b)


def sub(a: Expr, b: Expr) -> Expr:
    return elementwise("sub", a, b)


def mul(a: Expr, b: Expr) -> Expr:
    """The product entry by entry (Hadamard), or a scalar times a matrix."""
    return elementwise("mul", a, b)


def div(a: Expr, b: Expr) -> Expr:
    return elementwise("div", a, b)


def power(a: Expr, b: Expr) -> Expr:
    return elementwise("pow", a, b)


def neg(a: Expr) -> Expr:
    return make("neg", (a,))


def unary(op: str, a: Expr) -> Expr:
    """`exp`, `log`, `sigmoid` and the other functions of one argument."""
    return make(op, (a,))


def matmul(a: Expr, b: Expr) -> Expr:
    return make("matmul", (a, b))


def total(a: Expr, axis: str = "all") -> Expr:
    """The sum along `rows`, `columns` or over `all` entries; `a` itself where there is one
    entry."""
    if axis == "all" and 1 in a.shape:
        axis = "rows" if a.shape[1] == 1 else "columns"
    if (axis == "rows" and a.shape[0] == 1) or (axis == "columns" and a.shape[1] == 1):
        return a
    return make("sum", (a,), axis)


def entry(a: Expr, row: str | int, column: str | int) -> Expr:
    """The entry of `a` in a row and a column, letters or numbers from 1; along a side of length 1
    there is only the first."""
    rows, columns = a.shape
    return make("entry", (a,), (1 if rows == 1 else row, 1 if columns == 1 else column))


def index_sum(body: Expr, index: str, dim: Dim) -> Expr:
    """`body` added up over an index from 1 to `dim`; `body` itself where there is one term."""
    return body if dim == 1 else make("index_sum", (body,), (index, dim))


def derivative(of: Expr, by: Expr) -> Expr:
    """`d of / d by` for two entries, everything between them worked out again."""
    return make("derivative", (of, by))


def gradient(of: Expr, by: Expr) -> Expr:
    """The derivatives of the scalar `of` by every entry of `by`, in the shape of `by`."""
    return make("gradient", (of, by))


def path(of: Expr, through: Expr, by: Expr) -> Expr:
    """The part of `gradient(of, by)` that goes through the definition of one quantity."""
    return make("path", (of, through, by))


def sized(exprs: Mapping[str, Expr], names: Iterable[Expr]) -> dict[str, Expr]:
    """The expressions, each beside a name for every letter of a dimension that no name in it has:
    the gradient of a plain sum is all ones, and only the input tells how many."""
    bits: dict[str, int] = {}

    def mark(*dims: Dim) -> int:
        found = 0
        for dim in dims:
            for letter in dim_letters(dim):
                found |= 1 << bits.setdefault(letter, len(bits))
        return found

    def told(leaf: Expr) -> int:
        """The letters that a name tells: a side of `n+k` alone tells neither."""
        return mark(*(d for d in leaf.shape if len(dim_letters(d)) == 1))

    anchors = [(n, told(n)) for n in names]
    known: dict[Expr, int] = {}
    wanted: dict[Expr, int] = {}
    for e in walk(exprs.values()):
        known[e] = told(e) if e.op == "name" else 0
        wanted[e] = mark(e.attr) if e.op == "size" else mark(*e.shape)
        for a in e.args:
            known[e] |= known[a]
            wanted[e] |= wanted[a]
    out: dict[str, Expr] = {}
    for key, e in exprs.items():
        missing = wanted[e] & ~known[e]
        beside: list[Expr] = []
        for name_leaf, letters in anchors:
            if not missing:
                break
            if letters & missing:
                beside.append(name_leaf)
                missing &= ~letters
        out[key] = make("sized", (e, *beside)) if beside else e
    return out


def open_call(expr: Expr) -> Expr:
    """A `call` with its function's definition put in its place, once; anything else unchanged."""
    if expr.op != "call":
        return expr
    function: Function = expr.attr
    table = dict(zip(function.params, expr.args, strict=True))
    return spread(function.body, table, expr.shape)


def spread(body: Expr, table: dict[Expr, Expr], shape: Shape) -> Expr:
    """A scalar formula applied to every entry: its parameters replaced, the rest repeated to
    `shape`."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if any(a.shape != SCALAR for a in args):
            return elementwise(old.op, *args, attr=old.attr)
        return Expr(old.op, args, old.attr, old.shape)

    return broadcast(rebuild(body, change, dict(table)), shape)


def rename_dims(root: Expr, names: dict[str, Dim], memo: dict[Expr, Expr] | None = None) -> Expr:
    """The expression with the letters of its dimensions replaced, every shape checked again."""

    def shape(old: Shape) -> Shape:
        return (rename_dim(old[0], names), rename_dim(old[1], names))

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op in ("name", "number", "constant"):
            return Expr(old.op, (), old.attr, shape(old.shape))
        if old.op == "size":
            return size(rename_dim(old.attr, names), *args)
        if old.op == "identity":
            return identity(rename_dim(old.shape[0], names))
        if old.op == "broadcast":
            return broadcast(args[0], shape(old.attr))
        if old.op == "block":
            axis, before, own = old.attr
            renamed = (axis, tuple(rename_dim(d, names) for d in before), rename_dim(own, names))
            return make("block", args, renamed)
        if old.op == "transpose":
            return args[0].T
        if old.op == "sum":
            return total(args[0], old.attr)
        if old.op == "index_sum":
            return make(old.op, args, (old.attr[0], rename_dim(old.attr[1], names)))
        if OPS[old.op].kind == "elementwise" and any(a.shape != args[0].shape for a in args):
            return elementwise(old.op, *args, attr=old.attr)
        return make(old.op, args, old.attr)

    return rebuild(root, change, memo)
