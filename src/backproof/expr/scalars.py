"""Scalar functions, by operation: in float64 and, with mpmath, with many digits.

Both tables are whole: every elementwise operation stands in each. They are kept free of the law
book, since the proofs lean on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

Scalar = Any  # a float, an mpmath number or a Dual: what they share is arithmetic
Table = Mapping[str, Callable[..., Scalar]]
Unary = dict[str, Callable[[Any], Any]]
Binary = dict[str, Callable[[Any, Any], Any]]


class DomainError(ArithmeticError):
    """A value outside the domain of a function: the logarithm of a negative number."""


@dataclass(frozen=True, eq=False)
class Field:
    """A kind of number: how to make one and what each operation does to it.

    `level` counts how often dual numbers were put on top: derivatives of derivatives keep apart
    whose rate is whose.
    """

    number: Callable[[Fraction], Scalar]
    constant: Mapping[str, Scalar]
    table: Table
    dot: Callable[[list[Scalar], list[Scalar]], Scalar]
    level: int = 0


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def _or_infinity(function: Callable[[float], float], odd: bool = False) -> Callable[[float], float]:
    """`function`, infinite where it is too large for a float: that of an odd one has its sign."""

    def guarded(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(math.inf, x) if odd else math.inf

    return guarded


def _or_nan(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, not a number where it has no limit: the sine of infinity."""
    return lambda x: function(x) if math.isfinite(x) else math.nan


def _log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def _div(x: float, y: float) -> float:
    if y != 0:
        return x / y
    return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x)


def _pow(x: float, y: float) -> float:
    try:
        value = x**y
    except (ZeroDivisionError, OverflowError):
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    return math.nan if isinstance(value, complex) else value


def _log1mexp(x: float) -> float:
    if x >= 0:
        return -math.inf if x == 0 else math.nan
    return math.log(-math.expm1(x)) if x > -math.log(2) else math.log1p(-math.exp(x))


def _dot(a: list[float], b: list[float]) -> float:
    products = [x * y for x, y in zip(a, b, strict=True)]
    try:
        return math.fsum(products)
    except (OverflowError, ValueError):  # too large, or infinities of both signs
        return sum(products)


def sign(x: Scalar) -> int:
    """-1, 0 or 1; the derivative of |x| away from 0, and 0 there."""
    return (x > 0) - (x < 0)


def step(x: Scalar) -> int:
    """1 for x > 0, otherwise 0: the derivative of ReLU, with 0 at the kink."""
    return 1 if x > 0 else 0


def _arithmetic(div: Callable[[Any, Any], Any], power: Callable[[Any, Any], Any]) -> Binary:
    return {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": div,
        "pow": power,
        "max": lambda x, y: x if x > y else y,
        "min": lambda x, y: x if x < y else y,
    }


def _where(a: Any, b: Any, x: Any, y: Any) -> Any:
    return x if a > b else y


_FLOAT_UNARY: Unary = {
    "let": lambda x: x,
    "neg": lambda x: -x,
    "exp": _or_infinity(math.exp),
    "log": _log,
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "abs": abs,
    "sign": lambda x: float(sign(x)),
    "step": lambda x: float(step(x)),
    "sin": _or_nan(math.sin),
    "cos": _or_nan(math.cos),
    "tan": _or_nan(math.tan),
    "sinh": _or_infinity(math.sinh, odd=True),
    "cosh": _or_infinity(math.cosh),
    "tanh": math.tanh,
    "sigmoid": _sigmoid,
    "relu": lambda x: max(x, 0.0),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "erf": math.erf,
    "log1p": lambda x: math.log1p(x) if x > -1 else _log(1 + x),
    "expm1": _or_infinity(math.expm1),
    "log1mexp": _log1mexp,
}

FLOAT = Field(
    number=float,
    constant={"pi": math.pi, "e": math.e},
    table={**_FLOAT_UNARY, **_arithmetic(_div, _pow), "where": _where},
    dot=_dot,
)


def many_digits(digits: int) -> Field:
    """Numbers with `digits` decimal digits, in a context of their own."""
    import mpmath  # imported late: `--help` and float64 work do without it

    mp = cast(Any, mpmath.MPContext())
    mp.dps = digits

    def log(x: Any) -> Any:
        if x <= 0:
            raise DomainError("log")
        return mp.log(x)

    def log1p(x: Any) -> Any:
        if x <= -1:
            raise DomainError("log1p")
        return mp.log1p(x)

    def log1mexp(x: Any) -> Any:
        if x >= 0:
            raise DomainError("log1mexp")
        return mp.log(-mp.expm1(x)) if x > -1 else mp.log1p(-mp.exp(x))

    def sqrt(x: Any) -> Any:
        if x < 0:
            raise DomainError("sqrt")
        return mp.sqrt(x)

    def power(x: Any, y: Any) -> Any:
        if x < 0 and y != mp.nint(y):
            raise DomainError("pow")
        if x == 0 and y < 0:
            raise DomainError("pow")
        return x ** int(y) if y == mp.nint(y) else x**y

    def div(x: Any, y: Any) -> Any:
        if y == 0:
            raise DomainError("div")
        return x / y

    def number(value: Fraction) -> Any:
        return mp.mpf(value.numerator) / value.denominator

    one = mp.mpf(1)
    unary: Unary = {
        "let": lambda x: x,
        "neg": lambda x: -x,
        "exp": mp.exp,
        "log": log,
        "sqrt": sqrt,
        "abs": abs,
        "sign": lambda x: mp.mpf(sign(x)),
        "step": lambda x: mp.mpf(step(x)),
        "sin": mp.sin,
        "cos": mp.cos,
        "tan": mp.tan,
        "sinh": mp.sinh,
        "cosh": mp.cosh,
        "tanh": mp.tanh,
        "sigmoid": lambda x: one / (one + mp.exp(-x)),
        "relu": lambda x: x if x > 0 else mp.zero,
        "softplus": lambda x: (x if x > 0 else mp.zero) + mp.log1p(mp.exp(-abs(x))),
        "erf": mp.erf,
        "log1p": log1p,
        "expm1": mp.expm1,
        "log1mexp": log1mexp,
    }
    return Field(
        number=number,
        constant={"pi": +mp.pi, "e": +mp.e},
        table={**unary, **_arithmetic(div, power), "where": _where},
        dot=mp.fdot,
    )
