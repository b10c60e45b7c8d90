"""`backproof quiz`: exercises about the network in a note."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .choices import LANGUAGES
from .notes import check_output, derived, names


@click.command("quiz", short_help="Make exercises from a note, and their key.")
@click.argument("note", metavar="NOTE")
@click.argument("more", metavar="", nargs=-1)
@click.option(
    "--wrt", metavar="NAME ...", multiple=True, help="By what.  [default: all parameters]"
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="Write the questions to a .html, .tex or .ipynb file.",
)
@click.option("--key", metavar="FILE", help="Write the key for the teacher to another such file.")
@click.option(
    "--questions", metavar="N", type=click.IntRange(1, 200), help="How many.  [default: 10]"
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another one, another choice.")
@click.option("--lang", type=LANGUAGES, help="In which language.  [default: the note's own]")
def command(  # noqa: PLR0917 (click hands over by keyword)
    note: str,
    more: tuple[str, ...],
    wrt: tuple[str, ...],
    output: str,
    key: str | None,
    questions: int | None,
    seed: int,
    lang: str | None,
) -> None:
    """Make exercises about the gradients of the network in NOTE.

    A page (.html) checks answers as they are typed, a notebook (.ipynb) by numbers; a sheet (.tex)
    has room to write. NOTE may be - to read standard input.
    """
    wanted = names((*wrt, *more))
    if more and not wrt:
        raise click.UsageError(f"one note at a time, and what is {more[0]!r}? Names follow --wrt.")
    from ..publish.quiz.files import check_form

    for file in (output, key):
        if file is not None:
            check_form(file)
            check_output(note, file)
    if key is not None and Path(key).resolve() == Path(output).resolve():
        raise click.UsageError("the key and the questions need a file each")
    from ..publish.quiz.files import publish_quiz

    made = publish_quiz(
        derived(note, wanted),
        Path(output),
        key=None if key is None else Path(key),
        questions=questions,
        seed=seed,
        language=lang,
    )
    from ..show.screen import write
    from ..words import say

    said = {"count": len(made.questions), "file": output, "answers": key}
    sentence = "quiz.written" if key is None else "quiz.written with key"
    write(f"{say(sentence, made.language, **said)}\n", sys.stdout)
