"""Pieces as loop nests, in the words of a language that writes every entry itself."""

from __future__ import annotations

from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape, add_dims
from .entries import Text, shifted
from .line_nests import AlongLines
from .loops import LINES, SUMS, TOPS, Cut, Piece, cut
from .program import Instruction


class Nests(AlongLines):
    """Writes the instructions of a program, one nest or more for each."""

    def cut(self, instruction: Instruction) -> Cut:
        """The pieces of an instruction. Raises RefusedError for formulas of single entries."""
        return cut(self.program, instruction, self._part)

    def write(self, instruction: Instruction, made: Cut) -> None:
        """One instruction, cut into pieces."""
        self._instruction, self._places = instruction.name, made.places
        words = instruction.equation
        if instruction.laws:
            words += f"  [{', '.join(instruction.laws)}]"
        self.tongue.remark(words)
        names = [piece.name for piece in made.pieces]
        self._shared = {name for name in names if names.count(name) > 1}
        for piece in made.pieces:
            if piece.value.shape != SCALAR and piece.name not in self._begun:
                self.tongue.make(piece.name, piece.value.shape)
                self._begun.add(piece.name)
            self._current = piece.value
            self._write(piece)

    def copy(self, target: str, source: str, shape: Shape, sign: str = "=") -> None:
        """All entries of an array, or a number, put in a place or added to it."""
        with self._span(shape[0], "i") as i, self._span(shape[1], "j") as j:
            entry = self.tongue.entry
            self.tongue.put(entry(target, shape, i, j), entry(source, shape, i, j), sign)

    def _write(self, piece: Piece) -> None:
        op = piece.core.op
        if piece.products:
            self._multiplied(piece)
        elif op in SUMS:
            self._summed(piece)
        elif op in TOPS:
            self._topped(piece)
        elif op in LINES:
            self._lined(piece)
        elif op == "stack":
            self._stacked(piece)
        else:
            with (
                self._span(piece.value.shape[0], "i") as i,
                self._span(piece.value.shape[1], "j") as j,
            ):
                self._store(piece, i, j)

    # -- products --------------------------------------------------------------------------

    def _multiplied(self, piece: Piece) -> None:
        rows, columns = piece.core.shape
        tongue = self.tongue
        if piece.core.shape != SCALAR and self._called(piece):
            self._rests(piece)
        elif all(_dots(p) for p in piece.products):
            with self._span(rows, "i") as i, self._span(columns, "j") as j:
                if not self._depth:
                    self._begin(piece)
                    for p in piece.products:
                        self._term(piece.name, p, i, j)
                    self._rest(piece, i, j)
                    return
                total = self._local("sum", piece)
                tongue.var(total, self.zero)
                for p in piece.products:
                    self._term(total, p, i, j)
                self._finish(piece, i, j, Text(total))
        elif columns == 1:
            with self._span(rows, "i") as i:
                more = self._start(piece, i, "0")
            for p in piece.products:
                self._added(piece, p, rows, "0")
            if more:
                self._rests(piece)
        else:
            with self._span(rows, "i") as i:
                with self._span(columns, "j") as j:
                    more = self._start(piece, i, j)
                for p in piece.products:
                    self._added(piece, p, columns, i)
                if more:
                    with self._span(columns, "j") as j:
                        self._rest(piece, i, j)

    def _called(self, piece: Piece) -> bool:
        """A library's product, where the language has one for all of the operands."""
        mark = self.tongue.mark()
        for p in piece.products:
            add = p is not piece.products[0]
            if not self.tongue.multiply(piece.name, p, self._name, add):
                self.tongue.undo(mark)
                return False
        return True

    def _term(self, target: str, product: Expr, i: str, j: str) -> None:
        """A row times a column."""
        a, b = product.args
        with self._span(a.shape[1], "k") as k:
            self._say(lambda at: self.tongue.put(target, at.product(a, b, i, k, j), "+="), {})

    def _added(self, piece: Piece, product: Expr, dim: Dim, i: str) -> None:
        """A product added to its place, such that the inner loop runs along rows in memory: one
        row `i` of it, or all of a column."""
        a, b = product.args
        column = product.shape[1] == 1
        sides = [(a.shape[1], "k"), (dim, "i" if column else "j")]
        if _dots(product):
            sides.reverse()
        with self._span(*sides[0]) as one, self._span(*sides[1]) as two:
            k, other = (two, one) if _dots(product) else (one, two)
            i, j = (other, "0") if column else (i, other)
            target = self._entry(piece.name, piece.core, i, j)
            self._say(lambda at: self.tongue.put(target, at.product(a, b, i, k, j), "+="), {})

    # -- blocks ----------------------------------------------------------------------------

    def _stacked(self, piece: Piece) -> None:
        e = piece.core
        self._begin(piece)
        below = e.attr == "rows"
        before: list[Dim] = []
        for a in e.args:
            start = self.tongue.count(add_dims(tuple(before))) if before else ""
            with self._span(a.shape[0], "i") as i, self._span(a.shape[1], "j") as j:
                r, c = (shifted(start, i), j) if below else (i, shifted(start, j))
                self._put(self._entry(piece.name, e, r, c), a, i, j)
            before.append(a.shape[0] if below else a.shape[1])
        self._rests(piece)


def _dots(product: Expr) -> bool:
    """Whether the entries of a product are best added up one by one: both operands are then read
    along their rows in memory."""
    a, b = product.args
    if b.shape[1] == 1:
        return a.op != "transpose" or a.shape[0] == 1
    return b.op == "transpose"
