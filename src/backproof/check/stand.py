"""What an equation is judged with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .claims import Condition
from .interpret import World
from .readings import Reading
from .scope import Scope
from .sequences import Sequences
from .state import FAMILY
from .terms import Name, Num, Term

#: Networks of so many layers are worked through as the note has them.
_MOST_MEMBERS = 5


@dataclass(frozen=True, slots=True)
class Stand:
    """What an equation is judged with: the definitions seen from there, what `dW`
    differentiates, what stands in for a loss without a definition (or for `whose`, if it is for
    one line), whether `dZ` is kept for each sample, whether targets sum to one or are 1 for the
    class that a letter names (`hot`), what functions without a definition are taken to be, and
    whether names that are defined further down have no meaning yet (`ahead`). `hopeful`: it
    counts only if the equation holds; `shown`: names have the values of an example. `local`:
    derivatives go no further than one definition. `steps`: `dX` is no derivative but a small
    step, which these variables take. `case` are numbers in the case at hand, `given` those that
    are taken, `said` is what the note has just said of letters."""

    scope: Scope
    loss: Term | None = None
    generic: Term | None = None
    whose: Name | None = None
    per_sample: bool = False
    normal: bool = False
    local: bool = False
    steps: tuple[Name, ...] = ()
    hot: str = ""
    assumed: tuple[tuple[str, str], ...] = ()
    ahead: bool = False
    hopeful: bool = False
    shown: bool = False
    said: tuple[Condition, ...] = ()
    case: tuple[tuple[str, str], ...] = ()
    given: tuple[tuple[str, str], ...] = ()


def rescoped(stands: Iterable[Stand], change: Callable[[Scope], Scope]) -> list[Stand]:
    """The same stands with changed scopes; those that shared a scope still do."""
    scopes: dict[int, Scope] = {}
    found: list[Stand] = []
    for stand in stands:
        at = id(stand.scope)
        if at not in scopes:
            scopes[at] = change(stand.scope)
        found.append(replace(stand, scope=scopes[at]))
    return found


def world_of(
    stand: Stand,
    reading: Reading,
    point: int,
    letters: dict[str, int],
    own: set[str],
    *,
    digits: bool,
) -> World:
    kind = Sequences if reading.sequence else World
    world = kind(stand.scope, reading, point, digits)
    world.constants = constants(stand.scope)
    world.letters = {k: v for k, v in letters.items() if k in own}
    world.ambient = letters
    world.loss, world.generic, world.whose = stand.loss, stand.generic, stand.whose
    world.per_sample, world.normal = stand.per_sample, stand.normal
    world.hot = letters.get(stand.hot, 0)
    world.assumed = dict(stand.assumed)
    world.cases = dict(stand.given)
    world.local, world.steps = stand.local, stand.steps
    return world


def constants(scope: Scope) -> dict[str, int]:
    """Letters that stand for the last member of a family, or for how many a note says it has."""
    found: dict[str, int] = {}
    for letter in ("L", "T"):
        definitions = scope.definitions.get(letter, [])
        given = [
            d.body
            for d in definitions
            if d.at < scope.at and d.at not in scope.barred and isinstance(d.body, Num)
        ]
        if given and (text := given[-1].text).isdigit() and 0 < int(text) <= _MOST_MEMBERS:
            found[letter] = int(text)
        elif not definitions or letter in scope.survey.last:
            found[letter] = FAMILY
    return found
