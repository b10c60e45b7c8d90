"""All equations, read and, where shapes do not fit, read again with other choices."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import ShapeError
from .context import Context
from .declared import read_declarations
from .elaborate import elaborate
from .equations import equation, settle_loss
from .survey import Definition, Survey
from .values import Misfit

#: So many readings, and so many equations worked out in them, before giving up.
MAX_READINGS = 300
MAX_EQUATIONS = 6_000


def solve(survey: Survey, order: Sequence[Definition], loss: Definition) -> Context:
    """Work out all equations. Raises the error of the first reading where none fits."""
    ctx = Context(survey, elaborate)
    read_declarations(ctx)
    starts: list[tuple[int, int]] = []
    first: Misfit | None = None
    at = done = readings = 0
    while True:
        try:
            while at < len(order):
                del starts[at:]
                starts.append((ctx.trail.mark, len(ctx.search.taken)))
                done += 1
                equation(ctx, order[at])
                at += 1
            settle_loss(ctx, loss)
            return ctx
        except Misfit as misfit:
            first = first or misfit
            ctx.explaining = False
            readings += 1
            ctx.search.failed()
            shared = ctx.search.next()
            if shared < 0 or readings > MAX_READINGS or done > MAX_EQUATIONS + len(order):
                raise ShapeError(first.what, hint=first.hint, span=first.span) from None
            at = max(k for k, (_, choices) in enumerate(starts) if choices <= shared)
            mark, choices = starts[at]
            ctx.trail.back_to(mark)
            ctx.search.rewind(choices)
