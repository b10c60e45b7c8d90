"""What the other tests of pages rely on: that a page which misbehaves is caught."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .conftest import Opener


def test_a_page_is_opened_at_its_size(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>역전파</title>", encoding="utf-8")
    page = opened(tmp_path / "page.html", 390, 844)
    assert page.title() == "역전파"
    assert page.evaluate("[innerWidth, innerHeight]") == [390, 844]


@pytest.mark.parametrize(
    "script",
    ["console.log('x')", "throw Error('x')", "new Image().src = 'http://127.0.0.1:9/x.png'"],
)
def test_a_page_that_misbehaves_is_caught(chromium: Browser, tmp_path: Path, script: str) -> None:
    from .conftest import opened

    (tmp_path / "page.html").write_text(f"<script>{script}</script>", encoding="utf-8")
    fixture = opened.__wrapped__(chromium)  # type: ignore[attr-defined]
    next(fixture)(tmp_path / "page.html").wait_for_timeout(100)
    with pytest.raises(AssertionError):
        next(fixture)
