"""The notes of the test-bed: what is wrong in them is found, and nothing else is called wrong."""

from __future__ import annotations

import json
import re

import pytest

from . import bed

ERRATA = bed.expected()
FLAWED = [name for name, errata in ERRATA.items() if errata]


def listed(name: str) -> str:
    return "\n".join(bed.lines(bed.score(name)))


@pytest.mark.parametrize("name", ERRATA)
def test_a_note_is_judged_without_a_crash_or_a_false_alarm(name: str) -> None:
    result = bed.score(name)
    assert not result.crash, result.crash
    assert not result.alarms, listed(name)


@pytest.mark.parametrize("name", FLAWED)
def test_every_error_of_a_note_is_found_and_what_is_wrong_is_called_wrong(name: str) -> None:
    result = bed.score(name)
    assert not result.missed, listed(name)
    assert not result.soft, listed(name)


def test_most_equations_are_decided() -> None:
    figures = bed.summary([bed.score(name) for name in ERRATA])
    assert figures["decided"] >= 0.6 * figures["equations"], figures
    assert figures["equations"] > 300


def test_each_erratum_names_what_stands_on_its_line() -> None:
    for name, errata in ERRATA.items():
        rows = (bed.NOTES / name).read_text(encoding="utf-8").splitlines()
        for erratum in errata:
            wrong = erratum.wrong
            if name.endswith(".ipynb"):
                wrong = json.dumps(wrong, ensure_ascii=False)[1:-1]
            assert wrong in rows[erratum.line - 1], (name, erratum)
            assert erratum.wrong != erratum.right


def test_every_erratum_stands_in_a_display_that_the_scorer_sees() -> None:
    for name, errata in ERRATA.items():
        blocks = bed.displays((bed.NOTES / name).read_text(encoding="utf-8"))
        for erratum in errata:
            assert any(a <= erratum.line <= b for a, b in blocks), (name, erratum)


def test_the_bed_holds_all_containers_languages_and_both_kinds_of_notes() -> None:
    containers = {name.rpartition(".")[2] for name in ERRATA}
    assert containers == {"md", "tex", "ipynb", "rst", "html"}
    languages = {match[1] for name in ERRATA if (match := re.search(r"_([a-z]{2})\.", name))}
    assert languages == {"en", "ko", "zh", "vi"}
    assert 0.4 <= len(FLAWED) / len(ERRATA) <= 0.6
