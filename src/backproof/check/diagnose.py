"""What was probably meant: small edits that make a line true, and numbers that show it is not.

An edit counts only if the edited line holds in the strictest reading that the line has.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from ..notation.lower.library import is_library
from ..notation.lower.trees import key, mentions, walk
from ..notation.syntax import Product, Script, Tree
from . import numbers as n
from .arrays import Array, Mismatch
from .edits import Candidate, Context, Shape, edits, strict_forms
from .interpret import World
from .items import Environment, Item
from .judge import Outcome, outcome
from .readings import Reading
from .report import Counterexample, Edit
from .roles import is_backward
from .scope import Definition
from .stand import Stand
from .state import Purse
from .survey import base_of, head
from .terms import LOSSES, D, Div, Mul, Name, Num, Term, Unclear, names
from .unparse import unparse
from .verdict import Judgement, judgement

_MOST, _MOST_FITTING = 200, 80
_ENTRYWISE = frozenset(("*", "odot", "circ"))
#: Steps of evaluation: for one line, and for all of a note.
_STEPS = 10_000
_ALL_STEPS = 150_000
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely mistake, the line as it should be, and what changes in the text make it so."""

    kind: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    suggestion: str = ""
    fixes: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Blame:
    """A definition of the backward pass, its right side as it should be, and its mistake."""

    item: Item
    definition: Definition
    body: Term
    meant: Diagnosis


#: How many equations below a line may say what its names are.
_WHERE = 3


class Diagnostician:
    """Looks for the likely mistakes of one note; the same line is looked at only once."""

    def __init__(self, env: Environment, readings: list[Reading]) -> None:
        self.env = env
        self.readings = readings
        self.known: dict[Any, Diagnosis] = {}
        self.purse = Purse(_ALL_STEPS)
        self.mended: list[Blame] = []

    def diagnosis(self, item: Item, found: Judgement, stands: list[Stand]) -> Diagnosis:
        """What makes a wrong line right, or a loose one strict."""
        equation = item.equation
        meant = self.sought((equation.left, equation.right), found, stands)
        if not meant.kind and not equation.start and found.verdict == "loose":
            # the side before it in the chain is loose itself
            meant = self.sought((equation.head, equation.right), found, stands)
        return meant

    def sought(self, sides: tuple[Tree, Tree], found: Judgement, stands: list[Stand]) -> Diagnosis:
        same = (key(sides), found.verdict)
        if same not in self.known:
            with self.drawn(_STEPS) as purse:
                self.known[same] = self.searched(sides, found, stands, purse)
        return self.known[same]

    def searched(
        self, sides: tuple[Tree, Tree], found: Judgement, stands: list[Stand], purse: Purse
    ) -> Diagnosis:
        for candidate in islice(self.candidates(sides, found), _MOST):
            if purse.left <= 0:
                break
            if self.holds(candidate, found, stands, purse):
                written = f"{unparse(candidate.left)} = {unparse(candidate.right)}"
                fixes = tuple(Edit(c.span, c.text) for c in candidate.changes)
                return Diagnosis(candidate.kind, candidate.facts, written, fixes)
        return Diagnosis()

    def blamed(self, item: Item, found: Judgement, stands: list[Stand]) -> Blame | None:
        """A definition of the backward pass that, mended, makes a line hold that fails with it."""
        if item.left is None or item.right is None or found.outcome is None:
            return None
        with self.drawn(2 * _STEPS) as purse:
            return self.traced(item, found, found.stand or stands[0], purse)

    @contextmanager
    def drawn(self, steps: int) -> Generator[Purse, None, None]:
        """Some of the steps that are left for this note."""
        steps = max(0, min(steps, self.purse.left))
        purse = Purse(steps)
        yield purse
        self.purse.left -= steps - purse.left

    def traced(self, item: Item, found: Judgement, stand: Stand, purse: Purse) -> Blame | None:
        """The definition to blame, of those that a line uses."""
        scope = stand.scope
        for earlier in self.mended:
            scope = scope.with_body(earlier.definition, earlier.body)
        mended = replace(stand, scope=scope)
        if self.mended and self.follows(item, found, mended, purse):
            return self.mended[-1]
        for other, definition in self.suspects(item):
            sides = other.equation.left, other.equation.right
            for candidate in islice(edits(*sides, self.context), _MOST):
                if purse.left <= 0:
                    return None
                if key(candidate.left) != key(sides[0]):
                    continue
                try:
                    body = self.env.translator.term(candidate.right)
                except (Unclear, RecursionError):
                    continue
                mended = scope.with_body(definition, body)
                stand = replace(stand, scope=mended)
                if self.hopeful(item, found, stand, purse) and self.follows(
                    item, found, stand, purse
                ):
                    written = f"{unparse(candidate.left)} = {unparse(candidate.right)}"
                    fixes = tuple(Edit(c.span, c.text) for c in candidate.changes)
                    meant = Diagnosis(candidate.kind, candidate.facts, written, fixes)
                    return Blame(other, definition, body, meant)
        return None

    def unscaled(self, item: Item, found: Judgement) -> Blame | None:
        """The definition of a loss that misses the constant by which all that is derived from it
        with the deltas of the note is off."""
        if found.kind != "loose factor" or found.ratio is None or found.stand is None:
            return None
        if item.left is None or item.right is None or not self.suspects(item):
            return None
        of = item.left.of if isinstance(item.left, D) else None
        base = of.base if isinstance(of, Name) else ""
        for other in reversed(self.env.items[: item.at]):
            definition = other.definition
            if definition is None or definition.name.base != base:
                continue
            factor = Div(Num("1"), Num("2")) if found.ratio < 1 else Num("2")
            scope = found.stand.scope
            if definition not in scope.definitions.get(base, ()):
                continue
            body = Mul((factor, definition.body), ("",))
            stand = replace(found.stand, scope=scope.with_body(definition, body))
            if not self.follows(item, found, stand, Purse()):
                return None
            return Blame(other, definition, body, Diagnosis("loose factor"))
        return None

    def hopeful(self, item: Item, found: Judgement, stand: Stand, purse: Purse) -> bool:
        """Whether a line holds now in the very reading in which it failed, or for one sample."""
        if item.left is None or item.right is None or found.outcome is None:
            return False
        reading = found.outcome.reading
        readings = [reading, replace(reading, late=True)] if self.env.survey.mixed else [reading]
        if reading.name == "batch" and found.verdict == "wrong":
            # the mean over samples may be left out besides
            readings += [replace(r, name="sample", samples=1) for r in readings]
        for reading in readings:
            told = outcome(stand, reading, item.left, item.right, purse=purse)
            if told.state != "holds" and "targets" in told.asked:
                normal = replace(stand, normal=True)
                told = outcome(normal, reading, item.left, item.right, purse=purse)
            if told.state == "holds":
                return True
        return False

    def follows(self, item: Item, found: Judgement, stand: Stand, purse: Purse) -> bool:
        """Whether a line holds once the definitions behind it are mended."""
        if item.left is None or item.right is None:
            return False
        told = judgement([stand], self.readings, item.left, item.right, True, purse=purse)
        return told.verdict == "holds" or (told.verdict == "loose" and found.verdict == "wrong")

    def suspects(self, item: Item) -> list[tuple[Item, Definition]]:
        """The definitions of the backward pass that a line uses, by name first, then the rest; and
        those that tell afterwards what a name on it was: "where `z^* = ...`"."""
        used = {*names(item.left), *names(item.right)}
        bases = {n.base for n in used}
        found: list[tuple[bool, int, Item, Definition]] = []
        for other in self.env.items[: item.at + _WHERE]:
            definition = other.definition
            if definition is None or other.role != "definition":
                continue
            if other.at < item.at and not is_backward(definition):
                continue
            if definition.name.base in bases:
                found.append((definition.name not in used, -other.at, other, definition))
        found.sort(key=lambda suspect: suspect[:2])
        return [(other, definition) for _, _, other, definition in found]

    def candidates(self, sides: tuple[Tree, Tree], found: Judgement) -> Iterator[Candidate]:
        entrywise = any(
            isinstance(node, Product) and _ENTRYWISE & set(node.operators)
            for side in sides
            for node in walk(side)
        )
        # where the author tells products apart, so must a repair
        if found.verdict == "loose" and found.ratio is None and not entrywise:
            there = replace(self.context, shape=self.shape_in(found.outcome))
            yield from islice(strict_forms(*sides, there, scaled=False), _MOST_FITTING)
            yield from strict_forms(*sides, self.context)
        yield from edits(*sides, self.context)

    def holds(
        self, candidate: Candidate, found: Judgement, stands: list[Stand], purse: Purse
    ) -> bool:
        """Whether an edited line is true: for a loose line, as strictly as it may be meant."""
        try:
            left = self.env.translator.term(candidate.left)
            right = self.env.translator.term(candidate.right)
        except (Unclear, RecursionError):
            return False
        stand = found.stand or stands[0]
        reading = found.outcome.reading if found.outcome is not None else None
        if reading is not None:
            told = outcome(stand, reading, left, right, purse=purse)
            if found.verdict == "loose" or reading.size > 1:
                return told.state == "holds" and not told.zero and not told.unreached
            if told.state == "fails":
                return False  # no other order of the factors mends that
        verdict = judgement([stand], self.readings, left, right, True, purse=purse).verdict
        return verdict in ("holds", "loose")

    def shape_in(self, told: Outcome | None) -> Callable[[Tree], Shape | None]:
        """The shape of a factor where a line fails; its numbers there tell."""

        def shape(tree: Tree) -> Shape | None:
            if told is None or told.world is None:
                return None
            try:
                return told.world.array(self.env.translator.term(tree)).shape
            except (Unclear, Mismatch, ArithmeticError, ValueError, RecursionError):
                return None

        return shape

    @cached_property
    def context(self) -> Context:
        """The names of the note, as they were written, those of the definitions first."""
        quantities: dict[Any, Tree] = {}
        parameters: dict[Any, Tree] = {}
        functions: dict[Any, Tree] = {}
        survey = self.env.survey
        defined = self.env.scope.definitions
        for item in self.env.items:
            for tree in written_names((item.equation.left, item.equation.right)):
                symbol = head(tree)
                if symbol is None:
                    continue
                if base_of(symbol) in survey.functions or symbol.function:
                    functions.setdefault(key(symbol), symbol)
                elif base_of(symbol) in defined or base_of(symbol) in LOSSES:
                    quantities.setdefault(key(tree), tree)
                else:
                    parameters.setdefault(key(tree), tree)
        counts = [t for t in parameters.values() if _base(t) in survey.sample_counts]
        return Context(
            quantities=tuple(islice(quantities.values(), 24)),
            parameters=tuple(islice(parameters.values(), 24)),
            functions=tuple(functions.values()),
            count=counts[0] if counts else None,
            text=self.env.note.text,
        )


def _base(tree: Tree) -> str:
    symbol = head(tree)
    return base_of(symbol) if symbol is not None else ""


def written_names(trees: Iterable[Tree]) -> Iterator[Tree]:
    """The names of formulas, as they are written, without what is done to them."""
    for tree in trees:
        for part in mentions(tree):
            if isinstance(part, Script):
                # without the power or the transpose that stands on it
                sups = tuple(s for s in part.sups if s.kind in ("paren", "square"))
                yield replace(part, sups=sups) if sups or part.subs else part.base
            else:
                yield part


def counterexample(
    env: Environment, item: Item, found: Outcome | None, stand: Stand, scalar: Reading
) -> Counterexample | None:
    """Small numbers at which a line fails: single numbers if they do, else small matrices."""
    if item.left is None or item.right is None:
        return None
    told = outcome(stand, scalar, item.left, item.right)
    if told.state != "fails" or told.world is None or told.values is None:
        told = found if found is not None else told
    if told.world is None or told.values is None or told.state != "fails" or told.mismatch:
        return None
    world = told.world
    try:
        left, right = (world.settled(v) for v in told.values)
    except Mismatch:
        return None
    given: dict[str, str] = {}
    for tree in written_names((item.equation.left, item.equation.right)):
        value = _value(env, world, tree)
        if value is not None and len(given) < _SHOWN:
            given.setdefault(unparse(tree), value)
    return Counterexample(tuple(given.items()), _shown(left), _shown(right))


def _value(env: Environment, world: World, tree: Tree) -> str | None:
    try:
        term: Term = env.translator.term(tree)
        if not isinstance(term, Name) or term.base in env.survey.functions | LOSSES:
            return None
        if is_library(term.base):
            return None
        return _shown(world.array(term))
    except (Unclear, Mismatch, ArithmeticError, ValueError, RecursionError):
        return None


def _shown(array: Array) -> str:
    """An array in three digits; rows are parted by semicolons."""
    texts = [f"{float(n.plain(x)):.3g}" for x in array.entries]
    if array.scalar:
        return texts[0]
    width = array.columns
    rows = [", ".join(texts[i : i + width]) for i in range(0, len(texts), width)]
    return f"[{'; '.join(rows)}]"
