"""Statements and formulas of C, and the functions that a file needs for them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from contextlib import AbstractContextManager
from fractions import Fraction

from ..expr.node import Expr
from ..expr.shape import Dim, Shape
from .entries import ATOM, UNARY, Names, Text
from .writing import Page

WIDTH = 100

# Functions of <math.h>, called in the file's own precision.
MATHS = "exp log sqrt fabs sin cos tan sinh cosh tanh erf log1p expm1 pow".split()
_PLAIN = [f for f in MATHS if f not in ("fabs", "pow")]

HELPERS = {
    "relu": """\
/* A value that is not a number stays one. */
static real relu(real z)
{
    return z < 0 ? 0 : z;
}
""",
    "step": """\
static real step(real z)
{
    return z > 0 ? 1 : 0;
}
""",
    "sign": """\
static real sign(real z)
{
    return (real)((z > 0) - (z < 0));
}
""",
    "max": """\
static real max(real a, real b)
{
    return a < b ? b : a;
}
""",
    "min": """\
static real min(real a, real b)
{
    return b < a ? b : a;
}
""",
    "sigmoid": """\
/* 1 / (1 + exp(-z)), without overflow for any z. */
static real sigmoid(real z)
{
    const real power = real_exp(-real_fabs(z));
    return (z >= 0 ? 1 : power) / (1 + power);
}
""",
    "softplus": """\
/* log(1 + exp(z)), without overflow for any z. */
static real softplus(real z)
{
    return (z < 0 ? 0 : z) + real_log1p(real_exp(-real_fabs(z)));
}
""",
    "log1mexp": """\
/* log(1 - exp(z)) for z < 0; Maechler (2012). */
static real log1mexp(real z)
{
    return z > (real)-0.6931471805599453 ? real_log(-real_expm1(z)) : real_log1p(-real_exp(z));
}
""",
}

FORMS: Mapping[str, str] = {
    **{f: f"real_{f}({{0}})" for f in _PLAIN},
    "abs": "real_fabs({0})",
    "pow": "real_pow({0}, {1})",
    **{f: f"{f}({{0}})" for f in HELPERS},
    "max": "max({0}, {1})",
    "min": "min({0}, {1})",
}


class C(Page):
    """Statements and formulas of C."""

    forms: Mapping[str, str] = FORMS
    choice = "{0} ? {1} : {2}"
    either = " || "

    def __init__(self, macros: Mapping[str, str]) -> None:
        self.macros = macros
        super().__init__(WIDTH)

    def entry(self, name: str, shape: Shape, row: str, column: str) -> str:
        places = zip(shape, (row, column), strict=True)
        return name + "".join(f"[{index}]" for dim, index in places if dim != 1)

    def count(self, dim: Dim) -> str:
        if isinstance(dim, int):
            return str(dim)
        return " + ".join(p if p.isdigit() else self.macros[p] for p in dim.split("+"))

    def number(self, value: Fraction) -> Text:
        top, bottom = value.numerator, value.denominator
        if bottom == 1 and abs(top) < 2**24:
            return Text(str(top), UNARY if top < 0 else ATOM, bare=True)
        short = repr(top / bottom)
        if bottom == 1 or len(short) <= 12:
            return Text(f"(real){short}", UNARY)
        return Text(f"(real)({top}.0 / {bottom}.0)", UNARY)

    def typed(self, text: Text) -> Text:
        return Text(f"(real){text.at(UNARY)}", UNARY) if text.bare else text

    def constant(self, name: str) -> Text:
        digits = {"pi": "3.14159265358979323846", "e": "2.71828182845904523536"}[name]
        return Text(f"(real){digits}", UNARY)

    # -- statements ------------------------------------------------------------------------

    def remark(self, text: str) -> None:
        self.lines += ["", *(comment(text, "    ") if text else [])]

    def loop(self, index: str, dim: Dim) -> AbstractContextManager[None]:
        head = f"for (int {index} = 0; {index} < {self.count(dim)}; {index}++) {{"
        return self.inside(head, "}")

    def when(self, condition: str) -> AbstractContextManager[None]:
        return self.inside(f"if ({condition}) {{", "}")

    def let(self, name: str, text: str) -> None:
        self.line(f"const real {name} = {text};")

    def var(self, name: str, text: str) -> None:
        self.line(f"real {name} = {text};")

    def counter(self, name: str) -> None:
        self.line(f"int {name} = 0;")

    def put(self, target: str, text: str, sign: str = "=") -> None:
        self.line(f"{target} {sign} {text};")

    def make(self, name: str, shape: Shape) -> None:
        """Arrays have their place in a structure."""

    def multiply(self, target: str, product: Expr, names: Names, add: bool) -> bool:
        return False


def comment(text: str, indent: str = "") -> list[str]:
    """A comment of one line or more."""
    text = text.replace("*/", "* /").replace("/*", "/ *")
    room = WIDTH - len(indent) - 6
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    if len(lines) == 1:
        return [f"{indent}/* {lines[0]} */"]
    rest = [f"{indent} * {line}" for line in lines[1:]]
    return [f"{indent}/* {lines[0]}", *rest[:-1], f"{rest[-1]} */"]
