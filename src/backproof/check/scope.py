"""The definitions of a note, and which of them a quantity with given indices has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .facts import Survey
from .terms import Name, Term, bases_under, free_letters, names

#: The base of a name, small, and the numbers above it.
Layer = tuple[str, tuple[int, ...]]
Borrows = tuple[frozenset[str], frozenset[tuple[str, frozenset[str]]]]


@dataclass(frozen=True, slots=True)
class Definition:
    """`name = body`, or `name(parameters) = body`, as equation number `at` of the note; `needs` are
    the bases of all names in the body."""

    name: Name
    body: Term
    at: int
    parameters: tuple[str, ...] = ()
    needs: frozenset[str] = field(init=False, compare=False, repr=False)
    _borrows: Borrows | None = field(default=None, init=False, compare=False, repr=False)
    #: The upper indices, where all of them are numbers: `a^{[2]}` says nothing about another layer.
    fixed: tuple[int, ...] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", frozenset(bases(self.body)))
        upper = self.name.upper
        fixed = None if any(i.letter for i in upper) else tuple(i.shift for i in upper)
        object.__setattr__(self, "fixed", fixed)

    @property
    def borrows(self) -> Borrows:
        """The index letters that no sum in the body binds, and its names with those bound there."""
        if self._borrows is None:
            found = frozenset(free_letters(self.body)), bases_under(self.body)
            object.__setattr__(self, "_borrows", found)
            return found
        return self._borrows


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity with its indices worked out: which one of a family, which entries, which sample.

    Entries and samples count from 1; `sample` is 0 when none is meant. `around` are letters that
    its definition uses without having them: `a = W x_t` is another a for each t."""

    base: str
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    entries: tuple[int, ...] = ()
    sample: int = 0
    around: tuple[tuple[str, int], ...] = ()

    @property
    def whole(self) -> Place:
        """The array that the entry stands in."""
        return Place(self.base, self.upper, self.lower, (), 0, self.around)


def bases(term: Any) -> set[str]:
    """The bases of all names in a term."""
    return {name.base for name in names(term)}


@dataclass(slots=True)
class Scope:
    """The definitions that hold at one equation.

    `mentioned` are all names in any of them, `implicit` the index letters that definitions use
    without having them in their names, `sources` what the quantities of a layer are made of;
    `changes` counts those that came and went.
    """

    survey: Survey
    definitions: dict[str, list[Definition]] = field(default_factory=dict[str, list[Definition]])
    at: int = 1 << 30
    barred: frozenset[int] = frozenset()
    mentioned: set[str] = field(default_factory=set[str])
    implicit: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    sources: dict[Layer, frozenset[Layer] | None] = field(
        default_factory=dict[Layer, "frozenset[Layer] | None"]
    )
    changes: int = 0

    def add(self, definition: Definition) -> None:
        """One more definition of the note."""
        self.definitions.setdefault(definition.name.base, []).append(definition)
        self.mentioned |= definition.needs
        self.forget()
        self.changes += 1

    def drop(self, definition: Definition) -> None:
        """One definition less."""
        base = definition.name.base
        kept = [d for d in self.definitions[base] if d is not definition]
        if kept:
            self.definitions[base] = kept
        else:
            del self.definitions[base]
        self.forget()
        self.changes += 1

    def forget(self) -> None:
        """Other definitions: what was known of them is no longer so."""
        self.implicit.clear()
        self.sources.clear()

    @property
    def told(self) -> set[str]:
        """All names in any of the definitions that are seen from here."""
        if not self.barred:
            return self.mentioned
        seen = (d for ds in self.definitions.values() for d in ds if d.at not in self.barred)
        return {base for d in seen for base in d.needs}

    def implied(self, base: str) -> tuple[str, ...]:
        """The index letters that a quantity takes from where it is used."""
        if not self.implicit:
            self.implicit |= dict.fromkeys(self.definitions, ())
            again = True
            while again:
                again = False
                for known, definitions in self.definitions.items():
                    found = {x for d in definitions for x in self._borrowed(d)}
                    if found - set(self.implicit[known]):
                        self.implicit[known] = tuple(sorted(found | set(self.implicit[known])))
                        again = True
        return self.implicit.get(base, ())

    def _borrowed(self, definition: Definition) -> set[str]:
        own = {i.letter for i in definition.name.indices} | {"L", "T"}
        own |= self.survey.last | self.survey.classes
        loose, under = definition.borrows
        found = {x for base, bound in under for x in self.implicit.get(base, ()) if x not in bound}
        return (found | loose) - own - {*definition.parameters}

    @property
    def dangling(self) -> set[str]:
        """All letters that definitions take from where they are used."""
        self.implied("")  # all at once
        return {x for letters in self.implicit.values() for x in letters}

    def seen_from(self, at: int, barred: frozenset[int] = frozenset()) -> Scope:
        """The same definitions, from where equation number `at` stands; `barred` ones left out."""
        return replace(self, at=at, barred=barred)

    def with_body(self, definition: Definition, body: Term) -> Scope:
        """The same with another right side in one definition."""
        base = definition.name.base
        kept = [replace(d, body=body) if d is definition else d for d in self.definitions[base]]
        changed = {**self.definitions, base: kept}
        return replace(self, definitions=changed, implicit={}, sources={})

    def with_more(self, definitions: list[Definition]) -> Scope:
        """The same with definitions that the note only implies."""
        more = Scope(self.survey, dict(self.definitions), self.at, self.barred, self.mentioned)
        for definition in definitions:
            base = definition.name.base
            more.definitions[base] = [*more.definitions.get(base, ()), definition]
            more.mentioned = more.mentioned | definition.needs
        return more

    def behind(
        self, found: set[str], *, parameters: bool = True, ends: frozenset[str] = frozenset()
    ) -> set[str]:
        """Names with all those that their definitions need; without `parameters`, the z of `f(z) =
        z` is no quantity of the note. What `ends` are made of does not count."""
        seen = {*ends}
        stack = list(found)
        while stack:
            base = stack.pop()
            if base in seen:
                continue
            seen.add(base)
            for definition in self.definitions.get(base, ()):
                given = () if parameters else definition.parameters
                stack += definition.needs.difference(given)
        return seen

    def matching(self, place: Place, constants: dict[str, int]) -> Match | None:
        """The definition of a quantity: the most particular one, of those the latest."""
        best: Match | None = None
        for definition in self.definitions.get(place.base, ()):
            if definition.fixed not in (None, place.upper) or definition.at in self.barred:
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
        sample, below = "", False
        upper, lower = list(place.upper), list(place.lower)
        fixed = 0
        for index, is_lower in (
            *((i, False) for i in definition.name.upper),
            *((i, True) for i in definition.name.lower),
        ):
            rest = lower if is_lower else upper
            if index.letter and index.letter in self.survey.samples:
                sample, below = index.letter, self.survey.leads(place.base, is_lower)
            elif (
                index.letter
                and index.letter not in constants
                and not self.survey.is_family(
                    place.base, index.letter, is_lower,
                    not (entries or below) and lower == [*place.lower],
                )
            ):  # fmt: skip
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
        above = definition.at < self.at
        near = (1, definition.at) if above else (0, -definition.at)
        rank = (fixed, by_entry, bool(sample) == bool(place.sample), near[0], near[1])
        return Match(definition, letters, tuple(entries), sample, rank)


@dataclass(frozen=True, slots=True)
class Match:
    """A definition with what its letters stand for; `entries` and `sample` name the letters that
    are still to be bound."""

    definition: Definition
    letters: dict[str, int]
    entries: tuple[str, ...]
    sample: str
    rank: tuple[int, bool, bool, int, int]
