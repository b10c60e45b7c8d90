"""Every kind of finding has a sentence, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import backproof.check as check_package
from backproof.check.printing.sentences import assumption, message, source, told
from backproof.check.report import VERDICTS, Finding, Note
from backproof.errors import Span
from backproof.words import languages, say

from .reports import ASSUMED, FACTS, KINDS, LOOSE, NOTE, UNREAD, WRONG, facts, file_report, place

ALL = tuple((name, "is open" if name == "reason" else r"\delta^{(2)}") for name in FACTS)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_said_in_whole_sentences_without_latex(kind: str, language: str) -> None:
    said = message(kind, ALL, language)
    assert said.endswith(".")
    assert not re.search(r"[\\${}]", said)
    assert said[0].isupper() or said[0] == "δ" or language == "ko"
    assert bool(re.search(r"[가-힣]", said)) == (language == "ko")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", ASSUMED)
def test_an_assumption_is_said_without_latex(key: str, language: str) -> None:
    said = assumption(Note(key, ALL), language)
    assert not re.search(r"[\\${}]", said)
    assert not said.endswith(".")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_has_a_name(verdict: str, language: str) -> None:
    assert say(f"check.verdict.{verdict}", language)


# Where the source names a kind: `Unclear("too long")`, `Move("sign", ...)`, ...
NAMED = re.compile(
    r"""\b(?:Unclear|Move|Candidate)\(\s*"([^"]+)"|\bJudgement\(\s*"\w+",\s*"([^"]+)\""""
)


def test_every_kind_that_is_ever_named_has_a_sentence() -> None:
    sources = Path(check_package.__path__[0]).rglob("*.py")
    found = {a or b for path in sources for a, b in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 20
    assert found - set(KINDS) == set()


def test_kinds_are_told_apart_by_what_is_said() -> None:
    for language in languages():
        assert len({message(kind, ALL, language) for kind in KINDS}) == len(KINDS)


def test_a_finding_says_what_it_is_about() -> None:
    assert WRONG.message() == ("The derivative names z where a belongs.")
    assert WRONG.message("ko") == "미분에 z가 아니라 a가 와야 한다."


def test_a_dollar_sign_of_the_author_s_own_opens_no_formula() -> None:
    assert UNREAD.message() == r"This could not be read: `\frobnicate` is not known, nor $x$."


def test_what_a_line_says_and_should_say_stand_in_unicode() -> None:
    said = told(WRONG, file_report(WRONG), "en")
    assert said.says == "∂L/∂z = (a − y)"
    assert said.should == "∂L/∂a = (a − y)"
    assert said.at == "a = 0.3, y = 1: left −0.147, right −0.7"
    assert said.assuming == "δ is taken to be ∂L/∂z"


def test_what_there_is_nothing_to_say_about_is_left_out() -> None:
    said = told(UNREAD, file_report(UNREAD), "en")
    assert said.lines("en") == []
    assert [label for label, _ in told(LOOSE, file_report(LOOSE), "en").lines("en")] == [
        "says",
        "should be",
    ]


def test_an_equation_in_a_notebook_is_shown_without_the_escapes_of_its_file() -> None:
    cell = r"""   "source": ["$$z =\n",
    "\\frac{x}{y}$$"]"""
    span = place(cell, 'z =\\n",\n    "\\\\frac{x}{y}')
    finding = Finding(span, "wrong", "sign", suggestion="z = -x", cell=2)
    assert source(finding, cell) == "z =\n\\frac{x}{y}"


def test_a_span_that_is_not_in_the_text_is_no_trouble() -> None:
    finding = Finding(Span(99, 1, 99, 5), "wrong", "sign", suggestion="x", cell=1)
    assert source(finding, NOTE) == ""


def test_facts_fill_the_blanks() -> None:
    assert message("lost factor", facts(factor=r"\frac{1}{m}"), "en") == "The factor 1/m was lost."
    assert message("wrong name", facts(written="X", meant="a^{(1)}"), "ko") == (
        "X를 쓴 자리에 a⁽¹⁾이 와야 한다."
    )
