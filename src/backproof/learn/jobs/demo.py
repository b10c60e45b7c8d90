"""The bundled note, trained on a table that comes with scikit-learn."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ...expr.model import Model
from ..saving.save import estimator_class

UNITS = 16
EPOCHS = 60


@dataclass(frozen=True, slots=True)
class Trained:
    """How it went: the accuracy on the rows that were held out, and the seconds of training."""

    rows: int
    held_out: int
    accuracy: float
    seconds: float
    epochs: int


def train_on_breast_cancer(model: Model) -> Trained:
    """Train a note that tells two classes apart on three quarters of the breast cancer table
    (Street, Wolberg and Mangasarian, Nuclear feature extraction for breast tumor diagnosis, 1993).

    Raises ModuleNotFoundError where scikit-learn is not installed.
    """
    datasets: Any = import_module("sklearn.datasets")
    selection: Any = import_module("sklearn.model_selection")
    table = datasets.load_breast_cancer()
    seen, unseen, answers, wanted = selection.train_test_split(
        table.data, table.target, random_state=0, stratify=table.target
    )
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    network: Any = estimator_class("Network")(
        model,
        sizes={"n1": UNITS},
        learning_rate_init=0.01,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
        random_state=0,
    )
    start = time.perf_counter()
    # One pass a call: `fit` would warn that it could have gone on.
    for _ in range(EPOCHS):
        network.partial_fit((seen - mean) / spread, answers, classes=[0, 1])
    seconds = time.perf_counter() - start
    accuracy = network.score((unseen - mean) / spread, wanted)
    return Trained(len(seen), len(unseen), float(accuracy), seconds, EPOCHS)
