"""Paths of an SVG: curves that leave and arrive along the flow, and the heads of arrows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
HEAD = 7.0  # how long an arrow's head is


@dataclass(frozen=True, slots=True)
class Curve:
    """An arrow: its path, and the three corners of the head at its end."""

    path: str
    head: tuple[Point, Point, Point]


def arrow(points: list[Point], down: bool = False) -> Curve:
    """An arrow through points, with the flow from left to right or, with `down`, from top to
    bottom (or straight against it); the last piece runs straight into the head."""
    axis = 1 if down else 0
    last = points[-1]
    # A head needs room: points just before the end are passed over.
    kept = [p for p in points[:-1] if p is points[0] or abs(p[axis] - last[axis]) > HEAD]
    before = kept[-1]
    sign = 1.0 if last[axis] >= before[axis] else -1.0
    neck = _moved(last, -sign * HEAD, 0.0, down)
    head = (
        last,
        _moved(neck, 0.0, -HEAD * 0.5, down),
        _moved(neck, 0.0, HEAD * 0.5, down),
    )
    return Curve("M" + smooth([*kept, neck], down), head)


def turning(points: list[Point], down: bool, end: Point) -> Curve:
    """An arrow through points that turns at last, and arrives across the flow at `end`."""
    last = points[-1]
    axis = 1 if down else 0
    sign = 1.0 if end[1 - axis] >= last[1 - axis] else -1.0
    neck = _moved(end, 0.0, -sign * HEAD, down)
    corner = (last[0], end[1]) if down else (end[0], last[1])
    reach = min(24.0, abs(corner[1 - axis] - neck[1 - axis]), abs(corner[axis] - last[axis]))
    into = _moved(corner, -reach, 0.0, down)
    out = _moved(corner, 0.0, sign * reach, down)
    path = f"M{smooth([*points, into], down)}Q{pair(corner)} {pair(out)}L{pair(neck)}"
    wings = [_moved(neck, side * HEAD * 0.5, 0.0, down) for side in (-1, 1)]
    return Curve(path, (end, wings[0], wings[1]))


def leaving(points: list[Point], down: bool, start: Point) -> Curve:
    """An arrow that starts across the flow and then goes through points."""
    first = points[0]
    axis = 1 if down else 0
    sign = 1.0 if first[1 - axis] >= start[1 - axis] else -1.0
    corner = (first[0], start[1]) if down else (start[0], first[1])
    reach = min(24.0, abs(corner[1 - axis] - start[1 - axis]), abs(corner[axis] - first[axis]))
    out = _moved(corner, 0.0, -sign * reach, down)
    into = _moved(corner, -reach, 0.0, down)
    rest = arrow([into, *points], down)
    return Curve(f"M{pair(start)}L{pair(out)}Q{pair(corner)} {rest.path[1:]}", rest.head)


def straight(start: Point, end: Point, head: float = HEAD) -> Curve:
    """A straight arrow, in whatever direction."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length, dy / length
    neck = (end[0] - ux * head, end[1] - uy * head)
    wing = head * 0.55
    corners = (
        end,
        (neck[0] - uy * wing, neck[1] + ux * wing),
        (neck[0] + uy * wing, neck[1] - ux * wing),
    )
    return Curve(f"M{pair(start)}L{pair(neck)}", corners)


def smooth(points: list[Point], down: bool) -> str:
    """The path through points without its first letter: straight where it can be, and curves that
    start and end along the flow."""
    axis = 1 if down else 0
    out = [pair(points[0])]
    for a, b in pairwise(points):
        if abs(a[1 - axis] - b[1 - axis]) < 0.05 or abs(a[axis] - b[axis]) < 0.05:
            out.append(f"L{pair(b)}")
            continue
        turn = (a[axis] + b[axis]) / 2
        first, second = ((a[0], turn), (b[0], turn)) if down else ((turn, a[1]), (turn, b[1]))
        out.append(f"C{pair(first)} {pair(second)} {pair(b)}")
    return "".join(out)


def _moved(point: Point, along: float, across: float, down: bool) -> Point:
    x, y = point
    return (x + across, y + along) if down else (x + along, y + across)


def pair(point: Point) -> str:
    """A point as a path has it."""
    return f"{short(point[0])} {short(point[1])}"


def short(value: float) -> str:
    """A number with no more digits than can be seen."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
