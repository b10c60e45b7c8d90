"""What every printer is handed: a story of sections, with its maths still as expressions.

A story is neutral: it knows no colours, no widths and no markup. Sentences come out of `words`,
with formulas between them; a printer spells the formulas and puts the rest where it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..calculus.step import Status
from ..expr.model import Model
from ..expr.node import Expr

Detail = Literal["outline", "standard", "full"]
DETAILS: tuple[Detail, ...] = ("outline", "standard", "full")


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression to print.

    `written` is LaTeX to take instead where LaTeX is asked for: the author's own. A formula that
    stands in a sentence of `words` is only that, and has no expression. `focus` are the parts to
    mark. Without `indices` an entry prints as the matrix that it belongs to.
    """

    expr: Expr | None
    written: str = ""
    focus: tuple[Expr, ...] = ()
    indices: bool = True


Text = tuple[str | Formula, ...]  # words and the formulas between them


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences."""

    text: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a display: `left = right`, or `= right` where `left` is None.

    `reason` says why the line follows, `laws` names the laws behind it, `place` the pieces of the
    network that it is about (plain names, output side first). `status` is empty for a line that
    states something (an equation of the note, a question) and is not a step.
    """

    left: Formula | None
    right: Formula
    reason: Text = ()
    laws: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    status: Status | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Display:
    """Lines set below each other, their equals signs in one column.

    In a `framed` display the parts in focus are what it is about, and framed in every medium;
    elsewhere they are what changes in the next line, marked where that does not disturb.
    """

    lines: tuple[Line, ...]
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a row of headings."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


Block = Paragraph | Display | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the story; `about` is the plain name of the quantity that it derives by, if one."""

    title: Text
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """A derivation, told in one language and one detail."""

    title: Text
    sections: tuple[Section, ...]
    model: Model
    language: str
    detail: Detail
