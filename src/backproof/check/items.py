"""The equations of a note with their meanings."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..notation.document import Document
from .claims import Condition, Equation
from .facts import Survey
from .scope import Definition, Scope
from .state import STACKS
from .terms import Term, Unclear
from .translate import Translator


@dataclass(slots=True)
class Item:
    """One equation with its meaning.

    `role`: `definition`, `again` (a name that has a definition), `claim`, `assignment` (an
    update: no equality), `unclear` (with the reason). `said`: what has just been said of
    index letters (`for j = k`); `given`: numbers that quantities have in the case at hand (`if
    y = 1`).
    """

    at: int
    equation: Equation
    left: Term | None = None
    right: Term | None = None
    role: str = "claim"
    reason: Unclear | None = None
    definition: Definition | None = None
    given: tuple[tuple[str, str], ...] = ()
    said: tuple[Condition, ...] = ()


@dataclass(slots=True)
class Environment:
    """All that a note says."""

    note: Document
    survey: Survey
    scope: Scope
    translator: Translator
    items: list[Item] = field(default_factory=list[Item])

    def redefine(self, old: Definition, new: Definition) -> None:
        """Put one definition in the place of another of the same name."""
        base = old.name.base
        self.scope.definitions[base] = [
            new if d is old else d for d in self.scope.definitions[base]
        ]
        self.scope.mentioned |= new.needs
        self.scope.forget()
        for item in self.items:
            if item.definition is old:
                item.definition = new

    @property
    def batch(self) -> bool:
        """Whether the note speaks of several samples."""
        capitals = (self.survey.plain & STACKS) - self.survey.last - self.survey.square
        return bool(self.survey.sample_counts or self.survey.samples or capitals)
