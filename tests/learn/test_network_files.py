"""Networks of every example note: trained, saved, loaded, exported, and the same each time."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

import backproof as bp
from backproof.errors import BackproofError
from backproof.expr.build import let, matmul, name, sub, total
from backproof.expr.model import Equation, Model
from backproof.expr.node import Expr
from backproof.expr.shape import SCALAR, dim_letters, dim_value
from backproof.learn.estimators.network import Network
from backproof.learn.saving.save import load

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.md"))
SAMPLES = 12
# Where the loss compares several quantities with a target, the note does not say which one is
# predicted.
PREDICTED = {"rnn": "o3"}


class Example:
    """A network of a note, and random data for it."""

    def __init__(self, path: Path) -> None:
        model = bp.read(path)
        letters = dict.fromkeys(x for e in model.roles for d in e.shape for x in dim_letters(d))
        self.sizes = {x: i % 4 + 2 for i, x in enumerate(letters) if x != model.samples}
        self.random = np.random.default_rng(0)
        self.net = Network(
            path, output=PREDICTED.get(path.stem), sizes=self.sizes, max_iter=2, random_state=0
        )
        self.said = self.net._written()
        varying = {*self.said.inputs, *self.said.targets}
        self.net.constants = {
            e.attr.plain: self.constant(e)
            for e in (*model.inputs, *model.constants)
            if e not in varying
        }
        inputs = {e.attr.plain: self.values(e).astype(np.float32) for e in self.said.inputs}
        self.X: Any = inputs if len(inputs) > 1 else next(iter(inputs.values()))
        self.count = SAMPLES if model.samples else 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.net.fit(self.X, self.target())

    def values(self, e: Expr) -> np.ndarray:
        return self.random.normal(size=(SAMPLES, dim_value(self.said.features(e), self.sizes)))

    def constant(self, e: Expr) -> Any:
        shape = [dim_value(d, self.sizes) for d in e.shape]
        return 0.3 if e.shape == SCALAR else self.random.normal(size=shape)

    def target(self) -> Any:
        targets = self.said.targets
        if not targets:
            return None
        if self.said.task == "classification":
            classes = max(2, self.values(targets[0]).shape[1])
            return np.arange(SAMPLES) % classes
        values = {e.attr.plain: self.values(e) for e in targets}
        return values if len(values) > 1 else next(iter(values.values()))


@pytest.mark.parametrize("note", EXAMPLES, ids=lambda p: p.stem)
def test_the_network_of_every_example_note_survives_a_file_and_onnx(
    note: Path, tmp_path: Path
) -> None:
    example = Example(note)
    net, X, count = example.net, example.X, example.count
    wanted = net.predict(X)

    net.save(tmp_path / "n.safetensors")
    back = load(tmp_path / "n.safetensors")
    assert (back.predict(X) == wanted).all()
    assert back.note == note.read_text(encoding="utf-8")

    net.to_onnx(tmp_path / "n.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "n.onnx")
    given = [i.name for i in session.get_inputs()]
    named = X if isinstance(X, dict) else {given[0]: X}
    found = session.run(None, {plain: named[plain][:count] for plain in given})
    by_name = dict(zip([o.name for o in session.get_outputs()], found, strict=True))
    if example.said.task == "regression":
        predicted = by_name["prediction"].reshape(wanted[:count].shape)
        assert np.allclose(predicted, wanted[:count], atol=1e-5)
        return
    assert (by_name["label"] == wanted[:count]).all()
    assert ("probabilities" in by_name) == hasattr(net, "predict_proba")
    if "probabilities" in by_name:
        assert np.allclose(by_name["probabilities"], net.predict_proba(X)[:count], atol=1e-6)


def test_a_network_goes_on_from_a_file_where_it_was(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = np.array(["no", "yes"])[(X[:, 0] > 0).astype(int)]
    net = Network(FOLDER / "two_layer_en.md", sizes={"n1": 4}, random_state=0, batch_size=8)
    for _ in range(2):
        net.partial_fit(X, y, classes=["no", "yes"])
    net.save(tmp_path / "n.safetensors")
    back = load(tmp_path / "n.safetensors")
    for _ in range(2):
        net.partial_fit(X, y)
        back.partial_fit(X, y)
    assert back.predict(X).tolist() == net.predict(X).tolist()
    for plain, value in net.parameters_.items():
        assert (back.parameters_[plain] == value).all()


def test_a_model_without_a_text_is_not_saved(tmp_path: Path) -> None:
    X, Y, W = name("X", ("m", "n")), name("Y", ("m", 1)), name("W", ("n", 1))
    P = let("P", matmul(X, W))
    loss = let("L", total(sub(P, Y)))
    roles = {X: "input", Y: "target", W: "parameter", P: "hidden", loss: "loss"}
    model = Model((Equation(P, ""), Equation(loss, "")), loss, roles, samples="m")  # type: ignore[arg-type]
    net = Network(model, max_iter=1, random_state=0, learning_rate_init=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.fit(np.ones((4, 2)), np.ones(4))
    with pytest.raises(BackproofError, match="only be saved with the text of its note"):
        net.save(tmp_path / "n.safetensors")
    assert list(tmp_path.iterdir()) == []
