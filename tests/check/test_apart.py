r"""Letters, names and products that mean one thing in one place and another elsewhere."""

from __future__ import annotations

from .verdicts import faults


def test_a_letter_counts_entries_in_one_section_and_samples_in_another() -> None:
    note = r"""
# Softmax
$$p_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}, \qquad \frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$$
# A batch
$$L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{k=1}^{K} Y_{ik} \log P_{ik}, \qquad \frac{\partial L}{\partial P_{ik}} = -\frac{1}{n} \frac{Y_{ik}}{P_{ik}}$$
"""
    assert not faults(note)
    assert faults(note.replace(r"p_i (\delta_{ij} - p_j)", r"p_i (\delta_{ij} - p_i)")) == [
        "3 wrong"
    ]


def test_a_letter_beside_one_that_counts_samples_counts_samples() -> None:
    note = r"""
# Batch
$$\mu = \frac{1}{N} \sum_{i=1}^{N} x_i, \qquad u_i = x_i - \mu$$
$$\frac{\partial u_i}{\partial x_j} = \delta_{ij} - \frac{1}{N}$$
# Norm
$$r = \sum_{j=1}^{d} x_j^2, \qquad \frac{\partial r}{\partial x_j} = 2 x_j$$
"""
    assert not faults(note)
    assert faults(note.replace(r"- \frac{1}{N}$$", r"+ \frac{1}{N}$$")) == ["4 wrong"]


def test_what_takes_the_place_of_the_targets_is_in_the_loss_from_there_on() -> None:
    note = r"""
# Loss
$$L = \frac{1}{2} \sum_{k=1}^{K} (z_k - y_k)^2$$
# Smoothed
$$q_k = (1 - \alpha) y_k + \frac{\alpha}{K}$$
$$\frac{\partial L}{\partial z_k} = z_k - q_k$$
"""
    assert not faults(note)
    assert faults(note.replace("= z_k - q_k", "= q_k - z_k")) == ["6 wrong"]


def test_a_sign_on_a_function_makes_it_another_one() -> None:
    note = r"""
$$F(p) = -\log p, \qquad F^-(p) = -\log(1 - p)$$
$$\frac{d F^-}{d p} = \frac{1}{1 - p}$$
"""
    assert not faults(note)


def test_a_matrix_with_a_bias_of_its_letter_is_no_table_of_it() -> None:
    note = r"""
$$\mu = A u + a, \qquad s = B u + b, \qquad z = \mu + e^{s/2} \odot \epsilon$$
$$R = \sum_{d=1}^{D} (z_d - x_d)^2, \qquad K = \frac{1}{2} \sum_{j=1}^{J} (\mu_j^2 + e^{s_j} - s_j)$$
With $L = R + \beta K$ and $g_\mu = \frac{\partial L}{\partial \mu}$ we get
$$\frac{\partial L}{\partial A} = g_\mu u^\top, \qquad \frac{\partial L}{\partial a} = g_\mu$$
"""
    assert not faults(note)
    assert faults(note.replace(r"g_\mu u^\top", r"u g_\mu^\top"))


def test_labels_are_numbers_where_they_come_from_a_set_of_numbers() -> None:
    note = r"""
Stack $N$ samples as columns of $X$ and $H$.
$$J = \frac{1}{N} \sum_{i=1}^{N} L^{(i)}, \qquad h = \sigma(W x)$$
With $y \in \{-1, +1\}$ let $f = v^\top h + d$ and
$$\ell = \max(0, 1 - y f)^2, \qquad \frac{\partial \ell}{\partial v} = -2 y \max(0, 1 - y f) h$$
"""
    assert not faults(note)


def test_a_mean_of_inputs_is_not_excused_by_a_single_one() -> None:
    note = r"""
$$h = \frac{1}{M} \sum_{i=1}^{M} v_i, \qquad J = -\log \sigma(u^\top h)$$
$$\frac{\partial J}{\partial v_i} = \frac{1}{M} \frac{\partial J}{\partial h}$$
"""
    assert not faults(note)
    assert faults(note.replace(r"\frac{1}{M} \frac{\partial J}", r"\frac{\partial J}")) == [
        "3 wrong"
    ]


def test_a_formula_for_all_samples_follows_one_for_a_single_one() -> None:
    note = r"""
# One
$$z = w^\top x + b, \qquad a = \sigma(z), \qquad \ell(a, y) = -y \ln a - (1 - y) \ln(1 - a)$$
# All
The rows of $X \in \mathbb{R}^{N \times d}$ are samples and $z = X w + b \mathbf{1}$, $a = \sigma(z)$.
$$J = \frac{1}{N} \sum_{i=1}^{N} \ell(a_i, y_i)$$
$$\frac{\partial J}{\partial w_k} = \frac{1}{N} \sum_{i=1}^{N} (a_i - y_i) x_{ik}$$
$$\nabla_w J = \frac{1}{N} X^\top (a - y)$$
"""
    assert not faults(note)
    assert faults(note.replace(r"\frac{1}{N} X", "X")) == ["8 loose"]


def test_a_sum_under_a_condition_is_not_taken_for_one_over_all() -> None:
    note = r"""
$$s = \sum_{b=1}^{B} g_b = \sum_{b \,:\, w_b = w} 2 g_b$$
"""
    assert not faults(note)
