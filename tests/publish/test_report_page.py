"""The page about a checked note in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from backproof import check
from backproof.publish.report import report_page

from .conftest import Opener
from .test_report import ODD, TWO_MISTAKES

SIZES = [(1280, 720), (390, 844)]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    odd = folder / "odd.md"
    odd.write_text(ODD, encoding="utf-8")
    long = folder / "long.md"
    wide = " + ".join(f"w_{{{i}}} x_{{{i}}}" for i in range(60))
    long.write_text(
        "\n\n".join([f"$$z = {wide}$$", *(f"$$a_{{{i}}} = z + {i}$$" for i in range(40))])
    )
    made = {
        "mistakes": report_page(check(TWO_MISTAKES)),
        "odd": report_page(check(odd)),
        "several": report_page(check([TWO_MISTAKES, odd, long]), "ko"),
    }
    paths = {name: folder / f"{name}.html" for name in made}
    for name, path in paths.items():
        path.write_text(made[name], encoding="utf-8")
    return paths


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["mistakes", "odd", "several"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_everyone_can_use_it(
    pages: dict[str, Path], opened: Opener, name: str, size: tuple[int, int], scheme: str
) -> None:
    page = opened(pages[name], *size, color_scheme=scheme)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide == 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def visible(page: Page, selector: str) -> int:
    return page.evaluate(
        "s => [...document.querySelectorAll(s)].filter(e => e.getClientRects().length).length",
        selector,
    )


def test_one_verdict_alone_can_be_shown(pages: dict[str, Path], opened: Opener) -> None:
    page = opened(pages["mistakes"])
    assert (visible(page, ".row"), visible(page, ".card")) == (6, 2)
    page.click("button[data-show=wrong]")
    assert (visible(page, ".row"), visible(page, ".card")) == (1, 1)
    assert page.get_attribute("button[data-show=wrong]", "aria-pressed") == "true"
    assert visible(page, ".passage") == 1  # the heading that it stands under
    page.click("button[data-show='']")
    assert (visible(page, ".row"), visible(page, ".card")) == (6, 2)


def test_keys_lead_from_finding_to_finding(pages: dict[str, Path], opened: Opener) -> None:
    page = opened(pages["mistakes"])
    at = "document.activeElement.id"
    page.keyboard.press("n")
    assert page.evaluate(at) == "n1F1"
    page.keyboard.press("n")
    assert page.evaluate(at) == "n1F2"
    page.keyboard.press("n")
    assert page.evaluate(at) == "n1F1"
    page.keyboard.press("p")
    assert page.evaluate(at) == "n1F2"
    page.click("button[data-step=previous]")
    assert page.evaluate("document.activeElement.id") == "n1F1"
    assert page.evaluate(
        "(() => { const r = document.getElementById('n1F1').getBoundingClientRect();"
        " return r.top < innerHeight && r.bottom > 0 })()"
    )


def test_a_verdict_is_a_sign_and_a_word_and_not_colour_alone(
    pages: dict[str, Path], opened: Opener
) -> None:
    page = opened(pages["mistakes"])
    said = page.locator(".row .badge").all_inner_texts()
    assert {" ".join(s.split()) for s in said} == {"✓ holds", "✗ wrong", "≈ loose"}


def test_several_notes_have_a_table_in_front(pages: dict[str, Path], opened: Opener) -> None:
    page = opened(pages["several"])
    assert page.locator(".files tbody tr").count() == 3
    assert page.locator("section.note").count() == 3
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert "틀림" in page.inner_text(".bar")
