"""`backproof derive`: the gradients of the network in a note."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .choices import LANGUAGES
from .notes import check_output, derived, names, standard_input

if TYPE_CHECKING:
    from ..publish.render import Layout
    from ..show.pages import Detail

_DETAILS = click.Choice(["outline", "standard", "full"])


@click.command("derive", short_help="Derive the gradients of the network in a note.")
@click.argument("note", metavar="NOTE")
@click.argument("more", metavar="", nargs=-1)
@click.option(
    "--wrt", metavar="NAME ...", multiple=True, help="By what.  [default: all parameters]"
)
@click.option("--lang", type=LANGUAGES, help="In which language.  [default: the note's own]")
@click.option("--detail", type=_DETAILS, default="standard", show_default=True, help="How much.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write to a .html, .pdf, .tex, .md, .ipynb, .json or .txt file.",
)
@click.option(
    "--as",
    "layout",
    type=click.Choice(["article", "slides"]),
    default="article",
    show_default=True,
    help="How a .pdf or .tex file is laid out.",
)
def command(  # noqa: PLR0917 (click hands over by keyword)
    note: str,
    more: tuple[str, ...],
    wrt: tuple[str, ...],
    lang: str | None,
    detail: Detail,
    output: str | None,
    layout: Layout,
) -> None:
    """Derive the gradients of the network in NOTE, a Markdown, LaTeX or text file.

    NOTE may be - to read standard input.
    """
    wanted = names((*wrt, *more))
    if more and not wrt:
        raise click.UsageError(f"one note at a time, and what is {more[0]!r}? Names follow --wrt.")
    if output is not None:
        from ..publish.render import check_layout, format_of

        check_layout(format_of(output), layout)
    elif layout == "slides":
        raise click.UsageError("Slides are written to a file: name it with -o deck.pdf.")
    check_output(note, output)
    text = standard_input()[0] if note == "-" else None
    derivation = derived(note, wanted, text)
    if output is None:
        from ..show.screen import show
        from ..show.story import story

        show(story(derivation, language=lang, detail=detail))
    else:
        from ..publish.render import publish

        publish(derivation, Path(output), language=lang, detail=detail, layout=layout)
    _mention_mistakes(note, text, lang)


def _mention_mistakes(note: str, text: str | None, language: str | None) -> None:
    """Say on standard error how many lines of the note do not hold."""
    try:
        from ..check.check import check

        [file] = check(text or Path(note)).files
    except Exception:  # the derivation, which was asked for, is there
        return
    wrong = file.counts["wrong"]
    if not wrong:
        return
    from ..show.screen import write
    from ..words import say

    key = "derive one" if wrong == 1 else "derive"
    said = say(f"check.part.{key}", language or file.language, count=wrong, note=note)
    write(f"{said}\n", sys.stderr)
