"""The command line: what it prints, what it leaves behind, and how it says no."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import backproof
from backproof.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTE = str(EXAMPLES / "two_layer_en.md")
KOREAN = str(EXAMPLES / "two_layer_ko.md")

SMALL = "z = w * x + b\nL = (z - y)**2\n"

Captured = pytest.CaptureFixture[str]


def backproof_command(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "backproof", *arguments],
        capture_output=True,
        check=False,
        **more,  # type: ignore[call-overload]
    )


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BACKPROOF_DEBUG", raising=False)


def refused(capsys: Captured, *arguments: str) -> str:
    """What is said on standard error to a command that must be refused."""
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


def test_derive_prints_the_lecture(capsys: Captured) -> None:
    assert main(["derive", NOTE]) == 0
    printed = capsys.readouterr().out
    assert "∂L(x)/∂W⁽¹⁾ = δ⁽¹⁾ Xᵀ" in printed
    assert "\x1b" not in printed


def test_the_language_is_the_note_s_own_unless_it_is_named(capsys: Captured) -> None:
    main(["derive", KOREAN, "--detail", "outline"])
    assert "역전파" in capsys.readouterr().out
    main(["derive", KOREAN, "--detail", "outline", "--lang", "en"])
    assert "역전파" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrt", [["--wrt", "W1", "--wrt", "b1"], ["--wrt", "W1,b1"], ["--wrt", "W1", "b1"]]
)
def test_what_to_derive_by_can_be_named(wrt: list[str], capsys: Captured) -> None:
    assert main(["derive", NOTE, "--detail", "outline", *wrt]) == 0
    printed = capsys.readouterr().out
    assert "∂L(x)/∂b⁽¹⁾" in printed
    assert "∂L(x)/∂b⁽²⁾" not in printed


@pytest.mark.parametrize("suffix", [".md", ".tex", ".json", ".txt", ".TXT"])
def test_a_file_is_written_in_the_format_of_its_name(
    suffix: str, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / f"out{suffix}"
    path.write_text("old")
    assert main(["derive", NOTE, "--detail", "outline", "-o", str(path)]) == 0
    assert capsys.readouterr().out == ""
    text = path.read_text(encoding="utf-8")
    starts = {".md": "# ", ".tex": r"\documentclass", ".json": "{", ".txt": "The gradients"}
    assert text.startswith(starts[suffix.lower()])
    if suffix == ".json":
        assert json.loads(text)["wanted"] == ["W1", "b1", "W2", "b2"]
    assert os.listdir(tmp_path) == [path.name]


def test_an_unknown_format_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: Captured
) -> None:
    said = refused(capsys, "derive", "no-such-note.md", "-o", str(tmp_path / "out.docx"))
    assert said.startswith("error: ")
    assert ".md, .tex, .json, .txt" in said
    assert os.listdir(tmp_path) == []


def test_a_file_is_replaced_only_when_there_is_something_to_put_there(
    tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "out.md"
    path.write_text("old")
    refused(capsys, "derive", NOTE, "--wrt", "W9", "-o", str(path))
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.md"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, capsys: Captured) -> None:
    assert "cannot be written" in refused(
        capsys, "derive", NOTE, "-o", str(tmp_path / "no" / "out.md")
    )
    (tmp_path / "folder.md").mkdir()
    assert "is a folder" in refused(capsys, "derive", NOTE, "-o", str(tmp_path / "folder.md"))


GARBAGE = {
    "empty.md": b"",
    "blank.md": b" \n\t\n",
    "binary.md": bytes(range(256)) * 8,
    "utf16.md": "z = w x".encode("utf-16"),
    "latin.md": "Verlust für z".encode("latin-1"),
    "prose.md": b"There is no formula in this note.\n",
    "brace.md": b"$$z = \\frac{w}{x$$\n",
    "command.md": b"$$z = \\frobnicate{w} x$$ $$L = z^2$$\n",
    "loss.md": b"$$z = W x + b$$\n",
    "losses.md": b"$$z = w x$$ $$L = z^2$$ $$J = z^3$$\n",
    "cycle.txt": b"a = b + 1\nb = a + 1\nL = a**2\n",
    "shapes.md": b"$W \\in \\mathbb{R}^{3 \\times 4}$, $x \\in \\mathbb{R}^{5}$"
    b" $$z = W x$$ $$L = \\|z\\|^2$$\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_gets_one_clear_error(name: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / name
    path.write_bytes(GARBAGE[name])
    said = refused(capsys, "derive", str(path))
    assert said.startswith("error: ")
    assert name in said
    assert "try: " in said
    assert max(len(line) for line in said.splitlines()) < 250


def test_a_missing_note_and_a_folder_are_said(tmp_path: Path, capsys: Captured) -> None:
    assert "no such file" in refused(capsys, "derive", str(tmp_path / "none.md"))
    assert "folder" in refused(capsys, "derive", str(tmp_path))


def test_an_unknown_name_is_answered_with_the_names_there_are(capsys: Captured) -> None:
    said = refused(capsys, "derive", NOTE, "--wrt", "W9")
    assert "'W9'" in said
    assert "W1" in said


def test_a_mistake_is_shown_where_it_stands(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "note.md"
    path.write_bytes(GARBAGE["shapes.md"])
    said = refused(capsys, "derive", str(path))
    assert "note.md:1:" in said
    assert "^" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["derive"],
        ["derive", NOTE, NOTE],
        ["frobnicate"],
        ["derive", NOTE, "--detail", "huge"],
        ["--x"],
    ],
)
def test_a_wrong_command_is_answered_with_the_usage(arguments: list[str], capsys: Captured) -> None:
    assert "Usage: backproof" in refused(capsys, *arguments)


def test_line_ends_of_every_system_are_read(tmp_path: Path, capsys: Captured) -> None:
    text = Path(NOTE).read_text(encoding="utf-8")
    printed = set()
    for i, end in enumerate(("\n", "\r\n")):
        path = tmp_path / f"note{i}.md"
        path.write_bytes(text.replace("\n", end).encode())
        assert main(["derive", str(path), "--detail", "outline"]) == 0
        printed.add(capsys.readouterr().out)
    assert len(printed) == 1


def test_standard_input_is_read(tmp_path: Path) -> None:
    run = backproof_command("derive", "-", "--detail", "outline", input=SMALL.encode())
    assert run.returncode == 0
    assert "∂L/∂w" in run.stdout.decode()


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\0\1\2", b"z = ("])
def test_garbage_on_standard_input_is_refused(data: bytes) -> None:
    run = backproof_command("derive", "-", input=data)
    assert run.returncode == 2
    assert run.stderr.startswith(b"error: ")
    assert b"Traceback" not in run.stderr


def test_nothing_is_said_when_the_reader_goes_away() -> None:
    command = f'"{sys.executable}" -m backproof derive "{NOTE}" --detail full | head -1'
    run = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert run.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "latin-1", "utf-8"])
def test_every_encoding_gets_something(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    run = backproof_command("derive", KOREAN, "--detail", "outline", env=environment)
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    run.stdout.decode(encoding)
    run = backproof_command("derive", "없는.md", env=environment)
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr


def test_the_c_locale_is_no_trouble() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LC_")} | {"LANG": "C"}
    assert (
        backproof_command("derive", KOREAN, "--detail", "outline", env=environment).returncode == 0
    )


def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    from backproof.show import screen

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert screen.wants_colour(sys.stdout)
    main(["derive", NOTE, "--detail", "outline"])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert not screen.wants_colour(sys.stdout)


def test_an_error_of_our_own_is_owned(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the cat walked over the keyboard")

    monkeypatch.setattr("backproof.calculus.derive.derive", broken)
    assert main(["derive", NOTE]) == 70
    said = capsys.readouterr().err
    assert "backproof itself failed" in said
    assert "Traceback" not in said


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("backproof.calculus.derive.derive", interrupted)
    assert main(["derive", NOTE]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_demonstration_leaves_everything_in_a_folder(
    language: str, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "demo"
    assert main(["demo", "-o", str(folder), "--lang", language]) == 0
    names = {
        f"two_layer_{language}.md",
        *("deck.html", "slides.pdf", "quiz.html", "quiz-key.html", "report.html", "network.svg"),
        *(f"derivation.{s}" for s in ("pdf", "ipynb", "md", "tex", "json", "txt")),
    }
    assert set(os.listdir(folder)) == names
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)
    assert "∂L(x)/∂W⁽¹⁾ = δ⁽¹⁾ Xᵀ" in printed
    assert len(printed.splitlines()) < 45
    assert main(["demo", "-o", str(folder), "--lang", language]) == 0  # once more


def test_a_demonstration_without_a_place_says_so(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "demo").write_text("a file")
    assert "cannot be made" in refused(capsys, "demo", "-o", str(tmp_path / "demo"))


def test_the_version_is_printed(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert backproof.__version__ in capsys.readouterr().out


def test_opening_the_package_loads_nothing_heavy() -> None:
    assert backproof_command("--help").returncode == 0
    code = "import sys, backproof, backproof.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    for heavy in (b"numpy", b"sympy", b"mpmath", b"lark", b"rich"):
        assert heavy not in loaded.split()
    assert b"backproof.calculus.derive" not in loaded.split()


def test_a_derivation_needs_no_numpy_and_no_sympy() -> None:
    code = (
        "import sys, backproof as bp\n"
        f"d = bp.derive(bp.read({NOTE!r}))\n"
        "for f in ('text', 'markdown', 'latex', 'json'): bp.render(d, f)\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    for heavy in (b"numpy", b"sympy", b"rich"):
        assert heavy not in loaded.split()


def test_the_public_names_are_there() -> None:
    for name in backproof.__all__:
        assert getattr(backproof, name) is not None
    assert set(dir(backproof)) >= set(backproof.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = backproof.nothing  # type: ignore[attr-defined]
