"""The page about checking says what is true: its output is what comes out."""

from __future__ import annotations

import json
import re
import shlex
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

from backproof.check.printing.json import data
from backproof.cli import main

from .reports import WRONG, report

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "checking.md").read_text(encoding="utf-8")

# ```console
# $ backproof check note.md
# what it prints, where a line `...` stands for any lines
# ```
CONSOLE = re.findall(r"^```console\n\$ backproof ([^\n]*)\n(.*?)^```$", PAGE, re.M | re.S)


def test_there_is_something_to_see() -> None:
    assert CONSOLE


@pytest.mark.parametrize(("arguments", "printed"), CONSOLE)
def test_a_command_prints_what_the_page_shows(
    arguments: str,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("COLUMNS", "80")
    main(shlex.split(arguments))
    found = capsys.readouterr()
    assert OutputChecker().check_output(printed, found.out + found.err, ELLIPSIS), found.out


def test_every_field_of_the_json_is_described() -> None:
    [file] = data(report(WRONG))["files"]
    fields = {*file, *file["summary"], *file["findings"][0], *file["findings"][0]["fixes"][0]}
    assert {field for field in fields if f"`{field}`" not in PAGE} == set()


def test_the_hook_that_the_page_names_is_there() -> None:
    hooks = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    [name] = re.findall(r"- id: (\S+)", PAGE)
    assert f"- id: {name}\n" in hooks


def test_the_json_can_be_read_back() -> None:
    assert json.loads(json.dumps(data(report(WRONG)))) == data(report(WRONG))
