"""The panel in a browser: what is seen, what can be done, and numbers equal to Python's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from backproof.publish.numbers import trained

from ..conftest import Opener
from .pages import REPORT, differences, made, written

NOTE = "two_layer_en.md"
SURFACE = "document.querySelector('.numbers-plane canvas').toDataURL()"


def report(page: Page) -> dict[str, object]:
    return page.evaluate(f"() => ({REPORT})(numbers)")


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def settled(page: Page) -> None:
    """Two pictures later everything has been drawn."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


@pytest.mark.parametrize("note", [NOTE, "lstm.md"])
def test_the_page_has_the_numbers_of_python_after_0_1_and_50_steps(
    opened: Opener, tmp_path: Path, note: str
) -> None:
    page = opened(written(tmp_path, note))
    derivation, sample = made(note)
    for steps, buttons in ((0, []), (1, ["Step"]), (50, ["10 steps"] * 4 + ["Step"] * 9)):
        for name in buttons:
            click(page, name)
        found = report(page)
        assert found["steps"] == steps
        assert max(differences(found, trained(derivation, sample, steps)).values()) <= 1e-12
    expect(page.get_by_role("status")).to_have_text(
        f"Step 50, loss {page.evaluate('shown(numbers.loss)')}"
    )


def test_what_is_shown_are_these_numbers(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    click(page, "10 steps")
    settled(page)
    sample = trained(*made(NOTE), 10)
    for plain, rows in {**sample.values, **sample.parameters}.items():
        if not plain.startswith("delta"):
            cells = page.locator(f'table[data-quantity="{plain}"] td')
            titles = [
                float(cell.locator(".numbers-value, input").get_attribute("title") or "")
                for cell in cells.all()
            ]
            assert titles == pytest.approx([x for row in rows for x in row], rel=1e-12)
    gradient = page.locator('table[data-quantity="W2"] .numbers-gradient').first
    assert float(gradient.get_attribute("title") or "") == pytest.approx(
        sample.gradients["W2"][0][0]
    )
    unit = page.locator('.numbers-network [data-quantity="a2"] .unit title').first
    assert unit.text_content() == page.evaluate("shown(numbers.value('a2')[0][0])")


def test_a_number_is_typed_and_everything_follows_at_once(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    field = page.get_by_label("W⁽¹⁾, row 2, column 1", exact=True)
    surface = page.evaluate(SURFACE)
    field.fill("−1,25")
    assert report(page)["value"]["W1"][1][0] == -1.25
    settled(page)
    assert page.evaluate(SURFACE) != surface
    field.press("ArrowUp")
    field.press("Shift+ArrowDown")
    assert report(page)["value"]["W1"][1][0] == -2.15
    before = report(page)
    for wrong in ("", "abc", "1e999", "--1"):
        field.fill(wrong)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert report(page) == before
    field.blur()
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(field).to_have_value("−2.15")
    click(page, "Original numbers")
    assert report(page)["value"]["W1"] == made(NOTE)[1].parameters["W1"]


def test_the_decision_surface_moves_with_training_and_comes_back(
    opened: Opener, tmp_path: Path
) -> None:
    page = opened(written(tmp_path, NOTE))
    settled(page)
    first = page.evaluate(SURFACE)
    click(page, "10 steps")
    settled(page)
    assert page.evaluate(SURFACE) != first
    click(page, "Back to the first step")
    settled(page)
    assert page.evaluate(SURFACE) == first


def test_a_point_is_taken_and_moved(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    settled(page)
    x, y = page.evaluate("panel.where(1)")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    before, after = made(NOTE)[1].data["X"], report(page)["value"]["X"]
    assert after[0][1] > before[0][1]
    assert after[1][1] < before[1][1]
    assert [row[::2] for row in after] == [row[::2] for row in before]
    expect(page.locator(".numbers-samples tr.chosen")).to_contain_text("2")


def test_training_plays_and_pauses(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    click(page, "Train")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"Step (\d\d|[3-9])"))
    click(page, "Pause")
    steps = report(page)["steps"]
    settled(page)
    assert report(page)["steps"] == steps
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_a_panel_that_has_ended_follows_nothing_any_more(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    click(page, "Train")
    page.evaluate("panel.stop()")
    settled(page)
    said = page.get_by_role("status").text_content()
    assert page.evaluate("numbers.listeners.size") == 0
    page.evaluate("numbers.step(7)")
    settled(page)
    assert page.get_by_role("status").text_content() == said
    page.evaluate("mountNumbers(document.getElementById('numbers'), numbers, given('labels'))")
    assert page.get_by_role("status").text_content() != said


def test_the_picture_follows_the_theme_of_the_page(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    settled(page)
    light = page.evaluate(SURFACE)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    assert page.evaluate(SURFACE) != light


def test_who_wants_no_motion_gets_the_result_at_once(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE), reduced_motion="reduce")
    click(page, "Train")
    assert report(page)["steps"] == 100
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


def test_where_there_is_no_number_the_page_says_why(opened: Opener, tmp_path: Path) -> None:
    """A prediction that is rounded to 1: the derivative of the loss by it is 0 / 0."""
    page = opened(written(tmp_path, NOTE))
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("b⁽²⁾", exact=True).fill("1000")
    expect(page.get_by_role("alert")).to_contain_text("divides by 0")
    assert page.get_by_text("NaN").count() == 0
    assert page.get_by_text("—", exact=True).count() > 0


def test_a_learning_rate_that_is_far_too_large_is_told(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, "linear_regression.md"))
    page.get_by_label("Learning rate").fill("1e9")
    click(page, "Train")
    expect(page.get_by_role("alert")).to_contain_text("run away")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    click(page, "Back to the first step")
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it_and_nothing_overflows(
    opened: Opener, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    page = opened(written(tmp_path, NOTE, "ko"), width, height, color_scheme=scheme)
    page.get_by_label("기울기", exact=True).check()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


NOTES = [
    "rnn.md",
    "attention.md",
    "softmax_ko.md",
    "rows.md",
    "batch_norm.md",
    "tied_weights.md",
    "hinge.md",
]


@pytest.mark.parametrize("note", NOTES)
def test_other_networks_are_shown_trained_and_fit(
    opened: Opener, tmp_path: Path, note: str
) -> None:
    page = opened(written(tmp_path, note), 390, 844)
    before = report(page)["loss"]
    click(page, "10 steps")
    page.get_by_label("Gradients", exact=True).check()
    settled(page)
    assert report(page)["loss"] < before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def lines(rows: Locator) -> list[str]:
    return ["".join(text.split()) for text in rows.all_text_contents()]


def test_a_number_is_picked_and_its_formula_worked_out(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    work = page.locator(".numbers-work")
    page.get_by_role("button", name="z⁽¹⁾, row 2, column 3:").click()
    settled(page)
    value, slope = (work.locator("math").nth(k).locator("mtr") for k in (0, 1))
    assert lines(value)[1:] == ["=(−2.5)·1+2·0+(−2.2)", "=−4.7"]
    assert "(1−" in lines(slope)[1]
    expect(page.locator(".numbers-samples tr.chosen")).to_contain_text("3")
    page.get_by_label("Sample 2", exact=True).check()
    settled(page)
    assert lines(value)[2] == "=−0.2", "the same unit for another sample"
    page.get_by_label("W⁽²⁾, row 1, column 3", exact=True).focus()
    settled(page)
    assert work.locator("math").count() == 1
    gradient = page.evaluate("shown(numbers.gradient('W2')[0][2])")
    assert work.locator("mtr").last.text_content() == f"={gradient}"


def test_a_unit_and_an_edge_are_picked_in_the_drawing(opened: Opener, tmp_path: Path) -> None:
    page = opened(written(tmp_path, NOTE))
    page.locator('.numbers-network [data-quantity="a1"] .unit').nth(2).click()
    settled(page)
    expect(page.locator("td.picked")).to_have_attribute("data-place", "a1 2 0")
    edge = page.locator('.numbers-network [data-quantity="W1"] .edges').nth(4)
    edge.dispatch_event("click")
    settled(page)
    expect(page.locator("td.picked")).to_have_attribute("data-place", "W1 1 1")
    assert edge.locator("title").text_content() == page.evaluate("shown(numbers.value('W1')[1][1])")


ODD = [
    "L = (w - 3)^2 + v^2; w in R, v in R",
    "z = w x + b; p = sigmoid(z); L = -y log(p) - (1 - y) log(1 - p)",
    r"$$h_1 = \\tanh(W [x_1; h_0] + b)$$ $$h_2 = \\tanh(W [x_2; h_1] + b)$$ $$L = \\frac12 \\| V h_2 - y \\|^2$$",
    r"$$z = a x^2 + c$$ $$L = \\sum_{i=1}^m (z_i - t_i)^2$$",
]


@pytest.mark.parametrize("note", ODD)
def test_a_note_that_is_hardly_a_network_is_shown(
    opened: Opener, tmp_path: Path, note: str
) -> None:
    page = opened(written(tmp_path, note))
    before = report(page)["loss"]
    click(page, "Step")
    settled(page)
    assert report(page)["loss"] < before
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
