"""`backproof check`: which lines of a note do not hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .choices import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..check.report import Report
    from ..show.terminal import Row

_FORMATS = click.Choice(["text", "json", "sarif", "github", "html"])
# The form that the name of a file asks for; any other name gets what stands on the terminal.
_ENDINGS = {".html": "html", ".htm": "html", ".json": "json", ".sarif": "sarif"}


@click.command("check", short_help="Find the lines of a note that do not hold.")
@click.argument("notes", metavar="NOTE...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=_FORMATS,
    help="How to print.  [default: text, or what FILE ends in: .html, .json, .sarif]",
)
@click.option("--lang", type=LANGUAGES, help="In which language.  [default: each note's own]")
@click.option("--fix", is_flag=True, help="Correct what can be corrected with certainty.")
@click.option(
    "-o", "--output", metavar="FILE", help="Write to a file; with --fix, the corrected note."
)
@click.option("--strict", is_flag=True, help="Loose lines count as failures.")
@click.option(
    "-v", "--all", "everything", is_flag=True, help="List undecided and unread lines too."
)
@click.option("-q", "--quiet", is_flag=True, help="Print findings only, no summary.")
def command(  # noqa: PLR0917 (click hands over by keyword)
    notes: tuple[str, ...],
    form: str | None,
    lang: str | None,
    fix: bool,
    output: str | None,
    strict: bool,
    everything: bool,
    quiet: bool,
) -> int:
    """Check every equation of each NOTE: a file, a folder with notes in it, or - for standard
    input.

    The exit status is 0 if no line is wrong, 1 if one is, and 2 if a note could not be checked.
    """
    from ..check.report import Report
    from ..errors import BackproofError
    from ..show.screen import write
    from ..show.terminal import plain
    from .notes import check_output

    given = _given(notes)
    if form is None:
        ending = "" if fix or output is None else Path(output).suffix.lower()
        form = _ENDINGS.get(ending, "text")
    if not fix:
        for path in given:
            check_output(str(path or "-"), output)
    if fix and output and len(given) > 1:
        raise BackproofError(
            f"--fix -o writes one note, and {len(given)} are given",
            hint="leave -o out to correct them where they are",
        )
    if fix and not output and None in given:
        raise BackproofError(
            "standard input cannot be corrected where it is", hint="name a file with -o"
        )
    report, failed = Report(), False
    told: list[Row] = []
    for path in given:
        try:
            one = _mended(path, output, lang, told) if fix else _checked(path)[0]
        except BackproofError as error:
            if len(given) == 1:
                raise
            write(f"error: {error}\n", sys.stderr)
            failed = True
        else:
            report.files += one.files
    if told and not quiet:
        write(plain([*told, []]), sys.stdout if form == "text" else sys.stderr)
    _print(
        report,
        form,
        lang,
        everything=everything,
        summary=not quiet,
        output=None if fix else output,
    )
    if failed:
        return 2
    return 1 if report.wrong or (strict and report.loose) else 0


def _given(notes: Sequence[str]) -> list[Path | None]:
    """The files to check; None is standard input."""
    from ..notation.files import notes_in

    found: dict[Path | None, None] = {}
    for note in notes:
        found |= dict.fromkeys([None] if note == "-" else notes_in([note]))
    return list(found)


def _checked(path: Path | None) -> tuple[Report, bytes]:
    """The report on a note, and for standard input what came from there."""
    from ..check.check import check
    from .notes import standard_input

    if path is not None:
        return check(path), b""
    text, data = standard_input()
    return check(text, name="standard input"), data


def _mended(path: Path | None, output: str | None, lang: str | None, told: list[Row]) -> Report:
    """Mend a note, and check it once more."""
    from ..check.fix import repair
    from ..show.files import replace_bytes
    from ..show.screen import screen_width
    from .findings import mended

    report, data = _checked(path)
    [file] = report.files
    target = path if output is None else Path(output)
    assert target is not None
    done = repair(data if path is None else path.read_bytes(), file)
    if done.mended or output is not None:
        replace_bytes(target, done.data)
        report, _ = _checked(target)
    language = lang or file.language
    about = target if done.mended else path or target  # where nothing is mended, of what was read
    told += mended(str(about), done.mended, report.files[0].findings, language, screen_width())
    return report


def _print(
    report: Report,
    form: str,
    lang: str | None,
    *,
    everything: bool,
    summary: bool,
    output: str | None,
) -> None:
    from ..show.screen import draw, screen_width, write
    from ..show.terminal import plain

    if form == "text":
        from .findings import STYLES, rows

        width = screen_width()
        page = list(rows(report, width, language=lang, everything=everything, summary=summary))
        if output is None:
            if page:
                draw(page, width, STYLES)
            return
        text = plain(page) if page else ""
    elif form == "json":
        from ..check.printing.json import json

        text = json(report, lang)
    elif form == "sarif":
        from ..check.printing.sarif import sarif

        text = sarif(report, lang, everything)
    elif form == "html":
        from ..publish.report import report_page

        text = report_page(report, lang)
    else:
        from ..check.printing.github import github

        text = github(report, lang, everything)
    if output is None:
        write(text, sys.stdout)
        return
    from ..show.files import save

    save(Path(output), text)
