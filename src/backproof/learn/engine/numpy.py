"""The reference engine: the emitted NumPy function, batch by batch, and the optimizer in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .base import Arrays, EngineName, Optimizer, Slots

# The emitted function: a dict of parameters, then data.
Function = Callable[..., tuple[Any, dict[str, Any]]]


class NumpyEngine:
    """A model trained by its emitted NumPy code.

    `function` is the emitted `loss_and_gradients`, `axes` the data that it takes, in order, with
    the axis of the samples (None for constants), `numbers` those names that are 1 x 1 in the model
    and plain numbers in the code. The parameters, float32 or float64, are copied into one array
    that the optimizer goes over at once. Works for any model, in either convention; and with the
    function that is emitted for Numba, which takes the same arguments.
    """

    def __init__(
        self,
        function: Function,
        axes: Mapping[str, int | None],
        parameters: dict[str, Any],
        optimizer: Optimizer,
        slots: Slots | None = None,
        *,
        numbers: frozenset[str] = frozenset(),
        name: EngineName = "numpy",
    ) -> None:
        self.name: EngineName = name
        self._function = function
        self._axes = axes
        self._numbers = numbers
        self.optimizer = optimizer
        self._theta, self.parameters = _flat(parameters)
        self._gradient, self._gradients = _flat(parameters)
        self._first, first = _flat(slots.first if slots and slots.first else parameters)
        self._second, second = _flat(slots.second if slots and slots.second else parameters)
        self._room = np.empty_like(self._theta)
        if not (slots and slots.first):
            self._first[:] = 0
        if not (slots and slots.second):
            self._second[:] = 0
        moments = second if optimizer.kind == "adam" else {}
        self.slots = Slots(first, moments, slots.updates if slots else 0)

    def loss_and_gradients(self, data: Arrays) -> tuple[float, dict[str, Any]]:
        """The loss of these samples and its gradient by each parameter."""
        loss = self._evaluate([data[name] for name in self._axes])
        return loss, self._gradients

    def epoch(self, data: Arrays, batch: int, rate: float, seed: int | None) -> float:
        """One pass over the samples in batches. The order is that of
        `numpy.random.default_rng(seed).permutation`."""
        values = [(data[name], axis) for name, axis in self._axes.items()]
        count = next(v.shape[axis] for v, axis in values if axis is not None)
        order = None
        if seed is not None and batch < count:
            order = np.random.default_rng(seed).permutation(count)
        update = self._adam if self.optimizer.kind == "adam" else self._sgd
        total = 0.0
        with np.errstate(all="ignore"):
            for start in range(0, count, batch):
                end = min(start + batch, count)
                taken: Any = slice(start, end) if order is None else order[start:end]
                loss = self._evaluate([_some(v, axis, taken) for v, axis in values])
                total += loss * (end - start)
                self.slots.updates += 1
                update(rate)
        return total / count

    def close(self) -> None:
        """Nothing is kept between calls."""

    def _evaluate(self, values: list[Any]) -> float:
        given = self.parameters
        if self._numbers:
            given = {k: v[0, 0] if k in self._numbers else v for k, v in given.items()}
        loss, gradients = self._function(given, *values)
        for name, kept in self._gradients.items():
            kept[...] = gradients[name]
        return float(loss)

    def _sgd(self, rate: float) -> None:
        o = self.optimizer
        step, velocity, room = self._gradient, self._first, self._room
        step *= -rate
        velocity *= o.momentum
        velocity += step
        if o.nesterov:
            np.multiply(velocity, o.momentum, out=room)
            step += room
            self._theta += step
        else:
            self._theta += velocity

    def _adam(self, rate: float) -> None:
        o, t = self.optimizer, self.slots.updates
        g, first, second, room = self._gradient, self._first, self._second, self._room
        first *= o.beta_1
        np.multiply(g, 1 - o.beta_1, out=room)
        first += room
        second *= o.beta_2
        np.multiply(g, g, out=g)
        g *= 1 - o.beta_2
        second += g
        np.sqrt(second, out=room)
        room += o.epsilon
        np.divide(first, room, out=room)
        room *= rate * (1 - o.beta_2**t) ** 0.5 / (1 - o.beta_1**t)
        self._theta -= room


def _flat(arrays: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Copies of arrays in one array, and views of it in their shapes."""
    whole = np.concatenate([np.ravel(a) for a in arrays.values()])
    views: dict[str, Any] = {}
    start = 0
    for name, a in arrays.items():
        views[name] = whole[start : start + a.size].reshape(a.shape)
        start += a.size
    return whole, views


def _some(value: Any, axis: int | None, taken: Any) -> Any:
    """The samples of a batch; constants as they are."""
    if axis is None:
        return value
    return value[taken] if axis == 0 else value[:, taken]
