"""What the formulas of a note tell about its names once they are terms: which arrays are used as a
whole, which steps a loss is about, and what is glued together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from ..notation.lower.library import is_library
from .facts import Survey
from .judge import free_letters
from .scope import Definition, Scope
from .state import STACKS
from .terms import Call, D, Grid, Mul, Name, Num, Term, Transpose, literal, names, walk

Sides = tuple[Term | None, Term | None]
#: How a weight fits what is glued together: vectors, single numbers, whether it stands before it.
Glued = tuple[int, int, bool]


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


def lone_steps(
    definitions: Iterable[Definition], survey: Survey, sides: Iterable[Sides]
) -> set[str]:
    """Letters of the step that a loss is about when it does not say which: `L = (a_t - y_t)^2`.
    What comes from the step before is given, then. So it is where there is no loss, and nothing
    comes after the step."""
    definitions = [*definitions]
    found: set[str] = set()
    if not definitions:
        later = {i.letter for n in names((*sides,)) for i in n.indices if i.shift > 0}
        found = (survey.shifting & {"t", "tau"}) - survey.bound - survey.samples - later
        found -= {x for part in walk((*sides,)) if isinstance(part, D) for x in _between(part)}
    for definition in definitions:
        own = {index.letter for index in definition.name.indices}
        found |= set(free_letters(definition.body)) - own
    return found & survey.family_letters


def _between(derivative: D) -> set[str]:
    """The letters of a derivative between two steps of one quantity: `dc_t/dc_k`."""
    of, by = derivative.of, derivative.by[0] if derivative.by else None
    if not isinstance(of, Name) or not isinstance(by, Name) or of.base != by.base:
        return set()
    first, second = ({i.letter for i in name.indices} for name in (of, by))
    return set() if first == second else first | second


def mixing(scope: Scope) -> bool:
    r"""Whether formulas weigh the rows of one table by those of another, `Q K^T`: of one row alone
    the weight is 1, whatever the note says."""
    forward = (d.body for ds in scope.definitions.values() for d in ds)
    for product in (part for body in forward for part in walk(body) if isinstance(part, Mul)):
        for one, other in zip(product.factors, product.factors[1:], strict=False):
            if isinstance(one, Transpose) == isinstance(other, Transpose):
                continue
            tables = [f.of if isinstance(f, Transpose) else f for f in (one, other)]
            if all(_is_table(t, scope) for t in tables) and tables[0] != tables[1]:
                return True
    return False


def _is_table(term: Term, scope: Scope) -> bool:
    """Whether a factor has samples or tokens: a table by custom, or one that is made of others."""
    if not isinstance(term, Name) or not term.base.isupper() or term.indices:
        return False
    made = [d for d in scope.definitions.get(term.base, ()) if not literal(d.body)]
    return term.base in STACKS or bool(made)


def glued(sides: Iterable[Sides], scope: Scope) -> tuple[set[Grid], dict[str, Glued]]:
    """The vectors that are one below the other in what a weight is applied to, `W [h, x]`, there or
    under a name, `z = [h, x]`; and those weights, with how long the whole is: so many vectors, so
    many single numbers, and whether the weight stands before it."""
    grids: set[Grid] = set()
    weights: dict[str, Glued] = {}
    for product in (part for both in sides for part in walk(both) if isinstance(part, Mul)):
        for one, other in zip(product.factors, product.factors[1:], strict=False):
            for weight, data, before in ((one, other, True), (other, one, False)):
                grid = _grid_of(data, scope)
                if grid is None or not isinstance(weight, Name) or _grid_of(weight, scope):
                    continue
                cells = [cell for row in grid.rows for cell in row]
                ones = sum(isinstance(cell, Num) for cell in cells)
                grids.add(grid)
                weights[weight.base] = len(cells) - ones, ones, before
    return grids, weights


def _grid_of(term: Term, scope: Scope) -> Grid | None:
    """The list of vectors that a factor is, or stands for."""
    if isinstance(term, Name):
        found = scope.definitions.get(term.base, ())
        grids = [d.body for d in found if isinstance(d.body, Grid)]
        term = grids[0] if grids else term
    if not isinstance(term, Grid) or 1 not in (len(term.rows), len(term.rows[0])):
        return None
    cells = [cell for row in term.rows for cell in row]
    names = [cell for cell in cells if isinstance(cell, Name)]
    return term if names and len(cells) > 1 and len(names) + 1 >= len(cells) else None
