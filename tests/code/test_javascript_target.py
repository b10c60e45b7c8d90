"""JavaScript programs, run by Node.js: the derivation's numbers, and every number in between."""

from __future__ import annotations

import math
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import special

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.code import compile, emit
from backproof.code import node as nodes
from backproof.code.c99_words import FORMS as C_FORMS
from backproof.code.javascript_words import FORMS, HELPERS
from backproof.errors import BackproofError
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate
from backproof.notation import parse, read

from ..calculus.networks import Network, networks
from . import everything
from .points import parted, plain, point, truth
from .test_c_target import agree

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
_derived: dict[str, Derivation] = {}


def derived(note: str) -> Derivation:
    if note not in _derived:
        _derived[note] = derive(read(EXAMPLES / note))
    return _derived[note]


def found(derivation: Derivation, values: dict[str, Any]) -> dict[str, Any]:
    """All that the emitted function returns."""
    parameters, data = parted(derivation, plain(values))
    return nodes.run(nodes.node(), emit(derivation, "javascript"), parameters, data)


def close(ours: object, theirs: object, tolerance: float = 1e-12) -> bool:
    a, b = np.array(ours, dtype=float), np.array(theirs, dtype=float)
    return a.shape == b.shape and bool(
        np.abs(a - b).max() <= tolerance * max(1.0, float(np.abs(b).max()))
    )


@pytest.mark.parametrize("note", NOTES)
def test_every_example_has_the_numbers_of_its_derivation(note: str) -> None:
    derivation = derived(note)
    program = compile(derivation, "javascript")
    assert all(len(line) <= 100 for line in program.source.splitlines())
    values = point(derivation.model, seed=3)
    loss, gradients = truth(derivation, values)
    ours, theirs = program(*parted(derivation, values))
    assert ours == pytest.approx(loss, rel=1e-12)
    assert {k: np.shape(v) for k, v in theirs.items()} == {
        k: np.shape(values[k]) for k in gradients
    }
    assert all(close(theirs[k], np.reshape(gradients[k], np.shape(theirs[k]))) for k in gradients)


@pytest.mark.parametrize("note", NOTES)
def test_every_quantity_of_a_note_and_its_derivative_come_out(note: str) -> None:
    derivation = derived(note)
    values = point(derivation.model, seed=4)
    known = plain(values)
    result = found(derivation, values)
    truths = {e.quantity.attr.plain: e.quantity for e in derivation.model.equations}
    truths |= {s.name.attr.plain: s.name for s in derivation.stages if s.name is not None}
    assert set(result["values"]) == set(truths)
    slopes = {s.quantity.attr.plain: s.result for s in derivation.stages if s.quantity.op == "let"}
    assert set(result["deltas"]) == set(slopes)
    for group, expected in (("values", truths), ("deltas", slopes)):
        for name, e in expected.items():
            ours = result[group][name]
            assert close(np.atleast_2d(ours), np.atleast_2d(evaluate(e, known))), (
                f"{group} of {name}"
            )


def test_every_operation_has_the_right_value() -> None:
    derivation = derive(everything.model())
    agree(compile(derivation, "javascript"), derivation, everything.values())


def test_javascript_and_c_have_forms_for_the_same_operations() -> None:
    assert set(FORMS) == set(C_FORMS)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(networks())
def test_a_random_network_has_the_numbers_of_its_derivation(network: Network) -> None:
    derivation = derive(network.model, network.wrt)
    values = {
        e.attr.plain: np.atleast_2d(v) if e.shape != SCALAR else float(np.ravel(v)[0])
        for e, v in network.values.items()
    }
    loss, gradients = compile(derivation, "javascript")(values, values)
    expected, others = truth(derivation, values)
    assert loss == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for name, theirs in others.items():
        assert close(np.reshape(gradients[name], theirs.shape), theirs, 1e-8), name


@pytest.mark.parametrize(
    ("note", "last"), [("two_layer_en.md", "W2"), ("deep_relu_softmax.md", "W4")]
)
def test_logits_of_ten_thousand_overflow_nowhere(note: str, last: str) -> None:
    derivation = derived(note)
    program = compile(derivation, "javascript")
    values = point(derivation.model)
    for sign in (1e4, -1e4, 1e6):
        pushed = {**values, last: np.sign(values[last]) * sign}
        loss, gradients = program(*parted(derivation, pushed))
        assert np.isfinite(loss)
        assert all(np.isfinite(np.asarray(g)).all() for g in gradients.values())


def test_what_is_not_a_number_comes_back_as_such() -> None:
    program = compile(parse("a = w * x; L = log(a); w in R, x in R"), "javascript")
    assert program({"w": 0.0}, x=1.0) == (-math.inf, {"w": math.inf})
    loss, gradients = program({"w": math.nan}, x=-math.inf)
    assert math.isnan(loss)
    assert math.isnan(gradients["w"])


def test_the_error_function_has_all_digits() -> None:
    points = [*np.linspace(-7, 7, 561), 1e-300, 1e-9, 0.0, -0.0, np.inf]
    script = f"{HELPERS['erf']}; console.log(JSON.stringify({[repr(float(x)).replace('inf', 'Infinity') for x in points]}.map(x => erf(Number(x)))))"
    done = subprocess.run([*nodes.node(), "-e", script], capture_output=True, text=True, check=True)
    ours = np.array([float(x) for x in done.stdout.strip().strip("[]").split(",")])
    theirs = special.erf(points)
    assert np.abs(ours - theirs).max() <= 2e-15
    assert (np.abs(ours - theirs) <= 2e-15 * np.abs(theirs)).all()


def test_names_of_the_note_are_none_of_the_language() -> None:
    words = ["new", "var", "this", "data", "matrix", "Math", "function", "undefined", "eval"]
    text = "; ".join(f"{b} = {a} * x" for a, b in pairwise(["w", *words]))
    derivation = derive(parse(f"{text}; L = ({words[-1]} - t)^2; w in R, x in R, t in R"))
    loss, _ = compile(derivation, "javascript")({"w": 2.0}, x=1.0, t=1.0)
    assert loss == 1.0


def test_only_helpers_that_are_called_are_written() -> None:
    text = emit(derived("linear_regression.md"), "javascript")
    assert "function matrix(" in text
    assert not any(f"function {f}(" in text for f in HELPERS if f != "matrix")
    assert "Math." not in text


def test_what_lies_between_costs_the_other_targets_nothing() -> None:
    program = compile(derived("two_layer_en.md"), "numpy")
    assert program.values == program.deltas == {}
    names = [i.name for i in program.instructions]
    assert "delta2" in names
    assert "da1" not in names


def test_a_failing_script_and_a_missing_node_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackproofError, match=r"Node\.js failed"):
        nodes.run(nodes.node(), "lossAndGradients = () => { throw Error('no') };", {}, {})
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(nodes, "find_spec", lambda name: None)
    with pytest.raises(BackproofError, match=r"no Node\.js was found"):
        compile(derived("hinge.md"), "javascript")
    monkeypatch.undo()
    monkeypatch.setenv("NODE", nodes.node()[0])
    assert compile(derived("hinge.md"), "javascript").function
