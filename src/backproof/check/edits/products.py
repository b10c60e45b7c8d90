"""Transposes, the order of factors, products entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from itertools import product as pairs

from ...notation.syntax import Fenced, Number, Product, Script, Sum, Sup, Tree
from .context import Context, Move
from .equation import Equation, Unit, joined, products
from .trees import NOWHERE, added, at, atom, entrywise, multiplied, paren, positions

_TURN = (Sup("transpose"),)
_MATRIX = ("", "cdot", "times", "@")


def turned(tree: Tree) -> Tree:
    """The transpose; of a transpose, what it was made of."""
    if isinstance(tree, Script):
        kinds = [s.kind for s in tree.sups]
        if "transpose" in kinds:
            k = kinds.index("transpose")
            sups = tree.sups[:k] + tree.sups[k + 1 :]
            if not sups and not tree.subs:
                return tree.base
            return replace(tree, span=NOWHERE, sups=sups)
        return Script(NOWHERE, tree.base, tree.subs, tree.sups + _TURN)
    if isinstance(tree, Product) and len(tree.factors) == 2 and isinstance(tree.factors[1], Fenced):
        bracket = Script(NOWHERE, tree.factors[1], (), _TURN)
        return replace(tree, span=NOWHERE, factors=(tree.factors[0], bracket))
    return Script(NOWHERE, atom(tree), (), _TURN)


def turnable(tree: Tree, eq: Equation) -> bool:
    """Whether a transpose may stand on this: a name or a bracket that is no single number."""
    if isinstance(tree, Script) and isinstance(tree.base, Fenced):
        tree = tree.base
    if isinstance(tree, Fenced):
        return tree.kind in ("paren", "square") and len(tree.items) == 1
    return eq.named(tree) and not eq.context.is_scalar(eq.split(tree)[0])


def transposes(eq: Equation) -> Iterator[Move]:
    """A transpose more or less, on one name, one bracket, or the whole side."""
    rank = 0
    for path, part in positions(eq.right):
        # a bracket under a script is turned with it, and an exponent is a number
        if path and isinstance(at(eq.right, path[:-1]), Script):
            continue
        if turnable(part, eq):
            yield Move("transpose", path, turned(part), 1.3 + 0.06 * rank)
            rank += 1
    if isinstance(eq.right, Product | Sum):
        yield Move("transpose", (), turned(paren(eq.right)), 1.9)


def orders(eq: Equation) -> Iterator[Move]:
    """Factors in another order, with the transposes that go with it."""
    rank = 0
    for path, _, found in products(eq.right, eq.context):
        places = _movable(eq, found)
        for i, j in pairwise(places):
            a, b = found[i], found[j]
            if b.operator not in _MATRIX or "/" in (a.operator, b.operator):
                continue
            for swap, ta, tb in pairs((True, False), (False, True), (False, True)):
                if not swap and not (ta and tb):
                    continue
                if (ta and not turnable(a.tree, eq)) or (tb and not turnable(b.tree, eq)):
                    continue
                one = turned(a.tree) if ta else a.tree
                two = turned(b.tree) if tb else b.tree
                if swap:
                    one, two = two, one
                new = list(found)
                new[i], new[j] = replace(a, tree=one), replace(b, tree=two)
                kind = "product order" if swap else "transpose"
                cost = 1.5 + 0.25 * (ta + tb) + 0.08 * rank
                yield Move(kind, path, joined(new), cost)
            rank += 1
        if len(places) > 2 and all(found[i].operator != "/" for i in places):
            for new in _turns(found, places):
                yield Move("product order", path, joined(new), 1.7 + 0.08 * rank)
                rank += 1


def _turns(found: list[Unit], places: list[int]) -> Iterator[list[Unit]]:
    """The whole product backwards, its last factor first, its first factor last."""
    trees = [found[i].tree for i in places]
    for order in (trees[::-1], [trees[-1], *trees[:-1]], [*trees[1:], trees[0]]):
        new = list(found)
        for i, tree in zip(places, order, strict=True):
            new[i] = replace(found[i], tree=tree)
        yield new


def _movable(eq: Equation, found: list[Unit]) -> list[int]:
    return [i for i, u in enumerate(found) if not scalar(u.tree, eq)]


def scalar(tree: Tree, eq: Equation) -> bool:
    return eq.context.is_scalar(eq.split(tree)[0])


def hadamards(eq: Equation) -> Iterator[Move]:
    """Products entry by entry for products of matrices, and the other way round."""
    rank = 0
    for path, part, found in products(eq.right, eq.context):
        changed: list[tuple[int, str]] = []
        for i in range(1, len(found)):
            if scalar(found[i].tree, eq) or scalar(found[i - 1].tree, eq):
                continue
            other = _other(found[i].operator, eq.context)
            if other is None:
                continue
            place = found[i].start - 1
            changed.append((place, other))
            yield Move("hadamard", path, _with(part, [(place, other)]), 1.5 + 0.08 * rank)
            rank += 1
        if len(changed) > 1:
            yield Move("hadamard", path, _with(part, changed), 1.6 + 0.08 * rank)


def _with(part: Product, changed: list[tuple[int, str]]) -> Tree:
    operators = list(part.operators)
    for place, op in changed:
        operators[place] = op
    return Product(NOWHERE, part.factors, tuple(operators))


def _other(operator: str, context: Context) -> str | None:
    if operator == "/":
        return None
    if not context.latex:
        return {"@": "*", "*": "@"}.get(operator, "@" if entrywise(operator) else "*")
    return "" if entrywise(operator) or operator == "*" else context.hadamard


def front(factor: Tree, tree: Tree, context: Context) -> Tree:
    """A factor in front of a tree, behind its minus if it has one."""
    if isinstance(tree, Sum) and len(tree.terms) == 1:
        return added([(front(factor, tree.terms[0], context), tree.signs[0])])
    return multiplied([factor, tree], [_mark(factor, tree, context)])


def _mark(factor: Tree, tree: Tree, context: Context) -> str:
    if not context.latex:
        return "*"
    first = tree.factors[0] if isinstance(tree, Product) else tree
    return "cdot" if isinstance(first, Number) and isinstance(factor, Number) else ""
