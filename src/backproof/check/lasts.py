r"""A letter of its own for the last step: `h^{(\tau)}` of a t from 1 to \tau is that of T."""

from __future__ import annotations

from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.trees import rewrite, walk
from ..notation.syntax import Big, Fenced, Relation, Sum, Symbol, Tree
from .heads import counted, index_letters


def with_last_steps(statements: list[Statement]) -> list[Statement]:
    """The statements with a T for such a tau."""
    trees = [s.tree for s in statements]
    nodes = [node for tree in trees for node in walk(tree)]
    if any(isinstance(node, Symbol) and node.base == "T" for node in nodes):
        return statements
    if any(isinstance(node, Big) and "tau" in index_letters(counted(node)) for node in nodes):
        return statements
    if not any(_ends_with_tau(node) for node in nodes):
        return statements

    def change(node: Tree) -> Tree | None:
        tau = isinstance(node, Symbol) and node.base == "tau"
        return replace(node, base="T") if tau else None

    return [replace(s, tree=rewrite(s.tree, change)) for s in statements]


def _ends_with_tau(node: Tree) -> bool:
    r"""Whether t is said to run to tau: `t = 1, \dots, \tau`, `t = \tau - 1`, `\sum_{t=1}^\tau`."""
    if isinstance(node, Big) and isinstance(node.below, Relation):
        return _is(node.below.sides[0], "t") and _is(node.above, "tau")
    if not isinstance(node, Relation) or not _is(node.sides[0], "t"):
        return False
    last = node.sides[-1]
    if isinstance(last, Fenced):
        last = last.items[-1] if len(last.items) > 1 else last
    elif isinstance(last, Sum):
        last = last.terms[0]
    return _is(last, "tau")


def _is(tree: Tree | None, letter: str) -> bool:
    return isinstance(tree, Symbol) and tree.base == letter
