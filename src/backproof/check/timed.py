r"""Quantities whose step in time stands behind them in brackets: `h(t) = f(W h(t-1) + U x(t))`.

The brackets are an index there, and no arguments. A note writes so where a name is met with `(t)`
and with `(t-1)`, and the names that it writes so are those that never stand without such brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..notation.lower.library import is_library
from ..notation.lower.trees import children, rewrite
from ..notation.syntax import Big, Fenced, Number, Product, Relation, Script, Sum, Symbol, Tree
from .heads import base_of, head

#: What counts steps, and what is taken from it: `t`, `t - k`, `t + 1`.
_COUNTING = frozenset(("t", "n", "k", "tau"))
_APART = frozenset(("k", "z", "s", "j", "i", "n", "tau"))


def timed(trees: Iterable[Tree]) -> frozenset[str]:
    """The names that are written with their step in brackets."""
    found: dict[str, set[tuple[str, bool] | None]] = {}
    for tree in trees:
        if isinstance(tree, Relation):
            for base, step in _met(tree):
                found.setdefault(base, set()).add(step)
    letters = {
        letter for letter in _COUNTING for steps in found.values()
        if steps >= {(letter, False), (letter, True)} and None not in steps
    }  # fmt: skip
    return frozenset(
        base
        for base, steps in found.items()
        if not is_library(base) and all(step and step[0] in {*letters, ""} for step in steps)
        and any(step and step[0] for step in steps)
    )  # fmt: skip


def stepped(tree: Tree, bases: frozenset[str]) -> Tree:
    """A formula with those brackets as lower indices."""
    if not bases:
        return tree

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Product):
            return None
        operators = ("", *node.operators)
        kept = merged(list(zip(operators, node.factors, strict=True)), bases)
        if len(kept) == len(node.factors):
            return None
        factors = tuple(rewrite(factor, change) for _, factor in kept)
        if len(factors) == 1:
            return factors[0]
        return replace(node, factors=factors, operators=tuple(o for o, _ in kept[1:]))

    return rewrite(tree, change)


def merged(kept: list[tuple[str, Tree]], bases: frozenset[str]) -> list[tuple[str, Tree]]:
    """Factors, each with the operator before it, with such a name and its brackets as one."""
    found: list[tuple[str, Tree]] = []
    for operator, factor in kept:
        before, name = found[-1] if found else ("", None)
        symbol = head(name) if name is not None else None
        fence = brackets(factor)
        if operator or symbol is None or name is None or fence is None:
            found.append((operator, factor))
        elif base_of(symbol) in bases and step_in(fence) is not None:
            subs = name.subs if isinstance(name, Script) else ()
            sups = name.sups if isinstance(name, Script) else ()
            more = factor.sups if isinstance(factor, Script) else ()
            span = name.span.to(factor.span)
            indices = (*subs, fence.items[0])
            found[-1] = before, Script(span, symbol, indices, (*sups, *more))
        else:
            found.append((operator, factor))
    return found


def brackets(tree: Tree) -> Fenced | None:
    """The brackets of `(t)` and of `(t)^T`."""
    inner = tree.base if isinstance(tree, Script) and not tree.subs else tree
    if not isinstance(inner, Fenced) or inner.kind not in ("paren", "square"):
        return None
    return inner if len(inner.items) == 1 else None


def step_in(fence: Fenced) -> tuple[str, bool] | None:
    """The letter of a step and whether something is added to it; the letter is empty for a number.
    None for anything else."""
    item = fence.items[0]
    if isinstance(item, Number):
        return ("", False) if item.text.isdigit() else None
    if isinstance(item, Symbol):
        return ("", False) if item.base == "T" else (item.base, False)
    if not isinstance(item, Sum) or item.signs[0] == "-":
        return None
    first, *rest = item.terms
    apart = all(isinstance(t, Number) or (isinstance(t, Symbol) and t.base in _APART) for t in rest)
    return (first.base, True) if isinstance(first, Symbol) and apart else None


def _met(tree: Tree) -> Iterator[tuple[str, tuple[str, bool] | None]]:
    """The names of a formula, outside of indices, with the step behind each of them."""
    if isinstance(tree, Product):
        at = 0
        while at < len(tree.factors):
            factor = tree.factors[at]
            symbol = head(factor)
            after = tree.factors[at + 1] if at + 1 < len(tree.factors) else None
            fence = brackets(after) if after is not None and not tree.operators[at] else None
            if symbol is None or fence is None:
                yield from _met(factor)
                at += 1
                continue
            met = step_in(fence)
            yield base_of(symbol), met
            if met is None:
                yield from _met(fence)
            at += 2
    elif (symbol := head(tree)) is not None:
        yield base_of(symbol), None
        if isinstance(tree, Script):
            for sup in tree.sups:
                yield from _met(sup.tree) if sup.tree is not None else ()
    elif isinstance(tree, Big):
        yield from _met(tree.body)
    else:
        for child in children(tree):
            yield from _met(child)
