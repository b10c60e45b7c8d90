r"""Quantities with the number of the example in brackets, and sums that start with the bias."""

from __future__ import annotations

import pytest

from .verdicts import told, told_with_slip, wrong

NEURONS = r"""
# Output neurons
$$e_j(n) = d_j(n) - y_j(n)$$
$$\mathcal{E}(n) = \frac{1}{2} \sum_{j \in C} e_j^2(n)$$
$$v_j(n) = \sum_{i=0}^{m} w_{ji}(n) y_i(n)$$
with $y_0(n) = +1$ and the bias $w_{j0}(n) = b_j(n)$, and
$$y_j(n) = \varphi_j(v_j(n))$$
$$\frac{\partial v_j(n)}{\partial w_{ji}(n)} = y_i(n)$$
$$\Delta w_{ji}(n) = -\eta \frac{\partial \mathcal{E}(n)}{\partial w_{ji}(n)}$$
$$\Delta w_{ji}(n) = \eta \delta_j(n) y_i(n)$$
$$\delta_j(n) = -\frac{\partial \mathcal{E}(n)}{\partial v_j(n)} = e_j(n) \varphi_j'(v_j(n))$$
$$w_{ji}(n+1) = w_{ji}(n) + \Delta w_{ji}(n)$$
# Hidden neurons
$$\mathcal{E}(n) = \frac{1}{2} \sum_{k \in C} e_k^2(n)$$
$$e_k(n) = d_k(n) - \varphi_k(v_k(n))$$
$$v_k(n) = \sum_{j=0}^{m} w_{kj}(n) y_j(n)$$
$$\frac{\partial e_k(n)}{\partial v_k(n)} = -\varphi_k'(v_k(n))$$
$$\delta_j(n) = \varphi_j'(v_j(n)) \sum_k \delta_k(n) w_{kj}(n)$$
# A function
$$\varphi_j(v_j(n)) = \frac{1}{1 + \exp(-a v_j(n))}$$
$$\varphi_j'(v_j(n)) = a y_j(n) (1 - y_j(n))$$
For an output neuron
$$\delta_j(n) = a e_j(n) y_j(n) (1 - y_j(n))$$
"""


def test_brackets_with_the_number_of_the_example_say_nothing() -> None:
    assert not told(NEURONS)


@pytest.mark.parametrize(
    ("line", "right", "slip"),
    [
        (10, r"= \eta \delta_j(n) y_i(n)", r"= -\eta \delta_j(n) y_i(n)"),
        (11, r"= e_j(n) \varphi_j'(v_j(n))", r"= e_j(n) \varphi_j'(y_j(n))"),
        (17, r"= -\varphi_k'(v_k(n))", r"= \varphi_k'(v_k(n))"),
        (18, r"= \varphi_j'(v_j(n)) \sum_k", r"= \varphi_j(v_j(n)) \sum_k"),
        (21, r"= a y_j(n) (1 - y_j(n))", r"= a y_j(n) (1 + y_j(n))"),
    ],
)
def test_a_slip_among_such_brackets_is_found_where_it_stands(
    line: int, right: str, slip: str
) -> None:
    assert wrong(NEURONS.replace(right, slip, 1)) == [line]


def test_brackets_of_a_recurrence_stay() -> None:
    note = r"""
$$h(t) = \tanh(a(t)), \qquad a(t) = U x(t) + W h(t-1), \qquad y(t) = V h(t)$$
$$\frac{\partial a(t)}{\partial h(t-1)} = W$$
"""
    assert told_with_slip(note, r"h(t-1)} = W", r"h(t-1)} = U") == ["3 wrong"]


def test_functions_of_a_variable_keep_their_brackets() -> None:
    note = r"""
$$f(t) = t^2, \qquad g(t) = e^t, \qquad u(t) = f(t) g(t)$$
$$\frac{d u(t)}{d t} = 2 t e^t + t^2 e^t$$
"""
    assert told_with_slip(note, "2 t e^t", "t e^t") == ["3 wrong"]


def test_a_sum_over_the_examples_keeps_their_number() -> None:
    note = r"""
$$e(n) = d(n) - y(n), \qquad y(n) = \tanh(v(n)), \qquad v(n) = w x(n)$$
$$E(n) = \frac{1}{2} e(n)^2$$
$$J = \frac{1}{N} \sum_{n=1}^{N} E(n)$$
$$\frac{\partial E(n)}{\partial v(n)} = -e(n) (1 - y(n)^2)$$
"""
    assert told_with_slip(note, "= -e(n)", "= e(n)") == ["5 wrong"]


BIASED = r"""
The input $x_0 = 1$ belongs to the bias.
$$a_j = \sum_{i=0}^{D} w_{ji} x_i$$
$$z_j = \tanh(a_j)$$
$$y_k = \sum_{j=0}^{M} v_{kj} z_j$$
$$E = \frac{1}{2} \sum_{k=1}^{K} (y_k - t_k)^2$$
$$\frac{\partial E}{\partial v_{kj}} = (y_k - t_k) z_j$$
$$\frac{\partial E}{\partial z_j} = \sum_{k=1}^{K} (y_k - t_k) v_{kj}$$
"""


def test_a_sum_from_0_starts_with_the_bias_where_the_note_says_so() -> None:
    assert not told(BIASED)
    assert wrong(BIASED.replace("t_k) v_{kj}$$", "t_k) v_{jk}$$")) == [8]
    assert wrong(BIASED.replace("t_k) z_j", "t_k) z_k")) == [7]


def test_a_sum_from_0_is_the_one_from_1_and_the_bias() -> None:
    note = r"""
$$a_j = b_j + \sum_{i=1}^{D} w_{ji} x_i$$
With $w_{j0} = b_j$ and $x_0 = 1$
$$a_j = \sum_{i=0}^{D} w_{ji} x_i$$
"""
    assert not told(note)


def test_without_a_word_about_the_bias_a_sum_from_0_holds_nowhere_but_in_a_definition() -> None:
    note = BIASED.replace("The input $x_0 = 1$ belongs to the bias.", "")
    assert not told(note)
    slip = r"y_k = \sum_{j=1}^{M} v_{kj} z_j = \sum_{j=0}^{M} v_{kj} z_j$$"
    assert told(note.replace(r"y_k = \sum_{j=0}^{M} v_{kj} z_j$$", slip)) == ["5 wrong"]


def test_a_backward_sum_from_0_has_no_bias() -> None:
    slip = BIASED.replace(r"\sum_{k=1}^{K} (y_k - t_k) v", r"\sum_{k=0}^{K} (y_k - t_k) v")
    assert [line for line in told(slip) if line.startswith("8")]
