# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""`MLPClassifier`: scikit-learn's, trained by the code of its own derivation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d

from ..losses import MARGINS, classifier_loss
from .estimator import checked_weights
from .labels import Labels, check_first_call, labels_of
from .options import has_batches
from .perceptron import Perceptron


def _has_probabilities(estimator: Any) -> bool:
    """Whether outputs are probabilities. Raises AttributeError, which hides what needs them."""
    if estimator.loss in MARGINS:
        raise AttributeError(f"probabilities are not available with the loss {estimator.loss!r}")
    return True


class MLPClassifier(ClassifierMixin, Perceptron):
    """A multi-layer perceptron that tells classes apart.

    Parameters, attributes and methods are those of `sklearn.neural_network.MLPClassifier` (1.9),
    with the same meaning and the same initial weights for the same `random_state`. What differs:

    - `activation` may also be any name of `learn.activations`, a formula in z ("z * sigmoid(z)", or
      LaTeX), or a tuple with one for each hidden layer.
    - `loss`: "log_loss" (cross-entropy on softmax or sigmoid outputs), "focal", "hinge",
      "squared_hinge", or a formula in y and p, the target (0 or 1) and the output of one unit.
    - `class_weight`: None, "balanced" or a dict, as elsewhere in scikit-learn.
    - `dtype`: the precision of weights and arithmetic. L-BFGS calculates in double precision
      always; so does the engine "auto" in batches that are so small that it costs nothing.
    - `engine`: "numpy", "numba" (the cores of this machine), "jax" (GPUs, many machines), or
      "auto".
    - `callbacks`: called as `callback(estimator, epoch)` after every epoch; True ends training.
    - `progress`: draw a progress bar. `checkpoint`: a file that is written after each epoch that is
      the best so far.
    - `derivation_` is the derivation that the code of this very network was emitted from.
    - The order of the samples is drawn by NumPy's newer generator, and goes on over calls of
      `partial_fit` instead of starting again. Samples of weight 0 are left out. One class only is
      an error. Sparse features are made full.

    Raises `DivergedError` (a ValueError) where training goes to infinity, with the epoch in which
    it did; the weights are then those from before it.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((8,), solver="lbfgs", max_iter=1000, random_state=0)
    >>> bool(model.fit(X, y).score(X, y) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perceptron._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
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
        loss: str = "log_loss",
        class_weight: Any = None,
        dtype: str = "float32",
        engine: str = "auto",
        callbacks: Any = None,
        progress: bool = False,
        checkpoint: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
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
        self.loss = loss
        self.class_weight = class_weight
        self.dtype = dtype
        self.engine = engine
        self.callbacks = callbacks
        self.progress = progress
        self.checkpoint = checkpoint

    _loss_scale = 1.0

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on X (samples x features) and y: labels, or for several labels a sample a matrix of
        0 and 1. `sample_weight` says how often each sample counts."""
        return self._fit(X, y, sample_weight, incremental=False)

    @available_if(has_batches)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go over X once. `classes` names all labels there will be; the first call needs it, unless
        it gets a matrix of 0 and 1."""
        check_first_call(self, y, classes)
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def predict(self, X: Any) -> Any:
        """The classes of samples: labels, or a matrix of 0 and 1."""
        outputs = self._outputs(X)
        return self._labels.decode(outputs, self._threshold())

    @available_if(_has_probabilities)
    def predict_proba(self, X: Any) -> Any:
        """The probabilities of the classes, samples x classes, in the order of `classes_`."""
        p = self._outputs(X)
        return np.hstack([1 - p, p]) if self._labels.kind == "binary" else p

    @available_if(_has_probabilities)
    def predict_log_proba(self, X: Any) -> Any:
        """The logarithms of `predict_proba`."""
        p = self.predict_proba(X)
        with np.errstate(divide="ignore"):
            return np.log(p, out=p)

    # -- hooks -------------------------------------------------------------------------------

    def _threshold(self) -> float:
        return 0.0 if self.loss in MARGINS else 0.5

    def _output(self) -> tuple[str, str]:
        return classifier_loss(self.loss, self._labels.kind == "multiclass")

    def _encode(
        self, X: Any, y: Any, sample_weight: Any, first: bool, classes: Any = None
    ) -> tuple[dict[str, Any], Any]:
        classifier_loss(self.loss, several=False)
        again = classes is not None and not first
        if again and not np.array_equal(self.classes_, np.unique(np.asarray(classes))):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )
        X, y = self._checked(X, y, first)
        y = y.toarray() if hasattr(y, "toarray") else y
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        labels = labels_of(y, classes) if first else self._known(y)
        if first or classes is not None:
            _refuse_unseen(labels, y)
        self._labels: Labels = labels
        self.classes_ = labels.classes
        weights = self._sample_weights(sample_weight, X, y)
        return {"X": X, "Y": labels.encode(y, self._precision)}, weights

    def _known(self, y: Any) -> Labels:
        """The classes of earlier calls, for a target that has no others."""
        labels = self._labels
        if labels.kind == "multilabel":
            if y.ndim != 2 or y.shape[1] != len(labels.classes):
                raise ValueError(
                    f"y has {y.shape[1] if y.ndim == 2 else 1} columns; the classifier was trained "
                    f"with {len(labels.classes)}"
                )
            return labels
        found = np.unique(y)
        if self.warm_start and not np.array_equal(found, labels.classes):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {labels.classes}, `y` has {found}"
            )
        _refuse_unseen(labels, y)
        return labels

    def _sample_weights(self, sample_weight: Any, X: Any, y: Any) -> Any:
        if sample_weight is None and self.class_weight is None:
            return None
        weights = checked_weights(sample_weight, X, self._precision)
        if self.class_weight is not None:
            from sklearn.utils.class_weight import compute_sample_weight

            weights = weights * compute_sample_weight(self.class_weight, y).reshape(-1, 1)
        return weights.astype(self._precision)

    def _stratified_by(self, data: Mapping[str, Any]) -> Any:
        return data["Y"] if self.n_outputs_ == 1 else None

    def _score_of(self, data: Mapping[str, Any]) -> float:
        from sklearn.metrics import accuracy_score

        p = self._predicted({"X": data["X"]})
        if not np.isfinite(p).all():
            return float("nan")
        decoded = self._labels.decode(p, self._threshold())
        truth = self._labels.decode(data["Y"], 0.5)
        weights = data["s"][:, 0] if "s" in data else None
        return float(accuracy_score(truth, decoded, sample_weight=weights))

    def _restore_target(self, classes: Any, state: Mapping[str, Any]) -> None:
        self.classes_ = np.asarray(classes)
        kind = "binary" if len(self.classes_) == 2 else "multiclass"
        self._labels = Labels(self.classes_, state.get("kind", kind))
        self.n_outputs_ = self._labels.outputs

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "kind": self._labels.kind}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _refuse_unseen(labels: Labels, y: Any) -> None:
    if labels.kind == "multilabel":
        return
    odd = np.setdiff1d(y, labels.classes)
    if len(odd):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {labels.classes}. 'y' "
            f"has {odd}."
        )
