r"""LaTeX that is only to be looked at, taken apart: an author's names, the formulas of a sentence.

No meaning is read out of it. What comes out is what stands beside, over, under and inside of what,
for a printer of another notation to spell.

>>> read_written(r"\hat{\mathbf{y}}_2").sub, read_written(r"\unheard x")
(Glyph(text='2', face='number'), None)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .symbols import CHARACTERS, COMMANDS, FUNCTIONS

#: `it` is a letter of a formula, `rm` upright; `word` the name of a function, `text` running text;
#: `number` digits, `mark` an operator, a relation or a bracket.
Face = Literal["it", "rm", "bold", "cal", "bb", "frak", "word", "text", "number", "mark"]


@dataclass(frozen=True, slots=True)
class Glyph:
    """Characters of one face, in Unicode: one letter, or a word or a number as a whole."""

    text: str
    face: Face = "it"


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
    """A `hat`, `bar`, `tilde`, `vec`, `dot`, `ddot`, `check` or `breve` over a part; `under` is a
    line below it."""

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
_SPACES = {
    **dict.fromkeys((r"\,", r"\thinspace"), 1 / 6),
    **dict.fromkeys((r"\:", r"\medspace"), 2 / 9),
    **dict.fromkeys((r"\;", r"\thickspace"), 5 / 18),
    **dict.fromkeys((r"\ ", "~"), 1 / 4),
    r"\!": -1 / 6,
    r"\enspace": 0.5,
    r"\quad": 1,
    r"\qquad": 2,
}
_MARKS: dict[str, str] = dict(
    zip(
        (
            r"\cdot \times \odot \circ \otimes \ast \star \div \pm \le \leq \ge \geq \ne \neq \lt "
            r"\gt \approx \equiv \propto \in \to \mapsto \rightarrow \sim \sum \prod \dots \ldots "
            r"\cdots \vdots \ddots \mid \vert \lvert \rvert \Vert \lVert \rVert \| \langle \rangle "
            r"\lfloor \rfloor \lceil \rceil \lbrace \rbrace \{ \} \lbrack \rbrack \colon \top "
            r"\intercal \prime \% \# \& \_ \$ -"
        ).split(),
        (
            "⋅ × ⊙ ∘ ⊗ ∗ ⋆ ÷ ± ≤ ≤ ≥ ≥ ≠ ≠ < > ≈ ≡ ∝ ∈ → ↦ → ∼ ∑ ∏ … … ⋯ ⋮ ⋱ ∣ | | | ‖ ‖ ‖ ‖ "
            "⟨ ⟩ ⌊ ⌋ ⌈ ⌉ { } { } [ ] : ⊤ ⊺ ′ % # & _ $ −"
        ).split(),
        strict=True,
    )
)
_LETTERS = {
    "\\" + command: character
    for character, (kind, command) in reversed(CHARACTERS.items())
    if kind == "SYMBOL"
} | {r"\imath": "ı", r"\jmath": "ȷ", r"\varepsilon": "ε", r"\epsilon": "ϵ", r"\hbar": "ℏ"} | {
    r"\varphi": "φ", r"\phi": "ϕ", r"\varrho": "ϱ", r"\varsigma": "ς", r"\emptyset": "∅",
    r"\Re": "ℜ", r"\Im": "ℑ",
}  # fmt: skip
_FACES: dict[str, Face] = {
    **dict.fromkeys(("mathbf", "boldsymbol", "bm", "bold", "pmb", "symbf"), "bold"),
    **dict.fromkeys(("mathcal", "mathscr"), "cal"),
    **dict.fromkeys(("mathbb", "mathds", "Bbb"), "bb"),
    **dict.fromkeys(("mathrm", "mathsf", "mathtt"), "rm"),
    **dict.fromkeys(("mathit", "mathnormal"), "it"),
    "mathfrak": "frak",
}
_WORDS = frozenset(
    "\\" + word for word in ("text", "textrm", "textit", "textbf", "textsf", "texttt", "mbox")
)
_OPERATORS = frozenset((r"\operatorname", r"\operatorname*", r"\mathop"))
_ACCENTS = {
    "\\" + command: mark
    for mark in ("hat", "bar", "tilde", "vec", "dot", "ddot", "check", "breve")
    for command, (kind, value) in COMMANDS.items()
    if kind == "MARK" and value == mark
} | {r"\underline": "under"}
_FRACTIONS = frozenset((r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"))
_SILENT = frozenset(
    "\\" + word
    for word in (
        "displaystyle textstyle scriptstyle limits nolimits boxed big Big bigg Bigg bigl bigr Bigl "
        "Bigr biggl biggr Biggl Biggr"
    ).split()
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

    def row(self, face: Face = "it", ends: tuple[str, ...] = ()) -> Written:
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

    def argument(self, face: Face = "it") -> Written:
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
        if token in _SPACES:
            return Space(_SPACES[token])
        if token in _SILENT:
            return Row(())
        if token in _MARKS:
            return Glyph(_MARKS[token], "mark")
        if token in _LETTERS:
            return Glyph(_LETTERS[token], face)
        if token[1:] in _FACES and token[0] == "\\":
            return self.in_face(_FACES[token[1:]])
        if token in _WORDS:
            return self.text()
        if token in _OPERATORS:
            return Glyph(_plain(self.raw()), "word")
        if token[1:] in FUNCTIONS and token[0] == "\\":
            return Glyph(token[1:], "word")
        if token in _ACCENTS:
            return Accent(_ACCENTS[token], self.argument(face))
        if token in _FRACTIONS:
            return Fraction(self.argument(face), self.argument(face))
        if token == r"\sqrt":
            return Root(self.argument(face))
        if token == r"\left":
            return self.fence(face)
        if token.startswith(r"\begin"):
            return self.grid(token[token.index("{") + 1 : -1], face)
        if token[0] in "\\&}" or not token.isprintable():
            raise _Unknown
        if token[0].isdigit():
            return Glyph(token, "number")
        return Glyph(token, face if token.isalpha() else "mark")

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
                return self.argument("rm")
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
        return "" if token == "." else _MARKS.get(token, token)

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
