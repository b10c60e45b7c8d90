"""Forward mode against JAX's reverse mode: every operation that can be differentiated, by every
argument, as a gradient, as a derivative of single entries and as a path."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.expr.build import (
    ONE,
    Function,
    add,
    broadcast,
    derivative,
    div,
    elementwise,
    entry,
    gradient,
    index_sum,
    let,
    matmul,
    mul,
    name,
    number,
    path,
    power,
    sub,
    total,
    unary,
)
from backproof.expr.dual import Dual, duals, number_of, rate_of
from backproof.expr.evaluate import Evaluator
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import FLOAT
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate

from .jaxed import gradient_of, jacobian_of, worth

SIZES = {"n": 3, "m": 4}
A, B = name("A", ("n", "m")), name("B", ("n", "m"))
P, Q = name("P", ("n", "m")), name("Q", ("n", "m"))
S, C, COLUMN = name("S", ("n", "n")), name("C", ("n", "m")), name("b", ("n", 1))
Z, BETA = name("z", SCALAR), name("beta", SCALAR)
SWISH = Function("swish", "s", (Z, BETA), mul(Z, unary("sigmoid", mul(BETA, Z))))

random = np.random.default_rng(1)
PLAIN: dict[str, Any] = {
    **{k: random.uniform(0.2, 0.9, (3, 4)) for k in "ABPQC"},
    "S": random.uniform(-1, 1, (3, 3)),
    "b": random.uniform(-1, 1, (3, 1)),
    "x": 0.7,
    "y": -1.3,
}

# Operations whose arguments are no matrices of one shape. The others are called with A (and B).
CALLS: dict[str, list[Expr]] = {
    "let": [let("t", A)],
    "log1mexp": [unary("log1mexp", sub(A, ONE))],
    "where": [make("where", (A, B, P, Q))],
    "call": [make("call", (A, B), SWISH)],
    "matmul": [matmul(S, A), matmul(A.T, B), matmul(A, A.T), matmul(S, COLUMN)],
    "transpose": [A.T],
    "broadcast": [make("sized", (broadcast(e, ("n", "m")), A)) for e in (COLUMN, Z)],
    "trace": [make("trace", (matmul(S, S),)), make("trace", (S,))],
    "stack": [make("stack", (A, B, A), "rows"), make("stack", (A, S, B), "columns")],
    "block": [
        make("block", (A,), ("rows", (1,), 2)),
        make("block", (A.T,), ("rows", (), 3)),
        make("block", (A,), ("columns", (2, 1), 1)),
    ],
    "sized": [make("sized", (A, S))],
    "gradient": [gradient(total(power(matmul(S, A), number(3))), A)],
    "path": [path(total(power(matmul(S, A), number(3))), matmul(S, A), A)],
    **{
        op: [make(op, (A,), axis) for axis in ("rows", "columns", "all")]
        for op in (
            "sum",
            "sqnorm",
            "norm",
            "logsumexp",
            "softmax",
            "log_softmax",
            "amax",
            "argmax_mask",
        )
    },
}
# These have no derivative to compare, and why.
CONSTANT = {"number", "constant", "size", "identity", "kronecker"}
TESTED_BELOW = {"name", "entry", "index_sum", "derivative"}


def cases() -> list[Any]:
    found = []
    for op, row in OPS.items():
        if op in CONSTANT or op in TESTED_BELOW:
            continue
        calls = CALLS.get(op)
        if calls is None:
            assert row.kind == "elementwise", f"no case for {op}"
            calls = [make(op, (A, B)[: row.arity])]
        found += [pytest.param(e, id=f"{op}-{i}") for i, e in enumerate(calls)]
    return found


def point(*exprs: Expr) -> dict[Expr, Any]:
    leaves = [e for e in walk(exprs) if e.op == "name"]
    return {e: PLAIN[e.attr.plain] if e is not Z else np.array([[0.4]]) for e in leaves}


def plain(values: dict[Expr, Any]) -> dict[str, Any]:
    return {e.attr.plain: v for e, v in values.items()}


@pytest.mark.parametrize("e", cases())
def test_every_operation_by_every_argument(e: Expr) -> None:
    leaves = [x for x in walk([e]) if x.op == "name"]
    values = point(e)
    value = np.asarray(worth(e, values, SIZES))
    ours = np.asarray(evaluate(e, plain(values)))
    np.testing.assert_allclose(ours.reshape(value.shape), value, rtol=1e-12)
    weights = name("weights", e.shape)
    loss = total(mul(weights, e))
    values[weights] = np.random.default_rng(2).uniform(0.5, 1.5, value.shape)
    moved = 0.0
    for by in leaves:
        ours = np.asarray(evaluate(gradient(loss, by), plain(values)))
        theirs = np.asarray(gradient_of(loss, by, values, SIZES))
        np.testing.assert_allclose(ours.reshape(theirs.shape), theirs, rtol=1e-9, atol=1e-12)
        moved += float(np.abs(theirs).sum())
    constant = e.op in ("sign", "step", "argmax_mask")
    assert (moved == 0) == constant


@pytest.mark.parametrize("e", cases())
def test_every_operation_entry_by_entry(e: Expr) -> None:
    values = point(e)
    by = next(x for x in walk([e]) if x.op == "name")
    jacobian = np.asarray(jacobian_of(e, by, values, SIZES))
    n = jacobian.shape
    for i, s, j, k in [
        (1, 1, 1, 1),
        (n[0], n[1], 1, n[3]),
        (n[0], 1, n[2], 1),
        (1, n[1], n[2], n[3]),
    ]:
        one = derivative(entry(e, "i", "s"), entry(by, "j", "k"))
        ours = evaluate(one, plain(values), at={"i": i, "s": s, "j": j, "k": k})
        assert ours == pytest.approx(jacobian[i - 1, s - 1, j - 1, k - 1], rel=1e-9, abs=1e-12)


def test_a_sum_over_an_index_and_a_derivative_inside_a_formula() -> None:
    values = point(S, A)
    e = index_sum(mul(entry(S, "i", "l"), power(entry(A, "l", "s"), number(2))), "l", "n")
    by = derivative(e, entry(A, "j", "s"))
    at = {"i": 2, "s": 3, "j": 1}
    expected = 2 * PLAIN["S"][1, 0] * PLAIN["A"][0, 2]
    assert evaluate(by, plain(values), at=at) == pytest.approx(expected)
    twice = derivative(by, entry(A, "j", "s"))
    assert evaluate(twice, plain(values), at=at) == pytest.approx(2 * PLAIN["S"][1, 0])
    outside = derivative(mul(by, entry(A, "j", "s")), entry(A, "j", "s"))
    assert evaluate(outside, plain(values), at=at) == pytest.approx(2 * expected)


def test_a_derivative_by_a_hidden_quantity_works_out_again_what_comes_after_it() -> None:
    x = name("x", SCALAR)
    u = let("u", power(x, number(2)))
    v = let("v", unary("sin", u))
    loss = let("L", mul(u, v))
    at = {"x": 0.7}
    t = 0.7**2
    assert evaluate(gradient(loss, u), at) == pytest.approx(np.sin(t) + t * np.cos(t))
    assert evaluate(derivative(loss, v), at) == pytest.approx(t)
    assert evaluate(gradient(loss, loss), at) == 1
    assert evaluate(gradient(v, loss), at) == 0


x, y = name("x", SCALAR), name("y", SCALAR)
F = add(mul(power(x, number(3)), power(y, number(2))), unary("tanh", mul(x, y)))
# The second derivatives of tanh(t) are -2 tanh(t) (1 - tanh(t)^2) times what t gives.
t, u = np.tanh(0.7 * -1.3), 1 - np.tanh(0.7 * -1.3) ** 2


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (x, x, 6 * 0.7 * 1.69 - 2 * t * u * 1.69),
        (x, y, 6 * 0.49 * -1.3 + u - 2 * t * u * 0.7 * -1.3),
        (y, x, 6 * 0.49 * -1.3 + u - 2 * t * u * 0.7 * -1.3),
        (y, y, 2 * 0.343 - 2 * t * u * 0.49),
    ],
)
def test_the_derivative_of_a_derivative_keeps_the_two_apart(
    one: Expr, two: Expr, expected: float
) -> None:
    assert evaluate(gradient(gradient(F, one), two), PLAIN) == pytest.approx(expected)
    assert evaluate(derivative(derivative(F, one), two), PLAIN) == pytest.approx(expected)
    assert float(evaluate(gradient(gradient(F, one), two), PLAIN, digits=50)) == pytest.approx(
        expected
    )


def test_a_rate_of_the_inner_derivative_is_not_taken_for_one_of_the_outer() -> None:
    # d/dx (x d/dy (x + y)) = 1, the well-known test of perturbation confusion.
    assert evaluate(gradient(mul(x, gradient(add(x, y), y)), x), PLAIN) == 1
    assert evaluate(gradient(mul(x, gradient(mul(x, y), y)), x), PLAIN) == pytest.approx(2 * 0.7)


SMOOTH = [op for op in FLOAT.table if OPS[op].arity == 1 and op not in ("sign", "step")]


@pytest.mark.parametrize("op", SMOOTH)
def test_second_derivatives_of_every_function(op: str) -> None:
    inner = mul(number(-1) if op == "log1mexp" else ONE, power(x, number(2)))
    e = mul(y, unary(op, inner) if op != "let" else let("t", inner))
    values = {x: np.array([[0.7]]), y: np.array([[-1.3]])}
    ours = evaluate(gradient(gradient(e, x), x), PLAIN)
    assert ours == pytest.approx(
        float(gradient_of(gradient(e, x), x, values, SIZES)[0, 0]), rel=1e-9
    )


@pytest.mark.parametrize(
    "e", [div(x, y), power(unary("exp", x), y), elementwise("max", mul(x, x), y)]
)
def test_second_derivatives_of_two_arguments(e: Expr) -> None:
    values = {x: np.array([[0.7]]), y: np.array([[-1.3]])}
    for one, two in [(x, x), (x, y), (y, y)]:
        ours = evaluate(gradient(gradient(e, one), two), PLAIN)
        theirs = float(gradient_of(gradient(e, one), two, values, SIZES)[0, 0])
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-15)


def test_rates_at_the_far_ends_are_finite() -> None:
    for op in ("sigmoid", "tanh", "softplus", "expm1"):
        for at, expected in [(-1000.0, 0.0), (1000.0, {"softplus": 1.0}.get(op, 0.0))]:
            if op == "expm1" and at > 0:
                continue
            assert evaluate(gradient(unary(op, x), x), {"x": at}) == expected


def test_dual_arithmetic() -> None:
    a, b = Dual(3.0, 1.0), Dual(2.0, 5.0)
    table = duals(FLOAT).table
    for value, number_expected, rate in [
        (a + b, 5, 6), (a - b, 1, -4), (a * b, 6, 17), (-a, -3, -1), (1 + a, 4, 1), (1 - a, -2, -1),
        (a - 1, 2, 1), (2 * a, 6, 2), (table["div"](a, b), 1.5, (1 - 1.5 * 5) / 2),
        (table["max"](a, b), 3, 1), (table["min"](a, b), 2, 5), (table["where"](a, b, b, a), 2, 5),
        (duals(FLOAT).dot([a, 2.0], [b, b]), 10, 17 + 10),
    ]:  # fmt: skip
        assert (number_of(value), rate_of(value)) == (number_expected, rate)


def test_what_no_seed_reaches_is_not_worked_out_again() -> None:
    w, v = name("w", SCALAR), name("v", SCALAR)
    deep: Expr = w
    for i in range(50):
        deep = let(f"h{i}", unary("tanh", add(deep, ONE)))
    loss = mul(v, deep)
    at = Evaluator(FLOAT, {w: [[0.5]], v: [[2.0]]}, {})
    at.matrix(loss)
    calls = []
    table = dict(FLOAT.table)
    kept = at._apply
    at._apply = lambda e: calls.append(e) or kept(e)  # type: ignore[method-assign]
    assert at.pushed(loss, {v: [[1.0]]})[0][0] == pytest.approx(at.matrix(deep)[0][0])
    assert calls == []
    assert table
