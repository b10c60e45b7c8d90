"""One equation: its right side worked out, its indices taken off, its name put on."""

from __future__ import annotations

from ...expr.build import let
from ...expr.name import Name
from .context import Context, Hint, Index
from .declared import check_declared
from .roles import step_before
from .survey import Definition
from .values import EACH, NO_LABELS, Misfit, Value, relabelled


def equation(ctx: Context, definition: Definition) -> None:
    """Add a quantity of the note to what is known. Raises Misfit, ModelError, RefusedError."""
    try:
        value = with_left_indices(ctx, definition, None)
        check_declared(ctx, definition.name, value, definition.span)
    except Misfit as misfit:
        misfit.span = misfit.span or definition.right.span
        raise
    _same_over_time(ctx, definition.name, value)
    named = Value(let(definition.name, value.expr), value.labels)
    ctx.trail.put(ctx.values, definition.name, named)


def _same_over_time(ctx: Context, name: Name, value: Value) -> None:
    """`h_{t-1}` has the shape of `h_t`, also where no product says so."""
    before = ctx.leaves.get(step_before(name))
    if before is not None:
        for mine, its in zip(value.expr.shape, before.expr.shape, strict=True):
            ctx.dims.unify(mine, its)


def with_left_indices(ctx: Context, definition: Definition, hint: Hint | None) -> Value:
    r"""The right side of `z_j = \sum_k w_{jk} x_k`, with j in scope, then as a whole vector."""
    letters = dict.fromkeys(x for x, _ in definition.indices)
    indices = [
        Index(x, x in definition.samples, ctx.batch if x in definition.samples else ctx.feature())
        for x in letters
    ]
    with ctx.within(*indices):
        value = ctx.value(definition.right, hint)
    return _unindexed(ctx, value, indices, definition)


def _unindexed(ctx: Context, value: Value, indices: list[Index], definition: Definition) -> Value:
    entries = [i for i in indices if not i.sample]
    outer = set(ctx.scope) | {EACH, ""}
    own = {i.letter for i in indices}
    for label in value.labels:
        if label not in outer and label not in own:
            raise Misfit(
                f"the index {label} is free on the right side only",
                hint=f"sum over {label}, or give the left side this index",
                span=definition.span,
            )
    if _lies(ctx, value, indices, entries):
        value = value.T
    for axis in (0, 1):
        label = value.labels[axis]
        if label in own:
            sample = any(i.letter == label and i.sample for i in indices)
            value = relabelled(value, axis, ctx.search.choose([EACH, ""]) if sample else "")
    return value


def _lies(ctx: Context, value: Value, indices: list[Index], entries: list[Index]) -> bool:
    """Whether samples or features ended up on the other's axis."""
    samples = {i.letter for i in indices if i.sample}
    for axis in (0, 1):
        label = value.labels[axis]
        if not label:
            continue
        if label in samples or label == EACH:
            return axis != ctx.axes.sample
        if len(entries) == 1 and label == entries[0].letter:
            return axis != ctx.axes.feature
        if len(entries) == 2 and label == entries[0].letter:
            return axis != 0
    return False


def settle_loss(ctx: Context, definition: Definition) -> None:
    """Make the loss a number: an output whose length nothing else decides has length 1.

    Raises Misfit for a loss that is not a number.
    """
    value = ctx.values[definition.name]
    shape = ctx.axes.shape(value)
    rows, columns = ctx.shown(shape) if ctx.explaining else ("", "")
    if value.labels != NO_LABELS or not all(d == 1 or ctx.dims.make_one(d) for d in shape):
        raise Misfit(
            f"the loss {definition.name.plain} is not a number but {rows} × {columns}",
            hint="sum or average it over the samples and the entries",
            span=definition.span,
        )
