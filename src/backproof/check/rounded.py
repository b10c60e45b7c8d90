"""How far apart two sides may be where numbers were rounded: `0.6 * 0.59628 = 0.35777`."""

from __future__ import annotations

from collections.abc import Callable

from . import numbers as n
from .arrays import Mismatch
from .interpret import World
from .scope import Scope, bases
from .terms import Add, Mul, Num, Pow, Term, Unclear, literal, numbers

#: How far a number may be off that was worked out in several steps, each of them rounded.
_STEPS = 0.005


def slack(world: Callable[[], World], left: Term, right: Term) -> float:
    """How far apart two sides may be, one of which is a number, because of what was rounded: one
    unit in the last place of a result, half a unit of what it was worked out from. Numbers with
    fewer decimals than others on the line are exact, as 0.8 is in `0.60278 - 0.8`.

    `world` makes a world in which both sides can be evaluated.
    """
    sides = (left, right)
    written = [text for side in sides for text in numbers(side) if "." in text]
    least = max([2, *map(_decimals, written)])
    results = {text for side in sides if is_result(side) for text in numbers(side)}
    given = _given(world().scope, sides)
    base = _difference(world(), left, right)
    allowed = 0.0
    for text in {*written, *given}:
        if text not in results and _decimals(text) < least:
            continue
        unit = 10.0 ** -_decimals(text)
        moved = world()
        whole = text in results and _decimals(text) > 1  # cut off instead of rounded
        moved.nudge = text, unit if whole else unit / 2
        change = _most(base, _difference(moved, left, right))
        # `tanh(0.106) = 0.106`: both move
        allowed += change if text not in results else max(change, moved.nudge[1])
    if all(map(literal, sides)):
        return allowed * (1 + 1e-9)
    sizes = [abs(x) for side in sides if literal(side) for x in _values(world(), side)]
    return max(2 * allowed, _STEPS * max(sizes, default=0.0)) if written else allowed


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def is_result(side: Term) -> bool:
    r"""Whether a side is one number that was worked out: `0.39`, `-1.2 \cdot 10^{-3}`."""
    if isinstance(side, Add) and len(side.terms) == 1:
        side = side.terms[0]
    if isinstance(side, Mul):
        first, *rest = side.factors
        return is_result(first) and all(
            isinstance(f, Pow) and f.base == Num("10") for f in rest
        )  # fmt: skip
    return isinstance(side, Num)


def _given(scope: Scope, sides: tuple[Term, ...]) -> list[str]:
    """The decimals that a note gives for the names behind a line."""
    behind = scope.behind({b for side in sides for b in bases(side)})
    found = (d.body for base in behind for d in scope.definitions.get(base, ()))
    return [text for body in found if literal(body) for text in numbers(body) if "." in text]


def _values(world: World, side: Term) -> list[float]:
    try:
        return [float(n.plain(x)) for x in world.array(side).entries]
    except (Mismatch, Unclear, ArithmeticError, ValueError):
        return []


def _difference(world: World, left: Term, right: Term) -> list[float]:
    first, second = _values(world, left), _values(world, right)
    if len(second) == 1:
        second *= len(first)
    return [x - y for x, y in zip(first, second, strict=False)]


def _most(one: list[float], other: list[float]) -> float:
    return max((abs(x - y) for x, y in zip(one, other, strict=False)), default=0.0)
