"""Which files are notes, and their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from ..errors import NoteError, Span

Kind = Literal["auto", "markdown", "latex", "text", "notebook", "rst", "html"]

MAX_FILE = 20_000_000
#: `.text` is a name for Markdown as well as for plain text: its content tells.
SUFFIXES: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".mkd": "markdown",
    ".rmd": "markdown",
    ".jmd": "markdown",
    ".qmd": "markdown",
    ".tex": "latex",
    ".ltx": "latex",
    ".latex": "latex",
    ".rnw": "latex",
    ".snw": "latex",
    ".txt": "text",
    ".text": "auto",
    ".ipynb": "notebook",
    ".rst": "rst",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
#: Folders that hold what others wrote, or what a program made; hidden ones are left out anyway.
_LEFT_OUT = frozenset(
    (
        "node_modules site-packages __pycache__ venv env virtualenv build dist target _build _site "
        "htmlcov"
    ).split()
)


def notes_in(paths: Iterable[str | Path]) -> list[Path]:
    """The notes that these files and folders name, each once, in order.

    A file that is named is taken whatever its suffix; a folder gives the notes in it and in its
    folders, sorted. Raises NoteError for a path that is not there and for a folder without notes.
    """
    out: dict[Path, None] = {}
    for path in map(Path, paths):
        try:
            folder = path.is_dir()
            there = folder or path.exists()
        except (OSError, ValueError):
            folder = there = False
        if not there:
            raise NoteError(
                "there is no such file or folder", hint="check the name", file=str(path)
            )
        found = list(_walk(path)) if folder else [path]
        if not found:
            raise NoteError(
                "there are no notes in this folder",
                hint="notes are " + ", ".join(sorted(SUFFIXES)),
                file=str(path),
            )
        out.update(dict.fromkeys(found))
    return list(out)


def _walk(folder: Path) -> Iterator[Path]:
    seen: set[Path] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            real = here.resolve()
            entries = [] if real in seen else sorted(here.iterdir())
        except (OSError, RuntimeError):  # not allowed in, or a link to itself
            continue
        seen.add(real)
        folders: list[Path] = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if entry.name not in _LEFT_OUT and not (entry / "pyvenv.cfg").exists():
                    folders.append(entry)
            elif entry.suffix.lower() in SUFFIXES and entry.is_file():
                yield entry
        waiting += reversed(folders)


def text_of(path: Path) -> str:
    """The text of a file. Raises NoteError for a folder and a missing, empty, binary or huge
    file."""
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
    return _decoded(data, name)


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
