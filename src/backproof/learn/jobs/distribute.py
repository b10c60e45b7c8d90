"""Training in several processes: starting them, joining them, and what is left when one dies.

`launch` starts copies of a command on this machine and watches them. Each copy calls `join`, reads
its share of the rows and trains with the JAX engine, which combines the gradients of all. On a
cluster the scheduler starts the copies, and `join` finds the others as `jax.distributed` does.
"""

# JAX's annotations are partial: what it returns is unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ...errors import BackproofError

COORDINATOR = "BACKPROOF_COORDINATOR"
PROCESSES = "BACKPROOF_PROCESSES"
PROCESS = "BACKPROOF_PROCESS"
_LAUNCHED = "BACKPROOF_LAUNCHED"

# What a process ends with that found another one gone: the other one is the news.
LOST_ANOTHER = 75
# A process that is not heard of for this long is given up.
_HEARTBEAT_SECONDS = 20
_GRACE_SECONDS = 5.0
_MOMENT_SECONDS = 1.0
# How the messages begin with which an exchange fails whose other side is gone.
_LOST = (
    *("UNKNOWN: Gloo", "INTERNAL: Gloo", "UNAVAILABLE", "ABORTED", "CANCELLED"),
    *("DEADLINE_EXCEEDED", "INTERNAL: NCCL"),
)


class WorkerError(BackproofError):
    """A process of a training job died."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which process of how many this is. A context manager: it leaves the job in good order, or,
    after an error, at once, so that the other processes do not wait.

    `resume` is what to try where another process is lost.
    """

    index: int = 0
    count: int = 1
    resume: str = ""

    @property
    def first(self) -> bool:
        """The process that prints and writes files."""
        return self.index == 0

    def share(self, rows: int) -> slice:
        """The rows of a table that this process reads; the shares differ by one row at most."""
        return slice(rows * self.index // self.count, rows * (self.index + 1) // self.count)

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.count == 1:
            return
        if error is None:
            import jax

            jax.distributed.shutdown()
            return
        # Leaving by the front door waits for all processes, which wait for this one.
        status = self._told(error)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    def _told(self, error: BaseException) -> int:
        """Say what happened; the exit status that goes with it."""
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else int(error.code is not None)
        if str(error).startswith(_LOST):
            if _LAUNCHED not in os.environ:
                lost = f"process {self.index} of {self.count} lost another one: {error}"
                print(f"error: {WorkerError(lost, hint=self.resume)}", file=sys.stderr)
            return LOST_ANOTHER
        if isinstance(error, BackproofError):
            print(f"error: {error}", file=sys.stderr)
            return 2
        traceback.print_exception(error)
        return 1


def must_launch(processes: int) -> bool:
    """Whether the processes are still to be started: not in one that was started, by `launch` or by
    a cluster's scheduler."""
    return processes > 1 and COORDINATOR not in os.environ and not _in_cluster()


def join(processes: int | None = None, *, resume: str = "") -> Place:
    """Become one of the processes of this job, before anything is computed with JAX.

    The coordinator is what `launch` says, or what stands in the variables BACKPROOF_COORDINATOR
    (host:port), BACKPROOF_PROCESSES and BACKPROOF_PROCESS, or what `jax.distributed.initialize`
    finds out from SLURM, Open MPI or Kubernetes. Without any of these the process is alone.

    Raises WorkerError if there are not `processes` of them, or the others cannot be reached.
    """
    if COORDINATOR in os.environ:
        missing = [name for name in (PROCESSES, PROCESS) if not os.environ.get(name, "").isdigit()]
        if missing:
            raise WorkerError(f"{COORDINATOR} is set, and {' and '.join(missing)} is not a number")
        where: dict[str, Any] = {
            "coordinator_address": os.environ[COORDINATOR],
            "num_processes": int(os.environ[PROCESSES]),
            "process_id": int(os.environ[PROCESS]),
            "cluster_detection_method": "deactivate",
        }
    elif _in_cluster():
        where = {}
    else:
        return Place()
    if _LAUNCHED in os.environ:
        # One GPU each, where there are any: a process takes all that it can see otherwise.
        where["local_device_ids"] = [where["process_id"]]
        threading.Thread(target=_end_with_the_launcher, daemon=True).start()
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(
            **where, heartbeat_timeout_seconds=_HEARTBEAT_SECONDS, shutdown_timeout_seconds=60
        )
    except (RuntimeError, ValueError) as error:
        raise WorkerError(
            f"the processes of this job cannot find each other: {error}",
            hint=f"set {COORDINATOR} (host:port of process 0), {PROCESSES} and {PROCESS}",
        ) from error
    # So that a file that is being written is tidied away.
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, _leave)
    place = Place(jax.process_index(), jax.process_count(), resume)
    # gloo gives the processes half a minute to connect, counted from the first exchange, and says
    # so on the standard output. Later, one of them may be reading its rows for longer than that.
    with _mute_stdout():
        total(0)
    if processes not in (None, place.count):
        raise WorkerError(
            f"{processes} processes were asked for, and the cluster started {place.count}",
            hint="ask the scheduler for as many tasks, or leave --processes out",
        )
    return place


def here() -> Place:
    """The place of this process, which is alone until it joins others."""
    jax: Any = sys.modules.get("jax")
    if jax is None or not jax.distributed.is_initialized():
        return Place()
    return Place(jax.process_index(), jax.process_count())


def total(number: int) -> int:
    """The sum of a number over all processes."""
    return int(_gathered([number]).sum()) if here().count > 1 else number


def mean(value: float, weight: float) -> float:
    """The mean of a value over all processes, each with its weight; the same in all of them."""
    if here().count == 1:
        return value
    pairs = _gathered([value * weight, weight])
    return float(pairs[:, 0].sum() / pairs[:, 1].sum())


def launch(
    processes: int, command: Sequence[str], *, resume: str = "", saved: Path | None = None
) -> None:
    """Run a command in several processes of this machine until all are done.

    Process 0 has this process's output, the errors of the others are kept for the message.
    If a process dies the others are ended. `resume` is what to try then, if the file `saved` has
    been written meanwhile. Raises WorkerError, which says which one died, and how.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    before = saved and _version(saved)
    with ExitStack() as stack:
        logs: list[IO[bytes] | None] = [None]
        logs += [stack.enter_context(tempfile.TemporaryFile()) for _ in range(1, processes)]
        workers: list[subprocess.Popen[bytes]] = []
        stack.callback(_end, workers)
        for index, log in enumerate(logs):
            place = {COORDINATOR: address, PROCESSES: str(processes), PROCESS: str(index)}
            workers.append(
                subprocess.Popen(
                    command,
                    env={**os.environ, **place, _LAUNCHED: "1"},
                    # Closed when this process ends, however it ends.
                    stdin=subprocess.PIPE,
                    stdout=log and subprocess.DEVNULL,
                    stderr=log,
                    # Ctrl-C is this process's to handle.
                    start_new_session=True,
                )
            )
        dead = _first_death(workers)
        if dead is not None:
            code = workers[dead].poll()
            _end(workers)
            if saved and _version(saved) == before:
                resume = "start again: nothing was saved before that"
            raise WorkerError(_obituary(dead, code, logs), hint=resume)


def _in_cluster() -> bool:
    """Whether a scheduler started this process as one of several, as JAX recognises it."""
    environment = os.environ
    if "SLURM_STEP_NODELIST" in environment and "SLURM_PROCID" in environment:
        return int(environment.get("SLURM_NTASKS", "1")) > 1
    if "OMPI_MCA_orte_hnp_uri" in environment:
        return int(environment.get("OMPI_COMM_WORLD_SIZE", "1")) > 1
    return {"KUBERNETES_SERVICE_HOST", "JOB_COMPLETION_INDEX"} <= environment.keys()


@contextmanager
def _mute_stdout() -> Generator[None]:
    """Nothing that a library prints gets out, from whatever language."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _leave(number: int, _: object) -> None:
    sys.exit(128 + number)


def _version(file: Path) -> tuple[int, int] | None:
    """What changes whenever a file is replaced; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _end_with_the_launcher() -> None:
    while os.read(0, 1024):
        pass
    os._exit(LOST_ANOTHER)


def _gathered(values: Sequence[float]) -> Any:
    """The values of each process, a row each."""
    import jax
    import numpy as np
    from jax.experimental import multihost_utils

    with jax.enable_x64(True):
        return multihost_utils.process_allgather(np.array(values, np.float64))


def _first_death(workers: list[subprocess.Popen[bytes]]) -> int | None:
    """Wait until all are done, or one has died of itself, or has not answered the others."""
    followers = (LOST_ANOTHER, -signal.SIGABRT)
    until = float("inf")
    while True:
        codes = [worker.poll() for worker in workers]
        dead = [i for i, code in enumerate(codes) if code]
        first = next((i for i in dead if codes[i] not in followers), None)
        if first is not None or not any(code is None or code for code in codes):
            return first
        if dead:
            # They missed another one. Its own death shows within a moment, or it does not answer.
            until = min(until, time.monotonic() + _MOMENT_SECONDS)
            if time.monotonic() > until:
                silent = [i for i, code in enumerate(codes) if code is None]
                return silent[0] if silent else max(dead, key=lambda i: codes[i] != LOST_ANOTHER)
        time.sleep(0.05)


def _end(workers: Sequence[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        if worker.poll() is None:
            worker.terminate()
    until = time.monotonic() + _GRACE_SECONDS
    for worker in workers:
        try:
            worker.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        if worker.stdin:
            worker.stdin.close()


def _obituary(index: int, code: int | None, logs: Sequence[IO[bytes] | None]) -> str:
    name = f"process {index} of {len(logs)}"
    if code is None:
        how = "did not answer any more"
    elif code < 0:
        names = {s.value: s.name for s in signal.Signals}
        how = f"was killed by signal {names.get(-code, str(-code))}"
    else:
        how = f"ended with exit status {code}"
    return f"{name} {how}; the others were ended{_last_words(logs[index])}"


def _last_words(log: IO[bytes] | None, lines: int = 12) -> str:
    if log is None:
        return ""
    log.seek(0)
    said = log.read().decode(errors="replace").strip().splitlines()[-lines:]
    return "\n" + "\n".join(f"    {line}" for line in said) if said else ""
