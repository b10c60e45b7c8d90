"""Epochs over a table, one after another, the best weights kept and saved.

An epoch is a `partial_fit` on each piece of the table. What comes after it is what a later run goes
on from, so an interruption in the middle of an epoch goes back to its start; what is saved to
predict with are the weights of the best epoch.
"""

from __future__ import annotations

import math
import re
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ...errors import BackproofError
from ..estimators.training import DivergedError
from ..saving.save import Progress, Saved, Snapshot, snapshot, write_model
from ..tables.encode import Encoding
from ..tables.rows import Rows
from ..tables.survey import Survey
from .distribute import mean, total

# A run that is killed loses at most this many seconds of training, and the epoch that it is in.
SAVE_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """How an epoch went. `score` is that of the rows kept apart: accuracy, or R^2 for numbers; None
    without such rows."""

    number: int
    of: int
    loss: float
    score: float | None
    rows: int
    seconds: float


class Watch(Protocol):
    """Who is told how it goes."""

    def found(self, survey: Survey) -> None:
        """The table was looked at."""
        ...

    def rejudged(self, score: float | None, encoding: Encoding) -> None:
        """A training goes on with other rows, on which the best weights so far have this score."""
        ...

    def epoch(self, epoch: Epoch, encoding: Encoding) -> None:
        """An epoch is over."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended. `losses` are those of its epochs."""

    encoding: Encoding
    progress: Progress
    seconds: float
    losses: tuple[float, ...]
    interrupted: bool

    @property
    def still(self) -> bool:
        """Whether several epochs hardly moved the loss."""
        return len(self.losses) > 1 and (
            self.losses[0] - self.losses[-1] <= 1e-5 * abs(self.losses[0])
        )


class Run:
    """A training under way."""

    def __init__(  # noqa: PLR0917
        self,
        output: Path,
        epochs: int,
        watch: Watch,
        estimator: Any,
        rows: Rows,
        progress: Progress,
    ) -> None:
        self.output, self.epochs, self.watch = output, epochs, watch
        self.estimator, self.rows, self.progress = estimator, rows, progress
        self.best: Snapshot | None = None
        self.last: Snapshot | None = None
        self.losses: list[float] = []
        self.started = self.saved = time.monotonic()
        # A model that a failed run is not to replace.
        self.precious = output.exists()
        classes = rows.encoding.target.classes
        # The estimator gets the numbers of the classes: sorting texts in each epoch takes long.
        self.numbers: Any = list(range(len(classes))) if classes else None

    def go_on(self, saved: Saved) -> None:
        """Start where a saved training ended."""
        assert saved.best is not None
        assert saved.last is not None
        self.best, self.last, self.precious = saved.best, saved.last, False
        # Where the table has changed meanwhile, they are to
        # be judged by the rows by which those that come now will be.
        self.best.put_into(self.estimator, self.rows.encoding.width, self.numbers)
        before, now = self.progress.score, self._score()
        if _differs(now, before):
            self.progress = replace(self.progress, score=now)
            self.watch.rejudged(now, self.rows.encoding)
        self.last.put_into(self.estimator, self.rows.encoding.width, self.numbers)

    def result(self) -> Result:
        """Train to the end, or until it is interrupted.

        Raises KeyboardInterrupt if there is nothing to keep yet, BackproofError where the training
        diverges or a setting makes no sense.
        """
        interrupted = False
        try:
            if self.estimator.solver == "lbfgs":
                self._at_once()
            else:
                while self.progress.epoch < self.epochs:
                    self._epoch()
        except KeyboardInterrupt:
            if self.best is None:
                raise
            interrupted = True
        except BackproofError:
            if self.losses and not self.precious:
                self._save()
            raise
        if self.losses:
            self._save()
        seconds = time.monotonic() - self.started
        return Result(self.rows.encoding, self.progress, seconds, tuple(self.losses), interrupted)

    # -- epochs ------------------------------------------------------------------------------

    def _epoch(self) -> None:
        start = time.monotonic()
        loss, count = 0.0, 0
        for inputs, answers in self.rows.training():
            with self._told():
                self._fit(inputs, answers)
            loss += self.estimator.loss_ * len(inputs)
            count += len(inputs)
        self._ends(loss / count, total(count), time.monotonic() - start)

    def _fit(self, inputs: Any, answers: Any) -> None:
        """Go over a piece once; an interruption, which `partial_fit` makes a warning of, is one
        again."""
        more = {} if self.numbers is None else {"classes": self.numbers}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", message="Training interrupted")
            try:
                self.estimator.partial_fit(inputs, answers, **more)
            except UserWarning:
                raise KeyboardInterrupt from None

    def _at_once(self) -> None:
        """L-BFGS takes all rows in each of its iterations, which count as epochs."""
        pieces = list(self.rows.training())
        if not self.rows.held:
            raise BackproofError(
                "L-BFGS needs all rows at once, and they are too many to be held",
                hint="--solver adam",
            )
        [(inputs, answers)] = pieces
        if self.numbers and len(set(answers.tolist())) < len(self.numbers):
            raise BackproofError(
                "some class occurs only among the rows kept apart", hint="another --seed"
            )

        def after(estimator: Any, epoch: Any) -> None:
            self._ends(epoch.loss, epoch.samples, epoch.seconds)

        self.estimator.set_params(max_iter=self.epochs, callbacks=[after])
        try:
            with warnings.catch_warnings(), self._told():
                warnings.simplefilter("ignore")
                self.estimator.fit(inputs, answers)
        finally:
            self.estimator.set_params(callbacks=None)

    def _ends(self, loss: float, count: int, seconds: float) -> None:
        """Judge, remember and report the epoch that has just ended."""
        number = self.progress.epoch + 1
        score = self._score()
        last = snapshot(self.estimator)
        self.progress = self.progress.after(number, score, loss)
        self.last = last
        if self.progress.best == number:
            self.best = last
        self.losses.append(loss)
        self.watch.epoch(
            Epoch(number, self.epochs, loss, score, count, seconds), self.rows.encoding
        )
        # Where one process may be lost any moment, each epoch counts.
        if self.rows.place.count > 1 or time.monotonic() - self.saved > SAVE_EVERY:
            self._save()
            self.precious = False

    @contextmanager
    def _told(self) -> Generator[None]:
        """What an estimator raises, said to someone who uses the command line."""
        number, rate = self.progress.epoch + 1, self.estimator.learning_rate_init
        try:
            yield
        except DivergedError:
            kept = ""
            if self.best is not None and not self.precious:
                kept = f"; the best weights before that are in {self.output}"
            raise BackproofError(
                f"the training diverged in epoch {number}: the loss or a weight is no longer a "
                f"number{kept}",
                hint=f"a lower --rate than {rate:g}",
            ) from None
        except MemoryError:
            raise BackproofError(
                "there is not enough memory for this network and these batches",
                hint="smaller layers, or a smaller --batch",
            ) from None
        except ValueError as error:
            raise BackproofError(
                _as_options(str(error)), hint="correct the options, or the note"
            ) from None

    # -- what came of it ---------------------------------------------------------------------

    def _score(self) -> float | None:
        """Accuracy or R^2 of the rows kept apart, over all processes; None if there are none."""
        import numpy as np

        count = 0
        sums = np.zeros(3)  # of squared errors (or right answers), of answers, of their squares
        with np.errstate(over="ignore", invalid="ignore"):
            for inputs, answers in self.rows.validation():
                count += len(answers)
                found = self.estimator.predict(inputs)
                if self.numbers:
                    sums[0] += (found == answers).sum()
                else:
                    found = np.asarray(found, dtype=np.float64)
                    sums += [np.square(found - answers).sum(), answers.sum(), (answers**2).sum()]
        if not total(count):
            return None
        first, second, third = (mean(float(s) / max(count, 1), count) for s in sums)
        if self.numbers:
            return first
        spread = third - second**2
        return 1.0 - first / spread if spread > 0 and math.isfinite(first) else None

    def _save(self) -> None:
        self.saved = time.monotonic()
        if self.rows.place.first and self.best is not None:
            write_model(
                self.output,
                self.estimator,
                self.best,
                last=self.last,
                encoding=self.rows.encoding,
                progress=self.progress,
            )


def _differs(score: float | None, other: float | None) -> bool:
    """Whether two scores are those of different rows, and not the same up to rounding."""
    if score is None or other is None:
        return score is not other
    return abs(score - other) > 1e-6 * max(1.0, abs(other))


def _as_options(said: str) -> str:
    """A message that speaks of parameters, as someone who writes options needs it:
    `sizes={'n1': 16}` as `--size n1=16`."""

    def options(found: re.Match[str]) -> str:
        pairs = re.findall(r"'(\w+)': ([^,}]+)", found[2])
        return " ".join(f"--{found[1]} {name}={value}" for name, value in pairs)

    return re.sub(r"\b(size|constant)s=\{(.*?)\}", options, said)
