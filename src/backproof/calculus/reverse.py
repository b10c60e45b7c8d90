"""The walk back from the loss: each quantity's derivative from those of the quantities that use it.

Every equation is taken apart into elementwise regions, whose factors are worked out in entry form,
and operations on matrices, whose pullbacks stand in the law book. What several parameters need is
derived once, gets a name, and is used by it: that is the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from ..expr.build import ONE, ZERO, broadcast, div, entry, gradient, let, mul, neg, path
from ..expr.model import Model
from ..expr.name import Name
from ..expr.node import Expr, ends_equation, is_named, replace_parts, walk
from ..laws import shapes
from ..laws.pullbacks import PULLBACKS, pullbacks
from ..laws.rule import Law
from .anatomy import Anatomy, definition
from .entries import formula, inputs, is_inner
from .factor import Factors, occurs_beside, passed_on, product_steps, turn_entries
from .matrix import Tidier
from .naming import Deltas
from .prepare import Prepared
from .prove import Use
from .simplify import cost
from .simplify import result as simplest
from .step import Link, Stage, Step, chained

SUMMED_UP = PULLBACKS["sum"][0].law
LONG = 14  # operations; a longer result gets a name even if only one quantity uses it


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """What one use of a quantity hands back to it.

    `upper` is the quantity (or named part) that uses it, `raw` the derivative through this use,
    `law` how it came about. `through_sum` is set where a sum or mean lies between the two.
    """

    upper: Expr
    raw: Expr
    law: Law
    link: Link
    why: tuple[Step, ...] = ()
    through_sum: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """A place inside an equation with a known derivative of the loss by it.

    `front` is the number by which `upper` changes with it, where it is no more than a number.
    """

    upper: Expr
    gradient: Expr
    through_sum: Expr | None = None
    front: Expr = ONE
    # How it was reached from `upper`, and why, if no line was written for it.
    link: Link | None = None
    why: tuple[Step, ...] = ()


class Reverse:
    """One walk. `stages` are in the order in which a lecture gives them; `uses` says for each
    quantity which quantities it is used by, for the proof by induction."""

    def __init__(
        self, model: Model, prepared: Prepared, wanted: Iterable[Expr], *, thorough: bool = True
    ) -> None:
        """`thorough` explains each product of matrices in index form; very deep networks, where
        every layer says the same, do without."""
        self.model = model
        self.loss = loss = prepared.loss
        self.wanted = list(wanted)
        self.stages: list[Stage] = []
        self.uses: dict[Expr, list[Use]] = {}
        self._tidier = Tidier(model.sums_to_one, "rows" if model.columns else "columns")
        self._factors = Factors(prepared.aliases)
        self._contributions: dict[Expr, list[Contribution]] = {}
        # The derivative of the loss by a quantity, by its short name.
        self._known: dict[Expr, Expr] = {}
        self._anatomy = Anatomy(loss, prepared.equations, self.wanted)
        self._waiting: dict[Expr, int] = {}
        for found in self._anatomy.direct.values():
            for e in found:
                self._waiting[e] = self._waiting.get(e, 0) + 1
        self._deltas = Deltas(model, [e for e in self._anatomy.equations if self._gets_name(e)])
        self._constants = frozenset(model.constants)
        self._thorough = thorough
        self._short_names: set[Expr] = set()
        self._parts_done: set[Expr] = set()
        self._numbered = 0

    def run(self) -> None:
        """Walk from the loss to everything that is wanted."""
        self._known[self.loss] = ONE
        for quantity in reversed(self._anatomy.equations):
            if quantity is not self.loss:
                if quantity not in self._contributions:
                    continue
                self._finish(quantity)
            self._pull(quantity)
            for e in self._anatomy.direct[quantity]:
                self._waiting[e] -= 1
                if e.op == "name" and not self._waiting[e] and e in self._contributions:
                    self._finish(e)
        done = {s.quantity for s in self.stages}
        for e in self.wanted:
            if e not in done:
                self._unreached(e)

    # One equation ---------------------------------------------------------------------------

    def _pull(self, quantity: Expr) -> None:
        """Hand the derivative by `quantity` back to what its equation uses."""
        root = definition(quantity)
        parts = [e for e in self._anatomy.parts(quantity) if self._anatomy.matters(e)]
        boundary = self._anatomy.boundary(parts)
        pending: dict[Expr, list[Contribution]] = {}
        for part in reversed(parts):
            if part is root and not pending:
                station = Station(quantity, self._known[quantity])
            elif part in pending:
                found = pending.pop(part)
                if self._anatomy.is_quantity(part):
                    self._contributions.setdefault(part, []).extend(found)
                    continue
                station = self._station(part, found, quantity)
            else:
                continue
            if part is not quantity and self._anatomy.is_quantity(part):
                # One quantity under two names.
                link = Link(quantity, part, "passed", ONE)
                passed = Contribution(quantity, station.gradient, shapes.PASSED_ON, link)
                self._contributions.setdefault(part, []).append(passed)
                continue
            pulled = self._region if is_inner(part) else self._operation
            for lower, contribution in pulled(part, station, boundary, quantity):
                pending.setdefault(lower, []).append(contribution)

    def _station(self, part: Expr, found: list[Contribution], quantity: Expr) -> Station:
        """The derivative by an unnamed part of an equation; what is plain there goes by
        silently."""
        if len(found) == 1:
            only = found[0]
            tidied = self._tidier.lines(only.raw)
            result = tidied[-1][0] if tidied else only.raw
            summed = part if part.op == "sum" else only.through_sum
            if self._is_plain(result):
                front = self._front(only.upper, result)
                return Station(only.upper, result, summed if front is not ZERO else None, front)
            if part.op == "transpose" and only.link.kind in ("left", "right"):
                return Station(only.upper, result, link=only.link, why=only.why)
            if only.law in (shapes.PASSED_ON, SUMMED_UP) or part.op in ("sum", "broadcast"):
                return Station(only.upper, result, link=only.link)
        stage = self._stage(part, found, quantity)
        self.stages.append(stage)
        self._known[part] = stage.name or stage.result
        self._parts_done.add(part)
        return Station(part, self._known[part])

    def _front(self, upper: Expr, gradient: Expr) -> Expr:
        """How `upper` changes with a part: the derivative of the loss by the part, over that by
        `upper`. Zero where the loss does not change with `upper` at all."""
        above = formula(self._known[upper])
        return ZERO if above is ZERO else simplest(div(formula(gradient), above))

    def _is_plain(self, e: Expr) -> bool:
        """Made of numbers, dimensions and constants only: nothing to show a line for."""
        return all(
            x.op in ("number", "size", "constant") or x in self._constants for x in inputs(e)
        )

    def _region(
        self, part: Expr, station: Station, boundary: set[Expr], quantity: Expr
    ) -> list[tuple[Expr, Contribution]]:
        def is_input(e: Expr) -> bool:
            if e is part or not self._anatomy.matters(e):
                return False
            return not is_inner(e) or e in boundary or self._anatomy.is_quantity(e)

        atoms = [e for e in inputs(part, is_input) if is_input(e)]
        out: list[tuple[Expr, Contribution]] = []
        for x in atoms:
            sign = passed_on(part, x, is_input)
            if sign:
                law = shapes.PASSED_ON if sign > 0 else shapes.SIGN_PASSED_ON
                raw = station.gradient if sign > 0 else neg(station.gradient)
                factor = ONE if sign > 0 else neg(ONE)
                link = self._between(station, Link(station.upper, x, "passed", factor))
                through = station.through_sum
                out.append((x, Contribution(station.upper, raw, law, link, (), through)))
                continue
            link, lifted = self._factors.work_out(part, x, is_input, station, quantity)
            link = self._between(station, link)
            raw = lifted if station.gradient is ONE else mul(station.gradient, lifted)
            law = shapes.ENTRY_BY_ENTRY
            if station.through_sum is not None:
                mean = any(e.op == "size" for e in walk([station.gradient]))
                law = shapes.MEAN_BROUGHT_BACK if mean else shapes.SUM_BROUGHT_BACK
            out.append((x, Contribution(station.upper, raw, law, link, (), station.through_sum)))
        return out

    def _operation(
        self, part: Expr, station: Station, boundary: set[Expr], quantity: Expr
    ) -> list[tuple[Expr, Contribution]]:
        out: list[tuple[Expr, Contribution]] = []
        # `sized` has one pullback: the names that only tell sizes get nothing back.
        for i, (lower, back) in enumerate(
            zip(part.args, pullbacks(part), strict=part.op != "sized")
        ):
            if not self._anatomy.matters(lower):
                continue
            raw = back.pull(station.gradient, part)
            if quantity.op == "let" and part is quantity.args[0]:
                raw = replace_parts(raw, {part: quantity})  # the result goes by its name
            why: list[Step] = []
            named = is_named(station.gradient)
            if (
                self._thorough
                and back.reason is not None
                and named
                and not occurs_beside(part, part, i)
            ):
                lines = back.reason(station.gradient, part)
                bases = (a.args[0] if a.op == "transpose" else a for a in part.args)
                held = tuple(dict.fromkeys((*bases, station.gradient)))
                why = [Step(a, b, back.law, frozen=held) for a, b in pairwise(lines)]
            kind = {"matmul": ("left", "right")[i % 2], "broadcast": "repeated"}.get(
                part.op, "other"
            )
            link = Link(station.upper, lower, kind, None, operation=part)
            above = station.link
            if kind != "other" and self._is_known(station):
                place = tuple(_plain(e) for e in (station.upper, lower))
                worked = product_steps(station.upper, part, i, place) if self._thorough else ()
                if worked:
                    link = replace(link, steps=worked, factor=worked[-1].after)
            elif kind == "repeated" and above is not None and above.kind != "other":
                link = replace(above, lower=lower, kind=kind, operation=part)
            elif part.op == "transpose" and above is not None and above.kind in ("left", "right"):
                steps = turn_entries(above.steps, part)
                link = replace(above, lower=lower, steps=steps, turned=True)
                why = list(turn_entries(station.why, part))
                if why:
                    end = why[-1].after
                    turned = entry(end.args[0].T, end.attr[1], end.attr[0])
                    why.append(Step(end, turned, back.law, frozen=why[-1].frozen))
            else:
                link = self._between(station, link)
            through = station.through_sum
            out.append(
                (lower, Contribution(station.upper, raw, back.law, link, tuple(why), through))
            )
        return out

    def _is_known(self, station: Station) -> bool:
        """Whether nothing lies between a station and the quantity above it."""
        zero = station.gradient is broadcast(ZERO, station.gradient.shape)  # whatever lies between
        return station.gradient is self._known.get(station.upper) and not zero

    def _between(self, station: Station, link: Link) -> Link:
        """A link with the number that lies between it and the quantity above; not whole if more
        than a number does."""
        if self._is_known(station):
            return link
        if self._is_plain(station.gradient):
            return replace(link, front=station.front)
        return replace(link, whole=False)

    # Stages ---------------------------------------------------------------------------------

    def _finish(self, quantity: Expr) -> None:
        """All uses of a quantity are known: its derivative is their sum."""
        found = self._contributions.pop(quantity)
        stage = self._stage(quantity, found)
        self.stages.append(stage)
        self._known[quantity] = stage.name or stage.result
        if not is_named(quantity):
            self._parts_done.add(quantity)

    def _stage(self, quantity: Expr, found: list[Contribution], owner: Expr | None = None) -> Stage:
        before = gradient(self.loss, quantity)
        groups: dict[Expr, list[Contribution]] = {}
        for c in found:
            groups.setdefault(c.upper, []).append(c)
        steps: list[Step] = []
        sums: list[Expr] = []
        for upper, group in groups.items():
            raw = _added([c.raw for c in group])
            law = group[0].law if len(group) == 1 else shapes.USED_TWICE
            why = tuple(s for c in group for s in c.why)
            start = before if len(groups) == 1 else path(self.loss, upper, quantity)
            place = tuple(_plain(e) for e in (upper, quantity))
            steps.append(Step(start, raw, law, (start,), place, why=why))
            sums.append(raw)
        if len(groups) > 1:
            place = tuple(_plain(e) for e in (*groups, quantity))
            steps.append(Step(before, _added(sums), shapes.SUM_OF_PATHS, (before,), place))
        place = (_plain(quantity),)
        current = _added(sums)
        steps += chained(
            current, self._tidier.lines(current), Step(before, current, shapes.CHAIN, (), place)
        )
        current = steps[-1].after
        name = self._name(quantity, current, owner)
        if name is not None:
            steps.append(Step(current, name, shapes.NAMED, (), place))
        self.uses[quantity] = [
            Use(upper, self._known[upper], self._held(upper, quantity)) for upper in groups
        ]
        if name is not None:
            self._short_names.add(name)
        reused = tuple(e for e in _parts_of(current) if e in self._short_names)
        links = tuple(dict.fromkeys(c.link for c in found))
        return Stage(quantity, links, tuple(steps), current, name, reused)

    def _held(self, upper: Expr, quantity: Expr) -> frozenset[Expr]:
        """Parts of the same equation that have stages of their own."""
        return frozenset(self._parts_done - {upper, quantity})

    def _name(self, quantity: Expr, result: Expr, owner: Expr | None) -> Expr | None:
        """A short name for a result that more than one line will use."""
        if result.op in ("let", "name", "number") or result is ONE:
            return None
        if quantity.op == "let":
            if self._anatomy.hands_on(quantity) or cost(result) > LONG:
                return let(self._deltas.name(quantity), result)
            return None
        if quantity.op == "name":
            return None
        if owner is not None and owner.op == "let" and self._anatomy.inside(owner) is quantity:
            return let(self._deltas.name(owner), result)
        if sum(1 for e in _parts_of(result) if e.args) > 4:
            self._numbered += 1
            index = str(self._numbered)
            return let(Name("g", sub=index, latex=f"g_{{{index}}}"), result)
        return None

    def _gets_name(self, quantity: Expr) -> bool:
        if quantity.op != "let":
            return False
        return self._anatomy.inside(quantity) is not None or self._anatomy.hands_on(quantity)

    def _unreached(self, quantity: Expr) -> None:
        before = gradient(self.loss, quantity)
        if quantity is self.loss:
            steps, result = (Step(before, ONE, shapes.LOSS_BY_ITSELF),), ONE
        else:
            result = broadcast(ZERO, quantity.shape)
            steps = (Step(before, result, shapes.NOT_USED, place=(_plain(quantity),)),)
        self.uses[quantity] = []
        self.stages.append(Stage(quantity, (), steps, result))


def _parts_of(e: Expr) -> list[Expr]:
    return list(walk([e], ends_equation))


def _added(raws: list[Expr]) -> Expr:
    out = raws[0]
    for raw in raws[1:]:
        out = Expr("add", (out, raw), None, out.shape)
    return out


def _plain(e: Expr) -> str:
    return e.attr.plain if is_named(e) else ""
