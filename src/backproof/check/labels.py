"""Which scripts are words and not numbers: `W_f`, `d_k`, `\\delta_s`, `\\sigma^2`."""

from __future__ import annotations

from itertools import pairwise

from ..notation.lower.library import is_library
from ..notation.lower.trees import letters, walk
from ..notation.syntax import Big, Fenced, Number, Product, Relation, Script, Sum, Symbol, Tree
from .heads import base_of, head, is_call

_VARIANCES = ("sigma", "s", "tau")

#: A base with the letters of its lower indices.
Spelled = tuple[str, tuple[str, ...]]


def defined_bases(trees: list[Tree]) -> set[str]:
    """Letters that are quantities: `W_f` beside an `f_t` is the weight of f, and no W number f."""
    found: set[str] = set()
    for tree in trees:
        left = tree.sides[0] if isinstance(tree, Relation) and tree.operators[0] == "=" else None
        right = tree.sides[1] if left is not None and isinstance(tree, Relation) else None
        if isinstance(right, Number | Fenced):
            continue  # `i = 1, ..., m` counts
        if isinstance(left, Symbol) and right is not None and head(right):
            continue  # `j = k`, `c = y_i`: which one is meant
        symbol = head(left) if left is not None else None
        if symbol is not None:
            found.add(base_of(symbol))
    return found


def varied(trees: list[Tree]) -> bool:
    r"""Whether `\delta h_t` is one word, the derivative of the loss by `h_t`: sides of equations
    are such pairs, and none is a delta by itself."""
    lefts = [tree.sides[0] for tree in trees if isinstance(tree, Relation) and tree.sides[0]]
    pairs = [
        left for left in lefts
        if isinstance(left, Product) and left.operators == ("",)
        and isinstance(left.factors[0], Symbol) and left.factors[0].base == "delta"
        and head(left.factors[1])
    ]  # fmt: skip
    alone = [symbol for left in lefts if (symbol := head(left)) and base_of(symbol) == "delta"]
    return len(pairs) > 1 and not alone


def stepping(trees: list[Tree]) -> set[str]:
    """Letters that count steps: `y_t = V h_t` is a vector for each t, made with the same matrix."""
    found: set[str] = set()
    for tree in trees:
        left = tree.sides[0] if isinstance(tree, Relation) and tree.operators[0] == "=" else None
        counted = letters(left.subs[0]) if isinstance(left, Script) and left.subs else []
        if counted not in (["t"], ["tau"]) or not isinstance(tree, Relation):
            continue
        products = [n for side in tree.sides[1:] if side for n in walk(side)]
        for node in products:
            if isinstance(node, Product) and any(
                symbol.base in ("W", "U", "V") and counted[0] not in _below(factor)
                for factor in node.factors[:-1] if (symbol := head(factor))
            ):  # fmt: skip
                found |= {*counted}
    return found


def _below(tree: Tree) -> list[str]:
    return [x for sub in tree.subs for x in letters(sub)] if isinstance(tree, Script) else []


def squares(trees: list[Tree]) -> set[str]:
    """Quantities that only their square is defined of, as a variance is."""
    squared: set[str] = set()
    plain: set[str] = set()
    for tree in trees:
        left = tree.sides[0] if isinstance(tree, Relation) and tree.operators[0] == "=" else None
        symbol = head(left) if left is not None else None
        if symbol is None:
            continue
        powers = [s.tree for s in left.sups if s.kind == "bare"] if isinstance(left, Script) else []
        two = any(isinstance(power, Number) and power.text == "2" for power in powers)
        (squared if two else plain).add(base_of(symbol))
    return {base for base in squared - plain if base.split()[-1] in _VARIANCES}


def multiplying(trees: list[Tree], defined: set[str]) -> set[str]:
    r"""Names of functions that stand for numbers: the sigma of `\sigma (\delta_{ij} - 1/n)`, where
    it has a formula, and brackets behind it are sums inside of a product or a fraction."""
    found = {base for base in defined if is_library(base)}
    for tree in trees:
        sides = {id(side) for side in tree.sides} if isinstance(tree, Relation) else {id(tree)}
        for node in walk(tree):
            if not found or not isinstance(node, Product):
                continue
            for at, (name, fence) in enumerate(pairwise(node.factors)):
                symbol = head(name)
                if symbol is None or not is_call(fence, node.operators[at]):
                    continue
                whole = id(node) in sides and len(node.factors) == 2
                if whole or not isinstance(fence, Fenced) or not isinstance(fence.items[0], Sum):
                    found.discard(base_of(symbol))  # `a = \sigma(z)`
    return found


def lone_letters(spelled: set[Spelled], quantities: set[str]) -> set[str]:
    """Letters that only tell a quantity from others: the k of a `d_k` that is met nowhere else."""
    places: dict[str, set[Spelled]] = {}
    for base, lower in spelled:
        for letter in lower:
            places.setdefault(letter, set()).add((base, lower))
    lone = {x: next(iter(found)) for x, found in places.items() if len(found) == 1}
    return {
        letter
        for letter, (base, lower) in lone.items()
        if lower == (letter,)
        and base not in quantities
        and sum(other == base for other, _ in spelled) == 1
    }


def own_letters(trees: list[Tree], defined: set[str]) -> set[tuple[str, str]]:
    r"""Names with the letter of a quantity below them, where that letter counts something in other
    formulas: `\delta_s` belongs to the s of `\partial L / \partial s`, though there is a sum over
    s elsewhere."""
    found: set[tuple[str, str]] = set()
    indices: set[tuple[str, str]] = set()
    for tree in trees:
        bound: set[str] = set()
        below: dict[str, set[str]] = {}
        for node in walk(tree):
            if isinstance(node, Big) and node.below is not None:
                bound |= {part.base for part in walk(node.below) if isinstance(part, Symbol)}
            elif isinstance(node, Script) and isinstance(node.base, Symbol):
                for letter in (x for sub in node.subs for x in letters(sub)):
                    below.setdefault(letter, set()).add(base_of(node.base))
        for letter in below.keys() & defined:
            index = letter in bound or len(below[letter]) > 1
            (indices if index else found).update((base, letter) for base in below[letter])
    return found - indices
