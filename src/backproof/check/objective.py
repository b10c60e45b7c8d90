"""What `dW` is the derivative of: a loss of the note, or any function of what it puts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from .items import Environment, Item
from .roles import is_backward
from .samples import COUNTS
from .scope import Definition
from .state import FAMILY
from .terms import LOSSES, Call, D, Index, Name, Term, literal, names, walk

#: So many losses of a book a line may be about.
_MOST = 4


def losses(env: Environment, at: int) -> list[Term]:
    """What `dW` may be the derivative of, likeliest first: the latest loss that no other uses."""
    found: list[Definition] = []
    # a loss is a number: the E of `E^T E` are errors
    for base in (LOSSES - env.survey.turned - env.survey.multiplied) & set(env.scope.definitions):
        for d in env.scope.definitions[base]:
            if literal(d.body):
                continue  # `L = 3` layers
            if not any(i.letter in env.survey.samples for i in d.name.indices):
                found.append(d)
    found.sort(key=lambda d: (d.at > at, -d.at))
    needed = Counter(base for d in found for base in d.needs)
    used = [needed[d.name.base] - (d.name.base in d.needs) > 0 for d in found]
    ordered = [d for d, u in zip(found, used, strict=True) if not u]
    ordered += [d for d, u in zip(found, used, strict=True) if u]
    named = (Name(d.name.base, _fixed(d.name.upper), _fixed(d.name.lower)) for d in ordered)
    return list[Term](dict.fromkeys(named))[:_MOST]


def _fixed(
    indices: tuple[Index, ...], lone: frozenset[str] | set[str] = frozenset()
) -> tuple[Index, ...]:
    return tuple(
        Index("", 1 if i.letter in lone else FAMILY) if i.letter else i for i in indices
    )  # fmt: skip


def generic_loss(env: Environment) -> Term | None:
    """A function of what the network puts out, when the note has no loss."""
    outputs = list(_outputs(env))
    if not outputs:
        return None
    # `G = dL/dY` says which of those that nothing else is made of the loss takes; failing that, a
    # line about `dL/dy` does, and an abbreviation of the backward pass is none of them
    told = (_by_loss(i.definition.body) for i in env.items if i.definition is not None)
    asked = (_by_loss((i.left, i.right)) for i in env.items)
    if not env.survey.ranges.added:
        for by in ({*chain.from_iterable(told)}, {*chain.from_iterable(asked)}):
            chosen = [name for name in outputs if name.base in by]
            if chosen:
                outputs = chosen
                break
    return Call(Name("loss"), tuple(outputs))


def _by_loss(term: Any) -> Iterator[str]:
    """What a loss is differentiated by."""
    for d in walk(term):
        if isinstance(d, D) and isinstance(d.of, Name) and d.of.base in LOSSES:
            yield from (n.base for n in d.by if isinstance(n, Name))


def called_loss(env: Environment, item: Item) -> Term | None:
    """The loss that a chain of equations writes with its arguments: `L` is `L(a, y)` in all of
    `dL(a, y)/dz = dL/da da/dz`."""
    own = (i for i in env.items if i.equation.chain == item.equation.chain)
    calls = {
        part
        for other in own
        for part in walk((other.left, other.right))
        if isinstance(part, Call) and part.function.base in LOSSES and not part.primes
        and all(isinstance(a, Name) and not a.indices for a in part.arguments)
    }  # fmt: skip
    return calls.pop() if len(calls) == 1 else None


def _outputs(env: Environment) -> Iterator[Name]:
    # what a name is said to be once more may use what nothing else does
    more = (i.definition for i in env.items if i.role == "again" and i.definition is not None)
    bodies = [*(d for ds in env.scope.definitions.values() for d in ds), *more]
    for base, definitions in env.scope.definitions.items():
        # a rule for all layers comes before `a^{[0]} = x`
        worked = [d for d in definitions if not literal(d.body)]
        general = [d for d in worked if any(i.letter for i in d.name.indices)]
        last = (general or worked or definitions)[-1]
        if is_backward(last) or base in LOSSES | set(COUNTS) or last.parameters:
            continue
        if any(
            used in d.needs and d.name.base != base and not is_backward(d)
            and not _closes(env, d, base)
            for d in bodies
            for used in {base, base.removesuffix("^2")}
        ):  # fmt: skip
            continue
        lower = tuple(
            i for i in last.name.lower
            if not i.letter or env.survey.is_family(base, i.letter, True)
        )  # fmt: skip
        upper = tuple(i for i in last.name.upper if i.letter not in env.survey.samples)
        lone = env.survey.lone_steps
        yield Name(base, _fixed(upper, lone), _fixed(lower, lone))


def _closes(env: Environment, definition: Definition, base: str) -> bool:
    """Whether a definition uses a family only one step back: `z^l` from `a^{l-1}`, `z^2` from
    `a^1`."""
    own = {i.letter: i.shift for i in definition.name.indices}
    uses = [n for n in names(definition.body) if n.base == base]
    return bool(uses) and all(
        any(i.letter in own and i.shift < own[i.letter] for i in n.indices) for n in uses
    )
