"""The chain of factors, from the loss to a quantity, and its product for one entry."""

from __future__ import annotations

from dataclasses import dataclass

from ..expr.build import ONE, entry, gradient, index_sum, mul, neg
from ..expr.node import Expr, ends_equation, is_named, rebuild
from ..expr.shape import Dim
from ..laws import shapes
from ..laws.rule import make_like
from .simplify import tidy
from .step import Derivation, Link, Stage, Step, chained

Index = tuple[str, Dim]
SUMMED = ("i", "l", "p", "q", "r")  # letters of the neurons that a product adds up over


def stages_by_quantity(derivation: Derivation) -> dict[Expr, Stage]:
    """The stage of each quantity."""
    return {s.quantity: s for s in derivation.stages}


def chain_path(derivation: Derivation, quantity: Expr) -> tuple[Expr, ...]:
    """The quantities between the loss and `quantity`, the loss first.

    It begins below the loss where a quantity on the way is used more than once: from there up, the
    derivative is a sum over paths, and stands in that quantity's own stage.
    """
    stages = stages_by_quantity(derivation)
    loss = derivation.loss
    path = [quantity]
    while path[-1] is not loss and path[-1] in stages:
        uppers = list(dict.fromkeys(link.upper for link in stages[path[-1]].links))
        if len(uppers) != 1:
            break
        path.append(uppers[0])
    return tuple(reversed(path))


def entry_product(derivation: Derivation, quantity: Expr) -> tuple[Step, ...]:
    """The product of the worked-out factors for a single entry, and what cancels in it.

    The first step says that the entry (j, k) of the gradient is the sum over the samples of this
    product, the mean in front; the others tidy the product, as a formula of single entries. Empty
    where the chain has a factor that has no such form (softmax, norms, several paths).
    """
    stages = stages_by_quantity(derivation)
    path = chain_path(derivation, quantity)
    if path[0] is not derivation.loss or len(path) < 2 or quantity.op != "name":
        return ()
    built = _build(stages, path)
    if built is None:
        return ()
    product, front, neurons, samples, at = built
    if front.op == "neg":  # the sign goes into the product, where it may turn a difference
        product, front = neg(product), front.args[0]
    current = _over(product, neurons)
    whole = mul(front, _over(current, samples)) if front is not ONE else _over(current, samples)
    place = tuple(e.attr.plain for e in path if is_named(e))
    steps = [Step(entry(gradient(path[0], quantity), *at), whole, shapes.CHAIN, (), place)]
    lines = [(_over(line, neurons), law, focus) for line, law, focus in tidy(product)]
    return (*steps, *chained(current, lines, steps[0]))


@dataclass(frozen=True, slots=True)
class _At:
    """An entry on the way up: its row and column, letters or 1."""

    row: str | int
    column: str | int


def _build(
    stages: dict[Expr, Stage], path: tuple[Expr, ...]
) -> tuple[Expr, Expr, list[Index], list[Index], tuple[str | int, str | int]] | None:
    """The product, the mean in front, the neurons and the samples that it is added up over, and the
    entry of the quantity."""
    quantity = path[-1]
    start = entry(quantity, "j", "k").attr
    at = _At(*start)
    factors: list[Expr] = []
    inner: list[Index] = []  # neurons that are added up over, innermost last
    outer: list[Index] = []  # samples
    front: Expr = ONE
    letters = iter(SUMMED)
    for lower in reversed(path[1:]):
        found = _only_link(stages[lower])
        if found is None:
            return None
        link, operation = found, found.operation
        if link.turned:
            at = _At(at.column, at.row)
        front = front if link.front is None else link.front
        if link.kind in ("elementwise", "passed"):
            assert link.factor is not None
            if link.factor is not ONE:
                factors.insert(0, _reindexed(link.factor, at))
        elif link.kind == "left" and operation is not None:
            column: str | int = 1 if operation.shape[1] == 1 else "s"
            if column != 1:
                outer.append(("s", operation.shape[1]))
            factors.insert(0, entry(operation.args[1], at.column, column))
            at = _At(at.row, column)
        elif link.kind == "right" and operation is not None:
            row: str | int = 1 if operation.shape[0] == 1 else next(letters, "")
            if row == "":
                return None
            if isinstance(row, str):
                inner.append((row, operation.shape[0]))
            factors.insert(0, entry(operation.args[0], row, at.row))
            at = _At(row, at.column)
        elif link.kind == "repeated" and operation is not None:
            inside = link.factor
            small, large = operation.args[0].shape, operation.shape
            row, column = at.row, at.column
            if small[1] == 1 and large[1] != 1:
                column = "s"
                outer.append(("s", large[1]))
            if small[0] == 1 and large[0] != 1:
                row = next(letters, "")
                inner.append((str(row), large[0]))
            at = _At(row, column)
            if inside is not None and inside is not ONE:
                factors.insert(0, _reindexed(inside, at))
        else:
            return None
    if len({letter for letter, _ in outer}) != len(outer):
        return None
    product = ONE
    for factor in factors:
        product = factor if product is ONE else mul(product, factor)
    return product, front, inner, outer, start


def _only_link(stage: Stage) -> Link | None:
    """The stage's link if it has one, and one use of the quantity in it."""
    return stage.links[0] if len(stage.links) == 1 else None


def _reindexed(factor: Expr, at: _At) -> Expr:
    """A factor, worked out for the entry (j, s), for another entry."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "entry":
            row, column = old.attr
            return entry(
                old.args[0], row if row == 1 else at.row, column if column == 1 else at.column
            )
        return make_like(old, args) if args and args != old.args else old

    return rebuild(factor, change, None, ends_equation)


def _over(product: Expr, indices: list[Index]) -> Expr:
    for letter, dim in indices:
        product = index_sum(product, letter, dim)
    return product
