"""`backproof demo`: the whole job on a bundled note."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .choices import LANGUAGES

if TYPE_CHECKING:
    from ..expr.model import Model


@click.command("demo", short_help="Run the whole job on a bundled note.")
@click.option("-o", "--output", metavar="FOLDER", default="backproof-demo", show_default=True)
@click.option("--lang", type=LANGUAGES, default="en", show_default=True)
def command(output: str, lang: str) -> None:
    """Read, derive, prove and train the bundled two-layer note; leave everything in FOLDER."""
    from ..publish.demo import demo

    demo(Path(output), lang, lambda model: _trained(model, lang))


def _trained(model: Model, language: str) -> str:
    """A sentence about a training on the breast cancer table, or about what that needs."""
    from ..words import say

    try:
        from ..learn.jobs.demo import train_on_breast_cancer

        trained = train_on_breast_cancer(model)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        return say("demo.untrained", language, missing=_NAMES.get(missing, missing))
    return say(
        "demo.trained",
        language,
        accuracy=f"{trained.accuracy:.1%}",
        held_out=trained.held_out,
        epochs=trained.epochs,
        rows=trained.rows,
        seconds=f"{trained.seconds:.2f}",
    )


_NAMES = {"numpy": "NumPy", "sklearn": "scikit-learn"}
