"""The chapters of a note that say by themselves what their letters mean.

A book on convolutions and on perceptrons uses the same letters for both. Where a chapter has the
formulas for all that a line is about, a reader of that line needs no other chapter, and what the
letters mean there is no concern of hers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..notation.document import Document
from ..notation.syntax import Statement
from .items import Environment, Item
from .scope import Scope, bases
from .sections import ranks, section
from .terms import Differential, has, is_loss

#: Where an equation stands, and which one of those that stand there it is.
Spot = tuple[int, int, int, int, int]
#: A chapter has so many displayed formulas at least.
_LEAST = 2


def chapters(note: Document) -> list[Document]:
    """The parts between the highest headings that there are several of; each with all of the
    note's text, blank outside of it, so that its lines have the same places."""
    found = ranks(note.text)
    for rank in sorted({rank for _, rank in found}):
        starts = [line for line, other in found if other <= rank]
        parts: dict[int, list[Statement]] = {}
        for statement in note.statements:
            parts.setdefault(section(statement.span.line, starts), []).append(statement)
        large = {k: own for k, own in parts.items() if sum(s.display for s in own) >= _LEAST}
        if len(large) > 1:
            ends = [1, *starts, note.text.count("\n") + 2]
            return [
                replace(
                    note, text=_only(note.text, ends[k], ends[k + 1]), unread=[], broken=[],
                    statements=own,
                )
                for k, own in large.items()
            ]  # fmt: skip
    return []


def _only(text: str, start: int, end: int) -> str:
    """A text with nothing but blanks before line `start` and from line `end` on."""
    lines = text.split("\n")
    kept = (x if start <= at < end else " " * len(x) for at, x in enumerate(lines, 1))
    return "\n".join(kept)


def spots(items: Iterable[Item]) -> Iterator[tuple[Spot, Item]]:
    """Equations with what tells one from all others in any part of the note."""
    met: dict[tuple[int, int, int, int], int] = {}
    for item in items:
        span = item.equation.span
        place = span.line, span.column, span.end_line, span.end_column
        met[place] = met.get(place, -1) + 1
        yield (*place, met[place]), item


@dataclass(frozen=True, slots=True)
class Borrowed:
    """The names behind a line that have a formula only in the chapters before its own: quantities,
    which may be any there, and losses, for those lines that hold for any loss."""

    names: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.losses)


def borrowed(own: Scope, item: Item, whole: Environment, at: int) -> Borrowed | None:
    """What the line of a chapter, equation number `at` of the note, takes from other chapters; None
    if it makes no sense without, as `dW` without a loss or `g(z)` without its function."""
    if item.left is None or item.right is None:
        return None
    sides = item.left, item.right
    given = {
        base for base, ds in whole.scope.definitions.items() if any(d.at <= at for d in ds)
    } - set(own.definitions)  # fmt: skip
    losses = set(filter(is_loss, given))
    if losses and has(sides, Differential) and not any(map(is_loss, own.definitions)):
        return None
    behind = own.behind(bases(sides))
    marks = whole.survey.adjoints.keys() - own.survey.adjoints.keys()
    if any(base.rpartition(" ")[0] in marks for base in behind):
        return None  # `\bar{x}`, where another chapter says what a bar is
    found = behind & given
    if found & whole.survey.functions:
        return None
    return Borrowed(frozenset(found - losses), frozenset(found & losses))
