"""The engine of GPUs, TPUs and of many machines: the emitted JAX source under `jit`.

An epoch is one `lax.scan` over the batches. With several devices, of one process or of many, the
rows of each batch are split over all of them and the parameters lie whole on each; XLA partitions
the program and adds the exchange of gradients. What is computed is the emitted function of the
*whole* batch, so the result is that of one device up to rounding, whatever the loss: means, sums,
penalties, and layers that look across samples.
"""

# JAX's annotations are partial: what it returns is unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...errors import BackproofError, ModelError
from ..cache import folder
from .base import Arrays, EngineName, Optimizer, Slots
from .shards import AXIS, Batches, Grid, grid, spread

if TYPE_CHECKING:
    from ...code.compiled import Compiled

# How each parameter lies over the devices.
Layouts = tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments of an emitted function: for each input, target and constant, in their order,
    the axis of its samples; and which names, being 1 x 1 in the note, are plain numbers there."""

    data: tuple[tuple[str, int | None], ...]
    numbers: frozenset[str]


class JaxEngine:
    """A network trained by JAX, on all devices of all processes of `jax.distributed`.

    `compiled` is the model for the target "jax". `parameters` and `slots` stay on the host and are
    up to date after every call; they must be equal in all processes. The element type of the
    parameters (float32 or float64) is that of the computation. `constants` are values that the
    model needs and that `data` does not bring, a penalty's strength for instance. Parameters of
    more than `shard_above` bytes are split over the devices instead of being copied to each.

    With several processes, `data` is this process's share of the rows, every process has to make
    the same calls, and losses and gradients are those of all rows together.

    Raises ModelError for a note about one sample, which has no batches.
    """

    name: EngineName = "jax"

    def __init__(
        self,
        compiled: Compiled,
        parameters: dict[str, Any],
        optimizer: Optimizer,
        slots: Slots | None = None,
        *,
        constants: Arrays | None = None,
        shard_above: int = 1 << 27,
    ) -> None:
        import numpy as np

        _remember_compilations()
        self.parameters = parameters
        self.slots = slots if slots is not None else Slots()
        self.optimizer = optimizer
        for kept in (self.slots.first, self.slots.second)[: _slots(optimizer)]:
            for name, value in parameters.items():
                kept.setdefault(name, np.zeros_like(value))
        self._constants = constants or {}
        self._dtype: Any = next(iter(parameters.values())).dtype
        self._signature = _signature(compiled)
        self._grid = grid()
        layouts = tuple((k, self._grid.layout(v, shard_above)) for k, v in parameters.items())
        self._layouts = {k: self._grid.sharding(*axes) for k, axes in layouts}
        self._network = _network(compiled.function, self._signature, self._grid, layouts, optimizer)

    def loss_and_gradients(self, data: Arrays) -> tuple[float, dict[str, Any]]:
        """The loss of these samples and its gradient by each parameter."""
        import numpy as np

        with self._precision():
            rows, constants = self._split(data)
            counts = self._grid.counts(_length(rows))
            batches = Batches(sum(counts), sum(counts), self._grid.devices)
            laid = self._laid(rows, counts, np.arange(batches.rows), batches)
            loss, gradients = self._network.once(
                self._put(self.parameters), laid, constants, batches=batches
            )
            return float(loss), {k: self._host(v) for k, v in gradients.items()}

    def epoch(self, data: Arrays, batch: int, rate: float, seed: int | None) -> float:
        """One pass over the samples, with one compiled call.

        With a seed the order is `numpy.random.default_rng(seed).permutation` of the rows of all
        processes, process 0's first: the same batches for any number of processes."""
        import numpy as np

        with self._precision():
            rows, constants = self._split(data)
            counts = self._grid.counts(_length(rows), (batch, rate, seed))
            total = sum(counts)
            batches = Batches(total, min(batch, total), self._grid.devices)
            order = np.arange(total)
            if seed is not None:
                order = np.random.default_rng(seed).permutation(total)
            laid = self._laid(rows, counts, order, batches)
            rates = self._rates(rate, batches.full + bool(batches.rest))
            state = [self.parameters, self.slots.first, self.slots.second]
            on_devices = [self._put(part) for part in state[: 1 + _slots(self.optimizer)]]
            on_devices, losses = self._network.epoch(
                on_devices, laid, constants, rates, batches=batches
            )
            for kept, new in zip(state, on_devices, strict=False):
                for name, value in new.items():
                    kept[name][...] = self._host(value)
            self.slots.updates += len(rates)
            sizes = np.full(len(rates), batches.size)
            if batches.rest:
                sizes[-1] = batches.rest
            return float(np.asarray(losses, np.float64) @ sizes / total)

    def close(self) -> None:
        """Nothing is kept between calls."""

    def _precision(self) -> AbstractContextManager[Any]:
        import jax

        return jax.enable_x64(self._dtype.itemsize == 8)

    def _split(self, data: Arrays) -> tuple[dict[str, Any], dict[str, Any]]:
        """What has a row for each sample (rows first, whatever the note's convention), and what
        does not."""
        import numpy as np

        rows: dict[str, Any] = {}
        constants: dict[str, Any] = {}
        given = {**self._constants, **data}
        for name, axis in self._signature.data:
            if name not in given:
                raise BackproofError(f"no value is given for {name}")
            value = np.asarray(given[name], self._dtype)
            if axis is None:
                constants[name] = value
            else:
                rows[name] = np.ascontiguousarray(value if axis == 0 else value.T)
        return rows, constants

    def _laid(
        self, rows: dict[str, Any], counts: list[int], order: Any, batches: Batches
    ) -> dict[str, Any]:
        """What the compiled functions take: on one device the rows as they are and their order,
        on several the rows in their slabs."""
        import numpy as np

        if self._grid.devices == 1:
            return {**rows, _ORDER: order.astype(np.int32)}
        return spread(self._grid, rows, counts, order, batches)

    def _rates(self, rate: float, updates: int) -> Any:
        """The step size of each update. Adam's corrections for the start are worked out here, in
        double precision: in single precision, five digits are left of 1 - beta_2."""
        import numpy as np

        o = self.optimizer
        if o.kind == "sgd":
            return np.full(updates, rate, self._dtype)
        t = self.slots.updates + 1.0 + np.arange(updates)
        return (rate * np.sqrt(1 - o.beta_2**t) / (1 - o.beta_1**t)).astype(self._dtype)

    def _put(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        return {k: self._grid.put(arrays[k], layout) for k, layout in self._layouts.items()}

    def _host(self, array: Any) -> Any:
        import numpy as np
        from jax.experimental import multihost_utils

        if array.is_fully_addressable or array.is_fully_replicated:
            return np.asarray(array)
        return multihost_utils.process_allgather(array, tiled=True)


_ORDER = "order of the rows"


def _slots(optimizer: Optimizer) -> int:
    return 1 if optimizer.kind == "sgd" else 2


def _length(rows: Mapping[str, Any]) -> int:
    return len(next(iter(rows.values())))


def _signature(compiled: Compiled) -> Signature:
    program = compiled.program
    samples = program.derivation.model.samples
    axes = tuple(
        (name, e.shape.index(samples) if samples in e.shape else None)
        for name, e in program.data.items()
    )
    if not samples or all(axis is None for _, axis in axes):
        raise ModelError(
            "the note is about a single sample, so there are no batches to train on",
            hint="write the network for m samples: X with m rows, or with m columns",
        )
    leaves = {**program.parameters, **program.data}
    return Signature(axes, frozenset(name for name, e in leaves.items() if e.shape == (1, 1)))


class _Network:
    """The compiled functions of a model: loss and gradients once, and a whole epoch."""

    def __init__(
        self,
        function: Any,
        signature: Signature,
        grid: Grid,
        layouts: Layouts,
        optimizer: Optimizer,
    ) -> None:
        import jax

        self._function = function
        self._signature = signature
        self._grid = grid
        self._optimizer = optimizer
        whole = grid.sharding()
        parts = {name: grid.sharding(*layout) for name, layout in layouts}
        self.once = jax.jit(self._once, static_argnames="batches", out_shardings=(whole, parts))
        self.epoch = jax.jit(
            self._epoch,
            static_argnames="batches",
            donate_argnums=0,
            out_shardings=([parts] * (1 + _slots(optimizer)), whole),
        )

    def _once(self, parameters: Any, laid: Any, constants: Any, batches: Batches) -> Any:
        batch = self._batch(laid, 0, batches.size, batches.slab)
        return self._loss_and_gradients(parameters, batch, constants)

    def _epoch(
        self, state: list[Any], laid: Any, constants: Any, rates: Any, batches: Batches
    ) -> tuple[list[Any], Any]:
        import jax.numpy as jnp
        from jax import lax

        # Where a batch starts: in the order of the rows, or in the slots of each device.
        stride = batches.size if self._grid.devices == 1 else batches.slab

        def update(state: list[Any], step: Any, size: int, slab: int) -> tuple[list[Any], Any]:
            number, rate = step
            batch = self._batch(laid, number * stride, size, slab)
            loss, gradients = self._loss_and_gradients(state[0], batch, constants)
            return self._updated(state, gradients, rate), loss

        def full(state: list[Any], step: Any) -> tuple[list[Any], Any]:
            return update(state, step, batches.size, batches.slab)

        numbers = jnp.arange(batches.full, dtype=jnp.int32)
        state, losses = lax.scan(full, state, (numbers, rates[: batches.full]))
        if batches.rest:
            last = (batches.full, rates[-1])
            state, loss = update(state, last, batches.rest, batches.slab_of_rest)
            losses = jnp.append(losses, loss)
        return state, losses

    def _loss_and_gradients(self, parameters: Any, rows: Any, constants: Any) -> Any:
        def as_written(name: str, value: Any) -> Any:
            return value.reshape(()) if name in self._signature.numbers else value

        data = [
            as_written(name, constants[name])
            if axis is None
            else (rows[name] if axis == 0 else rows[name].T)
            for name, axis in self._signature.data
        ]
        given = {name: as_written(name, value) for name, value in parameters.items()}
        loss, gradients = self._function(given, *data)
        return loss, {k: gradients[k].reshape(v.shape) for k, v in parameters.items()}

    def _batch(self, laid: Any, start: Any, size: int, slab: int) -> dict[str, Any]:
        from jax import lax

        if self._grid.devices == 1:
            order = lax.dynamic_slice_in_dim(laid[_ORDER], start, size)
            rows = {k: v for k, v in laid.items() if k != _ORDER}
            return {k: v.at[order].get(mode="promise_in_bounds") for k, v in rows.items()}
        split = self._grid.sharding(AXIS)
        out: dict[str, Any] = {}
        for name, rows in laid.items():
            by_device = rows.reshape(self._grid.devices, -1, rows.shape[1])
            slabs = lax.dynamic_slice_in_dim(by_device, start, slab, axis=1)
            batch = slabs.reshape(-1, rows.shape[1])[:size]
            out[name] = lax.with_sharding_constraint(batch, split)
        return out

    def _updated(self, state: list[Any], gradients: Any, rate: Any) -> list[Any]:
        """Parameters and slots after one update, as scikit-learn makes it."""
        import jax.numpy as jnp

        o = self._optimizer
        new: list[dict[str, Any]] = [{} for _ in state]
        for name, g in gradients.items():
            p, *slots = (part[name] for part in state)
            if o.kind == "sgd":
                v = o.momentum * slots[0] - rate * g
                p = p + (o.momentum * v - rate * g if o.nesterov else v)
                slots = [v]
            else:
                first = o.beta_1 * slots[0] + (1 - o.beta_1) * g
                second = o.beta_2 * slots[1] + (1 - o.beta_2) * g**2
                p = p - rate * first / (jnp.sqrt(second) + o.epsilon)
                slots = [first, second]
            for part, value in zip(new, (p, *slots), strict=True):
                part[name] = value
        return new


@lru_cache(maxsize=16)
def _network(
    function: Any, signature: Signature, grid: Grid, layouts: Layouts, optimizer: Optimizer
) -> _Network:
    """A model that is trained again is not compiled again."""
    return _Network(function, signature, grid, layouts, optimizer)


def _remember_compilations() -> None:
    """Let later processes find what this one compiles, unless the user has a folder for that."""
    import jax

    config: Any = jax.config
    if config.jax_compilation_cache_dir is not None:
        return
    with suppress(RuntimeError):  # there is no home
        config.update("jax_compilation_cache_dir", str(folder() / "jax"))
        config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
