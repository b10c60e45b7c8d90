"""A layout as an SVG: every piece in an element that names its quantity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape

from ...expr.node import Expr
from .colours import Theme, stylesheet
from .curves import Curve, pair, short, straight
from .frames import Box, Frame, Style, Text
from .graph import Link, Node
from .layout import Layout
from .lettering import lettered
from .routes import Route

PATHS = 24  # quantities along whose path one line may lie; of more, the first ones
# An operation's sign around the middle of its circle. A product entry by entry is written as a dot
# in a circle, and the circle is there.
_SIGNS = {
    "+": "M-6 0H6M0 -6V6",
    "−": "M-6 0H6",
    "×": "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5",
    "⊙": "M-1.2 0A1.2 1.2 0 0 1 1.2 0A1.2 1.2 0 0 1 -1.2 0Z",
    "∥": "M-2.5 -6V6M2.5 -6V6",
}


class Drawing:
    """Writes one picture. Whatever belongs to a quantity in `lit` has the class `lit`."""

    def __init__(self, lit: Iterable[Expr], theme: Theme) -> None:
        self.lit = set(lit)
        self.theme: Theme = theme
        self.lines: list[str] = []
        self.through: dict[Node, list[Expr]] = {}

    def svg(self, layout: Layout, routes: list[Route], said: tuple[str, str], scale: float) -> str:
        """The whole element, with a title and a description."""
        title, description = said
        wide, high = short(layout.width), short(layout.height)
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="network" role="img" '
            f'text-anchor="middle" '
            f'viewBox="0 0 {wide} {high}" '
            f'width="{short(layout.width * scale)}" height="{short(layout.height * scale)}">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(description)}</desc>",
            f"<style>\n{stylesheet(self.theme)}</style>",
            f'<rect class="paper" width="{wide}" height="{high}"/>',
        ]
        for route in routes:
            self.through.setdefault(route.link.target, []).extend(route.link.through)
        for route in routes:
            self._bundle(route)
        for route in routes:
            if route.forward:
                self._arrow(route.link, route.forward, "forward")
        for node, (x, y) in layout.at.items():
            self._node(layout.frames[node], x, y, layout.style)
        for route in routes:
            self._arrow(route.link, route.backward, "backward")
            if route.halfway and route.link.weight is not None:
                self._both(route.link.upper, route.link.weight, _curve(route.halfway, "backward"))
        for route in routes:
            if route.label:
                self.lines.append(lettered(replace(route.label, look="halo")))
                self._text(route.label)
        self.lines.append("</svg>")
        return "\n".join(self.lines) + "\n"

    def _group(self, names: Sequence[Expr], body: Iterable[str]) -> str:
        """Elements that belong to a quantity; where there are several, to each inside the other."""
        text = "".join(body)
        for e in reversed(names):
            lit = ' class="lit"' if e in self.lit else ""
            text = f'<g data-quantity="{escape(e.attr.plain)}"{lit}>{text}</g>'
        return text

    def _both(self, upper: Expr, lower: Expr, body: str) -> None:
        self.lines.append(self._group((upper, lower), [body]))

    def _arrow(self, link: Link, curve: Curve, way: str) -> None:
        """An arrow for each quantity along whose path it lies: lit when both of its ends are."""
        for e in [e for e in link.through if e is not link.weight][:PATHS]:
            self._both(link.upper, e, _curve(curve, way))

    def _shape(self, node: Node, body: str) -> None:
        """The body of a node. One without a name is a part of how its owner depends on what leads
        to it, and is lit as arrows are."""
        if node.names:
            self.lines.append(self._group(node.names, [body]))
            return
        self.lines.append(self._group((node.owner,), [f'<g class="part">{body}</g>']))
        through = [*self.through.get(node, ()), *(e for x in node.attached for e in x.through)]
        for e in list(dict.fromkeys(through))[:PATHS]:
            self._both(node.owner, e, f'<g class="glow">{body}</g>')

    def _bundle(self, route: Route) -> None:
        if route.link.weight is None:
            return
        if route.ribbon:
            body = f'<path class="ribbon" d="{route.ribbon}"/>'
        else:
            paths = "".join(f"M{pair(a)}L{pair(b)}" for a, b in route.edges)
            body = f'<path class="edges" d="{paths}"/>'
        self.lines.append(self._group((route.link.weight,), [body]))

    def _node(self, frame: Frame, x: float, y: float, style: Style) -> None:
        node = frame.node
        self.lines.append(f'<g class="{node.kind}" transform="translate({short(x)} {short(y)})">')
        if frame.around:
            self.lines.append(_rect("frame", frame.around, 7))
        for chip in frame.chips:
            self._arrow(chip.link, chip.forward, "forward")
            self._node(chip.frame, chip.x, chip.y, style)
            self._arrow(chip.link, chip.backward, "backward")
        if node.kind == "layer":
            self._layer(frame, style)
        elif frame.cells:
            self.lines.append(_rect("frame", _body(frame), frame.corner))
            for cell in frame.cells:
                self.lines.append(self._group((cell.name,), [_rect(cell.look, cell.box, 1.5)]))
        else:
            body = _rect("body", _body(frame), frame.corner)
            if node.kind == "grid":
                body += _entries(frame)
            body += f'<path class="sign" d="{_SIGNS[node.word]}"/>' if node.word in _SIGNS else ""
            self._shape(node, body)
        for text in frame.texts:
            self._text(text)
        if frame.bar:
            left, top, high = frame.bar
            self.lines.append(f'<path class="bar" d="M{pair((left, top))}v{short(-high)}"/>')
        self.lines.append("</g>")

    def _layer(self, frame: Frame, s: Style) -> None:
        names = frame.node.names
        if s.pills:
            if len(names) < 2:
                self._shape(frame.node, _rect("body", _body(frame), frame.corner))
                return
            left, top, right, bottom = _body(frame)
            for e, box in zip(
                names, ((left, top, 0, bottom), (0, top, right, bottom)), strict=True
            ):
                self.lines.append(self._group((e,), [_rect("body", box, frame.corner)]))
            return
        if s.compact or len(frame.circles) > 1:
            self.lines.append(_rect("frame", _body(frame), frame.corner))
        if len(names) < 2:
            circles = [_circle("unit", x, y, s.radius) for x, y in frame.circles]
            self._shape(frame.node, "".join(circles))
        else:
            for e, look, side in zip(names, ("before", "after"), (0, 1), strict=True):
                halves = [_half(x, y, s.radius, side, s.down) for x, y in frame.circles]
                body = f'<path class="unit {look}" d="{"".join(halves)}"/>'
                self.lines.append(self._group((e,), [body]))
            self._both(names[1], names[0], _inside(frame, s))
        self.lines += [_circle("dot", x, y, 1.7) for x, y in frame.dots]

    def _text(self, text: Text) -> None:
        self.lines.append(self._group(text.names, [lettered(text)]))


def _body(frame: Frame) -> Box:
    return (-frame.wide / 2, -frame.high / 2, frame.wide / 2, frame.high / 2)


def _inside(frame: Frame, s: Style) -> str:
    """From the activation back to the pre-activation, in every unit that is drawn."""
    reach = s.radius * 0.62
    dx, dy = (0.0, reach) if s.down else (reach, 0.0)
    arrows = [
        straight((x + dx, y + dy), (x - dx, y - dy), s.radius * 0.42) for x, y in frame.circles
    ]
    return "".join(_curve(a, "backward") for a in arrows)


def _curve(curve: Curve, way: str) -> str:
    corners = "L".join(pair(p) for p in curve.head)
    return (
        f'<g class="{way}"><path class="line" d="{curve.path}"/>'
        f'<path class="head" d="M{corners}Z"/></g>'
    )


def _half(x: float, y: float, radius: float, side: int, down: bool) -> str:
    """Half a disc: 0 is the half that the flow meets first."""
    dx, dy = (radius, 0.0) if down else (0.0, -radius)
    r = short(radius)
    return f"M{pair((x - dx, y - dy))}A{r} {r} 0 0 {1 - side} {pair((x + dx, y + dy))}Z"


def _entries(frame: Frame) -> str:
    """A small matrix."""
    half = frame.wide / 2 - 5
    step = 2 * half / 4
    corners = [(-half + i * step + 1, -half + j * step + 1) for j in range(4) for i in range(4)]
    return "".join(_rect("entry", (x, y, x + step - 2, y + step - 2), 2) for x, y in corners)


def _circle(look: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{look}" cx="{short(x)}" cy="{short(y)}" r="{short(radius)}"/>'


def _rect(look: str, box: Box, corner: float) -> str:
    left, top, right, bottom = box
    return (
        f'<rect class="{look}" x="{short(left)}" y="{short(top)}" width="{short(right - left)}" '
        f'height="{short(bottom - top)}" rx="{short(corner)}"/>'
    )
