"""Numba programs: the derivation's numbers, compiled, in the precision that was given."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.code import compile, emit
from backproof.code.compiled import load
from backproof.code.numba import Python
from backproof.code.plan import plan
from backproof.expr.shape import SCALAR
from backproof.notation import parse, read

from ..calculus.networks import Network, networks
from . import everything
from .points import as_precision, parted, point, truth
from .test_c_target import FORMS, agree

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
_derived: dict[str, Derivation] = {}


def derived(note: str) -> Derivation:
    if note not in _derived:
        _derived[note] = derive(read(EXAMPLES / note))
    return _derived[note]


class Plain(ModuleType):
    """A Numba that leaves functions as they are: the same text, without the time to compile it."""

    @staticmethod
    def njit(**options: Any) -> Any:
        return lambda function: function


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", Plain("numba"))


# Between them: products that are called and those that are loops, softmax, sums along each axis.
COMPILED = ["two_layer_en.md", "attention.md", "regularised.md"]


@pytest.mark.parametrize("note", COMPILED)
def test_an_example_compiled_has_the_numbers_of_its_derivation(note: str) -> None:
    agree(compile(derived(note), "numba"), derived(note), point(derived(note).model, seed=3))


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.usefixtures("plain")
def test_the_text_of_every_example_has_the_numbers_of_its_derivation(note: str) -> None:
    agree(compile(derived(note), "numba"), derived(note), point(derived(note).model, seed=3))


@pytest.mark.usefixtures("plain")
def test_the_text_of_every_operation_has_the_right_value() -> None:
    derivation = derive(everything.model())
    agree(compile(derivation, "numba"), derivation, everything.values())


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(networks())
@pytest.mark.usefixtures("plain")
def test_the_text_of_a_random_network_has_the_numbers_of_its_derivation(network: Network) -> None:
    derivation = derive(network.model, network.wrt)
    values = {
        e.attr.plain: np.atleast_2d(v) if e.shape != SCALAR else float(np.ravel(v)[0])
        for e, v in network.values.items()
    }
    loss, gradients = compile(derivation, "numba")(values, values)
    expected, others = truth(derivation, values)
    assert float(loss) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for name, theirs in others.items():
        ours = np.asarray(gradients[name]).reshape(theirs.shape)
        assert np.abs(ours - theirs).max() <= 1e-8 * max(1.0, float(np.abs(theirs).max()))


def test_c_and_numba_have_forms_for_the_same_operations() -> None:
    assert set(Python.forms) == set(FORMS)


KINDS = "sigmoid softplus log1mexp relu sign step erf where pow max log1p expm1".split()
KINDS += [
    "softmax rows",
    "log_softmax columns",
    "argmax_mask all",
    "logsumexp rows",
    "norm columns",
]
KINDS += ["amax all", "stack beside", "trace", "identity", "product taken off", "dot product"]


def test_operations_compiled_stay_in_the_precision_that_was_given() -> None:
    model = everything.model(KINDS)
    derivation = derive(model)
    module = load(emit(derivation, "numba"))
    values = everything.values()
    parameters, data = parted(derivation, as_precision(values, np.float32))
    order = list(plan(derivation).data)
    loss, gradients = module["loss_and_gradients"](parameters, *(data[p] for p in order))
    expected, others = truth(derivation, values)
    assert loss == pytest.approx(expected, rel=1e-5)
    for name, theirs in others.items():
        assert np.abs(gradients[name] - theirs).max() <= 1e-5 * max(1, np.abs(theirs).max())
    kernel = module["_kernel"]
    code = kernel.inspect_llvm(kernel.signatures[0])
    doubles = [x.strip() for x in code.splitlines() if re.search(r"= (f\w+|call) .*\bdouble\b", x)]
    # Where numbers cross into Python and where they are compared, and nowhere else.
    assert all(re.search(r"PyFloat|fptrunc double|fpext float|fcmp", x) for x in doubles), doubles[
        :5
    ]


def test_large_products_go_to_blas_and_give_the_same() -> None:
    derivation = derived("rows.md")
    program = compile(derivation, "numba")
    random = np.random.default_rng(0)
    sizes = {"n": 64, "d": 40, "h": 30, "q": 20}
    values = {
        p: random.normal(size=tuple(sizes.get(str(d), 1) for d in e.shape))
        for p, e in {**program.parameters, **program.data}.items()
    }
    loss, gradients = program(values, values)
    expected, others = compile(derivation, "numpy")(values, values)
    assert loss == pytest.approx(expected, rel=1e-12)
    for name, theirs in others.items():
        assert np.allclose(gradients[name], theirs, rtol=1e-11, atol=1e-12)


def test_saved_to_a_file_it_is_compiled_once_for_all_processes(tmp_path: Path) -> None:
    text = emit(parse("a = w * x + b; L = (a - y)^2; w in R, x in R"), "numba")
    (tmp_path / "emitted.py").write_text(text, encoding="utf-8")
    script = (
        "import emitted; print(emitted.loss_and_gradients({'w': 0.5, 'b': 0.1}, x=2.0, y=1.0)[0]);"
        "print(sum(emitted._kernel.stats.cache_hits.values()))"
    )
    command = [sys.executable, "-c", script]
    first, second = (
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    assert first.stdout.split() == ["0.010000000000000018", "0"]
    assert second.stdout.split() == ["0.010000000000000018", "1"]


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("note", "last"), [("two_layer_en.md", "W2"), ("deep_relu_softmax.md", "W4")]
)
def test_logits_of_ten_thousand_overflow_nowhere(note: str, last: str) -> None:
    derivation = derived(note)
    program = compile(derivation, "numba")
    values = point(derivation.model)
    for sign in (1e4, -1e4, 1e6):
        pushed = {**values, last: np.sign(values[last]) * sign}
        loss, gradients = program(*parted(derivation, pushed))
        assert np.isfinite(float(loss))
        assert all(np.isfinite(np.asarray(g)).all() for g in gradients.values())
