"""The evaluator against NumPy in float64, against mpmath with 50 digits, and by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from backproof.errors import BackproofError
from backproof.expr.build import (
    ONE,
    ZERO,
    Function,
    add,
    broadcast,
    derivative,
    div,
    entry,
    gradient,
    identity,
    index_sum,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    path,
    power,
    size,
    total,
    unary,
)
from backproof.expr.evaluate import has_indices
from backproof.expr.node import Expr
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import FLOAT, DomainError, many_digits
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate, free_names

mp = mpmath.MPContext()
mp.dps = 50

A, B, S = name("A", ("n", "m")), name("B", ("n", "m")), name("S", ("n", "n"))
Z, BETA = name("z", SCALAR), name("beta", SCALAR)
SWISH = Function("swish", "s", (Z, BETA), mul(Z, unary("sigmoid", mul(BETA, Z))))
FLAT = Function("flat", "f", (Z, BETA), unary("sin", BETA))

random = np.random.default_rng(0)
POINT = {
    "A": random.uniform(0.2, 0.9, (3, 4)),
    "B": random.uniform(0.2, 0.9, (3, 4)),
    "S": random.uniform(-1, 1, (3, 3)),
    "beta": 0.75,
}

# What each function is, said once in NumPy and once in mpmath.
UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "let": (lambda x: x, lambda x: x),
    "neg": (np.negative, lambda x: -x),
    "exp": (np.exp, mp.exp),
    "log": (np.log, mp.log),
    "sqrt": (np.sqrt, mp.sqrt),
    "abs": (np.abs, abs),
    "sign": (np.sign, mp.sign),
    "step": (lambda x: np.heaviside(x, 0.0), lambda x: mp.mpf(x > 0)),
    "sin": (np.sin, mp.sin),
    "cos": (np.cos, mp.cos),
    "tan": (np.tan, mp.tan),
    "sinh": (np.sinh, mp.sinh),
    "cosh": (np.cosh, mp.cosh),
    "tanh": (np.tanh, mp.tanh),
    "sigmoid": (lambda x: 0.5 * (1 + np.tanh(x / 2)), lambda x: 1 / (1 + mp.exp(-x))),
    "relu": (lambda x: np.maximum(x, 0), lambda x: max(x, mp.mpf(0))),
    "softplus": (lambda x: np.logaddexp(x, 0), lambda x: mp.log1p(mp.exp(x))),
    "erf": (np.vectorize(math.erf), mp.erf),
    "log1p": (np.log1p, mp.log1p),
    "expm1": (np.expm1, mp.expm1),
    "log1mexp": (lambda x: np.log(-np.expm1(x)), lambda x: mp.log(-mp.expm1(x))),
}
BINARY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (np.add, lambda x, y: x + y),
    "sub": (np.subtract, lambda x, y: x - y),
    "mul": (np.multiply, lambda x, y: x * y),
    "div": (np.divide, lambda x, y: x / y),
    "pow": (np.power, lambda x, y: x**y),
    "max": (np.maximum, max),
    "min": (np.minimum, min),
}


def softmax(x: Any, axis: int | None) -> Any:
    e = np.exp(x)
    return e / e.sum(axis, keepdims=True)


def mask(x: Any, axis: int | None) -> Any:
    return (x == x.max(axis, keepdims=True)).astype(float)


AXES = {"rows": 0, "columns": 1, "all": None}
ALONG: dict[str, Callable[[Any, int | None], Any]] = {
    "sum": lambda x, axis: x.sum(axis, keepdims=True),
    "sqnorm": lambda x, axis: (x**2).sum(axis, keepdims=True),
    "norm": lambda x, axis: np.sqrt((x**2).sum(axis, keepdims=True)),
    "logsumexp": lambda x, axis: np.log(np.exp(x).sum(axis, keepdims=True)),
    "amax": lambda x, axis: x.max(axis, keepdims=True),
    "softmax": softmax,
    "log_softmax": lambda x, axis: np.log(softmax(x, axis)),
    "argmax_mask": mask,
}
a, b, s = POINT["A"], POINT["B"], POINT["S"]
OTHERS: list[tuple[Expr, Any]] = [
    (A, a),
    (number("-0.1"), -0.1),
    (Expr("constant", (), "pi"), np.pi),
    (Expr("constant", (), "e"), np.e),
    (size("m", A), 4),
    (add(identity("n"), S), np.eye(3) + s),
    (make("where", (A, B, A, neg(B))), np.where(a > b, a, -b)),
    (make("call", (A, broadcast(BETA, A.shape)), SWISH), a / (1 + np.exp(-0.75 * a))),
    (make("call", (A, broadcast(BETA, A.shape)), FLAT), np.full((3, 4), np.sin(0.75))),
    (matmul(A, B.T), a @ b.T),
    (A.T, a.T),
    (add(A, total(A, "rows")), a + a.sum(0)),
    (add(A, total(A, "columns")), a + a.sum(1, keepdims=True)),
    (add(A, BETA), a + 0.75),
    (make("trace", (matmul(A, B.T),)), np.trace(a @ b.T)),
    (make("stack", (A, S, B), "columns"), np.hstack([a, s, b])),
    (make("stack", (A, B), "rows"), np.vstack([a, b])),
    (make("block", (make("stack", (A, S, B), "columns"),), ("columns", ("m",), "n")), s),
    (make("block", (make("stack", (A, B), "rows"),), ("rows", ("n",), 2)), b[:2]),
    (mul(make("sized", (broadcast(ONE, ("n", 1)), A)), A), a),
]
HERE = {"matmul", "transpose", "broadcast", "trace", "stack", "block", "sized", "where", "call"}
LEAVES = {"name", "number", "constant", "size", "identity"}
ENTRIES = {"entry", "index_sum", "kronecker", "derivative", "gradient", "path"}


def test_nothing_is_left_out() -> None:
    assert set(OPS) == {*UNARY, *BINARY, *ALONG, *HERE, *LEAVES, *ENTRIES}


@pytest.mark.parametrize("op", UNARY)
def test_functions_of_one_argument(op: str) -> None:
    x = -a if op == "log1mexp" else a
    e = let("t", A) if op == "let" else unary(op, A)
    ours = evaluate(e, {"A": x})
    np.testing.assert_allclose(ours, UNARY[op][0](x), rtol=1e-14)
    many = evaluate(e, {"A": x}, digits=50)
    for i, row in enumerate(many):
        for j, value in enumerate(row):
            assert mp.almosteq(value, UNARY[op][1](mp.mpf(float(x[i, j]))), 1e-47)


@pytest.mark.parametrize("op", BINARY)
def test_functions_of_two_arguments(op: str) -> None:
    e = make(op, (A, B))
    np.testing.assert_allclose(evaluate(e, POINT), BINARY[op][0](a, b), rtol=1e-14)
    many = evaluate(e, POINT, digits=50)
    for i, row in enumerate(many):
        for j, value in enumerate(row):
            assert mp.almosteq(
                value, BINARY[op][1](mp.mpf(float(a[i, j])), mp.mpf(float(b[i, j]))), 1e-47
            )


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("op", ALONG)
def test_what_runs_along_an_axis(op: str, axis: str) -> None:
    e = make(op, (A,), axis)
    expected = ALONG[op](a, AXES[axis])
    ours = np.asarray(evaluate(e, POINT))
    assert ours.shape == (expected.shape if e.shape != SCALAR else ())
    np.testing.assert_allclose(ours, expected.reshape(ours.shape), rtol=1e-13)
    many = np.asarray(evaluate(e, POINT, digits=50))
    assert float(np.abs(many.astype(float) - expected.reshape(many.shape)).max()) < 1e-14


@pytest.mark.parametrize("op", ["sum", "logsumexp", "softmax", "log_softmax", "norm"])
@pytest.mark.parametrize(
    ("shape", "size"), [(("n", 1), (3, 1)), ((1, "m"), (1, 4)), (SCALAR, (1, 1))]
)
def test_vectors_along_either_axis(op: str, shape: Any, size: Any) -> None:
    x = random.uniform(-1, 1, size)
    for axis, number_of_axis in AXES.items():
        ours = evaluate(make(op, (name("x", shape),), axis), {"x": x})
        expected = ALONG[op](x, number_of_axis)
        np.testing.assert_allclose(
            np.asarray(ours).reshape(expected.shape), expected, rtol=1e-13, atol=1e-15
        )


@pytest.mark.parametrize(("e", "expected"), OTHERS)
def test_the_others(e: Expr, expected: Any) -> None:
    ours = evaluate(e, POINT)
    np.testing.assert_allclose(ours, expected, rtol=1e-14)
    assert np.shape(ours) == np.shape(expected)
    many = np.asarray(evaluate(e, POINT, digits=50))
    assert float(np.abs(many.astype(float) - expected).max()) < 1e-14


def test_the_largest_entry_is_marked_once_even_if_there_are_two() -> None:
    e = make("argmax_mask", (name("x", (1, "m")),), "columns")
    assert evaluate(e, {"x": [2, 5, 5, 1]}) == [[0, 1, 0, 0]]


def test_a_mask_divided_by_its_size_has_all_its_digits() -> None:
    ones = make("argmax_mask", (A,), "rows")
    third = evaluate(
        div(entry(ones, 1, 1), total(add(ones, ONE))), {"A": [[2.0], [1.0]]}, digits=50
    )
    assert mp.almosteq(third, mp.mpf(1) / 3, 1e-48)


# Formulas of single entries -----------------------------------------------------------------

z = let("Z", matmul(S, A))
AT = {"i": 2, "j": 3, "k": 1, "s": 4}
SINGLE: list[tuple[Expr, Any]] = [
    (entry(A, "i", "s"), a[1, 3]),
    (entry(A, 1, 2), a[0, 1]),
    (entry(total(A, "rows"), "i", "s"), a.sum(0)[3]),
    (entry(BETA, "i", "s"), 0.75),
    (index_sum(mul(entry(S, "i", "l"), entry(A, "l", "s")), "l", "n"), (s @ a)[1, 3]),
    (index_sum(index_sum(entry(A, "i", "s"), "s", "m"), "i", "n"), a.sum()),
    (make("kronecker", (), ("i", "j")), 0),
    (make("kronecker", (), ("i", 2)), 1),
    (index_sum(mul(make("kronecker", (), ("l", "j")), entry(A, "l", "s")), "l", "n"), a[2, 3]),
    (derivative(entry(z, "i", "s"), entry(S, "i", "k")), a[0, 3]),
    (derivative(entry(z, "i", "s"), entry(S, "j", "k")), 0),
    (derivative(entry(z, "i", "s"), entry(A, "j", "s")), s[1, 2]),
    (derivative(power(entry(A, "i", "s"), number(3)), entry(A, "i", "s")), 3 * a[1, 3] ** 2),
    (derivative(mul(BETA, entry(A, "i", "s")), BETA), a[1, 3]),
    (mul(entry(A, "i", "s"), derivative(BETA, entry(A, "i", "s"))), 0),
    (make("call", (entry(A, "i", "s"), BETA), SWISH), a[1, 3] / (1 + np.exp(-0.75 * a[1, 3]))),
    (entry(gradient(total(mul(A, A)), A), "i", "s"), 2 * a[1, 3]),
]


@pytest.mark.parametrize(("e", "expected"), SINGLE)
def test_formulas_of_single_entries(e: Expr, expected: float) -> None:
    assert evaluate(e, POINT, at=AT) == pytest.approx(expected, rel=1e-14, abs=0)
    assert float(evaluate(e, POINT, at=AT, digits=50)) == pytest.approx(expected, rel=1e-14, abs=0)


def test_an_index_of_a_sum_hides_the_one_outside() -> None:
    inner = index_sum(entry(A, "i", "s"), "i", "n")
    e = mul(entry(A, "i", "s"), inner)
    assert evaluate(e, POINT, at=AT) == pytest.approx(a[1, 3] * a[:, 3].sum())


def test_what_has_indices_is_known() -> None:
    assert has_indices(entry(A, "i", "s"))
    assert has_indices(add(ONE, index_sum(entry(A, "i", "s"), "i", "n")))
    assert not has_indices(total(A))
    assert not has_indices(let("q", total(A)))
    assert not has_indices(gradient(total(A), A))


def test_a_missing_index_is_an_error_that_says_so() -> None:
    with pytest.raises(BackproofError, match="what s is"):
        evaluate(entry(A, "i", "s"), POINT, at={"i": 1})


# A network, and far ends of the functions ---------------------------------------------------


def test_hidden_quantities_are_worked_out_and_only_free_names_are_asked_for() -> None:
    w, x = name("W", ("n", "k")), name("x", ("k", 1))
    h = let("h", unary("tanh", let("z", matmul(w, x))))
    assert free_names(h) == [w, x]
    value = evaluate(h, {"W": [[1, 2], [3, 4]], "x": [1, 2], "h": "ignored"})
    np.testing.assert_allclose(value, np.tanh([[5], [11]]))


def test_a_path_is_the_part_through_one_quantity() -> None:
    x = name("x", SCALAR)
    u = let("u", power(x, number(2)))
    v = let("v", mul(x, u))
    loss = let("L", add(mul(u, v), x))  # u v + x with v = x u: dL/du through L alone is v
    at = {"x": 3.0}
    assert evaluate(path(loss, v, u), at) == pytest.approx(9 * 3)  # dL/dv * dv/du
    assert evaluate(path(loss, loss, u), at) == pytest.approx(27)
    assert evaluate(gradient(loss, u), at) == pytest.approx(27 + 27)
    assert evaluate(path(loss, u, x), at) == pytest.approx(54 * 6)
    assert evaluate(gradient(loss, x), at) == pytest.approx(5 * 3**4 + 1)


@pytest.mark.parametrize(
    ("op", "x", "expected"),
    [
        ("exp", 1000.0, math.inf), ("exp", -1000.0, 0.0), ("expm1", 1000.0, math.inf),
        ("sigmoid", -1000.0, 0.0), ("sigmoid", 1000.0, 1.0), ("softplus", 1000.0, 1000.0),
        ("softplus", -1000.0, 0.0), ("sinh", 1000.0, math.inf), ("sinh", -1000.0, -math.inf),
        ("cosh", -1000.0, math.inf), ("log", 0.0, -math.inf), ("log", -1.0, math.nan),
        ("log1p", -1.0, -math.inf), ("log1p", -2.0, math.nan), ("sqrt", -1.0, math.nan),
        ("log1mexp", 0.0, -math.inf), ("log1mexp", 1.0, math.nan), ("log1mexp", -1000.0, 0.0),
        ("log1mexp", -1e-300, math.log(1e-300)), ("sin", math.inf, math.nan),
        ("cos", -math.inf, math.nan), ("tan", math.inf, math.nan),
        ("relu", -0.0, 0.0), ("step", 0.0, 0.0), ("sign", 0.0, 0.0), ("tanh", 1000.0, 1.0),
    ],
)  # fmt: skip
def test_float64_at_the_ends_says_what_numpy_says(op: str, x: float, expected: float) -> None:
    assert evaluate(unary(op, Z), {"z": x}) == pytest.approx(expected, nan_ok=True)
    if op not in ("step", "sign"):
        assert math.isnan(evaluate(unary(op, Z), {"z": math.nan}))


@pytest.mark.parametrize(
    ("op", "x", "y", "expected"),
    [
        ("div", 1.0, 0.0, math.inf), ("div", -1.0, 0.0, -math.inf), ("div", 0.0, 0.0, math.nan),
        ("pow", 0.0, -1.0, math.inf), ("pow", -8.0, 1 / 3, math.nan), ("pow", 0.0, 0.0, 1.0),
        ("pow", -1e200, 3.0, -math.inf), ("pow", -1e200, 2.0, math.inf), ("pow", -2.0, 3.0, -8.0),
    ],
)  # fmt: skip
def test_float64_beyond_the_domain(op: str, x: float, y: float, expected: float) -> None:
    value = evaluate(make(op, (Z, BETA)), {"z": x, "beta": y})
    assert value == pytest.approx(expected, nan_ok=True)


def test_a_product_of_infinities_is_no_traceback() -> None:
    e = matmul(name("x", (1, "n")), name("y", ("n", 1)))
    assert math.isnan(evaluate(e, {"x": [math.inf, -math.inf], "y": [1, 1]}))
    assert evaluate(e, {"x": [1e308, 1e308], "y": [10, 10]}) == math.inf
    assert evaluate(e, {"x": [1e16, 1, -1e16], "y": [1, 1, 1]}) == 1.0


@pytest.mark.parametrize(
    ("op", "x"),
    [("log", -1), ("log", 0), ("sqrt", -1), ("log1p", -1), ("log1mexp", 0), ("log1mexp", 2)],
)
def test_many_digits_outside_the_domain_is_an_error(op: str, x: int) -> None:
    with pytest.raises(DomainError, match=op):
        many_digits(30).table[op](many_digits(30).number(Fraction(x)))
    with pytest.raises(BackproofError, match=op):
        evaluate(unary(op, Z), {"z": x}, digits=30)


def test_many_digits_for_division_and_powers_outside_the_domain() -> None:
    table, make_number = many_digits(30).table, many_digits(30).number
    minus, zero, half = (make_number(Fraction(x)) for x in ("-1", "0", "1/2"))
    for op, x, y in [("div", minus, zero), ("pow", minus, half), ("pow", zero, minus)]:
        with pytest.raises(DomainError):
            table[op](x, y)
    assert table["pow"](minus, minus) == -1
    assert table["pow"](zero, zero) == 1


@pytest.mark.parametrize("op", ["softplus", "expm1", "log1p", "log1mexp", "sigmoid"])
@pytest.mark.parametrize("x", ["-1e-40", "-0.5", "-300"])
def test_many_digits_are_digits_of_the_value_and_not_of_the_terms(op: str, x: str) -> None:
    if op == "log1p" and x == "-300":
        return
    fine = mpmath.MPContext()
    fine.dps = 400
    expected = {
        "softplus": lambda t: fine.log(1 + fine.exp(t)),
        "expm1": lambda t: fine.exp(t) - 1,
        "log1p": lambda t: fine.log(1 + t),
        "log1mexp": lambda t: fine.log(1 - fine.exp(t)),
        "sigmoid": lambda t: 1 / (1 + fine.exp(-t)),
    }[op](fine.mpf(Fraction(x).numerator) / Fraction(x).denominator)
    ours = evaluate(unary(op, Z), {"z": Fraction(x)}, digits=50)
    assert fine.almosteq(expected, ours, 1e-48)


def test_both_tables_of_scalar_functions_are_whole_and_alike() -> None:
    functions = {op for op, row in OPS.items() if row.kind == "elementwise"} - {"call"}
    assert set(FLOAT.table) == functions
    assert set(many_digits(20).table) == functions


def test_the_answer_is_what_the_values_were() -> None:
    assert isinstance(evaluate(A, {"A": [[1, 2]]}), list)
    assert isinstance(evaluate(A, {"A": np.ones((1, 2))}), np.ndarray)
    assert isinstance(evaluate(total(A), {"A": np.ones((1, 2))}), float)
    assert evaluate(ZERO, {}) == 0.0
