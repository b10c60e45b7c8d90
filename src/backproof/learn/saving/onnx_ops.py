"""Each operation of an expression as nodes of ONNX: a table, and the graph that they go into.

Everything is a matrix here as there, so every value of the graph has rank 2. ONNX repeats the
arguments of an elementwise operation by itself; a broadcast is written out only where something
else needs its full shape. Operator set 17.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from ...errors import RefusedError
from ...expr.build import spread
from ...expr.node import Expr, rebuild, same, walk
from ...expr.ops import is_elementwise
from ...expr.shape import Dim, Shape, dim_letters, dim_value

OPSET = 17
Precision = Literal["float32", "float64"]
_AXES = {"rows": [0], "columns": [1], "all": [0, 1]}


class Graph:
    """Nodes and constants of an ONNX graph under construction.

    `sizes` tells what each letter of a dimension stands for; for a letter that only the run tells,
    `counted` has the value and the axis to read it from. Both may still grow.
    """

    def __init__(
        self,
        precision: Precision,
        sizes: Mapping[str, int],
        counted: Mapping[str, tuple[str, int]],
    ) -> None:
        from onnx import TensorProto

        self.double = precision == "float64"
        self.type = int(TensorProto.DOUBLE if self.double else TensorProto.FLOAT)
        self.precision: Precision = precision
        self.sizes, self.counted = sizes, counted
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._values: dict[Expr, str] = {}
        self._real: dict[Expr, Shape] = {}  # before what is repeated was written out
        self._used: set[str] = set()
        self._labels: set[str] = set()
        self._turned: dict[str, str] = {}
        self._numbers: dict[tuple[str, bytes, tuple[int, ...]], str] = {}

    # -- building ----------------------------------------------------------------------------

    def give(self, leaf: Expr, value: str) -> None:
        """Say which value of the graph a free name is."""
        self._values[leaf] = value
        self._real[leaf] = leaf.shape

    def node(self, op: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Add a node; the name of its only result."""
        from onnx import helper

        out = self.free(name or op.lower())
        self.nodes.append(helper.make_node(op, list(inputs), [out], **attributes))
        return out

    def free(self, wanted: str) -> str:
        """A name that no value has yet."""
        name, n = wanted, 1
        while name in self._used:
            n += 1
            name = f"{wanted}_{n}"
        self._used.add(name)
        return name

    def array(self, value: Any, name: str = "") -> str:
        """Add a constant array."""
        import numpy as np
        from onnx import numpy_helper

        held = np.ascontiguousarray(value)
        key = (str(held.dtype), held.tobytes(), held.shape)
        if key not in self._numbers:
            self._numbers[key] = self.free(name or "constant")
            self.constants.append(numpy_helper.from_array(held, self._numbers[key]))
        return self._numbers[key]

    def number(self, value: float) -> str:
        """A constant as a 1 x 1 matrix."""
        import numpy as np

        return self.array(np.full((1, 1), value, dtype=self.precision))

    def turned(self, value: str, name: str = "") -> str:
        """The transpose of a value; that of a transpose is the value it was made from."""
        if value not in self._turned:
            made = self.node("Transpose", value, perm=[1, 0], name=name)
            self._turned[value], self._turned[made] = made, value
        return self._turned[value]

    def integers(self, values: Sequence[int]) -> str:
        import numpy as np

        return self.array(np.array(values, dtype=np.int64))

    def dims(self, shape: Sequence[Dim]) -> str:
        """A vector of dimensions, those that only the run tells included."""
        if all(self.known(d) for d in shape):
            return self.integers([dim_value(d, self.sizes) for d in shape])
        return self.node("Concat", *(self._dim(d) for d in shape), axis=0)

    def known(self, dim: Dim) -> bool:
        return all(letter in self.sizes for letter in dim_letters(dim))

    def _dim(self, dim: Dim) -> str:
        if self.known(dim):
            return self.integers([dim_value(dim, self.sizes)])
        total = self.integers([dim_value(dim, _Zero(self.sizes))])
        for letter in dim_letters(dim):
            if letter in self.sizes:
                continue
            value, axis = self.counted[letter]
            shape = self.node("Shape", value)
            side = self.node("Gather", shape, self.integers([axis]), axis=0)
            total = side if dim == letter else self.node("Add", total, side)
        return total

    # -- expressions -------------------------------------------------------------------------

    def value(self, root: Expr) -> str:
        """The name of the value of an expression, with all nodes that it takes.

        Raises RefusedError for an operation that ONNX lacks.
        """
        opened = rebuild(root, _opened)
        for e in walk([opened], lambda e: e in self._values or e.op == "size"):
            if e not in self._values:
                self._values[e] = self._converted(e)
                if e.op == "let":
                    self._call(self._values[e], e.attr.plain)
        return self.full(opened)

    def _call(self, value: str, plain: str) -> None:
        """Give the value that the last node made the name that the note gives it."""
        mine = self.nodes and self.nodes[-1].output[0] == value
        if mine and not {value, plain} & (self._labels | self._used - {value} | {*self._turned}):
            self._used.add(plain)
            self._labels.add(plain)
            self.nodes[-1].output[0] = plain
            for e, name in self._values.items():
                if name == value:
                    self._values[e] = plain

    def full(self, e: Expr) -> str:
        """The value in the full shape of the expression."""
        if self._real[e] != e.shape:
            self._values[e] = self.node("Expand", self._values[e], self.dims(e.shape))
            self._real[e] = e.shape
        return self._values[e]

    def _converted(self, e: Expr) -> str:
        if e.op in ("broadcast", "let"):
            self._real[e] = self._real[e.args[0]]
            return self._values[e.args[0]]
        row = ROWS.get(e.op)
        if row is None:
            raise RefusedError(
                f"ONNX has nothing for {e.op!r}: {REFUSED.get(e.op, 'an unknown operation')}",
                hint="write the prediction without it, as whole matrices",
            )
        if is_elementwise(e):
            real = [self._real[a] for a in e.args]
            self._real[e] = _common(real)
            return row(self, e, [self._values[a] for a in e.args])
        if e.op == "transpose":
            rows, columns = self._real[e.args[0]]
            self._real[e] = (columns, rows)
            return row(self, e, [self._values[e.args[0]]])
        self._real[e] = e.shape
        return row(self, e, [] if e.op == "size" else [self.full(a) for a in e.args])


class _Zero(dict[str, int]):
    """Sizes, 0 for a letter that is not known yet."""

    def __missing__(self, key: str) -> int:
        return 0


def _opened(old: Expr, args: tuple[Expr, ...]) -> Expr:
    """Without calls of functions and without what only counts sizes; names of quantities stay."""
    if old.op == "call":
        return spread(old.attr.body, dict(zip(old.attr.params, args, strict=True)), old.shape)
    return args[0] if old.op == "sized" else same(old, args)


def _common(shapes: list[Shape]) -> Shape:
    rows = [s[0] for s in shapes if s[0] != 1]
    columns = [s[1] for s in shapes if s[1] != 1]
    return (rows[0] if rows else 1, columns[0] if columns else 1)


# -- the table -------------------------------------------------------------------------------

Row = Callable[[Graph, Expr, list[str]], str]
Unary = Callable[[Graph, str], str]
Along = Callable[[Graph, str, int], str]


def _plain(op: str) -> Row:
    return lambda g, e, xs: g.node(op, *xs)


def _unary(function: Unary) -> Row:
    return lambda g, e, xs: function(g, xs[0])


def _only_float32(op: str, otherwise: Unary) -> Row:
    """ONNX Runtime has some functions in float32 only."""
    return lambda g, e, xs: otherwise(g, xs[0]) if g.double else g.node(op, xs[0])


def _reduce(op: str) -> Row:
    return lambda g, e, xs: g.node(op, xs[0], axes=_AXES[e.attr], keepdims=1)


def _along(function: Along) -> Row:
    """An operation along one axis; along `all`, over all entries in a row."""

    def row(g: Graph, e: Expr, xs: list[str]) -> str:
        if e.attr != "all":
            return function(g, xs[0], _AXES[e.attr][0])
        flat = g.node("Reshape", xs[0], g.integers([1, -1]))
        return g.node("Reshape", function(g, flat, 1), g.dims(e.shape))

    return row


def _expm1(g: Graph, x: str) -> str:
    # Kahan's: the error of u = exp(x) cancels in (u - 1) x / log(u). Where u is 1 the answer is x.
    one = g.number(1.0)
    u = g.node("Exp", x)
    less = g.node("Sub", u, one)
    exact = g.node("Div", g.node("Mul", less, x), g.node("Log", u))
    near = g.node("Where", g.node("Equal", u, one), x, exact)
    return g.node("Where", g.node("Greater", g.node("Abs", x), one), less, near)


def _log1p(g: Graph, x: str) -> str:
    one = g.number(1.0)
    u = g.node("Add", x, one)
    log = g.node("Log", u)
    exact = g.node("Div", g.node("Mul", log, x), g.node("Sub", u, one))
    near = g.node("Where", g.node("Equal", u, one), x, exact)
    return g.node("Where", g.node("Greater", g.node("Abs", x), one), log, near)


def _log1mexp(g: Graph, x: str) -> str:
    near = g.node("Log", g.node("Neg", _expm1(g, x)))
    far = _log1p(g, g.node("Neg", g.node("Exp", x)))
    return g.node("Where", g.node("Greater", x, g.number(-math.log(2))), near, far)


def _softplus(g: Graph, x: str) -> str:
    tail = _log1p(g, g.node("Exp", g.node("Neg", g.node("Abs", x))))
    return g.node("Add", g.node("Relu", x), tail)


def _sinh(g: Graph, x: str) -> str:
    both = g.node("Sub", _expm1(g, x), _expm1(g, g.node("Neg", x)))
    return g.node("Mul", both, g.number(0.5))


def _cosh(g: Graph, x: str) -> str:
    both = g.node("Add", g.node("Exp", x), g.node("Exp", g.node("Neg", x)))
    return g.node("Mul", both, g.number(0.5))


def _tan(g: Graph, x: str) -> str:
    return g.node("Div", g.node("Sin", x), g.node("Cos", x))


def _erf(g: Graph, x: str) -> str:
    raise RefusedError("ONNX Runtime has 'erf' in float32 only", hint="export it in float32")


def _step(g: Graph, x: str) -> str:
    return g.node("Cast", g.node("Greater", x, g.number(0.0)), to=g.type)


def _where(g: Graph, e: Expr, xs: list[str]) -> str:
    a, b, x, y = xs
    return g.node("Where", g.node("Greater", a, b), x, y)


def _sum(g: Graph, e: Expr, xs: list[str]) -> str:
    return g.node("ReduceSum", xs[0], g.integers(_AXES[e.attr]), keepdims=1)


def _mask(g: Graph, x: str, axis: int) -> str:
    best = g.node("ArgMax", x, axis=axis, keepdims=0)
    length = g.node("Gather", g.node("Shape", x), g.integers([axis]), axis=0)
    return g.node("Cast", g.node("OneHot", best, length, g.integers([0, 1]), axis=axis), to=g.type)


def _number(g: Graph, e: Expr, xs: list[str]) -> str:
    return g.number(float(e.attr))


def _identity(g: Graph, e: Expr, xs: list[str]) -> str:
    return g.node("EyeLike", g.node("ConstantOfShape", g.dims(e.shape)), dtype=g.type)


def _trace(g: Graph, x: str) -> str:
    diagonal = g.node("Mul", x, g.node("EyeLike", x, dtype=g.type))
    return g.node("ReduceSum", diagonal, g.integers([0, 1]), keepdims=1)


def _size(g: Graph, e: Expr, xs: list[str]) -> str:
    count = g.node("Cast", g.dims([e.attr]), to=g.type)
    return g.node("Reshape", count, g.integers([1, 1]))


def _stack(g: Graph, e: Expr, xs: list[str]) -> str:
    return g.node("Concat", *xs, axis=0 if e.attr == "rows" else 1)


def _block(g: Graph, e: Expr, xs: list[str]) -> str:
    axis, before, own = e.attr
    start, length = g.integers([0]), g.dims([own])
    for dim in before:
        start = g.node("Add", start, g.dims([dim]))
    end = g.node("Add", start, length)
    return g.node("Slice", xs[0], start, end, g.integers(_AXES[axis]))


_ONE_NAME = """neg exp log sqrt abs sign sin cos tanh sigmoid relu add sub mul div pow max
min""".split()
ROWS: dict[str, Row] = {
    "number": _number,
    "constant": lambda g, e, xs: g.number({"pi": math.pi, "e": math.e}[e.attr]),
    "size": _size,
    "identity": _identity,
    **{op: _plain(op.title()) for op in _ONE_NAME},
    "tan": _only_float32("Tan", _tan),
    "sinh": _only_float32("Sinh", _sinh),
    "cosh": _only_float32("Cosh", _cosh),
    "softplus": _only_float32("Softplus", _softplus),
    "erf": _only_float32("Erf", _erf),
    "step": _unary(_step),
    "log1p": _unary(_log1p),
    "expm1": _unary(_expm1),
    "log1mexp": _unary(_log1mexp),
    "where": _where,
    "matmul": _plain("MatMul"),
    "transpose": lambda g, e, xs: g.turned(xs[0]),
    "sum": _sum,
    "sqnorm": _reduce("ReduceSumSquare"),
    "norm": _reduce("ReduceL2"),
    "logsumexp": _reduce("ReduceLogSumExp"),
    "amax": _reduce("ReduceMax"),
    "softmax": _along(lambda g, x, axis: g.node("Softmax", x, axis=axis)),
    "log_softmax": _along(lambda g, x, axis: g.node("LogSoftmax", x, axis=axis)),
    "argmax_mask": _along(_mask),
    "trace": _unary(_trace),
    "stack": _stack,
    "block": _block,
}
# These are never asked for: `Graph` sees to them before it opens the table.
SEEN_TO = frozenset({"name", "let", "call", "sized", "broadcast"})
REFUSED = {
    "entry": "it takes single entries",
    "index_sum": "it adds up single entries",
    "kronecker": "it compares the indices of single entries",
    "derivative": "a prediction has no derivatives in it",
    "gradient": "a prediction has no derivatives in it",
    "path": "a prediction has no derivatives in it",
}
