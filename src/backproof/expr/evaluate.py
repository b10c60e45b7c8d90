"""The reference evaluator: any expression, in float64 or with many digits.

It is the source of truth that steps are proven against, so it stays plain: matrices are lists of
rows, and each operation is worked out from its definition. Deep networks are walked, not recursed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from weakref import WeakKeyDictionary

from .build import open_call
from .dual import Dual, duals, rate_of
from .node import Expr, walk
from .ops import OPS
from .scalars import FLOAT, Field, Scalar, many_digits
from .shape import SCALAR, Dim, dim_value
from .structural import STRUCTURAL, Matrix

Indices = Mapping[str, int]


class Evaluator:
    """Values of expressions at one point; everything worked out once is kept.

    `values` gives a matrix for each free name, `sizes` a number for each letter of a dimension.
    Expressions in `frozen` have their value in `values` too and count as variables of their own.
    """

    def __init__(
        self,
        field: Field,
        values: Mapping[Expr, Matrix],
        sizes: Mapping[str, int],
        frozen: frozenset[Expr] = frozenset(),
    ) -> None:
        self.field = field
        self.sizes = sizes
        self.frozen = frozen
        self.memo: dict[Expr, Matrix] = dict(values)
        self._marks: dict[Expr, int] = {}
        self._bits: dict[Expr, int] = {}

    def size(self, dim: Dim) -> int:
        return dim_value(dim, self.sizes)

    def matrix(self, root: Expr) -> Matrix:
        """The value of an expression without indices. Raises KeyError for a name without a
        value."""
        memo = self.memo
        if root not in memo:
            for expr in walk([root], lambda e: e in memo or e.op in _OWN_WAY):
                if expr not in memo:
                    memo[expr] = self._apply(expr)
        return memo[root]

    def scalar(self, root: Expr, indices: Indices) -> Scalar:
        """The value of a formula for single entries, its index letters given (counted from 1)."""
        local: dict[Expr, Scalar] = {}
        table = self.field.table
        for expr in walk([root], _stops):
            if expr.op == "entry":
                row, column = (_index(i, indices) for i in expr.attr)
                local[expr] = self.matrix(expr.args[0])[row - 1][column - 1]
            elif expr.op == "index_sum":
                letter, dim = expr.attr
                terms = [
                    self.scalar(expr.args[0], {**indices, letter: i})
                    for i in range(1, self.size(dim) + 1)
                ]
                local[expr] = sum(terms[1:], terms[0])
            elif expr.op == "kronecker":
                one, two = (_index(i, indices) for i in expr.attr)
                local[expr] = self.field.number(Fraction(one == two))
            elif expr.op == "derivative":
                local[expr] = self._derivative(expr.args[0], expr.args[1], indices)
            elif expr.op == "call":
                local[expr] = self.scalar(open_call(expr), indices)
            elif has_indices(expr):
                local[expr] = table[expr.op](*(local[a] for a in expr.args))
            else:
                local[expr] = self.matrix(expr)[0][0]
        return local[root]

    def pushed(
        self,
        of: Expr,
        seeds: Mapping[Expr, Matrix],
        *,
        one_equation: bool = False,
        held: frozenset[Expr] = frozenset(),
    ) -> Matrix:
        """Forward mode: the rates of change of `of` when the seeds change at the given rates.

        With `one_equation`, other named quantities stay as they are (a partial derivative), and so
        do the expressions in `held`.
        """
        child = _Tangents(self, seeds, one_equation, held)
        return [[rate_of(x, child.field.level) for x in row] for row in child.matrix(of)]

    def _derivative(self, of: Expr, by: Expr, indices: Indices) -> Scalar:
        base, row, column = by, 1, 1
        if by.op == "entry":
            base = by.args[0]
            row, column = (_index(i, indices) for i in by.attr)
        value = self.matrix(base)
        unit = [[0 * x for x in line] for line in value]
        unit[row - 1][column - 1] = unit[row - 1][column - 1] + 1
        child = _Tangents(self, {base: unit})
        return rate_of(child.scalar(of, indices), child.field.level)

    def _gradient(self, of: Expr, by: Expr, through: Expr | None = None) -> Matrix:
        value = self.matrix(by)
        out: Matrix = []
        for i, line in enumerate(value):
            out.append([])
            for j in range(len(line)):
                unit = [[0 * x for x in row] for row in value]
                unit[i][j] = unit[i][j] + 1
                seeds = {by: unit}
                if through is not None:
                    value_of = through.args[0] if through.op == "let" else through
                    seeds = {through: self.pushed(value_of, seeds, one_equation=True)}
                out[i].append(self.pushed(of, seeds)[0][0])
        return out

    def _apply(self, expr: Expr) -> Matrix:
        if OPS[expr.op].kind == "elementwise":
            if expr.op == "call":
                return self.matrix(open_call(expr))
            function = self.field.table[expr.op]
            args = [self.memo[a] for a in expr.args]
            if len(args) == 1:
                return [[function(x) for x in row] for row in args[0]]
            return [
                [function(*xs) for xs in zip(*rows, strict=True)]
                for rows in zip(*args, strict=True)
            ]
        if expr.op == "gradient":
            return self._gradient(*expr.args)
        if expr.op == "path":
            of, through, by = expr.args
            return self._gradient(of, by, through)
        if OPS[expr.op].kind == "entry":
            return [[self.scalar(expr, {})]]
        return STRUCTURAL[expr.op](self, expr)

    def mark(self, root: Expr) -> int:
        """A bit set of the names and named quantities below `root`: who can depend on whom."""
        marks, bits = self._marks, self._bits
        if root not in marks:
            for expr in walk([root], lambda e: e in marks):
                if expr in marks:
                    continue
                mark = 0
                for arg in expr.args:
                    mark |= marks[arg]
                if expr.op in ("name", "let"):
                    mark |= bits.setdefault(expr, 1 << len(bits))
                marks[expr] = mark
        return marks[root]

    def own_bit(self, base: Expr) -> int:
        """The bit of one name or named quantity."""
        self.mark(base)
        return self._bits[base]


class _Tangents(Evaluator):
    """An evaluator over dual numbers that works out anew only what depends on the seeds."""

    def __init__(
        self,
        parent: Evaluator,
        seeds: Mapping[Expr, Matrix],
        one_equation: bool = False,
        held: frozenset[Expr] = frozenset(),
    ) -> None:
        super().__init__(_duals(parent.field), {}, parent.sizes, parent.frozen | held)
        self.parent = parent
        self._one_equation = one_equation
        for base, rates in seeds.items():
            values = parent.matrix(base)
            self.memo[base] = [
                [Dual(x, r, self.field.level) for x, r in zip(*rows, strict=True)]
                for rows in zip(values, rates, strict=True)
            ]
        self._seeds = frozenset(seeds)
        self._named = all(base.op in ("name", "let") for base in seeds)
        self._wanted = sum(parent.own_bit(base) for base in seeds) if self._named else 0

    def _constant(self, expr: Expr) -> bool:
        """Whether no seed occurs below `expr`: by its mark where the seeds have names."""
        held = expr in self.frozen or (self._one_equation and expr.op == "let")
        if held and expr not in self._seeds:
            return True
        if self._named:
            return not self.parent.mark(expr) & self._wanted
        return not any(e in self._seeds for e in walk([expr]))

    def matrix(self, root: Expr) -> Matrix:
        memo = self.memo
        if root not in memo:

            def stop(e: Expr) -> bool:
                return e in memo or e.op in _OWN_WAY or self._constant(e)

            for expr in walk([root], stop):
                if expr not in memo:
                    constant = self._constant(expr)
                    memo[expr] = self.parent.matrix(expr) if constant else self._apply(expr)
        return memo[root]

    def mark(self, root: Expr) -> int:
        return self.parent.mark(root)

    def own_bit(self, base: Expr) -> int:
        return self.parent.own_bit(base)


@lru_cache(maxsize=8)
def _duals(field: Field) -> Field:
    return duals(field)


_indexed: WeakKeyDictionary[Expr, bool] = WeakKeyDictionary()


def has_indices(expr: Expr) -> bool:
    """Whether an expression is a formula for single entries, with letters for indices."""
    found = _HAS_INDICES.get(expr.op, _indexed.get(expr))
    if found is not None:
        return found
    for e in walk([expr], _plainly):
        if not _plainly(e):
            _indexed[e] = any(_HAS_INDICES.get(a.op, _indexed.get(a, False)) for a in e.args)
    return _indexed.get(expr, False)


def _plainly(e: Expr) -> bool:
    """Whether it is known without looking further down: only scalar elementwise formulas are
    not."""
    if e.op in _HAS_INDICES or e in _indexed:
        return True
    return e.shape != SCALAR or OPS[e.op].kind != "elementwise"


_HAS_INDICES = {
    "entry": True,
    "index_sum": True,
    "kronecker": True,
    "derivative": True,
    "gradient": False,
    "path": False,
    "let": False,
    "name": False,
    "number": False,
}
# These look after their own arguments: a walk must not enter them.
_OWN_WAY = frozenset({"size", "gradient", "path", "entry", "index_sum", "derivative"})


def _stops(expr: Expr) -> bool:
    return expr.op in _OWN_WAY or not has_indices(expr)


def _index(index: str | int, indices: Indices) -> int:
    return index if isinstance(index, int) else indices[index]


def reference_fields(digits: int | None) -> Field:
    """float64, or mpmath with that many digits."""
    return FLOAT if digits is None else many_digits(digits)
