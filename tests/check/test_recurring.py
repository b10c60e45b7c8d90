r"""Steps of time in the habits of courses: `a^{<t>}`, labels above a delta, letters with two jobs."""

from __future__ import annotations

import pytest

from .verdicts import told, told_with_slip, wrong

ANGLED = r"""
$$z^{<t>} = W_{ya} a^{<t>} + b_y, \qquad a^{<t>} = \tanh(W_{aa} a^{<t-1>} + W_{ax} x^{<t>})$$

$$q^{<t>} = \frac{1}{2} \|z^{<t>} - y^{<t>}\|^2$$

$$\frac{\partial q^{<t>}}{\partial z^{<t>}} = z^{<t>} - y^{<t>}$$

$$\frac{\partial q^{<t>}}{\partial a^{<t>}} = W_{ya}^T (z^{<t>} - y^{<t>})$$
"""


@pytest.mark.parametrize("bracket", [("<", ">"), (r"\langle ", r" \rangle")])
def test_angle_brackets_above_a_name_hold_its_step(bracket: tuple[str, str]) -> None:
    note = ANGLED.replace("<", "[<]").replace(">", "[>]")
    note = note.replace("[<]", bracket[0]).replace("[>]", bracket[1])
    assert told_with_slip(note, "W_{ya}^T (z", "W_{ya}^T (y") == ["8 wrong"]


LABELLED = r"""
$$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h)$$

$$z_t = h_t W_y + b_y, \qquad \hat{y}_t = \text{softmax}(z_t)$$

$$L_t = -\sum_k y_{t,k} \log \hat{y}_{t,k}, \qquad L = \sum_{t=1}^T L_t$$

$$\delta^y_t = \frac{\partial L_t}{\partial z_t} = \hat{y}_t - y_t$$

$$\frac{\partial L}{\partial W_y} = \sum_{t=1}^T h_t^\top \delta^y_t$$
"""


def test_the_letter_of_a_quantity_above_a_delta_counts_no_layers() -> None:
    assert told_with_slip(LABELLED, r"h_t^\top \delta^y_t", r"h_{t-1}^\top \delta^y_t") == [
        "10 wrong"
    ]


def test_a_vector_with_one_length_lies_where_samples_do() -> None:
    note = LABELLED + r"where $b_y \in \mathbb{R}^V$."
    assert told_with_slip(note, r"= \hat{y}_t - y_t", r"= y_t - \hat{y}_t") == ["8 wrong"]


TWICE = r"""
$a_t = f(U a_{t-1} + V x_t + c)$

$$q_t = -\sum_{j=1}^K y_{tj} \log a_{tj}$$

$$\frac{\partial a_j}{\partial a_{j-1}} = \frac{\partial f(U a_{j-1} + V x_j + c)}{\partial a_{j-1}}$$
"""


def test_a_letter_for_classes_counts_steps_where_it_is_shifted() -> None:
    assert told(TWICE) == []
    assert wrong(TWICE.replace("V x_j + c)}", "V x_{j-1} + c)}")) == [6]


def test_which_layer_is_meant_is_no_claim() -> None:
    note = r"""
$$z^{(l+1)} = W^{(l)} a^{(l)}, \qquad a^{(l)} = f(z^{(l)})$$

Let $l$ be the layer before the last ($l + 1 = L$).

$$J = \frac12 \|a^{(L)} - y\|^2, \qquad \delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}$$

$$\delta^{(l)} = (W^{(l)})^T \delta^{(l+1)} \odot f'(z^{(l)})$$
"""
    assert told_with_slip(note, r"f'(z^{(l)})", r"f'(z^{(l+1)})") == ["8 wrong"]
    # but numbers of layers are none where they have a value
    assert wrong("$$n = 3$$\n\n$$n + 1 = 5$$\n") == [3]
