r"""Cells of recurrent networks: glued inputs, gradients with a mark, one step and all steps."""

from __future__ import annotations

import pytest

from .verdicts import undecided, wrong

CELL = r"""
$$u_t = \sigma(W_u GLUED + b_u)$$
$$q_t = \tanh(W_q GLUED + b_q)$$
$$h_t = u_t \odot h_{t-1} + (1 - u_t) \odot q_t$$
$$\frac{\partial L}{\partial q_t} = \frac{\partial L}{\partial h_t} \odot (1 - u_t)$$
$$\frac{\partial L}{\partial b_q} = \frac{\partial L}{\partial h_t} \odot (1 - u_t) \odot (1 - q_t \odot q_t)$$
$$\frac{\partial L}{\partial W_q} = \frac{\partial L}{\partial b_q} GLUED^\top$$
"""


@pytest.mark.parametrize("glued", ["[h_{t-1}, x_t]", "[h_{t-1}; x_t]", "[x_t; h_{t-1}; 1]"])
def test_a_weight_is_applied_to_vectors_glued_together(glued: str) -> None:
    note = CELL.replace("GLUED", glued)
    assert not wrong(note)
    assert not undecided(note)
    assert wrong(note.replace(r"\partial h_t} \odot (1 - u_t)$$", r"\partial h_t} \odot u_t$$"))


def test_what_is_glued_has_a_name() -> None:
    note = CELL.replace("GLUED", "s_t") + r"$$\frac{\partial q_t}{\partial b_q} = s_t$$"
    note = r"$$s_t = [h_{t-1}, x_t] = \begin{bmatrix} h_{t-1} \\ x_t \end{bmatrix}$$" + note
    assert wrong(note) == [8]


def test_matrices_are_put_together_from_blocks() -> None:
    note = r"""
$$U = [A, B], \qquad z = \begin{bmatrix} p \\ x \end{bmatrix}, \qquad o = U z$$
$$U z = A p + B x$$
"""
    assert not wrong(note)
    assert wrong(note.replace("A p + B x", "A x + B p")) == [3]


MARKED = r"""
$$f_t = \sigma(U_f h_{t-1} + x_t), \qquad o_t = \sigma(U_o h_{t-1} + x_t)$$
$$h_t = o_t \odot \tanh(c_t)$$
$$c_t = f_t \odot c_{t-1} + i_t$$
With $\delta v = \partial L / \partial v$ we get
$$\delta o_t = \delta h_t \odot \tanh(c_t)$$
$$\delta c_t = \delta h_t \odot o_t \odot (1 - \tanh^2(c_t)) + \delta c_{t+1} \odot f_{t+1}$$
$$\delta f_t = \delta c_t \odot c_{t-1}$$
$$\delta i_t = \delta c_t$$
"""


def test_a_delta_before_a_name_is_the_gradient_by_it() -> None:
    assert not wrong(MARKED)
    assert wrong(MARKED.replace("c_{t-1}$$\n$$\\delta i", "c_t$$\n$$\\delta i")) == [8]
    assert wrong(MARKED.replace("f_{t+1}", "f_t")) == [7]


def test_a_delta_that_is_a_quantity_stays_one() -> None:
    note = r"""
$$z = W x + b, \qquad L = \frac{1}{2} \| z - y \|^2$$
$$\delta = z - y$$
$$\frac{\partial L}{\partial W} = \delta x^\top$$
"""
    assert not wrong(note)
    assert not undecided(note)


def test_between_two_steps_all_else_is_held() -> None:
    note = r"""
$$f_t = \sigma(W h_{t-1} + U x_t)$$
$$c_t = f_t \odot c_{t-1} + x_t$$
$$h_t = \tanh(c_t)$$
With the gates held,
$$\frac{\partial c_t}{\partial c_{t-1}} = \mathrm{diag}(f_t)$$
$$\frac{\partial c_t}{\partial c_k} = \prod_{j=k+1}^{t} \mathrm{diag}(f_j)$$
"""
    assert not wrong(note)
    assert wrong(note.replace("j=k+1", "j=k")) == [7]


def test_what_stands_before_a_logarithm_is_a_target() -> None:
    note = r"""
$$y_t = V h_t + b_y, \qquad p_t = \mathrm{softmax}(y_t)$$
$$L = \sum_{t=1}^{T} L_t = - \sum_{t=1}^{T} s_t^\top \log p_t$$
$$\frac{\partial L}{\partial y_t} = p_t - s_t$$
$$\frac{\partial L}{\partial V} = \sum_{t=1}^{T} (p_t - s_t) h_t^\top$$
"""
    assert not wrong(note)
    assert not undecided(note)
    assert wrong(note.replace("= p_t - s_t", "= s_t - p_t")) == [4]
