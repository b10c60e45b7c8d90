"""Laws of stability: the same value, written so that floating point does not lose it.

`log(sigmoid(z))` is -inf in float32 from z = -104 on, `-softplus(-z)` is exact there. The laws are
those that PyTensor applies to a graph, each with the reason that a reader can follow.
Source: Mächler, Accurately computing log(1 - exp(-|a|)) (2012); Blanchard, Higham and Higham,
Accurately computing the log-sum-exp and softmax functions (2021).
"""

from __future__ import annotations

from ..expr.build import ONE, add, div, elementwise, mul, neg, number, power, sub, unary
from ..expr.node import Expr
from .rule import BOOKS, FULL, OUTLINE, STANDARD, Law, law, u

BOOK = "stability"
HALF = number("0.5")
TWO = number(2)


def _f(op: str, x: Expr) -> Expr:
    return unary(op, x)


_exp, _exp_minus = _f("exp", u), _f("exp", neg(u))
_sigmoid = _f("sigmoid", u)

law(
    BOOK,
    "sigmoid recognised",
    (div(ONE, add(ONE, _exp_minus)), _sigmoid),
    (div(ONE, add(_exp_minus, ONE)), _sigmoid),
    (power(add(ONE, _exp_minus), number(-1)), _sigmoid),
    (div(_exp, add(ONE, _exp)), _sigmoid),
    (div(_exp, add(_exp, ONE)), _sigmoid),
    (div(ONE, add(ONE, _exp)), _f("sigmoid", neg(u))),
    (div(_exp_minus, add(ONE, _exp_minus)), _f("sigmoid", neg(u))),
    grain=STANDARD,
)
law(
    BOOK,
    "tanh recognised",
    (div(sub(_exp, _exp_minus), add(_exp, _exp_minus)), _f("tanh", u)),
    (div(sub(_f("exp", mul(TWO, u)), ONE), add(_f("exp", mul(TWO, u)), ONE)), _f("tanh", u)),
    (sub(mul(TWO, _f("sigmoid", mul(TWO, u))), ONE), _f("tanh", u)),
    grain=STANDARD,
)
law(BOOK, "log of sigmoid", (_f("log", _sigmoid), neg(_f("softplus", neg(u)))), grain=OUTLINE)
law(
    BOOK,
    "log of one minus sigmoid",
    (_f("log", sub(ONE, _sigmoid)), neg(_f("softplus", u))),
    (_f("log1p", neg(_sigmoid)), neg(_f("softplus", u))),
    grain=OUTLINE,
)
law(
    BOOK,
    "softplus recognised",
    (_f("log", add(ONE, _exp)), _f("softplus", u)),
    (_f("log", add(_exp, ONE)), _f("softplus", u)),
    (_f("log1p", _exp), _f("softplus", u)),
    grain=STANDARD,
)
law(
    BOOK,
    "log and exp undo each other",
    (_f("log", _exp), u),
    (_f("exp", _f("log", u)), u),
    (_f("exp", _f("log1p", u)), add(ONE, u)),
    (_f("log1p", _f("expm1", u)), u),
    (_f("expm1", _f("log1p", u)), u),
    grain=STANDARD,
)
law(
    BOOK,
    "log of one minus exp",
    (_f("log", sub(ONE, _exp)), _f("log1mexp", u)),
    (_f("log1p", neg(_exp)), _f("log1mexp", u)),
    grain=STANDARD,
)
law(
    BOOK,
    "exp minus one",
    (sub(_exp, ONE), _f("expm1", u)),
    (sub(ONE, _exp), neg(_f("expm1", u))),
    grain=STANDARD,
)
law(
    BOOK,
    "log of one plus",
    (_f("log", add(ONE, u)), _f("log1p", u)),
    (_f("log", add(u, ONE)), _f("log1p", u)),
    (_f("log", sub(ONE, u)), _f("log1p", neg(u))),
    grain=STANDARD,
)
law(BOOK, "one minus sigmoid", (sub(ONE, _sigmoid), _f("sigmoid", neg(u))), grain=STANDARD)
law(BOOK, "square of a root", (power(_f("sqrt", u), TWO), u), grain=STANDARD)
law(BOOK, "root of a square", (_f("sqrt", power(u, TWO)), _f("abs", u)), grain=STANDARD)
law(BOOK, "log of a root", (_f("log", _f("sqrt", u)), mul(HALF, _f("log", u))), grain=STANDARD)
law(
    BOOK,
    "relu recognised",
    (elementwise("max", u, number(0)), _f("relu", u)),
    (elementwise("max", number(0), u), _f("relu", u)),
    grain=FULL,
)

# These put a formula on one kind of softplus, so that terms can cancel.
SOFTPLUS_OF_MINUS = law(
    BOOK, "softplus of minus", (_f("softplus", neg(u)), sub(_f("softplus", u), u)), grain=OUTLINE
)
# What needs more than a pattern of one entry; applied in `calculus.stable`.
LOG_SOFTMAX = law(BOOK, "log of softmax", grain=OUTLINE)
LOG_SUM_EXP = law(BOOK, "log of a sum of exp", grain=OUTLINE)
SOFTMAX_RECOGNISED = law(BOOK, "softmax recognised", grain=OUTLINE)
THROUGH_TRANSPOSE = law(BOOK, "function of a transpose", grain=FULL)
THROUGH_REPEATED = law(BOOK, "function of a repeated value", grain=FULL)
DEFINITION_PUT_IN = law(BOOK, "definition put in", grain=STANDARD)


def patterns() -> list[Law]:
    """The laws that fit a single formula, in the order in which they are tried."""
    return [x for x in BOOKS[BOOK].values() if x.forms and x is not SOFTPLUS_OF_MINUS]
