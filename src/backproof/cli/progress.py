"""What `backproof train` says while it works: a bar on a terminal, plain lines elsewhere.

Progress goes to standard error, what came of it to standard output.
"""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..words import say

if TYPE_CHECKING:
    from ..learn.jobs.run import Epoch, Result
    from ..learn.tables.encode import Encoding
    from ..learn.tables.survey import Survey

# Where there is no terminal, a line at most this often (s): a log stays short.
_EVERY = 1.0


class Progress:
    """Told by a training job how it goes; a context manager around the job."""

    def __init__(self, language: str, silent: bool = False) -> None:
        self.language = language
        self.silent = silent
        self.bar: Any = None
        self.task: Any = None
        self.told = -_EVERY

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def found(self, survey: Survey) -> None:
        """Say what is in the table."""
        encoding, target = survey.encoding, survey.encoding.target
        self._line(
            "table",
            rows=f"{survey.rows:,}",
            training=f"{survey.training:,}",
            columns=len(encoding.columns),
            width=encoding.width,
        )
        if target.task == "regression":
            self._line("number", target=target.name)
        else:
            # Each on one line, whatever is in it.
            shown = ", ".join(" ".join(str(c).split()) for c in target.classes[:6])
            more = ", ..." if len(target.classes) > 6 else ""
            self._line(
                "classes", target=target.name, count=len(target.classes), classes=shown + more
            )
        if survey.constant:
            self._line("constant", columns=", ".join(survey.constant))
        if survey.names:
            options = " ".join(f"--ignore {shlex.quote(name)}" for name in survey.names)
            self._line("names", columns=", ".join(survey.names), options=options)

    def rejudged(self, score: float | None, encoding: Encoding) -> None:
        """Say that a training goes on with another table."""
        self._line("rejudged", score=self._score(score, encoding))

    def epoch(self, epoch: Epoch, encoding: Encoding) -> None:
        """Say how an epoch went."""
        if self.silent:
            return
        fields = {
            "loss": f"{epoch.loss:.4g}",
            "score": self._score(epoch.score, encoding),
            "speed": f"{epoch.rows / max(epoch.seconds, 1e-9):,.0f}",
        }
        from ..show.screen import wants_colour

        if wants_colour(sys.stderr):
            self._advance(epoch, fields)
            return
        now = time.monotonic()
        if epoch.number not in (1, epoch.of) and now - self.told < _EVERY:
            return
        self.told = now
        number = f"{epoch.number:>{len(str(epoch.of))}}/{epoch.of}"
        self._line("epoch", number=number, **fields)

    def _advance(self, epoch: Epoch, fields: dict[str, str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        if self.bar is None:
            self.bar = Bar(
                MofNCompleteColumn(),
                BarColumn(bar_width=20),
                TextColumn("{task.description}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task("", total=epoch.of, completed=epoch.number)
        said = say("train.bar", self.language, **fields)
        self.bar.update(self.task, completed=epoch.number, description=said)

    def _score(self, score: float | None, encoding: Encoding) -> str:
        if score is None:
            return say("train.unjudged", self.language)
        key = "train.accuracy" if encoding.target.classes else "train.r2"
        shown = f"{score:.4f}" if abs(score) < 1000 else f"{score:.3g}"
        return say(key, self.language, score=shown)

    def _line(self, key: str, **fields: object) -> None:
        if self.silent:
            return
        from ..show.screen import write

        write(say(f"train.{key}", self.language, **fields).rstrip() + "\n", sys.stderr)
        sys.stderr.flush()

    def nothing(self) -> None:
        """Say that an interruption came too early for anything to be kept."""
        self._line("nothing")

    def close(self, result: Result, output: Path, data: Path) -> None:
        """Say what came of it."""
        if self.silent:
            return
        progress = result.progress
        fields: dict[str, object] = {
            "epochs": progress.epoch,
            "best": progress.best,
            "score": self._score(progress.score, result.encoding),
            "seconds": f"{result.seconds:.2f}",
            "file": output,
            "data": data,
        }
        keys = ["interrupted"] if result.interrupted else ["done", "saved"]
        if not result.interrupted and result.still:
            keys.insert(1, "still")
            losses = result.losses
            fields |= {"first": f"{losses[0]:.6g}", "last": f"{losses[-1]:.6g}"}
        from ..show.screen import write

        for key in keys:
            write(say(f"train.{key}", self.language, **fields) + "\n", sys.stdout)
