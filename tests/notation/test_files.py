"""Which files of a folder are notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from backproof.errors import NoteError
from backproof.notation.files import notes_in


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("$x$")
    return folder


def named(folder: Path, *paths: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in notes_in(paths)]


def test_a_folder_gives_its_notes_and_those_of_its_folders_in_order(tmp_path: Path) -> None:
    made(
        tmp_path, "b.md", "a.ipynb", "c/d.tex", "c/B.RST", "c/a/x.Rmd", "z.html", "no.py", "no.png"
    )
    assert named(tmp_path, tmp_path) == [
        "a.ipynb",
        "b.md",
        "z.html",
        "c/B.RST",
        "c/d.tex",
        "c/a/x.Rmd",
    ]


def test_what_others_wrote_or_a_program_made_is_left_out(tmp_path: Path) -> None:
    made(
        tmp_path, "a.md", ".git/b.md", "node_modules/p/README.md", "venv/b.md", "mine/pyvenv.cfg",
        "mine/lib/b.txt", ".ipynb_checkpoints/a.ipynb", "build/b.html", "_site/b.html", ".hidden.md",
        "x/__pycache__/b.txt",
    )  # fmt: skip
    assert named(tmp_path, tmp_path) == ["a.md"]


def test_a_file_that_is_named_is_always_taken_and_once(tmp_path: Path) -> None:
    made(tmp_path, "n.weird", "build/b.md", "a.md")
    paths = [tmp_path / "n.weird", tmp_path / "build/b.md", tmp_path, tmp_path / "a.md"]
    assert named(tmp_path, *paths) == ["n.weird", "build/b.md", "a.md"]
    assert named(tmp_path, tmp_path / "build") == ["build/b.md"]


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    made(tmp_path, "a/b/n.md")
    (tmp_path / "a/b/up").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "a/self").symlink_to(tmp_path / "a/self")
    assert named(tmp_path, tmp_path) == ["a/b/n.md"]


@pytest.mark.parametrize(("name", "what"), [("none", "no such file"), ("empty", "no notes")])
def test_a_missing_path_and_an_empty_folder_are_errors_with_a_hint(
    tmp_path: Path, name: str, what: str
) -> None:
    made(tmp_path, "empty/x.py")
    with pytest.raises(NoteError, match=what) as caught:
        notes_in([tmp_path / name])
    assert caught.value.hint
    assert caught.value.file == str(tmp_path / name)
