"""The way of each link from one node to the next, and where the label of a bundle stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from ...expr.node import Expr
from .curves import Curve, Point, arrow, leaving, smooth, turning
from .frames import NAME, Box, Text, shifted
from .graph import Link, Node
from .labels import Label
from .layout import Layout
from .ranks import Bend, Place

PORTS = 14.0  # between arrows that meet one node
TURN = 24.0  # how far off a link must be to enter an operation from the side
BESIDE = 6.0  # between the arrow forward and the one back

TRIED = sorted((i / 40 for i in range(4, 37)), key=lambda t: abs(t - 0.5))  # places for a label

Line = tuple[Point, Point]


@dataclass(slots=True)
class Route:
    """How a link is drawn: an arrow; or for a bundle its `edges` (or one `ribbon`) and a `label`.

    `backward` leads from the target to the source, `halfway` from the target to the weights.
    """

    link: Link
    forward: Curve | None
    backward: Curve
    halfway: Curve | None = None
    edges: list[Line] = field(default_factory=list[Line])
    ribbon: str = ""
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class _Port:
    """Where a link meets a node: how far from its middle, and half of how wide a ribbon is."""

    shift: float = 0.0
    half: float = 0.0


class Router:
    """Draws the links of a layout. `weight` gives the label of a bundle."""

    def __init__(self, layout: Layout, weight: Callable[[Link], Label | None]) -> None:
        self.layout = layout
        self.weight = weight
        self.down = layout.style.down
        self.taken: list[Box] = [
            shifted(layout.frames[node].box, x, y) for node, (x, y) in layout.at.items()
        ]
        self.turned = self._turned()
        self.leaving = self._ports(0)
        self.arriving = self._ports(1)

    def routes(self) -> list[Route]:
        """One for each link, in the order of the links."""
        paths = self.layout.ranked.paths
        made = {link: self._route(link, path) for link, path in paths.items() if not link.weight}
        # The labels of bundles keep clear of the arrows.
        made |= {link: self._route(link, path) for link, path in paths.items() if link.weight}
        return [made[link] for link in paths]

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

    def _turned(self) -> dict[Link, int]:
        """Links that come to an operation from far off, and enter it from that side: one for each
        side, -1 above and 1 below (left and right where the network runs downwards)."""
        out: dict[tuple[Node, int], Link] = {}
        for link, path in self.layout.ranked.paths.items():
            if link.target.kind != "operation" or len(path) == 2:
                continue
            level, own = self._where(path[-2])[1], self._where(link.target)[1]
            off = level - own
            room = self._half(link.target)[1] + TURN
            if abs(off) > room and not self._stands_between(link.target, level):
                out.setdefault((link.target, 1 if off > 0 else -1), link)
        return {link: side for (_, side), link in out.items()}

    def _stands_between(self, node: Node, level: float) -> bool:
        """Whether another node of the same rank is on the way to a level."""
        row = next(row for row in self.layout.ranked.rows if node in row)
        ends = sorted((level, self._where(node)[1]))
        others = [p for p in row if not isinstance(p, Bend) and p is not node]
        return any(ends[0] < self._where(p)[1] < ends[1] for p in others)

    def _ports(self, end: int) -> dict[Link, _Port]:
        """Where each link meets its node, side by side in the order in which they come."""
        meeting: dict[Node, list[tuple[float, Link]]] = {}
        paths = self.layout.ranked.paths
        for link, path in paths.items():
            node, other = (link.target, path[-2]) if end else (link.source, path[1])
            meeting.setdefault(node, []).append((self._where(other)[1], link))
        ports: dict[Link, _Port] = {}
        for node, pairs in meeting.items():
            links = [link for _, link in sorted(pairs, key=lambda pair: pair[0])]
            flows = [x for x in links if x.weight is None and not (end and x in self.turned)]
            ports |= self._arrive(node, flows) if end else self._leave(flows)
            dense = [link for link in links if link.weight is not None]
            share = (2 * self._half(node)[1] - 8) / max(1, len(dense))
            for i, link in enumerate(dense):
                ports[link] = _Port((i - (len(dense) - 1) / 2) * share, share / 2 - 1)
        return ports

    def _leave(self, flows: list[Link]) -> dict[Link, _Port]:
        paths = self.layout.ranked.paths
        return {x: _Port(self._high(x) if len(paths[x]) > 2 else 0.0) for x in flows}

    def _arrive(self, node: Node, flows: list[Link]) -> dict[Link, _Port]:
        """Arrows side by side, those from one node as one, in order; one that comes straight on
        goes straight in."""
        sources = list(dict.fromkeys(link.source for link in flows))
        room = max(0.0, 2 * self._half(node)[1] - 14)
        step = min(PORTS, room / max(1, len(sources) - 1))
        step = min(step, PORTS * 0.65) if node.kind == "operation" else step
        first = -(len(sources) - 1) / 2 * step
        for link in flows:
            path = self.layout.ranked.paths[link]
            off = self._where(path[-2])[1] - self._where(node)[1]
            if len(path) == 2 and abs(off) < 1:
                first = max(first - step, -sources.index(link.source) * step)
        return {x: _Port(first + sources.index(x.source) * step) for x in flows}

    def _high(self, link: Link) -> float:
        """Where a link that goes round what follows leaves its node: near the end on that side."""
        off = self._where(self.layout.ranked.paths[link][1])[1] - self._where(link.source)[1]
        half = self._half(link.source)[1]
        reach = min(abs(off), half - self.layout.frames[link.source].corner * 0.5)
        return math.copysign(max(0.0, reach), off)

    def _touch(self, node: Node, shift: float, side: int) -> Point:
        """Where a link that meets a node `shift` off its middle touches it: side 1 after it."""
        along, across = self._where(node)
        long, wide = self._half(node)
        corner = self.layout.frames[node].corner
        over = max(0.0, abs(shift) - (wide - corner))
        dip = corner - math.sqrt(max(0.0, corner**2 - over**2))
        return (along + side * (long - dip), across + shift)

    def _route(self, link: Link, path: list[Place]) -> Route:
        text = self.weight(link)
        leaves, arrives = self.leaving[link], self.arriving.get(link, _Port())
        if text is not None and self._fans_out(link, path):
            leaves, arrives = _Port(), _Port()
        start = self._touch(link.source, leaves.shift, 1)
        # Links change their level between the ranks, where nothing else stands.
        points = [start, (self.layout.spans[link.source][1], start[1])]
        for place in path[1:-1]:
            assert isinstance(place, Bend)
            low, high = self.layout.spans[place]
            across = self._where(place)[1]
            points += [(low, across), (high, across)]
        if link in self.turned:
            return self._turning(link, points)
        end = self._touch(link.target, arrives.shift, -1)
        points += [(self.layout.spans[link.target][0], end[1]), end]
        if text is not None:
            return self._bundle(link, points, text, (leaves, arrives))
        beside = [(a, b + BESIDE) for a, b in reversed(points)]
        self._take(points)
        self._take(beside)
        return Route(link, self._arrow(points), self._arrow(beside))

    def _take(self, points: list[Point]) -> None:
        """Keep the room of an arrow."""
        for (a, b), (c, d) in pairwise(points):
            for t in (i / 14 for i in range(15)):
                eased = t * t * (3 - 2 * t)
                x, y = self._point(a + (c - a) * t, b + (d - b) * eased)
                self.taken.append((x - 4, y - 4, x + 4, y + 4))

    def _turning(self, link: Link, points: list[Point]) -> Route:
        """The way of a link that enters an operation from the side."""
        along, across = self._where(link.target)
        side = self.turned[link]
        end = across + side * self._half(link.target)[1]
        there = [self._point(*p) for p in points]
        forward = turning(there, self.down, self._point(along, end))
        beside = [(a, b - side * BESIDE) for a, b in reversed(points)]
        self._take(points)
        self._take(beside)
        back = [self._point(*p) for p in beside]
        start = self._point(along - BESIDE, end)
        return Route(link, forward, leaving(back, self.down, start))

    def _arrow(self, points: list[Point]) -> Curve:
        return arrow([self._point(*p) for p in points], self.down)

    def _fans_out(self, link: Link, path: list[Place]) -> bool:
        """Whether a bundle is drawn as an edge from every unit to every other."""
        frames = self.layout.frames
        ends = frames[link.source].circles and frames[link.target].circles
        return len(path) == 2 and bool(ends) and not self.layout.style.compact

    def _bundle(
        self, link: Link, points: list[Point], text: Label, ports: tuple[_Port, _Port]
    ) -> Route:
        start, end = points[1], points[-2]
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        half = self._arrow([points[-1], end, (middle[0] + 10, middle[1])])
        route = Route(link, None, self._arrow(points[::-1]), half)
        assert link.weight is not None
        if ports[0].half or ports[1].half:
            self._ribbon(route, points, ports)
            longest = max(pairwise(points[1:-1]), key=lambda pair: pair[1][0] - pair[0][0])
            line = (self._point(*longest[0]), self._point(*longest[1]))
            route.label = self._label(text, [(line, 0)], link.weight)
        else:
            self._fan(route, link)
            axis = 0 if self.down else 1
            edges = sorted(route.edges, key=lambda edge: edge[0][axis] + edge[1][axis])
            lines = [(edges[0], 1), (edges[-1], -1)]
            route.label = self._label(text, lines[:: -1 if self.down else 1], link.weight)
        return route

    def _fan(self, route: Route, link: Link) -> None:
        radius = self.layout.style.radius
        for a in self._circles(link.source):
            for b in self._circles(link.target):
                length = math.dist(a, b) or 1.0
                ux, uy = (b[0] - a[0]) / length * radius, (b[1] - a[1]) / length * radius
                route.edges.append(((a[0] + ux, a[1] + uy), (b[0] - ux, b[1] - uy)))

    def _circles(self, node: Node) -> list[Point]:
        x, y = self.layout.at[node]
        return [(x + dx, y + dy) for dx, dy in self.layout.frames[node].circles]

    def _ribbon(self, route: Route, points: list[Point], ports: tuple[_Port, _Port]) -> None:
        """A band from one layer to the other."""
        sides: list[list[Point]] = []
        thin = min(6.0, ports[0].half, ports[1].half)
        for sign in (-1, 1):
            ends = [[port.half] * 2 for port in ports]
            wide = [*ends[0], *[thin] * (len(points) - 4), *ends[1]]
            pairs = zip(points, wide, strict=True)
            sides.append([self._point(a, b + sign * w) for (a, b), w in pairs])
        there = smooth(sides[0], self.down)
        back = smooth(sides[1][::-1], self.down)
        route.ribbon = f"M{there}L{back}Z"

    def _label(self, text: Label, lines: list[tuple[Line, int]], weight: Expr) -> Text:
        """The weight's name on its bundle, or beside its outermost edge, where nothing else is."""
        best, least = None, math.inf
        for line, t in ((line, t) for line in lines for t in TRIED):
            found = self._label_at(text, *line, t)
            box = found.box
            cost = sum(_overlap(box, other) for other in self.taken)
            if cost < least:
                best, least = found, cost
            if not cost:
                break
        assert best is not None
        self.taken.append(best.box)
        return Text(best.x, best.y, text, NAME, best.anchor, "weight", (weight,))

    def _label_at(self, text: Label, line: Line, side: int, t: float) -> Text:
        """`side` is 1 above (left of) a line, -1 below (right of) it, 0 on a ribbon."""
        (a, b), (c, d) = line
        if not side:  # a ribbon is curved
            along = 3 * t**2 - 2 * t**3
            x = a + (c - a) * (along if self.down else t)
            y = b + (d - b) * (t if self.down else along)
            return Text(x, y + 6, text, NAME)
        x, y = a + (c - a) * t, b + (d - b) * t
        if self.down:
            away = abs((c - a) / ((d - b) or 1.0)) * 9 + 8
            return Text(x - side * away, y + 6, text, NAME, "end" if side > 0 else "start")
        away = abs((d - b) / ((c - a) or 1.0)) * text.width * NAME / 2 + 8
        return Text(x, y - away if side > 0 else y + away + NAME * 0.7, text, NAME)


def _overlap(a: Box, b: Box) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
