"""`backproof check`: what it prints, what it leaves behind, and how it says no."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from backproof.check.report import FileReport, Finding, Report
from backproof.cli import main
from backproof.notation.files import text_of

from .reports import LOOSE, NOTE, UNDECIDED, WRONG, file_report

Captured = pytest.CaptureFixture[str]
Judge = Callable[[str], list[Finding]]


def judged(text: str) -> list[Finding]:
    """What there is to say about the note of these tests, before and after it is mended."""
    unified = text.replace("\r\n", "\n")
    found = [WRONG] if r"\partial L}{\partial z} = (a" in unified else []
    return [*found, LOOSE] if "(a - y) x\n" in unified else found


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were checked, by a judge who knows only one note."""
    names: list[str] = []

    def check(source: object, *, name: str = "") -> Report:
        text, file = (text_of(source), str(source)) if isinstance(source, Path) else (source, name)
        assert isinstance(text, str)
        names.append(file)
        made: FileReport = file_report(*judged(text), text=text, file=file)
        return Report([made])

    stand_in = ModuleType("backproof.check.check")
    stand_in.check = check  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "backproof.check.check", stand_in)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BACKPROOF_DEBUG", raising=False)
    return names


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    return path


RIGHT = "All is well: $$x = x$$\n"
ONLY_LOOSE = NOTE.replace(r"\frac{\partial L}{\partial z} =", r"\frac{\partial L}{\partial a} =")
MENDED = ONLY_LOOSE.replace("(a - y) x\n", "(a - y) x^\\top\n")


def refused(capsys: Captured, *arguments: str) -> str:
    assert main(["check", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize(
    ("text", "plain", "strict"), [(NOTE, 1, 1), (ONLY_LOOSE, 0, 1), (RIGHT, 0, 0)]
)
def test_the_exit_status_says_whether_anything_is_wrong(
    text: str, plain: int, strict: int, note: Path
) -> None:
    note.write_text(text)
    assert main(["check", "note.md"]) == plain
    assert main(["check", "note.md", "--strict"]) == strict


def test_findings_and_a_summary_are_printed_without_colours(note: Path, capsys: Captured) -> None:
    main(["check", "note.md"])
    printed = capsys.readouterr()
    assert "note.md:3:3  WRONG  The derivative names" in printed.out
    assert "4 equations: 2 hold, 1 loose, 1 wrong" in printed.out
    assert "\x1b" not in printed.out
    assert printed.err == ""


def test_quiet_leaves_the_summary_out(note: Path, capsys: Captured) -> None:
    main(["check", "note.md", "-q"])
    assert "equations" not in capsys.readouterr().out
    note.write_text(RIGHT)
    assert main(["check", "note.md", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_colours_unless_it_does_not_want_them(
    note: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    main(["check", "note.md"])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check", "note.md"])
    assert "\x1b[" not in capsys.readouterr().out


def test_the_language_can_be_chosen(note: Path, capsys: Captured) -> None:
    main(["check", "note.md", "--lang", "ko"])
    assert "틀림  미분에 z가 아니라 a가 와야 한다." in capsys.readouterr().out


def test_folders_are_searched_and_files_counted_in_a_table(
    note: Path, capsys: Captured, checked: list[str]
) -> None:
    (note.parent / "week 2" / ".hidden").mkdir(parents=True)
    (note.parent / "week 2" / "more.tex").write_text(RIGHT)
    (note.parent / "week 2" / ".hidden" / "x.md").write_text(NOTE)
    (note.parent / "picture.png").write_bytes(b"\x89PNG")
    assert main(["check", "."]) == 1
    assert sorted(checked) == ["note.md", os.path.join("week 2", "more.tex")]
    assert "2 files" in capsys.readouterr().out


def test_a_file_that_is_named_twice_is_checked_once(note: Path, checked: list[str]) -> None:
    main(["check", "note.md", "note.md"])
    assert checked == ["note.md"]


@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_every_format_goes_to_a_file_or_is_printed(form: str, note: Path, capsys: Captured) -> None:
    assert main(["check", "note.md", "--format", form]) == 1
    printed = capsys.readouterr().out
    assert main(["check", "note.md", "--format", form, "-o", "out"]) == 1
    assert capsys.readouterr().out == ""
    assert Path("out").read_text(encoding="utf-8") == printed
    if form in ("json", "sarif"):
        assert json.loads(printed)


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_the_name_of_the_file_asks_for_a_format(form: str, note: Path, capsys: Captured) -> None:
    assert main(["check", "note.md", "--format", form]) == 1
    printed = capsys.readouterr().out
    assert main(["check", "note.md", "-o", f"out.{form.upper()}"]) == 1
    assert Path(f"out.{form.upper()}").read_text(encoding="utf-8") == printed


def test_a_copy_in_which_nothing_is_corrected_is_told_of_by_its_note(
    note: Path, capsys: Captured
) -> None:
    Path("right.md").write_text("$$z = w x$$\n", encoding="utf-8")
    assert main(["check", "right.md", "--fix", "-o", "new.md"]) == 0
    assert "Nothing in right.md could be corrected" in capsys.readouterr().out
    assert Path("new.md").read_text(encoding="utf-8") == "$$z = w x$$\n"


def test_an_unreadable_note_does_not_keep_the_others_from_being_checked(
    note: Path, capsys: Captured
) -> None:
    (note.parent / "binary.md").write_bytes(b"\0\1")
    assert main(["check", "binary.md", "note.md", "--format", "json"]) == 2
    printed = capsys.readouterr()
    assert [file["file"] for file in json.loads(printed.out)["files"]] == ["note.md"]
    assert printed.err.startswith("error: binary.md")


@pytest.mark.parametrize("arguments", [["none.md"], ["--format", "pdf", "x"], [], ["empty"]])
def test_what_cannot_be_checked_is_refused(
    arguments: list[str], note: Path, capsys: Captured
) -> None:
    (note.parent / "empty").mkdir()
    refused(capsys, *arguments)


def test_a_report_does_not_replace_the_note(note: Path, capsys: Captured) -> None:
    refused(capsys, "note.md", "--format", "json", "-o", "note.md")
    assert note.read_text() == NOTE


# --fix


def test_a_note_is_mended_where_it_is(note: Path, capsys: Captured) -> None:
    assert main(["check", "note.md", "--fix"]) == 0
    assert note.read_text() == MENDED
    printed = capsys.readouterr().out
    assert "Corrected in note.md: 2." in printed
    assert "line 3: The derivative names" in printed
    assert "0 loose, 0 wrong" in printed
    assert os.listdir(note.parent) == ["note.md"]
    assert main(["check", "note.md"]) == 0


def test_a_note_is_corrected_into_another_file(note: Path, capsys: Captured) -> None:
    assert main(["check", "note.md", "--fix", "-o", "new.md"]) == 0
    assert note.read_text() == NOTE
    assert Path("new.md").read_text() == MENDED
    assert "Corrected in new.md: 2." in capsys.readouterr().out


def test_what_is_left_for_a_person_is_said_and_decides_the_exit_status(
    note: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.WRONG", Finding(WRONG.span, "wrong", "sign"))
    assert main(["check", "note.md", "--fix"]) == 1
    printed = capsys.readouterr().out
    assert "Corrected in note.md: 1." in printed
    assert "Left for a person: 1." in printed
    assert "A sign is wrong." in printed


def test_a_note_with_nothing_to_mend_is_not_written(note: Path, capsys: Captured) -> None:
    note.write_text(RIGHT)
    before = note.stat()
    assert main(["check", "note.md", "--fix"]) == 0
    assert note.stat().st_mtime_ns == before.st_mtime_ns
    assert note.stat().st_ino == before.st_ino
    assert "it is as it was" in capsys.readouterr().out


def test_in_other_formats_repairs_are_told_on_standard_error(note: Path, capsys: Captured) -> None:
    main(["check", "note.md", "--fix", "--format", "json"])
    printed = capsys.readouterr()
    assert json.loads(printed.out)["files"][0]["findings"] == []
    assert "Corrected in note.md: 2." in printed.err


@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter there")
def test_permissions_are_kept_and_a_read_only_note_is_refused(note: Path, capsys: Captured) -> None:
    note.chmod(0o640)
    assert main(["check", "note.md", "--fix"]) == 0
    assert note.stat().st_mode & 0o777 == 0o640
    capsys.readouterr()
    note.write_text(NOTE)
    note.chmod(0o444)
    assert "read-only" in refused(capsys, "note.md", "--fix")
    assert note.read_text() == NOTE
    assert os.listdir(note.parent) == ["note.md"]


def test_a_link_stays_a_link(note: Path) -> None:
    (note.parent / "link.md").symlink_to("note.md")
    assert main(["check", "link.md", "--fix"]) == 0
    assert (note.parent / "link.md").is_symlink()
    assert note.read_text() == MENDED


def test_line_ends_and_a_byte_order_mark_survive(note: Path) -> None:
    mark = b"\xef\xbb\xbf"
    note.write_bytes(mark + NOTE.replace("\n", "\r\n").encode())
    assert main(["check", "note.md", "--fix"]) == 0
    assert note.read_bytes() == mark + MENDED.replace("\n", "\r\n").encode()


def test_two_notes_cannot_be_mended_into_one_file(note: Path, capsys: Captured) -> None:
    (note.parent / "other.md").write_text(NOTE)
    assert "one note" in refused(capsys, "note.md", "other.md", "--fix", "-o", "new.md")
    assert not Path("new.md").exists()


def test_standard_input_has_no_place_to_be_mended_in(capsys: Captured) -> None:
    assert "-o" in refused(capsys, "-", "--fix")


def test_a_failure_while_writing_leaves_the_note_as_it_was(
    note: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "make room" in refused(capsys, "note.md", "--fix")
    assert note.read_text() == NOTE
    assert os.listdir(note.parent) == ["note.md"]


def test_undecided_lines_are_listed_when_asked_for(
    note: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.judged", lambda _: [UNDECIDED])
    assert main(["check", "note.md"]) == 0
    assert "UNDECIDED" not in capsys.readouterr().out
    main(["check", "note.md", "--all"])
    assert "UNDECIDED  The note does not say what q is." in capsys.readouterr().out


# `backproof derive`

TWO_LAYERS = str(Path(__file__).parents[2] / "examples" / "two_layer_en.md")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_derive_mentions_lines_that_do_not_hold(
    count: int, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.judged", lambda _: [WRONG] * count)
    assert main(["derive", TWO_LAYERS, "--detail", "outline"]) == 0
    printed = capsys.readouterr()
    assert "∂L(x)/∂W⁽¹⁾" in printed.out
    assert printed.err.count("\n") == (count > 0)
    assert printed.err.startswith(f"{count} line" if count else "")


def test_a_check_that_fails_does_not_cost_the_derivation(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> list[Finding]:
        raise RuntimeError("the cat walked over the keyboard")

    monkeypatch.setattr(f"{__name__}.judged", broken)
    assert main(["derive", TWO_LAYERS, "--detail", "outline"]) == 0
    printed = capsys.readouterr()
    assert "∂L(x)/∂W⁽¹⁾" in printed.out
    assert printed.err == ""
