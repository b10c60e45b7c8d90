"""Which names stand for values, without arguments behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..notation.lower.library import is_library
from ..notation.lower.trees import children, walk
from ..notation.syntax import (
    Derivative,
    Fenced,
    Fraction,
    Number,
    Product,
    Relation,
    Script,
    Symbol,
    Tree,
)
from .heads import base_of, head, is_call


def values(tree: Tree, plain: set[str], formulas: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Bases that stand somewhere without arguments behind them: they are no functions. Those
    without any index go to `plain`; `formulas` are functions that the note defines."""
    stack: list[Tree] = [tree]
    while stack:
        top = stack.pop()
        if isinstance(top, Relation) and _names_function(top):
            continue
        if isinstance(top, Product):
            for at, factor in enumerate(top.factors):
                following = top.factors[at + 1] if at + 1 < len(top.factors) else None
                symbol = head(factor)
                formula = symbol is not None and base_of(symbol) in formulas
                called = following is not None and is_call(following, top.operators[at], formula)
                if isinstance(factor, Symbol):
                    plain.add(base_of(factor))
                if symbol and not called and not _primed(factor):
                    yield base_of(symbol)
                if symbol is None:
                    stack.append(factor)
                elif isinstance(factor, Script) and not is_library(symbol.base):
                    stack += [s.tree for s in factor.sups if s.tree and not head(s.tree)]
        elif isinstance(top, Derivative):
            # the variable of a derivative is a quantity; `df/dx` says nothing about f
            stack += list(top.by)
            if top.of is not None and head(top.of) is None:
                stack.append(top.of)
        elif isinstance(top, Symbol | Script) and (symbol := head(top)):
            if isinstance(top, Symbol) or not (top.subs or top.sups):
                plain.add(base_of(symbol))
            if not isinstance(top, Script) or not any(s.kind == "prime" for s in top.sups):
                yield base_of(symbol)
        elif isinstance(top, Fenced) and top.kind == "list" and len(top.items) > 1:
            # `f_1, f_2, ..., f_L`: a list tells nothing of what the names are
            stack += [item for item in top.items if not head(item)]
        elif not isinstance(top, Number):
            stack += list(children(top))


def _primed(tree: Tree) -> bool:
    return isinstance(tree, Script) and any(s.kind == "prime" for s in tree.sups)


def _names_function(tree: Relation) -> bool:
    """`g = \\tanh`: the left side is a function, too."""
    if len(tree.sides) != 2 or tree.sides[0] is None or tree.sides[1] is None:
        return False
    right = tree.sides[1]
    return (
        head(tree.sides[0]) is not None
        and isinstance(right, Symbol)
        and is_library(right.base)
        and (right.function or len(right.base) > 1)
    )


def divisors(trees: Iterable[Tree]) -> set[str]:
    """Names that quantities are divided by, as by the T of `e^{z_i / T}`; a mean is no such."""
    found: set[str] = set()
    for node in (node for tree in trees for node in walk(tree)):
        pairs: Iterable[tuple[Tree, Tree]] = ()
        if isinstance(node, Fraction):
            pairs = [(node.numerator, node.denominator)]
        elif isinstance(node, Product) and "/" in node.operators:
            beside = zip(node.factors, node.operators, node.factors[1:], strict=False)
            pairs = [(above, below) for above, operator, below in beside if operator == "/"]
        for above, below in pairs:
            if isinstance(below, Symbol) and not isinstance(above, Number):
                found.add(base_of(below))
    return found
