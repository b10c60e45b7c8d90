r"""Names for parts of formulas, total differentials, and recurrences: right lines and wrong ones."""

from __future__ import annotations

import pytest

from backproof.check.check import check

GATE = r"""The gate is $g_t = \sigma(W x_t + U h_{t-1} + b)$ and the state $h_t = g_t \odot x_t + h_{t-1}$.
$p_t$ is what goes into the gate. $\frac{\partial L}{\partial h_t}$ is known.

$$\frac{\partial L}{\partial g_t} = \frac{\partial L}{\partial h_t} \odot x_t$$

$$\frac{\partial L}{\partial p_t} = \frac{\partial L}{\partial g_t} \odot g_t \odot (1 - g_t)$$

"""
RNN = r"""$a_t = U h_{t-1} + W x_t + b$, $h_t = \tanh(a_t)$, $s_t = V h_t + c$,
$\hat{y}_t = \mathrm{softmax}(s_t)$ and $L = \sum_{t=1}^T L_t$ with
$L_t = -\sum_k y_{t,k} \log \hat{y}_{t,k}$, where $y_t$ is one-hot.

"""
STEPS = r"""$f = w^T A w$ with a matrix $A$; $Z = X W$ and $A_1 = \tanh(Z)$.

"""
HEAD = r"""A bar is a derivative: $\bar{Q} = \partial L / \partial Q$. With samples as rows, $Q = X W_Q$, $K = X W_K$,
$V = X W_V$, $S = \frac{1}{\sqrt{d_k}} Q K^T$, $A = \mathrm{softmax}(S)$, $Y = A V$ and
$L = \frac12 \|Y - T\|_F^2$.

"""
DEEP = r"""$A^{[0]} = X$, $Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}$, $A^{[l]} = g^{[l]}(Z^{[l]})$ and
$J = -\frac{1}{m} \sum_{i=1}^{m} \left( y^{(i)} \log a^{[L](i)}
+ (1 - y^{(i)}) \log(1 - a^{[L](i)}) \right)$.

$$dW^{[L]} = \frac{1}{m} dZ^{[L]} A^{[L-1]T}$$

"""

#: What comes before, a line that holds, and one that does not.
CASES: dict[str, tuple[str, str, str]] = {
    "a name that is only spoken of": (
        GATE,
        r"\frac{\partial L}{\partial U} = \sum_{t=1}^T \frac{\partial L}{\partial p_t} h_{t-1}^T",
        r"\frac{\partial L}{\partial U} = \sum_{t=1}^T \frac{\partial L}{\partial p_t} h_t^T",
    ),
    "a formula that another writes out": (
        r"""$a = \tanh(W x + b)$ and $L = \frac12 \|a - y\|^2$. Let $z = W x + b$.

""",
        r"\frac{\partial L}{\partial z} = (a - y) \odot (1 - a^2)",
        r"\frac{\partial L}{\partial z} = (a - y) \odot (1 - a)",
    ),
    "a formula that is a part of a longer sum": (
        r"""$a = \tanh(W x + U h + b)$ and $L = \frac12 \|a - y\|^2$. Let $z = W x + b$.

""",
        r"\frac{\partial L}{\partial z} = (a - y) \odot (1 - a^2)",
        r"\frac{\partial L}{\partial z} = (a - y) \odot (1 + a^2)",
    ),
    "an entry of one step": (
        RNN,
        r"\frac{\partial L}{\partial s_t} = \hat{y}_t - y_t",
        r"\frac{\partial L}{\partial s_t} = \hat{y}_t + y_t",
    ),
    "a bias called c": (
        RNN,
        r"\frac{\partial L}{\partial c} = \sum_{t=1}^{T} (\hat{y}_t - y_t)",
        r"\frac{\partial L}{\partial c} = \sum_{t=1}^{T} (y_t - \hat{y}_t)",
    ),
    "a product over steps": (
        RNN,
        r"\frac{\partial h_t}{\partial h_k} = \prod_{j=k+1}^{t} \mathrm{diag}(1 - h_j^2) U",
        r"\frac{\partial h_t}{\partial h_k} = \prod_{j=k+1}^{t} U \mathrm{diag}(1 - h_j^2)",
    ),
    "a total differential": (
        STEPS,
        r"df = w^T (A + A^T) dw",
        r"df = w^T (A - A^T) dw + dw^T A dw",
    ),
    "a total differential of a bracket": (
        STEPS,
        r"d(XW) = (dX) W + X\, dW",
        r"d(XW) = (dX) W - X\, dW",
    ),
    "a total differential under a trace": (
        STEPS + "$$dZ = X dW$$\n\nWith $\\ell = \\operatorname{tr}(G^T A_1)$:\n\n",
        r"d\ell = \operatorname{tr}\left( (X^T (G \odot (1 - A_1^2)))^T dW \right)",
        r"d\ell = \operatorname{tr}\left( (X^T (G \odot (1 - A_1)))^T dW \right)",
    ),
    "a differential of a function": (
        STEPS,
        r"d\log\det X = \operatorname{tr}(X^{-1} dX)",
        r"d\log\det X = \operatorname{tr}(X\, dX)",
    ),
    "any layer, with functions that are not told": (
        DEEP,
        r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}",
        r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l]T}",
    ),
    "a bar for a derivative": (
        HEAD,
        r"\bar{K} = \frac{1}{\sqrt{d_k}} \bar{S}^T Q",
        r"\bar{K} = \frac{1}{\sqrt{d_k}} \bar{S} Q",
    ),
    "a sum as long as a key": (
        HEAD,
        r"S_{ij} = \frac{1}{\sqrt{d_k}} \sum_{c=1}^{d_k} Q_{ic} K_{jc}",
        r"S_{ij} = \frac{1}{\sqrt{d_k}} \sum_{c=1}^{d_k} (Q_{ic} + K_{jc})",
    ),
    "a vector along the rows": (
        HEAD
        + "$r_i = \\sum_{j=1}^n A_{ij} \\bar{A}_{ij}$, and $\\mathbf{1}$ is a column of ones.\n\n",
        r"\bar{S} = A \odot (\bar{A} - r \mathbf{1}^T)",
        r"\bar{S} = A \odot (\bar{A} + r \mathbf{1}^T)",
    ),
    "a sample of a table": (
        r"""$X \in \mathbb{R}^{n \times m}$, $Z = W X + b$, $A = \tanh(Z)$ and
$\ell^{(i)} = \frac12 \|a^{(i)} - y^{(i)}\|^2$.

""",
        r"\frac{\partial a}{\partial z} = \mathrm{diag}(1 - a^2)",
        r"\frac{\partial a}{\partial z} = \mathrm{diag}(1 + a^2)",
    ),
}


def verdict(before: str, line: str) -> str:
    """The verdict on the last line; the lines before hold."""
    report = check(f"{before}$$\n{line}\n$$\n").files[0]
    last = before.count("\n") + 2
    found = {f.span.line: f.verdict for f in report.findings}
    assert {at for at, said in found.items() if said in ("wrong", "loose")} <= {last}
    return found.get(last, "holds")


@pytest.mark.parametrize("case", CASES)
def test_a_right_line_holds(case: str) -> None:
    before, right, _ = CASES[case]
    assert verdict(before, right) == "holds"


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_line_is_found(case: str) -> None:
    before, _, wrong = CASES[case]
    assert verdict(before, wrong) == "wrong"


def test_the_repair_of_a_general_layer() -> None:
    line = r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l]T}"
    finding = check(f"{DEEP}$$\n{line}\n$$\n").files[0].findings[-1]
    assert finding.kind == "index slip"
    assert "A^{[l-1]T}" in finding.suggestion
