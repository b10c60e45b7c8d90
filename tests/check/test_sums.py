r"""Sums over the units of layers: their limits, their letters, and what they are added up of."""

from __future__ import annotations

import pytest

from .verdicts import findings, told

#: A network unit by unit; `%s` is the number of units of a layer.
UNITS = r"""
$$z_i^{(l)} = \sum_{j=1}^{n_{l-1}} w_{ij}^{(l)} a_j^{(l-1)} + b_i^{(l)}, \qquad a_i^{(l)} = \tanh(z_i^{(l)})$$
$$E = \frac{1}{2} \sum_{i=1}^{n_L} (a_i^{(L)} - t_i)^2$$
$$\frac{\partial E}{\partial a_j^{(l)}} = \sum_{i=1}^{n_{l+1}} \frac{\partial E}{\partial z_i^{(l+1)}} w_{ij}^{(l+1)}$$
$$\frac{\partial z_p^{(l+1)}}{\partial z_q^{(l)}} = \sum_{k=1}^{n_l} w_{pk}^{(l+1)} \frac{\partial a_k^{(l)}}{\partial z_q^{(l)}}$$
"""


def test_each_layer_has_its_own_number_of_units() -> None:
    assert not told(UNITS)
    turned = UNITS.replace(r"z_i^{(l+1)}} w_{ij}", r"z_i^{(l+1)}} w_{ji}")
    assert told(turned) == ["4 wrong"]
    turned = UNITS.replace(r"w_{pk}^{(l+1)} \frac", r"w_{kp}^{(l+1)} \frac")
    assert told(turned) == ["5 wrong"]


def test_the_layer_may_stand_above_the_number_of_its_units() -> None:
    note = r"""
$$u^m_i = \sum_{j=1}^{N^{m-1}} W^m_{ij} h^{m-1}_j, \qquad h^m_i = \tanh(u^m_i)$$
$$\frac{\partial u^{m+1}_k}{\partial u^m_q} = \sum_{i=1}^{N^m} W^{m+1}_{ki} \frac{\partial h^m_i}{\partial u^m_q}$$
"""
    assert not told(note)
    assert told(note.replace("W^{m+1}_{ki}", "W^{m+1}_{ik}")) == ["3 wrong"]


@pytest.mark.parametrize("turned", [r"^{l+1 \top}", r"^{l+1\intercal}", r"^{l+1 \mathsf T}"])
def test_a_transpose_may_stand_behind_the_layer(turned: str) -> None:
    note = r"""
$$z^l = W^l a^{l-1} + b^l, \qquad a^l = \tanh(z^l), \qquad C = \frac{1}{2} \|a^L - y\|^2$$
$$\frac{\partial C}{\partial a^l} = W^{l+1} \frac{\partial C}{\partial z^{l+1}}$$
$$\frac{\partial C}{\partial W^l} = \frac{\partial C}{\partial z^l} a^{l-1 \top}$$
"""
    assert not told(note.replace("W^{l+1} ", f"W{turned} "))
    other = turned.replace("l+1", "l")
    assert told(note.replace("W^{l+1} ", f"W{other} ")) == ["3 wrong"]


def test_another_entry_of_the_same_array_has_no_part_in_a_derivative() -> None:
    note = r"""
$$s_i = \tanh(v_i), \qquad \frac{\partial s_i}{\partial v_j} = (1 - s_i^2) \delta_{ij}$$
"""
    assert not told(note)
    assert told(note.replace(r"\delta_{ij}", "")) == ["2 wrong"]


def test_a_recursion_is_no_new_meaning_where_it_needs_what_a_function_is() -> None:
    note = (
        UNITS
        + r"""
$$\delta_i^{(l)} = \frac{\partial E}{\partial z_i^{(l)}}$$
$$\delta_j^{(l)} = (1 - (a_j^{(l)})^2) \sum_{i=1}^{n_{l+1}} w_{ij}^{(l+1)} \delta_i^{(l+1)}$$
$$\frac{\partial E}{\partial w_{pq}^{(l)}} = \delta_p^{(l)} a_q^{(l-1)}$$
"""
    )
    note = note.replace(r"\tanh(", "f(")
    assert not told(note)
    assert told(note.replace(r"\delta_p^{(l)} a_q", r"\delta_q^{(l)} a_p")) == ["9 wrong"]


def test_a_recursion_over_two_names_is_no_new_meaning_of_either() -> None:
    note = r"""
$$s_t = \tanh(u_t), \qquad u_t = W s_{t-1} + U x_t + b$$
$$E = \sum_{t=1}^{T} E_t, \qquad E_t = \frac{1}{2} \|V s_t - y_t\|^2$$
$$e_t = \frac{\partial E}{\partial s_t}, \qquad r_t = \frac{\partial E}{\partial u_t}$$
$$e_t = V^\top (V s_t - y_t) + W^\top r_{t+1}, \qquad r_t = e_t \odot (1 - s_t \odot s_t)$$
$$\frac{\partial E}{\partial b} = \sum_{t=1}^{T} r_t$$
"""
    assert not told(note)
    assert told(note.replace(r"\sum_{t=1}^{T} r_t", "r_t")) == ["6 wrong"]


@pytest.mark.parametrize("scaled", [r"e^{u_i / T}", r"\exp\left(\frac{u_i}{T}\right)"])
def test_a_t_that_quantities_are_divided_by_counts_nothing(scaled: str) -> None:
    note = rf"""
$$c_i = \frac{{{scaled}}}{{\sum_{{k=1}}^{{K}} {scaled.replace("_i", "_k")}}}$$
$$\frac{{\partial c_i}}{{\partial T}} = -\frac{{1}}{{T^2}} c_i \left(u_i - \sum_{{k=1}}^{{K}} c_k u_k\right)$$
"""
    assert not told(note)
    lost = note.replace(r"\left(u_i - \sum_{k=1}^{K} c_k u_k\right)", "(u_i - c_k u_k)")
    assert told(lost) == ["3 wrong"]


def test_a_name_beside_itself_in_brackets_is_a_factor() -> None:
    note = r"""
The model says $p(x) = \sigma(w^\top x)$, and $p_i$ is short for $p(x_i)$.
$$\ell(w) = -\log \prod_{i=1}^n p_i^{y_i} (1 - p_i)^{1 - y_i} = -\sum_{i=1}^n \left[ y_i \log p_i + (1 - y_i) \log (1 - p_i) \right]$$
"""
    assert not told(note)
    lost = note.replace(r"+ (1 - y_i) \log (1", r"+ y_i \log (1")
    assert told(lost) == ["3 wrong"]


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (r"\frac{1}{m} \sum_{i=0}^m (p^{(i)} - y^{(i)})^2", r"\sum_{i=1}^m"),
        (r"\frac{1}{m} \sum_{i=0}^{m} p^{(i)} + \sum_{i=1}^m y^{(i)}", r"\sum_{i=1}^m p"),
    ],
)
def test_the_limit_that_is_meant_is_said(loss: str, said: str) -> None:
    (finding,) = findings(rf"$$J = {loss}$$")
    assert finding.kind == "off by one"
    assert said in finding.suggestion
    assert "i=0" not in finding.suggestion


SOFTMAX = r"""
$$p_i = \frac{\exp(a_i)}{\sum_n \exp(a_n)}, \qquad L = -\sum_j y_j \log p_j$$
$$\frac{\partial L}{\partial a_i} = -\frac{y_i}{p_i} p_i (1 - p_i) - \sum_{i \neq j} \frac{y_j}{p_j} (-p_i p_j)$$
$$= -y_i + y_i p_i + \sum_{i \neq j} y_j p_i$$
"""


def test_a_sum_over_all_but_the_letter_of_the_line_may_name_that_letter_first() -> None:
    assert not told(SOFTMAX)
    assert told(SOFTMAX.replace("y_j p_i$$", "y_j p_j$$")) == ["4 wrong"]
    assert told(SOFTMAX.replace("(-p_i p_j)", "(p_i p_j)")) == ["3 wrong"]
    assert not told(SOFTMAX.replace(r"i \neq j", r"j \neq i"))
