"""A layout as an SVG: every piece in an element that names its quantity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from ...expr.node import Expr
from .frames import NAME, Frame, Text
from .graph import Node
from .labels import SMALL
from .layout import Layout
from .routes import Curve, Route

RAISED, LOWERED = 0.36, 0.2  # how far scripts are moved, in parts of the size


@cache
def stylesheet() -> str:
    """The rules that colour a diagram, through the custom properties of its page."""
    return files("backproof.show.diagram").joinpath("style.css").read_text(encoding="utf-8")


class Drawing:
    """Writes one picture. Whatever belongs to a quantity in `lit` has the class `lit`."""

    def __init__(self, lit: Iterable[Expr]) -> None:
        self.lit = set(lit)
        self.lines: list[str] = []

    def svg(self, layout: Layout, routes: list[Route], title: str, description: str) -> str:
        """The whole element."""
        wide, high = _number(layout.width), _number(layout.height)
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="network" role="img" '
            f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(description)}</desc>",
            f"<style>{stylesheet()}</style>",
            f'<rect class="paper" width="{wide}" height="{high}"/>',
        ]
        for route in routes:
            self._bundle(route)
        for route in routes:
            if route.forward:
                self._arrow(route, route.forward, "forward")
        for node, (x, y) in layout.at.items():
            self._node(node, layout.frames[node], x, y, layout)
        for route in routes:
            if route.label:
                self._text(route.label, 0, 0)
        for route in routes:
            self._arrow(route, route.backward, "backward")
            if route.halfway and route.link.weight is not None:
                self._both(route.link.upper, route.link.weight, _curve(route.halfway, "backward"))
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

    def _arrow(self, route: Route, curve: Curve, way: str) -> None:
        """An arrow for each quantity along whose path it lies: lit when both of its ends are."""
        through = [e for e in route.link.through if e is not route.link.weight]
        for e in through:
            self._both(route.link.upper, e, _curve(curve, way))

    def _bundle(self, route: Route) -> None:
        if route.link.weight is None:
            return
        if route.ribbon:
            body = [f'<path class="ribbon" d="{route.ribbon}"/>']
        else:
            paths = "".join(
                f"M{_number(a[0])} {_number(a[1])}L{_number(b[0])} {_number(b[1])}"
                for a, b in route.edges
            )
            body = [f'<path class="edges" d="{paths}"/>']
        self.lines.append(self._group((route.link.weight,), body))

    def _node(self, node: Node, frame: Frame, x: float, y: float, layout: Layout) -> None:
        write = self.lines.append
        write(f'<g class="{node.kind}" transform="translate({_number(x)} {_number(y)})">')
        if node.kind == "layer":
            self._layer(node, frame, layout)
        elif frame.cells:
            write(_rect("frame", -frame.wide / 2, -frame.high / 2, frame.wide, frame.high, 6))
            for left, top, wide, high, e in frame.cells:
                write(self._group((e,), [_rect("cell", left, top, wide, high, 1.5)]))
        elif node.kind == "grid":
            write(self._group(node.names or (node.owner,), [_grid(frame)]))
        else:
            corner = frame.high / 2 if node.kind in ("operation", "value") else 7
            body = _rect("body", -frame.wide / 2, -frame.high / 2, frame.wide, frame.high, corner)
            inner = [t for t in frame.texts if not t.names]
            names = node.names or (node.owner,)
            write(self._group(names, [body, *(_text(t, 0, 0) for t in inner)]))
            frame = Frame(frame.wide, frame.high, [t for t in frame.texts if t.names])
        for text in frame.texts:
            self._text(text, 0, 0)
        if frame.bar:
            bx, by, high = frame.bar
            write(f'<path class="bar" d="M{_number(bx)} {_number(by)}v{_number(-high)}"/>')
        write("</g>")

    def _layer(self, node: Node, frame: Frame, layout: Layout) -> None:
        s = layout.style
        write = self.lines.append
        corner = min(frame.wide, frame.high) / 2
        write(_rect("frame", -frame.wide / 2, -frame.high / 2, frame.wide, frame.high, corner))
        names = node.names or [node.owner]
        circles = frame.circles
        if len(names) == 1:
            body = [_circle("unit", a, b, s.radius) for a, b in circles]
            write(self._group(names, body))
        else:
            for e, side in zip(names, (0, 1), strict=True):
                look = "unit before" if side == 0 else "unit after"
                halves = [_half(a, b, s.radius, side, s.down) for a, b in circles]
                write(self._group((e,), [f'<path class="{look}" d="{"".join(halves)}"/>']))
            self._both(names[1], names[0], _inside(frame, s.radius, s.down))
        self.lines += [_circle("dot", a, b, 1.7) for a, b in frame.dots]

    def _text(self, text: Text, x: float, y: float) -> None:
        self.lines.append(self._group(text.names, [_text(text, x, y)]))


def _inside(frame: Frame, radius: float, down: bool) -> str:
    """From the activation back to the pre-activation, in every unit that is drawn."""
    out: list[str] = []
    reach = radius * 0.62
    for x, y in frame.circles:
        if down:
            start, neck, end = (x, y + reach), (x, y - reach + 6), (x, y - reach)
            head = (end, (x - 4, neck[1]), (x + 4, neck[1]))
        else:
            start, neck, end = (x + reach, y), (x - reach + 6, y), (x - reach, y)
            head = (end, (neck[0], y - 4), (neck[0], y + 4))
        path = f"M{_number(start[0])} {_number(start[1])}L{_number(neck[0])} {_number(neck[1])}"
        out.append(_curve(Curve(path, head), "backward"))
    return "".join(out)


def _curve(curve: Curve, way: str) -> str:
    corners = "L".join(f"{_number(x)} {_number(y)}" for x, y in curve.head)
    return (
        f'<g class="{way}"><path class="line" d="{curve.path}"/>'
        f'<path class="head" d="M{corners}Z"/></g>'
    )


def _half(x: float, y: float, radius: float, side: int, down: bool) -> str:
    """Half a disc: 0 is the half that the flow meets first."""
    r = _number(radius)
    if down:
        a, b = (x - radius, y), (x + radius, y)
    else:
        a, b = (x, y + radius), (x, y - radius)
    turn = 1 if side == 0 else 0
    return f"M{_number(a[0])} {_number(a[1])}A{r} {r} 0 0 {turn} {_number(b[0])} {_number(b[1])}Z"


def _grid(frame: Frame) -> str:
    """A small matrix."""
    half = frame.wide / 2 - 5
    step = 2 * half / 4
    cells = [
        _rect("entry", -half + i * step + 1, -half + j * step + 1, step - 2, step - 2, 2)
        for j in range(4)
        for i in range(4)
    ]
    whole = _rect("body", -frame.wide / 2, -frame.high / 2, frame.wide, frame.high, 7)
    return whole + "".join(cells)


def _circle(look: str, x: float, y: float, radius: float) -> str:
    at = f'cx="{_number(x)}" cy="{_number(y)}"'
    return f'<circle class="{look}" {at} r="{_number(radius)}"/>'


def _rect(look: str, x: float, y: float, wide: float, high: float, corner: float) -> str:  # noqa: PLR0917
    return (
        f'<rect class="{look}" x="{_number(x)}" y="{_number(y)}" width="{_number(wide)}" '
        f'height="{_number(high)}" rx="{_number(corner)}"/>'
    )


def _text(text: Text, x: float, y: float) -> str:
    spans: list[str] = []
    shift = 0.0  # how far below its line the text now stands
    for run in text.label.runs:
        want = {0: 0.0, 1: -RAISED, -1: LOWERED}[run.level] * text.size
        parts = [f'class="{run.style}"'] if run.style else []
        if want != shift:
            parts.append(f'dy="{_number(want - shift)}"')
        if run.back:
            parts.append(f'dx="{_number(-run.back * text.size)}"')
        if run.level:
            parts.append(f'font-size="{_number(text.size * SMALL)}"')
        shift = want
        spans.append(f"<tspan {' '.join(parts)}>{escape(run.text)}</tspan>")
    where = f'x="{_number(x + text.x)}" y="{_number(y + text.y)}"'
    size = "" if text.size == NAME else f' font-size="{_number(text.size)}"'
    anchor = "" if text.anchor == "middle" else f' text-anchor="{text.anchor}"'
    return f'<text class="{text.look}" {where}{size}{anchor}>{"".join(spans)}</text>'


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
