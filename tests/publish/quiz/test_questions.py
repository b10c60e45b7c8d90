"""What is asked: about all of the derivation, the same for the same seed, and wrong where it says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from backproof.calculus.derive import derive
from backproof.errors import BackproofError
from backproof.expr.build import ONE, add, gradient, mul, sub
from backproof.expr.node import Expr
from backproof.notation import parse, read
from backproof.notation.text import text
from backproof.publish.quiz.html import html, html_key
from backproof.publish.quiz.lesson import Lesson, apart
from backproof.publish.quiz.mistakes import MISTAKES, fits
from backproof.publish.quiz.questions import Choice, Entry, Question, Whole
from backproof.publish.quiz.quiz import quiz
from backproof.publish.quiz.spotted import really_wrong
from backproof.words import keys

from .reader import EXAMPLES, example

NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md"))
FEW = ("two_layer_en", "lstm", "attention", "rows", "batch_norm", "hinge")


def true(lesson: Lesson, left: Expr, right: Expr) -> bool:
    """Whether a derivative has this value, by dual numbers, which know no law."""
    if not fits(right):
        return False
    parts = {symbol: part for part, symbol in lesson.insides.symbols.items()}
    of, by = left.args
    by = parts.get(by, by)
    values = [at.matrix(gradient(of, by)) for at in lesson.points]
    return not any(apart(a, b, 1e-9) for a, b in zip(values, lesson.values(right), strict=True))


@pytest.mark.parametrize("name", FEW)
def test_of_several_results_exactly_one_is_wrong_and_it_is_the_one(name: str) -> None:
    lesson, questions = example(name)
    found = [q for q in questions if isinstance(q.check, Choice)]
    assert found
    for question in found:
        assert isinstance(question.check, Choice)
        lines = question.shown.lines
        right = [
            true(lesson, line.left.expr, line.right.expr)
            for line in lines
            if line.left and line.left.expr and line.right.expr
        ]
        assert [i for i, ok in enumerate(right) if not ok] == [question.check.line]


def test_what_only_looks_wrong_is_no_mistake() -> None:
    lesson, _ = example("two_layer_en")
    a, y, w = (lesson.quantities[plain] for plain in ("a1", "y", "W2"))
    right = mul(a, sub(ONE, a))
    assert not really_wrong(lesson, right, sub(a, mul(a, a)))
    assert really_wrong(lesson, right, mul(a, add(ONE, a)))
    assert really_wrong(lesson, right, a)
    assert really_wrong(lesson, right, Expr("matmul", (w, y), None, right.shape))


def test_mistakes_are_of_many_kinds() -> None:
    rules = Counter(q.rule for n in FEW for q in example(n)[1] if q.kind == "mistake")
    assert set(rules) >= {"activation", "transpose", "mean lost", "sign", "order", "variable"}
    assert set(rules) <= {*MISTAKES, "sum lost"}


@pytest.mark.parametrize("name", NOTES)
def test_a_quiz_covers_the_derivation(name: str) -> None:
    lesson, made = quiz(derive(read(EXAMPLES / f"{name}.md")))
    kinds = Counter(q.kind for q in made.questions)
    assert 5 <= len(made.questions) <= 10
    assert len(kinds) >= 3
    assert kinds["gradient"] >= 1
    order = [q for q in made.questions if q.kind != "mistake"]
    assert list(made.questions[: len(order)]) == order
    stages = [lesson.named(s.quantity) for s in lesson.derivation.stages]
    place = {e.attr.plain: i for i, e in enumerate(stages) if e is not None}
    assert [place[q.about] for q in order] == sorted(place[q.about] for q in order)
    assert all(len(q.hints) >= 2 for q in made.questions)


def told(question: Question, model_spelling: object) -> list[object]:
    lines = [(x.left and x.left.expr, x.right.expr) for x in question.shown.lines]
    return [question.kind, question.about, lines]


def test_the_same_seed_gives_the_same_quiz_and_another_one_another() -> None:
    derivation = derive(read(EXAMPLES / "two_layer_en.md"))
    (one, a), (_, b), (_, c) = (quiz(derivation, seed=seed) for seed in (1, 1, 2))
    spelling = derivation.model.spelling
    assert [told(q, spelling) for q in a.questions] == [told(q, spelling) for q in b.questions]
    assert [told(q, spelling) for q in a.questions] != [told(q, spelling) for q in c.questions]
    assert one.points[0].matrix(derivation.loss) != quiz(derivation, seed=2)[0].points[0].matrix(
        derivation.loss
    )


def test_as_many_questions_as_one_asks_for_if_there_are_that_many() -> None:
    derivation = derive(read(EXAMPLES / "two_layer_en.md"))
    assert [len(quiz(derivation, questions=n)[1].questions) for n in (1, 4, 17)] == [1, 4, 17]
    everything = quiz(derivation, questions=200)[1].questions
    assert 30 < len(everything) < 200
    with pytest.raises(BackproofError, match="at least one question"):
        quiz(derivation, questions=0)


def test_answers_are_what_the_derivation_has() -> None:
    lesson, questions = example("two_layer_en")
    spelling = lesson.derivation.model.spelling
    found = {
        (q.kind, q.about): text(q.check.answer, spelling, indices=q.kind == "gradient")
        for q in reversed(questions)
        if isinstance(q.check, (Whole, Entry))
    }
    assert found["factor", "a2"] == "(a⁽²⁾ − y) / (a⁽²⁾ (1 − a⁽²⁾))"
    assert found["factor", "z1"] == "a⁽¹⁾ (1 − a⁽¹⁾)"
    assert found["line", "a2"] == "1/a⁽²⁾"
    assert found["gradient", "W1"] == "δ⁽¹⁾ Xᵀ"
    assert found["gradient", "z1"] == "(W⁽²⁾ᵀ δ⁽²⁾) ⊙ a⁽¹⁾ ⊙ (1 − a⁽¹⁾)"


def test_points_have_matrices_of_other_sizes_each() -> None:
    lesson, _ = example("two_layer_en")
    sizes = [tuple(at.sizes.values()) for at in lesson.points]
    assert len(set(sizes)) > 1
    assert all(len(set(one)) == len(one) and min(one) > 1 for one in sizes)


def test_a_loss_without_a_value_is_said() -> None:
    note = parse("$$a = \\log(-w^2)$$ $$L = a \\sqrt{-w^2 - x^2}$$")
    with pytest.raises(BackproofError, match="no random point"):
        quiz(derive(note))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_answers_do_not_stand_in_the_page_in_plain_sight(language: str) -> None:
    lesson, made = quiz(derive(read(EXAMPLES / "two_layer_en.md")), language=language)
    page, key = html(lesson, made), html_key(made)
    secret = "The line before the answer" if language == "en" else "답 바로 앞의 줄"
    assert secret not in page
    assert page.count("<section") == key.count("<section") == len(made.questions)


@pytest.mark.parametrize("name", NOTES)
def test_there_is_a_sentence_for_every_mistake(name: str) -> None:
    known = set(keys())
    for question in example(name)[1]:
        if isinstance(question.check, (Whole, Entry)):
            assert {f"quiz.verdict.as {w.key}" for w in question.check.wrongs} <= known
        elif isinstance(question.check, Choice):
            assert {f"quiz.kind.{question.rule}", f"quiz.made.{question.rule}"} <= known


def test_a_language_that_there_is_not() -> None:
    with pytest.raises(BackproofError, match="no language 'xx'"):
        quiz(derive(read(EXAMPLES / "hinge.md")), language="xx")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.md")), ids=lambda p: p.stem)
def test_every_example_makes_a_page(path: Path) -> None:
    lesson, made = quiz(derive(read(path)), questions=200)
    assert len(html(lesson, made)) < 1_500_000
