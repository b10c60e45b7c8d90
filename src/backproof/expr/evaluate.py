"""The reference evaluator: any expression, in float64 or with many digits.

It is the source of truth that steps are proven against, so it stays plain: matrices are lists of
rows, and each operation is worked out from its definition. Deep networks are walked, not recursed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from .build import open_call
from .dual import Dual, duals, rate_of
from .node import Expr, walk
from .ops import OPS
from .scalars import FLOAT, Field, Scalar, many_digits
from .shape import SCALAR, Dim, dim_value

Matrix = list[list[Scalar]]
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
        """The value of an expression without indices. Raises KeyError for a name without a value."""
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
                local[expr] = 1 if one == two else 0
            elif expr.op == "derivative":
                local[expr] = self._derivative(*expr.args, indices)
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
        return [[rate_of(x) for x in row] for row in child.matrix(of)]

    def _derivative(self, of: Expr, by: Expr, indices: Indices) -> Scalar:
        base, row, column = by, 1, 1
        if by.op == "entry":
            base = by.args[0]
            row, column = (_index(i, indices) for i in by.attr)
        value = self.matrix(base)
        unit = [[0 * x for x in line] for line in value]
        unit[row - 1][column - 1] = unit[row - 1][column - 1] + 1
        return rate_of(_Tangents(self, {base: unit}).scalar(of, indices))

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
        return _STRUCTURAL[expr.op](self, expr)

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
                [Dual(x, r) for x, r in zip(*rows, strict=True)]
                for rows in zip(values, rates, strict=True)
            ]
        self._seeds = frozenset(seeds)
        self._named = all(base.op in ("name", "let") for base in seeds)
        self._wanted = sum(parent.own_bit(base) for base in seeds) if self._named else 0

    def _constant(self, expr: Expr) -> bool:
        """Whether no seed occurs below `expr`: by its mark where the seeds have names."""
        if expr not in self._seeds:
            if expr in self.frozen or (self._one_equation and expr.op == "let"):
                return True
        if self._named:
            return not self.parent.mark(expr) & self._wanted
        return not any(e in self._seeds for e in walk([expr]))

    def matrix(self, root: Expr) -> Matrix:
        memo = self.memo
        if root not in memo:
            stop = lambda e: e in memo or e.op in _OWN_WAY or self._constant(e)  # noqa: E731
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


def has_indices(expr: Expr) -> bool:
    """Whether an expression is a formula for single entries, with letters for indices."""
    found = _HAS_INDICES.get(expr.op)
    if found is not None:
        return found
    if expr.shape != SCALAR:
        return False
    return any(
        _HAS_INDICES.get(e.op, False)
        for e in walk([expr], lambda e: e.op == "let" or OPS[e.op].kind != "elementwise")
    )


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


def _sums(field: Field, x: Matrix, axis: str) -> Matrix:
    if axis == "columns":
        return [[_add_up(row)] for row in x]
    columns = [[_add_up(column) for column in zip(*x, strict=True)]]
    return columns if axis == "rows" else [[_add_up(columns[0])]]


def _add_up(values: Any) -> Scalar:
    items = list(values)
    return sum(items[1:], items[0])


def _lines(x: Matrix, axis: str) -> list[list[Scalar]]:
    """The pieces that an axis runs through: the columns for `rows`, the rows for `columns`."""
    if axis == "columns":
        return x
    if axis == "rows":
        return [list(column) for column in zip(*x, strict=True)]
    return [[v for row in x for v in row]]


def _unlines(lines: list[list[Scalar]], axis: str, width: int) -> Matrix:
    if axis == "columns":
        return lines
    if axis == "rows":
        return [list(row) for row in zip(*lines, strict=True)]
    return [lines[0][i : i + width] for i in range(0, len(lines[0]), width)]


def _per_line(
    rule: Callable[[Field, list[Scalar]], list[Scalar]],
) -> Callable[[Evaluator, Expr], Matrix]:
    def apply(at: Evaluator, expr: Expr) -> Matrix:
        x = at.memo[expr.args[0]]
        lines = [rule(at.field, line) for line in _lines(x, expr.attr)]
        return _unlines(lines, expr.attr, len(lines[0]) if len(lines[0]) == 1 else len(x[0]))

    return apply


def _shifted(field: Field, line: list[Scalar]) -> tuple[Scalar, list[Scalar]]:
    """The largest entry and exp of the others below it: no overflow for any input."""
    table = field.table
    top = line[0]
    for x in line[1:]:
        top = table["max"](top, x)
    return top, [table["exp"](table["sub"](x, top)) for x in line]


def _softmax(field: Field, line: list[Scalar]) -> list[Scalar]:
    _, powers = _shifted(field, line)
    whole = _add_up(powers)
    return [field.table["div"](p, whole) for p in powers]


def _logsumexp(field: Field, line: list[Scalar]) -> list[Scalar]:
    top, powers = _shifted(field, line)
    return [top + field.table["log"](_add_up(powers))]


def _log_softmax(field: Field, line: list[Scalar]) -> list[Scalar]:
    whole = _logsumexp(field, line)[0]
    return [field.table["sub"](x, whole) for x in line]


def _amax(field: Field, line: list[Scalar]) -> list[Scalar]:
    top = line[0]
    for x in line[1:]:
        top = field.table["max"](top, x)
    return [top]


def _argmax_mask(field: Field, line: list[Scalar]) -> list[Scalar]:
    best = 0
    for i, x in enumerate(line):
        if _plain(x) > _plain(line[best]):
            best = i
    return [1 if i == best else 0 for i in range(len(line))]


def _plain(x: Scalar) -> Scalar:
    return x.value if isinstance(x, Dual) else x


def _matmul(at: Evaluator, expr: Expr) -> Matrix:
    a, b = (at.memo[x] for x in expr.args)
    columns = [list(column) for column in zip(*b, strict=True)]
    dot = at.field.dot
    return [[dot(row, column) for column in columns] for row in a]


def _broadcast(at: Evaluator, expr: Expr) -> Matrix:
    x = at.memo[expr.args[0]]
    rows, columns = (at.size(d) for d in expr.attr)
    wide = [row * columns if len(row) == 1 else row for row in x]
    return [list(wide[0]) for _ in range(rows)] if len(wide) == 1 else wide


def _identity(at: Evaluator, expr: Expr) -> Matrix:
    n = at.size(expr.shape[0])
    number = at.field.number
    one, zero = number(cast(Any, 1)), number(cast(Any, 0))
    return [[one if i == j else zero for j in range(n)] for i in range(n)]


def _sqnorm(at: Evaluator, expr: Expr) -> Matrix:
    return _sums(at.field, [[x * x for x in row] for row in at.memo[expr.args[0]]], expr.attr)


def _norm(at: Evaluator, expr: Expr) -> Matrix:
    return [[at.field.table["sqrt"](x) for x in row] for row in _sqnorm(at, expr)]


def _stack(at: Evaluator, expr: Expr) -> Matrix:
    parts = [at.memo[a] for a in expr.args]
    if expr.attr == "rows":
        return [row for part in parts for row in part]
    return [[x for row in rows for x in row] for rows in zip(*parts, strict=True)]


def _block(at: Evaluator, expr: Expr) -> Matrix:
    axis, before, own = expr.attr
    start = sum(at.size(d) for d in before)
    end = start + at.size(own)
    x = at.memo[expr.args[0]]
    return x[start:end] if axis == "rows" else [row[start:end] for row in x]


def _name(at: Evaluator, expr: Expr) -> Matrix:
    raise KeyError(expr.attr.plain)


_STRUCTURAL: dict[str, Callable[[Evaluator, Expr], Matrix]] = {
    "name": _name,
    "number": lambda at, e: [[at.field.number(e.attr)]],
    "constant": lambda at, e: [[at.field.constant[e.attr]]],
    "size": lambda at, e: [[at.field.number(cast(Any, at.size(e.attr)))]],
    "identity": _identity,
    "matmul": _matmul,
    "transpose": lambda at, e: [list(c) for c in zip(*at.memo[e.args[0]], strict=True)],
    "broadcast": _broadcast,
    "sum": lambda at, e: _sums(at.field, at.memo[e.args[0]], e.attr),
    "sqnorm": _sqnorm,
    "norm": _norm,
    "logsumexp": _per_line(_logsumexp),
    "amax": _per_line(_amax),
    "softmax": _per_line(_softmax),
    "log_softmax": _per_line(_log_softmax),
    "argmax_mask": _per_line(_argmax_mask),
    "trace": lambda at, e: [[_add_up([r[i] for i, r in enumerate(at.memo[e.args[0]])])]],
    "sized": lambda at, e: at.memo[e.args[0]],
    "stack": _stack,
    "block": _block,
}


def reference_fields(digits: int | None) -> Field:
    """float64, or mpmath with that many digits."""
    return FLOAT if digits is None else many_digits(digits)
