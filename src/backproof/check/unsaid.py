"""Lines that can't be judged by what a note says, judged by what it leaves unsaid.

All of this is done in plain numbers, since nothing is known of the shapes.
"""

from __future__ import annotations

from dataclasses import replace

from .implied import guesses, implied
from .items import Environment, Item
from .meanings import Meanings
from .readings import Reading
from .scope import Definition, Scope, bases
from .stand import Stand
from .terms import LOSSES, Add, Call, D, Mul, Name, Num, Transpose, names
from .verdict import Judgement, judgement

_SCALAR = Reading("scalar", 1, 1)
_WEIGHTS = ("w", "W", "theta")
_BIASES = ("b", "bias")


class Unsaid:
    """What one note leaves to its readers."""

    def __init__(self, env: Environment, meanings: Meanings) -> None:
        self.env = env
        self.meanings = meanings
        self.implied = implied(env)

    def judged(self, item: Item, found: Judgement, stand: Stand) -> Judgement | None:
        """A better verdict on a line, if there is one."""
        if found.verdict == "undecided" and found.kind in ("not reached", "unknown name"):
            return self.in_general(item, stand) or self.neuron(item, stand)
        if found.verdict == "wrong" and self.unbiased(item, stand):
            others = (o for o in self.env.items if o is not item and o.role == "claim")
            if any(self.unbiased(other, stand) for other in others):
                return Judgement("loose", "loose bias", stand, found.outcome)
        return None

    def told(self, item: Item, stand: Stand, scope: Scope) -> Judgement:
        """The verdict with other definitions."""
        assert item.left is not None
        assert item.right is not None
        plain = replace(stand, scope=scope)
        return judgement([plain], [_SCALAR], item.left, item.right, gradient=False)

    def in_general(self, item: Item, stand: Stand) -> Judgement | None:
        """A chain rule through quantities without a formula, which may be any functions."""
        scope = stand.scope.with_more(self.implied)
        functions = {d.body.function.base for d in self.implied if isinstance(d.body, Call)}
        left, right = (scope.behind(bases(t)) & functions for t in (item.left, item.right))
        if not left or left != right:
            return None  # such a line says what one of the functions is
        found = self.told(item, stand, scope)
        if found.verdict == "holds" or (found.verdict == "wrong" and found.ratio is not None):
            return found  # a constant factor is off, whatever the functions are
        for assumed in guesses(sorted(left), self.env.survey):
            known = self.told(item, replace(stand, assumed=assumed), scope)
            if known.verdict == "holds":
                return known
        return None

    def neuron(self, item: Item, stand: Stand) -> Judgement | None:
        """The gradient of a loss for a single neuron that is only spoken of: `a = \\sigma(z)` with
        `z = w^T x + b`. Where it fails, another line of the section has to hold that way."""
        scope = self.with_neuron(item, stand)
        if scope is None:
            return None
        found = self.told(item, stand, scope)
        if found.verdict == "holds":
            return found
        for meanings in self.meanings.several(item, scope.barred).values():
            for barred in self.meanings.others(meanings):
                other = self.told(item, stand, scope.seen_from(item.at, scope.barred | barred))
                if other.verdict == "holds":
                    return other
        if found.verdict != "wrong":
            return None
        section = self.meanings.section(item.at)
        for other in self.env.items:
            if other is item or self.meanings.section(other.at) != section:
                continue
            same = self.with_neuron(other, stand)
            if same is not None and self.told(other, stand, same).verdict == "holds":
                return found
        return found if found.ratio == -1 else None

    def with_neuron(self, item: Item, stand: Stand) -> Scope | None:
        """The definitions of a note with those of a neuron, for a line that speaks of one."""
        left = item.left
        if item.role != "claim" or not isinstance(left, D) or len(left.by) != 1:
            return None
        of, by = left.quantity, left.by[0]
        if not isinstance(of, Name) or of.base not in LOSSES or not isinstance(by, Name):
            return None
        if by.base not in _WEIGHTS + _BIASES:
            return None
        calls = [c for c in names(item.right) if c.base == "sigma"]
        loss = {n.base for d in stand.scope.definitions.get(of.base, ()) for n in names(d.body)}
        pairs = self.env.survey.pairs
        z, x = (pairs.get(base, base) for base in ("z", "x"))
        outputs = [a for a in ("a", "A", "hat y", "h", "p", "o") if a in loss]
        if not calls or not outputs or z not in bases(item.right):
            return None
        weight = by.base if by.base in _WEIGHTS else "w"
        own = self.meanings.section(item.at)
        for base in (z, outputs[0], weight):
            for d in stand.scope.definitions.get(base, ()):
                if self.meanings.section(d.at) == own:
                    return None  # the section says what it is
        taken = frozenset(
            d.at for base in (z, outputs[0], weight, x, "b")
            for d in stand.scope.definitions.get(base, ())
        )  # fmt: skip
        body = Add((Mul((Transpose(Name(weight)), Name(x)), ("",)), Name("b")), (1, 1))
        scope = stand.scope.seen_from(item.at, stand.scope.barred | taken)
        return scope.with_more(
            [
                Definition(Name(outputs[0]), Call(Name("sigma"), (Name(z),)), -1),
                Definition(Name(z), body, -1),
            ]
        )

    def unbiased(self, item: Item, stand: Stand) -> bool:
        """Whether a line holds once the biases are left out, which then are part of the weights."""
        if item.left is None or item.right is None:
            return False
        behind = stand.scope.behind(bases(item.left) | bases(item.right))
        if not behind & set(_BIASES) or set(_BIASES) & set(stand.scope.definitions):
            return False
        by = {n.base for n in names(item.left.by)} if isinstance(item.left, D) else set[str]()
        written = bases(item.right) | bases(item.left)
        if by & set(_BIASES) or written & set(_BIASES):
            return False
        if self.told(item, stand, stand.scope).verdict == "holds":
            return False  # it fails for another reason
        zero = [Definition(Name(b), Num("0"), -1) for b in _BIASES]
        return self.told(item, stand, stand.scope.with_more(zero)).verdict == "holds"
