r"""Gradients that take the place of one another: `g \leftarrow \nabla_a J = g \odot f'(a)`.

Where an algorithm goes down the layers with one letter for the gradient that it has arrived at,
each arrow gives it another value, and the g to the right of an arrow is the one before. In the
first line of a loop that is the last one of the layer above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .calls import mentions
from .items import Environment, Item
from .scope import Definition, Scope
from .terms import D, Index, Name, Term, rewritten


def takes_the_place(env: Environment, item: Item) -> bool:
    """Whether an arrow gives a letter for a gradient that of another quantity."""
    body = item.right
    if not item.equation.assigns or not isinstance(item.left, Name) or not isinstance(body, D):
        return False
    earlier = [d.body for d in env.scope.definitions.get(item.left.base, ()) if d.at < item.at]
    return any(isinstance(d, D) and (d.of, d.by) != (body.of, body.by) for d in earlier)


def rolls(env: Environment, item: Item) -> bool:
    """Whether a line goes on from an arrow, with the letter that the arrow gives a value."""
    own = _arrows_beside(env, item)
    name = own[0].left if own else None
    return isinstance(name, Name) and mentions(item.right, name.base)


def _is_arrow(item: Item) -> bool:
    return item.equation.assigns and isinstance(item.left, Name) and isinstance(item.right, D)


def _arrows_beside(env: Environment, item: Item) -> list[Item]:
    """The other lines of its chain that have one; those of a chain follow one another."""
    chain = item.equation.chain
    first, end = item.at, item.at + 1
    while first and env.items[first - 1].equation.chain == chain:
        first -= 1
    while end < len(env.items) and env.items[end].equation.chain == chain:
        end += 1
    return [other for other in env.items[first:end] if other is not item and _is_arrow(other)]


def before_the_arrow(env: Environment, item: Item, scope: Scope) -> Iterator[Scope]:
    """The definitions with each value that the letter left of the arrow may have to its right."""
    own = _arrows_beside(env, item)
    name = own[0].left
    if not isinstance(name, Name):
        return
    others = [a for a in filter(_is_arrow, env.items) if a.left == name and a not in own]
    given = frozenset(d.at for d in scope.definitions.get(name.base, ()))
    barred = scope.seen_from(scope.at, scope.barred | given)
    above = [a for a in others if a.at < item.at]
    for other in (*reversed(above), *(a for a in others if a not in above)):
        for shift in (0, 1, -1):
            body = _moved(other.right, shift)
            yield barred.with_more([Definition(name, body, -1)])


def _moved(term: Any, shift: int) -> Term:
    """A term so many layers further up."""

    def change(part: Term | Index) -> Name | None:
        if not isinstance(part, Name) or not shift:
            return None
        upper = tuple(replace(i, shift=i.shift + shift) if i.letter else i for i in part.upper)
        return replace(part, upper=upper)

    return rewritten(term, change)
