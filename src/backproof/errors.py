"""Errors that teach: where it happened, what is wrong, what to try."""

from __future__ import annotations

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
            lines += _excerpt(self.source, self.span)
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class NoteError(BackproofError):
    """The text cannot be read: an unbalanced brace, an unknown command, a binary file."""


class ModelError(BackproofError):
    """The text can be read, but it does not describe a network: no loss, two losses, a cycle."""


class ShapeError(ModelError):
    """Shapes that do not fit together; the message shows them."""


class RefusedError(BackproofError):
    """Something that is understood and not supported, by name."""


def _excerpt(source: str, span: Span, width: int = 74) -> list[str]:
    """The source line, cut around the caret so that it stays readable at 80 columns."""
    column = min(span.column, len(source) + 1)
    start = max(0, column - 1 - width // 2) if len(source) > width else 0
    piece = source[start : start + width].replace("\t", " ")
    end = span.end_column if span.end_line == span.line else len(source) + 1
    marks = max(1, min(end, start + len(piece) + 1) - column)
    lead = "".join("  " if ord(c) > 0x1100 else " " for c in piece[: column - 1 - start])
    return [f"    {piece}", f"    {lead}{'^' * marks}"]
