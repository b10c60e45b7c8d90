"""Which nodes stand side by side, and in which order: the layers of a layered drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .graph import Graph, Link, Node

SWEEPS = 12


@dataclass(slots=True, eq=False)
class Bend:
    """Where a link that passes a rank goes through it."""

    link: Link


Place = Node | Bend


def ranks(graph: Graph) -> dict[Node, int]:
    """The rank of each node: one more than the largest of what leads to it, and what has no such
    bound as near as it can be to what it leads to."""
    into, out = graph.into(), graph.out_of()
    order = topological(graph)
    rank: dict[Node, int] = {}
    for node in order:
        rank[node] = max((rank[link.source] + 1 for link in into[node]), default=0)
    for node in reversed(order):
        if out[node] and not into[node]:
            rank[node] = min(rank[link.target] for link in out[node]) - 1
    last = max(rank.values(), default=0)
    for node in order:  # nothing that stands alone goes beyond the network
        if not out[node] and not into[node]:
            rank[node] = min(rank[node], last)
    low = min(rank.values(), default=0)
    return {node: r - low for node, r in rank.items()}


def topological(graph: Graph) -> list[Node]:
    """The nodes, each after all that lead to it; otherwise in the order they came."""
    out = graph.out_of()
    waiting = {node: len(links) for node, links in graph.into().items()}
    ready = [node for node in reversed(graph.nodes) if not waiting[node]]
    order: list[Node] = []
    while ready:
        node = ready.pop()
        order.append(node)
        for link in reversed(out[node]):
            waiting[link.target] -= 1
            if not waiting[link.target]:
                ready.append(link.target)
    return order


@dataclass(slots=True, eq=False)
class Ranked:
    """The ranks in drawing order; `paths` tells through which places each link goes."""

    rows: list[list[Place]]
    paths: dict[Link, list[Place]]


def ordered(graph: Graph, rank: dict[Node, int]) -> Ranked:
    """The nodes and bends of each rank, ordered so that few links cross."""
    rows: list[list[Place]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    paths: dict[Link, list[Place]] = {}
    for node in topological(graph):
        rows[rank[node]].append(node)
    for link in graph.links:
        path: list[Place] = [link.source]
        for r in range(rank[link.source] + 1, rank[link.target]):
            bend = Bend(link)
            rows[r].insert(0, bend)
            path.append(bend)
        paths[link] = [*path, link.target]
    before, after = neighbours(paths)
    best, fewest = [list(row) for row in rows], _crossings(rows, after)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        for r in range(1, len(rows)) if forward else range(len(rows) - 2, -1, -1):
            beside = {p: i for i, p in enumerate(rows[r - 1 if forward else r + 1])}
            size = max(1, len(beside))
            own = {p: (i + 0.5) / len(rows[r]) for i, p in enumerate(rows[r])}

            def middle(
                p: Place,
                near: dict[Place, list[Place]] = near,
                beside: dict[Place, int] = beside,
                size: int = size,
                own: dict[Place, float] = own,
            ) -> float:
                at = [(beside[n] + 0.5) / size for n in near.get(p, ()) if n in beside]
                return (sum(at) / len(at) if at else own[p]) + _lean(p)

            rows[r].sort(key=middle)
        crossings = _crossings(rows, after)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return Ranked(best, paths)


def _lean(place: Place) -> float:
    """Passing links go above what they would cross."""
    return -0.05 if isinstance(place, Bend) else 0.0


def neighbours(
    paths: dict[Link, list[Place]],
) -> tuple[dict[Place, list[Place]], dict[Place, list[Place]]]:
    """What stands before and what stands after each place along the links."""
    before: dict[Place, list[Place]] = {}
    after: dict[Place, list[Place]] = {}
    for path in paths.values():
        for a, b in pairwise(path):
            after.setdefault(a, []).append(b)
            before.setdefault(b, []).append(a)
    return before, after


def _crossings(rows: Iterable[list[Place]], after: dict[Place, list[Place]]) -> int:
    """How often links cross between neighbouring ranks."""
    total = 0
    rows = list(rows)
    for row, following in pairwise(rows):
        beside = {p: i for i, p in enumerate(following)}
        ends: list[int] = []
        for p in row:
            ends += sorted(beside[n] for n in after.get(p, ()) if n in beside)
        total += sum(a > b for i, b in enumerate(ends) for a in ends[:i])
    return total
