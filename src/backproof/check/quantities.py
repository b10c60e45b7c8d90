"""Quantities: looked up where they are used, by their definition or by random numbers.

A derivative gives its variable a direction (a seed), and everything downstream is looked up again.
"""

from __future__ import annotations

from dataclasses import replace

from .arrays import Array, Mismatch, scalar, total
from .deep import far_below
from .numbers import directed, sqrt
from .parts import Parts
from .scope import Match, Place
from .state import FAMILY, STACKS, Value
from .terms import Name, Num, Unclear, names

#: How far down definitions are followed, where what is differentiated by lies below, and where not.
_DEPTH, _FAR = 30, 12


class Quantities(Parts):
    """What names stand for."""

    __slots__ = ()

    def lookup(self, place: Place) -> Value:
        """The value of a quantity, with the directions that it has been given."""
        # `c_t` owes to `c_k` what the steps between them pass on, all else held
        if any(s.shallow and s.place.base != place.base for s in self.seeds):
            kept = self.seeds
            self.seeds = [s for s in kept if not s.shallow]
            try:
                return self.lookup(place)
            finally:
                self.seeds = kept
        key = (place, tuple((s.place, s.tag) for s in self.seeds))
        if key in self.cache:
            for seed in self.seeds:
                # a cached value was made while the same seeds stood: it may have met them
                seed.reached = seed.reached or self.reach.get((place, seed.tag), False)
            return self.cache[key]
        if key in self.open:
            raise Unclear("circular", (("name", place.base),), self.ring(key))
        if self.cuts or len(self.open) > _FAR:
            value = self.out_of_sight(place)
            if value is not None:
                return value
        if len(self.open) > _DEPTH:
            raise Unclear("too deep")
        self.open[key] = None
        try:
            value = self.found(place)
        finally:
            del self.open[key]
        self.cache[key] = value
        return value

    def out_of_sight(self, place: Place) -> Value | None:
        """The value of what is too far below to be followed, any that it may have; None if it is
        to be followed. Raises Unclear if it had a value that hangs on what is now varied."""
        whole = place.whole
        if not far_below(self.scope, place, self.seeds):
            if whole in self.cuts:
                raise Unclear("too deep")
            return None
        if (place, ()) in self.cache:
            return self.cache[place, ()]
        if whole not in self.cuts:
            match = self.matching(place)
            if len(self.open) <= _FAR or match is None or isinstance(match.definition.body, Name):
                return None
            if self.stack(place, match) is not None:
                return None
            if any(known.whole == whole for known, _ in (*self.open, *self.cache)):
                return None  # its own value has been met
            self.cuts[whole] = self.free_value(whole)
        return self.pick(self.sampled(self.cuts[whole], place.sample), place.entries)

    def ring(self, key: tuple[Place, tuple[tuple[Place, int], ...]]) -> frozenset[int]:
        """The equations through which a quantity needs itself."""
        opened = [*self.open]
        matches = (self.matching(place) for place, _ in opened[opened.index(key) :])
        return frozenset(match.definition.at for match in matches if match is not None)

    def found(self, place: Place) -> Value:
        before = [seed.reached for seed in self.seeds]
        for seed in self.seeds:
            seed.reached = False
        value = self.seeded(place, self.unseeded(place))
        for seed, was in zip(self.seeds, before, strict=True):
            self.reach[place, seed.tag] = seed.reached
            seed.reached = seed.reached or was
        return value

    def unseeded(self, place: Place) -> Value:
        """The value of a quantity by its definition, or a free one's."""
        match = self.matching(place)
        stack = self.stack(place, match)
        if stack is not None:
            return self.pick(self.sampled(self.stacks(stack, place), place.sample), place.entries)
        return self.formula(place, match)

    def formula(self, place: Place, match: Match | None) -> Value:
        """The value of a quantity by its own definition, or a free one's."""
        if match is not None:
            if len(match.entries) == len(place.entries):
                letters = dict(zip(match.entries, place.entries, strict=True))
                return self.defined(match, letters, place)
            if match.entries:
                return self.built(match, place)
            whole = self.lookup(replace(place, entries=()))
            return self.pick(whole, place.entries)
        if self.scope.survey.only_squared(place.base):
            square = Place(f"{place.base}^2", place.upper, place.lower, place.entries, place.sample)
            return self.settled(self.lookup(self.surrounded(square))).map(sqrt)
        if place.entries or place.sample:
            whole = self.lookup(place.whole)
            return self.pick(self.sampled(whole, place.sample), place.entries)
        outermost = self.outermost(place)
        return self.free_value(place) if outermost is None else self.lookup(outermost)

    def stacks(self, stack: Place, place: Place) -> Value:
        """The value of a quantity that stands in for another one: with what is differentiated by
        all samples, each of them has its own formula first."""
        match = self.matching(stack)
        given = match is not None and any(seed.place.whole == place for seed in self.seeds)
        if not given or stack.base.lower() != stack.base:
            return self.lookup(stack)
        value = self.formula(stack, match)
        for key in [key for key in self.cache if key[0].base == stack.base]:
            del self.cache[key]  # it has no direction yet
        return value

    def outermost(self, place: Place) -> Place | None:
        """The quantity of the last layer, where each layer has one and none is named: the a of
        `C = (y - a)^2 / 2`, of `dC/da`."""
        given = self.scope.definitions.get(place.base, ())
        definitions = [d for d in given if d.at not in self.scope.barred]
        if place.upper or place.lower or "L" not in self.scope.survey.last or not definitions:
            return None
        family = {*self.scope.survey.family_letters, "L"}
        if any([i.letter in family for i in d.name.upper] != [True] for d in definitions):
            return None
        last = replace(place, upper=(self.constants.get("L", FAMILY),))
        return last if self.matching(last.whole) is not None else None

    def stack(self, place: Place, match: Match | None) -> Place | None:
        """The quantity in capitals that has this one as the part of one sample, or is made of it:
        `X` of `x^{(i)}`."""
        marks, _, stem = place.base.rpartition(" ")
        letter, _, label = stem.partition(":")
        survey = self.scope.survey
        if letter in STACKS:
            if place.sample or place.entries or match is not None or letter in survey.counts:
                return None
            # what has no formula of its own is taken from its samples
            parts = replace(place.whole, base=_named(marks, letter.lower(), label))
            return parts if self.matching(parts) is not None else None
        one = self.reading.samples == 1
        if bool(place.sample) == one or (place.entries and not place.sample):
            return None  # with one sample, x and X are the same
        base = _named(marks, letter.upper(), label)
        if letter.upper() not in STACKS or base not in survey.bases:
            return None
        if letter.upper() in survey.counts | survey.last | survey.square:
            return None
        whole = replace(place.whole, base=base)
        if any(opened == whole for opened, _ in self.open):
            return None
        if any(s.place.whole == whole for s in self.seeds) or match is None:
            return whole
        return whole if not match.sample and self.matching(whole) is not None else None

    def defined(self, match: Match, letters: dict[str, int], place: Place) -> Value:
        """A definition's body, with its letters bound."""
        if match.sample and not place.sample and self.reading.samples > 1:
            parts = [
                self.lookup(replace(place, sample=s)) for s in range(1, self.reading.samples + 1)
            ]
            return self.stacked([self.settled(p) for p in parts])
        if match.definition.body == Num("0"):
            # `h_0 = 0`: as many zeros as there are entries
            rows, columns = self.shape(place) if not place.entries else (1, 1)
            return Array(rows, columns, [self.number("0")] * (rows * columns))
        bound = {**match.letters, **letters}
        if match.sample:
            bound[match.sample] = place.sample or 1
        saved = self.letters, self.bound, self.ambient
        self.ambient = {**self.ambient, **dict(place.around)}
        self.letters, self.bound = bound, {}
        try:
            value = self.value(match.definition.body)
        finally:
            self.letters, self.bound, self.ambient = saved
        if place.sample and not match.sample:
            value = self.sampled(value, place.sample)
        if self.scope.survey.is_loss(place.base) and not match.sample and isinstance(value, Array):
            value = scalar(total(value))
        return value

    def stacked(self, parts: list[Array]) -> Array:
        """The samples side by side."""
        if all(p.scalar for p in parts):
            entries = [p.entries[0] for p in parts]
            return (
                Array(len(parts), 1, entries)
                if self.reading.rows
                else Array(1, len(parts), entries)
            )
        if self.reading.upright:
            self.asked.add("upright")
            parts = [p.transposed() for p in parts]
        if self.reading.rows and all(p.rows == 1 for p in parts):
            return Array(len(parts), parts[0].columns, [x for p in parts for x in p.entries])
        if not self.reading.rows and all(p.columns == 1 for p in parts):
            turned = [x for i in range(parts[0].rows) for x in (p.at(i, 0) for p in parts)]
            return Array(parts[0].rows, len(parts), turned)
        raise Mismatch

    def built(self, match: Match, place: Place) -> Array:
        """A whole array from the definition of its entries."""
        size = self.reading.size
        rows, columns = self.known(place) or (size, size)
        if len(match.entries) == 1:
            many = max(rows, columns) if place.sample or not match.sample else size
            if match.sample and not place.sample:
                many = columns if self.reading.rows else rows
            at = [(i,) for i in range(1, many + 1)]
        elif len(match.entries) == 2:
            at = [(i, j) for i in range(1, rows + 1) for j in range(1, columns + 1)]
        else:
            raise Unclear("undecided")
        parts = [self.settled(self.lookup(replace(place, entries=e))) for e in at]
        if len(match.entries) == 2:
            if not all(p.scalar for p in parts):
                raise Mismatch
            return Array(rows, columns, [p.entries[0] for p in parts])
        # each part is a number, or has one for each sample
        if self.reading.rows and not (all(p.scalar for p in parts) and _along_rows(match)):
            return joined([p.transposed() for p in parts]).transposed()
        return joined(parts)

    def seeded(self, place: Place, value: Value) -> Value:
        """The value with the directions of the derivatives that are being taken by it, or by an
        array that it is a part of, or by a part of it."""
        for seed in self.seeds:
            if seed.place.whole != place.whole:
                continue
            if not isinstance(value, Array):
                raise Unclear("undecided")
            try:
                chosen = self.cells(seed.place, seed.shape)
                own = self.cells(place, seed.shape)
            except Mismatch:
                continue
            if len(own) != len(value.entries):
                continue
            if not set(own) & set(chosen):
                seed.beside = True
                continue
            seed.reached = True
            entries = [
                directed(x, seed.tag, self.direction(len(chosen), chosen.index(cell)))
                if cell in chosen else x
                for x, cell in zip(value.entries, own, strict=True)
            ]  # fmt: skip
            value = Array(value.rows, value.columns, entries)
        return value

    def cells(self, place: Place, shape: tuple[int, int]) -> list[int]:
        """Which entries of the whole array a place has."""
        cells = list(range(shape[0] * shape[1]))
        whole = Array(*shape, list(map(float, cells)))
        return [int(x) for x in self.pick(self.sampled(whole, place.sample), place.entries).entries]


def _named(marks: str, letter: str, label: str) -> str:
    """The base of a name from its parts."""
    return (f"{marks} " if marks else "") + letter + (f":{label}" if label else "")


def joined(parts: list[Array]) -> Array:
    """Rows below each other. Raises Mismatch."""
    if any(p.rows != 1 or p.columns != parts[0].columns for p in parts):
        raise Mismatch
    return Array(len(parts), parts[0].columns, [x for p in parts for x in p.entries])


def _along_rows(match: Match) -> bool:
    """Whether the entries of a vector go with the rows of matrices: `r_i = \\sum_j A_{ij}`."""
    pairs = [
        tuple(i.letter for i in name.lower)
        for name in names(match.definition.body)
        if len(name.lower) == 2
    ]
    letter = match.entries[0]
    return any(p[0] == letter for p in pairs) and not any(p[1] == letter for p in pairs)
