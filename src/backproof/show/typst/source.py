"""The parts of a story as typst source, for article and slides alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from ...expr.model import Spelling
from ...expr.node import Expr
from ...notation.names import unicode
from ...notation.typst import typst
from ...notation.typst_written import quoted, spell
from ...notation.written import read_written
from ..pages import Block, Display, Formula, Line, Paragraph, Story, Table, Text
from .breaks import pieces

_SPECIAL = re.compile(r"([\\#$*_`@<>\[\]~/=+-])")
#: Between a formula and a Korean particle: typst would break the line there.
JOINER = r"\u{2060}"
_JOINT = re.compile(r"(?<=\$)(?=[가-힣])")
_NUMBERED = re.compile(r"^(\d+)\.")  # would begin a list


def part(name: str) -> str:
    """One of the files that lie beside this one, which every document begins with."""
    return files("backproof.show.typst").joinpath(name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Fonts:
    """Families to set a document in, each list in order of preference."""

    text: tuple[str, ...]
    maths: tuple[str, ...]


def head(story: Story, fonts: Fonts, title: str) -> str:
    """What every document says of itself before it begins."""
    return "\n".join(
        (
            f"#let headline = [{title}]",
            f"#let maths-fonts = ({_families(fonts.maths)},)",
            f"#set text(font: ({_families(fonts.text)},), lang: {quoted(story.language)})",
            "#set document(title: headline, date: none)",
            "",
            part("head.typ"),
        )
    )


def _families(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))


class Source:
    """Spells the parts of one story."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling

    def maths(self, given: Formula, mark: str = "") -> str:
        """A formula; what is in focus is handed to the function `mark`, if one is named."""
        if given.written and (own := read_written(given.written)) is not None:
            return spell(own)
        if given.expr is None:
            return quoted(unicode(given.written))
        focus = given.focus if mark and given.expr not in given.focus else ()
        return typst(
            given.expr, self.spelling, focus=focus, indices=given.indices, mark=mark or "focus"
        )

    def text(self, text: Text) -> str:
        """Words and formulas in a line; what is written together is not torn apart."""
        parts = [escaped(p) if isinstance(p, str) else self._inline(p) for p in text]
        return _JOINT.sub(lambda _: JOINER, "".join(parts))

    def _inline(self, given: Formula) -> str:
        source = self.maths(given)
        if given.expr is not None and _is_derivative(given.expr):
            source = source.replace("frac(", "over(", 1)
        return f"${source}$"

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Blocks below each other; words stay with the formulas that they lead to."""
        for block, below in zip(blocks, (*blocks[1:], None), strict=True):
            text = self.block(block)
            leads = isinstance(block, Paragraph) and isinstance(below, Display | Table)
            yield f"#lead[{text}]" if leads else text

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self.text(block.text)
        if isinstance(block, Table):
            return self.table(block)
        return self.display(block.lines, "boxed" if block.framed else "")

    def display(self, lines: Sequence[Line], mark: str = "") -> str:
        rows = "\n".join(f"  {self.line(line, mark)}," for line in lines)
        return f"#steps(\n{rows}\n)"

    def line(self, line: Line, mark: str) -> str:
        """Left side, pieces of the right side, reason: the three things of a row."""
        left = f"$display({self.maths(line.left)})$" if line.left else "none"
        right = pieces(self.maths(line.right, mark))
        parts = ", ".join(f"({cost}, ${source}$)" for cost, source in right)
        reason = f"[{self.text(line.reason)}]" if line.reason else "none"
        return f"({left}, ({parts},), {reason})"

    def table(self, block: Table) -> str:
        rows = "\n".join(f"  ({self._cells(row)}),".replace(",)", ")") for row in block.rows)
        return f"#facts(\n  ({self._cells(block.head)}),\n{rows}\n)"

    def _cells(self, cells: Sequence[Text]) -> str:
        return ", ".join(f"[{self.text(cell)}]" for cell in cells)


def _is_derivative(expr: Expr) -> bool:
    """Whether a formula is one derivative of something that has a name, and nothing else."""
    return expr.op in ("gradient", "derivative") and expr.args[0].op in ("name", "let", "entry")


def escaped(words: str) -> str:
    """Words that typst sets as they are."""
    return _NUMBERED.sub(r"\1\\.", _SPECIAL.sub(r"\\\1", words))
