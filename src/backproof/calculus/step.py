"""Steps and derivations: what the calculus hands to whoever shows, checks or runs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ..errors import ModelError
from ..expr.model import Model
from ..expr.node import Expr
from ..expr.shown import Shown
from ..laws.rule import Law

Status = Literal["proven", "undecided", "unchecked"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was done to prove a step: both sides evaluated at `points` random points with `digits`
    digits. `unchecked` is said of steps left out when a very deep network is proven by samples."""

    status: Status = "unchecked"
    digits: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Step(Shown):
    """`before = after`, by `law`.

    `focus` are the parts of `before` that change, to be boxed; `place` names the pieces of the
    network that it is about (plain names, output side first); `frozen` are the quantities that are
    held fixed (a partial derivative along one link); `why` explains it in index form where that
    helps, line by line.
    """

    before: Expr
    after: Expr
    law: Law
    focus: tuple[Expr, ...] = ()
    place: tuple[str, ...] = ()
    frozen: tuple[Expr, ...] = ()
    why: tuple[Step, ...] = ()
    proof: Proof = Proof()


Line = tuple[Expr, Law, tuple[Expr, ...]]  # what a line becomes, by which law, what changes in it


def chained(start: Expr, lines: Iterable[Line], like: Step) -> list[Step]:
    """Lines, each going on from the one before, as steps with the place and the held quantities of
    `like`."""
    steps: list[Step] = []
    for after, law, focus in lines:
        if after is not start:
            steps.append(replace(like, before=start, after=after, law=law, focus=focus))
            start = after
    return steps


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One factor of the chain: how `upper` changes with the quantity `lower` that it uses directly.

    `steps` work the factor out in entry form; `factor` is the result, a formula of the entry (j,
    s). `kind` tells how it enters the product: `elementwise` (times, entry by entry), `passed`
    (times 1 or -1), `left`/`right` (the argument is that factor of a product of matrices,
    `operation`), `repeated` (a value repeated over an axis), `other` (matrix form only, no
    `factor`). `prepared` are steps before the differentiation: the mean set aside, an alias
    replaced. `front` is the number by which `upper` changes with what lies between the two, the
    `1/m` that was set aside; `whole` is false where more than a number lies between; `turned` is
    true where the argument is the transpose of `lower`, as in `w^T x`.
    """

    upper: Expr
    lower: Expr
    kind: str
    factor: Expr | None
    steps: tuple[Step, ...] = ()
    prepared: tuple[Step, ...] = ()
    operation: Expr | None = None
    front: Expr | None = None
    whole: bool = True
    turned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Everything about the derivative of the loss by one quantity.

    `steps` lead from `gradient(loss, quantity)` to `result`; where the quantity is used more than
    once they begin with the sum over its uses. `name` is the short name (delta) that later stages
    use for the result, None where they write it out.
    """

    quantity: Expr
    links: tuple[Link, ...]
    steps: tuple[Step, ...]
    result: Expr
    name: Expr | None = None
    reused: tuple[Expr, ...] = ()


@dataclass(frozen=True, eq=False)
class Derivation(Shown):
    """A derivation: stages from the loss down to the parameters, and the gradients they end in.

    `loss` is the loss as the stages know it and `targets` are the quantities in `wanted` as the
    stages know them: second names replaced by first ones, written-out functions recognised.
    `gradients` maps plain names to the last expression about each quantity that was asked for.
    `stable` holds numerically stable rewrites, each a chain of steps, by plain name (the loss and
    gradients that change). `products` holds, for the parameters for which it makes sense, the
    product of the factors for one entry and what cancels in it. `collapsed` says what a result
    becomes if the targets of each sample sum to 1, where the note does not say that they do;
    `rewritten` the equations in which a function was recognised that the note writes out
    (`1/(1+e^{-z})`); `activations` derives the derivative of each activation from its definition,
    by operation. `certificate` says what was proven and how.
    """

    model: Model
    loss: Expr
    stages: tuple[Stage, ...]
    wanted: tuple[Expr, ...]
    targets: tuple[Expr, ...]
    gradients: Mapping[str, Expr]
    stable: Mapping[str, tuple[Step, ...]]
    certificate: Certificate
    products: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])
    collapsed: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])
    rewritten: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])
    activations: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])

    def stage(self, plain: str) -> Stage:
        """The stage about one quantity. Raises ModelError that lists those there are."""
        named = {s.quantity.attr.plain: s for s in self.stages if s.quantity.op in ("name", "let")}
        if plain in named:
            return named[plain]
        known = ", ".join(named)
        raise ModelError(f"nothing was derived about {plain!r}", hint=f"derived were {known}")

    @property
    def steps(self) -> Iterator[Step]:
        """All steps in the order in which they are made."""
        for stage in self.stages:
            for link in stage.links:
                yield from link.prepared
                yield from link.steps
            yield from stage.steps
        for steps in (*self.rewritten.values(), *self.activations.values()):
            yield from steps
        for steps in (*self.products.values(), *self.collapsed.values(), *self.stable.values()):
            yield from steps


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was proven: steps by their status, and the independent check of the gradients.

    `gradients` names the quantities whose whole gradient agreed with forward mode (dual numbers),
    `error` is the largest relative difference seen there.
    """

    proven: int
    undecided: int
    unchecked: int
    digits: int
    points: int
    gradients: tuple[str, ...]
    error: float
