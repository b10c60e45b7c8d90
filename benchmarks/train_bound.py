"""What no engine with these products of matrices can do better than: the products alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController
from train_contenders import Contender, Work


class Products(Contender):
    """The products of each batch by NumPy's sgemm, one thread of BLAS on every core.

    Each core has its share of a batch's rows, and of a gradient's columns, and nothing else to do:
    nothing is gathered, activated, updated or waited for, and the matrices are the same in every
    batch, so that they stay in the cache as far as they fit.
    """

    name = "products (without the rest)"

    def __init__(self, work: Work) -> None:
        self.work = work
        self.cores = len(os.sched_getaffinity(0))
        self.blas = ThreadpoolController().select(user_api="blas")
        self.pool = ThreadPoolExecutor(self.cores)
        draw = np.random.default_rng(1)
        self.weights = [draw.normal(size=size).astype(np.float32) for size in pairwise(work.sizes)]

    def train(self) -> None:
        with self.blas.limit(limits=1):
            list(self.pool.map(self._share, range(self.cores)))

    def _share(self, core: int) -> None:
        work, block = self.work, min(self.work.batch, 256 * self.cores)
        steps = -(-work.rows // block) * work.epochs
        own = slice(core * block // self.cores, (core + 1) * block // self.cores)
        calls: list[tuple[Any, Any, Any]] = []
        for i, w in enumerate(self.weights):
            n, k = w.shape
            a, d = np.ones((block, n), np.float32), np.ones((block, k), np.float32)
            columns = slice(core * k // self.cores, (core + 1) * k // self.cores)
            products = [(a[own], w), (a.T, d[:, columns])]
            products += [(d[own], w.T)] if i else []
            for left, right in products:
                if 0 in (left.shape[0], right.shape[1]):
                    continue
                out = np.empty((left.shape[0], right.shape[1]), np.float32)
                calls.append((left, right, out))
        for _ in range(steps):
            for left, right, out in calls:
                np.dot(left, right, out=out)

    def loss(self) -> float:
        return float("nan")
