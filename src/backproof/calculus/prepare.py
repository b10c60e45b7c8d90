"""Before the walk: second names are replaced by first ones, written-out functions are
recognised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ..expr.build import let
from ..expr.model import Model
from ..expr.node import Expr, is_named, rebuild, same, walk
from .stable import recognise
from .step import Step


@dataclass(slots=True)
class Prepared:
    """A model's equations as the walk uses them.

    `replaced` tells what stands for a quantity that changed; `aliases` holds, for each equation,
    the second names it was written with and what they stand for; `rewritten` the steps by which
    functions were recognised, by plain name.
    """

    loss: Expr
    equations: list[Expr] = field(default_factory=list[Expr])
    replaced: dict[Expr, Expr] = field(default_factory=dict[Expr, Expr])
    aliases: dict[Expr, dict[Expr, Expr]] = field(default_factory=dict[Expr, dict[Expr, Expr]])
    rewritten: dict[str, list[Step]] = field(default_factory=dict[str, list[Step]])


def prepare(model: Model, wanted: Collection[Expr] = ()) -> Prepared:
    """The equations with `h = a2` looked through and `1/(1+e^{-z})` read as the sigmoid.

    A second name that is itself `wanted` stays: the derivative by it leaves out what goes past it.
    """
    out = Prepared(model.loss)
    memo: dict[Expr, Expr] = {}
    second: dict[Expr, Expr] = {}
    for equation in model.equations:
        old = equation.quantity
        value = old.args[0]
        if is_named(value) and old is not model.loss and old not in wanted:
            memo[old] = second[old] = memo.get(value, value)
            continue
        new = rebuild(old, same, memo)
        steps = recognise(new.args[0], new.attr.plain)
        if steps:
            new = memo[old] = let(new.attr, steps[-1].after)
            out.rewritten[new.attr.plain] = steps
        used = [e for e in walk([value], is_named) if e in second]
        if used:
            out.aliases[new] = {e: second[e] for e in used}
        out.equations.append(new)
    out.replaced = {old: new for old, new in memo.items() if old.op == "let" and old is not new}
    out.loss = memo.get(model.loss, model.loss)
    return out
