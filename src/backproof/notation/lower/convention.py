"""Whether samples are columns (`W X + b`) or rows (`X W + b`): the note's products decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..syntax import Fenced, Number, Product, Relation, Script, Symbol, Tree
from .trees import base_symbol, mentions, walk

_WEIGHTS = frozenset("w W U V theta Theta beta Beta omega".split())
_DATA = frozenset("x X A H Phi".split())
_BESIDE = frozenset({"", "@", "cdot", "times"})


def samples_are_columns(trees: Iterable[Tree], defined: Collection[str]) -> bool:
    """Count the products that put a weight before the data, and those that put it behind."""
    trees = list(trees)
    columns = rows = 0
    first_rows = False
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Product):
                continue
            for left, right in _neighbours(node):
                before, after = _part(left, defined), _part(right, defined)
                turned_left, turned_right = _turned(left), _turned(right)
                if before == "data" and after == "weight":
                    if turned_left:
                        columns += 1
                    else:
                        rows += 1
                elif before == "weight" and after == "data":
                    if turned_right:
                        rows += 1
                    else:
                        columns += 1
                else:
                    scores = before == "Q" and after == "K" and turned_right
                    rows += scores or (_is_input(left) and _is_mixer(right, defined))
                first_rows = first_rows or (rows > 0 == columns)
    if rows == columns == 0:
        return not any(_along_rows(node) for tree in trees for node in walk(tree))
    return rows < columns or (rows == columns and not first_rows)


def _is_input(tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.base in ("x", "X")


def _is_mixer(tree: Tree, defined: Collection[str]) -> bool:
    """A free capital behind the data: `x @ A`."""
    return isinstance(tree, Symbol) and tree.base in ("A", "B", "C", "D", "M", "G", "P") and (
        tree.base not in defined
    )  # fmt: skip


def _along_rows(node: Tree) -> bool:
    """`mean(Z, axis=0)`: a mean over the samples, which are rows."""
    if not isinstance(node, Product) or len(node.factors) < 2:
        return False
    for head, fence in zip(node.factors, node.factors[1:], strict=False):
        means = isinstance(head, Symbol) and head.base in ("mean", "var", "std", "Var", "avg")
        for item in fence.items if means and isinstance(fence, Fenced) else ():
            if isinstance(item, Relation) and isinstance(item.sides[0], Symbol):
                number = item.sides[-1]
                zero = isinstance(number, Number) and number.text == "0"
                if item.sides[0].base in ("axis", "dim") and zero:
                    return True
    return False


def _neighbours(product: Product) -> Iterable[tuple[Tree, Tree]]:
    factors, operators = product.factors, product.operators
    for left, right, between in zip(factors, factors[1:], operators, strict=False):
        if between in _BESIDE:
            yield left, right
        if (
            isinstance(right, Fenced)
            and len(right.items) == 2
            and isinstance(left, Symbol)
            and left.base in ("dot", "matmul")
        ):
            yield right.items[0], right.items[1]
    for owner, name, fence in zip(factors, factors[1:], factors[2:], strict=False):
        method = isinstance(name, Symbol) and name.base in ("dot", "matmul")
        if method and isinstance(fence, Fenced) and len(fence.items) == 1:
            yield owner, fence.items[0]  # `X.dot(W)`


def _part(tree: Tree, defined: Collection[str]) -> str:
    symbol = base_symbol(tree)
    if symbol is None:
        inside = {_part(node, defined) for node in mentions(tree)}
        listed = isinstance(tree, Fenced) and len(tree.items) > 1  # blocks side by side
        return "data" if (listed or "data" in inside) and "weight" not in inside else ""
    base = symbol.base.rstrip("0123456789")
    if base in ("Q", "K"):
        return base
    if base in _WEIGHTS and symbol.base not in defined:
        return "weight"
    if base in _DATA or symbol.base in defined or base in defined:
        return "data"
    return ""


def _turned(tree: Tree) -> bool:
    return isinstance(tree, Script) and any(s.kind == "transpose" for s in tree.sups)
