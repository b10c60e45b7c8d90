r"""Derivatives that go against the forward pass: `\partial z_1 / \partial a_1` where a_1 is made of
z_1, and z_1 of nothing that comes later.

Such a derivative is zero. What a note says that it comes to belongs to another layer, unless it is
the inverse of the derivative the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from .items import Environment, Item
from .roles import is_backward
from .scope import Place, Scope
from .stand import constants
from .terms import D, Div, Mul, Name, Num, Pow, Term, is_loss, names, walk

#: The number of the layer, or step, that a letter stands for.
_HERE = 5
#: So many quantities are looked at on the way back.
_MOST = 200


def against(env: Environment, item: Item) -> bool:
    """Whether a line works out a derivative that goes against the forward pass."""
    if item.role != "claim" or any(map(_inverts, walk((item.left, item.right)))):
        return False
    scope, left, right = env.scope.seen_from(item.at), item.left, item.right
    if isinstance(left, D) and _backwards(scope, left):
        # the inverse of what a_1 owes to z_1 is made of what a_1 is made of
        made = _made_of(scope, _place(scope, next(names(left.by)), {}))
        return any(_place(scope, name, {}) not in made for name in names(right))
    if not any(True for _ in _factors(left)):
        return False
    return any(_backwards(scope, d) for side in (left, right) for d in _factors(side))


def _factors(side: Term | None) -> Iterator[D]:
    """The derivatives of a product that starts with one, or a lone one that is of a loss."""
    if isinstance(side, D) and isinstance(side.of, Name) and is_loss(side.of.base):
        yield side
    if isinstance(side, Mul) and isinstance(side.factors[0], D):
        yield from (part for part in side.factors if isinstance(part, D))


def _inverts(term: Term) -> bool:
    """Whether something is divided by a quantity."""
    if isinstance(term, Pow):
        return not isinstance(term.exponent, Num)
    return isinstance(term, Div) and any(True for _ in names(term.below))


def _backwards(scope: Scope, d: D) -> bool:
    of, by = d.of, d.by[0] if len(d.by) == 1 else None
    if not isinstance(of, Name) or not isinstance(by, Name) or is_loss(of.base):
        return False
    first, second = _place(scope, of, {}), _place(scope, by, {})
    if first is None or second is None or first == second:
        return False
    return first in _made_of(scope, second) and second not in _made_of(scope, first)


def _made_of(scope: Scope, start: Place | None) -> set[Place]:
    """What a quantity is made of, as far as the formulas of the note tell."""
    seen: set[Place] = set()
    stack = [start] if start is not None else []
    while stack and len(seen) < _MOST:
        top = stack.pop()
        match = scope.matching(top, constants(scope))
        if match is None or is_backward(match.definition):
            continue
        for name in names(match.definition.body):
            place = _place(scope, name, match.letters)
            if place is not None and place not in seen:
                seen.add(place)
                stack.append(place)
    return seen


def _place(scope: Scope, name: Name, letters: dict[str, int]) -> Place | None:
    """The whole quantity that a name is, or is a part of."""
    survey, fixed = scope.survey, constants(scope)
    found: list[list[int]] = [[], []]
    for lower, indices in enumerate((name.upper, name.lower)):
        for index in indices:
            if index.others:
                return None
            if index.letter in survey.samples:
                continue
            if index.letter and index.letter not in fixed | letters.keys():
                if survey.is_family(name.base, index.letter, bool(lower), not found[1]):
                    found[lower].append(_HERE + index.shift)
                continue
            value = fixed.get(index.letter, letters.get(index.letter, 0)) if index.letter else 0
            found[lower].append(value + index.shift)
    return Place(name.base, tuple(found[0]), tuple(found[1]))
