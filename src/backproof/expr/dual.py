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


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """`value + rate * eps`, with `eps^2 = 0`.

    The derivative of a derivative needs two of these, one inside the other: `level` tells whose
    `eps` it is, and one of a lower level is a constant to one of a higher.
    """

    value: Scalar
    rate: Scalar
    level: int = 1

    def __add__(self, other: Scalar) -> Dual:
        if isinstance(other, Dual):
            if other.level == self.level:
                return Dual(self.value + other.value, self.rate + other.rate, self.level)
            if other.level > self.level:
                return Dual(self + other.value, other.rate, other.level)
        return Dual(self.value + other, self.rate, self.level)

    __radd__ = __add__

    def __mul__(self, other: Scalar) -> Dual:
        if isinstance(other, Dual):
            if other.level == self.level:
                rate = self.rate * other.value + self.value * other.rate
                return Dual(self.value * other.value, rate, self.level)
            if other.level > self.level:
                return Dual(self * other.value, self * other.rate, other.level)
        return Dual(self.value * other, self.rate * other, self.level)

    __rmul__ = __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.rate, self.level)

    def __sub__(self, other: Scalar) -> Dual:
        return self + -other

    def __rsub__(self, other: Scalar) -> Dual:
        return -self + other


def number_of(x: Scalar) -> Scalar:
    """The number without any rates."""
    while isinstance(x, Dual):
        x = x.value
    return x


def rate_of(x: Scalar, level: int = 1) -> Scalar:
    """The rate of a dual number of this level; anything else does not change."""
    return x.rate if isinstance(x, Dual) and x.level == level else 0


def duals(field: Field) -> Field:
    """The field of dual numbers over `field`; plain numbers count as constants."""
    f = field.table
    level = field.level + 1
    one = field.number(Fraction(1))
    two = field.number(Fraction(2))
    root_pi = f["sqrt"](field.constant["pi"])

    # Rate of each function of one argument, from its argument x and its value v.
    rates: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
        "let": lambda x, v: one,
        "neg": lambda x, v: -one,
        "exp": lambda x, v: v,
        "log": lambda x, v: f["div"](one, x),
        "sqrt": lambda x, v: f["div"](one, two * v) if number_of(v) else _undefined("sqrt"),
        "abs": lambda x, v: one * sign(number_of(x)),
        "sign": lambda x, v: one * 0,
        "step": lambda x, v: one * 0,
        "sin": lambda x, v: f["cos"](x),
        "cos": lambda x, v: -f["sin"](x),
        "tan": lambda x, v: one + v * v,
        "sinh": lambda x, v: f["cosh"](x),
        "cosh": lambda x, v: f["sinh"](x),
        "tanh": lambda x, v: f["div"](one, f["cosh"](x) * f["cosh"](x)),
        "sigmoid": lambda x, v: v * f["sigmoid"](-x),
        "relu": lambda x, v: one * step(number_of(x)),
        "softplus": lambda x, v: f["sigmoid"](x),
        "erf": lambda x, v: f["div"](two * f["exp"](-(x * x)), root_pi),
        "log1p": lambda x, v: f["div"](one, one + x),
        "expm1": lambda x, v: f["exp"](x),
        "log1mexp": lambda x, v: f["div"](f["exp"](x), f["expm1"](x)),
    }

    def mine(x: Scalar) -> bool:
        return isinstance(x, Dual) and x.level == level

    def parts(x: Scalar) -> tuple[Scalar, Scalar]:
        return (x.value, x.rate) if mine(x) else (x, 0)

    def lift(op: str, rate: Callable[[Scalar, Scalar], Scalar]) -> Callable[[Scalar], Scalar]:
        plain = f[op]

        def dual(x: Scalar) -> Scalar:
            if not mine(x):
                return plain(x)
            value = plain(x.value)
            return Dual(value, rate(x.value, value) * x.rate, level)

        return dual

    def divide(x: Scalar, y: Scalar) -> Scalar:
        if not mine(x) and not mine(y):
            return f["div"](x, y)
        (a, rate_a), (b, rate_b) = parts(x), parts(y)
        value = f["div"](a, b)
        return Dual(value, f["div"](rate_a - value * rate_b, b), level)

    def power(x: Scalar, y: Scalar) -> Scalar:
        if not mine(x) and not mine(y):
            return f["pow"](x, y)
        (a, rate_a), (b, rate_b) = parts(x), parts(y)
        value = f["pow"](a, b)
        rate = 0
        if mine(x) and number_of(b) != 0:
            rate = rate + b * f["pow"](a, f["sub"](b, one)) * rate_a
        if mine(y):
            rate = rate + value * f["log"](a) * rate_b
        return Dual(value, rate, level)

    def larger(x: Scalar, y: Scalar) -> Scalar:
        return x if number_of(x) > number_of(y) else y

    def smaller(x: Scalar, y: Scalar) -> Scalar:
        return x if number_of(x) < number_of(y) else y

    def where(a: Scalar, b: Scalar, x: Scalar, y: Scalar) -> Scalar:
        return x if number_of(a) > number_of(b) else y

    def dot(a: list[Scalar], b: list[Scalar]) -> Scalar:
        pairs_a, pairs_b = [parts(x) for x in a], [parts(x) for x in b]
        values_a, values_b = [v for v, _ in pairs_a], [v for v, _ in pairs_b]
        rate = field.dot([r for _, r in pairs_a], values_b)
        rate = rate + field.dot(values_a, [r for _, r in pairs_b])
        return Dual(field.dot(values_a, values_b), rate, level)

    binary: Binary = {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
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
        level=level,
    )


def _undefined(op: str) -> Scalar:
    raise DomainError(op)
