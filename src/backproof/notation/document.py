"""A note -> its statements, with the place of each; what can't be read is listed, not raised.

`read_document` reads a file, `document` a string: Markdown, LaTeX, plain text, notebooks,
reStructuredText, HTML. What only one of these needs is imported when one comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ..errors import NoteError, Span
from .containers import Block, blocks, has_markup, without_comments
from .files import SUFFIXES, Kind, text_of
from .macros import DEFINITION, Macros, Origin
from .pieces import Piece, Places
from .plain import lines
from .reader import Place, read_rows
from .syntax import Statement
from .tokens import Malformed, Trouble

#: More formula text than this is a data file, not a note.
MAX_FORMULAS = 5_000_000
MAX_COUNT = 50_000
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
#: `\\{` is what Markdown turns into `\{`; no row ends before a brace that such a one closes.
_ESCAPED_BRACE = re.compile(r"(?<!\\)\\\\([{}])")
_BARE = re.compile(r"(?<!\\)[_*]")


@dataclass(slots=True)
class Document:
    r"""What a note holds.

    `text` is the file's own text, and every span is a place in it. `broken` are the places where
    the text is malformed (an open brace, `\left` without `\right`), `unread` those that are well
    formed and not understood (an unknown command). `prose` is the text around the formulas,
    `language` the one it is written in. `pieces` are the stretches that were read.
    """

    text: str
    file: str = ""
    kind: Kind = "markdown"
    statements: list[Statement] = field(default_factory=list[Statement])
    unread: list[NoteError] = field(default_factory=list[NoteError])
    broken: list[NoteError] = field(default_factory=list[NoteError])
    prose: str = ""
    language: Literal["ko", "en"] = "en"
    pieces: list[Piece] = field(default_factory=list[Piece], repr=False)
    places: Places = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.places = Places(self.text)

    def cell(self, span: Span) -> int | None:
        """The cell of a notebook that holds this place; all cells count, from 1."""
        piece = self._piece(*self.places.offsets(span))
        return piece.cell if piece else None

    def written(self, span: Span) -> str:
        r"""What stands at a place, as its author sees it: without the escapes of a container.

        >>> note = document("<p>$a &lt; b$</p>", "html")
        >>> note.written(note.statements[0].span)
        'a < b'
        """
        start, end = self.places.offsets(span)
        piece = self._piece(start, end)
        if piece is None:
            return self.text[start:end]
        inside = piece.inner(start, end)
        if piece.role == "html":
            from .webpage import underscores

            return underscores(inside)
        return _unescaped(inside) if piece.role == "markdown" else inside

    def encoded(self, text: str, span: Span) -> str:
        r"""A formula as it must be spelled to stand at a place of the file.

        >>> note = document("<p>$a &lt; b$</p>", "html")
        >>> note.encoded("a < c", note.statements[0].span)
        'a &lt; c'
        """
        start, end = self.places.offsets(span)
        piece = self._piece(start, end)
        if piece is None:
            return text
        if piece.role == "markdown":
            inside = piece.inner(start, end)
            for sign in "_*":
                if "\\" + sign in inside and not _BARE.search(inside):
                    text = re.sub(rf"(?<!\\)\{sign}", rf"\\{sign}", text)
        return piece.encode(text, self.text[start:end])

    def _piece(self, start: int, end: int) -> Piece | None:
        return next((p for p in self.pieces if p.start <= start and end <= p.end), None)


def _unescaped(formula: str) -> str:
    r"""`\_` and `\*` as Markdown reads them; where a bare one stands, they mean what TeX says."""
    return formula if _BARE.search(formula) else re.sub(r"(?<!\\)\\([_*])", r"\1", formula)


def document(text: str, kind: Kind = "auto", file: str = "") -> Document:
    """Read a note from a string.

    >>> note = document("The model is $$z = Wx + b$$ and nothing else.")
    >>> [(s.span.line, s.span.column, s.display) for s in note.statements]
    [(1, 16, True)]
    """
    return _Reading(text, kind_of(text) if kind == "auto" else kind, file).run()


def read_document(path: str | Path, kind: Kind = "auto") -> Document:
    """Read a note from a file; its suffix tells its kind, else its content does.

    Raises NoteError for what is no text: a folder, a missing, empty, binary or huge file, and for a
    notebook that is not JSON.
    """
    path = Path(path)
    text = text_of(path)
    return document(
        text, SUFFIXES.get(path.suffix.lower(), kind) if kind == "auto" else kind, str(path)
    )


def kind_of(text: str) -> Kind:
    """What kind of note a text looks like."""
    if re.search(r"\\documentclass|\\begin\{document\}", text) and not text.lstrip().startswith(
        "{"
    ):
        return "latex"
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        from . import notebook

        if notebook.looks_like_one(text):
            return "notebook"
    if "<" in text:
        from . import webpage

        if webpage.looks_like_one(text):
            return "html"
    if "math::" in text or ":math:`" in text:
        return "rst"
    return "markdown" if has_markup(text) else "text"


def pieces_of(text: str, kind: Kind) -> list[Piece]:
    """The readable stretches of a file. Raises NoteError for a notebook that is none."""
    if kind == "notebook":
        from . import notebook

        return notebook.pieces(text)
    if kind == "html":
        from . import webpage

        return webpage.pieces(text)
    return [Piece("markdown" if kind == "auto" else kind, text, 0, len(text))]


class _Reading:
    """One pass over one text."""

    def __init__(self, text: str, kind: Kind, file: str) -> None:
        self.note = Document(text, file, kind)
        self.places = self.note.places
        self.macros = Macros()
        self.prose: list[str] = []
        self.size = 0
        self.count = 0
        self.overflowed = False

    def run(self) -> Document:
        note = self.note
        try:
            note.pieces = pieces_of(note.text, note.kind)
        except NoteError as error:
            raise error.located(file=note.file, text=note.text) from None
        for piece in note.pieces:
            if piece.role == "text":
                self.plain(piece)
            else:
                self.markup(piece)
        note.prose = "\n".join(self.prose)
        note.language = _language(note.prose)
        return note

    def span(self, piece: Piece, start: int, end: int) -> Span:
        return self.places.span(*piece.outer(start, end))

    def report(self, error: NoteError, *, broken: bool) -> None:
        error.file = self.note.file
        if error.span:
            start = self.places.starts[error.span.line - 1]
            end = self.note.text.find("\n", start)
            error.source = self.note.text[start : end if end >= 0 else None].rstrip("\r")
        (self.note.broken if broken else self.note.unread).append(error)

    def trouble(self, piece: Piece, trouble: Trouble, base: int = 0) -> NoteError:
        return trouble.error(self.span(piece, base + trouble.start, base + trouble.end))

    def full(self, length: int, piece: Piece, start: int) -> bool:
        """Whether the note has more formula text than one can have; said once."""
        self.size += length
        self.count += 1
        if self.size <= MAX_FORMULAS and self.count <= MAX_COUNT:
            return False
        if not self.overflowed:
            self.overflowed = True
            what = f"the note has more than 5 MB of formulas, or more than {MAX_COUNT} of them"
            trouble = Trouble(what, start, start, "split the note")
            self.report(self.trouble(piece, trouble), broken=True)
        return True

    # text with markup ----------------------------------------------------------------------------
    def markup(self, piece: Piece) -> None:
        text = without_comments(piece.text) if piece.role == "latex" else piece.text
        skip = 0
        for block in blocks_of(piece, text):
            if block.start < skip and block.role != "prose":
                continue
            if block.role == "prose":
                if block.end > skip:
                    start = max(block.start, skip)
                    self.prose.append(prose_of(piece, text[start : block.end]))
                    self.typed(piece, start, block.end)
            elif block.role == "typed":
                self.typed(piece, block.start, block.end, fenced=True)
            elif block.role == "define":
                skip = self.define(piece, text, block.start)
            elif block.role == "unclosed":
                closes = block.what.startswith("\\end")
                what = f"`{block.what}` {'closes nothing' if closes else 'is never closed'}"
                hint = "take it out or open it" if closes else "close it"
                trouble = Trouble(what, block.start, block.end, hint, True)
                self.report(self.trouble(piece, trouble), broken=True)
            else:
                self.formula(piece, text, block)

    def define(self, piece: Piece, text: str, start: int) -> int:
        try:
            return self.macros.define(text, start)
        except Trouble as trouble:
            self.report(self.trouble(piece, trouble), broken=True)
            return trouble.end

    def formula(self, piece: Piece, text: str, block: Block) -> None:
        body = text[block.start : block.end]
        strict = block.role == "display" or piece.role == "latex"
        if not body.strip() or self.full(len(body), piece, block.start):
            return
        line = text[text.rfind("\n", 0, block.start) + 1 : block.start]
        if piece.role == "markdown" and "\n" in body and line.lstrip().startswith(">"):
            body = _QUOTE.sub(lambda m: " " * len(m[0]), body)
        if piece.role == "markdown" and r"\\{" in body and r"\\}" in body:
            body = _ESCAPED_BRACE.sub(r" \\\1", body)
        if piece.role == "html":
            from .webpage import underscores

            body = underscores(body)
        at = 0
        try:
            while found := DEFINITION.search(body, at):
                at = self.macros.define(body, found.start())
                body = body[: found.start()] + " " * (at - found.start()) + body[at:]
            expanded, origin = self.macros.expand(body)
        except Trouble as trouble:
            self.report(self.trouble(piece, trouble, block.start), broken=strict)
            return
        place = self.placing(piece, block.start, origin)
        found, errors = read_rows(expanded, display=block.role == "display", place=place)
        self.note.statements += found
        for error in errors:
            self.report(error, broken=strict and isinstance(error, Malformed))

    def placing(self, piece: Piece, base: int, origin: Origin | None) -> Place:
        def plainly(start: int, end: int) -> Span:
            return self.span(piece, base + start, base + end)

        if origin is None:
            return plainly
        starts, ends = origin

        def expanded(start: int, end: int) -> Span:
            if start >= end:
                return plainly(starts[start], starts[start])
            return plainly(min(starts[start:end]), max(ends[start:end]))

        return expanded

    def typed(self, piece: Piece, start: int, end: int, *, fenced: bool = False) -> None:
        """Formulas without delimiters, as far as they can be read: see unmarked.py."""
        if piece.role != "markdown" or "=" not in piece.text[start:end]:
            return
        from .unmarked import unmarked

        for found in unmarked(piece.text, start, end, fenced=fenced):
            if self.full(found.end - found.start, piece, found.start):
                return
            place = self.placing(piece, 0 if found.origin else found.start, found.origin)
            read, errors = read_rows(
                found.formula, display=found.display, place=place, style=found.style
            )
            if not errors:
                self.note.statements += [replace(s, typed=True) for s in read]

    # plain text ----------------------------------------------------------------------------------
    def plain(self, piece: Piece) -> None:
        for line in lines(piece.text):
            if not line.text.strip():
                continue
            if not line.formula:
                self.prose.append(line.text)
                continue
            if self.full(len(line.text), piece, line.start):
                return
            place = self.placing(piece, line.start, None)
            found, errors = read_rows(line.text, display=True, place=place, style=line.style)
            self.note.statements += found
            for error in errors:
                self.report(error, broken=True)


def blocks_of(piece: Piece, text: str) -> Iterator[Block]:
    """Formulas and prose of a stretch; `text` is its text without comments."""
    role = piece.role
    if role == "rst":
        from . import rst

        return rst.blocks(text)
    if role in ("display", "inline"):
        return iter([Block(role, 0, len(text))])
    return blocks(text, role if role in ("html", "latex") else "markdown")


def prose_of(piece: Piece, text: str) -> str:
    """Prose as a reader sees it."""
    if piece.role != "html":
        return text
    from .webpage import without

    return without(text)


def _language(prose: str) -> Literal["ko", "en"]:
    """Korean when a good share of the letters is Hangul; lectures mix in many English words."""
    sample = prose[:200_000]
    hangul = len(re.findall(r"[\uac00-\ud7a3]", sample))
    letters = len(re.findall(r"[^\W\d_]", sample))
    return "ko" if hangul and hangul >= 0.1 * letters else "en"
