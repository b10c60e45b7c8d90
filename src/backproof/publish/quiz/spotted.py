"""Questions in which one of several results is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from ...expr.build import gradient
from ...expr.node import Expr
from ...expr.shape import SCALAR
from ...notation.text import text
from ...show.pages import Block, Display, Formula, Line, Paragraph, Text
from ...show.telling import Teller
from ...show.ways import Ways
from .lesson import Lesson, apart
from .mistakes import MISTAKES, fits, misprints
from .questions import Choice, Question, Wrong

FEWEST, MOST = 3, 5  # results to choose from
LONG = 60  # columns; a longer result is none to look through


@dataclass(frozen=True, slots=True)
class _Result:
    """A true line: the derivative of the loss by a quantity."""

    quantity: Expr
    right: Expr
    reason: Text


def about_results(
    tell: Teller, lesson: Lesson, ways: Ways, rng: random.Random
) -> Iterator[Question]:
    """For each result one question in which it is wrong, the ones near it around it."""
    results = list(_results(tell, lesson, ways))
    if len(results) < FEWEST:
        return
    used: list[str] = []
    for i, result in enumerate(results):
        slip = _slip(lesson, result, used, rng)
        if slip is None:
            continue
        used.append(slip.key)
        first = max(0, min(i - rng.randrange(1, MOST - 1), len(results) - MOST))
        around = results[first : first + MOST]
        yield _question(tell, ways, around, i - first, slip)


def _results(tell: Teller, lesson: Lesson, ways: Ways) -> Iterator[_Result]:
    for stage in lesson.derivation.stages:
        quantity = lesson.named(stage.quantity)
        if quantity is None or stage.quantity is ways.loss or stage.result.op == "number":
            continue
        right = lesson.shown(stage.result)
        if len(text(right, tell.model.spelling)) > LONG:
            continue
        steps = [s for s in stage.steps if s.law.name != "named for reuse"]
        yield _Result(quantity, right, tell.reason(steps[0]) if steps else ())


def _slip(lesson: Lesson, result: _Result, used: list[str], rng: random.Random) -> Wrong | None:
    """A mistake that really changes the value; of a kind that was not made yet, if there is one."""
    others = [e for e in lesson.quantities.values() if e.shape != SCALAR]
    found = list(misprints(result.right, others))
    rng.shuffle(found)
    found.sort(key=lambda w: (used.count(w.key), _rank(w.key)))
    spelling = lesson.derivation.model.spelling
    own = text(result.right, spelling)
    for wrong in found:
        if text(wrong.expr, spelling) != own and really_wrong(lesson, result.right, wrong.expr):
            return wrong
    return None


def _rank(key: str) -> int:
    return MISTAKES.index(key) if key in MISTAKES else len(MISTAKES)


def really_wrong(lesson: Lesson, right: Expr, wrong: Expr) -> bool:
    """Whether two formulas differ in value at every point, by far; or one has no value at all,
    since its shapes do not fit."""
    if not fits(wrong):
        return True
    try:
        pairs = list(zip(lesson.values(right), lesson.values(wrong), strict=True))
    except (ArithmeticError, KeyError):
        return False
    return all(apart(a, b) for a, b in pairs)


def _question(tell: Teller, ways: Ways, around: list[_Result], wrong: int, slip: Wrong) -> Question:
    lines = [Line(_left(ways, r), Formula(r.right)) for r in around]
    true = lines[wrong]
    lines[wrong] = Line(true.left, Formula(slip.expr))
    hints: list[tuple[Block, ...]] = [
        (Paragraph(tell.say("quiz.law.mistake")),),
        (Paragraph(tell.say(f"quiz.kind.{slip.key}")),),
    ]
    if around[wrong].reason:
        reason = tell.say("quiz.hint.reason of one", reason=around[wrong].reason)
        hints.append((Paragraph(reason),))
    return Question(
        "mistake",
        around[wrong].quantity.attr.plain,
        slip.key,
        tell.say("quiz.ask.mistake"),
        Display(tuple(lines)),
        Choice(wrong),
        tuple(hints),
        (
            Paragraph(tell.say("quiz.key.line", number=str(wrong + 1))),
            Paragraph(tell.say(f"quiz.made.{slip.key}")),
            Display((true,)),
        ),
        frozenset(r.quantity.attr.plain for i, r in enumerate(around) if i != wrong),
    )


def _left(ways: Ways, result: _Result) -> Formula:
    return Formula(gradient(ways.loss, result.quantity))
