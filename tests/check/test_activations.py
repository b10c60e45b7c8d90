r"""Names of functions: one letter for two activations, and the sums of rows and columns."""

from __future__ import annotations

from .verdicts import told, told_with_slip, wrong

TWO = r"""
$$f(z) = \max(0, z)$$

$$z_1 = W_1 x + b_1, \qquad a_1 = f(z_1)$$

$$z_2 = W_2 a_1 + b_2, \qquad p = f(z_2) = \frac{1}{1 + e^{-z_2}}$$

$$L = -(y \log p + (1 - y) \log(1 - p))$$

$$\frac{\partial L}{\partial z_2} = p - y$$

$$\frac{\partial L}{\partial z_1} = W_2^\top (p - y) \odot f'(z_1)$$
"""


def test_a_letter_may_be_another_activation_at_the_output() -> None:
    assert told_with_slip(TWO, r"W_2^\top (p - y)", r"W_2^\top (p + y)") == ["12 wrong"]


def test_what_is_no_activation_is_no_second_one() -> None:
    note = TWO.replace("e^{-z_2}", "e^{z_2}")
    assert any(line.startswith("6 ") for line in told(note))


ROWS = r"""
Let $S = Q K^T$, $P = \text{softmax}(S)$ for each row, and $A = P V$.

$$dP = \frac{\partial L}{\partial A} V^T$$

$$dS = P \odot (dP - \text{row\_sum}(dP \odot P))$$
"""


def test_a_function_adds_up_each_row() -> None:
    assert told_with_slip(ROWS, r"dP - \text", r"dP + \text") == ["6 wrong"]
    assert told(ROWS.replace(r"\text{row\_sum}", r"\operatorname{rowsum}")) == []
    assert wrong(ROWS.replace(r"row\_sum}(dP \odot P)", r"row\_sum}(P)")) == [6]
