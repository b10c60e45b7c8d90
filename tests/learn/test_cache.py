"""Files that several processes keep for each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backproof.learn import cache


def test_what_another_process_has_just_made_stays_the_file_that_it_is(tmp_path: Path) -> None:
    # Numba knows a module by the time of its file: a second one would be compiled again
    path = tmp_path / "made.py"
    cache.write_whole(path, "answer = 42\n", first=True)
    os.utime(path, (1, 1))
    cache.write_whole(path, "answer = 42\n", first=True)
    assert path.stat().st_mtime == 1
    cache.write_whole(path, "answer = 43\n", first=True)
    assert path.read_text() == "answer = 43\n"
    os.utime(path, (1, 1))
    cache.write_whole(path, "answer = 43\n")
    assert path.stat().st_mtime > 1
    assert [p.name for p in tmp_path.iterdir()] == ["made.py"]


def test_a_file_is_made_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    cache.write_whole(tmp_path / "made.py", "answer = 42\n", first=True)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["answer = 42\n"]
