"""Formula text is read into the tree that was meant; the rest is a NoteError with a place."""

# A row of a table is one line, however long.

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.errors import NoteError, Span
from backproof.notation.document import document
from backproof.notation.lexer import Style
from backproof.notation.reader import read_rows
from backproof.notation.syntax import Fenced, Relation, Script, Statement, Symbol

from .sexpr import sexpr


def _place(start: int, end: int) -> Span:
    return Span(1, start + 1, 1, end + 1)


def read(text: str, style: Style = "latex") -> list[Statement]:
    found, errors = read_rows(text, display=True, place=_place, style=style)
    if errors:
        raise errors[0]
    return found


def trees(text: str, style: Style = "latex") -> str:
    return " ;; ".join(sexpr(s.tree) for s in read(text, style))


def table(text: str) -> list[tuple[str, str]]:
    """`formula  =>  s-expression`, one a line."""
    rows = [line.split("  =>  ") for line in text.strip().splitlines() if line.strip()]
    return [(left.strip(), right.strip()) for left, right in rows]


LATEX = table(r"""
z^{(1)} = W^{(1)}X + b^{(1)}  =>  z^(1) = (+[W^(1) X] +b^(1))
a = \text{sigmoid}(z)  =>  a = [sigmoid (paren z)]
Wx_2^{l-1}  =>  [W x_2^(+l -1)]
\frac12 \dfrac ab \tfrac{a}{b}  =>  [(frac 1 2) (frac a b) (frac a b)]
{a \over b} c  =>  [(frac a b) c]
x^10  =>  [x^1 0]
2ab + 0.5 - .5 + 1{,}000 + 1e-5  =>  (+[2 a b] +0.5 -.5 +1000 +1e-5)
1/2m  =>  [1 / [2 m]]
1/2 m  =>  [1 / 2 m]
1/m \sum_i x_i  =>  [1 / m (sum i _ x_i)]
-a - b  =>  (-a -b)
a \cdot -b  =>  [a cdot (-b)]
(-1)a  =>  [(paren (-1)) a]
a \odot b \circ c \otimes d \times e * f  =>  [a odot b circ c otimes d times e * f]
\sqrt{x} \sqrt[3]{x} \sqrt2  =>  [(root x) (root x 3) (root 2)]
\log a  =>  [log a]
\log_2 (x)  =>  [log_2 (paren x)]
\sin 2x  =>  [sin 2 x]
f'(x) g''  =>  [f' (paren x) g'']
x^* y^{*} z^\star  =>  [x^* y^* z^*]
""")

TRANSPOSES = table(r"""
A^T B^\top C^{\top} D^\intercal  =>  [A^T B^T C^T D^T]
A^\mathsf{T} B^{\mathrm T} C^{\mathsf{T}}  =>  [A^T B^T C^T]
x^t  =>  x^t
(a - b)^T x  =>  [(paren (+a -b))^T x]
W^{[2](i)} A^{[0]T} W^{(2)\top} x^{(i)T}  =>  [W^[2]^(i) A^[0]^T W^(2)^T x^(i)^T]
{W^{(2)}}^T W^{(2)^T}  =>  [W^(2)^T W^(2)^T]
W^{(l+1)} W^{[l-1]}  =>  [W^((+l +1)) W^[(+l -1)]]
W{}^T  =>  W^T
w_{ij} w_{i,j} h_{\text{out}} y_{}  =>  [w_[i j] w_i_j h_out y]
\sum_{t=1}^T x_t  =>  (sum t = 1 T x_t)
""")

DERIVATIVES = table(r"""
\frac{\partial L}{\partial W^{(2)}}  =>  (partial L by W^(2))
\frac{\partial L(x)}{\partial W_{ij}}  =>  (partial [L (paren x)] by W_[i j])
\frac{\partial}{\partial a}(a b)  =>  [(partial _ by a) (paren [a b])]
\frac{d}{dx} x  =>  [(d _ by x) x]
\frac{dL}{dw}  =>  (d L by w)
\frac{\mathrm{d}L}{\mathrm{d}w}  =>  (d L by w)
\frac{\partial^2 L}{\partial w^2}  =>  (partial2 L by w)
\frac{\partial^2 L}{\partial x \partial y}  =>  (partial2 L by x y)
\frac{\partial L}{\partial w^2}  =>  (partial L by w^2)
\frac{\partial L}{\partial w_1 L(a, y)}  =>  (partial L by [w_1 L (paren a , y)])
\partial L/\partial W x  =>  [(partial L by W) x]
dL/dw = ∂z/∂w  =>  (d L by w) = (partial z by w)
\frac{d}{2}  =>  (frac d 2)
\frac{d_1}{d_2}  =>  (frac d_1 d_2)
\nabla_W L  =>  [nabla_W L]
""")

BRACKETS = table(r"""
\left(a + b\right)\Big[c\Big]  =>  [(paren (+a +b)) (square c)]
|x| \|x\| \lVert x \rVert \left|x\right| ‖x‖ ||x||  =>  [(abs x) (norm x) (norm x) (abs x) (norm x) (norm x)]
|a||b|  =>  [(abs a) (abs b)]
|a| - |b|  =>  (+(abs a) -(abs b))
p(y|x; \theta)  =>  [p (paren y | x | theta)]
p(x \mid y)  =>  [p (paren x | y)]
\|w\|_2^2  =>  (norm w)_2^2
x \in [0, 1)  =>  x in (square 0 , 1)
\{1, 2\}  =>  (brace 1 , 2)
\lfloor x \rfloor  =>  (floor x)
\left. f \right|_{x=0}  =>  (at f)_x = 0
f(\cdot, x)  =>  [f (paren cdot , x)]
W_{:,j}  =>  W_colon_j
""")

BIG = table(r"""
\sum_{i=1}^m x_i y_i + b  =>  (+(sum i = 1 m [x_i y_i]) +b)
\sum\limits_{i} x_i  =>  (sum i _ x_i)
\sum^m_{i=1} x_i  =>  (sum i = 1 m x_i)
\sum_i\sum_j w_{ij}  =>  (sum i _ (sum j _ w_[i j]))
\sum_i -y_i \log a_i  =>  (sum i _ (-[y_i log a_i]))
\prod_{k} p_k  =>  (prod k _ p_k)
\max_{i} z_i  =>  (max i _ z_i)
\max(0, x)  =>  [max (paren 0 , x)]
\arg\max_\theta L  =>  (argmax theta _ L)
\operatorname*{argmax}_x f  =>  (argmax x _ f)
\underset{x}{\min} f  =>  (min x _ f)
\sum_{i \in B} x_i  =>  (sum i in B _ x_i)
\sum_{\substack{i \\ j}} x  =>  (sum (list i , j) _ x)
""")

NAMES = table(r"""
\mathbf{W} \mathbf W \boldsymbol{\theta} \hat y \bar{x} \tilde{x}  =>  [W.bold W.bold theta.bold y.hat x.bar x.tilde]
\mathbf{\hat y} \hat{\mathbf{y}}  =>  [y.hat.bold y.bold.hat]
\mathbf{x_1} \hat{y}_i \hat{y_i}  =>  [x.bold_1 y.hat_i y.hat_i]
\mathbb{R}^{h \times n}  =>  R.bb^[h times n]
\mathcal{L} \mathbf{1}  =>  [L.cal 1.bold]
\text{softmax}(z) \mathrm{ReLU}(z) \operatorname{tr}(A)  =>  [softmax (paren z) ReLU (paren z) tr (paren A)]
\text{total loss} = L  =>  "total loss" = L
softmax(z) tanh(z) Loss  =>  [softmax (paren z) tanh (paren z) Loss]
dLoss  =>  [d Loss]
{\rm loss} {\bf W}  =>  [loss W.bold]
σ(z) δ ∂ 𝐖 ℝ  =>  [sigma (paren z) delta partial W.bold R.bb]
\boxed{a b} c  =>  [a b c]
\underbrace{a + b}_{\text{why}} c  =>  [(+a +b) c]
\color{red}{a} \textcolor{red}{b}  =>  [a b]
W₁x² + xᵀ  =>  (+[W_1 x^2] +x^T)
""")

ROWS = table(r"""
a &= b \\ &= c  =>  a = b ;; _ = c
\begin{aligned} a &= b \\[2pt] c &= d \end{aligned}  =>  a = b ;; c = d
x = \begin{aligned} a \\ = b \end{aligned}  =>  x = a ;; _ = b
a &=& b \\ c &=& d  =>  a = b ;; c = d
a &= b & c &= d  =>  a = b ;; c = d
L = a \\ + b \\ - c  =>  L = (+a +b -c)
L = \\ a  =>  L = a
z = Wx + b, \quad a = f(z)  =>  z = (+[W x] +b) ;; a = [f (paren z)]
l = 1, 2, \dots, L  =>  l = (list 1 , 2 , ... , L)
a = b \Rightarrow c = d  =>  a = b ;; c = d
a = b \tag{3} \label{x} \nonumber  =>  a = b
\mbox{Let } a = b  =>  a = b
w = v \quad \text{for all } w  =>  w = v
a = ? \quad b =  =>  a = ? ;; b = _
a := b = c  =>  a := b = c
a \leftarrow b \approx c \sim d  =>  a <- b approx c ~ d
a \overset{!}{=} b  =>  a = b
a = b.  =>  a = b
\boxed{a = b}  =>  a = b
""")

TABLES = table(r"""
\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}  =>  (cases 1 if x > 0 / 0 if _)
\begin{cases} x, & x > 0 \\ 0, & \text{그 외} \end{cases}  =>  (cases x if x > 0 / 0 if _)
\begin{cases} 1 \text{ if } x > 0 \\ 0 \text{ else} \end{cases}  =>  (cases 1 if x > 0 / 0 if _)
f = \left\{\begin{array}{ll} 1 & x > 0 \\ 0 & otherwise \end{array}\right.  =>  f = (cases 1 if x > 0 / 0 if _)
\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}  =>  (matrix 1 & 2 / 3 & 4)
\left[\begin{array}{cc} a & b \end{array}\right]^T  =>  (matrix a & b)^T
""")

ASCII = table("""
z1 = W1 @ x + b1  =>  z1 = (+[W1 @ x] +b1)
L = -1/m * sum(y*log(a))  =>  L = (-[1 / m * sum (paren [y * log (paren a)])])
dW1 = dZ1 @ X.T / m  =>  dW1 = [dZ1 @ X^T / m]
(a - b).T  =>  (paren (+a -b))^T
x_t = tanh(W_hh h_{t-1} + b_h)  =>  x_t = [tanh (paren (+[W_hh h_(+t -1)] +b_h))]
x**2 + x^2 + x^(2) + x^T + e^-z  =>  (+x^2 +x^2 +x^(2) +x^T +e^(-z))
a1 b1  =>  [a1 b1]
δ2 = (a2 − y) ⊙ σ'(z2)  =>  delta2 = [(paren (+a2 -y)) odot sigma' (paren z2)]
∂L/∂W1 = δ1 xᵀ  =>  (partial L by W1) = [delta1 x^T]
dL/dW1 = ?  =>  [dL / dW1] = ?
w <- w - 0.01 * dw  =>  w <- (+w -[0.01 * dw])
sum_{i=1}^{m} y_i  =>  (sum i = 1 m y_i)
mean(x, axis=0)  =>  [mean (paren x , axis = 0)]
where(x > 0, x, 0)  =>  [where (paren x > 0 , x , 0)]
np.exp(z) / 2m  =>  [exp (paren z) / [2 m]]
""")


@pytest.mark.parametrize(
    ("text", "tree"),
    LATEX + TRANSPOSES + DERIVATIVES + BRACKETS + BIG + NAMES + ROWS + TABLES,
    ids=lambda v: v[:40],
)
def test_latex_is_read_as_it_was_meant(text: str, tree: str) -> None:
    assert trees(text) == tree


@pytest.mark.parametrize(("text", "tree"), ASCII)
def test_plain_text_keeps_its_words_whole(text: str, tree: str) -> None:
    assert trees(text, "ascii") == tree


def test_latex_in_plain_text_keeps_words_with_digits() -> None:
    assert trees(r"dW1 = \frac{1}{m} dZ1 A0^T", "mixed") == "dW1 = [(frac 1 m) dZ1 A0^T]"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a + {b", "`{` is never closed"),
        ("a + (b", "`(` is never closed"),
        ("a) + b", "`)` closes nothing"),
        (r"\left( a", r"`\left(` is never closed"),
        (r"\left( a )", r"has no `\right`"),
        (r"(a]", "`(` is closed by `]`"),
        (r"\frac{a}", "stops too early"),
        (r"\frac{}{a}", "empty part"),
        (r"a = = b", "between two relation signs"),
        (r"a \cdot", "stops too early"),
        (r"\begin{align} a \end{gather}", r"closed by `\end{gather}`"),
        (r"\nosuch x", r"`\nosuch` is not known"),
        (r"\binom{n}{k}", "binomial"),
        (r"\int f", "integrals"),
        (r"a \pm b", "two signs"),
        ("a $ b", "can't stand in a formula"),
    ],
)
def test_what_cannot_be_read_says_what_and_where(text: str, what: str) -> None:
    with pytest.raises(NoteError) as caught:
        read(text)
    assert what in caught.value.what
    assert caught.value.span is not None
    assert 1 <= caught.value.span.column <= len(text) + 1


def test_every_node_knows_its_place() -> None:
    (statement,) = read(r"z = W^{(1)} (x + 1)")
    relation = statement.tree
    assert isinstance(relation, Relation)
    side = relation.sides[1]
    assert side is not None
    assert (side.span.column, side.span.end_column) == (5, 20)
    weight, bracket = side.factors  # type: ignore[attr-defined]
    assert isinstance(weight, Script)
    assert isinstance(bracket, Fenced)
    assert (weight.span.column, weight.span.end_column) == (5, 12)
    assert (bracket.span.column, bracket.span.end_column) == (13, 20)


@pytest.mark.parametrize(
    "text", [r"\hat{\mathbf{y}}", r"\mathbf W", r"\hat y", r"\text{softmax}", r"\sigma", "𝐖"]
)
def test_a_symbol_is_written_as_its_author_spelled_it(text: str) -> None:
    (statement,) = read(text)
    assert isinstance(statement.tree, Symbol)
    assert statement.tree.written == text


def test_functions_are_told_from_letters() -> None:
    (statement,) = read(r"\log f \text{softmax}")
    assert [f.function for f in statement.tree.factors] == [True, False, False]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "opening", ["(", "{", r"\left(", r"\sqrt{", r"\frac{", "x^{", r"\hat{", r"\begin{cases}"]
)
def test_nesting_five_thousand_deep_is_an_error_not_a_crash(opening: str) -> None:
    with pytest.raises(NoteError):
        read(opening * 5000)


@pytest.mark.parametrize(
    "prefix", ["-", r"\sqrt", r"\hat", r"\sum_i ", r"\frac 1", r"\frac", r"\sum - "]
)
def test_prefixes_without_brackets_do_not_nest_without_end(prefix: str) -> None:
    with pytest.raises(NoteError):
        read(prefix * 5000 + " x x")


def test_a_hundred_levels_are_read() -> None:
    assert len(read("(" * 90 + "x" + ")" * 90)) == 1


def test_a_sum_of_ten_thousand_terms_is_read() -> None:
    assert len(read("x = " + " + ".join(["a b_1"] * 10_000))) == 1


def test_a_formula_of_half_a_megabyte_is_refused_at_once() -> None:
    with pytest.raises(NoteError, match="characters"):
        read("x + " * 200_000)


PIECES = st.sampled_from(
    list(r"abxWL019+-*/=_^{}()[]|&,;:.'?!~@# ∂σ·ᵀ²₁가$%" + "\n\\")
    + (
        r"\frac \left( \right) \left[ \right. \left\{ \sum \max \hat \mathbf \text{ \begin{cases}"
        r" \end{cases} \\ \begin{aligned} \end{aligned} \partial \sqrt \over \underset \overset \quad"
        r" \Rightarrow \boxed{ \underbrace \substack \operatorname{ \| ^T ^{(1)} := <- \begin{array}"
        r" \end{array}"
    ).split()
)
SEEDS = [
    text for text, _ in LATEX + TRANSPOSES + DERIVATIVES + BRACKETS + BIG + NAMES + ROWS + TABLES
]


def survives(text: str, style: Style) -> None:
    refused: NoteError | None = None
    try:
        for statement in read(text, style):
            sexpr(statement.tree)
    except NoteError as error:
        refused = error
    assert refused is None or (refused.span is not None and refused.hint)


@settings(deadline=None, max_examples=400)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["latex", "ascii", "mixed"]))
def test_any_pile_of_tokens_is_read_or_refused(text: str, style: Style) -> None:
    survives(text, style)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60), st.sampled_from(["latex", "ascii", "mixed"]))
def test_any_text_is_read_or_refused(text: str, style: Style) -> None:
    survives(text, style)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(SEEDS), st.data())
def test_a_mutated_formula_is_read_or_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 4))
        text = text[:at] + data.draw(st.one_of(PIECES, st.just(""))) + text[at + cut :]
    survives(text, "latex")


def rows(text: str) -> tuple[list[str], list[str]]:
    """What is read of a display, and what is said of the rest."""
    note = document(f"$${text}$$")
    said = [error.what for error in (*note.broken, *note.unread)]
    return [sexpr(s.tree) for s in note.statements], said


def test_a_row_that_cannot_be_read_leaves_the_others() -> None:
    first, middle, last = "a &= b", r"&= (b \\ &= c", r"d &= \nosuch \\ &= e \\ f &= g"
    text = rf"\begin{{aligned}} {first} \\ {middle} \\ {last} \end{{aligned}}"
    read, said = rows(text)
    assert read == ["a = b", "_ = c", "f = g"]
    assert said == ["`(` is never closed", "the command `\\nosuch` is not known"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (r"\sigma (\sum_k {w_k a_k + b)}", "[sigma (paren (+(sum k _ [w_k a_k]) +b))]"),
        (r"e^{x({y + z)} b} + 1", "(+e^[x (paren (+y +z)) b] +1)"),
        (r"{}_S W^l + \Delta {}_T\mathbf{h}", "(+W_S.rm^l +[Delta h.bold_T.rm])"),
        (r"x^2{}_i", "x_i^2"),
        (r"x^2 {}_S a", "[x_S^2 a]"),
        (r"{}_S + a", '(+""_S +a)'),
        (r"a {}_S", "a_S"),
        (r"\Sigma_{i=1}^m x_i + \Sigma", "(+(sum i = 1 m x_i) +Sigma)"),
        (r"\sum_{i=1}^{i=m} x_i", "(sum i = 1 m x_i)"),
        (r"\sum_{i=1}^{i < m} x_i", "(sum i = 1 i < m x_i)"),
        ("a =\n= b", "a = b"),
        (r"W \in \R^{n}", "W in R.bb^n"),
        (
            r"\begin{cases} 0 & \text{if $x > 0$} \\ 1 & if & x < 0 \end{cases}",
            "(cases 0 if x > 0 / 1 if x < 0)",
        ),
    ],
)
def test_what_authors_write_is_read_as_it_looks(text: str, tree: str) -> None:
    assert rows(text) == ([tree], [])


def test_another_sign_after_a_line_break_is_no_repetition() -> None:
    assert rows("a =\n\\le b") == ([], ["nothing stands between two relation signs"])


def test_a_sentence_between_rows_is_no_condition_whatever_formulas_it_speaks_of() -> None:
    text = r"""\begin{aligned} a &= b \\ &\quad \text{so the factors multiply by $\odot$} \\
    &= c && \text{this follows from the rule $d = e$} \end{aligned}"""
    assert rows(text) == (["a = b", "_ = c"], [])
