"""Lines that can't be judged because definitions of the note need one another.

A note that says `y = f(x)` in one section and `x = W y` in the next means two things by a letter,
or states a fact. Which of the two is no definition is not asked: a line holds if it does for any
value of the names in the ring, or without one of the definitions. A derivative is wrong only if it
fails whichever of them is left out, and only where a name of the ring has the same indices wherever
the ring has it: `z_k` of `a_j` of `z_j` are layers, and a line that fails without one of them may
hold because of it.
"""

from __future__ import annotations

from collections.abc import Callable

from .arrays import Mismatch
from .items import Item
from .readings import Reading
from .scope import Definition, Scope
from .stand import Stand, rescoped, world_of
from .terms import D, Differential, Unclear, names
from .verdict import Judgement

#: So many times a line is judged with something left out, and so many times in a whole note.
_EACH = 9
_ALL = 150

#: What one line comes to with other stands.
Again = Callable[[list[Stand]], Judgement]


class Rings:
    """The rings that the lines of one note meet."""

    def __init__(self) -> None:
        self.left = _ALL

    def opened(self, stands: list[Stand], found: Judgement, judged: Again, item: Item) -> Judgement:
        """The verdict on an equation with the ring that it met open."""
        kept = self.left
        self.left = min(kept, _EACH)
        before = self.left
        told = self._opened(stands, found, judged, item)
        self.left = kept - (before - self.left)
        return told

    def _opened(
        self, stands: list[Stand], found: Judgement, judged: Again, item: Item
    ) -> Judgement:
        ring = found.reason.ring if found.reason is not None else frozenset[int]()
        # what comes further down is the first to be something else
        ways = [frozenset((d,)) for d in sorted(ring, key=lambda d: (d < item.at, -d))]
        told: list[Judgement] = []
        for left_out in (ring, *ways) if len(ring) > 1 else ways:
            if self.left == 0:
                return found
            self.left -= 1
            less = _without(stands, left_out)
            other = judged(less)
            if other.kind == found.kind:
                other = self._opened(less, other, judged, item)
            if other.verdict == "holds":
                return other
            if len(left_out) == 1:
                told.append(other)
        best = min(told, key=lambda other: other.rank, default=found)
        sure = best.verdict in ("loose", "wrong") and isinstance(item.left, D | Differential)
        return best if sure and len(ring) > 1 and not _at_several(stands[0].scope, ring) else found


def needs_itself(scope: Scope, definition: Definition) -> bool:
    """Whether a further definition makes a quantity need itself."""
    letters = {i.letter: 2 for i in definition.name.indices if i.letter}
    stand = Stand(scope.with_more([definition]))
    world = world_of(stand, Reading("sample", 1, 3), 0, letters, {*letters}, digits=False)
    try:
        world.value(definition.name)
    except Unclear as reason:
        return definition.at in reason.ring
    except (Mismatch, ArithmeticError, ValueError, RecursionError):
        return False
    return False


def _at_several(scope: Scope, ring: frozenset[int]) -> bool:
    """Whether a name of a ring has several indices in its definitions."""
    members = [d for ds in scope.definitions.values() for d in ds if d.at in ring]
    bases = {d.name.base for d in members}
    met = {n for d in members for n in (d.name, *names(d.body)) if n.base in bases}
    return len(met) > len(bases)


def _without(stands: list[Stand], left_out: frozenset[int]) -> list[Stand]:
    """The same with some of the definitions left out."""
    return rescoped(stands, lambda scope: scope.seen_from(scope.at, scope.barred | left_out))
