"""One equation on its way through the edits: its names, and which of the known ones are near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...notation.syntax import Derivative, Fenced, Number, Product, Script, Sup, Symbol, Tree
from .context import Context, called
from .trees import NOWHERE, Path, at, key, multiplied, positions

_SIGNS = frozenset({"partial", "nabla", "d", "cdot", "colon"})


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name: `core` is the name itself, `marks` the transpose, prime or power on it."""

    path: Path
    tree: Tree
    core: Tree
    marks: tuple[Sup, ...]

    def renamed(self, core: Tree) -> Tree:
        return marked(core, self.marks)


@dataclass(slots=True)
class Equation:
    """Both sides, and what the kinds of edits ask about them."""

    left: Tree
    right: Tree
    context: Context
    known: dict[Any, Tree] = field(init=False)
    uses: list[Use] = field(init=False)
    present: set[Any] = field(init=False)
    layers: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {key(name): name for name in self.context.known}
        self.uses = self.names(self.right)
        here = [u.core for u in (*self.uses, *self.names(self.left))]
        self.present = set(map(key, here))
        numbers = {int(n) for name in here for n in _digits(parts_of(name)[1])}
        self.layers = {str(n + step) for n in numbers for step in (-1, 0, 1)}

    def names(self, tree: Tree) -> list[Use]:
        """The uses of names in a tree, from left to right."""
        return [
            Use(path, part, *self.split(part)) for path, part in positions(tree) if self.named(part)
        ]

    def named(self, tree: Tree) -> bool:
        name = tree.base if isinstance(tree, Script) else tree
        if not isinstance(name, Symbol) or name.base in _SIGNS:
            return False
        return not self.context.is_function(tree)

    def split(self, tree: Tree) -> tuple[Tree, tuple[Sup, ...]]:
        """A name, and what was done to it: `W^{(2)T}` is `W^{(2)}` with a transpose."""
        if not isinstance(tree, Script):
            return tree, ()
        for end in range(len(tree.sups), -1, -1):
            core = unmarked(tree, end)
            if key(core) in self.known:
                return core, tree.sups[end:]
        end = len(tree.sups)
        while end and (
            tree.sups[end - 1].kind in ("transpose", "prime") or _power(tree.sups[end - 1])
        ):
            end -= 1
        return unmarked(tree, end), tree.sups[end:]

    def near(self, old: Tree, *, among: tuple[Tree, ...] = (), most: int) -> list[Tree]:
        """Known names to stand for `old`, the likeliest first."""
        names = among or self.context.known
        scored = [(self._distance(old, name), i, name) for i, name in enumerate(names)]
        scored.sort(key=lambda s: s[:2])
        out: dict[Any, Tree] = {}
        for _, _, name in scored:
            if key(name) != key(old):
                out.setdefault(key(name), name)
        return list(out.values())[:most]

    def _distance(self, old: Tree, name: Tree) -> float:
        shape = self.context.shape
        far = 0.0 if key(name) in self.present else 0.8
        (base, layer), (other, level) = parts_of(old), parts_of(name)
        far += 0.4 * bool(self.layers and _digits(level) and self.layers.isdisjoint(_digits(level)))
        far += 1.6 * (base != other) + (0.0 if layer == level else 0.6 + 0.2 * _steps(layer, level))
        if shape and (a := shape(old)) and (b := shape(name)) and a != b:
            far += 1.0
        return far

    def says(self, tree: Tree) -> str:
        return self.context.says(tree)

    def swapped(self, old: Tree, new: Tree) -> tuple[tuple[str, str], ...]:
        return ("written", self.says(old)), ("meant", self.says(new))


def _power(sup: Sup) -> bool:
    return sup.kind == "bare" and isinstance(sup.tree, Number)


def unmarked(tree: Script, end: int) -> Tree:
    sups = tree.sups[:end]
    if not sups and not tree.subs:
        return tree.base
    return tree if len(sups) == len(tree.sups) else replace(tree, span=NOWHERE, sups=sups)


def marked(core: Tree, marks: tuple[Sup, ...]) -> Tree:
    if not marks:
        return core
    if isinstance(core, Script):
        return Script(NOWHERE, core.base, core.subs, core.sups + marks)
    return Script(NOWHERE, core, (), marks)


def parts_of(name: Tree) -> tuple[Any, Any]:
    """The letter of a name and its indices; the number in `W2` is one."""
    if isinstance(name, Script):
        sups = tuple((s.kind, key(s.tree)) for s in name.sups if s.kind != "transpose")
        return key(name.base), (tuple(map(key, name.subs)), sups)
    if isinstance(name, Symbol) and (m := re.fullmatch(r"([A-Za-z]+)(\d+)", name.base)):
        return ("Symbol", m[1], name.marks), m[2]
    return key(name), ((), ())


def _digits(layer: Any) -> list[str]:
    return re.findall(r"\d+", str(layer))


def _steps(a: Any, b: Any) -> int:
    """How many layers lie between two indices, as far as they are numbers."""
    one, two = _digits(a), _digits(b)
    if len(one) == len(two) == 1:
        return min(abs(int(one[0]) - int(two[0])), 4)
    return 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a product that stays together: a factor, or a function and its argument."""

    tree: Tree
    operator: str  # in front of it
    start: int
    end: int


def units(product: Product, context: Context) -> list[Unit]:
    out: list[Unit] = []
    factors, operators = product.factors, product.operators
    i = 0
    while i < len(factors):
        end = i + 1
        while end < len(factors) and not operators[end - 1] and _leads(context, product, end - 1):
            end += 1
        op = operators[i - 1] if i else ""
        tree = factors[i]
        if end > i + 1:
            tree = multiplied(list(factors[i:end]), list(operators[i : end - 1]))
        out.append(Unit(tree, op, i, end))
        i = end
    return out


def _leads(context: Context, product: Product, i: int) -> bool:
    """Whether factor i takes the next one as its argument."""
    factor = product.factors[i]
    head = factor.base if isinstance(factor, Script) else factor
    if isinstance(factor, Derivative) and factor.of is None:
        return True
    if isinstance(head, Symbol) and (head.base in ("nabla", "partial", "Delta") or head.function):
        return True
    if isinstance(head, Symbol) and head.base == "d" and i + 1 < len(product.factors):
        return not isinstance(product.factors[i + 1], Fenced)
    bracket = product.factors[i + 1]
    opened = bracket.base if isinstance(bracket, Script) else bracket
    pair = (factor, opened)
    return isinstance(opened, Fenced) and called(context, pair, ("",), 1)


def products(tree: Tree, context: Context) -> Iterator[tuple[Path, Product, list[Unit]]]:
    """Every product among the values of a tree, with its units."""
    for path, part in positions(tree):
        if isinstance(part, Product):
            found = units(part, context)
            if len(found) > 1:
                yield path, part, found


def joined(found: list[Unit]) -> Tree:
    """Units as one product again, each behind its operator."""
    return multiplied([u.tree for u in found], [u.operator for u in found[1:]])


def argument(tree: Tree, path: Path, context: Context) -> bool:
    """Whether the part at this path is the bracket of a call."""
    if not path:
        return False
    parent = at(tree, path[:-1])
    if isinstance(parent, Script) and not path[-1]:
        return argument(tree, path[:-1], context)
    return isinstance(parent, Product) and _takes(parent, path[-1], context)


def _takes(product: Product, i: int, context: Context) -> bool:
    return i > 0 and not product.operators[i - 1] and _leads(context, product, i - 1)
