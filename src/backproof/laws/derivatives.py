"""Derivatives in entry form: how `d/dx` of a formula for one entry is worked out, line by line.

The order of the book matters: the first law whose left side fits is taken, so what is simple (a
constant, the variable itself) comes before what is general (product rule, quotient rule).
"""

from __future__ import annotations

from collections.abc import Callable

from ..expr.build import ONE, ZERO, add, div, elementwise, mul, neg, number, power, sub, unary
from ..expr.node import Expr
from .rule import BOOKS, STANDARD, D, Law, c, law, p, q, u, v, x

BOOK = "derivatives"
TWO = number(2)

law(BOOK, "constant vanishes", (D(c), ZERO))
law(BOOK, "itself becomes one", (D(x), ONE))
law(
    BOOK,
    "term by term",
    (D(add(u, v)), add(D(u), D(v))),
    (D(sub(u, v)), sub(D(u), D(v))),
    grain=STANDARD,
)
law(BOOK, "sign moved out", (D(neg(u)), neg(D(u))))
law(
    BOOK,
    "constant moved out",
    (D(mul(c, u)), mul(c, D(u))),
    (D(mul(u, c)), mul(D(u), c)),
    (D(div(u, c)), div(D(u), c)),
    grain=STANDARD,
)
law(BOOK, "product rule", (D(mul(u, v)), add(mul(D(u), v), mul(u, D(v)))), grain=STANDARD)
law(BOOK, "reciprocal rule", (D(div(c, u)), neg(mul(div(c, power(u, TWO)), D(u)))), grain=STANDARD)
law(
    BOOK,
    "quotient rule",
    (D(div(u, v)), div(sub(mul(D(u), v), mul(u, D(v))), power(v, TWO))),
    grain=STANDARD,
)
law(BOOK, "power rule", (D(power(x, c)), mul(c, power(x, sub(c, ONE)))), grain=STANDARD)
law(
    BOOK,
    "power rule, inner function",
    (D(power(u, c)), mul(mul(c, power(u, sub(c, ONE))), D(u))),
    grain=STANDARD,
)
law(
    BOOK,
    "constant base",
    (D(power(c, u)), mul(mul(power(c, u), unary("log", c)), D(u))),
    grain=STANDARD,
)
law(
    BOOK,
    "variable base and exponent",
    (D(power(u, v)), mul(power(u, v), add(mul(D(v), unary("log", u)), mul(v, div(D(u), u))))),
    grain=STANDARD,
)
law(
    BOOK,
    "larger of two",
    (D(elementwise("max", u, v)), elementwise("where", u, v, D(u), D(v))),
    grain=STANDARD,
)
law(
    BOOK,
    "smaller of two",
    (D(elementwise("min", u, v)), elementwise("where", v, u, D(u), D(v))),
    grain=STANDARD,
)
law(
    BOOK,
    "case by case",
    (D(elementwise("where", p, q, u, v)), elementwise("where", p, q, D(u), D(v))),
    grain=STANDARD,
)
OPENED = law(BOOK, "definition opened", grain=STANDARD)


def _function(
    op: str, rate: Callable[[Expr], Expr], value: Callable[[Expr], Expr] | None = None
) -> None:
    """The two laws of a function of one argument: of `x` itself, and with an inner function."""
    make: Callable[[Expr], Expr] = value or (lambda e: unary(op, e))
    law(BOOK, f"derivative of {op}", (D(make(x)), rate(x)), grain=STANDARD)
    law(
        BOOK,
        f"derivative of {op}, inner function",
        (D(make(u)), mul(rate(u), D(u))),
        grain=STANDARD,
    )


def _f(op: str) -> Callable[[Expr], Expr]:
    return lambda e: unary(op, e)


_sigmoid, _tanh = _f("sigmoid"), _f("tanh")

_function("exp", _f("exp"))
_function("log", lambda e: div(ONE, e))
_function("sqrt", lambda e: div(ONE, mul(TWO, unary("sqrt", e))))
_function("abs", _f("sign"))
_function("sign", lambda e: ZERO)
_function("step", lambda e: ZERO)
_function("sin", _f("cos"))
_function("cos", lambda e: neg(unary("sin", e)))
_function("tan", lambda e: add(ONE, power(unary("tan", e), TWO)))
_function("sinh", _f("cosh"))
_function("cosh", _f("sinh"))
_function("tanh", lambda e: sub(ONE, power(_tanh(e), TWO)))
_function("sigmoid", lambda e: mul(_sigmoid(e), sub(ONE, _sigmoid(e))))
_function("relu", _f("step"))
_function("softplus", _sigmoid)
_function(
    "erf",
    lambda e: mul(
        div(TWO, unary("sqrt", Expr("constant", (), "pi"))), unary("exp", neg(power(e, TWO)))
    ),
)
_function("log1p", lambda e: div(ONE, add(ONE, e)))
_function("expm1", _f("exp"))
_function("log1mexp", lambda e: neg(div(unary("exp", e), sub(ONE, unary("exp", e)))))


def book() -> list[Law]:
    """The laws in the order in which they are tried."""
    return list(BOOKS[BOOK].values())
