r"""What a line leaves open, and how far it is given the benefit of the doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.check.check import check
from backproof.check.fix import repair

from .verdicts import faults, told, told_why

#: A note whose last line is as it should be, and what stands wrongly in its place.
PAIRS: dict[str, tuple[str, str]] = {
    "products entry by entry come last": (
        r"""$Z_1 = X W_1$, $A_1 = \tanh(Z_1)$, $Z_2 = A_1 W_2$ and $L = \frac12 \|Z_2 - Y\|^2$.

$$\frac{\partial L}{\partial Z_1} = (1 - A_1^2) \odot (Z_2 - Y) W_2^T$$
""",
        r"\frac{\partial L}{\partial Z_1} = (1 + A_1^2) \odot (Z_2 - Y) W_2^T",
    ),
    "an example keeps to itself": (
        r"""With $z = 0.5$ we get $p = 0.62$. In general $a = \sigma(z)$, $p = a$ and $L = p^2$:

$$\frac{\partial L}{\partial z} = 2 p \cdot a (1 - a)$$
""",
        r"\frac{\partial L}{\partial z} = 2 a (1 - a)",
    ),
    "a letter that a sum runs over counts no layers": (
        r"""$p_k = \frac{e^{z_k}}{\sum_{l=1}^K e^{z_l}}$, where

$$\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)$$
""",
        r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} + p_j)",
    ),
    "a Hessian": (
        r"""$E(w) = \frac12 (X w - t)^T (X w - t)$ with $X \in \mathbb{R}^{N \times D}$.

$$\nabla^2 E(w) = X^T X$$
""",
        r"\nabla^2 E(w) = 2 X^T X + X^T",
    ),
    "numbers before what is differentiated": (
        r"""For any matrix $X$:

$$\nabla_X \tfrac{1}{2} \lVert X \rVert_F^2 = X$$
""",
        r"\nabla_X \tfrac{1}{2} \lVert X \rVert_F^2 = X^2 + X",
    ),
    "capitals are the samples of small letters": (
        r"""$Z = W X + b$, $A = \sigma(Z)$ and
$J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))$.
$$\frac{\partial J}{\partial Z} = \frac1m (A - Y)$$
""",
        r"\frac{\partial J}{\partial Z} = \frac1m A \odot (A - Y)",
    ),
    "gradients further on are given": (
        r"""$o = v^T s$, $L = \frac12 (o - t)^2$; anywhere below there may be a mask $u = \frac1p m \odot a$.

$$\frac{\partial L}{\partial a} = \frac1p m \odot \frac{\partial L}{\partial u}$$
""",
        r"\frac{\partial L}{\partial a} = m \odot a \odot \frac{\partial L}{\partial u}",
    ),
    "what stands beside the variable is constant": (
        r"""$y = f(x)$ is a node; another one is $z = x + y$, with

$$\frac{\partial z}{\partial x} = \frac{\partial (x + y)}{\partial x} = 1$$
""",
        r"\frac{\partial z}{\partial x} = \frac{\partial (x + y)}{\partial x} = y",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_line_holds_and_a_wrong_one_does_not(name: str) -> None:
    note, slip = PAIRS[name]
    assert told(note) == []
    right = note[note.index("$$") + 2 : note.rindex("$$")]
    assert [line.split()[0] for line in told(note.replace(right, slip))] == ["3"]


def test_a_letter_with_an_earlier_meaning_makes_a_line_undecided() -> None:
    note = r"""# One
$$L = (a - y)^2$$
# Two
$$L = a y$$
# Three
$$\frac{\partial L}{\partial a} = 3 (a - y)$$
"""
    assert told(note) == ["6 undecided"]


def test_a_failing_line_blames_no_definition_that_other_lines_need() -> None:
    note = r"""$S = Q K^T$, $O = S V$ and $D = \frac{\partial L}{\partial S}$.

$$\frac{\partial L}{\partial Q} = D K$$

$$\frac{\partial L}{\partial K} = D^T Q^T$$
"""
    assert [line.split()[0] for line in faults(note)] == ["5"]


def test_a_repair_keeps_the_products_that_the_author_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(
        r"""$Z_1 = W_1 X$, $A_1 = \tanh(Z_1)$, $Z_2 = W_2 A_1$ and $L = \frac12 \|Z_2 - Y\|^2$.

$$dZ_2 = Z_2 - Y$$

$$dZ_1 = W_2 dZ_2 * (1 - A_1^2)$$
""",
        encoding="utf-8",
    )
    mended = repair(path.read_bytes(), check(path).files[0]).data.decode()
    assert r"$$dZ_1 = W_2^T dZ_2 * (1 - A_1^2)$$" in mended


def test_a_network_too_deep_is_said_to_be_that() -> None:
    steps = "".join(
        f"$$z_{{{k}}} = w_{{{k}}} a_{{{k - 1}}}$$\n$$a_{{{k}}} = \\sigma(z_{{{k}}})$$\n"
        for k in range(1, 71)
    )
    note = (
        steps
        + r"""$$L = (a_{70} - y)^2$$
$$\frac{\partial L}{\partial z_{1}} = w_2 a_1$$
"""
    )
    assert [line.partition(" ")[2] for line in told_why(note)] == ["undecided too deep"]


def test_a_primed_index_is_a_letter_of_its_own() -> None:
    note = r"""
$$ p_k = \frac{e^{s_k}}{\sum_{k'=1}^{K} e^{s_{k'}}} $$
$$ E = -\log p_o $$
$$ \frac{\partial E}{\partial s_o} = p_o - 1 $$
$$ -\log p_o = -s_o + \log \sum_{k=1}^{K} e^{s_k} $$
$$ -\log p_o = -s_o + \log \sum_{k'=1}^{K} e^{s_{k'}} $$
$$ -\log p_o = -s_o - \log \sum_{k'=1}^{K} e^{s_{k'}} $$
"""
    assert told(note) == ["7 wrong"]


def test_in_a_chain_a_factor_may_be_the_way_through_its_own_formula_alone() -> None:
    note = r"""
$$ h = \sigma(W x), \quad v = W^\top h, \quad L = \frac{1}{2} \|v - x\|^2 $$
$$ \frac{\partial L}{\partial v} = v - x $$
$$ \sum_j \frac{\partial L}{\partial v_j} \frac{\partial v_j}{\partial W_{ik}} = h_i (v_k - x_k) $$
$$ \sum_j \frac{\partial L}{\partial v_j} \frac{\partial v_j}{\partial W_{ik}} = h_k (v_i - x_i) $$
$$ \frac{\partial L}{\partial W_{ik}} = h_i (v_k - x_k) $$
"""
    assert told(note) == ["5 wrong", "6 wrong"]


def test_a_derivative_that_vanishes_for_each_sample_holds() -> None:
    note = r"""
$$ \mu = \frac{1}{m} \sum_{i=1}^m x_i, \qquad v = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2 $$
$$ \frac{\partial v}{\partial \mu} = -\frac{2}{m} \sum_{i=1}^m (x_i - \mu) = 0 $$
"""
    assert not told(note)


def test_of_two_formulas_that_turn_each_other_around_one_is_a_claim() -> None:
    note = r"""
Let $s = \log \sigma^2$.
$$ \mu = W_\mu h + b_\mu, \qquad s = W_s h + b_s $$
$$ \sigma = e^{s/2}, \qquad z = \mu + \sigma \odot \epsilon $$
$$ J = \frac{1}{2} \| z - x \|^2 $$
$$ \frac{\partial J}{\partial b_\mu} = z - x $$
$$ \frac{\partial J}{\partial s} = \frac{1}{2} (z - x) \odot \sigma \odot \epsilon $$
$$ \frac{\partial J}{\partial s} = (z - x) \odot \sigma \odot \epsilon $$
"""
    assert [line.split()[0] for line in told(note)] == ["8"]


def test_what_holds_for_two_samples_has_to_hold_for_four() -> None:
    note = r"""
$Z = W X + b$ with $X$ of $m$ columns and $J = \frac{1}{m} \sum_{i=1}^m \frac{1}{2} \| z^{(i)} - y^{(i)} \|^2$.
$$ dZ = Z - Y $$
$$ db = \frac{2}{m} \, \text{np.sum}(dZ, \text{axis}=1, \text{keepdims}=\text{True}) $$
"""
    assert [line.split()[0] for line in told(note)] == ["4"]


def test_a_function_without_a_formula_may_be_a_softmax() -> None:
    note = r"""
$$u = V p + c, \qquad q = h(u)$$
$$L = -\sum_{k=1}^{K} t_k \log q_k$$
$$\frac{\partial L}{\partial u} = q - t$$
"""
    assert not told(note)
    assert told(note.replace("q - t$$", "t - q$$")) == ["4 wrong"]


def test_a_matrix_with_dots_lies_as_its_author_laid_it() -> None:
    note = r"""
$$u_{ij} = \sum_{t=1}^{k} x_{it} w_{jt} + b_j, \qquad e = f(u)$$
$$\frac{de}{dU} = \begin{pmatrix}
\frac{\partial e}{\partial u_{11}} & \cdots & \frac{\partial e}{\partial u_{1n}} \\
\vdots & \ddots & \vdots \\
\frac{\partial e}{\partial u_{m1}} & \cdots & \frac{\partial e}{\partial u_{mn}}
\end{pmatrix}$$
"""
    assert "3 wrong" not in told(note)


def test_cases_may_start_on_a_line_of_their_own() -> None:
    note = r"""
$$u_{ij} = \sum_{t=1}^{k} x_{it} w_{jt} + b_j$$
$$\frac{\partial u_{ij}}{\partial x_{pq}} =
\left\{
\begin{array}{rr}
w_{jq}, & p = i \\
0, & p \neq i
\end{array}
\right.$$
"""
    assert not told(note)
    assert told(note.replace("w_{jq},", "w_{jp} x_{ij},")) == ["3 wrong"]


def test_what_a_function_makes_of_an_array_matters_only_where_there_is_one() -> None:
    note = r"""
$$y = f(x), \quad z = V y$$
$$\frac{\partial R}{\partial V} = \frac{\partial R}{\partial z} y^T$$
"""
    assert told(note) == []
    assert told(note.replace("y^T", "y")) == ["3 loose"]
