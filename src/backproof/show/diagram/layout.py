"""Where everything stands: ranks along the flow of the network, nodes across it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from .frames import NAME, Frame, Style
from .graph import Graph, Link, Node
from .labels import Label
from .ranks import Bend, Place, Ranked

MARGIN = 18.0
SWEEPS = 24
# How strongly links pull: the longest chain is a straight line, bundles are nearly so, and what
# passes other ranks gives way.
DENSE, FLOW, PASSING, LEVEL, FIXED = 100.0, 40.0, 0.5, 400.0, 1e6


@dataclass(slots=True)
class Layout:
    """Places of the middles of nodes, and of the bends of links, in the picture."""

    width: float
    height: float
    at: dict[Node, tuple[float, float]]
    bends: dict[Bend, tuple[float, float]]
    spans: dict[Place, tuple[float, float]]  # from where to where the rank of each reaches along
    frames: dict[Node, Frame]
    ranked: Ranked
    style: Style


def layout(
    graph: Graph,
    ranked: Ranked,
    frames: dict[Node, Frame],
    style: Style,
    weight: Callable[[Link], Label | None],
) -> Layout:
    """Places for all nodes. `weight` gives the label of a bundle."""
    extents = {node: _extent(frame, style.down) for node, frame in frames.items()}
    along, spans = _along(graph, ranked, extents, style, weight)
    across = _across(ranked, extents, style.apart)
    low = min(across[p] - _side(p, extents)[0] for row in ranked.rows for p in row)
    high = max(across[p] + _side(p, extents)[1] for row in ranked.rows for p in row)
    first, last = spans[0][0], spans[-1][1]
    shift = MARGIN - low
    end = last - first + 2 * MARGIN, high - low + 2 * MARGIN
    at: dict[Node, tuple[float, float]] = {}
    bends: dict[Bend, tuple[float, float]] = {}
    reach: dict[Place, tuple[float, float]] = {}
    for r, row in enumerate(ranked.rows):
        for place in row:
            a, b = along[r] - first + MARGIN, across[place] + shift
            where = (b, a) if style.down else (a, b)
            reach[place] = (spans[r][0] - first + MARGIN, spans[r][1] - first + MARGIN)
            if isinstance(place, Bend):
                bends[place] = where
            else:
                at[place] = where
    width, height = (end[1], end[0]) if style.down else end
    return Layout(width, height, at, bends, reach, frames, ranked, style)


def reach(frame: Frame, style: Style) -> float:
    """About how much of the flow a node takes, with what leads to it."""
    extent = _extent(frame, style.down)
    bundle = (70.0 if style.down else 96.0) if frame.node.kind == "layer" else 40.0
    return extent.back + extent.forth + bundle


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far a node reaches from its middle: back and forth along, low and high across."""

    back: float
    forth: float
    low: float
    high: float


def _extent(frame: Frame, down: bool) -> _Extent:
    left, top, right, bottom = frame.box
    return _Extent(-top, bottom, -left, right) if down else _Extent(-left, right, -top, bottom)


def _side(place: Place, extents: dict[Node, _Extent]) -> tuple[float, float]:
    if isinstance(place, Bend):
        return (7.0, 7.0)
    return (extents[place].low, extents[place].high)


def _along(
    graph: Graph,
    ranked: Ranked,
    extents: dict[Node, _Extent],
    style: Style,
    weight: Callable[[Link], Label | None],
) -> tuple[list[float], list[tuple[float, float]]]:
    """The middle of each rank, and from where to where it reaches."""
    rank = {p: r for r, row in enumerate(ranked.rows) for p in row}
    gaps = [40.0] * len(ranked.rows)
    bundles = [0] * len(ranked.rows)
    for link in graph.links:
        label = weight(link)
        if label is None:
            continue
        last = rank[link.target] - 1
        bundles[last] += 1
        wide = max(92.0, label.width * NAME + 44)  # and names below each other need height
        room = 52.0 + 12.0 * min(8, bundles[last]) if style.down else wide
        gaps[last] = max(gaps[last], room)
    middles: list[float] = []
    spans: list[tuple[float, float]] = []
    at = 0.0
    for row, gap in zip(ranked.rows, gaps, strict=True):
        nodes = [extents[p] for p in row if not isinstance(p, Bend)]
        back = max((e.back for e in nodes), default=4.0)
        forth = max((e.forth for e in nodes), default=4.0)
        middles.append(at + back)
        spans.append((at, at + back + forth))
        at += back + forth + gap
    return middles, spans


def _across(ranked: Ranked, extents: dict[Node, _Extent], apart: float) -> dict[Place, float]:
    """Coordinates across the flow: links as straight as the room in each rank allows."""
    pulls = _pulls(ranked)
    spine = {node for link in _spine(ranked) for node in (link.source, link.target)}
    at: dict[Place, float] = {}
    for row in ranked.rows:
        total = 0.0
        for place in row:
            low, high = _side(place, extents)
            at[place] = total + low
            total += low + high + apart
        for place in row:
            at[place] -= total / 2
    for sweep in range(SWEEPS):
        level = _levels(ranked, at) if sweep > SWEEPS // 3 else {}
        for row in ranked.rows if sweep % 2 == 0 else ranked.rows[::-1]:
            wanted: list[tuple[float, float]] = []
            for place in row:
                near = pulls.get(place, [])
                weight = sum(w for _, w in near)
                if place in spine:
                    wanted.append((0.0, FIXED))
                elif place in level:
                    wanted.append((level[place], LEVEL))
                elif weight:
                    wanted.append((sum(at[n] * w for n, w in near) / weight, weight))
                else:
                    wanted.append((at[place], 0.01))
            for place, y in zip(row, _spread(row, wanted, extents, apart), strict=True):
                at[place] = y
    return at


def _levels(ranked: Ranked, at: dict[Place, float]) -> dict[Place, float]:
    """One level for all bends of a link that passes several ranks: that of the bend which has to
    go round most."""
    out: dict[Place, float] = {}
    for path in ranked.paths.values():
        bends = path[1:-1]
        if len(bends) > 1:
            levels = [at[p] for p in bends]
            outer = min(levels) if sum(levels) < 0 else max(levels)
            out |= dict.fromkeys(bends, outer)
    return out


def _spine(ranked: Ranked) -> set[Link]:
    """The links of a longest chain through neighbouring ranks."""
    best: dict[Place, tuple[int, Link | None]] = {}
    into: dict[Place, list[Link]] = {}
    for link, path in ranked.paths.items():
        if len(path) == 2:
            into.setdefault(link.target, []).append(link)
    central = {p: -abs(i - (len(row) - 1) / 2) for row in ranked.rows for i, p in enumerate(row)}
    for row in ranked.rows:
        for place in row:
            found: list[tuple[int, Link | None]] = [(0, None)]
            found += [(best[link.source][0] + 1, link) for link in into.get(place, ())]
            best[place] = max(found, key=lambda f: (f[0], central[f[1].source] if f[1] else 0))
    spine: set[Link] = set()
    _, link = max(best.values(), key=lambda pair: pair[0], default=(0, None))
    while link is not None:
        spine.add(link)
        link = best[link.source][1]
    return spine


def _pulls(ranked: Ranked) -> dict[Place, list[tuple[Place, float]]]:
    pulls: dict[Place, list[tuple[Place, float]]] = {}
    for link, path in ranked.paths.items():
        strong = DENSE if link.weight is not None else FLOW
        for a, b in pairwise(path):
            pull = strong if len(path) == 2 else PASSING
            pulls.setdefault(a, []).append((b, pull))
            pulls.setdefault(b, []).append((a, pull))
    return pulls


def _spread(
    row: list[Place],
    wanted: list[tuple[float, float]],
    extents: dict[Node, _Extent],
    apart: float,
) -> list[float]:
    """The nearest places to those wanted that keep order and distance: blocks of neighbours that
    would overlap are moved as one."""
    offsets = [0.0]
    for a, b in pairwise(row):
        offsets.append(offsets[-1] + _side(a, extents)[1] + _side(b, extents)[0] + apart)
    blocks: list[list[float]] = []  # weighted sum, weight, count
    for (y, weight), offset in zip(wanted, offsets, strict=True):
        blocks.append([(y - offset) * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [x + y for x, y in zip(blocks[-1], last, strict=True)]
    out: list[float] = []
    for total, weight, count in blocks:
        out += [total / weight] * int(count)
    return [y + offset for y, offset in zip(out, offsets, strict=True)]
