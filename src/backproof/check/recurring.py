r"""Index letters that count steps in one formula and entries in another.

Where a note defines `a_t = f(W a_{t-1} + \dots)`, its `\partial a_j / \partial a_{j-1}` is about
one step and the one before it, though there is a `\sum_j` over classes elsewhere. There j gets a
prime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.trees import letters, rewrite, shifted, walk
from ..notation.syntax import Big, Relation, Script, Symbol, Tree
from .facts import LAYER, STEPS
from .heads import base_of, counted, index_letters


def recurring(statements: list[Statement]) -> list[Statement]:
    """The statements with such letters renamed."""
    recurrent = {base for s in statements for base in _recurrent(s.tree)}
    bound = {x for s in statements for x in _bound(s.tree)} if recurrent else set[str]()
    return [_renamed(s, recurrent, bound) for s in statements] if bound else statements


def _recurrent(tree: Tree) -> Iterator[str]:
    """The quantities that a formula makes of what they were a step before."""
    if not isinstance(tree, Relation) or not isinstance(left := tree.sides[0], Script):
        return
    below = [x for sub in left.subs for x in letters(sub)]
    if len(below) == 1 and below[0] in STEPS and isinstance(left.base, Symbol):
        before = {pair for side in tree.sides[1:] if side for pair in _before(side)}
        if (base_of(left.base), below[0]) in before:
            yield base_of(left.base)


def _before(tree: Tree) -> Iterator[tuple[str, str]]:
    """The names that stand with a letter and a number below them, `a_{t-1}`, and that letter."""
    for node in walk(tree):
        if isinstance(node, Script) and isinstance(node.base, Symbol) and len(node.subs) == 1:
            step = shifted(node.subs[0])
            if step is not None:
                yield base_of(node.base), step[0]


def _bound(tree: Tree) -> Iterator[str]:
    for node in walk(tree):
        if isinstance(node, Big):
            yield from index_letters(counted(node))


def _renamed(statement: Statement, recurrent: set[str], bound: set[str]) -> Statement:
    steps = {x for base, x in _before(statement.tree) if base in recurrent}
    steps = (steps & bound) - {*LAYER, *STEPS, *_bound(statement.tree)}

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Symbol) and node.base in steps and not node.marks:
            return replace(node, base=f"{node.base}'")
        return None

    return replace(statement, tree=rewrite(statement.tree, change)) if steps else statement
