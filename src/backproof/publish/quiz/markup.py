"""Blocks of a story as HTML: sentences, displays with their equals signs in one column, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...expr.model import Spelling
from ...notation.mathml import mathml
from ...show.html import formula_html, math, text_html
from ...show.pages import Block, Display, Formula, Line, Paragraph, Table
from .questions import BLANK, GAP

_BLANK = mathml(BLANK)
# What scripts fill; as wide as a word while it is empty.
_GAP = '<mrow class="gap"><mspace width="4em" height="0.8em"/></mrow>'


class Markup:
    """Writes blocks; `gap` is what is read out for a blank."""

    def __init__(self, spelling: Spelling, gap: str) -> None:
        self.spelling = spelling
        self._said = gap

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return f"<p>{text_html(block.text, self.spelling)}</p>"
        if isinstance(block, Display):
            return self.display(block)
        return self._table(block)

    def display(self, display: Display, before: Callable[[int], str] = lambda i: "") -> str:
        """Lines below each other; `before` gives what stands in front of each."""
        if not display.lines:
            return ""
        lines = (self._line(line, before(i)) for i, line in enumerate(display.lines))
        return f'<div class="display" tabindex="0" role="group">{"".join(lines)}</div>'

    def _line(self, line: Line, before: str) -> str:
        left = self.formula(line.left) if line.left is not None else ""
        right = self.formula(line.right)
        return (
            f'<div class="line">{before}<span class="left">{left}</span>'
            f'<span class="rest"><span class="is">{math("<mo>=</mo>", "=")}</span>'
            f'<span class="right">{right}</span></span>{self._reason(line)}</div>'
        )

    def _reason(self, line: Line) -> str:
        if not line.reason:
            return ""
        return f'<span class="reason">{text_html(line.reason, self.spelling)}</span>'

    def formula(self, formula: Formula) -> str:
        """A formula; a blank in it is a gap."""
        made = formula_html(formula, self.spelling)
        return made.replace(_BLANK, _GAP).replace(GAP, self._said)

    def _table(self, table: Table) -> str:
        def cells(row: Iterable[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>"

        head = cells((text_html(t, self.spelling) for t in table.head), "th")
        rows = "".join(cells((text_html(t, self.spelling) for t in r), "td") for r in table.rows)
        return (
            f'<div class="table" tabindex="0" role="group"><table><thead>{head}</thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
