# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""An estimator whose model is a note: which one, its code, its sizes and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...expr.model import Model
from ..emitted import Emitted, of_model
from ..engine import Slots
from ..written import Written, sizes_of, written
from .estimator import Trainer
from .labels import Labels
from .one_by_one import OneByOne


class Noted(Trainer):
    """What `Network` does behind its doors."""

    note: Any
    output: str | None
    sizes: Any
    constants: Any
    start: Any
    task: str
    _loss_scale = 1.0

    # -- the note ----------------------------------------------------------------------------

    def _written(self) -> Written:
        return _said(self._source(), self.output or "", self.task)

    def _source(self) -> Any:
        """What identifies the note: its text, its path and when it was written, or the model."""
        note = self.note
        if isinstance(note, Model):
            return _Given(note)
        if isinstance(note, Path) or not _is_text(note):
            path = Path(note)
            return (str(path), path.stat().st_mtime_ns if path.is_file() else 0)
        return note

    def _emitted(self) -> Emitted | OneByOne:
        source, output = self._source(), self.output or ""
        emitted = _emitted(source, output, self.task)
        said = self._written()
        if said.model.samples:
            return emitted
        known = self._known
        shapes = {e.attr.plain: e.shape for e in (*said.inputs, *said.targets)}
        return OneByOne(emitted, sizes_of(shapes, known))

    def _constants(self) -> dict[str, Any]:
        said, given = self._written(), dict(self.constants or {})
        varying = {e.attr.plain for e in (*said.inputs, *said.targets)} | {"s"}
        out: dict[str, Any] = {}
        for e in (*said.model.constants, *said.model.inputs):
            name = e.attr.plain
            if name in varying:
                continue
            if name not in given:
                raise ValueError(
                    f"the note has the constant {name}; say its value with constants="
                    f"{{{name!r}: 0.1}}"
                )
            value = given.pop(name)
            shape = e.shape
            out[name] = float(value) if shape == (1, 1) else np.asarray(value, self._precision)
        if given:
            raise ValueError(f"the note has no constant {', '.join(given)}")
        return out

    # -- weights -----------------------------------------------------------------------------

    def _initialise(self, data: Mapping[str, Any], random: Any) -> None:
        said = self._written()
        self._known = self._known_sizes(said, data)
        self._constants()
        shapes = sizes_of({e.attr.plain: e.shape for e in said.model.parameters}, self._known)
        start = dict(self.start or {})
        self.parameters_: dict[str, Any] = {}
        for name, shape in shapes.items():
            if name in start:
                value = np.asarray(start.pop(name), self._precision)
                if value.shape not in ((), shape):
                    raise ValueError(f"{name} is {shape}, and start gives it {value.shape}")
                self.parameters_[name] = np.array(np.broadcast_to(value, shape))
            else:
                bound = np.sqrt(6.0 / sum(shape))
                drawn = random.uniform(-bound, bound, shape)
                self.parameters_[name] = drawn.astype(self._precision)
        if start:
            raise ValueError(f"the note has no parameter {', '.join(start)}")

    def _known_sizes(self, said: Written, data: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        known: dict[str, tuple[int, str]] = {}
        letters = {
            part for e in said.model.roles for dim in e.shape for part in str(dim).split("+")
        }
        for letter, size in (self.sizes or {}).items():
            if letter not in letters:
                told = ", ".join(sorted(x for x in letters if not x.isdigit()))
                raise ValueError(f"the note has no size {letter!r}; its sizes are {told}")
            known[letter] = (int(size), "sizes")
        for e in (*said.inputs, *said.targets):
            name, dim = e.attr.plain, said.features(e)
            count = data[name].shape[1]
            if str(dim).isdigit():
                expected, source = int(dim), "the note"
            elif dim in known:
                expected, source = known[str(dim)]
            else:
                known[str(dim)] = (count, name)
                continue
            if count != expected:
                raise ValueError(
                    f"{name} has {count} columns, and {expected} by {source} ({dim} of {name})"
                )
        return known

    def _weights(self) -> dict[str, Any]:
        return self.parameters_

    def _adopt(self, parameters: Mapping[str, Any]) -> None:
        self.parameters_ = dict(parameters)

    # -- predictions -----------------------------------------------------------------------

    def _threshold(self) -> float:
        return 0.0 if self._written().margin else 0.5

    def _forward(self, data: Mapping[str, Any]) -> Any:
        """The prediction, samples as rows."""
        said, found = self._written(), self._predicted(data)
        return found.T if said.model.samples and said.axis(said.prediction) == 1 else found

    def _stratified_by(self, data: Mapping[str, Any]) -> Any:
        said = self._written()
        if said.task != "classification" or self._labels.kind == "multilabel":
            return None
        return data[said.targets[0].attr.plain]

    def _score_of(self, data: Mapping[str, Any]) -> float:
        from sklearn.metrics import accuracy_score, r2_score

        said = self._written()
        target = (said.targets or said.inputs)[0]
        truth, p = data[target.attr.plain], self._forward(data)
        weights = data["s"][:, 0] if "s" in data else None
        if not np.isfinite(p).all():
            return float("nan")
        if said.task == "regression":
            return float(r2_score(truth, p, sample_weight=weights))
        limit = self._threshold()
        truth = self._labels.decode(truth, limit)
        return float(accuracy_score(truth, self._labels.decode(p, limit), sample_weight=weights))

    # -- from a file -------------------------------------------------------------------------

    def _restore(
        self,
        n_features: int,
        classes: Any,
        parameters: Mapping[str, Any],
        slots: Slots | None,
        state: Mapping[str, Any],
    ) -> None:
        """Make this estimator the fitted one whose weights and state these are.

        Raises ValueError for weights that don't fit.
        """
        self._validate_params()
        if not isinstance(self.note, str) or not _is_text(self.note):
            raise ValueError("its note is no text")  # and the name of a file is not to be followed
        if n_features:
            self.n_features_in_ = int(n_features)
        self._columns = dict(state.get("columns", {}))
        self._known = {k: (int(v), "the file") for k, v in state["sizes"].items()}
        if classes is not None:
            self.classes_ = np.asarray(classes)
            self._labels = Labels(self.classes_, state["kind"])
        said = self._written()
        self._weighted = bool(state.get("_weighted", False))
        shapes = sizes_of({e.attr.plain: e.shape for e in said.model.parameters}, self._known)
        self._adopt({name: np.zeros(shape, self._precision) for name, shape in shapes.items()})
        self._start_anew()
        self._take_up(parameters, slots, state)

    def _state(self) -> dict[str, Any]:
        state = super()._state()
        state["sizes"] = {k: v[0] for k, v in self._known.items()}
        if hasattr(self, "_labels"):
            state["kind"] = self._labels.kind
        if hasattr(self, "_columns"):
            state["columns"] = self._columns
        return state


def _is_text(note: str) -> bool:
    """Whether this is a note itself, and not the path of one."""
    return any(mark in note for mark in "=\n$")


class _Given:
    """A model as a key: the same object is the same note."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given) and other.model is self.model

    def __hash__(self) -> int:
        return id(self.model)


def _read(source: Any) -> Model:
    from ...notation import parse, read

    if isinstance(source, _Given):
        return source.model
    return parse(source) if isinstance(source, str) else read(source[0])


@lru_cache(maxsize=32)
def _said(source: Any, output: str, task: str) -> Written:
    return written(_read(source), output, task)


@lru_cache(maxsize=32)
def _emitted(source: Any, output: str, task: str) -> Emitted:
    from ...calculus.derive import derive

    said = _said(source, output, task)
    return of_model(derive(said.model), said.prediction)
