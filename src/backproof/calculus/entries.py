"""Between matrices and their entries: the same formula, for the whole matrix or for one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..expr.build import broadcast, elementwise, entry
from ..expr.node import Expr, walk
from ..expr.ops import is_elementwise
from ..expr.shape import SCALAR, Shape

ROW, COLUMN = "j", "s"


def entry_of(x: Expr) -> Expr:
    """The entry (j, s) of a matrix; of a vector the entry along it; a scalar is its own entry,
    unless it is written out and meant as one thing."""
    if x.shape == SCALAR and not is_inner(x):
        return x
    return entry(x, ROW if x.shape[0] != 1 else 1, COLUMN if x.shape[1] != 1 else 1)


def is_inner(expr: Expr) -> bool:
    """An elementwise operation without a name of its own: written out inside a formula."""
    return is_elementwise(expr) and expr.op != "let"


def never(e: Expr) -> bool:
    return False


def _ends(is_atom: Callable[[Expr], bool]) -> Callable[[Expr], bool]:
    return lambda e: is_atom(e) or (not is_inner(e) and e.op != "broadcast")


def formula(expr: Expr, is_atom: Callable[[Expr], bool] = never) -> Expr:
    """An elementwise expression as a formula of its entries.

    Whatever is not elementwise or has a name stands for itself, as does what `is_atom` says. A
    repeated value is its own entry: the broadcast disappears, and comes back when the formula is
    lifted.
    """
    stop = _ends(is_atom)
    memo: dict[Expr, Expr] = {}
    for e in walk([expr], stop):
        if stop(e):
            memo[e] = entry_of(e)
        elif e.op == "broadcast":
            memo[e] = memo[e.args[0]]
        else:
            memo[e] = Expr(e.op, tuple(memo[a] for a in e.args), e.attr, SCALAR)
    return memo[expr]


def lift(entries: Expr, shape: Shape) -> Expr:
    """A formula of entries as an expression of the whole matrix: the way back from `formula`."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "entry":
            return old.args[0]
        if not args or not is_inner(old):
            return old
        return elementwise(old.op, *args, attr=old.attr)

    def stop(e: Expr) -> bool:
        return e.op == "entry" or not is_inner(e)

    memo: dict[Expr, Expr] = {}
    for e in walk([entries], stop):
        memo[e] = change(e, () if stop(e) else tuple(memo[a] for a in e.args))
    return broadcast(memo[entries], shape)


def stands_alone(root: Expr, nodes: Iterable[Expr], is_leaf: Callable[[Expr], bool]) -> set[Expr]:
    """What is a formula of its own among the parts of an expression: the root, and whatever an
    operation on matrices works on."""
    inside = (e for e in nodes if not is_inner(e) and not is_leaf(e))
    return {a for e in inside for a in e.args} | {root}


def inputs(expr: Expr, is_atom: Callable[[Expr], bool] = never) -> list[Expr]:
    """What a formula is made of, in reading order: the expressions that `formula` stops at."""
    stop = _ends(is_atom)
    return [e for e in walk([expr], stop) if stop(e)]
