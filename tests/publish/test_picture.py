"""Pictures of networks in a real browser: nothing is written over anything else or cut off."""

from pathlib import Path

import pytest

from backproof import read
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
  const texts = [...svg.querySelectorAll('text')].map(e => box(e, 0.5, 0.22));
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
