# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""`Network`: any written model as an estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import validation
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d, validate_data

from ...errors import ModelError
from ...expr.model import Model
from ..written import Written
from .estimator import checked_weights
from .labels import Labels, check_first_call, labels_of
from .noted import Noted
from .options import has_batches

check_array: Any = validation.check_array  # its types are guesses


def _has_probabilities(network: Any) -> bool:
    """Whether predictions are probabilities. Raises AttributeError, which hides what needs them."""
    said = network._written()
    if said.task != "classification" or said.margin:
        raise AttributeError("the prediction of this note is no probability of a class")
    return True


class Network(Noted):
    r"""A network whose architecture is a note.

    `note` is a text with the equations of a network and its loss, the path of a file, or a `Model`.
    Every parameter of the note is trained, by the gradients that are derived from the loss. Samples
    are rows for the user, whichever way the note has them. A note about one sample is trained on
    batches by the mean of its loss, one sample after the other in a loop of Python: it works, and
    it is slow. Where a note mixes samples (batch normalisation), a prediction depends on which
    samples are handed over together.

    `sizes` gives sizes that the data don't tell, by the letters in `bp.parse(note).shapes`: {"n1":
    16}. `constants` gives the values of the note's constants, {"lambda": 0.1}, and inputs that are
    the same for all samples. `start` gives values to start from (numbers, or arrays of a
    parameter's shape); what it does not name is drawn as Glorot and Bengio (2010) do. `output`
    names the quantity that is predicted, by default the one that the loss compares with the target.

    `task` is "classification" or "regression"; "auto" takes it from the loss: a sigmoid or a
    softmax that is compared with the target, or a margin (`max(0, 1 - y s)`, classes -1 and 1),
    tells classes. A note with weights $s_i$ of samples takes `sample_weight`.

    The other parameters are those of `MLPClassifier`. `parameters_` holds the trained arrays by
    name, as the note has them; `derivation_` the derivation.

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 40).reshape(-1, 1)
    >>> model = Network("Z = X W + b; L = 1/m * sum((Z - Y)**2); X in R^{m x n}", solver="lbfgs")
    >>> float(model.fit(X, 3 * X[:, 0] + 1).parameters_["b"].round(3)[0, 0])
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Noted._parameter_constraints,
        "note": [str, Path, Model],
        "output": [str, None],
        "sizes": [dict, None],
        "constants": [dict, None],
        "start": [dict, None],
        "task": [StrOptions({"auto", "classification", "regression"})],
    }

    def __init__(
        self,
        note: Any,
        *,
        output: str | None = None,
        sizes: Any = None,
        constants: Any = None,
        start: Any = None,
        task: str = "auto",
        solver: str = "adam",
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dtype: str = "float32",
        engine: str = "auto",
        callbacks: Any = None,
        progress: bool = False,
        checkpoint: Any = None,
    ) -> None:
        self.note = note
        self.output = output
        self.sizes = sizes
        self.constants = constants
        self.start = start
        self.task = task
        self.solver = solver
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dtype = dtype
        self.engine = engine
        self.callbacks = callbacks
        self.progress = progress
        self.checkpoint = checkpoint

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Train on X (samples x features; a dict of them for several inputs) and y (labels,
        numbers, or a dict for several targets; nothing where the note has no target)."""
        return self._fit(X, y, sample_weight, incremental=False)

    @available_if(has_batches)
    def partial_fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, classes: Any = None
    ) -> Self:
        """Go over X once. A note that tells classes needs `classes` in the first call."""
        if self._written().task == "classification":
            check_first_call(self, y, classes)
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def predict(self, X: Any) -> Any:
        """Labels, or the values of the prediction: one a sample, or samples x outputs."""
        outputs = self._outputs(X)
        if self._written().task == "classification":
            return self._labels.decode(outputs, self._threshold())
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> Any:
        """The probabilities of the classes, samples x classes, in the order of `classes_`."""
        p = self._outputs(X)
        return np.hstack([1 - p, p]) if p.shape[1] == 1 else p

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """The accuracy of labels, or R² of numbers."""
        from sklearn.metrics import accuracy_score, r2_score

        rate = accuracy_score if self._written().task == "classification" else r2_score
        y = X if y is None else y
        return float(rate(y, self.predict(X), sample_weight=sample_weight))

    # -- tables in, numbers out --------------------------------------------------------------

    def _features(self, X: Any, first: bool) -> dict[str, Any]:
        said = self._written()
        names = [e.attr.plain for e in said.inputs]
        kind = np.dtype(self._precision).type
        if len(names) == 1 and not _by_name(X):
            with np.errstate(over="ignore"):  # what is too large for the precision is refused
                checked: Any = validate_data(
                    self, X, accept_sparse=["csr", "csc"], dtype=kind, reset=first
                )
            return {names[0]: checked.toarray() if hasattr(checked, "toarray") else checked}
        if not _by_name(X):
            raise ValueError(
                f"the note has the inputs {', '.join(names)}: give X as a dict of them"
            )
        missing, odd = [n for n in names if n not in X], [n for n in X if n not in names]
        if missing or odd:
            raise ValueError(
                f"the note has the inputs {', '.join(names)}; X has {', '.join(X) or 'none'}"
            )
        with np.errstate(over="ignore"):
            data = {n: _column(check_array(X[n], dtype=kind, ensure_2d=False)) for n in names}
        counts = {n: len(v) for n, v in data.items()}
        if len(set(counts.values())) > 1:
            raise ValueError(f"the inputs have different numbers of samples: {counts}")
        if not first:
            for name, value in data.items():
                if value.shape[1] != self._columns[name]:
                    raise ValueError(
                        f"{name} has {value.shape[1]} columns; it had {self._columns[name]} in fit"
                    )
        self._columns = {n: v.shape[1] for n, v in data.items()}
        self.n_features_in_ = sum(self._columns.values())
        return data

    def _encode(
        self, X: Any, y: Any, sample_weight: Any, first: bool, classes: Any = None
    ) -> tuple[dict[str, Any], Any]:
        said = self._written()
        data = self._features(X, first)
        count = len(next(iter(data.values())))
        targets = [e.attr.plain for e in said.targets]
        if not targets:
            if y is not None:
                raise ValueError("the note has no target: it compares its prediction with X")
        elif _by_name(y):
            data |= self._numbers_of_each(said, y, count)
        elif len(targets) > 1:
            raise ValueError(
                f"the note has the targets {', '.join(targets)}: give y as a dict of them"
            )
        else:
            data[targets[0]] = self._target(said, y, count, first, classes)
        has_weights = any(e.attr.plain == "s" for e in said.model.inputs if e not in said.inputs)
        if sample_weight is not None and not has_weights:
            raise ValueError(
                "the loss of the note has no weights of samples: write it with s_i, as in "
                r"\frac{1}{m} \sum_i s_i (...)"
            )
        if not has_weights:
            return data, None
        first_input = next(iter(data.values()))
        if sample_weight is None:
            return data, np.ones((count, 1), self._precision)
        return data, checked_weights(sample_weight, first_input, self._precision)

    def _numbers_of_each(self, said: Written, y: Mapping[str, Any], count: int) -> dict[str, Any]:
        names = [e.attr.plain for e in said.targets]
        if set(y) != set(names):
            raise ValueError(f"the note has the targets {', '.join(names)}; y has {', '.join(y)}")
        return {n: self._numbers(y[n], count) for n in names}

    def _numbers(self, y: Any, count: int) -> Any:
        kind = np.dtype(self._precision).type
        with np.errstate(over="ignore"):
            checked = check_array(y, dtype=kind, ensure_2d=False, input_name="y")
        if checked.ndim == 2 and checked.shape[1] == 1:
            checked = column_or_1d(checked, warn=True)
        if len(checked) != count:
            raise ValueError(
                f"Found input variables with inconsistent numbers of samples: [{count}, "
                f"{len(checked)}]"
            )
        return _column(checked)

    def _target(self, said: Written, y: Any, count: int, first: bool, classes: Any) -> Any:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        if said.task == "regression":
            return self._numbers(y, count)
        y = check_array(y, ensure_2d=False, dtype=None, input_name="y")
        if len(y) != count:
            raise ValueError(
                f"Found input variables with inconsistent numbers of samples: [{count}, {len(y)}]"
            )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if first:
            self._labels: Labels = self._labels_for(said, labels_of(y, classes))
            self.classes_ = self._labels.classes
        if self._labels.kind != "multilabel":
            odd = np.setdiff1d(y, self.classes_)
            if len(odd):
                raise ValueError(
                    f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. "
                    f"'y' has {odd}."
                )
        encoded = self._labels.encode(y, self._precision)
        return 2 * encoded - 1 if said.margin else encoded

    def _labels_for(self, said: Written, labels: Labels) -> Labels:
        """How many outputs the classes take: a note with one output tells two classes, one with a
        softmax has an output for each."""
        alone = said.features(said.targets[0]) == 1
        if alone and labels.kind != "binary":
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{labels.kind}: the note has a single output"
            )
        return (
            labels if alone or labels.kind == "multilabel" else replace(labels, kind="multiclass")
        )

    def _outputs(self, X: Any) -> Any:
        self._check_fitted()
        return self._forward(self._features(X, first=False))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags

        tags = super().__sklearn_tags__()
        said = self._written()
        tags.input_tags.sparse = True
        tags.target_tags.required = bool(said.targets)
        if said.task == "classification":
            alone = said.features(said.targets[0]) == 1
            tags.estimator_type = "classifier"
            tags.classifier_tags = ClassifierTags(multi_class=not alone)
        else:
            tags.estimator_type = "regressor"
            tags.regressor_tags = RegressorTags()
        return tags


def _by_name(table: Any) -> bool:
    """Whether this is a dict of tables. SciPy's sparse dictionary of keys is a dict, too."""
    return isinstance(table, Mapping) and not hasattr(table, "shape")


def _column(values: Any) -> Any:
    """Values of one dimension as a column."""
    if values.ndim > 2:
        raise ModelError("a table has two dimensions: samples and features")
    return values.reshape(-1, 1) if values.ndim == 1 else values
