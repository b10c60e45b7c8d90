"""One equation against the numbers: in which readings it holds, and in which it can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from . import numbers as n
from .arrays import Jacobian, Mismatch
from .interpret import World
from .readings import Reading
from .scope import Place, Scope
from .state import FAMILY, SIGNED, Purse, Value
from .terms import Index, Num, Sum, Term, Unclear, literal, numbers

#: The last one has numbers of both signs, where the note has a value for them.
_POINTS = (11, 23, SIGNED)
_CLOSE = 1e-9
#: Networks of so many layers are worked through as the note has them.
_MOST_MEMBERS = 5
_CLOSE_DIGITS = 1e-30


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


@dataclass(frozen=True, slots=True)
class Stand:
    """What an equation is judged with: the definitions seen from there, what `dW` differentiates,
    what stands in for a loss without a definition, whether `dZ` is kept for each sample, whether
    targets sum to one or are 1 for the class that a letter names (`hot`), what functions without a
    definition are taken to be, and whether names that are defined further down have no meaning
    yet (`ahead`). `hopeful`: it counts only if the equation holds."""

    scope: Scope
    loss: Term | None = None
    generic: Term | None = None
    per_sample: bool = False
    normal: bool = False
    hot: str = ""
    assumed: tuple[tuple[str, str], ...] = ()
    ahead: bool = False
    hopeful: bool = False


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
    `digits`, at one point with 50 digits."""
    purse = purse or Purse()
    if digits:
        import mpmath

        with mpmath.workdps(50):  # pyright: ignore[reportUnknownMemberType]
            return _outcome(stand, reading, left, right, purse, digits=True)
    return _outcome(stand, reading, left, right, purse, digits=False)


def _outcome(
    stand: Stand, reading: Reading, left: Term, right: Term, purse: Purse, *, digits: bool
) -> Outcome:
    result = Outcome(reading, "holds")
    pairs: list[tuple[Any, Any]] = []
    asked = 0
    for point in _POINTS if not digits else _POINTS[:1]:
        for letters in assignments(stand, reading, left, right):
            world = _world(stand, reading, point, letters, digits=digits)
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
                result.state, result.world, result.values = "fails", world, (a, a)
                result.mismatch = True
                found, b = None, a
            except Unclear as reason:
                return Outcome(reading, "unclear", reason, asked=result.asked)
            except (ArithmeticError, ValueError, RecursionError):
                continue
            asked += 1
            _seen(result, world, a, met)
            if found is None:
                return result
            pairs += found
            slack = rounding(left, right)
            if result.state == "holds" and not all(_same(x, y, slack, digits) for x, y in found):
                result.state, result.world, result.values = "fails", world, (a, b)
        if result.state == "fails" and not _proportional(pairs):
            break
    if not asked:
        return Outcome(reading, "unclear", Unclear("undecided"))
    _compare_all(result, pairs)
    return result


def _world(
    stand: Stand, reading: Reading, point: int, letters: dict[str, int], *, digits: bool
) -> World:
    world = World(stand.scope, reading, point, digits)
    world.constants = constants(stand.scope)
    world.letters = world.given = letters
    world.loss, world.generic = stand.loss, stand.generic
    world.per_sample, world.normal = stand.per_sample, stand.normal
    world.hot = letters.get(stand.hot, 0)
    world.assumed = dict(stand.assumed)
    return world


def _seen(result: Outcome, world: World, left: Value, met: set[Place]) -> None:
    """What came up while both sides were evaluated."""
    result.gradient = isinstance(left, Jacobian) and left.of == (1, 1) != left.by
    result.free = result.free or bool(world.free)
    found = {place.base for place in set(world.free) - met}
    result.foreign |= found
    result.strange |= found - world.scope.mentioned
    result.products += world.products
    result.forced += world.forced
    result.unknown |= world.unknown
    result.unreached |= world.unreached


def _same(x: Any, y: Any, slack: float, digits: bool) -> bool:
    return close(x, y, digits) or bool(abs(n.plain(x) - n.plain(y)) <= slack)


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


def rounding(left: Term, right: Term) -> float:
    """How far a side that is worked out to a few decimals may be off: two units of the last."""
    if not literal(left) and not literal(right):
        return 0.0
    decimals = [
        len(text.partition(".")[2]) for text in (*numbers(left), *numbers(right)) if "." in text
    ]
    return 2.0 * 10.0 ** -min(decimals) if decimals else 0.0


def close(x: Any, y: Any, digits: bool) -> bool:
    """Whether two numbers are the same, up to rounding."""
    x, y = n.plain(x), n.plain(y)
    size = max(abs(x), abs(y))
    # a difference of large terms loses digits: below this, both are zero
    floor = 1e-40 if digits else 1e-11
    return bool(abs(x - y) <= (_CLOSE_DIGITS if digits else _CLOSE) * size or size < floor)


def constants(scope: Scope) -> dict[str, int]:
    """Letters that stand for the last member of a family."""
    found: dict[str, int] = {}
    for letter in ("L", "T"):
        definitions = scope.definitions.get(letter, [])
        given = [d.body for d in definitions if d.at < scope.at and isinstance(d.body, Num)]
        if given and (text := given[-1].text).isdigit() and 0 < int(text) <= _MOST_MEMBERS:
            found[letter] = int(text)
        elif not definitions or letter in scope.survey.last:
            found[letter] = FAMILY
    return found


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
    if y.scalar and all(e == y.entries[0] for e in x.entries):
        return [(e, y.entries[0]) for e in x.entries]
    if world.reading.size == 1 and world.reading.samples == 1:
        return [(x.entries[0], y.entries[0])]
    raise Mismatch


def assignments(
    stand: Stand, reading: Reading, left: Term, right: Term
) -> Iterator[dict[str, int]]:
    """Numbers for the free index letters of an equation: all different ones first."""
    survey = stand.scope.survey
    fixed = constants(stand.scope)
    free: list[str] = []
    for letter in [*free_letters(left), *free_letters(right)]:
        if letter not in free and letter not in fixed:
            free.append(letter)
    families = [x for x in free if x in survey.family_letters]
    samples = [x for x in free if x in survey.samples]
    entries = [x for x in free if x not in families and x not in samples]
    steps = {x: 1 if x in survey.lone_steps else 2 for x in families}
    base = steps | {x: min(2, reading.samples) for x in samples}
    if reading.size == 1:
        yield base | dict.fromkeys(entries, 1)
        return
    if not entries:
        yield base
        return
    lengths = [reading.size for _ in entries]
    if reading.shapes is not None:
        world = _world(stand, reading, 0, base, digits=False)
        lengths = [world.extent(x, left, right) or reading.size for x in entries]
    for first in (0, 1):
        chosen = [(first + at) % length + 1 for at, length in enumerate(lengths)]
        yield base | dict(zip(entries, chosen, strict=True))


def free_letters(term: Any, bound: frozenset[str] = frozenset()) -> list[str]:
    """Index letters that no sum binds, in the order of their appearance."""
    if isinstance(term, Index):
        return [term.letter] if term.letter and term.letter not in bound else []
    if isinstance(term, Sum):
        inner = bound | set(term.letters)
        parts: list[Any] = [term.lower, term.upper]
        found = [x for p in parts if p is not None for x in free_letters(p, bound)]
        return found + free_letters(term.body, inner)
    if isinstance(term, tuple):
        items = cast("tuple[Any, ...]", term)
        return [x for part in items for x in free_letters(part, bound)]
    if isinstance(term, Term):
        return [x for s in type(term).__slots__ for x in free_letters(getattr(term, s), bound)]
    return []
