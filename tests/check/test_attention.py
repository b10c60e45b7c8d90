r"""Notes on attention: heads, masks, the last of several steps, and differentials beside a d that
counts."""

from __future__ import annotations

from backproof.check.environment import environment
from backproof.notation.document import document

from .verdicts import faults, told, told_why, told_with_slip

HEADS = r"""
$$Q_h = X U_h, \quad K_h = X V_h, \quad S_h = Q_h K_h^\top, \quad J = \frac{1}{2} \sum_{h=1}^{H} \|S_h\|^2$$
$$\frac{\partial J}{\partial K_h} = \left( \frac{\partial J}{\partial S_h} \right)^\top Q_h$$
$$\frac{\partial J}{\partial U_h} = X^\top \frac{\partial J}{\partial Q_h}$$
$$\frac{\partial J}{\partial X} = \sum_{h=1}^{H} \left( \frac{\partial J}{\partial Q_h} U_h^\top + \frac{\partial J}{\partial K_h} V_h^\top \right)$$
"""

MASKED = r"""
$$B_{pq} = \frac{e^{S_{pq}}}{\sum_{k=1}^{p} e^{S_{pk}}}$$
and $B_{pq} = 0$ for $q > p$.
$$O = B V, \quad J = \frac{1}{2} \|O\|^2$$
$$\sum_{k=1}^{p} B_{pk} \frac{\partial J}{\partial B_{pk}} = \sum_{c=1}^{n} O_{pc} \frac{\partial J}{\partial O_{pc}}$$
"""

STEPS = r"""
$$h_i = \tanh(A h_{i-1} + C z_i), \quad p_i = \mathrm{softmax}(V h_i)$$
$$L = -\sum_{i=1}^{n} y_i^\top \log p_i, \quad g_i = \frac{\partial L}{\partial h_i}$$
$$\frac{\partial L}{\partial C} = \sum_{i=1}^{n} (g_i \odot (1 - h_i \odot h_i)) z_i^\top$$
$$g_n = V^\top (p_n - y_n)$$
"""

UPRIGHT = r"""
$$q = \mathrm{softmax}(u), \quad c = \frac{1}{\sqrt{d}} \sum_{k=1}^{d} q_k$$
$$\mathrm{d} q = (\mathrm{diag}(q) - q q^\top) \, \mathrm{d} u$$
"""

PRODUCT = r"""
$$A = X U, \quad B = X V, \quad S = A B^\top$$
$$\mathrm{d} S = \mathrm{d} A \, B^\top + A \, \mathrm{d} B^\top$$
"""


def test_a_letter_that_picks_one_of_several_matrices_picks_all_of_them() -> None:
    assert told_with_slip(HEADS, r"K_h} V_h^\top", r"K_h} U_h^\top") == ["5 wrong"]


def test_a_formula_may_be_zero_for_some_of_its_indices() -> None:
    assert told_with_slip(MASKED, r"k=1}^{p} B_{pk} \frac", r"k=1}^{p} B_{kp} \frac") == ["5 wrong"]
    unsaid = MASKED.replace("for $q > p$", "somewhere. For $q > p$ see below")
    assert told(unsaid) == ["5 wrong"]


def test_the_last_step_is_the_one_whose_number_the_sums_end_with() -> None:
    assert told_with_slip(STEPS, "(p_n - y_n)", "(y_n - p_n)") == ["5 wrong"]
    other = STEPS.replace("g_n = V", "g_k = V").replace("p_n - y_n", "p_k - y_k")
    assert "5 wrong" in told(other)  # it gets nothing from the steps that follow


def test_what_is_added_to_the_product_of_a_matrix_has_a_matrix_too() -> None:
    assert told_with_slip(STEPS, r"h_i)) z_i^\top", r"z_i)) h_i^\top") == ["4 wrong"]


def test_an_upright_d_counts_nothing() -> None:
    assert told_with_slip(UPRIGHT, r"q q^\top) \,", r"q^\top q) \,") == ["3 wrong"]


def test_what_formulas_give_may_take_a_step() -> None:
    assert told_with_slip(PRODUCT, r"\mathrm{d} B^\top$", r"\mathrm{d} A^\top$") == ["3 wrong"]
    gradients = r"""
$$z = W x, \quad a = \tanh(z), \quad L = \frac{1}{2} \|a - y\|^2$$
$$dz = da \odot (1 - a^2)$$
$$dW = dz \, x^\top$$
"""
    assert told_with_slip(gradients, r"dz \, x", r"da \, x") == ["4 wrong"]
    assert not faults(gradients.replace("dz = da", r"\mathrm{d}z = \mathrm{d}a"))


def test_gradients_of_steps_that_are_made_of_each_other_take_none() -> None:
    note = r"""
$$z_t = U x_t + W h_{t-1}, \quad h_t = \tanh(z_t), \quad L = \sum_{t=1}^{T} \frac{1}{2} \|h_t - y_t\|^2$$
$$dz_t = dh_t \odot (1 - h_t^2)$$
$$dh_{t-1} = (h_{t-1} - y_{t-1}) + W^\top dz_t$$
"""
    assert told_with_slip(note, r"+ W^\top dz_t", r"+ W^\top dh_t") == ["4 wrong"]


def test_weights_that_a_sum_makes_numbers_with_are_no_samples() -> None:
    note = r"""
$$g_{nk} = \sum_{d=1}^{D} A_{kd} x_{nd}, \quad f_n = \sum_{k=1}^{K} v_k g_{nk} + c$$
$$E = \frac{1}{2N} \sum_{n=1}^{N} (f_n - t_n)^2$$
"""
    survey = environment(document(note, "markdown", "")).survey
    assert (survey.lone_biases, survey.lone_weights) == ({"c"}, {"v"})
    matrix = note.replace("v_k g_{nk}", "v_{nk} g_k")
    survey = environment(document(matrix, "markdown", "")).survey
    assert not survey.lone_weights


def test_a_word_may_be_set_letter_by_letter_above_a_name() -> None:
    note = r"""
$$a_k = \tanh(u_k), \quad m_k = a_k^2$$
$$z_k = m_k^{ema} m_k + q_k, \quad E = \frac{1}{2} \sum_{k=1}^{n} (z_k - y_k)^2$$
$$\frac{\partial E}{\partial m_k} = (z_k - y_k) m_k^{ema}$$
"""
    assert told_with_slip(note, "= (z_k - y_k)", "= (y_k - z_k)") == ["4 wrong"]
    power = note.replace("{ema}", "{ama}")
    assert told(power) == ["4 wrong"]  # those letters are numbers


def test_a_factor_may_be_lost_in_one_term_of_another_formula() -> None:
    note = r"""
$$y_k = q_k \frac{x_k - m_k}{r_k} + p_k = a_k x_k + c_k$$
$$a_k = \frac{q_k}{r_k}$$
$$c_k = p_k - \frac{q_k m_k}{r_k}$$
"""
    assert not told(note)
    slip = note.replace(r"\frac{q_k m_k}", r"\frac{m_k}")
    assert told_why(slip) == ["4 wrong lost factor"]
