r"""Letters of one quantity, letters that count samples, and what a loss is made of."""

from __future__ import annotations

from .verdicts import told


def test_entries_in_small_letters_are_those_of_the_matrix() -> None:
    note = r"""
$$q_k = \sum_{j=1}^{d} v_{kj} x_j$$
$$R = \frac{\mu}{2} \sum_{k=1}^{K} q_k^2 + \rho \sum_{k=1}^{K} \sum_{j=1}^{d} v_{kj}^2$$
$$\frac{\partial R}{\partial V} = \mu q x^T + 2 \rho V$$
"""
    assert not told(note)
    assert told(note.replace(r"+ 2 \rho V", r"+ \rho V")) == ["4 wrong"]


def test_a_small_letter_that_stands_alone_is_no_entry_of_the_capital() -> None:
    note = r"""
$$q = v^T x$$
$$R = q^2 + \sum_{k=1}^{K} \sum_{j=1}^{d} v_{kj}^2$$
$$\frac{\partial R}{\partial V} = 2 V$$
"""
    assert told(note) == ["4 undecided"]


def test_an_equal_second_formula_is_no_other_meaning() -> None:
    note = r"""
# The objective
$$J = \frac{1}{2} (w x - y)^2 + \lambda w^2$$
$$J = E + R, \qquad E = \frac{1}{2} (w x - y)^2, \qquad R = \lambda w^2$$
# Its slope
$$\frac{\partial J}{\partial w} = (w x - y) x + 2 \lambda w$$
"""
    assert not told(note)
    assert told(note.replace(r"+ 2 \lambda w", r"+ \lambda w")) == ["6 wrong"]


def test_a_shorthand_is_about_the_cost_and_not_about_its_function_of_one_sample() -> None:
    note = r"""
With $m$ examples in the columns of $X$,
$$Z = W X + b, \quad A = \sigma(Z)$$
$$\ell(a, y) = -y \log a - (1 - y) \log(1 - a)$$
$$J = \frac{1}{m} \sum_{i=1}^m \ell(a^{(i)}, y^{(i)})$$
$$dZ = \frac{1}{m} (A - Y)$$
$$dW = dZ X^T$$
"""
    assert not told(note)
    assert told(note.replace(r"dZ X^T", r"dZ W^T")) == ["7 wrong"]


def test_a_loss_that_adds_up_over_inputs_that_are_vectors_has_samples() -> None:
    note = r"""
The rows of $X$ are $x_1^T, \dots, x_n^T$.
$$\pi_i = \frac{1}{1 + e^{-w^T x_i}}$$
$$\ell(w) = \sum_{i=1}^{n} \left( \log(1 + e^{w^T x_i}) - y_i w^T x_i \right)$$
$$\frac{\partial \ell}{\partial w_j} = \sum_{i=1}^{n} (\pi_i - y_i) x_{ij}$$
$$\nabla \ell(w) = X^T (\pi - y)$$
"""
    assert not told(note)
    assert told(note.replace(r"X^T (\pi - y)", r"X^T (\pi + y)")) == ["6 wrong"]


def test_an_index_that_is_said_to_be_another_may_count_entries_in_its_section() -> None:
    note = r"""
# Loss
$$h_i = \tanh(w^T x_i)$$
$$L = \sum_{i=1}^{n} (h_i - y_i)^2$$
# Softmax
$$s(z)_k = \frac{e^{z_k}}{\sum_c e^{z_c}}$$
For $i \neq j$ and, below, for $i = j$:
$$\frac{\partial s(z)_i}{\partial z_j} = - \frac{e^{z_i} e^{z_j}}{\sum_c e^{z_c} \sum_c e^{z_c}}$$
$$\frac{\partial s(z)_i}{\partial z_i} = s(z)_i (1 - s(z)_i)$$
"""
    assert not [line for line in told(note) if "wrong" in line]


def test_an_entry_of_what_a_function_gives_is_no_product() -> None:
    note = r"""
$$f(z) = \tanh(z)$$
$$\frac{\partial f(z)_i}{\partial z_i} = 1 - f(z)_i^2$$
"""
    assert not told(note)
    assert told(note.replace("1 - f", "2 - f")) == ["3 wrong"]


def test_what_depends_on_a_formula_that_is_not_understood_is_undecided() -> None:
    note = r"""
$$\ell(w) = \sum_{i=1}^{n} \left( \log(1 + e^{w^T x_i}) - y_i w^T x_i \right)$$
$$S = \mathrm{diag}(s_1, \dots, s_n)$$
$$z = X w + S^{-1} y$$
$$\nabla^2 \ell(w) = X^T S X$$
"""
    assert "5 wrong" not in told(note)


def test_a_mean_over_what_scales_have_entries_for_is_no_mean_over_samples() -> None:
    note = r"""
$$m = \frac{1}{N} \sum_{i=1}^N z_i, \qquad s^2 = \frac{1}{N} \sum_{i=1}^N (z_i - m)^2$$
$$u_i = \frac{z_i - m}{s}, \qquad h_i = \gamma_i u_i + \beta_i$$
$$\frac{\partial m}{\partial z_j} = \frac{1}{N}$$
$$\frac{\partial s^2}{\partial z_j} = \frac{2}{N} (z_j - m)$$
$$\frac{\partial L}{\partial \gamma_i} = \frac{\partial L}{\partial h_i} u_i$$
"""
    assert not told(note)
    assert told(note.replace(r"\frac{2}{N} (z_j - m)", r"\frac{1}{N} (z_j - m)")) == ["5 wrong"]
    assert told(note.replace(r"h_i} u_i$$", r"h_i} z_i$$")) == ["6 wrong"]


def test_a_mean_is_over_samples_where_scales_stand_alone() -> None:
    note = r"""
$$m = \frac{1}{N} \sum_{i=1}^N z_i, \qquad u_i = z_i - m, \qquad h_i = \gamma u_i + \beta$$
$$\frac{\partial L}{\partial \gamma} = \sum_{i=1}^N \frac{\partial L}{\partial h_i} u_i$$
"""
    assert not told(note)
    assert told(note.replace(r"h_i} u_i$$", r"h_i} z_i$$")) == ["3 wrong"]


def test_a_quantity_for_other_inputs_is_not_free_of_what_it_is_made_with() -> None:
    note = r"""
$$h_i = \tanh(v x_i + c), \qquad R = \frac{1}{m} \sum_{i=1}^m (\tilde{h}_i - h_i)$$
$$\frac{\partial R}{\partial c} = \frac{1}{m} \sum_{i=1}^m (h_i^2 - \tilde{h}_i^2)$$
"""
    assert told(note) == ["3 undecided"]
    plain = r"\frac{1}{m} \sum_{i=1}^m (h_i^2 - 1)"
    note = note.replace(r"(\tilde{h}_i - h_i)", "h_i").replace(r" - \tilde{h}_i^2", " - 1")
    assert plain in note
    assert told(note) == ["3 wrong"]


def test_a_function_may_need_more_than_its_argument() -> None:
    note = r"""
$$u_j = b_j + \sum_{i=1}^d v_i W_{ij}$$
$$F(v) = -a^T v - \sum_{j=1}^q \log (1 + e^{u_j})$$
$$\frac{\partial F}{\partial b_j} = -\sigma(u_j)$$
"""
    assert not told(note)
    assert told(note.replace(r"-\sigma(u_j)", r"\sigma(u_j)")) == ["4 wrong"]


def test_a_sum_over_all_that_a_vector_may_be_has_no_index() -> None:
    note = r"$$\sum_{\mathbf{h}} \prod_{j=1}^q e^{h_j x_j} = \prod_{j=1}^q (1 + e^{x_j})$$"
    assert told(note) == ["1 undecided"]


def test_what_each_pair_of_samples_has_can_not_be_told() -> None:
    note = r"""
With $N$ pairs $a_i$, $c_i$ and unit vectors $u_i = \frac{a_i}{\|a_i\|}$, $v_i = \frac{c_i}{\|c_i\|}$,
$$s_{ij} = u_i^\top v_j, \qquad P_{ij} = \frac{e^{s_{ij}}}{\sum_{k=1}^{N} e^{s_{ik}}}$$
$$L = -\frac{1}{N} \sum_{i=1}^{N} \log P_{ii} = -\frac{1}{N} \sum_{i=1}^{N} s_{ii} + \frac{1}{N} \sum_{i=1}^{N} \log \sum_{j=1}^{N} e^{s_{ij}}$$
$$\frac{\partial L}{\partial s_{ij}} = \frac{1}{N} (P_{ij} - \delta_{ij})$$
"""
    assert "wrong" not in " ".join(told(note))


def test_a_sum_over_samples_may_be_over_what_is_a_vector_elsewhere() -> None:
    note = r"""
For an input $\mathbf{x}$, over all of the $n$ samples,
$$J = \frac{1}{2 n} \sum_x (y - a)^2$$
$$J = -\frac{1}{n} \sum_x [y \ln a + (1 - y) \ln (1 - a)]$$
$$z = \sum_j w_j x_j + b, \qquad a = \sigma(z), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
$$\frac{\partial J}{\partial w_j} = \frac{1}{n} \sum_x x_j (\sigma(z) - y)$$
"""
    assert not told(note)
    assert told(note.replace(r"x_j (\sigma(z) - y)", r"(x_j \sigma(z) - y)")) == ["6 wrong"]


def test_a_class_that_is_told_apart_from_others_is_no_step() -> None:
    note = r"""
$$z = W x + b, \qquad p_t = \frac{e^{z_t}}{\sum_k e^{z_k}}, \qquad L = -\log p_t$$
$$\frac{\partial p_t}{\partial z_i} = p_t(\delta_{ti} - p_i)$$
$$\frac{\partial L}{\partial z_i} = p_i - \delta_{ti}$$
"""
    assert not told(note)
    assert told(note.replace("p_i)$$", "p_t)$$")) == ["3 wrong"]
    assert told(note.replace(r"= p_i - \delta_{ti}", r"= \delta_{ti} - p_i")) == ["4 wrong"]


def test_an_output_for_a_sample_is_not_defined_by_its_own_entries() -> None:
    note = r"""
For the sample $(x_k, t_k)$ the outputs are $s_k = (s_1^k, s_2^k, \ldots, s_m^k)$ with
$$u_j = \sum_{h=1}^{q} w_{hj} c_h$$
$$s_j^k = \tanh(u_j - \theta_j)$$
$$E_k = \frac{1}{2} \sum_{j=1}^{m} (s_j^k - t_j^k)^2$$
$$\frac{\partial E_k}{\partial w_{hj}} = (s_j^k - t_j^k) (1 - (s_j^k)^2) c_h$$
"""
    assert not told(note)
    assert told(note.replace(r"(1 - (s_j^k)^2)", r"(1 - s_j^k)")) == ["6 wrong"]
