"""The worked sample: short numbers that suit the loss, from which the loss goes down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.errors import RefusedError
from backproof.expr.values import evaluate
from backproof.notation import parse, read
from backproof.publish.numbers import Sample, trained, worked_sample

EXAMPLES = Path(__file__).parents[3] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
_made: dict[str, tuple[Derivation, Sample]] = {}


def made(note: str) -> tuple[Derivation, Sample]:
    if note not in _made:
        derivation = derive(read(EXAMPLES / note))
        _made[note] = (derivation, worked_sample(derivation))
    return _made[note]


def loss(derivation: Derivation, sample: Sample) -> float:
    return sample.values[derivation.model.loss.attr.plain][0][0]


@pytest.mark.parametrize("note", NOTES)
def test_the_numbers_are_short_and_the_loss_goes_down(note: str) -> None:
    derivation, sample = made(note)
    for rows in {**sample.parameters, **sample.data}.values():
        assert all(x == round(x, 2) and abs(x) <= 3 for row in rows for x in row)
    assert sum(len(rows) * len(rows[0]) for rows in sample.data.values()) <= 24
    before = loss(derivation, sample)
    assert loss(derivation, trained(derivation, sample, 10)) < 0.9 * before
    assert loss(derivation, trained(derivation, sample, 50)) < 0.5 * before


@pytest.mark.parametrize("note", NOTES)
def test_the_values_and_gradients_are_those_of_the_derivation(note: str) -> None:
    derivation, sample = made(note)
    point = {**sample.data, **sample.parameters}
    model = derivation.model
    assert set(point) == {e.attr.plain for e in model.roles if e.op == "name"}
    for equation in model.equations:
        expected = evaluate(equation.quantity, point)
        assert np.allclose(sample.values[equation.quantity.attr.plain], expected, rtol=1e-13)
    for plain, gradient in derivation.gradients.items():
        assert np.allclose(sample.gradients[plain], evaluate(gradient, point), rtol=1e-13)
    between = {s.quantity.attr.plain for s in derivation.stages if s.quantity.op == "let"}
    assert set(sample.gradients) == between | set(derivation.gradients)


def test_it_is_the_same_every_time() -> None:
    derivation, sample = made("two_layer_en.md")
    assert worked_sample(derivation) == sample
    assert worked_sample(derive(read(EXAMPLES / "two_layer_ko.md"))).parameters == sample.parameters


def test_a_hidden_layer_gets_the_corners_of_a_square_and_learns_them() -> None:
    derivation, sample = made("two_layer_en.md")
    assert sample.data == {"X": [[1, 0, 1, 0], [1, 1, 0, 0]], "y": [[0, 1, 1, 0]]}
    assert sample.sizes == {"m": 4, "n0": 2, "n1": 3}
    assert sample.axes == {"X": 1, "y": 1}
    assert sample.surface is not None
    assert (sample.surface.kind, sample.surface.level) == ("sides", 0.5)
    (guessed,) = trained(derivation, sample, 100).values[sample.surface.output]
    assert [float(p > 0.5) for p in guessed] == sample.data["y"][0]


def test_without_a_hidden_layer_a_line_parts_the_points() -> None:
    for note, output, level in (("logistic_regression.md", "y_hat", 0.5), ("hinge.md", "s", 0.0)):
        derivation, sample = made(note)
        assert sample.surface is not None
        assert (sample.surface.output, sample.surface.level) == (output, level)
        (guessed,) = trained(derivation, sample, 100).values[output]
        assert [p > level for p in guessed] == [y > 0 for y in sample.data["y"][0]]


def test_targets_suit_the_loss() -> None:
    columns = np.array(made("deep_relu_softmax.md")[1].data["Y"])
    assert sorted(set(columns.ravel())) == [0, 1]
    assert (columns.sum(axis=0) == 1).all()
    assert (columns.sum(axis=1) > 0).all(), "a class that never occurs"
    assert set(np.ravel(made("hinge.md")[1].data["y"])) == {-1, 1}
    assert len(set(np.ravel(made("linear_regression.md")[1].data["y"]))) == 4


def test_a_surface_is_drawn_only_where_each_sample_stands_for_itself() -> None:
    assert made("batch_norm.md")[1].surface is None
    assert made("attention.md")[1].surface is None
    assert made("rnn.md")[1].surface is None
    lone = made("softmax_ko.md")[1]
    assert lone.surface is not None
    assert (lone.surface.kind, lone.axes) == ("classes", {})
    rows = made("rows.md")[1]
    assert rows.surface is not None
    assert (rows.surface.kind, rows.axes) == ("value", {"X": 0, "Y": 0})


def test_targets_that_must_not_be_zero_are_not() -> None:
    note = r"""$X \in \mathbb{R}^{m \times d}$

$$P = \text{softmax}(X W + b)$$ $$L = \frac{1}{m} \sum_{i=1}^m \sum_{k=1}^K Y_{ik} \log \frac{Y_{ik}}{P_{ik}}$$"""
    derivation = derive(parse(note))
    sample = worked_sample(derivation)
    assert (np.array(sample.data["Y"]) > 0).all()
    assert np.allclose(np.sum(sample.data["Y"], axis=1), 1)
    assert loss(derivation, trained(derivation, sample, 10)) < 0.9 * loss(derivation, sample)


def test_where_a_logarithm_needs_it_all_numbers_are_positive() -> None:
    derivation = derive(parse("a = log(w) + log(v); L = (a - y)^2; w in R, v in R, y in R"))
    sample = worked_sample(derivation)
    assert all(x > 0 for rows in sample.parameters.values() for row in rows for x in row)


def test_what_cannot_be_shown_is_refused_with_a_reason() -> None:
    large = r"$W \in \mathbb{R}^{10 \times 784}$ $$p = \text{softmax}(W x)$$ $$L = -\sum_k y_k \log p_k$$"
    with pytest.raises(RefusedError, match="would have 8634 numbers"):
        worked_sample(derive(parse(large)))
    with pytest.raises(RefusedError, match="no small sample was found"):
        worked_sample(derive(parse("L = log(-1 - w^2); w in R")))


def test_a_note_without_inputs_and_one_without_targets_have_a_sample() -> None:
    for note in ("L = (w - 3)^2 + v^2; w in R, v in R", "a = W x; L = a^T a; W in R^{n x d}"):
        derivation = derive(parse(note))
        sample = worked_sample(derivation)
        assert sample.surface is None
        assert loss(derivation, trained(derivation, sample, 10)) < loss(derivation, sample)
