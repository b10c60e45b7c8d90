"""Import, first fit and memory, each in a process of its own; a part of `benchmarks/train.py`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

ONE_FIT = """
import resource, time
begun = time.perf_counter()
{setup}
ready = time.perf_counter()
{fit}
done = time.perf_counter()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
try:  # what a process was before it became this program does not count
    memory = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024
except OSError:
    pass
print(ready - begun, done - ready, memory)
"""
OUR_FIT = (
    """
import sys
sys.path.insert(0, {here!r})
import numpy as np
import train_contenders as train
from backproof.learn.engine.numba import NumbaEngine
""",
    """
work = train.Work("", (20, 100, 1), "relu", "log_loss", 1000, 200, "adam", 1e-3, 200, (0, 0))
x, y = train.data(work)
engine = train.engine(work, train.start(work))
for epoch in range(200):
    engine.epoch(dict(X=x, Y=y), 200, 1e-3, epoch)
""",
)
THEIR_FIT = (
    """
import numpy as np, warnings
from sklearn.neural_network import MLPClassifier
""",
    """
warnings.simplefilter("ignore")
x = np.random.default_rng(1).normal(size=(1000, 20)).astype("f")
MLPClassifier(tol=0, n_iter_no_change=300).fit(x, x[:, 0] > 0)
""",
)
TORCH_FIT = ("import torch", "torch.optim.Adam([torch.nn.Parameter(torch.zeros(3))])")


def starts() -> None:
    print(
        "200 epochs over 1,000 rows, 20-100-1, in a process of its own; PyTorch: one optimizer made"
    )
    print(f"  {'':34} {'import':>8} {'fit':>8} {'process':>8} {'peak MB':>8}")
    here = str(Path(__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        places = {"XDG_CACHE_HOME": folder, "LOCALAPPDATA": folder, "HOME": folder}
        ours = tuple(part.format(here=here) for part in OUR_FIT)
        for name, parts in (
            ("backproof, numba, empty cache", ours),
            ("backproof, numba, cached", ours),
            ("scikit-learn", THEIR_FIT),
            ("torch", TORCH_FIT),
        ):
            code = ONE_FIT.format(setup=parts[0], fit=parts[1])
            runs = [_process(code, places) for _ in range(1 if "empty" in name else 3)]
            middle = [statistics.median(column) for column in zip(*runs, strict=True)]
            print("  {:34} {:8.2f} {:8.2f} {:8.2f} {:8.0f}".format(name, *middle))
    print("  installed, MB: " + ", ".join(
        f"{name} {_installed(name) / 1e6:.0f}"
        for name in ("numpy", "scipy", "numba", "llvmlite", "scikit-learn", "torch", "jaxlib")
    ))  # fmt: skip
    print()


def _process(code: str, places: dict[str, str]) -> tuple[float, float, float, float]:
    environment = {**os.environ, **places}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    spent = time.perf_counter() - begun
    imported, fitted, memory = map(float, done.stdout.split())
    return imported, fitted, spent, memory


def _installed(name: str) -> int:
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return 0
    return sum(path.stat().st_size for f in files if (path := Path(str(f.locate()))).is_file())
