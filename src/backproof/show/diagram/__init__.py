"""The network of any model as a picture.

`reading` makes a graph of a model's equations, `ranks` and `layout` give its nodes places, `routes`
leads the links between them, and `svg` draws.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...expr.model import Model
from ...expr.node import Expr
from ...notation.text import text
from ...words import say
from .colours import Theme
from .fold import folded
from .frames import style
from .framing import Framer
from .graph import Graph, Link, Node
from .labels import Label
from .layout import layout, reach
from .ranks import ordered, ranks
from .reading import graph
from .routes import Router
from .svg import Drawing

NARROW = 560  # pixels; on less the network runs from top to bottom
# How long a network may become before its middle is folded up: downwards, at least, and for a width
# (if none is said, that of a common screen), so that its letters stay legible.
TALL, LEAST, COMMON, STRETCH = 1700, 1000, 1280, 1.2


def diagram(
    model: Model,
    *,
    lit: Iterable[str] = (),
    width: int | None = None,
    language: str | None = None,
    theme: Theme = "page",
) -> str:
    """The network of a model as a complete `<svg>` element.

    Every element of a piece has the plain name of its quantity as `data-quantity`; pieces in `lit`
    have the class `lit`. An arrow lies in the element of one of its quantities, inside that of the
    other, and is lit when both are: so the gradient is seen to flow back along what is lit.

    `width` is how many pixels there are at most: on few of them the network runs downwards.
    `language` is that of the title and of the few words, by default the note's own. `theme`: the
    colours of the `page`, which are its custom properties `--ink`, `--paper`, `--accent` and
    `--faint` (a picture on its own is light or dark as its reader's system is), or fixed ones,
    `light` or `dark`.

    Raises ModelError for a name in `lit` that the model does not have.
    """
    language = language or model.language
    shown = {model[plain] for plain in lit}
    net = graph(model)
    rank = ranks(net)
    down = width is not None and width < NARROW
    looks = style(_is_crowded(net, rank), down)
    framer = Framer(model, looks, language)
    frames = {node: framer.frame(node) for node in net.nodes}
    room = TALL if down else max(LEAST, (width or COMMON) * STRETCH)
    short = folded(net, rank, lambda node: reach(frames[node], looks), room)
    if short is not net:
        net, rank = short, ranks(short)
        frames = {node: framer.frame(node) for node in net.nodes}

    def weight(link: Link) -> Label | None:
        if link.weight is None:
            return None
        return framer.name(link.weight.T if link.turned else link.weight)

    placed = layout(net, ordered(net, rank), frames, looks, weight)
    routes = Router(placed, weight).routes()
    scale = min(1.0, width / placed.width) if width else 1.0
    drawing = Drawing(_with_first_names(net, shown), theme)
    return drawing.svg(placed, routes, _described(model, language), scale)


def _is_crowded(net: Graph, rank: dict[Node, int]) -> bool:
    """Whether so much stands side by side that edges between all units would be a thicket."""
    layers = Counter(rank[node] for node in net.nodes if node.kind == "layer")
    dense = [link for link in net.links if link.weight is not None]
    bundles = Counter(rank[link.target] for link in dense)
    passing = any(rank[link.target] - rank[link.source] > 1 for link in dense)
    return passing or max((*layers.values(), *bundles.values()), default=0) > 2


def _with_first_names(net: Graph, lit: set[Expr]) -> set[Expr]:
    """Where a second name is lit, what it stands for is too."""
    out = set(lit)
    for node in net.nodes:
        if node.names and not lit.isdisjoint(node.aliases):
            out.add(node.names[-1])
    return out


def _described(model: Model, language: str) -> tuple[str, str]:
    """The title and the description, for those who hear the picture."""

    def listed(names: Iterable[Expr]) -> str:
        return ", ".join(text(e, model.spelling) for e in names) or "–"

    title = say("diagram.title", language, loss=text(model.loss, model.spelling))
    description = say(
        "diagram.description",
        language,
        inputs=listed(model.inputs),
        parameters=listed(model.parameters),
        hidden=listed(e for e, r in model.roles.items() if r == "hidden"),
        targets=listed(model.targets),
        loss=text(model.loss, model.spelling),
    )
    return title, description
