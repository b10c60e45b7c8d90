# pyright: basic
# scikit-learn has no types, and its classes are the base of everything here.
"""The parameters of training that all estimators have, and what they may be."""

from __future__ import annotations

from numbers import Integral, Real
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import _param_validation as allowed
from sklearn.utils._param_validation import Interval, StrOptions

STOCHASTIC = ("sgd", "adam")


def has_batches(estimator: Any) -> bool:
    """Whether `partial_fit` makes sense. Raises AttributeError, which hides it, otherwise."""
    if estimator.solver not in STOCHASTIC:
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{estimator.solver} is not stochastic."
        )
    return True


class Options(BaseEstimator):
    """scikit-learn's parameters of a multi-layer perceptron, as far as they are about training, and
    ours."""

    solver: str
    batch_size: Any
    learning_rate: Any
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    verbose: Any
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    beta_1: float
    beta_2: float
    epsilon: float
    n_iter_no_change: float
    max_fun: int
    dtype: Any
    engine: str
    callbacks: Any
    progress: bool
    checkpoint: Any

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "solver": [StrOptions({"lbfgs", "sgd", "adam"})],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            allowed.Options(Real, {np.inf}),
        ],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "dtype": [
            StrOptions({"float32", "float64"}),
            allowed.Options(type, {np.float32, np.float64}),
        ],
        "engine": [StrOptions({"auto", "numpy", "numba", "jax"})],
        "callbacks": ["array-like", None],
        "progress": ["boolean"],
        "checkpoint": [str, Path, None],
    }
