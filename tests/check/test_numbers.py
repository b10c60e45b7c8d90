"""Numbers of many digits and their derivatives, against mpmath's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import mpmath
import pytest

from backproof.check import numbers as n
from backproof.check.arrays import Array, determinant, inverse
from backproof.check.functions import entrywise, generic
from backproof.check.numbers import DIGITS, Dual

from .verdicts import told

library: Any = mpmath

NAMES = (
    "sigmoid tanh relu softplus exp log sqrt abs sign sin cos tan sinh cosh erf log1p expm1 arctan sech "
    "gelu elu silu softsign mish logsigmoid square factorial ncdf npdf"
).split()
MEANT: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda x: 1 / (1 + library.exp(-x)),
    "relu": lambda x: x if x > 0 else 0 * x,
    "softplus": lambda x: library.log(1 + library.exp(x)),
    "abs": abs,
    "sign": library.sign,
    "arctan": library.atan,
    "gelu": lambda x: x * library.ncdf(x),
    "elu": lambda x: x if x > 0 else library.expm1(x),
    "silu": lambda x: x / (1 + library.exp(-x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "mish": lambda x: x * library.tanh(library.log(1 + library.exp(x))),
    "logsigmoid": lambda x: -library.log(1 + library.exp(-x)),
    "square": lambda x: x * x,
    "factorial": lambda x: library.gamma(x + 1),
}


def near(x: Any, y: Any) -> bool:
    return bool(abs(library.mpf(str(x)) - y) <= library.mpf(10) ** (5 - DIGITS) * max(1, abs(y)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", ["0.37", "2.6", "1e-25"])
def test_functions_have_all_their_digits_and_those_of_two_derivatives(name: str, at: str) -> None:
    function, meant = entrywise(name), MEANT.get(name) or getattr(library, name)
    assert function is not None
    with localcontext(prec=DIGITS), library.workdps(4 * DIGITS):
        one, zero = Decimal(1), Decimal(0)
        inner = Dual(1, Decimal(at), (one,))
        y = function(Dual(2, inner, (Dual(1, one, (zero,)),)))
        assert near(n.plain(y), meant(library.mpf(at)))
        if name == "sign":
            return
        slope = y.parts[0]
        for order, x in enumerate((n.plain(slope), slope.parts[0]), 1):
            assert isinstance(x, Decimal)
            if at != "1e-25":  # differences with that step would be on both sides of 0
                assert near(x, library.diff(meant, library.mpf(at), order))


def test_small_numbers_keep_their_digits() -> None:
    tanh = entrywise("tanh")
    assert tanh is not None
    with localcontext(prec=DIGITS), library.workdps(4 * DIGITS):
        x = library.mpf("1e-25")
        assert abs(library.mpf(str(tanh(Decimal("1e-25")))) / library.tanh(x) - 1) < 1e-45


def test_pi_powers_unknown_functions_and_inverses_have_their_digits() -> None:
    with localcontext(prec=DIGITS), library.workdps(4 * DIGITS):
        one, three = Decimal(1), Decimal(3)
        assert isinstance(generic("g")(Decimal("0.4")), Decimal)
        assert near(n.pi(one), library.pi)
        assert near(n.power(three, -one), library.mpf(1) / 3)
        assert near(n.power(three, one - one) / 3, library.mpf(1) / 3)
        matrix = Array(2, 2, [one, one + one, three, Decimal(7)])
        assert near(determinant(matrix), 1)
        assert all(map(near, inverse(matrix).entries, (7, -2, -3, 1)))


@pytest.mark.parametrize("x", ["0", "-0.3"])
def test_there_is_no_logarithm_of_what_is_not_positive(x: str) -> None:
    for number in (float(x), Decimal(x)):
        with pytest.raises(ArithmeticError):
            n.log(number)


def test_limits_of_functions_with_arguments_are_worked_out() -> None:
    note = r"""
$$f(x) = x^3 c$$
$$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h} = 3 x^2 c$$
"""
    assert not told(note)
    assert told(note.replace("3 x^2", "2 x^2")) == ["3 wrong"]
