"""The rows of a table as a network takes them, for training or for validation, pass after pass.

A table that is small enough once encoded is read once and held; a larger one is read anew in each
pass and handed on in pieces, so that its size is bounded by the disk alone. In a job of several
processes each takes its share of the rows, and all of them the same number of pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import BackproofError
from ..jobs.distribute import Place
from .encode import Encoding
from .reading import Table
from .survey import Split

# Bytes of encoded rows that are held; a piece of a table that is larger has a quarter of it.
HELD = 1 << 28

Piece = tuple[Any, Any]  # inputs (float32, rows x width) and answers


class Rows:
    """The encoded rows of a table. Raises CellError for a cell that can't be used."""

    def __init__(
        self, table: Table, encoding: Encoding, split: Split, place: Place | None = None
    ) -> None:
        self.columns = [*encoding.names, encoding.target.name]
        table.check(self.columns)
        self.table, self.encoding, self.split = table, encoding, split
        self.place = place or Place()
        self.held: dict[bool, Piece] = {}
        self.counts: dict[bool, int] = {}  # of all processes together

    def training(self) -> Iterator[Piece]:
        """The rows to learn from, in a few large pieces."""
        return self._pieces(False)

    def validation(self) -> Iterator[Piece]:
        """The rows kept apart; there may be none."""
        return self._pieces(True)

    def _pieces(self, apart: bool) -> Iterator[Piece]:
        if not self.counts:
            self._look()
        share = self.place.share(self.counts[apart])
        if self.held:
            inputs, answers = self.held[apart]
            if share.start < share.stop:
                yield inputs[share], answers[share]
            return
        most = max(1, HELD // 4 // (4 * self.encoding.width))
        pieces = max(1, round(self.counts[apart] / self.place.count / most))
        yield from _cut(self._stream(apart), share, pieces)

    def _look(self) -> None:
        """Count the rows, and hold them if they are few."""
        read: dict[bool, list[Piece]] = {False: [], True: []}
        counts = {False: 0, True: 0}
        size = 0
        for batch in self.table.batches(self.columns):
            kept_apart = self.split.held_out(batch.start, batch.rows)
            counts[True] += int(kept_apart.sum())
            counts[False] += batch.rows - int(kept_apart.sum())
            if size > HELD:
                read = {False: [], True: []}
                continue
            piece = self._encoded(batch)
            size += sum(array.nbytes for array in piece)
            for apart, pieces in read.items():
                pieces.append(_some(piece, kept_apart == apart))
        if not counts[False]:
            raise BackproofError("there are no rows", hint="add some", file=str(self.table))
        self.counts = counts
        if size <= HELD:
            self.held = {apart: _joined(pieces) for apart, pieces in read.items()}

    def _stream(self, apart: bool) -> Iterator[Piece]:
        for batch in self.table.batches(self.columns):
            kept = self.split.held_out(batch.start, batch.rows) == apart
            yield _some(self._encoded(batch), kept)

    def _encoded(self, batch: Any) -> Piece:
        file = str(self.table)
        return self.encoding.inputs(batch, file), self.encoding.answers(batch, file)


def _some(piece: Piece, which: Any) -> Piece:
    return piece[0][which], piece[1][which]


def _joined(pieces: list[Piece]) -> Piece:
    import numpy as np

    return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])


def _cut(stream: Iterator[Piece], share: slice, pieces: int) -> Iterator[Piece]:
    """The rows of the share, of all that the stream brings, in pieces of one size (but for one
    row)."""
    length = share.stop - share.start
    ends = [share.start + length * (i + 1) // pieces for i in range(pieces)]
    waiting: list[Piece] = []
    at = 0
    for inputs, answers in stream:
        start, at = at, at + len(inputs)
        mine = slice(max(share.start - start, 0), max(share.stop - start, 0))
        waiting.append((inputs[mine], answers[mine]))
        while ends and at >= ends[0]:
            behind = min(at, share.stop) - ends.pop(0)
            whole = _joined(waiting)
            size = len(whole[0]) - behind
            waiting = [(whole[0][size:], whole[1][size:])]
            if size:
                yield whole[0][:size], whole[1][:size]
