"""Trained models in files: the weights, and in words how they were meant.

The file is what `weights` writes. Its description holds the estimator's class and parameters (a
note as its text, which our own reader reads again), the classes, what `partial_fit` needs to go on,
and, for a model of `backproof train`, how a table is encoded and where the training stands. A
parameter that is an object (a random state, a callback) is not saved and comes back as None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import BackproofError
from ..engine.base import Slots
from ..tables.encode import Encoding, encoding_from_json
from ..tables.survey import Split
from .values import packed, unpacked
from .weights import read_weights, write_weights

# The only classes that a file can ask for.
_HOMES = {"MLPClassifier": "classifier", "MLPRegressor": "regressor", "Network": "network"}


# What values of the wrong kind, shape or size end in.
_NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Copies of the weights and of all that `partial_fit` goes on from. `state` is JSON."""

    parameters: dict[str, Any]
    slots: Slots
    state: dict[str, Any]

    def put_into(self, estimator: Any, features: int, classes: Any) -> None:
        """Make an estimator of the same parameters the fitted one that it was. Raises ValueError if
        the weights, the memory or the classes don't fit."""
        shapes = {name: value.shape for name, value in self.parameters.items()}
        for memory in (self.slots.first, self.slots.second):
            if memory and {name: value.shape for name, value in memory.items()} != shapes:
                raise ValueError("the optimizer's memory is that of another network")
        copies = _copied(self.slots)
        estimator._restore(features, classes, self.parameters, copies, self.state)
        if classes is not None and estimator._labels.kind == "binary" and len(classes) != 2:
            raise ValueError(f"there are {len(classes)} classes, and the network tells two apart")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands after `epoch` epochs. `best` is the epoch with the best score on the
    rows kept apart (`score`, None without such rows), of equal ones that with the lowest loss."""

    split: Split
    epoch: int = 0
    best: int = 0
    score: float | None = None
    loss: float = math.inf

    def after(self, epoch: int, score: float | None, loss: float) -> Progress:
        """The progress once an epoch is over."""
        old = -math.inf if self.score is None else self.score
        new = -math.inf if score is None else score
        if not self.best or (new, -loss) > (old, -self.loss):
            return Progress(self.split, epoch, epoch, score, loss)
        return replace(self, epoch=epoch)

    def to_json(self) -> dict[str, Any]:
        """The progress as JSON values."""
        return {
            "split": {"fraction": self.split.fraction, "seed": self.split.seed},
            "epoch": self.epoch,
            "best": self.best,
            "score": self.score,
            "loss": self.loss,
        }


def progress_from_json(given: Mapping[str, Any]) -> Progress:
    """The progress that `Progress.to_json` wrote. Raises KeyError, TypeError or ValueError for
    anything else."""
    split = Split(float(given["split"]["fraction"]), int(given["split"]["seed"]))
    score = None if given["score"] is None else float(given["score"])
    return Progress(split, int(given["epoch"]), int(given["best"]), score, float(given["loss"]))


@dataclass(frozen=True, slots=True)
class Saved:
    """What is in a file: the estimator with its best weights; from `backproof train` also how
    tables are encoded, how far it came, and what a later run goes on from."""

    estimator: Any
    encoding: Encoding | None = None
    progress: Progress | None = None
    best: Snapshot | None = None
    last: Snapshot | None = None


def save(estimator: Any, path: str | Path) -> None:
    """Save a fitted estimator to a file, which is replaced once all of it is written.

    Raises BackproofError where that is not possible, NotFittedError before `fit`.
    """
    write_model(Path(path), estimator, snapshot(estimator))


def load(path: str | Path) -> Any:
    """The estimator in a file, fitted as it was when it was saved; no code runs that the file
    names.

    Raises BackproofError for a file that is missing, no model, cut, or altered.
    """
    return read_model(Path(path)).estimator


def estimator_class(name: str) -> Any:
    """One of the estimators by its name. Raises KeyError for any other."""
    return getattr(import_module(f"..estimators.{_HOMES[name]}", __package__), name)


def snapshot(estimator: Any) -> Snapshot:
    """What a fitted estimator would go on from, copied. Raises NotFittedError before `fit`."""
    estimator._check_fitted()
    parameters = {name: value.copy() for name, value in estimator._weights().items()}
    return Snapshot(parameters, _copied(estimator._slots), estimator._state())


def _copied(slots: Slots) -> Slots:
    first, second = (
        {name: value.copy() for name, value in part.items()} for part in (slots.first, slots.second)
    )
    return Slots(first, second, slots.updates)


def write_model(
    path: Path,
    estimator: Any,
    best: Snapshot,
    *,
    last: Snapshot | None = None,
    encoding: Encoding | None = None,
    progress: Progress | None = None,
) -> None:
    """Save the weights of `best`, and beside them those of `last` if they are others.

    Raises BackproofError where that is not possible.
    """
    last = None if last is best else last
    arrays: dict[str, Any] = {}
    told: dict[str, Any] = {
        "estimator": type(estimator).__name__,
        "parameters": {k: packed(v) for k, v in _parameters(estimator).items()},
        "features": int(getattr(estimator, "n_features_in_", 0)),
        "names": packed(getattr(estimator, "feature_names_in_", None)),
        "classes": packed(_classes(estimator, encoding)),
        "best": _put(arrays, "", best, memory=last is None),
    }
    if last is not None:
        told["last"] = _put(arrays, "last.", last, memory=True)
    if encoding is not None and progress is not None:
        told["encoding"], told["progress"] = encoding.to_json(), progress.to_json()
    write_weights(path, arrays, told)


def _parameters(estimator: Any) -> dict[str, Any]:
    """The parameters; a note as its text, wherever it was. Raises BackproofError for a model that
    no text gives again."""
    parameters = estimator.get_params(deep=False)
    if "note" not in parameters:
        return parameters
    from ...notation import parse

    model = estimator._written().model
    try:
        again = parse(model.text)
    except BackproofError:
        again = None
    if again is None or again.loss is not model.loss:
        raise BackproofError(
            "a network can only be saved with the text of its note, and this model has none",
            hint="make it with bp.parse or bp.read",
        )
    return {**parameters, "note": model.text}


def _classes(estimator: Any, encoding: Encoding | None) -> Any:
    """The labels: those of the table, since `train` hands over their numbers."""
    import numpy as np

    if encoding is not None and encoding.target.classes:
        return np.asarray(encoding.target.classes)
    return getattr(estimator, "classes_", None)


def read_model(path: Path) -> Saved:
    """All that is in a model's file. Raises BackproofError as `load` does."""
    arrays, told = read_weights(path)
    try:
        parameters = {k: unpacked(v) for k, v in told["parameters"].items()}
        estimator = estimator_class(told["estimator"])(**parameters)
        best = _taken(arrays, "", told["best"])
        last = _taken(arrays, "last.", told["last"]) if "last" in told else best
        best.put_into(estimator, told["features"], unpacked(told["classes"]))
        if (names := unpacked(told["names"])) is not None:
            estimator.feature_names_in_ = names
        if "encoding" not in told:
            return Saved(estimator, best=best, last=last)
        encoding = encoding_from_json(told["encoding"])
        progress = progress_from_json(told["progress"])
    except BackproofError as error:
        raise error.located(file=str(path)) from None
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        MemoryError,
        OverflowError,
    ) as error:
        raise BackproofError(
            f"the description of the model makes no sense ({error})",
            hint="train the model anew",
            file=str(path),
        ) from None
    return Saved(estimator, encoding, progress, best, last)


def _put(arrays: dict[str, Any], prefix: str, held: Snapshot, memory: bool) -> dict[str, Any]:
    """Put the arrays of a snapshot beside the others; the rest of it as JSON."""
    parts = {"": held.parameters}
    if memory:
        parts |= {"first.": held.slots.first, "second.": held.slots.second}
    for part, named in parts.items():
        arrays.update({f"{prefix}{part}{name}": array for name, array in named.items()})
    return {"updates": held.slots.updates if memory else 0, "state": packed(held.state)}


def _taken(arrays: Mapping[str, Any], prefix: str, told: Mapping[str, Any]) -> Snapshot:
    parts: dict[str, dict[str, Any]] = {"": {}, "first.": {}, "second.": {}}
    for key, array in arrays.items():
        part, dot, name = key.rpartition(".")
        part = (part + dot).removeprefix(prefix) if key.startswith(prefix) else "-"
        if part in parts:
            parts[part][name] = array
    slots = Slots(parts["first."], parts["second."], int(told["updates"]))
    return Snapshot(parts[""], slots, unpacked(told["state"]))
