"""What a note says about the network to train: what goes in, what it predicts, how large it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..calculus.prepare import prepare
from ..errors import ModelError
from ..expr.model import Model
from ..expr.node import Expr, is_named, walk
from ..expr.shape import Dim

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True)
class Written:
    """The roles that a model's names play in training.

    `inputs` and `targets` have one value for each sample, `prediction` is what is compared with the
    target. `task` is what that comparison means; with `margin` the classes are -1 and 1 instead of
    0 and 1, and a prediction is no probability.
    """

    model: Model
    inputs: tuple[Expr, ...]
    targets: tuple[Expr, ...]
    prediction: Expr
    task: Task
    margin: bool

    def axis(self, e: Expr) -> int | None:
        """Along which axis of a quantity the samples lie; None where it is the same for all."""
        if not self.model.samples:
            return 0 if e in (*self.inputs, *self.targets) else None
        return e.shape.index(self.model.samples) if self.model.samples in e.shape else None

    def features(self, e: Expr) -> Dim:
        """How many numbers a quantity has for each sample. Raises ModelError where those are more
        than a vector."""
        if not self.model.samples:
            if 1 not in e.shape:
                raise ModelError(
                    f"{e.attr.plain} is a matrix for every sample, and a table has vectors",
                    hint="train such a network with the code of bp.compile",
                )
            return e.shape[0] if e.shape[1] == 1 else e.shape[1]
        axis = self.axis(e)
        return e.shape[1 if axis == 0 else 0]


def written(model: Model, output: str = "", task: str = "auto") -> Written:
    """The roles of a model's names; `output` names the prediction where that is not plain.

    Raises ModelError where the note does not say what is predicted.
    """
    per_sample = [e for e in model.inputs if not model.samples or model.samples in e.shape]
    inputs = tuple(e for e in per_sample if not is_weight(e)) or tuple(per_sample)
    if not inputs:
        raise ModelError(
            "the note has no input that differs from sample to sample",
            hint="use a quantity such as X that the note does not define",
        )
    targets = model.targets
    found = model[output] if output else _prediction(model, inputs, targets or inputs)
    if model.samples and model.samples not in found.shape:
        raise ModelError(
            f"{_name(found)} has no value for each sample",
            hint="name another quantity with output=...",
        )
    margin = _has_margin(model.loss, targets)
    # The sigmoid may be written out, as 1/(1 + e^{-z}).
    known = _op(prepare(model).replaced.get(found, found)) in _CLASSES
    guess: Task = "classification" if margin or known else "regression"
    if task == "classification" and not known:
        margin = True
    chosen: Task = guess if task == "auto" else task  # pyright: ignore[reportAssignmentType]
    return Written(model, inputs, targets, found, chosen, margin and chosen == "classification")


def is_weight(e: Expr) -> bool:
    """Whether an input is the weight of a sample: s, a number for each of them."""
    return e.attr.plain == "s" and 1 in e.shape


_CLASSES = ("sigmoid", "softmax")


def _op(quantity: Expr) -> str:
    """The operation that a quantity is the value of, second names looked through."""
    while quantity.op == "let":
        quantity = quantity.args[0]
    return quantity.op


def _name(e: Expr) -> str:
    return e.attr.plain if is_named(e) else "the prediction"


def _prediction(model: Model, inputs: Iterable[Expr], targets: tuple[Expr, ...]) -> Expr:
    """The quantity that meets the target in the loss: it comes from the inputs and not from the
    target, and the formula that uses it comes from both."""
    order = list(walk([model.loss]))
    own = set(targets)
    from_inputs = _depending(order, inputs)
    if own & set(inputs):
        return _reconstruction(order, own)
    from_targets = _depending(order, targets)
    frontier = {
        a: None
        for e in order
        if e in from_targets
        for a in e.args
        if a in from_inputs and a not in from_targets
    }
    named = dict.fromkeys(q for e in frontier for q in _nearest(e))
    if len(named) == 1:
        return next(iter(named))
    if not named and len(frontier) == 1:
        return next(iter(frontier))
    names = ", ".join(q.attr.plain for q in named)
    raise ModelError(
        f"the loss compares the target with {names or 'formulas without a name'}",
        hint="say which quantity is the prediction: output="
        + (repr(next(iter(named)).attr.plain) if named else "'its name'"),
    )


def _reconstruction(order: list[Expr], inputs: set[Expr]) -> Expr:
    """Where there is no target the input is compared with what the network makes of it."""
    for e in order:
        others = [a for a in e.args if a.op == "let"]
        if len(others) == 1 and any(a in inputs for a in e.args) and e.op in ("sub", "mul"):
            return others[0]
    raise ModelError(
        "the note has no target",
        hint="compare the prediction with y in the loss, or say output=...",
    )


def _depending(order: Iterable[Expr], on: Iterable[Expr]) -> set[Expr]:
    found = set(on)
    for e in order:
        # A size only counts what it is the size of.
        if e.op != "size" and any(a in found for a in e.args):
            found.add(e)
    return found


def _nearest(e: Expr) -> list[Expr]:
    """The named quantities that a formula is written in, free names left out."""
    return [q for q in walk([e], lambda x: x.op == "let") if q.op == "let"]


def _has_margin(loss: Expr, targets: tuple[Expr, ...]) -> bool:
    """Whether a product with the target is compared with a bound: `max(0, 1 - y s)`."""
    order = list(walk([loss]))
    products = {e for e in order if e.op == "mul" and any(a in targets for a in e.args)}
    bounded = _depending(order, products)
    return bool(products) and any(
        e.op in ("max", "relu") and any(a in bounded for a in e.args) for e in order
    )


def sizes_of(
    shapes: Mapping[str, tuple[Dim, Dim]],
    known: Mapping[str, tuple[int, str]],
) -> dict[str, tuple[int, int]]:
    """The shapes of parameters in numbers. `known` gives each letter's value and who says so.

    Raises ValueError for letters that nobody knows.
    """
    out: dict[str, tuple[int, int]] = {}
    unknown: dict[str, str] = {}
    for name, shape in shapes.items():
        sides: list[int] = []
        for dim in shape:
            side = 0
            for part in str(dim).split("+"):
                if part.isdigit():
                    side += int(part)
                elif part in known:
                    side += known[part][0]
                else:
                    unknown.setdefault(part, name)
            sides.append(side)
        out[name] = (sides[0], sides[1])
    if unknown:
        told = ", ".join(f"{letter} (of {name})" for letter, name in unknown.items())
        example = ", ".join(f"{letter!r}: 16" for letter in unknown)
        raise ValueError(f"the data do not tell the size {told}; say it with sizes={{{example}}}")
    return out
