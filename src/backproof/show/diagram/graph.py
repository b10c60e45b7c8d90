"""What a picture of a network is made of: nodes, links between them, and whom each belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...expr.node import Expr
from ...expr.shape import Dim

# layer: a row of units, drawn as circles; grid: a matrix without units (attention weights);
# value: a single number with a name; operation: +, a product, a function; parameter: one that does
# not stand on an edge between layers; many: names too many to be drawn one by one; fold: layers
# left out of the middle of a deep network.
Kind = Literal["layer", "grid", "value", "operation", "parameter", "target", "loss", "many", "fold"]


@dataclass(slots=True, eq=False)
class Node:
    """A thing in the picture.

    `names` are the quantities it shows: two for a unit with pre-activation and activation
    (`z | a`), none for an operation, all for `many`. `aliases` are second names (`h(x)` for `a2`).
    `owner` is the quantity whose equation made it. `word` is the LaTeX of a function, or an
    operation's sign. `cells` holds, for `many` and `fold`, what is drawn as one small cell each.
    `attached` are links from parameters and targets that stand beside this node alone.
    """

    kind: Kind
    owner: Expr
    names: list[Expr] = field(default_factory=list[Expr])
    units: Dim = 1
    word: str = ""
    aliases: list[Expr] = field(default_factory=list[Expr])
    cells: list[tuple[Expr, ...]] = field(default_factory=list[tuple[Expr, ...]])
    attached: list[Link] = field(default_factory=list["Link"])


@dataclass(slots=True, eq=False)
class Link:
    """What one node hands on to another.

    It is part of how `upper` depends on each quantity of `through`: it is lit if `upper` and one of
    those are. A `weight` makes it a bundle of edges, from every unit to every unit; `turned` is
    true where the note has the transpose of the weight there.
    """

    source: Node
    target: Node
    upper: Expr
    through: tuple[Expr, ...]
    weight: Expr | None = None
    turned: bool = False


@dataclass(slots=True, eq=False)
class Graph:
    """All nodes and links, sources before users."""

    nodes: list[Node]
    links: list[Link]

    def into(self) -> dict[Node, list[Link]]:
        """The links that end in each node."""
        return _grouped(self.nodes, ((link.target, link) for link in self.links))

    def out_of(self) -> dict[Node, list[Link]]:
        """The links that start in each node."""
        return _grouped(self.nodes, ((link.source, link) for link in self.links))


def _grouped(nodes: list[Node], pairs: Iterable[tuple[Node, Link]]) -> dict[Node, list[Link]]:
    out: dict[Node, list[Link]] = {node: [] for node in nodes}
    for node, link in pairs:
        out[node].append(link)
    return out
