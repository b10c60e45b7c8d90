"""NumPy, JAX and PyTorch programs: the derivation's numbers, in the precision that was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.code import compile
from backproof.code.jax import JAX
from backproof.code.numpy import NUMPY
from backproof.code.torch import TORCH
from backproof.expr.ops import OPS
from backproof.notation import read

from ..calculus.networks import SIZES, Network, networks
from ..expr.jaxed import gradient_of, worth
from .points import as_precision, parted, point, truth

jax.config.update("jax_enable_x64", True)

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
# Operations on single entries stay in derivations; nothing that is run contains them.
OPEN = {"index_sum", "kronecker", "derivative", "gradient", "path"}
# What every array language writes without a form of its own.
UNDERSTOOD = set("name number constant size identity let broadcast sized call".split()) | set(
    "add sub mul div pow".split()
)


def converted(value: Any, target: str, dtype: type) -> Any:
    if target == "torch":
        return torch.as_tensor(value, dtype=getattr(torch, np.dtype(dtype).name))
    if target == "jax":
        return jnp.asarray(value, dtype=dtype)
    return value


_derived: dict[str, Derivation] = {}


def derived(note: str) -> Derivation:
    if note not in _derived:
        _derived[note] = derive(read(EXAMPLES / note))
    return _derived[note]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("target", ["numpy", "jax", "torch"])
def test_every_example_gives_the_numbers_of_its_derivation(note: str, target: str) -> None:
    derivation = derived(note)
    program = compile(derivation, target)  # type: ignore[arg-type]
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 2e-5)):
        values = point(derivation.model, seed=3)
        loss, gradients = truth(derivation, values)
        ready = {k: converted(v, target, dtype) for k, v in as_precision(values, dtype).items()}
        parameters, data = parted(derivation, ready)
        ours, theirs = program(parameters, data)
        assert float(ours) == pytest.approx(loss, rel=tolerance, abs=tolerance)
        assert set(theirs) == set(gradients)
        for name, expected in gradients.items():
            found = np.asarray(theirs[name])
            scale = max(1.0, float(np.abs(expected).max()))
            assert found.shape == np.shape(values[name])
            assert np.abs(found - expected).max() <= tolerance * scale, name
            if found.ndim:
                assert found.dtype == dtype, f"{name} came out as {found.dtype}"


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(networks())
@pytest.mark.parametrize("target", ["numpy", "torch"])
def test_a_random_network_agrees_with_automatic_differentiation(
    target: str, network: Network
) -> None:
    derivation = derive(network.model, network.wrt)
    program = compile(derivation, target)  # type: ignore[arg-type]
    values = {
        e.attr.plain: converted(
            np.reshape(v, np.shape(v) if e.shape != (1, 1) else ()), target, np.float64
        )
        for e, v in network.values.items()
    }
    missing = [p for p in (*program.parameters, *program.data) if p not in values]
    assert not missing
    loss, gradients = program(values, values)
    expected = worth(network.model.loss, network.values, SIZES)
    assert float(loss) == pytest.approx(float(np.ravel(expected)[0]), rel=1e-9, abs=1e-9)
    for plain in network.wrt:
        theirs = gradient_of(network.model.loss, network.model[plain], network.values, SIZES)
        ours = np.asarray(gradients[plain]).reshape(theirs.shape)
        scale = max(1.0, float(np.abs(theirs).max()))
        assert np.abs(ours - theirs).max() <= 1e-8 * scale


@pytest.mark.parametrize("dialect", [NUMPY, JAX, TORCH], ids=lambda d: d.library)
def test_every_operation_with_a_value_has_a_form(dialect: Any) -> None:
    needed = set(OPS) - OPEN - UNDERSTOOD
    assert needed <= set(dialect.forms)
    assert set(dialect.forms) <= needed | {"max", "min"}


def test_numbers_of_the_wrong_size_are_refused_by_name() -> None:
    program = compile(derived("two_layer_en.md"))
    values = point(program.derivation.model)
    values["y"] = values["y"][:, :-1]
    with pytest.raises(Exception, match=r"y is 1 × m and has .* where m is .* by X"):
        program(values, values)
    del values["y"]
    with pytest.raises(Exception, match="no value is given for y"):
        program(values, values)


def test_vectors_may_come_with_one_dimension_and_data_one_by_one() -> None:
    program = compile(derived("softmax_ko.md"))
    values = point(program.derivation.model)
    flat = {k: v.ravel() if k in ("x", "y", "b") else v for k, v in values.items()}
    one, two = program(values, values), program(flat, *(flat[p] for p in program.data))
    assert one[0] == two[0]
    assert np.array_equal(one[1]["W"], two[1]["W"])
