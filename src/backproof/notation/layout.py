"""Where the brackets go: what every printed notation shares.

An expression is laid out from its leaves up, a `Box` for each part, and memoized: neither depth nor
sharing costs anything. What joins boxes stands here; how a fraction looks is up to the `Pen` of a
notation, and which rule draws which operation is its table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..expr.model import Spelling
from ..expr.name import Name
from ..expr.node import Expr, walk
from ..expr.shape import SCALAR, Dim
from .entries import unfold

#: Printed text as nested pieces: joining two long formulas copies neither.
Rope = str | tuple["Rope", ...]

# How tightly a box holds together: a looser one needs brackets where a tighter one is asked for.
CASES, ADD, HADAMARD, DIVISION, PRODUCT, PREFIX, POWER, CALL, ATOM = range(9)


@dataclass(frozen=True, slots=True)
class Scripts:
    """A symbol taken apart, so that an index or a power can be put in its place."""

    core: Rope
    sub: Rope = ""
    sup: Rope = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A printed part: its text, and what its neighbours must know about it.

    `minus` and `digit` tell what it starts with, `ends` (`partial`) what it ends with. `closed` is
    how it reads when a factor follows: `log(a)` for `log a`. `kind` says what the last rule was:
    `scalar`, `matrix`, ` * ` and ` @ ` for products, `hadamard` for one of single factors,
    `call` for `f(x)`, `function` for other functions.
    """

    rope: Rope
    level: int = ATOM
    tall: bool = False
    minus: bool = False
    digit: bool = False
    ends: str = ""
    kind: str = ""
    closed: Rope | None = None
    scripts: Scripts | None = None


Boxes = list[Box]

PLAIN = Spelling()


def pieces(rope: Rope) -> Iterable[str]:
    """The text of a rope from left to right, without recursion."""
    stack = [rope]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            if top:
                yield top
        else:
            stack.extend(reversed(top))


def joined(separator: str, ropes: Iterable[Rope]) -> Rope:
    out: list[Rope] = []
    for rope in ropes:
        out += [separator, rope] if out else [rope]
    return tuple(out)


class Pen(ABC):
    """One printing of one expression. A notation fills in the marks and the shapes of things."""

    table: Mapping[str, Callable[[Any, Expr, Boxes], Box]]
    plus: str
    less: str
    minus: str
    space: str = " "
    dot: str
    comma: str = ", "
    gap: str = " "  # after an operator, `log` or `∂/∂x`, whose operand has no brackets

    def __init__(self, spelling: Spelling, focus: Expr | tuple[Expr, ...], indices: bool) -> None:
        self.spelling = spelling
        self.focus = {focus} if isinstance(focus, Expr) else set(focus)
        self.indices = indices
        self.boxes: dict[Expr, Box] = {}

    def draw(self, root: Expr) -> Box:
        """The box of a whole expression."""
        boxes = self.boxes
        root = unfold(root, self.focus)
        for expr in walk([root], lambda e: e.op == "let"):
            args = [] if expr.op == "let" else [boxes[a] for a in expr.args]
            box = self.table[expr.op](self, expr, args)
            boxes[expr] = self.marked(box) if expr in self.focus else box
        return boxes[root]

    @abstractmethod
    def brackets(self, rope: Rope, tall: bool = False) -> Rope: ...

    @abstractmethod
    def marked(self, box: Box) -> Box: ...

    @abstractmethod
    def symbol(self, name: Name) -> Box: ...

    @abstractmethod
    def number(self, value: Fraction) -> Box: ...

    @abstractmethod
    def letter(self, dim: Dim) -> Box: ...

    @abstractmethod
    def function(self, op: str) -> tuple[str, bool]:
        """The name of a function, and whether it may stand before an argument without brackets."""

    @abstractmethod
    def convert(self, latex: str) -> str:
        """A function's own LaTeX in this notation."""

    @abstractmethod
    def index(self, base: Box, indices: tuple[str, ...]) -> Box: ...

    @abstractmethod
    def turned(self, base: Box) -> Box: ...

    @abstractmethod
    def big_sum(self, letters: tuple[str, ...], dim: Dim | None) -> Rope: ...

    @abstractmethod
    def partial(self, of: Rope | None, by: Rope) -> Box:
        """`d of / d by`; without `of` the operator, for an operand that follows."""

    @abstractmethod
    def ones(self, x: Box, expr: Expr) -> Box:
        """A broadcast where nothing beside it shows that something is repeated."""

    @abstractmethod
    def times(self, expr: Expr) -> str:
        """The mark of a product entry by entry, of matrices or of numbers; empty for none."""

    def between(self, left: Box, right: Box) -> Rope:
        """The mark of a product; a dot where numbers or a derivative would run together."""
        return self.dot if left.ends or right.digit else self.space

    def ratio(self, box: Box, upper: Expr, lower: Expr) -> Box:
        """The derivative of `upper` by `lower`, for a notation that says of what it is."""
        return box

    def fence(self, box: Box) -> Box:
        return Box(self.brackets(box.rope, box.tall), tall=box.tall)

    def hold(self, box: Box, level: int, first: bool = True) -> Box:
        """The box; in brackets if it is too loose, or starts with a minus after something."""
        return box if box.level >= level and (first or not box.minus) else self.fence(box)

    def shown(self, expr: Expr) -> Boxes:
        """The boxes of the arguments, a repetition left out where its neighbours tell of it."""
        full = any(a.op != "broadcast" for a in expr.args)
        some = full or any(not repeats_scalar(a) for a in expr.args)
        out: Boxes = []
        for arg in expr.args:
            hidden = arg.op == "broadcast" and (full or (some and repeats_scalar(arg)))
            box = self.boxes[arg.args[0] if hidden else arg]
            out.append(self.marked(box) if hidden and arg in self.focus else box)
        return out


def repeats_scalar(expr: Expr) -> bool:
    return expr.op == "broadcast" and expr.args[0].shape == SCALAR


def closed(box: Box) -> Box:
    """The box as it reads when something follows it."""
    return box if box.closed is None else replace(box, rope=box.closed, closed=None)


def root_of(pen: Pen, expr: Expr) -> bool:
    """Whether a power is drawn as a square root: not while its exponent is in focus."""
    power = expr.args[1]
    inner = power.args[0] if power.op == "broadcast" else power
    half = inner.op == "number" and inner.attr == Fraction(1, 2)
    return half and pen.focus.isdisjoint((power, inner))


# The rules that all notations share.


def named(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return pen.symbol(expr.attr)


def number(pen: Pen, expr: Expr, args: Boxes) -> Box:
    value: Fraction = expr.attr
    if value >= 0:
        return pen.number(value)
    box = pen.number(-value)
    return Box((pen.minus, box.rope), min(box.level, PRODUCT), minus=True, tall=box.tall)


def size(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return pen.letter(expr.attr)


def add(pen: Pen, expr: Expr, args: Boxes) -> Box:
    a, b = pen.shown(expr)
    a, b = pen.hold(a, ADD), pen.hold(b, ADD, first=False)
    return Box((a.rope, pen.plus, b.rope), ADD, tall=a.tall or b.tall, minus=a.minus)


def sub(pen: Pen, expr: Expr, args: Boxes) -> Box:
    a, b = pen.shown(expr)
    a, b = pen.hold(a, ADD), pen.hold(b, ADD + 1, first=False)
    return Box((a.rope, pen.less, b.rope), ADD, tall=a.tall or b.tall, minus=a.minus)


def neg(pen: Pen, expr: Expr, args: Boxes) -> Box:
    x = pen.hold(args[0], ADD + 1, first=False)
    after = None if x.closed is None else (pen.minus, x.closed)
    return Box(
        (pen.minus, x.rope),
        min(x.level, PRODUCT),
        tall=x.tall,
        minus=True,
        ends=x.ends,
        kind=x.kind if x.level <= PRODUCT else "scalar",
        closed=after,
    )


def mul(pen: Pen, expr: Expr, args: Boxes) -> Box:
    a, b = pen.shown(expr)
    scalar, mark = [expr.shape == SCALAR or repeats_scalar(x) for x in expr.args], pen.times(expr)
    if pen.spelling.ascii and mark == " * ":
        return typed_product(pen, a, b, mark, scalar[0])
    if any(scalar):
        loose = scalar[0] and b.level == HADAMARD and not b.minus
        return side_by_side(pen, a, b if loose else pen.hold(b, PRODUCT, first=False), "scalar")
    # (W a) ⊙ b, though precedence does without the brackets: a reader takes W (a ⊙ b) otherwise.
    left = closed(a if a.level == HADAMARD else pen.hold(a, PRODUCT + (a.kind == "matrix")))
    single = left.level > PRODUCT or a.kind == "hadamard"
    if b.kind != "hadamard" or b.minus:
        b = pen.hold(b, PRODUCT + 1, first=False)
    return Box(
        (left.rope, mark, b.rope),
        HADAMARD,
        tall=a.tall or b.tall,
        minus=left.minus,
        ends=b.ends,
        kind="hadamard" if single else "",
        closed=None if b.closed is None else (left.rope, mark, b.closed),
    )


def matmul(pen: Pen, expr: Expr, args: Boxes) -> Box:
    a, b = args
    if pen.spelling.ascii and pen.times(expr) == " @ ":
        return typed_product(pen, a, b, " @ ")
    if b.kind != "matrix" or b.minus:
        b = pen.hold(b, PRODUCT + 1, first=False)
    return side_by_side(pen, pen.fence(a) if a.ends else a, b, "matrix")


def side_by_side(pen: Pen, a: Box, b: Box, kind: str) -> Box:
    """A product without a mark."""
    left = closed(pen.hold(a, PRODUCT))
    if kind == "matrix" and left.kind == "scalar" and left.level == PRODUCT:
        kind = "scalar"
    mark = pen.between(left, b)
    return Box(
        (left.rope, mark, b.rope),
        min(b.level, PRODUCT),
        tall=left.tall or b.tall,
        minus=left.minus,
        digit=left.digit,
        ends=b.ends,
        kind=kind,
        closed=None if b.closed is None else (left.rope, mark, b.closed),
    )


def typed_product(pen: Pen, a: Box, b: Box, mark: str, scalar: bool = False) -> Box:
    """`a * b` and `a @ b`, which programs read from the left with one precedence."""
    left = closed(pen.hold(a, PRODUCT))
    flat = b.kind == mark or (scalar and b.kind in (" * ", " @ "))
    right = b if flat and not b.minus else pen.hold(b, PRODUCT + 1, first=False)
    pure = all(x.level > PRODUCT or x.kind == mark for x in (left, right))
    rope = (left.rope, mark, right.rope)
    after = None if right.closed is None else (left.rope, mark, right.closed)
    return Box(
        rope, PRODUCT, minus=left.minus, ends=right.ends, kind=mark if pure else "", closed=after
    )


def apply(pen: Pen, expr: Expr, args: Boxes) -> Box:
    """A function of one argument: `log a`, `log(1 - a)`, `tanh(z)`."""
    (x,) = args
    word, bare = pen.function(expr.op)
    full = (word, pen.brackets(x.rope, x.tall))
    if bare and x.level >= CALL:
        return Box((word, pen.gap, x.rope), PREFIX, tall=x.tall, kind="function", closed=full)
    return Box(full, CALL, tall=x.tall, kind="call")


def apply_many(pen: Pen, expr: Expr, args: Boxes) -> Box:
    shown = pen.shown(expr) if expr.args else args
    inside, tall = joined(pen.comma, [x.rope for x in shown]), any(x.tall for x in shown)
    word = pen.convert(expr.attr.latex) if expr.op == "call" else pen.function(expr.op)[0]
    return Box((word, pen.brackets(inside, tall)), CALL, tall=tall, kind="call")


def sized(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return args[0]


def transpose(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return pen.turned(args[0])


def broadcast(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return pen.ones(args[0], expr)


def entry(pen: Pen, expr: Expr, args: Boxes) -> Box:
    own = len(expr.attr) == 3
    if not own and not pen.indices:
        return args[0]
    sides = zip(expr.args[0].shape, expr.attr[:2], strict=True)
    kept = tuple(str(i) for dim, i in sides if dim != 1)
    return pen.index(args[0], kept) if kept else args[0]


def index_sum(pen: Pen, expr: Expr, args: Boxes) -> Box:
    letters, dim = expr.attr
    sign = pen.big_sum((letters,) if isinstance(letters, str) else letters, dim)
    body = pen.hold(args[0], ADD + 1, first=False)
    rope = (sign, " ", body.rope)
    return Box(rope, PREFIX, tall=True, closed=pen.brackets(rope, tall=True))


def derivative(pen: Pen, expr: Expr, args: Boxes) -> Box:
    return _derivative(pen, expr.args, *args)


def path(pen: Pen, expr: Expr, args: Boxes) -> Box:
    """The chain through one quantity, as the product of two derivatives."""
    of, through = expr.args[:2]
    last = _derivative(pen, expr.args[1:], args[1], args[2])
    if of is through:
        return last
    return side_by_side(pen, _derivative(pen, expr.args[:2], *args[:2]), last, "matrix")


def _derivative(pen: Pen, exprs: tuple[Expr, ...], of: Box, by: Box) -> Box:
    where = pen.hold(by, ATOM).rope
    if exprs[0].op in ("name", "let", "entry") and of.level == ATOM:
        return pen.ratio(pen.partial(of.rope, where), *exprs)
    head = pen.ratio(pen.partial(None, where), *exprs)
    full = (head.rope, pen.gap, pen.brackets(of.rope, of.tall))
    if of.kind in ("call", "function"):
        rope = (head.rope, pen.gap, of.rope)
        return Box(rope, PREFIX, tall=True, ends="partial", closed=full)
    return Box(full, PREFIX, tall=True, ends="partial")


SHARED: dict[str, Callable[[Pen, Expr, Boxes], Box]] = {
    **dict.fromkeys(("name", "let"), named),
    "number": number,
    "size": size,
    "add": add,
    "sub": sub,
    "neg": neg,
    "mul": mul,
    "matmul": matmul,
    **dict.fromkeys("log sign sin cos tan sinh cosh tanh sigmoid relu softplus".split(), apply),
    **dict.fromkeys("erf log1p expm1 log1mexp softmax log_softmax trace".split(), apply),
    **dict.fromkeys("logsumexp amax".split(), apply),
    **dict.fromkeys("max min call".split(), apply_many),
    "sized": sized,
    "transpose": transpose,
    "broadcast": broadcast,
    "entry": entry,
    **dict.fromkeys(("sum", "index_sum"), index_sum),
    "path": path,
    **dict.fromkeys(("derivative", "gradient"), derivative),
}
