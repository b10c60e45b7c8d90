"""The sensible ways to take what a note leaves open, for each of its lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from .copies import COPY
from .items import Environment, Item
from .meanings import Meanings
from .objective import called_loss, generic_loss, losses
from .orientation import lying, oriented
from .readings import readings
from .scope import bases
from .shapes import shapes
from .stand import Stand
from .terms import Call, D, Differential, Limit, Name, Term, has, literal, numbers
from .usage import mixing
from .verdict import judgement

#: How many other lines are asked what something means to them.
WITNESSES = 8
#: What is learned, and has no formula but at an optimum.
_PARAMETERS = frozenset(("w", "W", "theta", "Theta", "beta", "b"))


class Stands:
    """What the lines of one note are judged with."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        known = readings(env.survey, env.batch, shapes(env.note), mixing=mixing(env.scope))
        self.generic = generic_loss(env)
        self.readings = lying(env, self.generic, oriented(env, known))
        self.barred: frozenset[int] = frozenset()
        self.meanings = Meanings(env)
        self.convention: int | None = None
        self.convention = self.likeliest()

    def stands(self, at: int) -> list[Stand]:
        """The sensible ways to take what the note leaves open, likeliest first."""
        item = self.env.items[at]
        examples = self.examples(at) | self.solutions(item)
        scope = self.env.scope.seen_from(at, self.barred | examples)
        generic = called_loss(self.env, item) or self.generic
        found: list[Stand] = []
        candidates: list[Term | None] = [*losses(self.env, at)] or [self.generic]
        for loss in candidates:
            told = Stand(scope, loss, generic, said=item.said, case=item.given)
            found += [told, replace(told, per_sample=True)]
        if self.convention is not None:
            found = found[self.convention :: 2]
        later = frozenset(
            d.at for ds in self.env.scope.definitions.values() for d in ds if d.at > at
        )
        others: list[Stand] = []
        # a name that gets a meaning in another section further down may be any variable here
        own = self.meanings.section(at)
        elsewhere = frozenset(x for x in later if self.meanings.section(x) != own)
        for unseen in dict.fromkeys(x for x in (elsewhere, later) if x):
            scope = self.env.scope.seen_from(at, unseen | self.barred | examples)
            hopeful = unseen != elsewhere
            others += (replace(s, scope=scope, ahead=True, hopeful=hopeful) for s in found)
        if examples - later:
            # the line may be about the example after all
            shown = self.env.scope.seen_from(at, self.barred | (examples & later))
            others += (replace(s, scope=shown, shown=True) for s in found)
        constant = frozenset(
            d.at for base in _beside(item.left) | _beside(item.right)
            for d in self.env.scope.definitions.get(base, ())
        )  # fmt: skip
        if constant:
            # the y of `d(x + y)/dx` does not depend on x, whatever y is elsewhere
            scope = self.env.scope.seen_from(at, self.barred | examples | constant)
            others += (replace(s, scope=scope, hopeful=True) for s in found)
        if has(item.right, Limit):
            # what a derivative is, it is of any function
            functions = frozenset(
                d.at for f in ("f", "g", "h") for d in self.env.scope.definitions.get(f, ())
            )
            scope = self.env.scope.seen_from(at, self.barred | examples | functions)
            others += (replace(s, scope=scope) for s in found)
        return [*found, *others]

    def solutions(self, item: Item) -> frozenset[int]:
        """The values of a parameter at an optimum, for a line that differentiates by it."""
        left = item.left
        by: tuple[Term, ...] = left.by if isinstance(left, D) else ()
        if isinstance(left, D) and not by and isinstance(left.of, Call):
            by = left.of.arguments[:1]
        parameters = {n.base for n in by if isinstance(n, Name) and n.base in _PARAMETERS}
        definitions = self.env.scope.definitions
        return frozenset(
            d.at for base in parameters for d in definitions.get(base, ())
            if d.at != COPY
            and not (literal(item.right) and literal(d.body))  # `dL/db = 0.3`, where b is 0.1
        )  # fmt: skip

    def examples(self, at: int) -> frozenset[int]:
        """The values of worked examples that a line is not about: those further down, and all of
        them if it is general."""
        item = self.env.items[at]
        general = not any(literal(side) or "." in "".join(numbers(side)) for side in
                          (item.left, item.right))  # fmt: skip
        return frozenset(
            d.at
            for ds in self.env.scope.definitions.values()
            for d in ds
            if (general or d.at > at) and literal(d.body)
        )

    def likeliest(self) -> int | None:
        """How the note uses `dZ`: as the gradient, or kept for each sample until the mean is taken.
        One of the two in all of its lines; None if they do not tell."""
        lines = [
            item
            for item in self.env.items
            if item.role != "unclear" and self.uses_shorthand(item) and self.env.batch
        ]
        held = [0, 0]
        strict = [
            r for r in self.readings
            if r.samples > 1 and r.numerator and not (r.late or r.upright or r.tokens)
        ]  # fmt: skip
        telling = [item for item in lines if isinstance(item.left, Differential)]
        for item in telling[:WITNESSES]:
            if item.left is None or item.right is None:
                continue
            stands = self.stands(item.at)
            for k in (0, 1):
                taken = [s for s in stands if s.per_sample == bool(k) and not s.ahead]
                found = judgement(taken, strict, item.left, item.right, True)
                held[k] += found.verdict == "holds"
        return None if held[0] == held[1] else int(held[1] > held[0])

    def uses_shorthand(self, item: Item) -> bool:
        return has((item.left, item.right), Differential)


def _beside(term: Any) -> set[str]:
    """The names beside the variable in formulas that are differentiated where they stand."""
    if isinstance(term, D):
        if isinstance(term.of, Name | Call):
            return set()
        return bases(term.of) - {n.base for n in term.by if isinstance(n, Name)}
    found: set[str] = set()
    if isinstance(term, tuple):
        for part in cast("tuple[Any, ...]", term):
            found |= _beside(part)
    elif isinstance(term, Term):
        for slot in type(term).__slots__:
            found |= _beside(getattr(term, slot))
    return found
