r"""Layers that only the letter of an index tells apart: `z_j` is hidden, `z_k` an output.

Old textbooks write `z_j = \sum_i w_{ij} a_i` and `z_k = \sum_j w_{jk} a_j` with one z, one a and
one w for all layers, i for inputs, j for hidden units, k for outputs. Where the formulas of the
forward pass say so, the letter becomes a part of the name: these are `z:j` and `z:k`, and the
weights `w:ij` and `w:jk`. What else has such a letter below, a bias or an error, is of that layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..notation.document import Statement
from ..notation.lower.trees import is_letter, letters, rewrite, walk
from ..notation.syntax import (
    Big,
    Derivative,
    Fenced,
    Number,
    Product,
    Relation,
    Script,
    Sup,
    Symbol,
    Tree,
)
from ..notation.syntax import Sum as Added
from .heads import base_of, counted, exponential, head, index_letters, is_call
from .items import Environment
from .scope import Definition
from .sections import section
from .terms import Add, D, Index, Name, Sum, Term, has, is_loss, names, rewritten

_ERRORS = frozenset(("delta", "Delta", "epsilon", "varepsilon", "eta"))


@dataclass(slots=True)
class Layers:
    """What the forward pass of a note says of index letters: `above` are the letters of the next
    layer, `units` the letters of each quantity, `weights` the pairs that a weight goes between,
    `first` whether the lower layer comes first in those; `made` are quantities with a formula."""

    first: set[bool] = field(default_factory=set[bool])
    made: set[str] = field(default_factory=set[str])
    above: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    units: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    weights: dict[str, set[frozenset[str]]] = field(default_factory=dict[str, set[frozenset[str]]])
    blurred: bool = False

    @property
    def letters(self) -> set[str]:
        """All letters that are of a layer."""
        return {*self.above, *(x for found in self.above.values() for x in found)}

    def levels(self) -> dict[str, int] | None:
        """Which layer each letter is of, counted from below; None if they are of no one layer."""
        found: dict[str, int] = {}

        def level(letter: str, seen: frozenset[str]) -> int:
            if letter in seen:
                raise ValueError
            below = [x for x, up in self.above.items() if letter in up]
            return max((level(x, seen | {letter}) + 1 for x in below), default=0)

        try:
            found = {x: level(x, frozenset()) for x in sorted(self.letters)}
        except ValueError:
            return None
        steps = all(found[y] == found[x] + 1 for x, up in self.above.items() for y in up)
        return found if steps else None

    def made_of_themselves(self, levels: dict[str, int]) -> bool:
        """Whether the units of a layer are made of others of the same name: `y_j = f(v_j)` of
        `v_j = \\sum_i w_{ji} y_i`."""
        at = ({levels[x] for x in self.units.get(base, ()) if x in levels} for base in self.made)
        return any(len(found) > 1 for found in at)


def lettered(
    statements: list[Statement], starts: list[int]
) -> tuple[list[Statement], dict[str, str]]:
    """The statements with the layer in each name, where only letters tell it; then also the letter
    of the next layer for each letter. A section with a network of its own, `y_k = \\sum_i w_{ki}
    x_i` before all others have `y_k = \\sum_j w_{kj} z_j`, keeps its names."""
    layers = _layers([s.tree for s in statements])
    if layers.blurred or layers.levels() is not None:
        return _lettered(statements, layers)
    places = [section(s.span.line, starts) for s in statements]
    for place in sorted({*places}):
        rest = [s for s, at in zip(statements, places, strict=True) if at != place]
        changed, above = _lettered(rest, _layers([s.tree for s in rest]))
        if above:
            others = iter(changed)
            pairs = zip(statements, places, strict=True)
            return [s if at == place else next(others) for s, at in pairs], above
    return statements, {}


def _lettered(
    statements: list[Statement], layers: Layers
) -> tuple[list[Statement], dict[str, str]]:
    """The same for statements about one network."""
    trees = [s.tree for s in statements]
    levels = layers.levels()
    if levels:
        _like_others(trees, layers, levels)
    if layers.blurred or levels is None:
        return statements, {}
    if max(levels.values(), default=0) < 2 and not layers.made_of_themselves(levels):
        return statements, {}
    weights = {base for base, found in layers.weights.items() if len(found) > 1}
    met: dict[str, set[int]] = {}
    for base, x in (unit for tree in trees for unit in _units(tree)):
        if x in levels and base in {*layers.units, *_ERRORS}:
            met.setdefault(base, set()).add(levels[x])
    several = weights | {base for base, found in met.items() if len(found) > 1}
    if not several:
        return statements, {}
    named = several | layers.made
    scripts = [n for tree in trees for n in walk(tree) if isinstance(n, Script)]
    if any(_counted_above(node) for node in scripts if node.subs and _base(node) in named):
        return statements, {}
    numbered = {
        (base, bool(_numbers(node)))
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Script) and len(_below(node)) == 2 and (base := _base(node)) in weights
    }
    both = {base for base, _ in numbered if {(base, True), (base, False)} <= numbered}
    first = {at: min(x for x, level in levels.items() if level == at) for at in levels.values()}

    def change(tree: Tree) -> Tree | None:
        if not isinstance(tree, Script) or not isinstance(tree.base, Symbol):
            return None
        own = _below(tree)
        if base_of(tree.base) not in named or not own or not set(own) <= set(levels):
            return None
        at = sorted(levels[x] for x in own)
        if len(own) > 2 or (len(own) == 2 and at[1] != at[0] + 1):
            return None
        mark = "".join(first[x] for x in at)
        # `w_{ji}` for the `w_{ji}^{(1)}` above: its letters tell the layer
        sups = _numbers(tree) if len(own) == 2 and base_of(tree.base) in both else ()
        kept = tuple(sup for sup in tree.sups if sup not in sups)
        return replace(tree, base=replace(tree.base, base=f"{tree.base.base}:{mark}"), sups=kept)

    changed = [replace(s, tree=rewrite(s.tree, change)) for s in statements]
    return changed, {x: first[at + 1] for x, at in levels.items() if at + 1 in first}


def _counted_above(node: Script) -> bool:
    """Whether a name has the number of its layer above it: `z^{l+1}_j`."""
    above = (sup.tree for sup in node.sups if sup.tree is not None)
    return any(isinstance(part, Added) for tree in above for part in walk(tree))


def in_each_layer(env: Environment, above: dict[str, str]) -> None:
    """Add what the formulas for a layer say of those above it: `a_j = h(z_j)` stands for `a_k =
    h(z_k)` where that has no formula, and an error that is a derivative is one in each layer."""
    scope = env.scope
    bases = [base for base in sorted(scope.definitions) if ":" in base] if above else []
    queue = [d for base in bases for d in scope.definitions[base] if not d.parameters]
    for d in queue:
        name, body = _moved((d.name, d.body), above)
        letters = {i.letter for n in names((d.name, d.body)) for i in n.indices if i.letter}
        kept = len({above.get(x, x) for x in letters}) == len(letters)
        if not kept or {*_marks(d)} - {*above}:
            continue
        slope = body.terms[0] if isinstance(body, Add) and len(body.terms) == 1 else body
        of = slope.of if isinstance(slope, D) else None
        error = isinstance(of, Name) and is_loss(of.base)
        if error:
            for item in env.items:
                told = item.definition
                if told and item.role == "definition" and told.name.base == name.base:
                    item.role = "again"
                    scope.drop(told)
        errors = any(n.base.partition(":")[0] in _ERRORS for n in names((d.name, d.body)))
        if name.base not in scope.definitions and (error or not (errors or has(body, D))):
            queue.append(Definition(name, body, d.at))
            scope.add(queue[-1])


def _marks(definition: Definition) -> Iterator[str]:
    """The letters of layers in the names of a definition."""
    for name in names((definition.name, definition.body)):
        yield from name.base.partition(":")[2]


def _moved(term: Any, above: dict[str, str]) -> Any:
    """A term with all its letters those of the next layer."""

    def change(part: Term | Index) -> Term | Index | None:
        if isinstance(part, Name):
            base, colon, mark = part.base.partition(":")
            mark = "".join(above.get(x, x) for x in mark)
            return Name(base + colon + mark, *rewritten((part.upper, part.lower), change))
        if isinstance(part, Index):
            return replace(part, letter=above.get(part.letter, part.letter))
        if isinstance(part, Sum):
            letters = tuple(above.get(x, x) for x in part.letters)
            return replace(part, letters=letters, body=rewritten(part.body, change))
        return None

    return rewritten(term, change)


def _layers(trees: list[Tree]) -> Layers:
    found = Layers()
    formulas = [(left, body) for tree in trees for left, body in _formulas(tree)]
    for left, body in formulas:
        _forward(left, body, found)
    news = len(found.above)
    while news:
        news = sum(_passed_on(left, body, found) for left, body in formulas)
    for tree in trees:
        _backward(tree, found)
    return found


def _formulas(tree: Tree) -> Iterator[tuple[Script, Tree]]:
    """What a formula says of the units of a layer in the forward pass."""
    if not isinstance(tree, Relation) or tree.sides[0] is None:
        return
    left = tree.sides[0]
    if not isinstance(left, Script) or not isinstance(left.base, Symbol) or len(_below(left)) != 1:
        return
    if base_of(left.base) in _ERRORS or is_loss(base_of(left.base)):
        return
    for body in tree.sides[1:]:
        if body is not None and not _differentiates(body):
            yield left, body


def _differentiates(tree: Tree) -> bool:
    return any(
        isinstance(node, Derivative)
        or (isinstance(node, Script) and any(sup.kind == "prime" for sup in node.sups))
        or (isinstance(node, Symbol) and node.base in _ERRORS - {"epsilon", "eta"})
        for node in walk(tree)
    )


def _forward(left: Script, body: Tree, found: Layers) -> None:
    r"""`z_k = b_k + \sum_j w_{jk} a_j`: k is of the layer above j."""
    for big, weight, below, above in _weighted(body):
        found.first.add(_below(weight)[0] == below)
        found.above.setdefault(below, set()).add(above)
        pairs = found.weights.setdefault(_base(weight), set())
        pairs.add(frozenset((below, above)))
        for base, letter in _units(big.body):
            if letter == below:
                found.units.setdefault(base, set()).add(below)
        if _below(left) == [above]:
            found.made.add(_base(left))
            for base, letter in (*_units(left), *_units(body)):
                if letter == above:
                    found.units.setdefault(base, set()).add(above)


def _weighted(tree: Tree) -> Iterator[tuple[Big, Script, str, str]]:
    """The sums over the units of a layer with the weights to another one: the sum, the weight, the
    letter that it runs over, and the other one."""
    for big in walk(tree):
        if not isinstance(big, Big) or big.kind != "sum":
            continue
        over = index_letters(counted(big))
        for node in walk(big.body):
            if not isinstance(node, Script) or not isinstance(node.base, Symbol):
                continue
            pair = _below(node)
            if len(pair) == 2 and len(over) == 1 and over[0] in pair and pair[0] != pair[1]:
                yield big, node, over[0], pair[1 - pair.index(over[0])]


def _passed_on(left: Script, body: Tree, found: Layers) -> bool:
    """`a_j = h(z_j)`: where z is of a layer, so is a. Whether that is news."""
    letter = _below(left)[0]
    if letter not in found.letters or not isinstance(left.base, Symbol):
        return False
    own = found.units.setdefault(base_of(left.base), set())
    if letter in own or any(isinstance(node, Big) for node in walk(body)):
        return False
    told = any(x == letter and x in found.units.get(base, ()) for base, x in _units(body))
    if told:
        own.add(letter)
        found.made.add(_base(left))
    return told


def _backward(tree: Tree, found: Layers) -> None:
    r"""`\delta_j = h'(z_j) \sum_k w_{jk} \delta_k`: k is of the layer above j, too. A softmax over
    units of a layer has another letter for them."""
    known = found.letters
    for node in walk(tree):
        if isinstance(node, Big) and node.kind == "sum" and exponential(node.body):
            found.blurred = found.blurred or not known.isdisjoint(index_letters(counted(node)))
    if not isinstance(tree, Relation):
        return
    for side in tree.sides:
        if side is None or not _differentiates(side):
            continue
        for big, weight, above, below in _weighted(side):
            errors = {base for base, x in _units(big.body) if x == above} & _ERRORS
            if _base(weight) in found.weights and errors and below in known:
                found.above.setdefault(below, set()).add(above)
                found.weights[_base(weight)].add(frozenset((below, above)))


def _like_others(trees: list[Tree], layers: Layers, levels: dict[str, int]) -> None:
    """Letters that stand for others: `w_{ij}` beside `sum_k w_{kj} o_k` goes from i to j."""
    for node in (node for tree in trees for node in walk(tree)):
        pair = _below(node)
        if len(pair) != 2 or not isinstance(node, Script) or _base(node) not in layers.weights:
            continue
        if len(layers.first) == 1 and (pair[0] in levels) != (pair[1] in levels):
            known, other = sorted(pair, key=lambda x: x not in levels)
            higher = (known == pair[1]) == (True in layers.first)
            levels[other] = levels[known] + (-1 if higher else 1)


def _numbers(tree: Script) -> tuple[Sup, ...]:
    """The numbers of layers above a name."""
    kinds = ("paren", "square")
    return tuple(s for s in tree.sups if s.kind in kinds and isinstance(s.tree, Number))


def _base(tree: Script) -> str:
    symbol = head(tree)
    return base_of(symbol) if symbol is not None else ""


def _units(tree: Tree) -> Iterator[tuple[str, str]]:
    """The quantities with one letter below in a formula; what is called is none."""
    products = (node for node in walk(tree) if isinstance(node, Product))
    called = {
        id(name)
        for p in products
        for name, fence, operator in zip(p.factors, p.factors[1:], p.operators, strict=False)
        if isinstance(fence, Fenced) and is_call(fence, operator)
    }
    for node in walk(tree):
        if isinstance(node, Script) and isinstance(node.base, Symbol) and id(node) not in called:
            own = _below(node)
            if len(own) == 1:
                yield base_of(node.base), own[0]


def _below(tree: Tree) -> list[str]:
    """The letters below a name, if there is nothing else."""
    if not isinstance(tree, Script) or not tree.subs:
        return []
    parts = [letters(sub) for sub in tree.subs]
    spelled = all(parts) and all(is_letter(x) or isinstance(x, Product) for x in tree.subs)
    return [x for part in parts for x in part] if spelled else []
