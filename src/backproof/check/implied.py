"""What the derivatives of a note say without a formula: `dz/dw` means that z depends on w.

A quantity that the note differentiates and never defines is any function of what it is
differentiated by; a chain rule through it can be judged all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, cast

from .calls import mentions
from .facts import Survey
from .items import Environment, Item
from .roles import defined
from .scope import Definition
from .terms import (
    LOSSES,
    Add,
    Call,
    D,
    Div,
    Mul,
    Name,
    Num,
    Sum,
    Term,
    Unclear,
    is_gradient,
    literal,
    names,
    walk,
)

#: How the names of such functions start.
MARK = "implied "


def implied(env: Environment) -> list[Definition]:
    """A function for each quantity that the note differentiates and never defines."""
    edges: dict[Name, list[Name]] = {}
    first: dict[Name, int] = {}
    for item in env.items:
        for d in walk((item.left, item.right)):
            if not isinstance(d, D):
                continue
            of, by = d.quantity, d.by[0] if len(d.by) == 1 else None
            if not isinstance(of, Name) or not isinstance(by, Name) or of == by:
                continue
            if defined(env.scope, of) or _spread(of) or _spread(by):
                continue
            first.setdefault(of, item.at)
            causes = edges.setdefault(of, [])
            if by not in causes:
                causes.append(by)
    found: list[Definition] = []
    for of, causes in edges.items():
        # what acts through another cause is no cause by itself
        direct = [
            by
            for by in causes
            if not any(p != by and by in _behind(env, edges, p, of) for p in causes)
        ]
        if len(direct) == 1:
            found.append(Definition(of, Call(Name(MARK + of.base), tuple(direct)), first[of]))
    return found


def summands(env: Environment) -> list[Definition]:
    r"""What a chain says of the terms of its sums: with `L = \sum_t L_t = -\sum_t y_t \log p_t`,
    L_t is `-y_t \log p_t` where nothing else says what it is."""
    found: list[Definition] = []
    for one, other in zip(env.items, env.items[1:], strict=False):
        if one.equation.chain != other.equation.chain or one.right is None or other.right is None:
            continue
        (first, before), (second, behind) = _summed(one.right), _summed(other.right)
        if first is None or second is None or first.letters != second.letters:
            continue
        name = first.body
        if not isinstance(name, Name) or defined(env.scope, name):
            continue
        if {i.letter for i in name.indices} >= set(first.letters):
            parts = (*behind, second.body)
            body: Term = Mul(parts, ("",) * len(behind)) if behind else second.body
            found.append(Definition(name, Div(body, Mul((Num("1"), *before), ("",) * len(before)))
                                    if before else body, one.at))  # fmt: skip
    return found


def _summed(term: Term) -> tuple[Sum | None, tuple[Term, ...]]:
    """A sum and the factors before it."""
    if isinstance(term, Add) and len(term.terms) == 1:
        inner, factors = _summed(term.terms[0])
        sign = Add((Num("1"),), term.signs)
        return inner, factors if term.signs == (1,) else (sign, *factors)
    if isinstance(term, Mul) and isinstance(term.factors[-1], Sum):
        return term.factors[-1], term.factors[:-1]
    return (term if isinstance(term, Sum) and term.kind == "sum" else None), ()


def named_gradients(env: Environment) -> None:
    r"""`\partial L / \partial V = B^T G = \zeta_1` gives a gradient a name, where nothing else says
    what that is: from there on, it stands for the gradient."""
    used = env.scope.mentioned | {n.base for item in env.items for n in _varied(item)}
    for item in env.items:
        name, head = item.right, None
        if item.role != "claim" or not isinstance(name, Name) or name.base in used | LOSSES:
            continue
        try:
            head = env.translator.term(item.equation.head)
        except (Unclear, RecursionError):
            continue
        if not isinstance(head, D) or head.of == name or defined(env.scope, name):
            continue
        # the gradient of what is added is often written for one sample, and lacks a sum
        by = {n.base for n in names(head.by)}
        if is_gradient(head) and not by & {"b", "c", "beta", "bias"}:
            item.role, item.definition = "definition", Definition(name, head, item.at)
            env.scope.add(item.definition)


def named_parts(env: Environment) -> None:
    r"""`a = \sigma(z) = \sigma(W x + b)` says what z is, where nothing else does: the sides of the
    step have one form, but for that."""
    for item in env.items:
        if item.role != "claim" or isinstance(item.left, Name) or isinstance(item.right, Name):
            continue
        pairs = {*_apart(item.left, item.right)}
        if len(pairs) != 1:
            continue
        one, other = pairs.pop()
        name, part = (one, other) if isinstance(one, Name) else (other, one)
        if not isinstance(name, Name) or not isinstance(part, Term) or isinstance(part, Name):
            continue  # more than one name
        if literal(part) or name.base in LOSSES or mentions(part, name.base):
            continue
        if not defined(env.scope, name):
            item.role, item.definition = "definition", Definition(name, part, item.at)
            env.scope.add(item.definition)


def _apart(one: object, other: object) -> Iterator[tuple[object, object]]:
    """Where two terms of one form differ; both of them where the forms do."""
    if one == other:
        return
    if isinstance(one, tuple) and isinstance(other, tuple):
        first, second = cast("tuple[Any, ...]", one), cast("tuple[Any, ...]", other)
        if len(first) != len(second):
            yield one, other
            return
        for a, b in zip(first, second, strict=True):
            yield from _apart(a, b)
    elif isinstance(one, Term) and type(other) is type(one) and not isinstance(one, Name | Num):
        for slot in type(one).__slots__:
            yield from _apart(getattr(one, slot), getattr(other, slot))
    else:
        yield one, other


def _varied(item: Item) -> Iterator[Name]:
    """What a line differentiates by."""
    for part in walk((item.left, item.right)):
        if isinstance(part, D):
            yield from names(part.by)


def guesses(functions: list[str], survey: Survey) -> Iterator[tuple[tuple[str, str], ...]]:
    """The functions of the note in the place of some of those that it implies: `\\hat y = f(z)`,
    where only `f` and `\\hat y` are in the formulas."""
    for known in sorted(survey.functions | survey.primed):
        for count in range(1, 4):
            for chosen in combinations(functions[:5], count):
                yield tuple((name, known) for name in chosen)


def _spread(name: Name) -> bool:
    """Whether a name has indices that are no plain numbers: which member of what it is, differs
    from line to line."""
    return any(i.letter for i in name.indices)


def _behind(env: Environment, edges: dict[Name, list[Name]], start: Name, end: Name) -> set[Name]:
    """All that a quantity depends on, without going through `end`."""
    seen: set[Name] = set()
    stack = [start]
    while stack:
        top = stack.pop()
        if top in seen or top == end:
            continue
        seen.add(top)
        stack += edges.get(top, ())
        for d in env.scope.definitions.get(top.base, ()):
            if d.name == top:
                stack += names(d.body)
    return seen - {start}
