r"""Inputs with a 1 in front."""

from __future__ import annotations

import pytest

from .verdicts import faults, told, told_with_slip

REGRESSION = r"""A line in many dimensions is

$$h_\theta(x) = \theta_0 + \theta_1 x_1 + \theta_2 x_2 + \dots + \theta_n x_n$$

or, with $x_0 = 1$,

$$h_\theta(x) = \theta^T x = \sum_{j=0}^n \theta_j x_j$$

Over m houses it is off by

$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$

and one weight feels

$$\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
"""


@pytest.mark.parametrize(
    ("right", "slip", "verdict"),
    [
        (r"- y^{(i)}) x_j^{(i)}", r"+ y^{(i)}) x_j^{(i)}", "wrong"),
        (r"- y^{(i)}) x_j^{(i)}", r"- y^{(i)}) \theta_j", "wrong"),
        (r"= \frac{1}{m} \sum", r"= \sum", "loose"),
    ],
)
def test_a_bias_may_be_a_weight_like_the_others(right: str, slip: str, verdict: str) -> None:
    assert told_with_slip(REGRESSION, right, slip) == [f"15 {verdict}"]


def test_a_sum_from_0_has_a_term_too_many_where_nothing_is_1() -> None:
    note = r"""
$$\hat y = w^T x = \sum_{j=0}^{n} w_j x_j, \quad x = (x_1, \dots, x_n)$$
"""
    assert faults(note) == ["2 wrong"]
    assert told(note.replace(r"\quad x =", r"\quad x_0 = 1, \quad x =")) == []
