"""Factors, means and sums that were lost, or that are one too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...notation.syntax import (
    Big,
    Fraction,
    Number,
    Product,
    Relation,
    Script,
    Sum,
    Symbol,
    Tree,
)
from .context import Move
from .equation import Equation, joined, products, units
from .products import front, scalar, turnable, turned
from .trees import (
    NOWHERE,
    Path,
    added,
    cut,
    key,
    multiplied,
    number,
    paren,
    positions,
    quotient,
    walk,
)


def lost_factors(eq: Equation) -> Iterator[Move]:
    """A number or a scalar in front of the side or of one of its terms; a name beside it."""
    half = quotient(number(1), number(2), latex=eq.context.latex)
    plain = [number(2), half, *eq.context.scalars]
    if eq.context.count is not None:
        plain.append(eq.context.count)
    for i, factor in enumerate(plain):
        new = front(factor, eq.right, eq.context)
        yield Move("lost factor", (), new, 1.8 + 0.12 * i, _factor(eq, factor))
    rank = 0
    for path, part in positions(eq.right):
        if isinstance(part, Sum) and len(part.terms) > 1 and rank < 20:
            for i, term in enumerate(part.terms):
                for factor in plain[:2] if path else plain:
                    new = front(factor, term, eq.context)
                    cost = 2.4 + 0.05 * rank
                    yield Move("lost factor", (*path, i), new, cost, _factor(eq, factor))
                    rank += 1
    yield from _lost_names(eq)


def _lost_names(eq: Equation) -> Iterator[Move]:
    latex = eq.context.latex
    for rank, name in enumerate(eq.near(eq.left, most=10)):
        ways = [(name, False), (turned(name), False), (name, True), (turned(name), True)]
        if not turnable(name, eq) or rank > 4:
            ways = ways[:1]
        for step, (factor, before) in enumerate(ways):
            if before:
                new = front(factor, eq.right, eq.context)
            elif isinstance(eq.right, Sum) and len(eq.right.terms) == 1:
                inner = multiplied([eq.right.terms[0], factor], ["" if latex else "*"])
                new = added([(inner, eq.right.signs[0])])
            else:
                new = multiplied([eq.right, factor], ["" if latex else "*"])
            cost = 2.6 + 0.12 * rank + 0.1 * step
            yield Move("lost factor", (), new, cost, _factor(eq, factor))
        if isinstance(eq.right, Sum) and len(eq.right.terms) > 1:
            for i, term in enumerate(eq.right.terms):
                new = front(name, term, eq.context)
                yield Move("lost factor", (i,), new, 2.8 + 0.12 * rank, _factor(eq, name))


def _factor(eq: Equation, factor: Tree) -> tuple[tuple[str, str], ...]:
    return (("factor", eq.says(factor)),)


def extra_factors(eq: Equation) -> Iterator[Move]:
    """One factor taken out of a product, or out of what a fraction divides by."""
    rank = 0
    for path, _, found in products(eq.right, eq.context):
        for i, unit in enumerate(found):
            if not i and found[1].operator == "/":
                continue
            rest = [*found[:i], *found[i + 1 :]]
            if not i:
                rest[0] = replace(rest[0], operator="")
            plain = _plain(eq, unit.tree)
            cost = (1.6 if plain else 2.0) + 0.06 * rank
            yield Move("extra factor", path, joined(rest), cost, _factor(eq, unit.tree))
            rank += 1
    for path, part in positions(eq.right):
        if isinstance(part, Fraction) and key(part.numerator) != ("Number", "1"):
            fact = _factor(eq, part.denominator)
            yield Move("extra factor", path, part.numerator, 1.8 + 0.06 * rank, fact)
            rank += 1


# means -------------------------------------------------------------------------------------------
def means(eq: Equation) -> Iterator[Move]:
    """One over the number of samples, put in front or taken away."""
    count = eq.context.count
    if count is None:
        return
    mean = quotient(number(1), count, latex=eq.context.latex)
    there = any(key(part) == key(count) for _, part in positions(eq.right))
    yield Move("lost mean", (), front(mean, eq.right, eq.context), 2.6 if there else 0.95)
    if isinstance(eq.right, Sum) and len(eq.right.terms) > 1:
        for i, term in enumerate(eq.right.terms):
            yield Move("lost mean", (i,), front(mean, term, eq.context), 1.6 + 0.1 * i)
    rank = 0
    for path, part in positions(eq.right):
        for new in _without_count(eq, part, alone=not path):
            yield Move("extra mean", path, new, 1.1 + 0.1 * rank)
            rank += 1


def _without_count(eq: Equation, part: Tree, alone: bool) -> Iterator[Tree]:
    count = key(eq.context.count)
    if isinstance(part, Product):
        for i, factor in enumerate(part.factors):
            mean = isinstance(factor, Fraction) and key(factor.denominator) == count
            if mean and isinstance(factor, Fraction) and key(factor.numerator) == ("Number", "1"):
                yield _dropped(part, i)
            elif i and key(factor) == count and part.operators[i - 1] == "/":
                one = i == 1 and key(part.factors[0]) == ("Number", "1")
                more = i + 1 < len(part.factors)
                yield cut(part, 2, len(part.factors)) if one and more else _dropped(part, i)
    elif isinstance(part, Fraction):
        below = part.denominator
        if key(below) == count and (alone or key(part.numerator) != ("Number", "1")):
            yield part.numerator
        elif isinstance(below, Product) and not any(op == "/" for op in below.operators):
            for i, factor in enumerate(below.factors):
                if key(factor) == count:
                    yield Fraction(NOWHERE, part.numerator, _dropped(below, i))


def _dropped(product: Product, i: int) -> Tree:
    factors, operators = list(product.factors), list(product.operators)
    del factors[i]
    del operators[max(0, i - 1)]
    return multiplied(factors, operators)


# sums --------------------------------------------------------------------------------------------
def sums(eq: Equation) -> Iterator[Move]:
    """A sum over the samples, or over an index that stands on one side only; or one too many."""
    yield from _lost_sums(eq)
    rank = 0
    for path, part in positions(eq.right):
        if isinstance(part, Big) and part.kind == "sum":
            yield Move("extra sum", path, part.body, 1.6 + 0.1 * rank)
            rank += 1


def _lost_sums(eq: Equation) -> Iterator[Move]:
    bound = {letter for t in (eq.left, eq.right) for letter in bound_letters(t)}
    context = eq.context
    if context.sample is not None and context.count is not None:
        one = Relation(NOWHERE, (context.sample, number(1)), ("=",))
        if key(context.sample) not in bound:
            yield Move("lost sum", (), _summed(eq, one, context.count), 1.2)
    mine = letters(eq.left)
    rank = 0
    for name, letter in letters(eq.right).items():
        if name not in mine and name not in bound:
            yield Move("lost sum", (), _summed(eq, letter, None), 1.1 + 0.1 * rank)
            rank += 1


def _summed(eq: Equation, below: Tree, above: Tree | None) -> Tree:
    """The side under a sum, numbers in front of it left in front."""
    right, sign = eq.right, "+"
    if isinstance(right, Sum) and len(right.terms) == 1:
        right, sign = right.terms[0], right.signs[0]
    head: list[Tree] = []
    if isinstance(right, Product):
        found = units(right, eq.context)
        first = next((k for k, u in enumerate(found) if not _plain(eq, u.tree)), 0)
        if first and all(u.operator == "" for u in found[: first + 1]):
            head = [u.tree for u in found[:first]]
            right = joined([replace(found[first], operator=""), *found[first + 1 :]])
    body = paren(right) if isinstance(right, Sum) else right
    big = Big(NOWHERE, "sum", below, above, body)
    return added([(multiplied([*head, big], [""] * len(head)), sign)])


def _plain(eq: Equation, tree: Tree) -> bool:
    return scalar(tree, eq) or isinstance(tree, Fraction)


def letters(tree: Tree) -> dict[str, Symbol]:
    """The letters that stand as indices in a tree, in the order in which they come."""
    out: dict[str, Symbol] = {}
    for _, part in walk(tree):
        if isinstance(part, Script):
            marks = (*part.subs, *(s.tree for s in part.sups if s.kind == "paren" and s.tree))
            for mark in marks:
                for _, leaf in walk(mark):
                    if isinstance(leaf, Symbol) and len(leaf.base) == 1 and leaf.base.islower():
                        out.setdefault(leaf.base, leaf)
    return out


def bound_letters(tree: Tree) -> set[str]:
    out: set[str] = set()
    for _, part in walk(tree):
        if isinstance(part, Big) and part.below is not None:
            out |= {leaf.base for _, leaf in walk(part.below) if isinstance(leaf, Symbol)}
    return out


def bounds(eq: Equation) -> Iterator[Move]:
    """Sums that begin or end one term too early or too late."""
    for left, side in ((False, eq.right), (True, eq.left)):
        rank = 0
        for path, part in walk(side):
            if isinstance(part, Big):
                for where, new in shifted(part):
                    cost = 0.9 + 0.1 * rank + left
                    yield Move("off by one", (*path, *where), new, cost, left=left)
                    rank += 1


def shifted(big: Big) -> Iterator[tuple[Path, Tree]]:
    """The limits of a sum that may be meant, and where they stand."""
    below = big.below
    if isinstance(below, Relation) and len(below.sides) == 2 and below.sides[0] is not None:
        start = below.sides[1]
        if isinstance(start, Number) and start.text.isdigit():
            value = int(start.text)
            for new in sorted({0, 1, value + 1, value - 1} - {value}, key=lambda n: n < 0):
                if new >= 0:
                    yield (0, 1), number(new)
        elif start is not None:
            for step in (1, -1):
                yield (0, 1), moved(start, step)
    if big.above is not None:
        # nobody means a term beyond the last one
        for step in (-1, 1) if not isinstance(big.above, Symbol) else (-1,):
            yield (0 if below is None else 1,), moved(big.above, step)


def moved(tree: Tree, step: int) -> Tree:
    """A bound or an index one further: `l` to `l + 1`, `l + 1` to `l + 2`, `2` to `3`."""
    if isinstance(tree, Number) and tree.text.isdigit() and int(tree.text) + step >= 0:
        return number(int(tree.text) + step)
    if isinstance(tree, Sum) and len(tree.terms) == 2 and isinstance(tree.terms[1], Number):
        last = tree.terms[1].text
        if last.isdigit() and tree.signs[0] == "+":
            total = (int(last) if tree.signs[1] == "+" else -int(last)) + step
            if not total:
                return tree.terms[0]
            rest = (number(abs(total)), "+" if total > 0 else "-")
            return added([(tree.terms[0], "+"), rest])
    return added([(tree, "+"), (number(1), "+" if step > 0 else "-")])
