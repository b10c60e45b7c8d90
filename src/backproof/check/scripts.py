r"""Indices in other spellings: `a^{i, l}`, `a^{\text{dec}}`, `V^{mn}`, `f_{[p]}`, `u_{w = o}`.

Whatever stands above or below a letter and can be no power is an index. What is differentiated by
tells the others: nobody takes a derivative by a power of an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.library import is_library
from ..notation.lower.trees import letters, rewrite, walk
from ..notation.syntax import (
    Derivative,
    Fenced,
    Number,
    Product,
    Relation,
    Script,
    Sup,
    Symbol,
    Tree,
)
from .factors import INDICATORS
from .facts import LAYER, STEPS
from .heads import base_of, outside
from .naming import SIGNS

#: Letters whose square nobody differentiates by: a 2 above them is a layer.
_LAYERED = frozenset(("W", "b", "w", "a", "z", "h", "A", "Z", "H"))
#: Fewer letters are factors of a power.
_WORD = 3
_FACES = ("\\text", "\\mathrm", "\\mathsf", "\\mathtt", "\\rm", "\\operatorname")


def indexed(statements: list[Statement]) -> list[Statement]:
    """The statements with such indices as they are usually written."""
    trees = [s.tree for s in statements]
    change = _Change(trees)
    return [replace(s, tree=rewrite(s.tree, change)) for s in statements]


class _Change:
    """The change of a name with its scripts in one note."""

    def __init__(self, trees: list[Tree]) -> None:
        self.tensors: set[str] = set()
        self.numbered: set[str] = set()
        for base, above in _varied(trees):
            if isinstance(above, Number) and (above.text != "2" or base in _LAYERED):
                self.numbered.add(base)
            elif len(letters(above)) > 1:
                self.tensors.add(base)
        if self.numbered:
            self.numbered |= {base for base, above in _raised(trees) if _number(above) == "1"}
        if self.tensors:
            self.tensors |= {b for b, above in _raised(trees) if len(_primed_letters(above)) > 1}
        self.words = {
            node.base
            for tree in trees
            for node in outside(tree)
            if isinstance(node, Symbol) and len(node.base) > 1
        }
        words = {id(part) for _, above in _raised(trees) for part in _letters(above)}
        self.known = {
            node.base
            for tree in trees
            for node in walk(tree)
            if isinstance(node, Symbol) and id(node) not in words
        }

    def __call__(self, tree: Tree) -> Tree | None:
        if not isinstance(tree, Script):
            return None
        base = tree.base
        if isinstance(base, Number) and base.text == "1" and any(map(_shape, tree.subs)):
            base = Symbol(base.span, "1", ("bold",), r"\mathbf{1}")
        if not isinstance(base, Symbol) or base.function or base.base in ("sum", "prod"):
            return None
        ones = base.base == "1"
        subs = [
            part
            for s in tree.subs
            if not (ones and _pair(s))
            for part in self.below(s, base.base in INDICATORS)
        ]
        above = [part for sup in tree.sups for part in self.above(base, sup)]
        subs += [part for part in above if isinstance(part, Tree)]
        sups = tuple(part for part in above if isinstance(part, Sup))
        if not subs and not sups:
            return base
        return replace(tree, base=base, subs=tuple(rewrite(sub, self) for sub in subs), sups=sups)

    def below(self, tree: Tree, indicator: bool = False) -> Iterator[Tree]:
        """The lower indices that one of them is made of."""
        if isinstance(tree, Fenced) and tree.kind == "list":
            parts = [part for item in tree.items for part in self.below(item)]
            if len(parts) == len(tree.items):
                yield replace(tree, items=tuple(parts))
            else:
                yield from parts
        elif isinstance(tree, Fenced) and tree.kind == "square":
            yield from tree.items
        elif isinstance(tree, Product) and any(_square(part) for part in tree.factors):
            for part in tree.factors:
                yield from self.below(part)
        elif not indicator and isinstance(tree, Relation) and _chosen(tree) is not None:
            left, right = tree.sides
            yield right if tree.operators == ("=",) and right is not None else left or tree
        elif not _shape(tree):
            yield tree

    def above(self, base: Symbol, sup: Sup) -> Iterator[Sup | Tree]:
        """The upper indices that one of them is made of, or lower ones that it stands for."""
        tree, name = sup.tree, base_of(base)
        if sup.kind != "bare" or tree is None or name == "e":
            yield sup
        elif isinstance(tree, Fenced) and tree.kind == "list":
            for item in tree.items:
                yield Sup("paren", item)
        elif isinstance(tree, Fenced) and tree.kind == "angle" and len(tree.items) == 1:
            yield tree.items[0]  # `a^{<t>}` is a_t
        elif isinstance(tree, Symbol) and self.is_word(tree):
            yield tree
        elif isinstance(tree, Number) and (name in self.numbered or tree.text == "0"):
            yield Sup("paren", tree)
        elif name in self.tensors and len(_primed_letters(tree)) > 1:
            yield tree
        elif any(part.base not in self.known for part in _letters(tree)):
            word = "".join(part.base for part in _letters(tree))
            yield sup if word in SIGNS else Symbol(tree.span, word, (), word)
        else:
            yield sup

    def is_word(self, tree: Symbol) -> bool:
        """Whether a superscript is a word that is no quantity."""
        plain = len(tree.base) > 1 and tree.base.isalpha() and tree.base not in SIGNS
        word = plain and tree.written.startswith(_FACES)
        return word and not is_library(tree.base) and tree.base not in self.words


def _varied(trees: Iterable[Tree]) -> Iterator[tuple[str, Tree]]:
    """The superscripts of what is differentiated by, with their letters."""
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Derivative):
                continue
            for by in node.by:
                if isinstance(by, Script) and isinstance(by.base, Symbol) and len(by.sups) == 1:
                    sup = by.sups[0]
                    if sup.kind == "bare" and sup.tree is not None:
                        yield base_of(by.base), sup.tree


def _raised(trees: Iterable[Tree]) -> Iterator[tuple[str, Tree]]:
    """The names with what stands above them."""
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Script) and isinstance(node.base, Symbol):
                for sup in node.sups:
                    if sup.kind == "bare" and sup.tree is not None:
                        yield base_of(node.base), sup.tree


def _number(tree: Tree) -> str:
    return tree.text if isinstance(tree, Number) else ""


def _letters(tree: Tree) -> list[Symbol]:
    """The letters of what may be a word, set letter by letter: `s^{avg}`."""
    if not isinstance(tree, Product) or any(tree.operators) or len(tree.factors) < _WORD:
        return []
    found = [part for part in tree.factors if isinstance(part, Symbol) and len(part.base) == 1]
    return found if len(found) == len(tree.factors) else []


def _primed_letters(tree: Tree) -> list[str]:
    """`ij` and `ij'`."""
    parts = tree.factors if isinstance(tree, Product) and not any(tree.operators) else (tree,)
    found: list[str] = []
    for part in parts:
        if isinstance(part, Script) and not part.subs and {s.kind for s in part.sups} == {"prime"}:
            part = part.base  # noqa: PLW2901
        inner = letters(part)
        if not inner or {*inner} & {*LAYER, *STEPS, "T"}:
            return []
        found += inner
    return found


def _square(tree: Tree) -> bool:
    return isinstance(tree, Fenced) and tree.kind == "square"


def _chosen(tree: Relation) -> Tree | None:
    """The letter of `w = o` and of `w \\ne o`: one of many, and one of the others."""
    named = len(tree.sides) == 2 and all(isinstance(side, Symbol | Number) for side in tree.sides)
    return tree.sides[0] if named and tree.operators[0] in ("=", "!=") else None


def _shape(tree: Tree) -> bool:
    r"""Whether an index says how large an array is: `W_{m \times k}`, `1_{(1, m)}`."""
    return isinstance(tree, Product) and bool(tree.operators) and {*tree.operators} == {"times"}


def _pair(tree: Tree) -> bool:
    return isinstance(tree, Fenced) and tree.kind == "paren" and len(tree.items) == 2
