"""How fast derivations are made: start-up, depth, and what the cache saves.

    python benchmarks/derive.py            all tables (some minutes)
    python benchmarks/derive.py start      start-up of the command line
    python benchmarks/derive.py depth      networks of 125 to 2,000 layers
    python benchmarks/derive.py cache      one derivation beside one for each parameter
    python benchmarks/derive.py sympy      beside SymPy's matrix derivative

Every number is the best of several runs, each run in a process of its own; memory is the largest
resident size of that process.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEPTHS = (125, 250, 500, 1000, 2000)


def network(depth: int) -> str:
    """A deep network of tanh layers with a squared error, as a plain text note."""
    lines = ["a0 = X"]
    for i in range(1, depth + 1):
        lines.append(f"z{i} = W{i} @ a{i - 1} + b{i}")
        lines.append(f"a{i} = tanh(z{i})")
    return "\n".join([*lines, f"L = sum((a{depth} - Y)**2) / m"]).replace("@ a0", "@ X")


def table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    for row in [head, ["-" * w for w in widths], *rows]:
        print("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)))
    print()


def best(command: list[str], runs: int = 5) -> float:
    """The shortest wall time of a command, after one run that writes compiled bytecode."""
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    times: list[float] = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        times.append(time.perf_counter() - start)
    return min(times[1:])


def start() -> None:
    """Start-up: the help page, and the whole job on the two-layer note."""
    call = [sys.executable, "-m", "backproof"]
    note = str(ROOT / "examples" / "two_layer_en.md")
    bare = best([sys.executable, "-c", "pass"])
    rows = [
        ["python itself", f"{bare:.2f}", ""],
        ["backproof --help", f"{best([*call, '--help']):.2f}", "0.20"],
        ["backproof derive two_layer_en.md", f"{best([*call, 'derive', note]):.2f}", "1.50"],
    ]
    table(["command", "seconds", "bound"], rows)


def measured(job: str, *arguments: object) -> dict[str, float]:
    """One job in a process of its own: what it prints as JSON."""
    command = [sys.executable, __file__, "--job", job, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def depth() -> None:
    """Deep networks: read, derived, told in outline; time and memory against depth."""
    rows: list[list[str]] = []
    before: dict[str, float] | None = None
    for n in DEPTHS:
        runs = [measured("depth", n) for _ in range(3)]
        one = min(runs, key=lambda r: r["total"])
        ratio = f"{one['total'] / before['total']:.2f}" if before else ""
        memory = f"{one['MB'] / before['MB']:.2f}" if before else ""
        cells = [f"{one[k]:.2f}" for k in ("read", "derive", "tell", "total")]
        rows.append([str(n), *cells, ratio, f"{one['MB']:.0f}", memory])
        before = one
    head = ["layers", "read s", "derive s", "outline s", "total s", "x", "MB", "x"]
    table(head, rows)


def job_depth(n: int) -> dict[str, float]:
    import backproof as bp

    marks = [time.perf_counter()]
    model = bp.parse(network(n))
    marks.append(time.perf_counter())
    derivation = bp.derive(model)
    marks.append(time.perf_counter())
    bp.render(derivation, format="text", detail="outline")
    marks.append(time.perf_counter())
    read, derive, tell = (b - a for a, b in pairwise(marks))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"read": read, "derive": derive, "tell": tell, "total": marks[-1] - marks[0], "MB": peak}


def cache() -> None:
    """What the cache saves: all gradients in one derivation, or each parameter by itself."""
    rows: list[list[str]] = []
    for n in (2, 4, 8, 16, 32):
        one = measured("cache", n)
        times = [f"{one[k]:.2f}" for k in ("together", "apart")]
        factor = f"{one['apart'] / one['together']:.1f}"
        rows.append([str(n), *times, factor, f"{one['shared']:.0f}", f"{one['tree']:.3g}"])
    table(["layers", "together s", "apart s", "x", "nodes, shared", "nodes, as a tree"], rows)


def job_cache(n: int) -> dict[str, float]:
    import backproof as bp
    from backproof.expr.node import walk

    model = bp.parse(network(n))
    bp.derive(model)
    start = time.perf_counter()
    derivation = bp.derive(model)
    together = time.perf_counter() - start
    start = time.perf_counter()
    for parameter in model.parameters:
        bp.derive(model, wrt=[parameter.attr.plain])
    apart = time.perf_counter() - start
    sizes: dict[object, int] = {}
    nodes = list(walk(derivation.gradients.values()))
    for e in nodes:
        sizes[e] = 1 + sum(sizes[a] for a in e.args)
    tree = sum(sizes[g] for g in derivation.gradients.values())
    return {"together": together, "apart": apart, "shared": len(nodes), "tree": tree}


def sympy() -> None:
    """SymPy's own derivative of the same network with respect to its first matrix."""
    rows: list[list[str]] = []
    for n in (1, 2, 3, 4, 6):
        ours = measured("cache", n)["together"]
        try:
            done = subprocess.run(
                [sys.executable, __file__, "--job", "sympy", str(n)],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            last = done.stderr.strip().splitlines()[-1] if done.returncode else ""
            told = f"{json.loads(done.stdout)['s']:.2f}" if not last else last[:40]
        except subprocess.TimeoutExpired:
            told = "over 60"
        rows.append([str(n), f"{ours:.2f}", told])
    table(["layers", "backproof: all gradients, proven, s", "SymPy: dL/dW1 alone, s"], rows)


def job_sympy(n: int) -> dict[str, float]:
    from sympy import Lambda, MatrixSymbol, Symbol, Trace, symbols, tanh

    sizes = symbols(f"n0:{n + 1}", positive=True, integer=True)
    m, t = Symbol("m", positive=True, integer=True), Symbol("t")
    a = MatrixSymbol("X", sizes[0], m)
    weights = [MatrixSymbol(f"W{i}", sizes[i], sizes[i - 1]) for i in range(1, n + 1)]
    start = time.perf_counter()
    for w in weights:
        a = (w * a).applyfunc(Lambda(t, tanh(t)))
    rest = a - MatrixSymbol("Y", sizes[n], m)
    (Trace(rest.T * rest) / m).diff(weights[0])
    return {"s": time.perf_counter() - start}


TABLES = {"start": start, "depth": depth, "cache": cache, "sympy": sympy}
JOBS = {"depth": job_depth, "cache": job_cache, "sympy": job_sympy}


def main() -> int:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("table", nargs="?", choices=[*TABLES, "all"], default="all")
    ask.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    said = ask.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    if said.job:
        print(json.dumps(JOBS[said.job[0]](int(said.job[1]))))
        return 0
    for name, show in TABLES.items():
        if said.table in (name, "all"):
            print((show.__doc__ or "").strip())
            show()
    return 0


if __name__ == "__main__":
    sys.exit(main())
