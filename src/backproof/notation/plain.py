"""Plain text files: which lines are equations, and how their letters are meant.

Every line may be one, and so may every part between semicolons. A line without a relation is
prose, and so is one whose words read like a sentence; those are skipped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .lexer import Style
from .symbols import WORDS

_RELATION = re.compile(
    r":=|<-|←|=|≈|∈|∝|≡|≤|≥|<=|>=|~|\\(?:approx|in|gets|leftarrow|sim|equiv|propto|coloneqq)\b"
)
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#|//|%).*")
_LABEL = re.compile(
    r"\s*(?:[-*•+]\s+|\(?\d+[.)]\s+)?(?:[^\W\d][^\W]*(?:[ \-][^\W\d]\w*){0,5}\s*:(?![=:])\s*)?"
)
_SHAPE = re.compile(r"\s*[^\W\d]\w*\s*:\s*\(\s*\w+\s*,\s*\w*\s*\)\s*")
_REMARK = re.compile(r"\s{2,}\([^\W\d][^\W\d]+(?:[ -][^\W\d]+)*\)\s*$")
_LONG = re.compile(r"[^\W\d_]{2,}")
_BREAK = re.compile(r"(?:[-+*/@,]|:=|=)\s*$")
_GO_ON = re.compile(r"\s*(?:[+*/@]|-(?!>)\s)")
_MARKS = re.compile(r"[()\[\]{};]")
_OPENS, _CLOSES = "([{", ")]}"
_JOIN = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the text that may be an equation: `text[start:end]`, comments blanked."""

    start: int
    text: str
    style: Style
    formula: bool
    """Whether its left side reads as one: if the rest can't be read, that is an error."""


def lines(text: str) -> Iterator[Line]:
    """The candidates, in order; prose comes with `formula` false and is not to be read."""
    rows: list[tuple[int, str]] = []
    at = 0
    for raw in text.split("\n"):
        rows.append((at, _COMMENT.sub(lambda m: " " * len(m[0]), raw)))
        at += len(raw) + 1
    i = 0
    while i < len(rows):
        start, line = rows[i]
        last = i
        if _RELATION.search(line):
            while last + 1 < len(rows) and last - i < _JOIN and _goes_on(line, rows[last + 1][1]):
                last += 1
                line = line + "\n" + rows[last][1]
            if _balance(line) > 0:
                last, line = i, rows[i][1]
        for offset, part in _parts(line):
            yield _candidate(start + offset, part)
        i = last + 1


def _goes_on(line: str, following: str) -> bool:
    if not following.strip():
        return False
    if _balance(line) > 0:
        return True
    if _RELATION.search(following) or not (_BREAK.search(line) or _GO_ON.match(following)):
        return False
    return not _sentence(following)


def _balance(line: str) -> int:
    return sum(map(line.count, _OPENS)) - sum(map(line.count, _CLOSES))


def _parts(line: str) -> Iterator[tuple[int, str]]:
    depth = start = 0
    for m in _MARKS.finditer(line):
        i, c = m.start(), m[0]
        depth += (c in _OPENS) - (c in _CLOSES)
        if c == ";" and depth <= 0 and line[i - 1 : i] != "\\":
            yield start, line[start:i]
            start = i + 1
    yield start, line[start:]


def _candidate(start: int, part: str) -> Line:
    if _SHAPE.fullmatch(part):
        return Line(start, part, "ascii", True)
    if not part.strip() or not _RELATION.search(part):
        return Line(start, part, "ascii", False)
    part = _REMARK.sub(lambda m: " " * len(m[0]), part)
    label = _LABEL.match(part)
    if label and label.end() and _RELATION.search(part, label.end()):
        start, part = start + label.end(), part[label.end() :]
    style: Style = "mixed" if "\\" in part or "{" in part else "ascii"
    relation = _RELATION.search(part)
    assert relation is not None
    left, right = part[: relation.start()], part[relation.end() :]
    formula = not _sentence(left) and not _sentence(right) and _side(left)
    return Line(start, part, style, formula)


def _side(left: str) -> bool:
    """Whether this could stand left of `=`: short, no sentence marks, letters of a formula."""
    words = [
        w
        for w in re.split(r"[\s()\[\]{}.,*/+\-@^_|]+", left)
        if _LONG.fullmatch(w) and w not in WORDS
    ]
    if any(c in left for c in '"“”!`$<>') or left.count("'") > 3:
        return False
    return len(words) <= 3 and not re.search(
        r"[^\W\d_]{3,}\s+[^\W\d_]+\b(?!\s*[(\[^_'])", _plain(left)
    )


def _plain(text: str) -> str:
    """Without LaTeX commands and what they typeset as words."""
    text = re.sub(r"\\(?:text|mathrm|operatorname|mathbf|mbox)\*?\{[^{}]*\}", " 1 ", text)
    return re.sub(r"\\[A-Za-z]+", " 1 ", text)


def _sentence(text: str) -> bool:
    """Two unknown words side by side, or three in a row of any length: prose."""
    run = 0
    for word in re.split(r"\s+", _plain(text).strip()):
        bare = word.strip(".,;:!?\"'")
        if re.fullmatch(r"[^\W\d_]{3,}", bare) and bare not in WORDS and not _capital_mix(bare):
            run += 1
            if run >= 2:
                return True
        else:
            run = 0
    return False


def _capital_mix(word: str) -> bool:
    """`dW`, `XW`, `dLoss`: letters of a formula rather than a word."""
    return word.isascii() and not word.islower() and not word.istitle()
