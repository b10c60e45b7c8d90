r"""Operators without brackets, and the digits of quotients."""

from __future__ import annotations

import mpmath
import pytest

from backproof.check.numbers import Dual

from .verdicts import told


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (r"\frac{\partial u}{\partial w} = \frac{\partial}{\partial w} w p + c = p", "= w"),
        (r"\frac{\partial u}{\partial c} = \frac{\partial}{\partial c} w p + c = 1", "= c"),
        (r"\frac{\partial u}{\partial w} = \frac{\partial}{\partial w} c + w p = p", "= -p"),
        (r"\frac{du}{dc} = \frac{d}{dc} - 3 + w p + c = 1", "= 2"),
    ],
)
def test_an_operator_without_brackets_takes_the_whole_sum(line: str, wrong: str) -> None:
    note = "$$u = w p + c$$\n$$" + line + "$$"
    if "3" in line:
        note = note.replace("u = w p + c", "u = w p + c - 3")
    assert not told(note)
    right = line[line.rindex("=") :]
    assert told(note.replace(right, wrong)) == ["2 wrong"]


def test_an_operator_before_a_bracket_takes_the_bracket() -> None:
    note = r"""
$$R = \frac{1}{2} (w x - y)^2 + \frac{\lambda}{2} w^2$$
$$\frac{\partial R}{\partial w} = \frac{\partial}{\partial w} \left( \frac{1}{2} (w x - y)^2 \right) + \lambda w$$
"""
    assert not told(note)
    assert told(note.replace(r"+ \lambda w$$", r"+ \frac{\lambda}{2} w^2$$")) == ["3 wrong"]


def test_a_number_with_a_derivative_keeps_its_digits_when_it_is_divided() -> None:
    with mpmath.workdps(50):
        third = Dual(1, mpmath.mpf(1), (mpmath.mpf(2),)) / 3
        assert abs(third.value * 3 - 1) < 1e-40
        assert abs(third.parts[0] * 3 - 2) < 1e-40
