"""One stage: its factors in entry form, the step to whole matrices, the reason of a transpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..calculus.entries import entry_of, formula
from ..calculus.step import Link, Stage, Step
from ..expr.build import ONE, derivative, entry, gradient
from ..expr.node import Expr, is_named, substitute
from ..laws import shapes
from .network import written_sides
from .pages import Block, Display, Formula, Line, Paragraph
from .telling import Teller, alike, weakest
from .ways import Ways, factor

SHORT = 40  # columns; a longer equation stands on a line of its own


def piece(tell: Teller, link: Link) -> Iterator[Block]:
    """The piece of the network that a factor belongs to, as the note has it."""
    upper = link.upper
    if upper.op != "let":
        return
    name, value = Formula(upper), Formula(upper.args[0])
    note = tell.equations.get(upper.attr.plain)
    if note is not None:
        # Both sides as the author has them: an index on one side only would be wrong.
        left, right = written_sides(tell.model, note)
        name, value = Formula(upper, left), Formula(note.value, right)
    of = factor(upper, link.lower)
    assert value.expr is not None
    if len(tell.look(value.expr)) <= SHORT:
        yield Paragraph(tell.say("phrase.piece", factor=of, upper=name, value=value))
    else:
        yield Paragraph(tell.say("phrase.piece below", factor=of))
        yield Display((Line(name, value, place=(upper.attr.plain,)),))


def factor_of(tell: Teller, link: Link) -> Iterator[Block]:
    """One factor of the chain, worked out for one entry."""
    if link.prepared:
        yield Display(tuple(tell.lines(link.prepared[:1])))
        yield Display(tuple(tell.lines((*link.prepared[1:], *link.steps))))
    elif link.kind == "repeated" and link.factor is ONE and link.steps:
        rate = Formula(link.steps[0].before)
        reason = tell.say("phrase.repeated", lower=link.lower)
        laws, status = tuple(s.law.name for s in link.steps), weakest(link.steps)
        yield Display((Line(rate, Formula(ONE), reason, laws, link.steps[0].place, status),))
    elif link.steps:
        first = link.steps[0].before
        left = _left(link, first.args[0])
        lines = tell.lines(link.steps)
        if left is not None and lines:
            indices = not alike([first])
            put_in = Line(
                Formula(left, indices=indices),
                Formula(first, focus=link.steps[0].focus, indices=indices),
                tell.say("law.definition put in"),
                place=link.steps[0].place,
            )
            lines = [put_in, replace(lines[0], left=None), *lines[1:]]
        yield Display(tuple(lines))
    elif link.kind == "passed":
        assert link.factor is not None
        rate = derivative(entry_of(link.upper), entry_of(link.lower))
        law = shapes.PASSED_ON if link.factor is ONE else shapes.SIGN_PASSED_ON
        reason = tell.say("phrase.plain term" if law is shapes.PASSED_ON else "phrase.minus term")
        left = Formula(rate, indices=False)
        yield Display((Line(left, Formula(link.factor), reason, (law.name,)),))
    elif link.kind == "other":
        yield Paragraph(tell.say("phrase.all at once"))


def _left(link: Link, of: Expr) -> Expr | None:
    """`d upper / d lower` for one entry, where the formula is all of the equation of `upper`."""
    if link.kind != "elementwise" or link.upper.op != "let":
        return None
    if formula(link.upper.args[0], lambda e: e is link.lower) is not of:
        return None
    return derivative(entry_of(link.upper), entry_of(link.lower))


def in_upper(link: Link, part: Expr) -> Expr:
    """The entry of the upper quantity where the factor was worked out for it, instead of that of
    the part of its equation; the part itself elsewhere."""
    worked = link.steps[0].before if link.steps else None
    whole = entry(link.upper, *part.attr)
    if worked is None or worked.op != "derivative" or worked.args[0] is not entry_of(link.upper):
        return part
    return whole if link.upper.shape == part.args[0].shape else part


def _rate(step: Step) -> tuple[Expr, Expr] | None:
    """The derivative in the first line of an index form, and what it turns into."""
    before, after = _inside(step.before), _inside(step.after)
    if before.op != "mul" or before.args[1].op != "derivative":
        return None
    outer, rate = before.args
    if after is outer:
        return rate, ONE
    if after.op == "mul" and after.args[0] is outer:
        return rate, after.args[1]
    return None


def _inside(e: Expr) -> Expr:
    while e.op == "index_sum":
        e = e.args[0]
    return e


def links_of(stage: Stage, step: Step) -> list[Link]:
    """The uses of the quantity that a first line of its stage is about."""
    if step.before.op == "path":
        return [link for link in stage.links if link.upper is step.before.args[1]]
    return list(stage.links) if step.before.op == "gradient" else []


def reason_in_indices(tell: Teller, stage: Stage, step: Step) -> Display | None:
    """The index form of one step to whole matrices, from the single entry to the product."""
    links = links_of(stage, step)
    if not step.why or len(links) != 1 or step.why[-1].after.op != "entry":
        return None
    left = entry(step.before, *step.why[-1].after.attr)
    first = step.why[0].before
    found = _rate(step.why[0])
    if found is None:
        return None  # what the step does to one entry is what its law says
    if found[0].args[0].op == "entry":
        part = found[0].args[0]
        first = substitute(first, {part: in_upper(links[0], part)})
    alone = "" if first.op == "index_sum" else " alone"
    lines = [Line(Formula(left), Formula(first), tell.say(f"phrase.why reached{alone}"))]
    for key, one in zip(_KEYS[len(step.why) > 2], step.why, strict=False):
        if tell.look(one.before) != tell.look(one.after):
            end = alone if key in ("transposed", "product") else ""
            reason = tell.say(f"phrase.why {key}{end}")
            laws, status = (step.law.name,), one.proof.status
            lines.append(Line(None, Formula(one.after), reason, laws, step.place, status))
    return Display(tuple(lines))


_KEYS = {True: ("rate", "transposed", "product"), False: ("rate", "summed")}


def stage_lines(tell: Teller, ways: Ways, stage: Stage) -> Iterator[Display]:
    """The steps from the derivative by a quantity to its result; several paths come first."""
    paths = [s for s in stage.steps if s.before.op == "path" and s.before.args[1] is not ways.loss]
    steps = [s for s in stage.steps if s.before.op != "path"]
    if paths:
        yield Display(tuple(_likewise(tell, [line for s in paths for line in tell.lines([s])])))
    if len(steps) < len(stage.steps):
        steps[0] = replace(steps[0], law=shapes.PATHS_PUT_IN)
    yield Display(tuple(tell.lines(steps)))


def _likewise(tell: Teller, lines: list[Line]) -> list[Line]:
    """A reason that was given in the line above is not given again."""
    pairs = zip([None, *lines], lines, strict=False)
    again = tell.say("phrase.likewise")
    return [
        replace(line, reason=again) if above and above.reason == line.reason else line
        for above, line in pairs
    ]


def result_line(tell: Teller, ways: Ways, stage: Stage) -> Display:
    """The result of a stage without the way to it."""
    left = Formula(gradient(ways.loss, stage.quantity))
    lines = [Line(left, Formula(stage.result), place=_place(stage.quantity))]
    if stage.name is not None:
        reason = tell.say("law.named for reuse")
        lines.append(Line(None, Formula(stage.name), reason, (shapes.NAMED.name,)))
    lines[0] = replace(lines[0], status=weakest(stage.steps), laws=_laws(stage.steps))
    return Display(tuple(lines))


def _laws(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.law.name for step in steps))


def _place(e: Expr) -> tuple[str, ...]:
    return (e.attr.plain,) if is_named(e) else ()


def product_lines(tell: Teller, steps: Sequence[Step]) -> Display:
    """The product of the factors for one entry, and what cancels in it, sums kept around it."""
    whole = steps[0].after
    shown = [steps[0]]
    for step in steps[1:]:
        now = substitute(whole, {step.before: step.after})
        shown.append(replace(step, before=whole, after=now))
        whole = now
    return Display(tuple(tell.lines(shown)))
