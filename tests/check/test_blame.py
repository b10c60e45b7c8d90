r"""Lines that fail since an earlier formula of the backward pass is wrong are folded into that one."""

from __future__ import annotations

from .verdicts import told_why, wrong

ROWS = r"""
With samples as rows, $Z_1 = X W_1 + b_1$, $A_1 = \tanh(Z_1)$, $Z_2 = A_1 W_2 + b_2$,
$\hat{Y} = \mathrm{softmax}(Z_2)$ and $L = -\frac{1}{N} \sum_{n=1}^N \sum_k y_{nk} \log \hat{y}_{nk}$.

$$\delta_2 = \hat{Y} - Y$$
$$\delta_1 = (1 - \tanh^2 Z_1) \circ \delta_2 W_2^T$$
$$\frac{\partial L}{\partial W_2} = A_1^T \delta_2$$
$$\frac{\partial L}{\partial W_1} = X^T \delta_1$$
"""


def test_a_delta_is_blamed_where_the_mean_is_left_out_besides() -> None:
    assert told_why(ROWS) == ["5 loose loose mean"]
    turned = ROWS.replace(r"\hat{Y} - Y", r"Y - \hat{Y}")
    assert told_why(turned) == ["5 wrong sign"]
    slipped = turned.replace(r"\tanh^2 Z_1", r"\tanh^2 Z_2")
    assert told_why(slipped) == ["5 wrong sign", "6 wrong index slip"]


SAMPLE = r"""
For one sample $z_1 = W_1 x + b_1$ and $a_1 = \sigma(z_1)$.
For all of them $Z_1 = W_1 X + b_1$, $A_1 = \sigma(Z_1)$ and $dZ_1 = A_1 - Y$.
$$J = -\frac{1}{m} \sum_{i=1}^m (y^{(i)} \log a_1^{(i)} + (1 - y^{(i)}) \log(1 - a_1^{(i)}))$$
$$dz_1 = a_1 - y$$
$$dW_1 = dz_1 x^T$$
"""


def test_small_letters_are_one_sample_where_capitals_are_all() -> None:
    assert not told_why(SAMPLE)
    assert told_why(SAMPLE.replace("x^T", "x")) == ["6 loose loose"]
    assert told_why(SAMPLE.replace("dz_1 x^T", "dz_1 X^T")) == ["6 loose loose mean"]


CROSSED = r"""
A unit computes $\hat{y} = \sigma(w^T x + b)$. Squared errors, $L(\hat{y}, y) = \frac12 (\hat{y} - y)^2$, are no
good; $L(\hat{y}, y) = -(y \log \hat{y}) + (1 - y) \log(1 - \hat{y})$ is better. Over all samples
$$J(w, b) = \frac{1}{m} \sum_{i=1}^m L(\hat{y}^{(i)}, y^{(i)})$$
By the chain rule
$$dz = \frac{dL}{dz} = \frac{dL(a, y)}{dz} = \frac{dL}{da} \frac{da}{dz} = a - y$$
with $a^{(i)} = \hat{y}^{(i)} = \sigma(z^{(i)})$ and $z = w^T x + b$. In code $Z = w^T X + b$, $A = \sigma(Z)$.
"""


def test_a_chain_after_a_wrong_loss_is_not_held_against_it() -> None:
    assert told_why(CROSSED) == ["3 wrong convention", "6 undecided two meanings"]


def test_what_tells_afterwards_what_a_name_was_is_blamed() -> None:
    note = r"""$c = \tanh(z)$ and $L = \frac12 (c - y)^2$.

$$\frac{\partial L}{\partial z} = v (1 - c^2)$$

where

$$v = c + y$$
"""
    assert wrong(note) == [7]
