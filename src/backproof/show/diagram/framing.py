"""The frames of the nodes of one model: units, names, and what stands beside them."""

from __future__ import annotations

import math

from ...expr.model import Model
from ...expr.node import Expr
from ...expr.shape import Dim
from ...notation.latex import latex
from ...words import say
from .curves import Point, arrow
from .frames import CHIP, LOSS, NAME, WORD, Cell, Chip, Frame, Style, Text, shifted, union
from .graph import Link, Node
from .labels import Label, joined, label, plain, size_label
from .terms import SIGNS

ALL = 5  # up to so many units are drawn one by one
CELLS = 200.0  # how wide a block of small cells may become
ROW = 3  # chips side by side


class Framer:
    """Makes the frames of the nodes of one model."""

    def __init__(self, model: Model, style: Style, language: str) -> None:
        self.model = model
        self.style = style
        self.language = language

    def name(self, e: Expr) -> Label:
        return label(latex(e, self.model.spelling))

    def frame(self, node: Node) -> Frame:
        """The frame of a node, with what is attached to it."""
        match node.kind:
            case "layer" | "grid":
                frame = self._labelled(node)
            case "operation":
                frame = self._operation(node)
            case "many" | "fold":
                frame = self._cells(node)
            case _:
                frame = self._named(node)
        if node.attached:
            self._attach(frame, node.attached)
        if node.kind in ("layer", "grid") and not self.style.down:
            self._footer(frame, node)
        return frame

    def _named(self, node: Node) -> Frame:
        """A box with a name in it."""
        size, room, high = {
            "loss": (LOSS, 24.0, 46.0),
            "parameter": (CHIP, 12.0, 24.0),
            "target": (CHIP, 14.0, 28.0),
        }.get(node.kind, (NAME, 20.0, 36.0))
        [name] = node.names
        text = self.name(name)
        wide = max(high, text.width * size + room)
        frame = Frame(node, wide, high, high / 2 if node.kind == "value" else 7)
        frame.texts.append(Text(0, size * 0.32, text, size, names=(name,)))
        for i, other in enumerate(node.aliases):
            y = -high / 2 - 8 - i * (NAME + 4)
            frame.texts.append(Text(0, y, self._equal(other), NAME, names=(other,)))
        return frame

    def _equal(self, e: Expr) -> Label:
        return joined(plain("= "), self.name(e))

    def _operation(self, node: Node) -> Frame:
        if node.word in SIGNS.values():
            return Frame(node, 28, 28, 14)
        text = label(node.word or "f")
        wide = max(28.0, text.width * WORD + 20)
        return Frame(node, wide, 28, 14, [Text(0, 4.5, text, WORD, look="word")])

    def _labelled(self, node: Node) -> Frame:
        word = label(node.word) if node.word else None
        if node.kind == "layer" and self.style.pills:
            return self._pill(node, word)
        frame = Frame(node, 52, 52, 7) if node.kind == "grid" else self._units(node)
        if self.style.down:
            self._beside(frame, node, word)
            return frame
        y = -frame.high / 2 - 9
        if node.names:
            right = self._header(frame, node, y, None)
            if word and self.style.compact:
                frame.texts.append(Text(right + 6, y, word, WORD, "start", "word"))
                return frame
            y -= NAME + 7
        if word:
            frame.texts.append(Text(0, y, word, WORD, look="word"))
        return frame

    def _footer(self, frame: Frame, node: Node) -> None:
        """How many units there are, where not all of them are drawn: below them, beside the arrow
        of a chip."""
        if node.kind != "layer" or not hidden(node.units):
            return
        said = size_label(node.units)
        if len(frame.chips) == 1:
            at, anchor = (8.0, frame.high / 2 + 12), "start"
        else:
            at, anchor = (0.0, frame.box[3] + 4 + WORD * 0.8), "middle"
        frame.texts.append(Text(*at, said, WORD, anchor, "size"))

    def _header(self, frame: Frame, node: Node, y: float, left: float | None) -> float:
        """The names: in the middle above the units, or from `left` on; second names follow. Says
        where they end."""
        names = [self.name(e) for e in node.names]
        width = [n.width * NAME for n in names]
        if len(names) == 2:
            x, anchor = (0.0, "end") if left is None else (left + width[0] + 5, "start")
            first, second = node.names
            start = x - 7 if left is None else left
            frame.texts.append(Text(start, y, names[0], NAME, anchor, names=(first,)))
            frame.texts.append(Text(x + 7, y, names[1], NAME, "start", names=(second,)))
            frame.bar = (x, y + 4, NAME)
            x += 7 + width[1]
        elif left is None:
            frame.texts.append(Text(0, y, names[0], NAME, names=(node.names[0],)))
            x = width[0] / 2
        else:
            frame.texts.append(Text(left, y, names[0], NAME, "start", names=(node.names[0],)))
            x = left + width[0]
        for other in node.aliases:
            text = self._equal(other)
            frame.texts.append(Text(x + 5, y, text, NAME, "start", names=(other,)))
            x += 5 + text.width * NAME
        return x

    def _pill(self, node: Node, word: Label | None) -> Frame:
        """A layer as a box with its name, or one for each of its two names."""
        names = [self.name(e) for e in node.names] or [word or plain("")]
        wide = [max(30.0, n.width * NAME + 14) for n in names]
        frame = Frame(node, sum(wide), 32, 16 if len(names) == 1 else 6)
        x = -frame.wide / 2
        for i, (name, room) in enumerate(zip(names, wide, strict=True)):
            own = tuple(node.names[i : i + 1])
            size, look = (NAME, "name") if own else (WORD, "word")
            frame.texts.append(Text(x + room / 2, 6, name, size, look=look, names=own))
            x += room
        for e in node.aliases:
            frame.texts.append(Text(x + 5, 6, self._equal(e), NAME, "start", names=(e,)))
            x += 5 + self._equal(e).width * NAME
        if word and node.names:
            frame.texts.append(Text(x + 4, 5, word, WORD, "start", "word"))
        return frame

    def _beside(self, frame: Frame, node: Node, word: Label | None) -> None:
        """All labels to the right of a row of units."""
        lines = [(word, "word")] if word else []
        if node.kind == "layer" and hidden(node.units):
            lines.append((size_label(node.units), "size"))
        x = frame.wide / 2 + 9
        y = -((NAME + 4 if node.names else 0) + len(lines) * (WORD + 4)) / 2
        if node.names:
            y += NAME
            self._header(frame, node, y - 3, x)
            y += 4
        for text, look in lines:
            y += WORD
            frame.texts.append(Text(x, y - 2, text, WORD, "start", look))
            y += 4

    def _units(self, node: Node) -> Frame:
        s = self.style
        step = 2 * s.radius + s.between
        if hidden(node.units):
            last = step + s.between * 2 if s.compact else 2 * step + s.between * 1.4
            places = [0.0, last] if s.compact else [0.0, step, last]
            apart = s.between * (0.75 if s.compact else 0.62)
            dots = [(places[-2] + last) / 2 + i * apart for i in (-1, 0, 1)]
        else:
            places, dots = [i * step for i in range(max(1, int(node.units)))], list[float]()
        alone = len(places) == 1 and not dots
        padding = 0.0 if alone and not s.compact else s.padding
        long, thick = places[-1] + 2 * (s.radius + padding), 2 * (s.radius + padding)
        frame = Frame(node, *((long, thick) if s.down else (thick, long)), thick / 2)
        middle = places[-1] / 2
        frame.circles = [self._along(p - middle) for p in places]
        frame.dots = [self._along(d - middle) for d in dots]
        return frame

    def _along(self, across: float) -> Point:
        return (across, 0.0) if self.style.down else (0.0, across)

    def _cells(self, node: Node) -> Frame:
        """A block of small cells, read like lines of text, and what they are below it."""
        count = len(node.cells)
        layers = sum(any(map(self._is_weight, cell)) for cell in node.cells) or count
        parts = max(len(cell) for cell in node.cells)
        columns = max(1, min(count, math.ceil(math.sqrt(count * (1.0 if parts > 1 else 1.6)))))
        rows = math.ceil(count / columns)
        pitch = min(40.0, CELLS / columns) if parts > 1 else min(14.0, CELLS / columns)
        high = min(18.0 if parts > 1 else 14.0, pitch)
        wide, tall = columns * pitch, rows * high
        frame = Frame(node, wide + 12, tall + 12, 6)
        for i, cell in enumerate(node.cells):
            x = -wide / 2 + (i % columns) * pitch + pitch * 0.11
            y = -tall / 2 + (i // columns) * high + high * 0.13
            room = pitch * 0.78 / len(cell)
            for j, e in enumerate(cell):
                left = x + j * room
                faint = node.kind == "fold" and self._is_weight(e)
                look = "cell weights" if faint else "cell"
                frame.cells.append(Cell((left, y, left + room * 0.9, y + high * 0.74), e, look))
        if node.kind == "fold":
            said = plain(say("diagram.more layers", self.language, count=layers))
        else:
            said = joined(self.name(node.names[0]), plain(" … "), self.name(node.names[-1]))
        frame.texts.append(Text(0, frame.high / 2 + 4 + WORD * 0.9, said, WORD, look="word"))
        return frame

    def _is_weight(self, e: Expr) -> bool:
        return self.model.roles.get(e) == "parameter"

    # What stands beside a node: below it, or before it where the network runs downwards.

    def _attach(self, frame: Frame, links: list[Link]) -> None:
        frames = [self.frame(link.source) for link in links]
        crowd = len(links) > ROW
        at = self._rows(frames)
        whole = union([shifted(f.box, x, y) for f, (x, y) in zip(frames, at, strict=True)])
        if crowd:
            whole = (whole[0] - 7, whole[1] - 7, whole[2] + 7, whole[3] + 7)
        if self.style.down:
            dx = -frame.wide / 2 - self.style.stem - whole[2]
            dy = -(whole[1] + whole[3]) / 2
        else:
            dx = -(whole[0] + whole[2]) / 2
            dy = frame.high / 2 + self.style.stem - whole[1]
        whole = shifted(whole, dx, dy)
        frame.around = whole if crowd else None
        for i, (link, own, (x, y)) in enumerate(zip(links, frames, at, strict=True)):
            place = 0.0 if crowd else i - (len(links) - 1) / 2
            if self.style.down:
                start = (whole[2], 0.0) if crowd else (x + dx + own.wide / 2, y + dy)
            else:
                start = (0.0, whole[1]) if crowd else (x + dx, y + dy - own.high / 2)
            end = self._touch(frame, place)
            # Chips stand across the flow, so that their arrows run across it as well.
            forward = arrow([start, end], not self.style.down)
            backward = arrow([end, start], not self.style.down)
            frame.chips.append(Chip(link, own, x + dx, y + dy, forward, backward))

    def _rows(self, frames: list[Frame]) -> list[Point]:
        """Places for chips in rows (or, downwards, below each other)."""
        at: list[Point] = []
        y = 0.0
        rows = [frames[i : i + ROW] for i in range(0, len(frames), ROW)]
        if self.style.down and len(frames) <= ROW:
            rows = [[f] for f in frames]
        for row in rows:
            high = max(f.box[3] - f.box[1] for f in row)
            x = -(sum(f.wide for f in row) + 6 * (len(row) - 1)) / 2
            for f in row:
                at.append((x + f.wide / 2, y - f.box[1]))
                x += f.wide + 6
            y += high + 6
        if self.style.down and len(frames) <= ROW:  # as near to the node as each can be
            right = max(f.wide for f in frames) / 2
            at = [(right - f.wide / 2, y) for f, (_, y) in zip(frames, at, strict=True)]
        return at

    def _touch(self, frame: Frame, place: float) -> Point:
        """Where the arrow of a chip meets the body: `place` steps from the middle."""
        long = frame.high if self.style.down else frame.wide
        flat = max(0.0, long / 2 - frame.corner)
        shift = place * min(12.0, frame.corner * 0.6 + flat * 0.5)
        over = max(0.0, abs(shift) - flat)
        dip = frame.corner - math.sqrt(max(0.0, frame.corner**2 - over**2))
        if self.style.down:
            return (-frame.wide / 2 + dip, shift)
        return (shift, frame.high / 2 - dip)


def hidden(units: Dim) -> bool:
    """Whether there are too many units, or unknown ones, to draw all of them."""
    return not isinstance(units, int) or units > ALL
