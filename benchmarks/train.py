"""How fast networks are trained: the Numba engine beside PyTorch, scikit-learn and JAX.

    python benchmarks/train.py                  all works and the cold starts (some minutes)
    python benchmarks/train.py W1 W4            only these works
    python benchmarks/train.py --quick          fewer rounds
    python benchmarks/train.py start            only the cold and warm starts
    python benchmarks/train.py --jax            JAX (`lax.scan` over the epoch) as well
    python benchmarks/train.py --bound          and the products of matrices alone

All contenders run in one process and do the same arithmetic in float32: from the same weights,
over the same batches in the same order, as many epochs. They take turns, and a ratio is the median
of the ratios of each round. PyTorch's is that of its best variant: the default, foreach and fused
optimizers, with 1 thread and with all. Everybody gathers each batch from the table; the order is
drawn by this engine within its time and handed to the others.

`--bound` tells how far the engine is from the best that there could be: the batches' products by
sgemm on all cores, and nothing else. What it prints are the ratios of an engine as fast as that.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
from train_bound import Products
from train_contenders import WORKS, Work, contenders
from train_starts import starts


def timed(call: Callable[[], object], rest: float = 0.3) -> float:
    # Idle threads of BLAS and OpenMP spin for 0.1 s and more, on the next one's core.
    time.sleep(rest)
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def peak() -> float:
    """sgemm of this NumPy on all cores, in flop/s: the best of a few calls."""
    n = 2048
    a, b, c = np.ones((n, n), np.float32), np.ones((n, n), np.float32), np.empty((n, n), np.float32)
    return 2 * n**3 / min(timed(lambda: np.dot(a, b, out=c), 0.0) for _ in range(4))


def race(work: Work, rounds: int, jax: bool, bound: bool) -> bool:
    field = list(contenders(work, jax))
    if bound:
        field.append(Products(work))
    times: dict[str, list[float]] = {c.name: [] for c in field}
    losses: dict[str, float] = {}
    peaks: list[float] = []
    for turn in range(rounds + 1):
        if work.peak:
            peaks.append(peak())
        for contender in field:
            contender.prepare()
            spent = timed(contender.train)
            if turn:  # the first is a rehearsal
                times[contender.name].append(spent)
            losses[contender.name] = contender.loss()
    print(work.title)
    ours = field[0].name
    ratios: dict[str, float] = {}
    for name, spent in times.items():
        ratios[name] = statistics.median(t / o for t, o in zip(spent, times[ours], strict=True))
        print(f"  {name:24} {statistics.median(spent) * 1e3:10.2f} ms {ratios[name]:9.2f}x   "
              f"loss {losses[name]:.6f}")  # fmt: skip
    off = max(abs(v - losses[ours]) / losses[ours] for k, v in losses.items() if "without" not in k)
    met = [_verdict("final losses agree within", off, 0.01, at_most=True)]
    best = min(r for n, r in ratios.items() if n.startswith("torch"))
    met.append(_verdict("best PyTorch", best, work.targets[0]))
    met.append(_verdict("scikit-learn", ratios["scikit-learn"], work.targets[1]))
    if work.peak:
        share = work.flops / statistics.median(times[ours]) / max(peaks)
        met.append(_verdict("share of the peak of sgemm", share, work.peak))
    if bound:
        products = ratios[Products.name]
        print(f"  with the products alone: best PyTorch {best / products:.3g}, scikit-learn "
              f"{ratios['scikit-learn'] / products:.3g}", end="")  # fmt: skip
        share = work.flops / statistics.median(times[Products.name]) / max(peaks or [peak()])
        print(f", share of the peak of sgemm {share:.3g}")
    print()
    return all(met)


def _verdict(what: str, value: float, target: float, at_most: bool = False) -> bool:
    met = value <= target if at_most else value >= target
    sign = "<=" if at_most else ">="
    print(f"  {what}: {value:.3g} (target {sign} {target:g}) {'met' if met else 'NOT MET'}")
    return met


def environment() -> None:
    print(f"{platform.platform()}, {_processor()}, {len(os.sched_getaffinity(0))} cores")
    names = ("numpy", "scipy", "numba", "llvmlite", "scikit-learn", "torch", "jax")
    found = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    print(f"Python {platform.python_version()}, "
          + ", ".join(f"{name} {found[name]}" for name in names if name in found))  # fmt: skip
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS"):
        if name in os.environ:
            print(f"mind {name}={os.environ[name]}: it changes how fast BLAS is")
    print()


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    except OSError:
        pass
    return platform.processor()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [work.name for work in WORKS]
    parser.add_argument("what", nargs="*", help="W1 to W5, or start; all if left out")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each work (15)")
    parser.add_argument("--quick", action="store_true", help="3 rounds")
    parser.add_argument("--bound", action="store_true", help="time the products of matrices alone")
    parser.add_argument("--jax", action="store_true", help="race JAX as well")
    options = parser.parse_args()
    wanted = options.what or [*names, "start"]
    unknown = set(wanted) - {*names, "start"}
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(names)}, start")
    environment()
    if "start" in wanted:
        starts()
    met = True
    for work in WORKS:
        if work.name in wanted:
            met &= race(work, 3 if options.quick else options.rounds, options.jax, options.bound)
    print("all targets met" if met else "some targets are NOT MET")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
