"""What a loose line should be: the products that its shapes want."""

from __future__ import annotations

import pytest

from .verdicts import findings

LAYERS = r"""
$$u = V x + c$$
$$h = \sigma(u)$$
$$s = w^T h + b, \qquad p = \sigma(s)$$
$$L = -y \log p - (1 - y) \log (1 - p)$$
"""


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        (
            r"\frac{\partial L}{\partial V} = (p - y) w h (1 - h) x",
            r"(p - y) (w \odot h \odot (1 - h)) x^T",
        ),
        (r"\frac{\partial L}{\partial w} = h (p - y)", None),
    ],
)
def test_a_loose_product_is_shown_as_shapes_want_it(line: str, repaired: str | None) -> None:
    told = findings(LAYERS + f"$${line}$$")
    assert [f.verdict for f in told] == (["loose"] if repaired else [])
    assert not repaired or told[0].suggestion.endswith(repaired)


def test_a_loose_row_after_a_loose_row_is_repaired_against_the_head_of_the_chain() -> None:
    note = r"""
$$Z = W X + b, \qquad A = \tanh(Z)$$
$$L = \frac{1}{2} \sum_i \sum_j (A_{ij} - Y_{ij})^2$$
$$\begin{aligned}
\frac{\partial L}{\partial W} &= (A - Y) (1 - A)(1 + A) X \\
&= (A - Y) (1 - A^2) X
\end{aligned}$$
"""
    told = findings(note, "loose")
    assert [f.suggestion.rpartition("= ")[2] for f in told] == [
        r"((A - Y) \odot (1 - A) \odot (1 + A)) X^T",
        r"((A - Y) \odot (1 - A^2)) X^T",
    ]
