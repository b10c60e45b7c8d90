"""What a line says of one sample, and what of all of them."""

from __future__ import annotations

from .judge import Outcome
from .scope import Scope, bases
from .stand import Stand
from .state import STACKS
from .terms import Add, Call, D, Differential, Name, Sum, Term, has, is_loss, names, walk


def means(stand: Stand, left: Term) -> bool:
    """Whether the loss that a side is or differentiates is a mean over samples."""
    of = (
        left
        if isinstance(left, Name)
        else left.of
        if isinstance(left, D)
        else stand.loss
        if isinstance(left, Differential)
        else None
    )
    if isinstance(of, Call):
        of = of.function
    if not isinstance(of, Name):
        return False
    scope = stand.scope
    given = scope.definitions.get(of.base, [])
    if of != stand.whose:  # a loss that is taken as given is still what the note says that it is
        given = [d for d in given if d.at not in scope.barred]
    # what `L` was redefined as is no mean any more
    latest = [d for d in given if d.name == of and d.at < scope.at][-1:]
    bodies = [d.body for d in latest or given]
    # `J = E + R`, where E is the mean
    parts = [t for body in bodies if isinstance(body, Add) for t in body.terms]
    summands = [d.body for t in parts if isinstance(t, Name)
                for d in scope.definitions.get(t.base, ())]  # fmt: skip
    return any(_over_samples(scope, body) for body in (*bodies, *summands))


def counts_samples(scope: Scope, sides: tuple[Term, Term]) -> bool:
    """Whether a line names one sample by its index, or adds them up."""
    return any(i.letter in scope.survey.samples for name in names(sides) for i in name.indices)


def unasked(stand: Stand, batch: Outcome | None, left: Term, right: Term) -> bool:
    """Whether a line is about all samples and could not be tried with several of them: that it
    makes no sense for a single one tells nothing."""
    if batch is None or batch.state not in ("left", "unclear"):
        return False
    tables = STACKS - stand.scope.survey.square - stand.scope.survey.counts
    return means(stand, left) or bool(tables & (bases(left) | bases(right)))


def pooled(stand: Stand, batch: Outcome, left: Term, right: Term) -> bool:
    """Whether a line that fails for several samples is about a quantity that is made of all of
    them, as a mean of inputs is: it says nothing about a single one."""
    if batch.state != "fails" or batch.mismatch or batch.ratio is None or batch.unreached:
        return False
    scope = stand.scope
    pools = (
        base for base in scope.behind(bases(left) | bases(right))
        if not is_loss(base) for d in scope.definitions.get(base, ())
        if d.at not in scope.barred and _over_samples(scope, d.body) and not has(d.body, D)
    )  # fmt: skip
    return any(pools)


def _over_samples(scope: Scope, body: Term) -> bool:
    """Whether a formula adds samples up, or divides by their number."""
    survey = scope.survey
    counts = survey.sample_counts | survey.table_counts
    if any(name.base in counts for name in names(body)):
        return True
    sums = [part for part in walk(body) if isinstance(part, Sum) and part.kind == "sum"]
    return any(not s.letters or set(s.letters) & survey.samples for s in sums)
