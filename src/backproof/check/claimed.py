"""Equations that are meant to be true, with all the meanings that a note may give its names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .against import against
from .differentials import Differentials
from .doubt import constrained
from .instead import with_instead
from .items import Environment, Item
from .layers import Layers
from .linked import Linked
from .onehot import OneHot
from .operators import as_far_as_it_goes
from .readings import Reading
from .rings import Rings
from .rolling import before_the_arrow, rolls
from .scope import Definition, bases
from .spoken import Spoken
from .stand import Stand, rescoped
from .stands import Stands
from .terms import Call, Differential, Name, Term, Unclear, is_gradient, literal
from .unsaid import Unsaid
from .upstream import decisive, spelled_out, upstream, variable
from .verdict import Judgement, judgement


class Claims(Stands):
    """The claims of one note."""

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self.tries = _TRIES
        #: Verdicts that other lines have asked for: by the line, what is barred, and the changes of
        #: the definitions so far.
        self.known: dict[tuple[int, frozenset[int], int], Judgement] = {}
        self.bound: dict[int, set[str]] = {}
        for item in env.items:
            if item.role == "claim" and item.left is not None and item.right is not None:
                bound = constrained(item.left, item.right) - set(env.scope.definitions)
                self.bound.setdefault(self.meanings.section(item.at), set()).update(bound)
        self.broken: set[str] = set()
        #: Right sides with an operator that takes all of the sum that it stands before.
        self.widened: set[int] = set()
        self.unsaid = Unsaid(env, self.meanings)
        self.linked = Linked(env)
        self.rings = Rings()
        self.differentials = Differentials(env)
        self.spoken = Spoken(env, self.generic)
        self.onehot = OneHot(env)
        self.layers = Layers(env)
        #: Whether the note has a network that is too deep to be followed from its loss down.
        self.deep = False

    def claim(self, item: Item) -> Judgement:
        """An equation that is meant to be true, for one of the meanings that its names have."""
        wide = as_far_as_it_goes(self.env, item)
        if wide is not None and id(item.equation.left) in self.widened:
            item = wide  # as in the step before
        found = self.claimed(item)
        found = self.with_value_before(item) or found
        if found.verdict == "wrong":
            found = self.in_its_layer(item) or found
        if found.verdict in ("holds", "loose") and not self.differentials.onward(item):
            return found
        if wide is not None:
            other = self.claimed(wide)
            if other.rank < found.rank:
                self.widened.add(id(item.equation.right))
                return other
        excused = self.excused(item, found)
        if excused is not None:
            return excused
        found = self.differentials.judged(item, found, self.stands(item.at)[:1], self.of_arrays)
        if found.verdict == "holds":
            return found
        if found.verdict == "undecided" and found.kind in UNLINKED:
            linked = self.linked.judged(item, self.stands(item.at), self.with_stands)
            found = (linked and self.excused(item, linked)) or linked or found
        if found.verdict == "undecided" and found.kind in UNLINKED:
            if against(self.env, item):
                return replace(found, verdict="wrong", kind="wrong", facts=())
            spoken = self.spoken.judged(item, self.stands(item.at), self.with_stands)
            found = (spoken and self.excused(item, spoken)) or spoken or found
        if found.verdict == "undecided" and found.kind == "unknown name":
            hot = self.onehot.judged(item, self.stands(item.at), self.with_stands)
            found = (hot and self.excused(item, hot)) or hot or found
        better = self.unsaid.judged(item, found, self.stands(item.at)[0])
        if better is not None:
            return self.excused(item, better) or better
        for base, meanings in self.meanings.several(item, self.barred).items():
            other = self.otherwise(item, meanings)
            if found.verdict == "undecided":
                found = other or found
            elif self.meanings.alike(meanings):
                if other is not None:
                    return other
            elif not self.confirmed(base, meanings, item):
                return other or Judgement("undecided", "two meanings", facts=(("name", base),))
        if found.verdict == "wrong":
            stands = with_instead(self.env, self.meanings, item, self.stands(item.at)[0])
            told = (self.with_stands(item, [stand]) for stand in stands)
            return next((other for other in told if other.verdict == "holds"), found)
        return found

    def with_value_before(self, item: Item) -> Judgement | None:
        """The verdict with what a letter left of an arrow stood for before: the value just above,
        unless the line holds with another one."""
        first: Judgement | None = None
        if not rolls(self.env, item):
            return None
        for scope in before_the_arrow(self.env, item, self.stands(item.at)[0].scope):
            told = self.with_stands(item, rescoped(self.stands(item.at), lambda _, x=scope: x))
            if told.verdict == "holds":
                return told
            first = first or told
        return first

    def excused(self, item: Item, found: Judgement) -> Judgement | None:
        """What a line that fails relies on, and what therefore can't be held against it."""
        if found.verdict != "wrong":
            return None
        broken = sorted(self.broken & self.meanings.involved(item))
        if broken:
            # it would hold if that formula were right
            return Judgement("undecided", "two meanings", facts=(("name", broken[0]),))
        bound = self.bound.get(self.meanings.section(item.at), set[str]())
        bound = bound & self.meanings.needed(item, self.barred)
        if bound:
            # a condition of the note, such as `W^T W = I`, may make it true
            return Judgement("undecided", "no values", facts=(("name", min(bound)),))
        return None

    def otherwise(self, item: Item, meanings: list[Definition]) -> Judgement | None:
        """A line that holds with another meaning of one of its names than the latest."""
        kept = self.barred
        for barred in self.meanings.others(meanings):
            if self.tries == 0:
                break
            self.tries -= 1
            self.barred = kept | barred
            other = self.claimed(item)
            self.barred = kept
            if other.verdict == "holds":
                return other
        return None

    def at_first(self, item: Item) -> Judgement | None:
        """The verdict on a line with what all of its names meant before other sections gave them
        another meaning, or a guess did; None if they mean one thing only."""
        several = self.meanings.several(item, self.barred).values()
        later = frozenset(d.at for meanings in several for d in meanings[1:])
        kept = self.barred
        self.barred = kept | later
        found = self.claimed(item) if later else None
        self.barred = kept
        return found

    def confirmed(self, base: str, meanings: list[Definition], item: Item) -> bool:
        """Whether a line of the section holds with the latest meaning of a name only."""
        section = self.meanings.section(item.at)
        for other in self.env.items:
            if other is item or other.role != "claim" or self.meanings.section(other.at) != section:
                continue
            if base not in self.meanings.involved(other):
                continue
            held = self.claimed(other).verdict == "holds"
            if held and self.otherwise(other, meanings) is None and self.tries > 0:
                return True
        return False

    def claimed(self, item: Item) -> Judgement:
        """An equation judged with the latest meaning of each name."""
        if item is not self.env.items[item.at]:
            return self.with_stands(item, self.stands(item.at))  # read in another way
        key = item.at, self.barred, self.env.scope.changes
        if key not in self.known:
            self.known[key] = self.with_stands(item, self.stands(item.at))
        return self.known[key]

    def with_stands(self, item: Item, stands: list[Stand]) -> Judgement:
        """An equation judged with these stands, each side of a chain against its head too."""
        assert item.left is not None
        assert item.right is not None
        if not self.uses_shorthand(item):
            scopes = {id(s.scope): s for s in reversed(stands)}
            stands = list(reversed(scopes.values()))
        gradient = self.is_gradient(item)
        sides = item.left, item.right

        def judged(stands: list[Stand]) -> Judgement:
            return judgement(stands, self.readings, *sides, gradient)

        if self.deep:  # what lies below the gradients that are given is all that can be followed
            found = self.with_given(item, stands, item.left, _DEEP)
            if found.verdict == "holds":
                return found
        found = judged(stands)
        if found.verdict == "undecided" and found.kind == "circular":
            found = self.rings.opened(stands, found, judged, item)
        certain = literal(item.left) and literal(item.right)
        head: Term | None = None
        if found.verdict in ("wrong", "undecided") and not (item.equation.start or certain):
            try:
                head = self.env.translator.term(item.equation.head)
            except Exception:
                return found
            other = judgement(stands, self.readings, head, item.right, gradient)
            if other.rank < found.rank:
                found = other
        for left in (item.left, head):
            if found.verdict == "undecided" and found.kind in (*UNLINKED, "too deep") and left:
                deep = found.kind == "too deep"
                found = self.with_given(item, stands, left, found)
                self.deep = self.deep or (deep and found.verdict == "holds")
        return found

    def with_given(
        self, item: Item, stands: list[Stand], left: Term, found: Judgement
    ) -> Judgement:
        """A better verdict on an equation, if there is one with the gradients on its right side
        taken as given."""
        assert item.right is not None
        left = spelled_out(self.env, item.at, left)
        given = [s for x in stands if (s := upstream(self.env, item, x, left)) is not None]
        if not given:
            return found
        other = judgement(given, self.readings, left, item.right, self.is_gradient(item))
        told = {
            base
            for base, ds in self.env.scope.definitions.items()
            if any(d.at < item.at for d in ds)
        }
        called = self.env.survey.functions - told
        if other.verdict == "loose" and called & (bases(left) | bases(item.right)):
            return found  # what a function without a formula makes of an array is not known
        better = other.rank < found.rank or decisive(self.env, item, given[0], left)
        return other if better else found

    def in_its_layer(self, item: Item) -> Judgement | None:
        """The verdict on an equation about a layer of its own, whatever other layers of the note do
        with its letters."""
        for left in self.sides_of(item):
            stands = [s for x in self.stands(item.at) if (s := upstream(self.env, item, x, left))]
            given = stands[0].generic if stands else None
            if not isinstance(given, Call) or item.right is None:
                continue
            if self.layers.apart(item, variable(left), given.arguments):
                return judgement(stands, self.readings, left, item.right, self.is_gradient(item))
        return None

    def sides_of(self, item: Item) -> Iterator[Term]:
        """What the right side of an equation may be compared with: its left one, or the head of its
        chain."""
        if item.left is not None:
            yield item.left
        try:
            head = self.env.translator.term(item.equation.head)
        except (Unclear, RecursionError):
            return
        if head != item.left:
            yield head

    def of_arrays(self, item: Item, stands: list[Stand]) -> Judgement:
        """The verdict on an equation that is not about single numbers."""
        assert item.left is not None
        assert item.right is not None
        arrays = [*(r for r in self.readings if r.size > 1), _SQUARE]
        return judgement(stands, arrays, item.left, item.right, gradient=True)

    def is_gradient(self, item: Item) -> bool:
        """Whether a line is about the gradient of a scalar."""
        try:
            head = self.env.translator.term(item.equation.head)
        except Exception:
            return False
        if isinstance(head, Name):
            return head.base.partition(":")[0] == "delta"
        return isinstance(head, Differential) or is_gradient(head)


#: The formulas of the note do not lead from a variable to its loss.
UNLINKED = ("not reached", "unknown name", "unknown function")
#: Of a line that leads through more layers than can be followed.
_DEEP = Judgement("undecided", "too deep")
#: How often a line of a note is read with another meaning of a name, in all.
_TRIES = 60
#: Where all dimensions are alike, every product and inverse exists.
_SQUARE = Reading("batch", 3, 3)
