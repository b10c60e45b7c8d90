"""Parameters and targets that enter one node only: they stand beside it, and share a box where they
are many."""

from __future__ import annotations

from .graph import Graph, Link, Node

CROWD = 9  # so many are drawn with their names; more of them as small cells

_LEAVES = ("parameter", "target")


def gathered(graph: Graph) -> Graph:
    """The graph without the nodes that stand beside others, which are `attached` to those."""
    into, out_of = graph.into(), graph.out_of()
    beside: dict[Node, list[Link]] = {}
    for node in graph.nodes:
        if node.kind in _LEAVES and not into[node] and len(out_of[node]) == 1:
            [link] = out_of[node]
            if link.weight is None:
                beside.setdefault(link.target, []).append(link)
    for target, links in beside.items():
        for kind in _LEAVES:
            same = [link for link in links if link.source.kind == kind]
            target.attached += same if len(same) <= CROWD else [_crowd(target, same)]
    gone = {link.source for links in beside.values() for link in links}
    nodes = [node for node in graph.nodes if node not in gone]
    return Graph(nodes, [link for link in graph.links if link.source not in gone])


def _crowd(target: Node, links: list[Link]) -> Link:
    names = [link.source.names[0] for link in links]
    many = Node("many", target.owner, names, cells=[(e,) for e in names])
    return Link(many, target, links[0].upper, tuple(names))
