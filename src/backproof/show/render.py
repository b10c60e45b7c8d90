"""One door to all printers."""

from __future__ import annotations

from typing import Literal

from ..calculus.step import Derivation
from ..errors import BackproofError
from .pages import Detail
from .story import story

Format = Literal["text", "markdown", "latex", "json"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "latex", "json")


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
    if format not in FORMATS:
        raise BackproofError(
            f"there is no format {format!r}", hint=f"choose from {', '.join(FORMATS)}"
        )
    told = story(derivation, language=language, detail=detail)
    if format == "json":
        from .json import json

        return json(derivation, told.language)
    if format == "markdown":
        from .markdown import markdown

        return markdown(told)
    if format == "latex":
        from .tex import tex

        return tex(told)
    from .terminal import terminal

    return terminal(told)
