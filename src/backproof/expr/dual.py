"""Forward mode with dual numbers: the second opinion on every derivative.

A dual number is a value with the rate at which it changes. The rates below are written from the
definition of each function and know nothing of the law book, so that the two can disagree.
Source: Griewank and Walther, Evaluating Derivatives, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .scalars import Binary, DomainError, Field, Scalar, sign, step


@dataclass(frozen=True, slots=True)
class Dual:
    """`value + rate * eps`, with `eps^2 = 0`."""

    value: Scalar
    rate: Scalar

    def __add__(self, other: Scalar) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.rate + other.rate)
        return Dual(self.value + other, self.rate)

    __radd__ = __add__

    def __mul__(self, other: Scalar) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.rate * other.value + self.value * other.rate)
        return Dual(self.value * other, self.rate * other)

    __rmul__ = __mul__


def value_of(x: Scalar) -> Scalar:
    return x.value if isinstance(x, Dual) else x


def rate_of(x: Scalar) -> Scalar:
    return x.rate if isinstance(x, Dual) else 0


def duals(field: Field) -> Field:
    """The field of dual numbers over `field`; plain numbers count as constants."""
    f = field.table
    one = field.number(Fraction(1))
    two = field.number(Fraction(2))
    two_over_root_pi = two / f["sqrt"](field.constant["pi"])

    # Rate of each function of one argument, from its argument x and its value v.
    rates: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
        "let": lambda x, v: one,
        "neg": lambda x, v: -one,
        "exp": lambda x, v: v,
        "log": lambda x, v: one / x,
        "sqrt": lambda x, v: one / (two * v) if v else _undefined("sqrt"),
        "abs": lambda x, v: one * sign(x),
        "sign": lambda x, v: one * 0,
        "step": lambda x, v: one * 0,
        "sin": lambda x, v: f["cos"](x),
        "cos": lambda x, v: -f["sin"](x),
        "tan": lambda x, v: one + v * v,
        "sinh": lambda x, v: f["cosh"](x),
        "cosh": lambda x, v: f["sinh"](x),
        "tanh": lambda x, v: (one - v) * (one + v),
        "sigmoid": lambda x, v: f["exp"](-x) * v * v,
        "relu": lambda x, v: one * step(x),
        "softplus": lambda x, v: one / (one + f["exp"](-x)),
        "erf": lambda x, v: two_over_root_pi * f["exp"](-(x * x)),
        "log1p": lambda x, v: one / (one + x),
        "expm1": lambda x, v: v + one,
        "log1mexp": lambda x, v: -f["exp"](x) / (one - f["exp"](x)),
    }

    def lift(op: str, rate: Callable[[Scalar, Scalar], Scalar]) -> Callable[[Scalar], Scalar]:
        plain = f[op]

        def dual(x: Scalar) -> Scalar:
            if not isinstance(x, Dual):
                return plain(x)
            value = plain(x.value)
            return Dual(value, rate(x.value, value) * x.rate)

        return dual

    def subtract(x: Scalar, y: Scalar) -> Scalar:
        return x + y * -one

    def divide(x: Scalar, y: Scalar) -> Scalar:
        if not isinstance(x, Dual) and not isinstance(y, Dual):
            return f["div"](x, y)
        value = f["div"](value_of(x), value_of(y))
        return Dual(value, f["div"](rate_of(x) - value * rate_of(y), value_of(y)))

    def power(x: Scalar, y: Scalar) -> Scalar:
        if not isinstance(x, Dual) and not isinstance(y, Dual):
            return f["pow"](x, y)
        a, b = value_of(x), value_of(y)
        value = f["pow"](a, b)
        rate = 0
        if isinstance(x, Dual) and b != 0:
            rate = rate + b * f["pow"](a, b - one) * x.rate
        if isinstance(y, Dual):
            rate = rate + value * f["log"](a) * y.rate
        return Dual(value, rate)

    def larger(x: Scalar, y: Scalar) -> Scalar:
        return x if value_of(x) > value_of(y) else y

    def smaller(x: Scalar, y: Scalar) -> Scalar:
        return x if value_of(x) < value_of(y) else y

    def where(a: Scalar, b: Scalar, x: Scalar, y: Scalar) -> Scalar:
        return x if value_of(a) > value_of(b) else y

    def dot(a: list[Scalar], b: list[Scalar]) -> Scalar:
        a_plain, b_plain = [value_of(x) for x in a], [value_of(x) for x in b]
        rates_a, rates_b = [rate_of(x) for x in a], [rate_of(x) for x in b]
        value = field.dot(a_plain, b_plain)
        return Dual(value, field.dot(rates_a, b_plain) + field.dot(a_plain, rates_b))

    binary: Binary = {
        "add": lambda x, y: x + y,
        "sub": subtract,
        "mul": lambda x, y: x * y,
        "div": divide,
        "pow": power,
        "max": larger,
        "min": smaller,
    }
    return Field(
        number=field.number,
        constant=field.constant,
        table={**{op: lift(op, rate) for op, rate in rates.items()}, **binary, "where": where},
        dot=dot,
    )


def _undefined(op: str) -> Scalar:
    raise DomainError(op)
