"""Findings on a screen and for programs: the same ones, each in its own medium."""

from __future__ import annotations

import json as jsons
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backproof.check.printing.github import github
from backproof.check.printing.json import json
from backproof.check.printing.sarif import sarif
from backproof.check.report import Finding, Report
from backproof.cli.findings import rows
from backproof.errors import Span, excerpt, width_of
from backproof.show.terminal import plain

from .reports import (
    FACTS,
    KINDS,
    LOOSE,
    NOTE,
    UNDECIDED,
    UNREAD,
    WRONG,
    facts,
    file_report,
    place,
    report,
)

EVERYTHING = (WRONG, LOOSE, UNDECIDED, UNREAD)


def screen(given: Report, width: int = 80, **options: Any) -> str:
    return plain(rows(given, width, **options))


# On a screen.


def test_a_finding_on_a_screen() -> None:
    assert screen(report(WRONG)) == (
        "note.md:3:3  WRONG  The derivative names z where a belongs.\n"
        r"    $$\frac{\partial L}{\partial z} = (a - y)$$" "\n"
        "      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "    says       ∂L/∂z = (a − y)\n"
        "    should be  ∂L/∂a = (a − y)\n"
        "    at         a = 0.3, y = 1: left −0.147, right −0.7\n"
        "    assuming   δ is taken to be ∂L/∂z\n"
        "\n"
        "3 equations: 2 hold, 0 loose, 1 wrong, 0 undecided, 0 unread.\n"
        "--fix can correct 1 of these.\n"
    )  # fmt: skip


def test_what_is_not_decided_is_counted_and_listed_only_when_asked_for() -> None:
    short = screen(report(*EVERYTHING))
    assert "UNDECIDED" not in short
    assert "1 undecided, 1 unread" in short
    long = screen(report(*EVERYTHING), everything=True)
    assert "UNDECIDED  The note does not say what q is." in long
    assert "UNREAD" in long


def test_a_summary_can_be_left_out() -> None:
    assert "equations" not in screen(report(WRONG), summary=False)
    assert list(rows(report(), 80, summary=False)) == []


def test_several_files_are_counted_in_a_table() -> None:
    given = Report(
        [
            file_report(WRONG, file="week1/backprop.md", holds=9),
            file_report(LOOSE, UNREAD, file="week2/a/very/long/way/to/a/note/on/attention.tex"),
            file_report(file="week3/nothing.md", holds=0),
        ]
    )
    table = screen(given).split("\n\n")[-1].splitlines()
    assert table[0].split() == [
        "File",
        "Equations",
        "Hold",
        "Loose",
        "Wrong",
        "Undecided",
        "Unread",
    ]
    assert table[1].split() == ["week1/backprop.md", "10", "9", "0", "1", "0", "0"]
    assert table[2].endswith("4     2      1      0          0       1")
    assert table[2].startswith("…")
    assert table[4].split() == ["3", "files", "14", "11", "1", "1", "0", "1"]
    assert {len(line) for line in table[:5]} == {len(table[3])}


def test_a_note_without_equations_says_so() -> None:
    assert screen(report(), width=80).startswith("2 equations")
    assert screen(Report([file_report(holds=0)])) == "No equations.\n"
    assert screen(Report([file_report(holds=1)])).startswith("1 equation: 1 hold")


KOREAN = "가중치로 손실을 미분하면 다음과 같은데, 여기에는 조심할 것이 있다. " * 3


@pytest.mark.parametrize("width", [40, 80, 110])
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wider_than_the_screen(kind: str, language: str, width: int) -> None:
    text = f"{KOREAN}$$x = \\frac{{1}}{{2}}$${KOREAN}"
    finding = Finding(
        place(text, "x = \\frac{1}{2}"),
        "wrong",
        kind,
        tuple((name, r"\frac{\partial L}{\partial W^{(2)}}") for name in FACTS),
        WRONG.counterexample,
        "x = " + " + ".join(f"a_{{{i}}} b_{{{i}}}" for i in range(30)),
    )
    given = report(finding, text=text, file="강의/노트.md")
    for line in screen(given, width, language=language).splitlines():
        assert width_of(line) <= width, line


def test_the_caret_stands_below_what_it_marks_after_wide_characters() -> None:
    text = "그러면 漢字 − z = w x 이다"
    above, below = excerpt(text, place(text, "z = w x"))
    assert above == text
    assert width_of(text[: text.index("z")]) == below.index("^")
    assert below.count("^") == len("z = w x")


@pytest.mark.parametrize("filler", ["a", "가", "a\u0301", "\t"])
def test_a_long_line_is_cut_around_the_caret(filler: str) -> None:
    text = filler * 5000 + "z = w" + filler * 5000
    above, below = excerpt(text, place(text, "z = w"), 76)
    assert width_of(above) <= 76
    assert "z = w" in above
    at = below.index("^")
    assert at == width_of(above[: above.index("z")])


def test_a_place_behind_the_end_of_a_line_is_marked_there() -> None:
    assert excerpt("z =", Span(1, 9, 1, 12)) == ("z =", "   ^")
    assert excerpt("", Span(1, 1, 1, 1)) == ("", "^")


def test_an_equation_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    _, below = excerpt("z = w", Span(1, 1, 3, 2))
    assert below == "^^^^^"


# As JSON.


def test_the_json_is_what_it_is_said_to_be() -> None:
    [file] = jsons.loads(json(report(*EVERYTHING)))["files"]
    assert file["file"] == "note.md"
    assert file["summary"] == {
        "equations": 6, "holds": 2, "loose": 1, "wrong": 1, "undecided": 1, "unread": 1,
    }  # fmt: skip
    first = file["findings"][0]
    assert {k: first[k] for k in ("line", "end_line", "column", "verdict", "kind")} == {
        "line": 3,
        "end_line": 3,
        "column": 3,
        "verdict": "wrong",
        "kind": "wrong variable",
    }
    assert first["counterexample"] == {
        "given": {"a": "0.3", "y": "1"},
        "left": "-0.147",
        "right": "-0.7",
    }
    assert first["suggestion"] == r"\frac{\partial L}{\partial a} = (a - y)"
    assert first["source"] == r"\frac{\partial L}{\partial z} = (a - y)"
    assert first["assumed"] == ["δ is taken to be ∂L/∂z"]
    assert [f["verdict"] for f in file["findings"]] == ["wrong", "loose", "undecided", "unread"]
    assert file["findings"][2]["counterexample"] is None
    assert file["findings"][2]["suggestion"] is None


def test_the_json_speaks_the_language_of_each_note_unless_another_is_asked_for() -> None:
    both = Report([file_report(LOOSE), file_report(LOOSE, language="ko")])
    english, korean = jsons.loads(json(both))["files"]
    assert english["findings"][0]["message"] == LOOSE.message("en")
    assert korean["findings"][0]["message"] == LOOSE.message("ko")
    assert jsons.loads(json(both, "en"))["files"][1]["findings"] == english["findings"]


# For GitHub.


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read as GitHub's runner reads them."""
    out = []
    for line in text.splitlines():
        found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert found, line
        properties = dict(pair.split("=", 1) for pair in found[2].split(","))
        out.append((found[1], {k: _bare(v) for k, v in properties.items()}, _bare(found[3])))
    return out


def _bare(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_wrong_is_an_error_and_loose_a_warning() -> None:
    [(first, where, said), (second, _, _)] = commands(github(report(*EVERYTHING)))
    assert (first, second) == ("error", "warning")
    assert where == {
        "file": "note.md", "line": "3", "endLine": "3", "col": "3", "endColumn": "42",
        "title": "Wrong variable",
    }  # fmt: skip
    assert said.splitlines()[0] == WRONG.message()
    assert "should be: ∂L/∂a = (a − y)" in said.splitlines()


def test_the_rest_is_a_notice_and_only_when_asked_for() -> None:
    found = commands(github(report(*EVERYTHING), everything=True))
    assert [command for command, _, _ in found] == ["error", "warning", "notice", "notice"]


def test_what_would_end_a_workflow_command_is_escaped() -> None:
    finding = Finding(Span(1, 1, 2, 3), "wrong", "wrong name", facts(written="a%\n::", meant="b,c"))
    text = github(report(finding, file="100%, a:b\n.md"))
    assert len(text.splitlines()) == 1
    [(_, where, said)] = commands(text)
    assert where["file"] == "100%, a:b\n.md"
    assert "col" not in where
    assert "::" in said


# As SARIF.


def test_the_sarif_holds_a_run_with_rules_and_results() -> None:
    whole = jsons.loads(sarif(report(*EVERYTHING)))
    assert whole["version"] == "2.1.0"
    [run] = whole["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["wrong-variable", "loose-transpose"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    place_ = run["results"][0]["locations"][0]["physicalLocation"]
    assert place_["artifactLocation"] == {"uri": "note.md", "uriBaseId": "%SRCROOT%"}
    assert place_["region"] == {"startLine": 3, "startColumn": 3, "endLine": 3, "endColumn": 42}


# Which properties an object may have, from the schema of SARIF 2.1.0; it allows no others.
ALLOWED = {
    "": "$schema version runs",
    "runs": "tool invocations language artifacts results columnKind",
    "tool": "driver",
    "driver": "name version rules",
    "rules": "id name shortDescription fullDescription help defaultConfiguration",
    "defaultConfiguration": "level",
    "invocations": "executionSuccessful",
    "artifacts": "location",
    "location": "uri uriBaseId",
    "artifactLocation": "uri uriBaseId",
    "results": "ruleId ruleIndex level message locations fixes",
    "locations": "physicalLocation",
    "physicalLocation": "artifactLocation region",
    "region": "startLine startColumn endLine endColumn",
    "deletedRegion": "startLine startColumn endLine endColumn",
    "fixes": "description artifactChanges",
    "artifactChanges": "artifactLocation replacements",
    "replacements": "deletedRegion insertedContent",
    **dict.fromkeys(
        "message description shortDescription fullDescription help insertedContent".split(), "text"
    ),
}


def objects(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield name, value
        for key, inner in value.items():
            yield from objects(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner, name)


def test_the_sarif_has_no_property_that_its_schema_does_not_know() -> None:
    for name, found in objects(jsons.loads(sarif(report(*EVERYTHING), everything=True))):
        assert set(found) <= set(ALLOWED[name].split()), name


def test_a_fix_in_sarif_is_the_fix() -> None:
    [run] = jsons.loads(sarif(report(LOOSE)))["runs"]
    [fix] = run["results"][0]["fixes"]
    [change] = fix["artifactChanges"]
    [replacement] = change["replacements"]
    assert replacement["insertedContent"]["text"] == r"(a - y) x^\top"
    assert replacement["deletedRegion"]["startLine"] == 8
    assert NOTE.split("\n")[7][replacement["deletedRegion"]["startColumn"] - 1 :] == "(a - y) x"


def test_places_in_sarif_are_relative_to_where_the_command_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, uri in [
        (str(tmp_path / "a b" / "노트.md"), "a%20b/%EB%85%B8%ED%8A%B8.md"),
        ("a b.md", "a%20b.md"),
        ("/elsewhere/x.md", "file:///elsewhere/x.md"),
    ]:
        [run] = jsons.loads(sarif(report(WRONG, file=file)))["runs"]
        assert run["artifacts"][0]["location"]["uri"] == uri


def test_every_kind_can_be_a_rule() -> None:
    findings = [Finding(Span(1, 1, 1, 2), "wrong", kind, tuple((f, "x") for f in FACTS)) for kind in KINDS]  # fmt: skip
    for language in ("en", "ko"):
        [run] = jsons.loads(sarif(report(*findings), language))["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert len(rules) == len(KINDS)
        assert all(re.fullmatch(r"[a-z-]+", rule["id"]) for rule in rules)
        assert run["language"] == language


def test_no_files_are_a_report_too() -> None:
    assert jsons.loads(json(Report())) == {"files": []}
    assert github(Report()) == ""
    assert jsons.loads(sarif(Report()))["runs"][0]["results"] == []
