r"""Parameters that all steps share, with a copy for each step: `\nabla_{W^{(t)}} h^{(t)}`.

The chain rule over time is often written with dummy variables: W^{(t)} is W, but what step t alone
does with it. A note needs them for derivatives only, and its formulas have the plain W.
"""

from __future__ import annotations

from .items import Environment
from .scope import Definition
from .terms import D, Name, Term, names, rewritten, walk

#: Where what a note need not say stands: before its first equation.
COPY = -1


def with_copies(env: Environment) -> None:
    """Put such copies into the formulas of a step, and say that each of them is the parameter."""
    copies = {name.base: name for name in _copies(env)}
    if not copies:
        return
    scope = env.scope
    for definitions in list(scope.definitions.values()):
        for told in definitions:
            own = {(i, upper) for at, upper in ((told.name.upper, True), (told.name.lower, False))
                   for i in at}  # fmt: skip
            there = {b: n for b, n in copies.items() if (n.indices[0], bool(n.upper)) in own}

            def change(part: object, there: dict[str, Name] = there) -> Term | None:
                plain = isinstance(part, Name) and not part.indices
                return there.get(part.base) if plain and isinstance(part, Name) else None

            body = rewritten(told.body, change)
            if body is not told.body:
                env.redefine(told, Definition(told.name, body, told.at, told.parameters))
    for name in copies.values():
        scope.add(Definition(name, Name(name.base), COPY))


def _copies(env: Environment) -> set[Name]:
    """The names of such copies: a parameter with the index of a step, always below the line of a
    derivative, that stands without it elsewhere."""
    met: set[Name] = set()
    below: set[Name] = set()
    for item in env.items:
        sides = (item.left, item.right)
        by = [n for part in walk(sides) if isinstance(part, D) for n in names(part.by)]
        below |= {n for n in by if len(n.indices) == 1}
        rest = [*names(sides)]
        for name in by:
            rest.remove(name)
        met |= {n for n in rest if n.indices}
    used = {n.base for n in met}
    found: set[Name] = set()
    for name in below:
        index = name.indices[0]
        steps = index.letter in env.survey.family_letters and not index.shift
        plain = name.base in env.survey.plain and name.base not in env.scope.definitions
        if steps and plain and name.base not in used and name.base in env.scope.mentioned:
            found.add(name)
    return found
