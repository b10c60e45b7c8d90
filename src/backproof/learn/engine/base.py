"""What every engine is: parameters that it trains in place, by batches or by epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Arrays = Mapping[str, Any]  # NumPy arrays by the names that the model gives them

EngineName = Literal["numpy", "numba", "jax"]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Stochastic gradient descent (with momentum) or Adam, with scikit-learn's parameters.

    Adam: Kingma and Ba, Adam: a method for stochastic optimization (2015), in the form at the end
    of its section 2, where epsilon stands beside the root of the raw moment. Nesterov's momentum as
    in Sutskever et al., On the importance of initialization and momentum (2013).
    """

    kind: Literal["sgd", "adam"] = "adam"
    momentum: float = 0.9
    nesterov: bool = True
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8


@dataclass(slots=True)
class Slots:
    """The optimizer's memory: velocities or moments by parameter, and how many updates there
    were."""

    first: dict[str, Any] = field(default_factory=dict[str, Any])
    second: dict[str, Any] = field(default_factory=dict[str, Any])
    updates: int = 0


class Engine(Protocol):
    """A network that can be trained.

    `parameters` are C-contiguous arrays, changed in place and never replaced; so are the arrays in
    `slots`, which makes both of them what a checkpoint holds.
    """

    name: EngineName
    parameters: dict[str, Any]
    slots: Slots

    def loss_and_gradients(self, data: Arrays) -> tuple[float, dict[str, Any]]:
        """The loss of these samples and its gradient by each parameter."""
        ...

    def epoch(self, data: Arrays, batch: int, rate: float, seed: int | None) -> float:
        """One pass over the samples in batches of `batch` (the last may be smaller), an update
        after each. `seed` orders the samples; None keeps their order. Returns the mean loss per
        sample, each batch's taken before its update."""
        ...

    def close(self) -> None:
        """Give back threads and buffers."""
        ...
