"""Getting a text onto whatever standard output is: its width, its colours, its characters."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TextIO

from .pages import Story
from .terminal import STYLES, Row, plain, rows, styled

WIDEST = 110

_PLAIN = {
    "∂": "d", "Σ": "Sum", "σ": "sigma", "δ": "delta", "λ": "lambda", "⊙": "(*)", "∘": "(*)",
    "·": "*", "×": "x", "−": "-", "→": "->", "≤": "<=", "≥": ">=", "√": "sqrt", "‖": "||", "′": "'",
    "│": "|", "─": "-", "═": "=", "𝟏": "1", "ᵀ": "^T", "…": "...", "⋯": "...", "“": '"', "”": '"',
}  # fmt: skip


def screen_width() -> int:
    """The columns to print in: those of the terminal, 80 where there is none."""
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, WIDEST))


def wants_colour(file: TextIO) -> bool:
    """Whether colours are welcome: on a terminal that can show them, unless NO_COLOR is set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return file.isatty()


def show(story: Story) -> None:
    """Print a story on the screen, or into whatever standard output is."""
    width = screen_width()
    draw(rows(story, width), width, STYLES)


def draw(page: Iterable[Row], width: int, styles: Mapping[str, str]) -> None:
    """Print rows on the screen, in colours if it wants them; `styles` are rich's, by name."""
    file = sys.stdout
    if file is None:
        return
    if not wants_colour(file):
        write(plain(page), file)
        return
    from rich.console import Console

    held = StringIO()
    console = Console(file=held, width=width, force_terminal=True, highlight=False)
    for row in page:
        console.print(styled(row, styles), soft_wrap=True)
    write(held.getvalue(), file)


def write(text: str, file: TextIO | None) -> None:
    """Write a text, with stand-ins for characters that the file cannot take; None takes nothing."""
    if file is not None:
        file.write(encodable(text, file.encoding or "utf-8"))


def encodable(text: str, encoding: str) -> str:
    """The text with stand-ins for what an encoding does not have.

    >>> encodable("∂L/∂a⁽²⁾ = (a⁽²⁾ − y) Xᵀ", "ascii")
    'dL/da(2) = (a(2) - y) X^T'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_stand_in(c, encoding) for c in text)
    except LookupError:
        return encodable(text, "ascii")
    return text


def _stand_in(character: str, encoding: str) -> str:
    for candidate in (character, _PLAIN.get(character), unicodedata.normalize("NFKD", character)):
        if candidate is None:
            continue
        plain = candidate
        if candidate != character:
            plain = "".join(_PLAIN.get(c, c) for c in candidate)
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        try:
            plain.encode(encoding)
        except UnicodeEncodeError:
            continue
        if plain:
            return plain
    return "?"
