"""What a user may hand in as a value, and what is said where it does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from backproof.errors import BackproofError
from backproof.expr.build import ONE, broadcast, let, matmul, mul, name, number, size, total, unary
from backproof.expr.node import Expr
from backproof.expr.ops import make
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate

W, X = name("W", ("h", "n")), name("X", ("n", "m"))
COLUMN, ROW, LAMBDA = name("b", ("h", 1)), name("y", (1, "m")), name("lambda", SCALAR)
BOTH = name("U", ("h", "n+k"))
XH = make("stack", (name("x", ("n", 1)), name("g", ("k", 1))), "rows")


@pytest.mark.parametrize(
    ("leaf", "value", "rows"),
    [
        (COLUMN, [1, 2, 3], [[1], [2], [3]]),
        (COLUMN, (1, 2, 3), [[1], [2], [3]]),
        (COLUMN, [[1], [2], [3]], [[1], [2], [3]]),
        (COLUMN, np.array([1.0, 2.0, 3.0]), [[1], [2], [3]]),
        (COLUMN, np.array([1, 2, 3], dtype=np.int64), [[1], [2], [3]]),
        (COLUMN, [np.float32(0.5), np.int8(2)], [[0.5], [2]]),
        (ROW, [1, 2, 3], [[1, 2, 3]]),
        (ROW, [[1, 2, 3]], [[1, 2, 3]]),
        (ROW, np.array([[1, 0]], dtype=bool), [[1, 0]]),
        (X, [[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4], [5, 6]]),
        (X, [np.array([1, 2]), np.array([3, 4])], [[1, 2], [3, 4]]),
        (X, ((1, 2), (3, 4)), [[1, 2], [3, 4]]),
        (X, [1, 2, 3], [[1], [2], [3]]),
        (X, 5, [[5]]),
    ],
)
def test_values_come_as_they_stand(leaf: Expr, value: Any, rows: Any) -> None:
    ours = evaluate(leaf, {leaf.attr.plain: value})
    assert np.asarray(ours).tolist() == rows
    assert type(np.asarray(ours)[0, 0]) is np.float64


@pytest.mark.parametrize(
    "value",
    [
        2,
        2.0,
        True + 1,
        "2",
        [2],
        [[2]],
        Fraction(2),
        np.float64(2),
        np.array(2),
        np.array([[2]]),
        mpmath.mpf(2),
    ],
)
def test_a_scalar_comes_in_many_ways(value: Any) -> None:
    if isinstance(value, str):
        with pytest.raises(BackproofError, match="'2' in it, which is no number"):
            evaluate(LAMBDA, {"lambda": value})
        return
    assert evaluate(LAMBDA, {"lambda": value}) == 2.0
    assert evaluate(LAMBDA, {"lambda": value}, digits=40) == 2


def test_a_flat_list_for_a_matrix_lies_as_the_others_say() -> None:
    product = matmul(W, X)
    assert evaluate(product, {"W": [[1, 2]], "X": [3, 4]}) == [[11.0]]
    assert evaluate(product, {"W": [[1], [2]], "X": [3, 4]}) == [[3.0, 4.0], [6.0, 8.0]]
    assert evaluate(product, {"W": [1, 2], "X": [[3], [4]]}) == [[11.0]]


def test_exact_numbers_stay_exact() -> None:
    third = evaluate(LAMBDA, {"lambda": Fraction(1, 3)}, digits=60)
    assert abs(third * 3 - 1) < mpmath.mpf(10) ** -59
    assert evaluate(LAMBDA, {"lambda": 10**30}, digits=40) == 10**30


def test_the_size_of_a_sum_of_dimensions_is_told_by_its_parts_in_any_order() -> None:
    e = matmul(BOTH, XH)
    values = {"U": [[1, 2, 3]], "x": [1, 1], "g": [1]}
    assert evaluate(e, values) == [[6.0]]
    assert evaluate(matmul(BOTH, name("v", ("n+k", 1))), {"U": [[1, 2, 3]], "v": [1, 0, 2]}) == [
        [7.0]
    ]
    only_whole = mul(size("k", name("g", ("k", 1))), total(BOTH))
    assert evaluate(only_whole, {"U": [[1, 2, 3]], "g": [1, 1]}) == 12.0


def test_twice_a_dimension_tells_the_dimension() -> None:
    e = mul(size("n", name("q", ("n+n", 1))), ONE)
    assert evaluate(e, {"q": [1, 2, 3, 4]}) == 2.0


def test_sizes_are_counted_from_the_name_that_has_them() -> None:
    ones = make("sized", (broadcast(number(3), ("h", 1)), W))
    assert evaluate(ones, {"W": [[1, 2], [3, 4]]}) == [[3.0], [3.0]]
    assert evaluate(size("m", X), {"X": [[1, 2, 3]]}) == 3.0


@pytest.mark.parametrize(
    ("e", "values", "says"),
    [
        (X, {}, "no value was given for X (n × m)"),
        (X, {"x": [[1]]}, "did you mean X where you wrote x?"),
        (unary("tanh", let("z", X)), {"z": [[1]]}, "X"),
        (X, {"X": [[1, 2], [3]]}, "differ in length"),
        (X, {"X": [[1, 2], 3]}, "differ in length"),
        (X, {"X": [1, [2, 3]]}, "differ in length"),
        (X, {"X": []}, "empty"),
        (X, {"X": [[]]}, "empty"),
        (X, {"X": [[[1]]]}, "3 dimensions"),
        (X, {"X": np.ones((2, 2, 2))}, "3 dimensions"),
        (X, {"X": [["a"]]}, "'a' in it, which is no number"),
        (X, {"X": None}, "None in it, which is no number"),
        (X, {"X": [[1 + 2j]]}, "which is no number"),
        (matmul(W, X), {"W": [[1, 2]], "X": [[1], [2], [3]]},
         "X is n × m, here 2 × 1, but its value is 3 × 1"),
        (matmul(W, X), {"X": [[1, 1]], "W": [[1, 2]]},
         "X is n × m, here 2 × 2, but its value is 1 × 2"),
        (LAMBDA, {"lambda": [1, 2]}, "lambda is 1 × 1"),
        (ROW, {"y": [[1], [2]]}, "y is 1 × m"),
        (mul(ROW, total(X)), {"X": [[1, 2]], "y": [1, 2, 3]}, "X is n × m, here 1 × 3"),
        (matmul(BOTH, XH), {"U": [[1, 2]], "x": [1, 1], "g": [1]}, "U is h × n+k, here 1 × 3"),
        (total(BOTH), {"U": [[1]]}, "U is h × n+k"),
        (size("m"), {}, "what m is"),
        (broadcast(ONE, ("n", 1)), {}, "what n is"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(e: Expr, values: Mapping[str, Any], says: str) -> None:
    with pytest.raises(BackproofError) as error:
        evaluate(e, values)
    assert says in str(error.value)


def test_names_that_are_not_needed_may_be_given() -> None:
    assert evaluate(LAMBDA, {"lambda": 1, "other": object()}) == 1.0
