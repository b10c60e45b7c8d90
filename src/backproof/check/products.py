"""Sums, products and quotients of arrays and Jacobians, by what they are and how they are
written."""

from __future__ import annotations

from . import numbers as n
from .arrays import Array, Jacobian, Mismatch, Ones, entrywise, product, scalar, total
from .numbers import Number
from .quantities import Quantities
from .state import Value
from .terms import D, Num, Term


class Products(Quantities):
    """Arithmetic on values."""

    __slots__ = ()

    def plus(self, a: Value, b: Value) -> Value:
        if isinstance(a, Jacobian) and isinstance(b, Jacobian) and (a.of, a.by) == (b.of, b.by):
            rows = [
                [x + y for x, y in zip(r, s, strict=True)]
                for r, s in zip(a.entries, b.entries, strict=True)
            ]
            return Jacobian(a.of, a.by, rows)
        return entrywise(self.settled(a), self.settled(b), lambda x, y: x + y)

    def times(self, a: Value, b: Value, operator: str, left: Term, right: Term) -> Value:
        """Two factors, by the operator between them and by what they are."""
        if isinstance(a, Jacobian) and isinstance(b, Jacobian):
            return self.chained(a, b, left, right)
        if isinstance(a, Ones) and isinstance(b, Jacobian):
            b = self.settled(b)
        elif isinstance(a, Jacobian) and isinstance(b, Ones):
            a = self.settled(a)
        if isinstance(a, Jacobian) or isinstance(b, Jacobian):
            return self.pulled(a, b, operator)
        if operator == "cdot" and (isinstance(a, Ones) or isinstance(b, Ones)):
            other = b if isinstance(a, Ones) else a
            if 1 in other.shape:
                return scalar(total(other))  # `v \cdot \vec{1}`
        if operator == "" and isinstance(b, Ones) and not a.scalar:
            return b.summing(a, behind=True)
        if operator == "" and isinstance(a, Ones) and not b.scalar:
            return a.summing(b, behind=False)
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
        if operator == "cdot" and a.shape == b.shape and 1 in a.shape:
            self.asked.add("inner")
            if self.reading.inner:
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
            return scaled(b, a.entries[0][0])
        elif b.of == b.by == (1, 1):
            return scaled(a, b.entries[0][0])
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

    def pulled(self, a: Value, b: Value, operator: str) -> Value:
        """An array times a Jacobian: a gradient carried one step back."""
        array, jacobian = (a, b) if isinstance(a, Array) else (b, a)
        if not isinstance(array, Array) or not isinstance(jacobian, Jacobian):
            raise Mismatch
        if array.scalar:
            return scaled(jacobian, array.entries[0])
        if jacobian.of == (1, 1) or jacobian.by == (1, 1):
            left, right = self.settled(a), self.settled(b)
            return self.times(left, right, operator, NOTHING, NOTHING)
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
        return self.times(left, right, operator, NOTHING, NOTHING)

    def quotient(self, a: Value, b: Value) -> Value:
        if isinstance(a, Jacobian) and isinstance(b, Array) and b.scalar:
            return scaled(a, n.reciprocal(b.entries[0]))
        return entrywise(self.settled(a), self.settled(b), _divide)


#: A factor that is no term of the note.
NOTHING = Num("1")


def _divide(x: Number, y: Number) -> Number:
    return x / y


def scaled(value: Value, by: Number) -> Value:
    if isinstance(value, Array):
        return value.map(lambda x: x * by)
    return Jacobian(value.of, value.by, [[x * by for x in row] for row in value.entries])
