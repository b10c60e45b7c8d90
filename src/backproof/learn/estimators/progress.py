"""A progress bar for training, drawn only when it is asked for."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from .training import Epoch


class Bar:
    """A bar over epochs with loss, validation score and samples per second; nothing at all if it is
    not wanted."""

    def __init__(self, wanted: bool, epochs: int) -> None:
        self._progress: Any = None
        self._task: Any = None
        if not wanted:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        self._progress = Progress(
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("{task.fields[said]}"),
            Remaining(),
        )
        self._task = self._progress.add_task("training", total=epochs, said="")

    def __enter__(self) -> Self:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, epoch: Epoch) -> None:
        """One epoch more."""
        if self._progress is None:
            return
        said = f"loss {epoch.loss:.6g}"
        if epoch.validation_score is not None:
            said += f"  validation {epoch.validation_score:.4f}"
        if epoch.seconds > 0:
            said += f"  {epoch.samples / epoch.seconds:,.0f} samples/s"
        self._progress.update(self._task, advance=1, said=said)
