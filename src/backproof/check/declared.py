r"""What a note says of shapes: `W \in \mathbb{R}^{h \times d}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..notation.lower.trees import index_text, walk
from ..notation.syntax import Fenced, Number, Product, Relation, Script, Symbol, Tree
from .heads import base_of, head

#: The dimensions of an array, as they are written: `("n", "d_v")`; of a vector only one.
Dims = tuple[str, ...]


def declarations(tree: Tree) -> Iterator[tuple[str, Dims]]:
    """The bases of the quantities that a formula gives a shape, with it."""
    for quantity, space in _given(tree):
        shape = ("1",) if _numbers(space) else dims(space)
        symbol = head(quantity)
        if shape and symbol is not None and (shape != ("1",) or quantity is symbol):
            yield base_of(symbol), shape


def shaped(tree: Tree) -> Iterator[tuple[Tree, tuple[Tree, ...]]]:
    """The quantities that a formula gives a shape, with its dimensions, all as they are written."""
    for quantity, space in _given(tree):
        if lengths := _lengths(space):
            yield quantity, lengths


def _given(tree: Tree) -> Iterator[tuple[Tree, Tree]]:
    r"""What is in a set, and the set: `W \in R^{n \times d}, U` says nothing of U."""
    if not isinstance(tree, Relation) or tree.operators[-1] != "in":
        return
    space, left = tree.sides[-1], tree.sides[0]
    if isinstance(space, Fenced) and space.kind == "list":
        space = space.items[0]
    many = left.items if isinstance(left, Fenced) and left.kind == "list" else (left,)
    for quantity in many:
        if quantity is not None and space is not None:
            yield quantity, space


def _numbers(space: Tree | None) -> bool:
    r"""Whether a set is one of numbers: `\{-1, +1\}`, `\mathbb{R}`."""
    if isinstance(space, Symbol):
        return space.base in ("R", "reals")
    return isinstance(space, Fenced) and space.kind == "brace" and any(
        isinstance(part, Number) for item in space.items for part in walk(item)
    )  # fmt: skip


def dims(space: Tree | None) -> Dims:
    r"""The dimensions of `\mathbb{R}^{n \times d}`; none for anything else."""
    factors = _lengths(space)
    texts = [f.text if isinstance(f, Number) else index_text(f) or _script(f) for f in factors]
    return tuple(t for t in texts if t) if all(texts) and len(texts) < 3 else ()


def _lengths(space: Tree | None) -> tuple[Tree, ...]:
    """The factors of the exponent of a space."""
    if not isinstance(space, Script) or len(space.sups) != 1 or space.subs:
        return ()
    base, power = space.base, space.sups[0].tree
    if not isinstance(base, Symbol) or base.base not in ("R", "reals") or power is None:
        return ()
    if isinstance(power, Product):
        return power.factors if set(power.operators) == {"times"} else ()
    return (power,)


def _script(tree: Tree) -> str:
    """`d_k`, `n_{l-1}`, `n^{[l]}` as text."""
    symbol = head(tree)
    if symbol is None or not isinstance(tree, Script):
        return ""
    indices = (*tree.subs, *(sup.tree for sup in tree.sups if sup.tree is not None))
    return "_".join((base_of(symbol), *(index_text(i) or "?" for i in indices)))


def kinds(trees: Iterable[Tree]) -> dict[str, Dims]:
    """The shape of each quantity that the note gives one, where all it gives it have as many
    dimensions."""
    found: dict[str, Dims] = {}
    other: set[str] = set()
    for tree in trees:
        for base, shape in declarations(tree):
            if len(found.setdefault(base, shape)) != len(shape):
                other.add(base)
    return {base: shape for base, shape in found.items() if base not in other}
