"""Networks that are too deep to be followed down to their input from every line.

What lies far below the quantities of a line is any number to it: where `A^{[7]}` has a definition
that leads through forty more, and none of them is what the line differentiates by, a random array
does as well. What the line says then holds for whatever comes out of the layers below.
"""

from __future__ import annotations

from collections.abc import Iterable

from .scope import Definition, Layer, Place, Scope
from .state import Seed, State
from .terms import Name, names


def far_below(scope: Scope, place: Place, seeds: list[Seed]) -> bool:
    """Whether a quantity is made of none that are differentiated by; False where that can not be
    told, since a name on the way has a letter for its layer or step."""
    below = _below(scope, place)
    return below is not None and not any(_layer(s.place) in below for s in seeds)


def determined(state: State) -> bool:
    """Whether a value that was taken for any has none of its own: an error is made of the very
    weights and outputs that a gradient leads through on the other side."""
    below = {cut: _leaves(state.scope, cut) for cut in state.cuts}
    met = {_layer(place) for place in state.free if place.whole not in below}
    return any(
        not leaves - met.union(*(other for at, other in below.items() if at != cut))
        for cut, leaves in below.items()
    )


def _leaves(scope: Scope, place: Place) -> set[Layer]:
    """All that a quantity is made of in the end."""
    return {layer for layer in _below(scope, place) or () if not _sources(scope, layer)}


def _below(scope: Scope, place: Place) -> set[Layer] | None:
    """A quantity and all that it is made of; None if that can't be told."""
    first = _layer(place)
    seen = {first}
    waiting = [first]
    while waiting:
        sources = _sources(scope, waiting.pop())
        if sources is None:
            return None
        waiting += sources - seen
        seen |= sources
    return seen


def _layer(place: Place) -> Layer:
    return place.base.lower(), place.upper


def _sources(scope: Scope, layer: Layer) -> frozenset[Layer] | None:
    """What the definitions of a quantity name; None if one of them can't be told from others."""
    if layer not in scope.sources:
        base, upper = layer
        found: set[Layer | None] = set()
        for definition in _definitions(scope, base):
            if _numbers(scope, definition.name) in (None, upper):
                found |= {
                    None if (numbers := _numbers(scope, name)) is None
                    else (name.base.lower(), numbers)
                    for name in names(definition.body)
                }  # fmt: skip
        told = None if None in found else frozenset(x for x in found if x is not None)
        scope.sources[layer] = told
    return scope.sources[layer]


def _definitions(scope: Scope, base: str) -> Iterable[Definition]:
    """Those of a quantity, and of the array that has it as its parts: `A` of `a`."""
    return (d for other, ds in scope.definitions.items() if other.lower() == base for d in ds)


def _numbers(scope: Scope, name: Name) -> tuple[int, ...] | None:
    """The numbers above a name, without its sample; None if letters tell its layer or step."""
    survey = scope.survey
    if any(survey.is_family(name.base, i.letter, True) for i in name.lower if i.letter):
        return None
    own = [i for i in name.upper if i.letter not in survey.samples]
    return None if any(i.letter for i in own) else tuple(i.shift for i in own)
