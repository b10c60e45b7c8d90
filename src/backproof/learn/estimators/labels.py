"""Class labels as numbers and back."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, cast

import numpy as np

Kind = Literal["binary", "multiclass", "multilabel"]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The classes of a target, sorted, and what kind of target it is.

    One column of 0 and 1 for two classes, one column a class where there are more or where a sample
    may have several.
    """

    classes: Any
    kind: Kind

    @property
    def outputs(self) -> int:
        """How many columns an encoded target has."""
        return 1 if self.kind == "binary" else len(self.classes)

    def encode(self, y: Any, dtype: str) -> Any:
        """Samples x outputs. Every label has to be one of the classes."""
        if self.kind == "multilabel":
            return np.ascontiguousarray(y, dtype)
        places = cast("Any", np.searchsorted(self.classes, y))
        if self.kind == "binary":
            return places.astype(dtype).reshape(-1, 1)
        encoded = np.zeros((len(places), len(self.classes)), dtype)
        encoded[np.arange(len(places)), places] = 1
        return encoded

    def decode(self, outputs: Any, threshold: float) -> Any:
        """The labels of a network's outputs, those above the threshold where classes are told one
        by one."""
        if self.kind == "multilabel":
            return (outputs > threshold).astype(int)
        if self.kind == "binary":
            return self.classes[(outputs[:, 0] > threshold).astype(int)]
        return self.classes[outputs.argmax(axis=1)]


def labels_of(y: Any, classes: Any = None) -> Labels:
    """The classes of a target, or those that are given for it.

    Raises ValueError for a target that is continuous, and for one class only.
    """
    kinds: Any = import_module("sklearn.utils.multiclass")  # without types
    kinds.check_classification_targets(y)
    kind = kinds.type_of_target(y, input_name="y")
    if kind == "multilabel-indicator":
        return Labels(np.arange(y.shape[1]), "multilabel")
    if y.ndim != 1:
        raise ValueError(
            "Multioutput target data is not supported with label binarization: give one column of "
            "classes, or a matrix of 0 and 1"
        )
    # As scikit-learn does: words are words, also where they came as objects.
    found = kinds.unique_labels(y if classes is None else np.asarray(classes))
    if len(found) < 2:
        raise ValueError(
            f"y has one class only ({found.tolist()[0]!r}); a classifier needs at least two "
            "classes to tell apart"
        )
    return Labels(found, "binary" if len(found) == 2 else "multiclass")


def check_first_call(estimator: Any, y: Any, classes: Any) -> None:
    """Raises ValueError where `partial_fit` is called for the first time without all classes: those
    of the first piece may not be all there will be."""
    if classes is None and not hasattr(estimator, "t_") and np.ndim(y) < 2:
        raise ValueError("classes must be passed on the first call to partial_fit.")
