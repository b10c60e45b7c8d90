"""A tree printed again reads to the same tree, in the author's spelling."""

import pytest

from backproof.check.unparse import unparse
from backproof.errors import Span
from backproof.notation.lexer import Style
from backproof.notation.reader import read_rows
from backproof.notation.syntax import Statement, Symbol, Tree

from .trees import NOTES, formula, note_of, plain


def _read(text: str, style: Style) -> list[Tree]:
    found, errors = read_rows(text, display=True, place=lambda *_: Span(1, 1, 1, 1), style=style)
    assert not errors, (text, errors)
    return [statement.tree for statement in found]


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.stem)
def test_every_formula_of_the_notes_reads_back_to_itself(path):
    for statement in note_of(path).statements:
        assert _survives(statement), unparse(statement.tree)


def _survives(statement: Statement) -> bool:
    """Formulas without markup are read, and so printed, as plain text."""
    if statement.typed:
        text, style = unparse(statement.tree, "text"), "ascii"
    else:
        text, style = unparse(statement.tree), "latex"
    return [plain(tree) for tree in _read(text, style)] == [plain(statement.tree)]


SPELLINGS = r"""
\hat{y} = \sigma(W^{[2]} a^{[1]} + b^{[2]})
\delta^l_j = \sum_k w_{kj}^{l+1} \delta_k^{l+1} \sigma'(z_j^l)
W^{(2)T} (a - y) \odot a^{(1)} \odot (1 - a^{(1)})
L = -\frac{1}{m} \sum_{i=1}^m \left( y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}) \right)
\frac{\partial^2 L}{\partial w^2} \cdot \frac{d y}{d x} \cdot \frac{\partial}{\partial x} (x^2)
a \cdot -b + {c + d} e / {f g} - -h
{\sum_i x_i} y_i \prod_{j \ne i} -z_j
\max_i x_i - \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}
\lvert a \rvert + \lVert w \rVert^2 - \langle u, v \rangle
p(y \mid x) + D(p \Vert q) + \left. f(x) \right|_{x=0}
\begin{bmatrix} a & b \\ [c] & \end{bmatrix} \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
\sqrt[3]{x} + \sqrt{y} + x^{10} + {x^{(2)}}^2 + f'^{(2)} + f''(x) + x^*
l = 1, 2, \dots, L
\mathbf{W}_{i,j} \mathrm{softmax}(\bar{z})_i \nabla_{W} L
1 / 2 m + (1, 2] + \{x, y\} + ?
""".strip().splitlines()  # fmt: skip


@pytest.mark.parametrize("latex", SPELLINGS)
def test_what_latex_can_say_survives_printing(latex):
    tree = formula(latex)
    assert [plain(t) for t in _read(unparse(tree), "latex")] == [plain(tree)]


PLAIN = """
dW1 = (dZ1 @ A0.T) / m
L = -mean(y * log(a) + (1 - y) * log(1 - a))
z = W.T @ x + b**2 - x^(2) + (a - y)**(n+1)
∂L/∂W = 2 * (y - t) ⊙ σ'(z)
s = sum_i x_i + |a - b| / ‖w‖
loss = ((z - y)**2).mean()
h_t = tanh(Wx x_t + Wh h_t1), t -> T
e = np.exp(-z) / np.sum(np.exp(-z), axis=0)
""".strip().splitlines()


@pytest.mark.parametrize("line", PLAIN)
def test_what_plain_text_can_say_survives_printing(line):
    trees = _read(line, "ascii")
    printed = [tree for t in trees for tree in _read(unparse(t, "text"), "ascii")]
    assert [plain(t) for t in printed] == [plain(t) for t in trees]


@pytest.mark.parametrize(
    ("latex", "printed"),
    [
        (r"w_{ij}x_{i}^{2}", "w_{ij} x_i^2"),
        (r"\mathbf{W}^{\mathsf T}\!x", r"\mathbf{W}^T x"),
        (r"\frac12 \left(a-b\right)", r"\frac{1}{2} (a - b)"),
        (r"\sum_{i=1}^{m}x_i", r"\sum_{i=1}^m x_i"),
        (r"\left(\frac{a}{b}\right)^2", r"\left( \frac{a}{b} \right)^2"),
    ],
)
def test_the_spelling_is_the_plainest_one(latex, printed):
    assert unparse(formula(latex)) == printed


def test_the_mark_of_a_transpose_is_the_callers():
    assert unparse(formula("W^T x"), transpose=r"\top") == r"W^{\top} x"
    assert unparse(formula("W^T"), "text") == "W.T"


def test_a_part_that_is_kept_comes_out_as_it_was():
    def keep(tree: Tree) -> str | None:
        return r"\,b\," if isinstance(tree, Symbol) and tree.base == "b" else None

    assert unparse(formula("a (b + c)"), keep=keep) == r"a(\,b\, + c)"
