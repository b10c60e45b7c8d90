"""Numbers for notes that add indices up (`y_i = sum_k w_k x_{i+k}`): every entry is a number of its
own, and what lies outside its range is zero."""

from __future__ import annotations

from dataclasses import replace

from .arrays import Array, Mismatch, scalar
from .interpret import World
from .numbers import Dual
from .scope import Match, Place
from .state import Value
from .terms import Name, Sum, Unclear


class Sequences(World):
    """All numbers of one point, entry by entry."""

    __slots__ = ()

    def count(self, name: Name) -> int | None:
        """How many things a symbol such as n or K counts."""
        return None if name.indices else self.scope.survey.ranges.lengths.get(name.base)

    def written(self, term: Name) -> Place:
        """Every lower index that counts no layers picks an entry."""
        survey = self.scope.survey
        lower: list[int] = []
        entries: list[int] = []
        for index in term.lower:
            layer = index.letter and survey.is_family(term.base, index.letter, True, first=False)
            (lower if layer else entries).append(self.index(index))
        upper = tuple(self.index(i) for i in term.upper)
        return Place(term.base, upper, tuple(lower), tuple(entries))

    def unseeded(self, place: Place) -> Value:
        if self.outside(place):
            return scalar(self.number("0"))
        if place.entries and self.matching(place) is None:
            return self.free_value(place)
        return super().unseeded(place)

    def outside(self, place: Place) -> bool:
        """Whether an entry lies beyond the ends of its sequence."""
        spans = self.spans(place) if place.entries else []
        return len(spans) == len(place.entries) and any(
            not low <= at <= high for at, (low, high) in zip(place.entries, spans, strict=True)
        )

    def misses(self, place: Place) -> bool:
        return not self.outside(place)

    def spans(self, place: Place) -> list[tuple[int, int]]:
        """The ranges of the indices of a quantity."""
        found = self.scope.survey.ranges
        if place.base in found.members:
            return [found.members[place.base]]
        match = self.matching(place)
        letters = match.entries if match is not None else ()
        known = all(x in found.letters for x in letters)
        return [found.letters[x] for x in letters] if known else []

    def built(self, match: Match, place: Place) -> Array:
        """All entries of what is defined entry by entry, in one row."""
        spans = self.spans(place)
        if len(spans) != len(match.entries):
            raise Unclear("undecided")
        places = [place]
        for low, high in spans:
            places = [
                replace(p, entries=(*p.entries, at)) for p in places for at in range(low, high + 1)
            ]
        entries = [self.settled(self.lookup(p)) for p in places]
        if not all(e.scalar for e in entries):
            raise Mismatch
        return Array(1, len(entries), [e.entries[0] for e in entries])

    def seeded(self, place: Place, value: Value) -> Value:
        for seed in self.seeds:
            if seed.place == place:
                seed.reached = True
                array = self.settled(value)
                size = len(array.entries)
                entries = [
                    Dual(seed.tag, x, self.direction(size, k)) for k, x in enumerate(array.entries)
                ]
                value = Array(array.rows, array.columns, entries)
        return value

    def position(self, array: Array, entries: tuple[int, ...]) -> int:
        first = self.scope.survey.ranges.first
        return super().position(array, tuple(at - first + 1 for at in entries))

    def pick(self, value: Value, entries: tuple[int, ...]) -> Array:
        array = self.settled(value)
        return scalar(array.entries[self.position(array, entries)]) if entries else array

    def range_of(self, term: Sum, letter: str) -> range:
        known = self.scope.survey.ranges.letters.get(letter)
        if known is None and (term.lower is None or term.upper is None):
            raise Unclear("undecided")
        low, high = known or (0, 0)
        low = self.whole_number(term.lower) if term.lower is not None else low
        high = self.whole_number(term.upper) if term.upper is not None else high
        return range(low, high + 1)

    def shape(self, place: Place) -> tuple[int, int]:
        return 1, 1
