"""The deck in a real browser: every slide fits, in every language and detail, and can be reached."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

import backproof
from backproof.publish.deck import deck
from backproof.words import languages

from .conftest import Opener

EXAMPLES = Path(__file__).parents[2] / "examples"
WALK = (Path(__file__).parent / "walk.js").read_text(encoding="utf-8")
DETAILS = ["outline", "standard", "full"]
SIZES = {"screen": (1280, 720), "phone": (390, 844)}


@cache
def html_of(note: str) -> str:
    return deck(backproof.derive(backproof.read(EXAMPLES / f"{note}.md")))


@pytest.fixture
def shown(opened: Opener, tmp_path: Path):
    def show(note: str = "two_layer_ko", **options: object) -> Page:
        (tmp_path / "deck.html").write_text(html_of(note), encoding="utf-8")
        page = opened(tmp_path / "deck.html", **options)
        page.evaluate("document.fonts.ready")
        return page

    return show


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("note", ["two_layer_ko", "two_layer_en"])
def test_every_slide_fits(shown, note: str, size: tuple[int, int]) -> None:
    page = shown(note, width=size[0], height=size[1])
    details = DETAILS if note == "two_layer_ko" else ["full"]
    seen = page.evaluate(WALK, {"languages": languages(), "details": details})
    assert seen["wrong"] == []
    assert seen["count"] > 200


@pytest.mark.parametrize("note", ["lstm", "attention", "rnn", "batch_norm", "linear_regression"])
def test_other_networks_fit(shown, note: str) -> None:
    page = shown(note, width=390, height=844)
    seen = page.evaluate(WALK, {"languages": ["ko"], "details": ["standard"]})
    assert seen["wrong"] == []


def test_what_is_not_a_parameter_has_a_deck_too(opened: Opener, tmp_path: Path) -> None:
    model = backproof.read(EXAMPLES / "two_layer_ko.md")
    (tmp_path / "deck.html").write_text(deck(backproof.derive(model, wrt="X")), encoding="utf-8")
    page = opened(tmp_path / "deck.html", fragment="#slide=1&lang=ko&detail=outline&numbers=1")
    seen = page.evaluate(WALK, {"languages": ["ko"], "details": ["outline"]})
    assert seen["wrong"] == []


LONG = r"""
$$z = W x + b$$
$$L = (y - \tanh(z))^2 + \log(1 + e^{-z}) + \sin(z) \cos(z) e^{-z^2} + \frac{z^3}{1 + z^2 + z^4}
+ \sqrt{1 + z^2} \log(1 + z^2) - \frac{\tanh(z)}{1 + e^{z}}$$
"""


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_a_very_long_formula_is_broken_and_not_cut(
    opened: Opener, tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "long.md").write_text(LONG, encoding="utf-8")
    html = deck(backproof.derive(backproof.read(tmp_path / "long.md")))
    (tmp_path / "deck.html").write_text(html, encoding="utf-8")
    page = opened(tmp_path / "deck.html", *size)
    page.evaluate("document.fonts.ready")
    seen = page.evaluate(WALK, {"languages": ["en"], "details": ["outline"]})
    assert seen["wrong"] == []
    assert page.evaluate("turn({ slide: 2 }), document.querySelectorAll('.pieces').length") > 0


def test_the_deck_is_small() -> None:
    assert len(html_of("two_layer_ko").encode()) < 600_000


def slide(page: Page) -> int:
    return page.evaluate("here.slide + 1")


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's own policy forbids the way in which Playwright waits."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def test_keys_turn_pages(shown) -> None:
    page = shown()
    for key in ("ArrowRight", " ", "PageDown", "ArrowDown"):
        page.keyboard.press(key)
    assert slide(page) == 5
    for key in ("ArrowLeft", "PageUp"):
        page.keyboard.press(key)
    assert slide(page) == 3
    page.keyboard.press("End")
    assert slide(page) == page.evaluate("story().slides.length")
    page.keyboard.press("ArrowRight")
    assert slide(page) == page.evaluate("story().slides.length")
    page.keyboard.press("Home")
    assert slide(page) == 1


def test_the_address_keeps_the_place(shown) -> None:
    page = shown(fragment="#slide=20&lang=en&detail=full")
    assert page.evaluate("[here.slide, here.language, here.detail]") == [19, "en", "full"]
    assert page.locator("html").get_attribute("lang") == "en"
    page.keyboard.press("ArrowRight")
    until(page, "location.hash.includes('slide=21')")
    page.go_back()
    until(page, "here.slide === 19")
    page.evaluate("location.hash = '#slide=99999&lang=xx&detail='")
    until(page, "here.slide === story().slides.length - 1")
    assert page.evaluate("[here.language, here.detail]") == ["en", "full"]


def test_another_language_or_detail_shows_the_same_line(shown) -> None:
    page = shown(fragment="#slide=30&lang=ko&detail=standard")
    line = "newLines(slideAt(here.slide)).map(([l, r]) => plain(r)).join()"
    before = page.evaluate(line)
    assert before
    page.keyboard.press("l")
    assert page.evaluate("here.language") == "en"
    page.keyboard.press("d")
    assert page.evaluate("here.detail") == "full"
    assert page.evaluate(line) == before
    page.keyboard.press("d")
    assert page.evaluate("here.detail") == "outline"
    assert page.evaluate("slideAt(here.slide).scene.about") == "W2"


def test_clicks_and_swipes_turn_pages(shown) -> None:
    page = shown(has_touch=True)
    page.mouse.click(1000, 640)
    assert slide(page) == 2
    page.mouse.click(20, 640)
    assert slide(page) == 1
    page.locator("#next").click()
    assert slide(page) == 2
    swipe = """(from) => {
        const at = (x) => new Touch({identifier: 1, target: stage, clientX: x, clientY: 300});
        stage.dispatchEvent(new TouchEvent("touchstart", {touches: [at(from)]}));
        stage.dispatchEvent(new TouchEvent("touchend", {changedTouches: [at(600 - from)]}));
    }"""
    page.evaluate(swipe, 400)
    assert slide(page) == 3
    page.evaluate(swipe, 200)
    assert slide(page) == 2


def test_the_overview_leads_to_a_slide(shown) -> None:
    page = shown()
    page.keyboard.press("o")
    button = page.locator("#overview [data-slide='2']")
    button.locator(".slide math").first.wait_for()
    button.click()
    assert slide(page) == 3
    assert not page.locator("#overview").is_visible()


def test_what_is_lit_is_what_the_line_is_about(shown) -> None:
    page = shown()
    number = page.evaluate("story().slides.findIndex((s) => s[5].join() === 'z2,W2')")
    page.evaluate("(slide) => turn({ slide })", number)
    lit = (
        "[...new Set([...network.querySelectorAll('.lit')].map((e) => e.dataset.quantity))].sort()"
    )
    assert page.evaluate(lit) == ["W2", "z2"]
    boxed = page.locator("#stage .strip .current")
    assert boxed.get_attribute("data-upper") == "z2"
    assert boxed.get_attribute("data-lower") == "W2"


def test_a_short_name_keeps_its_colour(shown) -> None:
    page = shown()
    page.keyboard.press("End")
    page.evaluate(
        "turn({ slide: story().slides.findIndex((s, i) => i > 5 && newLines("
        "slideAt(i)).some(([, r]) => mentions(r, 'delta2'))) })"
    )
    colour = "(e) => getComputedStyle(e).color"
    short = page.locator("#stage [data-quantity=delta2]").first.evaluate(colour)
    assert short != page.locator("#stage .equals").first.evaluate(colour)
    derivative = page.locator("#stage [data-upper=L][data-lower=z2]")
    assert {derivative.nth(i).evaluate(colour) for i in range(derivative.count())} == {short}


def test_symbols_reasons_and_transposes_explain_themselves(shown) -> None:
    page = shown(fragment="#slide=1&lang=en&detail=standard")
    find = "(name) => story().slides.findIndex((_, i) => newLines(slideAt(i)).some(([, r]) => {}))"
    turned = page.evaluate(find.format("markup(r).includes('data-transpose')"), "")
    page.evaluate("(slide) => turn({ slide })", turned)
    card = page.locator("#card")
    page.locator("#stage .new [data-quantity=a1]").first.hover()
    assert "sigmoid" in card.inner_text()
    assert "Shape" in card.inner_text()
    assert page.locator(".network .pointed").count() > 0
    page.locator("#stage .reason").hover()
    assert "50 digits" in card.inner_text()
    page.evaluate("showCard(document.querySelector('#stage .new [data-transpose]'), true)")
    assert "Transposed" in card.inner_text()
    assert card.locator("math").count() > 4
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.locator("#stage").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.quantity") == "L"
    assert "loss" in card.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(shown, scheme: str) -> None:
    page = shown(color_scheme=scheme, reduced_motion="reduce")
    checked = "newLines(slideAt(i)).length && slideAt(i).factor.length"
    slides = [0, 7, page.evaluate(f"story().slides.findIndex((_, i) => {checked})")]
    for number in slides:
        page.evaluate("(slide) => turn({ slide })", number)
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    for key in ("o", "?"):
        page.keyboard.press(key)
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
        page.keyboard.press("Escape")


def test_on_paper_each_slide_has_a_page(shown) -> None:
    page = shown(fragment="#slide=1&lang=ko&detail=outline")
    count = page.evaluate("story().slides.length")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    letters = "[...document.querySelectorAll('#pages math')].map((e) => lettersOf(e))"
    assert min(page.evaluate(letters)) > 9
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == count


def test_the_speaker_view_has_notes_and_what_comes_next(shown) -> None:
    page = shown(fragment="#slide=20&lang=en&detail=standard")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    other = opening.value
    why = page.locator("#stage .reason").inner_text()
    assert why in other.locator(".notes").inner_text()
    assert other.locator(".coming .slide math").count() > 0
    other.keyboard.press("ArrowRight")
    assert slide(page) == 21
    other.close()
    page.keyboard.press("ArrowRight")
    assert slide(page) == 22


def test_where_no_window_opens_the_speaker_view_is_a_strip(shown) -> None:
    page = shown()
    page.evaluate("window.open = () => null")
    page.keyboard.press("s")
    assert page.locator("#desk .notes").is_visible()
    page.keyboard.press("s")
    assert not page.locator("#desk").is_visible()


def test_the_link_past_the_bar_leaves_the_slide_as_it_is(shown) -> None:
    page = shown(fragment="#slide=7&lang=en&detail=standard&numbers=1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.activeElement === stage")
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert page.evaluate("[here.slide, here.numbers]") == [6, True]


def test_slides_show_the_numbers_of_a_sample(shown) -> None:
    page = shown(fragment="#slide=7&lang=en&detail=standard")
    assert page.locator("#stage .numbered").count() == 0
    page.keyboard.press("n")
    loss = page.evaluate("lossAndGradients(numbers.parameters, numbers.data).loss")
    assert page.locator("#stage .numbered").last.inner_text().split()[-1] == f"{loss:.4g}"
    assert page.locator(".picture .in-unit").first.text_content()
    until(page, "location.hash.includes('numbers=1')")
    page.keyboard.press("p")
    page.locator("#playground input").first.wait_for()
    page.evaluate("numbers.step(5)")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('#stage .numbered') !== null")
    after = page.locator("#stage .numbered").last.inner_text().split()[-1]
    assert float(after) < loss


def test_the_numbers_of_a_factor_are_those_of_one_entry(shown) -> None:
    """Its letters have no indices there: whole matrices could not be multiplied like that."""
    page = shown(fragment="#slide=1&lang=en&detail=standard&numbers=1")
    for name in ("a1", "a2"):
        found = page.evaluate(
            """(name) => {
                const slides = story().slides;
                for (let slide = 0; slide < slides.length; slide++) {
                    if (slideAt(slide).factor[0] !== name) continue;
                    turn({ slide });
                    const row = stage.querySelector(".numbered .right");
                    if (row && !row.textContent.includes("sigmoid")) return row.textContent;
                }
            }""",
            name,
        )
        value = page.evaluate(f"shown(numbers.value({name!r})[0][0])")
        assert found.replace("\u2062", "") == f"{value}·(1−{value})"


def test_slides_with_numbers_fit(shown) -> None:
    page = shown(width=390, height=844)
    page.evaluate("turn({ numbers: true })")
    seen = page.evaluate(WALK, {"languages": ["ko"], "details": ["standard"]})
    assert seen["wrong"] == []
