"""The repairs that are certain, put into the text of a note; nothing else in it changes."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NoteError, Span
from .report import Edit, FileReport, Finding

_MARK = b"\xef\xbb\xbf"  # what some editors put at the start of a UTF-8 file


@dataclass(frozen=True, slots=True)
class Repair:
    """A note with its repairs: the bytes to write, and which findings are mended in them."""

    data: bytes
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]


def repair(data: bytes, report: FileReport) -> Repair:
    """Apply the fixes of a report to the bytes that it is about.

    All fixes of a finding are applied or none: none where one of them would touch what the fix of
    an earlier finding has touched. Line ends, a byte order mark and everything outside of the fixes
    stay as they are.

    Raises NoteError when the file is not the one that the report is about.
    """
    mark = _MARK if data.startswith(_MARK) else b""
    try:
        text = data[len(mark) :].decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if _unified(text) != _unified(report.text):
        raise NoteError(
            "the file has changed since it was checked", hint="check it again", file=report.file
        )
    starts = [0]
    while (end := text.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    taken: dict[tuple[int, int], str] = {}
    mended: list[Finding] = []
    for finding in report.findings:
        places = _places(finding.fixes, text, starts)
        if places and all(_free(place, new, taken) for place, new in places.items()):
            taken |= places
            mended.append(finding)
    for (start, end), new in sorted(taken.items(), reverse=True):
        text = text[:start] + new + text[end:]
    left = tuple(finding for finding in report.findings if finding not in mended)
    return Repair(mark + text.encode("utf-8"), tuple(mended), left)


def _places(
    fixes: tuple[Edit, ...], text: str, starts: list[int]
) -> dict[tuple[int, int], str] | None:
    """What goes where in the text, with the line ends of the place; None where a fix does not fit
    into the text or two of them are in each other's way."""
    places: dict[tuple[int, int], str] = {}
    for edit in fixes:
        start = _offset(edit.span.line, edit.span.column, text, starts)
        end = _offset(edit.span.end_line, edit.span.end_column, text, starts)
        if start is None or end is None or end < start:
            return None
        new = _unified(edit.text).replace("\n", _line_end(edit.span, text, starts))
        if not _free((start, end), new, places):
            return None
        places[start, end] = new
    return places


def _free(place: tuple[int, int], new: str, taken: dict[tuple[int, int], str]) -> bool:
    """Whether a place is not taken yet, or taken by the same change."""
    if place in taken:
        return taken[place] == new
    start, end = place
    return all(end <= other or last <= start for other, last in taken if (other, last) != place)


def _offset(line: int, column: int, text: str, starts: list[int]) -> int | None:
    if not 0 < line <= len(starts):
        return None
    offset = starts[line - 1] + column - 1
    last = starts[line] - 1 if line < len(starts) else len(text)
    return offset if starts[line - 1] <= offset <= last else None


def _line_end(span: Span, text: str, starts: list[int]) -> str:
    end = starts[span.line] if span.line < len(starts) else text.find("\n") + 1
    return "\r\n" if text[max(0, end - 2) : end] == "\r\n" else "\n"


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n")
