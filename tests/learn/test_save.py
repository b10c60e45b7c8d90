"""Saved estimators: they come back as they were, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import json
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.exceptions import NotFittedError

from backproof.errors import BackproofError
from backproof.learn.estimators.classifier import MLPClassifier
from backproof.learn.estimators.network import Network
from backproof.learn.estimators.regressor import MLPRegressor
from backproof.learn.saving.save import load, save

X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
LABEL = (X[:, 0] + X[:, 1] > 0).astype(int)
TARGETS: dict[str, Any] = {
    "two classes": LABEL,
    "three classes by name": np.array(["no", "yes", "perhaps"])[LABEL + (X[:, 2] > 1)],
    "names as objects": np.array(["no", "yes"], dtype=object)[LABEL],
    "truth values": LABEL.astype(bool),
    "several labels": (X[:, :3] > 0).astype(int),
}


def fitted(target: str, **more: Any) -> MLPClassifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MLPClassifier((5,), max_iter=4, random_state=0, **more).fit(X, TARGETS[target])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("target", TARGETS)
def test_a_classifier_comes_back_as_it_was(target: str, path: Path) -> None:
    model = fitted(target)
    model.save(path)
    back = load(path)
    assert type(back) is MLPClassifier
    assert back.get_params() == model.get_params()
    assert back.classes_.dtype == model.classes_.dtype
    assert (back.classes_ == model.classes_).all()
    assert (back.predict(X) == model.predict(X)).all()
    assert (back.predict_proba(X) == model.predict_proba(X)).all()
    pairs = [*zip(back.coefs_, model.coefs_, strict=True)]
    for mine, theirs in [*pairs, *zip(back.intercepts_, model.intercepts_, strict=True)]:
        assert mine.dtype == theirs.dtype
        assert (mine == theirs).all()
    assert back.loss_curve_ == model.loss_curve_
    assert (back.n_iter_, back.t_, back.n_outputs_) == (model.n_iter_, model.t_, model.n_outputs_)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_regressor_comes_back_as_it_was(dtype: str, outputs: int, path: Path) -> None:
    y = X[:, :outputs] if outputs > 1 else X[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPRegressor(hidden_layer_sizes=(5,), max_iter=4, dtype=dtype, random_state=0).fit(
            X, y
        )
    model.save(path)
    back = load(path)
    assert back.coefs_[0].dtype == dtype
    assert (back.predict(X) == model.predict(X)).all()


PARAMETERS: list[dict[str, Any]] = [
    {"hidden_layer_sizes": (5, 3), "activation": ["relu", "tanh"]},
    {"activation": "z * sigmoid(z)", "alpha": 0.0},
    {"solver": "sgd", "learning_rate": "adaptive", "momentum": 0.5, "nesterovs_momentum": False},
    {"solver": "lbfgs"},
    {"class_weight": {0: 1.0, 1: 2.5}},
    {"n_iter_no_change": np.inf, "tol": 0.0},
    {"early_stopping": True, "validation_fraction": 0.25},
    {"learning_rate_init": np.float32(0.01), "batch_size": np.int64(7)},
]


@pytest.mark.parametrize("parameters", PARAMETERS, ids=" ".join)
def test_every_parameter_comes_back(parameters: dict[str, Any], path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = {"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0} | parameters
        model = MLPClassifier(**settings).fit(X, LABEL)
    save(model, path)
    back = load(path)
    assert back.get_params() == model.get_params()
    assert (back.predict_proba(X) == model.predict_proba(X)).all()


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_partial_fit_goes_on_as_if_nothing_had_happened(
    solver: str, engine: str, path: Path
) -> None:
    model = MLPClassifier((5,), solver=solver, engine=engine, random_state=0, batch_size=16)
    for _ in range(3):
        model.partial_fit(X, LABEL, classes=[0, 1])
    model.save(path)
    back = load(path)
    for _ in range(3):
        model.partial_fit(X, LABEL)
        back.partial_fit(X, LABEL)
    assert back.loss_curve_ == model.loss_curve_
    assert (back.coefs_[0] == model.coefs_[0]).all()


def test_names_of_features_come_back(path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPClassifier((5,), max_iter=2, random_state=0).fit(frame, LABEL)
    model.save(path)
    assert load(path).feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert (load(path).predict(frame) == model.predict(frame)).all()


def test_what_has_no_words_is_not_saved(path: Path) -> None:
    model = fitted("two classes", callbacks=[lambda *_: None])
    model.random_state = np.random.RandomState(0)
    model.save(path)
    back = load(path)
    assert back.callbacks is None
    assert back.random_state is None


def test_an_estimator_that_is_not_fitted_is_not_saved(path: Path) -> None:
    with pytest.raises(NotFittedError):
        MLPClassifier().save(path)
    assert not path.exists()


def test_a_saved_model_holds_no_code(path: Path) -> None:
    fitted("three classes by name").save(path)
    data = path.read_bytes()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.dumps(MLPClassifier, protocol)[:10] not in data


def changed(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    """A file whose arrays and description are others, with the checksums that belong to them."""
    from safetensors import safe_open

    arrays = load_file(path)
    opening: Any = safe_open
    with opening(path, framework="numpy") as file:
        signed = json.loads(file.metadata()["backproof"])
    told = json.loads(signed["model"])
    change(told, arrays)
    told["arrays"] = [
        [n, str(a.dtype), list(a.shape), hashlib.sha256(a.tobytes()).hexdigest()]
        for n, a in arrays.items()
    ]
    text = json.dumps(told)
    signed |= {"model": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    save_file(arrays, path, {"backproof": json.dumps(signed)})


NONSENSE: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "another class": lambda told, arrays: told.update(estimator="os.system"),
    "no class": lambda told, arrays: told.pop("estimator"),
    "an unknown parameter": lambda told, arrays: told["parameters"].update(command="rm"),
    "a parameter that makes no sense": lambda told, arrays: told["parameters"].update(alpha=-1),
    "an activation that is none": lambda told, arrays: told["parameters"].update(
        activation="__import__('os')"
    ),
    "absurd layers": lambda told, arrays: told["parameters"].update(
        hidden_layer_sizes={"tuple": [10**15]}
    ),
    "other layers": lambda told, arrays: told["parameters"].update(
        hidden_layer_sizes={"tuple": [6]}
    ),
    "other features": lambda told, arrays: told.update(features=5),
    "absurd features": lambda told, arrays: told.update(features=10**15),
    "features that are no number": lambda told, arrays: told.update(features="many"),
    "no classes": lambda told, arrays: told.update(classes=None),
    "more classes": lambda told, arrays: told["classes"].update(of=[1, 2, 3], shape=[3]),
    "classes of an unknown kind": lambda told, arrays: told["classes"].update(array="V9"),
    "another shape": lambda told, arrays: arrays.update(W1=np.zeros((4, 6), np.float32)),
    "a weight less": lambda told, arrays: arrays.pop("W2"),
    "a weight more": lambda told, arrays: arrays.update(W9=np.zeros((1, 1), np.float32)),
    "another shape of the memory": lambda told, arrays: arrays.update(
        {"first.W1": np.zeros((2, 2), np.float32)}
    ),
    "half of the memory": lambda told, arrays: arrays.pop("second.W1"),
    "no state": lambda told, arrays: told.pop("best"),
    "a state that is no table": lambda told, arrays: told.update(best=[]),
    "an encoding that is none": lambda told, arrays: told.update(encoding={"columns": 3}),
}


@pytest.mark.parametrize("how", NONSENSE)
def test_a_well_signed_file_that_makes_no_sense_is_refused(how: str, path: Path) -> None:
    fitted("two classes").save(path)
    changed(path, NONSENSE[how])
    with pytest.raises(BackproofError) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert "\n  try: " in str(refused.value)


def test_a_model_file_makes_nobody_read_another_file(path: Path) -> None:
    note = path.with_name("note.md")
    note.write_text(
        r"$X \in \mathbb{R}^{m \times n}$ $$Z = X W + b$$ $$L = \frac{1}{m} \|Z - Y\|^2$$"
    )
    model = Network(str(note), max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, LABEL).save(path)
    load(path)
    changed(path, lambda told, arrays: told["parameters"].update(note=str(note)))
    with pytest.raises(BackproofError, match="its note is no text"):
        load(path)


def test_a_file_signed_anew_without_a_change_is_taken(path: Path) -> None:
    model = fitted("two classes")
    model.save(path)
    changed(path, lambda told, arrays: None)
    assert (load(path).predict_proba(X) == model.predict_proba(X)).all()


def test_what_was_there_stays_when_saving_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted("two classes").save(path)
    before = path.read_bytes()

    def full(self: Path, target: Any) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BackproofError, match="No space left"):
        fitted("truth values").save(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
