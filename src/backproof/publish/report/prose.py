"""Prose of a note as plain paragraphs: what its markup does to the eye is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...notation.files import Kind

_BLANK = re.compile(r"\n[ \t>]*(?:\r?\n)+")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+(?P<text>.+?)[ \t]*#*[ \t]*$")
_SECTION = re.compile(
    r"\s*\\(?:(?:chapter|(?:sub){0,2}section|paragraph|frametitle)\*?|begin\s*\{frame\}(?:\[[^\]]*\])?)"
    r"\s*\{(?P<text>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*(?:\\label\{[^{}]*\}\s*)?$"
)
_UNDERLINE = re.compile(r"^[ \t]*([=\-~^\"*#+])\1{2,}[ \t]*$", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|\\item\b)[ \t]+", re.MULTILINE)
_CELLS = re.compile(r"[ \t]*\|")  # a row of a table
_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:\-]*$", re.MULTILINE)
_EDGES = re.compile(r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t\r]*$", re.MULTILINE)
_EMPTY = re.compile(r"^[ \t]*#{1,6}[ \t]*$", re.MULTILINE)  # a heading whose words are gone
_WIDE = r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uff60\u3000-\u303f]"  # scripts without spaces
_WRAPPED = re.compile(rf"(?<={_WIDE})[ \t\r]*\n[ \t]*(?={_WIDE})")
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>|<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (
        re.compile(
            r"(?<![A-Za-z0-9_*])(\*{1,3}|_{2,3})(?=\S)(.+?)(?<=\S)\1(?![A-Za-z0-9_*])", re.DOTALL
        ),
        r"\2",
    ),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE), ""),
)
_GONE = "label|ref|eqref|cite[pt]?|index|includegraphics|[vh]space|usepackage|documentclass"
_WORDS = "textbf|textit|emph|text|texttt|textrm|textsf|underline|footnote|mbox"
_LATEX: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\\(?:{_GONE})\*?(?:\[[^\]]*\])?\{{[^{{}}]*\}}"), ""),
    (re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\[[^\]]*\])?"), ""),
    (re.compile(rf"\\(?:{_WORDS})\s*\{{([^{{}}]*)\}}"), r"\1"),
    (re.compile(r"\\\\(?:\[[^\]]*\])?|~"), " "),
    (re.compile(r"\\([%&_#$])"), r"\1"),
    (re.compile(r"\\(?!item\b)[A-Za-z]+\*?(?:\[[^\]]*\])?(?:\{\})?\s?"), ""),
    (re.compile(r"``|''"), '"'),
    (re.compile(r"[{}]"), ""),
)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where the paragraphs of a stretch of prose are; a heading is one of its own."""
    start = 0
    for blank in _BLANK.finditer(text):
        yield from _lines(text, start, blank.start())
        start = blank.end()
    yield from _lines(text, start, len(text))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = text[at:stop]
        if heading(line) or _BULLET.match(line) or (_CELLS.match(line) and at > start):
            if text[start:at].strip():
                yield start, at
            start = at
            if heading(line):
                yield at, stop
                start = stop
        at = stop + 1
    if start < end:
        yield start, end


def heading(line: str) -> str:
    """The text of a heading; empty for any other line."""
    line = line.rstrip("\r")
    found = _HEADING.match(line) or _SECTION.match(line)
    if found:
        return found["text"]
    rows = line.strip("\n").split("\n")
    return rows[0] if len(rows) == 2 and _UNDERLINE.fullmatch(rows[1].rstrip()) else ""


def bare(text: str, kind: Kind) -> str:
    """Words without markup."""
    text = text.replace("\r", "")
    for pattern, words in _MARKUP if kind != "latex" else _LATEX:
        text = pattern.sub(words, text)
    text = _BULLET.sub("• ", _UNDERLINE.sub("", text))
    if "|" in text:
        text = _EDGES.sub(" ", _RULE.sub("", text))
    text = _WRAPPED.sub("", _EMPTY.sub("", text))
    return re.sub(r"[ \t\r]*\n[ \t]*", " ", text)
