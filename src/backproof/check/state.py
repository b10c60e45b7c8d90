"""What the numbers of one reading at one point are kept in, and which quantity a name means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from .arrays import Array, Jacobian, Mismatch
from .numbers import Number
from .readings import Reading
from .scope import Match, Place, Scope
from .terms import Index, Name, Term, Unclear

Value = Array | Jacobian

#: How many members a family (layers, moments) has.
FAMILY = 3
#: The point whose numbers have both signs.
SIGNED = 35
TARGETS = frozenset(("y", "t", "Y", "T", "d"))
#: Data in capitals are the rows or columns of several samples, or moments.
STACKS = frozenset(("X", "Y", "A", "Z", "H", "T"))


@dataclass(slots=True)
class Seed:
    """A direction given to a quantity while something is differentiated by it.

    `shape` is that of the whole array, of which the quantity may be a part. `shallow`: what other
    quantities owe to it does not count. `beside`: other entries of that array have been met."""

    place: Place
    tag: int
    shape: tuple[int, int]
    reached: bool = False
    shallow: bool = False
    beside: bool = False


@dataclass(slots=True)
class Purse:
    """How many steps a judgement may still take, over all of its readings."""

    left: int = 60_000


@dataclass(slots=True)
class State:
    """The numbers met so far, the letters bound now, and what was assumed.

    `ambient` are letters that a definition takes from where it is used (see `Place`). `open`: what
    is being looked up now. `used`: which sums have their letter in them; `matched`: the definitions
    found so far. `asked`: what else the numbers hang on: the `layout` of a Jacobian,
    whether products come `late`, sums go `across` samples, a definition `ahead`, `targets`.
    """

    scope: Scope
    reading: Reading
    point: int
    digits: bool = False
    letters: dict[str, int] = field(default_factory=dict[str, int])
    ambient: dict[str, int] = field(default_factory=dict[str, int])
    constants: dict[str, int] = field(default_factory=dict[str, int])
    seeds: list[Seed] = field(default_factory=list[Seed])
    bound: dict[str, Value] = field(default_factory=dict[str, Value])
    cache: dict[Any, Value] = field(default_factory=dict[Any, Value])
    used: dict[tuple[int, str], tuple[Term, bool]] = field(
        default_factory=dict[tuple[int, str], tuple[Term, bool]]
    )
    matched: dict[Place, Match | None] = field(default_factory=dict[Place, Match | None])
    tags: int = 0
    products: int = 0
    forced: int = 0
    unknown: set[str] = field(default_factory=set[str])
    free: dict[Place, Array] = field(default_factory=dict[Place, Array])
    reach: dict[tuple[Place, int], bool] = field(default_factory=dict[tuple[Place, int], bool])
    open: dict[Any, None] = field(default_factory=dict[Any, None])
    asked: set[str] = field(default_factory=set[str])
    purse: Purse = field(default_factory=Purse)
    loss: Term | None = None
    generic: Term | None = None
    whose: Name | None = None
    per_sample: bool = False
    normal: bool = False
    local: bool = False
    steps: tuple[Name, ...] = ()
    hot: int = 0
    cases: dict[str, str] = field(default_factory=dict[str, str])
    assumed: dict[str, str] = field(default_factory=dict[str, str])
    unreached: bool = False
    cuts: dict[Place, Array] = field(default_factory=dict[Place, Array])
    nudge: tuple[str, float] = ("", 0.0)

    # doors ---------------------------------------------------------------------------------------
    def value(self, term: Term) -> Value:
        """The numbers of a term. Raises Unclear, Mismatch, ArithmeticError."""
        self.purse.left -= 1
        if self.purse.left < 0:
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
            rows, columns = value.by
            if self.reading.lying and columns == 1:
                rows, columns = columns, rows
            return Array(rows, columns, list(value.entries[0]))
        if value.by == (1, 1):
            return Array(*value.of, [row[0] for row in value.entries])
        if 1 in value.of and 1 in value.by:
            matrix = value.matrix()
            self.asked.add("layout")
            return matrix if self.reading.numerator else matrix.transposed()
        raise Mismatch

    def number(self, text: str) -> Number:
        if self.digits:
            return Decimal(text)
        return float(text)

    def direction(self, size: int, at: int) -> tuple[Number, ...]:
        """The derivatives of the entry `at` by all of `size` entries."""
        zero = self.number("0")
        return (*[zero] * at, self.number("1"), *[zero] * (size - at - 1))

    def matching(self, place: Place) -> Match | None:
        """The definition of a quantity, as seen from the line that is being judged."""
        if place not in self.matched:
            self.matched[place] = self.scope.matching(place, self.constants)
        match = self.matched[place]
        if match is not None and match.definition.at > self.scope.at:
            self.asked.add("ahead")
        return match

    # names ---------------------------------------------------------------------------------------
    def count(self, name: Name) -> int | None:
        """How many things a symbol such as m, n or n_1 counts."""
        survey, reading = self.scope.survey, self.reading
        if any(index.letter for index in name.indices):
            own = name.base in survey.sized and name.base not in self.scope.definitions
            return reading.size if own else None
        text = name.base + "".join(str(index.shift) for index in name.indices)
        known = reading.shapes.length(text.replace(":", "_"), reading.samples) if (
            reading.shapes is not None
        ) else None  # fmt: skip
        samples = survey.sample_counts | survey.table_counts
        last = {"L"} if survey.temperature else {"L", "T"}
        counts = text in samples | survey.counts | last
        if not counts and (known is None or ":" not in text):
            return None
        if self.scope.matching(self.place(name), self.constants) is not None:
            return None
        if known is not None:
            return known
        if text in samples:
            return reading.samples
        if text in ("L", "T"):
            return self.constants.get(text)
        return reading.size

    def misses(self, place: Place) -> bool:
        """Whether it tells something that nothing depends on a quantity."""
        return True

    def is_sample(self, index: Index) -> bool:
        return bool(index.letter) and index.letter in self.scope.survey.samples

    def index(self, index: Index) -> int:
        """The number that an index has now."""
        if index.others:
            if not self.reading.sequence:
                raise Unclear("unclear index", (("index", index.letter),))
            rest = sum(sign * self.index(Index(x, 0)) for x, sign in index.others)
            return self.index(Index(index.letter, index.shift)) + rest
        if not index.letter:
            return index.shift
        if index.letter in self.scope.survey.classes:
            return self.label()
        if index.letter in self.letters:
            return self.letters[index.letter] + index.shift
        if index.letter in self.constants:
            return self.constants[index.letter] + index.shift
        if index.letter in self.ambient:
            return self.ambient[index.letter] + index.shift
        if index.letter in self.scope.survey.family_letters:
            return self.step(index.letter) + index.shift
        raise Unclear("unclear index", (("index", index.letter),))

    def step(self, letter: str) -> int:
        """The layer or step that an equation with this letter is tried for."""
        return 1 if letter in self.scope.survey.lone_steps else 2

    def turned(self, term: Name) -> bool:
        """Whether the entry of a matrix is written with its indices the wrong way round."""
        letters = [i for i in term.lower if i.letter and i.letter not in self.constants]
        if len(letters) != 2 or term.base not in self.scope.survey.whole or self.reading.size == 1:
            return False
        first, last = map(self.is_sample, letters)
        return first not in (last, self.reading.rows)

    def place(self, term: Name) -> Place:
        """Which quantity a name with indices is."""
        return self.surrounded(self.written(term))

    def surrounded(self, place: Place) -> Place:
        """The same with the letters that its definition takes from where it is used."""
        implied = self.scope.implied(place.base)
        if not implied:
            return place
        known = {**self.constants, **self.ambient, **self.letters}
        return replace(place, around=tuple((x, known[x]) for x in implied if x in known))

    def label(self, sample: int = 0) -> int:
        """The class of a sample, where targets are numbers of classes."""
        known = {**self.ambient, **self.letters}
        sample = sample or next((known[x] for x in self.scope.survey.samples if x in known), 2)
        return (sample - 1) % self.reading.size + 1

    def transposed(self, term: Name) -> bool:
        """Whether a matrix of samples has their index in the wrong place: `X_{ji}` where the i-th
        row is the i-th sample."""
        if len(term.lower) != 2 or term.upper or self.reading.size == 1:
            return False
        first, second = map(self.is_sample, term.lower)
        data = term.base.isupper() and term.base in self.scope.survey.plain
        return data and first not in (second, self.reading.rows)

    def written(self, term: Name) -> Place:
        """The same, as far as the spelling goes."""
        survey = self.scope.survey
        turned = self.turned(term)
        upper: list[int] = []
        lower: list[int] = []
        entries: list[int] = []
        sample, below = 0, False
        spread = {k for b, k in survey.entries if b == term.base}
        if self.transposed(term):
            return Place(term.base, (), (), tuple(self.index(i) for i in term.lower))
        for index, is_lower in (
            *((i, False) for i in term.upper),
            *((i, True) for i in term.lower),
        ):
            value = self.index(index)
            if self.is_sample(index) and turned:
                entries.append(value)
            elif self.is_sample(index):
                sample, below = value, survey.leads(term.base, is_lower)
            elif index.letter and index.letter not in self.constants:
                first = not (lower or entries or below)
                if survey.is_family(term.base, index.letter, is_lower, first):
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
