r"""Expressions as MathML, each quantity in them an element that a page can point at.

>>> from backproof.expr.build import name, unary
>>> mathml(unary("log", name("z", ("n", "m"))))
'<mrow><mi>log</mi><mo>&#x2061;</mo><mspace width="0.1667em"/><mi data-quantity="z">z</mi></mrow>'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape

from ..expr.model import Spelling
from ..expr.name import Name
from ..expr.node import Expr, is_named, walk
from ..expr.ops import OPS
from ..expr.shape import SCALAR, Dim
from . import layout
from .elements import element
from .items import (
    APPLIED,
    THIN,
    TIMES,
    bracket,
    enclosed,
    focused,
    is_single,
    labelled,
    mo,
    numeral,
    power_of_ten,
    single,
    starts_with_bracket,
    tightened,
    unwrapped,
    with_scripts,
)
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
    pieces,
)
from .names import (
    BARE,
    FUNCTIONS,
    dimension,
    operator,
    spelled,
    split_scripts,
    unicode,
    written_name,
)
from .tables import table
from .typeset import TYPESET, TypesetPen


def mathml(
    expr: Expr,
    spelling: Spelling = PLAIN,
    *,
    focus: Expr | tuple[Expr, ...] = (),
    indices: bool = True,
) -> str:
    """The expression as one element of MathML, to be put in a `<math>`.

    Every named quantity is one element with `data-quantity`, its plain name; an entry of it has
    `data-entry` too (`j,s`; nothing for a side of length 1), a transpose `data-transpose`, a
    derivative `data-upper` and `data-lower`. What is in `focus` stands in an `<mrow
    class="focus">`. Without `indices` an entry prints as the matrix it belongs to,
    and still says which one it is.
    """
    return "".join(pieces(single(MathPen(spelling, focus, indices).draw(expr).rope)))


@dataclass(frozen=True, slots=True)
class Marked(Scripts):
    """A symbol taken apart, with the attributes that its element has."""

    attributes: str = ""


class MathPen(TypesetPen):
    plus, less, minus, dot = mo("+"), mo("−"), mo("−", ' form="prefix"'), mo("⋅")
    space, comma, gap = TIMES, mo(","), THIN
    e = "<mi>e</mi>"

    def __init__(self, spelling: Spelling, focus: Expr | tuple[Expr, ...], indices: bool) -> None:
        super().__init__(spelling, focus, indices)
        self.table = MATHML

    def brackets(self, rope: Rope, tall: bool = False) -> Rope:
        return enclosed("(", rope, ")", tall)

    def between(self, left: Box, right: Box) -> Rope:
        mark = super().between(left, right)
        apart = left.tall or right.tall or _starts_with_word(right.rope)
        return (mark, THIN) if mark == TIMES and apart else mark

    def marked(self, box: Box) -> Box:
        bare = box.scripts is not None and not box.scripts.sub and not box.scripts.sup
        level = CALL if box.scripts and not bare else box.level
        after = None if box.closed is None else focused(box.closed)
        return replace(box, rope=focused(box.rope), closed=after, level=level, scripts=None)

    def symbol(self, name: Name) -> Box:
        written = written_name(name, self.spelling)
        label = f' data-quantity="{escape(name.plain)}"'
        parts = split_scripts(written)
        if parts is None:
            return Box(labelled(element(written), label), CALL)
        core, sub, sup = parts
        at = Marked(
            element(core), sub and element(sub, tight=True), sup and element(sup, tight=True), label
        )
        return self._scripted(at)

    def number(self, value: Fraction) -> Box:
        match spelled(value):
            case (digits,):
                return Box(numeral(digits), digit=True)
            case ("1", _, exponent):
                return Box(power_of_ten(exponent), POWER, digit=True)
            case (digits, _, exponent):
                rope = (numeral(digits), self.dot, power_of_ten(exponent))
                return Box(rope, PRODUCT, digit=True, kind="scalar")
            case (top, bottom):
                rope = self.fraction(numeral(top), numeral(bottom))
                return Box(rope, CALL, tall=True, digit=True)
            case _:
                raise AssertionError(value)

    def letter(self, dim: Dim) -> Box:
        if isinstance(dim, int):
            return Box(numeral(str(dim)), digit=True)
        written = dimension(dim)
        parts = None if "+" in dim else split_scripts(written)
        if parts is None:
            return Box(element(written), ADD if "+" in dim else ATOM)
        return self._scripted(Marked(*(part and element(part, tight=True) for part in parts)))

    def function(self, op: str) -> tuple[str, bool]:
        word = self.spelling.functions.get(op, FUNCTIONS.get(op, op))
        return self.convert(word), op in BARE

    def convert(self, latex: str) -> str:
        return element(operator(latex)) + APPLIED

    def index(self, base: Box, indices: tuple[str, ...]) -> Box:
        long = any(len(i) > 1 and not i.startswith("\\") for i in indices)
        inside = element((", " if long else " ").join(indices), tight=True)
        at = base.scripts
        said = at.attributes if isinstance(at, Marked) else ""
        if at is not None and at.sub:
            inner = replace(at, attributes="") if isinstance(at, Marked) else at
            at = Scripts(self.brackets(self._scripted(inner).rope))
        elif at is None:
            call = base.kind == "call" or base.level == ATOM
            at = Scripts(base.rope if call else self.brackets(base.rope, base.tall))
        return self._scripted(Marked(at.core, inside, at.sup, said), base.tall)

    def exponent(self, core: Rope, power: Rope) -> Rope:
        return ("<msup>", single(core), tightened(power), "</msup>")

    def fraction(self, top: Rope, bottom: Rope) -> Rope:
        return ("<mfrac>", single(top), single(bottom), "</mfrac>")

    def turned(self, base: Box) -> Box:
        mark = r"^{\top}" if self.spelling.ascii else self.spelling.transpose or r"^{\top}"
        inside = mark.removeprefix("^")
        turn = element(r"\prime" if inside == "'" else inside, tight=True)
        said = ' data-transpose=""'
        at = base.scripts
        if at and mark.startswith("^") and starts_with_bracket(at.sup):
            own = at.attributes if isinstance(at, Marked) else ""
            sup = ("<mrow>", unwrapped(at.sup), turn, "</mrow>")
            return Box(self._scripted(Marked(at.core, at.sub, sup, own + said)).rope, POWER)
        if isinstance(at, Marked) and not at.sup:
            turned = Marked(at.core, at.sub, turn, at.attributes + said)
            return Box(self._scripted(turned).rope, POWER, tall=base.tall)
        core = base.rope
        if at.sup if at else base.level != ATOM:
            core = self.brackets(base.rope, base.tall)
        rope = (f"<msup{said}>", single(core), turn, "</msup>")
        return Box(rope, POWER, tall=base.tall)

    def _scripted(self, at: Scripts, tall: bool = False) -> Box:
        said = at.attributes if isinstance(at, Marked) else ""
        rope = with_scripts(at.core, at.sub or None, at.sup or None, said)
        return Box(rope, tall=tall, scripts=at)

    def big_sum(self, letters: tuple[str, ...], dim: Dim | None) -> Rope:
        sign = mo("∑")
        if dim is None:
            return ("<munder>", sign, element(",".join(letters), tight=True), "</munder>")
        start = element(f"{letters[0]}=1", tight=True)
        return ("<munderover>", sign, start, single(self.letter(dim).rope), "</munderover>")

    def partial(self, of: Rope | None, by: Rope) -> Box:
        top: Rope = _PARTIAL if of is None else ("<mrow>", _PARTIAL, of, "</mrow>")
        rope = ("<mfrac>", top, ("<mrow>", _PARTIAL, by, "</mrow>"), "</mfrac>")
        return Box(rope, CALL, tall=True)

    def ratio(self, box: Box, upper: Expr, lower: Expr) -> Box:
        said = _about("upper", upper) + _about("lower", lower)
        return replace(box, rope=labelled(box.rope, said))

    def ones(self, x: Box, expr: Expr) -> Box:
        one = "<mn>𝟏</mn>"
        if x.rope == numeral("1"):
            return Box(one)
        shape, left = expr.args[0].shape, closed(self.hold(x, PRODUCT)).rope
        if shape == SCALAR:
            return Box((left, TIMES, THIN, one), PRODUCT, x.tall, x.minus, kind="scalar")
        if shape[1] == 1 and expr.shape[1] != 1:
            turned = ("<msup>", one, "<mi>⊤</mi>", "</msup>")
            return Box((left, TIMES, turned), PRODUCT, x.tall, x.minus, kind="matrix")
        right = self.hold(x, PRODUCT + 1, first=False).rope
        return Box((one, TIMES, right), PRODUCT, x.tall, kind="matrix")

    def times(self, expr: Expr) -> str:
        if expr.op == "matmul" or expr.shape == SCALAR:
            return ""
        mark = self.spelling.hadamard
        return mo("⊙" if self.spelling.ascii or not mark else unicode(mark))


_PARTIAL = "<mi>∂</mi>"


def _starts_with_word(rope: Rope) -> bool:
    """Whether a formula begins with `log`. Where that is not soon clear it is taken to do so."""
    for _ in range(12):
        if isinstance(rope, str):
            return bool(re.match(r"<mi>\w\w", rope))
        rope = rope[0]
    return True


def _about(side: str, expr: Expr) -> str:
    """The attribute for one side of a derivative, if that side has a name."""
    if expr.op == "entry":
        expr = expr.args[0]
    if expr.op not in ("name", "let"):
        return ""
    return f' data-{side}="{escape(expr.attr.plain)}"'


def _entry(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    box = layout.entry(pen, expr, args)
    at, whole = box.scripts, expr.args[0]
    if whole.shape == SCALAR:
        return box
    sides = zip(whole.shape, expr.attr[:2], strict=True)
    place = ",".join("" if dim == 1 else str(i) for dim, i in sides)
    said = f' data-entry="{escape(place)}"'
    if isinstance(at, Marked) and at.attributes:
        marked = replace(at, attributes=at.attributes + said)
        return replace(box, rope=labelled(box.rope, said), scripts=marked)
    if box is args[0] and all(_entrywise(e, whole) for e in walk([whole], is_named)):
        return replace(box, rope=_placed(box.rope, said))  # of tanh(u): that of u
    return box


def _entrywise(e: Expr, whole: Expr) -> bool:
    return e.shape == whole.shape and (is_named(e) or OPS[e.op].kind == "elementwise")


def _placed(rope: Rope, said: str) -> Rope:
    """A formula in which each quantity says that it is an entry; flat, as formulas may be deep."""
    flat = tuple(
        re.sub(r'data-quantity="[^"]*"', lambda found: found[0] + said, part)
        for part in pieces(rope)
    )
    return flat if is_single(rope) else (flat,)


def _constant(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    letter = "<mi>π</mi>" if expr.attr == "pi" else f"<mi>{expr.attr}</mi>"
    return Box(letter, scripts=Scripts(letter))


def _identity(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    return Box("<mi>I</mi>", scripts=Scripts("<mi>I</mi>"))


def _kronecker(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    one, two = (element(str(i)) for i in expr.attr)
    return Box((bracket("["), one, mo("="), two, bracket("]")))


def _sqrt(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    rope = ("<msqrt>", args[0].rope, "</msqrt>")
    return Box(rope, CALL, args[0].tall, kind="function")


def _abs(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    x = args[0]
    return Box(enclosed("|", x.rope, "|", x.tall), CALL, x.tall, kind="function")


def _norm(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    return Box(enclosed("‖", args[0].rope, "‖", args[0].tall), CALL, args[0].tall)


def _sqnorm(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    inside = enclosed("‖", args[0].rope, "‖", args[0].tall)
    return Box(("<msup>", single(inside), numeral("2"), "</msup>"), POWER, args[0].tall)


def _step(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    x = pen.hold(args[0], ADD).rope
    one = "<mn>𝟙</mn>"
    return Box((one, bracket("["), x, mo(">"), numeral("0"), bracket("]")), CALL, args[0].tall)


def _where(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    a, b, x, y = pen.shown(expr)
    one, two = (pen.hold(side, ADD).rope for side in (a, b))
    rows = [[x.rope, (one, mo(">"), two)], [y.rope, (one, mo("≤"), two)]]
    return Box(table("cases", rows), CASES, tall=True)


def _argmax_mask(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    arg = (element(r"\arg"), THIN, element(r"\max"), APPLIED)
    inside = (arg, pen.brackets(args[0].rope, args[0].tall))
    word = pen.convert(r"\operatorname{onehot}")
    return Box((word, pen.brackets(inside, args[0].tall)), CALL, args[0].tall, kind="call")


def _stack(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    ropes = [x.rope for x in args]
    rows = [[rope] for rope in ropes] if expr.attr == "rows" else [ropes]
    return Box(table("bmatrix", rows), ATOM, tall=True)


def _block(pen: MathPen, expr: Expr, args: Boxes) -> Box:
    axis, before, own = expr.attr
    dims = ("+".join(map(str, before)), "+".join(map(str, (*before, own))))
    first, last = (dimension(d) if d else "" for d in dims)
    span = (f"{first} + 1" if before else "1") + f" : {last}"
    if 1 not in expr.args[0].shape:
        span = rf"{span},\,:" if axis == "rows" else rf":,\,{span}"
    base = ("<mrow>", bracket("["), args[0].rope, bracket("]"), "</mrow>")
    return Box(("<msub>", base, element(span, tight=True), "</msub>"), CALL, args[0].tall)


MATHML: dict[str, Callable[[MathPen, Expr, Boxes], Box]] = {
    **SHARED,
    **TYPESET,
    "entry": _entry,
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
