"""Expressions print as a lecturer would write them, in the author's own spelling."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backproof.expr import build as b
from backproof.expr.build import Function, Number, entry, matmul, mul, neg, number, size, sub, unary
from backproof.expr.model import Spelling
from backproof.expr.name import Name
from backproof.expr.node import Expr
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.notation.latex import LATEX, latex
from backproof.notation.names import spelled, split_scripts

from .calculator import Reader, meaning
from .formulas import MATRICES, SCALARS, matrices, named, scalars

W = named("W", "W^{(2)}", ("n2", "n1"), layer="2")
A1 = named("a", "a^{(1)}", ("n1", "m"), layer="1")
A2 = named("a", "a^{(2)}", ("n2", "m"), layer="2")
B = named("b", "b^{(2)}", ("n2", 1), layer="2")
D = named("delta", r"\delta^{(2)}", ("n2", "m"), layer="2")
Y = named("y", "y", ("n2", "m"))
WXH = named("W", "W_{xh}", ("n", "k"), sub="xh")
L, x, y, z = (named(n, n, SCALAR) for n in ("L", "x", "y", "z"))
LAM = named("lambda", r"\lambda", SCALAR)
a, t = entry(A2, "j", "s"), entry(Y, "j", "s")
M = size("m")
SWISH = Function("swish", r"\operatorname{swish}", (z,), mul(z, unary("sigmoid", z)))


def num(value: Number | str) -> Expr:
    return number(value)


PRODUCTS = [
    (b.add(matmul(W, A1), b.broadcast(B, ("n2", "m"))), "W^{(2)} a^{(1)} + b^{(2)}"),
    (
        mul(mul(matmul(W.T, D), A1), sub(num(1), A1)),
        r"(W^{(2)\top} \delta^{(2)}) \odot a^{(1)} \odot (1 - a^{(1)})",
    ),
    (
        mul(b.div(num(1), M), matmul(sub(A2, Y), A1.T)),
        r"\frac{1}{m} (a^{(2)} - y) a^{(1)\top}",
    ),
    (mul(Y, matmul(W, A1)), r"y \odot (W^{(2)} a^{(1)})"),
    (matmul(W.T, mul(A2, Y)), r"W^{(2)\top} (a^{(2)} \odot y)"),
    (mul(A2, B), r"a^{(2)} \odot b^{(2)}"),
    (mul(LAM, W), r"\lambda W^{(2)}"),
    (mul(LAM, mul(A2, Y)), r"\lambda a^{(2)} \odot y"),
    (mul(mul(A2, Y), LAM), r"(a^{(2)} \odot y) \lambda"),
    (matmul(W.T, mul(LAM, A2)), r"W^{(2)\top} (\lambda a^{(2)})"),
    (
        b.div(sub(A2, Y), mul(A2, sub(num(1), A2))),
        r"\frac{a^{(2)} - y}{a^{(2)} \odot (1 - a^{(2)})}",
    ),
    (mul(num(2), sub(x, y)), "2 (x - y)"),
    (mul(num(2), num(3)), r"2 \cdot 3"),
    (mul(x, num(2)), r"x \cdot 2"),
    (mul(num(2), num("1/3")), r"2 \cdot \frac{1}{3}"),
    (mul(unary("log", x), y), r"\log(x) y"),
    (mul(y, unary("log", x)), r"y \log x"),
    (mul(neg(unary("log", x)), y), r"-\log(x) y"),
]
SIGNS = [
    (sub(x, b.add(y, z)), "x - (y + z)"),
    (sub(sub(x, y), z), "x - y - z"),
    (sub(x, sub(y, z)), "x - (y - z)"),
    (b.add(x, sub(y, z)), "x + y - z"),
    (b.add(x, neg(y)), "x + (-y)"),
    (b.add(x, mul(neg(y), z)), "x + (-y z)"),
    (neg(b.add(x, y)), "-(x + y)"),
    (neg(neg(x)), "-(-x)"),
    (mul(x, neg(y)), "x (-y)"),
    (mul(neg(x), y), "-x y"),
    (sub(x, num(-2)), "x - (-2)"),
    (b.power(neg(x), num(2)), "(-x)^{2}"),
    (neg(b.power(x, num(2))), "-x^{2}"),
]
ENTRIES = [
    (a, "a^{(2)}_{js}"),
    (entry(WXH, "j", "k"), "(W_{xh})_{jk}"),
    (entry(matmul(W, A1), "j", "s"), "(W^{(2)} a^{(1)})_{js}"),
    (entry(W.T, "k", "j"), r"(W^{(2)\top})_{kj}"),
    (entry(B, "j", 1), "b^{(2)}_{j}"),
    (entry(A2, 1, 2), "a^{(2)}_{12}"),
    (entry(A2, 1, 12), "a^{(2)}_{1, 12}"),
    (entry(x, 1, 1), "x"),
    (b.power(a, num(2)), "(a^{(2)}_{js})^{2}"),
    (b.power(t, num(2)), "y_{js}^{2}"),
    (Expr("kronecker", (), ("j", "k")), "[j = k]"),
    (neg(mul(t, unary("log", a))), r"-y_{js} \log a^{(2)}_{js}"),
    (make("index_sum", (mul(a, t),), ("s", "m")), r"\sum_{s=1}^{m} a^{(2)}_{js} y_{js}"),
    (make("index_sum", (sub(a, t),), ("s", "m")), r"\sum_{s=1}^{m} (a^{(2)}_{js} - y_{js})"),
]
DERIVATIVES = [
    (b.gradient(L, W), r"\frac{\partial L}{\partial W^{(2)}}"),
    (entry(b.gradient(L, W), "j", "k"), r"\frac{\partial L}{\partial W^{(2)}_{jk}}"),
    (b.derivative(a, t), r"\frac{\partial a^{(2)}_{js}}{\partial y_{js}}"),
    (b.derivative(unary("log", x), x), r"\frac{\partial}{\partial x} \log x"),
    (
        mul(b.derivative(unary("log", x), x), y),
        r"\frac{\partial}{\partial x} (\log x) \cdot y",
    ),
    (b.derivative(sub(num(1), x), x), r"\frac{\partial}{\partial x} (1 - x)"),
    (
        mul(b.derivative(L, x), b.derivative(x, y)),
        r"\frac{\partial L}{\partial x} \frac{\partial x}{\partial y}",
    ),
    (make("path", (L, x, y)), r"\frac{\partial L}{\partial x} \frac{\partial x}{\partial y}"),
    (make("path", (L, L, y)), r"\frac{\partial L}{\partial y}"),
    (
        b.derivative(b.total(b.power(sub(A2, Y), num(2))), a),
        r"\frac{\partial}{\partial a^{(2)}_{js}}"
        r" \left(\sum_{k,t} (a^{(2)}_{kt} - y_{kt})^{2}\right)",
    ),
]
REDUCTIONS = [
    (b.total(D, "columns"), r"\sum_{s=1}^{m} \delta^{(2)}_{:s}"),
    (b.total(D, "rows"), r"\sum_{j=1}^{n_{2}} \delta^{(2)}_{j:}"),
    (b.total(D), r"\sum_{j,s} \delta^{(2)}_{js}"),
    (b.total(sub(D, Y), "columns"), r"\sum_{s=1}^{m} (\delta^{(2)} - y)_{:s}"),
    (b.total(b.power(sub(A2, Y), num(2))), r"\sum_{j,s} (a^{(2)}_{js} - y_{js})^{2}"),
    (b.total(mul(B, unary("log", B))), r"\sum_{j=1}^{n_{2}} b^{(2)}_{j} \log b^{(2)}_{j}"),
    (b.total(sub(A2, B)), r"\sum_{j,s} (a^{(2)}_{js} - b^{(2)}_{j})"),
    (entry(b.total(A2, "columns"), "s", 1), r"\sum_{t=1}^{m} a^{(2)}_{st}"),
    (make("sqnorm", (W,), "all"), r"\lVert W^{(2)} \rVert^{2}"),
    (make("sqnorm", (sub(A2, Y),), "rows"), r"\lVert (a^{(2)} - y)_{:s} \rVert^{2}"),
    (
        b.total(make("sqnorm", (A2,), "rows")),
        r"\sum_{t=1}^{m} \lVert a^{(2)}_{:t} \rVert^{2}",
    ),
    (make("norm", (B,), "rows"), r"\lVert b^{(2)} \rVert"),
    (make("logsumexp", (D,), "rows"), r"\operatorname{logsumexp}(\delta^{(2)}_{:s})"),
    (make("amax", (B,), "rows"), r"\max(b^{(2)})"),
    (make("trace", (matmul(W, W.T),)), r"\operatorname{tr}(W^{(2)} W^{(2)\top})"),
    (make("softmax", (D,), "rows"), r"\operatorname{softmax}(\delta^{(2)})"),
    (make("log_softmax", (D,), "rows"), r"\operatorname{logsoftmax}(\delta^{(2)})"),
    (make("argmax_mask", (D,), "rows"), r"\operatorname{onehot}(\arg\max(\delta^{(2)}))"),
]
FUNCTIONS = [
    (unary("sigmoid", z), r"\sigma(z)"),
    (unary("tanh", z), r"\tanh(z)"),
    (unary("log", z), r"\log z"),
    (unary("log", sub(num(1), z)), r"\log(1 - z)"),
    (unary("log", unary("sigmoid", z)), r"\log \sigma(z)"),
    (unary("log", unary("log", z)), r"\log(\log z)"),
    (b.power(unary("log", z), num(2)), r"(\log z)^{2}"),
    (unary("log", b.div(x, y)), r"\log \frac{x}{y}"),
    (unary("tanh", b.div(x, y)), r"\tanh\left(\frac{x}{y}\right)"),
    (unary("exp", neg(z)), "e^{-z}"),
    (b.div(num(1), b.add(num(1), unary("exp", neg(z)))), r"\frac{1}{1 + e^{-z}}"),
    (unary("log1p", z), r"\operatorname{log1p}(z)"),
    (unary("abs", z), r"\lvert z \rvert"),
    (unary("step", z), r"\mathbb{1}[z > 0]"),
    (b.elementwise("max", num(0), A2), r"\max(0, a^{(2)})"),
    (make("call", (x,), SWISH), r"\operatorname{swish}(x)"),
    (b.power(x, num("1/2")), r"\sqrt{x}"),
    (b.power(sub(x, y), num(2)), "(x - y)^{2}"),
    (b.power(b.div(x, y), num(2)), r"\left(\frac{x}{y}\right)^{2}"),
    (b.power(b.power(x, num(2)), num(3)), "(x^{2})^{3}"),
    (
        make("where", (z, num(0), z, mul(LAM, z))),
        r"\begin{cases} z & z > 0 \\ \lambda z & z \le 0 \end{cases}",
    ),
]
PARTS = [
    (b.broadcast(B, ("n2", "m")), r"b^{(2)} \mathbf{1}^{\top}"),
    (b.broadcast(B.T, ("k", "n2")), r"\mathbf{1} b^{(2)\top}"),
    (b.broadcast(x, ("n", "m")), r"x\,\mathbf{1}"),
    (b.broadcast(num(1), ("n", "m")), r"\mathbf{1}"),
    (matmul(W.T, b.broadcast(B, ("n2", "m"))), r"W^{(2)\top} b^{(2)} \mathbf{1}^{\top}"),
    (unary("exp", b.broadcast(B, ("n2", "m"))), r"e^{b^{(2)} \mathbf{1}^{\top}}"),
    (b.identity("n"), "I"),
    (make("sized", (W, B)), "W^{(2)}"),
    (size("n0+n1"), "n_{0} + n_{1}"),
    (make("stack", (B, B), "rows"), r"\begin{bmatrix} b^{(2)} \\ b^{(2)} \end{bmatrix}"),
    (make("stack", (W, W), "columns"), r"\begin{bmatrix} W^{(2)} & W^{(2)} \end{bmatrix}"),
    (
        make("block", (W,), ("rows", ("n0",), "n1")),
        r"[W^{(2)}]_{n_{0} + 1:n_{0} + n_{1},\,:}",
    ),
    (make("block", (B,), ("rows", (), "n1")), "[b^{(2)}]_{1:n_{1}}"),
    (Expr("constant", (), "pi"), r"\pi"),
    (b.let(Name("z", layer="1", latex="z^{(1)}"), matmul(W, A1)), "z^{(1)}"),
    (b.name(Name("W", layer="3"), SCALAR), "W^{(3)}"),
]
NUMBERS = [
    ("0.01", "0.01"),
    ("1/2", r"\frac{1}{2}"),
    ("-1/3", r"-\frac{1}{3}"),
    ("0.1", "0.1"),
    ("7", "7"),
    ("1e-8", "10^{-8}"),
    ("2.5e-9", r"2.5 \cdot 10^{-9}"),
    ("3/11", r"\frac{3}{11}"),
]


@pytest.mark.parametrize(
    ("expr", "expected"),
    PRODUCTS + SIGNS + ENTRIES + DERIVATIVES + REDUCTIONS + FUNCTIONS + PARTS,
    ids=lambda p: p if isinstance(p, str) else "",
)
def test_a_formula_prints_as_a_lecturer_writes_it(expr: Expr, expected: str) -> None:
    assert latex(expr) == expected


@pytest.mark.parametrize(("value", "expected"), NUMBERS)
def test_numbers_are_short(value: str, expected: str) -> None:
    assert latex(num(value)) == expected


@given(st.fractions(min_value=0))
def test_a_number_keeps_its_value(value: object) -> None:
    parts = spelled(num(value).attr)  # type: ignore[arg-type]
    text = "".join(parts) if len(parts) != 2 else "/".join(parts)
    assert num(text).attr == value


@pytest.mark.parametrize("op", OPS)
def test_every_operation_has_a_rule(op: str) -> None:
    assert op in LATEX


def test_without_indices_an_entry_prints_as_its_matrix() -> None:
    loss = sub(neg(mul(t, unary("log", a))), mul(sub(num(1), t), unary("log", sub(num(1), a))))
    expected = r"-y \log a^{(2)} - (1 - y) \log(1 - a^{(2)})"
    assert latex(loss, indices=False) == expected
    assert latex(mul(x, entry(sub(A2, Y), "j", "s")), indices=False) == "x (a^{(2)} - y)"


def test_the_focus_is_boxed_where_it_stands() -> None:
    expr = mul(sub(A2, Y), A2)
    assert latex(expr, focus=sub(A2, Y)) == r"(\boxed{a^{(2)} - y}) \odot a^{(2)}"
    assert latex(expr, focus=expr) == r"\boxed{(a^{(2)} - y) \odot a^{(2)}}"
    assert latex(W.T, focus=W) == r"(\boxed{W^{(2)}})^{\top}"
    assert latex(sub(x, y), focus=(x, y)) == r"\boxed{x} - \boxed{y}"
    one = b.broadcast(num(1), A2.shape)
    assert latex(sub(num(1), A2), focus=one) == r"\boxed{1} - a^{(2)}"
    assert latex(b.total(sub(A2, Y)), focus=sub(A2, Y)) == (
        r"\sum_{j,s} (\boxed{a^{(2)}_{js} - y_{js}})"
    )


def test_the_author_spelling_is_kept() -> None:
    square = named("V", r"\mathbf{V}^{[2]}", ("n", "k"), layer="2")
    low = named("U", "U_2", ("n", "k"), layer="2")
    spelling = Spelling(
        {"sigmoid": r"\text{sigmoid}", "log": r"\ln", "exp": r"\exp"}, r"\circ", "^T"
    )
    assert latex(square.T, spelling) == r"\mathbf{V}^{[2]T}"
    assert latex(low.T, spelling) == "U_2^T"
    assert latex(mul(square, low), spelling) == r"\mathbf{V}^{[2]} \circ U_2"
    assert latex(unary("sigmoid", z), spelling) == r"\text{sigmoid}(z)"
    assert latex(unary("log", z), spelling) == r"\ln z"
    assert latex(unary("exp", z), spelling) == r"\exp(z)"
    assert latex(square.T, Spelling(transpose="'")) == r"(\mathbf{V}^{[2]})'"


def test_plain_characters_become_latex() -> None:
    spelling = Spelling(ascii=True, hadamard="*", transpose=".T")
    v, hat = named("v", "v1", ("n", "m"), layer="1"), Name("y", marks=("hat",), latex="y_hat")
    expr = mul(v, b.name(hat, ("n", "m")))
    assert latex(expr, spelling) == r"v_{1} \odot \hat{y}"
    assert latex(v.T, spelling) == r"v_{1}^{\top}"


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("W", ("W", "", "")),
        (r"\theta_{1}^{(2)}", (r"\theta", "1", "(2)")),
        (r"z^\ell", ("z", "", r"\ell")),
        (r"\mathbf W_2", (r"\mathbf W", "2", "")),
        (r"\hat{y_1}", (r"\hat{y_1}", "", "")),
        ("W_1_2", None),
        ("W^{(1", None),
    ],
)
def test_a_name_is_taken_apart(written: str, parts: tuple[str, str, str] | None) -> None:
    assert split_scripts(written) == parts


def test_deep_and_shared_formulas_are_printed() -> None:
    long = x
    for i in range(5000):
        long = b.add(long, mul(num(i), y))
    assert latex(long).count("+") == 5000
    nested = x
    for _ in range(2000):
        nested = unary("tanh", sub(num(1), nested))
    assert latex(nested).count(r"\tanh") == 2000
    shared = x
    for i in range(60):
        shared = b.let(f"h{i}", b.add(shared, shared))
    assert latex(b.add(shared, shared)) == r"\text{h59} + \text{h59}"


@given(scalars())
def test_brackets_of_formulas_are_right(expr: Expr) -> None:
    names = {written: value for written, _, value in SCALARS.values()}
    want = meaning(expr, {e: value for e, (_, _, value) in SCALARS.items()})
    assert Reader(latex(expr), names, latex=True).value() == want


@given(matrices())
def test_brackets_of_matrix_formulas_are_right(expr: Expr) -> None:
    names = {written: value for written, _, value in MATRICES.values()}
    names |= {r"W^{(1)\top}": names["W^{(1)}"].T, r"\delta^{(2)\top}": names[r"\delta^{(2)}"].T}
    want = meaning(expr, {e: value for e, (_, _, value) in MATRICES.items()})
    printed = latex(expr)
    assume(r"\mathbf{1}" not in printed)
    assert (Reader(printed, names, latex=True).value() == want).all()
