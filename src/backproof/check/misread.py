"""Lines that fail together because something that they share was read wrongly.

One wrong reading of a letter or of a definition makes all lines fail that need it. Where most of
them do, and no small edit explains why, the note is less likely to be wrong than its reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .items import Environment, Item
from .report import Finding
from .scope import bases
from .terms import D, Differential, has
from .verdict import Judgement

#: So many lines that fail for no reason make a definition doubtful.
_MANY = 3


@dataclass(slots=True)
class Told:
    """An equation, what was found about it, and the finding, if it does not simply hold."""

    item: Item
    found: Judgement
    finding: Finding | None = None

    @property
    def unexplained(self) -> bool:
        """Whether a line is wrong for no likely reason."""
        kind = self.finding.kind if self.finding is not None else ""
        return self.found.verdict == "wrong" and self.found.kind == kind == "wrong"


def doubtful(env: Environment, lines: Iterable[Told]) -> set[str]:
    """The names with a definition that more lines fail with, unexplained, than hold."""
    failing: dict[str, int] = {}
    holding: dict[str, int] = {}
    for line in lines:
        counts = failing if line.unexplained else holding
        if line.item.role not in ("claim", "again"):
            continue
        if line.unexplained or line.found.verdict in ("holds", "loose"):
            for base in needed(env, line.item):
                counts[base] = counts.get(base, 0) + 1
    return {b for b, n in failing.items() if n >= _MANY and n > holding.get(b, 0)}


def needed(env: Environment, item: Item) -> set[str]:
    """The names with a definition that stand in a line, or behind one that does."""
    behind = env.scope.behind(bases(item.left) | bases(item.right))
    return behind & set(env.scope.definitions)


def misread(line: Told, doubted: set[str], env: Environment) -> Judgement | None:
    """The verdict on a line that fails for no reason, if what it was read with is in doubt."""
    if not line.unexplained:
        return None
    outcome, item = line.found.outcome, line.item
    gradient = has((item.left, item.right), D | Differential)
    if outcome is not None and outcome.mismatch and not gradient:
        # a step of algebra with other numbers in no reading: how its arrays lie is not known
        return Judgement("undecided", "no reading", outcome=outcome)
    names = sorted(doubted & needed(env, line.item))
    if names:
        facts = (("name", names[0]),)
        return Judgement("undecided", "doubtful name", outcome=outcome, facts=facts)
    return None
