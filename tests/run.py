"""Run everything that must hold, one tool after another, and say which of them failed.

python tests/run.py            all of it
python tests/run.py pytest     only what is named
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable

# The tests come last: their closing line is what a reader looks for.
CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check"],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
    "pyright": [PYTHON, "-m", "pyright", "--pythonpath", PYTHON],
    "import-linter": [
        PYTHON,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-logo",
    ],
    "pytest": [PYTHON, "-m", "pytest", "-n", "auto"],
}


def main(wanted: list[str]) -> int:
    """Run the wanted checks, all of them if none is named; 1 if any failed."""
    if unknown := [name for name in wanted if name not in CHECKS]:
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
        return 1
    failed: list[str] = []
    for name in wanted or CHECKS:
        print(f"── {name}", flush=True)
        start = time.perf_counter()
        # pytest exits with 5 when it found no test: a failure like any other.
        if subprocess.run(CHECKS[name], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.perf_counter() - start:.1f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
