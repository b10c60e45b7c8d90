"""One door to all forms that a derivation leaves the house in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, overload

from ..calculus.step import Derivation
from ..errors import BackproofError
from ..show.files import save
from ..show.pages import Detail
from ..show.story import story

Format = Literal["text", "markdown", "latex", "json", "pdf", "notebook", "html"]
Layout = Literal["article", "slides"]
#: Each form, and how the name of a file of this form ends.
SUFFIXES: dict[Format, str] = {
    "html": ".html",
    "pdf": ".pdf",
    "notebook": ".ipynb",
    "markdown": ".md",
    "latex": ".tex",
    "json": ".json",
    "text": ".txt",
}
#: What can be set as slides as well.
PROJECTED: tuple[Format, ...] = ("html", "pdf", "latex")


@overload
def render(
    derivation: Derivation,
    format: Literal["text", "markdown", "latex", "json", "notebook", "html"] = "text",
    *,
    language: str | None = None,
    detail: Detail = "standard",
    layout: Layout = "article",
) -> str: ...


@overload
def render(
    derivation: Derivation,
    format: Literal["pdf"],
    *,
    language: str | None = None,
    detail: Detail = "standard",
    layout: Layout = "article",
) -> bytes: ...


@overload
def render(
    derivation: Derivation,
    format: Format,
    *,
    language: str | None = None,
    detail: Detail = "standard",
    layout: Layout = "article",
) -> str | bytes: ...


def render(
    derivation: Derivation,
    format: Format = "text",
    *,
    language: str | None = None,
    detail: Detail = "standard",
    layout: Layout = "article",
) -> str | bytes:
    """The derivation as a string: `text` (80 columns), `markdown`, `latex`, `json`, `html` (a deck
    of slides) or `notebook` (Jupyter's, with cells that test every gradient); or as bytes: `pdf`.

    `language` is by default the note's own. `json` always holds every step, whatever the detail;
    a deck has every language and every detail, and opens in these. `layout` is `article` or, for
    `pdf` and `latex`, `slides`.

    Raises BackproofError for a format, a language, a detail or a layout that there is not, and for
    `pdf` and `html` where what makes them is missing; RefusedError for what a notebook's program
    cannot say.
    """
    check_layout(format, layout)
    if format == "html":
        from .deck import deck

        return deck(derivation, language=language, detail=detail)
    told = story(derivation, language=language, detail=detail)
    if format == "json":
        from ..show.json import json

        return json(derivation, told.language)
    if format == "markdown":
        from ..show.markdown import markdown

        return markdown(told)
    if format == "latex":
        if layout == "slides":
            from ..show.beamer import beamer

            return beamer(told)
        from ..show.tex import tex

        return tex(told)
    if format == "notebook":
        from .notebook import notebook

        return notebook(derivation, told)
    if format == "pdf":
        from .pdf import pdf

        return pdf(told, layout)
    from ..show.terminal import terminal

    return terminal(told)


def check_layout(format: Format, layout: Layout) -> None:
    """Raises BackproofError for a format that there is not, and for one without this layout."""
    if format not in SUFFIXES:
        raise BackproofError(
            f"there is no format {format!r}", hint=f"choose from {', '.join(SUFFIXES)}"
        )
    if layout not in ("article", "slides"):
        raise BackproofError(f"there is no layout {layout!r}", hint="choose from article, slides")
    if layout == "slides" and format not in PROJECTED:
        endings = " or ".join(SUFFIXES[f] for f in PROJECTED)
        raise BackproofError(
            f"there are no slides in the format {format!r}", hint=f"slides are made as {endings}"
        )


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
    layout: Layout = "article",
) -> None:
    """Write the derivation to a file in the form that its name asks for, whole or not at all.

    Raises BackproofError for what `render` refuses, and where the file cannot be written.
    """
    format = format_of(str(path))
    save(path, render(derivation, format, language=language, detail=detail, layout=layout))
