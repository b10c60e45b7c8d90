"""Formulas in plain Unicode, in fenced blocks and on lines of their own; programs are left alone."""

from __future__ import annotations

import pytest

from backproof.notation.document import document

from .sexpr import sexpr


def fenced(block: str, language: str = "") -> list[str]:
    """What is read of a fenced block."""
    note = document(f"A note.\n\n```{language}\n{block}\n```\n", "markdown")
    assert not note.broken + note.unread
    return [sexpr(s.tree) for s in note.statements]


@pytest.mark.parametrize(
    ("line", "tree"),
    [
        ("∂L/∂a₁ = W₂ᵀ × ∂L/∂z₂    # [m]", "(partial L by a_1) = [W_2^T times (partial L by z_2)]"),
        ("δ⁽ˡ⁾ = (Wδ) ⊙ f'(z⁽ˡ⁾)", "delta^(l) = [(paren [W delta]) odot f' (paren z^(l))]"),
        ("dW = dY_mat^T × col      → [C, K]", "[d W] = [d Y_mat^T times col]"),
        ("∂J/∂z[l,i] = Σ_m a[l+1,i,m]", "(partial J by z_l_i) = (sum m _ a_(+l +1)_i_m)"),
        ("∂z_ij/∂W_mn = x_im", "(partial z_[i j] by W_[m n]) = x_[i m]"),
        ("∂a/∂z = e^(-z) / h_t-1", "(partial a by z) = [e^(-z) / h_(+t -1)]"),
        ("따라서 ∂z/∂w = x", "(partial z by w) = x"),
        ("z = wx, ∂z/∂x = w, ∂z/∂w = x", "z = [w x]"),
        ("∂L/∂b = np.sum(∂L/∂z, axis=0)", "(partial L by b) = [sum (paren (partial L by z) , axis = 0)]"),
        ("∇w[l] = ∇z[l+1] .* a[l]'", "[nabla w_l] = [nabla z_(+l +1) odot a_l^T]"),
        ("∂f(z) .* a = b", "[f' (paren z) odot a] = b"),
        ("∂L/∂w = a * b .* c", "(partial L by w) = [a b odot c]"),
        ("∂L/∂w = a^-1", "(partial L by w) = a^(-1)"),
        ("∂L/∂z^(l) = 2^(l) e^(l) a^(x)", "(partial L by z^(l)) = [2^l e^l a^(x)]"),
        ("∂L/∂z = X[n][c] + w[l]", "(partial L by z) = (+X_n_c +w_l)"),
        ("∂L/∂w = f(a,\n  b)", "(partial L by w) = [f (paren a , b)]"),
        ("Σ = ∂L/∂z", "Sigma = (partial L by z)"),
        ("x ∈ ℝ, W ∈ ℝ\nz = Wx", "z = [W x]"),
        (
            "∂L/∂z = wxyz + wxy + dab + dAB + aW + Wa\nw = x\ny = z\na = b",
            "(partial L by z) = (+wxyz +[w x y] +dab +[d AB] +[a W] +Wa)",
        ),
    ],
)  # fmt: skip
def test_lines_of_mathematics_are_read(line: str, tree: str) -> None:
    assert fenced(line)[0] == tree
    assert fenced(line, "text")[0] == tree
    assert fenced(line, "python") == []


def test_a_line_goes_on_with_the_one_before_it() -> None:
    block = "Chain rule:\n∂L/∂w = ∂L/∂a × ∂a/∂w\n      = δ ×\n  x\n∂L/∂b = a\n       × b"
    assert fenced(block) == [
        "(partial L by w) = [(partial L by a) times (partial a by w)]",
        "(partial L by b) = [a times b]",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "dX [N, C] = ∂L/∂y",
        "∂L/∂w = a + ... + b",
        "= a ⊙ b",
        "∂L/∂w = f(a,\n\n  b",
        "∂L/∂w = " + "a + " * 90 + "b",
    ],
)
def test_a_line_that_is_no_equation_is_left_out(line: str) -> None:
    assert fenced(f"{line}\n∂L/∂b = a") == ["(partial L by b) = a"]


@pytest.mark.parametrize(
    "block",
    [
        "σ(x) = 1 / (1 + exp(-x));\nplot(σ)",
        "def σ(x):\n    y = 1 / (1 + exp(-x))\n    return y",
        "for i = 1:n\n  δ = a - y\n  W = W - η*δ*x'\nend",
        "let δ = a - y",
        "$ python train.py\nloss = 0.5 ∂ 3",
        "epoch 1: loss = 0.31, ∇ = 0.2",
        "size = 4 × 10⁶ bytes = 4 MB",
        "out = (W - K) / S + 1 = 112, ∂ = 1",
        "x --> [W₁] --> a₁ = h",
        "a = b + c\nd = f(a)",
        "a[i] = b[i] * c\nprint(a)",
        "if x = ∂ then y",
    ],
)
def test_programs_and_what_they_print_are_left_alone(block: str) -> None:
    assert [tree for tree in fenced(block) if "partial" in tree or "sigma" in tree] == []


def test_lines_of_their_own_and_tables_are_read() -> None:
    text = (
        "Here W and x are given and σ(z) is applied\n\na[l] = f(z[l])\n\n∂L/∂z = a - y\n∂L/∂W = (∂L/∂z) xᵀ\n\n"
        "∂L/∂b = ∂L/∂z\n\n| layer | gradient |\n|---|---|\n| linear | dW = xᵀ·dy |\n"
    )
    note = document(text, "markdown")
    assert [(s.span.line, sexpr(s.tree)) for s in note.statements] == [
        (3, "a_l = [f (paren z_l)]"),
        (5, "(partial L by z) = (+a -y)"),
        (6, "(partial L by W) = [(paren (partial L by z)) x^T]"),
        (8, "(partial L by b) = (partial L by z)"),
        (12, "[d W] = [x^T cdot d y]"),
    ]
    assert all(s.typed for s in note.statements)
    assert note.written(note.statements[3].span) == "∂L/∂b = ∂L/∂z"


def test_a_table_of_examples_says_nothing() -> None:
    table = "| c = a + b | ∂c/∂a = 1 |\n| c = a × b | ∂c/∂a = b |\n"
    assert document(table, "markdown").statements == []
