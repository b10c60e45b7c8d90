"""`backproof draw`: the network of a note as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .choices import LANGUAGES
from .notes import check_output, model_of, names

if TYPE_CHECKING:
    from ..show.diagram.colours import Theme

_THEMES = click.Choice(["auto", "light", "dark"])


@click.command("draw", short_help="Draw the network of a note.")
@click.argument("note", metavar="NOTE")
@click.option(
    "--lit", metavar="NAMES", multiple=True, help="Light these: --lit 'L a2 z2 W2' a path back."
)
@click.option(
    "--width",
    metavar="PIXELS",
    type=click.IntRange(120, 16384),
    help="How wide at most; below 560 it runs downwards.",
)
@click.option("--theme", type=_THEMES, default="auto", help="Which colours.  [default: auto]")
@click.option("--lang", type=LANGUAGES, help="In which language.  [default: the note's own]")
@click.option("-o", "--output", metavar="FILE", help="Write to a .svg or .png file.")
def command(  # noqa: PLR0917 (click hands over by keyword)
    note: str,
    lit: tuple[str, ...],
    width: int | None,
    theme: str,
    lang: str | None,
    output: str | None,
) -> None:
    """Draw the network in NOTE, a Markdown, LaTeX or text file.

    Without -o the picture is printed, as an SVG. Its colours follow the reader's system (auto: in a
    PNG they are light) and the custom properties --ink, --paper, --accent and --faint of a page.
    NOTE may be - to read standard input.
    """
    from ..publish.picture import draw, format_of

    suffix = ".svg" if output is None else format_of(output)
    check_output(note, output)
    chosen: Theme = "light" if theme == "light" else "dark" if theme == "dark" else "page"
    model = model_of(note)
    picture = draw(model, suffix, lit=names(lit), width=width, language=lang, theme=chosen)
    if output is None:
        from ..show.screen import write

        write(picture.decode("utf-8"), sys.stdout)
        return
    from ..show.files import replacing

    with replacing(Path(output)) as held:
        held.write_bytes(picture)
