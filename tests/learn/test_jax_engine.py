"""The JAX engine: scikit-learn's updates of the emitted gradients, on one device and on several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from backproof import parse
from backproof.code import compile
from backproof.errors import BackproofError, ModelError
from backproof.learn.engine.base import Optimizer
from backproof.learn.engine.jax import JaxEngine
from backproof.learn.net import Net

NET = Net((5, 8, 3), ("tanh", "softmax"), "cross_entropy", weighted=True, alpha=0.1)
OPTIMIZERS = {
    "adam": Optimizer("adam", beta_1=0.8, beta_2=0.99, epsilon=1e-7),
    "sgd with Nesterov's momentum": Optimizer("sgd", momentum=0.9, nesterov=True),
    "sgd with momentum": Optimizer("sgd", momentum=0.7, nesterov=False),
    "plain sgd": Optimizer("sgd", momentum=0.0, nesterov=False),
}


def start(net: Net = NET, dtype: type = np.float64) -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {k: random.normal(0, 0.5, shape).astype(dtype) for k, shape in net.shapes.items()}


def samples(rows: int, net: Net = NET, dtype: type = np.float64) -> dict[str, Any]:
    random = np.random.default_rng(2)
    inputs, outputs = net.sizes[0], net.sizes[-1]
    return {
        "X": random.normal(size=(rows, inputs)).astype(dtype),
        "Y": np.eye(outputs, dtype=dtype)[random.integers(outputs, size=rows)],
        "s": random.uniform(0.5, 2, (rows, 1)).astype(dtype),
        "alpha": 0.1,
    }


def of(data: dict[str, Any], rows: Any) -> dict[str, Any]:
    return {k: v[rows] if np.ndim(v) else v for k, v in data.items()}


@pytest.fixture(scope="module")
def jax_network() -> Any:
    return compile(NET.derivation, "jax")


@pytest.fixture(scope="module")
def numpy_network() -> Any:
    return compile(NET.derivation, "numpy")


def test_loss_and_gradients_are_those_of_the_numpy_target(
    jax_network: Any, numpy_network: Any
) -> None:
    engine = JaxEngine(jax_network, start(), Optimizer())
    loss, gradients = engine.loss_and_gradients(samples(31))
    expected, by_numpy = numpy_network(start(), samples(31))
    assert loss == pytest.approx(float(expected), rel=1e-13)
    assert gradients.keys() == by_numpy.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, by_numpy[name], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_epoch_makes_the_updates_of_scikit_learn_the_smaller_last_batch_included(
    kind: str, seed: int | None, jax_network: Any, numpy_network: Any
) -> None:
    optimizer, rows, batch, rate = OPTIMIZERS[kind], 53, 13, 0.03
    engine = JaxEngine(jax_network, start(), optimizer)
    data, ours, loss = samples(rows), start(), 0.0
    theirs: Any = (
        AdamOptimizer(list(ours.values()), rate, optimizer.beta_1, optimizer.beta_2, 1e-7)
        if optimizer.kind == "adam"
        else SGDOptimizer(
            list(ours.values()), rate, "constant", optimizer.momentum, optimizer.nesterov
        )
    )
    for epoch in range(3):
        order = np.arange(rows)
        if seed is not None:
            order = np.random.default_rng(seed + epoch).permutation(rows)
        loss = 0.0
        for at in range(0, rows, batch):
            part = of(data, order[at : at + batch])
            value, gradients = numpy_network(ours, part)
            loss += float(value) * len(part["X"]) / rows
            theirs.update_params(ours.values(), [gradients[name] for name in ours])
        said = engine.epoch(data, batch, rate, None if seed is None else seed + epoch)
        assert said == pytest.approx(loss, rel=1e-10)
    for name, value in engine.parameters.items():
        np.testing.assert_allclose(value, ours[name], rtol=1e-9, atol=1e-12)
    memory = theirs.ms if optimizer.kind == "adam" else theirs.velocities
    for value, other in zip(engine.slots.first.values(), memory, strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-8, atol=1e-12)
    assert engine.slots.updates == 15


def test_what_moves_the_parameters_is_the_emitted_gradient_and_no_other(jax_network: Any) -> None:
    def halved(*arguments: Any) -> Any:
        loss, gradients = jax_network.function(*arguments)
        return loss, {k: g / 2 for k, g in gradients.items()}

    plain = Optimizer("sgd", momentum=0.0, nesterov=False)
    moved: list[Any] = []
    for network in (jax_network, replace(jax_network, function=halved)):
        engine = JaxEngine(network, start(), plain)
        engine.epoch(samples(20), 20, 0.1, None)
        moved.append(engine.parameters["W1"] - start()["W1"])
    np.testing.assert_allclose(moved[0], 2 * moved[1], rtol=1e-9)


def test_arrays_are_changed_in_place_and_keep_their_type(jax_network: Any) -> None:
    wide = jax.config.jax_enable_x64
    for dtype in (np.float32, np.float64):
        parameters = start(dtype=dtype)
        engine = JaxEngine(jax_network, parameters, Optimizer())
        held = {**engine.parameters}, {**engine.slots.first}, {**engine.slots.second}
        before = {k: v.copy() for k, v in parameters.items()}
        engine.epoch(samples(20), 8, 0.01, 1)
        now = engine.parameters, engine.slots.first, engine.slots.second
        for old, new in zip(held, now, strict=True):
            for name in old:
                assert new[name] is old[name]
                assert new[name].dtype == dtype
        assert all((parameters[name] != before[name]).any() for name in before)
    assert jax.config.jax_enable_x64 == wide


def test_what_is_changed_from_outside_between_epochs_counts(jax_network: Any) -> None:
    engine, other = (JaxEngine(jax_network, start(), Optimizer()) for _ in range(2))
    engine.epoch(samples(20), 8, 0.01, 1)
    for mine, fresh in (
        (engine.parameters, start()),
        (engine.slots.first, dict.fromkeys(start(), 0)),
        (engine.slots.second, dict.fromkeys(start(), 0)),
    ):
        for name in mine:
            mine[name][...] = fresh[name]
    engine.slots.updates = 0
    assert engine.epoch(samples(20), 8, 0.01, 1) == other.epoch(samples(20), 8, 0.01, 1)
    assert all((engine.parameters[k] == other.parameters[k]).all() for k in start())


def test_samples_may_be_columns() -> None:
    shapes = r"$$X \in \mathbb{R}^{n_0 \times m}, \quad Y \in \mathbb{R}^{1 \times m}$$"
    note = shapes + "\n" + r"$$P = \sigma(W X + b)$$ $$L = \frac{1}{m} \sum_{i=1}^m (P_i - Y_i)^2$$"
    model = parse(note)
    random = np.random.default_rng(3)
    parameters = {"W": random.normal(size=(1, 4)), "b": np.zeros((1, 1))}
    data = {"X": random.normal(size=(4, 11)), "Y": random.normal(size=(1, 11))}
    engine = JaxEngine(compile(model, "jax"), parameters, Optimizer("sgd", 0.0, False))
    loss, gradients = compile(model, "numpy")(parameters, data)
    expected = {k: parameters[k] - 0.1 * gradients[k] for k in parameters}
    assert engine.epoch(data, 11, 0.1, 5) == pytest.approx(float(loss))
    for name, value in engine.parameters.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-10)


def test_a_constant_may_be_given_once(jax_network: Any) -> None:
    data = samples(9)
    alpha = data.pop("alpha")
    once = JaxEngine(jax_network, start(), Optimizer(), constants={"alpha": alpha})
    each = JaxEngine(jax_network, start(), Optimizer())
    assert once.loss_and_gradients(data)[0] == each.loss_and_gradients(samples(9))[0]
    with pytest.raises(BackproofError, match="no value is given for alpha"):
        each.loss_and_gradients(data)


def test_a_note_about_one_sample_is_refused() -> None:
    one = compile(parse("z = w * x + b\nL = (z - y)**2"), "jax")
    with pytest.raises(ModelError, match="single sample"):
        JaxEngine(one, {"w": np.ones((1, 1)), "b": np.ones((1, 1))}, Optimizer())


ON_FOUR_DEVICES = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from test_jax_engine import NET, Optimizer, compile, samples, start
from backproof.learn.engine.jax import JaxEngine
import jax

out = {"devices": jax.device_count(), "runs": []}
network = compile(NET.derivation, "jax")
for rows, batch, above in json.loads(sys.argv[2]):
    engine = JaxEngine(network, start(), Optimizer("adam"), shard_above=above)
    losses = [engine.epoch(samples(rows), batch, 0.05, seed) for seed in (None, 3)]
    loss, gradients = engine.loss_and_gradients(samples(rows))
    out["runs"].append([*losses, loss, *(
        np.asarray(v).tolist()
        for d in (engine.parameters, engine.slots.second, gradients)
        for v in d.values()
    )])
    layout = engine._layouts["W1"].shard_shape((5, 8))
    out.setdefault("W1", []).append(list(layout))
print(json.dumps(out))
"""
# Batches that 4 devices divide; smaller ones than 4, the last of one row; large parameters in parts.
CASES = [(54, 12, 1 << 27), (10, 3, 1 << 27), (53, 13, 100)]


def test_four_devices_do_what_one_does_and_hold_large_parameters_in_parts(
    tmp_path: Path, jax_network: Any
) -> None:
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "XDG_CACHE_HOME": str(tmp_path),
    }
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", ON_FOUR_DEVICES, here, json.dumps(CASES)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out = json.loads(done.stdout)
    assert out["devices"] == 4
    assert out["W1"] == [[5, 8], [5, 8], [5, 2]]
    assert any((tmp_path / "backproof" / "jax").iterdir()), "compiled programs are kept"
    for (rows, batch, _), run in zip(CASES, out["runs"], strict=True):
        engine = JaxEngine(jax_network, start(), Optimizer("adam"))
        losses = [engine.epoch(samples(rows), batch, 0.05, seed) for seed in (None, 3)]
        loss, gradients = engine.loss_and_gradients(samples(rows))
        expected = [*losses, loss]
        for arrays in (engine.parameters, engine.slots.second, gradients):
            expected += arrays.values()
        for ours, theirs in zip(run, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
