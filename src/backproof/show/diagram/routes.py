"""The way of each link from one node to the next, and where the label of a bundle stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from .frames import NAME, Text
from .graph import Link, Node
from .labels import Label
from .layout import Layout
from .ranks import Bend, Place

Point = tuple[float, float]
HEAD = 7.0  # how long an arrow's head is

Boxes = list[tuple[float, float, float, float]]


@dataclass(slots=True)
class Curve:
    """A path of curves, and the three corners of the head at its end."""

    path: str
    head: tuple[Point, Point, Point]


@dataclass(slots=True)
class Route:
    """How a link is drawn: an arrow; or for a bundle its `edges` (or one `ribbon`) and a `label`.

    `backward` leads from the target to the source, `halfway` from the target to the weights.
    """

    link: Link
    forward: Curve | None
    backward: Curve
    halfway: Curve | None = None
    edges: list[tuple[Point, Point]] = field(default_factory=list[tuple[Point, Point]])
    ribbon: str = ""
    label: Text | None = None


class Router:
    """Draws the links of a layout."""

    def __init__(self, layout: Layout, weight: Callable[[Link], Label | None]) -> None:
        self.layout = layout
        self.weight = weight
        self.down = layout.style.down
        self.taken: Boxes = []
        for node, (x, y) in layout.at.items():
            left, top, right, bottom = layout.frames[node].box
            self.taken.append((x + left, y + top, x + right, y + bottom))
        self.arriving = self._ports(1)
        self.leaving = self._ports(0)

    def routes(self) -> list[Route]:
        return [self._route(link, path) for link, path in self.layout.ranked.paths.items()]

    # A point along and across the flow, whichever way it runs.

    def _point(self, along: float, across: float) -> Point:
        return (across, along) if self.down else (along, across)

    def _where(self, place: Place) -> Point:
        x, y = self.layout.bends[place] if isinstance(place, Bend) else self.layout.at[place]
        return (y, x) if self.down else (x, y)

    def _half(self, node: Node) -> tuple[float, float]:
        """Half the size of a node's body along and across."""
        frame = self.layout.frames[node]
        wide, high = frame.wide / 2, frame.high / 2
        return (high, wide) if self.down else (wide, high)

    def _ports(self, end: int) -> dict[Link, float]:
        """How far from the middle each link meets its node, so that arrows do not pile up."""
        meeting: dict[Node, list[tuple[float, Link]]] = {}
        for link, path in self.layout.ranked.paths.items():
            node = link.target if end else link.source
            other = path[-2] if end else path[1]
            if link.weight is None or self.layout.style.compact:
                meeting.setdefault(node, []).append((self._where(other)[1], link))
        ports: dict[Link, float] = {}
        for node, links in meeting.items():
            links.sort(key=lambda pair: pair[0])
            room = 2 * self._half(node)[1] - 14
            step = min(14.0, room / max(1, len(links) - 1))
            if not end:
                step = 0.0
            for i, (_, link) in enumerate(links):
                ports[link] = (i - (len(links) - 1) / 2) * step
        return ports

    def _edge(self, node: Node, shift: float, side: int) -> Point:
        """Where a link that meets a node `shift` off its middle touches it: side 1 after it."""
        along, across = self._where(node)
        half = self._half(node)[0]
        round_ = node.kind == "operation" and self.layout.frames[node].wide == 28
        reach = math.sqrt(max(1.0, half**2 - shift**2)) if round_ else half
        return (along + side * reach, across + shift)

    def _route(self, link: Link, path: list[Place]) -> Route:
        start = self._edge(link.source, self.leaving.get(link, 0.0), 1)
        end = self._edge(link.target, self.arriving.get(link, 0.0), -1)
        points = [start]
        for place in path[1:-1]:
            assert isinstance(place, Bend)
            low, high = self.layout.spans[place]
            across = self._where(place)[1]
            points += [(low, across), (high, across)]
        points.append(end)
        text = self.weight(link)
        if text is None:
            beside = [(a, b + 6) for a, b in reversed(points)]
            return Route(link, self._curve(points), self._curve(beside))
        return self._bundle(link, points, text)

    def _bundle(self, link: Link, points: list[Point], text: Label) -> Route:
        source, target = self.layout.frames[link.source], self.layout.frames[link.target]
        start, end = points[0], points[-1]
        back = self._curve(list(reversed(points)))
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        half = self._curve([end, (middle[0] + 6, middle[1])])
        route = Route(link, None, back, half)
        straight = len(points) == 2 and source.circles and target.circles
        if straight and not self.layout.style.compact:
            self._fan(route, link)
            top = [route.edges[0], route.edges[-1]]
        else:
            top = self._ribbon(route, link, points)
        route.label = self._label(text, top, link)
        return route

    def _fan(self, route: Route, link: Link) -> None:
        """An edge from every unit that is drawn to every one."""
        radius = self.layout.style.radius
        ends = [self._circles(node) for node in (link.source, link.target)]
        for a in ends[0]:
            for b in ends[1]:
                length = math.dist(a, b) or 1.0
                ux, uy = (b[0] - a[0]) / length * radius, (b[1] - a[1]) / length * radius
                route.edges.append(((a[0] + ux, a[1] + uy), (b[0] - ux, b[1] - uy)))

    def _circles(self, node: Node) -> list[Point]:
        x, y = self.layout.at[node]
        return [(x + dx, y + dy) for dx, dy in self.layout.frames[node].circles]

    def _ribbon(self, route: Route, link: Link, points: list[Point]) -> list[tuple[Point, Point]]:
        """A band from one capsule to the other."""
        wide = self._half(link.source)[1] - 4, self._half(link.target)[1] - 4
        share = [x for x in self.layout.ranked.paths if x.target is link.target and x.weight]
        wide = (wide[0], wide[1] / max(1, len(share)))
        sides: list[list[Point]] = []
        for sign in (-1, 1):
            side: list[Point] = []
            for i, (a, b) in enumerate(points):
                t = i / (len(points) - 1)
                thin = min(wide) * 0.6 if 0 < i < len(points) - 1 else 0
                side.append((a, b + sign * (thin or wide[0] * (1 - t) + wide[1] * t)))
            sides.append(side)
        there = self._pieces(sides[0])
        back = self._pieces(list(reversed(sides[1])))
        route.ribbon = f"M{there[0]}L{back[0]}Z".replace("LM", "L")
        a, b = self._point(*points[0]), self._point(*points[-1])
        return [(a, b)]

    def _pieces(self, points: list[Point]) -> tuple[str]:
        """The middle part of a path: curves that start and end along the flow."""
        out = [_pair(self._point(*points[0]))]
        for (a, b), (c, d) in pairwise(points):
            if abs(b - d) < 0.05:
                out.append(f"L{_pair(self._point(c, d))}")
                continue
            turn = (a + c) / 2
            parts = [self._point(turn, b), self._point(turn, d), self._point(c, d)]
            out.append("C" + " ".join(_pair(p) for p in parts))
        return ("".join(out),)

    def _curve(self, points: list[Point]) -> Curve:
        """An arrow through points; its last piece runs straight into the head."""
        before, (a, b) = points[-2], points[-1]
        sign = 1 if a >= before[0] else -1
        neck = a - sign * HEAD
        cut = [*points[:-1], (neck, b)]
        head = (
            self._point(a, b),
            self._point(neck, b - HEAD * 0.5),
            self._point(neck, b + HEAD * 0.5),
        )
        return Curve("M" + self._pieces(cut)[0], head)

    def _label(self, text: Label, top: list[tuple[Point, Point]], link: Link) -> Text:
        """The weight's name on its bundle, where nothing else is written."""
        assert link.weight is not None
        tried: list[tuple[float, Text]] = []
        for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78):
            for a, b in top[:1] if not self.down else top[-1:]:
                found = self._label_at(text, (a, b), t, len(top) > 1, link)
                cost = sum(_overlap(found.box, box) for box in self.taken)
                tried.append((cost, found))
        best = min(tried, key=lambda pair: pair[0])[1]
        self.taken.append(best.box)
        return best

    def _label_at(
        self, text: Label, line: tuple[Point, Point], t: float, fan: bool, link: Link
    ) -> Text:
        a, b = line
        x, y = a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
        wide = text.width * NAME
        assert link.weight is not None
        names = (link.weight,)
        if not fan:
            return Text(x, y + 6, text, NAME, look="weight", names=names)
        if self.down:
            slope = (b[0] - a[0]) / ((b[1] - a[1]) or 1.0)
            return Text(x + abs(slope) * 9 + 7, y + 6, text, NAME, "start", "weight", names)
        slope = (b[1] - a[1]) / ((b[0] - a[0]) or 1.0)
        return Text(x, y - abs(slope) * wide / 2 - 8, text, NAME, look="weight", names=names)


def _pair(point: Point) -> str:
    return f"{_short(point[0])} {_short(point[1])}"


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0").replace("-0", "-0") if text != "-0.0" else "0"


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def bounds(texts: Iterable[Text]) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of all texts together."""
    boxes = [t.box for t in texts]
    if not boxes:
        return None
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
