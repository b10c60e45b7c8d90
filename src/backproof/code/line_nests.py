"""Loop nests along lines: sums, largest entries, softmax and its relatives."""

from __future__ import annotations

from ..expr.node import Expr
from ..expr.shape import SCALAR
from .entries import SUM, Text
from .loops import Piece
from .writing import Sides, Writing


class AlongLines(Writing):
    """The nests of what needs all entries of a row, of a column, or of a matrix."""

    def _summed(self, piece: Piece) -> None:
        e, tongue = piece.core, self.tongue
        rows, columns = e.args[0].shape
        if e.op == "trace":
            self._begin(piece)
            with self._span(rows, "i") as i:
                self._gather(piece.name, e, i, i)
            self._rest(piece, "0", "0")
        elif e.shape == SCALAR:
            self._begin(piece)
            with self._span(rows, "i") as i, self._span(columns, "j") as j:
                self._gather(piece.name, e, i, j)
            if e.op == "norm":
                tongue.put(piece.name, self._gathered(e, piece.name))
            self._rest(piece, "0", "0")
        elif e.attr == "columns":
            with self._span(rows, "i") as i:
                total = self._local("sum", piece)
                tongue.var(total, self.zero)
                with self._span(columns, "j") as j:
                    self._gather(total, e, i, j)
                self._finish(piece, i, "0", Text(self._gathered(e, total)))
        else:
            with self._span(columns, "j") as j:
                tongue.put(self._entry(piece.name, e, "0", j), self.zero)
            with self._span(rows, "i") as i, self._span(columns, "j") as j:
                self._gather(self._entry(piece.name, e, "0", j), e, i, j)
            if e.op == "norm":
                with self._span(columns, "j") as j:
                    target = self._entry(piece.name, e, "0", j)
                    tongue.put(target, self._gathered(e, target))
            self._rests(piece)

    def _gather(self, target: str, e: Expr, i: str, j: str) -> None:
        x = e.args[0]
        if e.op in ("sqnorm", "norm"):
            self._say(lambda at: self.tongue.put(target, at.squared(x, i, j), "+="), {})
        else:
            self._put(target, x, i, j, "+=")

    def _gathered(self, e: Expr, total: str) -> str:
        return self.tongue.forms["sqrt"].format(total) if e.op == "norm" else total

    def _across(self, e: Expr) -> tuple[Sides, Sides]:
        """The loops over the lines of an argument, and those along a line."""
        rows, columns = e.args[0].shape
        i, j = (rows, "i"), (columns, "j")
        if e.attr == "all":
            return [], [i, j]
        return ([j], [i]) if e.attr == "rows" else ([i], [j])

    def _topped(self, piece: Piece) -> None:
        e, tongue, x = piece.core, self.tongue, piece.core.args[0]
        exp, log = tongue.forms["exp"], tongue.forms["log"]
        over, along = self._across(e)
        with self._spans(over, "0", "0") as (i, j):
            top = self._local("top", piece)
            self._largest(top, x, along, i, j)
            core = Text(top)
            if e.op == "logsumexp":
                total = self._local("total", piece)
                tongue.var(total, self.zero)
                with self._spans(along, i, j) as (r, c):
                    tongue.put(total, exp.format(f"{self._read(x, r, c)} - {top}"), "+=")
                core = Text(f"{top} + {log.format(total)}", SUM)
            self._finish(piece, i, j, core)

    def _largest(self, top: str, x: Expr, along: Sides, i: str, j: str) -> None:
        """The largest entry of a line."""
        self.tongue.var(top, self._read(x, i, j))
        with self._spans(along, i, j) as (r, c):
            entry = self._read(x, r, c)
            with self.tongue.when(f"{entry} > {top}"):
                self.tongue.put(top, entry)

    def _lined(self, piece: Piece) -> None:
        e = piece.core
        self._begin(piece)
        over, along = self._across(e)
        with self._spans(over, "0", "0") as (i, j):
            if e.op == "softmax":
                self._softmax(piece, along, i, j)
            else:
                self._by_best(piece, along, i, j)
        self._rests(piece)

    def _softmax(self, piece: Piece, along: Sides, i: str, j: str) -> None:
        e, tongue, x = piece.core, self.tongue, piece.core.args[0]
        top, total = self._local("top", piece), self._local("total", piece)
        self._largest(top, x, along, i, j)
        tongue.var(total, self.zero)
        with self._spans(along, i, j) as (r, c):
            target = self._entry(piece.name, e, r, c)
            tongue.put(target, tongue.forms["exp"].format(f"{self._read(x, r, c)} - {top}"))
            tongue.put(total, target, "+=")
        with self._spans(along, i, j) as (r, c):
            tongue.put(self._entry(piece.name, e, r, c), total, "/=")

    def _by_best(self, piece: Piece, along: Sides, i: str, j: str) -> None:
        """What needs to know where the largest entry of a line stands: `argmax_mask`, and
        `log_softmax`, whose logarithm keeps all digits when that entry's 1 is left out of it."""
        e, tongue, x = piece.core, self.tongue, piece.core.args[0]
        along = [side for side in along if side[0] != 1]
        words = ["best"] if len(along) == 1 else ["best_row", "best_column"]
        best = {index: self._local(w, piece) for (_, index), w in zip(along, words, strict=False)}
        for name in best.values():
            tongue.counter(name)
        where = (best.get("i", i), best.get("j", j))
        if best:
            with self._spans(along, i, j) as (r, c):
                larger = f"{self._read(x, r, c)} > {self._read(x, *where)}"
                with tongue.when(larger):
                    for index, name in best.items():
                        tongue.put(name, index)
        if e.op == "argmax_mask":
            with self._spans(along, i, j) as (r, c):
                tongue.put(self._entry(piece.name, e, r, c), self.zero)
            tongue.put(self._entry(piece.name, e, *where), self.one)
            return
        top, total = self._local("top", piece), self._local("total", piece)
        tongue.let(top, self._read(x, *where))
        tongue.var(total, self.zero)
        if best:
            elsewhere = tongue.either.join(f"{index} != {name}" for index, name in best.items())
            with self._spans(along, i, j) as (r, c), tongue.when(elsewhere):
                tongue.put(
                    total, tongue.forms["exp"].format(f"{self._read(x, r, c)} - {top}"), "+="
                )
        with self._spans(along, i, j) as (r, c):
            less = f"{self._read(x, r, c)} - {top} - {tongue.forms['log1p'].format(total)}"
            tongue.put(self._entry(piece.name, e, r, c), less)
