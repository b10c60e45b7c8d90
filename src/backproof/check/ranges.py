"""How far the indices of a note run: `x_0, ..., x_{n-1}`, `i = 0, ..., n - K`, the limits of sums.

A note that adds indices up, as a convolution does, is judged with numbers in place of n and K.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..notation.lower.trees import base_symbol, index_text, walk
from ..notation.syntax import (
    Big,
    Ellipsis_,
    Fenced,
    Number,
    Relation,
    Script,
    Sum,
    Symbol,
    Tree,
)
from .ellipses import COLUMN, ROW
from .heads import counted

#: What is long when something else is taken away from it, and what is short.
_LONG = (5, 6, 7)
_SHORT = (2, 3)
_Limits = tuple[Tree, Tree]


@dataclass(slots=True)
class Ranges:
    """`lengths`: numbers for what limits are made of; `letters`, `members`: first and last value of
    an index letter, or of the index of a quantity; `written`: those of quantities as they were
    written; `added`: quantities with an index that adds letters up (`x_{i+k}`), `adding`: those
    letters."""

    lengths: dict[str, int] = field(default_factory=dict[str, int])
    letters: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    members: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    written: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    added: set[str] = field(default_factory=set[str])
    adding: set[str] = field(default_factory=set[str])

    @property
    def first(self) -> int:
        """Where indices start."""
        lows = [low for low, _ in (*self.letters.values(), *self.members.values())]
        return min(lows, default=1)


def ranges(trees: Sequence[Tree]) -> Ranges:
    """The ranges of all indices of a note."""
    found = Ranges()
    said: dict[str, _Limits] = {}
    summed: list[tuple[str, _Limits]] = []
    members: dict[str, _Limits] = {}
    added: list[tuple[str, set[str]]] = []
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Relation):
                _said(node, said)
            elif isinstance(node, Fenced):
                _members(node, members)
            elif isinstance(node, Big):
                _summed(node, summed)
                if node.kind in (ROW, COLUMN):
                    _spread(node, members)
            elif isinstance(node, Script) and isinstance(node.base, Symbol):
                for index in filter(_adds, _parts(node.subs)):
                    of = {s.base for s in walk(index) if isinstance(s, Symbol)}
                    added.append((node.base.base, of))
    over = {x for tree in trees for x in _bound(tree)}
    for base, of in added:
        if of & over - {"t", "tau"}:  # `h_{t-k}` of no sum over k is an earlier step
            found.added.add(base)
            found.adding |= of
    limits = [*said.values(), *members.values(), *(limit for _, limit in summed)]
    _measure([high for _, high in limits], found)
    for letter, (low, high) in said.items():
        _keep(found.letters, letter, _value(low, found), _value(high, found))
    stated = set(found.letters)
    for letter, (low, high) in summed:
        if letter not in stated:
            _keep(found.letters, letter, _value(low, found), _value(high, found))
    for base, (low, high) in members.items():
        _keep(found.members, base, _value(low, found), _value(high, found))
        found.written[base] = (index_text(low) or "", index_text(high) or "")
    return found


def _bound(tree: Tree) -> Iterator[str]:
    """The letters that the sums of a formula run over."""
    for node in walk(tree):
        if isinstance(node, Big):
            below = counted(node)
            yield from (s.base for s in walk(below) if isinstance(s, Symbol)) if below else ()


def _parts(subs: tuple[Tree, ...]) -> list[Tree]:
    return [p for sub in subs for p in (sub.items if isinstance(sub, Fenced) else (sub,))]


def _adds(tree: Tree) -> bool:
    return isinstance(tree, Sum) and sum(not isinstance(t, Number) for t in tree.terms) > 1


def _listed(tree: Tree) -> _Limits | None:
    """The ends of `0, ..., n - 1`."""
    if not isinstance(tree, Fenced) or not any(isinstance(i, Ellipsis_) for i in tree.items[1:-1]):
        return None
    return tree.items[0], tree.items[-1]


def _said(node: Relation, said: dict[str, _Limits]) -> None:
    letter, *rest = node.sides
    ends = _listed(rest[0]) if len(rest) == 1 and rest[0] is not None else None
    if ends is not None and isinstance(letter, Symbol) and node.operators[0] in ("=", "in"):
        said.setdefault(letter.base, ends)


def _members(node: Fenced, members: dict[str, _Limits]) -> None:
    ends = _listed(node)
    if ends is None:
        return
    first, last = ends
    one, other = base_symbol(first), base_symbol(last)
    if not isinstance(first, Script) or not isinstance(last, Script) or one is None:
        return
    if other is not None and one.base == other.base and len(first.subs) == len(last.subs) == 1:
        members.setdefault(one.base, (first.subs[0], last.subs[0]))


def _spread(node: Big, members: dict[str, _Limits]) -> None:
    """The limits of the entries that a vector is written with: `(x_0, \\dots, x_{n-1})`."""
    index, body = node.below, node.body
    low = index.sides[1] if isinstance(index, Relation) else None
    if not isinstance(body, Script) or not isinstance(body.base, Symbol) or not low:
        return
    if len(body.subs) == 1 and isinstance(body.subs[0], Symbol) and node.above:
        members.setdefault(body.base.base, (low, node.above))


def _summed(node: Big, summed: list[tuple[str, _Limits]]) -> None:
    below = node.below
    if node.above is None or not isinstance(below, Relation) or len(below.sides) != 2:
        return
    letter, low = below.sides
    if isinstance(letter, Symbol) and low is not None:
        summed.append((letter.base, (low, node.above)))


def _measure(highs: list[Tree], found: Ranges) -> None:
    """Numbers for the symbols of limits: `n - K` has to leave something."""
    symbols: dict[str, bool] = {}
    for high in highs:
        terms = high.terms if isinstance(high, Sum) else (high,)
        signs = high.signs if isinstance(high, Sum) else ("+",)
        named = [
            (t.base, s) for t, s in zip(terms, signs, strict=True) if isinstance(t, Symbol)
        ]  # fmt: skip
        less = any(sign == "-" for _, sign in named)
        for base, sign in named:
            symbols[base] = symbols.get(base, False) or (less and sign == "+")
    long, short = iter(_LONG), iter(_SHORT)
    for base, is_long in symbols.items():
        found.lengths[base] = next(long, _LONG[-1]) if is_long else next(short, _SHORT[-1])


def _value(tree: Tree, found: Ranges) -> int | None:
    if isinstance(tree, Number) and tree.text.isdigit():
        return int(tree.text)
    if isinstance(tree, Symbol):
        return found.lengths.get(tree.base)
    if isinstance(tree, Sum):
        values = [_value(t, found) for t in tree.terms]
        signed = [
            v if s == "+" else -v
            for v, s in zip(values, tree.signs, strict=True)
            if v is not None
        ]  # fmt: skip
        return sum(signed) if len(signed) == len(values) else None
    return None


def _keep(kept: dict[str, tuple[int, int]], key: str, low: int | None, high: int | None) -> None:
    """The widest range that is met."""
    if low is None or high is None or high < low:
        return
    before = kept.get(key, (low, high))
    kept[key] = min(low, before[0]), max(high, before[1])
