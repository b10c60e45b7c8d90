"""An author's LaTeX as one line that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.notation.document import read_document
from backproof.notation.inline import unicode_line

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\frac{\partial L}{\partial W^{[2]}} = \frac{1}{m} A B", "∂L/∂W[2] = (1/m) A B"),
        (r"\frac{dL}{dz} = \frac{dL}{da}\frac{da}{dz}", "dL/dz = dL/da da/dz"),
        (
            r"\frac{\partial}{\partial z}\left( \frac{1}{1+e^{-z}} \right)",
            "∂/∂z(1/(1+e^(−z)))",
        ),
        (r"-\frac{y}{a} + \frac{1-y}{1-a}", "−y/a + (1−y)/(1−a)"),
        (r"\frac12 \|y - a\|^2", "(1/2) ‖y − a‖²"),
        (r"\delta^l_j = \sum_{k=1}^{n} w^{l+1}_{kj}", "δˡⱼ = Σₖ₌₁ⁿ wˡ⁺¹ₖⱼ"),
        (r"\boldsymbol{\delta}^{(l)} \odot \sigma'(z)", "δ⁽ˡ⁾ ⊙ σ′(z)"),
        (r"\underbrace{a + b}_{\text{the sum}} = c \tag{3} \label{eq:c}", "a + b = c"),
        (r"\begin{aligned} x &= 1 \\ y &= \sqrt{x+1} \\ \end{aligned}", "x = 1; y = √(x+1)"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a, b; c, d)"),
        (r"\boxed{\hat{\mathbf{y}} \in \mathbb{R}^{n \times m}}", "ŷ ∈ R^(n×m)"),
        (r"\operatorname{tr}(A^\top B) \quad \text{for all } A", "tr(Aᵀ B) for all A"),
        (r"\left. f \right|_{x=0}", "f |ₓ₌₀"),
        (r"dW1 = (dZ1 * A0.T)/m", "dW1 = (dZ1 * A0.T)/m"),
        (r"e^{-x^2}, x^\prime, a^{l - 1}", "e^(−x²), x′, aˡ⁻¹"),
        (r"\frac{a", "a/()"),
        (r"{{{", ""),
        (r"}", "}"),
        (r"x_", "x"),
        ("", ""),
    ],
)
def test_a_formula_stands_in_one_line(latex: str, line: str) -> None:
    assert unicode_line(latex) == line


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_equations_of_the_examples_lose_their_backslashes(path: Path) -> None:
    note = read_document(path)
    lines = note.text.split("\n")
    for statement in note.statements:
        span = statement.span
        if span.line == span.end_line:
            piece = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            shown = unicode_line(piece)
            assert "\n" not in shown
            assert "\\" not in shown, piece
            assert not {"{", "}"} & set(shown) or r"\{" in piece or "cases" in piece, piece
