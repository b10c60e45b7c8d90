"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

The escapes are those of the toolkit that GitHub publishes: `%`, carriage return and line feed in a
message, and the colon and the comma too in a property.
"""

from __future__ import annotations

from ..report import FileReport, Finding, Report, Verdict
from .sentences import title, told, worth_showing

_COMMANDS: dict[Verdict, str] = {"wrong": "error", "loose": "warning"}


def github(report: Report, language: str | None = None, everything: bool = False) -> str:
    """A line for each finding."""
    return "".join(
        _command(finding, file, language or file.language)
        for file in report.files
        for finding in file.findings
        if worth_showing(finding.verdict, everything)
    )


def _command(finding: Finding, file: FileReport, language: str) -> str:
    span = finding.span
    properties: dict[str, object] = {"file": file.file.replace("\\", "/"), "line": span.line}
    properties["endLine"] = span.end_line
    if span.line == span.end_line:  # columns are refused where an annotation has several lines
        properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = title(finding.kind)
    said = told(finding, file, language)
    lines = [said.message, *(f"{label}: {line}" for label, line in said.lines(language))]
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    command = _COMMANDS.get(finding.verdict, "notice")
    return f"::{command} {given}::{_data(chr(10).join(lines))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
