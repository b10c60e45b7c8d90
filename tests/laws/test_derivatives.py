"""Every law of derivatives, for random values and against SymPy's own differentiation."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy

from backproof.calculus.local import differentiate
from backproof.expr.build import (
    ONE,
    Function,
    add,
    derivative,
    div,
    elementwise,
    mul,
    name,
    neg,
    number,
    power,
    unary,
)
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import DomainError
from backproof.expr.shape import SCALAR
from backproof.laws.derivatives import OPENED, book
from backproof.laws.rule import BOOKS, Law, c, fill, letters, match, p, q, u, v, x

from ..calculus.formulas import a, assert_equal, at, b

LAWS = [law for law in book() if law.forms]
FORMS = [
    pytest.param(law, *form, id=f"{law.name} {i}")
    for law in LAWS
    for i, form in enumerate(law.forms)
]

# What the letters may stand for; the second row is for logarithms of something below 1.
CHOICES = [
    {
        x: a,
        u: add(mul(a, a), number("0.6")),
        v: add(number(2), unary("sin", a)),
        c: b,
        p: unary("cos", a),
        q: mul(a, b),
    },
    {
        x: a,
        u: neg(add(mul(a, a), number("0.3"))),
        v: unary("exp", a),
        c: power(b, number(2)),
        p: mul(a, a),
        q: b,
    },
]


def test_the_book_is_not_empty_and_says_which_laws_need_more_than_a_pattern() -> None:
    assert len(LAWS) > 40
    assert [law for law in book() if not law.forms] == [OPENED]


@pytest.mark.parametrize(("law", "left", "right"), FORMS)
def test_both_sides_are_equal(law: Law, left: Expr, right: Expr) -> None:
    seen = 0
    for choice in CHOICES:
        seen += assert_equal(fill(left, choice), fill(right, choice), law.name)
    assert seen > 0, f"{law.name} was never tried"


SYMPY: dict[str, Any] = {
    "add": lambda *e: e[0] + e[1],
    "sub": lambda *e: e[0] - e[1],
    "mul": lambda *e: e[0] * e[1],
    "div": lambda *e: e[0] / e[1],
    "neg": lambda e: -e,
    "pow": sympy.Pow,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "step": lambda e: sympy.Heaviside(e, 0),
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "sigmoid": lambda e: 1 / (1 + sympy.exp(-e)),
    "relu": lambda e: sympy.Max(e, 0),
    "softplus": lambda e: sympy.log(1 + sympy.exp(e)),
    "erf": sympy.erf,
    "log1p": lambda e: sympy.log(1 + e),
    "expm1": lambda e: sympy.exp(e) - 1,
    "log1mexp": lambda e: sympy.log(1 - sympy.exp(e)),
    "max": sympy.Max,
    "min": sympy.Min,
    "where": lambda s, t, y, n: sympy.Piecewise((y, s > t), (n, True)),
}
S, C = sympy.Symbol("x", real=True), sympy.Symbol("c", positive=True)
STANDS_FOR = [
    {
        u: S**2 + sympy.Rational(1, 3), v: 2 + sympy.sin(S), x: S, c: C,
        p: sympy.cos(S), q: S / 3,
    },
    {
        u: -(S**2) - sympy.Rational(1, 3), v: 3 * sympy.exp(S), x: S, c: C,
        p: S / 3, q: sympy.cos(S),
    },
]  # fmt: skip


def to_sympy(e: Expr, table: dict[Expr, Any]) -> Any:
    memo: dict[Expr, Any] = {}
    for part in walk([e]):
        if part in table:
            memo[part] = table[part]
        elif part.op == "number":
            memo[part] = sympy.Rational(part.attr.numerator, part.attr.denominator)
        elif part.op == "constant":
            memo[part] = {"pi": sympy.pi, "e": sympy.E}[part.attr]
        elif part.op == "derivative":
            memo[part] = sympy.diff(memo[part.args[0]], memo[part.args[1]])
        else:
            memo[part] = SYMPY[part.op](*(memo[arg] for arg in part.args))
    return memo[e]


@pytest.mark.parametrize(("law", "left", "right"), FORMS)
def test_sympy_agrees(law: Law, left: Expr, right: Expr) -> None:
    seen = 0
    for table in STANDS_FOR:
        difference = to_sympy(left, table) - to_sympy(right, table)
        for where in ("-7/10", "11/10"):
            point = {S: sympy.Rational(where), table[c]: sympy.Rational(13, 10)}
            size = sympy.N(to_sympy(right, table).subs(point), 30)
            if not size.is_real:
                continue
            assert abs(sympy.N(difference.subs(point), 30)) < 1e-25
            seen += 1
    assert seen > 0, f"{law.name} was never tried"


def test_every_letter_of_a_right_side_stands_on_the_left() -> None:
    for law in LAWS:
        for left, right in law.forms:
            assert set(letters(right)) <= set(letters(left)), law.name
            assert left.op == "derivative"
            assert left.args[1] is x


def test_a_letter_stands_for_one_thing_and_c_for_what_does_not_change() -> None:
    never = lambda e, by: False  # noqa: E731
    always = lambda e, by: True  # noqa: E731
    assert match(mul(u, u), mul(a, b), always) is None
    assert match(mul(u, u), mul(a, a), always) == {u: a}
    assert match(derivative(mul(c, u), x), derivative(mul(a, b), b), always) == {c: a, u: b, x: b}
    assert match(derivative(mul(c, u), x), derivative(mul(a, b), b), never) is None
    assert match(mul(u, v), add(a, b), always) is None


SOFT = Function(
    "soft",
    "s",
    (name("z", SCALAR),),
    div(name("z", SCALAR), add(ONE, unary("abs", name("z", SCALAR)))),
)
WHERE_IT_IS_DEFINED = {"log1mexp": neg(add(mul(a, a), number("0.3")))}


@pytest.mark.parametrize(
    "op", [op for op, row in OPS.items() if row.kind == "elementwise" and op != "let"]
)
def test_every_elementwise_operation_is_differentiated_line_by_line(op: str) -> None:
    one = WHERE_IT_IS_DEFINED.get(op, add(mul(a, a), number("0.3")))
    two = add(number(2), unary("sin", a))
    args = (one, two, unary("exp", a), mul(a, b))[: OPS[op].arity or 1]
    e = make(op, args, SOFT if op == "call" else None)
    steps = differentiate(e, a, (), ())
    assert steps[0].before is derivative(e, a)
    for one_step, next_step in itertools.pairwise(steps):
        assert one_step.after is next_step.before
    for step in steps:
        assert assert_equal(step.before, step.after, step.law.name) > 0
    assert not any(part.op == "derivative" for part in walk([steps[-1].after]))


def at_zero(e: Expr) -> Any:
    point = at(0, 50)
    point.memo[a] = [[point.field.number(Fraction(0))]]
    return point.scalar(e, {})


@pytest.mark.parametrize("op", ["abs", "relu", "sign", "step"])
def test_at_a_corner_the_law_and_forward_mode_take_the_same_side(op: str) -> None:
    law = differentiate(unary(op, a), a, (), ())[-1].after
    assert at_zero(law) == at_zero(derivative(unary(op, a), a)) == 0


@pytest.mark.parametrize("op", ["max", "min"])
def test_where_two_are_equal_the_law_and_forward_mode_take_the_same_one(op: str) -> None:
    e = elementwise(op, mul(number(3), a), mul(a, a))
    law = differentiate(e, a, (), ())[-1].after
    assert at_zero(law) == at_zero(derivative(e, a)) == 0


def test_the_laws_are_tried_from_the_simple_to_the_general() -> None:
    order = [law.name for law in book()]
    for first, later in [
        ("constant vanishes", "term by term"),
        ("itself becomes one", "power rule"),
        ("constant moved out", "product rule"),
        ("product rule", "quotient rule"),
        ("reciprocal rule", "quotient rule"),
        ("power rule", "power rule, inner function"),
        ("constant base", "variable base and exponent"),
        ("derivative of log", "derivative of log, inner function"),
    ]:
        assert order.index(first) < order.index(later)
    assert set(order) == set(BOOKS["derivatives"])


def test_a_domain_error_is_not_swallowed_by_a_law() -> None:
    point = at(0, 30)
    with pytest.raises(DomainError):
        point.scalar(derivative(unary("log", neg(a)), a), {})
