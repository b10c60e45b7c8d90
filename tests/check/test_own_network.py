r"""Sections with a network of their own, and errors of units whose loss the note does not say."""

from __future__ import annotations

import pytest

from .verdicts import told, wrong

TWO_NETWORKS = r"""
# A linear model
$$y_k = \sum_i w_{ki} x_i$$
$$E = \frac{1}{2} \sum_k (y_k - t_k)^2$$
$$\frac{\partial E}{\partial w_{ki}} = (y_k - t_k) x_i$$
# Hidden units
$$a_j = \sum_i w_{ji} z_i$$
$$z_j = h(a_j)$$
$$\delta_j = \frac{\partial E}{\partial a_j}$$
$$\frac{\partial a_j}{\partial w_{ji}} = z_i$$
$$\delta_j = \frac{\partial E}{\partial a_j} = \sum_k \frac{\partial E}{\partial a_k} \frac{\partial a_k}{\partial a_j}$$
$$\delta_j = h'(a_j) \sum_k w_{kj} \delta_k$$
"""


def test_a_section_with_a_network_of_its_own_keeps_its_letters() -> None:
    assert not told(TWO_NETWORKS)


@pytest.mark.parametrize(
    ("line", "right", "slip"),
    [
        (5, r"(y_k - t_k) x_i", r"(t_k - y_k) x_i"),
        (12, r"h'(a_j) \sum_k", r"h'(z_j) \sum_k"),
        (11, r"= \sum_k \frac{\partial E}", r"= -\sum_k \frac{\partial E}"),
    ],
)
def test_a_slip_in_either_network_is_found(line: int, right: str, slip: str) -> None:
    assert wrong(TWO_NETWORKS.replace(right, slip)) == [line]


def test_the_errors_of_units_follow_from_one_another_whatever_the_loss_is() -> None:
    note = TWO_NETWORKS.partition("# Hidden units")[2]
    assert not told(note)
    assert told(note.replace(r"w_{kj} \delta_k", r"w_{jk} \delta_k"))
