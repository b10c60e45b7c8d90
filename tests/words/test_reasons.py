"""Every law has a reason that a reader can be told, in each language."""

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

from backproof import laws
from backproof.laws.rule import BOOKS
from backproof.words import keys, languages, say

LONGEST = 95  # characters on the board: beside a formula, on one line

for module in iter_modules(laws.__path__):
    import_module(f"{laws.__name__}.{module.name}")

LAWS = [name for book in BOOKS.values() for name in book]


def reasons(language: str) -> list[str]:
    return [key.removeprefix("law.") for key in keys(language) if key.startswith("law.")]


def on_the_board(sentence: str) -> str:
    """About as long as it is once the formulas are set: a command is one sign, braces are none."""
    return re.sub(r"\\[A-Za-z]+ ?", "x", sentence).translate(dict.fromkeys(map(ord, "${}\\^_")))


def test_a_reason_belongs_to_one_law() -> None:
    assert len(LAWS) == len(set(LAWS))


@pytest.mark.parametrize("language", languages())
def test_every_law_has_its_reason_and_every_reason_its_law(language: str) -> None:
    said = reasons(language)
    assert sorted(said) == sorted(LAWS)
    assert len({say(f"law.{name}", language) for name in said}) == len(said)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", LAWS)
def test_a_reason_is_one_short_line(name: str, language: str) -> None:
    sentence = say(f"law.{name}", language)
    assert "\n" not in sentence
    assert len(on_the_board(sentence)) <= LONGEST
    assert not sentence.endswith(".")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", LAWS)
def test_the_formulas_of_a_reason_are_closed(name: str, language: str) -> None:
    sentence = say(f"law.{name}", language)
    outside, inside = sentence.split("$")[::2], sentence.split("$")[1::2]
    assert len(outside) == len(inside) + 1
    assert not any(mark in part for part in outside for mark in "\\_^{}")
    for formula in inside:
        assert formula == formula.strip()
        assert formula.count("{") == formula.count("}")
        assert not re.search(r"[가-힣]", formula)


@pytest.mark.parametrize("name", LAWS)
def test_a_korean_reason_is_a_korean_sentence(name: str) -> None:
    sentence = say(f"law.{name}", "ko")
    assert re.search(r"[가-힣]", sentence)
    last = re.sub(r"\([^()]*\)$", "", sentence)
    assert last.endswith("다") or re.search(r": \$[^$]+\$$|: [^$:]+으로$", last)


@pytest.mark.parametrize("name", LAWS)
def test_an_english_reason_has_no_korean_in_it(name: str) -> None:
    assert not re.search(r"[가-힣]", say(f"law.{name}", "en"))
