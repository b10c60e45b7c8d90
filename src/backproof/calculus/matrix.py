"""Tidying an expression of whole matrices, as steps.

What is elementwise is tidied as a formula of entries and lifted back; around it, numbers come out
of sums, products and transposes. Named quantities are left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from ..expr.build import ONE, ZERO, broadcast, matmul, mul, neg, number, size, total
from ..expr.node import Expr, replace_parts, walk
from ..expr.ops import OPS
from ..expr.shape import SCALAR
from ..laws import algebra, shapes
from ..laws.rule import Law
from .entries import COLUMN, ROW, entry_of, formula, is_inner, lift, stands_alone
from .polynomial import Product, factors, show_product
from .simplify import tidy
from .step import Line


class Tidier:
    """Tidies matrix expressions; what was tidied once is remembered.

    `sums_to_one` are targets whose entries add up to 1 along `class_axis`: the note says so.
    """

    def __init__(self, sums_to_one: Collection[Expr] = (), class_axis: str = "rows") -> None:
        self._ones = frozenset(sums_to_one)
        self._axis = class_axis
        self._known: dict[Expr, list[Line]] = {}

    def lines(self, expr: Expr) -> list[Line]:
        """The lines from `expr` to its tidied form; none if there is nothing to do."""
        if expr not in self._known:
            self._known[expr] = self._work(expr)
        return self._known[expr]

    def _work(self, expr: Expr) -> list[Line]:
        lines: list[Line] = []
        current = expr
        for _ in range(60):
            found = self._next(current)
            if found is None:
                break
            old, steps = found
            for after, law, focus in steps:
                whole = replace_parts(current, {old: after})
                if whole is not current:
                    lines.append((whole, law, focus or (old,)))
                current, old = whole, after
        return lines

    def _next(self, root: Expr) -> tuple[Expr, list[Line]] | None:
        """The innermost part that can be tidied, with the lines that do it."""
        nodes = list(walk([root], _is_leaf))
        alone = stands_alone(root, nodes, _is_leaf)
        for e in nodes:
            if _is_leaf(e):
                continue
            if is_inner(e):
                if e in alone:
                    steps = self._region(e)
                    if steps:
                        return e, steps
                continue
            changed = self._structural(e)
            if changed is not None and changed[0] is not e:
                return e, [(*changed, ())]
        return None

    @staticmethod
    def _region(e: Expr) -> list[Line]:
        entries = formula(e)
        out: list[Line] = []
        for after, law, focus in tidy(entries):
            out.append((lift(after, e.shape), law, tuple(lift(f, _shape_of(f)) for f in focus)))
        return out if out and out[-1][0] is not e else []

    def _structural(self, e: Expr) -> tuple[Expr, Law] | None:
        if e.op == "sum":
            return self._sum(e)
        if e.op == "broadcast":
            return self._broadcast(e)
        if e.op == "transpose":
            return self._transpose(e)
        if e.op == "matmul":
            return self._matmul(e)
        return None

    def _sum(self, e: Expr) -> tuple[Expr, Law] | None:
        x, axis = e.args[0], e.attr
        if x in self._ones and axis == self._axis:
            return broadcast(ONE, e.shape), shapes.SUMS_TO_ONE
        if x.op == "broadcast":
            inner = x.args[0]
            rows = x.shape[0] if axis in ("rows", "all") and inner.shape[0] == 1 else 1
            columns = x.shape[1] if axis in ("columns", "all") and inner.shape[1] == 1 else 1
            if rows == 1 and columns == 1:
                return None
            count = ONE
            for dim in (rows, columns):
                if dim != 1:
                    count = size(dim) if count is ONE else mul(count, size(dim))
            kept = {"rows": x.shape[0], "columns": x.shape[1]}
            left = [a for a in ("rows", "columns") if axis in (a, "all")]
            smaller = inner
            for a in left:
                if kept[a] != 1 and smaller.shape[0 if a == "rows" else 1] != 1:
                    smaller = total(smaller, a)
            return broadcast(mul(count, smaller), e.shape), shapes.SUM_OF_REPEATED
        front, rest = _front(x)
        if front is None:
            weighed = self._weighed(x) if axis == self._axis else None
            return None if weighed is None else (weighed, algebra.SUM_OF_CONSTANT)
        return _scaled(front, total(rest, axis)), algebra.SUM_OF_CONSTANT

    def _weighed(self, x: Expr) -> Expr | None:
        """The sum over the classes of targets that sum to 1, times what is the same for all
        classes of a sample: a weight."""
        if x.op != "mul":
            return None
        powers = factors(formula(x)).powers
        across = COLUMN if self._axis == "columns" else ROW
        moving = [b for b, _ in powers if _moves(b, across)]
        targets = [t for t in self._ones if moving == [entry_of(t)]]
        if not targets or (moving[0], 1) not in powers or len(powers) == 1:
            return None
        summed = total(targets[0], self._axis)
        rest = tuple(p for p in powers if p[0] is not moving[0])
        return mul(lift(show_product(Product(Fraction(1), rest)), summed.shape), summed)

    @staticmethod
    def _broadcast(e: Expr) -> tuple[Expr, Law] | None:
        if e.args[0].op == "broadcast":
            return broadcast(e.args[0].args[0], e.shape), shapes.REPEATED_TWICE
        return None

    @staticmethod
    def _transpose(e: Expr) -> tuple[Expr, Law] | None:
        x = e.args[0]
        if x.op == "matmul":
            return matmul(x.args[1].T, x.args[0].T), algebra.TRANSPOSE_OF_PRODUCT
        if x.op == "transpose":
            return x.args[0], shapes.TRANSPOSED_TWICE
        if x.op == "broadcast":
            flipped = (e.shape[0], e.shape[1])
            return broadcast(x.args[0].T, flipped), shapes.TRANSPOSE_OF_REPEATED
        front, rest = _front(x)
        if front is None:
            return None
        return _scaled(front, rest.T), algebra.SUM_OF_CONSTANT

    @staticmethod
    def _matmul(e: Expr) -> tuple[Expr, Law] | None:
        a, b = e.args
        for x in (a, b):
            if x.op == "broadcast" and x.args[0] is ZERO:
                return broadcast(ZERO, e.shape), algebra.ONES_AND_ZEROS
        if a.op == "identity":
            return b, shapes.IDENTITY
        if b.op == "identity":
            return a, shapes.IDENTITY
        front_a, rest_a = _front(a)
        front_b, rest_b = _front(b)
        if front_a is None and front_b is None:
            return None
        front = mul(front_a or ONE, front_b or ONE) if front_a and front_b else front_a or front_b
        assert front is not None
        return _scaled(front, matmul(rest_a, rest_b)), shapes.NUMBER_OUT_OF_PRODUCT


def _is_leaf(e: Expr) -> bool:
    return e.op in ("let", "gradient", "path") or OPS[e.op].kind in ("leaf", "entry")


def _shape_of(entries: Expr) -> tuple[int | str, int | str]:
    """The smallest shape that a formula of entries can be lifted to."""
    rows: int | str = 1
    columns: int | str = 1
    for e in walk([entries], lambda e: e.op in ("entry", "let")):
        if e.op == "entry":
            shape = e.args[0].shape
            rows = shape[0] if rows == 1 else rows
            columns = shape[1] if columns == 1 else columns
    return (rows, columns)


def _front(x: Expr) -> tuple[Expr | None, Expr]:
    """The scalar factors in front of a product of matrices, and what is left; None if there are
    none."""
    if x.op == "neg" and x.shape == SCALAR:
        return number(-1), x.args[0]
    if x.op not in ("mul", "neg", "div") or x.shape == SCALAR:
        return None, x
    whole = factors(formula(x))
    scalar = [(b, e) for b, e in whole.powers if _is_scalar(b)]
    rest = tuple((b, e) for b, e in whole.powers if not _is_scalar(b))
    if (not scalar and whole.coefficient == 1) or not rest:
        return None, x
    front = show_product(Product(whole.coefficient, tuple(scalar)))
    inner = show_product(Product(Fraction(1), rest))
    return front, lift(inner, x.shape)


def _is_scalar(base: Expr) -> bool:
    return not any(e.op == "entry" for e in walk([base], lambda e: e.op in ("entry", "let")))


def _moves(base: Expr, index: str) -> bool:
    """Whether a formula of entries changes with an index."""
    return any(e.op == "entry" and index in e.attr for e in walk([base], lambda e: e.op == "entry"))


def _scaled(front: Expr, x: Expr) -> Expr:
    if front.op == "neg":
        return neg(_scaled(front.args[0], x))
    if front is number(-1):
        return neg(x)
    return x if front is ONE else mul(front, x)
