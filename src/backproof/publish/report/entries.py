"""A note with what was found in it, from top to bottom: passages of prose and displays of rows.

Each finding is told where it belongs: below the row or the passage in which it begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...check.printing.sentences import lines_of
from ...check.report import VERDICTS, FileReport, Finding, Judged, Verdict
from ...check.unparse import unparse
from ...errors import Span
from ...notation.elements import POINTED
from ...notation.outline import Outline, Stretch, outline
from ...notation.reader import read_rows
from .prose import bare, heading, paragraphs
from .rows import Cut, cuts

#: The worse a verdict, the earlier.
_WORST: tuple[Verdict, ...] = ("wrong", "loose", "unread", "undecided", "holds")


@dataclass(frozen=True, slots=True)
class Maths:
    """A formula in a sentence."""

    latex: str


@dataclass(slots=True)
class Passage:
    """A paragraph or a heading, and what was found in the formulas of its sentences."""

    line: int
    parts: list[str | Maths]
    title: bool = False
    cell: int | None = None
    findings: list[Finding] = field(default_factory=list[Finding])


@dataclass(slots=True)
class Row:
    """A row of a display. `left` and `right` stand on both sides of an alignment mark, `right` is
    None without one; `source` is shown instead where `left` is None. `cause` is the line of the
    finding that tells why, where it is told elsewhere."""

    line: int
    left: str | None
    right: str | None = None
    source: str = ""
    verdict: Verdict | None = None
    cause: int | None = None
    findings: list[Finding] = field(default_factory=list[Finding])


@dataclass(slots=True)
class Shown:
    """The rows of a display, in the order of the note."""

    rows: list[Row]
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Prose that is left out: no formula of its own line stands near it."""


Entry = Passage | Shown
BEFORE, AFTER = 3, 1  # passages that are kept before a display, and after one


def entries(file: FileReport) -> list[Entry | Gap]:
    """The displays of a note and the prose around them, findings and verdicts in their places."""
    return list(_near(_Telling(file).run()))


def _near(found: list[Entry]) -> Iterator[Entry | Gap]:
    """What stands near a display or has a finding of its own; headings with what they head."""
    told = [i for i, e in enumerate(found) if isinstance(e, Shown) or e.findings]
    kept = {j for i in told for j in range(i - BEFORE, i + AFTER + 1)}
    headed = False
    for i in range(len(found) - 1, -1, -1):
        entry = found[i]
        if isinstance(entry, Passage) and entry.title and headed:
            kept.add(i)
            headed = False
        headed = headed or i in kept
    gone = False
    for i, entry in enumerate(found):
        if i in kept:
            if gone:
                yield Gap()
            yield entry
        gone = i not in kept


class _Telling:
    def __init__(self, file: FileReport) -> None:
        self.file = file
        self.outline: Outline = outline(file.text, file.file)
        self.starts = self.outline.places.starts
        self.findings = sorted(file.findings, key=lambda f: self.offset(f.span))
        self.judged = sorted(file.judged, key=lambda j: self.offset(j.span))
        self.found = [self.offset(f.span) for f in self.findings]
        self.seen = [self.offset(j.span) for j in self.judged]
        self.told = 0
        self.sentence: list[tuple[Stretch, int, int]] = []

    def offset(self, span: Span) -> int:
        line = min(max(span.line, 1), len(self.starts))
        return self.starts[line - 1] + span.column - 1

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def run(self) -> list[Entry]:
        out: list[Entry] = []
        for stretch in self.outline.stretches:
            if self.sentence and self.sentence[-1][0].piece is not stretch.piece:
                out += self.passage()
            if stretch.role == "inline" or self.in_passing(stretch):
                self.sentence.append((stretch, 0, len(stretch.text)))
            elif stretch.role == "prose":
                for i, (start, end) in enumerate(paragraphs(stretch.text)):
                    if i or start:
                        out += self.passage()
                    self.sentence.append((stretch, start, end))
                if stretch.text.rstrip(" \t").endswith(("\n\n", "\n\r\n")):
                    out += self.passage()
            else:
                out += self.passage()
                out.append(self.display(stretch))
        out += self.passage()
        self.rest(out)
        return out

    def in_passing(self, stretch: Stretch) -> bool:
        """Whether a display is only a name in a sentence: `$$x$$ is the input`."""
        if stretch.role != "display" or not stretch.within:
            return False
        start, end = stretch.outer_start, stretch.outer(len(stretch.text))
        return not any(
            bisect_left(places, start) < bisect_left(places, end)
            for places in (self.found, self.seen)
        )

    def taken(self, end: int) -> list[Finding]:
        """The findings that begin before a place of the file and were not told yet."""
        start = self.told
        while self.told < len(self.findings) and self.found[self.told] < end:
            self.told += 1
        return self.findings[start : self.told]

    def rest(self, out: list[Entry]) -> None:
        """What stands behind everything that is shown: below the last entry."""
        left = self.taken(len(self.file.text) + 1)
        if not left:
            return
        last = out[-1] if out else None
        if not isinstance(last, Passage):
            last = Passage(left[0].span.line, [])
            out.append(last)
        last.findings += left

    # Sentences.

    def passage(self) -> Iterator[Passage]:
        """The paragraph that was collected, if anything is in it."""
        pieces, self.sentence = self.sentence, []
        parts: list[str | Maths] = []
        title = ""
        for stretch, start, end in pieces:
            text = stretch.text[start:end]
            if stretch.role == "inline" or self.in_passing(stretch):
                parts.append(Maths(text))
                continue
            title = title or heading(text)
            words = bare(heading(text) or text, self.outline.kind)
            if words:
                parts.append(words)
        if not any(p.strip() if isinstance(p, str) else True for p in parts):
            return
        first, start, end = pieces[0]
        lead = len(first.text[start:end]) - len(first.text[start:end].lstrip())
        last, _, stop = pieces[-1]
        made = Passage(self.line(first.outer(start + lead)), parts, bool(title), first.cell)
        made.findings = self.taken(last.outer(max(stop - 1, 0)) + 1)
        yield made

    # Displays.

    def display(self, stretch: Stretch) -> Shown:
        if stretch.role == "typed":
            rows = [self.typed(stretch)]
        else:
            rows = [self.row(stretch, cut) for cut in cuts(stretch.text)]
        return Shown(rows, stretch.cell)

    def row(self, stretch: Stretch, cut: Cut) -> Row:
        text = stretch.text[cut.start : cut.end]
        lead = min(len(text) - len(text.lstrip()), max(len(text) - 1, 0))
        made = Row(self.line(stretch.outer(cut.start + lead)), cut.left, cut.right)
        self.judge(made, stretch.outer(cut.start), stretch.outer(cut.end))
        return self.pointed(made, stretch, cut)

    def typed(self, stretch: Stretch) -> Row:
        """A formula in plain characters, as it was understood."""
        span = Span(1, 1, 1, 1)
        found, errors = read_rows(
            stretch.text, display=True, place=lambda a, b: span, style=stretch.style
        )
        start = stretch.outer_start
        latex = None
        if found and not errors:
            latex = r" \quad ".join(_lettered(unparse(s.tree)) for s in found)
        source = stretch.text.strip()
        made = Row(self.line(start), latex, source=source)
        self.judge(made, start, stretch.outer(len(stretch.text)))
        return made

    def judge(self, row: Row, start: int, end: int) -> None:
        """The verdict on a row, and what is to be said about it."""
        row.findings = self.taken(end)
        first = bisect_right(self.seen, start - 1)
        here: list[Judged] = []
        while first < len(self.seen) and self.seen[first] < end:
            here.append(self.judged[first])
            first += 1
        verdicts: list[Verdict] = [f.verdict for f in row.findings] or [j.verdict for j in here]
        row.verdict = next((v for v in _WORST if v in verdicts), None)
        if not row.findings:
            row.cause = next((j.cause.line for j in here if j.cause), None)

    def pointed(self, row: Row, stretch: Stretch, cut: Cut) -> Row:
        """The row with what is to be changed in it marked, where that is one piece of a formula."""
        edits = [e for f in row.findings for e in f.fixes]
        if len(edits) != 1 or stretch.origin is not None:
            return row
        span = edits[0].span
        first, last = (
            stretch.inner(self.starts[line - 1] + column - 1)
            for line, column in ((span.line, span.column), (span.end_line, span.end_column))
        )
        marked = stretch.text[first:last]
        if not (cut.start <= first < last <= cut.end) or not balanced(marked):
            return row
        for side in ("left", "right"):
            text = getattr(row, side)
            at = (text or "").find(marked)
            if text is not None and text.count(marked) == 1:
                setattr(row, side, f"{text[:at]}\\{POINTED}{{{marked}}}{text[at + len(marked) :]}")
                break
        return row


_TYPED = re.compile(
    r"(?P<kept>\\(?:begin|end|text|mathrm|operatorname)\*?\{[^{}]*\}|\\[A-Za-z]+)"
    r"|(?P<word>[A-Za-z]+)(?P<digits>\d*)"
)


def _lettered(latex: str) -> str:
    """The formula of a plain text: its words are words, its digits indices."""

    def name(m: re.Match[str]) -> str:
        if m["kept"]:
            return m[0]
        word = m["word"] if len(m["word"]) == 1 else f"\\mathrm{{{m['word']}}}"
        return word + (f"_{{{m['digits']}}}" if m["digits"] else "")

    return _TYPED.sub(name, latex)


def balanced(latex: str) -> bool:
    """Whether a piece of LaTeX is a formula of its own, so that something can be put around it."""
    depth = 0
    for c in latex.replace(r"\{", "").replace(r"\}", ""):
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    fences = latex.count(r"\left") == latex.count(r"\right")
    return depth == 0 and fences and not any(x in latex for x in ("&", r"\\", r"\begin", r"\end"))


def counted(files: Sequence[FileReport]) -> dict[Verdict, int]:
    """How many equations came to which verdict, over all files."""
    return {v: sum(file.counts[v] for file in files) for v in VERDICTS}


def source_lines(file: FileReport, span: Span) -> tuple[int, list[str]]:
    """The lines of the file that a finding covers, and the number of the first."""
    return span.line, lines_of(file.text)[span.line - 1 : span.end_line]
