"""A report in the output of a notebook's cell: the findings and no more."""

from __future__ import annotations

from html import escape

from ...check.printing.sentences import told, worth_showing
from ...check.report import FileReport, Finding, Report
from ...expr.shown import Bundle
from ...words import say
from ..fragment import fragment
from .cards import badge, formula, spoken

_STYLE = """
.backproof .findings td { white-space: normal; border-top: 1px solid; }
.backproof .badge { font-weight: 600; white-space: nowrap; }
"""


def report_bundle(report: Report) -> Bundle:
    """The wrong and the loose lines, each with its place, its mistake and its repair."""
    blocks: list[str] = []
    lines: list[str] = []
    for file in report.files:
        found = [f for f in file.findings if worth_showing(f.verdict, False)]
        name = file.file or "-"
        summary = _summary(file)
        blocks.append(f"<p><b>{escape(name)}</b>: {escape(summary)}</p>")
        lines.append(f"{name}: {summary}")
        rows = "".join(_row(finding, file) for finding in found)
        if rows:
            blocks.append(f'<table class="findings">{rows}</table>')
        lines += [_line(finding, file) for finding in found]
    return {"text/plain": "\n".join(lines), "text/html": fragment(blocks, _STYLE)}


def _summary(file: FileReport) -> str:
    key = "one" if file.equations == 1 else "summary"
    counts = {str(verdict): count for verdict, count in file.counts.items()}
    return say(f"check.part.{key}", file.language, equations=file.equations, **counts)


def _line(finding: Finding, file: FileReport) -> str:
    said = told(finding, file, file.language)
    verdict = say(f"check.verdict.{finding.verdict}", file.language)
    place = say("report.line", file.language, line=finding.span.line)
    return f"  {place}  {verdict}  {said.message}" + (f"  → {said.should}" if said.should else "")


def _row(finding: Finding, file: FileReport) -> str:
    language = file.language
    place = escape(say("report.line", language, line=finding.span.line))
    said = spoken(finding.kind, finding.facts, language)
    if finding.suggestion:
        should = escape(say("check.part.should", language))
        said += f"<br>{should}: {formula(finding.suggestion, display=False)}"
    return f"<tr><td>{place}</td><td>{badge(finding.verdict, language)}</td><td>{said}</td></tr>"
