"""A story as Markdown that GitHub renders, formulas included.

GitHub reads Markdown before it reads maths, so that `_`, `*` and a double backslash between dollars
may be taken for emphasis and escapes. Fences (```math) and dollars with backticks keep them out of
its reach. It refuses some macros, `operatorname` among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .pages import Block, Display, Formula, Paragraph, Section, Story, Table, Text
from .setting import aligned, display_rows, formula

ROOM = 92  # characters of a formula on a page of GitHub's

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def markdown(story: Story) -> str:
    """The story as one Markdown file."""
    return "\n\n".join(_Page(story).all()) + "\n"


class _Page:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.spelling = story.model.spelling

    def all(self) -> Iterator[str]:
        yield f"# {self.text(self.story.title)}"
        for number, section in enumerate(self.story.sections, 1):
            yield from self.section(section, f"{number}", 2)

    def section(self, section: Section, number: str, level: int) -> Iterator[str]:
        yield f"{'#' * level} {number}. {self.text(section.title)}"
        for block in section.blocks:
            yield self.block(block)
        for i, inner in enumerate(section.sections, 1):
            yield from self.section(inner, f"{number}.{i}", level + 1)

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self.text(block.text)
        if isinstance(block, Table):
            return self.table(block)
        return self.display(block)

    def maths(self, given: Formula) -> str:
        return _allowed(formula(given, self.spelling))

    def text(self, text: Text) -> str:
        parts = (
            _SPECIAL.sub(r"\\\1", p) if isinstance(p, str) else f"$`{self.maths(p)}`$" for p in text
        )
        return "".join(parts)

    def reason(self, text: Text) -> str:
        """A reason inside of a formula."""
        parts = (p if isinstance(p, str) else f"${self.maths(p)}$" for p in text)
        return f"\\text{{{''.join(parts)}}}"

    def display(self, block: Display) -> str:
        rows = display_rows(block, self.spelling, self.reason, ROOM)
        body = " \\\\\n".join(_allowed(aligned(row)) for row in rows)
        if len(rows) > 1 or rows[0].reason:
            body = f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
        else:
            body = body.replace("&", "")
        return f"```math\n{body}\n```"

    def table(self, block: Table) -> str:
        lines = ["| " + " | ".join(self.text(cell) for cell in block.head) + " |"]
        lines.append("|" + " --- |" * len(block.head))
        for row in block.rows:
            lines.append("| " + " | ".join(self.text(cell) for cell in row) + " |")
        return "\n".join(lines)


def _allowed(latex: str) -> str:
    """The formula with what GitHub refuses, or Markdown would take for its own, said otherwise."""
    latex = latex.replace(r"\operatorname", r"\mathrm")
    return re.sub(r"(?<!\\)\|", r"\\vert ", latex)
