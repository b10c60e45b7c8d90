r"""Expressions as LaTeX, in the author's own spelling.

>>> from backproof.expr.build import matmul, name, sub
>>> a, y, x = (name(n, ("n", "m")) for n in ("a", "y", "x"))
>>> print(latex(matmul(sub(a, y), x.T)))
(a - y) x^{\top}
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


def latex(
    expr: Expr,
    spelling: Spelling = PLAIN,
    *,
    focus: Expr | tuple[Expr, ...] = (),
    indices: bool = True,
) -> str:
    r"""The expression as LaTeX.

    What is in `focus` stands in a `\boxed{...}`. Without `indices` an entry prints as the matrix it
    belongs to, which is how a derivation for all entries at once is written.
    """
    return "".join(pieces(LatexPen(spelling, focus, indices).draw(expr).rope))


class LatexPen(TypesetPen):
    plus, less, minus, dot = " + ", " - ", "-", r" \cdot "

    def __init__(self, spelling: Spelling, focus: Expr | tuple[Expr, ...], indices: bool) -> None:
        super().__init__(spelling, focus, indices)
        self.table = LATEX

    def brackets(self, rope: Rope, tall: bool = False) -> Rope:
        return (r"\left(", rope, r"\right)") if tall else ("(", rope, ")")

    def marked(self, box: Box) -> Box:
        """The box in a frame; the level stays, so that brackets are where they are without it."""
        bare = box.scripts is not None and not box.scripts.sub and not box.scripts.sup
        rope = (r"\boxed{", box.rope, "}")
        after = None if box.closed is None else (r"\boxed{", box.closed, "}")
        level = CALL if box.scripts and not bare else box.level
        return replace(box, rope=rope, closed=after, level=level, scripts=None)

    def symbol(self, name: Name) -> Box:
        written = written_name(name, self.spelling)
        parts = split_scripts(written)
        if parts is None:
            return Box(written, CALL)
        return Box(written, scripts=Scripts(*parts))

    def number(self, value: Fraction) -> Box:
        match spelled(value):
            case (digits,):
                return Box(digits, digit=True)
            case ("1", _, exponent):
                return Box(f"10^{{{exponent}}}", POWER, digit=True)
            case (digits, _, exponent):
                rope = f"{digits} \\cdot 10^{{{exponent}}}"
                return Box(rope, PRODUCT, digit=True, kind="scalar")
            case (top, bottom):
                return Box(f"\\frac{{{top}}}{{{bottom}}}", CALL, tall=True, digit=True)
            case _:
                raise AssertionError(value)

    def letter(self, dim: Dim) -> Box:
        if isinstance(dim, int):
            return Box(str(dim), digit=True)
        text = dimension(dim)
        parts = None if "+" in dim else split_scripts(text)
        return Box(text, ADD if "+" in dim else ATOM, scripts=Scripts(*parts) if parts else None)

    def function(self, op: str) -> tuple[str, bool]:
        word = self.spelling.functions.get(op, FUNCTIONS.get(op, op))
        return operator(word), op in BARE

    def convert(self, latex: str) -> str:
        return operator(latex)

    def index(self, base: Box, indices: tuple[str, ...]) -> Box:
        long = any(len(i) > 1 and not i.startswith("\\") for i in indices)
        inside = ", ".join(indices) if long else _together(indices)
        at = base.scripts
        if at is None or at.sub:
            call = base.kind == "call" or (base.level == ATOM and base.scripts is None)
            at = Scripts(base.rope if call else self.brackets(base.rope, base.tall))
        return self._scripted(replace(at, sub=inside), base.tall)

    def exponent(self, core: Rope, power: Rope) -> Rope:
        return (core, "^{", power, "}")

    def fraction(self, top: Rope, bottom: Rope) -> Rope:
        return (r"\frac{", top, "}{", bottom, "}")

    def turned(self, base: Box) -> Box:
        mark = r"^{\top}" if self.spelling.ascii else self.spelling.transpose or r"^{\top}"
        at = base.scripts
        core = base.rope
        if at and mark.startswith("^") and isinstance(at.sup, str) and at.sup[:1] in ("(", "["):
            inside = mark[2:-1] if mark.startswith("^{") and mark.endswith("}") else mark[1:]
            return Box(self._scripted(replace(at, sup=(at.sup, inside))).rope, POWER)
        if at.sup if at else base.level != ATOM:
            core = self.brackets(base.rope, base.tall)
        return Box((core, mark), POWER, tall=base.tall)

    def _scripted(self, at: Scripts, tall: bool = False) -> Box:
        rope: Rope = at.core
        if at.sup:
            rope = (rope, "^{", at.sup, "}")
        if at.sub:
            rope = (rope, "_{", at.sub, "}")
        return Box(rope, tall=tall, scripts=at)

    def big_sum(self, letters: tuple[str, ...], dim: Dim | None) -> Rope:
        if dim is None:
            return f"\\sum_{{{','.join(letters)}}}"
        return (f"\\sum_{{{letters[0]}=1}}^{{", self.letter(dim).rope, "}")

    def partial(self, of: Rope | None, by: Rope) -> Box:
        top: Rope = r"\partial" if of is None else (r"\partial ", of)
        return Box((r"\frac{", top, r"}{\partial ", by, "}"), CALL, tall=True)

    def ones(self, x: Box, expr: Expr) -> Box:
        one = r"\mathbf{1}"
        if x.rope == "1":
            return Box(one)
        shape, left = expr.args[0].shape, closed(self.hold(x, PRODUCT)).rope
        if shape == SCALAR:
            return Box((left, r"\,", one), PRODUCT, x.tall, x.minus, kind="scalar")
        if shape[1] == 1 and expr.shape[1] != 1:
            return Box((left, " ", one, r"^{\top}"), PRODUCT, x.tall, x.minus, kind="matrix")
        right = self.hold(x, PRODUCT + 1, first=False).rope
        return Box((one, " ", right), PRODUCT, x.tall, kind="matrix")

    def times(self, expr: Expr) -> str:
        if expr.op == "matmul" or expr.shape == SCALAR:
            return ""
        mark = self.spelling.hadamard
        return f" {mark} " if mark and not self.spelling.ascii else r" \odot "


def _together(indices: tuple[str, ...]) -> str:
    out = ""
    for i in indices:
        out += f" {i}" if re.search(r"\\[A-Za-z]+$", out) and i[0].isalpha() else i
    return out


def _constant(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    word = r"\pi" if expr.attr == "pi" else str(expr.attr)
    return Box(word, scripts=Scripts(word))


def _identity(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box("I", scripts=Scripts("I"))


def _kronecker(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box(f"[{expr.attr[0]} = {expr.attr[1]}]")


def _sqrt(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box((r"\sqrt{", args[0].rope, "}"), CALL, args[0].tall, kind="function")


def _abs(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box(_between(args[0], "vert"), CALL, args[0].tall, kind="function")


def _between(x: Box, bar: str) -> Rope:
    if x.tall:
        return (f"\\left\\l{bar} ", x.rope, f" \\right\\r{bar}")
    return (f"\\l{bar} ", x.rope, f" \\r{bar}")


def _norm(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box(_between(args[0], "Vert"), CALL, args[0].tall)


def _sqnorm(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    return Box((_between(args[0], "Vert"), "^{2}"), POWER, args[0].tall)


def _step(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    x = pen.hold(args[0], ADD).rope
    return Box((r"\mathbb{1}[", x, " > 0]"), CALL, args[0].tall)


def _where(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    a, b, x, y = pen.shown(expr)
    one, two = (pen.hold(side, ADD).rope for side in (a, b))
    rows = (x.rope, " & ", one, " > ", two, r" \\ ", y.rope, " & ", one, r" \le ", two)
    return Box((r"\begin{cases} ", rows, r" \end{cases}"), CASES, tall=True)


def _argmax_mask(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    inside = (r"\arg\max", pen.brackets(args[0].rope, args[0].tall))
    rope = (r"\operatorname{onehot}", pen.brackets(inside, args[0].tall))
    return Box(rope, CALL, args[0].tall, kind="call")


def _stack(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    # A bracket right after `\\` would be read as the height of the row.
    cells = [("{}" if next(iter(pieces(x.rope)), "")[:1] == "[" else "", x.rope) for x in args]
    inside = joined(r" \\ " if expr.attr == "rows" else " & ", cells)
    return Box((r"\begin{bmatrix} ", inside, r" \end{bmatrix}"), ATOM, tall=True)


def _block(pen: LatexPen, expr: Expr, args: Boxes) -> Box:
    axis, before, own = expr.attr
    ends = [joined(" + ", [pen.letter(d).rope for d in dims]) for dims in (before, (*before, own))]
    span = ((ends[0], " + 1") if before else "1", ":", ends[1])
    if 1 not in expr.args[0].shape:
        span = (span, r",\,:") if axis == "rows" else (r":,\,", span)
    rope = ("[", args[0].rope, "]_{", span, "}")
    return Box(rope, CALL, args[0].tall)


LATEX: dict[str, Callable[[LatexPen, Expr, Boxes], Box]] = {
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
