"""Which index letters of a note run over samples, and what counts the samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..notation.lower.trees import letters, walk
from ..notation.syntax import Big, Fraction, Number, Product, Relation, Script, Symbol, Tree
from .ellipses import DOTS
from .heads import base_of, counted, head, index_letters, turned
from .terms import LOSSES

#: Letters that count samples when a mean is taken over them.
COUNTS = ("m", "N", "n", "M", "B", "batch", "b")


@dataclass(slots=True)
class Samples:
    """Index letters, and symbols that say how many there are."""

    letters: set[str] = field(default_factory=set[str])
    counts: set[str] = field(default_factory=set[str])


def samples(trees: Iterable[Tree]) -> Samples:
    """From the means and sums of all formulas."""
    found = Samples()
    everything = list(trees)
    entries = _learned(everything)
    for tree in everything:
        for node in walk(tree):
            if isinstance(node, Product | Fraction):
                _means(node, found, entries)
        _totals(tree, found)
    _inputs(everything, found)
    found.letters |= _running(everything, found.counts)
    return found


def _running(trees: list[Tree], counts: set[str]) -> set[str]:
    """Letters that run as far as the samples do, and are an index of nothing else elsewhere."""
    running: set[str] = set()
    free: set[str] = set()
    for tree in trees:
        here: set[str] = set()
        below: set[str] = set()
        for node in walk(tree):
            if isinstance(node, Big) and isinstance(node.above, Symbol):
                index = counted(node)
                if base_of(node.above) in counts:
                    here |= set(index_letters(index))
            elif isinstance(node, Script):
                below |= {x for sub in node.subs for x in letters(sub)}
        running |= here
        free |= below - here
    return running - free


def _learned(trees: list[Tree]) -> set[str]:
    r"""Letters with which a scale and a shift that are learned have entries throughout, `\gamma_i
    \hat{x}_i + \beta_i`: samples share those, so that a mean over i is one over a layer's units."""
    found: set[str] = set()
    indexed = 0
    for tree in trees:
        for node in walk(tree) if not isinstance(tree, Symbol) else ():
            if isinstance(node, Script) and _scales(node.base) and len(node.subs) == 1:
                found |= {*letters(node.subs[0])}
                indexed += 1
            elif _scales(node):
                indexed -= 1  # once for each that has an index
    return found if indexed == 0 else set()


def _scales(tree: Tree) -> bool:
    """Whether a symbol is the scale or the shift of a normalised quantity."""
    return isinstance(tree, Symbol) and tree.base in ("gamma", "beta")


def _means(node: Product | Fraction, found: Samples, entries: set[str]) -> None:
    r"""`\frac{1}{m} \sum_i`: the letter runs over samples, unless it counts `entries`."""
    if isinstance(node, Fraction):
        top, bigs = node.numerator, [f for f in _factors(node.numerator) if isinstance(f, Big)]
        below = [node.denominator]
        del top
    else:
        bigs = [f for f in node.factors if isinstance(f, Big)]
        below = [f.denominator for f in node.factors if isinstance(f, Fraction)]
        if "/" in node.operators:
            below += [
                f
                for f, operator in zip(node.factors[1:], node.operators, strict=True)
                if operator == "/"
            ]
    if not bigs:
        return
    names = {base_of(s) for b in below for s in walk(b) if isinstance(s, Symbol)}
    if not names:
        return
    big = bigs[0]
    index = counted(big)
    above = big.above
    if entries.intersection(index_letters(index)):
        return
    if isinstance(above, Symbol):
        # a mean over H, d, K numbers is one over the entries of a vector
        if base_of(above) in names & set(COUNTS):
            found.letters |= set(index_letters(index))
            found.counts.add(base_of(above))
    elif above is None and names & set(COUNTS):
        found.letters |= set(index_letters(index))
        found.counts |= names & set(COUNTS)


def _totals(tree: Tree, found: Samples) -> None:
    r"""`L = -\sum_{n=1}^N \sum_k ...`: a loss that adds up over n first runs over samples."""
    left = tree.sides[0] if isinstance(tree, Relation) else None
    symbol = head(left.factors[0] if isinstance(left, Product) else left) if left else None
    if symbol is None or base_of(symbol) not in LOSSES or not isinstance(tree, Relation):
        return
    for side in tree.sides[1:]:
        for node in walk(side) if side is not None else ():
            if not isinstance(node, Big) or not isinstance(node.above, Symbol):
                continue
            inner = any(isinstance(below, Big) for below in walk(node.body))
            if node.kind in ("sum", DOTS) and inner and base_of(node.above) in COUNTS:
                found.counts.add(base_of(node.above))


def _inputs(trees: list[Tree], found: Samples) -> None:
    r"""`w^T x_n` with a loss that adds up over n: each n has an input that is a vector."""
    vectors = {
        x
        for tree in trees
        for product in walk(tree)
        if isinstance(product, Product)
        for a, b in zip(product.factors, product.factors[1:], strict=False)
        for inputs, other in ((a, b), (b, a))
        if turned(a) and (x := _lone_index(inputs)) and head(other) not in (None, head(inputs))
    }
    for tree in trees:
        left = tree.sides[0] if isinstance(tree, Relation) else None
        symbol = head(left.factors[0] if isinstance(left, Product) else left) if left else None
        if symbol is None or base_of(symbol) not in LOSSES:
            continue
        for node in walk(tree):
            if isinstance(node, Big) and node.kind == "sum" and isinstance(node.above, Symbol):
                index = counted(node)
                if base_of(node.above) in COUNTS and vectors.issuperset(index_letters(index)):
                    found.letters |= {*index_letters(index)}
                    found.counts.add(base_of(node.above))


def _lone_index(tree: Tree) -> str:
    """The n of an input `x_n`."""
    symbol = head(tree)
    if symbol is None or base_of(symbol) not in ("x", "phi") or not isinstance(tree, Script):
        return ""
    below = [x for sub in tree.subs for x in letters(sub)]
    return below[0] if len(below) == 1 else ""


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Product) else (tree,)


def shares(tree: Tree) -> Iterator[str]:
    r"""The count of samples in `\frac{1}{m}`."""
    for node in walk(tree):
        if isinstance(node, Fraction) and isinstance(node.numerator, Number):
            below = node.denominator
            if node.numerator.text == "1" and isinstance(below, Symbol) and below.base in "mN":
                yield below.base
