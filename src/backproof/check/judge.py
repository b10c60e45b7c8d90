"""One equation against the numbers: in which readings it holds, and in which it can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import localcontext
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from . import numbers as n
from .arrays import Jacobian, Mismatch
from .choices import assignments
from .deep import determined
from .interpret import World
from .offsets import OFFSET
from .readings import Reading
from .rounded import slack
from .scope import Place
from .stand import Stand, constants, world_of
from .state import SIGNED, Purse, Value
from .terms import (
    Compare,
    Name,
    Term,
    Unclear,
    free_letters,
    literal,
    names,
)

#: The last one has numbers of both signs, where the note has a value for them.
_POINTS = (11, 23, SIGNED)
#: The same, up to so small a part; and what is no more than zero, since a difference of large terms
#: loses digits.
_CLOSE, _ZERO = 10**9, 10**11
_CLOSE_DIGITS, _ZERO_DIGITS = 10**30, 10**40


@dataclass(slots=True)
class Outcome:
    """How an equation fares in one reading.

    `state`: `holds`, `fails`, `left` (the left side makes no sense here), `unclear` (with a
    reason). `ratio`: the number by which the sides differ everywhere, if it is one. `world`,
    `values`: the point at which it failed. `degenerate`: both sides are constant, so that holding
    says little. `products`: how many matrix products were met.
    """

    reading: Reading
    state: str
    reason: Unclear | None = None
    ratio: float | None = None
    world: World | None = None
    values: tuple[Value, Value] | None = None
    degenerate: bool = False
    products: int = 0
    unknown: set[str] = field(default_factory=set[str])
    unreached: bool = False
    mismatch: bool = False
    gradient: bool = False
    zero: bool = False
    forced: int = 0
    free: bool = False
    foreign: set[str] = field(default_factory=set[str])
    strange: set[str] = field(default_factory=set[str])
    asked: set[str] = field(default_factory=set[str])


def outcome(
    stand: Stand,
    reading: Reading,
    left: Term,
    right: Term,
    *,
    digits: bool = False,
    purse: Purse | None = None,
) -> Outcome:
    """Evaluate both sides at random points, for several choices of their free indices; with
    `digits`, at one point with many."""
    purse = purse or Purse()
    if digits:
        with localcontext(prec=n.DIGITS):
            return _any_way(stand, reading, left, right, purse, digits=True)
    return _any_way(stand, reading, left, right, purse, digits=False)


def _any_way(
    stand: Stand, reading: Reading, left: Term, right: Term, purse: Purse, *, digits: bool
) -> Outcome:
    """With all letters different; failing that, with those equal that the prose may mean to be."""
    told = _outcome(stand, reading, left, right, purse, digits=digits)
    if told.state == "fails" and reading.size > 1:
        for way in _ways(stand, reading, left, right):
            found = _outcome(stand, reading, left, right, purse, digits=digits, way=way)
            if found.state == "holds":
                return found
    return told


def _ways(
    stand: Stand, reading: Reading, left: Term, right: Term
) -> Iterator[Mapping[str, str | int]]:
    """Letters that may be others: `∂L/∂z_i = p_i - 1` is about the i that is the class c of the
    loss, and the o of `u_o` may be none of those that a sum runs over."""
    survey = stand.scope.survey
    own = [
        x for x in dict.fromkeys((*free_letters(left), *free_letters(right)))
        if x not in {*survey.family_letters, *survey.samples, *survey.classes,
                     *constants(stand.scope)}
    ]  # fmt: skip
    needed = stand.scope.behind({n.base for n in names((left, right))})
    dangling = {x for base in needed for x in stand.scope.implied(base)}
    borrowed = sorted(dangling - survey.family_letters - survey.samples)
    for x in borrowed:
        yield {x: reading.size + 1}
        yield from ({x: other} for other in own if other not in borrowed)
    for a, b, equal in stand.said:
        if equal and a in own and b in own:
            yield {a: b}
    named = {n.base for n in names((left, right))} | {*free_letters((left, right))}
    if _tells_apart((left, right), survey.classes):
        return
    for x in own:
        about = {b for a, b, _ in stand.said if a == x} | named
        if survey.classes & about:
            yield from ({x: at} for at in range(1, reading.size + 1))  # the class, or another


def _tells_apart(term: Any, classes: set[str]) -> bool:
    """Whether an indicator in a line tells the class of a sample from the others."""
    if isinstance(term, Compare):
        sides = (term.left, term.right)
        named = any(isinstance(side, Name) and side.base in classes for side in sides)
        return named and term.relation in ("=", "!=")
    if isinstance(term, tuple):
        return any(_tells_apart(part, classes) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Term):
        return any(_tells_apart(getattr(term, s), classes) for s in type(term).__slots__)
    return False


def _outcome(
    stand: Stand,
    reading: Reading,
    left: Term,
    right: Term,
    purse: Purse,
    *,
    digits: bool,
    way: Mapping[str, str | int] = MappingProxyType({}),
) -> Outcome:
    result = Outcome(reading, "holds")
    pairs: list[tuple[Any, Any]] = []
    asked = 0
    own = {*free_letters(left), *free_letters(right)}
    choices = list(assignments(stand, reading, left, right))
    for point in _POINTS if not digits else _POINTS[:1]:
        for chosen in choices:
            given = {x: chosen[y] if isinstance(y, str) else y for x, y in way.items()}
            letters = chosen | given
            world = world_of(stand, reading, point, letters, own, digits=digits)
            world.purse, world.asked = purse, result.asked
            try:
                a = world.value(left)
            except Mismatch:
                return Outcome(reading, "left", asked=result.asked)
            except Unclear as reason:
                return Outcome(reading, "unclear", reason, asked=result.asked)
            except (ArithmeticError, ValueError, RecursionError):
                continue
            met = set(world.free)
            try:
                b = world.value(right)
                found = compared(world, a, b)
            except Mismatch:
                if world.cuts:  # what was cut off may have had another shape
                    return Outcome(reading, "left", asked=result.asked)
                result.state, result.world, result.values = "fails", world, (a, a)
                result.mismatch = True
                found, b = None, a
            except Unclear as reason:
                return Outcome(reading, "unclear", reason, asked=result.asked)
            except (ArithmeticError, ValueError, RecursionError):
                continue
            if world.cuts and determined(world):
                return Outcome(reading, "unclear", Unclear("too deep"), asked=result.asked)
            asked += 1
            _seen(result, world, a, met)
            if found is None:
                return result
            pairs += found
            if result.state == "holds" and not _alike(
                found, left, right,
                partial(world_of, stand, reading, point, letters, own, digits=digits),
            ):  # fmt: skip
                result.state, result.world, result.values = "fails", world, (a, b)
        if result.state == "fails" and not _proportional(pairs):
            break
    if not asked:
        return Outcome(reading, "unclear", Unclear("undecided"))
    _compare_all(result, pairs)
    return result


def _seen(result: Outcome, world: World, left: Value, met: set[Place]) -> None:
    """What came up while both sides were evaluated."""
    result.gradient = isinstance(left, Jacobian) and left.of == (1, 1) != left.by
    result.free = result.free or bool(world.free)
    found = {place.base for place in set(world.free) - met}
    found = {base for base in found if not base.startswith(OFFSET)}  # it is a weight of the sum
    result.foreign |= found
    result.strange |= found - (world.scope.told - world.scope.survey.obscure)
    result.products += world.products
    result.forced += world.forced
    result.unknown |= world.unknown
    result.unreached |= world.unreached


def _alike(
    pairs: list[tuple[Any, Any]], left: Term, right: Term, world: Callable[[], World]
) -> bool:
    """Whether all pairs of numbers are the same, or as near as their decimals allow."""
    digits = world().digits
    apart = [abs(n.plain(x) - n.plain(y)) for x, y in pairs if not close(x, y, digits)]
    if not apart:
        return True
    if not literal(left) and not literal(right):
        return False
    return bool(max(apart) <= slack(world, left, right))


def _compare_all(result: Outcome, pairs: list[tuple[Any, Any]]) -> None:
    """What all the numbers of both sides say together."""
    ratios = _ratios(pairs)
    if result.state == "fails" and len(ratios) > 1 and _proportional(pairs):
        result.ratio = ratios[0]
    rounded = {round(float(n.plain(x)), 12) for x, _ in pairs}
    result.degenerate = rounded <= {0.0, 1.0}
    result.zero = rounded == {0.0}


def _ratios(pairs: list[tuple[Any, Any]]) -> list[float]:
    values = [(float(n.plain(x)), float(n.plain(y))) for x, y in pairs]
    return [
        y / x if abs(x) > 1e-12 else float("inf")
        for x, y in values
        if abs(x) > 1e-12 or abs(y) > 1e-12
    ]


def _proportional(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether the sides may differ by a constant factor alone."""
    ratios = _ratios(pairs)
    return all(abs(r - ratios[0]) < 1e-7 * abs(ratios[0]) for r in ratios)


def close(x: Any, y: Any, digits: bool) -> bool:
    """Whether two numbers are the same, up to rounding."""
    x, y = n.plain(x), n.plain(y)
    size = max(abs(x), abs(y))
    near, floor = (_CLOSE_DIGITS, _ZERO_DIGITS) if digits else (_CLOSE, _ZERO)
    return bool(abs(x - y) * near <= size or size * floor < 1)


def compared(world: World, a: Value, b: Value) -> list[tuple[Any, Any]]:
    """The numbers of two sides, beside each other. Raises Mismatch if they have other shapes."""
    if isinstance(a, Jacobian) and isinstance(b, Jacobian) and (a.of, a.by) == (b.of, b.by):
        return [
            (x, y)
            for r, s in zip(a.entries, b.entries, strict=True)
            for x, y in zip(r, s, strict=True)
        ]
    x, y = world.settled(a), world.settled(b)
    if x.shape == y.shape:
        return list(zip(x.entries, y.entries, strict=True))
    if y.scalar and all(close(e, y.entries[0], world.digits) for e in x.entries):
        return [(e, y.entries[0]) for e in x.entries]
    if world.reading.size == 1 and world.reading.samples == 1:
        return [(x.entries[0], y.entries[0])]
    raise Mismatch
