"""Numbers that carry derivatives, over floats or many digits.

A `Dual` is `value + sum_k parts[k] eps_k`; the tag keeps nested derivatives apart (Pearlmutter and
Siskind, 2007). Floats screen, decimals of many digits confirm: every function asks the number
itself. No float may come into a calculation with decimals, and none can: it is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from operator import add, neg
from types import SimpleNamespace
from typing import Any

Number = Any  # float, Decimal, or a Dual over either

#: How many digits a verdict is confirmed with.
DIGITS = 50
#: So many more are carried along where a function is worked out.
_GUARD = 10


class Dual:
    """A number and its derivatives in several directions."""

    __slots__ = ("parts", "tag", "value")

    def __init__(self, tag: int, value: Number, parts: tuple[Number, ...]) -> None:
        self.tag = tag
        self.value = value
        self.parts = parts

    def __add__(self, other: Number) -> Number:
        if isinstance(other, Dual):
            if other.tag > self.tag:
                return Dual(other.tag, self + other.value, other.parts)
            if other.tag == self.tag:
                parts = tuple(map(add, self.parts, other.parts))
                return Dual(self.tag, self.value + other.value, parts)
        return Dual(self.tag, self.value + other, self.parts)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(self.tag, -self.value, tuple(map(neg, self.parts)))

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __rsub__(self, other: Number) -> Number:
        return -self + other

    def __mul__(self, other: Number) -> Number:
        if isinstance(other, Dual):
            if other.tag > self.tag:
                return Dual(other.tag, self * other.value, tuple([self * b for b in other.parts]))
            if other.tag == self.tag:
                x, y = self.value, other.value
                pairs = zip(self.parts, other.parts, strict=True)
                return Dual(self.tag, x * y, tuple([a * y + x * b for a, b in pairs]))
        return Dual(self.tag, self.value * other, tuple([a * other for a in self.parts]))

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Number:
        if isinstance(other, Dual):
            return self * reciprocal(other)
        # not times 1/3, which has the digits of a float
        return Dual(self.tag, self.value / other, tuple([a / other for a in self.parts]))

    def __rtruediv__(self, other: Number) -> Number:
        return reciprocal(self) * other


def reciprocal(x: Number) -> Number:
    """1 / x."""
    if isinstance(x, Dual):
        value = reciprocal(x.value)
        slope = -value * value
        return Dual(x.tag, value, tuple([slope * a for a in x.parts]))
    return 1 / x


def plain(x: Number) -> Number:
    """The number without its derivatives."""
    while isinstance(x, Dual):
        x = x.value
    return x


def _library(x: Number) -> Any:
    """Where the functions of a plain number live."""
    return math if isinstance(x, float | int) else _DECIMAL


def _by_exp(function: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Decimal], Decimal]:
    """A function of exp(x) and exp(-x); next to 0 they are nearly the same, which takes digits."""

    def of(x: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec += _GUARD + max(0, -x.adjusted())
            power = x.exp()
            return function(power, 1 / power)

    return of


def _by_mpmath(name: str) -> Callable[..., Decimal]:
    """A function that decimals do not have."""

    def of(*arguments: Number) -> Decimal:
        import mpmath

        library: Any = mpmath
        with localcontext() as context, library.workdps(context.prec + _GUARD):
            given = [x if isinstance(x, int) else library.mpf(str(x)) for x in arguments]
            value = getattr(library, name)(*given)
            return Decimal(library.nstr(value, context.prec + _GUARD))

    return of


_DECIMAL = SimpleNamespace(
    exp=Decimal.exp,
    log=Decimal.ln,
    sqrt=Decimal.sqrt,
    sinh=_by_exp(lambda p, q: (p - q) / 2),
    cosh=_by_exp(lambda p, q: (p + q) / 2),
    tanh=_by_exp(lambda p, q: (p - q) / (p + q)),
    sin=_by_mpmath("sin"),
    cos=_by_mpmath("cos"),
    tan=_by_mpmath("tan"),
    atan=_by_mpmath("atan"),
    erf=_by_mpmath("erf"),
)


def _positive(x: Number) -> Number:
    if x <= 0:
        raise ArithmeticError("a logarithm of a number that is not positive")
    return x


def _lift(value: Callable[[Number], Number], slope: Callable[[Number, Number], Number]) -> Any:
    """A function of numbers with derivatives, from its slope at x where its value is y."""

    def function(x: Number) -> Number:
        if isinstance(x, Dual):
            y = function(x.value)
            by = slope(x.value, y)
            return Dual(x.tag, y, tuple([by * a for a in x.parts]))
        return value(x)

    return function


exp: Callable[[Number], Number] = _lift(lambda x: _library(x).exp(x), lambda _, y: y)
log: Callable[[Number], Number] = _lift(
    lambda x: _library(_positive(x)).log(x), lambda x, _: reciprocal(x)
)
sqrt: Callable[[Number], Number] = _lift(
    lambda x: _library(x).sqrt(x), lambda _, y: reciprocal(2 * y)
)
sin: Callable[[Number], Number] = _lift(lambda x: _library(x).sin(x), lambda x, _: cos(x))
cos: Callable[[Number], Number] = _lift(lambda x: _library(x).cos(x), lambda x, _: -sin(x))
tan: Callable[[Number], Number] = _lift(lambda x: _library(x).tan(x), lambda _, y: 1 + y * y)
sinh: Callable[[Number], Number] = _lift(lambda x: _library(x).sinh(x), lambda x, _: cosh(x))
cosh: Callable[[Number], Number] = _lift(lambda x: _library(x).cosh(x), lambda x, _: sinh(x))
tanh: Callable[[Number], Number] = _lift(lambda x: _library(x).tanh(x), lambda _, y: 1 - y * y)
atan: Callable[[Number], Number] = _lift(
    lambda x: _library(x).atan(x), lambda x, _: reciprocal(1 + x * x)
)
_ROOT_PI = "0.8862269254527580136490837416705725913987747280611935641069"  # sqrt(pi) / 2


def _bell(x: Number) -> Number:
    return exp(-(x * x)) / constant(_ROOT_PI, like=x)


erf: Callable[[Number], Number] = _lift(lambda x: _library(x).erf(x), lambda x, _: _bell(x))


def _gamma(x: Number, order: int) -> Number:
    """Gamma of x + 1, or its logarithm's derivative."""
    y = Decimal(x) + 1
    value = _by_mpmath("gamma")(y) if order == 0 else _by_mpmath("psi")(order - 1, y)
    return float(value) if isinstance(x, float | int) else value


def _digamma(order: int) -> Callable[[Number], Number]:
    return _lift(lambda x: _gamma(x, order), lambda x, _: _digamma(order + 1)(x))


#: n!, between the whole numbers by the gamma function.
factorial: Callable[[Number], Number] = _lift(
    lambda x: _gamma(x, 0), lambda x, y: y * _digamma(1)(x)
)


def distribution(x: Number) -> Number:
    """The distribution function of the standard normal."""
    return (1 + erf(x / sqrt(constant("2", x)))) / 2


def pi(like: Number) -> Number:
    """The number pi, with the digits that `like` has."""
    return constant("3.14159265358979323846264338327950288419716939937511", like)


def constant(text: str, like: Number) -> Number:
    """A decimal number with the digits that `like` has."""
    return float(text) if isinstance(plain(like), float | int) else Decimal(text)


def sigmoid(x: Number) -> Number:
    """1 / (1 + exp(-x))."""
    return reciprocal(1 + exp(-x))


def softplus(x: Number) -> Number:
    """log(1 + exp(x))."""
    return log(1 + exp(x))


def absolute(x: Number) -> Number:
    """The absolute value; its slope at 0 is taken to be 1."""
    return x if plain(x) >= 0 else -x


def relu(x: Number) -> Number:
    """max(0, x)."""
    return x if plain(x) > 0 else x * 0


def sign(x: Number) -> Number:
    """-1, 0 or 1."""
    value = plain(x)
    return constant(str((value > 0) - (value < 0)), x)


def power(x: Number, y: Number) -> Number:
    """x ** y; whole exponents by multiplication, others through the logarithm.

    Raises ArithmeticError for a root of a negative number."""
    exponent = plain(y)
    if not isinstance(y, Dual) and exponent == int(exponent) and abs(exponent) <= 64:
        n = int(exponent)
        result = constant("1", x)
        for _ in range(abs(n)):
            result = result * x
        return reciprocal(result) if n < 0 else result
    if plain(x) <= 0:
        raise ArithmeticError("a fractional power of a number that is not positive")
    return exp(y * log(x))


def directed(x: Number, tag: int, direction: tuple[Number, ...]) -> Number:
    """A number with its derivatives in the directions of a tag, whatever they were."""
    return Dual(tag, without(x, tag), direction)


def without(x: Number, tag: int) -> Number:
    """A number without the derivatives in the directions of a tag."""
    if not isinstance(x, Dual):
        return x
    if x.tag == tag:
        return x.value
    return Dual(x.tag, without(x.value, tag), tuple([without(p, tag) for p in x.parts]))
