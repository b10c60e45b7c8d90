"""How much room a node takes, and what is drawn and written in it, measured from its middle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...expr.node import Expr
from .curves import Curve, Point
from .graph import Link, Node
from .labels import Label

NAME, WORD, CHIP, LOSS = 18.0, 14.0, 15.0, 22.0  # sizes of text
RISE, DROP = 0.8, 0.3  # how far text reaches above and below its line, in parts of its size

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Style:
    """How large things are drawn.

    `compact` layers have ribbons between them and not single edges; `down` is true where the
    network runs from top to bottom. `stem` is the way from a node to what stands beside it, `apart`
    the room between neighbours.
    """

    radius: float
    between: float
    padding: float
    compact: bool
    down: bool
    stem: float
    apart: float

    @property
    def pills(self) -> bool:
        """Whether a layer is only its name in a box: where much stands on a narrow screen."""
        return self.compact and self.down


def style(compact: bool, down: bool) -> Style:
    """The sizes for a network with many layers side by side (`compact`), or a narrow screen."""
    if compact:
        return Style(7, 6, 5, True, down, 18, 11)
    return Style(13, 9, 8, False, True, 20, 16) if down else Style(17, 12, 9, False, False, 20, 16)


@dataclass(frozen=True, slots=True)
class Text:
    """A label: `x`, `y` are where its line starts, is centred or ends (`anchor`)."""

    x: float
    y: float
    label: Label
    size: float
    anchor: str = "middle"
    look: str = "name"
    names: tuple[Expr, ...] = ()

    @property
    def box(self) -> Box:
        """Where it reaches, as far as can be told without its font."""
        wide = self.label.width * self.size
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return (left, self.y - RISE * self.size, left + wide, self.y + DROP * self.size)

    def moved(self, x: float, y: float) -> Text:
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Cell:
    """A small rectangle that stands for a quantity."""

    box: Box
    name: Expr
    look: str


@dataclass(slots=True)
class Frame:
    """The body of a node, `wide` and `high` around its middle with rounded corners, and what
    belongs to it.

    `circles` and `dots` are places of units and of the dots for those left out; `bar` is a line
    between two names (x, y, height); `chips` are the nodes that stand beside it, `around` a box
    around those.
    """

    node: Node
    wide: float
    high: float
    corner: float
    texts: list[Text] = field(default_factory=list[Text])
    circles: list[Point] = field(default_factory=list[Point])
    dots: list[Point] = field(default_factory=list[Point])
    cells: list[Cell] = field(default_factory=list[Cell])
    bar: tuple[float, float, float] | None = None
    chips: list[Chip] = field(default_factory=list["Chip"])
    around: Box | None = None

    @property
    def box(self) -> Box:
        """The body with its labels and chips."""
        boxes: list[Box] = [(-self.wide / 2, -self.high / 2, self.wide / 2, self.high / 2)]
        boxes += [t.box for t in self.texts]
        boxes += [shifted(c.frame.box, c.x, c.y) for c in self.chips]
        boxes += [self.around] if self.around else []
        return union(boxes)


@dataclass(slots=True)
class Chip:
    """A node beside another: its place and the arrows between the two, from the other's middle."""

    link: Link
    frame: Frame
    x: float
    y: float
    forward: Curve
    backward: Curve


def shifted(box: Box, x: float, y: float) -> Box:
    """A box at another place."""
    return (box[0] + x, box[1] + y, box[2] + x, box[3] + y)


def union(boxes: list[Box]) -> Box:
    """The smallest box around some."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
