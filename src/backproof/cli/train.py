"""`backproof train` and `backproof predict`: networks on tables."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .choices import LANGUAGES
from .progress import Progress

if TYPE_CHECKING:
    from ..learn.jobs.distribute import Place
    from ..learn.jobs.train import Job


def _positive(
    context: click.Context, option: click.Parameter, number: float | None
) -> float | None:
    if number is not None and not 0 < number < math.inf:
        raise click.BadParameter(f"{number} is not above 0")
    return number


def _not_negative(
    context: click.Context, option: click.Parameter, number: float | None
) -> float | None:
    if number is not None and not 0 <= number < math.inf:
        raise click.BadParameter(f"{number} is not 0 or above")
    return number


def _sizes(
    context: click.Context, option: click.Parameter, given: str | None
) -> tuple[int, ...] | None:
    if given is None:
        return None
    try:
        sizes = tuple(int(part) for part in given.split(","))
    except ValueError:
        raise click.BadParameter(f"{given!r} is not a list of sizes like 64,32") from None
    if min(sizes) < 1 or max(sizes) > 1_000_000:
        raise click.BadParameter(f"a layer has between 1 and 1,000,000 units, not {given}")
    return sizes


def _named(
    kind: type[int] | type[float],
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, float] | None]:
    def read(
        context: click.Context, option: click.Parameter, given: tuple[str, ...]
    ) -> dict[str, float] | None:
        out: dict[str, float] = {}
        for one in given:
            name, _, value = one.partition("=")
            try:
                out[name.strip()] = kind(value)
            except ValueError:
                raise click.BadParameter(f"{one!r} is not like {option.metavar}") from None
        return out or None

    return read


def _activations(
    context: click.Context, option: click.Parameter, given: str | None
) -> str | tuple[str, ...] | None:
    """One for all layers, or one for each: `relu,tanh`. A formula may have commas in it too."""
    if given is None or "," not in given or "(" in given:
        return given
    return tuple(part.strip() for part in given.split(","))


@click.command("train", short_help="Train a network on a table.")
@click.argument("paths", metavar="[NOTE] DATA", nargs=-1)
@click.option(
    "--hidden",
    callback=_sizes,
    metavar="SIZES",
    help="Instead of a NOTE: sizes of layers, like 64,32.",
)
@click.option(
    "--size", "sizes", multiple=True, callback=_named(int), metavar="NAME=N",
    help="A size that the data don't tell: n1=16.",
)  # fmt: skip
@click.option(
    "--constant", "constants", multiple=True, callback=_named(float), metavar="NAME=X",
    help="A constant of the note: lambda=0.1.",
)  # fmt: skip
@click.option("--target", metavar="COLUMN", help="The column to predict.")
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True, metavar="N")
@click.option("--batch", type=click.IntRange(1), metavar="N", help="Samples in a batch.")
@click.option(
    "--rate", type=float, callback=_positive, metavar="X", help="Learning rate.  [default: 0.001]"
)
@click.option(
    "--activation", callback=_activations, metavar="NAME", help="Of hidden layers.  [default: relu]"
)
@click.option(
    "--alpha", type=float, callback=_not_negative, metavar="X", help="Penalty on large weights."
)
@click.option("--solver", type=click.Choice(["adam", "sgd", "lbfgs"]), help="[default: adam]")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="[default: 0]")
@click.option("--engine", type=click.Choice(["auto", "numpy", "numba", "jax"]))
@click.option(
    "--processes", type=click.IntRange(1), metavar="N", help="With --engine jax, so many at once."
)
@click.option(
    "--validation", type=click.FloatRange(0, 1, max_open=True), metavar="X",
    help="The part of the rows kept apart to judge by.  [default: 0.1]",
)  # fmt: skip
@click.option("--task", type=click.Choice(["classification", "regression"]))
@click.option("--ignore", metavar="COLUMN", multiple=True, help="Leave a column out.")
@click.option("--category", metavar="COLUMN", multiple=True, help="Its numbers are only names.")
@click.option("--resume", is_flag=True, help="Go on from the file that -o names.")
@click.option("--lang", type=LANGUAGES, default="en", show_default=True)
@click.option(
    "-o", "--output", metavar="FILE", default="model.safetensors", show_default=True,
    type=click.Path(path_type=Path),
)  # fmt: skip
@click.pass_obj
def train(  # noqa: PLR0917 (click hands over by keyword)
    arguments: list[str],
    paths: tuple[str, ...],
    hidden: tuple[int, ...] | None,
    output: Path,
    lang: str,
    resume: bool,
    processes: int | None,
    **given: Any,
) -> None:
    """Train the network of NOTE, or one with hidden layers, on DATA, a CSV or Parquet file.

    Numbers are standardised and texts become categories; both are remembered with the model. The
    weights that do best on the rows kept apart are saved, also after Ctrl-C. Rows count from 1.
    """
    note, data = _note_and_data(paths, hidden, resume)
    if hidden and (given["sizes"] or given["constants"]):
        raise click.UsageError("--size and --constant go with a note")
    settings = {name: given.pop(option) for option, name in _SETTINGS.items()}
    settings["hidden_layer_sizes"] = hidden
    settings = {name: value for name, value in settings.items() if value is not None}
    if processes is not None and settings.get("engine") != "jax":
        raise click.UsageError("--processes goes with --engine jax: no other engine has several")
    from ..learn.jobs.train import Job

    job = Job(data, output, note=note, settings=settings, resume=resume, **given)
    if settings.get("engine") != "jax":
        _run(job, Progress(lang), None)
        return
    from ..learn.jobs import distribute

    again = " ".join(["backproof", *arguments, *([] if resume else ["--resume"])])
    if processes is not None and distribute.must_launch(processes):
        command = [sys.executable, "-m", "backproof", *arguments]
        distribute.launch(processes, command, resume=again, saved=output)
        return
    with distribute.join(processes, resume=again) as place:
        _run(job, Progress(lang, silent=not place.first), place)


# Options that are parameters of the estimators.
_SETTINGS = {
    "sizes": "sizes",
    "constants": "constants",
    "batch": "batch_size",
    "rate": "learning_rate_init",
    "activation": "activation",
    "alpha": "alpha",
    "solver": "solver",
    "engine": "engine",
}


def _run(job: Job, progress: Progress, place: Place | None) -> None:
    from ..learn.jobs.train import train as run

    alone = place is None or place.count == 1
    with progress, _terminated_as_interrupted() if alone else nullcontext():
        try:
            result = run(job, progress, place)
        except KeyboardInterrupt:
            progress.nothing()
            raise
    progress.close(result, job.output, job.data)
    if result.interrupted:
        raise click.exceptions.Exit(130)


@contextmanager
def _terminated_as_interrupted() -> Generator[None]:
    """A polite request to end, as schedulers send it, is taken as Ctrl-C is: the best weights are
    kept."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _note_and_data(
    paths: tuple[str, ...], hidden: tuple[int, ...] | None, resume: bool
) -> tuple[Path | None, Path]:
    if not 1 <= len(paths) <= 2:
        raise click.UsageError("give the file of a table, and before it a note or --hidden")
    if len(paths) == 2 and hidden:
        raise click.UsageError("a note or --hidden, not both: either of them is the network")
    if len(paths) == 1 and not hidden and not resume:
        raise click.UsageError("which network? Give a note before the table, or --hidden 64,32")
    return (Path(paths[0]) if len(paths) == 2 else None), Path(paths[-1])


@click.command("predict", short_help="Predict with a trained model.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="FILE", required=True, type=click.Path(path_type=Path),
    help="A .csv or .parquet file.",
)  # fmt: skip
@click.option("--lang", type=LANGUAGES, default="en", show_default=True)
def predict(model: Path, data: Path, output: Path, lang: str) -> None:
    """Write what MODEL, which `backproof train` saved, predicts for each row of DATA.

    For classes, the probability of each stands beside the prediction. A missing cell, or a category
    that did not occur when the model was trained, is an error and nothing is written.
    """
    from ..learn.jobs.predict import predict as run
    from ..show.screen import write
    from ..words import say

    start = time.monotonic()
    rows = run(model, data, output)
    seconds = f"{time.monotonic() - start:.2f}"
    said = say("train.predicted", lang, rows=f"{rows:,}", seconds=seconds, file=str(output))
    write(said + "\n", sys.stdout)
