"""Notes on the command line: a file or standard input, and names of quantities."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..calculus.step import Derivation


def names(given: Iterable[str]) -> list[str]:
    """Names, however they were separated."""
    return [name for words in given for name in words.replace(",", " ").split()]


def derived(note: str, wanted: list[str]) -> Derivation:
    """The derivation of a note; `-` stands for standard input."""
    from ..calculus.derive import derive as derive_model
    from ..notation import parse, read

    model = parse(_standard_input(), "standard input") if note == "-" else read(note)
    return derive_model(model, wanted or None)


def _standard_input() -> str:
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
    return text
