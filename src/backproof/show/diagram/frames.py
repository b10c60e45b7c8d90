"""How much room a node takes, and what is drawn and written in it, measured from its middle."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...expr.model import Model
from ...expr.node import Expr
from ...expr.shape import Dim
from ...notation.latex import latex
from ...words import say
from .graph import Node
from .labels import Label, label, plain, size_label

NAME, WORD, CHIP, LOSS = 18.0, 14.0, 15.0, 22.0  # sizes of text
ALL = 5  # up to so many units are drawn one by one
CELLS = 200.0  # how wide a block of small cells may become
RISE, DROP = 0.8, 0.3  # how far text reaches above and below its line, in parts of its size


@dataclass(frozen=True, slots=True)
class Style:
    """How large things are drawn. `compact` layers are capsules with ribbons between them; `down`
    is true where the network runs from top to bottom."""

    radius: float
    between: float
    padding: float
    compact: bool
    down: bool


def style(compact: bool, down: bool) -> Style:
    if compact:
        return Style(7, 6, 8, True, down)
    return Style(13, 9, 8, False, True) if down else Style(17, 12, 9, False, False)


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
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        wide = self.label.width * self.size
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return (left, self.y - RISE * self.size, left + wide, self.y + DROP * self.size)


@dataclass(slots=True)
class Frame:
    """The body of a node, `wide` and `high` around its middle, and what belongs to it.

    `circles` and `dots` are places of units and of the dots for those left out; `cells` are small
    rectangles (x, y, width, height) with the quantities they stand for; `bar` is a line between two
    names (x, y, height).
    """

    wide: float
    high: float
    texts: list[Text] = field(default_factory=list[Text])
    circles: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    dots: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    cells: list[tuple[float, float, float, float, Expr]] = field(
        default_factory=list[tuple[float, float, float, float, Expr]]
    )
    bar: tuple[float, float, float] | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the body with its labels."""
        boxes = [(-self.wide / 2, -self.high / 2, self.wide / 2, self.high / 2)]
        boxes += [t.box for t in self.texts]
        return (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )


class Framer:
    """Makes the frames of the nodes of one model."""

    def __init__(self, model: Model, style: Style, language: str) -> None:
        self.model = model
        self.style = style
        self.language = language

    def name(self, e: Expr) -> Label:
        return label(latex(e, self.model.spelling))

    def frame(self, node: Node) -> Frame:
        match node.kind:
            case "layer" | "grid":
                return self._labelled(node)
            case "operation":
                return self._operation(node)
            case "many" | "fold":
                return self._cells(node)
            case _:
                return self._named(node)

    def _named(self, node: Node) -> Frame:
        """A box with a name in it."""
        size, room, high = {
            "loss": (LOSS, 24.0, 46.0),
            "parameter": (CHIP, 12.0, 24.0),
        }.get(node.kind, (NAME, 20.0, 36.0))
        [name] = node.names
        text = self.name(name)
        wide = max(high, text.width * size + room)
        frame = Frame(wide, high, [Text(0, size * 0.32, text, size, names=(name,))])
        for i, other in enumerate(node.aliases):
            y = -high / 2 - 8 - i * (NAME + 4)
            frame.texts.append(Text(0, y, self._equal(other), NAME, names=(other,)))
        return frame

    def _equal(self, e: Expr) -> Label:
        first, then = plain("= "), self.name(e)
        return Label((*first.runs, *then.runs), first.width + then.width)

    def _operation(self, node: Node) -> Frame:
        sign = len(node.word) == 1
        text = plain(node.word) if sign else label(node.word or "f")
        if sign or not node.word:
            return Frame(28, 28, [Text(0, 6.5, text, 20, look="sign")])
        wide = max(28.0, text.width * WORD + 20)
        return Frame(wide, 28, [Text(0, 4.5, text, WORD, look="word")])

    def _labelled(self, node: Node) -> Frame:
        frame = self._grid() if node.kind == "grid" else self._units(node.units)
        lines = [label(node.word)] if node.word else []
        looks = ["word"] * len(lines)
        if node.kind == "layer" and _hidden_units(node.units):
            lines.append(size_label(node.units))
            looks.append("size")
        if self.style.down:
            self._beside(frame, node, list(zip(lines, looks, strict=True)))
            return frame
        y = frame.high / 2 + 4
        for text, look in zip(lines, looks, strict=True):
            y += WORD
            frame.texts.append(Text(0, y, text, WORD, look=look))
            y += 4
        self._header(frame, node, -frame.high / 2 - 9, None)
        return frame

    def _header(self, frame: Frame, node: Node, y: float, left: float | None) -> None:
        """The names: in the middle above the units, or from `left` on; second names follow."""
        names = [self.name(e) for e in node.names]
        width = [n.width * NAME for n in names]
        if len(names) == 2:
            x = 0.0 if left is None else left + width[0] + 7
            frame.texts.append(
                Text(x - 7, y, names[0], NAME, "end", names=(node.names[0],)),
            )
            frame.texts.append(Text(x + 7, y, names[1], NAME, "start", names=(node.names[1],)))
            frame.bar = (x, y + 4, NAME)
            x += 7 + width[1]
        elif names:
            x = -width[0] / 2 if left is None else left
            frame.texts.append(Text(x, y, names[0], NAME, "start", names=(node.names[0],)))
            x += width[0]
        else:
            x = 0.0 if left is None else left
        for other in node.aliases:
            text = self._equal(other)
            frame.texts.append(Text(x + 5, y, text, NAME, "start", names=(other,)))
            x += 5 + text.width * NAME

    def _beside(self, frame: Frame, node: Node, lines: list[tuple[Label, str]]) -> None:
        """All labels to the right of a row of units."""
        x = frame.wide / 2 + 9
        named = bool(node.names)
        total = (NAME + 2 if named else 0) + len(lines) * (WORD + 2)
        y = -total / 2
        if named:
            y += NAME
            self._header(frame, node, y - 3, x)
            y += 2
        for text, look in lines:
            y += WORD + 2
            frame.texts.append(Text(x, y - 4, text, WORD, "start", look))

    def _units(self, units: Dim) -> Frame:
        s = self.style
        step = 2 * s.radius + s.between
        if _hidden_units(units):
            places = [0.0, step, 2 * step + s.between * 1.4]
            dots = [(places[1] + places[2]) / 2 + i * s.between * 0.62 for i in (-1, 0, 1)]
            if s.compact:
                places = [0.0, step + s.between * 2]
                dots = [places[1] / 2 + i * s.between * 0.75 for i in (-1, 0, 1)]
        else:
            places, dots = [i * step for i in range(max(1, int(units)))], list[float]()
        middle = places[-1] / 2
        long = places[-1] + 2 * (s.radius + s.padding)
        thick = 2 * (s.radius + s.padding)
        across = [p - middle for p in places]
        small = [d - middle for d in dots]
        if s.down:
            frame = Frame(long, thick)
            frame.circles = [(a, 0.0) for a in across]
            frame.dots = [(d, 0.0) for d in small]
        else:
            frame = Frame(thick, long)
            frame.circles = [(0.0, a) for a in across]
            frame.dots = [(0.0, d) for d in small]
        return frame

    def _grid(self) -> Frame:
        return Frame(52, 52)

    def _cells(self, node: Node) -> Frame:
        """A block of small cells, read like lines of text, and what they are below it."""
        count = len(node.cells)
        parts = max(len(cell) for cell in node.cells)
        columns = max(1, min(count, math.ceil(math.sqrt(count * (1.0 if parts > 1 else 1.6)))))
        rows = math.ceil(count / columns)
        pitch = min(26.0 if parts > 1 else 14.0, CELLS / columns)
        high = min(14.0, pitch)
        wide, tall = columns * pitch, rows * high
        frame = Frame(wide + 12, tall + 12)
        for i, cell in enumerate(node.cells):
            x = -wide / 2 + (i % columns) * pitch
            y = -tall / 2 + (i // columns) * high
            room = pitch * 0.86 / len(cell)
            for j, e in enumerate(cell):
                frame.cells.append((x + j * room, y, room * 0.9, high * 0.8, e))
        if node.kind == "fold":
            said = plain(say("diagram.more layers", self.language, count=count))
        else:
            said = self._range(node.names)
        frame.texts.append(Text(0, frame.high / 2 + 4 + WORD, said, WORD, look="word"))
        return frame

    def _range(self, names: Iterable[Expr]) -> Label:
        first, *_, last = names
        dots = plain(" … ")
        runs = (*self.name(first).runs, *dots.runs, *self.name(last).runs)
        return Label(runs, self.name(first).width + dots.width + self.name(last).width)


def _hidden_units(units: Dim) -> bool:
    """Whether there are too many units, or unknown ones, to draw all of them."""
    return not isinstance(units, int) or units > ALL
