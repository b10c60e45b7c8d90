"""What is found about each equation of a note, read with all of the note and in its own chapter.

What a note leaves undecided, or says against itself, is read once more with nothing but the chapter
that it stands in. In a book the chapters come first: what holds in its own chapter needs none of
the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..notation.document import Document
from .chapters import Borrowed, Spot, borrowed, chapters, spots
from .checker import Checker
from .claimed import UNLINKED
from .environment import environment
from .items import Environment, Item
from .misread import Told, doubtful, misread
from .verdict import Judgement

#: What a whole note lacks for a line its chapter lacks, too.
_MISSING = (*UNLINKED, "no values")
#: A note with more equations is a book.
_BOOK = 150


def told(note: Document) -> list[Told]:
    """All equations that state something, in order."""
    env = environment(note)
    return _told(note, env, {item.at for item in env.items})


def _told(note: Document, env: Environment, asked: set[int]) -> list[Told]:
    """The same for those claims that are `asked` about, and for all definitions."""
    book = len(env.items) > _BOOK
    alone = _in_chapters(note, env, asked, {}) if book else {}
    checker = Checker(env)
    lines: dict[Spot, Told] = {}
    for spot, item in spots(env.items):
        if item.role == "assignment" or (item.role == "claim" and item.at not in asked):
            continue
        own = alone.get(spot)
        found = (_settled(env, item, own) if own else None) or checker.judge(item)
        found = checker.carried(item, found) or found
        line = lines[spot] = Told(item, found)
        if found.verdict == "wrong" and own is not None and own.line.found.verdict == "wrong":
            line.finding = own.line.finding
        elif found.verdict != "holds":
            line.finding = checker.elsewhere(item, found) or checker.finding(item, found)
    doubted = doubtful(env, lines.values())
    for line in lines.values():
        found = misread(line, doubted, env)
        if found is not None:
            line.found, line.finding = found, checker.finding(line.item, found)
    left = {x.item.at for x in lines.values() if x.found.verdict in ("undecided", "wrong")}
    alone = alone if book else _in_chapters(note, env, left & asked, lines)
    for spot, line in lines.items():
        own = alone.get(spot)
        if own is not None and own.tells_more(line):
            line.found, line.finding = own.line.found, own.line.finding
    return list(lines.values())


@dataclass(slots=True)
class _Alone:
    """What a chapter tells of one of its lines, and what that takes from other chapters."""

    line: Told
    borrowed: Borrowed

    @property
    def counts(self) -> bool:
        """Whether it says anything of the line where it stands: a line that holds for any value of
        what it borrows does, but not one for which something was assumed that others define."""
        if not self.borrowed:
            return True
        found = self.line.found
        return found.verdict == "holds" and not (found.stand is not None and found.stand.assumed)

    def tells_more(self, line: Told) -> bool:
        """Whether it is what counts, after all that the whole note tells of the line: a line is
        wrong only if it fails with the formulas of its own chapter, too, where that has all."""
        verdict, found = self.line.found.verdict, line.found
        if found.verdict == "wrong":
            return verdict == "holds" and not self.borrowed
        if self.line.item.role == "definition" and found.kind == "two meanings":
            return False  # which of them is meant, the note as a whole does not say
        missing = verdict == "wrong" and found.kind in _MISSING
        return found.verdict == "undecided" and not missing


def _settled(env: Environment, item: Item, own: _Alone) -> Judgement | None:
    """The verdict on what needs no other chapter. What a loss is a mean of, only its formula tells;
    what a chapter defines is a meaning of its own."""
    found = own.line.found
    if found.verdict != "holds" or own.borrowed.losses:
        return None
    roles = item.role, own.line.item.role
    if roles == ("again", "definition") and item.definition is not None:
        env.scope.add(item.definition)
        return found
    return found if roles == ("claim", "claim") else None


def _in_chapters(
    note: Document, env: Environment, asked: set[int], known: dict[Spot, Told]
) -> dict[Spot, _Alone]:
    """What chapters tell of the lines that are asked about; that one is wrong only if more of its
    chapter holds than fails, here or by what is `known` already."""
    at = {spot: item.at for spot, item in spots(env.items) if item.at in asked}
    found: dict[Spot, _Alone] = {}
    for chapter in chapters(note) if at else ():
        lines = range(chapter.statements[0].span.line, chapter.statements[-1].span.line + 1)
        if not any(spot[0] in lines for spot in at):
            continue
        own = environment(chapter)
        spot = {item.at: place for place, item in spots(own.items)}
        taken = {
            item.at: names for item in own.items if spot[item.at] in at
            and (names := borrowed(own.scope, item, env, at[spot[item.at]])) is not None
        }  # fmt: skip
        if not taken:
            continue
        own_lines = [x for x in _told(chapter, own, {*taken}) if x.item.at in taken]
        alone = {spot[x.item.at]: _Alone(x, taken[x.item.at]) for x in own_lines}
        told = {x: known[x] for x in spot.values() if x in known and x not in alone}
        told |= {place: x.line for place, x in alone.items() if not x.borrowed}
        verdicts = [x.found.verdict for x in told.values()]
        understood = verdicts.count("holds") > verdicts.count("wrong")
        found |= {
            place: x for place, x in alone.items()
            if x.counts and (understood or x.line.found.verdict != "wrong")
        }  # fmt: skip
    return found
