r"""Dots that leave something out: `w_1 x_1 + \dots + w_n x_n` is a sum over an index, `(x_1, \dots,
x_n)` a row, and a matrix with `\cdots` and `\vdots` a table of what stands in its corners.

They are read where there is one way to go on: what stands before the dots and behind them has to be
the same but for one index, and what comes second has to be the next member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, cast

from ..notation.document import Statement
from ..notation.lower.trees import key, rewrite, walk, with_index
from ..notation.syntax import (
    Big,
    Cases,
    Ellipsis_,
    Fenced,
    Matrix,
    Number,
    Product,
    Relation,
    Script,
    Sum,
    Sup,
    Symbol,
    Text,
    Tree,
)
from .heads import turned

#: Big operators that only dots have: a sum, and cells beside and below one another.
DOTS, ROW, COLUMN = "dots", "row", "column"
#: Letters for the index that is left out, the first one that a note does not use.
_LETTERS = "kjirsuvpqghcdefabwxyzmnolt"


def without_dots(statements: list[Statement]) -> list[Statement]:
    """The statements with an operator over an index in the place of dots, where it is clear."""
    dotted = [any(isinstance(n, Ellipsis_) for n in walk(s.tree)) for s in statements]
    if not any(dotted):
        return statements
    writer = _Writer([s.tree for s in statements])
    return [
        replace(s, tree=writer.written(s.tree)) if has else s
        for s, has in zip(statements, dotted, strict=True)
    ]


def members(big: Big) -> tuple[Tree, Tree, Tree]:
    """What stood around the dots that an operator was read from: the first two and the last."""
    assert isinstance(big.below, Relation)
    letter, low = big.below.sides
    assert isinstance(letter, Symbol)
    assert isinstance(low, Number)
    assert big.above is not None
    first, second = (with_index(big.body, letter.base, int(low.text) + k) for k in (0, 1))
    above = big.above

    def last(node: Tree) -> Tree | None:
        return above if isinstance(node, Symbol) and node.base == letter.base else None

    return first, second, rewrite(big.body, last)


@dataclass(slots=True)
class _Ends:
    """Where two members of a family differ: the first and the last value of an index."""

    found: list[tuple[Number, Tree]] = field(default_factory=list[tuple[Number, Tree]])
    sampled: bool = True  # only in superscripts in brackets so far


class _Writer:
    """One note whose dots are spelled out."""

    def __init__(self, trees: list[Tree]) -> None:
        symbols = [n for tree in trees for n in walk(tree) if isinstance(n, Symbol)]
        used = {s.base for s in symbols}
        self.fresh = [x for x in _LETTERS if x not in used] + [x + "'" for x in _LETTERS]
        # the letters that pick a sample elsewhere: `x^{(i)}`
        scripts = [n for tree in trees for n in walk(tree) if isinstance(n, Script)]
        above = {
            sup.tree.base for script in scripts for sup in script.sups
            if sup.kind == "paren" and isinstance(sup.tree, Symbol)
        }  # fmt: skip
        self.sample = [x for x in "ijns" if x in above]

    def written(self, tree: Tree) -> Tree:
        """A tree without the dots that can be spelled out."""
        return rewrite(tree, self.change)

    def change(self, tree: Tree) -> Tree | None:
        if isinstance(tree, Sum) and any(isinstance(t, Ellipsis_) for t in tree.terms):
            return self.sum(tree)
        if isinstance(tree, Matrix):
            return self.matrix(tree)
        if isinstance(tree, Script) and isinstance(tree.base, Fenced):
            base = self.fenced(tree.base, across=turned(tree))
            return base and replace(tree, base=base)
        if isinstance(tree, Product):
            return self.diagonals(tree)
        if isinstance(tree, Relation):
            sides = tuple(self.side(s) if s is not None else None for s in tree.sides)
            return replace(tree, sides=sides)
        return self.fenced(tree, across=False) if isinstance(tree, Fenced) else None

    def diagonals(self, tree: Product) -> Tree | None:
        r"""`\operatorname{diag}(d_1, \dots, d_n)`: a diagonal matrix is made of a vector."""
        found = list(tree.factors)
        for at, (before, factor) in enumerate(pairwise(tree.factors), 1):
            named = isinstance(before, Symbol) and before.base in ("diag", "Diag")
            if not named or not isinstance(factor, Fenced) or factor.kind != "paren":
                continue
            vector = self.fenced(factor, across=False, whole=True)
            if vector is not None:
                found[at] = replace(factor, items=(vector,), separator="")
        if found == list(tree.factors):
            return None
        return replace(tree, factors=tuple(self.written(factor) for factor in found))

    def side(self, tree: Tree) -> Tree:
        """A side of an equation: a list in round brackets is a vector there."""
        if isinstance(tree, Fenced) and tree.kind == "paren":
            return self.fenced(tree, across=False, whole=True) or tree
        return self.written(tree)

    # what has dots -------------------------------------------------------------------------------
    def sum(self, tree: Sum) -> Tree | None:
        """`a_1 + a_2 + \\dots + a_n + b` as a sum and b."""
        terms = [self.written(t) for t in tree.terms]
        runs = self.runs(terms, DOTS, list(tree.signs))
        if runs is None:
            return None
        parts = [part for part, _ in runs]
        signs = tuple(tree.signs[at] for _, at in runs)
        if len(parts) == 1 and signs == ("+",):
            return parts[0]
        return replace(tree, terms=tuple(parts), signs=signs)

    def fenced(self, tree: Fenced, *, across: bool, whole: bool = False) -> Tree | None:
        """A vector in brackets; in round ones only if it is transposed, or a side of its own, where
        it is a point and so a column."""
        if not any(isinstance(i, Ellipsis_) for i in tree.items):
            return None
        if tree.kind != "square" and not (tree.kind == "paren" and (across or whole)):
            return None
        below = tree.separator == ";" or (tree.kind == "paren" and not across)
        runs = self.runs([self.written(i) for i in tree.items], COLUMN if below else ROW)
        if runs is None:
            return None
        items = tuple(part for part, _ in runs)
        if tree.kind == "paren" and not (across and len(items) == 1):
            rows = tuple((item,) for item in items) if below else (items,)
            return Matrix(tree.span, rows)
        return replace(tree, items=items, separator=";" if below else ",")

    def matrix(self, tree: Matrix) -> Tree | None:
        """A table of cells, with dots in its rows, its columns, or both."""
        if not any(isinstance(cell, Ellipsis_) for row in tree.rows for cell in row):
            return None
        width = max(map(len, tree.rows))
        if any(len(row) < width and not _gone(row) for row in tree.rows):
            return None
        wide = [row for row in tree.rows if len(row) == width]
        gone = [at for at in range(width) if _gone(tuple(row[at] for row in wide))]
        dots = Ellipsis_(tree.span)
        rows = [
            None if _gone(row) else
            [dots if at in gone else self.written(cell) for at, cell in enumerate(row)]
            for row in tree.rows
        ]  # fmt: skip
        return self.table(tree, rows) or self.diagonal(tree, rows, gone)

    def table(self, tree: Matrix, rows: list[list[Tree] | None]) -> Tree | None:
        """A table whose rows, and whose columns, are of one form from the first to the last."""
        lines: list[Tree] = []
        cells: list[tuple[Tree, ...]] = []
        for row in rows:
            runs = self.runs(row, ROW) if row is not None else []
            if runs is None:
                return None
            parts = tuple(part for part, _ in runs)
            cells.append(parts)
            line = parts[0] if len(parts) == 1 else Matrix(tree.span, (parts,))
            lines.append(line if parts else Ellipsis_(tree.span))
        found = self.runs(lines, COLUMN)
        if found is None:
            return None
        new = tuple(
            (part,) if isinstance(part, Big) and part.kind == COLUMN else cells[at]
            for part, at in found
        )
        return replace(tree, rows=new) if len({len(row) for row in new}) == 1 else None

    def diagonal(self, tree: Matrix, rows: list[list[Tree] | None], gone: list[int]) -> Tree | None:
        """A square table with a form of its own along the diagonal, as Jacobians have it."""
        kept = [
            [_split(_filled(cell)) for at, cell in enumerate(row) if at not in gone]
            for row in rows if row is not None
        ]  # fmt: skip
        high, wide = len(kept), len(kept[0]) if kept else 0
        whole = high > 1 < wide and all(len(row) == wide for row in kept)
        if not whole or rows[-2] is not None or gone != [wide - 1]:
            return None
        if any(isinstance(cell, Ellipsis_) for row in kept for cell in row):
            return None
        inner = [kept[k][k] for k in range(1, min(high, wide) - 1)]
        along = self.family(kept[0][0], kept[-1][-1], COLUMN, inner)
        if along is None or along.above is None or not isinstance(along.below, Relation):
            return None
        first, low = along.below.sides
        if not isinstance(first, Symbol) or not isinstance(low, Number):
            return None
        names = {n.base for row in kept for c in row for n in walk(c) if isinstance(n, Symbol)}
        letter = next(x for x in self.fresh if x not in names | {first.base})
        second = replace(first, base=letter, written=letter)
        steps = [Number(low.span, str(int(low.text) + k)) for k in range(max(high, wide))]
        down, across = ([*steps[: n - 1], along.above] for n in (high, wide))
        marks = {key(low): first, key(along.above): second}
        apart = rewrite(kept[0][-1], lambda n: marks.get(key(n)))
        for i, row in zip(down, kept, strict=True):
            for j, cell in zip(across, row, strict=True):
                there = {key(first): i, key(second): j}
                meant = rewrite(apart, lambda n, at=there: at.get(key(n)))
                if i is not j and key(meant) != key(cell):
                    return None
        same = Relation(low.span, (first, second), ("=",))
        body = Cases(tree.span, ((along.body, same), (apart, None)))
        below = Relation(low.span, (second, low), ("=",))
        line = Big(tree.span, ROW, below, along.above, body)
        return replace(tree, rows=((Big(tree.span, COLUMN, along.below, along.above, line),),))

    # members of a family -------------------------------------------------------------------------
    def runs(
        self, items: list[Tree], kind: str, signs: list[str] | None = None
    ) -> list[tuple[Tree, int]] | None:
        """The items, each with its place, and with one operator for each run with dots in it; None
        where it is not clear how to go on."""
        found: list[tuple[Tree, int]] = []
        at = 0
        while at < len(items):
            if not isinstance(items[at], Ellipsis_):
                found.append((items[at], at))
                at += 1
                continue
            if not found or at + 1 == len(items) or isinstance(items[at + 1], Ellipsis_):
                return None
            end = items[at + 1]
            before, where = found[-1]
            big, start = None, len(found) - 1
            if isinstance(before, Big) and before.kind == kind:
                # `y_1 + ... + y_o + ... + y_n`: one and the same family
                big = self.family(members(before)[0], end, kind, [])
            for k in range(max(0, len(found) - _SHOWN), len(found) if big is None else 0):
                if self.family(found[k][0], end, kind, []) is None:
                    continue
                # `a_1 + a_3 + \dots`: not clear where the run begins, or how it goes on
                big = self.family(found[k][0], end, kind, [part for part, _ in found[k + 1 :]])
                start, where = k, found[k][1]
                break
            if big is None or (signs and len({signs[k] for k in range(where, at + 2)}) > 1):
                return None
            del found[start + 1 :]
            found[-1] = (big, where)
            at += 2
        return found

    def family(self, first: Tree, last: Tree, kind: str, then: list[Tree]) -> Big | None:
        """The operator that runs from one tree to another; `then` are the members behind the
        first."""
        ends = _Ends()
        marked = _between(first, last, ends)
        counted = isinstance(marked, Symbol) and not isinstance(last, Symbol | Number)
        if marked is None or not ends.found or counted:
            return None
        low, high = ends.found[0]
        if len({(key(a), key(b)) for a, b in ends.found}) > 1:
            return None
        own = {n.base for tree in (marked, high) for n in walk(tree) if isinstance(n, Symbol)}
        free = self.sample if ends.sampled else []
        letter = next(x for x in [*free, *self.fresh] if x not in own)
        symbol = Symbol(low.span, letter, (), letter)
        body = rewrite(marked, lambda n: symbol if isinstance(n, Symbol) and n.base == _PLACE
                       else None)  # fmt: skip
        for k, member in enumerate(then, 1):
            if key(_split(with_index(body, letter, int(low.text) + k))) != key(_split(member)):
                return None
        below = Relation(low.span, (symbol, low), ("=",))
        return Big(first.span.to(last.span), kind, below, high, body)


#: At most so many members stand before dots.
_SHOWN = 4
#: What stands for the index while its letter is not chosen yet.
_PLACE = "member index"


def _gone(row: tuple[Tree, ...]) -> bool:
    """Whether there is nothing but dots in a row."""
    empty = all(isinstance(c, Ellipsis_) or (isinstance(c, Text) and not c.text) for c in row)
    return empty and any(isinstance(c, Ellipsis_) for c in row)


def _filled(cell: Tree) -> Tree:
    """A cell; nothing is written for a zero."""
    return Number(cell.span, "0") if isinstance(cell, Text) and not cell.text else cell


def _between(first: Any, last: Any, ends: _Ends) -> Any:
    """Two trees as one, with a mark where the index differs; None where something else does."""
    if isinstance(first, Tree) and isinstance(last, Tree):
        if key(first) == key(last):
            return first
        if isinstance(first, Number) and first.text.isdigit() and _ends_a_run(last):
            ends.found.append((first, last))
            ends.sampled = False
            return Symbol(first.span, _PLACE, (), _PLACE)
    if isinstance(first, Script) and isinstance(last, Script):
        first, last = _split(first), _split(last)
    if isinstance(first, Sup) and isinstance(last, Sup):
        if first.kind != last.kind:
            return None
        count, kept = len(ends.found), ends.sampled
        inner = _between(first.tree, last.tree, ends)
        if first.kind == "paren" and len(ends.found) > count and isinstance(inner, Symbol):
            ends.sampled = kept
        return None if inner is None and first.tree is not None else Sup(first.kind, inner)
    if isinstance(first, tuple) and isinstance(last, tuple):
        ones, others = cast("tuple[Any, ...]", first), cast("tuple[Any, ...]", last)
        if len(ones) != len(others):
            return None
        made = [_between(a, b, ends) for a, b in zip(ones, others, strict=True)]
        gone = any(m is None and a is not None for m, a in zip(made, ones, strict=True))
        return None if gone else tuple(made)
    if not isinstance(first, Tree) or type(first) is not type(last):
        return cast("Any", first) if first == last else None
    new: dict[str, Any] = {}
    for name in _content(first):
        ours = getattr(first, name)
        new[name] = _between(ours, getattr(last, name), ends)
        if new[name] is None and ours is not None:
            return None
    return replace(first, **new)


def _content(tree: Tree) -> Iterator[str]:
    """The fields of a tree that say something."""
    return (f.name for f in fields(tree) if f.name not in ("span", "written"))


def _ends_a_run(tree: Tree) -> bool:
    """Whether a tree may be the last value of an index: `n`, `n_l`, `n - 1`, `784`."""
    if isinstance(tree, Number):
        return tree.text.isdigit()
    if isinstance(tree, Script):
        return isinstance(tree.base, Symbol) and not tree.sups
    if isinstance(tree, Sum):
        return all(isinstance(t, Symbol | Number) for t in tree.terms)
    return isinstance(tree, Symbol) and not tree.function


def _split(tree: Tree) -> Tree:
    """A tree with `11` in its subscripts as 1 and 1, as it is in `1n`."""

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Script) or len(node.subs) != 1:
            return None
        sub = node.subs[0]
        digits = isinstance(sub, Number) and sub.text.isdigit() and len(sub.text) == 2
        if not digits or not isinstance(node.base, Symbol):
            return None
        assert isinstance(sub, Number)
        pair = Product(sub.span, tuple(Number(sub.span, x) for x in sub.text), ("",))
        return replace(node, subs=(pair,))

    return rewrite(tree, change)
