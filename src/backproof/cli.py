"""The command line: `backproof derive` and `backproof demo`.

Nothing heavy is imported before a command needs it, so that `--help` is instant.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .calculus.step import Derivation
    from .show.pages import Detail
    from .show.render import Format

_FORMATS: dict[str, Format] = {
    ".md": "markdown",
    ".tex": "latex",
    ".json": "json",
    ".txt": "text",
}
_LANGUAGES = click.Choice(["en", "ko"])
_DETAILS = click.Choice(["outline", "standard", "full"])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is returned.

    0: done; 1: the reader of the output went away; 2: something in the input or the command is
    wrong; 70: an error in backproof itself; 130: interrupted.
    """
    from .errors import BackproofError

    try:
        commands.main(arguments, prog_name="backproof", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BackproofError as error:
        _complain(str(error))
        return 2
    except BrokenPipeError:
        # Python flushes standard output once more at exit: give it somewhere to go.
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("BACKPROOF_DEBUG"):
            raise
        _complain(
            f"backproof itself failed ({type(error).__name__}: {error})\n"
            "  try: report the note that did this; BACKPROOF_DEBUG=1 shows where"
        )
        return 70
    return 0


def _complain(message: str) -> None:
    from .show.screen import write

    write(f"error: {message}\n", sys.stderr)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backproof")
def commands() -> None:
    """Derive the gradients of a network from its lecture note, step by step, and prove them."""


@commands.command(short_help="Derive the gradients of the network in a note.")
@click.argument("note", metavar="NOTE")
@click.argument("more", metavar="", nargs=-1)
@click.option(
    "--wrt", metavar="NAME ...", multiple=True, help="By what.  [default: all parameters]"
)
@click.option("--lang", type=_LANGUAGES, help="In which language.  [default: the note's own]")
@click.option("--detail", type=_DETAILS, default="standard", show_default=True, help="How much.")
@click.option("-o", "--output", metavar="FILE", help="Write to a .md, .tex, .json or .txt file.")
def derive(  # noqa: PLR0917 (click hands over by keyword)
    note: str,
    more: tuple[str, ...],
    wrt: tuple[str, ...],
    lang: str | None,
    detail: Detail,
    output: str | None,
) -> None:
    """Derive the gradients of the network in NOTE, a Markdown, LaTeX or text file.

    NOTE may be - to read standard input.
    """
    wanted = [name for given in (*wrt, *more) for name in given.replace(",", " ").split()]
    if more and not wrt:
        raise click.UsageError(f"one note at a time, and what is {more[0]!r}? Names follow --wrt.")
    kind = _kind(output) if output else None
    derivation = _derived(note, wanted)
    if output is None or kind is None:
        from .show.screen import show
        from .show.story import story

        show(story(derivation, language=lang, detail=detail))
        return
    from .show.files import save
    from .show.render import render

    save(Path(output), render(derivation, kind, language=lang, detail=detail))


def _kind(output: str) -> Format:
    from .errors import BackproofError

    suffix = Path(output).suffix.lower()
    if suffix not in _FORMATS:
        raise BackproofError(
            f"the format of {output!r} is not known", hint=f"end its name in {', '.join(_FORMATS)}"
        )
    return _FORMATS[suffix]


def _derived(note: str, wanted: list[str]) -> Derivation:
    from .calculus.derive import derive as derive_model
    from .notation import parse, read

    model = parse(_standard_input(), "standard input") if note == "-" else read(note)
    return derive_model(model, wanted or None)


def _standard_input() -> str:
    from .errors import NoteError

    data = sys.stdin.buffer.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoteError("standard input is not UTF-8", hint="convert the note to it") from None
    if "\0" in text:
        raise NoteError("standard input is binary, not a note", hint="give a text")
    if not text.strip():
        raise NoteError("standard input is empty", hint="write the equations of a network into it")
    return text


@commands.command(short_help="Run the whole job on a bundled note.")
@click.option("-o", "--output", metavar="FOLDER", default="backproof-demo", show_default=True)
@click.option("--lang", type=_LANGUAGES, default="en", show_default=True)
def demo(output: str, lang: str) -> None:
    """Read, derive and prove the bundled two-layer note; leave everything in FOLDER."""
    from .show.demo import demo as run

    run(Path(output), lang)


if __name__ == "__main__":
    sys.exit(main())
