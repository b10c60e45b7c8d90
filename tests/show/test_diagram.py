"""Pictures of networks: every quantity is in them, and what is lit is lit."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from backproof import read
from backproof.errors import ModelError
from backproof.show.diagram import diagram

NOTES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = [None, 320]


def groups(svg: str, quantity: str) -> list[ET.Element]:
    """The elements that stand for a quantity."""
    return ET.fromstring(svg).findall(f".//*[@data-quantity='{quantity}']")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.stem)
def test_every_quantity_of_every_example_is_addressable(note: Path, width: int | None) -> None:
    model = read(note)
    svg = diagram(model, width=width)
    for plain in model.shapes:
        found = groups(svg, plain)
        assert any(
            e.tag in (f"{SVG}rect", f"{SVG}circle", f"{SVG}path", f"{SVG}text")
            for group in found
            for e in group
        ), plain
    assert {e.get("data-quantity") for e in ET.fromstring(svg).iter()} - {None} <= set(model.shapes)
    assert diagram(read(note), width=width) == svg


@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.stem)
def test_exactly_the_wanted_pieces_are_lit(note: Path) -> None:
    model = read(note)
    wanted = list(model.shapes)[:3]
    svg = diagram(model, lit=wanted)
    for plain in model.shapes:
        for group in groups(svg, plain):
            assert (group.get("class") == "lit") == (plain in wanted), plain
    assert re.sub(' class="lit"', "", svg) == diagram(model)


def test_a_name_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(ModelError, match="no quantity 'W7'"):
        diagram(read(NOTES[0]), lit=["W7"])
