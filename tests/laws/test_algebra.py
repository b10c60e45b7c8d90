"""Every small rewrite of algebra keeps the value of the node that it rewrites, and comes to an
end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from backproof.calculus.local import is_atom
from backproof.expr.build import (
    ONE,
    ZERO,
    add,
    div,
    elementwise,
    mul,
    neg,
    number,
    power,
    sub,
    unary,
)
from backproof.expr.node import Expr, rebuild, same, walk
from backproof.laws import algebra

from ..calculus.formulas import M, a, assert_equal, b, c, formulas, show

RULES: dict[str, Callable[[Expr], Expr | None]] = {
    "ones and zeros": algebra.ones_and_zeros,
    "signs": algebra.signs,
    "roots": algebra.roots,
}


@settings(max_examples=300)
@given(formulas())
def test_every_rewrite_keeps_the_value(formula: Expr) -> None:
    for node in walk([formula], is_atom):
        if is_atom(node):
            continue
        for name, rule in RULES.items():
            after = rule(node)
            if after is not None:
                assert after is not node, f"{name} changes nothing in {show(node)}"
                assert_equal(node, after, name)


@settings(max_examples=200)
@given(formulas())
def test_rewriting_comes_to_an_end(formula: Expr) -> None:
    for name in ("ones and zeros", "signs"):
        rule = RULES[name]

        def change(
            old: Expr,
            args: tuple[Expr, ...],
            rule: Callable[..., Expr | None] = rule,
            name: str = name,
        ) -> Expr:
            now = same(old, args)
            for _ in range(30):
                after = rule(now)
                if after is None:
                    return now
                now = after
            raise AssertionError(f"round in circles on {show(old)}")

        current = formula
        for _ in range(30):
            after = rebuild(current, change, None, is_atom)
            if after is current:
                break
            current = after
        else:
            raise AssertionError(f"{name} does not end on {show(formula)}")


two, half = number(2), number("1/2")
SIMPLER: list[tuple[str, Expr, Expr]] = [
    ("ones and zeros", add(ZERO, a), a),
    ("ones and zeros", add(a, ZERO), a),
    ("ones and zeros", sub(a, ZERO), a),
    ("ones and zeros", sub(ZERO, a), neg(a)),
    ("ones and zeros", sub(a, a), ZERO),
    ("ones and zeros", mul(ZERO, a), ZERO),
    ("ones and zeros", mul(a, ZERO), ZERO),
    ("ones and zeros", mul(ONE, a), a),
    ("ones and zeros", mul(a, ONE), a),
    ("ones and zeros", div(ZERO, a), ZERO),
    ("ones and zeros", div(a, ONE), a),
    ("ones and zeros", div(a, a), ONE),
    ("ones and zeros", power(a, ONE), a),
    ("ones and zeros", power(a, ZERO), ONE),
    ("ones and zeros", power(ONE, a), ONE),
    ("ones and zeros", neg(two), number(-2)),
    ("ones and zeros", add(two, half), number("5/2")),
    ("ones and zeros", sub(two, half), number("3/2")),
    ("ones and zeros", mul(two, half), ONE),
    ("ones and zeros", div(two, number(6)), number("1/3")),
    ("ones and zeros", power(two, number(-2)), number("1/4")),
    ("ones and zeros", unary("exp", ZERO), ONE),
    ("ones and zeros", unary("log", ONE), ZERO),
    ("ones and zeros", unary("sqrt", ONE), ONE),
    ("ones and zeros", unary("cos", ZERO), ONE),
    ("ones and zeros", elementwise("where", a, b, c, c), c),
    ("signs", neg(neg(a)), a),
    ("signs", mul(neg(a), b), neg(mul(a, b))),
    ("signs", mul(a, neg(b)), neg(mul(a, b))),
    ("signs", mul(number(-1), a), neg(a)),
    ("signs", mul(a, number(-2)), neg(mul(two, a))),
    ("signs", div(neg(a), b), neg(div(a, b))),
    ("signs", div(a, neg(b)), neg(div(a, b))),
    ("signs", add(a, neg(b)), sub(a, b)),
    ("signs", sub(a, neg(b)), add(a, b)),
    ("signs", add(a, number(-2)), sub(a, two)),
    ("signs", sub(a, number(-2)), add(a, two)),
    ("roots", unary("sqrt", a), power(a, half)),
    ("roots", power(a, half), unary("sqrt", a)),
]


@pytest.mark.parametrize(("rule", "before", "after"), SIMPLER)
def test_what_is_left_out(rule: str, before: Expr, after: Expr) -> None:
    assert RULES[rule](before) is after
    assert_equal(before, after, rule)


@pytest.mark.parametrize(
    "e",
    [
        div(two, ZERO), div(ZERO, ZERO), power(ZERO, number(-1)), power(ZERO, ZERO),
        power(two, half), power(two, number(1000)), unary("sqrt", two), unary("log", two),
        unary("log", ZERO), a, M,
        add(a, b), mul(a, b), elementwise("where", a, b, b, c), elementwise("max", two, ONE),
    ],
)  # fmt: skip
def test_what_has_no_simpler_value_is_left_alone(e: Expr) -> None:
    assert algebra.ones_and_zeros(e) is None
