r"""Targets that are only spoken of: the one-hot y of `\partial E / \partial s_w = p_w - y_w`, where
the loss is `-\log p_o` and has no y."""

from __future__ import annotations

from functools import cached_property

from .items import Environment, Item
from .roles import is_backward
from .scope import Definition, bases
from .stand import Stand, rescoped
from .state import TARGETS
from .terms import Call, Compare, Index, Name, free_letters, is_loss, names, walk
from .verdict import Judge, Judgement

#: How many other lines are asked whether they hold with such targets.
_WITNESSES = 6


class OneHot:
    """The targets of one note that have no formula."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.confirmed: dict[tuple[int, Definition], bool] = {}

    @cached_property
    def targets(self) -> list[Definition]:
        """1 for the class that a loss picks, 0 for all others, for each target and class."""
        scope = self.env.scope
        given = {*scope.definitions, *scope.mentioned}
        used = {
            n.base: n.lower[0].letter if len(n.lower) == 1 else ""
            for item in self.env.items
            for n in sorted(names((item.left, item.right)), key=lambda n: len(n.lower))
            if n.base in TARGETS - given and not n.upper
        }
        chosen: list[str] = []
        for base in sorted(scope.definitions):
            for d in scope.definitions[base] if is_loss(base) else ():
                if is_backward(d) or TARGETS & d.needs:
                    continue
                chosen += [*free_letters(d.body), *_arguments(d)]
        written = {x for _, spelled in self.env.survey.spelled for x in spelled}
        return [
            Definition(
                Name(y, (), (Index(letter or "k", 0),)),
                Compare(Name(letter or "k"), "=", Name(picked)),
                -1,
            )
            for y, letter in used.items()
            for picked in dict.fromkeys(chosen)
            if picked in written and picked != letter
        ]

    def judged(self, item: Item, stands: list[Stand], judge: Judge) -> Judgement | None:
        """The verdict with such targets. A line fails only if another one holds."""
        needed = bases((item.left, item.right))
        for target in self.targets:
            if target.name.base not in needed:
                continue
            found = judge(item, _with(stands, target))
            if found.verdict == "holds":
                return found
            if found.verdict == "wrong" and self.confirms(item, target, stands, judge):
                return found
        return None

    def confirms(self, item: Item, target: Definition, stands: list[Stand], judge: Judge) -> bool:
        """Whether another line about the same target holds with it."""
        key = item.at, target
        if key not in self.confirmed:
            about = [
                other
                for other in self.env.items
                if other is not item
                and other.role == "claim"
                and target.name.base in bases((other.left, other.right))
            ]
            self.confirmed[key] = any(
                judge(other, _with(stands[:1], target)).verdict == "holds"
                for other in about[:_WITNESSES]
            )
        return self.confirmed[key]


def _arguments(definition: Definition) -> list[str]:
    """What stands in the calls of a formula: the o of `-\\log P(o \\mid c)`."""
    calls = (part for part in walk(definition.body) if isinstance(part, Call))
    return [a.base for c in calls for a in c.arguments if isinstance(a, Name) and not a.indices]


def _with(stands: list[Stand], target: Definition) -> list[Stand]:
    """The same stands with a formula for a target."""
    given = (stand for stand in stands if not stand.ahead)
    return rescoped(given, lambda scope: scope.with_more([target]))
