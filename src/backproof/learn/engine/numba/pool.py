"""Threads that wait for work, and BLAS held to the thread that calls it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any


def cores() -> int:
    """How many threads to use: the cores that this process may use, or fewer if OMP_NUM_THREADS
    says so, as it does in joblib's workers."""
    count = len(_affinity()) or os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(count, int(asked)) if asked.isdigit() and int(asked) > 0 else count


class Pool:
    """The calling thread and `count - 1` others; a forked process starts its own.

    Where the system allows, each keeps to its own share of the cores: two threads that wait for
    each other may otherwise sit on one core for a long time.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._others: ThreadPoolExecutor | None = None
        self._process = 0

    def run(self, work: Callable[[int], float]) -> float:
        """`work(i)` on thread i, all at once; what thread 0 returns."""
        if self.count == 1:
            return work(0)
        if self._others is None or self._process != os.getpid():
            self._others = ThreadPoolExecutor(self.count - 1, "backproof")
            self._process = os.getpid()
        cores = _affinity()
        shares = [cores[i :: self.count] for i in range(self.count)]

        def kept(thread: int) -> float:
            _keep_to(shares[thread])
            return work(thread)

        try:
            futures = [self._others.submit(kept, i) for i in range(1, self.count)]
            result = kept(0)
        finally:
            _keep_to(cores)
        for future in futures:
            if future.done():
                future.result()
        return result

    def close(self) -> None:
        if self._others is not None and self._process == os.getpid():
            self._others.shutdown()
        self._others = None


def _affinity() -> list[int]:
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:
        return []


def _keep_to(cores: list[int]) -> None:
    if cores:
        with suppress(OSError):  # a container may forbid it
            os.sched_setaffinity(0, cores)


class OneThreadedBlas:
    """A context in which BLAS runs on the thread that calls it: idle workers would spin beside
    ours. Nested and concurrent uses share one limit, which the last one lifts."""

    _lock = threading.Lock()
    _controller: Any = None
    _users = 0
    _limit: Any = None

    def __enter__(self) -> None:
        kind = OneThreadedBlas
        with kind._lock:
            if kind._controller is None:
                from threadpoolctl import ThreadpoolController

                controller: Any = ThreadpoolController()
                kind._controller = controller.select(user_api="blas")
            if kind._users == 0:
                kind._limit = kind._controller.limit(limits=1)
            kind._users += 1

    def __exit__(self, *_: object) -> None:
        kind = OneThreadedBlas
        with kind._lock:
            kind._users -= 1
            if kind._users == 0:
                kind._limit.restore_original_limits()
