"""A story on a terminal: Unicode maths in 80 columns, reasons beside the lines or below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING

from ..errors import width_of
from ..notation.inline import unicode_line
from ..notation.text import segments
from .breaking import Piece, break_maths, break_text
from .pages import Block, Display, Formula, Line, Paragraph, Section, Story, Table, Text

if TYPE_CHECKING:
    from rich.text import Text as RichText

Row = list[Piece]

WIDTH = 80
_INDENT = 2
_BAR = "│ "  # stands before a reason
_GAP = 3
_WIDEST_LEFT = 26

# How the styles of pieces look; the names are this printer's own.
STYLES = {
    "title": "bold",
    "heading": "bold cyan",
    "reason": "dim",
    "focus": "yellow",
    "head": "bold",
    "doubt": "bold red",
}


def terminal(story: Story, width: int = WIDTH) -> str:
    """The story as plain text without colours."""
    return plain(rows(story, width))


def plain(page: Iterable[Row]) -> str:
    """Rows as text without colours."""
    return "\n".join("".join(text for text, _ in row).rstrip() for row in page) + "\n"


def styled(row: Row, styles: Mapping[str, str] = STYLES) -> RichText:
    """A row for rich to print in colours."""
    from rich.text import Text as Rich

    return Rich.assemble(*((text, styles.get(style, "")) for text, style in row))


def rows(story: Story, width: int = WIDTH) -> Iterator[Row]:
    """The story as rows of styled pieces, none wider than `width` if it can be helped."""
    page = _Page(story, max(width, 40))
    title = page.words(story.title)
    yield [(title, "title")]
    yield [("═" * min(width_of(title), page.width), "title")]
    for number, section in enumerate(story.sections, 1):
        yield from page.section(section, str(number), 1)


class _Page:
    def __init__(self, story: Story, width: int) -> None:
        self.story = story
        self.width = width
        self.spelling = story.model.spelling
        self._known: dict[tuple[Formula, bool], Row] = {}

    # Text with formulas in it.

    def maths(self, formula: Formula, marked: bool = True) -> Row:
        key = (formula, marked)
        if key not in self._known:
            self._known[key] = self._maths(formula, marked)
        return self._known[key]

    def _maths(self, formula: Formula, marked: bool) -> Row:
        if formula.expr is None:
            return [(unicode_line(formula.written), "")]
        focus = formula.focus if marked else ()
        found = segments(formula.expr, self.spelling, focus=focus, indices=formula.indices)
        return [(text, "focus" if inside else "") for text, inside in found]

    def words(self, text: Text) -> str:
        return "".join(p if isinstance(p, str) else _flat(self.maths(p, False)) for p in text)

    def wrapped(self, text: Text, first: int, rest: int, style: str = "") -> list[Row]:
        """Text as rows; short formulas in it are not broken."""
        words: list[Row] = [[]]
        for part in text:
            if isinstance(part, str):
                pieces = part.split(" ")
                for i, piece in enumerate(pieces):
                    if i:
                        words.append([])
                    if piece:
                        words[-1].append((piece, style))
            else:
                words[-1].append((_flat(self.maths(part, False)), style))
        return break_text([w for w in words if w], first, rest)

    # Sections and blocks.

    def section(self, section: Section, number: str, level: int) -> Iterator[Row]:
        yield []
        if section.title:
            yield from self.heading(section.title, f"{number}  ", level)
        for i, block in enumerate(section.blocks):
            if i or level > 1:
                yield []
            yield from self.block(block)
        for i, inner in enumerate(section.sections, 1):
            yield from self.section(inner, f"{number}.{i}", level + 1)

    def heading(self, title: Text, lead: str, level: int) -> Iterator[Row]:
        room = self.width - len(lead)
        for i, row in enumerate(self.wrapped(title, room, room, "heading")):
            yield [(lead if i == 0 else " " * len(lead), "heading"), *row]
        if level == 1:
            wide = len(lead) + width_of(self.words(title))
            yield [("─" * min(wide, self.width), "heading")]

    def block(self, block: Block) -> Iterator[Row]:
        if isinstance(block, Paragraph):
            yield from self.wrapped(block.text, self.width, self.width)
        elif isinstance(block, Display):
            yield from self.display(block)
        else:
            yield from self.table(block)

    # Displays.

    def display(self, block: Display) -> Iterator[Row]:
        lefts = [self.maths(line.left) if line.left else [] for line in block.lines]
        own = [_wide(left) for left in lefts]
        align = max((w for w in own if w <= _WIDEST_LEFT), default=4)
        start = _INDENT + align + 3
        shown: list[tuple[Row, list[Row]]] = []
        for line, left, wide in zip(block.lines, lefts, own, strict=True):
            head: Row = [(" " * _INDENT, "")]
            if wide > align:  # too long to align anything to: the equals sign goes on the next line
                broken = break_maths(left, self.width - _INDENT, self.width - 2 * _INDENT)
                margins = [" " * _INDENT, *[" " * (2 * _INDENT)] * (len(broken) - 1)]
                above = [[(m, ""), *r] for m, r in zip(margins, broken, strict=True)]
                head.append((" " * align, ""))
            else:
                above = []
                head += [*left, (" " * (align - wide), "")]
            head.append((" = ", ""))
            body = break_maths(self.maths(line.right), self.width - start, self.width - start - 2)
            rows = [[*head, *body[0]], *([(" " * (start + 2), ""), *r] for r in body[1:])]
            shown.append((line_mark(line), [*above, *rows]))
        column = self._reason_column(block.lines, [rows for _, rows in shown])
        for line, (mark, rows) in zip(block.lines, shown, strict=True):
            yield from self._with_reason(line, rows, mark, column, start)

    def _reason_column(self, lines: Iterable[Line], shown: list[list[Row]]) -> int:
        """The column at which most reasons can stand beside their lines."""
        found = _INDENT
        for line, rows in zip(lines, shown, strict=True):
            if line.reason and len(rows) == 1:
                end = _wide(rows[0]) + _GAP
                reason = width_of(self.words(line.reason)) + len(_BAR)
                if max(found, end) + reason <= self.width:
                    found = max(found, end)
        return found

    def _with_reason(
        self, line: Line, rows: list[Row], mark: Row, column: int, start: int
    ) -> Iterator[Row]:
        if mark:
            rows = [*rows[:-1], [*rows[-1], *mark]]
        if not line.reason:
            yield from rows
            return
        words = self.words(line.reason)
        end = _wide(rows[-1]) + _GAP
        own = len(_BAR) + width_of(words)
        beside = column if column >= end and column + own <= self.width else end
        if len(rows) == 1 and beside + own <= self.width:
            yield [*rows[0], (" " * (beside - end + _GAP), ""), (_BAR, "reason"), (words, "reason")]
            return
        yield from rows
        room = self.width - start - len(_BAR)
        for row in self.wrapped(line.reason, room, room, "reason"):
            yield [(" " * start, ""), (_BAR, "reason"), *row]

    # Tables.

    def table(self, block: Table) -> Iterator[Row]:
        cells = [[self._cell(cell) for cell in row] for row in (block.head, *block.rows)]
        widths = [max(_wide(row[i]) for row in cells) for i in range(len(block.head))]
        over = sum(widths) + _GAP * (len(widths) - 1) + _INDENT - self.width
        if over > 0:
            widest = widths.index(max(widths))
            widths[widest] = max(20, widths[widest] - over)
        for number, row in enumerate(cells):
            broken = [break_maths(c, w, w - 2) for c, w in zip(row, widths, strict=True)]
            for i, line in enumerate(zip_longest(*broken)):
                yield self._table_row(line, widths, number == 0, i > 0)
            if number == 0:
                rule = (" " * _GAP).join("─" * w for w in widths)
                yield [(" " * _INDENT, ""), (rule, "reason")]

    def _cell(self, text: Text) -> Row:
        out: Row = []
        for part in text:
            out += [(part, "")] if isinstance(part, str) else self.maths(part, False)
        return out

    def _table_row(
        self, line: Iterable[Row | None], widths: list[int], head: bool, continued: bool
    ) -> Row:
        row: Row = [(" " * _INDENT, "")]
        for i, (cell, wide) in enumerate(zip(line, widths, strict=True)):
            shown = list(cell or [])
            if continued and shown:
                shown = [("  ", ""), *shown]
            gap = wide - _wide(shown) + (_GAP if i + 1 < len(widths) else 0)
            row += [(t, "head" if head else s) for t, s in shown]
            row.append((" " * gap, ""))
        return row


def line_mark(line: Line) -> Row:
    """What stands behind a line that is not proven."""
    return [("  (?)", "doubt")] if line.status == "undecided" else []


def _flat(row: Row) -> str:
    return "".join(text for text, _ in row)


def _wide(row: Row) -> int:
    return sum(width_of(text) for text, _ in row)
