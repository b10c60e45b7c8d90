r"""Parameters with a copy for each step, and a letter of its own for the last step."""

from __future__ import annotations

import pytest

from .verdicts import told, wrong

UNROLLED = r"""
For $t = 1, \dots, \tau$
$$h^{(t)} = \tanh(a^{(t)}), \qquad a^{(t)} = b + W h^{(t-1)} + U x^{(t)}$$
$$o^{(t)} = c + V h^{(t)}$$
$$\hat{y}^{(t)} = \operatorname{softmax}(o^{(t)})$$
$$L = - \sum_t \sum_i y_i^{(t)} \log \hat{y}_i^{(t)}$$
$$\nabla_{h^{(\tau)}} L = V^\top \nabla_{o^{(\tau)}} L$$
$$\nabla_{h^{(t)}} L = \left(\frac{\partial h^{(t+1)}}{\partial h^{(t)}}\right)^\top \nabla_{h^{(t+1)}} L + V^\top \nabla_{o^{(t)}} L$$
With a copy of each parameter for each step
$$\nabla_b L = \sum_t \left(\frac{\partial h^{(t)}}{\partial b^{(t)}}\right)^\top \nabla_{h^{(t)}} L$$
$$\nabla_W L = \sum_t \sum_i \frac{\partial L}{\partial h_i^{(t)}} \nabla_{W^{(t)}} h_i^{(t)}$$
"""


def test_a_copy_of_a_parameter_is_what_one_step_does_with_it() -> None:
    assert not told(UNROLLED)


@pytest.mark.parametrize(
    ("line", "right", "slip"),
    [
        (7, r"V^\top \nabla_{o^{(\tau)}} L", r"W^\top \nabla_{o^{(\tau)}} L"),
        (10, r"= \sum_t \left", r"= -\sum_t \left"),
        (11, r"\sum_t \sum_i", r"- \sum_t \sum_i"),
        (11, r"\nabla_{W^{(t)}}", r"\nabla_W"),
    ],
)
def test_a_slip_beside_such_copies_is_found(line: int, right: str, slip: str) -> None:
    assert wrong(UNROLLED.replace(right, slip)) == [line]


def test_a_weight_of_each_layer_is_no_copy() -> None:
    note = r"""
$$z^{(l)} = W^{(l)} a^{(l-1)}, \qquad a^{(l)} = \tanh(z^{(l)})$$
The $W$ are learned.
$$\frac{\partial L}{\partial W^{(l)}} = \frac{\partial L}{\partial z^{(l)}} a^{(l-1)\top}$$
"""
    assert not told(note)
    assert wrong(note.replace(r"a^{(l-1)\top}", r"a^{(l)\top}")) == [4]
