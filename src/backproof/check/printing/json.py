"""Findings as JSON, for programs. What each field holds stands in `docs/checking.md`."""

from __future__ import annotations

from json import dumps
from typing import Any

from ..report import VERDICTS, FileReport, Finding, Report
from .sentences import assumption, source

Data = dict[str, Any]


def json(report: Report, language: str | None = None) -> str:
    """Every finding of every file; sentences in `language`, or in each note's own."""
    return dumps(data(report, language), ensure_ascii=False, indent=2) + "\n"


def data(report: Report, language: str | None = None) -> Data:
    """The same as dictionaries, lists, strings and numbers."""
    return {"files": [_file(file, language or file.language) for file in report.files]}


def _file(file: FileReport, language: str) -> Data:
    return {
        "file": file.file,
        "language": language,
        "findings": [_finding(finding, file, language) for finding in file.findings],
        "summary": {
            "equations": file.equations,
            **{verdict: file.counts[verdict] for verdict in VERDICTS},
        },
    }


def _finding(finding: Finding, file: FileReport, language: str) -> Data:
    span, at = finding.span, finding.counterexample
    return {
        "line": span.line,
        "end_line": span.end_line,
        "column": span.column,
        "end_column": span.end_column,
        "cell": finding.cell,
        "verdict": finding.verdict,
        "kind": finding.kind,
        "message": finding.message(language),
        "source": source(finding, file.text),
        "counterexample": at and {"given": dict(at.given), "left": at.left, "right": at.right},
        "suggestion": finding.suggestion or None,
        "fixes": [
            {
                "line": edit.span.line,
                "column": edit.span.column,
                "end_line": edit.span.end_line,
                "end_column": edit.span.end_column,
                "text": edit.text,
            }
            for edit in finding.fixes
        ],
        "assumed": [assumption(note, language) for note in finding.assumed],
    }
