"""The works of `benchmarks/train.py`, and who races over them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

SEED = 7
Parameters = dict[str, Any]


@dataclass(frozen=True)
class Work:
    name: str
    sizes: tuple[int, ...]
    activation: str  # of the hidden layers
    loss: str
    rows: int
    batch: int
    optimizer: str
    rate: float
    epochs: int
    targets: tuple[float, float]  # PyTorch's time and scikit-learn's, over this engine's
    peak: float = 0.0  # share of the peak of sgemm

    @property
    def flops(self) -> float:
        """Multiplications and additions in products of matrices; X needs no gradient."""
        weights = [a * b for a, b in pairwise(self.sizes)]
        return 2.0 * self.rows * self.epochs * (3 * sum(weights) - weights[0])

    @property
    def title(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        batch = "full batch" if self.batch == self.rows else f"batch {self.batch}"
        return f"{self.name} {sizes} {self.activation}, {self.loss}, {batch}, {self.optimizer}"


WORKS = (
    Work("W1", (2, 8, 1), "sigmoid", "log_loss", 20_000, 32, "sgd", 0.1, 5, (250, 120)),
    Work("W2", (30, 64, 32, 1), "relu", "log_loss", 20_000, 64, "adam", 1e-3, 2, (25, 18)),
    Work("W3", (784, 128, 10), "sigmoid", "cross_entropy", 12_800, 128, "adam", 1e-3, 2, (2.3, 3)),
    Work(
        "W4", (784, 1024, 1024, 10), "relu", "cross_entropy", 2560, 256, "adam", 1e-3, 2,
        (1.1, 2.3), 0.72,
    ),
    Work("W5", (100, 256, 1), "sigmoid", "log_loss", 100_000, 100_000, "adam", 1e-3, 5, (3, 4)),
)  # fmt: skip


def data(work: Work) -> tuple[Any, Any]:
    """A table that can be learnt, and its targets: one column, or one-hot."""
    draw = np.random.default_rng(1)
    x = draw.normal(size=(work.rows, work.sizes[0])).astype(np.float32)
    teacher = draw.normal(size=(work.sizes[0], work.sizes[-1])).astype(np.float32)
    scores = x @ teacher
    if work.loss == "log_loss":
        return x, (scores > 0).astype(np.float32)
    return x, np.eye(work.sizes[-1], dtype=np.float32)[scores.argmax(axis=1)]


def start(work: Work) -> Parameters:
    """Glorot and Bengio's uniform weights, biases 0."""
    draw, made = np.random.default_rng(2), {}
    for i, (n, k) in enumerate(pairwise(work.sizes), start=1):
        bound = (6 / (n + k)) ** 0.5
        made[f"W{i}"] = draw.uniform(-bound, bound, (n, k)).astype(np.float32)
        made[f"b{i}"] = np.zeros((1, k), np.float32)
    return made


def order(rows: int) -> Any:
    """The engine's own order of samples for SEED: Fisher and Yates over SplitMix64."""
    mask, state = 2**64 - 1, SEED
    drawn = list(range(rows))
    for i in range(rows - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & mask
        bits = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        j = ((bits ^ (bits >> 31)) >> 32) * (i + 1) >> 32
        drawn[i], drawn[j] = drawn[j], drawn[i]
    return np.array(drawn)


class Contender:
    """`prepare` puts the start weights back; `train` runs the epochs, and is what is timed."""

    name = ""

    def prepare(self) -> None: ...

    def train(self) -> None: ...

    def loss(self) -> float: ...


def engine(work: Work, parameters: Parameters) -> Any:
    from backproof.learn.engine.base import Optimizer
    from backproof.learn.engine.numba import NumbaEngine
    from backproof.learn.kernels import kernels
    from backproof.learn.net import Net

    output = "softmax" if work.loss == "cross_entropy" else "logistic"
    hidden = ("logistic" if work.activation == "sigmoid" else work.activation,)
    net = Net(work.sizes, hidden * (len(work.sizes) - 2) + (output,), work.loss)
    optimizer = Optimizer(kind=work.optimizer, momentum=0.0)
    return NumbaEngine(kernels(net.derivation), parameters, optimizer)


class Ours(Contender):
    name = "backproof, numba"

    def __init__(self, work: Work, x: Any, y: Any) -> None:
        self.work, self.data = work, {"X": x, "Y": y}
        self.start = start(work)
        self.engine = engine(work, self.start)

    def prepare(self) -> None:
        slots = self.engine.slots
        slots.updates = 0
        for name, value in self.start.items():
            self.engine.parameters[name][...] = value
        for kept in (slots.first, slots.second):
            for value in kept.values():
                value[...] = 0

    def train(self) -> None:
        for _ in range(self.work.epochs):
            self.engine.epoch(self.data, self.work.batch, self.work.rate, SEED)

    def loss(self) -> float:
        return self.engine.loss_and_gradients(self.data)[0]


class Torch(Contender):
    def __init__(self, work: Work, x: Any, y: Any, threads: int, variant: str) -> None:
        import torch
        from torch import nn

        self.torch, self.work, self.threads = torch, work, threads
        self.options = {} if variant == "default" else {variant: True}
        self.name = f"torch, {variant}, {threads} thread{'s' if threads > 1 else ''}"
        self.x = torch.from_numpy(x)
        kind = nn.Sigmoid if work.activation == "sigmoid" else nn.ReLU
        layers: list[Any] = []
        for n, k in pairwise(work.sizes):
            layers += [nn.Linear(n, k), kind()]
        self.model = nn.Sequential(*layers[:-1])
        self.start = start(work)
        self.order = torch.from_numpy(order(work.rows))
        if work.loss == "log_loss":
            self.y, self.criterion = torch.from_numpy(y), nn.BCEWithLogitsLoss()
        else:
            self.y = torch.from_numpy(y.argmax(axis=1))
            self.criterion = nn.CrossEntropyLoss()

    def prepare(self) -> None:
        torch = self.torch
        torch.set_num_threads(self.threads)
        layers = [layer for layer in self.model if hasattr(layer, "weight")]
        with torch.no_grad():
            for i, layer in enumerate(layers, start=1):
                layer.weight.copy_(torch.from_numpy(self.start[f"W{i}"].T))
                layer.bias.copy_(torch.from_numpy(self.start[f"b{i}"][0]))
        kind = torch.optim.Adam if self.work.optimizer == "adam" else torch.optim.SGD
        self.steps = kind(self.model.parameters(), lr=self.work.rate, **self.options)

    def train(self) -> None:
        work, model, criterion, steps = self.work, self.model, self.criterion, self.steps
        full = work.batch >= work.rows
        for _ in range(work.epochs):
            for first in range(0, work.rows, work.batch):
                x, y = self.x, self.y
                if not full:
                    chosen = self.order[first : first + work.batch]
                    x, y = x.index_select(0, chosen), y.index_select(0, chosen)
                steps.zero_grad(set_to_none=True)
                criterion(model(x), y).backward()
                steps.step()

    def loss(self) -> float:
        with self.torch.no_grad():
            return float(self.criterion(self.model(self.x), self.y))


class Drawn(np.random.RandomState):
    """Gives scikit-learn the order that everybody has: it shuffles what it shuffled before."""

    order: Any = None

    def shuffle(self, x: Any) -> None:
        if self.order is not None:
            x[:], self.order = self.order, None


class ScikitLearn(Contender):
    name = "scikit-learn"

    def __init__(self, work: Work, x: Any, y: Any) -> None:
        from sklearn.neural_network import MLPClassifier

        self.work, self.start = work, start(work)
        self.true = (x, y)
        self.x, self.y = x, (y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)).astype(int)
        self.drawn, self.order = Drawn(0), order(work.rows)
        self.model = MLPClassifier(
            work.sizes[1:-1],
            activation="logistic" if work.activation == "sigmoid" else work.activation,
            solver=work.optimizer,
            alpha=0.0,
            batch_size=work.batch,
            learning_rate_init=work.rate,
            momentum=0.0,
            nesterovs_momentum=False,
            max_iter=work.epochs,
            n_iter_no_change=work.epochs + 1,
            random_state=self.drawn,
            warm_start=True,
        )
        self.train()

    def prepare(self) -> None:
        model, self.drawn.order = self.model, self.order
        for i in range(len(self.work.sizes) - 1):
            model.coefs_[i] = self.start[f"W{i + 1}"].copy()
            model.intercepts_[i] = self.start[f"b{i + 1}"][0].copy()
        model.loss_curve_, model.t_, model._no_improvement_count = [], 0, 0
        if hasattr(model, "_optimizer"):
            del model._optimizer

    def train(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model.fit(self.x, self.y)

    def loss(self) -> float:
        x, y = self.true
        p = self.model.predict_proba(x).astype(float)
        p = p[np.arange(len(x)), y[:, 0].astype(int) if y.shape[1] == 1 else y.argmax(axis=1)]
        return float(-np.log(p).mean())


class Jax(Contender):
    name = "jax, scan"

    def __init__(self, work: Work, x: Any, y: Any) -> None:
        import jax
        import jax.numpy as jnp

        full, self.work = work.rows // work.batch * work.batch, work
        if full != work.rows and work.rows % work.batch:
            self.name += " (without the last, smaller batch)"
        self.jax, self.start = jax, {k: jnp.asarray(v) for k, v in start(work).items()}
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        self.order = jnp.asarray(order(work.rows)[:full].reshape(-1, work.batch))
        layers = len(work.sizes) - 1
        active = jax.nn.sigmoid if work.activation == "sigmoid" else jax.nn.relu

        def loss(p: Any, x: Any, y: Any) -> Any:
            for i in range(1, layers + 1):
                x = x @ p[f"W{i}"] + p[f"b{i}"]
                x = active(x) if i < layers else x
            if work.loss == "log_loss":
                return jnp.mean(jax.nn.softplus(x) - y * x)
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(x), axis=1))

        def step(state: Any, chosen: Any) -> Any:
            p, m, v, t = state
            g = jax.grad(loss)(p, self.x[chosen], self.y[chosen])
            t = t + 1
            if work.optimizer == "sgd":
                return ({k: p[k] - work.rate * g[k] for k in p}, m, v, t), None
            m = {k: 0.9 * m[k] + 0.1 * g[k] for k in p}
            v = {k: 0.999 * v[k] + 0.001 * g[k] ** 2 for k in p}
            a, b = work.rate / (1 - 0.9**t), 1 / (1 - 0.999**t)
            p = {k: p[k] - a * m[k] / (jnp.sqrt(v[k] * b) + 1e-8) for k in p}
            return (p, m, v, t), None

        self._loss = jax.jit(loss)
        self._epoch = jax.jit(lambda state: jax.lax.scan(step, state, self.order)[0])
        self.prepare()
        self.train()

    def prepare(self) -> None:
        zeros = {k: 0 * v for k, v in self.start.items()}
        self.state = (self.start, zeros, zeros, 0.0)

    def train(self) -> None:
        for _ in range(self.work.epochs):
            self.state = self._epoch(self.state)
        self.jax.block_until_ready(self.state)

    def loss(self) -> float:
        return float(self._loss(self.state[0], self.x, self.y))


def contenders(work: Work, jax: bool) -> Iterator[Contender]:
    x, y = data(work)
    yield Ours(work, x, y)
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    for threads in sorted({1, cores}):
        for variant in ("default", "foreach", "fused"):
            yield Torch(work, x, y, threads, variant)
    yield ScikitLearn(work, x, y)
    if jax:
        yield Jax(work, x, y)
