"""What is said about one finding: the sentence, the numbers, the line as it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from ...check.printing.sentences import lines_of
from ...check.report import Counterexample, FileReport, Finding, Verdict
from ...expr.model import Spelling
from ...notation.elements import element
from ...notation.inline import unicode_line
from ...show.html import math, text_html
from ...show.pages import Text
from ...show.telling import sentence
from ...words import say

SIGNS: dict[Verdict, str] = {
    "holds": "✓",
    "loose": "≈",
    "wrong": "✗",
    "undecided": "?",
    "unread": "∅",
}
LONGEST = 3  # lines of the file that are worth repeating
WIDEST = 300  # characters of one
_PLAIN = Spelling()
_DOLLAR = "\ue000"  # a private character
_CODE = re.compile("`([^`<]+)`")


def badge(verdict: Verdict, language: str) -> str:
    """A verdict as a sign and a word; what it means is in its title."""
    word = escape(say(f"report.verdict.{verdict}", language))
    meaning = escape(say(f"report.meaning.{verdict}", language))
    return (
        f'<span class="badge {verdict}" title="{meaning}">'
        f'<span aria-hidden="true">{SIGNS[verdict]}</span> {word}</span>'
    )


def card(finding: Finding, file: FileReport, language: str, name: str) -> str:
    """Everything about a finding; `name` is its address in the page."""
    inside = "\n".join(_parts(finding, file, language))
    return (
        f'<div class="card {finding.verdict}" id="{name}" tabindex="-1" '
        f'data-verdict="{finding.verdict}">\n{inside}\n</div>'
    )


def spoken(kind: str, facts: tuple[tuple[str, str], ...], language: str) -> str:
    """A sentence of the section `check`, with its formulas."""
    # A `$` of the author's own is none that opens a formula.
    filled = {name: fact.replace("$", _DOLLAR) for name, fact in facts}
    said: Text = sentence(f"check.{kind}", language, **filled)
    return _CODE.sub(r"<code>\1</code>", text_html(said, _PLAIN).replace(_DOLLAR, "$"))


def _parts(finding: Finding, file: FileReport, language: str) -> Iterator[str]:
    said = spoken(finding.kind, finding.facts, language)
    yield f'<p class="said">{badge(finding.verdict, language)} {said}</p>'
    rows: list[tuple[str, str]] = []
    if finding.suggestion:
        rows.append(
            ("should", f'<div class="maths" tabindex="0">{formula(finding.suggestion)}</div>')
        )
    if finding.counterexample:
        rows.append(("at", _numbers(finding.counterexample, language)))
    if finding.assumed:
        told = "; ".join(spoken(note.key, note.facts, language) for note in finding.assumed)
        rows.append(("assuming", told))
    if rows:
        listed = "".join(
            f"<dt>{escape(say(f'check.part.{key}', language))}</dt><dd>{value}</dd>"
            for key, value in rows
        )
        yield f"<dl>{listed}</dl>"
    if finding.fixes:
        line = finding.fixes[0].span.line
        here = finding.span.line <= line <= finding.span.end_line
        key = "fixable" if here else "fixable elsewhere"
        yield f'<p class="fix">{code(say(f"report.{key}", language, line=line))}</p>'
    if finding.verdict != "undecided":
        yield _source(finding, file, language)


def formula(latex: str, display: bool = True) -> str:
    """A formula of the note, or one that was meant."""
    return math(element(latex), unicode_line(latex), display)


def code(words: str) -> str:
    """A sentence, what stands in backticks set as code."""
    parts = escape(words, quote=False).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))


def _numbers(at: Counterexample, language: str) -> str:
    """The values of the names, and what both sides come to with them."""
    given = "".join(
        f"<li>{formula(f'{name} = {value}', display=False)}</li>" for name, value in at.given
    )
    sides = "".join(
        f"<li>{escape(say(f'report.{side}', language))}: {formula(value, display=False)}</li>"
        for side, value in (("left", at.left), ("right", at.right))
    )
    return f'<ul class="values">{given}</ul><ul class="values sides">{sides}</ul>'


def _source(finding: Finding, file: FileReport, language: str) -> str:
    """The lines of the file, with what the finding is about marked in them."""
    span = finding.span
    lines = lines_of(file.text)[span.line - 1 : span.end_line]
    shown: list[str] = []
    for i, raw in enumerate(lines[:LONGEST]):
        line = raw.rstrip("\r")
        start = span.column - 1 if i == 0 else 0
        end = span.end_column - 1 if i + 1 == len(lines) else len(line)
        if len(line) > WIDEST:
            start = max(0, min(start, len(line)))
            line, start, end = line[start : start + WIDEST] + "…", 0, min(end - start, WIDEST)
        marked = f"<mark>{escape(line[start:end])}</mark>"
        shown.append(f"{escape(line[:start])}{marked}{escape(line[end:])}")
    if len(lines) > LONGEST:
        shown.append("…")
    if not shown:
        return ""
    label = escape(say("report.source", language))
    place = escape(say("report.line", language, line=span.line))
    source = "\n".join(shown)
    return (
        f"<details{' open' if finding.verdict == 'unread' else ''}>"
        f"<summary>{label}, {place}</summary><pre>{source}</pre></details>"
    )
