"""The door: `check` reads notes and judges every equation in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..notation.document import Document, Kind, document, read_document
from .lines import told
from .report import FileReport, Finding, Judged, Report


def check(source: str | Path | Iterable[Path], *, name: str = "", kind: Kind = "auto") -> Report:
    """Judge the equations of a text, or of files and folders of notes.

    `source` is a text, a path, or several paths; `name` stands for the file's name in messages.
    Raises NoteError for what can't be opened.
    """
    if isinstance(source, str):
        return Report([_checked(document(source, kind, name))])
    from ..notation.files import notes_in

    paths = [source] if isinstance(source, Path) else list(source)
    return Report([_checked(read_document(path)) for path in notes_in(paths)])


def _checked(note: Document) -> FileReport:
    report = FileReport(note.file, note.text, note.language)
    for line in told(note):
        equation, finding = line.item.equation, line.finding
        if equation.display:
            report.equations += 1
            report.counts[line.found.verdict] += 1
            span = equation.span
            cause = finding.span if finding is not None and finding.span != span else None
            report.judged.append(Judged(span, line.found.verdict, cause))
        if finding is not None and finding not in report.findings:
            report.findings.append(finding)
    for error in (*note.unread, *note.broken):
        if error.span is None:
            continue
        report.equations += 1
        report.counts["unread"] += 1
        facts = (("reason", error.what),)
        report.findings.append(Finding(error.span, "unread", "unread", facts))
    report.findings.sort(key=lambda f: (f.span.line, f.span.column))
    return report
