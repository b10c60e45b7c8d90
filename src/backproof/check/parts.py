"""Parts of arrays: entries, the values of one sample, and how far an index may run."""

from __future__ import annotations

from dataclasses import replace

from .arrays import Array, Mismatch, scalar
from .free import Free
from .numbers import plain
from .offsets import weighs
from .scope import Place
from .shapes import LONGEST
from .state import FAMILY, Value
from .terms import Index, Name, Num, Sum, Term, Unclear, indexes, names


class Parts(Free):
    """What indices pick."""

    __slots__ = ()

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

    def sums_over(self, term: Sum, letter: str) -> bool:
        """Whether what is summed up has the letter anywhere."""
        key = id(term), letter
        if key not in self.used:
            self.used[key] = term, _uses(term.body, letter)
        return self.used[key][1]

    def range_of(self, term: Sum, letter: str) -> range:
        """The numbers that a sum runs over. Raises Unclear."""
        survey = self.scope.survey
        many = survey.sample_counts | survey.table_counts
        upper = term.upper
        if letter in survey.samples:
            size = self.reading.samples
        elif letter in survey.family_letters:
            size = FAMILY
        else:
            size = self.extent(letter, term.body) or self.reading.size
            if self.reading.samples == 1 and isinstance(upper, Name) and upper.base in many:
                upper = None  # the letter runs over all that its quantities have
        low = self.whole_number(term.lower) if term.lower is not None else 1
        high = self.whole_number(upper) if upper is not None else size
        counted = letter in survey.samples or (high == size - 1 and indexes(term.body, letter))
        if low == 0 and counted:
            low, high = 1, size
        entries = letter not in survey.samples | survey.family_letters
        if entries and isinstance(upper, Num) and high > LONGEST and indexes(term.body, letter):
            high = size  # the sum over ten classes is one over all of them
        if high - low > 50:
            raise Unclear("undecided")
        return range(low, high + 1)

    def starts_with_bias(self, term: Sum, letter: str) -> bool:
        """Whether the first term of a sum from 0 is a bias, with an input that is always 1: where
        the note says so, and in the formula of a quantity, which can't be anything else."""
        said = self.scope.survey.zeroth or bool(self.open)
        return said and term.kind == "sum" and weighs(term, letter)

    def whole_number(self, term: Term) -> int:
        """The limit of a sum. Raises Unclear."""
        value = self.array(term)
        if not value.scalar:
            raise Unclear("undecided")
        return round(float(plain(value.entries[0])))


def _uses(term: Term, letter: str) -> bool:
    """Whether an index letter occurs in a term."""
    bare = any(name.base == letter and not name.indices for name in names(term))
    return bare or indexes(term, letter)
