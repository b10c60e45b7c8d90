"""Random formulas of single numbers, and a judge of whether two of them are equal."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st

from backproof.calculus.local import is_atom
from backproof.expr.build import (
    add,
    div,
    elementwise,
    entry,
    let,
    mul,
    name,
    neg,
    number,
    power,
    size,
    sub,
    unary,
)
from backproof.expr.evaluate import Evaluator
from backproof.expr.node import Expr, walk
from backproof.expr.scalars import DomainError, Field, many_digits
from backproof.expr.shape import SCALAR

a, b, c = (name(letter, SCALAR) for letter in "abc")
X = name("X", ("n", "m"))
ENTRY = entry(X, "i", "s")
LET = let("t", add(a, mul(b, b)))
M = size("m", X)
AT = {"i": 2, "s": 1}
SIZES = {"n": 2, "m": 3}

NUMBERS = [number(x) for x in ("0", "1", "-1", "2", "-2", "3", "1/2", "-1/3", "5/2", "0.1", "1000")]
LEAVES = [a, b, c, ENTRY, LET, M, Expr("constant", (), "pi"), Expr("constant", (), "e")]
EXPONENTS = [
    number(x) for x in ("0", "1", "2", "3", "-1", "-2", "1/2", "3/2", "-1/2", "1/3", "-2/3", "7")
]


def leaves() -> st.SearchStrategy[Expr]:
    return st.sampled_from(LEAVES) | st.sampled_from(NUMBERS)


def _small(e: Expr) -> Expr:
    """Something between -1 and 1, so that towers of powers stay in reach."""
    return unary("tanh", e)


def _one_more(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    squashed = st.sampled_from(
        ["tanh", "sigmoid", "abs", "relu", "sqrt", "log", "sign", "step", "sin", "cos"]
    )
    growing = st.sampled_from(["exp", "expm1", "log1p", "softplus", "log1mexp"])
    arithmetic = st.sampled_from([add, sub, mul, div])
    return st.one_of(
        st.builds(lambda f, x, y: f(x, y), arithmetic, inner, inner),
        st.builds(lambda f, x, y: f(x, y), arithmetic, inner, inner),
        st.builds(neg, inner),
        st.builds(power, inner, st.sampled_from(EXPONENTS)),
        st.builds(unary, squashed, inner),
        st.builds(lambda op, x: unary(op, _small(x)), growing, inner),
        st.builds(lambda x, y: power(add(number(2), _small(x)), _small(y)), inner, inner),
        st.builds(lambda p, q, x, y: elementwise("where", p, q, x, y), inner, inner, inner, inner),
        st.builds(elementwise, st.sampled_from(["max", "min"]), inner, inner),
        # What a derivative brings forth: products and quotients that share a factor, sums that
        # cancel.
        st.builds(lambda x, y: div(mul(x, y), mul(y, x)), inner, inner),
        st.builds(lambda x, y, z: add(div(x, y), div(z, y)), inner, inner, inner),
        st.builds(lambda x, y, z: sub(div(x, y), div(z, sub(number(1), y))), inner, inner, inner),
        st.builds(lambda x, y: mul(sub(x, y), div(x, sub(y, x))), inner, inner),
        st.builds(lambda x, y: sub(mul(x, y), mul(y, x)), inner, inner),
        st.builds(lambda x, y: mul(unary("sqrt", x), div(y, unary("sqrt", x))), inner, inner),
    )


def formulas(most: int = 12) -> st.SearchStrategy[Expr]:
    """Formulas of up to about `most` leaves: rational, with roots and powers, with functions."""
    return st.recursive(leaves(), _one_more, max_leaves=most)


def rational(most: int = 10) -> st.SearchStrategy[Expr]:
    """Formulas of the four operations and whole powers."""
    return st.recursive(
        leaves(),
        lambda inner: st.one_of(
            *(st.builds(f, inner, inner) for f in (add, sub, mul, div)),
            st.builds(neg, inner),
            st.builds(power, inner, st.sampled_from([number(k) for k in (0, 1, 2, 3, -1, -2)])),
        ),
        max_leaves=most,
    )


@cache
def _field(digits: int) -> Field:
    return many_digits(digits)


POINTS = [
    {"a": "0.7", "b": "1.3", "c": "0.45", "X": ["0.6", "1.9", "0.31", "1.1", "0.83", "0.27"]},
    {"a": "-0.7", "b": "0.9", "c": "-1.6", "X": ["0.6", "-1.9", "0.31", "-1.1", "0.83", "-0.27"]},
    {"a": "-1.3", "b": "-0.2", "c": "2.5", "X": ["-0.6", "1.2", "-0.3", "-0.77", "-0.83", "0.27"]},
]


def at(which: int, digits: int) -> Evaluator:
    """A point at which to look at formulas, with this many digits."""
    field = _field(digits)
    given = POINTS[which]
    values = {e: [[field.number(Fraction(given[e.attr.plain]))]] for e in (a, b, c)}
    entries = [field.number(Fraction(x)) for x in given["X"]]
    return Evaluator(field, {**values, X: [entries[:3], entries[3:]]}, SIZES)


def value(e: Expr, which: int, digits: int = 60) -> Any:
    """The value of a formula; None where it has none."""
    try:
        return at(which, digits).scalar(e, AT)
    except (DomainError, OverflowError):
        return None


def divides_by_zero(e: Expr, which: int) -> bool:
    """Whether a denominator is zero but for rounding, so that the value means nothing."""
    below = [x.args[1] for x in walk([e], is_atom) if x.op == "div"]
    below += [x.args[0] for x in walk([e], is_atom) if x.op == "pow"]
    values = [value(x, which) for x in below]
    return any(x is not None and x != 0 and abs(x) < 1e-40 for x in values)


def assert_equal(before: Expr, after: Expr, what: object = "") -> int:
    """Equal wherever `before` has a value; returns at how many points it has one."""
    seen = 0
    for which in range(len(POINTS)):
        left = value(before, which)
        if left is None or divides_by_zero(before, which):
            continue
        right = value(after, which)
        assert right is not None, f"{what}: lost its value: {show(before)} -> {show(after)}"
        if abs(left - right) > 1e-30 * max(abs(left), abs(right)):
            # Digits may have been lost in a difference: then more of them bring the sides together.
            fine_left, fine_right = value(before, which, 240), value(after, which, 240)
            if fine_left is None or fine_right is None:
                continue  # 0/0 that rounding had hidden
            assert abs(fine_left - fine_right) <= 1e-100 * max(abs(left), abs(right), 1e-40), (
                f"{what}: {show(before)} = {left}, but {show(after)} = {right}"
            )
        seen += 1
    return seen


MARKS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}


def show(e: Expr) -> str:
    """A formula in plain characters, for the report of a test that fails."""
    if e.op in ("name", "let"):
        return e.attr.plain
    if e.op == "entry":
        return f"{show(e.args[0])}[{e.attr[0]},{e.attr[1]}]"
    if e.op in ("size", "constant", "number"):
        return f"({e.attr})" if "/" in str(e.attr) or "-" in str(e.attr) else str(e.attr)
    args = [show(x) for x in e.args]
    if e.op in MARKS:
        return f"({args[0]} {MARKS[e.op]} {args[1]})"
    attr = "" if e.attr is None else f"[{getattr(e.attr, 'name', e.attr)}]"
    return f"{e.op}{attr}({', '.join(args)})"


def operations(exprs: Iterable[Expr]) -> set[str]:
    """The operations that occur."""
    return {e.op for e in walk(exprs)}
