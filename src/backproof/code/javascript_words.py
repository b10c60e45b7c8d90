"""Statements and formulas of JavaScript, and the functions that a script needs for them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from contextlib import AbstractContextManager
from fractions import Fraction

from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape
from .entries import ATOM, PRODUCT, UNARY, Names, Text
from .sizes import length
from .writing import Page

WIDTH = 100

_MATHS = "abs exp log sqrt sign sin cos tan sinh cosh tanh log1p expm1".split()

HELPERS = {
    "matrix": """\
/** A matrix to be filled in. */
function matrix(rows, columns) {
    return Array.from({ length: rows }, () => new Array(columns));
}
""",
    "relu": """\
/** A value that is not a number stays one. */
function relu(z) {
    return z < 0 ? 0 : z;
}
""",
    "step": """\
function step(z) {
    return z > 0 ? 1 : 0;
}
""",
    "sigmoid": """\
/** 1 / (1 + exp(-z)), without overflow for any z. */
function sigmoid(z) {
    const power = Math.exp(-Math.abs(z));
    return (z >= 0 ? 1 : power) / (1 + power);
}
""",
    "softplus": """\
/** log(1 + exp(z)), without overflow for any z. */
function softplus(z) {
    return (z < 0 ? 0 : z) + Math.log1p(Math.exp(-Math.abs(z)));
}
""",
    "log1mexp": """\
/** log(1 - exp(z)) for z < 0; Maechler (2012). */
function log1mexp(z) {
    return z > -Math.LN2 ? Math.log(-Math.expm1(z)) : Math.log1p(-Math.exp(z));
}
""",
    # The series in which all terms have one sign, so that nothing cancels: Abramowitz and Stegun,
    # Handbook of Mathematical Functions, 7.1.6.
    "erf": """\
/** The error function; Abramowitz and Stegun (1964), 7.1.6. From 6 on it is 1 to all digits. */
function erf(z) {
    if (Math.abs(z) > 6) {
        return Math.sign(z);
    }
    let term = z;
    let sum = z;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
        term *= (2 * z * z) / (2 * n + 1);
        sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}
""",
}

FORMS: Mapping[str, str] = {
    **{f: f"Math.{f}({{0}})" for f in _MATHS},
    **{f: f"{f}({{0}})" for f in HELPERS if f != "matrix"},
    "max": "Math.max({0}, {1})",
    "min": "Math.min({0}, {1})",
    "pow": "Math.pow({0}, {1})",
}


class JavaScript(Page):
    """Statements and formulas of JavaScript, whose numbers all are float64."""

    forms: Mapping[str, str] = FORMS
    choice = "{0} ? {1} : {2}"
    either = " || "

    def __init__(self, sizes: Mapping[str, str]) -> None:
        self.sizes = sizes
        super().__init__(WIDTH)

    def entry(self, name: str, shape: Shape, row: str, column: str) -> str:
        return name if shape == SCALAR else f"{name}[{row}][{column}]"

    def count(self, dim: Dim) -> str:
        return length(dim, self.sizes)

    def number(self, value: Fraction) -> Text:
        top, bottom = value.numerator, value.denominator
        sign = UNARY if top < 0 else ATOM
        if bottom == 1:
            return Text(str(top), sign)
        short = repr(top / bottom)
        return Text(short, sign) if len(short) <= 12 else Text(f"{top} / {bottom}", PRODUCT)

    def typed(self, text: Text) -> Text:
        return text

    def constant(self, name: str) -> Text:
        return Text(f"Math.{name.upper()}")

    # -- statements ------------------------------------------------------------------------

    def remark(self, text: str) -> None:
        room = WIDTH - 7
        self.lines += ["", *(f"    // {x}" for x in textwrap.wrap(text, room))]

    def loop(self, index: str, dim: Dim) -> AbstractContextManager[None]:
        head = f"for (let {index} = 0; {index} < {self.count(dim)}; {index}++) {{"
        return self.inside(head, "}")

    def when(self, condition: str) -> AbstractContextManager[None]:
        return self.inside(f"if ({condition}) {{", "}")

    def let(self, name: str, text: str) -> None:
        self.line(f"const {name} = {text};")

    def var(self, name: str, text: str) -> None:
        self.line(f"let {name} = {text};")

    def counter(self, name: str) -> None:
        self.var(name, "0")

    def put(self, target: str, text: str, sign: str = "=") -> None:
        self.line(f"{target} {sign} {text};")

    def make(self, name: str, shape: Shape) -> None:
        rows, columns = (self.count(d) for d in shape)
        self.let(name, f"matrix({rows}, {columns})")

    def multiply(self, target: str, product: Expr, names: Names, add: bool) -> bool:
        return False
