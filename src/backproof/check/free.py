"""Quantities without a definition: how large they are, and their random numbers."""

from __future__ import annotations

import random
from functools import lru_cache

from .arrays import Array, Mismatch
from .functions import along
from .numbers import Number
from .scope import Place
from .state import SIGNED, TARGETS, State

_SCALARS = frozenset(
    ("alpha", "eta", "lambda", "epsilon", "varepsilon", "gamma", "mu", "rho", "tau", "kappa",
     "lr", "c", "k", "r", "s", "t0", "sigma")
)  # fmt: skip
#: `d_k`, the length of a key.
_COUNTS = frozenset(("d", "n", "m", "D", "N"))
_MATRICES = frozenset(("W", "U", "V", "K", "Q", "M", "Theta", "Phi", "Omega", "Lambda", "Sigma"))


class Free(State):
    """Free quantities, the same in every lookup of one point."""

    __slots__ = ()

    def free_value(self, place: Place) -> Array:
        """Random numbers for what has no definition; the same in every lookup of one point."""
        if place in self.free:
            return self.free[place]
        if 0 in (*place.upper, *place.lower) and place.base in self.scope.definitions:
            # what layer 0 puts out is the input
            for base in ("x", "X"):
                if base in self.scope.survey.plain and base not in self.scope.definitions:
                    return self.free_value(Place(base, (), ()))
        if place.base in ("I", "I:samples") and not place.sample:
            reading = self.reading
            size = reading.samples if ":" in place.base or reading.size == 1 else reading.size
            size = 1 if place.entries else size
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
        entries = [self.number(text) for text in _drawn(self.point, place, rows * columns)]
        if place.base in self.scope.definitions:
            self.unknown.add(place.base)
        array = Array(rows, columns, entries)
        if place.base in self.scope.survey.symmetric and rows == columns:
            spots = [(min(i, j), max(i, j)) for i in range(rows) for j in range(rows)]
            array = Array(rows, rows, [array.at(i, j) for i, j in spots])
        targets = TARGETS | self.scope.survey.targets
        if place.base in targets and (not array.scalar or self.reading.size == 1):
            self.asked.add("targets")
            if (self.normal or self.hot) and self.reading.size == 1:
                raise Mismatch  # a lone target that sums to one is 1: that says too much
            length = columns if self.reading.rows else rows
            if self.normal and length > 1:
                array = along(array, self.reading, _normalised)
            if self.hot and length > 1:
                array = along(array, self.reading, self.one_hot)
        self.free[place] = array
        return self.free[place]

    def one_hot(self, values: list[Number]) -> list[Number]:
        """1 for the class that a letter of the line names, 0 for all others."""
        return [self.number("1" if i == self.hot else "0") for i in range(1, len(values) + 1)]

    def shape(self, place: Place) -> tuple[int, int]:
        """The shape of a quantity without a definition, from its name and how it is used."""
        reading, base = self.reading, place.base
        survey = self.scope.survey
        if base in survey.wide:
            vectors, ones, before = survey.wide[base]
            length = vectors * reading.size + ones
            return (reading.size, length) if before else (length, reading.size)
        if reading.size == reading.samples == 1:
            return 1, 1
        if known := self.known(place) or self.declared(place):
            return known
        spread = {k for b, k in survey.entries if b == base}
        if base.partition(":")[::2] in survey.dimensions:
            return 1, 1
        letter = base.split()[-1].split(":")[0].rstrip("'*^0123456789")
        # `y_{t,k}` is one entry of `y_t`
        if 2 + len(place.lower) in spread and not (place.lower and base in survey.vectors):
            return reading.size, reading.size
        added = base in survey.biases
        if base == "T" and survey.temperature:
            return 1, 1
        lone = letter in _SCALARS and not added and 1 not in spread and base not in survey.turned
        if lone or (letter in _COUNTS and ":" in base):
            return 1, 1
        if base in survey.lone_biases and not (place.upper or place.lower):
            return 1, 1  # the b of `w^T x + b`; `b^{(1)}` is that of a layer
        if base in survey.weighing and not (spread or place.upper):
            return 1, 1
        if letter == "C" and not spread and base not in survey.square | survey.turned:
            return 1, 1  # what weighs a penalty
        if (
            base in survey.square
            or letter in _MATRICES
            or (letter[:1] in _MATRICES and len(letter) > 1)
        ):
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
        if base in survey.lone_weights and base not in TARGETS and not place.upper:
            return reading.size, 1
        if letter == "B" and not added and not spread:
            return reading.size, reading.size
        if letter in ("b", "c", "bias", "gamma", "B") or (added and letter in _SCALARS):
            return reading.vector()
        return reading.data()

    def known(self, place: Place) -> tuple[int, int] | None:
        """The shape of an array, for all samples or for the one that is meant."""
        reading = self.reading
        if reading.shapes is None or reading.size == 1:
            return None
        shape = reading.shapes.of(place.whole, 1 if place.sample else reading.samples)
        if shape is not None and place.lower and place.base in self.scope.survey.vectors:
            return shape[0], 1  # `u_j`, a column of the matrix u
        return shape

    def declared(self, place: Place) -> tuple[int, int] | None:
        r"""The shape that the note says an array has."""
        survey, reading = self.scope.survey, self.reading
        dims = survey.declared.get(place.base.partition(":")[0])
        if dims is None or place.sample or place.base in survey.vectors:
            return None
        if dims == ("1",) and reading.samples > 1:
            return (reading.samples, 1) if reading.rows else (1, reading.samples)
        counts = [dim in survey.table_counts for dim in dims]
        if any(counts):
            # a table of samples; where it is turned, or there is one sample, names tell more
            if reading.samples == 1 or counts[0] != reading.rows:
                return None
        elif len(dims) == 1 and reading.samples > 1 and (survey.sample_counts or survey.samples):
            return None  # `x` in R^d is one sample; all of them are a table
        lengths = [
            1 if dim == "1" else reading.samples if counted else reading.size
            for dim, counted in zip(dims, counts, strict=True)
        ]
        if len(lengths) == 1 and reading.rows and not reading.upright and self.only_biases():
            return 1, lengths[0]  # the b in R^c of `x W + b`
        return lengths[0], lengths[1] if len(lengths) > 1 else 1

    def only_biases(self) -> bool:
        """Whether nothing but biases is said to be a vector: whether they stand or lie is open."""
        vectors = (base for base, dims in self.scope.survey.declared.items() if len(dims) == 1)
        return all(base in ("b", "c", "bias") for base in vectors)


@lru_cache(maxsize=4096)
def _drawn(point: int, place: Place, many: int) -> tuple[str, ...]:
    """Random numbers of a quantity as they are written, so that more digits do not change them."""
    draw = random.Random(f"{point}/{place}")
    texts: list[str] = []
    for _ in range(many):
        x = draw.uniform(0.15, 0.85)
        if point == SIGNED and draw.random() < 0.5:
            x = -x
        texts.append(repr(round(x, 6)))
    return tuple(texts)


def _normalised(values: list[Number]) -> list[Number]:
    return [x / sum(values[1:], values[0]) for x in values]
