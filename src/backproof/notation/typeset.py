"""What the notations that set formulas in two dimensions share: LaTeX, typst and MathML.

Where exponents and fractions need brackets is the same in all of them; each has its own marks for
the two.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from ..expr.node import Expr
from .layout import ATOM, CALL, POWER, Box, Boxes, Pen, Rope, root_of


class TypesetPen(Pen):
    """A pen that raises exponents and sets fractions one above the other."""

    #: The base of the exponential function.
    e: Rope = "e"

    @abstractmethod
    def exponent(self, core: Rope, power: Rope) -> Rope: ...

    @abstractmethod
    def fraction(self, top: Rope, bottom: Rope) -> Rope: ...

    def raised(self, base: Box, power: Box) -> Box:
        at, tall = base.scripts, base.tall
        plain = base.level == ATOM and not (at and at.sup)
        core = base.rope if plain else self.brackets(base.rope, tall)
        rope = self.exponent(core, power.rope)
        return Box(rope, POWER, tall or power.tall, digit=base.digit and plain)


def div(pen: TypesetPen, expr: Expr, args: Boxes) -> Box:
    a, b = pen.shown(expr)
    digit = a.digit and b.digit and a.level >= POWER and b.level >= POWER
    return Box(pen.fraction(a.rope, b.rope), CALL, tall=True, digit=digit)


def power(pen: TypesetPen, expr: Expr, args: Boxes) -> Box:
    if root_of(pen, expr):
        return pen.table["sqrt"](pen, expr, args[:1])
    return pen.raised(*pen.shown(expr))


def exp(pen: TypesetPen, expr: Expr, args: Boxes) -> Box:
    (x,) = args
    if "exp" in pen.spelling.functions:
        rope = (pen.function("exp")[0], pen.brackets(x.rope, x.tall))
        return Box(rope, CALL, x.tall, kind="call")
    return Box(pen.exponent(pen.e, x.rope), POWER, kind="function")


#: Rules for the tables of these notations.
TYPESET: dict[str, Callable[[Any, Expr, Boxes], Box]] = {"div": div, "pow": power, "exp": exp}
