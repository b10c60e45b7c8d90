"""Training in several processes: step time and traffic on this machine, and an estimate beyond it.

    python benchmarks/scaling.py                  processes 1 and 2 on this machine's cores
    python benchmarks/scaling.py --processes 1,2,4
    python benchmarks/scaling.py --repeats 9      more passes for each figure

Strong scaling: the batch is that of all processes together, and every run ends with the same
weights up to rounding, which is checked. A step time is the median of several epochs; the bytes are
what the loopback interface counted, headers and acknowledgements included. The estimate takes the
step time of one core and the speed of a wire as its only inputs; `docs/many-machines.md` has the
formula.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NETWORKS: dict[str, tuple[tuple[int, ...], int, int]] = {  # sizes, batch, batches in an epoch
    "30-64-32-2": ((30, 64, 32, 2), 64, 100),
    "784-128-10": ((784, 128, 10), 128, 60),
    "784-1024-1024-10": ((784, 1024, 1024, 10), 256, 12),
    "784-1024-1024-10, large batch": ((784, 1024, 1024, 10), 2048, 3),
}
# What the estimate assumes of an exchange between machines: bytes a second that arrive, and the
# time that one message is on its way.
WIRES = {"10 Gb/s Ethernet": (1.0e9, 50e-6), "100 Gb/s": (10e9, 10e-6)}
MACHINES = (2, 4, 8, 16, 64)


def loopback() -> int:
    """Bytes sent over the loopback interface so far."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[8])
    raise SystemExit("there is no loopback interface to count bytes on")


def work(name: str, repeats: int, cores: int, out: str) -> None:
    """What one process does; the first writes what it measured."""
    index = int(os.environ.get("BACKPROOF_PROCESS", "0"))
    if cores:
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[(index * cores + i) % len(allowed)] for i in range(cores)})

    import numpy as np

    from backproof.code import compile
    from backproof.learn.engine.base import Optimizer
    from backproof.learn.engine.jax import JaxEngine
    from backproof.learn.jobs import distribute
    from backproof.learn.net import Net

    sizes, batch, steps = NETWORKS[name]
    with distribute.join() as place:
        net = Net(sizes, ("relu",) * (len(sizes) - 2) + ("softmax",), "cross_entropy")
        random = np.random.default_rng(0)
        rows = batch * steps
        x = random.normal(size=(rows, sizes[0])).astype("f")
        y = np.eye(sizes[-1], dtype="f")[random.integers(sizes[-1], size=rows)]
        own = place.share(rows)
        data = {"X": x[own], "Y": y[own]}
        start = {
            k: random.normal(0, 1 / np.sqrt(shape[0] if k[0] == "W" else 1e12), shape).astype("f")
            for k, shape in net.shapes.items()
        }
        engine = JaxEngine(compile(net.derivation, "jax"), start, Optimizer("adam"))
        for seed in range(2):
            engine.epoch(data, batch, 1e-3, seed)
        times: list[float] = []
        sent = loopback()
        for seed in range(repeats):
            begin = time.perf_counter()
            engine.epoch(data, batch, 1e-3, seed)
            times.append(time.perf_counter() - begin)
        sent = loopback() - sent
        if place.first:
            result = {
                "step": statistics.median(times) / steps,
                "sent": sent / (repeats * steps * place.count),
                "parameters": sum(p.size for p in start.values()),
                "arrays": len(start),
                "row": 4 * (sizes[0] + sizes[-1]),
                "weights": float(sum(np.abs(p).sum() for p in start.values())),
            }
            Path(out).write_text(json.dumps(result))


def measured(name: str, processes: int, cores: int, repeats: int) -> dict[str, Any]:
    from backproof.learn.jobs import distribute

    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder, "out.json"))
        arguments = ["--work", name, "--repeats", str(repeats), "--cores", str(cores), "--out", out]
        distribute.launch(processes, [sys.executable, __file__, *arguments])
        return json.loads(Path(out).read_text())


def table(head: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def here(counts: list[int], repeats: int) -> dict[str, dict[str, Any]]:
    """This machine: a core for each process, and all cores for all of them."""
    rows: list[list[str]] = []
    singles: dict[str, dict[str, Any]] = {}
    for name, (_, batch, _) in NETWORKS.items():
        runs = [(p, cores) for cores in (1, 0) for p in counts]
        results = [measured(name, p, c, repeats) for p, c in runs]
        single = singles[name] = results[runs.index((1, 1))]
        for (p, c), result in zip(runs, results, strict=True):
            drift = abs(result["weights"] / single["weights"] - 1)
            if drift > 1e-4:
                raise SystemExit(f"{name}: {p} processes reach other weights ({drift:.1e})")
            vector = 4 * result["parameters"]
            expected = 2 * (p - 1) / p * vector + (p - 1) / p * batch / p * result["row"]
            rows.append(
                [
                    name,
                    str(batch),
                    str(p),
                    "one each" if c else f"all {len(os.sched_getaffinity(0))}",
                    f"{1e3 * result['step']:.3f}",
                    f"{single['step'] / result['step']:.2f}",
                    f"{1e3 * (result['step'] - single['step'] / p):.2f}" if p > 1 and c else "",
                    f"{result['sent'] / 1e3:.0f}" if p > 1 else "",
                    f"{expected / 1e3:.0f}" if p > 1 else "",
                    f"{drift:.0e}",
                ]
            )
    head = ["network", "batch", "processes", "cores", "ms a step", "speed-up", "overhead, ms"]
    head += ["kB sent a step by each", "kB expected", "weights differ by"]
    table(head, rows)
    return singles


def estimate(singles: dict[str, dict[str, Any]]) -> None:
    """The same networks on many machines, each with a batch of its own and this core's speed."""
    rows: list[list[str]] = []
    for name, single in singles.items():
        size, arrays = 4 * single["parameters"], single["arrays"]
        for wire, (speed, delay) in WIRES.items():
            cells = [name, str(NETWORKS[name][1]), wire]
            for p in MACHINES:
                exchange = 2 * (p - 1) / p * size / speed + 2 * (p - 1) * arrays * delay
                cells.append(f"{100 * single['step'] / (single['step'] + exchange):.0f}%")
            rows.append(cells)
    table(["network", "batch of each", "wire", *(f"{p} machines" for p in MACHINES)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", default="1,2")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(given.work, given.repeats, given.cores, given.out)
        return
    counts = sorted({1, *map(int, given.processes.split(","))})
    singles = here(counts, given.repeats)
    estimate(singles)


if __name__ == "__main__":
    main()
