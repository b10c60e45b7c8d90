r"""Expressions as typst mathematics, in the author's own spelling.

>>> from backproof.expr.build import matmul, name, sub
>>> a, y, x = (name(n, ("n", "m")) for n in ("a", "y", "x"))
>>> print(typst(matmul(sub(a, y), x.T)))
\(a - y\) x^(⊤)

Brackets are escaped, since typst makes bare ones grow, and so are commas, which end an argument.
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
    CASES,
    PLAIN,
    POWER,
    PRODUCT,
    SHARED,
    Box,
    Boxes,
    Rope,
    Scripts,
    closed,
    joined,
    pieces,
)
from .names import BARE, FUNCTIONS, dimension, operator, spelled, split_scripts, written_name
from .typeset import TYPESET, TypesetPen
from .typst_written import spell, typst_written
from .written import Glyph, read_written


def typst(
    expr: Expr,
    spelling: Spelling = PLAIN,
    *,
    focus: Expr | tuple[Expr, ...] = (),
    indices: bool = True,
    mark: str = "focus",
) -> str:
    """The expression as it stands between dollars in typst.

    What is in `focus` is handed to a function of the document, `focus(...)` or what `mark` names.
    Without `indices` an entry prints as the matrix it belongs to.
    """
    pen = TypstPen(spelling, focus, indices)
    pen.mark = mark
    source = "".join(pieces(pen.draw(expr).rope))
    # Two fractions side by side would touch.
    return re.sub(r"(?<=[)\w]) (?=frac\()", " thin ", source.replace("  lr(", " lr(")).strip()


class TypstPen(TypesetPen):
    plus, less, minus, dot = " + ", " - ", "-", " ⋅ "
    comma = "\\, "
    mark = "focus"

    def __init__(self, spelling: Spelling, focus: Expr | tuple[Expr, ...], indices: bool) -> None:
        super().__init__(spelling, focus, indices)
        self.table = TYPST

    def brackets(self, rope: Rope, tall: bool = False) -> Rope:
        # The blank keeps the name of a function apart from that of this one.
        return (r" lr(\(", rope, r"\))") if tall else (r"\(", rope, r"\)")

    def marked(self, box: Box) -> Box:
        bare = box.scripts is not None and not box.scripts.sub and not box.scripts.sup
        rope = (self.mark, "(", box.rope, ")")
        after = None if box.closed is None else (self.mark, "(", box.closed, ")")
        level = CALL if box.scripts and not bare else box.level
        return replace(box, rope=rope, closed=after, level=level, scripts=None)

    def symbol(self, name: Name) -> Box:
        return self._read(written_name(name, self.spelling))

    def _read(self, latex: str, level: int = CALL) -> Box:
        """A symbol with its scripts apart; `level` if it is not that simple."""
        parts = split_scripts(latex)
        if parts is None:
            return Box(typst_written(latex), level)
        core, sub, sup = (typst_written(part) if part else "" for part in parts)
        return self._scripted(Scripts(core, sub, sup))

    def number(self, value: Fraction) -> Box:
        match spelled(value):
            case (digits,):
                return Box(digits, digit=True)
            case ("1", _, exponent):
                return Box(f"10^({exponent})", POWER, digit=True)
            case (digits, _, exponent):
                return Box(f"{digits} ⋅ 10^({exponent})", PRODUCT, digit=True, kind="scalar")
            case (top, bottom):
                return Box(f"frac({top}, {bottom})", CALL, tall=True, digit=True)
            case _:
                raise AssertionError(value)

    def letter(self, dim: Dim) -> Box:
        if isinstance(dim, int):
            return Box(str(dim), digit=True)
        written = dimension(dim)
        return Box(typst_written(written), ADD) if "+" in dim else self._read(written)

    def function(self, op: str) -> tuple[str, bool]:
        word = self.spelling.functions.get(op, FUNCTIONS.get(op, op))
        return self.convert(word), op in BARE

    def convert(self, latex: str) -> str:
        part = read_written(operator(latex))
        if isinstance(part, Glyph) and part.face == "text":
            part = Glyph(part.text, "word")
        return spell(part) if part is not None else typst_written(latex)

    def index(self, base: Box, indices: tuple[str, ...]) -> Box:
        long = any(len(i) > 1 and not i.startswith("\\") for i in indices)
        inside = joined("\\, " if long else " ", [typst_written(i) for i in indices])
        at = base.scripts
        if at is None or at.sub:
            call = base.kind == "call" or (base.level == ATOM and base.scripts is None)
            at = Scripts(base.rope if call else self.brackets(base.rope, base.tall))
        return self._scripted(replace(at, sub=inside), base.tall)

    def exponent(self, core: Rope, power: Rope) -> Rope:
        return (core, "^(", power, ")")

    def fraction(self, top: Rope, bottom: Rope) -> Rope:
        return ("frac(", top, ", ", bottom, ")")

    def turned(self, base: Box) -> Box:
        written = "" if self.spelling.ascii else self.spelling.transpose
        inside = typst_written(written.removeprefix("^") or r"\top")
        at = base.scripts
        core = base.rope
        if at and at.sup and next(iter(pieces(at.sup)), "")[:2] in ("\\(", "\\["):
            return Box(self._scripted(replace(at, sup=(at.sup, " ", inside))).rope, POWER)
        if at.sup if at else base.level != ATOM:
            core = self.brackets(base.rope, base.tall)
        return Box((core, "^(", inside, ")"), POWER, tall=base.tall)

    def _scripted(self, at: Scripts, tall: bool = False) -> Box:
        rope: Rope = at.core
        if at.sup:
            rope = (rope, "^(", at.sup, ")")
        if at.sub:
            rope = (rope, "_(", at.sub, ")")
        return Box(rope, tall=tall, scripts=at)

    def big_sum(self, letters: tuple[str, ...], dim: Dim | None) -> Rope:
        names = joined("\\, ", [typst_written(letter) for letter in letters])
        if dim is None:
            return ("sum_(", names, ")")
        return ("sum_(", names, " = 1)^(", self.letter(dim).rope, ")")

    def partial(self, of: Rope | None, by: Rope) -> Box:
        top: Rope = "∂" if of is None else ("∂ ", of)
        return Box(("frac(", top, ", ∂ ", by, ")"), CALL, tall=True)

    def ones(self, x: Box, expr: Expr) -> Box:
        one = "bold(1)"
        if x.rope == "1":
            return Box(one)
        shape, left = expr.args[0].shape, closed(self.hold(x, PRODUCT)).rope
        if shape == SCALAR:
            return Box((left, " thin ", one), PRODUCT, x.tall, x.minus, kind="scalar")
        if shape[1] == 1 and expr.shape[1] != 1:
            return Box((left, " ", one, "^(⊤)"), PRODUCT, x.tall, x.minus, kind="matrix")
        right = self.hold(x, PRODUCT + 1, first=False).rope
        return Box((one, " ", right), PRODUCT, x.tall, kind="matrix")

    def times(self, expr: Expr) -> str:
        if expr.op == "matmul" or expr.shape == SCALAR:
            return ""
        mark = "" if self.spelling.ascii else self.spelling.hadamard
        return f" {typst_written(mark or chr(92) + 'odot')} "


def _constant(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    word = "π" if expr.attr == "pi" else str(expr.attr)
    return Box(word, scripts=Scripts(word))


def _identity(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    return Box("I", scripts=Scripts("I"))


def _kronecker(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    left, right = (typst_written(str(i)) for i in expr.attr)
    return Box(f"\\[{left} = {right}\\]")


def _sqrt(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    return Box(("sqrt(", args[0].rope, ")"), CALL, args[0].tall, kind="function")


def _abs(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    return Box(("abs(", args[0].rope, ")"), CALL, args[0].tall, kind="function")


def _norm(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    return Box(("norm(", args[0].rope, ")"), CALL, args[0].tall)


def _sqnorm(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    return Box(("norm(", args[0].rope, ")^(2)"), POWER, args[0].tall)


def _step(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    x = pen.hold(args[0], ADD).rope
    return Box((r"bb(1)\[", x, r" > 0\]"), CALL, args[0].tall)


def _where(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    a, b, x, y = pen.shown(expr)
    one, two = (pen.hold(side, ADD).rope for side in (a, b))
    rows = (x.rope, " & ", one, " > ", two, ", ", y.rope, " & ", one, " ≤ ", two)
    return Box(("cases(", rows, ")"), CASES, tall=True)


def _argmax_mask(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    inside = ("arg max", pen.brackets(args[0].rope, args[0].tall))
    rope = ('op("onehot")', pen.brackets(inside, args[0].tall))
    return Box(rope, CALL, args[0].tall, kind="call")


def _stack(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    inside = joined("; " if expr.attr == "rows" else ", ", [x.rope for x in args])
    return Box(('mat(delim: "[", ', inside, ")"), ATOM, tall=True)


def _block(pen: TypstPen, expr: Expr, args: Boxes) -> Box:
    axis, before, own = expr.attr
    ends = [joined(" + ", [pen.letter(d).rope for d in dims]) for dims in (before, (*before, own))]
    span: Rope = ((ends[0], " + 1") if before else "1", r"\:", ends[1])
    if 1 not in expr.args[0].shape:
        span = (span, r"\, thin \:") if axis == "rows" else (r"\:\, thin ", span)
    return Box((r"\[", args[0].rope, r"\]_(", span, ")"), CALL, args[0].tall)


TYPST: dict[str, Callable[[TypstPen, Expr, Boxes], Box]] = {
    **SHARED,
    **TYPESET,
    "constant": _constant,
    "identity": _identity,
    "kronecker": _kronecker,
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
