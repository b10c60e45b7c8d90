"""Tidying keeps the value, line by line, ends, and leaves nothing that it would tidy again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from backproof.calculus.local import is_atom
from backproof.calculus.simplify import cost, result, tidy
from backproof.expr.build import ONE, ZERO, add, div, mul, neg, number, power, sub, unary
from backproof.expr.node import Expr, walk

from .formulas import ENTRY, LET, M, a, assert_equal, b, c, formulas, rational, show

TWO = number(2)
log = lambda e: unary("log", e)  # noqa: E731
sigmoid = unary("sigmoid", c)

many = settings(max_examples=300)


def check(before: Expr) -> None:
    current = before
    lines = tidy(before)
    for after, law, focus in lines:
        assert after is not current, f"{law.name}: nothing changed in {show(before)}"
        assert_equal(current, after, law.name)
        inside = set(walk([current], is_atom))
        assert all(e in inside for e in focus), (
            f"{law.name}: what is boxed is not there: {show(before)}"
        )
        current = after


@many
@given(formulas())
def test_every_line_of_tidying_keeps_the_value(before: Expr) -> None:
    check(before)


@many
@given(rational())
def test_every_line_of_tidying_a_rational_formula_keeps_the_value(before: Expr) -> None:
    check(before)


@many
@given(formulas(8))
def test_what_is_tidy_stays_as_it_is(before: Expr) -> None:
    after = result(before)
    assert tidy(after) == [], f"{show(before)} -> {show(after)} -> {show(result(after))}"


@many
@given(formulas())
def test_tidying_does_not_make_a_formula_much_longer(before: Expr) -> None:
    # A mean's 1/m is set in front of each fraction, which may take an operation more.
    assert cost(result(before)) <= 2 * cost(before) + 1, f"{show(before)} -> {show(result(before))}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Binary cross-entropy by its output, and by what goes into the sigmoid.
        (add(neg(mul(b, div(ONE, a))), div(sub(ONE, b), sub(ONE, a))), "((a - b) / (a * (1 - a)))"),
        (mul(div(sub(a, b), mul(a, sub(ONE, a))), mul(a, sub(ONE, a))), "(a - b)"),
        (mul(mul(TWO, sub(b, a)), neg(ONE)), "(2 * (a - b))"),
        (neg(sub(b, a)), "(a - b)"),
        (mul(div(TWO, TWO), sub(a, b)), "(a - b)"),
        (div(mul(a, b), mul(b, a)), "1"),
        (div(sub(a, b), sub(b, a)), "(-1)"),
        (mul(unary("sqrt", a), unary("sqrt", a)), "a"),
        (div(unary("sqrt", a), a), "(1 / sqrt(a))"),
        (mul(div(ONE, M), add(mul(a, b), ZERO)), "((1 / m) * (a * b))"),
        (sub(mul(ENTRY, LET), mul(LET, ENTRY)), "0"),
        (add(mul(a, sigmoid), mul(neg(a), sigmoid)), "0"),
        (power(add(a, b), number(0)), "1"),
        (mul(ZERO, log(a)), "0"),
    ],
)
def test_what_a_teacher_would_write(before: Expr, after: str) -> None:
    check(before)
    assert show(result(before)) == after


def test_a_term_that_stands_twice_counts_twice() -> None:
    # (a + a + b) / (a + b) is not 1.
    before = div(add(add(a, a), b), add(a, b))
    check(before)
    assert result(before) is not ONE


@pytest.mark.parametrize("exponent", [10**7, -(10**7), 13])
def test_a_huge_power_of_a_number_is_left_alone(exponent: int) -> None:
    for base in (TWO, mul(TWO, a), div(a, number(3))):
        check(power(base, number(exponent)))


def test_a_long_sum_and_a_long_product_come_back() -> None:
    total = product = a
    for i in range(300):
        total = add(total, mul(number(i), b))
        product = mul(product, add(b, number(i)))
    for e in (total, product, neg(product), div(total, product)):
        check(e)
    deep = a
    for _ in range(3000):
        deep = neg(mul(ONE, deep))
    assert result(deep) is a


def test_a_shared_part_is_not_looked_at_once_for_each_path_to_it() -> None:
    e = a
    for _ in range(200):  # 2^200 leaves if it were a tree
        e = add(mul(e, ONE), mul(e, ONE))
    assert result(e).op == "add"
