"""Factors that tell what they are by what they stand before: the weight of a penalty, the targets
of a cross-entropy."""

from __future__ import annotations

from collections.abc import Iterator

from ..notation.lower.trees import walk
from ..notation.syntax import Big, Fenced, Product, Relation, Script, Symbol, Tree
from .heads import base_of, head
from .labels import defined_bases
from .terms import SIGNS, is_loss

#: Letters that may weigh a part of a loss, and be arrays elsewhere.
_WEIGHTS = frozenset(("beta", "gamma", "theta", "w", "c", "nu", "xi", "zeta"))


def weighing_losses(trees: list[Tree]) -> set[str]:
    r"""Numbers that weigh a part of a loss: the beta of `J = R + \beta \, \mathrm{KL}`."""
    found: set[str] = set()
    for tree in trees:
        symbol = head(tree.sides[0]) if isinstance(tree, Relation) and tree.sides[0] else None
        if symbol is None or not is_loss(base_of(symbol)):
            continue
        for node in walk(tree):
            if not isinstance(node, Product) or not _is_number(node.factors[-1]):
                continue
            found |= {
                base_of(factor) for factor in node.factors[:-1]
                if isinstance(factor, Symbol) and base_of(factor) in _WEIGHTS
            }  # fmt: skip
    return found


def _is_number(tree: Tree) -> bool:
    """Whether a factor is a loss, a norm, or a sum."""
    if isinstance(tree, Script) and isinstance(tree.base, Fenced):
        tree = tree.base
    if isinstance(tree, Fenced):
        return tree.kind == "norm"
    symbol = head(tree)
    if symbol is not None and (is_loss(base_of(symbol)) or base_of(symbol)[:1].isupper()):
        return True  # `L = R + \beta K`: parts of a number
    return isinstance(tree, Big)


def weighing_logs(trees: list[Tree]) -> set[str]:
    r"""Quantities without a formula that stand before a logarithm, as the targets of a
    cross-entropy do: `-\sum_k s_k \log p_k`; also those of an older network, `p^{old}_k`."""
    found = {
        base
        for tree in trees
        for product in walk(tree)
        if isinstance(product, Product)
        for base in _before_logs(product)
    }
    return found - defined_bases(trees)


def _before_logs(product: Product) -> Iterator[str]:
    for factor, after in zip(product.factors, product.factors[1:], strict=False):
        symbol, function = head(factor), head(after)
        log = function is not None and function.base in ("log", "ln")
        if log and isinstance(factor, Script) and symbol and not symbol.function:
            tops = (sup.tree for sup in factor.sups)
            marks = (top.base for top in tops if isinstance(top, Symbol) and top.base in SIGNS)
            yield base_of(symbol) + "".join(marks)
