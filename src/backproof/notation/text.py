"""Expressions as one line of Unicode mathematics, for a terminal and for messages.

>>> from backproof.expr.build import matmul, name, sub
>>> a, y, x = (name(n, ("n", "m")) for n in ("a", "y", "x"))
>>> text(matmul(sub(a, y), x.T))
'(a − y) xᵀ'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from ..expr.model import Spelling
from ..expr.name import Name
from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim
from .layout import (
    ADD,
    ATOM,
    CALL,
    DIVISION,
    PLAIN,
    POWER,
    PREFIX,
    PRODUCT,
    SHARED,
    Box,
    Boxes,
    Pen,
    Rope,
    Scripts,
    closed,
    joined,
    pieces,
    root_of,
)
from .names import (
    BARE,
    FUNCTIONS,
    lowered,
    raised,
    spelled,
    split_scripts,
    superscript,
    unicode,
    written_name,
)

_ON, _OFF = "\ue000", "\ue001"  # private characters: where the focus begins and ends


def text(
    expr: Expr,
    spelling: Spelling = PLAIN,
    *,
    focus: Expr | tuple[Expr, ...] = (),
    indices: bool = True,
) -> str:
    """The expression in one line; names as the author writes them, as far as Unicode goes.

    Without `indices` an entry prints as the matrix it belongs to. The focus leaves no trace here;
    `segments` tells where it lies.
    """
    parts = segments(expr, spelling, focus=focus, indices=indices)
    return "".join(piece for piece, _ in parts)


def segments(
    expr: Expr,
    spelling: Spelling = PLAIN,
    *,
    focus: Expr | tuple[Expr, ...] = (),
    indices: bool = True,
) -> list[tuple[str, bool]]:
    """The line in pieces, each with whether it is in focus, for a terminal with colours."""
    out: list[tuple[list[str], bool]] = []
    depth = 0
    for piece in pieces(TextPen(spelling, focus, indices).draw(expr).rope):
        if piece in (_ON, _OFF):
            depth += 1 if piece == _ON else -1
        elif out and out[-1][1] == (depth > 0):
            out[-1][0].append(piece)
        else:
            out.append(([piece], depth > 0))
    return [("".join(parts), inside) for parts, inside in out]


class TextPen(Pen):
    plus = " + "

    def __init__(self, spelling: Spelling, focus: Expr | tuple[Expr, ...], indices: bool) -> None:
        super().__init__(spelling, focus, indices)
        self.table = TEXT
        self.ascii = spelling.ascii
        self.minus = "-" if self.ascii else "−"
        self.less = f" {self.minus} "
        self.dot = " * " if self.ascii else " · "
        self.space = " * " if self.ascii else " "

    def brackets(self, rope: Rope, tall: bool = False) -> Rope:
        return ("(", rope, ")")

    def marked(self, box: Box) -> Box:
        at = box.scripts
        return replace(
            box,
            rope=_marked(box.rope),
            closed=None if box.closed is None else _marked(box.closed),
            scripts=at and Scripts(*(x and _marked(x) for x in (at.core, at.sub, at.sup))),
        )

    def symbol(self, name: Name) -> Box:
        if self.ascii and name.latex:
            return Box(name.latex, scripts=Scripts(name.latex))
        written = written_name(name, self.spelling)
        parts = split_scripts(written)
        if parts is None:
            return Box(unicode(written), CALL)
        at = Scripts(unicode(parts[0]), lowered(parts[1]), raised(parts[2]))
        return Box((at.core, at.sup, at.sub), scripts=at)

    def number(self, value: Fraction) -> Box:
        parts = spelled(value)
        if len(parts) == 2:
            return Box("/".join(parts), DIVISION, digit=True)
        return Box("".join(parts), digit=True, scripts=Scripts("".join(parts)))

    def letter(self, dim: Dim) -> Box:
        if isinstance(dim, int):
            return Box(str(dim), digit=True)
        text = " + ".join(dim if self.ascii else _dim(part) for part in dim.split("+"))
        return Box(text, ADD if "+" in dim else ATOM, scripts=Scripts(text))

    def function(self, op: str) -> tuple[str, bool]:
        given = self.spelling.functions.get(op, "")
        if self.ascii:
            return unicode(given) or _TYPED.get(op, op), False
        return unicode(given or FUNCTIONS.get(op, op)), op in BARE

    def convert(self, latex: str) -> str:
        return unicode(latex)

    def index(self, base: Box, indices: tuple[str, ...]) -> Box:
        at = base.scripts
        if at is None or at.sub:
            call = base.kind == "call" or (at is None and base.level == ATOM)
            at = Scripts(base.rope if call else self.brackets(base.rope))
        inside = _index(indices, self.ascii)
        return Box((at.core, at.sup, inside), scripts=replace(at, sub=inside))

    def _base(self, box: Box) -> Rope:
        """What a superscript can be put on."""
        at = box.scripts
        call = self.ascii and box.kind == "call"
        plain = box.level == ATOM and (at is None or not (at.sup or _typed(at.sub)))
        return box.rope if plain or call else self.brackets(box.rope)

    def raised(self, base: Box, power: Box) -> Box:
        core = self._base(base)
        digits = "".join(pieces(power.rope))
        if not self.ascii and re.fullmatch(r"−?\d{1,3}", digits):
            return Box((core, superscript(digits)), POWER, digit=base.digit)
        mark = "**" if self.ascii else "^"
        return Box((core, mark, self.hold(power, ATOM, first=False).rope), POWER, digit=base.digit)

    def turned(self, base: Box) -> Box:
        at = base.scripts
        if at and at.sup and not _typed(at.sub) and not _typed(at.sup):
            core = base.rope
        else:
            core = self._base(base)
        return Box((core, ".T" if self.ascii else "ᵀ"), POWER)

    def big_sum(self, letters: tuple[str, ...], dim: Dim | None) -> Rope:
        return "Σ" + lowered("".join(letters))

    def partial(self, of: Rope | None, by: Rope) -> Box:
        return Box(("∂", "" if of is None else of, "/∂", by), PREFIX, ends="partial")

    def ones(self, x: Box, expr: Expr) -> Box:
        one = "ones" if self.ascii else "𝟏"
        rows, columns = expr.args[0].shape
        if x.rope == "1":
            return Box(one)
        left = closed(self.hold(x, PRODUCT)).rope
        if (rows, columns) == SCALAR:
            return Box((left, self.space, one), PRODUCT, minus=x.minus, kind="scalar")
        mark, kind = (" @ ", " @ ") if self.ascii else (" ", "matrix")
        if columns == 1 and expr.shape[1] != 1:
            turned = self.turned(Box(one)).rope
            return Box((left, mark, turned), PRODUCT, minus=x.minus, kind=kind)
        right = self.hold(x, PRODUCT + 1, first=False).rope
        return Box((one, mark, right), PRODUCT, kind=kind)

    def times(self, expr: Expr) -> str:
        if self.ascii:
            return " @ " if expr.op == "matmul" else " * "
        if expr.op == "matmul" or expr.shape == SCALAR:
            return ""
        return f" {unicode(self.spelling.hadamard) or '⊙'} "


_TYPED = {"trace": "trace", "amax": "max", "argmax_mask": "onehot"}


def _marked(rope: Rope) -> Rope:
    return (_ON, rope, _OFF)


def _typed(script: Rope) -> bool:
    """Whether a script had to be typed out (`_hy`), so that nothing can be put on it."""
    return next((p for p in pieces(script) if p not in (_ON, _OFF)), "")[:1] in ("_", "^")


def _dim(part: str) -> str:
    match = re.fullmatch(r"([A-Za-z]+)_?(\d+)", part)
    return unicode(match[1]) + lowered(match[2]) if match else part


def _index(indices: tuple[str, ...], typed: bool) -> str:
    small = [lowered(i) for i in indices]
    long = len(indices) > 1 and any(len(s.removeprefix("_")) > 1 for s in small)
    if typed or long or ":" in indices:
        return f"[{', '.join(unicode(i) for i in indices)}]"
    if any(s.startswith("_") for s in small):
        return "_" + "".join(unicode(i) for i in indices)
    return "".join(small)


def _constant(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    word = "π" if expr.attr == "pi" and not pen.ascii else str(expr.attr)
    return Box(word, scripts=Scripts(word))


def _kronecker(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    return Box("[{} = {}]".format(*(unicode(str(i)) for i in expr.attr)))


def _div(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    a, b = pen.shown(expr)
    top = pen.fence(a) if a.ends else closed(pen.hold(a, PRODUCT))
    bottom = closed(pen.hold(b, POWER, first=False))
    tight = top.level == ATOM and bottom.level == ATOM and top.scripts and bottom.scripts
    rope = (top.rope, "/" if tight else " / ", bottom.rope)
    return Box(rope, DIVISION, minus=top.minus, digit=top.digit)


def _pow(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    if root_of(pen, expr):
        return _sqrt(pen, expr, args[:1])
    a, b = pen.shown(expr)
    return pen.raised(a, b)


def _exp(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    (x,) = args
    at = x.scripts
    if "exp" not in pen.spelling.functions and not pen.ascii and at and not (at.sub or at.sup):
        return Box(("e^", x.rope), POWER, kind="function")
    return Box((pen.function("exp")[0], pen.brackets(x.rope)), CALL, kind="call")


def _sqrt(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    (x,) = args
    inside = pen.brackets(x.rope)
    if pen.ascii:
        return Box(("sqrt", inside), CALL, kind="call")
    if x.level == ATOM and x.scripts:
        return Box(("√", x.rope), PREFIX, kind="function", closed=("√", inside))
    return Box(("√", inside), PREFIX, kind="function")


def _abs(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    if pen.ascii or "|" in pieces(args[0].rope):
        return Box(("abs", pen.brackets(args[0].rope)), CALL, kind="call")
    return Box(("|", args[0].rope, "|"), CALL, kind="function")


def _norm(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    return Box(("‖", args[0].rope, "‖"), CALL)


def _sqnorm(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    return Box(("‖", args[0].rope, "‖", "**2" if pen.ascii else "²"), POWER)


def _step(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    return Box(("[", pen.hold(args[0], ADD).rope, " > 0]"), CALL)


def _where(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    a, b, x, y = (box.rope for box in pen.shown(expr))
    less = " <= " if pen.ascii else " ≤ "
    return Box(("{", x, " : ", a, " > ", b, "; ", y, " : ", a, less, b, "}"), CALL)


def _argmax_mask(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    return Box(("onehot(argmax", pen.brackets(args[0].rope), ")"), CALL, kind="call")


def _stack(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    cells = joined("; " if expr.attr == "rows" else ", ", [x.rope for x in args])
    return Box(("[", cells, "]"), CALL)


def _block(pen: TextPen, expr: Expr, args: Boxes) -> Box:
    axis, before, own = expr.attr
    ends = [joined(" + ", [pen.letter(d).rope for d in dims]) for dims in (before, (*before, own))]
    span: Rope = ((ends[0], " + 1") if before else "1", " : ", ends[1])
    if 1 not in expr.args[0].shape:
        span = (span, ", :") if axis == "rows" else (":, ", span)
    return Box((pen.hold(args[0], ATOM).rope, "[", span, "]"), CALL)


TEXT: dict[str, Callable[[TextPen, Expr, Boxes], Box]] = {
    **SHARED,
    "constant": _constant,
    "identity": lambda pen, expr, args: Box("I", scripts=Scripts("I")),
    "kronecker": _kronecker,
    "div": _div,
    "pow": _pow,
    "exp": _exp,
    "sqrt": _sqrt,
    "abs": _abs,
    "norm": _norm,
    "sqnorm": _sqnorm,
    "step": _step,
    "where": _where,
    "argmax_mask": _argmax_mask,
    "stack": _stack,
    "block": _block,
}
