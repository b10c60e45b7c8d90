"""Shapes that are plain from how a letter is used: the A of `x^T A x`, of `A^{-1}`, of `tr(A B)`
is a square matrix, the b of `w^T x + b` a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..notation.lower.trees import base_symbol, letters, walk
from ..notation.syntax import Big, Fenced, Number, Product, Relation, Script, Sum, Symbol, Tree
from .heads import counted

#: Letters of weights that make a number of a vector.
_LEARNED = frozenset(("u", "v", "w", "theta", "beta"))
_OF_SQUARES = frozenset(("tr", "Tr", "trace", "det"))


def square_matrices(trees: Iterable[Tree]) -> set[str]:
    """The letters that a note uses as square matrices."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Product):
                found |= {*_between(node.factors), *_of_traces(node.factors)}
            elif isinstance(node, Script) and any(map(_inverts, (s.tree for s in node.sups))):
                found |= {*_capital(node.base)}
    return found


def symmetric_matrices(trees: Iterable[Tree]) -> set[str]:
    """Those that a note says to be symmetric: `C = C^T`, `D = diag(d_1, ..., d_n)`."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Relation) or len(node.sides) != 2:
                continue
            sides = node.sides
            names = [base_symbol(side) for side in sides if side is not None]
            if len(names) == 2 and names[0] and names[1] and names[0].base == names[1].base:
                turned = [_turned(side) for side in sides if side is not None]
                found |= {names[0].base} if turned[0] != turned[1] else set()
            if len(names) == 2 and names[0] and _diagonal(sides[1]):
                found.add(names[0].base)
    return found


def _diagonal(tree: Tree | None) -> bool:
    first = tree.factors[0] if isinstance(tree, Product) else None
    return isinstance(first, Symbol) and first.base == "diag"


def lone_biases(trees: Iterable[Tree]) -> tuple[set[str], set[str]]:
    r"""What is added to the inner product of two vectors, and the weights of such products: the d
    and the v of `v^T h + d`, of `\sum_j v_j h_{ij} + d`."""
    found: set[str] = set()
    weights: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Sum) or len(node.terms) != 2:
                continue
            added = {t.base for t in node.terms if isinstance(t, Symbol) and t.base in "bcd"}
            for term in node.terms:
                symbol = _inner_product(term) or _spelled_out(term)
                if added and symbol is not None:
                    found |= added
                    weights.add(symbol.base)
    return found, weights


def lone_capitals(trees: Iterable[Tree]) -> set[str]:
    """Capitals that are added as they are: the B of `X W + B`."""
    return {
        term.base
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Sum)
        for term in node.terms
        if isinstance(term, Symbol) and term.base.isupper()
    }


def biases(trees: Iterable[Tree]) -> set[str]:
    """Letters that are added to a matrix times something: the c of `V h_t + c`."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Sum) and any(map(_of_a_matrix, node.terms)):
                found |= {t.base for t in node.terms if isinstance(t, Symbol) and t.base.islower()}
    return found


def multiplied(trees: Iterable[Tree]) -> set[str]:
    """What a note defines as the product of two capitals: the C of `C = A B`."""
    found: set[str] = set()
    for tree in trees:
        left, *rest = tree.sides if isinstance(tree, Relation) else (None,)
        product = rest[0] if rest else None
        if isinstance(left, Symbol) and isinstance(product, Product) and all(
            isinstance(f, Symbol) and len(f.base) == 1 and f.base.isupper() for f in product.factors
        ):  # fmt: skip
            found.add(left.base)
    return found


def affine_matrices(trees: Iterable[Tree]) -> set[str]:
    """The weights of `A u + a`, where A is no table of many a, and those of `A u + C v`."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Sum):
                continue
            added = {t.base for t in node.terms if isinstance(t, Symbol) and t.base.islower()}
            products = [pair for pair in map(_of_a_matrix, node.terms) if pair is not None]
            several = sum(other.base not in _LEARNED for _, other in products) > 1
            for one, other in products:
                beside = several and other.base not in _LEARNED
                if beside or one.base.lower() in added:
                    found.add(one.base)
    return found


def _of_a_matrix(tree: Tree) -> tuple[Symbol, Symbol] | None:
    """The two factors of `A u`."""
    if not isinstance(tree, Product) or len(tree.factors) != 2 or any(tree.operators):
        return None
    one, other = map(base_symbol, tree.factors)
    if one is None or other is None or _turned(tree.factors[0]):
        return None
    return (one, other) if one.base[:1].isupper() and other.base[:1].islower() else None


def _inner_product(tree: Tree) -> Symbol | None:
    """The weights of `v^T h`."""
    if not isinstance(tree, Product) or len(tree.factors) != 2 or not _turned(tree.factors[0]):
        return None
    one, other = map(base_symbol, tree.factors)
    small = one is not None and other is not None and one.base.islower() and other.base.islower()
    return one if small else None


def _spelled_out(tree: Tree) -> Symbol | None:
    r"""The weights of `\sum_j v_j h_{ij}`, which has a number for each i: those of `\sum_i w_{ji}
    x_i` have one for each pair."""
    if not isinstance(tree, Big) or tree.kind != "sum" or not isinstance(tree.body, Product):
        return None
    product, below = tree.body, counted(tree)
    over = letters(below) if below is not None else []
    if len(product.factors) != 2 or any(product.operators) or len(over) != 1:
        return None
    one, other = map(base_symbol, product.factors)
    weight = product.factors[0]
    if one is None or other is None or not isinstance(weight, Script):
        return None
    along = [letters(sub) for sub in weight.subs] == [over] and not weight.sups
    learned = one.base in _LEARNED and other.base not in _LEARNED and other.base.islower()
    return one if along and learned else None


def _between(factors: tuple[Tree, ...]) -> Iterator[str]:
    """Between a vector lying down and one standing up."""
    for first, middle, last in zip(factors, factors[1:], factors[2:], strict=False):
        lying, standing = base_symbol(first), base_symbol(last)
        if lying is None or standing is None or not _turned(first) or _turned(last):
            continue
        if lying.base == standing.base and lying.base.islower():
            yield from _capital(middle)


def _of_traces(factors: tuple[Tree, ...]) -> Iterator[str]:
    for function, argument in pairwise(factors):
        symbol = base_symbol(function)
        if symbol is None or symbol.base not in _OF_SQUARES:
            continue
        inner = argument.items[0] if isinstance(argument, Fenced) else argument
        parts = inner.factors if isinstance(inner, Product) else (inner,)
        capitals = [x for part in parts for x in _capital(part)]
        if len(capitals) == len(parts) and not any(map(_turned, parts)):
            yield from capitals


def _capital(tree: Tree) -> Iterator[str]:
    symbol = base_symbol(tree)
    if symbol is None or (isinstance(tree, Script) and tree.subs):
        return
    if len(symbol.base) == 1 and symbol.base.isupper():
        yield symbol.base


def _turned(tree: Tree) -> bool:
    return isinstance(tree, Script) and any(s.kind == "transpose" for s in tree.sups)


def _inverts(power: Tree | None) -> bool:
    if not isinstance(power, Sum) or power.signs[0] != "-":
        return False
    return isinstance(power.terms[0], Number) and power.terms[0].text == "1"
