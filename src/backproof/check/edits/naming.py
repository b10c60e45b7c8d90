"""One name written for another: in a derivative, in a call, anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...notation.syntax import Derivative, Fenced, Number, Product, Script, Sum, Symbol, Tree
from .context import Move, called
from .equation import Equation, Use
from .trees import NOWHERE, Path, at, key, positions, walk


def variables(eq: Equation) -> Iterator[Move]:
    """The variable that a derivative is taken by, and what is derived."""
    for left, side in ((True, eq.left), (False, eq.right)):
        rank = 0
        for path, part in positions(side):
            late = 0.0 if left else 0.8
            if isinstance(part, Derivative):
                first = 0 if part.of is None else 1
                if len(part.by) == 1:
                    for new in eq.near(_core(eq, part.by[0]), most=24 if left else 8):
                        facts = eq.swapped(part.by[0], new)
                        cost = 1.0 + late + 0.07 * rank
                        yield Move("wrong variable", (*path, first), new, cost, facts, left)
                        rank += 1
                if part.of is not None:
                    for i, new in enumerate(eq.near(_core(eq, part.of), most=8 if left else 6)):
                        facts = eq.swapped(part.of, new)
                        cost = 1.6 + late + 0.15 * i
                        yield Move("wrong variable", (*path, 0), new, cost, facts, left)
            elif isinstance(part, Script) and _is(part.base, "nabla") and len(part.subs) == 1:
                for i, new in enumerate(eq.near(_core(eq, part.subs[0]), most=12)):
                    facts = eq.swapped(part.subs[0], new)
                    cost = 1.0 + late + 0.07 * i
                    yield Move("wrong variable", (*path, 1), new, cost, facts, left)
            elif isinstance(part, Product) and _is(part.factors[0], "d") and not part.operators[0]:
                for i, new in enumerate(eq.near(_core(eq, part.factors[1]), most=12)):
                    facts = eq.swapped(part.factors[1], new)
                    cost = 1.0 + late + 0.07 * i
                    yield Move("wrong variable", (*path, 1), new, cost, facts, left)
            elif isinstance(part, Symbol) and len(part.base) > 1 and part.base[0] == "d":
                yield from _glued(eq, path, part, left, late)


def _glued(eq: Equation, path: Path, part: Symbol, left: bool, late: float) -> Iterator[Move]:
    """`dW1`, one word: the derivative by `W1`."""
    known = {n.base: n for n in eq.context.known if isinstance(n, Symbol)}
    if part.base[1:] not in known:
        return
    for i, new in enumerate(eq.near(known[part.base[1:]], most=12)):
        if isinstance(new, Symbol) and not new.marks:
            word = Symbol(NOWHERE, f"d{new.base}", (), f"d{new.written}")
            facts = eq.swapped(known[part.base[1:]], new)
            yield Move("wrong variable", path, word, 1.0 + late + 0.07 * i, facts, left)


def _is(tree: Tree, base: str) -> bool:
    return isinstance(tree, Symbol) and tree.base == base


def _core(eq: Equation, tree: Tree) -> Tree:
    return eq.split(tree)[0]


# any name ----------------------------------------------------------------------------------------
def names(eq: Equation) -> Iterator[Move]:
    """A name for another one, at one place or at all of them."""
    others = _others(eq)
    taken = _derived(eq.right)
    inside = [u for u in eq.uses if u.path not in taken]
    for n, use in enumerate(inside):
        near = eq.near(use.core, among=others, most=max(6, 60 // len(inside)))
        for i, new in enumerate(near):
            facts = eq.swapped(use.core, new)
            cost = 1.9 + 0.12 * i + 0.03 * n
            yield Move("wrong name", use.path, use.renamed(new), cost, facts)
    for uses in _repeated(eq, inside):
        place = any(_in_slope(eq.right, u.path) for u in uses)
        for i, new in enumerate(eq.near(uses[0].core, most=6)):
            first, *rest = [(u.path, u.renamed(new)) for u in uses]
            facts = eq.swapped(uses[0].core, new)
            kind = "wrong place" if place else "wrong name"
            cost = (1.4 if place else 1.9) + 0.15 * i
            yield Move(kind, *first, cost, facts, elsewhere=tuple(rest))
    lone = [u for u in eq.names(eq.left) if not u.path]
    for use in lone:
        for i, new in enumerate(eq.near(use.core, most=8)):
            facts = eq.swapped(use.core, new)
            yield Move("wrong name", (), use.renamed(new), 2.2 + 0.2 * i, facts, left=True)


def _others(eq: Equation) -> tuple[Tree, ...]:
    count = () if eq.context.count is None else (eq.context.count,)
    return (*eq.context.known, *eq.context.scalars, *count)


def _derived(tree: Tree) -> set[Path]:
    """The ways to the names inside derivatives, which have a kind of their own."""
    out: set[Path] = set()
    for path, part in positions(tree):
        if isinstance(part, Derivative):
            out |= {(*path, *inner) for inner, _ in walk(part) if inner}
    return out


def _repeated(eq: Equation, uses: list[Use]) -> list[list[Use]]:
    groups: dict[Any, list[Use]] = {}
    for use in uses:
        groups.setdefault(key(use.core), []).append(use)
    return [group for group in groups.values() if len(group) > 1]


def _in_slope(tree: Tree, path: Path) -> bool:
    """Whether this stands in `1 - a`, `1 - a^2` or the like, as in the derivative of σ or tanh."""
    if not path:
        return False
    parent = at(tree, path[:-1])
    if isinstance(parent, Script):
        return _in_slope(tree, path[:-1])
    return (
        isinstance(parent, Sum)
        and len(parent.terms) == 2
        and isinstance(parent.terms[0], Number)
        and parent.signs[1] == "-"
    )


def places(eq: Equation) -> Iterator[Move]:
    """The argument of a function: `f'(z^{(2)})` for `f'(z^{(1)})`."""
    rank = 0
    for path, part in positions(eq.right):
        if not isinstance(part, Product):
            continue
        for i, bracket in enumerate(part.factors):
            if not isinstance(bracket, Fenced) or len(bracket.items) != 1:
                continue
            if not called(eq.context, part.factors, part.operators, i):
                continue
            inner = bracket.items[0]
            if eq.named(inner):
                core, marks = eq.split(inner)
                use = Use((*path, i, 0), inner, core, marks)
                for new in eq.near(core, most=8):
                    facts = eq.swapped(core, new)
                    cost = 1.3 + 0.08 * rank
                    yield Move("wrong place", use.path, use.renamed(new), cost, facts)
                    rank += 1
            else:
                for k, new in enumerate(eq.near(inner, most=6)):
                    facts = eq.swapped(inner, new)
                    yield Move("wrong place", (*path, i, 0), new, 2.4 + 0.1 * k, facts)


def chains(eq: Equation) -> Iterator[Move]:
    """A product of partials with a link missing, one too many, or links that do not meet."""
    rank = 0
    for path, part in positions(eq.right):
        links = [part] if isinstance(part, Derivative) else []
        if isinstance(part, Product):
            links = [f for f in part.factors if isinstance(f, Derivative)]
            yield from _unmet(eq, path, part)
        if not links or (isinstance(part, Derivative) and path and _linked(eq.right, path)):
            continue
        for k, link in enumerate(links):
            if link.of is None or len(link.by) != 1 or link.order != 1:
                continue
            where = (*path, _index(part, link)) if isinstance(part, Product) else path
            for name in eq.near(link.by[0], among=eq.context.quantities, most=5):
                if key(name) == key(link.of):
                    continue
                pair = (replace(link, span=NOWHERE, by=(name,)),
                        replace(link, span=NOWHERE, of=name))  # fmt: skip
                new = _beside(part, pair)
                facts = (("factor", eq.says(pair[1])),)
                cost = 1.9 + 0.1 * rank + 0.05 * k
                yield Move("lost chain factor", where, new, cost, facts)
                rank += 1


def _beside(part: Tree, pair: tuple[Derivative, Derivative]) -> Tree:
    op = part.operators[0] if isinstance(part, Product) else ""
    return Product(NOWHERE, pair, (op if op != "/" else "",))


def _index(product: Product, link: Derivative) -> int:
    return next(i for i, f in enumerate(product.factors) if f is link)


def _linked(tree: Tree, path: Path) -> bool:
    return isinstance(at(tree, path[:-1]), Product)


def _unmet(eq: Equation, path: Path, part: Product) -> Iterator[Move]:
    for i in range(len(part.factors) - 1):
        one, two = part.factors[i], part.factors[i + 1]
        if not (isinstance(one, Derivative) and isinstance(two, Derivative)):
            continue
        if one.of is None or two.of is None or len(one.by) != 1 or key(one.by[0]) == key(two.of):
            continue
        link = Derivative(NOWHERE, one.by[0], (two.of,), one.written)
        between = [*part.factors[: i + 1], link, *part.factors[i + 1 :]]
        operators = [*part.operators[:i], *(part.operators[i],) * 2, *part.operators[i + 1 :]]
        new = Product(NOWHERE, tuple(between), tuple(operators))
        yield Move("lost chain factor", path, new, 1.0, (("factor", eq.says(link)),))
        facts = eq.swapped(one.by[0], two.of)
        yield Move("wrong variable", (*path, i, 1), two.of, 1.1, facts)
        facts = eq.swapped(two.of, one.by[0])
        yield Move("wrong variable", (*path, i + 1, 0), one.by[0], 1.15, facts)
