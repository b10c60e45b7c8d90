"""Random points: values for the names of a model, and the truth about its gradients there."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.calculus.step import Derivation
from backproof.expr.model import Model
from backproof.expr.shape import SCALAR
from backproof.expr.values import evaluate

Values = dict[str, Any]


def point(model: Model, seed: int = 0) -> Values:
    """A float64 value for every free name: all dimensions different, targets within their bounds."""
    random = np.random.default_rng(seed)
    sizes: dict[str, int] = {}
    values: Values = {}

    def side(dim: int | str) -> int:
        if isinstance(dim, int):
            return dim
        return sum(
            int(p) if p.isdigit() else sizes.setdefault(p, 2 + len(sizes)) for p in dim.split("+")
        )

    for e, role in model.roles.items():
        if e.op != "name":
            continue
        value = 0.7 * random.normal(size=(side(e.shape[0]), side(e.shape[1])))
        if role == "constant":
            value = np.abs(value) + 0.1
        if role == "target":
            value = (value > 0) * 1.0
        if e in model.sums_to_one:
            value = np.exp(0.7 * random.normal(size=value.shape))
            value /= value.sum(axis=0 if model.columns else 1, keepdims=True)
        values[e.attr.plain] = float(value[0, 0]) if e.shape == SCALAR else value
    return values


def plain(values: Values) -> Values:
    """The values as the reference evaluator takes them."""
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}


def truth(derivation: Derivation, values: Values) -> tuple[float, dict[str, np.ndarray]]:
    """The loss and the gradients by the reference evaluator."""
    known = plain(values)
    loss = np.ravel(evaluate(derivation.model.loss, known))[0]
    return float(loss), {
        name: np.array(evaluate(e, known), dtype=float) for name, e in derivation.gradients.items()
    }


def parted(derivation: Derivation, values: Values) -> tuple[Values, Values]:
    """Parameters, and the rest."""
    wanted = {e.attr.plain for e in derivation.wanted}
    return (
        {k: v for k, v in values.items() if k in wanted},
        {k: v for k, v in values.items() if k not in wanted},
    )


def as_precision(values: Values, dtype: type) -> Values:
    """The arrays in another precision; plain numbers stay what they are."""
    return {k: v.astype(dtype) if isinstance(v, np.ndarray) else v for k, v in values.items()}
