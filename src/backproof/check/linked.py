r"""Names for parts of other formulas: `z = Wx + b`, which a note writes out in `\sigma(Wx + b)`.

Such a part may have a formula of its own somewhere; or it is only spoken of ("call what goes into
the gates p and q"), and the lines that differentiate by it tell which part it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from .items import Environment, Item
from .roles import defined, is_backward
from .scope import Definition, Scope
from .stand import Stand, rescoped
from .terms import (
    Add,
    Call,
    D,
    Differential,
    Index,
    Name,
    Num,
    Term,
    Unclear,
    literal,
    names,
    rewritten,
    walk,
)
from .verdict import Judge, Judgement

#: How many lines are asked which part a name stands for.
_WITNESSES = 4


class Linked:
    """What the lines of one note give names to."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.meant: dict[str, Definition | None] = {}

    def judged(self, item: Item, stands: list[Stand], judge: Judge) -> Judgement | None:
        """The verdict with names for parts, if that changes anything."""
        more = [d for n in unnamed(self.env, item) if (d := self.meaning(n, stands, judge))]
        told = with_links([stand for stand in stands if not stand.ahead], more)
        return judge(item, told) if told else None

    def meaning(self, name: Name, stands: list[Stand], judge: Judge) -> Definition | None:
        """The part that a name stands for: that with which most of the lines about it hold."""
        if name.base not in self.meant:
            self.meant[name.base] = None  # lines with two such names ask for each other
            self.meant[name.base] = self.likeliest(name, stands, judge)
        return self.meant[name.base]

    def likeliest(self, name: Name, stands: list[Stand], judge: Judge) -> Definition | None:
        about = [
            item
            for item in self.env.items
            if item.role == "claim" and name.base in {n.base for n in unnamed(self.env, item)}
        ]
        held: dict[Definition, int] = {}
        for candidate in candidates(self.env, stands[0].scope, name):
            told = with_links(stands[:1], [candidate])
            held[candidate] = sum(
                judge(item, told).verdict == "holds" for item in islice(about, _WITNESSES)
            )
        most = max(held.values(), default=0)
        best = [candidate for candidate, count in held.items() if count == most > 0]
        return best[0] if len(best) == 1 else None


def with_links(stands: list[Stand], more: list[Definition]) -> list[Stand]:
    """The stands whose definitions change."""
    told = rescoped(stands, lambda scope: linked(scope, more))
    return [new for new, old in zip(told, stands, strict=True) if new.scope is not old.scope]


def linked(scope: Scope, more: list[Definition]) -> Scope:
    """The same definitions, with the name wherever one of them writes out the formula of another;
    `more` are definitions that the note does not write."""
    given = [d for ds in scope.definitions.values() for d in ds if d.at not in scope.barred]
    parts = {d.body: d.name for d in (*given, *more) if _formula(d)}
    whole = scope.with_more(more)
    whole.definitions = {
        base: [replace(d, body=_named(d.body, parts)) for d in definitions]
        for base, definitions in whole.definitions.items()
    }
    whole.implicit, whole.sources = {}, {}
    return whole if whole.definitions != scope.definitions else scope


def _formula(definition: Definition) -> bool:
    """Whether a definition is a formula that may be a part of another."""
    body = definition.body
    if isinstance(body, Name | Num) or literal(body) or definition.parameters:
        return False
    return not is_backward(definition) and len({n.base for n in names(body)}) > 1


def _named(whole: Term, parts: Mapping[Term, Name]) -> Term:
    """A term with names in the place of the parts of it that have one."""

    def change(term: Term | Index) -> Term | Index | None:
        if isinstance(term, Name | Index):
            return term
        if term is not whole and term in parts:
            return parts[term]
        if isinstance(term, Add):
            for body, name in parts.items():
                rest = _without(term, body)
                if rest is not None:
                    return Add((name, *rewritten(rest.terms, change)), (1, *rest.signs))
        return None

    return rewritten(whole, change)


def _without(whole: Add, part: Term) -> Add | None:
    """What is left of a sum without some of its terms."""
    if not isinstance(part, Add) or len(part.terms) >= len(whole.terms):
        return None
    left = list(zip(whole.terms, whole.signs, strict=True))
    for pair in zip(part.terms, part.signs, strict=True):
        if pair not in left:
            return None
        left.remove(pair)
    return Add(tuple(t for t, _ in left), tuple(s for _, s in left))


def unnamed(env: Environment, item: Item) -> list[Name]:
    """What a line differentiates by that has no formula and is in none."""
    found: list[Name] = []
    try:
        head = env.translator.term(item.equation.head)
    except (Unclear, RecursionError):
        head = item.left
    for by in _variables((head, item.left, item.right)):
        if not defined(env.scope, by) and by.base not in env.scope.mentioned:
            found.append(by)
    return list(dict.fromkeys(found))


def _variables(term: Any) -> Iterator[Name]:
    for part in walk(term):
        if isinstance(part, D):
            yield from (n for n in part.by if isinstance(n, Name))
        elif isinstance(part, Differential):
            yield part.of


def candidates(env: Environment, scope: Scope, name: Name) -> list[Definition]:
    """What a quantity may be that goes into a function: the arguments of those that stand in
    definitions with the same indices."""
    found: list[Definition] = []
    survey = env.survey
    for definitions in scope.definitions.values():
        for d in definitions:
            if d.at in scope.barred or is_backward(d) or d.parameters:
                continue
            head = _head(d.name, name)
            if head is None:
                continue
            for call in walk(d.body):
                if not isinstance(call, Call) or call.primes or len(call.arguments) != 1:
                    continue
                inner = call.arguments[0]
                if isinstance(inner, Name | Num) or literal(inner):
                    continue
                if call.function.base in survey.parameters:
                    continue
                found.append(Definition(head, inner, -1))
    return list(dict.fromkeys(found))


def _head(defined: Name, used: Name) -> Name | None:
    """The name with the indices of a definition, if they are as many and of the same sort."""
    for own, other in ((defined.upper, used.upper), (defined.lower, used.lower)):
        if len(own) != len(other):
            return None
        for a, b in zip(own, other, strict=True):
            if bool(a.letter) != bool(b.letter) or (not a.letter and a.shift != b.shift):
                return None
    return Name(used.base, defined.upper, defined.lower)
