"""A finding in words: what every printer says about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from ...errors import Span
from ...notation.inline import unicode_line
from ...words import say
from ..report import Counterexample, FileReport, Finding, Note, Verdict

LONGEST = 400  # characters of an equation that are worth repeating
_DOLLAR = "\ue000"  # a private character


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as lines of Unicode, each empty where there is nothing to say."""

    message: str
    says: str
    should: str
    at: str
    assuming: str

    def lines(self, language: str) -> list[tuple[str, str]]:
        """What stands below the message, each line with its label."""
        labelled = {
            "says": self.says,
            "should": self.should,
            "at": self.at,
            "assuming": self.assuming,
        }
        return [
            (say(f"check.part.{key}", language), line) for key, line in labelled.items() if line
        ]


def told(finding: Finding, file: FileReport, language: str) -> Told:
    """Everything about a finding, in `language`."""
    written = source(finding, file.text) if finding.suggestion else ""
    return Told(
        message=finding.message(language),
        says=unicode_line(written) if len(written) <= LONGEST else "",
        should=unicode_line(finding.suggestion),
        at=_numbers(finding.counterexample, language) if finding.counterexample else "",
        assuming="; ".join(assumption(note, language) for note in finding.assumed),
    )


def message(kind: str, facts: tuple[tuple[str, str], ...], language: str) -> str:
    """The sentence `kind` of the section `check`, its formulas as Unicode."""
    # A `$` of the author's own is none that opens a formula.
    filled = {name: fact.replace("$", _DOLLAR) for name, fact in facts}
    parts = say(f"check.{kind}", language, **filled).split("$")
    said = (unicode_line(part) if i % 2 else part for i, part in enumerate(parts))
    return "".join(said).replace(_DOLLAR, "$")


def assumption(note: Note, language: str) -> str:
    """What was taken for granted."""
    return message(note.key, note.facts, language)


def source(finding: Finding, text: str) -> str:
    """The equation as the author wrote it; in a notebook, without the escapes of JSON."""
    piece = between(text, finding.span)
    if finding.cell is None:
        return piece
    try:
        # A piece may run over several strings of a cell's source.
        joined = json.loads("[" + f'"{piece}"' + "]")
    except ValueError:
        return piece
    return "".join(part for part in joined if isinstance(part, str))


def between(text: str, span: Span) -> str:
    """What a span covers."""
    lines = lines_of(text)[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@lru_cache(maxsize=1)
def lines_of(text: str) -> list[str]:
    """The lines of a note, split once for all of its findings."""
    return text.split("\n")


def title(kind: str) -> str:
    """A kind as the name of a rule."""
    return kind[:1].upper() + kind[1:]


def worth_showing(verdict: Verdict, everything: bool) -> bool:
    """Whether a finding is shown without being asked for."""
    return verdict in ("wrong", "loose") or (everything and verdict != "holds")


def _numbers(at: Counterexample, language: str) -> str:
    given = ", ".join(f"{unicode_line(name)} = {unicode_line(value)}" for name, value in at.given)
    left, right = unicode_line(at.left), unicode_line(at.right)
    sides = say("check.part.sides", language, left=left, right=right)
    return f"{given}: {sides}" if given else sides
