"""Quantities: looked up where they are used, by their definition or by random numbers.

A derivative gives its variable a direction (a seed), and everything downstream is looked up again.
"""

from __future__ import annotations

import random
from dataclasses import replace

from .arrays import Array, Mismatch, scalar, total
from .functions import along
from .numbers import Dual, Number, sqrt
from .scope import Match, Place
from .state import SIGNED, STACKS, TARGETS, State, Value
from .terms import Index, Name, Num, Term, Unclear, is_loss, names

_DEPTH = 60


class Quantities(State):
    """What names stand for."""

    __slots__ = ()

    def lookup(self, place: Place) -> Value:
        """The value of a quantity, with the directions that it has been given."""
        key = (place, tuple((s.place, s.tag) for s in self.seeds))
        if key in self.cache:
            for seed in self.seeds:
                # a cached value was made while the same seeds stood: it may have met them
                seed.reached = seed.reached or self.reach.get((place, seed.tag), False)
            return self.cache[key]
        if key in self.open or len(self.open) > _DEPTH:
            raise Unclear("circular", (("name", place.base),))
        self.open.add(key)
        try:
            value = self.found(place)
        finally:
            self.open.discard(key)
        self.cache[key] = value
        return value

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
            return self.pick(self.sampled(self.lookup(stack), place.sample), place.entries)
        if match is not None:
            if len(match.entries) == len(place.entries):
                letters = dict(zip(match.entries, place.entries, strict=True))
                return self.defined(match, letters, place)
            if match.entries:
                return self.built(match, place)
            whole = self.lookup(replace(place, entries=()))
            return self.part(whole, place)
        if place.base in self.scope.survey.squares:
            square = Place(f"{place.base}^2", place.upper, place.lower, place.entries, place.sample)
            return self.settled(self.lookup(self.surrounded(square))).map(sqrt)
        if place.entries or place.sample:
            whole = self.lookup(place.whole)
            return self.part(self.sampled(whole, place.sample), place)
        return self.free_value(place)

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
        if place.entries or bool(place.sample) == (self.reading.samples == 1):
            return None  # with one sample, x and X are the same
        base = _named(marks, letter.upper(), label)
        whole = replace(place.whole, base=base)
        if letter.upper() not in STACKS - survey.counts - survey.last or base not in survey.bases:
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
        if is_loss(place.base) and not match.sample and isinstance(value, Array):
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
        if self.reading.rows:
            return joined([p.transposed() for p in parts]).transposed()
        return joined(parts)

    def extent(self, letter: str, *terms: Term) -> int | None:
        """How far an index letter may run in some terms: to the end of the shortest dimension."""
        if self.reading.shapes is None or self.reading.size == 1:
            return None
        lengths: list[int] = []
        for name in names(terms):
            counted = [i.letter for i in name.lower if self.is_entry(name, i)]
            if letter not in counted or len(counted) > 2:
                continue
            rest = [i for i in name.lower if not self.is_entry(name, i) and not self.is_sample(i)]
            try:
                upper = tuple(self.index(i) for i in name.upper if not self.is_sample(i))
                place = Place(name.base, upper, tuple(map(self.index, rest)))
            except Unclear:
                continue
            one = any(map(self.is_sample, name.indices))
            shape = self.known(replace(place, sample=int(one)))
            if shape is None:
                continue
            if len(counted) == 2:
                lengths += [n for n, x in zip(shape, counted, strict=True) if x == letter]
            else:
                lengths.append(max(shape) if 1 in shape else shape[int(self.reading.rows)])
        return min(lengths, default=None)

    def is_entry(self, name: Name, index: Index) -> bool:
        """Whether a lower index picks an entry of an array."""
        return bool(index.letter) and not (
            self.is_sample(index)
            or index.letter in self.constants
            or self.scope.survey.is_family(name.base, index.letter, True)
        )

    def known(self, place: Place) -> tuple[int, int] | None:
        """The shape of an array, for all samples or for the one that is meant."""
        reading = self.reading
        if reading.shapes is None or reading.size == 1:
            return None
        return reading.shapes.of(place.whole, 1 if place.sample else reading.samples)

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
            if len(own) != len(value.entries) or not set(own) & set(chosen):
                continue
            seed.reached = True
            entries = [
                directed(x, seed.tag, tuple(float(cell == other) for other in chosen))
                if cell in chosen else x
                for x, cell in zip(value.entries, own, strict=True)
            ]  # fmt: skip
            value = Array(value.rows, value.columns, entries)
        return value

    def cells(self, place: Place, shape: tuple[int, int]) -> list[int]:
        """Which entries of the whole array a place has."""
        cells = list(range(shape[0] * shape[1]))
        whole = Array(*shape, list(map(float, cells)))
        return [int(x) for x in self.part(self.sampled(whole, place.sample), place).entries]

    def part(self, value: Value, place: Place) -> Array:
        """The entries of an array that a place names; `u_j` of a matrix `u` is its column."""
        array = self.settled(value)
        vectors = len(place.entries) == 1 and 1 not in array.shape
        if vectors and self.reading.shapes and place.base in self.scope.survey.turned:
            at = place.entries[0] - 1
            if not 0 <= at < array.columns:
                raise Mismatch
            return Array(array.rows, 1, [array.at(i, at) for i in range(array.rows)])
        return self.pick(array, place.entries)

    def pick(self, value: Value, entries: tuple[int, ...]) -> Array:
        """One entry, or a row, of an array."""
        array = self.settled(value)
        if not entries:
            return array
        if self.reading.size == 1:
            if array.scalar:
                return array
            raise Mismatch
        return scalar(array.entries[self.position(array, entries)])

    def picked(self, value: Value, term: Name) -> Value:
        """Entries of a function's argument."""
        if not term.indices or not isinstance(value, Array):
            return value
        entries = tuple(self.index(i) for i in term.lower if not self.is_sample(i))
        return self.pick(value, entries) if entries else value

    def position(self, array: Array, entries: tuple[int, ...]) -> int:
        if len(entries) == 1 and 1 in array.shape:
            row = entries[0] - 1
            if 0 <= row < len(array.entries):
                return row
        elif len(entries) == 2:
            i, j = entries[0] - 1, entries[1] - 1
            if 0 <= i < array.rows and 0 <= j < array.columns:
                return i * array.columns + j
        if self.reading.size == 1 and array.scalar:
            return 0
        raise Mismatch

    def sampled(self, value: Value, sample: int) -> Array:
        """The part of an array that belongs to one sample."""
        array = self.settled(value)
        count = self.reading.samples
        if not sample or count == 1:
            return array
        if not 1 <= sample <= count:
            raise Mismatch
        if self.reading.rows and array.rows == count:
            width = array.columns
            row = Array(1, width, array.entries[(sample - 1) * width : sample * width])
            self.asked.add("upright")
            return row.transposed() if self.reading.upright else row
        if not self.reading.rows and array.columns == count:
            return Array(array.rows, 1, [array.at(i, sample - 1) for i in range(array.rows)])
        return array

    def free_value(self, place: Place) -> Array:
        """Random numbers for what has no definition; the same in every lookup of one point."""
        if place in self.free:
            return self.free[place]
        if 0 in (*place.upper, *place.lower) and place.base in self.scope.definitions:
            # what layer 0 puts out is the input
            for base in ("x", "X"):
                if base in self.scope.survey.plain and base not in self.scope.definitions:
                    return self.free_value(Place(base, (), ()))
        if place.base == "I" and not place.sample:
            size = 1 if place.entries else self.reading.size
            self.free[place] = Array(
                size,
                size,
                [self.number(str(int(i == j))) for i in range(size) for j in range(size)],
            )
            return self.free[place]
        rows, columns = self.shape(place)
        if place.base in self.cases:
            number = self.number(self.cases[place.base])
            return Array(rows, columns, [number] * (rows * columns))
        draw = random.Random(f"{self.point}/{place}")
        entries: list[Number] = []
        for _ in range(rows * columns):
            x = draw.uniform(0.15, 0.85)
            if self.point == SIGNED and draw.random() < 0.5:
                x = -x
            entries.append(self.number(repr(round(x, 6))))
        if place.base in self.scope.definitions:
            self.unknown.add(place.base)
        array = Array(rows, columns, entries)
        if place.base in TARGETS and (not array.scalar or self.reading.size == 1):
            self.asked.add("targets")
            if (self.normal or self.hot) and self.reading.size == 1:
                raise Mismatch  # a lone target that sums to one is 1: that says too much
            length = columns if self.reading.rows else rows
            if self.normal and length > 1:
                array = along(array, self.reading, _normalised)
            if self.hot:
                array = along(array, self.reading, self.one_hot)
        self.free[place] = array
        return self.free[place]

    def one_hot(self, values: list[Number]) -> list[Number]:
        """1 for the class that a letter of the line names, 0 for all others."""
        return [self.number("1" if i == self.hot else "0") for i in range(1, len(values) + 1)]

    def shape(self, place: Place) -> tuple[int, int]:
        """The shape of a quantity without a definition, from its name and how it is used."""
        reading, base = self.reading, place.base
        if reading.size == reading.samples == 1:
            return 1, 1
        if known := self.known(place):
            return known
        survey = self.scope.survey
        spread = {k for b, k in survey.entries if b == base}
        if base.partition(":")[::2] in survey.dimensions:
            return 1, 1
        letter = base.split()[-1].split(":")[0].rstrip("'*^0123456789")
        if 2 in spread and not (place.lower and base in survey.vectors):
            return reading.size, reading.size
        if (letter in _SCALARS and 1 not in spread) or (letter in _COUNTS and ":" in base):
            return 1, 1
        if letter in _MATRICES or (letter[:1] in _MATRICES and len(letter) > 1):
            return reading.size, reading.size
        if reading.rows:
            self.asked.add("upright")
        if reading.upright and letter in TARGETS:
            return reading.samples, 1
        if reading.upright and letter in ("w", "theta", "beta"):
            return reading.size, 1
        if letter in ("w", "theta", "beta"):
            if base in survey.turned or 1 in spread:
                return reading.size, 1
            return reading.size, reading.size
        if letter in ("b", "c", "bias", "gamma", "B"):
            return reading.vector()
        return reading.data()


def _named(marks: str, letter: str, label: str) -> str:
    """The base of a name from its parts."""
    return (f"{marks} " if marks else "") + letter + (f":{label}" if label else "")


def joined(parts: list[Array]) -> Array:
    """Rows below each other. Raises Mismatch."""
    if any(p.rows != 1 or p.columns != parts[0].columns for p in parts):
        raise Mismatch
    return Array(len(parts), parts[0].columns, [x for p in parts for x in p.entries])


def directed(x: Number, tag: int, direction: tuple[float, ...]) -> Number:
    """A number with its derivatives in the directions of a tag, whatever they were."""
    return Dual(tag, without(x, tag), direction)


def without(x: Number, tag: int) -> Number:
    """A number without the derivatives in the directions of a tag."""
    if not isinstance(x, Dual):
        return x
    if x.tag == tag:
        return x.value
    return Dual(x.tag, without(x.value, tag), tuple(without(p, tag) for p in x.parts))


_SCALARS = frozenset(
    ("alpha", "eta", "lambda", "epsilon", "varepsilon", "gamma", "mu", "rho", "tau", "kappa",
     "lr", "c", "k", "r", "s", "t0", "sigma")
)  # fmt: skip
#: `d_k`, the length of a key.
_COUNTS = frozenset(("d", "n", "m", "D", "N"))
_MATRICES = frozenset(("W", "U", "V", "K", "Q", "M", "Theta", "Phi", "Omega", "Lambda", "Sigma"))


def _normalised(values: list[Number]) -> list[Number]:
    return [x / sum(values[1:], values[0]) for x in values]
