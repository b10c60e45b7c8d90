"""Stable forms have the value of what they stand for, and keep it in float64 where that overflows."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from backproof.calculus.derive import derive
from backproof.expr.build import (
    ONE,
    add,
    broadcast,
    div,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    size,
    sub,
    total,
    unary,
)
from backproof.expr.node import Expr
from backproof.expr.ops import make
from backproof.expr.values import evaluate

from .models import model

W, X, Y = name("W", ("k", "n")), name("X", ("n", "m")), name("Y", ("k", "m"))
Z = let("z", matmul(W, X))
MEAN = div(ONE, size("m", X))


def binary(a: Expr) -> Expr:
    entropy = sub(neg(mul(Y, unary("log", a))), mul(sub(ONE, Y), unary("log", sub(ONE, a))))
    return let("L", mul(MEAN, total(entropy)))


def categorical(a: Expr) -> Expr:
    return let("L", neg(mul(MEAN, total(mul(Y, unary("log", a))))))


def softmax(z: Expr) -> Expr:
    """Written out, as a note does it."""
    powers = unary("exp", z)
    return div(powers, broadcast(total(powers, "rows"), z.shape))


LOSSES: dict[str, Expr] = {
    "sigmoid": binary(let("a", unary("sigmoid", Z))),
    "sigmoid without a name": binary(unary("sigmoid", Z)),
    "sigmoid written out": binary(let("a", div(ONE, add(ONE, unary("exp", neg(Z)))))),
    "softmax": categorical(let("a", make("softmax", (Z,), "rows"))),
    "softmax written out": categorical(let("a", softmax(Z))),
    "softplus written out": let("L", mul(MEAN, total(unary("log", add(ONE, unary("exp", Z)))))),
    "log-sum-exp": let("L", mul(MEAN, total(unary("log", total(unary("exp", Z), "rows"))))),
}
ORDINARY: dict[str, Any] = {
    "W": [[0.3, -0.2, 0.5], [-0.4, 0.1, 0.2]],
    "X": [[1.0, -2.0], [0.5, 0.3], [2.0, -1.0]],
    "Y": [[1.0, 0.0], [0.0, 1.0]],
}
EXTREME = {**ORDINARY, "X": [[1000.0, -2000.0], [500.0, 300.0], [2000.0, -1000.0]]}


def last(name_of: str, loss: Expr) -> Expr:
    """The stable form of the loss, all its steps proven."""
    derivation = derive(model(loss, {"X": "input", "Y": "target"}), "W")
    steps = derivation.stable[loss.attr.plain]
    for one, after in itertools.pairwise(steps):
        assert one.after is after.before, name_of
    assert all(s.proof.status == "proven" for s in steps)
    return steps[-1].after


@pytest.mark.parametrize("which", LOSSES)
def test_the_stable_loss_has_the_same_value(which: str) -> None:
    loss = LOSSES[which]
    stable = last(which, loss)
    assert evaluate(stable, ORDINARY) == pytest.approx(evaluate(loss, ORDINARY), rel=1e-13)


@pytest.mark.parametrize("which", LOSSES)
def test_and_keeps_it_where_the_plain_one_does_not(which: str) -> None:
    loss = LOSSES[which]
    stable = last(which, loss)
    exact = float(evaluate(loss, EXTREME, digits=2500))
    plain = evaluate(loss, EXTREME)
    assert not math.isclose(plain, exact, rel_tol=1e-6) or not math.isfinite(plain)
    assert evaluate(stable, EXTREME) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("which", ["sigmoid", "softmax"])
def test_the_gradient_of_an_entropy_collapses_and_stays_finite(which: str) -> None:
    loss = LOSSES[which]
    derivation = derive(model(loss, {"X": "input", "Y": "target"}), "W")
    gradient = evaluate(derivation.gradients["W"], EXTREME)
    exact = evaluate(derivation.gradients["W"], EXTREME, digits=2500)
    assert np.isfinite(np.asarray(gradient, dtype=float)).all()
    np.testing.assert_allclose(
        np.asarray(gradient, dtype=float), np.asarray(exact, dtype=float), rtol=1e-12
    )


def test_what_is_stable_as_it_stands_is_left_alone() -> None:
    loss = let("L", mul(number("0.5"), make("sqnorm", (sub(Z, Y),), "all")))
    derivation = derive(model(loss, {"X": "input", "Y": "target"}), "W")
    assert not derivation.stable
