r"""Quantities that nothing is made of, though their formula stands in others.

`a_j = \sigma(\sum_k w_{jk} x_k + b_j)`, and then `z = W x + b`: a reader takes a for `\sigma(z)`,
and so do the lines that differentiate by z.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .items import Environment
from .judge import outcome
from .readings import Reading
from .roles import is_backward
from .scope import Definition, Scope, bases
from .stand import Stand
from .terms import Call, D, Name, Num, Term, literal, names, rewritten, walk

#: One sample, in a column and in a row.
_READINGS = tuple(Reading("sample", 1, 3, rows) for rows in (False, True))


def adopted(env: Environment) -> None:
    """Such quantities take the place of their formula."""
    for orphan in list(_orphans(env)):
        for other in _forward(env.scope):
            if other.name.base == orphan.name.base:
                continue
            for call in _calls(other.body):
                name = _beside(orphan.name, other.name)
                if name is None or not _same(env.scope, name, call.arguments[0]):
                    continue
                body = _of(name, call, other.body)
                if not orphan.needs & bases(body):  # or it would be there in part only
                    env.redefine(other, replace(other, body=body))
                break


def _orphans(env: Environment) -> Iterator[Definition]:
    """What lines differentiate by, or take the slope of a function at, and no formula uses; the z
    of a single neuron is none of those of the layers."""
    used = {
        kind
        for d in _forward(env.scope)
        for name in names(d.body)
        if name.base not in {d.name.base, *d.parameters}
        # a softmax of z^L alone says nothing of the other layers
        and not any(i.letter in ("L", "T") for i in name.upper)
        for kind in (_kind(name),)
    }
    asked = {kind for item in env.items for kind in _asked((item.left, item.right))}
    for kind in sorted(asked - used):
        given = env.scope.definitions.get(kind[0], ())
        formulas = [d for d in given if _is_formula(d) and _kind(d.name) == kind]
        if len(formulas) == 1:
            yield formulas[0]


def _kind(name: Name) -> tuple[str, int]:
    """The base of a name, and how many layers it names."""
    return name.base, len(name.upper)


def _asked(sides: Any) -> Iterator[tuple[str, int]]:
    for part in walk(sides):
        if isinstance(part, D):
            yield from (_kind(n) for n in part.by if isinstance(n, Name))
        elif isinstance(part, Call) and part.primes:
            yield from (_kind(a) for a in part.arguments if isinstance(a, Name))


def _is_formula(d: Definition) -> bool:
    plain = isinstance(d.body, Name | Num | Call) or literal(d.body) or bool(d.parameters)
    return not plain and not is_backward(d) and len({n.base for n in names(d.body)}) > 1


def _forward(scope: Scope) -> list[Definition]:
    return [d for ds in scope.definitions.values() for d in ds if not is_backward(d)]


def _calls(body: Term) -> Iterator[Call]:
    """Functions of a formula."""
    for part in walk(body):
        if isinstance(part, Call) and len(part.arguments) == 1 and not part.primes:
            inner = part.arguments[0]
            if not isinstance(inner, Name | Num) and not literal(inner):
                yield part


def _beside(orphan: Name, other: Name) -> Name | None:
    """The orphan with the indices of another quantity, of the same layer and the same entry."""
    if len(orphan.upper) != len(other.upper) or len(orphan.lower) > len(other.lower):
        return None
    return Name(orphan.base, other.upper, other.lower)


def _of(name: Name, call: Call, body: Term) -> Term:
    """A formula with a name for what stands in a call."""
    named = Call(call.function, (name,))
    return rewritten(body, lambda part: named if part == call else None)


def _same(scope: Scope, name: Name, formula: Term) -> bool:
    """Whether a quantity has the value of a formula, for vectors with several entries."""
    told = (outcome(Stand(scope), reading, name, formula) for reading in _READINGS)
    return any(found.state == "holds" and not found.degenerate for found in told)
