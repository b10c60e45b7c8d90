"""From outcomes in all readings to one verdict (DESIGN: how a line can be meant)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .assuming import assuming
from .doubt import (
    adds_up,
    alone_on_the_left,
    chance,
    distinct,
    guessed_function,
    half_told,
    held_back,
    of_one_number,
    of_one_sample,
    only_listed,
    unlinked,
    variant,
)
from .forms import identities, is_slope, of_squares, traces, unfinished
from .items import Item
from .judge import Outcome, outcome
from .pooling import counts_samples, means, pooled, unasked
from .readings import Reading
from .report import Verdict
from .stand import Stand, constants
from .state import Purse
from .terms import (
    D,
    Differential,
    Name,
    Sum,
    Term,
    Unclear,
    free_letters,
    is_loss,
    literal,
    names,
    walk,
)
from .trial import Trial, is_twin, matrices

#: So many samples confirm what holds for two.
_OTHER = 4


@dataclass(slots=True)
class Judgement:
    """A verdict with the outcome that tells most about it.

    `kind` is a key of `words/`; `ratio` the constant by which the sides differ."""

    verdict: Verdict
    kind: str = ""
    stand: Stand | None = None
    outcome: Outcome | None = None
    reason: Unclear | None = None
    ratio: float | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def rank(self) -> int:
        """Better verdicts first."""
        return ("holds", "loose", "undecided", "wrong").index(self.verdict)


#: What an equation comes to with other stands than its own.
Judge = Callable[[Item, list[Stand]], Judgement]


def judgement(
    stands: list[Stand],
    readings: list[Reading],
    left: Term,
    right: Term,
    gradient: bool,
    *,
    purse: Purse | None = None,
) -> Judgement:
    """The best verdict over all that the note leaves open: a line is wrong only if it fails under
    every reading and every sensible assumption."""
    best: Judgement | None = None
    purse = purse or Purse()
    asked: set[str] = set()
    before: Stand | None = None
    for stand in stands:
        if stand.ahead and "ahead" not in asked:
            continue  # nothing that is defined further down was met
        if is_twin(stand, before, asked):
            continue
        before = stand
        trial = Trial(stand, left, right, purse)
        trial.run(readings)
        asked |= {x for told in trial.tried for x in told.asked}
        found = _told(stand, trial.best, left, right, gradient)
        found.stand = stand
        if stand.hopeful and found.verdict != "holds":
            continue
        if _vanishes(found):
            continue
        if best is None or _tells_more(found, best):
            best = found
        if best.verdict == "holds":
            return best
    one, other = set(free_letters(left)), set(free_letters(right))
    hot = stands[0].scope.survey.hot if stands else set[str]()
    letters = (one ^ other) | (one & other & hot)
    told = best.outcome if best is not None else None
    unknown = told.unknown if told is not None else set[str]()
    if told is not None and told.world is not None:
        unknown = unknown - {place.base for place in told.world.free}  # no functions
    for stand in assuming(stands, unknown, asked, letters, (left, right)):
        if is_twin(stand, before, asked):
            continue
        before = stand
        trial = Trial(stand, left, right, purse)
        trial.run(readings)
        asked |= {x for told in trial.tried for x in told.asked}
        found = _told(stand, trial.best, left, right, gradient)
        found.stand = stand
        if _vanishes(found) or (stand.assumed and _in_one_number_only(found, trial)):
            continue  # the slope of a ReLU is 1 or 0 there, whatever the line says
        if found.verdict == "holds":
            return found
        if best is None or (found.verdict == "loose" and best.rank > found.rank):
            best = found
    if purse.left < 0:
        return Judgement("undecided", "too long", reason=Unclear("too long"))
    return best or Judgement("undecided", "no reading")


def _vanishes(found: Judgement) -> bool:
    """Whether a line is about nothing with the numbers of an example: where `B = 0`, all that is
    multiplied by B is the same."""
    shown = found.stand is not None and found.stand.shown
    return shown and found.outcome is not None and found.outcome.zero


def _tells_more(found: Judgement, best: Judgement) -> bool:
    """Whether one stand's verdict comes before that of another."""
    if _of_a_part(best, found) or _of_a_part(found, best):
        return _of_a_part(best, found)
    return found.rank < best.rank


def _of_a_part(told: Judgement, other: Judgement) -> bool:
    """Whether `dW` was asked of the loss of a sample, as a function that says nothing of W, where
    another loss is made of it or spells it out: `J` is the mean of all `ell(a, y)`."""
    if told.kind != "not reached" or other.kind == "not reached":
        return False
    if told.stand is None or other.stand is None or told.outcome is None:
        return False
    part, whole = told.stand.loss, other.stand.loss
    if not isinstance(part, Name) or not isinstance(whole, Name) or part.base == whole.base:
        return False
    scope = other.stand.scope
    if whole.base in scope.behind({part.base}):
        return False  # it is the other way round
    function = any(d.parameters for d in scope.definitions.get(part.base, ()))
    return "loss" in told.outcome.asked and (function or part.base in scope.behind({whole.base}))


def _in_one_number_only(found: Judgement, trial: Trial) -> bool:
    """Whether a line holds for single numbers, and not where there are arrays of them."""
    held = found.outcome
    if held is None or held.reading.size > 1:
        return False
    told = [o for o in trial.best.values() if o.reading.size > 1 and not o.mismatch]
    return any(o.state in ("fails", "unclear") for o in told)


def _told(
    stand: Stand, outcomes: dict[str, Outcome], left: Term, right: Term, gradient: bool
) -> Judgement:
    """The verdict of one stand, from the best outcome of each kind of reading."""
    batch, sample = outcomes.get("batch"), outcomes.get("sample")
    scalar = outcomes.get("scalar")
    each = outcomes.get("sequence"), outcomes.get("number")
    strict = [o for o in (batch, *each, sample) if o is not None]
    held = next((o for o in strict if o.state == "holds"), None)
    lone = held is not None and held.reading.samples == 1
    said_nothing = held and (held.zero or (held.degenerate and not isinstance(left, D)))
    if said_nothing and any(
        o.state == "fails" and ((lone and o is batch) or not o.mismatch) for o in strict
    ):
        held = None  # with one sample both sides vanish: that says nothing
    if of_one_number(held or scalar, left, right) and not any(
        o.state == "fails" and not o.mismatch for o in strict
    ):
        return Judgement("undecided", "no reading", outcome=held or scalar)
    if held is not None:
        reading = held.reading
        if reading.samples == 2:
            reading = replace(reading, samples=_OTHER)  # `2/m` is 1 with two samples only
        confirmed = outcome(stand, reading, left, right, digits=True)
        if confirmed.state == "fails" and held.reading.sequence:
            return Judgement("undecided", "no reading", outcome=held)
        if confirmed.state == "fails":
            return Judgement("wrong", "wrong", outcome=confirmed)
        if held.unreached and not (held.degenerate and (literal(left) or literal(right))):
            return Judgement("undecided", "not reached", outcome=held)
        if held is sample and batch is not None and pooled(stand, batch, left, right):
            told = _wrong(batch, left, right)
            return (
                replace(told, verdict="wrong", kind="wrong")
                if told.kind == "loose factor"
                else told
            )
        if (
            held is sample
            and batch is not None
            and batch.state == "fails"
            and gradient
            and means(stand, left)
        ):
            if batch.mismatch and counts_samples(stand.scope, (left, right)):
                # it says itself which sample it is about: how they are laid out is not known
                return Judgement("undecided", "no reading", outcome=batch)
            return _of_each_sample(stand, batch, left, right)
        return Judgement("holds", outcome=held)
    failing = [o for o in strict if o.state == "fails"]
    failed = min(failing, key=lambda o: o.mismatch, default=None)
    if failed is not None and gradient and _as_often(stand, failed, left, right):
        return _of_each_sample(stand, failed, left, right)
    if scalar is not None and scalar.state == "holds":
        return _of_numbers(stand, outcomes, failed, (left, right), gradient=gradient)
    told = scalar if scalar is not None and scalar.state == "fails" else failed
    if told is None:
        reason = next((o.reason for o in (*strict, scalar) if o is not None and o.reason), None)
        return Judgement("undecided", reason.key if reason else "no reading", reason=reason)
    blind = all(o.mismatch or (o.reading.size == 1 and o.zero) for o in failing)
    blind = blind and adds_up(stand.scope, left, right)
    if told is scalar and told.zero and blind:
        kind = "not reached" if told.unreached else "no reading"  # p_1 of one class alone is 1
        return Judgement("undecided", kind, outcome=told)
    if told is scalar and all(o.mismatch for o in failing) and distinct(stand.scope, left, right):
        return Judgement("undecided", "no reading", outcome=told)  # all indices are 1 there
    if (
        (told.free or told.unknown)
        and (literal(left) or literal(right))
        and not is_slope(left, right)
    ):
        # values that the note gives elsewhere, or a condition that it sets
        return Judgement("undecided", "no values", outcome=told)
    strangers = set(free_letters(right)) - set(free_letters(left)) - stand.scope.survey.bound
    survey = stand.scope.survey
    strangers -= {*survey.family_letters, *survey.classes, *constants(stand.scope)}
    if strangers - stand.scope.dangling - stand.scope.mentioned:
        # `log p_c`, where c is the class that the note speaks of
        return Judgement("undecided", "unclear index", facts=(("index", min(strangers)),))
    return _wrong(told, left, right)


def _of_numbers(
    stand: Stand,
    outcomes: dict[str, Outcome],
    failed: Outcome | None,
    sides: tuple[Term, Term],
    *,
    gradient: bool,
) -> Judgement:
    """The verdict on what holds for single numbers, and in no stricter reading."""
    (left, right), scalar = sides, outcomes["scalar"]
    batch, sample = outcomes.get("batch"), outcomes.get("sample")
    if scalar.unreached and scalar.zero and not literal(right):
        return Judgement("undecided", "not reached", outcome=scalar)
    if scalar.degenerate and failed is not None and not failed.mismatch:
        return _wrong(failed, left, right)
    if failed is not None and not failed.mismatch and _indexed(left) and not failed.forced:
        return _wrong(failed, left, right)
    if scalar.zero and failed is not None and not failed.mismatch:
        return _wrong(failed, left, right)
    if failed is not None and traces(left, right):
        return _wrong(failed, left, right)
    if failed is not None and failed is sample and unasked(stand, batch, left, right):
        return Judgement("undecided", "no reading", outcome=failed)
    told_strictly = failed is not None and failed.products and not unfinished(right)
    told_strictly = told_strictly and (
        matrices(stand.scope.survey, (left, right))
        # other values, and not only shapes that do not fit
        or (failed is not None and failed.reading.shapes and not failed.mismatch)
    )
    strictly = scalar.zero or told_strictly
    if failed is not None and strictly and (gradient or failed.gradient):
        if _by_entry(stand, left, right):
            return Judgement("undecided", "no reading", outcome=failed)
        return Judgement("loose", "loose", outcome=failed)
    return Judgement("holds", outcome=scalar)


def _as_often(stand: Stand, failed: Outcome, left: Term, right: Term) -> bool:
    """Whether one side is the other one as often as there are samples: a mean is left out."""
    many = failed.reading.samples
    if failed.ratio is None or many == 1 or abs(failed.ratio - many) > 1e-6:
        return False
    more = outcome(stand, replace(failed.reading, samples=many + 1), left, right).ratio
    return more is not None and abs(more - many - 1) < 1e-6 and means(stand, left)


def _of_each_sample(stand: Stand, batch: Outcome, left: Term, right: Term) -> Judgement:
    """The verdict on a gradient that is right for a single sample."""
    if of_one_sample(stand.scope, left, right):
        return Judgement("holds", outcome=batch)
    return Judgement("loose", "loose mean", outcome=batch)


def _indexed(left: Term) -> bool:
    """Whether a line speaks of single entries, or steps: then it holds for each of them or not at
    all."""
    factors = (p for p in walk(left) if isinstance(p, Sum) and p.kind == "prod")
    return bool(free_letters(left)) or any(not literal(p.upper) for p in factors)


def _by_entry(stand: Stand, left: Term, right: Term) -> bool:
    """Whether a line is about single entries throughout: then it is not loose, whatever is not
    understood of its indices."""
    survey = stand.scope.survey
    counts = survey.counts | survey.sample_counts
    return bool(free_letters(left)) and all(
        name.lower or is_loss(name.base) or name.base in counts for name in names((left, right))
    )


def _wrong(failed: Outcome, left: Term, right: Term) -> Judgement:
    if failed.unreached:
        return Judgement("undecided", "not reached", outcome=failed)
    # what the note never says may make the line true; a derivative does not depend on what the
    # formulas of the note keep out of it
    strange = failed.strange | only_listed(failed) if isinstance(left, D) else failed.foreign
    strange = strange - identities((left, right))
    if strange:
        facts = (("name", min(strange).partition(":")[0]),)
        return Judgement("undecided", "unknown name", outcome=failed, facts=facts)
    alone = alone_on_the_left(failed, left, right) or unlinked(failed) or variant(failed)
    alone = alone or half_told(failed, left, right)
    if alone:
        facts = (("name", alone),)
        return Judgement("undecided", "unknown name", outcome=failed, facts=facts)
    if doubt := held_back(failed, left, right):
        return Judgement("undecided", doubt, outcome=failed)
    if letter := chance(failed, left, right):
        facts = (("name", letter),)
        return Judgement("undecided", "unknown function", outcome=failed, facts=facts)
    guessed = guessed_function(failed, left, right)
    if guessed:
        facts = (("name", guessed),)
        return Judgement("undecided", "unknown function", outcome=failed, facts=facts)
    ratio = failed.ratio
    if ratio is not None and _averages(failed, left, right):
        return Judgement("undecided", "not reached", outcome=failed)
    if (
        ratio is not None
        and any(abs(ratio - r) < 1e-6 for r in (2, 0.5))
        and not (literal(left) or literal(right))
        and of_squares(left)
    ):
        return Judgement("loose", "loose factor", outcome=failed, ratio=ratio)
    return Judgement("wrong", "wrong", outcome=failed, ratio=ratio)


def _averages(failed: Outcome, left: Term, right: Term) -> bool:
    """Whether a line takes a mean over samples, where the note has only the loss of one of them:
    what is said for all of them has a loss of its own."""
    if failed.world is None or failed.reading.samples == 1 or not isinstance(left, Differential):
        return False
    scope = failed.world.scope
    counts = scope.survey.sample_counts | {"m", "N"}
    counted = any(name.base in counts for name in names(right))
    return counted and not means(Stand(scope, failed.world.loss), left)
