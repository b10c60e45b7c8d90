"""Pictures of networks in a real browser: nothing is written over anything else or cut off."""

import re
from pathlib import Path

import pytest

from backproof import read
from backproof.cli import main
from backproof.show.diagram import diagram

from .conftest import Opener

NOTES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))

# Boxes of the letters, a little smaller than the browser's, which hold room for the tallest ones;
# what is drawn under them; and what stands out of the picture.
MEASURE = """() => [...document.querySelectorAll('svg')].map(svg => {
  const whole = svg.getBoundingClientRect();
  const box = (e, x, y) => {
    const b = e.getBoundingClientRect();
    return {what: e.textContent || e.getAttribute('class'),
            left: b.left + x, right: b.right - x, top: b.top + b.height * y,
            bottom: b.bottom - b.height * y};
  };
  const texts = [...svg.querySelectorAll('text:not(.halo)')].map(e => box(e, 0.5, 0.22));
  const bodies = [...svg.querySelectorAll('.body, .unit, .cell')].map(e => box(e, 0, 0));
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const holds = (a, b) => a.left <= b.left && b.right <= a.right && a.top <= b.top && b.bottom <= a.bottom;
  const wrong = [];
  texts.forEach((a, i) => {
    texts.slice(i + 1).forEach(b => { if (meet(a, b)) wrong.push(`${a.what} over ${b.what}`); });
    bodies.forEach(b => { if (meet(a, b) && !holds(b, a)) wrong.push(`${a.what} over a ${b.what}`); });
  });
  [...texts, ...bodies].forEach(a => { if (!holds(whole, a)) wrong.push(`${a.what} is cut off`); });
  return wrong;
})"""


@pytest.mark.parametrize("width", [1280, 320])
def test_no_label_lies_over_another_or_is_cut_off(
    opened: Opener, tmp_path: Path, width: int
) -> None:
    drawn = [diagram(read(note), width=width) for note in NOTES]
    page = tmp_path / "all.html"
    page.write_text("<!doctype html><meta charset=utf-8>" + "<br>".join(drawn), encoding="utf-8")
    wrong = opened(page, width=4000, height=2000).evaluate(MEASURE)
    assert {note.stem: w for note, w in zip(NOTES, wrong, strict=True) if w} == {}


@pytest.mark.parametrize(("width", "pixels"), [(None, 2), (640, None)])
def test_a_png_is_as_wide_as_was_asked_for(
    tmp_path: Path, width: int | None, pixels: int | None
) -> None:
    file = tmp_path / "net.png"
    asked = [] if width is None else ["--width", str(width)]
    assert main(["draw", str(NOTES[0]), "--lit", "L,O", *asked, "-o", str(file)]) == 0
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    wide, high = (int.from_bytes(data[i : i + 4], "big") for i in (16, 20))
    svg = diagram(read(NOTES[0]), width=width)
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    assert size is not None
    assert wide == pytest.approx(width or 2 * float(size[1]), abs=1)
    assert high / wide == pytest.approx(float(size[2]) / float(size[1]), abs=0.01)


def test_a_page_recolours_a_picture_and_lights_its_pieces(opened: Opener, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    svg = diagram(read(NOTES[0].with_name("two_layer_en.md")))
    style = "<style>:root { --accent: rgb(1, 2, 3); --ink: rgb(4, 5, 6) }</style>"
    page.write_text(f"<!doctype html><meta charset=utf-8>{style}{svg}", encoding="utf-8")
    seen = opened(page, color_scheme="dark").evaluate(
        """() => {
          const arrow = name => getComputedStyle(
            document.querySelector(`[data-quantity="L"] > [data-quantity="${name}"] > .backward`));
          const unit = document.querySelector('[data-quantity="a2"] > .unit');
          const before = [getComputedStyle(unit).stroke, arrow('a2').opacity];
          document.querySelectorAll('[data-quantity="L"], [data-quantity="a2"]')
            .forEach(e => e.classList.add('lit'));
          return [...before, getComputedStyle(unit).stroke, arrow('a2').opacity, arrow('y').opacity];
        }"""
    )
    assert seen == ["rgb(4, 5, 6)", "0", "rgb(1, 2, 3)", "1", "0"]
