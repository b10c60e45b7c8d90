"""Networks of any depth in every notation, generated: shapes, roles and values."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from backproof.expr.values import evaluate
from backproof.notation import parse

from .lowering import check_form, point, relu, shapes_of, sigmoid, softmax

ACTIVATIONS: dict[str, tuple[str, str, Callable]] = {
    "sigmoid": (r"\sigma(%s)", "sigmoid(%s)", sigmoid),
    "tanh": (r"\tanh(%s)", "tanh(%s)", np.tanh),
    "relu": (r"\max(0, %s)", "relu(%s)", relu),
}
LAYERS = {
    "round": "%s^{(%d)}",
    "square": "%s^{[%d]}",
    "bare": "%s^%d",
    "below": "%s_%d",
    "plain": "%s%d",
}


@dataclass(frozen=True)
class Plan:
    """A network: how layers are written, how samples lie (or whether there is one), how deep."""

    layers: str
    samples: str
    depth: int
    activation: str
    loss: str

    @property
    def id(self) -> str:
        return f"{self.layers}-{self.samples}-{self.depth}-{self.activation}-{self.loss}"

    def note(self) -> str:
        """The note's text."""
        plain, rows = self.layers == "plain", self.samples == "rows"
        spelled = ACTIVATIONS[self.activation][1 if plain else 0]
        times = " @ " if plain else " "
        capital = self.samples != "one"

        def layer(letter: str, i: int) -> str:
            return LAYERS[self.layers] % (letter.upper() if capital else letter, i)

        lines: list[str] = []
        before = "X" if capital else "x"
        for i in range(1, self.depth + 1):
            weight, bias = LAYERS[self.layers] % ("W", i), LAYERS[self.layers] % ("b", i)
            pair = (before, weight) if rows else (weight, before)
            lines.append(f"{layer('z', i)} = {times.join(pair)} + {bias}")
            last = i == self.depth
            if last and self.loss == "cross-entropy":
                inner = "softmax(%s)" if plain else r"\text{softmax}(%s)"
            else:
                inner = spelled
            lines.append(f"{layer('a', i)} = {inner % layer('z', i)}")
            before = layer("a", i)
        lines.append(self._loss(before, plain, capital))
        if plain:
            return "\n".join(lines)
        return "\n\n".join(f"$${line}$$" for line in lines)

    def _loss(self, a: str, plain: bool, capital: bool) -> str:
        y = "Y" if capital else "y"
        if self.loss == "squares":
            if plain:
                return f"L = 0.5 * sum(({a} - {y})**2)"
            return rf"L = \frac12 \| {a} - {y} \|^2"
        if plain:
            return f"L = -sum({y} * log({a}))"
        if not capital:
            return rf"L = -\sum_k y_k \log {self._entry(a)}"
        return rf"L = -\sum {y} \odot \log {a}"

    def _entry(self, a: str) -> str:
        return a.replace("a_", "a_{").replace("}", "}") + ", k}" if "_" in a else a + "_k"

    def value(self, v: SimpleNamespace) -> float:
        """The loss in NumPy."""
        rows = self.samples == "rows"
        a = v.x if self.samples == "one" else v.X
        for i in range(1, self.depth + 1):
            w, b = getattr(v, f"W{i}"), getattr(v, f"b{i}")
            z = (a @ w if rows else w @ a) + b
            if i == self.depth and self.loss == "cross-entropy":
                a = softmax(z, 1 if rows else 0)
            else:
                a = ACTIVATIONS[self.activation][2](z)
        y = v.y if self.samples == "one" else v.Y
        if self.loss == "squares":
            return 0.5 * ((a - y) ** 2).sum()
        return -(y * np.log(a)).sum()

    def shapes(self) -> dict[str, str]:
        """The shape of every name."""
        found: dict[str, str] = {}
        rows, one = self.samples == "rows", self.samples == "one"

        def batch(n: str) -> str:
            return f"{n} × 1" if one else f"m × {n}" if rows else f"{n} × m"

        found["x" if one else "X"] = batch("n0")
        for i in range(1, self.depth + 1):
            here, before = f"n{i}", f"n{i - 1}"
            found[f"W{i}"] = f"{before} × {here}" if rows else f"{here} × {before}"
            found[f"b{i}"] = f"1 × {here}" if rows else f"{here} × 1"
            for letter in "za":
                found[f"{letter if one else letter.upper()}{i}"] = batch(here)
        found["y" if one else "Y"] = batch(f"n{self.depth}")
        found["L"] = "1 × 1"
        return found


PLANS = [
    Plan(*parts)
    for parts in product(
        LAYERS, ("columns", "rows", "one"), (1, 2, 3), ACTIVATIONS, ("squares", "cross-entropy")
    )
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.id)
def test_a_generated_network_is_read_as_it_was_meant(plan: Plan) -> None:
    model = parse(plan.note())
    check_form(model)
    assert shapes_of(model) == plan.shapes()
    assert model.columns == (plan.samples != "rows")
    assert model.samples == ("" if plan.samples == "one" else "m")
    assert model.spelling.layer == {"square": "[", "bare": "^", "below": "_", "plain": "("}.get(
        plan.layers, "("
    )
    values, _ = point(model, {}, 7)
    assert np.isclose(evaluate(model.loss, values), plan.value(SimpleNamespace(**values)))


@pytest.mark.parametrize("layers", [1, 10, 300])
def test_a_deep_chain_is_read_without_recursion(layers: int) -> None:
    lines, before = [], "X"
    for i in range(1, layers + 1):
        lines += [f"z{i} = W{i} @ {before} + b{i}", f"a{i} = tanh(z{i})"]
        before = f"a{i}"
    model = parse("\n".join([*lines, f"L = mean(({before} - Y)**2)"]))
    assert len(model.equations) == 2 * layers + 1
    assert model.shapes[f"W{layers}"] == (f"n{layers}", f"n{layers - 1}")
