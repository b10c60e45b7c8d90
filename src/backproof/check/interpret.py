"""Terms -> numbers, in one reading, at one random point.

A quantity is looked up where it is used: its definition is evaluated, or, if it has none, it gets
random numbers (quantities.py). A derivative gives its variable a direction and evaluates everything
downstream again (derivatives.py). See terms.py for what there is, readings.py for what may be a
matrix.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from . import numbers as n
from .arrays import Array, Jacobian, Mismatch, Ones, entrywise, inverse, scalar, total
from .blocks import below, beside, column, glued
from .ellipses import COLUMN, ROW
from .functions import mixing
from .numbers import Number
from .offsets import bias
from .products import NOTHING, Products, scaled
from .state import Value
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
    Limit,
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


class World(Products):
    """All numbers of one reading at one point."""

    __slots__ = ()

    # leaves --------------------------------------------------------------------------------------
    def _num(self, term: Num) -> Value:
        number = self.number(term.text)
        if term.text == self.nudge[0]:
            number = number + self.number(repr(self.nudge[1]))
        return scalar(number)

    def _name(self, term: Name) -> Value:
        if term.base in self.bound:
            return self.picked(self.bound[term.base], term)
        if not term.indices:
            if term.base in self.letters:
                return scalar(self.number(str(self.letters[term.base])))
            if term.base == "pi" and "pi" not in self.scope.definitions:
                return scalar(n.pi(self.number("1")))
        if term.base == "1":
            return Ones(1, 1, [self.number("1")])
        if term.base in self.scope.survey.classes:
            samples = [self.index(i) for i in term.indices if self.is_sample(i)]
            return scalar(self.number(str(self.label(*samples[:1]))))
        if (count := self.count(term)) is not None:
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

    # sums and products ---------------------------------------------------------------------------
    def _add(self, term: Add) -> Value:
        result: Value | None = None
        for part, sign in zip(term.terms, term.signs, strict=True):
            value = self.value(part)
            if sign < 0:
                value = scaled(value, -1)
            result = value if result is None else self.plus(result, value)
        if result is None:
            raise Unclear("undecided")
        return result

    def _mul(self, term: Mul) -> Value:
        if self.steps and OPERATOR in term.factors[:-1]:
            return self.stepped(term)
        at = next((i for i, o in enumerate(term.operators) if o in _ENTRYWISE), None)
        if at is not None and term.operators[1:]:
            self.asked.add("late")
            if self.reading.late:
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

    def stepped(self, term: Mul) -> Value:
        """`X d(Y) Z`, read as a product with a d: the d takes the next factor."""
        from .derivatives import differential

        result: Value | None = None
        left: Term = NOTHING
        operator, at = "", 0
        while at < len(term.factors):
            takes = term.factors[at] == OPERATOR and at + 1 < len(term.factors)
            at += takes
            factor = term.factors[at]
            value = differential(self, factor) if takes else self.value(factor)
            result = self.times(result, value, operator, left, factor) if result else value
            left, operator = factor, (*term.operators, "")[at]
            at += 1
        assert result is not None
        return result

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
        if None in term.indices:
            return self.sliced(array, term.indices)
        indices = [i for i in term.indices if i is not None]
        if len(indices) == 1 and self.is_sample(indices[0]):
            return self.sampled(array, self.index(indices[0]))
        return self.pick(array, tuple(map(self.index, indices)))

    def sliced(self, array: Array, indices: tuple[Index | None, ...]) -> Array:
        """A row or a column: `d_{j:}`, `d_{:s}`."""
        rows, columns = range(array.rows), range(array.columns)
        spans = [rows, columns] if len(indices) == 2 else []
        for axis, index in enumerate(indices):
            if index is not None and spans:
                at = self.index(index) - 1
                if at not in spans[axis]:
                    raise Mismatch
                spans[axis] = range(at, at + 1)
        if not spans:
            raise Unclear("undecided")
        rows, columns = spans
        return Array(len(rows), len(columns), [array.at(i, j) for i in rows for j in columns])

    def _grid(self, term: Grid) -> Value:
        rows = [[self.array(cell) for cell in row] for row in term.rows]
        width = len(rows[0])
        if any(len(row) != width for row in rows):
            raise Mismatch
        if term in self.scope.survey.grids:
            return glued([cell for row in rows for cell in row], self.reading)
        return column([beside(row) for row in rows], self.reading)

    def _sum(self, term: Sum) -> Value:
        if not term.letters:
            return self.added(self.array(term.body))
        return self.summed(term, 0)

    def summed(self, term: Sum, at: int) -> Value:
        """A sum over one letter after the other."""
        if at == len(term.letters):
            return self.value(term.body)
        letter, survey = term.letters[at], self.scope.survey
        if isinstance(term.upper, Name) and term.upper.base == "infty":
            return self.series(term)
        if not self.sums_over(term, letter):
            body = self.array(term.body)
            if not body.scalar and term.kind == "sum":
                return self.added(body) if letter in survey.samples else scalar(total(body))
        span = self.range_of(term, letter)
        if term.kind in (ROW, COLUMN):
            return self.spread(term, at, span)
        known = {*self.letters, *self.ambient, *survey.classes} - {letter}
        avoided = {self.index(Index(x, 0)) for x in term.different if x in known}
        saved = self.letters
        result: Value | None = None
        try:
            for i in span:
                if i in avoided:
                    continue
                self.letters = {**saved, letter: i}
                first = not i and self.starts_with_bias(term, letter)
                value = self.value(bias(term, letter, self.scope)) if first else (
                    self.summed(term, at + 1)
                )  # fmt: skip
                if result is None:
                    result = value
                elif term.kind == "sum":
                    result = self.plus(result, value)
                elif term.kind in ("max", "min"):
                    result = mixing(
                        term.kind, [self.settled(result), self.settled(value)], self.reading
                    )
                else:
                    result = self.further(result, value)
        finally:
            self.letters = saved
        if result is None:
            return scalar(self.number("0" if term.kind == "sum" else "1"))
        return result

    def added(self, body: Array) -> Array:
        r"""What is summed up where no index of it is written, as in `db = \frac{1}{m} \sum dZ`: all
        entries, or, in some readings, the samples."""
        many = self.reading.samples
        if many == 1 or body.scalar:
            return scalar(total(body))
        self.asked.add("across")
        lines = body.transposed() if self.reading.rows else body
        if not self.reading.across or lines.columns != many:
            return scalar(total(body))
        sums = [
            total(Array(1, many, lines.entries[i * many : (i + 1) * many]))
            for i in range(lines.rows)
        ]
        found = Array(lines.rows, 1, sums)
        return found.transposed() if self.reading.rows else found

    def spread(self, term: Sum, at: int, span: range) -> Value:
        """The members of a family beside or below one another."""
        saved, parts = self.letters, list[Array]()
        try:
            for i in span:
                self.letters = {**saved, term.letters[at]: i}
                parts.append(self.settled(self.summed(term, at + 1)))
        finally:
            self.letters = saved
        if not parts:
            raise Mismatch
        if term.kind == ROW:
            return beside(parts)
        apart = term.letters[at] not in self.scope.survey.samples
        return column(parts, self.reading) if apart else below(parts)

    def further(self, result: Value, value: Value) -> Value:
        """One more factor of a product: of derivatives, the later ones stand on the left, or on the
        right where their result lies along the columns."""
        if isinstance(value, Array) and value.scalar:
            return self.times(result, value, "", NOTHING, NOTHING)
        self.asked.add("layout")
        first, second = (value, result) if self.reading.numerator else (result, value)
        return self.times(first, second, "", NOTHING, NOTHING)

    def series(self, term: Sum) -> Value:
        """A sum without end, as long as its terms count."""
        saved, result = self.letters, None
        low = self.whole_number(term.lower) if term.lower is not None else 0
        if len(term.letters) != 1 or term.kind != "sum":
            raise Unclear("undecided")
        try:
            for i in range(low, low + _TERMS):
                self.letters = {**saved, term.letters[0]: i}
                value = self.array(term.body)
                result = value if result is None else self.settled(self.plus(result, value))
                small = self.number("1e-48" if self.digits else "1e-18")
                if all(
                    abs(n.plain(x)) <= small * abs(n.plain(y))
                    for x, y in zip(value.entries, result.entries, strict=True)
                ):
                    return result
        finally:
            self.letters = saved
        raise Unclear("undecided")

    def _limit(self, term: Limit) -> Value:
        """Close to the limit, with so many digits that nothing is lost by it."""
        if self.seeds or any(_carries(x) for v in self.bound.values() for x in v.entries):
            raise Unclear("undecided")
        with localcontext(prec=_CLOSELY):
            near = World(self.scope, self.reading, self.point, True)
            for slot in ("letters", "ambient", "constants", "loss", "generic", "assumed"):
                setattr(near, slot, getattr(self, slot))
            near.bound = {x: near.settled(v).map(Decimal) for x, v in self.bound.items()}
            to = near.array(term.to)
            if not to.scalar:
                raise Mismatch
            step = Decimal(10) ** (-_CLOSELY // 3)
            near.bound[term.variable] = scalar(to.entries[0] + step)
            value = near.array(term.of)
        self.unknown |= near.unknown
        number = Decimal if self.digits else float
        met = ((place, array.map(number)) for place, array in near.free.items())
        self.free.update((place, array) for place, array in met if place not in self.free)
        return value.map(number)

    # functions -----------------------------------------------------------------------------------
    def _call(self, term: Call) -> Value:
        from .calls import called

        return called(self, term)

    def _compare(self, term: Compare) -> Value:
        saved = self.letters
        if term.relation in ("=", "!="):
            self.letters = {**self.ambient, **saved}  # a class that the line itself does not name
        try:
            left, right = self.array(term.left), self.array(term.right)
        finally:
            self.letters = saved

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

        value = derivative(self, term)
        if self.reading.lying and term.gradient and isinstance(value, Jacobian):
            # the gradient is what stands, whatever the derivative does
            return Array(*value.by, list(value.entries[0])) if value.of == (1, 1) else value
        return value

    def _differential(self, term: Differential) -> Value:
        from .derivatives import differential, shorthand

        return differential(self, term.of) if self.steps else shorthand(self, term)

    def _prime(self, term: Prime) -> Value:
        from .derivatives import bracket

        return bracket(self, term)


#: What `d(XY)` starts with.
OPERATOR = Name("d")
#: How many digits a limit is worked out with, and how many terms of a series.
_CLOSELY = 150
_TERMS = 3000


def _carries(x: Number) -> bool:
    return isinstance(x, n.Dual)


_ENTRYWISE = frozenset(("odot", "circ", "*"))
