"""The page in a real browser: typing, hints, keys, both languages, phones, the dark, axe."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from backproof.calculus.derive import derive
from backproof.notation import parse, read
from backproof.publish.quiz.html import html, html_key
from backproof.publish.quiz.quiz import quiz

from ..conftest import Opener
from .reader import EXAMPLES

ALL = 200


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quizzes and keys of two notes."""
    folder = tmp_path_factory.mktemp("quiz")
    for name in ("two_layer_en", "two_layer_ko", "attention", "lstm"):
        lesson, made = quiz(derive(read(EXAMPLES / f"{name}.md")))
        (folder / f"{name}.html").write_text(html(lesson, made), encoding="utf-8")
        (folder / f"{name}.key.html").write_text(html_key(made), encoding="utf-8")
    return folder


def of_kind(page: Page, kind: str) -> None:
    """Go to the first question of a kind."""
    index = page.evaluate(
        f"[...document.querySelectorAll('.card')].findIndex(c => c.dataset.kind === '{kind}')"
    )
    page.locator(".steps button").nth(index).click()


def about(page: Page, kind: str, quantity: str) -> None:
    """Go to the question of a kind about the derivative by a quantity."""
    index = page.evaluate(
        "([kind, q]) => [...document.querySelectorAll('.card')].findIndex(c => c.dataset.kind ==="
        ' kind && c.querySelector(`.ask [data-lower="${q}"]`))',
        [kind, quantity],
    )
    assert index >= 0
    page.locator(".steps button").nth(index).click()


def current(page: Page, selector: str = ""):
    return page.locator(f".card.current {selector}".strip())


def verdict(page: Page) -> str:
    return current(page, ".verdict").inner_text()


@pytest.mark.parametrize("answer", ["delta2 a1^T", r"\delta^{(2)} a^{(1)\top}"])
def test_right_answers_are_seen_as_they_are_typed(opened: Opener, pages: Path, answer: str) -> None:
    page = opened(pages / "two_layer_en.html")
    about(page, "gradient", "W2")
    current(page, "input").press_sequentially(answer)
    assert verdict(page) == "Right."
    assert current(page, ".gap [data-quantity]").count() == 2


def test_a_wrong_answer_says_what_it_is_after_enter(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    about(page, "gradient", "W2")
    current(page, "input").fill("-delta2 a1^T")
    assert verdict(page) == ""
    current(page, "input").press("Enter")
    assert verdict(page) == "Right up to the sign."
    current(page, "input").fill("delta2 nonsense")
    assert "nonsense is not known here" in verdict(page)
    assert current(page, ".place mark").inner_text() == "nonsense"
    current(page, "input").fill("</script><b>x</b>")
    current(page, "input").press("Enter")
    assert page.locator("main b").count() == 0
    current(page, "input").fill("y+" * 5000)
    assert "longer than 2000" in verdict(page)
    current(page, "input").fill("")
    current(page, "input").press("Enter")
    assert verdict(page) == ""


def test_hints_lead_to_the_answer_and_the_score_counts(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    about(page, "gradient", "W2")
    assert current(page, ".hints li").count() == 0
    for count in (1, 2, 3):
        page.get_by_role("button", name="int").locator("visible=true").first.click()
        assert current(page, ".hints li").count() == count
    assert page.get_by_role("button", name="Next hint").locator("visible=true").count() == 0
    current(page, "input").fill("δ2 a1ᵀ")
    assert page.locator(".score").inner_text() == "1 of 10 right, 0 of them without help"
    current(page, "input").press("Enter")  # on to the next one
    current(page).get_by_role("button", name="Show the answer").click()
    assert current(page, ".answer-is").is_visible()
    assert "shown" in verdict(page)


def test_the_wrong_line_is_found(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    of_kind(page, "mistake")
    said = []
    for i in range(current(page, ".line").count()):
        current(page, ".line").nth(i).click()
        current(page).get_by_role("button", name="Check").click()
        said.append(verdict(page))
        if "Right" in said[-1]:
            break
    assert said[-1] == "Right."
    assert set(said[:-1]) <= {"That line is right. Look at the others."}


def test_progress_is_kept_and_forgotten_on_request(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    about(page, "gradient", "W2")
    current(page, "input").fill("δ2 a1ᵀ")
    page.reload()
    assert page.locator('.steps [data-state="solved"]').count() == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Start again").click()
    page.wait_for_function("document.querySelectorAll('.steps [data-state=solved]').length === 0")


def test_the_last_question_leads_round_when_all_are_done(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    for i in range(page.locator(".steps button").count()):
        page.locator(".steps button").nth(i).click()
        current(page).get_by_role("button", name="Show the answer").click()
    current(page).get_by_role("button", name="Next question").click()
    assert page.evaluate("location.hash") == "#q1"


def test_the_keyboard_is_enough(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html", fragment="#q3")
    assert page.evaluate("document.querySelector('.card.current').id") == "question3"
    page.locator(".steps button").nth(2).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("location.hash") == "#q4"
    page.keyboard.type("∂z2/∂b2")
    assert "Right" in verdict(page)
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") != "#q4"


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["two_layer_en", "two_layer_ko", "attention", "lstm"])
def test_every_question_fits_and_is_accessible(
    opened: Opener, pages: Path, name: str, scheme: str, size: tuple[int, int]
) -> None:
    page = opened(pages / f"{name}.html", *size, color_scheme=scheme)
    page.locator(".note summary").click()
    tried: set[str | None] = set()  # axe takes a while: one question of each kind
    for i in range(page.locator(".card").count()):
        page.locator(".steps button").nth(i).click()
        current(page).get_by_role("button").filter(
            has_text="int" if name[-2:] != "ko" else "힌트"
        ).click()
        if i % 2:
            current(page).locator(".actions .quiet").nth(1).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        kind = current(page).get_attribute("data-kind")
        if size[0] < 1000 and name == "two_layer_ko" and kind not in tried:
            tried.add(kind)
            broken = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in broken] == []


def test_the_key_fits_and_is_accessible(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_ko.key.html", 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".card").count() == page.locator(".answer-is").count() == 10
    assert Axe().run(page).response["violations"] == []


def test_a_page_without_storage_works(opened: Opener, pages: Path) -> None:
    page = opened(pages / "two_layer_en.html")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw Error() } })"
    )
    page.reload()
    about(page, "gradient", "W2")
    current(page, "input").fill("δ2 a1ᵀ")
    assert "Right" in verdict(page)


def test_a_note_with_traps_in_its_names(opened: Opener, tmp_path: Path) -> None:
    note = "$$a = \\lambda \\Lambda$$ $$\\hat{y} = \\tanh(a)$$ $$L = (\\hat{y} - y)^2$$"
    lesson, made = quiz(derive(parse(note, "<script><b>&amp;.md")), questions=ALL)
    path = tmp_path / "quiz.html"
    path.write_text(html(lesson, made), encoding="utf-8")
    page = opened(path)
    assert page.locator(".card").count() == len(made.questions)
    assert page.locator("b").count() == 0
    assert "<script><b>&amp;.md" in page.locator("h1").inner_text()
    about(page, "factor", "y_hat")
    current(page, "input").fill("2 (ŷ - y)")
    assert verdict(page) == "Right."
