"""The notes of the test-bed: how much of what is wrong in them is found, and what else is flagged."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from . import bed

ERRATA = bed.expected()


#: What the checker reaches today: only ever better.
FOUND, SOFT, ALARMS, LOOSE = 77, 0, 0, 0
DECIDED = 0.95
#: The same in the exam: notes written without a look at the checker (see `bed.py`).
EXAM_FOUND, EXAM_ALARMS, EXAM_LOOSE = 124, 1, 4


@pytest.mark.parametrize("name", ERRATA)
def test_a_note_is_judged_without_a_crash(name: str) -> None:
    result = bed.score(name)
    assert not result.crash, result.crash


def test_no_fewer_errors_are_found_and_no_more_false_alarms_are_raised_than_before() -> None:
    figures = bed.summary([bed.score(name) for name in ERRATA])
    assert figures["found"] >= FOUND, figures
    assert figures["soft"] <= SOFT, figures
    assert figures["false alarms"] <= ALARMS, figures
    assert figures["loose beside errata"] <= LOOSE, figures


def test_the_exam_goes_no_worse_than_before() -> None:
    scores = [bed.score(name, bed.EXAM) for name in bed.expected(bed.EXAM)]
    figures = bed.summary(scores)
    assert figures["crashes"] == 0, figures
    assert figures["found"] >= EXAM_FOUND, figures
    assert figures["false alarms"] <= EXAM_ALARMS, figures
    assert figures["loose beside errata"] <= EXAM_LOOSE, figures


def test_most_equations_are_decided() -> None:
    figures = bed.summary([bed.score(name) for name in ERRATA])
    assert figures["decided"] >= DECIDED * figures["equations"], figures
    assert figures["equations"] > 300


@pytest.mark.parametrize("folder", [bed.NOTES, bed.EXAM], ids=["notes", "exam"])
def test_each_erratum_names_what_stands_on_its_line(folder: Path) -> None:
    for name, errata in bed.expected(folder).items():
        rows = (folder / name).read_text(encoding="utf-8").splitlines()
        for erratum in errata:
            wrong = erratum.wrong
            if name.endswith(".ipynb"):
                wrong = json.dumps(wrong, ensure_ascii=False)[1:-1]
            assert wrong in rows[erratum.line - 1], (name, erratum)
            assert erratum.wrong != erratum.right


@pytest.mark.parametrize("folder", [bed.NOTES, bed.EXAM], ids=["notes", "exam"])
def test_every_erratum_stands_in_a_formula_that_the_scorer_sees(folder: Path) -> None:
    for name, errata in bed.expected(folder).items():
        text = (folder / name).read_text(encoding="utf-8")
        blocks, rows = bed.displays(text), text.splitlines()
        for erratum in errata:
            inline = re.search(r"\$[^$]+\$", rows[erratum.line - 1])
            fences = sum(row.startswith("```") for row in rows[: erratum.line])
            code = fences % 2 == 1  # between fences, a line is a formula
            inside = any(a <= erratum.line <= b for a, b in blocks)
            assert inline or code or inside, (name, erratum)


def test_the_bed_holds_all_containers_languages_and_both_kinds_of_notes() -> None:
    containers = {name.rpartition(".")[2] for name in ERRATA}
    assert containers == {"md", "tex", "ipynb", "rst", "html"}
    languages = {match[1] for name in ERRATA if (match := re.search(r"_([a-z]{2})\.", name))}
    assert languages == {"en", "ko", "zh", "vi"}
    assert 0.4 <= sum(map(bool, ERRATA.values())) / len(ERRATA) <= 0.6
