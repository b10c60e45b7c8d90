r"""Index notation as physicists write it: `\delta^i_j`, and indices that are summed where they
occur twice, if the note says that it follows Einstein."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..notation.document import Document, Statement
from ..notation.lower.trees import letters, rewrite, walk
from ..notation.syntax import Big, Fenced, Fraction, Product, Relation, Script, Sum, Symbol, Tree
from .facts import LAYER, STEPS
from .heads import counted

_CONVENTION = re.compile(
    r"einstein|summation convention|repeated ind(?:ex|ices)|爱因斯坦|愛因斯坦|아인슈타인",
    re.IGNORECASE,
)
#: Letters that count layers or steps, and are summed by nobody.
_KEPT = frozenset((*LAYER, *STEPS, "T"))


def spelled_out(note: Document) -> list[Statement]:
    """The statements with both indices of a Kronecker delta below, and with the sums that the note
    leaves out by Einstein's convention."""
    statements = note.statements
    if not any(_is_delta(s.tree) for s in statements):
        statements = [replace(s, tree=rewrite(s.tree, _kronecker)) for s in statements]
    return _summed(statements) if _CONVENTION.search(note.prose) else statements


def _is_delta(tree: Tree) -> bool:
    """Whether a formula defines a delta: then its upper index counts layers or samples."""
    left = tree.sides[0] if isinstance(tree, Relation) else tree
    return isinstance(left, Script) and isinstance(left.base, Symbol) and left.base.base == "delta"


def _kronecker(tree: Tree) -> Tree | None:
    r"""`\delta_{ij}` of `\delta^i_j`."""
    if not isinstance(tree, Script) or not isinstance(tree.base, Symbol) or len(tree.subs) != 1:
        return None
    above = tree.sups[0].tree if [s.kind for s in tree.sups] == ["bare"] else None
    below = tree.subs[0]
    if tree.base.base != "delta" or tree.base.marks or above is None:
        return None
    if [len(letters(x)) for x in (above, below)] != [1, 1] or {*letters(above)} & _KEPT:
        return None
    both = Product(below.span.to(above.span), (below, above), ("",))
    return replace(tree, subs=(both,), sups=())


def _summed(statements: list[Statement]) -> list[Statement]:
    """The statements with a sum over each index that occurs twice in a product."""
    found: list[Statement] = []
    free: set[str] = set()
    for statement in statements:
        tree = statement.tree
        if isinstance(tree, Relation):
            if tree.sides[0] is not None:
                free = {*_indices(tree.sides[0])}
            sides = tuple(side and _implied(side, free) for side in tree.sides)
            tree = replace(tree, sides=sides)
        found.append(replace(statement, tree=tree))
    return found


def _implied(tree: Tree, free: set[str]) -> Tree:
    """A side with its sums."""
    if isinstance(tree, Big):
        over = counted(tree)
        bound = set(letters(over)) if over is not None else set[str]()
        return replace(tree, body=_implied(tree.body, free | bound))
    if isinstance(tree, Sum):
        return replace(tree, terms=tuple(_implied(term, free) for term in tree.terms))
    if isinstance(tree, Fenced) and len(tree.items) == 1:
        return replace(tree, items=(_implied(tree.items[0], free),))
    if isinstance(tree, Fraction):
        return replace(tree, numerator=_implied(tree.numerator, free))
    if not isinstance(tree, Product):
        return tree
    met = Counter(x for factor in tree.factors for x in {*_indices(factor)})
    twice = [x for x, times in met.items() if times > 1 and x not in free]
    inner: Tree = replace(tree, factors=tuple(_implied(f, free | {*twice}) for f in tree.factors))
    for letter in reversed(twice):
        inner = Big(tree.span, "sum", Symbol(tree.span, letter, (), letter), None, inner)
    return inner


def _indices(tree: Tree) -> Iterator[str]:
    """The index letters of a formula that no sum in it binds."""
    bound: set[str] = set()
    found: list[str] = []
    for node in walk(tree):
        if isinstance(node, Big) and (over := counted(node)) is not None:
            bound |= {*letters(over)}
        elif isinstance(node, Script):
            found += (x for sub in node.subs for x in letters(sub))
    return (x for x in found if x not in bound | _KEPT)
