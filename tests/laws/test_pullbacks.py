"""Every pullback against JAX's, for many shapes, and each line of the reason that is given for
it."""

from __future__ import annotations

from itertools import product
from typing import Any

import jax
import numpy as np
import pytest

from backproof.expr.build import broadcast, name
from backproof.expr.evaluate import Evaluator
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS, make
from backproof.expr.scalars import FLOAT
from backproof.laws.pullbacks import PULLBACKS, pullbacks

from ..expr.jaxed import shape_of, size_of, worth

SIZES = {"n": 3, "m": 4, "k": 2}
SHAPES: list[tuple[Any, Any]] = [("n", "m"), ("n", 1), (1, "m"), (1, 1)]


def one(shape: tuple[Any, Any], letter: str = "A") -> Expr:
    return name(letter, shape)


# Each operation with arguments of many shapes, dimensions of one among them.
CASES: dict[str, list[Expr]] = {
    "matmul": [
        make("matmul", (one((r, k)), one((k, s), "B")))
        for r, k, s in product(("n", 1), ("k", 1), ("m", 1))
    ]
    + [
        make("matmul", (one(("n", "m")), one(("n", "m")).T)),
        make("matmul", (one(("n", "n")),) * 2),
    ],
    "transpose": [one(shape).T for shape in SHAPES if shape != (1, 1)],
    "broadcast": [
        broadcast(one(small), large)
        for large in (("n", "m"), ("n", 1), (1, "m"), (2, 3))
        for small in {(large[0], 1), (1, large[1]), (1, 1)} - {large}
    ],
    "trace": [make("trace", (one((d, d)),)) for d in ("n", 1, 3)],
    "stack": [
        make("stack", (one(("n", "m")), one(("k", "m"), "B"), one((1, "m"), "C")), "rows"),
        make("stack", (one(("n", 1)), one(("n", "m"), "B")), "columns"),
        make("stack", (one((1, 1)), one((2, 1), "B")), "rows"),
        make("stack", (one(("n", "m")), one(("n", "m")), one(("n", "m"), "B")), "rows"),
    ],
    "block": [
        make("block", (one(("n+k", "m")),), ("rows", (), "n")),
        make("block", (one(("n+k", "m")),), ("rows", ("n",), "k")),
        make("block", (one(("n+k+1", 1)),), ("rows", ("n",), "k")),
        make("block", (one(("n+k+1", 1)),), ("rows", ("n", "k"), 1)),
        make("block", (one(("n+k+1", 1)),), ("rows", ("n+1",), "k")),
        make("block", (one(("n+k+1", 1)),), ("rows", (), "n")),
        make("block", (one((1, "n+n")),), ("columns", ("n",), "n")),
        make("block", (one((1, 5)),), ("columns", (1, 2), 1)),
        make("block", (one(("m", "k+3")),), ("columns", ("k",), 2)),
        make("block", (one(("n", "m")),), ("rows", (), "n")),
    ],
    "sized": [make("sized", (one(("n", "m")), name("B", ("k", 1))))],
    **{
        op: [
            make(op, (one(shape),), axis)
            for axis in ("rows", "columns", "all")
            for shape in (SHAPES if axis == "rows" else SHAPES[:2])
        ]
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


def all_cases() -> list[Any]:
    return [pytest.param(e, id=f"{op} {i}") for op, es in CASES.items() for i, e in enumerate(es)]


def point(*exprs: Expr, seed: int = 0) -> dict[Expr, Any]:
    random = np.random.default_rng(seed)
    return {e: random.uniform(-1, 1, shape_of(e, SIZES)) for e in walk(exprs) if e.op == "name"}


def evaluator(values: dict[Expr, Any], frozen: tuple[Expr, ...] = ()) -> Evaluator:
    return Evaluator(FLOAT, {e: v.tolist() for e, v in values.items()}, SIZES, frozenset(frozen))


def test_every_operation_on_matrices_has_pullbacks_and_a_case() -> None:
    structural = {op for op, row in OPS.items() if row.kind == "structural"}
    assert structural == set(CASES)
    assert structural == {*PULLBACKS, "stack", "sized"}
    for out in (e for es in CASES.values() for e in es):
        assert len(pullbacks(out)) == (1 if out.op == "sized" else len(out.args))


@pytest.mark.parametrize("out", all_cases())
def test_a_pullback_is_what_jax_hands_back(out: Expr) -> None:
    g = name("g", out.shape)
    values = point(out, g)
    at = evaluator(values)
    for i, (argument, back) in enumerate(zip(out.args, pullbacks(out), strict=out.op != "sized")):
        ours = back.pull(g, out)
        assert ours.shape == argument.shape
        # The same argument may stand in several places: one place at a time.
        held = [worth(x, values, SIZES) for x in out.args]

        def of(x: Any, i: int = i, held: list[Any] = held) -> Any:
            letters = [name(f"held{j}", out.args[j].shape) for j in range(len(held))]
            table = {e: (x if j == i else held[j]) for j, e in enumerate(letters)}
            return worth(make(out.op, tuple(letters), out.attr), table, SIZES)

        _, pull = jax.vjp(of, held[i])
        theirs = np.asarray(pull(values[g])[0])
        np.testing.assert_allclose(
            np.array(at.matrix(ours), dtype=float), theirs, rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("out", all_cases())
def test_a_pullback_of_nothing_is_nothing(out: Expr) -> None:
    g = name("g", out.shape)
    values = point(out, g)
    values[g] = np.zeros_like(values[g])
    for back in pullbacks(out):
        assert not np.any(np.array(evaluator(values).matrix(back.pull(g, out)), dtype=float))


def reasons() -> list[Any]:
    found = []
    for case in all_cases():
        out = case.values[0]
        for i, back in enumerate(pullbacks(out)):
            twice = len(set(out.args)) < len(out.args) or any(x.op == "transpose" for x in out.args)
            if back.reason is not None and not twice:
                found.append(pytest.param(out, i, id=f"{case.id} argument {i}"))
    return found


def test_products_and_repeated_values_give_reasons() -> None:
    with_reason = {case.values[0].op for case in reasons()}
    assert {"matmul", "broadcast", "transpose"} <= with_reason


@pytest.mark.parametrize(("out", "i"), reasons())
def test_the_lines_of_a_reason_are_equal_for_every_entry(out: Expr, i: int) -> None:
    g = name("g", out.shape)
    back = pullbacks(out)[i]
    assert back.reason is not None
    lines = back.reason(g, out)
    assert len(lines) > 1
    values = point(out, g)
    at = evaluator(values)
    pulled = np.array(at.matrix(back.pull(g, out)), dtype=float)
    rows, columns = (size_of(d, SIZES) for d in out.args[i].shape)
    last = lines[-1]
    assert last.op == "entry"
    assert last.args[0] is back.pull(g, out)
    for j, k in product(range(1, rows + 1), range(1, columns + 1)):
        letters = dict(zip(last.attr, (j, k), strict=True))
        indices = {x: y for x, y in letters.items() if isinstance(x, str)}
        for line in lines:
            assert at.scalar(line, indices) == pytest.approx(
                pulled[j - 1, k - 1], rel=1e-9, abs=1e-12
            )
