"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

from importlib.metadata import version
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...errors import Span
from ...words import say
from ..report import FileReport, Finding, Report, Verdict
from .sentences import message, title, told, worth_showing

_LEVELS: dict[Verdict, str] = {"wrong": "error", "loose": "warning"}

# A rule is about no line in particular, so what a line would fill in stays open.
_BLANKS = tuple((name, "…") for name in ("factor", "index", "meant", "name", "reason", "written"))

Data = dict[str, Any]


def sarif(report: Report, language: str | None = None, everything: bool = False) -> str:
    """One run with all files in it; rules are named in `language`, or in the first note's own."""
    shown = [
        (finding, file)
        for file in report.files
        for finding in file.findings
        if worth_showing(finding.verdict, everything)
    ]
    spoken = language or (report.files[0].language if report.files else "en")
    verdicts: dict[str, Verdict] = {finding.kind: finding.verdict for finding, _ in shown}
    rules = {kind: i for i, kind in enumerate(verdicts)}
    run: Data = {
        "tool": {
            "driver": {
                "name": "backproof",
                "version": version("backproof"),
                "rules": [_rule(kind, verdict, spoken) for kind, verdict in verdicts.items()],
            }
        },
        "language": spoken,
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": _place(file.file)} for file in report.files],
        "results": [
            _result(finding, file, rules[finding.kind], language or file.language)
            for finding, file in shown
        ],
    }
    whole = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _rule(kind: str, verdict: Verdict, language: str) -> Data:
    blank = message(kind, _BLANKS, language)
    return {
        "id": _id(kind),
        "name": title(kind),
        "shortDescription": {"text": title(kind)},
        "fullDescription": {"text": blank},
        "help": {"text": f"{blank} {say(f'check.meaning.{verdict}', language)}"},
        "defaultConfiguration": {"level": _level(verdict)},
    }


def _result(finding: Finding, file: FileReport, rule: int, language: str) -> Data:
    said = told(finding, file, language)
    lines = [said.message, *(f"{label}: {line}" for label, line in said.lines(language))]
    result: Data = {
        "ruleId": _id(finding.kind),
        "ruleIndex": rule,
        "level": _level(finding.verdict),
        "message": {"text": "\n".join(lines)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _place(file.file),
                    "region": _region(finding.span),
                }
            }
        ],
    }
    if finding.fixes:
        replacements = [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
            for edit in finding.fixes
        ]
        change = {"artifactLocation": _place(file.file), "replacements": replacements}
        result["fixes"] = [
            {"description": {"text": said.should or said.message}, "artifactChanges": [change]}
        ]
    return result


def _id(kind: str) -> str:
    return kind.replace(" ", "-")


def _level(verdict: Verdict) -> str:
    return _LEVELS.get(verdict, "note")


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _place(file: str) -> dict[str, str]:
    """Relative to where the command ran, if the file lies below that place."""
    path = Path(file)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}
