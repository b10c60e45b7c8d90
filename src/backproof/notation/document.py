"""A note -> its statements, with the place of each; what can't be read is listed, not raised.

Markdown, LaTeX and plain text. `read_document` reads a file, `document` a string.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..errors import NoteError, Span
from .containers import Block, blocks, has_markup, without_comments
from .macros import DEFINITION, Macros
from .plain import lines
from .reader import read_rows
from .syntax import Statement
from .tokens import Malformed, Trouble

Kind = Literal["auto", "markdown", "latex", "text"]

#: More formula text than this is a data file, not a note.
MAX_FORMULAS = 5_000_000
MAX_COUNT = 50_000
MAX_FILE = 20_000_000
_SUFFIXES: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".tex": "latex",
    ".ltx": "latex",
    ".txt": "text",
}
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


@dataclass(slots=True)
class Document:
    r"""What a note holds.

    `broken` are the places where the text is malformed (an open brace, `\left` without `\right`),
    `unread` those that are well formed and not understood (an unknown command). `prose` is the text
    around the formulas, `language` the one it is written in.
    """

    text: str
    file: str = ""
    kind: Kind = "markdown"
    statements: list[Statement] = field(default_factory=list[Statement])
    unread: list[NoteError] = field(default_factory=list[NoteError])
    broken: list[NoteError] = field(default_factory=list[NoteError])
    prose: str = ""
    language: Literal["ko", "en"] = "en"


def document(text: str, kind: Kind = "auto", file: str = "") -> Document:
    """Read a note from a string.

    >>> note = document("The model is $$z = Wx + b$$ and nothing else.")
    >>> [(s.span.line, s.span.column, s.display) for s in note.statements]
    [(1, 16, True)]
    """
    return _Reading(text, kind, file).run()


def read_document(path: str | Path, kind: Kind = "auto") -> Document:
    """Read a note from a file; its suffix tells its kind (.md, .tex, .txt), else its content does.

    Raises NoteError for what is no text: a folder, a missing, empty, binary or huge file.
    """
    path = Path(path)
    name = str(path)
    try:
        if path.is_dir():
            raise NoteError("this is a folder", hint="name a file in it", file=name)
        size = path.stat().st_size
        if size > MAX_FILE:
            raise NoteError(
                f"this file is too large ({size / 1e6:.0f} MB)", hint="split the note", file=name
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise NoteError(
            "there is no such file", hint="check the name and the folder", file=name
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NoteError(
            f"the file can't be opened: {reason}", hint="check its permissions", file=name
        ) from None
    return document(
        _decoded(data, name),
        _SUFFIXES.get(path.suffix.lower(), kind) if kind == "auto" else kind,
        name,
    )


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoteError("the file is UTF-16, not UTF-8", hint="save it as UTF-8", file=name)
    if b"\0" in data[:8192]:
        raise NoteError(
            "this is a binary file, not a note", hint="give a .md, .tex or .txt file", file=name
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise NoteError(
            "the file is not UTF-8",
            hint="save it as UTF-8",
            file=name,
            span=Span(line, column, line, column + 1),
        ) from None
    if not text.strip():
        raise NoteError(
            "the file is empty", hint="write the equations of a network into it", file=name
        )
    return text


class _Reading:
    """One pass over one text."""

    def __init__(self, text: str, kind: Kind, file: str) -> None:
        if kind == "auto":
            kind = "latex" if re.search(r"\\documentclass|\\begin\{document\}", text) else "auto"
        if kind == "auto":
            kind = "markdown" if has_markup(text) else "text"
        self.note = Document(text, file, kind)
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.macros = Macros()
        self.prose: list[str] = []
        self.size = 0
        self.count = 0
        self.overflowed = False

    def run(self) -> Document:
        note = self.note
        if note.kind == "text":
            self.plain()
        else:
            self.markup()
        note.prose = "\n".join(self.prose)
        note.language = _language(note.prose)
        return note

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def report(self, error: NoteError, *, broken: bool) -> None:
        error.file = self.note.file
        if error.span:
            start = self.starts[error.span.line - 1]
            end = self.note.text.find("\n", start)
            error.source = self.note.text[start : end if end >= 0 else None].rstrip("\r")
        (self.note.broken if broken else self.note.unread).append(error)

    def trouble(self, trouble: Trouble, base: int = 0) -> NoteError:
        start, end = base + trouble.start, base + trouble.end
        return trouble.error(Span(*self.place(start), *self.place(end)))

    def full(self, length: int, start: int) -> bool:
        """Whether the note has more formula text than one can have; said once."""
        self.size += length
        self.count += 1
        if self.size <= MAX_FORMULAS and self.count <= MAX_COUNT:
            return False
        if not self.overflowed:
            self.overflowed = True
            what = f"the note has more than 5 MB of formulas, or more than {MAX_COUNT} of them"
            self.report(self.trouble(Trouble(what, start, start, "split the note")), broken=True)
        return True

    # Markdown and LaTeX --------------------------------------------------------------------------
    def markup(self) -> None:
        latex = self.note.kind == "latex"
        text = without_comments(self.note.text) if latex else self.note.text
        skip = 0
        for block in blocks(text, latex):
            if block.start < skip and block.role != "prose":
                continue
            if block.role == "prose":
                if block.end > skip:
                    self.prose.append(text[max(block.start, skip) : block.end])
            elif block.role == "define":
                skip = self.define(text, block.start)
            elif block.role == "unclosed":
                closes = block.what.startswith("\\end")
                what = f"`{block.what}` {'closes nothing' if closes else 'is never closed'}"
                hint = "take it out or open it" if closes else "close it"
                self.report(
                    self.trouble(Trouble(what, block.start, block.end, hint, True)), broken=True
                )
            else:
                self.formula(text, block, latex)

    def define(self, text: str, start: int) -> int:
        try:
            return self.macros.define(text, start)
        except Trouble as trouble:
            self.report(self.trouble(trouble), broken=True)
            return trouble.end

    def formula(self, text: str, block: Block, latex: bool) -> None:
        body = text[block.start : block.end]
        display = block.role == "display"
        if not body.strip():
            return
        if self.full(len(body), block.start):
            return
        line = self.note.text[self.starts[self.place(block.start)[0] - 1] : block.start]
        if not latex and "\n" in body and line.lstrip().startswith(">"):
            body = _QUOTE.sub(lambda m: " " * len(m[0]), body)
        at = 0
        try:
            while found := DEFINITION.search(body, at):
                at = self.macros.define(body, found.start())
                body = body[: found.start()] + " " * (at - found.start()) + body[at:]
            expanded, origin = self.macros.expand(body)
        except Trouble as trouble:
            self.report(self.trouble(trouble, block.start), broken=display or latex)
            return
        self.read(expanded, origin, block.start, display=display, strict=display or latex)

    def read(
        self, text: str, origin: list[int] | None, base: int, *, display: bool, strict: bool
    ) -> None:
        if origin is None and "\n" not in text:
            line, column = self.place(base)

            def place(offset: int) -> tuple[int, int]:
                return line, column + offset
        elif origin is None:

            def place(offset: int) -> tuple[int, int]:
                return self.place(base + offset)
        else:

            def place(offset: int) -> tuple[int, int]:
                return self.place(base + origin[min(offset, len(origin) - 1)])

        found, errors = read_rows(text, display=display, place=place)
        self.note.statements += found
        for error in errors:
            self.report(error, broken=strict and isinstance(error, Malformed))

    # plain text ----------------------------------------------------------------------------------
    def plain(self) -> None:
        for line in lines(self.note.text):
            if not line.text.strip():
                continue
            if not line.formula:
                self.prose.append(line.text)
                continue
            if self.full(len(line.text), line.start):
                return

            def place(offset: int, start: int = line.start) -> tuple[int, int]:
                return self.place(start + offset)

            found, errors = read_rows(line.text, display=True, place=place, style=line.style)
            self.note.statements += found
            for error in errors:
                self.report(error, broken=True)


def _language(prose: str) -> Literal["ko", "en"]:
    """Korean when a good share of the letters is Hangul; lectures mix in many English words."""
    sample = prose[:200_000]
    hangul = len(re.findall(r"[\uac00-\ud7a3]", sample))
    letters = len(re.findall(r"[^\W\d_]", sample))
    return "ko" if hangul and hangul >= 0.1 * letters else "en"
