"""Pictures of networks in a real browser: nothing is written over anything else or cut off."""

import re
from pathlib import Path

import pytest

from backproof import parse, read
from backproof.cli import main
from backproof.expr.model import Model
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


def _note(*equations: str) -> Model:
    return parse("\n\n".join(f"$${e}$$" for e in equations))


# Networks that ask more of a drawing than the examples do.
HARD = {
    "gated": _note(
        r"z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)",
        r"r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)",
        r"n_t = \tanh(W_n x_t + U_n (r_t \odot h_{t-1}) + b_n)",
        r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
        r"L = \frac12 \| V h_t - y \|^2",
    ),
    "deep": _note(
        *(f"a_{{{i}}} = \\tanh(W_{{{i}}} a_{{{i - 1}}} + b_{{{i}}})" for i in range(1, 101)),
        r"L = \frac12 \| a_{100} - y \|^2",
    ),
    "recurrent": _note(
        *(f"h_{{{t}}} = \\tanh(W h_{{{t - 1}}} + U x_{{{t}}} + b)" for t in range(1, 31)),
        "L = " + " + ".join(f"\\| V h_{{{t}}} - y_{{{t}}} \\|^2" for t in range(1, 31)),
    ),
    "dense": _note(
        *(
            f"a_{i} = \\tanh({' + '.join(f'W_{{{i}{j}}} a_{j}' for j in range(i))})"
            for i in range(1, 10)
        ),
        r"L = \frac12 \| a_9 - y \|^2 + \lambda \| W_{98} \|^2",
    ),
    "long names": _note(
        r"\text{anameofmorethanthirtycharacters} = \tanh(W_{\text{weightsoftheveryfirstlayer}} x)",
        r"L = \| \text{anameofmorethanthirtycharacters} - y \|^2",
    ),
}


# Places along the arrows that lie in a body or in the letters of a name.
CROSSED = """() => [...document.querySelectorAll('svg')].map(svg => {
  const box = (e, y) => {
    const b = e.getBoundingClientRect();
    return {what: e.textContent || e.parentElement.dataset.quantity, left: b.left + 1,
            right: b.right - 1, top: b.top + 1 + b.height * y, bottom: b.bottom - 1 - b.height * y};
  };
  const things = [...svg.querySelectorAll('.body, .unit')].map(e => box(e, 0));
  things.push(...[...svg.querySelectorAll('.name, .word, .size')].map(e => box(e, 0.25)));
  const wrong = new Set();
  for (const path of svg.querySelectorAll('.forward > .line')) {
    const place = path.getScreenCTM();
    for (let at = 3; at < path.getTotalLength() - 3; at += 2) {
      const p = path.getPointAtLength(at).matrixTransform(place);
      for (const b of things) {
        if (b.left < p.x && p.x < b.right && b.top < p.y && p.y < b.bottom) wrong.add(b.what);
      }
    }
  }
  return [...wrong];
})"""


@pytest.mark.parametrize(("width", "lit"), [(1280, False), (1280, True), (320, True)])
def test_no_label_lies_over_another_is_crossed_or_cut_off(
    opened: Opener, tmp_path: Path, width: int, lit: bool
) -> None:
    models = {note.stem: read(note) for note in NOTES} | HARD
    drawn = [diagram(m, width=width, lit=m.shapes if lit else ()) for m in models.values()]
    page = tmp_path / "all.html"
    # As large as they were laid out, so that nothing is rounded away.
    style = "<style>svg { max-width: none !important; width: auto; height: auto }</style>"
    text = f"<!doctype html><meta charset=utf-8>{style}" + "<br>".join(drawn)
    page.write_text(text, encoding="utf-8")
    view = opened(page, width=4000, height=2000)
    for measure in (MEASURE, CROSSED):
        wrong = view.evaluate(measure)
        assert {name: w for name, w in zip(models, wrong, strict=True) if w} == {}


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
