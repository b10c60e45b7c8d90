r"""Lines that fail since an earlier formula of the backward pass is wrong are folded into that one."""

from __future__ import annotations

from backproof.check.check import check

ROWS = r"""
With samples as rows, $Z_1 = X W_1 + b_1$, $A_1 = \tanh(Z_1)$, $Z_2 = A_1 W_2 + b_2$,
$\hat{Y} = \mathrm{softmax}(Z_2)$ and $L = -\frac{1}{N} \sum_{n=1}^N \sum_k y_{nk} \log \hat{y}_{nk}$.

$$\delta_2 = \hat{Y} - Y$$
$$\delta_1 = (1 - \tanh^2 Z_1) \circ \delta_2 W_2^T$$
$$\frac{\partial L}{\partial W_2} = A_1^T \delta_2$$
$$\frac{\partial L}{\partial W_1} = X^T \delta_1$$
"""


def findings(note: str) -> list[str]:
    """What is said of the lines of a note: `line verdict kind`."""
    return [f"{f.span.line} {f.verdict} {f.kind}" for f in check(note).files[0].findings]


def test_a_delta_is_blamed_where_the_mean_is_left_out_besides() -> None:
    assert findings(ROWS) == ["5 loose loose mean"]
    turned = ROWS.replace(r"\hat{Y} - Y", r"Y - \hat{Y}")
    assert findings(turned) == ["5 wrong sign"]
    slipped = turned.replace(r"\tanh^2 Z_1", r"\tanh^2 Z_2")
    assert findings(slipped) == ["5 wrong sign", "6 wrong index slip"]
