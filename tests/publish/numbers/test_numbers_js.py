"""The script of the panel without a page, run by Node.js: numbers equal to Python's."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from backproof.code.node import node
from backproof.publish.numbers import assets, trained

from .pages import EXAMPLES, REPORT, differences, made

NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))


def run(note: str, body: str, **changes: Any) -> Any:
    """What the body returns, with `numbers` of a note and `report`."""
    derivation, sample = made(note)
    data = {**assets.sample_data(derivation, sample), **changes}
    script = (
        assets.program(derivation)
        + assets.script()
        + f"const report = {REPORT};"
        + f"const numbers = new Numbers(lossAndGradients, {json.dumps(data)});"
        + f"const answer = (() => {{ {body} }})();"
        + "console.log(JSON.stringify(answer, (_, x) => Number.isFinite(x) || typeof x !== 'number' ? x : String(x)));"
    )
    done = subprocess.run(
        [*node(), "-"], input=script, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("note", NOTES)
def test_the_numbers_are_those_of_python_after_0_1_and_50_steps(note: str) -> None:
    body = "return [0, 1, 49].map((count) => { numbers.step(count); return report(numbers); })"
    derivation, sample = made(note)
    for steps, found in zip((0, 1, 50), run(note, body), strict=True):
        assert found["steps"] == steps
        worst = differences(found, trained(derivation, sample, steps))
        assert max(worst.values()) <= 1e-12, {k: v for k, v in worst.items() if v > 1e-12}


def test_a_number_is_changed_and_everything_follows() -> None:
    derivation, sample = made("two_layer_en.md")
    found = run(
        "two_layer_en.md",
        "const said = [numbers.set('W1', 2, 1, 0.25), numbers.set('X', 0, 3, -1), "
        "numbers.set('b2', 0, 0, 2)]; return {...report(numbers), said};",
    )
    changed = replace(
        sample,
        parameters={
            **sample.parameters,
            "W1": [*sample.parameters["W1"][:2], [sample.parameters["W1"][2][0], 0.25]],
            "b2": [[2.0]],
        },
        data={**sample.data, "X": [[*sample.data["X"][0][:3], -1.0], sample.data["X"][1]]},
    )
    assert found["said"] == [True, True, True]
    assert found["steps"] == 0
    assert max(differences(found, trained(derivation, changed, 0)).values()) <= 1e-12


def test_what_is_no_number_is_refused_and_changes_nothing() -> None:
    before, after, said = run(
        "two_layer_en.md",
        "const before = report(numbers); const said = [NaN, Infinity, -Infinity, undefined].map((x) => "
        "numbers.set('W1', 0, 0, x)).concat([NaN, -1, Infinity].map((x) => numbers.setRate(x)));"
        "return [before, report(numbers), said]",
    )
    assert before == after
    assert not any(said)


def test_back_to_the_first_step_keeps_what_was_changed_and_reset_does_not() -> None:
    weights, again, first, original = run(
        "two_layer_en.md",
        "const seen = []; numbers.set('W1', 0, 0, 0.5); numbers.setRate(1); numbers.step(5);"
        "numbers.set('y', 0, 0, 1); seen.push(numbers.value('W1'));"
        "numbers.restart(); seen.push(report(numbers)); numbers.reset();"
        "return [seen[0], seen[1], numbers.value('W1')[0][0], report(numbers)]",
    )
    sample = made("two_layer_en.md")[1]
    assert weights[0][0] != 0.5
    assert (again["value"]["W1"][0][0], again["rate"], again["steps"]) == (0.5, 1, 0)
    assert again["value"]["y"][0][0] == 1
    assert first == sample.parameters["W1"][0][0]
    assert (original["rate"], original["value"]["y"]) == (sample.learning_rate, sample.data["y"])
    assert len(original["history"]) == 1


def test_a_step_that_is_far_too_large_ends_the_training_without_harm() -> None:
    finite, steps, loss, back = run(
        "linear_regression.md",
        "numbers.setRate(1e9); numbers.step(500); const seen = [numbers.finite, numbers.steps, numbers.loss];"
        "numbers.restart(); return [...seen, numbers.finite]",
    )
    assert not finite
    assert 0 < steps < 500
    assert loss in ("Infinity", "NaN")
    assert back


def test_listeners_hear_of_every_change_until_they_are_told_off() -> None:
    heard = run(
        "hinge.md",
        "let heard = 0; const end = numbers.onchange(() => heard++); numbers.step(10); numbers.setRate(1);"
        "numbers.set('b', 0, 0, 1); numbers.restart(); end(); numbers.reset(); return heard",
    )
    assert heard == 4


@pytest.mark.parametrize("note", ["two_layer_en.md", "rows.md", "softmax_ko.md", "hinge.md"])
def test_the_plane_at_the_points_of_the_sample_is_their_prediction(note: str) -> None:
    sample = made(note)[1]
    assert sample.surface is not None
    rows = sample.data[sample.surface.input]
    axis = sample.axes.get(sample.surface.input)
    lone = [[x for row in rows for x in row]]
    points = lone if axis is None else list(zip(*rows, strict=True)) if axis else rows
    found = run(note, f"return numbers.predicted({json.dumps(points)})")
    predicted = sample.values[sample.surface.output]
    if axis == 0:
        predicted = [list(column) for column in zip(*predicted, strict=True)]
    assert len(found) == len(predicted)
    for ours, theirs in zip(found, predicted, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_numbers_are_written_with_four_digits() -> None:
    given = [0, -0.0, 3, -1.5, 0.123456, 2 / 3, 99999, 123456, 1.5e-7, -1e300, 1e-3]
    shown = run("hinge.md", f"return {json.dumps(given)}.map((x) => shown(x))")
    assert shown[:6] == ["0", "0", "3", "−1.5", "0.1235", "0.6667"]
    assert shown[6:] == ["100000", "1.235·10⁵", "1.5·10⁻⁷", "−1·10³⁰⁰", "0.001"]
    assert run("hinge.md", "return [NaN, Infinity, -Infinity].map((x) => shown(x))") == [
        "—", "∞", "−∞",
    ]  # fmt: skip
