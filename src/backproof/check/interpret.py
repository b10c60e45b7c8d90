"""Terms -> numbers, in one reading, at one random point.

A quantity is looked up where it is used: its definition is evaluated, or, if it has none, it gets
random numbers. A derivative gives its variable a direction and evaluates everything downstream
again. See terms.py for what there is, readings.py for what may be a matrix.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, cast

from . import numbers as n
from .arrays import Array, Jacobian, Mismatch, entrywise, inverse, product, scalar, total
from .functions import along
from .numbers import Dual, Number
from .readings import Reading
from .scope import Match, Place, Scope
from .terms import (
    Absolute,
    Add,
    Call,
    Choose,
    Compare,
    D,
    Differential,
    Div,
    Entry,
    Grid,
    Index,
    Mul,
    Name,
    Norm,
    Num,
    Pow,
    Prime,
    Sum,
    Term,
    Transpose,
    Unclear,
)

Value = Array | Jacobian

#: How many members a family (layers, moments) has.
FAMILY = 3
_DEPTH = 60
#: The point whose numbers have both signs.
SIGNED = 35
TARGETS = frozenset(("y", "t", "Y", "T", "d"))
LOSSES = frozenset(
    ("L", "J", "C", "E", "cal L", "cal J", "cal E", "cal C", "loss", "Loss", "cost", "Cost", "ell",
     "MSE", "BCE", "CE", "Error", "error", "LOSS", "TotalLoss")
)  # fmt: skip


@dataclass(slots=True)
class Seed:
    """A direction given to a quantity while something is differentiated by it."""

    place: Place
    tag: int
    reached: bool = False


@dataclass(slots=True)
class World:
    """All numbers of one reading at one point."""

    scope: Scope
    reading: Reading
    point: int
    digits: bool = False
    letters: dict[str, int] = field(default_factory=dict[str, int])
    constants: dict[str, int] = field(default_factory=dict[str, int])
    seeds: list[Seed] = field(default_factory=list[Seed])
    bound: dict[str, Value] = field(default_factory=dict[str, Value])
    cache: dict[Any, Value] = field(default_factory=dict[Any, Value])
    tags: int = 0
    depth: int = 0
    products: int = 0
    forced: int = 0
    unknown: set[str] = field(default_factory=set[str])
    free: dict[Place, Array] = field(default_factory=dict[Place, Array])
    reach: dict[tuple[Place, int], bool] = field(default_factory=dict[tuple[Place, int], bool])
    steps: int = 0
    loss: Term | None = None
    generic: Term | None = None
    per_sample: bool = False
    normal: bool = False
    assumed: dict[str, str] = field(default_factory=dict[str, str])
    unreached: bool = False

    # doors ---------------------------------------------------------------------------------------
    def value(self, term: Term) -> Value:
        """The numbers of a term. Raises Unclear, Mismatch, ArithmeticError."""
        self.steps += 1
        if self.steps > 200_000:
            raise Unclear("too long")
        return getattr(self, f"_{type(term).__name__.lower()}")(term)

    def array(self, term: Term) -> Array:
        """The numbers of a term that must be an array."""
        return self.settled(self.value(term))

    def settled(self, value: Value) -> Array:
        """A Jacobian as the array that a reader would take it for."""
        if isinstance(value, Array):
            return value
        if value.of == (1, 1):
            return Array(*value.by, list(value.entries[0]))
        if value.by == (1, 1):
            return Array(*value.of, [row[0] for row in value.entries])
        if 1 in value.of and 1 in value.by:
            matrix = value.matrix()
            return matrix if self.reading.numerator else matrix.transposed()
        raise Mismatch

    def number(self, text: str) -> Number:
        if self.digits:
            import mpmath

            library: Any = mpmath
            return library.mpf(text)
        return float(text)

    # leaves --------------------------------------------------------------------------------------
    def _num(self, term: Num) -> Value:
        return scalar(self.number(term.text))

    def _name(self, term: Name) -> Value:
        if term.base in self.bound:
            return self.picked(self.bound[term.base], term)
        if not term.indices:
            if term.base in self.letters:
                return scalar(self.number(str(self.letters[term.base])))
            if term.base == "pi":
                return scalar(
                    n.constant(
                        "3.14159265358979323846264338327950288419716939937511", self.number("1")
                    )
                )
            if (count := self.count(term.base)) is not None:
                return scalar(self.number(str(count)))
        if (
            term.base == "delta"
            and len(term.lower) == 2
            and not term.upper
            and not self.scope.definitions.get("delta")
        ):
            left, right = (self.index(i) for i in term.lower)
            return scalar(self.number("1" if left == right else "0"))
        return self.lookup(self.place(term))

    def count(self, base: str) -> int | None:
        """How many things a symbol such as m or n counts."""
        survey = self.scope.survey
        if base in self.scope.definitions:
            return None
        if base in survey.sample_counts:
            return self.reading.samples
        if base in ("L", "T"):
            return self.constants.get(base)
        return self.reading.size if base in survey.counts else None

    def picked(self, value: Value, term: Name) -> Value:
        """Entries of a function's argument."""
        if not term.indices or not isinstance(value, Array):
            return value
        entries = tuple(self.index(i) for i in term.lower if not self.is_sample(i))
        return self.pick(value, entries) if entries else value

    def is_sample(self, index: Index) -> bool:
        return bool(index.letter) and index.letter in self.scope.survey.samples

    def index(self, index: Index) -> int:
        """The number that an index has now."""
        if not index.letter:
            return index.shift
        if index.letter in self.letters:
            return self.letters[index.letter] + index.shift
        if index.letter in self.constants:
            return self.constants[index.letter] + index.shift
        raise Unclear("unclear index", (("index", index.letter),))

    def place(self, term: Name) -> Place:
        """Which quantity a name with indices is."""
        survey = self.scope.survey
        upper: list[int] = []
        lower: list[int] = []
        entries: list[int] = []
        sample = 0
        spread = {k for b, k in survey.entries if b == term.base}
        for index, is_lower in (
            *((i, False) for i in term.upper),
            *((i, True) for i in term.lower),
        ):
            value = self.index(index)
            if self.is_sample(index):
                sample = value
            elif index.letter and index.letter not in self.constants:
                if survey.is_family(term.base, index.letter, is_lower):
                    (lower if is_lower else upper).append(value)
                else:
                    entries.append(value)
            elif (
                is_lower
                and self.reading.size > 1
                and len(term.lower) in spread
                and term.base in survey.plain
                and term.base not in survey.layered
            ):
                entries.append(value)
            else:
                (lower if is_lower else upper).append(value)
        return Place(term.base, tuple(upper), tuple(lower), tuple(entries), sample)

    # looking up ----------------------------------------------------------------------------------
    def lookup(self, place: Place) -> Value:
        """The value of a quantity, with the directions that it has been given."""
        key = (place, tuple((s.place, s.tag) for s in self.seeds))
        if key in self.cache:
            for seed in self.seeds:
                self.touch(seed, place)
            return self.cache[key]
        self.depth += 1
        if self.depth > _DEPTH:
            raise Unclear("circular", (("name", place.base),))
        try:
            value = self.found(place)
        finally:
            self.depth -= 1
        self.cache[key] = value
        return value

    def touch(self, seed: Seed, place: Place) -> None:
        # a cached value was made while the same seeds stood: it may have met them
        seed.reached = seed.reached or self.reach.get((place, seed.tag), False)

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
        match = self.scope.matching(place, self.constants)
        if match is not None:
            if len(match.entries) == len(place.entries):
                letters = dict(zip(match.entries, place.entries, strict=True))
                return self.defined(match, letters, place)
            if match.entries:
                return self.built(match, place)
            whole = self.lookup(Place(place.base, place.upper, place.lower, (), place.sample))
            return self.pick(whole, place.entries)
        if place.entries or place.sample:
            whole = self.lookup(Place(place.base, place.upper, place.lower))
            return self.pick(self.sampled(whole, place.sample), place.entries)
        return self.free_value(place)

    def defined(self, match: Match, letters: dict[str, int], place: Place) -> Value:
        """A definition's body, with its letters bound."""
        if match.sample and not place.sample and self.reading.samples > 1:
            parts = [
                self.lookup(Place(place.base, place.upper, place.lower, place.entries, s))
                for s in range(1, self.reading.samples + 1)
            ]
            return self.stacked([self.settled(p) for p in parts])
        bound = {**match.letters, **letters}
        if match.sample:
            bound[match.sample] = place.sample or 1
        saved = self.letters, self.bound
        self.letters, self.bound = bound, {}
        try:
            value = self.value(match.definition.body)
        finally:
            self.letters, self.bound = saved
        if place.sample and not match.sample:
            value = self.sampled(value, place.sample)
        if place.base in LOSSES and not match.sample and isinstance(value, Array):
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
        if self.reading.rows and all(p.rows == 1 for p in parts):
            return Array(len(parts), parts[0].columns, [x for p in parts for x in p.entries])
        if not self.reading.rows and all(p.columns == 1 for p in parts):
            turned = [x for i in range(parts[0].rows) for x in (p.at(i, 0) for p in parts)]
            return Array(parts[0].rows, len(parts), turned)
        raise Mismatch

    def built(self, match: Match, place: Place) -> Array:
        """A whole array from the definition of its entries."""
        size = self.reading.size
        if len(match.entries) == 1:
            at = [(i,) for i in range(1, size + 1)]
            rows, columns = (1, size) if self.reading.rows else (size, 1)
        elif len(match.entries) == 2:
            at = [(i, j) for i in range(1, size + 1) for j in range(1, size + 1)]
            rows = columns = size
        else:
            raise Unclear("undecided")
        parts = [
            self.settled(self.lookup(Place(place.base, place.upper, place.lower, e, place.sample)))
            for e in at
        ]
        if not all(p.scalar for p in parts):
            raise Mismatch
        return Array(rows, columns, [p.entries[0] for p in parts])

    def seeded(self, place: Place, value: Value) -> Value:
        """The value with the directions of the derivatives that are being taken by it."""
        for seed in self.seeds:
            if (seed.place.base, seed.place.upper, seed.place.lower) != (
                place.base, place.upper, place.lower
            ):  # fmt: skip
                continue
            if not isinstance(value, Array):
                raise Unclear("undecided")
            if seed.place == place:
                seed.reached = True
                size = len(value.entries)
                entries = [
                    Dual(seed.tag, x, tuple(float(k == j) for j in range(size)))
                    for k, x in enumerate(value.entries)
                ]
                value = Array(value.rows, value.columns, entries)
            elif seed.place.whole == place and seed.place.entries and not seed.place.sample:
                # one entry of an array that is whole here
                if self.scope.matching(seed.place, self.constants) is None or not (
                    self.entry_defined(place)
                ):
                    seed.reached = True
                    at = self.position(value, seed.place.entries)
                    entries = list(value.entries)
                    entries[at] = Dual(seed.tag, entries[at], (1.0,))
                    value = Array(value.rows, value.columns, entries)
            elif seed.place.sample and not place.sample and not place.entries:
                value = self.one_sample(seed, value)
        return value

    def one_sample(self, seed: Seed, value: Array) -> Array:
        """An array whose part of one sample is given a direction."""
        if seed.place.entries:
            raise Unclear("undecided")
        at, count = seed.place.sample - 1, self.reading.samples
        if count == 1:
            chosen = list(range(len(value.entries)))
        elif self.reading.rows and value.rows == count:
            chosen = [at * value.columns + j for j in range(value.columns)]
        elif not self.reading.rows and value.columns == count:
            chosen = [i * value.columns + at for i in range(value.rows)]
        else:
            raise Unclear("undecided")
        seed.reached = True
        entries = list(value.entries)
        for k, where in enumerate(chosen):
            direction = tuple(float(k == j) for j in range(len(chosen)))
            entries[where] = Dual(seed.tag, entries[where], direction)
        return Array(value.rows, value.columns, entries)

    def entry_defined(self, place: Place) -> bool:
        match = self.scope.matching(place, self.constants)
        return match is not None and bool(match.entries)

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
            return Array(1, width, array.entries[(sample - 1) * width : sample * width])
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
                if base in self.scope.survey.bases and base not in self.scope.definitions:
                    return self.free_value(Place(base, (), ()))
        rows, columns = self.shape(place)
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
        if self.normal and place.base.split()[-1] in TARGETS:
            array = along(array, self.reading, _normalised)
        self.free[place] = array
        return self.free[place]

    def shape(self, place: Place) -> tuple[int, int]:
        """The shape of a quantity without a definition, from its name and how it is used."""
        reading, base = self.reading, place.base
        if reading.size == 1:
            return 1, 1
        survey = self.scope.survey
        spread = {k for b, k in survey.entries if b == base}
        letter = base.split()[-1].split(":")[0].rstrip("'*0123456789")
        if 2 in spread:
            return reading.size, reading.size
        if letter in _SCALARS and 1 not in spread:
            return 1, 1
        if letter in _MATRICES or (letter[:1] in _MATRICES and len(letter) > 1):
            return reading.size, reading.size
        if letter in ("w", "theta", "beta"):
            if base in survey.turned or 1 in spread:
                return reading.size, 1
            return reading.size, reading.size
        if letter in ("b", "c", "bias", "gamma", "B"):
            return reading.vector()
        return reading.data()

    # sums and products ---------------------------------------------------------------------------
    def _add(self, term: Add) -> Value:
        result: Value | None = None
        for part, sign in zip(term.terms, term.signs, strict=True):
            value = self.value(part)
            if sign < 0:
                value = _scaled(value, -1)
            result = value if result is None else self.plus(result, value)
        if result is None:
            raise Unclear("undecided")
        return result

    def plus(self, a: Value, b: Value) -> Value:
        if isinstance(a, Jacobian) and isinstance(b, Jacobian) and (a.of, a.by) == (b.of, b.by):
            rows = [
                [x + y for x, y in zip(r, s, strict=True)]
                for r, s in zip(a.entries, b.entries, strict=True)
            ]
            return Jacobian(a.of, a.by, rows)
        return entrywise(self.settled(a), self.settled(b), lambda x, y: x + y)

    def _mul(self, term: Mul) -> Value:
        if self.reading.late:
            at = next((i for i, o in enumerate(term.operators) if o in _ENTRYWISE), None)
            if at is not None and len(term.factors) > 2:
                first = Mul(term.factors[: at + 1], term.operators[:at])
                rest = Mul(term.factors[at + 1 :], term.operators[at + 1 :])
                return self.times(self._mul(first), self._mul(rest), "odot", first, rest)
        result = self.value(term.factors[0])
        left = term.factors[0]
        for factor, operator in zip(term.factors[1:], term.operators, strict=True):
            right = self.value(factor)
            if operator == "/":
                result = self.quotient(result, right)
            else:
                result = self.times(result, right, operator, left, factor)
            left = factor
        return result

    def times(self, a: Value, b: Value, operator: str, left: Term, right: Term) -> Value:
        """Two factors, by the operator between them and by what they are."""
        if isinstance(a, Jacobian) and isinstance(b, Jacobian):
            return self.chained(a, b, left, right)
        if isinstance(a, Jacobian) or isinstance(b, Jacobian):
            return self.pulled(a, b)
        if a.scalar or b.scalar:
            return entrywise(a, b, lambda x, y: x * y)
        if operator in ("odot", "circ"):
            return entrywise(a, b, lambda x, y: x * y)
        if operator == "*" and a.shape == b.shape:
            return entrywise(a, b, lambda x, y: x * y)
        if operator == "otimes":
            if 1 in a.shape and 1 in b.shape:
                column = a if a.columns == 1 else a.transposed()
                row = b if b.rows == 1 else b.transposed()
                return product(column, row)
            return entrywise(a, b, lambda x, y: x * y)
        if operator == "cdot" and self.reading.inner and a.shape == b.shape and 1 in a.shape:
            return scalar(total(entrywise(a, b, lambda x, y: x * y)))
        try:
            result = product(a, b)
            self.products += 1
            return result
        except Mismatch:
            if a.shape != b.shape and operator != "*":
                raise
            self.forced += 1
            return entrywise(a, b, lambda x, y: x * y)

    def chained(self, a: Jacobian, b: Jacobian, left: Term, right: Term) -> Value:
        """A product of partial derivatives is the product of Jacobians, whichever way round."""
        forward = a.by == b.of
        backward = b.by == a.of
        if isinstance(left, D) and isinstance(right, D):
            if left.by[-1:] == (right.of,):
                backward = False
            elif right.by[-1:] == (left.of,):
                forward = False
        if forward:
            first, second = a, b
        elif backward:
            first, second = b, a
        elif a.of == a.by == (1, 1):
            return _scaled(b, a.entries[0][0])
        elif b.of == b.by == (1, 1):
            return _scaled(a, b.entries[0][0])
        else:
            left_array, right_array = self.settled(a), self.settled(b)
            return self.times(left_array, right_array, "", left, right)
        width = len(second.entries[0])
        rows = [
            [
                sum(
                    (row[k] * second.entries[k][j] for k in range(1, len(row))),
                    row[0] * second.entries[0][j],
                )
                for j in range(width)
            ]
            for row in first.entries
        ]
        return Jacobian(first.of, second.by, rows)

    def pulled(self, a: Value, b: Value) -> Value:
        """An array times a Jacobian: a gradient carried one step back."""
        array, jacobian = (a, b) if isinstance(a, Array) else (b, a)
        if not isinstance(array, Array) or not isinstance(jacobian, Jacobian):
            raise Mismatch
        if array.scalar:
            return _scaled(jacobian, array.entries[0])
        if jacobian.of == (1, 1) or jacobian.by == (1, 1):
            left, right = self.settled(a), self.settled(b)
            return self.times(left, right, "", _NOTHING, _NOTHING)
        if array.shape == jacobian.of:
            width = len(jacobian.entries[0])
            entries = [
                sum(
                    (
                        x * row[j]
                        for x, row in zip(array.entries[1:], jacobian.entries[1:], strict=True)
                    ),
                    array.entries[0] * jacobian.entries[0][j],
                )
                for j in range(width)
            ]
            return Array(*jacobian.by, entries)
        left, right = self.settled(a), self.settled(b)
        return self.times(left, right, "", _NOTHING, _NOTHING)

    def quotient(self, a: Value, b: Value) -> Value:
        if isinstance(a, Jacobian) and isinstance(b, Array) and b.scalar:
            return _scaled(a, n.reciprocal(b.entries[0]))
        return entrywise(self.settled(a), self.settled(b), _divide)

    def _div(self, term: Div) -> Value:
        return self.quotient(self.value(term.above), self.value(term.below))

    def _pow(self, term: Pow) -> Value:
        base, exponent = self.array(term.base), self.array(term.exponent)
        square = base.rows == base.columns > 1 and isinstance(term.base, Name)
        if square and exponent.scalar and n.plain(exponent.entries[0]) == -1:
            return inverse(base)
        if not exponent.scalar:
            raise Mismatch
        power = exponent.entries[0]
        return base.map(lambda x: n.power(x, power))

    def _transpose(self, term: Transpose) -> Value:
        return self.array(term.of).transposed()

    def _absolute(self, term: Absolute) -> Value:
        return self.array(term.of).map(n.absolute)

    def _norm(self, term: Norm) -> Value:
        array = self.array(term.of)
        if term.order == 1:
            return scalar(total(array.map(n.absolute)))
        if term.order == 2:
            return scalar(n.sqrt(total(array.map(lambda x: x * x))))
        raise Unclear("undecided")

    def _entry(self, term: Entry) -> Value:
        array = self.array(term.of)
        indices = tuple(self.index(i) for i in term.indices)
        if len(indices) == 1 and self.is_sample(term.indices[0]):
            return self.sampled(array, indices[0])
        return self.pick(array, indices)

    def _grid(self, term: Grid) -> Value:
        rows = [[self.array(cell) for cell in row] for row in term.rows]
        if not all(cell.scalar for row in rows for cell in row):
            raise Mismatch
        width = len(rows[0])
        if any(len(row) != width for row in rows):
            raise Mismatch
        return Array(len(rows), width, [cell.entries[0] for row in rows for cell in row])

    def _sum(self, term: Sum) -> Value:
        if not term.letters:
            body = self.array(term.body)
            return scalar(total(body))
        return self.summed(term, 0)

    def summed(self, term: Sum, at: int) -> Value:
        """A sum over one letter after the other."""
        if at == len(term.letters):
            return self.value(term.body)
        letter = term.letters[at]
        if not _uses(term.body, letter):
            body = self.array(term.body)
            if not body.scalar and term.kind == "sum":
                return scalar(total(body))
        span = self.range_of(term, letter)
        avoided = {self.letters[x] for x in term.different if x in self.letters}
        saved = self.letters
        result: Value | None = None
        try:
            for i in span:
                if i in avoided:
                    continue
                self.letters = {**saved, letter: i}
                value = self.summed(term, at + 1)
                if result is None:
                    result = value
                elif term.kind == "sum":
                    result = self.plus(result, value)
                else:
                    result = self.times(result, value, "", _NOTHING, _NOTHING)
        finally:
            self.letters = saved
        if result is None:
            return scalar(self.number("0" if term.kind == "sum" else "1"))
        return result

    def range_of(self, term: Sum, letter: str) -> range:
        survey = self.scope.survey
        if letter in survey.samples:
            size = self.reading.samples
        elif letter in ("l", "t", "ell", "tau") or letter in survey.shifting - survey.bound:
            size = FAMILY
        else:
            size = self.reading.size
        if isinstance(term.upper, Name) and term.upper.base == "infty":
            raise Unclear("undecided")
        low = self.whole_number(term.lower) if term.lower is not None else 1
        high = self.whole_number(term.upper) if term.upper is not None else size
        counted = letter in survey.samples or (high == size - 1 and _indexes(term.body, letter))
        if low == 0 and counted:
            low, high = 1, size
        if high - low > 50:
            raise Unclear("undecided")
        return range(low, high + 1)

    def whole_number(self, term: Term) -> int:
        value = self.array(term)
        if not value.scalar:
            raise Unclear("undecided")
        return round(float(n.plain(value.entries[0])))

    # functions -----------------------------------------------------------------------------------
    def _call(self, term: Call) -> Value:
        from .calls import called

        return called(self, term)

    def _compare(self, term: Compare) -> Value:
        left, right = self.array(term.left), self.array(term.right)

        def compare(x: Number, y: Number) -> Number:
            a, b = n.plain(x), n.plain(y)
            truth = {
                "=": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b
            }  # fmt: skip
            return self.number("1" if truth[term.relation] else "0")

        return entrywise(left, right, compare)

    def _choose(self, term: Choose) -> Value:
        result: Array | None = None
        for value, condition in reversed(term.rows):
            if condition is None:
                result = self.array(value)
                continue
            test, inner = self.array(condition), self.array(value)
            if result is None:
                result = inner.map(lambda x: x * 0)
            chosen = entrywise(test, inner, lambda c, x: (bool(n.plain(c)), x))
            result = entrywise(chosen, result, lambda pair, other: pair[1] if pair[0] else other)
        if result is None:
            raise Unclear("undecided")
        return result

    # derivatives ---------------------------------------------------------------------------------
    def _d(self, term: D) -> Value:
        from .derivatives import derivative

        return derivative(self, term)

    def _differential(self, term: Differential) -> Value:
        from .derivatives import shorthand

        return shorthand(self, term)

    def _prime(self, term: Prime) -> Value:
        from .derivatives import bracket

        return bracket(self, term)


_ENTRYWISE = frozenset(("odot", "circ", "*"))
_NOTHING = Num("1")
_SCALARS = frozenset(
    ("alpha", "eta", "lambda", "epsilon", "varepsilon", "gamma", "mu", "rho", "tau", "kappa",
     "lr", "c", "k", "r", "s", "t0", "sigma")
)  # fmt: skip
_MATRICES = frozenset(("W", "U", "V", "K", "Q", "M", "Theta", "Phi", "Omega", "Lambda", "Sigma"))


def _normalised(values: list[Number]) -> list[Number]:
    return [x / sum(values[1:], values[0]) for x in values]


def _divide(x: Number, y: Number) -> Number:
    return x / y


def _scaled(value: Value, by: Number) -> Value:
    if isinstance(value, Array):
        return value.map(lambda x: x * by)
    return Jacobian(value.of, value.by, [[x * by for x in row] for row in value.entries])


def _indexes(term: Any, letter: str) -> bool:
    """Whether a letter is an index of some name."""
    if isinstance(term, Index):
        return term.letter == letter
    if isinstance(term, tuple):
        return any(_indexes(part, letter) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Term):
        return any(_indexes(getattr(term, s), letter) for s in type(term).__slots__)
    return False


def _uses(term: Any, letter: str) -> bool:
    """Whether an index letter occurs in a term."""
    if isinstance(term, Index):
        return term.letter == letter
    if isinstance(term, Name) and term.base == letter and not term.indices:
        return True
    if isinstance(term, tuple):
        return any(_uses(part, letter) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Term):
        return any(_uses(getattr(term, s), letter) for s in type(term).__slots__)
    return False
