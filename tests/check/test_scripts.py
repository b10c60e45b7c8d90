r"""Indices in other spellings than `a_i`, and what stands for the gradient of a quantity."""

from __future__ import annotations

import pytest

from .verdicts import judged, report, told, told_with_slip, wrong

LAYERS = r"""
$$Y^1 = X W^1 + b^1, \quad H^1 = \tanh(Y^1), \quad \hat y = H^1 W^2 + b^2$$
$$L = \frac{1}{2} \sum_{m, n} (\hat y_{mn} - y_{mn})^2$$
$$\frac{\partial L}{\partial \hat y} = \left( \hat y_{ij} - y_{ij} \right)_{ij}$$
$$\frac{\partial L}{\partial W^2} = {H^1}^T \frac{\partial L}{\partial \hat y}$$
$$\frac{\partial L}{\partial H^1} = \frac{\partial L}{\partial \hat y} {W^2}^T$$
"""

TENSORS = r"""
$$O_{ik} = \sum_j A_{ij} V_{jk}$$
$$\frac{\partial O^{ik}}{\partial V^{mn}} = A^{im} \delta_{kn}$$
"""

WORDS = r"""
$$a_t^{\text{enc}} = w x_t + b, \quad h_t^{\text{enc}} = \tanh(a_t^{\text{enc}})$$
$$\frac{\partial h_t^{\text{enc}}}{\partial a_t^{\text{enc}}} = 1 - (h_t^{\text{enc}})^2$$
"""

SHAPES = r"""
$$A_{m \times n} = X_{m \times k} W_{n \times k}^T + \mathbf{1}_{m \times 1} b_{1 \times n}$$
$$L = \frac{1}{2} \|A - Y\|^2$$
$$\frac{\partial L}{\partial W} = (A - Y)^T X$$
"""

BESIDE = r"""
$$z^l = {}_S W^l x^l + {}_T W^l h^l, \quad E = \frac{1}{2} \|z^l - y\|^2$$
$$\frac{\partial E}{\partial {}_T W^l} = (z^l - y) (h^l)^T$$
"""

BOXES = r"""
$$f_{[p]} = \sigma(z_{[p]}), \quad z_{[p]} = \sum_q W_{[p, q]} x_{[q]}$$
$$\frac{\partial f_{[p]}}{\partial W_{[i, j]}} = \begin{cases}
0, & \text{p $\ne$ i} \\ \sigma'(z_{[i]}) x_{[j]}, & \text{p = i} \end{cases}$$
"""

GRADIENTS = r"""
$$z = W x + b, \quad a = \tanh(z), \quad J = \frac{1}{2} \|a - y\|^2$$
$$\nabla a = a - y$$
$$\nabla z = \nabla a \odot (1 - a^2)$$
"""

CHOSEN = r"""
$$\hat y_o = \frac{\exp(u_o^T v)}{\sum_{w=1}^{w=V} \exp(u_w^T v)}, \quad J_{naive-softmax} = -\log \hat y_o$$
$$\frac{\partial J_{naive-softmax}}{\partial u_{w = o}} = (\hat y_o - 1) v$$
"""


@pytest.mark.parametrize(
    ("note", "right", "slip", "line"),
    [
        (LAYERS, "{H^1}^T", "{H^1}^T 2", 5),
        (LAYERS, r"\hat y} {W^2}^T", r"\hat y} {W^2}^T 3", 6),
        (LAYERS, r"_{ij} \right)_{ij}", r"_{ij} \right)_{ij} / 2", 4),
        (TENSORS, r"A^{im}", r"A^{mi}", 3),
        (WORDS, r"= 1 - (h", r"= 1 + (h", 3),
        (SHAPES, r"= (A - Y)^T X", r"= (A + Y)^T X", 4),
        (BESIDE, r"= (z^l - y) (h^l)^T", r"= (z^l - y) (x^l)^T", 3),
        (BOXES, r"x_{[j]}, &", r"W_{[i, j]}, &", 3),
        (GRADIENTS, r"\nabla z = \nabla a \odot (1 - a^2)", r"\nabla z = \nabla a \odot a", 4),
        (CHOSEN, r"(\hat y_o - 1) v", r"(1 - \hat y_o) v", 3),
    ],
    ids=lambda x: x if isinstance(x, str) and len(x) < 30 else "",
)
def test_such_lines_hold_and_those_with_a_slip_do_not(
    note: str, right: str, slip: str, line: int
) -> None:
    assert told_with_slip(note, right, slip) in ([f"{line} wrong"], [f"{line} loose"])


def test_a_power_stays_a_power() -> None:
    note = r"$$f = x^2$$ $$\frac{\partial f}{\partial x} = 2 x$$ $$e^{\text{logits}} = 1$$"
    assert not wrong(note)
    note = r"$$s = \sigma^2 + 1$$ $$\frac{\partial s}{\partial \sigma} = 2 \sigma$$"
    assert not told(note)


JACOBIAN = r"""
$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$
$$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$$
$$\frac{\partial p_i}{\partial z_j} = p_i (1[i = j] - p_j)$$
$$\frac{\partial p_i}{\partial z_j} = \begin{cases}
p_i (1 - p_j) & if & i = j \\ -p_i p_j & if & i \ne j \end{cases}$$
"""


@pytest.mark.parametrize(
    ("right", "slip", "line"),
    [(r"(\delta", r"(2 \delta", 3), ("(1[i", "(2 1[i", 4), ("(1 - p", "(2 - p", 5)],
)
def test_what_tells_indices_apart_is_tried_where_they_are_equal(
    right: str, slip: str, line: int
) -> None:
    assert told_with_slip(JACOBIAN, right, slip) == [f"{line} wrong"]


CASES = r"""
$$x = 2 a, \quad L = \frac{1}{2} (x - y)^2$$
$$\frac{d L}{d x} =
\left\{
 \begin{array}{rr}
  x - y & a > 0 \\
  x - y & a \le 0
 \end{array}
\right.$$
"""


def test_cases_may_stand_on_lines_of_their_own() -> None:
    assert told_with_slip(CASES, "x - y & a > 0", "y - x & a > 0") == ["3 wrong"]


FENCED = """
```
z = Wx + b
a = σ(z)            (activation)
L = (1/2) ‖a - y‖²
```

Backward, with W and x as above:

```text
∂L/∂z = (a - y) ⊙ σ'(z)      # [n]
∂L/∂W = (∂L/∂z) xᵀ
```
"""


@pytest.mark.parametrize(
    ("right", "slip", "line"), [("(a - y) ⊙", "(a + y) ⊙", 11), ("∂z) xᵀ", "∂z) 2 xᵀ", 12)]
)
def test_formulas_in_plain_characters_are_judged(right: str, slip: str, line: int) -> None:
    assert told_with_slip(FENCED, right, slip) in ([f"{line} wrong"], [f"{line} loose"])
    assert report(FENCED).equations == 5
    assert report(FENCED.replace("```text", "```python")).equations == 3


@pytest.mark.parametrize(
    ("line", "verdicts"),
    [
        (r"u_{w = o} = v, \quad u_{w \ne o} = 2 v", ["holds", "holds"]),
        (r"u_{w = o} = v, \quad u_{w < o} = 3 v", ["holds", "undecided"]),
        (r"f = p^3 + q^2, \quad \frac{\partial f}{\partial q^2} = 1", ["holds", "undecided"]),
    ],
)
def test_what_is_no_index_stays_what_it_is(line: str, verdicts: list[str]) -> None:
    assert judged(f"$${line}$$") == verdicts
