r"""Index notation, dots between vectors, letters of functions that are numbers, sums told once."""

from __future__ import annotations

from .verdicts import told_why, wrong

SPREAD = r"""
$$m = \frac{1}{n} \sum_{i=1}^{n} u_i$$
$$\frac{\partial u_i}{\partial u_j} = \delta^i_j$$
$$\frac{\partial (u_i - m)}{\partial u_j} = \delta_j^i - \frac{1}{n}$$
"""


def test_a_kronecker_delta_may_have_an_index_above() -> None:
    assert not told_why(SPREAD)
    assert wrong(SPREAD.replace(r"- \frac{1}{n}$$" + "\n", r"+ \frac{1}{n}$$" + "\n")) == [4]


def test_a_delta_that_the_note_defines_keeps_its_upper_index() -> None:
    note = r"""
$$z^l_j = \sum_k w^l_{jk} a^{l-1}_k, \quad a^l_j = \tanh(z^l_j)$$
$$\delta^l_j = \frac{\partial C}{\partial z^l_j}$$
$$\frac{\partial C}{\partial w^l_{jk}} = \delta^l_j a^{l-1}_k$$
"""
    assert not told_why(note)


EINSTEIN = r"""
We sum over repeated indices, as Einstein did.
$$q_i = \gamma u_i$$
$$\frac{\partial E}{\partial u_j} = \frac{\partial E}{\partial q_i} \frac{\partial q_i}{\partial u_j}$$
$$\frac{\partial E}{\partial u_j} = \frac{\partial E}{\partial q_i} \gamma \delta^i_j$$
$$\frac{\partial E}{\partial \gamma} = \frac{\partial E}{\partial q_i} u_i$$
"""


def test_repeated_indices_are_summed_where_the_note_says_so() -> None:
    assert not told_why(EINSTEIN)
    assert wrong(EINSTEIN.replace(r"q_i} u_i", r"q_i} q_i")) == [6]
    plain = EINSTEIN.replace("repeated", "some").replace("as Einstein did", "or not")
    assert wrong(plain)[:2] == [4, 5]


DOT = r"""
$$s = \frac{1}{n} \sum_{i=1}^{n} (y_i - r_i)^2$$
$$y_i = g u_i + b$$
$$\frac{\partial s}{\partial g} = \frac{\partial s}{\partial y} \cdot u$$
$$\frac{\partial s}{\partial b} = \frac{\partial s}{\partial y} \cdot \vec{1}$$
"""


def test_a_dot_between_vectors_is_their_inner_product() -> None:
    assert not told_why(DOT)
    assert wrong(DOT.replace(r"\cdot u", r"\cdot r")) == [4]


SCALED = r"""
$$v = \frac{1}{n} \sum_{i=1}^{n} u_i^2$$
$$\sigma = \sqrt{v}$$
$$\frac{\partial \sigma}{\partial u_j} = \frac{u_j}{n \sigma}$$
$$q_i = \frac{u_i}{\sigma}$$
$$\frac{\partial q_i}{\partial u_j} = \frac{\sigma (2 \delta_{ij} - \delta_{ij}) - \frac{1}{n} u_i q_j}{\sigma^2}$$
"""


def test_sigma_is_a_number_where_it_has_a_formula() -> None:
    assert not told_why(SCALED)
    assert wrong(SCALED.replace(r"- \frac{1}{n} u_i", r"+ \frac{1}{n} u_i")) == [6]


def test_sigma_is_a_function_where_it_is_applied() -> None:
    note = SCALED + "\n" + r"$$a = \sigma(z), \quad \frac{\partial a}{\partial z} = a (1 - a)$$"
    assert 8 not in wrong(note)


ONE_TOO_MANY = r"""
$$m = \frac{1}{n} \sum_{i=0}^{n} u_i$$
$$\frac{\partial m}{\partial u_j} = \frac{1}{n} \sum_{i=0}^{n} \frac{\partial u_i}{\partial u_j}$$
$$\frac{\partial m}{\partial u_j} = \frac{1}{n}$$
"""


def test_a_sum_with_one_term_too_many_is_told_of_where_it_is_defined() -> None:
    assert told_why(ONE_TOO_MANY) == ["2 wrong off by one"]
    assert wrong(
        ONE_TOO_MANY.replace(r"= \frac{1}{n} \sum_{i=0}^{n} \f", r"= \sum_{i=0}^{n} \f")
    ) == [2, 3]


def test_an_identity_is_no_stranger() -> None:
    note = r"""
$$m = \frac{1}{n} \sum_{i=1}^{n} u_i$$
$$q_i = u_i - m$$
$$\frac{\partial q}{\partial u} = I - \frac{1}{n} \mathbf{1} \mathbf{1}^T$$
"""
    assert not wrong(note)
    assert wrong(note.replace("= I - ", "= I + ")) == [4]
