"""Changes that can be taken back, and choices that can be taken again.

Lecture notes leave shapes open that only a later line settles. Each time a reading has to be
preferred over another, `Search.choose` records it; when the shapes stop fitting, the note is read
again with one choice changed, the fewest changes first. What was read before that choice stays.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
_ABSENT = object()


class Trail:
    """A log of changes to dictionaries, to go back to any earlier moment."""

    def __init__(self) -> None:
        self._log: list[tuple[dict[Any, Any], Any, Any]] = []

    def put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """`table[key] = value`, remembered."""
        self._log.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    @property
    def mark(self) -> int:
        return len(self._log)

    def back_to(self, mark: int) -> None:
        log = self._log
        while len(log) > mark:
            table, key, old = log.pop()
            if old is _ABSENT:
                del table[key]
            else:
                table[key] = old


#: Only so many of the latest choices are taken again after a failure.
WINDOW = 100


@dataclass(slots=True)
class Search:
    """The choices of one reading: `taken[i]` of `offered[i]` alternatives.

    `forced` prescribes some of them; the rest take their first alternative.
    """

    forced: dict[int, int] = field(default_factory=dict[int, int])
    taken: list[int] = field(default_factory=list[int])
    offered: list[int] = field(default_factory=list[int])
    _queue: list[tuple[int, int, dict[int, int]]] = field(
        default_factory=list[tuple[int, int, dict[int, int]]]
    )
    _count: int = 0

    def choose(self, options: Sequence[T]) -> T:
        """One of the options; the first one unless an earlier reading failed with it."""
        if len(options) == 1:
            return options[0]
        pick = min(self.forced.get(len(self.taken), 0), len(options) - 1)
        self.taken.append(pick)
        self.offered.append(len(options))
        return options[pick]

    def failed(self) -> None:
        """Queue the readings that differ from this one in one more choice, the latest first."""
        first = max(self.forced, default=-1) + 1
        for at in range(len(self.taken) - 1, max(first, len(self.taken) - WINDOW) - 1, -1):
            for other in range(1, self.offered[at]):
                self._count += 1
                path = {**self.forced, at: other}
                heapq.heappush(self._queue, (len(path), self._count, path))

    def next(self) -> int:
        """Prescribe the next reading; how many choices it shares with the present one, or -1."""
        if not self._queue:
            return -1
        _, _, path = heapq.heappop(self._queue)
        changed = [
            at for at in {**self.forced, **path} if self.forced.get(at, 0) != path.get(at, 0)
        ]
        self.forced = path
        return min(*changed, len(self.taken))

    def rewind(self, length: int) -> None:
        """Forget the choices behind the first `length` ones."""
        del self.taken[length:]
        del self.offered[length:]
