r"""Written symbols -> quantities: which scripts belong to a name, which are indices or powers.

A letter in scope (bound by a sum, or standing free on the left of an equation) is an index that
runs. Every other script is part of the name: the layer of `W^{(2)}`, the gate of `W_f`, the time
of `h_{t-1}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...errors import Span
from ...expr.name import Name
from ..syntax import Fenced, Number, Product, Script, Sup, Symbol, Tree
from .trees import index_latex, index_text, letters

Place = Literal["sub", "sup"]

MARKS = frozenset({"hat", "bar", "tilde", "dot", "ddot", "check", "breve"})
# Words for decorations in plain text: y_hat.
_WORD_MARKS = frozenset({"hat", "bar", "tilde"})
_DIGITS = re.compile(r"([A-Za-z]+?)_?(\d+)")
_HATTED = re.compile(r"([A-Za-z])(hat|bar|tilde)")
# What carries a layer as a bare superscript in notes that write z^1 or z^l.
LAYERED = frozenset("z a h s o w b x u v g f y Z A H S O W B X U V delta theta Theta".split())
# Matrices whose superscript is a word: W^Q, U^f.
_WORDED = frozenset("W U V b P".split())


@dataclass(frozen=True, slots=True)
class Reference:
    """A quantity as it was mentioned: its name, its running indices, and what was done to it.

    `indices` are letters with the place where they stand; `powers` are superscripts that are
    neither a layer nor an index; `turned` says whether it is transposed.
    """

    name: Name
    indices: tuple[tuple[str, Place], ...]
    powers: tuple[Tree, ...]
    turned: bool
    span: Span


def refer(tree: Tree, scope: Collection[str], *, bare_layers: bool = False) -> Reference | None:
    """What a symbol with its scripts refers to; None for anything that is not a symbol."""
    if isinstance(tree, Symbol):
        base, marks, layer = _parts(tree.base, tree.marks)
        name = Name(base, marks, layer, latex=tree.written)
        return Reference(name, (), (), False, tree.span)
    if not isinstance(tree, Script) or not isinstance(tree.base, Symbol):
        return None
    reader = _Reader(tree.base, scope, bare_layers)
    for sub in tree.subs:
        reader.subscript(sub)
    for sup in tree.sups:
        reader.superscript(sup)
    return reader.reference(tree.span)


@lru_cache(maxsize=4096)
def _parts(base: str, written: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """The base, the marks that tell quantities apart, and a number glued to the base: `W1`."""
    marks = tuple(m for m in written if m in MARKS)
    layer = ""
    if m := _DIGITS.fullmatch(base):
        base, layer = m[1], m[2]
    if m := _HATTED.fullmatch(base):
        base, marks = m[1], (*marks, m[2])
    return base, marks, layer


class _Reader:
    def __init__(self, symbol: Symbol, scope: Collection[str], bare_layers: bool) -> None:
        self.symbol = symbol
        self.scope = scope
        self.bare_layers = bare_layers
        self.base, self.marks, self.layer = _parts(symbol.base, symbol.marks)
        self.subs: list[str] = []
        self.primes = 0
        self.turned = False
        self.indices: list[tuple[str, Place]] = []
        self.powers: list[Tree] = []
        self.sub_latex: list[str] = []
        self.sup_latex: list[str] = []
        self.tail = ""

    def reference(self, span: Span) -> Reference:
        text = self.symbol.written + self.tail
        if self.sub_latex:
            text += "_" + _braced(",".join(self.sub_latex))
        if self.sup_latex:
            text += "^" + _braced("".join(self.sup_latex))
        name = Name(self.base, self.marks, self.layer, ",".join(self.subs), self.primes, latex=text)
        return Reference(name, tuple(self.indices), tuple(self.powers), self.turned, span)

    def _run(self, place: Place, found: list[str]) -> None:
        self.indices.extend((x, place) for x in found)

    def subscript(self, tree: Tree) -> None:
        if isinstance(tree, Fenced) and tree.kind in ("list", "paren", "square"):
            for item in tree.items:
                self.subscript(item)
            return
        found = letters(tree)
        if found and all(x in self.scope for x in found):
            self._run("sub", found)
            return
        if isinstance(tree, Product) and not any(tree.operators) and self._some_index(tree):
            for factor in tree.factors:
                self.subscript(factor)
            return
        text = index_text(tree) or "?"
        if text in _WORD_MARKS:
            self.marks = (*self.marks, text)
            self.tail += f"_{text}"
            return
        self.sub_latex.append(index_latex(tree))
        if isinstance(tree, Number) and not self.layer and not self.subs:
            self.layer = text
        else:
            self.subs.append(text)

    def _some_index(self, tree: Product) -> bool:
        """`W_{1k}`: a number beside a running index; words such as `xh` stay whole."""
        kinds = [f for f in tree.factors if isinstance(f, Number)]
        running = [f for f in tree.factors if letters(f) and letters(f)[0] in self.scope]
        return bool(running) and len(kinds) + len(running) == len(tree.factors)

    def superscript(self, sup: Sup) -> None:
        if sup.kind == "transpose":
            self.turned = not self.turned
        elif sup.kind == "prime":
            self.primes += 1
            self.tail += "'"
        elif sup.kind == "star":
            self.subs.append("star")
            self.sup_latex.append("*")
        elif sup.tree is None:
            return
        elif sup.kind in ("paren", "square"):
            self._bracketed(sup.kind, sup.tree)
        else:
            self._bare(sup.tree)

    def _bracketed(self, kind: str, tree: Tree) -> None:
        items = tree.items if isinstance(tree, Fenced) and tree.kind == "list" else (tree,)
        kept: list[Tree] = []
        for item in items:
            found = letters(item)
            if found and all(x in self.scope for x in found):
                self._run("sup", found)
            else:
                kept.append(item)
        if not kept:
            return
        text = ",".join(index_text(item) or "?" for item in kept)
        opening, closing = ("(", ")") if kind == "paren" else ("[", "]")
        self.sup_latex.append(opening + ",".join(index_latex(item) for item in kept) + closing)
        self._as_layer(text)

    def _as_layer(self, text: str) -> None:
        if self.layer:
            self.subs.append(self.layer)
        self.layer = text

    def _bare(self, tree: Tree) -> None:
        found = letters(tree)
        if found and all(x in self.scope for x in found):
            self._run("sup", found)
            return
        text = index_text(tree)
        layer = text is not None and (
            (self.bare_layers and self.base in LAYERED and re.fullmatch(r"[\dlLk]([-+]1)?", text))
            or (self.base in LAYERED and re.fullmatch(r"[lL]([-+]1)?", text))
        )
        if layer and text is not None:
            self._as_layer(text)
            self.sup_latex.append(index_latex(tree))
        elif self.base in _WORDED and isinstance(tree, Symbol | Product) and text:
            self.subs.append(text)
            self.sup_latex.append(index_latex(tree))
        else:
            self.powers.append(tree)


def _braced(text: str) -> str:
    return text if len(text) == 1 else "{" + text + "}"
