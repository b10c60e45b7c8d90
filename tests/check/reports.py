"""Reports made by hand: what the printers and the repairs are tried on."""

from __future__ import annotations

from backproof.check.report import (
    VERDICTS,
    Counterexample,
    Edit,
    FileReport,
    Finding,
    Note,
    Report,
    Verdict,
)
from backproof.errors import Span
from backproof.words import keys

NOTE = r"""The loss is $L = \frac12 (a - y)^2$ with $a = \sigma(z)$, so

$$\frac{\partial L}{\partial z} = (a - y)$$

and for all samples

$$
\frac{\partial L}{\partial W} = (a - y) x
$$
"""

FACTS = ("factor", "formula", "index", "meant", "name", "reason", "written")
KINDS = [
    key.removeprefix("check.") for key in keys() if key.startswith("check.") and key.count(".") == 1
]
ASSUMED = [key.removeprefix("check.") for key in keys() if key.startswith("check.assumed.")]


def facts(**given: str) -> tuple[tuple[str, str], ...]:
    return tuple(given.items())


def place(text: str, piece: str) -> Span:
    """Where a piece stands in a text, the first time."""
    start = text.index(piece)
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    end = start + len(piece)
    end_line = text.count("\n", 0, end) + 1
    return Span(line, column, end_line, end - (text.rfind("\n", 0, end) + 1) + 1)


def change(text: str, piece: str, new: str) -> Edit:
    return Edit(place(text, piece), new)


WRONG = Finding(
    place(NOTE, r"\frac{\partial L}{\partial z} = (a - y)"),
    "wrong",
    "wrong variable",
    facts(written="z", meant="a"),
    Counterexample((("a", "0.3"), ("y", "1")), "-0.147", "-0.7"),
    r"\frac{\partial L}{\partial a} = (a - y)",
    (change(NOTE, r"\partial z} = (a", r"\partial a} = (a"),),
    (Note("assumed.gradient", facts(name=r"\delta", formula=r"\frac{\partial L}{\partial z}")),),
)
LOOSE = Finding(
    place(NOTE, r"\frac{\partial L}{\partial W} = (a - y) x"),
    "loose",
    "loose transpose",
    suggestion=r"\frac{\partial L}{\partial W} = (a - y) x^\top",
    fixes=(change(NOTE, "(a - y) x", r"(a - y) x^\top"),),
)
UNDECIDED = Finding(Span(5, 1, 5, 4), "undecided", "unknown name", facts(name="q"))
UNREAD = Finding(
    Span(5, 5, 5, 8), "unread", "unread", facts(reason=r"`\frobnicate` is not known, nor $x$")
)


def file_report(
    *findings: Finding,
    text: str = NOTE,
    file: str = "note.md",
    language: str = "en",
    holds: int = 2,
) -> FileReport:
    counts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
    counts["holds"] = holds
    for finding in findings:
        counts[finding.verdict] += 1
    equations = sum(counts.values())
    return FileReport(file, text, language, list(findings), equations, counts)


def report(*findings: Finding, text: str = NOTE, file: str = "note.md") -> Report:
    return Report([file_report(*findings, text=text, file=file)])
