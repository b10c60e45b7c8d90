"""Writing loop nests: the words that a language brings, names, loops and lines of a fitting
length."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from fractions import Fraction
from typing import Protocol

from ..expr.node import Expr
from ..expr.shape import SCALAR, Dim, Shape
from .entries import SUM, Entries, Names, Text, Words
from .loops import Piece
from .program import Program

Sides = list[tuple[Dim, str]]  # loops: how far, and by which index
_COMPOUND = {"add": "+=", "sub": "-=", "mul": "*=", "div": "/="}
_ROOMS = (800, 60, 40, 24, 8)  # how long a part may be before it gets a line of its own


class Tongue(Words, Protocol):
    """How a language writes statements.

    `loop`, `when` and `block` indent what stands inside; `let` names a number for good, `var` one
    that changes, `counter` an index that does; `make` prepares the array of a buffer. `multiply`
    writes a product of matrices as a call, if the language has one for these operands. `mark` and
    `undo` take back lines, `fits` tells whether those since a mark are short enough.
    """

    either: str  # the word between two conditions of which one is enough

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


class Page:
    """Lines, indented, of a greatest width."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []
        self.depth = 1

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def inside(self, head: str, end: str = "") -> Generator[None]:
        """What stands between a head and an end."""
        self.line(head)
        self.depth += 1
        yield
        self.depth -= 1
        if end:
            self.line(end)

    def mark(self) -> int:
        return len(self.lines)

    def undo(self, mark: int) -> None:
        del self.lines[mark:]

    def fits(self, mark: int) -> bool:
        return all(len(line) <= self.width for line in self.lines[mark:])


class Writing:
    """What all nests of a program are written with."""

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
        if not self._depth:
            self.taken.add(word)
        return word

    def _entry(self, name: str, e: Expr, i: str, j: str) -> str:
        return self.tongue.entry(name, e.shape, i, j)

    @contextmanager
    def _span(self, dim: Dim, index: str) -> Generator[str]:
        """A loop over a side; the one place where there is only one."""
        if dim == 1:
            yield "0"
            return
        self._depth += 1
        with self.tongue.loop(index, dim):
            yield index
        self._depth -= 1

    @contextmanager
    def _spans(self, sides: Sides, i: str, j: str) -> Generator[tuple[str, str]]:
        """Loops over some sides; the other indices stay what they are."""
        found = {"i": i, "j": j}
        with ExitStack() as stack:
            for dim, index in sides:
                found[index] = stack.enter_context(self._span(dim, index))
            yield found["i"], found["j"]

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

    def _read(self, x: Expr, i: str, j: str) -> str:
        """An entry of what needs no working out."""
        return Entries(self.tongue, self._name, {}, self._aside, _ROOMS[0]).text(x, i, j).at(SUM)

    def _put(self, target: str, e: Expr, i: str, j: str, sign: str = "=") -> None:
        self._say(lambda at: self.tongue.put(target, at.text(e, i, j).text, sign), {})

    def _start(self, piece: Piece, i: str, j: str) -> bool:
        """The first value of an entry that terms are added to: the summand beside them, or zero.
        Returns whether there is more to do after the terms."""
        e, core = piece.value, piece.core
        target = self._entry(piece.name, e, i, j)
        if e.op == "add" and core in e.args:
            self._put(target, e.args[1] if e.args[0] is core else e.args[0], i, j)
            return False
        self.tongue.put(target, self.zero)
        return e is not core

    def _begin(self, piece: Piece) -> None:
        """A number that nests work on is declared."""
        if piece.value.shape == SCALAR and piece.name not in self._begun:
            self.tongue.var(piece.name, self.zero)
            self._begun.add(piece.name)

    # -- entries -----------------------------------------------------------------------

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
