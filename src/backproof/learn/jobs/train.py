"""The job behind `backproof train`: which network on which table, started anew or resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import BackproofError
from ..saving.save import Progress, Saved, estimator_class, read_model
from ..tables.encode import Encoding, Task
from ..tables.reading import open_table
from ..tables.rows import Rows
from ..tables.survey import Split, survey
from .distribute import Place
from .place import check_place
from .run import Result, Run, Watch

# What makes the network another one, by the option that says it: not to be changed on the way.
_FIXED = {
    "--hidden": "hidden_layer_sizes",
    "--activation": "activation",
    "--alpha": "alpha",
    "--solver": "solver",
    "--size": "sizes",
    "--constant": "constants",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What to train on which table; None where nothing was said.

    `settings` are parameters of the estimator: of an MLP where there is no `note`.
    """

    data: Path
    output: Path
    target: str | None = None
    note: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    epochs: int = 100
    seed: int | None = None
    validation: float | None = None
    task: Task | None = None
    ignore: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    resume: bool = False


def train(job: Job, watch: Watch, place: Place | None = None) -> Result:
    """Train, and save the best weights to `job.output`.

    In a job of several processes, `place` tells which one this is. On an interruption
    (KeyboardInterrupt) the best weights are saved and the result says so; before the end of the
    first epoch it is raised again. Raises BackproofError for what is wrong with the table, the note
    or the settings, and where the training diverges.
    """
    # What is missing is to be said before hours of work, not after.
    for package in ("numpy", "pyarrow", "safetensors.numpy", "sklearn.base"):
        import_module(package)
    check_place(job.output, job.data, *([job.note] if job.note else []))
    table = open_table(job.data)
    place = place or Place()
    if job.resume:
        saved = read_model(job.output)
        progress, encoding = _resumed(job, saved)
        rows = Rows(table, encoding, progress.split, place)
        run = Run(job.output, job.epochs, watch, saved.estimator, rows, progress)
        run.go_on(saved)
        return run.result()
    if job.target is None:
        raise BackproofError("what to predict is not said", hint="name a column with --target")
    network = _network(job) if job.note is not None else None
    split = Split(0.1 if job.validation is None else job.validation, job.seed or 0)
    found = survey(
        table,
        job.target,
        split,
        task=job.task if network is None else network._written().task,
        ignore=job.ignore,
        category=job.category,
        # What a note says about its target it says about the target as it is.
        scaled=network is None,
    )
    watch.found(found)
    estimator = _perceptron(job, found.encoding) if network is None else network
    rows = Rows(table, found.encoding, split, place)
    return Run(job.output, job.epochs, watch, estimator, rows, Progress(split)).result()


def _perceptron(job: Job, encoding: Encoding) -> Any:
    """The multi-layer perceptron that a job asks for, not trained yet."""
    kind = "MLPClassifier" if encoding.target.classes else "MLPRegressor"
    return estimator_class(kind)(**{"random_state": job.seed or 0, **job.settings})


def _network(job: Job) -> Any:
    """The network of a job's note, not trained yet. Raises BackproofError for a note that is none,
    or settings that belong to a perceptron."""
    assert job.note is not None
    for option, name in (("--activation", "activation"), ("--alpha", "alpha")):
        if name in job.settings:
            raise BackproofError(
                f"{option} goes with --hidden: a note says such things itself",
                hint="write it into the note",
            )
    settings = {"random_state": job.seed or 0, "task": job.task or "auto", **job.settings}
    network = estimator_class("Network")(job.note, **settings)
    said = network._written()
    if len(said.inputs) != 1 or len(said.targets) != 1:
        raise BackproofError(
            f"the note has {len(said.inputs)} inputs and {len(said.targets)} targets, and a table "
            "with --target has one of each",
            hint="train it in Python with backproof.Network, which takes several",
        )
    return network


def _resumed(job: Job, saved: Saved) -> tuple[Progress, Encoding]:
    """Where to go on from, with new settings put in.

    Raises BackproofError for settings that mean another network or another split than the file's.
    """
    file = str(job.output)
    progress, encoding = saved.progress, saved.encoding
    if progress is None or encoding is None:
        raise BackproofError(
            "this model was not trained by `backproof train`",
            hint="load it in Python with backproof.load and call partial_fit",
            file=file,
        )
    parameters = saved.estimator.get_params(deep=False)
    asked: dict[str, tuple[Any, Any]] = {
        "--target": (job.target, encoding.target.name),
        "--task": (job.task, encoding.target.task),
        "--seed": (job.seed, progress.split.seed),
        "--validation": (job.validation, progress.split.fraction),
    }
    for option, name in _FIXED.items():
        asked[option] = (job.settings.get(name), parameters.get(name))
    if job.note is not None:
        from ...notation import read

        asked["the note"] = (read(job.note).text, parameters.get("note"))
    for option, (new, old) in asked.items():
        if new is not None and new != old:
            raise BackproofError(
                f"{option} was {_said(old)} so far, not {_said(new)}",
                hint=f"leave {option} out, or train anew without --resume",
                file=file,
            )
    if parameters["solver"] == "lbfgs":
        raise BackproofError(
            "L-BFGS keeps nothing to go on from", hint="train anew without --resume", file=file
        )
    if progress.epoch >= job.epochs:
        raise BackproofError(
            f"it has been trained for {progress.epoch} epochs already",
            hint=f"--epochs {2 * progress.epoch}: the number in all",
            file=file,
        )
    free = {k: v for k, v in job.settings.items() if k not in _FIXED.values()}
    saved.estimator.set_params(**free)
    return progress, encoding


def _said(value: Any) -> str:
    text = str(value).strip("()").rstrip(",")
    return text if len(text) < 60 else "another one"
