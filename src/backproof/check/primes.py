r"""Index letters with a prime: `\sum_{k'} e^{s_{k'}}` runs over k′, another letter than k."""

from __future__ import annotations

from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.trees import letters, rewrite, walk
from ..notation.syntax import Big, Script, Sup, Symbol, Tree


def primed(statements: list[Statement]) -> list[Statement]:
    """The statements with each primed letter in an index as one symbol."""
    return [replace(s, tree=_primed(s.tree)) for s in statements]


def _primed(tree: Tree) -> Tree:
    if not any(_letter(node) for node in walk(tree)):
        return tree
    return rewrite(tree, _indices)


def _indices(tree: Tree) -> Tree | None:
    """A tree with its indices, or the letter of its sum, changed; None where there are none."""
    if isinstance(tree, Script):
        subs = tuple(rewrite(sub, _letter) for sub in tree.subs)
        sups = tuple(_sup(sup) for sup in tree.sups)
        return replace(tree, base=rewrite(tree.base, _indices), subs=subs, sups=sups)
    if isinstance(tree, Big) and tree.below is not None:
        above = tree.above and rewrite(tree.above, _indices)
        body = rewrite(tree.body, _indices)
        return replace(tree, below=rewrite(tree.below, _letter), above=above, body=body)
    return None


def _sup(sup: Sup) -> Sup:
    # `x^{(i')}` is of sample i'; a bare `x^{f'}` would be a power
    if sup.kind not in ("paren", "square") or sup.tree is None:
        return sup if sup.tree is None else replace(sup, tree=rewrite(sup.tree, _indices))
    return replace(sup, tree=rewrite(sup.tree, _letter))


def _letter(tree: Tree) -> Symbol | None:
    """`k'` as a letter of its own."""
    if not isinstance(tree, Script) or tree.subs or not letters(tree.base):
        return None
    if not isinstance(tree.base, Symbol) or any(sup.kind != "prime" for sup in tree.sups):
        return None
    marks = "'" * len(tree.sups)
    name = tree.base
    return replace(name, span=tree.span, base=name.base + marks, written=name.written + marks)
