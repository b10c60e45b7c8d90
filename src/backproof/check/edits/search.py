"""All edits of an equation in the order in which they are likely: one at a time, then two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from ...notation.syntax import Tree
from .context import Candidate, Context, Move, Spot
from .equation import Equation
from .factors import bounds, extra_factors, lost_factors, means, sums
from .functions import numbers, slopes
from .indices import powers, slips
from .naming import chains, names, places, variables
from .products import hadamards, orders, transposes
from .signs import brackets, signs, terms
from .trees import key, put_all, walk

Kind = Callable[[Equation], Iterable[Move]]

_ALL: tuple[Kind, ...] = (
    signs, bounds, means, variables, sums, transposes, places, slopes, orders, hadamards,
    brackets, slips, lost_factors, extra_factors, chains, terms, names, powers, numbers,
)  # fmt: skip
#: Slips of the hand that come in twos: what a line for one sample leaves out.
_LOOSE: tuple[Kind, ...] = (means, transposes, orders, hadamards, signs, sums)
#: A long formula has more places for each kind than anyone would look at.
_MOST = 120
_WORK = 20_000
_LARGEST = 1_500
_FIRST = 24
_SECOND = 16
_RENAMED = 12

#: Which edit makes the mistake that another edit mends; every other kind undoes itself.
_SEEDS = {
    "lost factor": "extra factor", "extra factor": "lost factor", "lost mean": "extra mean",
    "extra mean": "lost mean", "lost sum": "extra sum", "extra sum": "lost sum",
    "lost term": "extra term", "extra term": "lost term",
    "derivative for function": "function for derivative",
    "function for derivative": "derivative for function", "lost chain factor": "extra factor",
}  # fmt: skip


def edits(left: Tree, right: Tree, context: Context) -> Iterator[Candidate]:
    """Small edits of `left = right`, the likeliest first, none twice and none that changes nothing.

    Single edits come first, then two at once of what a loose line leaves out (a mean, transposes,
    an order, a product entry by entry, a sign), and another variable together with a constant. A
    formula of more than 1,500 parts has no edits.
    """
    seen = {(key(left), key(right))}
    loose: list[Candidate] = []
    renamed: list[Candidate] = []
    for candidate in _sorted(left, right, context, _ALL, seen):
        yield candidate
        if candidate.kind in _PAIRED and key(candidate.left) == key(left):
            loose.append(candidate)
        elif candidate.kind == "wrong variable" and key(candidate.left) != key(left):
            renamed.append(candidate)
    for first in loose[:_FIRST]:
        second = _sorted(left, first.right, context, _LOOSE, seen)
        for _, candidate in zip(range(_SECOND), second, strict=False):
            yield first.then(candidate)
    for first in renamed[:_RENAMED]:
        for candidate in _sorted(first.left, right, context, (_constants, means, signs), seen):
            yield first.then(candidate)


def _constants(eq: Equation) -> Iterable[Move]:
    """Two and a half, in front of the side."""
    return islice(lost_factors(eq), 2)


_PAIRED = frozenset({"lost mean", "transpose", "product order", "hadamard", "sign", "lost sum"})


def mutate(left: Tree, right: Tree, context: Context, kind: str) -> Iterator[Candidate]:
    """The same equation with one mistake of this kind in it, the likeliest first.

    The `kind` of what comes out is the mistake that was made, the one that `edits` would name.
    """
    made = _SEEDS.get(kind, kind)
    for candidate in _sorted(left, right, context, _ALL, {(key(left), key(right))}):
        if candidate.kind == made and (kind != "lost chain factor" or _is_link(candidate)):
            yield replace(candidate, kind=kind)


def _is_link(candidate: Candidate) -> bool:
    return any("partial" in text or "∂" in text for name, text in candidate.facts if name)


def _sorted(
    left: Tree, right: Tree, context: Context, kinds: tuple[Kind, ...], seen: set[Any]
) -> Iterator[Candidate]:
    size = sum(1 for side in (left, right) for _ in walk(side))
    if size > _LARGEST:
        return
    most = min(_MOST, max(8, _WORK // size))
    eq = Equation(left, right, context)
    moves = [move for kind in kinds for move in islice(kind(eq), most)]
    for move in sorted(moves, key=lambda m: m.cost):
        edits = ((move.path, move.new), *move.elsewhere)
        spots = tuple(Spot(move.left, path, new) for path, new in edits)
        side = put_all(left if move.left else right, edits)
        both = (side, right) if move.left else (left, side)
        mark = key(both[0]), key(both[1])
        if mark not in seen:
            seen.add(mark)
            origin = left, right
            yield Candidate(move.kind, *both, move.facts, (), spots, origin=origin, context=context)
