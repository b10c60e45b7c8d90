"""`backproof quiz`: what it leaves behind, and how it says no."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.cli import main

from .reader import EXAMPLES

NOTE = str(EXAMPLES / "two_layer_en.md")
KOREAN = str(EXAMPLES / "two_layer_ko.md")


def test_a_quiz_and_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiz, key = tmp_path / "quiz.html", tmp_path / "key.html"
    assert main(["quiz", NOTE, "-o", str(quiz), "--key", str(key), "--questions", "4"]) == 0
    assert capsys.readouterr().out == f"4 questions in {quiz}, the key in {key}\n"
    assert quiz.read_text(encoding="utf-8").count("<section") == 4
    assert 'lang="en"' in key.read_text(encoding="utf-8")


def test_the_language_is_the_note_s_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiz = tmp_path / "quiz.html"
    assert main(["quiz", KOREAN, "-o", str(quiz)]) == 0
    assert "문제 10개" in capsys.readouterr().out
    assert main(["quiz", KOREAN, "-o", str(quiz), "--lang", "en"]) == 0
    assert "10 questions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "quiz.doc"], "the format of 'quiz.doc' is not known"),
        (["-o", "nowhere/quiz.html"], "there is no folder nowhere"),
        (["-o", "quiz.html", "--key", "quiz.html"], "a file each"),
        (["-o", "quiz.html", "--key", "key"], "the format of 'key' is not known"),
        (["-o", "quiz.html", "--questions", "0"], "0 is not in the range"),
        (["-o", "quiz.html", "--wrt", "Q"], "'Q'"),
        (["-o", "quiz.html", "W1"], "one note at a time"),
        ([], "Missing option '-o'"),
    ],
)
def test_errors_teach_and_leave_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["quiz", NOTE, *arguments]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []
