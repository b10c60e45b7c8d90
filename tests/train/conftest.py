"""Each test in a folder of its own, 80 columns wide."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BACKPROOF_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
