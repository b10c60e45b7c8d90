"""Notes on the command line: a file or standard input, and names of quantities."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..calculus.step import Derivation
    from ..expr.model import Model


def names(given: Iterable[str]) -> list[str]:
    """Names, however they were separated."""
    return [name for words in given for name in words.replace(",", " ").split()]


def check_output(note: str, output: str | None) -> None:
    """Raises BackproofError where nothing can be written, or the note would be replaced."""
    from ..learn.jobs.place import check_place

    if output is not None:
        check_place(Path(output), Path(note))


def derived(note: str, wanted: list[str], given: str | None = None) -> Derivation:
    """The derivation of a note; `-` stands for standard input, or for what was `given` there."""
    from ..calculus.derive import derive as derive_model

    return derive_model(model_of(note, given), wanted or None)


def model_of(note: str, given: str | None = None) -> Model:
    """The model of a note; `-` stands for standard input, or for what was `given` there."""
    from ..notation import parse, read

    if note == "-":
        return parse(given if given is not None else standard_input()[0], "standard input")
    return read(note)


def standard_input() -> tuple[str, bytes]:
    """All of it, as text and as it came. Raises NoteError for what is no text."""
    from ..errors import NoteError

    data = sys.stdin.buffer.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoteError("standard input is not UTF-8", hint="convert the note to it") from None
    if "\0" in text:
        raise NoteError("standard input is binary, not a note", hint="give a text")
    if not text.strip():
        raise NoteError("standard input is empty", hint="write the equations of a network into it")
    return text, data
