"""`backproof draw`: what it writes, and how it says no."""

from __future__ import annotations

import io
import re
import shlex
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from backproof.cli import main

REPOSITORY = Path(__file__).parents[2]
NOTE = str(REPOSITORY / "examples" / "two_layer_ko.md")

Captured = pytest.CaptureFixture[str]


def refused(capsys: Captured, *arguments: str) -> str:
    """What is said on standard error to a command that must be refused."""
    assert main(["draw", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


def test_draw_prints_the_picture_or_writes_the_same_to_a_file(
    capsys: Captured, tmp_path: Path
) -> None:
    assert main(["draw", NOTE]) == 0
    printed = capsys.readouterr().out
    ET.fromstring(printed)
    assert "신경망" in printed
    file = tmp_path / "net.svg"
    assert main(["draw", NOTE, "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8") == printed


def test_a_note_on_standard_input_is_drawn(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO(b"z = w * x + b\nL = (z - y)**2\n"))
    monkeypatch.setattr(sys, "stdin", given)
    assert main(["draw", "-"]) == 0
    assert 'data-quantity="w"' in capsys.readouterr().out


def test_names_width_theme_and_language_are_heard(capsys: Captured) -> None:
    options = "--lit L,a2 --lit z2 --width 320 --theme dark --lang en".split()
    assert main(["draw", NOTE, *options]) == 0
    svg = capsys.readouterr().out
    assert 'data-quantity="a2" class="lit"' in svg
    assert 'data-quantity="a1" class="lit"' not in svg
    assert "#15171b" in svg
    assert "var(" not in svg
    assert "The network" in svg
    root = ET.fromstring(svg)
    assert float(root.get("width", "")) < float(root.get("height", ""))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("net.jpg", "end its name in .svg or .png"),
        ("net", "end its name in .svg or .png"),
        ("missing/net.svg", "there is no folder"),
        (".svg", "end its name in"),
    ],
)
def test_a_file_that_cannot_be_is_refused(
    capsys: Captured, tmp_path: Path, file: str, said: str
) -> None:
    assert said in refused(capsys, NOTE, "-o", str(tmp_path / file))
    assert list(tmp_path.iterdir()) == []


def test_the_note_is_not_replaced_by_its_picture(capsys: Captured, tmp_path: Path) -> None:
    note = tmp_path / "note.svg"
    note.write_text("z = w * x\nL = z**2\n", encoding="utf-8")
    assert "would be replaced" in refused(capsys, str(note), "-o", str(note))


def test_a_wrong_name_or_note_is_refused(capsys: Captured, tmp_path: Path) -> None:
    file = tmp_path / "net.svg"
    said = refused(capsys, NOTE, "--lit", "W7", "-o", str(file))
    assert "no quantity 'W7'" in said
    assert "W1" in said
    garbage = tmp_path / "garbage.md"
    garbage.write_text("$$\\frac{ = ) $$ nothing of use", encoding="utf-8")
    assert "error" in refused(capsys, str(garbage), "-o", str(file))
    assert "error" in refused(capsys, str(tmp_path / "none.md"), "-o", str(file))
    assert not file.exists()
    assert "120" in refused(capsys, NOTE, "--width", "5")


def test_a_png_without_typst_says_what_to_install(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    said = refused(capsys, NOTE, "-o", str(tmp_path / "net.png"))
    assert "pip install 'backproof[publish]'" in said
    assert list(tmp_path.iterdir()) == []


def test_the_picture_of_the_readme_is_what_its_command_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^    backproof (draw .*) -o (.*\.svg)$", readme, re.M)
    monkeypatch.chdir(REPOSITORY)
    drawn = tmp_path / "again.svg"
    assert main([*shlex.split(command[0]), "-o", str(drawn)]) == 0
    assert drawn.read_text(encoding="utf-8") == Path(command[1]).read_text(encoding="utf-8")
