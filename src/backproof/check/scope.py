"""The definitions of a note, and which of them a quantity with given indices has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from .survey import Survey
from .terms import Name, Term


@dataclass(frozen=True, slots=True)
class Definition:
    """`name = body`, or `name(parameters) = body`, as equation number `at` of the note."""

    name: Name
    body: Term
    at: int
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity with its indices worked out: which one of a family, which entries, which sample.

    Entries and samples count from 1; `sample` is 0 when none is meant."""

    base: str
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    entries: tuple[int, ...] = ()
    sample: int = 0

    @property
    def whole(self) -> Place:
        """The array that the entry stands in."""
        return Place(self.base, self.upper, self.lower)


def bases(term: Any) -> set[str]:
    """The bases of all names in a term."""
    if isinstance(term, Name):
        return {term.base}
    found: set[str] = set()
    if isinstance(term, tuple):
        for part in cast("tuple[Any, ...]", term):
            found |= bases(part)
    elif isinstance(term, Term):
        for slot in type(term).__slots__:
            found |= bases(getattr(term, slot))
    return found


@dataclass(slots=True)
class Scope:
    """The definitions that hold at one equation; `mentioned` are all names in any of them."""

    survey: Survey
    definitions: dict[str, list[Definition]] = field(default_factory=dict[str, list[Definition]])
    at: int = 1 << 30
    barred: frozenset[int] = frozenset()
    mentioned: set[str] = field(default_factory=set[str])

    def add(self, definition: Definition) -> None:
        """One more definition of the note."""
        self.definitions.setdefault(definition.name.base, []).append(definition)
        self.mentioned |= bases(definition.body)

    def seen_from(self, at: int, barred: frozenset[int] = frozenset()) -> Scope:
        """The same definitions, from where equation number `at` stands; `barred` ones left out."""
        return Scope(self.survey, self.definitions, at, barred, self.mentioned)

    def with_body(self, definition: Definition, body: Term) -> Scope:
        """The same with another right side in one definition."""
        base = definition.name.base
        kept = [replace(d, body=body) if d is definition else d for d in self.definitions[base]]
        changed = {**self.definitions, base: kept}
        return Scope(self.survey, changed, self.at, self.barred, self.mentioned)

    def with_more(self, definitions: list[Definition]) -> Scope:
        """The same with definitions that the note only implies."""
        more = Scope(self.survey, dict(self.definitions), self.at, self.barred, self.mentioned)
        for definition in definitions:
            base = definition.name.base
            more.definitions[base] = [*more.definitions.get(base, ()), definition]
            more.mentioned = more.mentioned | bases(definition.body)
        return more

    def behind(self, found: set[str]) -> set[str]:
        """Names with all those that their definitions need."""
        seen: set[str] = set()
        stack = list(found)
        while stack:
            base = stack.pop()
            if base in seen:
                continue
            seen.add(base)
            for definition in self.definitions.get(base, ()):
                stack += bases(definition.body)
        return seen

    def matching(self, place: Place, constants: dict[str, int]) -> Match | None:
        """The definition of a quantity: the most particular one, of those the latest."""
        best: Match | None = None
        for definition in self.definitions.get(place.base, ()):
            if definition.at in self.barred:
                continue
            found = self._match(definition, place, constants)
            if found and (best is None or found.rank > best.rank):
                best = found
        return best

    def _match(
        self, definition: Definition, place: Place, constants: dict[str, int]
    ) -> Match | None:
        letters: dict[str, int] = {}
        entries: list[str] = []
        sample = ""
        upper, lower = list(place.upper), list(place.lower)
        fixed = 0
        for index, is_lower in (
            *((i, False) for i in definition.name.upper),
            *((i, True) for i in definition.name.lower),
        ):
            rest = lower if is_lower else upper
            if index.letter and index.letter in self.survey.samples:
                sample = index.letter
            elif (
                index.letter
                and index.letter not in constants
                and not self.survey.is_family(place.base, index.letter, is_lower)
            ):
                entries.append(index.letter)
            else:
                if not rest:
                    return None
                value = rest.pop(0)
                if not index.letter:
                    if index.shift != value:
                        return None
                    fixed += 1
                elif index.letter in constants:
                    if constants[index.letter] + index.shift != value:
                        return None
                    fixed += 1
                elif letters.setdefault(index.letter, value - index.shift) != value - index.shift:
                    return None
        if upper or lower:
            return None
        # `a^l = f(W^l a^{l-1})` says nothing about layer 0
        if any(value < 1 for value in letters.values()):
            return None
        by_entry = len(entries) == len(place.entries)
        if entries and place.entries and not by_entry:
            return None
        # what stands above counts, the nearest first; then what comes below
        near: tuple[int, int] = (
            (1, definition.at) if definition.at < self.at else (0, -definition.at)
        )
        return Match(
            definition, letters, tuple(entries), sample, (fixed, by_entry, near[0], near[1])
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A definition with what its letters stand for; `entries` and `sample` name the letters that
    are still to be bound."""

    definition: Definition
    letters: dict[str, int]
    entries: tuple[str, ...]
    sample: str
    rank: tuple[int, bool, int, int]
