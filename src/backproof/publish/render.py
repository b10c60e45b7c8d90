"""One door to all forms that a derivation leaves the house in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ..calculus.step import Derivation
from ..errors import BackproofError
from ..show.files import save
from ..show.pages import Detail
from ..show.story import story

Format = Literal["text", "markdown", "latex", "json"]
#: Each form, and how the name of a file of this form ends.
SUFFIXES: dict[Format, str] = {
    "markdown": ".md",
    "latex": ".tex",
    "json": ".json",
    "text": ".txt",
}


def render(
    derivation: Derivation,
    format: Format = "text",
    *,
    language: str | None = None,
    detail: Detail = "standard",
) -> str:
    """The derivation as a string: `text` (80 columns), `markdown`, `latex` or `json`.

    `language` is by default the note's own. `json` always holds every step, whatever the detail.

    Raises BackproofError for a format, a language or a detail that there is not.
    """
    if format not in SUFFIXES:
        raise BackproofError(
            f"there is no format {format!r}", hint=f"choose from {', '.join(SUFFIXES)}"
        )
    told = story(derivation, language=language, detail=detail)
    if format == "json":
        from ..show.json import json

        return json(derivation, told.language)
    if format == "markdown":
        from ..show.markdown import markdown

        return markdown(told)
    if format == "latex":
        from ..show.tex import tex

        return tex(told)
    from ..show.terminal import terminal

    return terminal(told)


def format_of(path: str) -> Format:
    """The form that the name of a file asks for. Raises BackproofError for an unknown ending."""
    suffix = Path(path).suffix.lower()
    for format, ending in SUFFIXES.items():
        if suffix == ending:
            return format
    endings = ", ".join(SUFFIXES.values())
    raise BackproofError(f"the format of {path!r} is not known", hint=f"end its name in {endings}")


def publish(
    derivation: Derivation,
    path: Path,
    *,
    language: str | None = None,
    detail: Detail = "standard",
) -> None:
    """Write the derivation to a file in the form that its name asks for, whole or not at all.

    Raises BackproofError for what `render` refuses, and where the file cannot be written.
    """
    format = format_of(str(path))
    save(path, render(derivation, format, language=language, detail=detail))
