r"""Inputs with a 1 in front: where a note says `x_0 = 1`, the bias is one of the weights.

`\theta_0 + \theta_1 x_1 + \dots + \theta_n x_n`, `\sum_{j=0}^n \theta_j x_j` and `\theta^T x` are
one and the same there: sums over all entries that x has.
"""

from __future__ import annotations

from dataclasses import replace

from ..notation.lower.trees import rewrite, walk
from ..notation.syntax import Big, Number, Product, Relation, Script, Statement, Sum, Symbol, Tree
from .heads import counted


def augmented(statements: list[Statement]) -> list[Statement]:
    """The statements with sums over all entries in place of those that count them from 0."""
    ones = {x for s in statements for node in walk(s.tree) if (x := _of_one(node))}
    if not ones:
        return statements

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Sum):
            return _with_bias(node, ones)
        if isinstance(node, Big) and (letter := _counted(node, "0")) and _over(node, letter, ones):
            return replace(node, kind="sum", below=letter, above=None)
        return None

    return [replace(s, tree=rewrite(s.tree, change)) for s in statements]


def _of_one(node: Tree) -> str | None:
    """The x of `x_0 = 1`, also for one sample."""
    if not isinstance(node, Relation) or node.operators != ("=",):
        return None
    left, right = node.sides
    one = isinstance(right, Number) and right.text == "1"
    return _member(left, "0") if one and left is not None else None


def _member(node: Tree, index: str) -> str | None:
    """The base of a quantity with one index below, if it is this one."""
    if not isinstance(node, Script) or not isinstance(node.base, Symbol) or len(node.subs) != 1:
        return None
    below = node.subs[0]
    written = below.text if isinstance(below, Number) else None
    written = below.base if isinstance(below, Symbol) else written
    return node.base.base if written == index else None


def _counted(node: Big, start: str) -> Symbol | None:
    """The letter of a sum that starts there and has an end."""
    below = node.below
    if node.kind not in ("sum", "dots") or node.above is None or not isinstance(below, Relation):
        return None
    letter, low = counted(node), below.sides[1]
    starts = isinstance(low, Number) and low.text == start
    return letter if starts and isinstance(letter, Symbol) else None


def _over(node: Big, letter: Symbol, ones: set[str]) -> bool:
    """Whether a sum runs over the entries of what starts with a 1."""
    return any(_member(part, letter.base) in ones for part in walk(node.body))


def _with_bias(node: Sum, ones: set[str]) -> Tree | None:
    r"""`\theta_0 + \sum_{j=1}^n \theta_j x_j` as one sum."""
    for at, term in enumerate(node.terms):
        letter = _counted(term, "1") if isinstance(term, Big) else None
        if not isinstance(term, Big) or letter is None or not _over(term, letter, ones):
            continue
        factors = term.body.factors if isinstance(term.body, Product) else ()
        weights = {_member(factor, letter.base) for factor in factors} - ones - {None}
        signs = node.signs
        for k, bias in enumerate(node.terms):
            if _member(bias, "0") not in weights or signs[k] != signs[at]:
                continue
            whole = replace(term, kind="sum", below=letter, above=None)
            terms = [whole if i == at else t for i, t in enumerate(node.terms) if i != k]
            rest = tuple(sign for i, sign in enumerate(signs) if i != k)
            if len(terms) == 1 and rest == ("+",):
                return whole
            return replace(node, terms=tuple(terms), signs=rest)
    return None
