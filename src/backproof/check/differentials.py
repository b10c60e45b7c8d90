r"""Lines about total differentials: `df = \operatorname{tr}(A^T dX)`, `d(XY) = (dX) Y + X\, dY`.

In the shorthand of code, `dX` is the derivative of the loss by X; in matrix calculus it is a small
step of X. Which one a line means shows in that it holds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from .interpret import OPERATOR
from .items import Environment, Item
from .roles import defined
from .stand import Stand
from .terms import LOSSES, Add, Call, Differential, Mul, Name, Term, literal, names, walk
from .verdict import Judge, Judgement


class Differentials:
    """How one note uses `dX`."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.meant = False

    @cached_property
    def variables(self) -> tuple[Name, ...]:
        """What takes a step anywhere in the note."""
        items = [item for item in self.env.items if item.role != "unclear"]
        return self.free(tuple((item.left, item.right) for item in items))

    def free(self, sides: Any) -> tuple[Name, ...]:
        """The variables of differentials that no formula gives."""
        found = [
            part.of
            for part in walk(sides)
            if isinstance(part, Differential) and not self.given(part.of)
        ]
        return tuple(dict.fromkeys(found))

    def given(self, name: Name) -> bool:
        """Whether a formula gives a quantity; `B = 0` only says where it starts."""
        definitions = self.env.scope.definitions.get(name.base, ())
        numbers = bool(definitions) and all(literal(d.body) for d in definitions)
        if not definitions and name.base in LOSSES:
            return True  # a function of what the note computes, whichever it is
        return not numbers and defined(self.env.scope, name)

    def judged(self, item: Item, found: Judgement, stands: list[Stand], judge: Judge) -> Judgement:
        """The verdict on a line as one about total differentials, where that is what it is: it
        holds, or another line of the note does that holds in no other way. `judge` has arrays
        only."""
        if item.left is None or item.right is None:
            return found
        if not _steps(item.left) or not _in_each_term(item.right):
            return found
        onward = self.onward(item)
        by = self.free((item.left, item.right)) or onward or self.variables
        if not by:
            return found
        other = judge(item, [replace(stand, steps=by) for stand in stands])
        if other.verdict == "holds":
            self.meant = True
            return other
        # `d(XY)` is no name of code
        return other if self.meant or onward or OPERATOR in names(item.left) else found

    def onward(self, item: Item) -> tuple[Name, ...]:
        """What takes a step where formulas give all of it: the Q and the K of `dS = dQ K^T + Q
        dK^T`, of which S is made, and which are not made of it, as layers and steps are of each
        other. A gradient is made of those of what comes later."""
        of = item.left.of if isinstance(item.left, Differential) else None
        by = tuple(dict.fromkeys(p.of for p in walk(item.right) if isinstance(p, Differential)))
        if not isinstance(of, Name) or of in by:
            return ()
        bases = {name.base for name in by}
        scope = self.env.scope
        onward = bases <= scope.behind({of.base}) and of.base not in scope.behind(bases)
        return by if onward else ()


def _steps(term: Term) -> bool:
    """Whether a side has a differential."""
    parts = walk(term)
    return any(isinstance(p, Differential) for p in parts) or OPERATOR in names(term)


def _in_each_term(term: Term) -> bool:
    """Whether a side is a sum of products with one step each."""
    if isinstance(term, Add):
        return all(_in_each_term(part) for part in term.terms)
    if isinstance(term, Mul):
        return any(_in_each_term(part) for part in term.factors)
    if isinstance(term, Call) and term.function != OPERATOR:
        return any(_in_each_term(part) for part in term.arguments)
    return _steps(term)
