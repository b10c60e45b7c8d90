r"""LaTeX that is only to be looked at, taken apart: an author's names, the formulas of a sentence.

No meaning is read out of it. What comes out is what stands beside, over, under and inside of what,
for a printer of another notation to spell.

>>> read_written(r"\hat{\mathbf{y}}_2").sub, read_written(r"\unheard x")
(Glyph(text='2', face='number'), None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from .glyphs import ACCENTS, COMMANDS, FACES, PRINTED, SPACES

#: `word` is the name of a function, `text` running text; `number` digits, `mark` an operator, a
#: relation or a bracket; the others are typefaces.
Face = Literal[
    "italic",
    "upright",
    "bold",
    "bold italic",
    "script",
    "double-struck",
    "fraktur",
    "sans-serif",
    "monospace",
    "word",
    "text",
    "number",
    "mark",
]


@dataclass(frozen=True, slots=True)
class Glyph:
    """Characters of one face, in Unicode: one letter, or a word or a number as a whole."""

    text: str
    face: Face = "italic"


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Scripts:
    """A part with what stands below and above its end; None where nothing does."""

    core: Written
    sub: Written | None = None
    sup: Written | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    above: Written
    below: Written


@dataclass(frozen=True, slots=True)
class Root:
    inside: Written


@dataclass(frozen=True, slots=True)
class Accent:
    """One of the accents of `glyphs` over a part; `_` is a line below it."""

    mark: str
    inside: Written


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets as high as what is between them; an empty one is not drawn."""

    left: str
    inside: Written
    right: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows between two brackets: a matrix, or cases with no bracket on the right."""

    left: str
    rows: tuple[tuple[Written, ...], ...]
    right: str


@dataclass(frozen=True, slots=True)
class Space:
    """A space of so many ems."""

    width: float


Written = Glyph | Row | Scripts | Fraction | Root | Accent | Fence | Grid | Space

_TOKEN = re.compile(
    r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL
)
_TEXTS = frozenset("text textrm textit textbf textsf texttt mbox".split())
_OPERATORS = frozenset("operatorname operatorname* mathop".split())
_FRACTIONS = frozenset("frac dfrac tfrac cfrac".split())
_SILENT = frozenset(
    "displaystyle textstyle scriptstyle limits nolimits boxed big Big bigg Bigg bigl bigr Bigl "
    "Bigr biggl biggr Biggl Biggr".split()
)
_GRIDS = {
    "bmatrix": ("[", "]"),
    "pmatrix": ("(", ")"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "matrix": ("", ""),
    "cases": ("{", ""),
}


def read_written(latex: str) -> Written | None:
    """What a piece of LaTeX draws; None where it holds something that is not known here."""
    reader = _Reader(_TOKEN.findall(latex.strip()))
    try:
        return reader.row()
    except (_Unknown, RecursionError):
        return None


class _Unknown(Exception):
    pass


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def next(self) -> str:
        """The next token that is no space; empty at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next()
        self.at += 1
        return token

    def row(self, face: Face = "italic", ends: tuple[str, ...] = ()) -> Written:
        """Parts up to the end, or up to one of some tokens, which is left."""
        parts: list[Written] = []
        while (token := self.next()) and token not in ends and not token.startswith(r"\end"):
            if token in ("_", "^", "'"):
                core = parts.pop() if parts else Row(())
                parts.append(self.scripts(core, face))
            else:
                part = self.part(face)
                if not isinstance(part, Row) or part.parts:
                    parts.append(part)
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def scripts(self, core: Written, face: Face) -> Written:
        sub, sup = (core.sub, core.sup) if isinstance(core, Scripts) else (None, None)
        core = core.core if isinstance(core, Scripts) else core
        while (token := self.next()) in ("_", "^", "'") and token:
            self.at += 1
            script = Glyph("′", "mark") if token == "'" else self.argument(face)
            if token == "_" and sub is None:
                sub = script
            elif token != "_":
                sup = script if sup is None else Row((sup, script))
            else:
                raise _Unknown
        return Scripts(core, sub, sup)

    def argument(self, face: Face = "italic") -> Written:
        """The next group, or the next part alone."""
        if self.next() != "{":
            if not self.next() or self.next() in ("}", "_", "^", "&"):
                raise _Unknown
            return self.part(face)
        self.at += 1
        inside = self.row(face, ("}",))
        if self.take() != "}":
            raise _Unknown
        return inside

    def raw(self) -> str:
        """The next group as it is written, blanks included."""
        if self.take() != "{":
            raise _Unknown
        start, depth = self.at, 1
        while depth:
            if self.at >= len(self.tokens):
                raise _Unknown
            depth += (self.tokens[self.at] == "{") - (self.tokens[self.at] == "}")
            self.at += 1
        return "".join(self.tokens[start : self.at - 1])

    def part(self, face: Face) -> Written:
        token = self.take()
        if token == "{":
            self.at -= 1
            return self.argument(face)
        if token[0] == "\\":
            return self.command(token[1:], face)
        if token in "&}" or not token.isprintable():
            raise _Unknown
        if token[0].isdigit():
            return Glyph(token, "number")
        if token == "~":
            return Space(float(SPACES[token].removesuffix("em")))
        return Glyph(token, face) if token.isalpha() else Glyph(PRINTED.get(token, token), "mark")

    def command(self, word: str, face: Face) -> Written:
        """What begins with a command."""
        if word in SPACES:
            return Space(float(SPACES[word].removesuffix("em")))
        if word == "!":
            return Space(-1 / 6)
        if word in _SILENT:
            return Row(())
        if word in COMMANDS:
            kind, characters = COMMANDS[word]
            if kind in ("word", "limit"):
                return Glyph(characters, "word")
            return Glyph(characters, face if characters.isalpha() else "mark")
        if word in _TEXTS:
            return self.text()
        if word in _OPERATORS:
            return Glyph(_plain(self.raw()), "word")
        if word in FACES:
            return self.in_face(cast(Face, FACES[word]))
        if word in ACCENTS:
            return Accent(ACCENTS[word], self.argument(face))
        if word == "underline":
            return Accent("_", self.argument(face))
        if word in _FRACTIONS:
            return Fraction(self.argument(face), self.argument(face))
        if word == "sqrt":
            return Root(self.argument(face))
        if word == "left":
            return self.fence(face)
        if word.startswith("begin"):
            return self.grid(word[word.index("{") + 1 : -1], face)
        raise _Unknown

    def in_face(self, face: Face) -> Written:
        """A word in one face stays one word: `\\mathrm{hid}`."""
        start = self.at
        if self.next() == "{":
            word = self.raw().strip()
            if len(word) > 1 and word.isalpha():
                return Glyph(word, face)
        self.at = start
        return self.argument(face)

    def text(self) -> Written:
        """Running text, with the formulas that stand in it."""
        start = self.at
        pieces = self.raw().split("$")
        if len(pieces) == 1:
            if not pieces[0].replace("-", "").replace(" ", "").isalnum() and "\\" in pieces[0]:
                self.at = start
                return self.argument("upright")
            return Glyph(pieces[0], "text")
        parts: list[Written] = []
        for i, piece in enumerate(pieces):
            made = read_written(piece) if i % 2 else Glyph(piece, "text")
            if made is None:
                raise _Unknown
            parts += [made] if piece else []
        return Row(tuple(parts))

    def bracket(self) -> str:
        token = self.take()
        return "" if token == "." else COMMANDS.get(token[1:], ("", token))[1]

    def fence(self, face: Face) -> Written:
        left = self.bracket()
        inside = self.row(face, (r"\right",))
        if self.take() != r"\right":
            raise _Unknown
        return Fence(left, inside, self.bracket())

    def grid(self, kind: str, face: Face) -> Written:
        if kind not in _GRIDS:
            raise _Unknown
        left, right = _GRIDS[kind]
        rows: list[tuple[Written, ...]] = []
        cells: list[Written] = []
        while True:
            cells.append(self.row(face, ("&", r"\\")))
            token = self.take()
            if token == "&":
                continue
            if len(cells) > 1 or cells[0] != Row(()):
                rows.append(tuple(cells))
            cells = []
            if token.startswith(r"\end"):
                return Grid(left, tuple(rows), right)
            if not token:
                raise _Unknown


def _plain(word: str) -> str:
    """The name of a function as one word."""
    return re.sub(r"\\[,;:! ]|[\\\s]", "", word)
