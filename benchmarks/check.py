"""How long a note takes to be checked, and how much memory.

    python benchmarks/check.py             all tables (a few minutes)
    python benchmarks/check.py book        books of 250 to 1,000 equations
    python benchmarks/check.py deep        one network, written out layer by layer

A book has the notes of the test-bed as its chapters, each of them once before one comes again:
other topics, letters and languages, and the known errors of those notes. Every row is a process of
its own; seconds are those of the processor, and memory is the largest resident size it had.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTES = sorted((ROOT / "tests" / "check" / "notes").glob("*.md"))
BOOKS = (250, 500, 1000)
DEPTHS = (10, 20, 125)


def book(equations: int) -> str:
    """Chapters until there are so many equations."""
    chapters: list[str] = []
    count = 0
    for at, note in enumerate(cycle(NOTES)):
        if count >= equations:
            break
        text = note.read_text(encoding="utf-8")
        count += text.count("$$") * 3 // 4  # some displays have several equations
        chapters.append(f"# {at + 1}\n\n{text}")
    return "\n\n".join(chapters)


def network(depth: int) -> str:
    """A network of tanh layers with a sigmoid at its end, and all of its gradients."""
    rows = ["A^{[0]} = X"]
    for at in range(1, depth + 1):
        function = r"\tanh" if at < depth else r"\sigma"
        rows += [
            rf"Z^{{[{at}]}} = W^{{[{at}]}} A^{{[{at - 1}]}} + b^{{[{at}]}}",
            rf"A^{{[{at}]}} = {function}(Z^{{[{at}]}})",
        ]
    last = rf"a^{{[{depth}](i)}}"
    rows.append(
        r"J = -\frac{1}{m} \sum_{i=1}^m \left[ y^{(i)} \log " + last
        + r" + (1 - y^{(i)}) \log(1 - " + last + r")\right]"
    )  # fmt: skip
    for at in range(depth, 0, -1):
        above = rf"\frac{{\partial J}}{{\partial Z^{{[{at}]}}}}"
        slope = rf"\frac{{\partial J}}{{\partial A^{{[{at}]}}}} \odot (1 - (A^{{[{at}]}})^2)"
        if at == depth:
            slope = rf"\frac{{1}}{{m}} (A^{{[{at}]}} - Y)"
        rows += [
            f"{above} = {slope}",
            rf"\frac{{\partial J}}{{\partial W^{{[{at}]}}}} = {above} A^{{[{at - 1}]T}}",
            rf"\frac{{\partial J}}{{\partial b^{{[{at}]}}}} = "
            rf"\sum_{{i=1}}^m \frac{{\partial J}}{{\partial z^{{[{at}](i)}}}}",
            rf"\frac{{\partial J}}{{\partial A^{{[{at - 1}]}}}} = W^{{[{at}]T}} {above}",
        ]
    return "\n".join(f"$$\n{row}\n$$\n" for row in rows)


def measured(text: str) -> dict[str, float]:
    """What a process that checks a note tells of itself."""
    done = subprocess.run(
        [sys.executable, __file__, "--run"], input=text, text=True, check=True, capture_output=True
    )
    return json.loads(done.stdout)


def run() -> None:
    """The note on standard input, checked."""
    import backproof as bp

    text = sys.stdin.read()
    start = time.process_time()
    found = bp.check(text).files[0]
    print(
        json.dumps(
            {
                **found.counts,
                "equations": found.equations,
                "seconds": time.process_time() - start,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def row(name: str, text: str) -> None:
    found = measured(text)
    decided = found["holds"] + found["loose"] + found["wrong"]
    print(
        f"{name:>16}  {found['equations']:9.0f}  {decided:7.0f}  {found['seconds']:6.1f} s"
        f"  {found['memory']:5.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("table", nargs="?", choices=("book", "deep"))
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        return run()
    print(f"{'':>16}  equations  decided      time    memory")
    if asked.table != "deep":
        for size in BOOKS:
            row(f"book of {size:,}", book(size))
    if asked.table != "book":
        for depth in DEPTHS:
            row(f"{depth} layers", network(depth))
    return None


if __name__ == "__main__":
    main()
