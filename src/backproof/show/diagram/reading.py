"""A model read as a picture: which equations are layers of units, and which are operations."""

from __future__ import annotations

from ...expr.model import Equation, Model
from ...expr.node import Expr, is_named
from ...expr.shape import SCALAR, Dim
from ...notation.names import FUNCTIONS as WORDS
from ...notation.names import operator
from .gather import gathered
from .graph import Graph, Link, Node
from .terms import SIGNS, Terms


def graph(model: Model) -> Graph:
    """The nodes and links of any model: each of its quantities belongs to a node or a bundle."""
    return _Reader(model).read()


class _Reader:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.terms = Terms(model)
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.made: dict[Expr, Node] = {}  # named quantities and unnamed parts
        self.first: dict[Expr, Expr] = {}  # what second names stand for
        self.beside: dict[tuple[Expr, Node], Node] = {}
        self.through: dict[Node, dict[Expr, None]] = {}
        self.bundled: set[Node] = set()
        self.shown: set[Expr] = set()
        self.owner = model.loss

    def read(self) -> Graph:
        for equation in self.model.equations:
            self._equation(equation)
        for e, role in self.model.roles.items():  # what no equation uses
            if e not in self.made and e not in self.shown:
                self._leaf(e) if role not in ("parameter", "constant") else self._chip(e)
        return gathered(Graph(self.nodes, self.links))

    def _node(self, node: Node) -> Node:
        self.nodes.append(node)
        self.through[node] = {}
        return node

    def _leaf(self, e: Expr) -> Node:
        """An input or a target."""
        if e not in self.made:
            target = self.model.roles[e] == "target"
            kind = "target" if target else "layer" if self._units(e) is not None else "grid"
            self.made[e] = self._node(Node(kind, e, [e], self._units(e) or 1))
        return self.made[e]

    def _chip(self, e: Expr) -> Node:
        self.shown.add(e)
        return self._node(Node("parameter", e, [e]))

    def _units(self, e: Expr) -> Dim | None:
        """How many units a quantity has; None for a matrix that has none."""
        kept = [d for d in e.shape if d != 1]
        if self.model.samples and len(kept) > 1:
            samples = 1 if self.model.columns else 0
            if e.shape[samples] != self.model.samples:
                return None
            kept = [e.shape[1 - samples]]
            return kept[0] if kept[0] != self.model.samples else None
        if self.model.samples in kept:
            return 1
        return None if len(kept) > 1 else kept[0] if kept else 1

    def _equation(self, equation: Equation) -> None:
        quantity, value = equation.quantity, equation.value
        self.owner = quantity
        second = is_named(value) and not self.terms.is_fixed(value)
        if second and quantity is not self.model.loss:
            node = self._flow(value)
            node.aliases.append(quantity)
            self.first[quantity] = self.first.get(value, value)
            self.made[quantity] = node
            return
        self.made[quantity] = self._compose(value, quantity)

    def _compose(self, value: Expr, named: Expr | None) -> Node:
        """The node of a right side, with all that leads to it."""
        terms = self.terms
        if named is not None and named is self.model.loss:
            return self._direct(value, Node("loss", named, [named]))
        if terms.flows(value) and terms.is_layer(value):
            return self._layer(value, value, named)
        parts = terms.parts(value)
        flowing = [e for e in parts if terms.flows(e)]
        if len(flowing) == 1 and flowing[0].shape == value.shape:
            [only] = flowing
            if not is_named(only):
                return self._layer(only, value, named)
            if named is not None and self._joins(only):
                return self._activation(only, value, named)
        if terms.is_simple(value):
            if named is None:
                return self._operation(value)
            last = self._operation(value)
            node = self._result(named)
            self._link(last, node, tuple(self.through[last]))
            return node
        owner = self.owner if named is None else named
        return self._direct(value, self._blank(named) or Node("operation", owner, word="f"))

    def _blank(self, named: Expr | None) -> Node | None:
        if named is None:
            return None
        units = self._units(named)
        if named.shape == SCALAR:
            return Node("value", named, [named])
        return Node("layer" if units is not None else "grid", named, [named], units or 1)

    def _result(self, named: Expr) -> Node:
        node = self._blank(named)
        assert node is not None
        return self._node(node)

    def _joins(self, e: Expr) -> bool:
        """Whether a quantity is a pre-activation that still waits for its activation."""
        node = self._flow(e)
        if node.kind != "layer" or len(node.names) != 1 or node.owner is not e:
            return False
        return node in self.bundled or node.units != 1

    def _activation(self, before: Expr, value: Expr, named: Expr) -> Node:
        node = self._flow(before)
        node.names.append(named)
        node.word = self._word(value)
        for e in self.terms.parts(value):
            if self.terms.is_fixed(e):
                self._add(e, node)
        return node

    def _layer(self, inner: Expr, value: Expr, named: Expr | None) -> Node:
        """Units that add up what comes along their edges, and perhaps apply a function to it."""
        owner = self.owner if named is None else named
        units = self._units(inner)
        node = self._node(
            Node("layer" if units is not None else "grid", owner, [], 1 if units is None else units)
        )
        if named is not None:
            node.names.append(named)
        if inner is not value:
            node.word = self._word(value)
        for term in self.terms.summands(inner):
            dense = self.terms.dense(term)
            if dense is None:
                self._add(term, node)
                continue
            source = self._flow(dense.input)
            if source.kind not in ("layer", "grid", "value"):
                source = self._units_of(source, dense.input)
            self.shown.add(dense.weight)
            self.bundled.add(node)
            through = (*self._through(dense.input, source), dense.weight)
            self._link(source, node, through, dense.weight, dense.turned)
        if inner is not value:
            for e in self.terms.parts(value):
                if self.terms.is_fixed(e):
                    self._add(e, node)
        return node

    def _units_of(self, source: Node, e: Expr) -> Node:
        """The units that carry an unnamed value which a bundle of edges starts from."""
        if source.kind == "target":
            return source
        if source.kind == "operation" and source.word not in SIGNS.values():
            # A function of what comes before: its units stand for it.
            source.kind, source.units = "layer", self._units(e) or 1
            return source
        node = self._node(Node("layer", self.owner, [], self._units(e) or 1))
        self._link(source, node, tuple(self.through[source]))
        return node

    def _direct(self, value: Expr, node: Node) -> Node:
        """A formula that is not taken apart: all that it uses leads straight to it."""
        self._node(node)
        for e in self.terms.parts(value):
            self._add(e, node)
        return node

    def _operation(self, value: Expr) -> Node:
        """A node for the outermost operation, and those that lead to it."""
        value = self.terms.core(value)
        if value in self.made:
            return self.made[value]
        node = Node("operation", self.owner, word=SIGNS.get(value.op) or self._word(value))
        args = self.terms.summands(value) if value.op in ("add", "sub") else value.args
        sources = [self._source(a, node) for a in args if self.terms.names_something(a)]
        self._node(node)
        for e, source in sources:
            self._link(source, node, self._through(e, source))
        self.made[value] = node
        return node

    def _source(self, e: Expr, node: Node) -> tuple[Expr, Node]:
        e = self.terms.core(e)
        if self.terms.is_fixed(e):
            return e, self._chip(e)
        return e, self._flow(e)

    def _add(self, e: Expr, node: Node) -> None:
        """A term that enters a node as it is."""
        e = self.terms.core(e)
        if not self.terms.names_something(e):
            return
        if not is_named(e) and not self.terms.flows(e):
            for part in self.terms.parts(e):
                self._add(part, node)
            return
        if self.terms.is_fixed(e):
            if (e, node) not in self.beside:
                self.beside[e, node] = self._chip(e)
                self._link(self.beside[e, node], node, (e,))
            return
        source = self._flow(e)
        self._link(source, node, self._through(e, source))

    def _flow(self, e: Expr) -> Node:
        """The node of something that flows through the network."""
        e = self.terms.core(e)
        if e not in self.made:
            if is_named(e):
                return self._leaf(e)
            self.made[e] = self._compose(e, None)
        return self.made[e]

    def _through(self, e: Expr, source: Node) -> tuple[Expr, ...]:
        e = self.terms.core(e)
        if is_named(e):
            return (self.first.get(e, e),)
        return tuple(self.through[source])

    def _link(
        self,
        source: Node,
        target: Node,
        through: tuple[Expr, ...],
        weight: Expr | None = None,
        turned: bool = False,
    ) -> None:
        upper = target.names[0] if target.names else self.owner
        if len(target.names) > 1:
            upper = target.names[-1]
        self.through[target].update(dict.fromkeys(through))
        self.links.append(Link(source, target, upper, through, weight, turned))

    def _word(self, e: Expr) -> str:
        """The name of the function that an expression is a call of, in the author's spelling."""
        e = self.terms.core(e)
        if e.op == "call":
            return e.attr.latex
        spelled = self.model.spelling.functions
        if e.op in spelled or e.op in WORDS:
            return operator(spelled.get(e.op, WORDS.get(e.op, "")))
        return f"\\operatorname{{{e.op}}}" if e.op in ("exp", "sqrt", "abs", "step") else ""
