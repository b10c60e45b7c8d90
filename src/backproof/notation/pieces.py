"""The readable stretches of a file, and where each of their characters stands in it.

Markdown, LaTeX and plain text are one piece that is the file itself. A notebook has one piece for
each cell of text, an HTML page one for each stretch of text and each script with maths in it; what
such a container writes for a character (`\\\\n`, `&amp;`) is undone in the piece, and done again by
`encode` before a repaired formula goes back into the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import Span

#: How the formulas of a piece are found; `display` and `inline` are a formula and nothing else.
Role = Literal["markdown", "latex", "text", "rst", "html", "display", "inline"]


def as_it_is(text: str, raw: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Piece:
    """`text`, as a reader sees it, stands in the file from `start` to `end`.

    `starts` and `ends` give the place of each character in the file; without them the text is the
    file's own. `encode(text, raw)` spells a text as the file would, `raw` being what it replaces.
    `cell` counts the cells of a notebook from 1.
    """

    role: Role
    text: str
    start: int
    end: int
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None
    encode: Callable[[str, str], str] = as_it_is
    cell: int | None = None

    def outer(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the file."""
        if self.starts is None or self.ends is None:
            return self.start + start, self.start + end
        if start < end:
            return self.starts[start], self.ends[end - 1]
        at = self.starts[start] if start < len(self.starts) else self.end
        return at, at

    def inner(self, start: int, end: int) -> str:
        """The text that stands in the file from `start` to `end`."""
        if self.starts is None:
            return self.text[start - self.start : end - self.start]
        return self.text[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


class Places:
    """Offsets in a text, and lines and columns from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span:
        line, last = self.line(start), self.line(end)
        return Span(line, start - self.starts[line - 1] + 1, last, end - self.starts[last - 1] + 1)

    def offsets(self, span: Span) -> tuple[int, int]:
        return (
            self.starts[span.line - 1] + span.column - 1,
            self.starts[span.end_line - 1] + span.end_column - 1,
        )
