"""The entries of a note as HTML: passages to read, rows with their verdicts, cards below them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ...check.report import FileReport, Finding
from ...errors import width_of
from ...notation.elements import element
from ...notation.inline import unicode_line
from ...show.html import math
from ...words import say
from .cards import badge, card, formula
from .entries import Entry, Gap, Maths, Passage, Row, Shown, entries


def note(file: FileReport, language: str, prefix: str) -> Iterator[str]:
    """A note from top to bottom; addresses in the page begin with `prefix`."""
    yield from _Printing(file, language, prefix).run()


NARROW = 24  # columns that fit on the smallest screen


class _Printing:
    def __init__(self, file: FileReport, language: str, prefix: str) -> None:
        self.file = file
        self.language = language
        self.prefix = prefix
        self.cards = 0
        self.cell: int | None = None
        self.lines: set[int] = set()

    def run(self) -> Iterator[str]:
        for entry in entries(self.file):
            if isinstance(entry, Gap):
                yield '<div class="passage gap"><span></span><p class="words">⋯</p></div>'
                continue
            yield from self.cell_of(entry)
            if isinstance(entry, Passage):
                yield from self.passage(entry)
            else:
                yield from self.display(entry)

    def cell_of(self, entry: Entry) -> Iterator[str]:
        if entry.cell is not None and entry.cell != self.cell:
            self.cell = entry.cell
            words = escape(say("report.cell", self.language, cell=entry.cell))
            yield f'<p class="cell">{words}</p>'

    def passage(self, passage: Passage) -> Iterator[str]:
        parts = [
            formula(p.latex, display=False) if isinstance(p, Maths) else escape(p, quote=False)
            for p in passage.parts
        ]
        tag = "h3" if passage.title else "p"
        wide = _focusable(*(p.latex for p in passage.parts if isinstance(p, Maths)))
        found = ' data-verdict="found"' if passage.findings else ""
        yield (
            f'<div class="passage"{found}>{self.number(passage.line)}'
            f'<{tag} class="words"{wide}>{"".join(parts)}</{tag}></div>'
        )
        yield from self.told(passage.findings)

    def display(self, shown: Shown) -> Iterator[str]:
        aligned = any(row.right is not None for row in shown.rows) and len(shown.rows) > 1
        yield f'<div class="display{" aligned" if aligned else ""}">'
        for row in shown.rows:
            yield self.row(row, aligned)
            yield from self.told(row.findings)
        yield "</div>"

    def row(self, row: Row, aligned: bool) -> str:
        verdict = badge(row.verdict, self.language) if row.verdict else ""
        if row.cause is not None:
            words = escape(say("report.to line", self.language, line=row.cause))
            verdict += f' <a class="cause" href="#{self.prefix}L{row.cause}">{words}</a>'
        state = f' data-verdict="{row.verdict}"' if row.verdict else ""
        return (
            f'<div class="row"{state}>{self.number(row.line)}'
            f'{self.maths(row, aligned)}<div class="verdict">{verdict}</div></div>'
        )

    def maths(self, row: Row, aligned: bool) -> str:
        if row.left is None:
            wide = _focusable(row.source)
            return f'<div class="maths"{wide}><code>{escape(row.source)}</code></div>'
        if aligned:
            left, right = (row.left, row.right) if row.right is not None else ("", row.left)
            sides = (("left", left), ("right", right))
            return "".join(
                f'<div class="maths {side}"{_focusable(latex)}>'
                f"{_side(latex) if latex.strip() else ''}</div>"
                for side, latex in sides
            )
        whole = row.left + (row.right or "")
        return f'<div class="maths"{_focusable(whole)}>{formula(whole)}</div>'

    def told(self, findings: list[Finding]) -> Iterator[str]:
        for finding in findings:
            self.cards += 1
            yield card(finding, self.file, self.language, f"{self.prefix}F{self.cards}")

    def number(self, line: int) -> str:
        """The line of the file, which a link can lead to where it is its first."""
        name = f' id="{self.prefix}L{line}"' if line not in self.lines else ""
        self.lines.add(line)
        spoken = escape(say("report.line", self.language, line=line))
        return (
            f'<span class="line"{name}><span aria-hidden="true">{line}</span>'
            f'<span class="visually-hidden">{spoken}</span></span>'
        )


def _focusable(*formulas: str) -> str:
    """What may be too wide for its place takes the focus, so that keys can scroll it. The script
    of the page measures it once it is near."""
    long = any(width_of(unicode_line(latex)) > NARROW for latex in formulas)
    return ' tabindex="0"' if long else ""


def _side(latex: str) -> str:
    """One side of an aligned row; what begins it has something on its left."""
    return math(element(latex), unicode_line(latex)).replace(
        "<math", '<math displaystyle="true"', 1
    )
