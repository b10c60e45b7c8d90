"""Values whose axes may carry an index: the arithmetic that index notation needs.

`y_k^{(i)}` is the whole matrix of targets, with `k` running along its rows and `i` along its
columns; to the formula around it, it is a number. So every value has the shape in which it is
stored and a logical shape, in which an axis with an index counts as 1. Entry by entry, values are
lined up by their indices; a sum over `k` adds up along the axis of `k`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import ShapeError
from ...expr.build import ONE, number
from ...expr.node import Expr
from ...expr.shape import SCALAR, Dim, Shape
from .dims import Dims

# The index of the samples where a formula about one sample leaves it out.
EACH = "·"
Labels = tuple[str, str]
NO_LABELS: Labels = ("", "")


class Misfit(ShapeError):
    """Shapes do not fit under this reading; another reading may still work."""


@dataclass(frozen=True, slots=True)
class Value:
    """An expression in storage form with the indices that run along its rows and its columns."""

    expr: Expr
    labels: Labels = NO_LABELS

    @property
    def T(self) -> Value:
        return Value(self.expr.T, (self.labels[1], self.labels[0]))


@dataclass(frozen=True, slots=True)
class Axes:
    """Which axis holds the samples, and which letters are known to run over samples."""

    dims: Dims
    columns: bool

    @property
    def sample(self) -> int:
        return 1 if self.columns else 0

    @property
    def feature(self) -> int:
        return 1 - self.sample

    # shapes --------------------------------------------------------------------------------------
    def shape(self, v: Value) -> Shape:
        """The stored shape as far as it is known."""
        return self.dims.shape(v.expr.shape)

    def logical(self, v: Value) -> Shape:
        """The shape that the formula sees: an axis with an index counts as 1."""
        rows, columns = self.shape(v)
        return (1 if v.labels[0] else rows, 1 if v.labels[1] else columns)

    def is_scalar(self, v: Value) -> bool:
        return self.logical(v) == SCALAR

    # entry by entry ------------------------------------------------------------------------------
    def elementwise(self, op: str, *values: Value, attr: Any = None) -> Value:
        """An operation entry by entry, the values lined up by their indices. Raises Misfit."""
        if len(values) == 1:
            v = values[0]
            return Value(Expr(op, (v.expr,), attr, v.expr.shape), v.labels)
        lined = list(values[:1])
        shape, labels = values[0].expr.shape, values[0].labels
        for v in values[1:]:
            first, second, shape, labels = self._line_up(lined, v, shape, labels)
            lined = [*first, second]
        return Value(Expr(op, tuple(v.expr for v in lined), attr, shape), labels)

    def _line_up(
        self, lined: list[Value], v: Value, shape: Shape, labels: Labels
    ) -> tuple[list[Value], Value, Shape, Labels]:
        if v.labels == NO_LABELS == labels:
            return lined, v, self._common(shape, v, NO_LABELS), NO_LABELS
        whole = Value(Expr("broadcast", (lined[0].expr,), shape, shape), labels)
        a, b = self.aligned(whole, v)
        if a.expr is not whole.expr:
            lined = [x.T for x in lined]
            shape = (shape[1], shape[0])
        joined: Labels = (a.labels[0] or b.labels[0], a.labels[1] or b.labels[1])
        return lined, b, self._common(shape, b, joined), joined

    def aligned(self, a: Value, b: Value) -> tuple[Value, Value]:
        """Turn or relabel one of two values so that equal indices share an axis. Raises Misfit."""
        a, b = self._settle_each(a, b), self._settle_each(b, a)
        for axis in (0, 1):
            label = b.labels[axis]
            if label and a.labels[1 - axis] == label:
                if self._prefers(b) and not self._prefers(a):
                    a = a.T
                else:
                    b = b.T
                break
        for axis in (0, 1):
            one, two = a.labels[axis], b.labels[axis]
            if one == two:
                continue
            if one and two:
                a, b = self._apart(a, b, axis)
            elif one or two:
                a, b = self._beside(a, b, axis)
        for axis in (0, 1):
            if a.labels[axis] and b.labels[axis] and a.labels[axis] != b.labels[axis]:
                raise Misfit("three indices meet outside a sum")
        return a, b

    def _settle_each(self, a: Value, b: Value) -> Value:
        """The unspoken sample index takes the letter, or the openness, of the other value."""
        if EACH not in a.labels:
            return a
        axis = a.labels.index(EACH)
        for other in (0, 1):
            label = b.labels[other]
            if label != EACH and label and self.dims.is_batch(b.expr.shape[other]):
                return relabelled(a, axis, label)
        if not b.labels[axis] and self.dims.is_batch(b.expr.shape[axis]):
            return relabelled(a, axis, "")
        return a

    def _prefers(self, v: Value) -> bool:
        """Whether samples lie on the axis of samples and features on that of features."""
        for axis in (0, 1):
            if v.labels[axis]:
                batch = self.dims.is_batch(v.expr.shape[axis])
                return batch == (axis == self.sample)
        return False

    def _apart(self, a: Value, b: Value, axis: int) -> tuple[Value, Value]:
        """Two indices on one axis: one of the values is turned onto the free axis."""
        other = 1 - axis
        free_a = not a.labels[other] and self.shape(a)[other] == 1
        free_b = not b.labels[other] and self.shape(b)[other] == 1
        if free_b and (free_a or a.labels[other] == b.labels[axis]):
            return a, b.T
        if free_a and b.labels[other] == a.labels[axis]:
            return a.T, b
        raise Misfit("three indices meet outside a sum")

    def _beside(self, a: Value, b: Value, axis: int) -> tuple[Value, Value]:
        """An index of one value meets an axis without index of the other."""
        flip = not a.labels[axis]
        if flip:
            a, b = b, a
        rows = self.shape(b)
        if rows[axis] != 1:
            if self.dims.is_batch(rows[axis]) and self.dims.is_batch(a.expr.shape[axis]):
                b = relabelled(b, axis, a.labels[axis])
            else:
                other = 1 - axis
                if a.labels[other] or self.shape(a)[other] != 1 or b.labels[other]:
                    raise Misfit("an index and a whole vector meet on one axis")
                a = a.T
        return (b, a) if flip else (a, b)

    def _common(self, shape: Shape, b: Value, labels: Labels) -> Shape:
        """The shape that both are repeated to. Raises Misfit."""
        dims = self.dims
        mine, its = dims.shape(shape), dims.shape(b.expr.shape)
        out: list[Dim] = []
        for axis in (0, 1):
            x, y = mine[axis], its[axis]
            if y in (x, 1):
                out.append(x)
            elif x == 1:
                out.append(y)
            elif dims.unify(x, y):
                out.append(x)
            else:
                raise Misfit("entry by entry the shapes differ")
        if labels == NO_LABELS and 1 in (mine[0], its[0]) and 1 in (mine[1], its[1]):
            outer = (mine[0] == 1) != (its[0] == 1) and (mine[1] == 1) != (its[1] == 1)
            if outer and (mine[0] == 1) != (mine[1] == 1):
                raise Misfit("a column and a row do not fit entry by entry")
        return (out[0], out[1])

    # products ------------------------------------------------------------------------------------
    def matmul(self, a: Value, b: Value) -> Value:
        """The product of the two logical matrices. Raises Misfit."""
        a, b = self._settle_each(a, b), self._settle_each(b, a)
        la, lb = self.logical(a), self.logical(b)
        if not self.dims.unify(la[1], lb[0]):
            raise Misfit("the inner dimensions differ")
        shared = (set(a.labels) & set(b.labels)) - {""}
        if not shared and not a.labels[1] and not b.labels[0]:
            shape = (a.expr.shape[0], b.expr.shape[1])
            return Value(Expr("matmul", (a.expr, b.expr), None, shape), (a.labels[0], b.labels[1]))
        if la[0] == 1 and lb[1] == 1:  # a number for every value of the indices
            product = self.elementwise("mul", a.T, b)
            axis = next((x for x in (0, 1) if not product.labels[x]), None)
            return product if axis is None else self.reduced(product, axis)
        if la[1] == 1 == lb[0]:
            return self.elementwise("mul", a, b)
        raise Misfit("three indices meet outside a sum")

    # sums ----------------------------------------------------------------------------------------
    def reduced(self, v: Value, axis: int, op: str = "sum") -> Value:
        """The sum (or another reduction) along one stored axis, whose index is used up."""
        shape = self.shape(v)
        rest: Labels = ("", v.labels[1]) if axis == 0 else (v.labels[0], "")
        if shape[axis] == 1 and op == "sum":
            return Value(v.expr, rest)
        left: Shape = (1, shape[1]) if axis == 0 else (shape[0], 1)
        return Value(Expr(op, (v.expr,), "rows" if axis == 0 else "columns", left), rest)

    def total(self, v: Value, op: str = "sum") -> Value:
        """The sum (or another reduction) over all logical entries."""
        if v.labels == NO_LABELS:
            shape = self.shape(v)
            if 1 not in shape:
                return Value(Expr(op, (v.expr,), "all", SCALAR))
            return self.reduced(v, 0 if shape[1] == 1 else 1, op)
        rest = [axis for axis in (0, 1) if not v.labels[axis] and self.shape(v)[axis] != 1]
        if not rest and op in _OF_A_NUMBER:
            return _OF_A_NUMBER[op](v)
        for axis in rest:
            v = self.reduced(v, axis, op)
        return v

    def outer_sum(self, a: Value, b: Value, label: str) -> Value:
        """The sum over `label` of the product of two values that both carry it: a matrix product,
        which never has to hold three indices at once. Raises Misfit."""
        if a.labels[0] == label:
            a = a.T
        if b.labels[1] == label:
            b = b.T
        dims = self.dims
        if not dims.unify(a.expr.shape[1], b.expr.shape[0]):
            raise Misfit("the lengths of the two factors differ")
        shape = (a.expr.shape[0], b.expr.shape[1])
        return Value(Expr("matmul", (a.expr, b.expr), None, shape), (a.labels[0], b.labels[1]))


def _square(v: Value) -> Value:
    two = Expr("broadcast", (number(2),), v.expr.shape, v.expr.shape)
    return Value(Expr("pow", (v.expr, two), None, v.expr.shape), v.labels)


#: Reductions of what is a number for every value of its indices.
_OF_A_NUMBER: dict[str, Callable[[Value], Value]] = {
    "sqnorm": _square,
    "norm": lambda v: Value(Expr("abs", (v.expr,), None, v.expr.shape), v.labels),
}


def relabelled(v: Value, axis: int, label: str) -> Value:
    """The value with another index on an axis."""
    return Value(v.expr, (label, v.labels[1]) if axis == 0 else (v.labels[0], label))


def constant(text: str | int) -> Value:
    return Value(number(text))


UNIT = Value(ONE)
