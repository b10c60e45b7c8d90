"""Training in several real processes on CPU, with gloo between them; what happens when one dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backproof as bp
from backproof.cli import main
from backproof.code import compile
from backproof.learn.engine.base import Optimizer, Slots
from backproof.learn.engine.jax import JaxEngine
from backproof.learn.jobs import distribute
from backproof.learn.jobs.distribute import Place, WorkerError
from backproof.learn.net import Net
from backproof.learn.saving.weights import read_weights, write_weights

EPOCHS, BATCH, RATE, ROWS = 4, 13, 0.02, 53
RESUME = "backproof train table.csv --resume there.safetensors"


def job(slots: Slots | None = None) -> tuple[JaxEngine, dict[str, Any]]:
    """A network, and all the rows. 13 and 53 are not divisible by 2."""
    net = Net((4, 6, 3), ("tanh", "softmax"), "cross_entropy", weighted=True, alpha=0.1)
    random = np.random.default_rng(1)
    parameters = {k: random.normal(0, 0.5, shape) for k, shape in net.shapes.items()}
    data = {
        "X": random.normal(size=(ROWS, 4)),
        "Y": np.eye(3)[random.integers(3, size=ROWS)],
        "s": random.uniform(0.5, 2, (ROWS, 1)),
    }
    network = compile(net.derivation, "jax")
    return JaxEngine(network, parameters, Optimizer(), slots, constants={"alpha": 0.1}), data


def save(path: Path, engine: JaxEngine, epoch: int) -> None:
    state = {"p": engine.parameters, "m": engine.slots.first, "v": engine.slots.second}
    arrays = {f"{kind} {name}": a for kind, part in state.items() for name, a in part.items()}
    write_weights(path, arrays, {"epoch": epoch, "updates": engine.slots.updates})


def train(path: Path, dies_after: int | None = None) -> None:
    """What each process runs. One of them may be killed after an epoch."""
    with distribute.join() as place:
        engine, data = job()
        own = {k: v[place.share(ROWS)] for k, v in data.items()}
        assert distribute.total(len(own["X"])) == ROWS
        done = 0
        if path.exists():
            arrays, told = read_weights(path)
            done, engine.slots.updates = told["epoch"], told["updates"]
            for name, value in engine.parameters.items():
                value[...] = arrays[f"p {name}"]
                engine.slots.first[name][...] = arrays[f"m {name}"]
                engine.slots.second[name][...] = arrays[f"v {name}"]
        for epoch in range(done, EPOCHS):
            engine.epoch(own, BATCH, RATE, epoch)
            if place.first:
                save(path, engine, epoch + 1)
            distribute.total(0)  # until it is written
            if epoch + 1 == dies_after and place.index == 1:
                os.kill(os.getpid(), signal.SIGKILL)


def worker(*arguments: object) -> list[str]:
    """The command of a process that calls `train`."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from pathlib import Path;"
        f"from test_distribute import train; train(Path(sys.argv[1]), *map(int, sys.argv[2:]))"
    )
    return [sys.executable, "-c", code, *map(str, arguments)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process reaches."""
    engine, data = job()
    for epoch in range(EPOCHS):
        engine.epoch(data, BATCH, RATE, epoch)
    path = tmp_path_factory.mktemp("alone") / "there.safetensors"
    save(path, engine, EPOCHS)
    return path


def same(path: Path, other: Path) -> None:
    (ours, told), (theirs, told_there) = read_weights(path), read_weights(other)
    assert told == told_there
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], rtol=1e-9, atol=1e-12)


def test_the_command_line_trains_with_two_processes_what_it_trains_with_one(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=(301, 3))
    lines = [f"{a:.4f},{b:.4f},{c:.4f},{'yes' if a * b + c > 0 else 'no'}" for a, b, c in x]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["a,b,c,answer", *lines]))
    found: list[dict[str, Any]] = []
    for processes in ("1", "2"):
        out = str(tmp_path / f"{processes}.safetensors")
        # A batch that is larger than either share, and smaller than both together.
        command = f"train --hidden 5 {table} --target answer --engine jax --epochs 3 --batch 200"
        arguments = [*command.split(), "--processes", processes, "-o", out]
        assert main(arguments) == 0
        found.append(read_weights(Path(out))[0])
    assert found[0].keys() == found[1].keys()
    for name, value in found[0].items():
        np.testing.assert_allclose(value, found[1][name], rtol=1e-4, atol=1e-6)


def test_a_killed_process_leaves_what_two_others_with_half_of_the_rows_each_end_as_one_does(
    tmp_path: Path, alone: Path
) -> None:
    path = tmp_path / "there.safetensors"
    with pytest.raises(WorkerError) as died:
        distribute.launch(2, worker(path, 2), resume=RESUME, saved=path)
    assert "process 1 of 2 was killed by signal SIGKILL" in str(died.value)
    assert died.value.hint == RESUME
    assert read_weights(path)[1]["epoch"] == 2
    assert os.listdir(tmp_path) == [path.name], "no half-written file is left"
    distribute.launch(2, worker(path))
    same(path, alone)


def fit_with_early_stopping(path: Path) -> None:
    """What each process runs: `fit` on its share of the rows."""
    random = np.random.default_rng(0)
    X = random.normal(size=(101, 3))
    y = X[:, 0] + random.normal(size=101) > 0
    with distribute.join() as place:
        own = place.share(101)
        model = bp.MLPClassifier(
            (4,), engine="jax", early_stopping=True, validation_fraction=0.3, random_state=0,
            max_iter=40, n_iter_no_change=2, learning_rate_init=0.05,
        ).fit(X[own], y[own])  # fmt: skip
        told = [model.n_iter_, *(model.validation_scores_ or []), *model.coefs_[0].ravel().tolist()]
        (path / str(place.index)).write_text(json.dumps(told))


def test_processes_that_keep_rows_apart_stop_at_the_same_epoch_with_the_same_weights(
    tmp_path: Path,
) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from pathlib import Path;"
        "from test_distribute import fit_with_early_stopping; "
        f"fit_with_early_stopping(Path({str(tmp_path)!r}))"
    )
    distribute.launch(2, [sys.executable, "-c", code])
    one, other = (json.loads((tmp_path / str(i)).read_text()) for i in (0, 1))
    assert one == other


def test_processes_with_different_settings_are_told_so_and_do_not_wait_for_each_other() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_distribute import distribute, job\n"
        "with distribute.join() as place:\n"
        "    engine, data = job()\n"
        "    engine.epoch(data, 10 + place.index, 0.1, None)\n"
    )
    with pytest.raises(WorkerError, match=r"process \d of 2 ended with exit status 2"):
        distribute.launch(2, [sys.executable, "-c", code])


def test_an_error_in_one_process_is_shown_and_ends_the_others() -> None:
    code = (
        "from backproof.errors import BackproofError\n"
        "from backproof.learn.jobs import distribute\n"
        "with distribute.join() as place:\n"
        "    if place.index == 1:\n"
        "        raise BackproofError('row 17 holds no number')\n"
        "    distribute.total(1)\n"
    )
    with pytest.raises(WorkerError, match=r"process 1 of 2 ended with exit status 2") as ended:
        distribute.launch(2, [sys.executable, "-c", code])
    assert "error: row 17 holds no number" in str(ended.value)


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (
            ["sys.exit(75)", "os.kill(os.getpid(), 9)"],
            "process 1 of 2 was killed by signal SIGKILL",
        ),
        (["os.abort()", "sys.exit(3)"], "process 1 of 2 ended with exit status 3"),
        (["os.abort()", "time.sleep(60)"], "process 1 of 2 did not answer any more"),
        (["sys.exit(75)", "os.abort()"], "process 1 of 2 was killed by signal SIGABRT"),
        (["time.sleep(60)", "sys.exit(2)"], "process 1 of 2 ended with exit status 2"),
    ],
)
def test_the_one_that_died_is_named_and_not_those_that_missed_it(
    does: list[str], said: str
) -> None:
    code = f"import os, sys, time; exec({does!r}[int(os.environ['BACKPROOF_PROCESS'])])"
    nowhere = Path("nowhere.safetensors")
    with pytest.raises(WorkerError) as ended:
        distribute.launch(2, [sys.executable, "-c", code], resume=RESUME, saved=nowhere)
    assert ended.value.what == f"{said}; the others were ended"
    assert ended.value.hint == "start again: nothing was saved before that"


def test_slurm_tells_the_processes_where_they_are() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    code = (
        "from backproof.learn.jobs import distribute\n"
        "assert not distribute.must_launch(2)\n"
        "with distribute.join(2) as place:\n"
        "    print(place.index, place.count, distribute.total(10 + place.index),\n"
        "          distribute.mean(place.index, 1 + place.index))\n"
    )
    tasks = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "SLURM_JOB_ID": "1234",
                "SLURM_STEP_NODELIST": "localhost",
                "SLURM_NTASKS": "2",
                "SLURM_PROCID": str(task),
                "SLURM_LOCALID": str(task),
                "JAX_COORDINATOR_PORT": port,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        for task in range(2)
    ]
    said = [task.communicate()[0].split() for task in tasks]
    assert [task.returncode for task in tasks] == [0, 0]
    assert [words[:3] for words in said] == [["0", "2", "21"], ["1", "2", "21"]]
    assert said[0][3] == said[1][3]
    assert float(said[0][3]) == pytest.approx(2 / 3)


def test_the_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys, time\n"
        "from backproof.learn.jobs import distribute\n"
        "with distribute.join() as place:\n"
        "    pathlib.Path(sys.argv[1], str(place.index)).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
    )
    start = "import sys; from backproof.learn.jobs import distribute; distribute.launch(2, sys.argv[1:])"
    command = [sys.executable, "-c", start, sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command) as launcher:
        files = [tmp_path / "0", tmp_path / "1"]
        wait_until(lambda: all(f.exists() and f.read_text() for f in files))
        launcher.kill()
    workers = [int(f.read_text()) for f in files]
    wait_until(lambda: not any(map(runs, workers)))


def runs(process: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until(true: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


def test_alone_there_is_nothing_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (distribute.COORDINATOR, "SLURM_STEP_NODELIST", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert distribute.must_launch(2)
    assert not distribute.must_launch(1)
    with distribute.join() as place:
        assert place == Place(0, 1)
        assert place.share(10) == slice(0, 10)
    assert distribute.total(3) == 3
    assert distribute.mean(0.1, 7) == 0.1


def test_shares_cover_every_row_once_and_differ_by_one_row_at_most() -> None:
    for count in (1, 2, 3, 7):
        shares = [range(100)[Place(i, count).share(100)] for i in range(count)]
        assert [row for share in shares for row in share] == list(range(100))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_coordinator_without_the_number_of_processes_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(distribute.COORDINATOR, "127.0.0.1:1")
    monkeypatch.setenv(distribute.PROCESSES, "two")
    monkeypatch.delenv(distribute.PROCESS, raising=False)
    with pytest.raises(
        WorkerError, match=r"BACKPROOF_PROCESSES and BACKPROOF_PROCESS is not a num"
    ):
        distribute.join()
