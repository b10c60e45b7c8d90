"""Deep networks: what does not fit is folded up in the middle, with a small cell for each layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ...expr.node import Expr
from .gather import gathered
from .graph import Graph, Link, Node
from .ranks import topological

BUNDLES = 2  # from what is folded to one layer
LEAST = 4  # ranks that are worth folding
SLACK = 3  # ranks by which a cut may move to where less passes


def folded(
    graph: Graph, rank: dict[Node, int], length: Callable[[Node], float], room: float
) -> Graph:
    """The graph itself if it fits into `room` along the flow; else with its middle as one node.

    `length` says how far a node reaches along the flow, with what leads to it.
    """
    last = max(rank.values(), default=0)
    lengths = [0.0] * (last + 1)
    for node, r in rank.items():
        lengths[r] = max(lengths[r], length(node))
    if sum(lengths) <= room or last < 2 * LEAST:
        return graph
    passing = _passing(graph, rank, last)
    low = _cut(_reach(lengths, room * 0.4), 1, passing)
    high = last - _cut(_reach(lengths[::-1], room * 0.4), 1, passing[::-1])
    if high - low < LEAST:
        return graph
    inside = {node for node, r in rank.items() if low <= r <= high}
    return _with_fold(graph, inside)


def _reach(lengths: list[float], room: float) -> int:
    """How many ranks fit, two at least."""
    used, count = 0.0, 0
    while count < len(lengths) and used + lengths[count] <= room:
        used += lengths[count]
        count += 1
    return max(2, count)


def _passing(graph: Graph, rank: dict[Node, int], last: int) -> list[int]:
    """How many nodes are handed on from before each rank to it or beyond; one entry more at the
    end."""
    change = [0] * (last + 3)
    furthest: dict[Node, int] = {}
    for link in graph.links:
        furthest[link.source] = max(furthest.get(link.source, 0), rank[link.target])
    for node, end in furthest.items():
        change[rank[node] + 1] += 1
        change[end + 1] -= 1
    out, total = list[int](), 0
    for r in range(last + 2):
        total += change[r]
        out.append(total)
    return out


def _cut(count: int, least: int, passing: list[int]) -> int:
    """Where to cut, a little earlier than `count` if less passes there."""
    places = range(max(least + 1, count - SLACK), count + 1)
    return min(places, key=lambda r: (passing[r], -r))


def _with_fold(graph: Graph, inside: set[Node]) -> Graph:
    weights: dict[Node, list[Expr]] = {}
    for link in graph.links:
        if link.weight is not None:
            weights.setdefault(link.target, []).append(link.weight)
    cells: dict[Expr, list[Expr]] = {}
    for node in topological(graph):
        if node not in inside:
            continue
        names = [*weights.get(node, ()), *(e for x in node.attached for e in x.source.names)]
        names += [*node.names, *node.aliases]
        cells.setdefault(node.owner, []).extend(names)
    first = next(node for node in graph.nodes if node in inside)
    fold = Node("fold", first.owner)
    fold.cells = [tuple(dict.fromkeys(names)) for names in cells.values() if names]
    nodes = [node for node in graph.nodes if node not in inside]
    return gathered(_outside([*nodes, fold], graph.links, inside, fold))


def _outside(nodes: list[Node], links: list[Link], inside: set[Node], fold: Node) -> Graph:
    """The nodes and links that are left, links to the inside as arrows, one for each purpose."""
    out: list[Link] = []
    arrows: dict[tuple[Node, Node, Expr | None], Link] = {}
    bundles = Counter(
        link.target for link in links if link.weight is not None and link.source in inside
    )
    for link in links:
        ends = (link.source in inside, link.target in inside)
        if not any(ends):
            out.append(link)
        if ends[0] == ends[1]:
            continue
        source, target = (fold if ends[0] else link.source), (fold if ends[1] else link.target)
        weight = None if ends[1] else link.weight
        if weight is not None and bundles[target] > BUNDLES:  # their names would not fit
            beside = Node("parameter", weight, [weight])
            nodes.append(beside)
            out.append(Link(beside, target, link.upper, (weight,)))
            weight = None
        through = tuple(e for e in link.through if e is not link.weight or weight is not None)
        known = arrows.get((source, target, weight))
        if known is not None and known.upper is link.upper:
            known.through = tuple(dict.fromkeys((*known.through, *through)))
            continue
        made = Link(source, target, link.upper, through, weight, link.turned)
        arrows.setdefault((source, target, weight), made)
        out.append(made)
    return Graph(nodes, out)
