r"""Sums that run as far as another dimension: `\sum_{i=1}^{n_l} w_{ij}^{(l+1)} \delta_i^{(l+1)}`.

All dimensions but the number of samples are alike where a line is worked out, so that no numbers
tell. What tells is the rest of the note: the shapes that it states, the limits of its other sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..notation.lower.trees import is_letter, shifted, walk
from ..notation.syntax import Big, Number, Relation, Script, Statement, Symbol, Tree
from .declared import shaped
from .facts import Survey
from .heads import base_of, head, turned
from .naming import split

#: A layer as it is written: its letter, if it has one, and what is added to it.
_Layer = tuple[str, int]
#: A dimension: a symbol, with how many layers it is away from the quantity that has it.
_Length = tuple[str, int | None]
#: The base of a quantity, how many indices it has, and one of them.
_Axis = tuple[str, int, int]

#: What a shape says counts for more than what sums say.
_STATED = 100
#: So much must speak against a limit.
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class _Use:
    """An index letter of a quantity, with the layer that the quantity belongs to."""

    letter: str
    axis: _Axis
    layer: _Layer | None


class Limits:
    """The sums of one note with a limit that its other formulas contradict: `wrong` are their ids.

    `stated`: the dimensions by the shapes that are given, `said`: by the statements with sums;
    `named`: the symbols of dimensions in those shapes, and of the limits of double sums.
    """

    def __init__(self, statements: Iterable[Statement], survey: Survey) -> None:
        self.survey = survey
        self.stated: dict[_Axis, set[_Length]] = {}
        self.said: dict[_Axis, dict[_Length, set[int]]] = {}
        self.named: set[str] = set()
        trees = [s.tree for s in statements]
        for tree in trees:
            self.state(tree)
        for at, tree in enumerate(trees):
            self.say(at, tree)
        self.wrong = {
            id(big)
            for at, tree in enumerate(trees)
            for big, letter in self.sums(tree)
            if self.contradicted(at, big, letter)
        }

    def state(self, tree: Tree) -> None:
        """Keep the shapes that a formula gives."""
        for quantity, dims in shaped(tree):
            symbol = head(quantity)
            layer = self.layer(quantity)
            for at, dim in enumerate(dims if symbol is not None else ()):
                length = self.length(dim, layer)
                if length is not None and symbol is not None:
                    self.named.add(length[0])
                    self.stated.setdefault((base_of(symbol), len(dims), at), set()).add(length)

    def say(self, at: int, tree: Tree) -> None:
        """Keep what the sums of a statement say; what has a letter in common is equally long."""
        for big, letter in self.sums(tree):
            ends = {b.above.base for b in (big, big.body)
                    if isinstance(b, Big) and isinstance(b.above, Symbol)}  # fmt: skip
            self.named |= ends if len(ends) > 1 else set()
            for use in self.uses(big.body, letter):
                self.keep(use.axis, self.length(big.above, use.layer), at)
        uses = [use for use in self.uses(tree) if use.layer is None]
        for use in uses:
            for other in uses:
                if use.letter == other.letter and use.axis not in self.stated:
                    for length in self.stated.get(other.axis, ()):
                        self.keep(use.axis, length, at)

    def keep(self, axis: _Axis, length: _Length | None, at: int) -> None:
        """One statement that tells how long a dimension is."""
        if length is not None:
            self.said.setdefault(axis, {}).setdefault(length, set()).add(at)

    def contradicted(self, at: int, big: Big, letter: str) -> bool:
        """Whether a sum runs as far as nothing does that it adds up."""
        against = 0
        for use in self.uses(big.body, letter):
            limit = self.length(big.above, use.layer)
            if limit is None:
                return False
            found = dict.fromkeys(self.stated.get(use.axis, ()), _STATED)
            if not found:
                said = self.said.get(use.axis, {})
                found = {length: len(places - {at}) for length, places in said.items()}
            if found.get(limit):
                return False
            against += max((n for x, n in found.items() if self.differ(x, limit)), default=0)
        return against >= _ENOUGH

    def differ(self, a: _Length, b: _Length) -> bool:
        """Whether two dimensions are certainly different ones."""
        if a[1] is not None and b[1] is not None:
            return a[0] == b[0] and a[1] != b[1]
        return a[1] == b[1] and a[0] != b[0] and {a[0], b[0]} <= self.named

    def sums(self, tree: Tree) -> Iterator[tuple[Big, str]]:
        """The sums and products over one letter that counts from 1, and that letter."""
        for node in walk(tree):
            if not isinstance(node, Big) or node.kind not in ("sum", "prod"):
                continue
            below = node.below
            if node.above is None or not isinstance(below, Relation) or len(below.sides) != 2:
                continue
            letter, low = below.sides
            counted = isinstance(low, Number) and low.text == "1"
            if counted and isinstance(letter, Symbol) and self.counts_entries(letter.base):
                yield node, letter.base

    def counts_entries(self, letter: str) -> bool:
        """Whether a letter counts neither samples nor layers."""
        return letter not in self.survey.samples | self.survey.family_letters

    def uses(self, tree: Tree, letter: str = "") -> Iterator[_Use]:
        """The entries that a formula names: those with this letter, or all."""
        for node in walk(tree):
            if not isinstance(node, Script) or not isinstance(node.base, Symbol):
                continue
            parts = [part for sub in node.subs for part in split(sub)]
            spelled = [part.base if is_letter(part) else "" for part in parts]
            steps = [found[0] for part in parts if (found := shifted(part))]  # `g_{i+1, j}`
            known = all(map(self.counts_entries, (*filter(None, spelled), *steps)))
            if not any(spelled) or spelled.count("") > len(steps) or not known:
                continue
            base = base_of(node.base)
            if base == "delta" and len(parts) == 2:
                continue  # Kronecker's
            if turned(node):
                spelled.reverse()
            for at, x in enumerate(spelled):
                if x and letter in ("", x):
                    yield _Use(x, (base, len(spelled), at), self.layer(node))

    def layer(self, quantity: Tree) -> _Layer | None:
        """The layer that a quantity belongs to."""
        if not isinstance(quantity, Script) or (symbol := head(quantity)) is None:
            return None
        for sup in quantity.sups:
            index = sup.kind in ("paren", "square") or base_of(symbol) in self.survey.stacked
            found = _layer(sup.tree) if index else None
            if found is not None and found[0] not in self.survey.samples:
                return found
        return None

    def length(self, tree: Tree | None, layer: _Layer | None) -> _Length | None:
        """A limit, or a dimension, as seen from a quantity of some layer."""
        symbol = None if tree is None else head(tree)
        counts = self.survey.sample_counts | self.survey.table_counts
        if symbol is None or base_of(symbol) in counts:
            return None
        if isinstance(tree, Symbol):
            return (tree.base, None) if layer is None else None
        if not isinstance(tree, Script):
            return None
        written = [*tree.subs, *(sup.tree for sup in tree.sups if sup.tree is not None)]
        own = _layer(written[0]) if len(written) == 1 else None
        if own is None or layer is None or own[0] != layer[0]:
            return None
        return base_of(symbol), own[1] - layer[1]


def _layer(tree: Tree | None) -> _Layer | None:
    """`l`, `l - 1` or `2`."""
    if isinstance(tree, Number):
        return ("", int(tree.text)) if tree.text.isdigit() else None
    if isinstance(tree, Symbol):
        return (tree.base, 0) if is_letter(tree) else None
    return shifted(tree) if tree is not None else None
