"""Pieces as loop nests, in the words of a language that writes every entry itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from fractions import Fraction
from typing import Protocol

from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape
from .entries import SUM, Entries, Names, Text, Words, shifted
from .loops import LINES, SUMS, TOPS, Cut, Piece, cut
from .program import Instruction, Program

_COMPOUND = {"add": "+=", "sub": "-=", "mul": "*=", "div": "/="}
_ROOMS = (800, 60, 40, 24, 8)  # how long a part may be before it gets a line of its own


class Tongue(Words, Protocol):
    """How a language writes statements.

    `loop`, `when` and `block` indent what stands inside; `let` names a number for good, `var` one
    that changes, `counter` an index that does; `make` prepares the array of a buffer. `multiply`
    writes a product of matrices as a call, if the language has one for these operands. `mark` and
    `undo` take back lines, `fits` tells whether those since a mark are short enough.
    """

    both: str  # the word between two conditions of which one is enough

    def remark(self, text: str) -> None: ...
    def loop(self, index: str, dim: Dim) -> AbstractContextManager[None]: ...
    def when(self, condition: str) -> AbstractContextManager[None]: ...
    def let(self, name: str, text: str) -> None: ...
    def var(self, name: str, text: str) -> None: ...
    def counter(self, name: str) -> None: ...
    def put(self, target: str, text: str, sign: str = "=") -> None: ...
    def make(self, name: str, shape: Shape) -> None: ...
    def multiply(self, target: str, product: Expr, names: Names, add: bool) -> bool: ...
    def mark(self) -> int: ...
    def undo(self, mark: int) -> None: ...
    def fits(self, mark: int) -> bool: ...


class Nests:
    """Writes the instructions of a program, one nest or more for each."""

    def __init__(self, program: Program, tongue: Tongue) -> None:
        self.program = program
        self.tongue = tongue
        self.taken = {*program.names.values(), *(i.name for i in program.instructions)}
        self.zero = tongue.number(Fraction(0)).text
        self.one = tongue.number(Fraction(1)).text
        self._depth = 0
        self._current: Expr | None = None
        self._instruction = ""
        self._places: Mapping[Expr, str] = {}
        self._parts = 0
        self._begun: set[str] = set()  # what has a place already
        self._shared: set[str] = set()  # what several pieces of the instruction write to

    def cut(self, instruction: Instruction) -> Cut:
        """The pieces of an instruction. Raises RefusedError for formulas of single entries."""
        return cut(self.program, instruction, self._part)

    def write(self, instruction: Instruction, made: Cut) -> None:
        """One instruction, cut into pieces."""
        self._instruction, self._places = instruction.name, made.places
        words = instruction.equation
        if instruction.laws:
            words += f"  [{', '.join(instruction.laws)}]"
        if words:
            self.tongue.remark(words)
        names = [piece.name for piece in made.pieces]
        self._shared = {name for name in names if names.count(name) > 1}
        for piece in made.pieces:
            if piece.value.shape != SCALAR and piece.name not in self._begun:
                self.tongue.make(piece.name, piece.value.shape)
                self._begun.add(piece.name)
            self._current = piece.value
            self._write(piece)

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
            with self._span(piece.value.shape[0], "i") as i, self._span(
                piece.value.shape[1], "j"
            ) as j:
                self._store(piece, i, j)

    # -- names and lines -------------------------------------------------------------------

    def _part(self) -> str:
        self._parts += 1
        return f"part{self._parts}"

    def _name(self, e: Expr) -> str | None:
        name = self._places.get(e) or self.program.names.get(e)
        if e is self._current and (e in self._places or name == self._instruction):
            return None  # what is being worked out
        return name

    def _local(self, word: str, piece: Piece) -> str:
        """A name inside a nest. Outside of all loops it must be no other nest's."""
        word = word if self._depth else f"{piece.name}_{word}"
        while word in self.taken:
            word += "_"
        return word

    def _entry(self, name: str, e: Expr, i: str, j: str) -> str:
        return self.tongue.entry(name, e.shape, i, j)

    @contextmanager
    def _span(self, dim: Dim, index: str) -> Iterator[str]:
        """A loop over a side; the one place where there is only one."""
        if dim == 1:
            yield "0"
            return
        self._depth += 1
        with self.tongue.loop(index, dim):
            yield index
        self._depth -= 1

    def _say(self, write: Callable[[Entries], None], known: Mapping[Expr, Text]) -> None:
        """Lines with formulas in them: parts that make a line too long get lines before it."""
        tongue, parts, mark = self.tongue, self._parts, self.tongue.mark()
        for room in _ROOMS:
            tongue.undo(mark)
            self._parts = parts
            write(Entries(tongue, self._name, known, self._aside, room))
            if tongue.fits(mark):
                break

    def _aside(self, text: str) -> str:
        name = self._part()
        self.tongue.let(name, text)
        return name

    def _put(self, target: str, e: Expr, i: str, j: str, sign: str = "=") -> None:
        self._say(lambda at: self.tongue.put(target, at.text(e, i, j).text, sign), {})

    def _begin(self, piece: Piece, value: str = "") -> None:
        """A number that nests work on gets its first value."""
        if piece.value.shape == SCALAR:
            start = self.tongue.put if piece.name in self._begun else self.tongue.var
            start(piece.name, value or self.zero)
            self._begun.add(piece.name)

    # -- elementwise -----------------------------------------------------------------------

    def _store(self, piece: Piece, i: str, j: str) -> None:
        """One entry of an elementwise result."""
        e, tongue = piece.value, self.tongue
        if e.shape != SCALAR or piece.name in self._begun:
            self._put(self._entry(piece.name, e, i, j), e, i, j)
        elif piece.name in self._shared:
            self._say(lambda at: tongue.var(piece.name, at.text(e, i, j).text), {})
            self._begun.add(piece.name)
        else:
            self._say(lambda at: tongue.let(piece.name, at.text(e, i, j).text), {})

    def _finish(self, piece: Piece, i: str, j: str, core: Text) -> None:
        """One entry of a result whose core is this text."""
        e, tongue = piece.value, self.tongue
        target, known = self._entry(piece.name, e, i, j), {piece.core: core}
        if e.shape != SCALAR or piece.name in self._begun:
            self._say(lambda at: tongue.put(target, at.text(e, i, j).text), known)
        else:
            self._say(lambda at: tongue.let(target, at.text(e, i, j).text), known)

    def _rest(self, piece: Piece, i: str, j: str) -> None:
        """What is left to do for an entry where the core stands in the place of the result."""
        e, core = piece.value, piece.core
        if e is core:
            return
        target = self._entry(piece.name, e, i, j)
        first = e.args[0] is core
        if e.op in _COMPOUND and (first or (e.op in ("add", "mul") and e.args[1] is core)):
            self._put(target, e.args[1] if first else e.args[0], i, j, _COMPOUND[e.op])
        else:
            self._put(target, e, i, j)

    def _rests(self, piece: Piece) -> None:
        if piece.value is not piece.core:
            rows, columns = piece.value.shape
            with self._span(rows, "i") as i, self._span(columns, "j") as j:
                self._rest(piece, i, j)

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
                tongue.put(self._entry(piece.name, piece.core, i, "0"), self.zero)
            for p in piece.products:
                self._added(piece, p, rows, "0")
            self._rests(piece)
        else:
            with self._span(rows, "i") as i:
                with self._span(columns, "j") as j:
                    tongue.put(self._entry(piece.name, piece.core, i, j), self.zero)
                for p in piece.products:
                    self._added(piece, p, columns, i)
                if piece.value is not piece.core:
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

    # -- along lines -----------------------------------------------------------------------

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

    def _across(self, e: Expr) -> tuple[list[tuple[Dim, str]], list[tuple[Dim, str]]]:
        """The loops over the lines of an argument, and those along a line."""
        rows, columns = e.args[0].shape
        i, j = (rows, "i"), (columns, "j")
        return {"rows": ([j], [i]), "columns": ([i], [j]), "all": ([], [i, j])}[e.attr]

    @contextmanager
    def _spans(self, sides: list[tuple[Dim, str]], i: str, j: str) -> Iterator[tuple[str, str]]:
        """Loops over some sides; the other indices stay what they are."""
        found = {"i": i, "j": j}
        with ExitStack() as stack:
            for dim, index in sides:
                found[index] = stack.enter_context(self._span(dim, index))
            yield found["i"], found["j"]

    def _topped(self, piece: Piece) -> None:
        e, tongue, x = piece.core, self.tongue, piece.core.args[0]
        exp, log = tongue.forms["exp"], tongue.forms["log"]
        over, along = self._across(e)
        with self._spans(over, "0", "0") as (i, j):
            top = self._local("top", piece)
            self._say(lambda at: tongue.var(top, at.text(x, i, j).text), {})
            with self._spans(along, i, j) as (r, c):
                entry = self._read(x, r, c)
                with tongue.when(f"{entry} > {top}"):
                    tongue.put(top, entry)
            core = Text(top)
            if e.op == "logsumexp":
                total = self._local("total", piece)
                tongue.var(total, self.zero)
                with self._spans(along, i, j) as (r, c):
                    tongue.put(total, exp.format(f"{self._read(x, r, c)} - {top}"), "+=")
                core = Text(f"{top} + {log.format(total)}", SUM)
            self._finish(piece, "0" if e.attr == "rows" else i, j, core)

    def _read(self, x: Expr, i: str, j: str) -> str:
        """An entry of what needs no working out."""
        return Entries(self.tongue, self._name, {}, self._aside, _ROOMS[0]).text(x, i, j).at(SUM)

    def _lined(self, piece: Piece) -> None:
        e = piece.core
        self._begin(piece, self._name(e.args[0]) or "")
        over, along = self._across(e)
        with self._spans(over, "0", "0") as (i, j):
            if e.op == "softmax":
                self._softmax(piece, along, i, j)
            else:
                self._by_best(piece, along, i, j)
        self._rests(piece)
