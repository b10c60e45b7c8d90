"""Small arrays of numbers, and the Jacobians of one by another, in plain Python.

An `Array` has rows and columns; 1 x 1 is a scalar. A `Jacobian` keeps, for each entry of the array
that was differentiated, the derivatives by each entry of the variable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .numbers import Number, constant, plain

Shape = tuple[int, int]


class Mismatch(Exception):
    """Shapes that do not go together in this reading."""


@dataclass(slots=True)
class Array:
    """`rows` x `columns` numbers, row by row in `entries`."""

    rows: int
    columns: int
    entries: list[Number]

    @property
    def shape(self) -> Shape:
        return self.rows, self.columns

    @property
    def scalar(self) -> bool:
        return self.rows == self.columns == 1

    def at(self, row: int, column: int) -> Number:
        return self.entries[row * self.columns + column]

    def map(self, function: Callable[[Number], Number]) -> Array:
        return Array(self.rows, self.columns, [function(x) for x in self.entries])

    def transposed(self) -> Array:
        entries = [self.at(i, j) for j in range(self.columns) for i in range(self.rows)]
        return Array(self.columns, self.rows, entries)


@dataclass(slots=True)
class Ones(Array):
    r"""`\mathbf 1`, as long as what stands beside it; a number 1 elsewhere."""

    lying: bool = False

    def transposed(self) -> Array:
        return Ones(1, 1, self.entries, not self.lying)

    def summing(self, a: Array, behind: bool) -> Array:
        """The product with a matrix, the ones before or behind it. Raises Mismatch."""
        turned = a if behind else a.transposed()
        if self.lying == behind:
            # `b 1^T`: the same column again and again
            if turned.columns != 1:
                raise Mismatch
            return a
        columns = range(1, turned.columns)
        sums = [
            sum((turned.at(i, k) for k in columns), turned.at(i, 0)) for i in range(turned.rows)
        ]
        result = Array(turned.rows, 1, sums)
        return result if behind else result.transposed()


@dataclass(slots=True)
class Jacobian:
    """`entries[k][l]`: entry k of the result (of shape `of`) by entry l of the variable (`by`)."""

    of: Shape
    by: Shape
    entries: list[list[Number]]

    def matrix(self) -> Array:
        """As a matrix of len(result) x len(variable)."""
        return Array(
            self.of[0] * self.of[1],
            self.by[0] * self.by[1],
            [x for row in self.entries for x in row],
        )


def scalar(x: Number) -> Array:
    """A 1 x 1 array."""
    return Array(1, 1, [x])


def entrywise(
    a: Array, b: Array, function: Callable[[Number, Number], Number], strict: bool = False
) -> Array:
    """Entry by entry; a side of length 1 is repeated unless `strict`. Raises Mismatch."""
    if a.shape == b.shape:
        entries = [function(x, y) for x, y in zip(a.entries, b.entries, strict=True)]
        return Array(a.rows, a.columns, entries)
    rows, columns = max(a.rows, b.rows), max(a.columns, b.columns)
    fits = all(
        n in (1, most)
        for array in (a, b)
        for n, most in zip(array.shape, (rows, columns), strict=True)
    )
    if not fits or (strict and not (a.scalar or b.scalar)):
        raise Mismatch
    entries = [
        function(
            a.at(min(i, a.rows - 1), min(j, a.columns - 1)),
            b.at(min(i, b.rows - 1), min(j, b.columns - 1)),
        )
        for i in range(rows)
        for j in range(columns)
    ]
    return Array(rows, columns, entries)


def product(a: Array, b: Array) -> Array:
    """The matrix product. Raises Mismatch."""
    if a.columns != b.rows:
        raise Mismatch
    entries = [
        sum((a.at(i, k) * b.at(k, j) for k in range(1, a.columns)), a.at(i, 0) * b.at(0, j))
        for i in range(a.rows)
        for j in range(b.columns)
    ]
    return Array(a.rows, b.columns, entries)


def total(a: Array) -> Number:
    """The sum of all entries."""
    return sum(a.entries[1:], a.entries[0])


def inverse(a: Array) -> Array:
    """The inverse of a square matrix. Raises Mismatch for another shape."""
    return _eliminated(a)[0]


def determinant(a: Array) -> Number:
    """The determinant of a square matrix. Raises Mismatch for another shape."""
    return _eliminated(a)[1]


def _eliminated(a: Array) -> tuple[Array, Number]:
    """Gauss and Jordan: the inverse and the determinant."""
    size = a.rows
    if size != a.columns:
        raise Mismatch
    one, zero = constant("1", a.entries[0]), constant("0", a.entries[0])
    rows = [
        [
            *a.entries[i * size : (i + 1) * size],
            *(one if i == j else zero for j in range(size)),
        ]
        for i in range(size)
    ]
    volume: Number = one
    for i in range(size):
        best = max(range(i, size), key=lambda k: abs(plain(rows[k][i])))
        if best != i:
            rows[i], rows[best] = rows[best], rows[i]
            volume = -volume
        pivot = rows[i][i]
        if plain(pivot) == 0:
            raise ZeroDivisionError("a singular matrix")
        volume = volume * pivot
        rows[i] = [x / pivot for x in rows[i]]
        for k in range(size):
            if k != i:
                factor = rows[k][i]
                rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i], strict=True)]
    return Array(size, size, [x for row in rows for x in row[size:]]), volume
