"""Questions about whole derivatives of the loss: their chain, their matrix form, their shape."""

from __future__ import annotations

from collections.abc import Iterator

from ...calculus.step import Stage
from ...expr.build import gradient
from ...expr.node import Expr, is_named, walk
from ...expr.shape import SCALAR
from ...show.pages import Block, Display, Formula, Line, Paragraph, Text
from ...show.stages import reason_in_indices, stage_lines
from ...show.telling import Teller
from ...show.ways import Ways, factor, product
from .lesson import Lesson
from .mistakes import wrongs
from .questions import BLANK, Link, Question, Sides, Whole, blank_line

MOST = 8  # factors in a chain with a blank


def about_shape(tell: Teller, ways: Ways, quantity: Expr) -> Iterator[Question]:
    """Which shape the derivative by a quantity has; nothing to ask about a number."""
    if quantity.shape == SCALAR:
        return
    of = gradient(ways.loss, quantity)
    rule = Paragraph(tell.say("quiz.law.shape"))
    shape = tell.shape(quantity.shape)
    yield Question(
        "shape",
        quantity.attr.plain,
        "shape",
        tell.say("quiz.ask.shape", gradient=of),
        Display(()),
        Sides(quantity.shape),
        ((rule,), *_where_used(tell, quantity)),
        (Paragraph(tell.say("quiz.key.shape", gradient=of, shape=shape)),),
    )


def _where_used(tell: Teller, quantity: Expr) -> Iterator[tuple[Block, ...]]:
    """The equation of the note in which a quantity stands, with the shapes of what is in it."""
    for equation in tell.model.equations:
        names = [e for e in walk([equation.value], is_named) if is_named(e)]
        if quantity not in names:
            continue
        others = [e for e in dict.fromkeys([equation.quantity, *names]) if e is not quantity]
        shapes: Text = ()
        for e in others:
            shapes = (*shapes, *((", ") if shapes else ()), Formula(e), ": ", *tell.shape(e.shape))
        line = Line(Formula(equation.quantity), Formula(equation.value))
        yield (
            Paragraph(tell.say("quiz.hint.used", name=quantity)),
            Display((line,)),
            Paragraph(shapes),
        )
        return


def about_chain(tell: Teller, lesson: Lesson, ways: Ways, quantity: Expr) -> Iterator[Question]:
    """The chain from the loss to a quantity, each time with another factor missing."""
    chain = ways.chain(quantity)
    if not 2 <= len(chain) <= MOST:
        return
    named = [(lesson.named(a), lesson.named(b)) for a, b in chain]
    pairs = [(a.attr.plain, b.attr.plain) for a, b in named if a is not None and b is not None]
    if len(pairs) < len(chain):
        return
    left = Formula(gradient(ways.loss, quantity))
    for i, (upper, lower) in enumerate(chain):
        if i == 0 and len(chain) > 2:
            continue  # the first factor begins with the loss, which the left side gives away
        factors = [BLANK if k == i else factor(*pair) for k, pair in enumerate(chain)]
        own = _definition(tell, lesson, upper)
        hints: list[tuple[Block, ...]] = [(Paragraph(tell.say("quiz.law.chain")),)]
        if own is not None:
            hints.append((Paragraph(tell.say("quiz.hint.stands in", name=lower)), own))
        whole = Line(left, Formula(product(chain), focus=(factor(upper, lower),)))
        yield Question(
            "chain",
            quantity.attr.plain,
            quantity.attr.plain,
            tell.say("quiz.ask.chain"),
            Display((Line(left, Formula(product(factors))),)),
            Link(*pairs[i], tuple(p for k, p in enumerate(pairs) if k != i)),
            tuple(hints),
            (Display((whole,), framed=True),),
        )


def _definition(tell: Teller, lesson: Lesson, quantity: Expr) -> Display | None:
    """The equation of a quantity: the note's, or what the story's symbol stands for."""
    note = tell.equations.get(quantity.attr.plain) if is_named(quantity) else None
    if note is None:
        return lesson.insides.lines((quantity,))
    return Display((Line(Formula(quantity), Formula(note.value)),))


def about_stage(tell: Teller, lesson: Lesson, ways: Ways, stage: Stage) -> Iterator[Question]:
    """The derivative by one quantity in matrix form."""
    quantity = lesson.named(stage.quantity)
    if quantity is None or stage.quantity is ways.loss or stage.result.op == "number":
        return
    of = gradient(ways.loss, quantity)
    own = stage.name
    shown = lesson.shown(stage.result)
    lines = _lines(tell, ways, stage)
    reasons = [line.reason for line in lines if line.reason]
    hints: list[tuple[Block, ...]] = [(Paragraph(tell.say(f"quiz.law.{_family(stage)}")),)]
    if reasons:
        hints.append((Paragraph(tell.say("quiz.hint.reason", reason=tell.joined(reasons))),))
    hints.extend(_line_before(tell, stage, of, lines))
    known = [e for e in _short_names(lesson, stage) if e is not own]
    hidden = [f"d{quantity.attr.plain}", *([own.attr.plain] if own is not None else [])]
    key = Line(Formula(of), Formula(stage.result), reasons[-1] if reasons else ())
    ask = tell.say("quiz.ask.gradient", gradient=of)
    if known:
        ask = (*ask, " ", *tell.say("quiz.ask.known", names=tell.listed(known)))
    yield Question(
        "gradient",
        quantity.attr.plain,
        _family(stage),
        ask,
        Display((*_known_lines(lesson, ways, known), blank_line(Formula(of)))),
        Whole(shown, tuple(wrongs(shown)), tuple(hidden)),
        tuple(hints),
        (Display((key,)),),
    )


def _short_names(lesson: Lesson, stage: Stage) -> list[Expr]:
    """The short names in a result."""
    names = {s.name for s in lesson.derivation.stages if s.name is not None}
    return [e for e in walk([stage.result], is_named) if e in names]


def _known_lines(lesson: Lesson, ways: Ways, names: list[Expr]) -> Iterator[Line]:
    for e in names:
        of = next(s.quantity for s in lesson.derivation.stages if s.name is e)
        yield Line(Formula(e), Formula(gradient(ways.loss, of)))


def _family(stage: Stage) -> str:
    """Which rule the step to matrices goes by."""
    kinds = {link.kind for link in stage.links}
    if len(stage.links) > 1:
        return "paths"
    return f"{kinds.pop()} in matrices"


def _lines(tell: Teller, ways: Ways, stage: Stage) -> list[Line]:
    """The lines of the story from the derivative to its matrix form."""
    lines = [line for d in stage_lines(tell, ways, stage) for line in d.lines]
    return [line for line in lines if line.right.expr is not stage.name]


def _line_before(
    tell: Teller, stage: Stage, of: Expr, lines: list[Line]
) -> Iterator[tuple[Block, ...]]:
    """What comes before the answer: the same for one entry, or the line before it."""
    for step in stage.steps:
        shown = reason_in_indices(tell, stage, step)
        if shown is not None:
            rest = shown.lines[:-1] if len(shown.lines) > 2 else shown.lines[:1]
            yield (Paragraph(tell.say("quiz.hint.one entry")), Display(rest))
            return
    if len(lines) > 1:
        line = Line(Formula(of), lines[-2].right)
        yield (Paragraph(tell.say("quiz.hint.line before")), Display((line,)))
