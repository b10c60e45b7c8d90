"""What a formula has open while it is read, and what comes of it when it closes.

A row is open up to its closer, a command until it has all its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .items import Item, bracket, row, single
from .layout import Rope
from .tables import table


@dataclass(slots=True)
class Frame:
    """Something that is open: a row up to its closer, or a command that waits for `wants` more
    arguments. `build` makes an item of what was collected."""

    build: Callable[[Frame], Item]
    wants: int = 0
    closer: str = ""
    face: str = ""
    tight: bool = False
    items: list[Item] = field(default_factory=list[Item])
    cells: list[list[Rope]] = field(default_factory=lambda: [[]])
    above: Rope | None = None  # what stands before an `\over`
    opening: str = ""

    def content(self) -> Rope:
        """The row collected so far."""
        below = row(self.items, self.tight)
        if self.above is None:
            return below
        return ("<mfrac>", single(self.above), single(below), "</mfrac>")

    def next_cell(self) -> None:
        self.cells[-1].append(self.content())
        self.items, self.above = [], None

    def argument(self, which: int) -> Rope:
        """One argument of a command, as one element; empty where the formula breaks off."""
        return single(row(self.items[which : which + 1], self.tight))


def whole(frame: Frame) -> Item:
    if len(frame.cells) == 1 and not frame.cells[0]:
        return Item("ord", frame.content())
    frame.opening = "aligned"
    return environment(frame)


def group(frame: Frame) -> Item:
    if len(frame.items) == 1 and frame.above is None and frame.items[0].kind in ("ord", "word"):
        return frame.items[0]
    return Item("ord", single(frame.content()))


def subscript(frame: Frame) -> Item:
    return Item("script", "", sub=frame.argument(0))


def superscript(frame: Frame) -> Item:
    return Item("script", "", sup=frame.argument(0))


def accent(frame: Frame) -> Item:
    mark = f'<mo stretchy="false">{frame.opening}</mo>'
    return Item("ord", ('<mover accent="true">', frame.argument(0), mark, "</mover>"))


def fraction(frame: Frame) -> Item:
    return Item(
        "ord",
        (f"<mfrac{frame.opening}>", frame.argument(0), frame.argument(1), "</mfrac>"),
        tall=True,
    )


def binomial(frame: Frame) -> Item:
    inside = ('<mfrac linethickness="0">', frame.argument(0), frame.argument(1), "</mfrac>")
    return Item("ord", ("<mrow>", bracket("(", True), inside, bracket(")", True), "</mrow>"))


def root(frame: Frame) -> Item:
    if frame.opening:
        return Item("ord", ("<mroot>", frame.argument(0), frame.opening, "</mroot>"))
    return Item("ord", ("<msqrt>", frame.argument(0), "</msqrt>"))


def under(frame: Frame) -> Item:
    mark = f"<mo>{frame.opening}</mo>"
    return Item("under", ("<munder>", frame.argument(0), mark, "</munder>"))


def over(frame: Frame) -> Item:
    mark = f"<mo>{frame.opening}</mo>"
    return Item("under", ("<mover>", frame.argument(0), mark, "</mover>"))


def overset(frame: Frame) -> Item:
    return Item("rel over", ("<mover>", frame.argument(1), frame.argument(0), "</mover>"))


def underset(frame: Frame) -> Item:
    return Item("rel over", ("<munder>", frame.argument(1), frame.argument(0), "</munder>"))


def arrow(frame: Frame) -> Item:
    arrow = f"<mo>{frame.opening}</mo>"
    return Item("rel over", ("<mover>", arrow, frame.argument(0), "</mover>"))


def framed(frame: Frame) -> Item:
    return Item("ord", (f'<mrow class="{frame.opening}">', frame.argument(0), "</mrow>"))


def negated(frame: Frame) -> Item:
    if frame.items and isinstance(frame.items[0].rope, str) and len(frame.items[0].rope) == 1:
        return Item("rel", frame.items[0].rope + "\u0338")
    return frame.items[0] if frame.items else Item("ord", "<mrow></mrow>")


def fenced(frame: Frame) -> Item:
    opening: Rope = bracket(frame.opening, True, "prefix") if frame.opening else ""
    closing: Rope = frame.cells[-1][0] if len(frame.cells) > 1 else ""
    return Item("inner", ("<mrow>", opening, frame.content(), closing, "</mrow>"), tall=True)


def environment(frame: Frame) -> Item:
    if frame.items or frame.cells[-1]:
        frame.next_cell()
    rows: Sequence[list[Rope]] = [cells for cells in frame.cells if cells]
    return Item("ord", table(frame.opening, rows), tall=True)
