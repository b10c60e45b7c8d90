"""`backproof demo`: the whole job on a bundled note."""

from __future__ import annotations

from pathlib import Path

import click

from .choices import LANGUAGES


@click.command("demo", short_help="Run the whole job on a bundled note.")
@click.option("-o", "--output", metavar="FOLDER", default="backproof-demo", show_default=True)
@click.option("--lang", type=LANGUAGES, default="en", show_default=True)
def command(output: str, lang: str) -> None:
    """Read, derive, prove and train the bundled two-layer note; leave everything in FOLDER."""
    from ..show.demo import demo

    demo(Path(output), lang)
