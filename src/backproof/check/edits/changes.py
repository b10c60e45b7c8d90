r"""Edits of a tree as edits of the text it was read from.

A part of the tree that did not change keeps the text it had. Spans end before a closing brace that
belongs to the part (`x_{i}`), so each one is first grown until its text reads to the part again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from ...errors import Span
from ...notation.lexer import Style
from ...notation.reader import read_rows
from ...notation.symbols import WORDS
from ...notation.syntax import (
    Big,
    Derivative,
    Fenced,
    Fraction,
    Matrix,
    Product,
    Relation,
    Root,
    Sum,
    Tree,
)
from ..unparse import unparse
from .trees import NOWHERE, Path, at, key, put

if TYPE_CHECKING:
    from .context import Candidate, Change, Context, Spot

_CLOSED = (Fenced, Fraction, Root, Matrix, Relation)
_COMMAND_END = re.compile(r"\\[A-Za-z]+$")
_LETTERS_END = re.compile(r"[A-Za-z]+$")
_LETTERS = re.compile(r"[A-Za-z]+")


def changes(candidate: Candidate) -> tuple[Change, ...]:
    """The smallest changes of the note's text that make the candidate, or none if there are none.

    What comes out has been tried: with the changes made, each side reads to the candidate's.
    """
    context = candidate.context
    if not context.text:
        return ()
    source = Source(context)
    out: list[Change] = []
    for left, old, new in ((True, candidate.origin[0], candidate.left),
                           (False, candidate.origin[1], candidate.right)):  # fmt: skip
        if key(old) == key(new):
            continue
        spots = [spot for spot in candidate.spots if spot.left is left]
        found = source.changed(old, new, spots) or source.changed(old, new, [])
        if not found:
            return ()
        out += found
    return tuple(out)


class Source:
    """The text of a note, and which of its stretches are which parts of a tree."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.text = context.text
        self.starts = [0, *(m.end() for m in re.finditer("\n", context.text))]
        self.ranges: dict[Any, tuple[int, int] | None] = {}

    def kept(self, tree: Tree) -> str | None:
        """The text that a part has in the note, if it stands there as it is."""
        found = self.range(tree)
        return None if found is None else self.text[found[0] : found[1]]

    def range(self, tree: Tree) -> tuple[int, int] | None:
        """From where to where a part goes."""
        if tree.span == NOWHERE:
            return None
        mark = tree.span, key(tree)
        if mark not in self.ranges:
            self.ranges[mark] = self._range(tree)
        return self.ranges[mark]

    def _range(self, tree: Tree) -> tuple[int, int] | None:
        span = tree.span
        if not 0 < span.line <= len(self.starts) or not 0 < span.end_line <= len(self.starts):
            return None
        start = self.starts[span.line - 1] + span.column - 1
        end = self.starts[span.end_line - 1] + span.end_column - 1
        start, end = _balanced(self.text, start, end)
        return (start, end) if self.reads(self.text[start:end], tree) else None

    def reads(self, text: str, tree: Tree) -> bool:
        """Whether a text reads to this tree."""
        styles: tuple[Style, ...] = ("latex",) if self.context.latex else ("ascii", "mixed")
        return any(key(read(text, style)) == key(tree) for style in styles)

    def span(self, start: int, end: int) -> Span:
        first, last = (bisect_right(self.starts, i) for i in (start, end))
        return Span(
            first, start - self.starts[first - 1] + 1, last, end - self.starts[last - 1] + 1
        )

    def changed(self, old: Tree, new: Tree, spots: list[Spot]) -> list[Change]:
        """The changes of one side, tried out; of the whole of it when no spots are given."""
        from .context import Change

        whole = self.range(old)
        if whole is None:
            return []
        places = [_widened(old, spot.path, spot.new) for spot in spots] or [((), new)]
        pieces: list[tuple[int, int, str]] = []
        for path, piece in places:
            found = self.range(at(old, path))
            if found is None:
                return []
            written = unparse(
                piece, self.context.style, transpose=self.context.transpose, keep=self.kept
            )
            pieces.append((*found, self.fitted(*found, written)))
        text, end = "", whole[0]
        for start, stop, written in sorted(pieces):
            text += self.text[end:start] + written
            end = stop
        text += self.text[end : whole[1]]
        if not self.reads(text, new):
            return []
        return [Change(self.span(start, end), written) for start, end, written in sorted(pieces)]

    def fitted(self, start: int, end: int, text: str) -> str:
        """The text with spaces or braces where it would run into what stands beside it."""
        before, after = self.text[max(0, start - 40) : start], self.text[end : end + 40]
        alone = re.fullmatch(r"\\[A-Za-z]+|.", text, re.DOTALL)
        if self.context.latex and not alone and re.search(r"[_^]\s*$", before):
            return f"{{{text}}}"
        if _glued(before, text, self.context.latex):
            text = f" {text}"
        return f"{text} " if _glued(text, after, self.context.latex) else text


def read(text: str, style: Style) -> Tree | None:
    """The tree of one formula, or None for what is not one formula."""

    def place(start: int, end: int) -> Span:
        return NOWHERE

    found, errors = read_rows(text, display=True, place=place, style=style)
    return found[0].tree if len(found) == 1 and not errors else None


def _glued(one: str, two: str, latex: bool) -> bool:
    """Whether two texts would make something else when they stand side by side."""
    if not one or not two:
        return False
    if one[-1].isdigit() and two[0].isdigit():
        return True
    if not two[0].isalpha() or not (one[-1].isalpha() or (not latex and one[-1].isalnum())):
        return not latex and one[-1].isalpha() and two[0].isalnum()
    head, tail = _LETTERS_END.search(one), _LETTERS.match(two)
    if _COMMAND_END.search(one) or not latex or head is None or tail is None:
        return True
    run = head[0] + tail[0]
    return len(run) > 2 or run in WORDS


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch, with the braces that were left outside of it."""
    depth = lowest = 0
    for m in re.finditer(r"\\.|[{}]", text[start:end], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(m[0], 0)
        lowest = min(lowest, depth)
    for _ in range(depth - lowest):
        closing = re.compile(r"\s*\}").match(text, end)
        if closing is None:
            break
        end = closing.end()
    for _ in range(-lowest):
        opening = re.search(r"\{\s*$", text[:start])
        if opening is None:
            break
        start = opening.start()
    return start, end


def _widened(side: Tree, path: Path, new: Tree) -> tuple[Path, Tree]:
    """The part and its new form, taken so wide that no bracket has to be put around it."""
    while path and not isinstance(at(side, path[:-1]), _CLOSED):
        old = at(side, path)
        if _hold(old) == _hold(new):
            break
        path, new = path[:-1], put(at(side, path[:-1]), path[-1:], new)
    return path, new


def _hold(tree: Tree) -> Any:
    """How tightly a tree holds together; names and brackets alike."""
    loose = isinstance(tree, Sum | Product | Big | Derivative | Fraction)
    return (type(tree), isinstance(tree, Sum) and len(tree.terms) == 1) if loose else "atom"
