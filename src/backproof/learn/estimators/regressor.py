# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""`MLPRegressor`: scikit-learn's, trained by the code of its own derivation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d

from ..losses import LOG_LINKS, regressor_loss
from .estimator import checked_weights
from .options import has_batches
from .perceptron import Perceptron


class MLPRegressor(RegressorMixin, Perceptron):
    """A multi-layer perceptron that predicts numbers.

    Parameters, attributes and methods are those of `sklearn.neural_network.MLPRegressor` (1.9),
    with the same meaning and the same initial weights for the same `random_state`. What differs:

    - `loss` may also be "absolute_error", "huber", "log_cosh", "gamma", or a formula in y and p,
      the target and the prediction of one output: "max(0.9*(y - p), -0.1*(y - p))".
    - `activation`, `dtype`, `engine`, `callbacks`, `progress`, `checkpoint`, `derivation_`, the
      order of samples, weights of 0, sparse features, divergence: see `MLPClassifier`.
    - With several outputs scikit-learn takes the gradient of the *sum* of squares over the outputs
      and reports its *mean*. Here too the gradient is that of the sum; `loss_` and `loss_curve_`
      are that loss, penalty included, divided by the number of outputs.

    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=500, random_state=0)
    >>> bool(model.fit(X, y).score(X, y) > 0.4)
    True
    """

    def __init__(
        self,
        loss: str = "squared_error",
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
        dtype: str = "float32",
        engine: str = "auto",
        callbacks: Any = None,
        progress: bool = False,
        checkpoint: Any = None,
    ) -> None:
        self.loss = loss
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
        self.dtype = dtype
        self.engine = engine
        self.callbacks = callbacks
        self.progress = progress
        self.checkpoint = checkpoint

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on X (samples x features) and y, numbers or samples x outputs. `sample_weight` says
        how often each sample counts."""
        return self._fit(X, y, sample_weight, incremental=False)

    @available_if(has_batches)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go over X once."""
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Any:
        """Numbers, one a sample, or samples x outputs."""
        p = self._outputs(X)
        return p[:, 0] if p.shape[1] == 1 else p

    # -- hooks -------------------------------------------------------------------------------

    @property
    def _loss_scale(self) -> float:
        return 1.0 / self.n_outputs_ if self.loss == "squared_error" else 1.0

    def _output(self) -> tuple[str, str]:
        return regressor_loss(self.loss)

    def _encode(
        self, X: Any, y: Any, sample_weight: Any, first: bool
    ) -> tuple[dict[str, Any], Any]:
        regressor_loss(self.loss)
        X, y = self._checked(X, y, first, y_numeric=True)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        with np.errstate(over="ignore"):
            y = y.astype(self._precision).reshape(len(y), -1)
        if not np.isfinite(y).all():
            raise ValueError(f"y contains a value too large for dtype('{self._precision}').")
        if not first and y.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {y.shape[1]} columns; before it had {self.n_outputs_}")
        if self.loss in LOG_LINKS:
            lowest = y.min()
            if lowest < 0 or (self.loss == "gamma" and lowest == 0):
                bound = "y > 0" if self.loss == "gamma" else "y >= 0"
                raise ValueError(f"the loss {self.loss!r} needs {bound}; the lowest is {lowest:g}")
        weights = None
        if sample_weight is not None:
            weights = checked_weights(sample_weight, X, self._precision)
        return {"X": X, "Y": y}, weights

    def _score_of(self, data: Mapping[str, Any]) -> float:
        from sklearn.metrics import r2_score

        p = self._predicted({"X": data["X"]})
        if not np.isfinite(p).all():
            return float("nan")
        weights = data["s"][:, 0] if "s" in data else None
        return float(r2_score(data["Y"], p, sample_weight=weights))

    def _restore_target(self, classes: Any, state: Mapping[str, Any]) -> None:
        self.n_outputs_ = int(state["n_outputs_"])

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "n_outputs_": self.n_outputs_}
