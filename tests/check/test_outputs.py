r"""What a network puts out, and what its errors come to: neither is for a later line to choose."""

from __future__ import annotations

import pytest

from .verdicts import told, told_with_slip

ERRORS = r"""
# The error of a layer
$$z^l = V^l a^{l-1} + c^l$$
$$a^l = \sigma(z^l)$$
$$\delta^l_k = \frac{\partial E}{\partial z^l_k}$$
# Its formulas
$$\delta^L = \nabla_a E \odot \sigma'(z^L)$$
With $E = \frac{1}{2} \sum_k (a^L_k - t_k)^2$ this is
$$\delta^L = (a^L - t) \odot \sigma'(z^L)$$
$$\delta^l = (V^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)$$
"""


@pytest.mark.parametrize(
    ("right", "slip", "line"),
    [
        (r"(a^L - t) \odot \sigma'(z^L)", r"(a^L - t) \odot \sigma(z^L)", 9),
        (r"(a^L - t) \odot", r"(t - a^L) \odot", 9),
        (r"\delta^{l+1} \odot \sigma'(z^l)", r"\delta^{l+1} \odot \sigma'(z^{l+1})", 10),
        (r"(V^{l+1})^T \delta", r"(V^l)^T \delta", 10),
    ],
)
def test_what_an_error_is_in_one_section_binds_the_next(right: str, slip: str, line: int) -> None:
    assert told_with_slip(ERRORS, right, slip) == [f"{line} wrong"]


def test_a_further_formula_for_an_error_that_nothing_leads_to_is_undecided() -> None:
    note = r"""
$$\delta_t = \frac{\partial L}{\partial q_t}$$
$$\delta_t = r_t + u \, \delta_{t+1}$$
"""
    assert told(note) == ["3 undecided"]


SOFTMAX = r"""
$$z^l = a^{l-1} V^l + c^l$$
$$a^l = h(z^l)$$
$$E(a^L, y) = - \sum_{k=1}^{n^L} y_k \log a^L_k$$
$$\delta^l = \frac{\partial E}{\partial z^l}$$
$$\delta^L = a^L - y$$
$$\delta^l = \delta^{l+1} (V^{l+1})^T \odot h'(z^l)$$
"""


def test_a_cross_entropy_tells_that_the_last_layer_is_a_softmax() -> None:
    assert not told(SOFTMAX)
    assert told(SOFTMAX.replace("a^L - y", "y - a^L")) == ["6 wrong"]
    assert told(SOFTMAX.replace("a^L - y", "a^{L-1} - y")) == ["6 wrong"]


def test_a_function_of_which_nothing_is_known_is_no_identity() -> None:
    slip = SOFTMAX.replace("h'(z^l)", "h'(z^{l+1})")
    assert "7 wrong" in told(slip)
    chain = r"""
$$z^l = V^l a^{l-1}, \quad a^l = h(z^l), \quad E = \|a^L - y\|^2$$
$$\frac{\partial E}{\partial a^{l}} = (V^{l+1})^T \left(h'(z^{l+1}) \odot
\frac{\partial E}{\partial a^{l+1}}\right)$$
"""
    assert not told(chain)
    assert told(chain.replace("h'(z^{l+1})", "h'(z^{l})")) == ["3 wrong"]


NORMALISED = r"""
$$\mu = \frac{1}{m} \sum_{j=1}^m x_j$$
$$v = \frac{1}{m} \sum_{j=1}^m (x_j - \mu)^2$$
$$u_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}$$
$$y_i = g u_i + b$$
# Back
$$\frac{\partial L}{\partial u_i} = g \frac{\partial L}{\partial y_i}$$
With $s = \sqrt{v + \epsilon}$:
$$\frac{\partial L}{\partial x_i} = \frac{1}{m s} \left[ m \frac{\partial L}{\partial u_i}
 - \sum_j \frac{\partial L}{\partial u_j} - u_i \sum_j \frac{\partial L}{\partial u_j} u_j \right]$$
"""


@pytest.mark.parametrize(
    ("right", "slip"),
    [
        (r"\left[ m \frac", r"\left[ \frac"),
        (
            r"u_i \sum_j \frac{\partial L}{\partial u_j} u_j",
            r"u_i \sum_j \frac{\partial L}{\partial u_j} u_i",
        ),
        (r" - u_i \sum_j", r" + u_i \sum_j"),
    ],
)
def test_the_letters_of_one_quantity_count_the_same_in_a_section(right: str, slip: str) -> None:
    assert told_with_slip(NORMALISED, right, slip) == ["9 wrong"]


def test_an_abbreviation_of_the_backward_pass_is_no_output() -> None:
    note = r"""
$$z = w x + b$$
$$y = z^2$$
With $q = 3 x$ the gradient is
$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} \cdot 2 z w$$
"""
    assert not told(note)
    assert told(note.replace("2 z w", "2 z")) == ["5 wrong"]


def test_what_is_true_for_small_steps_is_no_equality() -> None:
    note = r"""
$$f(x, y) = x^2 y$$
$$f(x + h) = f(x) + h \frac{df(x)}{dx}$$
"""
    assert "wrong" not in " ".join(told(note))
