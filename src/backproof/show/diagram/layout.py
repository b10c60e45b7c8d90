"""Where everything stands: ranks along the flow of the network, nodes across it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from .frames import Frame, Style
from .graph import Graph, Link, Node
from .labels import Label
from .ranks import Bend, Place, Ranked, neighbours

MARGIN = 18.0
APART = 16.0  # between neighbours in a rank
SWEEPS = 24
STRAIGHT = {"dense": 4.0, "flow": 3.0, "beside": 0.4, "bend": 6.0}


@dataclass(slots=True)
class Layout:
    """Places of the middles of nodes, and of the bends of links, in the picture."""

    width: float
    height: float
    at: dict[Node, tuple[float, float]]
    bends: dict[Bend, tuple[float, float]]
    spans: dict[Bend, tuple[float, float]]  # from where to where a bend's rank reaches along
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
    across = _across(ranked, extents)
    low = min(across[p] - _side(p, extents)[0] for row in ranked.rows for p in row)
    high = max(across[p] + _side(p, extents)[1] for row in ranked.rows for p in row)
    first, last = spans[0][0], spans[-1][1]
    shift = MARGIN - low
    end = last - first + 2 * MARGIN, high - low + 2 * MARGIN
    at: dict[Node, tuple[float, float]] = {}
    bends: dict[Bend, tuple[float, float]] = {}
    reach: dict[Bend, tuple[float, float]] = {}
    for r, row in enumerate(ranked.rows):
        for place in row:
            a, b = along[r] - first + MARGIN, across[place] + shift
            where = (b, a) if style.down else (a, b)
            if isinstance(place, Bend):
                bends[place] = where
                reach[place] = (spans[r][0] - first + MARGIN, spans[r][1] - first + MARGIN)
            else:
                at[place] = where
    width, height = (end[1], end[0]) if style.down else end
    return Layout(width, height, at, bends, reach, frames, ranked, style)


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
    gaps = [34.0] * len(ranked.rows)
    for link in graph.links:
        label = weight(link)
        if label is None:
            continue
        room = 64.0 if style.down else max(92.0, label.width * 18 + 44)
        last = rank[link.target] - 1
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


def _across(ranked: Ranked, extents: dict[Node, _Extent]) -> dict[Place, float]:
    """Coordinates across the flow: links as straight as the room in each rank allows."""
    pulls = _pulls(ranked)
    at: dict[Place, float] = {}
    for row in ranked.rows:
        total = 0.0
        for place in row:
            low, high = _side(place, extents)
            at[place] = total + low
            total += low + high + APART
        for place in row:
            at[place] -= total / 2
    for sweep in range(SWEEPS):
        rows = ranked.rows if sweep % 2 == 0 else ranked.rows[::-1]
        for row in rows:
            wanted: list[tuple[float, float]] = []
            for place in row:
                near = pulls.get(place, [])
                weight = sum(w for _, w in near)
                if weight:
                    wanted.append((sum(at[n] * w for n, w in near) / weight, weight))
                else:
                    wanted.append((at[place], 0.01))
            for place, y in zip(row, _spread(row, wanted, extents), strict=True):
                at[place] = y
    return at


def _pulls(ranked: Ranked) -> dict[Place, list[tuple[Place, float]]]:
    before, _ = neighbours(ranked.paths)
    lone = set(before)
    pulls: dict[Place, list[tuple[Place, float]]] = {}
    for link, path in ranked.paths.items():
        kind = "dense" if link.weight is not None else "flow"
        if not isinstance(path[0], Bend) and path[0].kind in ("parameter", "target", "many"):
            kind = "beside"
        for a, b in pairwise(path):
            strong = STRAIGHT[kind]
            if kind != "beside" and isinstance(a, Bend) and isinstance(b, Bend):
                strong = STRAIGHT["bend"]
            elif len(path) > 2:
                strong *= 0.4
            pulls.setdefault(a, []).append((b, strong))
            # What stands beside follows the node that it enters, and does not pull it.
            pulls.setdefault(b, []).append(
                (a, 0.0 if kind == "beside" and a not in lone else strong)
            )
    return pulls


def _spread(
    row: list[Place], wanted: list[tuple[float, float]], extents: dict[Node, _Extent]
) -> list[float]:
    """The nearest places to those wanted that keep order and distance: blocks of neighbours that
    would overlap are moved as one."""
    offsets = [0.0]
    for a, b in pairwise(row):
        offsets.append(offsets[-1] + _side(a, extents)[1] + _side(b, extents)[0] + APART)
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
