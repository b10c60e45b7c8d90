"""What the formulas of a note tell about its names once they are terms: which arrays are used as a
whole, and which steps a loss is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from ..notation.lower.library import is_library
from .judge import free_letters
from .scope import Definition
from .survey import Survey
from .terms import Call, D, Name, Term

Sides = tuple[Term | None, Term | None]


def whole_arrays(sides: Iterable[Sides], survey: Survey) -> set[str]:
    """Bases that stand somewhere for all samples at once, as matrices: `a_{js}` is then the entry
    in row j. Not those whose entries the note writes the other way round throughout."""
    if not survey.samples:
        return set()
    whole: set[str] = set()
    orders: dict[str, list[bool]] = {}
    for both in sides:
        seen: set[tuple[str, bool]] = set()
        for name in _values(both):
            sampled = [index.letter in survey.samples for index in name.indices if index.letter]
            if not any(sampled):
                whole.add(name.base)
            elif len(name.lower) > 1 and len(sampled) == 2 and not all(sampled):
                seen.add((name.base, sampled[0]))
        for base, first in seen:
            orders.setdefault(base, []).append(first)
    settled = {base for base, found in orders.items() if len(found) > 1 and len(set(found)) == 1}
    return whole - settled


def _values(term: Any) -> Iterator[Name]:
    """The quantities in a formula that stand for their values: not `x` in `L(x)` or `dL/dx`."""
    if isinstance(term, Name):
        yield term
    elif isinstance(term, D):
        yield from _values(term.of)
    elif isinstance(term, Call):
        if is_library(term.function.base):
            yield from _values(term.arguments)
    elif isinstance(term, tuple):
        for part in cast("tuple[Any, ...]", term):
            yield from _values(part)
    elif isinstance(term, Term):
        for slot in type(term).__slots__:
            yield from _values(getattr(term, slot))


def lone_steps(definitions: Iterable[Definition], survey: Survey) -> set[str]:
    """Letters of the step that a loss is about when it does not say which: `L = (a_t - y_t)^2`.
    What comes from the step before is given, then."""
    found: set[str] = set()
    for definition in definitions:
        own = {index.letter for index in definition.name.indices}
        found |= set(free_letters(definition.body)) - own
    return found & survey.family_letters
