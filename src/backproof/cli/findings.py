"""Findings on a screen: each with its line, what it says and should say, and numbers to see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..check.printing.sentences import Told, lines_of, told, worth_showing
from ..check.report import VERDICTS, FileReport, Finding, Report
from ..errors import excerpt, width_of
from ..show.breaking import break_maths, break_text
from ..show.terminal import Row
from ..words import say

STYLES = {
    "place": "bold",
    "wrong": "bold red",
    "loose": "bold yellow",
    "undecided": "cyan",
    "unread": "magenta",
    "caret": "bold green",
    "label": "dim",
    "head": "bold",
}

_INDENT = "    "
_NARROWEST = 24  # columns in which it is worth beginning a sentence
_GAP = 2
_WIDEST_FILE = 40


def rows(
    report: Report,
    width: int,
    *,
    language: str | None = None,
    everything: bool = False,
    summary: bool = True,
) -> Iterator[Row]:
    """A report as rows of styled pieces, none wider than `width` if it can be helped."""
    first = True
    for file in report.files:
        for finding in file.findings:
            if worth_showing(finding.verdict, everything):
                if not first:
                    yield []
                first = False
                yield from _finding(finding, file, language or file.language, width)
    if summary:
        if not first:
            yield []
        yield from _summary(report, language, width)


def mended(
    file: str, done: Sequence[Finding], now: Sequence[Finding], language: str, width: int
) -> Iterator[Row]:
    """What was repaired in a file, and how much is left in it for a person to see to."""
    if done:
        yield [(say("check.part.fixed", language, file=file, count=len(done)), "head")]
    else:
        yield from _text(say("check.part.nothing fixed", language, file=file), "", width)
    for finding in done:
        sentence = finding.message(language)
        line = say("check.part.fixed line", language, line=finding.span.line, message=sentence)
        yield from _text(line, _INDENT, width)
    left = sum(1 for f in now if f.verdict in ("wrong", "loose") and not f.fixes)
    if left:
        yield [(say("check.part.left", language, count=left), "")]


def _finding(finding: Finding, file: FileReport, language: str, width: int) -> Iterator[Row]:
    span, verdict = finding.span, finding.verdict
    said = told(finding, file, language)
    cell = "" if finding.cell is None else say("check.part.cell", language, cell=finding.cell)
    head: Row = [
        (f"{file.file}:{span.line}:{span.column}", "place"),
        (f"  {cell}" if cell else "", "label"),
        ("  ", ""),
        (say(f"check.verdict.{verdict}", language), verdict),
    ]
    words = [[(word, "")] for word in said.message.split()]
    room = width - sum(width_of(text) for text, _ in head) - _GAP
    if room < _NARROWEST:
        yield head
        lines = break_text(words, width - len(_INDENT), width - len(_INDENT))
    else:
        first, *lines = break_text(words, room, width - len(_INDENT))
        yield [*head, (" " * _GAP, ""), *first]
    yield from ([(_INDENT, ""), *line] for line in lines)
    for text in lines_of(file.text)[span.line - 1 : span.line]:
        line, carets = excerpt(text.rstrip("\r"), span, width - len(_INDENT))
        yield [(_INDENT, ""), (line, "")]
        yield [(_INDENT, ""), (carets, "caret")]
    yield from _details(said, language, width)


def _details(said: Told, language: str, width: int) -> Iterator[Row]:
    lines = said.lines(language)
    column = max((width_of(label) for label, _ in lines), default=0)
    start = len(_INDENT) + column + _GAP
    for label, line in lines:
        room = width - start
        if line in (said.says, said.should):
            broken = break_maths([(line, "")], room, room - 2)
            broken[1:] = [[("  ", ""), *row] for row in broken[1:]]
        else:
            broken = break_text([[(word, "")] for word in line.split()], room, room)
        pad = " " * (column - width_of(label) + _GAP)
        yield [(_INDENT, ""), (label, "label"), (pad, ""), *broken[0]]
        yield from ([(" " * start, ""), *row] for row in broken[1:])


def _summary(report: Report, language: str | None, width: int) -> Iterator[Row]:
    spoken = language or (report.files[0].language if report.files else "en")
    counted = [file for file in report.files if file.equations or any(file.counts.values())]
    if not counted:
        yield [(say("check.part.none", spoken), "")]
    elif len(report.files) == 1:
        [file] = counted
        key = "one" if file.equations == 1 else "summary"
        counts = {str(verdict): count for verdict, count in file.counts.items()}
        line = say(f"check.part.{key}", spoken, equations=file.equations, **counts)
        yield from _text(line, "", width)
    else:
        yield from _table(report, counted, spoken, width)
    fixable = sum(1 for file in report.files for finding in file.findings if finding.fixes)
    if fixable:
        yield from _text(say("check.part.fixable", spoken, count=fixable), "", width)


def _table(
    report: Report, counted: Sequence[FileReport], language: str, width: int
) -> Iterator[Row]:
    columns = ("equations", *VERDICTS)
    heads = [say(f"check.part.{column}", language) for column in columns]
    numbers = [[file.equations, *(file.counts[v] for v in VERDICTS)] for file in counted]
    totals = [sum(column) for column in zip(*numbers, strict=True)]
    widths = [
        max(width_of(head), len(str(total))) for head, total in zip(heads, totals, strict=True)
    ]
    room = width - sum(widths) - _GAP * len(widths)
    total = say("check.part.total", language, files=len(report.files))
    names = [_cut(file.file, max(room, 12)) for file in counted]
    head = say("check.part.file", language)
    wide = max(map(width_of, (*names, total, head)))

    def row(name: str, cells: Iterable[object], style: str = "") -> Row:
        made: Row = [(name + " " * (wide - width_of(name)), style)]
        for cell, columns_, verdict in zip(cells, widths, ("", *VERDICTS), strict=True):
            text = str(cell)
            marked = verdict if verdict in ("wrong", "loose") and text.strip("0") else ""
            made.append((" " * (_GAP + columns_ - width_of(text)), ""))
            made.append((text, style or marked))
        return made

    yield row(head, heads, "head")
    for name, cells in zip(names, numbers, strict=True):
        yield row(name, cells)
    yield [("─" * (wide + sum(widths) + _GAP * len(widths)), "label")]
    yield row(total, totals)


def _cut(name: str, room: int) -> str:
    """A file's name, without its beginning where it is too long."""
    if width_of(name) <= room:
        return name
    while width_of(name) > room - 1:
        name = name[1:]
    return "…" + name


def _text(line: str, indent: str, width: int) -> Iterator[Row]:
    room = width - len(indent)
    for row in break_text([[(word, "")] for word in line.split()], room, room):
        yield [(indent, ""), *row]
