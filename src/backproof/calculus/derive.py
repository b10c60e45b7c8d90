"""The door: from a model to a derivation, proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..errors import ModelError
from ..expr.build import let, sized
from ..expr.collector import collector_paused
from ..expr.model import Equation, Model
from ..expr.node import Expr, ends_equation, is_named, walk
from ..expr.shape import SCALAR, show_shape
from ..expr.values import free_names
from ..laws import shapes
from .activations import activations_in
from .chain import entry_product
from .matrix import Tidier
from .prepare import prepare
from .prove import DIGITS, POINTS, ProofFailed, Prover
from .reverse import Reverse
from .stable import stable_forms
from .step import Certificate, Derivation, Link, Stage, Step, chained

DEEP = 160  # equations; beyond this, stages are proven by samples
SAMPLES = 12


def derive(model: Model | Expr | Derivation, wrt: str | Iterable[str] | None = None) -> Derivation:
    """Derive the gradients of a model's loss, step by step, and prove every step.

    `wrt` names what to derive by (plain names: parameters, inputs, hidden quantities, constants);
    by default all parameters. A scalar expression, such as the derivative by a scalar parameter,
    may stand for the model: its free names are then the parameters. So may a derivation with one
    gradient, a scalar: that is the second derivative.

    Every step is evaluated on both sides with 50 digits; the gradients are compared with forward
    mode. In networks of more than 160 equations the stages proven are a sample, and the
    certificate says so.

    Raises ModelError for an unknown name, RefusedError for what has no law.
    """
    with collector_paused():
        return _derived(model, wrt)


def _derived(model: Model | Expr | Derivation, wrt: str | Iterable[str] | None) -> Derivation:
    if isinstance(model, Derivation):
        model = _only_gradient(model)
    if isinstance(model, Expr):
        model = as_model(model)
    names = [wrt] if isinstance(wrt, str) else list(wrt or [])
    wanted = [model[n] for n in names] if names else list(model.parameters)
    if not wanted:
        raise ModelError(
            "the model has no parameters", hint='name what to derive by, for instance wrt=["x"]'
        )
    prepared = prepare(model, wanted)
    loss, equations, replaced = prepared.loss, prepared.equations, prepared.replaced
    targets = [replaced.get(e, e) for e in wanted]
    deep = len(equations) > DEEP
    walk_back = Reverse(model, prepared, targets, thorough=not deep)
    walk_back.run()
    prover = Prover(model, points=1 if deep else POINTS)
    stages = tuple(_proven(prover, walk_back, deep))
    by_quantity = {s.quantity: s.result for s in stages}
    leaves = free_names(loss, *model.roles)
    gradients = sized(
        {e.attr.plain: by_quantity[t] for e, t in zip(wanted, targets, strict=True)}, leaves
    )
    checked = {t: by_quantity[t] for t in targets if t is not loss}
    error = prover.check_gradients(loss, checked) if checked else 0.0
    stable = _proven_steps(prover, stable_forms(_worth_stabilising(model, stages, targets)))
    found = Derivation(
        model, loss, stages, tuple(wanted), tuple(targets), gradients, stable, _EMPTY
    )
    if not deep:
        found = replace(found, products=dict(_products(prover, found)))
    found = replace(
        found,
        collapsed=_collapsed(model, stages),
        rewritten=_proven_steps(prover, prepared.rewritten),
        activations=_proven_steps(prover, activations_in(equations)),
    )
    return replace(found, certificate=_certificate(found, checked, error, len(prover.points)))


def _only_gradient(derivation: Derivation) -> Expr:
    if len(derivation.gradients) == 1:
        return next(iter(derivation.gradients.values()))
    names = ", ".join(derivation.gradients)
    raise ModelError(
        f"this derivation has gradients by {names}; only one of them can be derived again",
        hint='name it: derive(derivation.gradients["..."])',
    )


def as_model(expr: Expr) -> Model:
    """A scalar expression as the loss of a model, its named quantities as the equations.

    Raises ModelError for anything that is not a scalar.
    """
    if expr.shape != SCALAR:
        raise ModelError(
            f"only a scalar can be derived again, and this is {show_shape(expr.shape)}",
            hint="take a scalar of it first, such as the sum of its entries",
        )
    loss = expr if expr.op == "let" else let("L", expr)
    order = list(walk([loss]))
    roles = {
        e: "parameter" if e.op == "name" else "hidden" for e in order if e.op in ("name", "let")
    }
    roles[loss] = "loss"
    equations = tuple(Equation(e, "") for e in order if e.op == "let")
    return Model(equations, loss, roles)  # type: ignore[arg-type]


def _proven_steps(
    prover: Prover, chains: Mapping[str, Sequence[Step]]
) -> dict[str, tuple[Step, ...]]:
    return {key: tuple(prover.prove(s) for s in steps) for key, steps in chains.items() if steps}


def _products(prover: Prover, found: Derivation) -> Iterable[tuple[str, tuple[Step, ...]]]:
    """The products of factors for one entry that are proven. Whether the factors of a chain tell
    all that lies between its ends is decided by the proof: a product that does not hold is left
    out."""
    for quantity, target in zip(found.wanted, found.targets, strict=True):
        steps = entry_product(found, target)
        try:
            proven = tuple(prover.prove(s) for s in steps)
        except ProofFailed:
            continue
        if proven:
            yield quantity.attr.plain, proven


def _worth_stabilising(
    model: Model, stages: Iterable[Stage], wanted: list[Expr]
) -> dict[str, Expr]:
    """The loss, and each result that is kept, under the name that later lines know it by."""
    found = {model.loss.attr.plain: model.loss}
    for stage in stages:
        if stage.name is not None:
            found[stage.name.attr.plain] = stage.result
        elif stage.quantity in wanted and stage.result.op not in ("matmul", "sum"):
            found[stage.quantity.attr.plain] = stage.result
    return found


def _collapsed(model: Model, stages: Iterable[Stage]) -> dict[str, tuple[Step, ...]]:
    """What results become for targets that sum to 1 over the classes, as one-hot targets do."""
    axis = "rows" if model.columns else "columns"
    free = [t for t in model.targets if t not in model.sums_to_one]
    if not free:
        return {}
    assumed = replace(model, sums_to_one=(*model.sums_to_one, *free))
    tidier, prover = Tidier(assumed.sums_to_one, axis), Prover(assumed)
    out: dict[str, list[Step]] = {}
    for stage in stages:
        shown = stage.name or stage.quantity
        if not is_named(shown):
            continue
        parts = walk([stage.result], ends_equation)
        if not any(e.op == "sum" and e.attr == axis and e.args[0] in free for e in parts):
            continue
        like = Step(stage.result, stage.result, shapes.SUMS_TO_ONE, place=(shown.attr.plain,))
        out[shown.attr.plain] = chained(stage.result, tidier.lines(stage.result), like)
    return _proven_steps(prover, out)


def _proven(prover: Prover, walk_back: Reverse, deep: bool) -> Iterable[Stage]:
    every = max(1, len(walk_back.stages) // SAMPLES) if deep else 1
    for i, stage in enumerate(walk_back.stages):
        yield stage if i % every else _prove_stage(prover, walk_back, stage)


def _prove_stage(prover: Prover, walk_back: Reverse, stage: Stage) -> Stage:
    uses = walk_back.uses[stage.quantity]
    steps: list[Step] = []
    for step in stage.steps:
        if step.before.op == "gradient":
            steps.append(prover.prove_link(step, stage.quantity, uses))
        elif step.before.op == "path":
            through = [u for u in uses if u.upper is step.before.args[1]]
            steps.append(prover.prove_link(step, stage.quantity, through))
        else:
            steps.append(prover.prove(step))
    return replace(
        stage, steps=tuple(steps), links=tuple(_prove_link(prover, link) for link in stage.links)
    )


def _prove_link(prover: Prover, link: Link) -> Link:
    def each(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(prover.prove(s) for s in steps)

    return replace(link, steps=each(link.steps), prepared=each(link.prepared))


_EMPTY = Certificate(0, 0, 0, DIGITS, POINTS, (), 0.0)


def _certificate(
    found: Derivation, checked: dict[Expr, Expr], error: float | None, points: int
) -> Certificate:
    counts = {"proven": 0, "undecided": 0, "unchecked": 0}
    for step in found.steps:
        counts[step.proof.status] += 1
    names = tuple(e.attr.plain for e in checked) if error is not None else ()
    return Certificate(
        counts["proven"],
        counts["undecided"],
        counts["unchecked"],
        DIGITS,
        points,
        names,
        error or 0.0,
    )
