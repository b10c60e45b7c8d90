"""The factor of one link, worked out for one entry: `d upper / d lower` in an elementwise
region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from ..expr.build import ONE, derivative, entry, index_sum, mul, neg, number
from ..expr.node import Expr, ends_equation, is_named, rebuild, walk
from ..laws import algebra, shapes
from ..laws.rule import Law, make_like
from .anatomy import definition
from .entries import COLUMN, ROW, entry_of, formula, inputs, lift
from .local import differentiate, is_constant, put_in
from .simplify import tidy
from .step import Link, Step, chained


class Place(Protocol):
    """Where a region stands: the quantity above it, the sum or mean between the two, if there is
    one, and the number in front of that."""

    @property
    def upper(self) -> Expr: ...
    @property
    def front(self) -> Expr: ...
    @property
    def through_sum(self) -> Expr | None: ...


class Factors:
    """Works out factors. `aliases` holds, by quantity, the second names that its equation uses."""

    def __init__(self, aliases: Mapping[Expr, Mapping[Expr, Expr]]) -> None:
        self._aliases = aliases

    def work_out(
        self, region: Expr, x: Expr, is_input: Callable[[Expr], bool], at: Place, quantity: Expr
    ) -> tuple[Link, Expr]:
        """The link from a region to one of its inputs, and its factor lifted to the region's
        shape."""
        entries = formula(region, is_input)
        by = entry_of(x)
        above = walk([definition(at.upper)], ends_equation)
        beside = [e for e in above if is_named(e)]
        held = tuple(
            dict.fromkeys([e for e in inputs(region, is_input) if e.op != "number"] + beside)
        )
        place = tuple(e.attr.plain for e in (at.upper, x) if is_named(e))

        def line(before: Expr, after: Expr, law: Law, focus: tuple[Expr, ...] = ()) -> Step:
            return Step(before, after, law, focus, place, held)

        prepared: list[Step] = []
        if at.through_sum is not None and at.upper.op == "let":
            prepared = self._set_aside(derivative(entries, by), at, quantity, line)
        steps = differentiate(entries, by, place, held)
        steps += chained(steps[-1].after, tidy(steps[-1].after), steps[-1])
        current = steps[-1].after
        if quantity.op == "let" and region is quantity.args[0]:
            named = put_in(current, {entries: entry_of(quantity)})
            lines = [(named, algebra.NAME_PUT_IN, (entries,)), *tidy(named)]
            steps += chained(current, lines if named is not current else [], steps[-1])
            current = steps[-1].after
        link = Link(at.upper, x, "elementwise", current, tuple(steps), tuple(prepared))
        return link, lift(current, region.shape)

    def _set_aside(
        self, sought: Expr, at: Place, quantity: Expr, line: Callable[..., Step]
    ) -> list[Step]:
        """The mean (or sum) in front is set aside, and second names are replaced; what is left is
        `sought`, the derivative of a formula by an entry."""
        entries, by = sought.args
        aliases = self._aliases.get(quantity, {})
        second = {entry_of(target): entry_of(name) for name, target in aliases.items()}
        as_written = derivative(put_in(entries, second), by)
        mean = any(e.op == "size" for e in inputs(at.front))
        law = shapes.MEAN_SET_ASIDE if mean else shapes.SUM_SET_ASIDE
        whole = derivative(_whole(at, by), by)
        steps = [line(whole, _in_front(at.front, as_written), law)]
        if as_written is not sought:
            steps.append(line(as_written, sought, shapes.SAME_QUANTITY, tuple(second.values())))
        return steps


def _whole(at: Place, by: Expr) -> Expr:
    """What the sum stands for in the line above: the quantity itself, or only the term of it that
    the sum is, if the rest of the equation depends on the same thing."""
    x = by.args[0] if by.op == "entry" else by
    root, summed = definition(at.upper), at.through_sum
    rest = walk([root], lambda e: e is summed or (e is not root and is_named(e)))
    if summed is None or all(e is not x for e in rest):
        return entry_of(at.upper)
    return _in_front(at.front, entry_of(summed))


def turn_entries(steps: Iterable[Step], turned: Expr) -> tuple[Step, ...]:
    """Steps about the entries of a transpose, said of the entries of what it is the transpose of:
    `(w^T)_k` is `w_k`."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "entry" and old.args[0] is turned:
            row, column = old.attr
            return entry(turned.args[0], column, row)
        return make_like(old, args) if args and args != old.args else old

    def said(e: Expr) -> Expr:
        return rebuild(e, change, None, ends_equation)

    return tuple(replace(s, before=said(s.before), after=said(s.after)) for s in steps)


def _in_front(front: Expr, x: Expr) -> Expr:
    if front.op == "neg":
        return neg(_in_front(front.args[0], x))
    if front is ONE:
        return x
    return neg(x) if front is number(-1) else mul(front, x)


def product_steps(upper: Expr, part: Expr, i: int, place: tuple[str, ...]) -> tuple[Step, ...]:
    """How one entry of `upper` changes with one entry of argument `i` of a product of matrices (or
    of a repeated value) that it is, or adds to something else: written out, then the one term that
    remains. Nothing where the same thing stands elsewhere in the equation too."""
    lower = part.args[i]
    root = definition(upper)
    if occurs_beside(root, part, i):
        return ()
    held = [a.args[0] if a.op == "transpose" else a for a in part.args]
    inside = walk([root], ends_equation)
    held += [e for e in inside if is_named(e) and e not in held]
    frozen = tuple(dict.fromkeys(held))
    shown = entry(upper, ROW, COLUMN)
    body = formula(root, lambda e: e is part)
    if part.op == "matmul":
        left, right = part.args
        terms = mul(entry(left, ROW, "l"), entry(right, "l", COLUMN))
        body = put_in(body, {entry_of(part): index_sum(terms, "l", left.shape[1])})
        by = entry(lower, ROW, "k") if i == 0 else entry(lower, "k", COLUMN)
        factor = entry(right, "k", COLUMN) if i == 0 else entry(left, ROW, "k")
    else:
        by = entry_of(lower)
        body = formula(root, lambda e: e is lower)
        return _repeated_steps(shown, body, by, place, frozen)
    written = derivative(body, by)
    return (
        Step(derivative(shown, by), written, shapes.ROW_TIMES_COLUMN, (), place, frozen),
        Step(written, factor, shapes.ONE_TERM_REMAINS, (), place, frozen),
    )


def occurs_beside(root: Expr, part: Expr, i: int) -> bool:
    """Whether argument `i` of a part (or what it transposes) stands elsewhere in `root`."""
    lower = part.args[i]
    sought = {lower, lower.args[0] if lower.op == "transpose" else lower}
    seen: set[Expr] = set()
    stack = [root]
    while stack:
        e = stack.pop()
        if e in seen or (e is not root and e.op in ("let", "size")):
            if e in sought:
                return True
            continue
        seen.add(e)
        if e in sought:
            return True
        stack += [a for j, a in enumerate(e.args) if e is not part or j != i]
    return False


def _repeated_steps(
    shown: Expr, body: Expr, by: Expr, place: tuple[str, ...], frozen: tuple[Expr, ...]
) -> tuple[Step, ...]:
    steps = [
        Step(derivative(shown, by), derivative(body, by), shapes.WRITTEN_OUT, (), place, frozen),
        *differentiate(body, by, place, frozen),
    ]
    return (*steps, *chained(steps[-1].after, tidy(steps[-1].after), steps[-1]))


def passed_on(region: Expr, x: Expr, is_input: Callable[[Expr], bool]) -> int:
    """1 or -1 if a region only adds or subtracts `x`: its derivative is handed on; otherwise 0."""
    e = formula(region, is_input)
    by = entry_of(x)
    sign = 1
    while e is not by:
        if e.op == "neg":
            sign, e = -sign, e.args[0]
        elif e.op in ("add", "sub"):
            left, right = e.args
            if is_constant(right, by):
                e = left
            elif is_constant(left, by):
                sign, e = (-sign if e.op == "sub" else sign), right
            else:
                return 0
        else:
            return 0
    return sign
