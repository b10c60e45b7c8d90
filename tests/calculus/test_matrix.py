"""Tidying whole matrices: every line keeps every entry, the walk ends, and named parts stay as
they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.calculus.matrix import Tidier
from backproof.expr.build import (
    ONE,
    ZERO,
    add,
    broadcast,
    div,
    elementwise,
    identity,
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
from backproof.expr.node import Expr, walk
from backproof.expr.ops import make
from backproof.expr.scalars import DomainError, many_digits
from backproof.expr.shape import SCALAR, Shape

from .networks import SIZES, shown

DIMS = ["n", "k", "m", 1]
FIELD = many_digits(60)
LETTERS = {
    (r, s): name(f"{'ABCD'[i]}{'abcd'[j]}", (r, s))
    for i, r in enumerate(DIMS)
    for j, s in enumerate(DIMS)
}
EPSILON = name("eps", SCALAR)
NAMED = let("Z", add(matmul(LETTERS["n", "m"], LETTERS["m", "m"]), neg(neg(LETTERS["n", "m"]))))
Y = name("Y", ("n", "m"))
KINDS = (
    "scale divide minus add times repeat sum turn left right soft stack block function combine"
).split()


def values() -> dict[Expr, Any]:
    random = np.random.default_rng(5)
    found: dict[Expr, Any] = {}
    for e in [*LETTERS.values(), EPSILON, Y]:
        shape = tuple(d if isinstance(d, int) else SIZES[d] for d in e.shape)
        x = random.uniform(0.3, 1.6, shape) * random.choice([-1, 1], shape)
        if e is Y:
            x = np.abs(x)
        found[e] = [[FIELD.number(int(v * 2**52)) / 2**52 for v in row] for row in x]
    totals = [sum(column) for column in zip(*found[Y], strict=True)]
    found[Y] = [[v / t for v, t in zip(row, totals, strict=True)] for row in found[Y]]
    return found


VALUES = values()


def matrix(e: Expr) -> Any:
    """The value of an expression, None where it has none."""
    try:
        return Evaluator(FIELD, VALUES, SIZES).matrix(e)
    except (DomainError, OverflowError):
        return None


def assert_same_value(before: Expr, after: Expr, law: str) -> None:
    assert before.shape == after.shape, law
    left, right = matrix(before), matrix(after)
    if left is None:
        return
    assert right is not None, f"{law}: {shown(before)} -> {shown(after)}"
    size_of = max(1, *(abs(x) for row in left for x in row))
    for row, other in zip(left, right, strict=True):
        for x, y in zip(row, other, strict=True):
            assert abs(x - y) <= 1e-40 * size_of, f"{law}: {shown(before)} -> {shown(after)}"


@st.composite
def matrices(draw: Callable[[Any], Any], most: int = 8) -> Expr:
    """What a walk back brings forth: scaled, summed, repeated, transposed and multiplied things."""

    def pick(items: Sequence[Any]) -> Any:
        return items[draw(st.integers(0, len(items) - 1))]

    def scalar() -> Expr:
        plain = [ONE, ZERO, number(-1), number(2), number("1/3"), EPSILON, div(ONE, size("m", Y))]
        return pick([*plain, total(LETTERS["n", "m"]), let("beta", mul(EPSILON, EPSILON))])

    pool: list[Expr] = [
        LETTERS["n", "m"],
        NAMED,
        Y,
        identity("n"),
        broadcast(ZERO, ("n", "m")),
        pick([*LETTERS.values()]),
    ]

    def some(shape: Shape) -> Expr:
        fitting = [e for e in pool if e.shape == shape]
        return pick(fitting) if fitting and draw(st.booleans()) else LETTERS.get(shape, EPSILON)

    for _ in range(draw(st.integers(1, most))):
        x = pick(pool)
        rows, columns = x.shape
        kind = pick(KINDS)
        if kind == "scale":
            x = mul(scalar(), x) if draw(st.booleans()) else mul(x, scalar())
        elif kind == "divide":
            x = div(x, pick([number(2), EPSILON, size("m", Y), add(number(2), unary("tanh", x))]))
        elif kind == "minus":
            x = neg(x)
        elif kind == "add":
            x = pick([add, sub])(x, some(x.shape))
        elif kind == "times":
            x = mul(x, some(pick([x.shape, (rows, 1), (1, columns)])))
        elif kind == "repeat" and 1 in x.shape:
            x = broadcast(
                x, (pick(DIMS) if rows == 1 else rows, pick(DIMS) if columns == 1 else columns)
            )
        elif kind == "sum":
            x = total(x, pick(["rows", "columns", "all"]))
        elif kind == "turn":
            x = x.T
        elif kind == "left":
            x = matmul(some((pick(DIMS), rows)), x)
        elif kind == "right":
            x = matmul(x, some((columns, pick(DIMS))))
        elif kind == "soft":
            x = make(pick(["softmax", "log_softmax"]), (x,), pick(["rows", "columns"]))
        elif kind == "stack":
            x = make("stack", (x, neg(x)), pick(["rows", "columns"]))
        elif kind == "block":
            x = make("block", (make("stack", (x, mul(ONE, x)), "rows"),), ("rows", (rows,), rows))
        elif kind == "function":
            x = unary(pick(["tanh", "relu", "sigmoid"]), x)
        elif kind == "combine":
            x = elementwise("where", x, ZERO, mul(number(2), x), power(x, number(2)))
        if not set(x.shape) <= set(DIMS):
            continue
        pool.append(x)
    return pool[-1]


def check(before: Expr, tidier: Tidier) -> Expr:
    current = before
    lets = {e for e in walk([before]) if e.op == "let"}
    for after, law, _ in tidier.lines(before):
        assert after is not current, law.name
        assert_same_value(current, after, law.name)
        current = after
    new = {e for e in walk([current]) if e.op == "let"} - lets
    assert not new, f"the definition of {[e.attr.plain for e in new]} was changed"
    return current


@settings(max_examples=250)
@given(matrices())
def test_every_line_keeps_every_entry_and_no_definition_is_touched(before: Expr) -> None:
    tidier = Tidier([Y], "rows")
    after = check(before, tidier)
    assert tidier.lines(after) == [], f"{shown(before)} -> {shown(after)}"


A, B, X = LETTERS["n", "m"], LETTERS["m", "k"], LETTERS["n", "k"]
m, n = size("m"), size("n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (matmul(mul(div(ONE, m), A), B), mul(div(ONE, m), matmul(A, B))),
        (matmul(neg(A), mul(number(2), B)), neg(mul(number(2), matmul(A, B)))),
        (matmul(A, B).T, matmul(B.T, A.T)),
        (matmul(identity("n"), A), A),
        (matmul(broadcast(ZERO, ("k", "n")), A), broadcast(ZERO, ("k", "m"))),
        (total(mul(EPSILON, A), "columns"), mul(EPSILON, total(A, "columns"))),
        (total(broadcast(LETTERS["n", 1], ("n", "m")), "columns"), mul(m, LETTERS["n", 1])),
        (total(broadcast(EPSILON, ("n", "m"))), mul(mul(n, m), EPSILON)),
        (total(Y, "rows"), broadcast(ONE, (1, "m"))),
        (neg(neg(A)), A),
        (mul(ONE, add(A, broadcast(ZERO, A.shape))), A),
        (broadcast(LETTERS["n", 1], ("n", "m")).T, broadcast(LETTERS["n", 1].T, ("m", "n"))),
        (neg(mul(div(ONE, m), A)).T, neg(mul(div(ONE, m), A.T))),
    ],
)  # fmt: skip
def test_what_is_tidied_and_how(before: Expr, after: Expr) -> None:
    found = check(before, Tidier([Y], "rows"))
    assert found is after, f"{shown(before)} -> {shown(found)}"


def test_targets_sum_to_one_only_where_the_note_says_so_and_along_the_classes() -> None:
    assert Tidier().lines(total(Y, "rows")) == []
    assert Tidier([Y], "columns").lines(total(Y, "rows")) == []
    assert Tidier([Y], "rows").lines(total(Y, "columns")) == []


def test_an_expression_that_also_stands_inside_a_definition_is_tidied_outside_only() -> None:
    inner = neg(neg(A))
    z = let("z", inner)
    after = check(add(inner, z), Tidier())
    assert after is add(A, z)
