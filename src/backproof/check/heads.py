"""The symbols below scripts and brackets."""

from __future__ import annotations

from collections.abc import Iterator

from ..notation.lower.trees import children, letters
from ..notation.syntax import Big, Fenced, Product, Relation, Script, Symbol, Tree


def base_of(symbol: Symbol) -> str:
    """The name of a symbol with its marks; weight and slant of letters say nothing."""
    marks = [m for m in symbol.marks if m not in ("bold", "rm", "bb", "under", "vec")]
    return " ".join([*reversed(marks), symbol.base])


def head(tree: Tree) -> Symbol | None:
    """The symbol below scripts."""
    if isinstance(tree, Script):
        tree = tree.base
    return tree if isinstance(tree, Symbol) else None


def exponential(tree: Tree) -> bool:
    r"""Whether a product starts with `e^{z_k}` or `\exp(z_k)`; an error `e_k` is no power."""
    first = tree.factors[0] if isinstance(tree, Product) else tree
    symbol = head(first)
    if symbol is None or symbol.base not in ("e", "exp"):
        return False
    return symbol.base == "exp" or (isinstance(first, Script) and not first.subs)


def is_call(fence: Tree, operator: str, square: bool = False) -> bool:
    """Whether a factor can be the arguments of the one before it; those of a function with a
    formula may also stand in square brackets."""
    kinds = ("paren", "square") if square else ("paren",)
    return not operator and isinstance(fence, Fenced) and fence.kind in kinds


def index_letters(tree: Tree | None) -> list[str]:
    """The index letters that a sum runs over."""
    if tree is None:
        return []
    if isinstance(tree, Fenced):
        return [x for item in tree.items for x in index_letters(item)]
    return letters(tree)


def counted(big: Big) -> Tree | None:
    """What stands below a sum without its first value: the i of `i = 1`."""
    return big.below.sides[0] if isinstance(big.below, Relation) else big.below


def turned(tree: Tree) -> bool:
    """Whether a name or a bracket is transposed."""
    return isinstance(tree, Script) and any(sup.kind == "transpose" for sup in tree.sups)


def outside(tree: Tree) -> Iterator[Tree]:
    """All parts of a formula but those that stand in scripts."""
    yield tree
    if isinstance(tree, Script):
        yield from outside(tree.base)
        return
    for part in children(tree):
        yield from outside(part)
