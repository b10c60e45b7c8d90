"""Engines: what trains a network. `make_engine` chooses one and makes it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ...errors import BackproofError, RefusedError
from ..emitted import Emitted
from .base import Engine, EngineName, Optimizer, Slots

if TYPE_CHECKING:
    from ..estimators.one_by_one import OneByOne

__all__ = ["Engine", "Optimizer", "Slots", "choose", "make_engine"]

_OVERHEAD = 60e-6  # seconds that NumPy takes for one layer of one batch, however small
_SPEED = 2e10  # multiplications and additions that it does in a second
_WORTH = 3.0  # seconds in NumPy from which loading or compiling Numba's code pays


def make_engine(
    name: str,
    emitted: Emitted | OneByOne,
    parameters: dict[str, Any],
    optimizer: Optimizer,
    slots: Slots | None = None,
    *,
    alpha: float = 0.0,
) -> Engine:
    """An engine by its name (`numpy`, `numba` or `jax`).

    The parameters are copied; what is trained are the engine's own. `alpha` is the strength of the
    penalty of a `Net`. Numba trains a `Net` whose parts work entry by entry by whole epochs, and
    every other model by the function that is emitted for it, batch by batch.

    Raises RefusedError where the engine can't do the model, BackproofError for an unknown name or
    an engine that is not installed.
    """
    if name == "numpy":
        from .numpy import NumpyEngine

        return NumpyEngine(
            emitted.loss_and_gradients,
            emitted.axes,
            parameters,
            optimizer,
            slots,
            numbers=emitted.numbers,
        )
    if name not in ("numba", "jax"):
        raise BackproofError(
            f"there is no engine {name!r}", hint="the engines are auto, numpy, numba and jax"
        )
    if find_spec(name) is None:
        raise BackproofError(
            f"the engine {name!r} needs {name}, which is not installed",
            hint=f"pip install {name}, or take engine='numpy'",
        )
    if not isinstance(emitted, Emitted):
        raise RefusedError(
            f"the engine {name!r} trains on batches, and the note is about a single sample",
            hint="write the network for m samples, or take engine='numpy', which is slow here",
        )
    if name == "numba" and _by_epochs(emitted):
        from .numba import NumbaEngine

        return NumbaEngine(emitted.kernels, parameters, optimizer, slots, alpha=alpha)
    if name == "numba":
        from .numpy import NumpyEngine

        return NumpyEngine(
            emitted.compiled("numba").function,
            emitted.axes,
            parameters,
            optimizer,
            slots,
            numbers=emitted.numbers,
            name="numba",
        )
    from .jax import JaxEngine

    copies = {k: v.copy() for k, v in parameters.items()}
    return JaxEngine(emitted.compiled("jax"), copies, optimizer, slots)


def _by_epochs(emitted: Emitted | OneByOne) -> bool:
    """Whether Numba's engine can train the model: a multi-layer perceptron that works entry by
    entry."""
    return isinstance(emitted, Emitted) and emitted.perceptron and emitted.dense


def choose(
    emitted: Emitted | OneByOne, *, weights: int, layers: int, samples: int, batch: int, epochs: int
) -> EngineName:
    """The engine that is probably done first on this machine's CPU.

    NumPy starts at once and has to be called for every batch; Numba has its code loaded, the first
    time ever compiled, and is fast from then on.
    """
    batches = epochs * -(-samples // batch)
    seconds = batches * layers * _OVERHEAD + epochs * samples * 6 * weights / _SPEED
    if seconds > _WORTH and _by_epochs(emitted) and find_spec("numba") is not None:
        return "numba"
    return "numpy"
