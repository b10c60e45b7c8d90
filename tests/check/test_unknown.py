r"""Names that a note never gives a formula: what can be said of a line all the same."""

from __future__ import annotations

import pytest

from .verdicts import told, told_why, wrong

#: A note whose last line is as it should be, and what stands wrongly in its place.
PAIRS: dict[str, tuple[str, str]] = {
    "a word above a name belongs to it": (
        r"""$q_t^{\text{src}} = \tanh(p_t)$ and $r_t = w q_t^{\text{src}} + u q_t^{\text{dst}}$.

$$\frac{\partial r_t}{\partial p_t} = w \left(1 - (q_t^{\text{src}})^2\right)$$
""",
        r"\frac{\partial r_t}{\partial p_t} = u \left(1 - (q_t^{\text{src}})^2\right)",
    ),
    "the entry of what a function gives is a quantity": (
        r"""The weights are $$q(\mathbf{v})_k = \frac{e^{v_k}}{\sum_{r=1}^{K} e^{v_r}}.$$

$$\frac{\partial q_k}{\partial v_j} = q_k (\delta_{kj} - q_j)$$
""",
        r"\frac{\partial q_k}{\partial v_j} = q_j (\delta_{kj} - q_j)",
    ),
    "a letter that another formula takes from its line stands for no other": (
        r"""$q_k = \frac{e^{v_k}}{\sum_{r=1}^{K} e^{v_r}}$, and for the largest of them $M = \max(v_k)$.

$$\frac{\partial q_k}{\partial v_j} = q_k (\delta_{kj} - q_j)$$
""",
        r"\frac{\partial q_k}{\partial v_j} = q_j (\delta_{kj} - q_j)",
    ),
    "a quantity without a formula is any function": (
        r"""Let $p$ depend on $u$ in any way, and $u_k = v_k \, r$ with $r = \sum_j v_j$. Then

$$\frac{\partial p}{\partial v_i} = \sum_k \frac{\partial p}{\partial u_k}
\frac{\partial u_k}{\partial v_i}$$

$$\frac{\partial p}{\partial v_i} = r \frac{\partial p}{\partial u_i} +
\sum_k \frac{\partial p}{\partial u_k} v_k$$
""",
        r"\frac{\partial p}{\partial v_i} = r \frac{\partial p}{\partial u_i} -"
        "\n"
        r"\sum_k \frac{\partial p}{\partial u_k} v_k",
    ),
    "so is the part of a loss, also where it is differentiated step by step": (
        r"""$z = \mu + \sigma \epsilon$ and $g = \frac{\partial L_{\text{rec}}}{\partial z}$, so that

$$\frac{\partial L_{\text{rec}}}{\partial \sigma}
= \frac{\partial L_{\text{rec}}}{\partial z} \frac{\partial z}{\partial \sigma}
= g \, \epsilon$$
""",
        "= g \\, \\sigma",
    ),
    "the name at the end of a chain stands for the gradient": (
        r"""$B = \tanh(A)$, $C = B V$ and $G = \frac{\partial L}{\partial C}$.

$$\frac{\partial L}{\partial B} = G V^T = \xi_1$$

$$\frac{\partial L}{\partial A} = \xi_1 \odot (1 - B^2)$$
""",
        r"\frac{\partial L}{\partial A} = \xi_1 \odot (1 - A^2)",
    ),
    "a step that writes out a part of a formula says what its name stands for": (
        r"""$q = \sigma(s) = \sigma(w x + b)$ and $L = \frac12 (q - y)^2$.

$$\frac{\partial L}{\partial s} = (q - y) q (1 - q)$$

$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial s} x$$
""",
        r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial s} w",
    ),
    "a diagonal matrix with dots": (
        r"""$q_i = \sigma(x_i^\top \beta)$ and $r_i = q_i (1 - q_i)$,
$\ell = \sum_{i=1}^m (y_i \log q_i + (1 - y_i) \log(1 - q_i))$ and
$R = \operatorname{diag}(r_1, \dots, r_m)$. With the rows $x_i$ of $X$:

$$\nabla_\beta^2 \ell = -\sum_{i=1}^m q_i (1 - q_i) x_i x_i^\top$$

$$\nabla_\beta^2 \ell = - X^\top R X$$
""",
        r"\nabla_\beta^2 \ell = X^\top R X",
    ),
    "targets that are 1 for the class of the loss": (
        r"""$p_w = \frac{e^{u_w^T h}}{\sum_{v=1}^{V} e^{u_v^T h}}$ and $E = -\log p_o$. With the
one-hot $y$:

$$\frac{\partial E}{\partial u_w} = (p_w - y_w) h$$

$$\frac{\partial E}{\partial h} = \sum_{w=1}^{V} (p_w - y_w) u_w$$
""",
        r"\frac{\partial E}{\partial h} = \sum_{w=1}^{V} (y_w - p_w) u_w",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_right_holds_and_what_is_not_is_found(name: str) -> None:
    note, other = PAIRS[name]
    assert told(note) == []
    lines = note.rstrip().splitlines()
    rows = other.count("\n") + 1
    first = lines[-rows]
    start = "$$" if first.startswith("$$") else ""
    wrong = "\n".join([*lines[:-rows], f"{start}{other}$$"])
    assert [line.split()[1] for line in told(wrong)] == ["wrong"]


def test_targets_without_a_formula_make_no_line_wrong_that_is_alone() -> None:
    note = r"""$p_w = \frac{e^{u_w^T h}}{\sum_{v=1}^{V} e^{u_v^T h}}$ and $E = -\log p_o$. With the
one-hot $y$:
$$\frac{\partial E}{\partial h} = \sum_{w=1}^{V} (y_w - p_w) u_w$$
"""
    assert told(note) == ["3 undecided"]
    more = r"$$\frac{\partial E}{\partial u_w} = (p_w - y_w) h$$"
    assert told(note + more) == ["3 wrong"]


HALF = r"""
$y = \gamma u + \beta$ and $u_i = (x_i - \mu) / s$.

$$\frac{\partial y_i}{\partial x_i} = \frac{\partial y_i}{\partial u_i} \frac{\partial u_i}{\partial x_i} + \frac{\partial y_i}{\partial \mu} \frac{\partial \mu}{\partial x_i}$$

$$\frac{\partial y_i}{\partial x_i} = \frac{\gamma}{s} - \frac{\gamma}{s n}$$
"""


def test_what_moves_in_a_way_that_is_not_told_blames_nothing() -> None:
    assert not wrong(HALF)
    # with a formula for the mean it is known how it moves
    told = HALF.replace("$u_i", r"$\mu = \frac{1}{n} \sum_{j=1}^n x_j$, $u_i")
    assert wrong(told.replace(r"- \frac{\gamma}{s n}", r"+ \frac{\gamma}{s n}")) == [6]


def test_what_moves_with_the_weights_of_one_layer_stands_still_for_those_of_another() -> None:
    note = r"""
$$J = \sum \frac{1}{2} (y - q)^2, \qquad q = \sigma(s^{(3)}), \qquad s^{(3)} = a^{(2)} V^{(2)}$$
$$\frac{\partial J}{\partial V^{(2)}} = -(y - q) \sigma'(s^{(3)}) \frac{\partial s^{(3)}}{\partial V^{(2)}}$$
$$\frac{\partial J}{\partial V^{(1)}} = -(y - q) \sigma'(s^{(3)}) \frac{\partial s^{(3)}}{\partial a^{(2)}} \frac{\partial a^{(2)}}{\partial V^{(1)}}$$
"""
    assert not told(note)
    slip = note.replace(r"\partial J}{\partial V^{(2)}", r"\partial s^{(3)}}{\partial V^{(2)}")
    assert told(slip) == ["3 wrong"]


def test_a_line_may_say_what_the_function_is_that_a_loss_is_the_mean_of() -> None:
    note = r"""
$$z = w^T x + b, \quad a = \sigma(z), \quad \hat y = a$$
$$J = \frac{1}{m} \sum_{i=1}^{m} L(\hat y, y)$$
$$dz = a - y$$
"""
    assert told_why(note) == ["4 undecided unknown function"]
    spelled = note.replace(r"L(\hat y, y)", r"\left( -y \log a - (1 - y) \log(1 - a) \right)")
    assert "wrong" not in " ".join(told_why(spelled))
    assert told_why(spelled.replace("dz = a - y", "dz = a + y"))[0].startswith("4 wrong")
