"""A real browser for the tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

MISSING = (
    "there is no Chromium here, so no page was tested: install it (apt-get install chromium "
    "fonts-noto-cjk) or name it in CHROMIUM"
)
# Nothing of a page may come from the network, and the browser itself is to keep still as well.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opener]:
    """Opens a file in a page of its own: `opened(path, width=1280, height=720, fragment="")`; other
    options go to the browser's context (`color_scheme="dark"`).

    At the end of the test nothing may have been said on the console, no error may have been
    thrown, and nothing may have been asked of the network.
    """
    said: list[str] = []
    contexts = []

    def asked(url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            said.append(f"request: {url}")

    def open_page(
        path: Path, width: int = 1280, height: int = 720, fragment: str = "", **options: object
    ) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: asked(request.url))
        page.goto(path.resolve().as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
