r"""A loss that a note only speaks of: `L`, "the cross-entropy", without a formula.

Which of the usual ones it is, and whether it is a mean over samples, is what most of the lines that
differentiate it say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .items import Environment, Item
from .scope import Definition, bases
from .stand import Stand, rescoped
from .state import TARGETS
from .terms import Add, Call, D, Div, Mul, Name, Num, Pow, Sum, Term, is_loss, names
from .verdict import Judge, Judgement

_ENTROPY = re.compile(
    r"cross[\s-]*entrop|entropy ch|log(?:istic)?[\s-]+loss|log[\s-]likelihood|\bBCE\b|\bNLL\b"
    r"|로지스틱 손실|엔트로피|로그 손실|로그 ?우도|交叉熵|对数损失|对数似然|逻辑损失",
    re.IGNORECASE,
)
_SQUARES = re.compile(
    r"squared|\bMSE\b|least[\s-]squares|bình phương|제곱|均方|平方", re.IGNORECASE
)
#: How many lines are asked which loss is meant.
_WITNESSES = 8


class Spoken:
    """The losses of one note that have no formula."""

    def __init__(self, env: Environment, outputs: Term | None) -> None:
        self.env = env
        self.outputs = outputs.arguments if isinstance(outputs, Call) else ()
        self.meant: dict[str, list[tuple[int, Definition]]] = {}

    def judged(self, item: Item, stands: list[Stand], judge: Judge) -> Judgement | None:
        """The verdict with the loss that is meant. A line fails only if two others hold."""
        base = self.about(item)
        if not base:
            return None
        if base not in self.meant:
            self.meant[base] = self.likely(base, stands, judge)
        first: Judgement | None = None
        for held, loss in self.meant[base]:
            found = judge(item, told(stands, loss))
            if found.verdict == "holds":
                return found
            first = first or (found if held > 1 else None)
        return first

    def about(self, item: Item) -> str:
        """The loss without a formula whose derivative by something a line works out."""
        if item.role != "claim":
            return ""
        scope = self.env.scope
        found = {
            side.of.base
            for side in (item.left, item.right)
            for side in (side.factors[0] if isinstance(side, Mul) else side,)
            if isinstance(side, D) and isinstance(side.of, Name) and is_loss(side.of.base)
        }
        found -= {base for base in found if base in scope.definitions}
        targets = {n.base for n in names((item.left, item.right))} & TARGETS
        return min(found) if found and targets - set(scope.definitions) else ""

    def likely(self, base: str, stands: list[Stand], judge: Judge) -> list[tuple[int, Definition]]:
        """The losses with which lines about it hold, and how many do, most of them first."""
        about = [item for item in self.env.items if self.about(item) == base]
        asked = about[:_WITNESSES]
        found: list[tuple[int, Definition]] = []
        for candidate in self.candidates(base, about):
            given = told(stands[:1], candidate)
            held = sum(judge(item, given).verdict == "holds" for item in asked)
            found += [(held, candidate)] if held else []
            if held == len(asked):
                break
        return sorted(found, key=lambda pair: -pair[0])

    def candidates(self, base: str, about: list[Item]) -> Iterator[Definition]:
        """The usual losses that the prose speaks of, added up over samples and as their mean."""
        met = [n for item in about for n in names((item.left, item.right))]
        outputs = [
            n for n in self.outputs if isinstance(n, Name) and n.base in {m.base for m in met}
        ]
        targets = [n for n in met if n.base in TARGETS - set(self.env.scope.definitions)]
        if len(outputs) != 1 or not targets:
            return
        a, y = outputs[0], Name(targets[0].base)
        one, prose = Num("1"), self.env.note.prose
        bodies: list[Term] = []
        if _ENTROPY.search(prose):
            both = [
                Mul((t, Call(Name("log"), (p,))), ("odot",))
                for t, p in ((y, a), (Add((one, y), (1, -1)), Add((one, a), (1, -1))))
            ]
            bodies += [Add((both[0], both[1]), (-1, -1)), Add((both[0],), (-1,))]
        if _SQUARES.search(prose):
            square = Pow(Add((a, y), (1, -1)), Num("2"))
            bodies += [Div(square, Num("2")), square]
        counts = sorted(self.env.survey.sample_counts & bases(tuple(i.right for i in about)))
        for body in bodies:
            whole = Sum("sum", (), None, None, (), body)
            yield Definition(Name(base), whole, -1)
            for count in counts[:1]:
                yield Definition(Name(base), Div(whole, Name(count)), -1)


def told(stands: list[Stand], loss: Definition) -> list[Stand]:
    """The same stands with a formula for the loss."""
    given = (replace(stand, loss=loss.name) for stand in stands if not stand.ahead)
    return rescoped(given, lambda scope: scope.with_more([loss]))
