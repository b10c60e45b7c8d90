"""What `check` says of a note, in the few words that a test compares."""

from __future__ import annotations

from functools import cache

from backproof.check.check import check
from backproof.check.report import FileReport, Finding, Verdict


@cache
def report(note: str) -> FileReport:
    """All that is said of a text; the same text is judged once."""
    return check(note).files[0]


def findings(note: str, *verdicts: Verdict) -> list[Finding]:
    """The findings that are no `holds`, or those with one of the verdicts."""
    found = report(note).findings
    return [f for f in found if f.verdict in verdicts] if verdicts else found


def told(note: str) -> list[str]:
    """The findings that are no `holds`, in order: `line verdict`."""
    return [f"{f.span.line} {f.verdict}" for f in findings(note)]


def told_why(note: str) -> list[str]:
    """The same with what kind of finding it is: `line verdict kind`."""
    return [f"{f.span.line} {f.verdict} {f.kind}" for f in findings(note)]


def told_with_slip(note: str, right: str, slip: str) -> list[str]:
    """What is told of a note that holds, once there is a slip in it."""
    assert right in note
    assert told(note) == []
    return told(note.replace(right, slip))


def judged(note: str) -> list[str]:
    """The verdict on each equation, in order."""
    return [line.verdict for line in report(note).judged]


def faults(note: str) -> list[str]:
    """What is wrong or loose in a note, whatever is not decided: `line verdict`."""
    return [f"{f.span.line} {f.verdict}" for f in findings(note, "wrong", "loose")]


def wrong(note: str) -> list[int]:
    """The lines of a note that are wrong."""
    return [f.span.line for f in findings(note, "wrong")]


def undecided(note: str) -> list[int]:
    """The lines of a note that are not decided."""
    return [f.span.line for f in findings(note, "undecided")]
