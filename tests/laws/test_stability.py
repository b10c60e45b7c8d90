"""Every law of stability keeps the value, and its right side keeps it in float64 where the left
does not."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from backproof.expr.build import add, mul, neg, number, sub, unary
from backproof.expr.node import Expr
from backproof.expr.values import evaluate
from backproof.laws import stability
from backproof.laws.rule import BOOKS, Law, fill, letters, u

from ..calculus.formulas import a, assert_equal

LAWS = [law for law in BOOKS[stability.BOOK].values() if law.forms]
FORMS = [
    pytest.param(law, *form, id=f"{law.name} {i}")
    for law in LAWS
    for i, form in enumerate(law.forms)
]
MEANINGS = [
    a,
    add(mul(a, a), number("0.2")),
    neg(add(mul(a, a), number("0.2"))),
    sub(mul(a, number(5)), number(2)),
    unary("sin", a),
]


def test_there_are_laws() -> None:
    assert len(LAWS) > 10


@pytest.mark.parametrize(("law", "left", "right"), FORMS)
def test_both_sides_are_equal(law: Law, left: Expr, right: Expr) -> None:
    assert set(letters(right)) <= set(letters(left))
    seen = 0
    for meaning in MEANINGS:
        table = dict.fromkeys(letters(left), meaning)
        seen += assert_equal(fill(left, table), fill(right, table), law.name)
    assert seen >= 2, f"{law.name} was hardly tried"


# Where float64 loses the left side, and by how much.
HARD = {
    "log of sigmoid": -800.0,
    "log of one minus sigmoid": 800.0,
    "softplus recognised": 800.0,
    "log of one minus exp": -1e-20,
    "exp minus one": 1e-20,
    "log of one plus": 1e-20,
    "one minus sigmoid": 60.0,
    "log and exp undo each other": 800.0,
}


@pytest.mark.parametrize("name", HARD)
def test_the_right_side_is_the_stable_one(name: str) -> None:
    left, right = BOOKS[stability.BOOK][name].forms[0]
    x = HARD[name]
    table = {u: a}
    exact = float(evaluate(fill(right, table), {"a": Fraction(x)}, digits=60))
    stable = evaluate(fill(right, table), {"a": x})
    plain = evaluate(fill(left, table), {"a": x})
    assert stable == pytest.approx(exact, rel=1e-14, abs=0)
    assert not math.isclose(plain, exact, rel_tol=1e-3)
