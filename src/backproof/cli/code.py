"""`backproof code`: the loss and gradients of a note as source text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .notes import check_output, derived, names

if TYPE_CHECKING:
    from ..code.compiled import Target

_TARGETS = click.Choice(["numpy", "numba", "jax", "torch", "c", "javascript"])


@click.command("code", short_help="Write the gradients of a note as a program.")
@click.argument("note", metavar="NOTE")
@click.option(
    "--target", type=_TARGETS, default="numpy", show_default=True, help="In which language."
)
@click.option("--wrt", metavar="NAMES", multiple=True, help="By what.  [default: all parameters]")
@click.option("-o", "--output", metavar="FILE", help="Write to a file.  [default: print]")
def command(note: str, target: Target, wrt: tuple[str, ...], output: str | None) -> None:
    """Write the loss and the gradients of the network in NOTE as a program of its own.

    The program needs nothing of backproof. NOTE may be - to read standard input.
    """
    from ..code.compiled import emit

    check_output(note, output)
    text = emit(derived(note, names(wrt)), target)
    if output is None:
        from ..show.screen import write

        write(text, sys.stdout)
        return
    from ..show.files import save

    save(Path(output), text)
