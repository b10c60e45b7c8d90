"""Indices that slipped: a layer too high, two letters swapped, one letter for another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...notation.syntax import Big, Number, Product, Relation, Script, Sum, Sup, Symbol, Tree
from .context import Move
from .equation import Equation
from .factors import letters, moved
from .functions import squared
from .trees import NOWHERE, key, positions, put, walk


def slips(eq: Equation) -> Iterator[Move]:
    for left, side in ((False, eq.right), (True, eq.left)):
        late = 0.6 if left else 0.0
        rank = 0
        for path, part in positions(side):
            if not eq.named(part):
                continue
            for new in _layers(eq, part):
                known = key(eq.split(new)[0]) in {**eq.known, **dict.fromkeys(eq.present)}
                cost = (1.3 if known else 1.9) + late + 0.04 * rank
                yield Move("index slip", path, new, cost, eq.swapped(part, new), left)
                rank += 1
            for new in _turned(part):
                cost = 1.4 + late + 0.04 * rank
                yield Move("index slip", path, new, cost, eq.swapped(part, new), left)
                rank += 1
    yield from _letters(eq)


def _layers(eq: Equation, part: Tree) -> Iterator[Tree]:
    """The same name one layer up or down."""
    if isinstance(part, Symbol):
        if m := re.fullmatch(r"([A-Za-z]+)(\d+)", part.base):
            for step in (-1, 1):
                word = f"{m[1]}{int(m[2]) + step}"
                if int(m[2]) + step >= 0 and not part.marks:
                    yield Symbol(NOWHERE, word, (), word)
        return
    assert isinstance(part, Script)
    layered = [i for i, s in enumerate(part.sups) if s.kind in ("paren", "square")]
    core, marks = eq.split(part)
    if not layered and isinstance(core, Script) and not marks:
        layered = [i for i, s in enumerate(core.sups) if s.kind == "bare"]
    for i in layered:
        inner = part.sups[i].tree
        if inner is not None and _countable(inner):
            for step in (-1, 1):
                sup = Sup(part.sups[i].kind, moved(inner, step))
                sups = (*part.sups[:i], sup, *part.sups[i + 1 :])
                yield replace(part, span=NOWHERE, sups=sups)
    if not layered and len(part.subs) == 1 and _countable(part.subs[0]):
        for step in (-1, 1):
            yield replace(part, span=NOWHERE, subs=(moved(part.subs[0], step),))


def _countable(tree: Tree) -> bool:
    if isinstance(tree, Number):
        return tree.text.isdigit()
    if isinstance(tree, Symbol):
        return len(tree.base) == 1 or tree.base == "ell"
    return isinstance(tree, Sum) and len(tree.terms) == 2 and isinstance(tree.terms[1], Number)


def _turned(part: Tree) -> Iterator[Tree]:
    """`w_{ij}` for `w_{ji}`."""
    if not isinstance(part, Script):
        return
    if len(part.subs) == 2 and key(part.subs[0]) != key(part.subs[1]):
        yield replace(part, span=NOWHERE, subs=part.subs[::-1])
    pair = part.subs[0] if len(part.subs) == 1 else None
    if not isinstance(pair, Product) or len(pair.factors) != 2 or pair.operators[0]:
        return
    if key(pair.factors[0]) != key(pair.factors[1]):
        back = replace(pair, span=NOWHERE, factors=pair.factors[::-1])
        yield replace(part, span=NOWHERE, subs=(back,))


def _letters(eq: Equation) -> Iterator[Move]:
    """One letter for another: at one place, in one sum, or on the whole side."""
    present = {**letters(eq.right), **letters(eq.left)}
    for side in (eq.right, eq.left):
        for _, part in walk(side):
            if isinstance(part, Big) and (letter := index_of(part)) is not None:
                present.setdefault(letter.base, letter)
    if len(present) < 2:
        return
    rank = 0
    for path, part in walk(eq.right):
        if isinstance(part, Script) and eq.named(part):
            for inner, leaf in walk(part):
                if not _index(part, inner) or not isinstance(leaf, Symbol):
                    continue
                if leaf.base not in present or rank >= 30:
                    continue
                for base, letter in present.items():
                    if base != leaf.base:
                        new = put(part, inner, letter)
                        cost = 1.7 + 0.04 * rank
                        facts = eq.swapped(part, new)
                        yield Move("index slip", path, new, cost, facts)
                        rank += 1
        elif isinstance(part, Big) and (bound := index_of(part)) is not None:
            for base, letter in present.items():
                if base != bound.base:
                    where = (*path, 0, 0) if isinstance(part.below, Relation) else (*path, 0)
                    facts = eq.swapped(bound, letter)
                    yield Move("index slip", where, letter, 1.8, facts)


def _index(part: Script, inner: tuple[int, ...]) -> bool:
    """Whether this way leads into a subscript, or into a superscript in brackets."""
    if not inner or not inner[0]:
        return False
    if inner[0] <= len(part.subs):
        return True
    kinds = [s.kind for s in part.sups if s.tree is not None]
    return kinds[inner[0] - 1 - len(part.subs)] in ("paren", "square")


def index_of(big: Big) -> Symbol | None:
    below = big.below
    if isinstance(below, Relation):
        below = below.sides[0]
    return below if isinstance(below, Symbol) else None


def powers(eq: Equation) -> Iterator[Move]:
    """A square for the thing itself, an exponent one too high."""
    rank = 0
    for path, part in positions(eq.right):
        cost = 2.0 + 0.06 * rank
        if isinstance(part, Script) and part.sups and part.sups[-1].kind == "bare":
            exponent = part.sups[-1].tree
            if not isinstance(exponent, Number) or not exponent.text.isdigit():
                continue
            if key(part) in eq.known:
                continue
            yield Move("power", path, _raised(part, None), cost)
            for step in (1, -1):
                if int(exponent.text) + step > 1:
                    yield Move("power", path, _raised(part, moved(exponent, step)), cost + 0.05)
            rank += 1
        elif eq.named(part) and rank < 16:
            yield Move("power", path, squared(part), cost + 0.7)
            rank += 1


def _raised(part: Script, exponent: Tree | None) -> Tree:
    sups = part.sups[:-1]
    if exponent is not None:
        return replace(part, span=NOWHERE, sups=(*sups, Sup("bare", exponent)))
    if not sups and not part.subs:
        return part.base
    return replace(part, span=NOWHERE, sups=sups)
