"""σ where σ′ belongs, a where a(1 - a) does, and numbers that are not the right ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...notation.syntax import Fenced, Number, Product, Script, Sum, Sup, Symbol, Tree
from .context import Move, called
from .equation import Equation, Unit, Use, argument, joined, products
from .trees import NOWHERE, added, at, key, multiplied, number, paren, positions


def slopes(eq: Equation) -> Iterator[Move]:
    """The function for its derivative, and the derivative for the function."""
    yield from _primes(eq)
    yield from _products(eq)
    computed = {key(q) for q in eq.context.quantities}
    values = [u for u in eq.uses if not u.marks and key(u.core) in computed]
    for n, use in enumerate(u for u in values if not _inside_call(eq, u)):
        for i, slope in enumerate(_slopes(eq, use.core)):
            cost = 1.8 + 0.2 * i + 0.05 * n
            yield Move("derivative for function", use.path, slope, cost)


def _inside_call(eq: Equation, use: Use) -> bool:
    return any(argument(eq.right, use.path[:n], eq.context) for n in range(len(use.path)))


def _primes(eq: Equation) -> Iterator[Move]:
    rank = 0
    for path, part in positions(eq.right):
        if not isinstance(part, Product):
            continue
        for i in range(1, len(part.factors)):
            if not called(eq.context, part.factors, part.operators, i):
                continue
            name = part.factors[i - 1]
            head = name.base if isinstance(name, Script) else name
            if not isinstance(head, Symbol) or head.function:
                continue
            where = (*path, i - 1)
            marks = name.sups if isinstance(name, Script) else ()
            if any(s.kind == "prime" for s in marks):
                assert isinstance(name, Script)
                rest = tuple(s for s in marks if s.kind != "prime")
                bare = not rest and not name.subs
                new = head if bare else replace(name, span=NOWHERE, sups=rest)
                yield Move("function for derivative", where, new, 1.25 + 0.1 * rank)
            else:
                subs = name.subs if isinstance(name, Script) else ()
                new = Script(NOWHERE, head, subs, (Sup("prime"), *marks))
                yield Move("derivative for function", where, new, 1.2 + 0.1 * rank)
            rank += 1


def _slopes(eq: Equation, name: Tree) -> Iterator[Tree]:
    """`a (1 - a)` and `1 - a^2`, the derivatives of σ and tanh in terms of their value."""
    mark = eq.context.hadamard if eq.context.latex else "*"
    if eq.context.is_scalar(name) or (eq.context.shape is None and eq.context.latex):
        mark = ""
    one = number(1)
    yield multiplied([name, paren(added([(one, "+"), (name, "-")]))], [mark])
    yield paren(added([(one, "+"), (squared(name), "-")]))


def squared(name: Tree) -> Tree:
    """`a^2`, and `(a^{(2)})^2` where another superscript stands in the way."""
    square = Sup("bare", Number(NOWHERE, "2"))
    if isinstance(name, Script) and not name.sups:
        return replace(name, span=NOWHERE, sups=(square,))
    return Script(NOWHERE, paren(name) if isinstance(name, Script) else name, (), (square,))


def _products(eq: Equation) -> Iterator[Move]:
    rank = 0
    for path, _, found in products(eq.right, eq.context):
        for i in range(1, len(found)):
            a, b = found[i - 1], found[i]
            if b.operator == "/" or not _completes(a.tree, b.tree):
                continue
            for gone in (i, i - 1):
                rest = [u for k, u in enumerate(found) if k != gone]
                rest[0] = replace(rest[0], operator="")
                yield Move("function for derivative", path, joined(rest), 1.5 + 0.1 * rank)
            rank += 1
        for i, unit in enumerate(found):
            if (name := _tanh(unit.tree)) is not None:
                new = [*found[:i], Unit(name, unit.operator, 0, 1), *found[i + 1 :]]
                yield Move("function for derivative", path, joined(new), 1.6 + 0.1 * rank)
                rank += 1


def _completes(a: Tree, b: Tree) -> bool:
    """Whether b is `(1 - a)`."""
    inner = _one_minus(b)
    return inner is not None and key(inner) == key(a)


def _one_minus(tree: Tree) -> Tree | None:
    if not isinstance(tree, Fenced) or len(tree.items) != 1:
        return None
    inner = tree.items[0]
    if isinstance(inner, Sum) and len(inner.terms) == 2 and inner.signs == ("+", "-"):
        return inner.terms[1] if key(inner.terms[0]) == ("Number", "1") else None
    return None


def _tanh(tree: Tree) -> Tree | None:
    """The a of `(1 - a^2)`."""
    inner = _one_minus(tree)
    if not isinstance(inner, Script) or not inner.sups or inner.sups[-1].kind != "bare":
        return None
    if key(inner.sups[-1].tree) != ("Number", "2"):
        return None
    sups = inner.sups[:-1]
    if not sups and not inner.subs:
        return inner.base
    return replace(inner, span=NOWHERE, sups=sups)


def numbers(eq: Equation) -> Iterator[Move]:
    """A number that another one belongs in the place of: its neighbours first, then small ones."""
    rank = 0
    for path, part in positions(eq.right):
        if not isinstance(part, Number) or not part.text.isdigit() or len(part.text) > 6:
            continue
        if path and path[-1] and isinstance(at(eq.right, path[:-1]), Script):
            continue  # an exponent, which is another mistake
        value = int(part.text)
        near = [value + 1, value - 1, 2 * value, -value]
        near += [value // 2] if value % 2 == 0 else []
        small = [n for k in range(11) for n in (k, -k)]
        seen = {value}
        for i, n in enumerate([*near, *small]):
            if n in seen:
                continue
            seen.add(n)
            cost = (2.0 + 0.1 * i if i < len(near) else 3.2 + 0.04 * i) + 0.03 * rank
            new = number(n)
            yield Move("number", path, new, cost, eq.swapped(part, new))
        rank += 1
