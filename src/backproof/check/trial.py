"""One way to take what a note leaves open, tried in one reading after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from .facts import Survey
from .judge import Outcome, outcome
from .readings import Reading
from .scope import bases
from .stand import Stand
from .state import Purse
from .terms import Mul, Name, Term, Transpose

#: What can't be told in any reading.
_HOPELESS = frozenset(
    (
        "unclear index",
        "unknown name",
        "unknown function",
        "opaque",
        "circular",
        "too long",
        "too deep",
    )
)


@dataclass(slots=True)
class Trial:
    """One stand being tried in one reading after the other; of each kind the best is kept."""

    stand: Stand
    left: Term
    right: Term
    purse: Purse
    best: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    tried: list[Outcome] = field(default_factory=list[Outcome])

    def run(self, readings: list[Reading]) -> None:
        survey = self.stand.scope.survey
        adding = bool(survey.ranges.added)
        adds = adding and self.adds
        for reading in readings:
            if adding and reading.sequence != adds:
                continue  # where indices are added up, entries are no places in an array
            if (
                reading.name == "number"
                and not survey.flat
                and matrices(survey, (self.left, self.right), told=True)
            ):
                continue  # one number for each sample tells nothing about matrices
            if any(_repeats(told, reading) for told in self.tried) or self.settled(reading):
                continue
            reason = self.tried[0].reason if len(self.tried) == 1 else None
            if reason is not None and reason.key in _HOPELESS:
                break
            found = outcome(self.stand, reading, self.left, self.right, purse=self.purse)
            self.tried.append(found)
            self.keep(found)

    @property
    def adds(self) -> bool:
        """Whether a line has to do with quantities whose indices are added up."""
        scope = self.stand.scope
        return bool(scope.survey.ranges.added & scope.behind(bases(self.left) | bases(self.right)))

    def settled(self, reading: Reading) -> bool:
        """Whether the readings before say enough."""
        kept = self.best.get(reading.name)
        if kept is not None and kept.state == "holds":
            return True
        if kept is not None and kept.state == "fails" and not kept.mismatch:
            return reading.tokens and not kept.reading.tokens
        batch = self.best.get("batch")
        if batch is not None and batch.state == "holds" and not batch.zero and not batch.unreached:
            return True
        return reading.name == "scalar" and any(o.state == "holds" for o in self.best.values())

    def keep(self, found: Outcome) -> None:
        order = ("holds", "fails", "unclear", "left")
        kept = self.best.get(found.reading.name)
        if (
            kept is None
            or order.index(found.state) < order.index(kept.state)
            or (found.state == kept.state == "fails" and kept.ratio is None and found.ratio)
        ):
            self.best[found.reading.name] = found


def _repeats(told: Outcome, reading: Reading) -> bool:
    """Whether another reading would meet the very same numbers."""
    same = told.reading
    if "layout" not in told.asked:
        same = replace(same, numerator=reading.numerator)
    if "late" not in told.asked:
        same = replace(same, late=reading.late)
    if "inner" not in told.asked:
        same = replace(same, inner=reading.inner)
    if "across" not in told.asked:
        same = replace(same, across=reading.across)
    if "upright" not in told.asked:
        same = replace(same, upright=reading.upright)
    return same == reading


def is_twin(stand: Stand, before: Stand | None, asked: set[str]) -> bool:
    """Whether a stand differs from the one before only in what nothing on the line asks about."""
    if before is None or "loss" in asked or stand.scope is not before.scope:
        return False
    return replace(stand, per_sample=before.per_sample, loss=before.loss) == before


def matrices(survey: Survey, term: Any, *, told: bool = False) -> bool:
    """Whether a line is about matrices or vectors: `(a - y) x` may be about single numbers. With
    `told`, only if the line itself shows it."""
    if isinstance(term, Mul) and any(o in ("odot", "circ", "@") for o in term.operators):
        return True
    if isinstance(term, Transpose):
        return True
    if isinstance(term, Name):
        one = [i.letter in survey.samples for i in term.indices] == [True]
        base = term.base.lower() if one else term.base
        return survey.is_whole(base, told=told) and not survey.is_loss(term.base)
    if isinstance(term, tuple):
        parts = cast("tuple[Any, ...]", term)
        return any(matrices(survey, part, told=told) for part in parts)
    if isinstance(term, Term):
        slots = type(term).__slots__
        return any(matrices(survey, getattr(term, slot), told=told) for slot in slots)
    return False
