"""A piece of a story as HTML that stands in somebody else's page: the output of a notebook's cell.

It brings its own styles, bound to its own class, and takes the colours of the page around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..expr.model import Spelling
from ..show.html import formula_html, math, text_html
from ..show.pages import Block, Display, Formula, Line, Paragraph, Section, Table, Text

STYLE = """
.backproof { overflow-x: auto; }
.backproof h3, .backproof h4 { margin: 1em 0 0.3em; }
.backproof p { margin: 0.4em 0; }
.backproof table { border-collapse: collapse; margin: 0.5em 0; border: 0; font-size: inherit; }
.backproof :is(td, th) {
  border: 0; padding: 0.2em 0.5em; text-align: left; vertical-align: baseline;
  background: none; color: inherit; white-space: nowrap;
}
.backproof tr { background: none; }
.backproof .lines td { padding: 0.25em 0.15em; }
.backproof .lines td:first-child { text-align: right; padding-left: 1.5em; }
.backproof .names th { border-bottom: 1px solid currentColor; }
.backproof .reason { padding-left: 1.5em; opacity: 0.75; white-space: normal; }
.backproof .focus { outline: 1px solid currentColor; outline-offset: 1px; }
"""


def fragment(blocks: Iterable[str], style: str = "") -> str:
    """Blocks of HTML in one element with its styles."""
    inside = "\n".join(blocks)
    return f'<div class="backproof"><style>{STYLE}{style}</style>\n{inside}\n</div>'


def sections_html(sections: Iterable[Section], spelling: Spelling, level: int = 3) -> Iterator[str]:
    """Sections with their headings."""
    for section in sections:
        if section.title:
            yield f"<h{level}>{text_html(section.title, spelling)}</h{level}>"
        for block in section.blocks:
            yield block_html(block, spelling)
        yield from sections_html(section.sections, spelling, min(level + 1, 6))


def block_html(block: Block, spelling: Spelling) -> str:
    """A paragraph, a display or a table."""
    if isinstance(block, Paragraph):
        return f"<p>{text_html(block.text, spelling)}</p>"
    if isinstance(block, Table):
        return _table(block, spelling)
    return _display(block, spelling)


def _table(block: Table, spelling: Spelling) -> str:
    def row(cells: Iterable[Text], tag: str) -> str:
        return "".join(f"<{tag}>{text_html(cell, spelling)}</{tag}>" for cell in cells)

    rows = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in block.rows)
    return f'<table class="names"><tr>{row(block.head, "th")}</tr>{rows}</table>'


def _display(block: Display, spelling: Spelling) -> str:
    rows = "".join(_line(line, spelling, block.framed) for line in block.lines)
    return f'<table class="lines" role="presentation">{rows}</table>'


def _line(line: Line, spelling: Spelling, framed: bool) -> str:
    left = _large(line.left, spelling, framed) if line.left else ""
    reason = text_html(line.reason, spelling)
    shown = f'<td class="reason">{reason}</td>' if reason else ""
    equals = math("<mo>=</mo>", "=")
    return (
        f"<tr><td>{left}</td><td>{equals}</td>"
        f"<td>{_large(line.right, spelling, framed)}</td>{shown}</tr>"
    )


def _large(formula: Formula, spelling: Spelling, framed: bool) -> str:
    """A formula of a display that stands in a row with others."""
    shown = formula if framed else Formula(formula.expr, formula.written, (), formula.indices)
    return formula_html(shown, spelling).replace("<math", '<math displaystyle="true"', 1)
