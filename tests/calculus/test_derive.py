"""What a derivation is made of, what may be asked for, and that depth costs no more than it
must."""

from __future__ import annotations

import pickle
import re
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.errors import ModelError, RefusedError
from backproof.expr.build import (
    ONE,
    ZERO,
    add,
    derivative,
    div,
    elementwise,
    entry,
    gradient,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    power,
    size,
    sub,
    total,
    unary,
)
from backproof.expr.evaluate import Evaluator
from backproof.expr.model import Model
from backproof.expr.node import Expr, walk
from backproof.expr.ops import make
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate, free_names

from .claims import assert_unbroken
from .models import TWO, chain, model, two_layer
from .networks import shown


@pytest.fixture(scope="module")
def two() -> Derivation:
    return derive(two_layer())


def written(e: Expr) -> str:
    """An expression with the definitions of its error terms before it; repeated values go without
    saying."""
    lets = [x for x in walk([e]) if x.op == "let" and x.attr.base == "delta"]
    lines = [shown(x) for x in lets if x is not e] + [shown(e)]
    return re.sub(r"broadcast\[[^]]*\]\((1|\(1 / size\[m\]\(X\)\))\)", r"\1", "; ".join(lines))


def test_the_gradients_of_two_layers_are_those_of_the_textbook(two: Derivation) -> None:
    delta2 = "delta2 = ((1 / size[m](X)) * (a2 - y))"
    delta1 = "delta1 = (((transpose(W2) @ delta2) * a1) * (1 - a1))"
    assert {plain: written(found) for plain, found in two.gradients.items()} == {
        "W2": f"{delta2}; (delta2 @ transpose(a1))",
        "b2": f"{delta2}; sum[columns](delta2)",
        "W1": f"{delta2}; {delta1}; (delta1 @ transpose(X))",
        "b1": f"{delta2}; {delta1}; sum[columns](delta1)",
    }


def test_the_last_line_about_a_parameter_is_its_gradient(two: Derivation) -> None:
    for plain, found in two.gradients.items():
        assert two.stage(plain).result is found
        assert found.shape == two.model[plain].shape
    with pytest.raises(ModelError, match="z1"):
        two.stage("nothing")


def test_no_line_is_missing(two: Derivation) -> None:
    assert_unbroken(two)
    assert all(step.proof.status == "proven" for step in two.steps)
    assert {s.law.name for s in two.steps} >= {
        "derivative of log",
        "common denominator",
        "chain rule",
    }


def test_no_line_is_missing_where_a_second_name_stands_behind_a_sign_and_a_factor() -> None:
    x, y, c = name("x", ("n", 1)), name("y", ("n", 1)), name("c", SCALAR)
    again = let("h", let("z", unary("sigmoid", x)))
    loss = neg(mul(c, total(power(sub(again, y), TWO))))
    derivation = derive(model(loss, {"c": "constant"}), "z")
    prepared = [step.law.name for step in derivation.stage("z").links[0].prepared]
    assert prepared == ["sum set aside", "same quantity"]
    assert_unbroken(derivation)


def test_a_derivation_travels(two: Derivation) -> None:
    again = pickle.loads(pickle.dumps(two))
    for plain, found in two.gradients.items():
        assert shown(again.gradients[plain]) == shown(found)


VALUES: dict[str, Any] = {
    "X": [[1.0, -0.5], [0.3, 2.0], [0.1, 0.2]],
    "y": [1, 0],
    "W1": [[0.1, 0.2, -0.3], [0.3, -0.4, 0.5]],
    "b1": [0.1, -0.1],
    "W2": [[0.7, -0.6]],
    "b2": 0.2,
}


@pytest.mark.parametrize(
    "wrt", ["W1", ["W1"], ["b2", "X"], ("a1", "z2"), ["h"], ["a2"], ["y"], ["L"], ["L", "X"]]
)
def test_anything_with_a_name_may_be_asked_for(wrt: Any) -> None:
    given = two_layer()
    derivation = derive(given, wrt)
    names = [wrt] if isinstance(wrt, str) else list(wrt)
    assert list(derivation.gradients) == names
    assert_unbroken(derivation)
    for plain in names:
        by = given[plain]
        value = np.asarray(evaluate(derivation.gradients[plain], VALUES))
        base = np.asarray(evaluate(by, VALUES), dtype=float)
        assert value.size == base.size
        if by is given.loss:
            assert value == 1
            continue
        # A central difference along the all-ones direction, everything downstream worked out again.
        point = {e: VALUES[e.attr.plain] for e in given.roles if e.op == "name"}
        assert point
        h = 1e-6
        moved = [_moved(given, by, sign * h) for sign in (1, -1)]
        assert value.sum() == pytest.approx((moved[0] - moved[1]) / (2 * h), rel=1e-6)


def _moved(given: Model, by: Expr, h: float) -> float:
    """The loss after every entry of a quantity was moved by h."""
    stand_in = name("moved", by.shape)
    from backproof.expr.node import substitute

    loss = substitute(given.loss, {by: add(stand_in, number(0))}) if by.op == "let" else given.loss
    value = np.asarray(evaluate(by, VALUES), dtype=float) + h
    values = {**VALUES, "moved": value} if by.op == "let" else {**VALUES, by.attr.plain: value}
    return float(evaluate(loss, values))


def test_what_the_loss_does_not_depend_on_has_the_gradient_zero() -> None:
    x, w, unused = name("x", ("n", 1)), name("w", ("n", 1)), name("v", ("k", "n"))
    loss = let("L", total(mul(w, x)))
    given = model(loss)
    given = Model(given.equations, loss, {**given.roles, unused: "parameter"})
    derivation = derive(given)
    values = {"x": [1, 2], "w": [3, 4], "v": [[5, 6]]}
    assert evaluate(derivation.gradients["v"], values) == [[0.0, 0.0]]
    assert evaluate(derivation.gradients["w"], values) == [[1.0], [2.0]]


@pytest.mark.parametrize(
    ("loss", "by", "values", "expected"),
    [
        # Nothing in these gradients tells how large they are but a name that stands by.
        (total(name("b", ("n", 1))), "b", {"b": [1, 2]}, [[1], [1]]),
        (total(matmul(name("W", ("n", "k")), name("X", ("k", "m")))), "X",
         {"W": [[1, 2]], "X": [[1, 2, 3], [4, 5, 6]]}, [[1, 1, 1], [2, 2, 2]]),
        (total(add(matmul(name("W", ("n", "k")), name("X", ("k", "m"))), name("b", ("n", 1)))), "b",
         {"W": [[1, 2]], "X": [[1, 2, 3], [4, 5, 6]], "b": [7]}, [[3]]),
        (make("trace", (name("S", ("n", "n")),)), "S", {"S": [[1, 2], [3, 4]]}, [[1, 0], [0, 1]]),
        (total(unary("step", name("b", ("n", 1)))), "b", {"b": [1, 2]}, [[0], [0]]),
        (div(total(name("b", ("n", 1))), size("n", name("b", ("n", 1)))), "b",
         {"b": [1, 2]}, [[0.5], [0.5]]),
        (mul(name("c", SCALAR), total(name("b", ("n", 1)))), "c", {"b": [1, 2], "c": 3}, 3),
    ],
)  # fmt: skip
def test_a_gradient_can_be_evaluated_with_the_values_of_the_free_names(
    loss: Expr, by: str, values: dict[str, Any], expected: Any
) -> None:
    found = derive(model(let("L", loss)), by).gradients[by]
    np.testing.assert_allclose(
        np.asarray(evaluate(found, values), dtype=float).reshape(np.shape(expected)), expected
    )
    assert {e.attr.plain for e in free_names(found)} <= set(values)


def test_weights_that_are_tied_get_the_sum_of_both_uses() -> None:
    w, x = name("W", ("n", "n")), name("X", ("n", "m"))
    h = let("h", unary("tanh", matmul(w, x)))
    derivation = derive(model(let("L", total(power(sub(matmul(w.T, h), x), TWO)))), "W")
    laws = {s.law.name for s in derivation.stage("W").steps}
    assert laws & {"sum over paths", "used more than once"}
    assert_unbroken(derivation)


def test_a_part_that_two_equations_share_is_derived_once() -> None:
    w, x = name("W", ("n", "n")), name("X", ("n", "m"))
    shared = unary("tanh", matmul(w, x))
    a, b = let("a", mul(shared, shared)), let("b", unary("sin", shared))
    derivation = derive(model(let("L", total(mul(a, b)))), "W")
    assert_unbroken(derivation)
    assert sum(1 for s in derivation.stages if s.quantity is shared) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: derive(two_layer(), "W3"), "W3"),
        (lambda: derive(two_layer(), ["W1", "w1"]), "w1"),
        (lambda: derive(model(let("L", number(3)))), "no parameters"),
        (lambda: derive(matmul(name("A", ("n", "m")), name("B", ("m", "k")))), "n × k"),
    ],
)
def test_what_cannot_be_derived_is_said(call: Any, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        call()


def test_a_gradient_by_a_number_can_be_derived_again() -> None:
    beta, x = name("beta", SCALAR), name("x", ("n", 1))
    loss = let("L", total(unary("tanh", mul(beta, x))))
    first = derive(model(loss, {"x": "input"})).gradients["beta"]
    second = derive(first)
    assert_unbroken(second)
    values = {"beta": 0.5, "x": [0.3, -1.2]}
    t = np.tanh(0.5 * np.array(values["x"]))
    expected = (-2 * t * (1 - t**2) * np.array(values["x"]) ** 2).sum()
    assert evaluate(second.gradients["beta"], values) == pytest.approx(expected)


def test_a_domain_where_the_loss_has_a_value_is_found() -> None:
    a = name("a", SCALAR)
    for inside in (a, sub(ONE, a), neg(sub(a, ONE))):
        certificate = derive(model(let("L", unary("log", inside)))).certificate
        assert certificate.undecided == 0
        assert certificate.points == 2


def test_a_loss_without_any_value_is_undecided_and_says_so() -> None:
    a = name("a", SCALAR)
    never = unary("log", neg(add(ONE, power(a, TWO))))
    certificate = derive(model(let("L", never))).certificate
    assert certificate.proven < certificate.undecided
    assert certificate.gradients == ()


X = name("X", ("n", "m"))
NOTHING = unary("relu", neg(mul(X, X)))  # zero everywhere


@pytest.mark.parametrize("op", ["derivative", "gradient", "entry"])
def test_what_there_is_no_law_for_is_refused_by_name(op: str) -> None:
    a = name("a", SCALAR)
    loss = {
        "derivative": derivative(mul(a, a), a),
        "gradient": gradient(mul(a, a), a),
        "entry": entry(X, 1, 2),
    }[op]
    with pytest.raises(RefusedError, match=op):
        derive(model(let("L", loss)))


def test_a_formula_that_nobody_would_read_is_refused_with_a_hint() -> None:
    deep = name("a", SCALAR)
    for _ in range(500):
        deep = unary("tanh", deep)
    with pytest.raises(RefusedError, match="names of their own"):
        derive(model(let("L", deep)))


def test_of_equal_entries_the_first_is_the_largest_one() -> None:
    given = model(let("L", total(make("amax", (NOTHING,), "rows"))))
    assert derive(given).certificate.undecided == 0
    flat = model(let("L", total(make("amax", (X,), "rows"))))
    gradient_of = derive(flat).gradients["X"]
    assert evaluate(gradient_of, {"X": [[2, 1], [2, 3]]}) == [[1.0, 0.0], [0.0, 1.0]]


def test_the_corner_of_a_norm_is_undecided_and_not_an_error() -> None:
    certificate = derive(model(let("L", total(make("norm", (NOTHING,), "rows"))))).certificate
    assert certificate.undecided > 0
    assert certificate.gradients == ()


@pytest.mark.parametrize("factor", [100, 1000, 10**5])
def test_a_saturated_function_does_not_fail_for_want_of_digits(factor: int) -> None:
    a = name("a", SCALAR)
    for op in ("sigmoid", "tanh"):
        inner = mul(number(factor), power(a, TWO))
        derivation = derive(model(let("L", unary("sin", unary(op, inner)))))
        assert derivation.certificate.proven > 0


# Depth ---------------------------------------------------------------------------------------


def work(depth: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How much is done for a network of this depth: values worked out, lines, nodes of the
    result."""
    counts: Counter[str] = Counter()
    kept = Evaluator._apply

    def apply(at: Evaluator, e: Expr) -> Any:
        counts["values"] += 1
        return kept(at, e)

    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "_apply", apply)
        derivation = derive(chain(depth))
    counts["lines"] = sum(1 for _ in derivation.steps)
    counts["nodes"] = sum(1 for _ in walk(derivation.gradients.values()))
    counts["stages"] = len(derivation.stages)
    return counts


def test_twice_the_depth_is_twice_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = work(200, monkeypatch), work(400, monkeypatch)
    for what, times in other.items():
        assert times <= 2.3 * one[what], what


def test_more_layers_than_the_stack_has_room_for_derive() -> None:
    depth = 1000
    assert 5 * depth > 4 * sys.getrecursionlimit()
    derivation = derive(chain(depth))
    assert len(derivation.gradients) == 2 * depth
    assert derivation.certificate.unchecked > derivation.certificate.proven > 0
    assert derivation.certificate.undecided == 0
    assert set(derivation.certificate.gradients) == set(derivation.gradients)
    first = derivation.gradients["W1"]
    assert first.op == "matmul"
    assert pickle.loads(pickle.dumps(first)) is first


def test_a_formula_with_many_terms_and_one_with_many_levels() -> None:
    a, b = name("a", SCALAR), name("b", SCALAR)
    long, deep = a, a
    for i in range(40):
        long = add(long, mul(number(i), power(a, number(i % 4))))
        deep = unary("tanh", mul(b, deep)) if i < 15 else deep
    for loss in (long, deep, elementwise("max", long, ZERO)):
        assert derive(model(let("L", loss)), "a").certificate.undecided == 0
