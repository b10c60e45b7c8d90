"""Tokens, and the faults found among them."""

from __future__ import annotations

from ..errors import NoteError, Span

#: Tokens that end an operand: a bar behind one of these closes, a sign behind one is binary.
OPERAND_END = frozenset("SYMBOL NUMBER RB CLOSE SUPER PRIME ELL QUEST TEXT END".split())
OPERAND_START = frozenset(("SYMBOL NUMBER LB OPEN BEGIN FRAC SQRT ROOT MARK BIG ELL QUEST").split())


class Malformed(NoteError):
    r"""Broken, rather than not understood: an open brace, a `\left` without its `\right`."""


_NOWHERE = Span(1, 1, 1, 1)


class Token:
    """A token with its offsets in the formula; the class attributes are what lark asks for."""

    __slots__ = ("end", "marks", "span", "start", "type", "value", "written")
    start_pos = end_pos = line = column = end_line = end_column = 0

    def __init__(
        self,
        type: str,
        value: str,
        start: int,
        end: int,
        written: str = "",
        *,
        marks: tuple[str, ...] = (),
    ) -> None:
        self.type = type
        self.value = value
        self.start = start
        self.end = end
        self.written = written or value
        self.marks = marks
        self.span: Span = _NOWHERE

    def accented(self, mark: str, written: str) -> None:
        """Take in an accent that stands behind the letter."""
        self.marks += (mark,)
        self.written += written
        self.end += len(written)

    def fault(self, what: str, hint: str, *, broken: bool = True) -> Trouble:
        return Trouble(what, self.start, self.end, hint, broken)

    def __repr__(self) -> str:
        return f"{self.type}({self.value})"


class Trouble(Exception):
    """A fault at an offset; the reader turns it into a NoteError with a place."""

    def __init__(
        self, what: str, start: int, end: int, hint: str = "", broken: bool = False
    ) -> None:
        super().__init__(what)
        self.what = what
        self.start = start
        self.end = end
        self.hint = hint
        self.broken = broken
        self.row = 0  # where the row starts that has the fault

    def error(self, span: Span) -> NoteError:
        return (Malformed if self.broken else NoteError)(self.what, hint=self.hint, span=span)
