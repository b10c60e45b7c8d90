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

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|$])")


def markdown(story: Story) -> str:
    """The story as one Markdown file."""
    return "\n\n".join(Page(story).all()) + "\n"


class Page:
    """Spells the parts of a story for GitHub; other readers of Markdown differ in their maths."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.spelling = story.model.spelling

    def all(self) -> Iterator[str]:
        yield f"# {self.text(self.story.title)}"
        for number, section in enumerate(self.story.sections, 1):
            yield from self.section(section, f"{number}", 2)

    def section(self, section: Section, number: str, level: int) -> Iterator[str]:
        """A section and those in it, each as a text of its own."""
        heading = f"{'#' * level} {number}. {self.text(section.title)}"
        yield "\n\n".join((heading, *map(self.block, section.blocks)))
        for i, inner in enumerate(section.sections, 1):
            yield from self.section(inner, f"{number}.{i}", level + 1)

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self.text(block.text)
        if isinstance(block, Table):
            return self.table(block)
        return self.display(block)

    def maths(self, given: Formula) -> str:
        return self.allowed(formula(given, self.spelling))

    def text(self, text: Text) -> str:
        parts = (
            _SPECIAL.sub(r"\\\1", p) if isinstance(p, str) else self.inline(self.maths(p))
            for p in text
        )
        return "".join(parts)

    def inline(self, latex: str) -> str:
        return f"$`{latex}`$"

    def fence(self, latex: str) -> str:
        """A display on lines of its own."""
        return f"```math\n{latex}\n```"

    def reason(self, text: Text) -> str:
        """A reason inside of a formula."""
        parts = (p if isinstance(p, str) else f"${self.maths(p)}$" for p in text)
        return f"\\text{{{''.join(parts)}}}"

    def display(self, block: Display) -> str:
        rows = display_rows(block, self.spelling, self.reason, ROOM)
        if len(rows) == 1 and not rows[0].reason:
            return self.fence(self.allowed(f"{rows[0].left} = {rows[0].right}".strip()))
        body = " \\\\\n".join(self.allowed(aligned(row)) for row in rows)
        return self.fence(f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}")

    def table(self, block: Table) -> str:
        lines = ["| " + " | ".join(self.text(cell) for cell in block.head) + " |"]
        lines.append("|" + " --- |" * len(block.head))
        for row in block.rows:
            lines.append("| " + " | ".join(self.text(cell) for cell in row) + " |")
        return "\n".join(lines)

    def allowed(self, latex: str) -> str:
        """The formula with what GitHub refuses, or a table would end at, said otherwise."""
        latex = latex.replace(r"\operatorname", r"\mathrm")
        return re.sub(r"(?<!\\)\|", r"\\vert ", latex)
