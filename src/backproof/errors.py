"""Errors that teach: where it happened, what is wrong, what to try."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a file: lines and columns count from 1, the end column is the first one after
    it."""

    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.line, self.column, other.end_line, other.end_column)


class BackproofError(Exception):
    """Anything a user can cause and mend.

    `what` says what is wrong in one sentence, `hint` what to try. The place is filled in by whoever
    knows it: `span` in the text, `source` the line it points at, `file` the name of the file.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        span: Span | None = None,
        source: str = "",
        file: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.span = span
        self.source = source
        self.file = file

    def located(self, *, file: str = "", text: str = "") -> BackproofError:
        """Fill in the file's name and the source line where they are still missing."""
        self.file = self.file or file
        if text and self.span and not self.source:
            lines = text.splitlines()
            if 0 < self.span.line <= len(lines):
                self.source = lines[self.span.line - 1]
        return self

    def __str__(self) -> str:
        head = self.what
        if self.span:
            head = f"{self.file or 'line'}:{self.span.line}:{self.span.column}: {self.what}"
        elif self.file:
            head = f"{self.file}: {self.what}"
        lines = [head]
        if self.span and self.source:
            lines += (f"    {line}" for line in excerpt(self.source, self.span))
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class MissingError(BackproofError):
    """Something that is needed for this is not installed: a package, a font."""


class NoteError(BackproofError):
    """The text cannot be read: an unbalanced brace, an unknown command, a binary file."""


class ModelError(BackproofError):
    """The text can be read, but it does not describe a network: no loss, two losses, a cycle."""


class ShapeError(ModelError):
    """Shapes that do not fit together; the message shows them."""


class RefusedError(BackproofError):
    """Something that is understood and not supported, by name."""


def excerpt(source: str, span: Span, width: int = 74) -> tuple[str, str]:
    """The source line, cut around the place so that it takes at most `width` columns, and a line of
    carets to stand below it.

    >>> print(*excerpt("그런데 z = w x 이다", Span(1, 5, 1, 10)), sep="\\n")
    그런데 z = w x 이다
           ^^^^^
    """
    source = source.replace("\t", " ")
    at = min(span.column - 1, len(source))
    start = 0
    if width_of(source) > width:
        start = at
        while start and width_of(source[start - 1 : at]) <= width // 2:
            start -= 1
    end = min(len(source), start + 2 * width)
    while width_of(source[start:end]) > width:
        end -= 1
    last = span.end_column - 1 if span.end_line == span.line else len(source)
    marks = max(1, width_of(source[at : min(last, end)]))
    return source[start:end], " " * width_of(source[start:at]) + "^" * marks


# Characters that may take another number of columns than one: marks, and the wide ones of the East.
_OTHER = re.compile(
    "[\u0300-\u036f\u1100-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2e80-\uffff]"
)


def width_of(text: str) -> int:
    """The columns that a text takes on a screen: Hangul takes two, combining marks none."""
    return len(text) if not _OTHER.search(text) else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
