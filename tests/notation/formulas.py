"""Random formulas for the printers, with a value for each name in them."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from backproof.expr import build as b
from backproof.expr.name import Name
from backproof.expr.node import Expr
from backproof.expr.ops import make
from backproof.expr.shape import SCALAR, Shape

from .calculator import P, Value


def named(base: str, latex: str, shape: Shape, layer: str = "", sub: str = "") -> Expr:
    return b.name(Name(base, layer=layer, sub=sub, latex=latex), shape)


X = named("x", "x", SCALAR)
A2 = b.entry(named("a", "a^{(2)}", ("n", "m"), layer="2"), "j", "s")
LEAVES = (
    X,
    named("theta", r"\theta_{1}", SCALAR, layer="1"),
    named("c", "c^{[1]}", SCALAR, layer="1"),
    A2,
    b.entry(named("u", "u", ("n", "m")), "j", "s"),
    b.entry(named("W", "W_{xh}", ("n", "n"), sub="xh"), "j", "k"),
    *(b.number(Fraction(v)) for v in ("2", "1", "1/2", "-3", "0.01", "-2/3")),
)
_rng = random.Random(7)
#: What the names print as, in LaTeX and in text, and what they are worth.
SCALARS: dict[Expr, tuple[str, str, Value]] = {
    e: (latex, text, _rng.randrange(1, P))
    for e, latex, text in zip(
        LEAVES,
        ("x", r"\theta_{1}", "c^{[1]}", "a^{(2)}_{js}", "u_{js}", "(W_{xh})_{jk}"),
        ("x", "θ₁", "c[1]", "a⁽²⁾ⱼₛ", "uⱼₛ", "(Wₓₕ)ⱼₖ"),
        strict=False,
    )
}

UNARY = ["neg", "exp", "log", "sqrt", "abs", "sigmoid", "tanh", "relu"]
BINARY = ["add", "sub", "mul", "div", "pow", "max"]


@st.composite
def scalars(draw: st.DrawFn, depth: int = 5) -> Expr:
    """A formula of single entries: arithmetic, functions, sums over samples, derivatives by x."""
    kind = draw(
        st.sampled_from(["leaf", "unary", "binary", "binary", "power", "sum", "derivative"])
    )
    if kind == "leaf" or depth == 0:
        return draw(st.sampled_from(LEAVES))
    inside = draw(scalars(depth - 1))
    if kind == "unary":
        return make(draw(st.sampled_from(UNARY)), (inside,))
    if kind == "binary":
        return make(draw(st.sampled_from(BINARY)), (inside, draw(scalars(depth - 1))))
    if kind == "power":
        return b.power(inside, b.number(draw(st.sampled_from([2, -1]))))
    if kind == "sum":
        return make("index_sum", (inside,), ("s", "m"))
    of = draw(
        st.sampled_from([make("log", (inside,)), make("sigmoid", (inside,)), b.sub(X, inside)])
    )
    return b.derivative(of, X)


_MATRICES: tuple[tuple[str, str, Shape], ...] = (
    ("W", "W^{(1)}", ("n", "n")),
    ("V", "V", ("n", "m")),
    ("d", r"\delta^{(2)}", ("n", "m")),
    ("b", "b", ("n", 1)),
    ("r", "r", (1, "m")),
    ("g", "g", (1, 1)),
)
_SIZES = {"n": 2, "m": 3}


def _array(shape: Shape) -> Value:
    if shape == SCALAR:
        return _rng.randrange(1, P)
    rows, columns = (d if isinstance(d, int) else _SIZES[d] for d in shape)
    return np.array([[_rng.randrange(1, P) for _ in range(columns)] for _ in range(rows)], object)


NAMES = [named(base, latex, shape) for base, latex, shape in _MATRICES]
MATRICES: dict[Expr, tuple[str, str, Value]] = {
    e: (e.attr.written, text, _array(e.shape))
    for e, text in zip(NAMES, ("W⁽¹⁾", "V", "δ⁽²⁾", "b", "r", "g"), strict=True)
}


@st.composite
def matrices(draw: st.DrawFn, shape: Shape = ("n", "m"), depth: int = 4) -> Expr:
    """A formula of this shape, over matrix products, Hadamard products and repeated vectors."""
    leaves = [e for e in NAMES if e.shape == shape]
    turned = [e.T for e in NAMES if e.shape == (shape[1], shape[0]) and shape != SCALAR]
    if depth == 0 and (leaves or turned):
        return draw(st.sampled_from(leaves + turned))

    def smaller(wanted: Shape = shape) -> Expr:
        return draw(matrices(wanted, depth - 1 if depth > 0 else 0))

    kind = draw(st.sampled_from(["leaf", "unary", "binary", "binary", "matmul", "matmul", "turn"]))
    if kind == "unary":
        return make(draw(st.sampled_from(["neg", "log", "sigmoid", "exp"])), (smaller(),))
    if kind == "turn" and shape != SCALAR:
        return smaller((shape[1], shape[0])).T
    if kind == "matmul" and shape != SCALAR:
        between = draw(st.sampled_from(["n", "m"]))
        return b.matmul(smaller((shape[0], between)), smaller((between, shape[1])))
    if kind == "leaf" and (leaves or turned):
        return draw(st.sampled_from(leaves + turned))
    op = draw(st.sampled_from(["add", "sub", "mul", "mul", "div"]))
    thin = [SCALAR, *([(shape[0], 1), (1, shape[1])] if 1 not in shape else [])]
    one, two = smaller(), smaller(draw(st.sampled_from([shape, *thin])))
    pair = (one, two) if draw(st.booleans()) else (two, one)
    return b.elementwise(op, *pair)
