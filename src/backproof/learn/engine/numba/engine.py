"""`NumbaEngine`: parameters in one array, a plan of integers, and a native call per epoch."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np

from ...kernels import Kernels
from ..base import Arrays, EngineName, Optimizer, Slots
from . import elementwise, layout, source
from .kernels import fields as f
from .pool import OneThreadedBlas, Pool, cores


class NumbaEngine:
    """A dense network trained on the cores of this machine.

    `kernels` are the network's entrywise parts (`learn.kernels`), `parameters` its W1, b1, W2, ...
    (W: inputs x outputs, b: 1 x outputs), all float32 or all float64; they are copied to arrays of
    the engine's own, and so is what `slots` holds. `alpha` is the strength of the L2 penalty, half
    the sum of W², divided by m like the rest of the loss. Data are "X", "Y" and, where the kernels
    know weights, "s"; a batch's loss is then divided by the sum of its weights. The same seed gives
    the same bits for any number of `threads`.
    """

    name: EngineName = "numba"

    def __init__(
        self,
        kernels: Kernels,
        parameters: dict[str, Any],
        optimizer: Optimizer,
        slots: Slots | None = None,
        *,
        alpha: float = 0.0,
        threads: int | None = None,
    ) -> None:
        count = len(kernels.layers)
        weights = [parameters[f"W{i}"] for i in range(1, count + 1)]
        self.sizes = (weights[0].shape[0], *(w.shape[1] for w in weights))
        self.optimizer = optimizer
        self.alpha = alpha
        self._dtype = weights[0].dtype
        self._table = elementwise.table(kernels)
        self._codes, self._output = self._table.codes(kernels)
        self._weighted = elementwise.output(kernels).weighted
        self._threads = threads or cores()
        self._pool = Pool(1)
        self._offsets, self._length = layout.offsets(self.sizes, self._dtype)
        self._memory = layout.Buffers()
        self._theta = self._memory.floats(self._length, self._dtype)
        self.parameters = self._views(self._theta)
        for name, value in parameters.items():
            self.parameters[name][...] = value
        self.slots = Slots()
        self._first = self._second = self._theta
        if optimizer.kind == "adam" or optimizer.momentum:
            self._first = self._memory.floats(self._length, self._dtype)
            self.slots.first = self._views(self._first)
        if optimizer.kind == "adam":
            self._second = self._memory.floats(self._length, self._dtype)
            self.slots.second = self._views(self._second)
        if slots is not None:
            self._take_over(slots)
        self._order: Any = np.empty(1, np.int64)
        self._plan: Any = None
        self._cut: layout.Cut | None = None
        self._module: Any = None

    def _take_over(self, slots: Slots) -> None:
        for kept, given in ((self.slots.first, slots.first), (self.slots.second, slots.second)):
            for name, value in given.items():
                if name in kept:
                    kept[name][...] = value
        self.slots.updates = slots.updates

    def _views(self, whole: Any) -> dict[str, Any]:
        views: dict[str, Any] = {}
        for i, (w, b) in enumerate(self._offsets):
            n_in, n_out = self.sizes[i], self.sizes[i + 1]
            views[f"W{i + 1}"] = whole[w : w + n_in * n_out].reshape(n_in, n_out)
            views[f"b{i + 1}"] = whole[b : b + n_out].reshape(1, n_out)
        return views

    def loss_and_gradients(self, data: Arrays) -> tuple[float, dict[str, Any]]:
        """The loss of these samples and its gradient by each parameter."""
        memory = layout.Buffers()
        kept = memory.floats(self._length, self._dtype)
        rows = len(data["X"])
        loss = self._run(data, rows, f.KEEP, kept, rate=0.0, seed=None)
        return loss, self._views(kept)

    def epoch(self, data: Arrays, batch: int, rate: float, seed: int | None) -> float:
        """One pass over the samples in batches, in one native call."""
        optimizer = self.optimizer
        solver = f.ADAM
        if optimizer.kind == "sgd":
            solver = f.PLAIN
            if optimizer.momentum:
                solver = f.NESTEROV if optimizer.nesterov else f.HEAVY
        rows = len(data["X"])
        batch = min(batch, rows)
        seed = seed if batch < rows else None
        loss = self._run(data, batch, solver, self._first, rate=rate, seed=seed)
        self.slots.updates += -(-rows // batch)
        return loss

    def close(self) -> None:
        """Give back threads and buffers."""
        self._pool.close()
        self._plan = self._cut = None

    def _run(
        self, data: Arrays, batch: int, solver: int, first: Any, *, rate: float, seed: int | None
    ) -> float:
        x = np.ascontiguousarray(data["X"], self._dtype)
        y = np.ascontiguousarray(data["Y"], self._dtype)
        rows = len(x)
        s = np.ascontiguousarray(data["s"], self._dtype) if self._weighted else y
        if self._module is None:
            kind = self._dtype.name
            text = source.generic(kind, elementwise.source(self._table))
            self._module = source.load(text, kind)
        parts = layout.cut(self.sizes, batch)
        if self._cut != parts:
            self._prepare(parts)
        plan = self._plan
        plan[f.SAMPLES], plan[f.BATCH], plan[f.SOLVER] = rows, batch, solver
        plan[f.SHUFFLED], plan[f.UPDATES] = seed is not None, self.slots.updates
        plan[f.DATA_X], plan[f.DATA_Y], plan[f.DATA_S] = map(layout.address, (x, y, s))
        plan[f.FIRST] = layout.address(first)
        if seed is not None and len(self._order) < rows:
            self._order = np.empty(rows, np.int64)
        plan[f.ORDER], plan[f.SEED] = layout.address(self._order), (seed or 0) & (2**63 - 1)
        reals = np.array(
            [
                rate,
                self.alpha,
                self.optimizer.momentum,
                self.optimizer.beta_1,
                1 - self.optimizer.beta_1,
                self.optimizer.beta_2,
                1 - self.optimizer.beta_2,
                self.optimizer.epsilon,
            ]
        )
        losses = np.zeros((parts.slices + 1) * f.APART)
        penalties = np.zeros(int(plan[f.TASKS]))
        sync = np.zeros(3 * f.APART, np.int64)[f.APART :]
        threads = self._pool.count

        def work(thread: int) -> float:
            return self._module.run(plan, reals, losses, penalties, sync, thread, threads)

        with nullcontext() if parts.laned or self._module.TILES_ALONE else OneThreadedBlas():
            return self._pool.run(work) / rows

    def _prepare(self, parts: layout.Cut) -> None:
        sizes = self.sizes
        count = self._threads if parts.wide else min(self._threads, parts.slices)
        if count != self._pool.count:
            self._pool.close()
            self._pool = Pool(count)
        tasks, length = layout.tasks(sizes)
        first_task = f.HEAD + f.LAYER * (len(sizes) - 1)
        plan = np.zeros(first_task + tasks.size, np.int64)
        plan[first_task:] = tasks.ravel()
        plan[f.FIRST_TASK], plan[f.TASKS] = first_task, len(tasks)
        plan[f.LAYERS] = len(sizes) - 1
        plan[f.OUTPUT], plan[f.WEIGHTED] = self._output, self._weighted
        plan[f.ROWWISE] = self._table.outputs[self._output].rows
        plan[f.THETA], plan[f.SECOND] = self._theta.ctypes.data, self._second.ctypes.data
        plan[f.SIZE_OF_THETA] = length
        for i, (w, b) in enumerate(self._offsets):
            at = f.HEAD + i * f.LAYER
            plan[at + f.IN], plan[at + f.OUT], plan[at + f.W], plan[at + f.B] = (
                *sizes[i : i + 2],
                w,
                b,
            )
            if i < len(self._codes):
                plan[at + f.ACTIVATION] = self._codes[i]
        keeps = [self._table.keeps_z(code) for code in self._codes] + [True]
        self._work = layout.workspace(
            plan, sizes, parts, threads=count, keeps_z=keeps, dtype=self._dtype
        )
        self._plan, self._cut = plan, parts
