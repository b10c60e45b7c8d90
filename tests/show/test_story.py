"""A story tells a derivation the way a teacher would."""

from __future__ import annotations

import re

import pytest

from backproof.errors import BackproofError
from backproof.notation.text import text
from backproof.show.pages import Display, Formula, Line, Paragraph, Section, Story, Table
from backproof.show.story import story

from .lectures import NOTES, deep, derived, displays, lines, sections, told, words

DETAILS = ("outline", "standard", "full")
LANGUAGES = ("en", "ko")


def spelled(formula: Formula | None) -> str:
    if formula is None or formula.expr is None:
        return ""
    return text(formula.expr, indices=formula.indices)


def about(told: Story) -> list[str]:
    return [s.about for s in told.sections if s.about]


def test_parameters_come_in_the_order_in_which_their_derivatives_do() -> None:
    assert about(told("two_layer_en")) == ["W2", "b2", "W1", "b1"]


def test_each_begins_with_its_question() -> None:
    for section in told("two_layer_en").sections:
        if section.about:
            first = next(b for b in section.blocks if isinstance(b, Display))
            assert spelled(first.lines[0].right) == "?"


def test_the_chain_grows_by_one_factor_in_each_line() -> None:
    (section,) = [s for s in told("two_layer_en", detail="full").sections if s.about == "W1"]
    chain = next(b for b in section.blocks if isinstance(b, Display) and b.framed)
    counts = [
        spelled(line.right).count("∂/") + spelled(line.right).count("/∂") for line in chain.lines
    ]
    assert counts == [2, 3, 4, 5, 3]  # the last line begins with what is known already


def test_an_equation_has_its_indices_on_both_sides_or_on_neither() -> None:
    quoted = [
        f"{left.written} = {right.written}"
        for section in sections(told("logistic_regression"))
        for block in section.blocks
        if isinstance(block, Paragraph)
        for left, between, right in zip(block.text, block.text[1:], block.text[2:], strict=False)
        if isinstance(left, Formula) and between == " = " and isinstance(right, Formula)
    ]
    assert r"\hat{y}^{(i)} = \sigma(z^{(i)})" in quoted
    assert {q.split(" = ")[0] for q in quoted} == {r"\hat{y}^{(i)}", "z^{(i)}"}


def test_what_is_known_is_not_grown_again() -> None:
    (section,) = [s for s in told("two_layer_en").sections if s.about == "b1"]
    chain = next(b for b in section.blocks if isinstance(b, Display) and b.framed)
    assert [spelled(line.right) for line in chain.lines][-1] == "δ⁽¹⁾ ∂z⁽¹⁾/∂b⁽¹⁾"
    assert len(chain.lines) == 2


@pytest.mark.parametrize("note", NOTES)
def test_no_derivative_is_told_twice(note: str) -> None:
    results = [
        line.left.expr
        for section in told(note, detail="full").sections
        if section.about
        for line in _all_lines(section)
        if line.left and line.left.expr and line.left.expr.op == "gradient" and line.status
    ]
    assert len(results) == len(set(results))


def _all_lines(section: Section) -> list[Line]:
    own = [line for b in section.blocks if isinstance(b, Display) for line in b.lines]
    return own + [line for inner in section.sections for line in _all_lines(inner)]


@pytest.mark.parametrize("note", NOTES)
def test_the_conclusion_holds_the_gradients(note: str) -> None:
    derivation = derived(note)
    tables = [
        b
        for s in told(note).sections
        for b in s.blocks
        if isinstance(b, Table) and len(b.rows[0]) == 3
    ]
    assert len(tables[-1].rows) == len(derivation.wanted)


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("note", NOTES)
def test_every_step_has_a_reason(note: str, language: str, detail: str) -> None:
    if detail == "outline":
        return  # results only
    for section in told(note, language, detail).sections:
        for line in _all_lines(section) if section.about else []:
            if line.status:
                assert line.reason, spelled(line.right)


@pytest.mark.parametrize("note", NOTES)
def test_no_two_lines_below_each_other_look_alike(note: str) -> None:
    for display in displays(told(note, detail="full")):
        shown = [spelled(line.right) for line in display.lines]
        for above, below, line in zip(shown, shown[1:], display.lines[1:], strict=False):
            assert line.left is not None or above != below


@pytest.mark.parametrize("note", NOTES)
def test_more_detail_has_more_lines(note: str) -> None:
    counts = [len(list(lines(told(note, detail=d)))) for d in DETAILS]
    assert counts == sorted(counts)


def test_full_detail_has_a_line_for_every_step_that_shows() -> None:
    (link,) = derived("two_layer_en").stage("a2").links
    shown = [
        display
        for display in displays(told("two_layer_en", detail="full"))
        if display.lines[-1].right.expr is link.factor and len(display.lines) > 1
    ]
    assert len(shown[0].lines) == len(link.steps) + 1  # and the second name replaced


def test_fine_steps_go_into_the_line_of_the_step_that_matters() -> None:
    laws = [line.laws for line in lines(told("two_layer_en"))]
    assert ("term by term", "sign moved out") in laws


def test_doubtful_steps_stay_doubtful_when_lines_are_merged() -> None:
    statuses = {line.status for line in lines(told("two_layer_en"))}
    assert statuses == {"", "proven"}


@pytest.mark.parametrize("note", NOTES)
def test_a_korean_lecture_speaks_korean(note: str) -> None:
    """What is left in Latin letters are names of functions and of methods."""
    allowed = {"softplus", "ReLU", "log", "sum", "exp", "erf", "tanh", "sinh", "cosh"}
    for section in sections(told(note, "ko", "full")):
        said = [b.text for b in section.blocks if isinstance(b, Paragraph)]
        said += [line.reason for b in section.blocks if isinstance(b, Display) for line in b.lines]
        for sentence in (section.title, *said):
            assert set(re.findall(r"[A-Za-z]{2,}", words(sentence))) <= allowed, words(sentence)


@pytest.mark.parametrize("note", NOTES)
def test_korean_sentences_end_as_a_lecture_does(note: str) -> None:
    for section in sections(told(note, "ko", "full")):
        for block in section.blocks:
            if isinstance(block, Paragraph):
                for sentence in re.split(r"(?<=[.?])\s", words(block.text)):
                    assert re.search(r"(다|가)[.?]$|^\s*$", sentence), sentence


def test_a_deep_chain_shows_its_ends() -> None:
    outline = story(deep(20), detail="outline")
    last = next(s for s in outline.sections if s.about == "W1")
    chain = next(b for b in last.blocks if isinstance(b, Display) and b.framed)
    assert "..." in spelled(chain.lines[0].right) or "⋯" in spelled(chain.lines[0].right)
    assert spelled(chain.lines[0].right).count("/∂") < 8


def test_a_story_grows_with_the_network_and_no_faster() -> None:
    one, two = (len(list(lines(story(deep(n), detail="outline")))) for n in (40, 80))
    assert two <= 2.1 * one


def test_parts_without_a_name_get_a_symbol() -> None:
    shown = [spelled(line.left) for line in lines(told("regularised"))]
    assert "z⁽²⁾" in shown
    assert not any("∂(W⁽²⁾ a⁽¹⁾ + b⁽²⁾)" in left for left in shown)


def test_one_derivative_alone_can_be_told() -> None:
    from backproof.calculus.derive import derive

    model = derived("two_layer_en").model
    assert about(story(derive(model, "h"))) == ["h"]
    assert about(story(derive(model, ["X", "z1"]))) == ["z1", "X"]
    assert about(story(derive(model, "L"))) == ["L"]


def test_the_language_is_that_of_the_note_unless_it_is_named() -> None:
    assert story(derived("two_layer_ko")).language == "ko"
    assert story(derived("two_layer_ko"), language="en").language == "en"


def test_what_there_is_not_is_named_with_what_there_is() -> None:
    with pytest.raises(BackproofError, match=r"(?s)'fr'.*en, ko"):
        story(derived("two_layer_en"), language="fr")
    with pytest.raises(BackproofError, match=r"(?s)'huge'.*outline, standard, full"):
        story(derived("two_layer_en"), detail="huge")  # type: ignore[arg-type]
