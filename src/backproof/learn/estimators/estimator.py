# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""What all estimators have in common: parameters of training, the flow of `fit`, state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight

from ..engine import Engine, Optimizer, Slots, choose, make_engine
from ..jobs.distribute import here, mean, total
from .options import STOCHASTIC, Options
from .schedule import Schedule
from .training import train_by_lbfgs, train_in_batches

if TYPE_CHECKING:
    from ...calculus.step import Derivation
    from ..emitted import Emitted

# Multiplications in a batch up to which double precision is free, since calling NumPy takes the
# time. Rounded to single precision, the result does not depend on how the samples are arranged.
_SMALL = 100_000


class Trainer(Options):
    """An estimator whose weights are found by gradients that were derived.

    Subclasses say what the model is: `_encode` makes arrays out of tables, `_initialise` draws the
    weights, `_weights` and `_adopt` read and set them, `_emitted` gives the code to run.
    """

    # -- what a subclass says ----------------------------------------------------------------

    def _encode(
        self, X: Any, y: Any, sample_weight: Any, first: bool
    ) -> tuple[dict[str, Any], Any]:
        """The data by the model's names, samples first, and the weights of the samples (None, or
        a column); with `first`, what is learned about the columns is learned anew."""
        raise NotImplementedError

    def _initialise(self, data: Mapping[str, Any], random: Any) -> None:
        raise NotImplementedError

    def _weights(self) -> dict[str, Any]:
        raise NotImplementedError

    def _adopt(self, parameters: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def _emitted(self) -> Emitted:
        raise NotImplementedError

    def _constants(self) -> dict[str, Any]:
        """Values of the model's constants by their names."""
        return {}

    def _score_of(self, data: Mapping[str, Any]) -> float:
        """The score on data that are encoded already."""
        raise NotImplementedError

    def _stratified_by(self, data: Mapping[str, Any]) -> Any:
        """What the validation set is to be like, None where there is no such thing."""
        return None

    # -- the flow of fit ---------------------------------------------------------------------

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool, **given: Any) -> Self:
        self._validate_params()
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        first = not hasattr(self, "t_") or not (self.warm_start or incremental)
        data, weights = self._encode(X, y, sample_weight, first, **given)
        if weights is not None:
            data, weights = _without_zeros(data, weights)
            data = {**data, "s": weights}
        self._weighted = weights is not None
        random = check_random_state(self.random_state)
        if first:
            self._initialise(data, random)
            self._start_anew()
        train, validate = self._split(data, random) if self._splits() else (data, None)
        if first or not hasattr(self, "_seed"):
            seed = int(random.randint(2**31 - 1)) if self.shuffle else 0
            # Of shares that differ by a row, other splits are drawn: the first process decides.
            self._seed = total(seed if here().first else 0)
            self._epochs = 0
        self._train(train, validate, incremental)
        return self

    def _splits(self) -> bool:
        return bool(self.early_stopping) and self.solver in STOCHASTIC

    def _start_anew(self) -> None:
        self._drop_engine()
        self.n_iter_, self.t_ = 0, 0
        self._no_improvement_count = 0
        self._slots = Slots()
        if self.solver not in STOCHASTIC:
            return
        self.loss_curve_: list[float] = []
        by_score = self.early_stopping
        self.validation_scores_: list[float] | None = [] if by_score else None
        self.best_validation_score_: float | None = -np.inf if by_score else None
        self.best_loss_: float | None = None if by_score else np.inf

    def _split(
        self, data: Mapping[str, Any], random: Any
    ) -> tuple[dict[str, Any], Callable[[], float]]:
        """Data to train on, and what scores the network on the rest of them."""
        from sklearn.model_selection import train_test_split

        count = len(next(iter(data.values())))
        train, rest = train_test_split(
            np.arange(count),
            random_state=random,
            test_size=self.validation_fraction,
            stratify=self._stratified_by(data),
        )
        if len(rest) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of "
                "your dataset."
            )
        held = {name: value[rest] for name, value in data.items()}

        def score() -> float:
            return mean(self._score_of(held), len(rest))

        return {n: v[train] for n, v in data.items()}, score

    def _train(
        self, data: Mapping[str, Any], validate: Callable[[], float] | None, incremental: bool
    ) -> None:
        # In a job of several processes each has a share of the samples.
        samples = total(len(next(iter(data.values()))))
        by_lbfgs = self.solver not in STOCHASTIC
        emitted = self._emitted()
        if not incremental or not hasattr(self, "_schedule"):
            self._slots = Slots()
            kind = self.learning_rate if self.solver == "sgd" else "constant"
            rate = float(self.learning_rate_init)
            self._schedule = Schedule(kind, rate, self.power_t, rate)
            self._drop_engine()
        name, precision = self._engine_and_precision(emitted, samples, incremental)
        arrays = _laid({**data, **self._constants()}, emitted.axes, precision)
        engine = self._engine_for(emitted, name, precision)
        try:
            self._adopt(engine.parameters)
            self._slots = engine.slots
            if by_lbfgs:
                train_by_lbfgs(self, engine, arrays, samples)
            else:
                train_in_batches(
                    self, engine, arrays, samples, validate=validate, incremental=incremental
                )
        finally:
            if not incremental:
                self._drop_engine()
                self._adopt(self._in_own_precision(engine.parameters))
                first, second = engine.slots.first, engine.slots.second
                self._slots = Slots(
                    self._in_own_precision(first),
                    self._in_own_precision(second),
                    engine.slots.updates,
                )

    def _in_own_precision(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Copies of arrays as the estimator keeps them."""
        with np.errstate(over="ignore"):  # squares in Adam's memory, of huge inputs
            return {name: value.astype(self._precision) for name, value in arrays.items()}

    @property
    def _precision(self) -> str:
        """The element type of weights and data."""
        return np.dtype(self.dtype).name

    def _predicted(self, data: Mapping[str, Any]) -> Any:
        """The prediction in the model's orientation, for data with samples first."""
        emitted, weights = self._emitted(), self._weights()
        size = sum(v.size for v in weights.values())
        few = len(next(iter(data.values()))) * size < _SMALL
        precision = "float64" if few else self._precision
        axes = {name: emitted.axes[name] for name in emitted.predicts_from}
        laid = _laid({**data, **self._constants()}, axes, precision)
        given = {name: v.astype(precision, copy=False) for name, v in weights.items()}
        with np.errstate(all="ignore"):
            return emitted.predict(given, laid).astype(self._precision, copy=False)

    # -- engines -----------------------------------------------------------------------------

    def _engine_for(self, emitted: Emitted, name: str, precision: str) -> Engine:
        """An engine with the estimator's weights in it: the one of the last `partial_fit` where
        nothing has changed, else a new one."""
        optimizer = Optimizer(
            "adam" if self.solver == "adam" else "sgd",
            float(self.momentum),
            bool(self.nesterovs_momentum),
            float(self.beta_1),
            float(self.beta_2),
            float(self.epsilon),
        )
        constants = self._constants()
        key = (emitted.text, optimizer, name, precision, tuple(constants.items()))
        weights = self._weights()
        held = getattr(self, "_engine", None)
        if held is not None and held[0] == key:
            for parameter, value in held[1].parameters.items():
                if not np.may_share_memory(value, weights[parameter]):
                    value[...] = weights[parameter]
            return held[1]
        self._drop_engine()
        engine = make_engine(
            name,
            emitted,
            {k: np.ascontiguousarray(v, precision) for k, v in weights.items()},
            optimizer,
            self._slots,
            alpha=float(constants.get("alpha", 0.0)),
        )
        self._engine = (key, engine)
        return engine

    def _engine_and_precision(
        self, emitted: Emitted, samples: int, incremental: bool
    ) -> tuple[str, str]:
        """The engine to take, and the precision of its arithmetic."""
        whole = self.solver not in STOCHASTIC
        batch = min(200, samples) if self.batch_size == "auto" else min(self.batch_size, samples)
        batch = samples if whole else batch
        weights = self._weights()
        size = sum(v.size for v in weights.values())
        name = self.engine
        if name == "auto":
            # Data that come in pieces come in many.
            epochs = 20 if incremental else self.max_iter
            layers = max(1, len(weights) // 2)
            name = choose(
                emitted, weights=size, layers=layers, samples=samples, batch=batch, epochs=epochs
            )
            if name == "numpy" and not incremental and batch * size < _SMALL:
                return name, "float64"
        return name, "float64" if whole else self._precision

    def _drop_engine(self) -> None:
        held = self.__dict__.pop("_engine", None)
        if held is not None:
            held[1].close()

    # -- state -------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return {k: v for k, v in state.items() if k != "_engine"}

    _STATE = (
        "n_iter_ t_ loss_ loss_curve_ best_loss_ validation_scores_ best_validation_score_ "
        "_no_improvement_count _seed _epochs _weighted"
    ).split()

    def _state(self) -> dict[str, Any]:
        """What training goes on from beside the weights and the optimizer's memory, as JSON values
        (`None` for what is not finite)."""
        state = {name: getattr(self, name) for name in self._STATE if hasattr(self, name)}
        if hasattr(self, "_schedule"):
            state["rate"] = self._schedule.rate
        return {k: _plain(v) for k, v in state.items()}

    def _take_up(
        self, parameters: Mapping[str, Any], slots: Slots | None, state: Mapping[str, Any]
    ) -> None:
        """The opposite of `_state`: weights of the shapes that `_weights` has now, memory and
        state."""
        for name, value in self._weights().items():
            if name not in parameters or np.shape(parameters[name]) != value.shape:
                got = np.shape(parameters[name]) if name in parameters else "nothing"
                raise ValueError(f"{name} has the shape {value.shape}, and {got} is given")
        odd = sorted(parameters.keys() - self._weights().keys())
        if odd:
            raise ValueError(f"the network has no parameter {', '.join(odd)}")
        self._adopt({k: np.array(parameters[k], self._precision) for k in self._weights()})
        for name in self._STATE:
            if name in state:
                setattr(self, name, state[name])
        if self.__dict__.get("best_loss_", 0) is None and not self.early_stopping:
            self.best_loss_ = np.inf
        if slots is not None:
            self._slots = slots
            kind = self.learning_rate if self.solver == "sgd" else "constant"
            initial = float(self.learning_rate_init)
            rate = float(state.get("rate", initial))
            self._schedule = Schedule(kind, initial, self.power_t, rate)

    # -- doors -------------------------------------------------------------------------------

    @property
    def derivation_(self) -> Derivation:
        """The derivation that the code of this network was emitted from."""
        self._check_fitted()
        return self._emitted().derivation

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to a safetensors file. Raises BackproofError where that is not
        possible; what was there before is then still there."""
        from ..saving.save import save

        save(self, path)

    def to_onnx(self, path: str | Path, *, dtype: str = "float32") -> None:
        """Write the fitted estimator as an ONNX model."""
        from ..saving.export import to_onnx

        to_onnx(self, path, dtype)

    def _check_fitted(self) -> None:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "t_")


def checked_weights(sample_weight: Any, X: Any, dtype: str) -> Any:
    """The weights of samples as a column. Raises ValueError for what are no weights."""
    checked = _check_sample_weight(sample_weight, X, dtype=np.dtype(dtype).type)
    if (checked < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`")
    return checked.reshape(-1, 1)


def _without_zeros(data: Mapping[str, Any], weights: Any) -> tuple[dict[str, Any], Any]:
    """Samples of weight 0 left out: they would only make some batches smaller than others, and a
    batch of them would have no mean."""
    kept = weights[:, 0] > 0
    if kept.all():
        return dict(data), weights
    if not kept.any():
        raise ValueError("Sample weights are all 0: there is no sample to learn from")
    return {name: value[kept] for name, value in data.items()}, weights[kept]


def _laid(
    data: Mapping[str, Any], axes: Mapping[str, int | None], precision: str
) -> dict[str, Any]:
    """Data as the model has them: samples as columns where it does."""
    out: dict[str, Any] = {}
    for name, axis in axes.items():
        value = data[name]
        if isinstance(value, np.ndarray):
            value = value.T if axis == 1 else value
            value = np.ascontiguousarray(value, precision)
        out[name] = value
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
