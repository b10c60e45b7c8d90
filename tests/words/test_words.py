"""Languages say the same things: same keys, same fields."""

from string import Formatter

import pytest

from backproof.words import _sentences, keys, languages, say


def fields(key: str, language: str) -> set[str]:
    template = _sentences(language)[key]
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_there_are_two_languages() -> None:
    assert languages() == ["en", "ko"]


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_key_in_the_same_order(language: str) -> None:
    assert keys(language) == keys("en")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", keys())
def test_every_sentence_has_the_same_fields_and_can_be_said(key: str, language: str) -> None:
    assert fields(key, language) == fields(key, "en")
    sentence = say(key, language, **dict.fromkeys(fields(key, language), "W"))
    assert sentence
    assert sentence == sentence.strip()


def test_a_field_is_filled_in() -> None:
    assert "$W_1$" in say("phrase.gradient of", "en", name="$W_1$")
    assert "$W_1$로 미분" in say("phrase.gradient of", "ko", name="$W_1$")
    assert "$n$으로 미분" in say("phrase.gradient of", "ko", name="$n$")


@pytest.mark.parametrize("language", languages())
def test_a_missing_key_is_named_with_its_language(language: str) -> None:
    with pytest.raises(KeyError, match=rf"'law\.of the jungle'.*'{language}'"):
        say("law.of the jungle", language)


@pytest.mark.parametrize("language", languages())
def test_a_missing_field_is_named_with_its_sentence(language: str) -> None:
    with pytest.raises(KeyError, match=rf"'phrase\.reused'.*'{language}'.*'name'"):
        say("phrase.reused", language)


@pytest.mark.parametrize("language", ["xx", "", "../words/ko"])
def test_a_language_that_is_not_there_is_named_with_those_that_are(language: str) -> None:
    with pytest.raises(KeyError, match=r"en, ko"):
        say("heading.model", language)
