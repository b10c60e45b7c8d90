"""A note from top to bottom: prose and formulas in their order, as a reader sees them.

`document` asks what the formulas say; here they are only to be shown, each with what stands around
it. Nothing is refused: a formula that nobody can read is a stretch like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .containers import Block, without_comments
from .document import blocks_of, kind_of, pieces_of, prose_of
from .files import SUFFIXES, Kind
from .lexer import Style
from .macros import DEFINITION, Macros
from .pieces import Piece, Places
from .plain import lines
from .tokens import Trouble

_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)

#: `typed` is a formula in plain characters on a line of its own.
Role = Literal["prose", "display", "inline", "typed"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Prose or a formula. `text` is what a reader sees, of a formula its LaTeX without macros;
    `origin` says of each of its characters which one of the note it comes from, where that is not
    its own place. `style` is how its letters are meant; `within` is true for a formula with other
    words on its line."""

    role: Role
    text: str
    piece: Piece
    start: int  # in the piece
    origin: Sequence[int] | None = None
    style: Style = "latex"
    within: bool = False

    @property
    def cell(self) -> int | None:
        return self.piece.cell

    def outer(self, at: int) -> int:
        """Where in the file a character of the text stands."""
        inside = self.origin[at] if self.origin and at < len(self.origin) else at
        return self.piece.outer(self.start + inside, self.start + inside)[0]

    def inner(self, offset: int) -> int:
        """The first character of the text that stands at a place of the file, or after it."""
        start = self.outer_start
        inside = len(self.piece.inner(start, offset)) if offset > start else 0
        if self.origin is None:
            return min(inside, len(self.text))
        return next((i for i, at in enumerate(self.origin) if at >= inside), len(self.text))

    @property
    def outer_start(self) -> int:
        return self.piece.outer(self.start, self.start)[0]


@dataclass(frozen=True, slots=True)
class Outline:
    """The stretches of a note in order, and how its offsets become lines."""

    kind: Kind
    stretches: tuple[Stretch, ...]
    places: Places


def outline(text: str, file: str = "") -> Outline:
    """A note, its kind told by the name of its file or else by its content.

    Raises NoteError for a notebook that is not JSON.
    """
    kind = SUFFIXES.get(Path(file).suffix.lower(), "auto")
    kind = kind_of(text) if kind == "auto" else kind
    macros = Macros()
    found = (s for piece in pieces_of(text, kind) for s in _stretches(piece, macros))
    return Outline(kind, tuple(found), Places(text))


def _stretches(piece: Piece, macros: Macros) -> Iterator[Stretch]:
    if piece.role == "text":
        for line in lines(piece.text):
            if line.text.strip():
                role: Role = "typed" if line.formula else "prose"
                yield Stretch(role, line.text, piece, line.start, style=line.style)
        return
    text = without_comments(piece.text) if piece.role == "latex" else piece.text
    body = text.find(r"\begin{document}") if piece.role == "latex" else -1
    skip = 0
    for block in blocks_of(piece, text):
        start = max(block.start, skip)
        if start >= block.end:
            continue
        if block.role == "define":
            try:
                skip = macros.define(text, block.start)
            except Trouble as trouble:
                skip = trouble.end
        elif block.role in ("display", "inline"):
            yield _formula(piece, text, block, macros)
        elif block.role == "prose":
            start = min(max(start, body), block.end)
            yield Stretch("prose", prose_of(piece, text[start : block.end]), piece, start)


def _formula(piece: Piece, text: str, block: Block, macros: Macros) -> Stretch:
    body = text[block.start : block.end]
    if piece.role == "markdown" and "\n" in body:
        body = _QUOTE.sub(lambda m: " " * len(m[0]), body)
    if piece.role == "html":
        from .webpage import underscores

        body = underscores(body)
    before = text[text.rfind("\n", 0, block.start) + 1 : block.start].rstrip("$\\[ \t")
    after = text[block.end :].split("\n", 1)[0].lstrip("$\\] \t.,;:\r")
    role: Role = "display" if block.role == "display" else "inline"
    within = "\n" not in body and bool(before.strip("-*> \t") or after)
    try:
        at = 0
        while found := DEFINITION.search(body, at):
            at = macros.define(body, found.start())
            body = body[: found.start()] + " " * (at - found.start()) + body[at:]
        expanded, origin = macros.expand(body)
    except Trouble:
        return Stretch(role, body, piece, block.start, within=within)
    return Stretch(role, expanded, piece, block.start, origin[0] if origin else None, within=within)
