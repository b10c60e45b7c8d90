r"""Sums that run as far as another dimension."""

from __future__ import annotations

import pytest

from .verdicts import told_why

LAYERS = r"""
$$z_i^{(l)} = \sum_{j=1}^{n_{l-1}} w_{ij}^{(l)} a_j^{(l-1)} + b_i^{(l)}, \qquad a_i^{(l)} = \tanh(z_i^{(l)})$$
$$E = \frac{1}{2} \sum_{i=1}^{n_L} (a_i^{(L)} - t_i)^2$$
$$\frac{\partial E}{\partial b_p^{(l)}} = \sum_{i=1}^{n_l} \frac{\partial E}{\partial z_i^{(l)}} \delta_{ip}$$
$$\frac{\partial E}{\partial a_j^{(l)}} = \sum_{i=1}^{n_{l+1}} \frac{\partial E}{\partial z_i^{(l+1)}} w_{ij}^{(l+1)}$$
"""


def test_sums_over_units_run_as_far_as_their_layer_does() -> None:
    assert not told_why(LAYERS)
    more = (
        LAYERS
        + r"$$\frac{\partial E}{\partial w_{pq}^{(l)}} = \sum_{i=1}^{n_l} \frac{\partial E}{\partial z_i^{(l)}} \delta_{ip} a_q^{(l-1)}$$"
    )
    assert not told_why(more)
    assert told_why(more.replace(r"\sum_{i=1}^{n_{l+1}}", r"\sum_{i=1}^{n_l}")) == ["5 wrong limit"]


def test_a_stated_shape_tells_how_far_a_sum_runs() -> None:
    note = r"""
The weights are $W^m \in \mathbb{R}^{N^m \times N^{m-1}}$ and the values $h^m \in \mathbb{R}^{N^m}$.
$$u^m_i = \sum_{j=1}^{N^{m-1}} W^m_{ij} h^{m-1}_j, \qquad h^m_i = \tanh(u^m_i)$$
"""
    assert not told_why(note)
    assert told_why(note.replace("j=1}^{N^{m-1}}", "j=1}^{N^m}")) == ["3 wrong limit"]


def test_what_has_a_letter_in_common_is_equally_long() -> None:
    note = r"""
The data are $x \in \mathbb{R}^{D}$, the codes $c \in \mathbb{R}^{k}$, and $V \in \mathbb{R}^{D \times k}$.
$$c_j = \tanh(m_j), \qquad m_j = e^{r_j}, \qquad c_j = \tanh(e^{r_j})$$
$$R = \frac{1}{2} \sum_{j=1}^{k} (m_j^2 + c_j^2)$$
$$\frac{\partial R}{\partial m_j} = m_j + c_j (1 - c_j^2)$$
"""
    assert not told_why(note)
    assert told_why(note.replace(r"\sum_{j=1}^{k}", r"\sum_{j=1}^{D}")) == ["4 wrong limit"]


@pytest.mark.parametrize("limit", ["n", "K", "C"])
def test_other_sections_may_have_sums_of_their_own(limit: str) -> None:
    note = rf"""
# Two layers
Here $W \in \mathbb{{R}}^{{K \times n}}$ and $x \in \mathbb{{R}}^{{n}}$.
$$z_i = \sum_{{j=1}}^{{n}} W_{{ij}} x_j$$
# Softmax
$$p_i = \frac{{e^{{s_i}}}}{{\sum_{{k=1}}^{{{limit}}} e^{{s_k}}}}$$
"""
    assert not told_why(note)


def test_double_sums_tell_two_dimensions_apart() -> None:
    note = r"""
$$J = \sum_{u=1}^{p} \sum_{v=1}^{n} e_{uv}^2, \quad e_{uv} = r_u^\top h_v$$
$$\frac{\partial J}{\partial r_u} = 2 \sum_{v=1}^{n} e_{uv} h_v$$
$$q_u = \sum_{v=1}^{n} e_{u+1,v} h_v$$
"""
    assert not told_why(note)
    slip = note.replace(r"\sum_{v=1}^{n} e_{u+1", r"\sum_{v=1}^{p} e_{u+1")
    assert told_why(slip) == ["4 wrong limit"]
