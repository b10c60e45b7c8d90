"""Multi-layer perceptrons as notes: their losses and activations, and the code they emit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backproof.errors import ModelError, RefusedError
from backproof.learn import cache, ready
from backproof.learn.activations import ACTIVATIONS, hidden_activations
from backproof.learn.emitted import of_net
from backproof.learn.losses import LOSSES, classifier_loss, regressor_loss
from backproof.learn.net import Net

OUTPUTS = {
    "log_loss": "logistic",
    "focal": "logistic",
    "cross_entropy": "softmax",
    "focal_softmax": "softmax",
    "poisson": "exp",
    "gamma": "exp",
}
FORMULAS = ["max(0.9*(y - p), -0.1*(y - p))", r"\left| y - p \right|^3", "(y - p)**2 / (1 + p**2)"]


def made(net: Net, rows: int = 7):
    """Weights and data for a network, in double precision."""
    rng = np.random.default_rng(5)
    parameters = {name: rng.uniform(-0.9, 0.9, shape) for name, shape in net.shapes.items()}
    outputs = net.sizes[-1]
    data = {"X": rng.normal(size=(rows, net.sizes[0])), "Y": rng.uniform(0.2, 2, (rows, outputs))}
    if net.activations[-1] in ("softmax", "logistic") or "hinge" in net.loss:
        data["Y"] = np.eye(outputs)[rng.integers(0, outputs, rows)]
    if net.weighted:
        data["s"] = rng.uniform(0.1, 3, (rows, 1))
    return parameters, {**data, "alpha": net.alpha}


def evaluated(net: Net, parameters, data):
    code = of_net(net)
    return code.loss_and_gradients(parameters, *(data[name] for name in code.axes))


def agrees_with_differences(net: Net) -> bool:
    parameters, data = made(net)
    _, gradients = evaluated(net, parameters, data)
    rng = np.random.default_rng(1)
    direction = {name: rng.normal(size=value.shape) for name, value in parameters.items()}
    step = 1e-6
    ends = [
        evaluated(net, {n: v + t * direction[n] for n, v in parameters.items()}, data)[0]
        for t in (step, -step)
    ]
    expected = sum(float(np.sum(gradients[n] * direction[n])) for n in parameters)
    return (ends[0] - ends[1]) / (2 * step) == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("loss", [*LOSSES, *FORMULAS])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_loss_is_derived_without_a_gap_and_its_code_is_its_slope(loss, weighted):
    net = Net((3, 4, 2), ("tanh", OUTPUTS.get(loss, "identity")), loss, weighted, 0.3)
    certificate = net.derivation.certificate
    assert (certificate.undecided, certificate.unchecked) == (0, 0)
    assert certificate.gradients == ("W1", "b1", "W2", "b2")
    assert agrees_with_differences(net)


@pytest.mark.parametrize(
    "activation",
    [
        *(name for name in ACTIVATIONS if name not in ("softmax", "sigmoid", "swish", "tanh")),
        "z * sigmoid(1.7*z)",
        "where(z > 0, z, 0.2*z)",
        r"\frac{z}{1 + e^{-z}}",
    ],
)
def test_every_activation_is_derived_and_its_code_is_its_slope(activation):
    net = Net((3, 4, 1), (activation, "identity"), "squared_error")
    assert net.derivation.certificate.undecided == 0
    assert agrees_with_differences(net)


def test_losses_have_scikit_learns_scale():
    rng = np.random.default_rng(0)
    y, p = rng.uniform(0.5, 2, (2, 9, 2))

    def value(loss, output, y, z, **more):
        net = Net((2, 2), (output,), loss, **more)
        data = {"X": z, "Y": y, "s": np.arange(1.0, 10.0).reshape(9, 1), "alpha": more.get("alpha")}
        return evaluated(net, {"W1": np.eye(2), "b1": np.zeros((1, 2))}, data)[0]

    assert value("squared_error", "identity", y, p) == pytest.approx(
        ((y - p) ** 2).sum(axis=1).mean() / 2
    )
    assert value("poisson", "exp", y, np.log(p)) == pytest.approx(
        (y * np.log(y / p) - y + p).sum(axis=1).mean()
    )
    zero = np.zeros((9, 2))
    assert value("poisson", "exp", zero, np.log(p)) == pytest.approx(p.sum(axis=1).mean())
    assert value("log_cosh", "identity", y, p) == pytest.approx(
        np.log(np.cosh(p - y)).sum(axis=1).mean()
    )
    by_weight = np.average((abs(p - y)).sum(axis=1), weights=np.arange(1, 10))
    found = value("absolute_error", "identity", y, p, weighted=True, alpha=3.0)
    assert found == pytest.approx(by_weight + 3 * 2 / (2 * 45))


def test_a_loss_of_large_scores_neither_overflows_nor_loses_its_slope():
    for loss, output in (
        ("log_loss", "logistic"),
        ("cross_entropy", "softmax"),
        ("log_cosh", "identity"),
    ):
        net = Net((2, 2), (output,), loss)
        parameters = {"W1": np.eye(2, dtype="float32") * 1e4, "b1": np.zeros((1, 2), "float32")}
        data = {"X": np.eye(2, dtype="float32"), "Y": np.eye(2, dtype="float32")[::-1].copy()}
        value, gradients = evaluated(net, parameters, data)
        assert np.isfinite(value)
        assert value > 1e3
        assert all(np.isfinite(g).all() for g in gradients.values())


def test_networks_of_one_structure_share_a_derivation_whatever_their_sizes():
    small = Net((2, 3, 1), ("relu", "logistic"), "log_loss", alpha=0.1)
    large = Net((200, 30, 1), ("relu", "logistic"), "log_loss", alpha=7.0)
    assert small.derivation is large.derivation
    assert Net((2, 3, 1), ("relu", "logistic"), "log_loss").note != small.note


def test_a_layer_with_the_identity_has_no_name_of_its_own():
    note = Net((2, 3, 1), ("identity", "identity"), "squared_error").note
    assert "A_{1}" not in note
    assert "$$Z_{2} = Z_{1} W_{2} + b_{2}$$" in note


def test_a_formula_with_another_variable_is_refused_with_the_variable_named():
    with pytest.raises(ModelError, match="beta"):
        hidden_activations("z * sigmoid(beta * z)", 1)
    with pytest.raises(ModelError, match="has z in it"):
        regressor_loss("(z - p)**2")
    with pytest.raises(ModelError, match="can't be read"):
        regressor_loss("(y - p")


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ModelError) as caught:
        hidden_activations("rellu", 1)
    assert "relu" in caught.value.hint
    with pytest.raises(ModelError) as caught:
        classifier_loss("logloss", several=False)
    assert "log_loss" in caught.value.hint
    with pytest.raises(ModelError, match="a loss of numbers"):
        classifier_loss("poisson", several=False)
    with pytest.raises(ModelError, match="a loss of classes"):
        regressor_loss("hinge")


def test_each_hidden_layer_may_have_its_own_activation():
    assert hidden_activations(("tanh", "relu"), 2) == ("tanh", "relu")
    with pytest.raises(ValueError, match="2 hidden layers and 1 activations"):
        hidden_activations(("tanh",), 2)
    with pytest.raises(ValueError, match="softmax stands at the output only"):
        hidden_activations("softmax", 1)


def test_a_text_is_made_once_and_found_by_the_next_process(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path)
    made: list[str] = []

    def make() -> str:
        made.append("made")
        return "the text"

    assert [cache.remembered("a key", make) for _ in range(2)] == ["the text"] * 2
    assert cache.remembered("another key", make) == "the text"
    assert len(made) == 2


def test_without_a_folder_to_keep_it_in_a_text_is_made_every_time(tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(cache, "folder", lambda: blocked)
    assert cache.remembered("a key", lambda: "the text") == "the text"


LETTERS = {
    "real": float,
    "one": 1.0,
    "zero": 0.0,
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "focal_softmax"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_entrywise_parts_add_up_to_the_loss_and_to_its_slope(loss, weighted):
    net = Net((3, 2), (OUTPUTS.get(loss, "identity"),), loss, weighted)
    parameters, data = made(net)
    value, gradients = evaluated(net, parameters, data)
    z = data["X"] @ parameters["W1"] + parameters["b1"]
    a = of_net(net).predict(parameters, data)
    q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    s = data.get("s", np.ones((len(z), 1)))
    r = 1 / s.sum()
    kernels = of_net(net).kernels
    loss_of_entries, slope = 0.0, np.zeros((1, 2))
    for i, k in np.ndindex(z.shape):
        entry = {"z": z[i, k], "a": a[i, k], "q": q[i, k], "y": data["Y"][i, k], "s": s[i, 0]}
        names = {**LETTERS, **entry, "r": r, "k": 2}
        loss_of_entries += eval(kernels.loss, names)
        slope[0, k] += eval(kernels.delta, names)
    assert loss_of_entries == pytest.approx(float(value), rel=1e-9)
    np.testing.assert_allclose(slope, gradients["b1"], rtol=1e-9, atol=1e-12)


def test_a_loss_that_mixes_the_units_of_a_sample_has_no_entrywise_parts():
    code = of_net(Net((3, 2), ("softmax",), "focal_softmax"))
    assert not code.dense
    with pytest.raises(RefusedError):
        _ = code.kernels


def test_the_code_that_comes_with_the_package_is_what_its_derivations_emit():
    kept = Path(ready.__file__).with_name("ready.json").read_text(encoding="utf-8")
    assert ready.written() == kept, "run: python -m backproof.learn.ready"
    assert of_net(Net((4, 9, 1), ("relu", "logistic"), "log_loss", alpha=1e-4)).text in (
        ready.ready(net.note) for net in ready.structures()
    )
