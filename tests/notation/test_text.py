"""Expressions in one line of Unicode: what a terminal shows."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from backproof.expr import build as b
from backproof.expr.build import entry, matmul, mul, neg, number, size, sub, unary
from backproof.expr.model import Spelling
from backproof.expr.name import Name
from backproof.expr.node import Expr, substitute
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.notation.names import unicode
from backproof.notation.text import TEXT, segments, text

from .calculator import Reader, Value, exact, inverse, meaning, mod, scramble
from .formulas import MATRICES, SCALARS, matrices, named, scalars

W = named("W", "W^{(2)}", ("n2", "n1"), layer="2")
A1 = named("a", "a^{(1)}", ("n1", "m"), layer="1")
A2 = named("a", "a^{(2)}", ("n2", "m"), layer="2")
B = named("b", "b^{(2)}", ("n2", 1), layer="2")
D = named("delta", r"\delta^{(2)}", ("n2", "m"), layer="2")
Y = named("y", "y", ("n2", "m"))
L, x, y, z = (named(n, n, SCALAR) for n in ("L", "x", "y", "z"))
a, t = entry(A2, "j", "s"), entry(Y, "j", "s")
ONE, TWO, M = number(1), number(2), size("m")

LINES = [
    (b.gradient(L, W), "∂L/∂W⁽²⁾"),
    (mul(mul(matmul(W.T, D), A1), sub(ONE, A1)), "(W⁽²⁾ᵀ δ⁽²⁾) ⊙ a⁽¹⁾ ⊙ (1 − a⁽¹⁾)"),
    (mul(b.div(ONE, M), matmul(sub(A2, Y), A1.T)), "(1/m) (a⁽²⁾ − y) a⁽¹⁾ᵀ"),
    (b.div(sub(A2, Y), mul(A2, sub(ONE, A2))), "(a⁽²⁾ − y) / (a⁽²⁾ ⊙ (1 − a⁽²⁾))"),
    (b.add(matmul(W, A1), b.broadcast(B, ("n2", "m"))), "W⁽²⁾ a⁽¹⁾ + b⁽²⁾"),
    (b.broadcast(B, ("n2", "m")), "b⁽²⁾ 𝟏ᵀ"),
    (b.total(D, "columns"), "Σₛ δ⁽²⁾[:, s]"),
    (b.total(b.power(sub(A2, Y), TWO)), "Σⱼₛ (a⁽²⁾ⱼₛ − yⱼₛ)²"),
    (make("index_sum", (sub(a, t),), ("s", "m")), "Σₛ (a⁽²⁾ⱼₛ − yⱼₛ)"),
    (neg(mul(t, unary("log", a))), "−yⱼₛ log a⁽²⁾ⱼₛ"),
    (mul(unary("log", x), y), "log(x) y"),
    (mul(b.derivative(L, a), b.derivative(a, t)), "∂L/∂a⁽²⁾ⱼₛ · ∂a⁽²⁾ⱼₛ/∂yⱼₛ"),
    (matmul(b.gradient(L, A2), A1.T), "(∂L/∂a⁽²⁾) a⁽¹⁾ᵀ"),
    (b.derivative(sub(ONE, x), x), "∂/∂x (1 − x)"),
    (mul(b.derivative(unary("log", x), x), y), "∂/∂x (log x) · y"),
    (make("path", (L, x, y)), "∂L/∂x · ∂x/∂y"),
    (unary("exp", z), "e^z"),
    (unary("exp", neg(z)), "exp(−z)"),
    (b.div(ONE, b.add(ONE, unary("exp", neg(z)))), "1 / (1 + exp(−z))"),
    (b.div(b.div(x, y), z), "(x/y) / z"),
    (b.div(x, mul(y, z)), "x / (y z)"),
    (b.power(x, TWO), "x²"),
    (b.power(x, number(-1)), "x⁻¹"),
    (b.power(x, y), "x^y"),
    (b.power(x, number("1/3")), "x^(1/3)"),
    (b.power(a, TWO), "(a⁽²⁾ⱼₛ)²"),
    (mul(unary("sqrt", x), y), "√(x) y"),
    (unary("sigmoid", z), "σ(z)"),
    (unary("relu", z), "ReLU(z)"),
    (make("sqnorm", (W,), "all"), "‖W⁽²⁾‖²"),
    (make("where", (z, number(0), z, x)), "{z : z > 0; x : z ≤ 0}"),
    (unary("step", z), "[z > 0]"),
    (Expr("kronecker", (), ("j", "k")), "[j = k]"),
    (make("stack", (B, B), "rows"), "[b⁽²⁾; b⁽²⁾]"),
    (make("block", (B,), ("rows", ("n0",), "n1")), "b⁽²⁾[n₀ + 1 : n₀ + n₁]"),
    (unary("abs", unary("abs", x)), "abs(|x|)"),
    (number("1e-8"), "1e-8"),
    (mul(TWO, number(3)), "2 · 3"),
    (mul(TWO, number("1/3")), "2 (1/3)"),
]


@pytest.mark.parametrize(("expr", "expected"), LINES, ids=[line for _, line in LINES])
def test_a_formula_reads_well_in_a_terminal(expr: Expr, expected: str) -> None:
    assert text(expr) == expected


@pytest.mark.parametrize("op", OPS)
def test_every_operation_has_a_rule(op: str) -> None:
    assert op in TEXT


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"\mathbf{W}^{[2]}", "W[2]"),
        (r"\hat{y}", "ŷ"),
        (r"\hat{\mathbf{y}}^{(1)}", "ŷ⁽¹⁾"),
        (r"\bar{x}_{t-1}", "x̄ₜ₋₁"),
        (r"\theta_1", "θ₁"),
        (r"\varepsilon", "ε"),
        ("W^{l}", "Wˡ"),
        ("a^{(L)}", "a⁽ᴸ⁾"),
        ("W_{hy}", "W_hy"),
        ("W_{xh}", "Wₓₕ"),
        (r"h_{\text{out}}", "hₒᵤₜ"),
        (r"\mathcal{L}", "ℒ"),
        (r"\text{loss}", "loss"),
        ("y'", "y′"),
        ("L(x)", "L(x)"),
        ("z^{(q)}", "z^(q)"),
    ],
)
def test_names_are_turned_into_unicode(written: str, expected: str) -> None:
    assert text(b.name(Name("q", latex=written), ("n", "m"))) == expected


def test_spaces_of_words_are_kept_and_others_dropped() -> None:
    assert unicode(r"\text{the loss}") == "the loss"
    assert unicode(r"\mathbf W \, x") == "Wx"


def test_scripts_that_cannot_be_stacked_get_brackets() -> None:
    why = named("W", "W_{hy}", ("n", "k"), sub="hy")
    assert text(entry(why, "j", "k")) == "(W_hy)ⱼₖ"
    assert text(why.T) == "(W_hy)ᵀ"
    assert text(entry(A2, "j", "q")) == "a⁽²⁾_jq"
    assert text(entry(A2, "j+1", "s")) == "a⁽²⁾[j+1, s]"
    assert text(named("V", r"\mathbf{V}^{[2]}", ("n", "k"), layer="2").T) == "V[2]ᵀ"


def test_without_indices_an_entry_prints_as_its_matrix() -> None:
    expr = neg(mul(t, unary("log", sub(ONE, a))))
    assert text(expr, indices=False) == "−y log(1 − a⁽²⁾)"


def test_segments_tell_what_is_in_focus() -> None:
    expr = mul(sub(A2, Y), A2)
    assert segments(expr, focus=sub(A2, Y)) == [
        ("(", False),
        ("a⁽²⁾ − y", True),
        (") ⊙ a⁽²⁾", False),
    ]
    assert segments(entry(W, "j", "k"), focus=W) == [("W⁽²⁾", True), ("ⱼₖ", False)]
    assert segments(expr, focus=expr) == [(text(expr), True)]
    both = (A2, sub(A2, Y))
    assert "".join(s for s, _ in segments(expr, focus=both)) == text(expr)
    assert segments(sub(x, y)) == [("x − y", False)]


def typed(plain: str, shape: tuple[str | int, str | int], layer: str = "") -> Expr:
    return b.name(Name(plain.rstrip("0123456789"), layer=layer, latex=plain), shape)


def test_plain_notes_keep_their_own_characters() -> None:
    spelling = Spelling(ascii=True)
    w, h = typed("Wt2", ("n2", "n1"), "2"), typed("h1", ("n1", "m"), "1")
    d, hat = typed("dz2", ("n2", "m"), "2"), typed("y_hat", ("n2", "m"))
    back = mul(matmul(w.T, d), mul(h, sub(ONE, h)))
    assert text(back, spelling) == "Wt2.T @ dz2 * h1 * (1 - h1)"
    assert text(mul(b.div(ONE, M), matmul(sub(d, hat), h.T)), spelling) == (
        "(1/m) * (dz2 - y_hat) @ h1.T"
    )
    assert text(mul(d, matmul(w, h)), spelling) == "dz2 * (Wt2 @ h1)"
    assert text(b.power(sub(d, hat), TWO), spelling) == "(dz2 - y_hat)**2"
    assert text(unary("sigmoid", h), spelling) == "sigmoid(h1)"
    assert text(entry(h, "j", "s"), spelling) == "h1[j, s]"


def test_deep_formulas_are_printed() -> None:
    nested = x
    for _ in range(2000):
        nested = unary("tanh", mul(TWO, b.add(ONE, nested)))
    assert text(nested).count("tanh") == 2000
    long = x
    for i in range(5000):
        long = sub(long, mul(y, number(i)))
    assert text(long).count("−") == 5000


@given(scalars())
def test_brackets_of_formulas_are_right(expr: Expr) -> None:
    names = {line: value for _, line, value in SCALARS.values()}
    want = meaning(expr, {e: value for e, (_, _, value) in SCALARS.items()})
    assert Reader(text(expr), names, latex=False).value() == want


@given(matrices())
def test_brackets_of_matrix_formulas_are_right(expr: Expr) -> None:
    names = {line: value for _, line, value in MATRICES.values()}
    want = meaning(expr, {e: value for e, (_, _, value) in MATRICES.items()})
    printed = text(expr)
    assume("𝟏" not in printed)
    assert (Reader(printed, names, latex=False).value() == want).all()


class Number:
    """A value that Python's own operators work on."""

    def __init__(self, value: Value) -> None:
        self.value = value

    @property
    def T(self) -> Number:
        return Number(self.value.T)

    def __add__(self, other: object) -> Number:
        return Number(mod(self.value + plain(other)))

    def __sub__(self, other: object) -> Number:
        return Number(mod(self.value - plain(other)))

    def __neg__(self) -> Number:
        return Number(mod(-self.value))

    def __mul__(self, other: object) -> Number:
        return Number(mod(self.value * plain(other)))

    def __matmul__(self, other: object) -> Number:
        return Number(mod(self.value @ plain(other)))

    def __truediv__(self, other: object) -> Number:
        return Number(mod(self.value * inverse(plain(other))))


def plain(x: object) -> Value:
    return x.value if isinstance(x, Number) else exact(x)  # type: ignore[arg-type]


@given(matrices())
def test_plain_formulas_are_python(expr: Expr) -> None:
    """With `*` for entries and `@` for matrices, the line can be pasted into a program and run."""
    values = {e: value for e, (_, _, value) in MATRICES.items()}
    want = meaning(expr, values)
    letters = {e: b.name(f"t_{e.attr.base}", e.shape) for e in values}
    line = text(substitute(expr, letters), Spelling(ascii=True))
    assume("ones" not in line)
    scope: dict[str, object] = {letters[e].attr.base: Number(value) for e, value in values.items()}
    for op in ("log", "exp", "sigmoid"):
        scope[op] = lambda v, op=op: Number(scramble(op, v.value))
    found = eval(line, {}, scope)
    assert (found.value == want).all()
