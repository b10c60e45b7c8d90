"""The judge on hundreds of answers: every form of the right value is right, no other is."""

from __future__ import annotations

import random

import pytest

from backproof.expr.evaluate import has_indices
from backproof.expr.node import Expr, is_named, walk
from backproof.publish.quiz.lesson import Lesson, apart
from backproof.publish.quiz.questions import Check, Entry, Whole

from .reader import example, verdicts
from .rewriting import rewritten, typed

NOTES = (
    "two_layer_en",
    "regularised",
    "rows",
    "rnn",
    "lstm",
    "attention",
    "deep_relu_softmax",
    "batch_norm",
    "custom_activation",
    "hinge",
)


def told(lesson: Lesson, cases: list[tuple[Check, str]], state: str) -> list[tuple[str, str]]:
    """The answers that are judged otherwise."""
    found = verdicts(lesson, cases)
    return [(t, v.key) for (_, t), v in zip(cases, found, strict=True) if v.state != state]


@pytest.mark.parametrize("name", NOTES)
def test_every_printed_answer_is_right(name: str) -> None:
    lesson, questions = example(name)
    model = lesson.derivation.model
    rng = random.Random(name)
    cases = [
        (q.check, answer)
        for q in questions
        if isinstance(q.check, (Whole, Entry))
        for answer in typed(q.check.answer, model, rng)
    ]
    assert len(cases) > 20
    assert told(lesson, cases, "right") == []


@pytest.mark.parametrize("name", NOTES)
def test_any_equivalent_form_is_right(name: str) -> None:
    lesson, questions = example(name)
    model = lesson.derivation.model
    rng = random.Random(f"{name} equivalent")
    cases: list[tuple[Check, str]] = []
    for question in questions:
        check = question.check
        if isinstance(check, Whole) and not has_indices_inside(check.answer):
            for times in (1, 2, 4):
                other = rewritten(check.answer, rng, times)
                if not hides(other, check):
                    cases += [(check, answer) for answer in typed(other, model, rng)]
    assert len(cases) >= 9
    assert told(lesson, cases, "right") == []


def has_indices_inside(e: Expr) -> bool:
    return any(x.op in ("entry", "index_sum") or has_indices(x) for x in walk([e], is_named))


def hides(e: Expr, check: Whole) -> bool:
    """Whether a name that is not to be used occurs in it."""
    names = {x.attr.plain for x in walk([e], is_named) if is_named(x)}
    return bool(names & set(check.hidden))


@pytest.mark.parametrize("name", NOTES)
def test_no_mistake_is_right(name: str) -> None:
    lesson, questions = example(name)
    model = lesson.derivation.model
    rng = random.Random(f"{name} wrong")
    cases: list[tuple[Check, str]] = []
    for question in questions:
        check = question.check
        if isinstance(check, Whole):
            right = lesson.values(check.answer)
            for wrong in check.wrongs:
                try:
                    values = lesson.values(wrong.expr)
                except ArithmeticError:
                    continue
                if any(apart(a, b) for a, b in zip(right, values, strict=True)):
                    cases += [(check, answer) for answer in typed(wrong.expr, model, rng)]
    assert len(cases) > 10
    found = verdicts(lesson, cases)
    bad = [(t, v.key) for (_, t), v in zip(cases, found, strict=True) if v.state != "wrong"]
    assert bad == []


def test_answers_to_other_questions_are_right_only_by_their_value() -> None:
    lesson, questions = example("two_layer_en")
    model = lesson.derivation.model
    rng = random.Random("others")
    wholes = [q.check for q in questions if isinstance(q.check, Whole)]
    cases, wanted = [], []
    for check in wholes:
        for other in wholes:
            if not hides(other.answer, check):
                one, two = lesson.values(check.answer), lesson.values(other.answer)
                same = not any(apart(a, b) for a, b in zip(one, two, strict=True))
                cases.append((check, next(typed(other.answer, model, rng))))
                wanted.append(same)
    found = verdicts(lesson, cases)
    assert [v.state == "right" for v in found] == wanted
    assert wanted.count(False) > 40
