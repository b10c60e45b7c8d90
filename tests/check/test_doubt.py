r"""What speaks against calling a line wrong that fails, and how little it takes to be wrong after all."""

from __future__ import annotations

from .verdicts import told, wrong

STEPS = r"""
$$f(x) = x^3, \quad g(x) = x^2$$
$$f(x + h) = f(x) + h \frac{d f}{d x}$$
$$f(x + h) = f(x) + h$$
$$f(x + h) = g(x) + h \frac{d f}{d x}$$
$$f(2 x) = f(x) + x \frac{d f}{d x}$$
"""


def test_what_is_true_for_small_steps_of_the_same_function_is_not_wrong() -> None:
    assert told(STEPS) == ["3 undecided", "4 wrong", "5 wrong", "6 wrong"]


def test_zeros_on_one_side_put_numbers_in_that_the_note_does_not_give() -> None:
    note = r"""
$$E = \log p_1 + \log p_2$$
$$\frac{\partial E}{\partial p_1} = 0 \cdot p_1 + 1 \cdot p_2$$
$$0 \cdot p + 1 \cdot q = 0 \cdot q + 1 \cdot p$$
"""
    assert told(note) == ["3 undecided", "4 wrong"]


def test_what_each_pair_of_samples_has_is_not_judged() -> None:
    note = r"""
$$s_{ij} = u_i^T v_j$$
$$L = \frac{1}{N} \sum_{i=1}^{N} \left( -s_{ii} + \log \sum_{j=1}^{N} e^{s_{ij}} \right)$$
$$p_{ij} = \frac{e^{s_{ij}}}{\sum_{k=1}^{N} e^{s_{ik}}}$$
$$\frac{\partial L}{\partial u_i} = \frac{1}{N} \left( \sum_{j=1}^{N} p_{ij} v_j - v_i \right)$$
"""
    assert told(note) == ["5 undecided"]


def test_at_a_minimum_a_derivative_is_zero_and_no_other_number() -> None:
    note = r"""
$$L = (q - y)^2$$
$$\frac{\partial L}{\partial q} = 0$$
$$\frac{\partial L}{\partial q} = 1$$
"""
    assert told(note) == ["3 undecided", "4 wrong"]


def test_a_mean_over_chances_is_no_factor() -> None:
    note = r"""
$$E_q[-\log(\sigma^2)] = -\log(\sigma^2)$$
$$\mathbb{E}_q[(x - \mu)^2] = \sigma^2$$
$$E_q[-(\frac{x - \mu}{\sigma})^2] = -E_q[\frac{(x - \mu)^2}{\sigma^2}] = -1$$
"""
    assert not wrong("With $K = E_q[\\log q(z)]$: " + note)
    # a loss of that name is a quantity
    assert wrong(r"$$E = (w x - y)^2$$ $$\frac{d}{d w} E x = 2 (w x - y) x$$") == [1]
