"""The page about a report: what came of it on top, then note after note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePath

from ...check.report import VERDICTS, FileReport, Report, Verdict
from ...words import say
from ..page import page, source
from .cards import SIGNS, code
from .entries import counted
from .markup import note

_HERE = "backproof.publish.report"
#: The order in which a reader wants to hear of them.
_ORDER: tuple[Verdict, ...] = ("wrong", "loose", "unread", "undecided", "holds")


def report_page(report: Report, language: str | None = None) -> str:
    """A report as one self-contained HTML page: every equation of its notes with its verdict.

    `language` is that of all sentences; by default each note is spoken of in its own.

    Raises BackproofError where the packages that make the font of a page are missing.
    """
    spoken = language or (report.files[0].language if report.files else "en")
    title = _title(report.files, spoken)
    body = "\n".join(_body(report, language, spoken, title))
    return page(
        title,
        spoken,
        body,
        styles=[source(_HERE, "report.css")],
        scripts=[source(_HERE, "report.js")],
    )


def _title(files: Sequence[FileReport], language: str) -> str:
    if len(files) == 1:
        return say("report.title", language, file=_short(files[0]))
    return say("report.title of many", language, count=len(files))


def _short(file: FileReport) -> str:
    return PurePath(file.file).name or "-"


def _body(report: Report, language: str | None, spoken: str, title: str) -> Iterator[str]:
    yield f'<header class="top"><h1>{escape(title)}</h1>'
    yield from _summary(report, spoken)
    yield "</header>"
    yield f'<nav class="bar" aria-label="{escape(say("report.filter", spoken))}">'
    yield from _bar(report, spoken)
    yield "</nav>"
    yield "<main>"
    for number, file in enumerate(report.files, 1):
        yield from _note(file, language or file.language, number, len(report.files) > 1)
    yield "</main>"


def _summary(report: Report, language: str) -> Iterator[str]:
    counts = counted(report.files)
    equations = sum(file.equations for file in report.files)
    if not any(counts.values()):
        yield f"<p>{escape(say('report.no equations', language))}</p>"
        return
    key = "one" if equations == 1 else "summary"
    numbers = {str(verdict): count for verdict, count in counts.items()}
    yield f"<p>{escape(say(f'check.part.{key}', language, equations=equations, **numbers))}</p>"
    if not report.wrong and not report.loose:
        open_ones = counts["undecided"] + counts["unread"]
        key = "undecided" if open_ones else "nothing found"
        yield f"<p>{escape(say(f'report.{key}', language, count=open_ones))}</p>"
    fixable = sum(1 for file in report.files for f in file.findings if f.fixes)
    if fixable:
        yield f"<p>{code(say('check.part.fixable', language, count=fixable))}</p>"
    if len(report.files) > 1:
        yield _table(report.files, language)


def _table(files: Sequence[FileReport], language: str) -> str:
    heads = [say("check.part.file", language), say("check.part.equations", language)]
    heads += [say(f"check.part.{verdict}", language) for verdict in VERDICTS]
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    rows: list[str] = []
    for number, file in enumerate(files, 1):
        name = f'<th scope="row"><a href="#n{number}">{escape(file.file)}</a></th>'
        cells = "".join(
            f'<td class="{verdict if count else ""}">{count}</td>'
            for verdict, count in (("", file.equations), *file.counts.items())
        )
        rows.append(f"<tr>{name}{cells}</tr>")
    body = "".join(rows)
    return (
        f'<div class="scroll"><table class="files"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _bar(report: Report, language: str) -> Iterator[str]:
    counts = counted(report.files)
    label = escape(say("report.filter", language))
    yield f'<div role="group" aria-label="{label}">'
    everything = escape(say("report.all", language))
    yield f'<button type="button" data-show="" aria-pressed="true">{everything}</button>'
    for verdict in _ORDER:
        if counts[verdict]:
            word = escape(say(f"check.part.{verdict}", language))
            meaning = escape(say(f"report.meaning.{verdict}", language))
            yield (
                f'<button type="button" class="{verdict}" data-show="{verdict}" '
                f'aria-pressed="false" title="{meaning}"><span aria-hidden="true">'
                f"{SIGNS[verdict]}</span> {word} {counts[verdict]}</button>"
            )
    yield "</div>"
    if any(file.findings for file in report.files):
        keys = escape(say("report.keys", language))
        yield f'<div class="steps" title="{keys}">'
        for step, key in (("previous", "p"), ("next", "n")):
            word = escape(say(f"report.{step}", language))
            yield (
                f'<button type="button" data-step="{step}" aria-keyshortcuts="{key}">{word} '
                f'<kbd aria-hidden="true">{key}</kbd></button>'
            )
        yield "</div>"


def _note(file: FileReport, language: str, number: int, many: bool) -> Iterator[str]:
    yield f'<section class="note" id="n{number}" lang="{language}">'
    hidden = "" if many else ' class="visually-hidden"'
    yield f"<h2{hidden}>{escape(file.file or '-')}</h2>"
    yield from note(file, language, f"n{number}")
    yield "</section>"
