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
    """A kind of number: how to make one and what each operation does to it."""

    number: Callable[[Fraction], Scalar]
    constant: Mapping[str, Scalar]
    table: Table
    dot: Callable[[list[Scalar], list[Scalar]], Scalar]


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.78 else math.inf


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
        return math.inf
    return math.nan if isinstance(value, complex) else value


def _log1mexp(x: float) -> float:
    if x >= 0:
        return -math.inf if x == 0 else math.nan
    return math.log(-math.expm1(x)) if x > -math.log(2) else math.log1p(-math.exp(x))


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
    "exp": _exp,
    "log": _log,
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "abs": abs,
    "sign": lambda x: float(sign(x)),
    "step": lambda x: float(step(x)),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "sigmoid": _sigmoid,
    "relu": lambda x: max(x, 0.0),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "erf": math.erf,
    "log1p": lambda x: math.log1p(x) if x > -1 else _log(1 + x),
    "expm1": lambda x: math.expm1(x) if x < 709.78 else math.inf,
    "log1mexp": _log1mexp,
}

FLOAT = Field(
    number=float,
    constant={"pi": math.pi, "e": math.e},
    table={**_FLOAT_UNARY, **_arithmetic(_div, _pow), "where": _where},
    dot=lambda a, b: math.fsum(x * y for x, y in zip(a, b, strict=True)),
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
        "softplus": lambda x: mp.log(one + mp.exp(x)),
        "erf": mp.erf,
        "log1p": lambda x: log(one + x),
        "expm1": lambda x: mp.exp(x) - one,
        "log1mexp": lambda x: log(one - mp.exp(x)),
    }
    return Field(
        number=number,
        constant={"pi": +mp.pi, "e": +mp.e},
        table={**unary, **_arithmetic(div, power), "where": _where},
        dot=mp.fdot,
    )
