"""What the tests of lowering share: a note, its loss in plain NumPy, and the two compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from backproof.expr.model import Model
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS
from backproof.expr.shape import dim_letters, dim_value, show_shape
from backproof.expr.values import evaluate
from backproof.notation import parse

Values = Mapping[str, Any]
Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


def softmax(z: Any, axis: int) -> Any:
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def positive(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.uniform(0.2, 0.8, shape)


def binary(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.integers(0, 2, shape).astype(float)


def signs(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.choice([-1.0, 1.0], shape)


def one_hot_columns(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return np.eye(shape[0])[:, rng.integers(0, shape[0], shape[1])]


@dataclass(frozen=True)
class Case:
    """A note and what it means.

    `loss` takes the free names, as attributes, all of them two-dimensional, and `n`, the sizes by
    letter. `shapes` and `roles` list what is claimed about names, `draw` how a name's values are
    drawn (normal by default).
    """

    id: str
    text: str
    loss: Callable[[Any], Any]
    shapes: str = ""
    roles: str = ""
    draw: dict[str, Draw] = field(default_factory=dict)
    columns: bool = True
    kind: Any = "auto"


def shapes_of(model: Model) -> dict[str, str]:
    return {name: show_shape(shape) for name, shape in model.shapes.items()}


def point(
    model: Model, draw: Mapping[str, Draw], seed: int
) -> tuple[dict[str, Any], dict[str, int]]:
    """Random values for the free names of a model, all dimensions different, and the sizes."""
    rng = np.random.default_rng(seed)
    leaves = [e for e in model.roles if e.op == "name"]
    letters = list(dict.fromkeys(x for e in leaves for d in e.shape for x in dim_letters(d)))
    numbers = rng.permutation(range(2, 2 + len(letters)))
    sizes = {x: int(s) for x, s in zip(letters, numbers, strict=True)}
    values: dict[str, Any] = {}
    for e in leaves:
        shape = (dim_value(e.shape[0], sizes), dim_value(e.shape[1], sizes))
        plain = e.attr.plain
        values[plain] = draw[plain](rng, shape) if plain in draw else rng.normal(0, 0.7, shape)
    return values, sizes


def check_form(model: Model) -> None:
    """What holds for every model: shapes follow from the operations, names are known in order."""
    earlier: set[Expr] = set()
    for equation in model.equations:
        for e in walk([equation.value], lambda e: e.op == "let"):
            assert not any("?" in str(d) for d in e.shape), f"{e} has an open dimension"
            if OPS[e.op].kind != "leaf" and e.op != "broadcast":
                assert e.shape == OPS[e.op].shape(e.args, e.attr)
            assert e.op != "let" or e in earlier, f"{e} is used before its equation"
            assert e.op != "size" or e.args, f"{e} can't be counted"
            assert e.op != "name" or e in model.roles, f"{e} has no role"
        earlier.add(equation.quantity)
        assert equation.quantity in model.roles
        assert equation.written
    assert model.roles[model.loss] == "loss"
    assert model.loss.shape == (1, 1)
    assert len(model.shapes) == len(model.roles), "two quantities share a plain name"


def check(case: Case) -> Model:
    """Compare a case with its note at three random points."""
    model = parse(case.text, kind=case.kind)
    check_form(model)
    assert model.columns == case.columns
    found = shapes_of(model)
    for claim in filter(None, case.shapes.split(", ")):
        name, shape = claim.split(" ", 1)
        assert found.get(name) == shape, f"{name} is {found.get(name)}, not {shape}; all: {found}"
    roles = {e.attr.plain: role for e, role in model.roles.items()}
    for claim in filter(None, case.roles.split(", ")):
        name, role = claim.split(" ", 1)
        assert roles.get(name) == role, f"{name} is {roles.get(name)}, not {role}"
    for seed in (1, 2, 3):
        values, sizes = point(model, case.draw, seed)
        wanted = np.asarray(case.loss(SimpleNamespace(**values, n=SimpleNamespace(**sizes))))
        assert wanted.size == 1, f"the test's own loss has shape {wanted.shape}; {found}"
        got = evaluate(model.loss, values)
        assert np.isclose(got, float(wanted.reshape(())), rtol=1e-9, atol=1e-12), (
            f"{got} instead of {float(wanted.reshape(()))}; shapes {found}"
        )
    return model
