"""Formulas and sentences of a story as HTML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest

from backproof import derive, read, story
from backproof.expr.build import name
from backproof.expr.model import Spelling
from backproof.expr.shape import SCALAR
from backproof.show.html import formula_html, text_html
from backproof.show.pages import Display, Formula, Paragraph, Section, Table, Text

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
PLAIN = Spelling()
x = name("x", SCALAR)


def test_a_formula_is_one_element_with_a_reading_for_those_who_cannot_see_it() -> None:
    made = ET.fromstring(formula_html(Formula(x), PLAIN))
    assert (made.tag, made.get("alttext"), made.get("display")) == ("math", "x", None)
    made = ET.fromstring(formula_html(Formula(None, r"x / \|x\|"), PLAIN, display=True))
    assert (made.get("alttext"), made.get("display")) == ("x / ‖x‖", "block")


def test_what_has_an_expression_can_be_pointed_at_even_where_it_has_the_authors_latex() -> None:
    assert 'data-quantity="x"' in formula_html(Formula(x, "x"), PLAIN)
    assert 'class="focus"' in formula_html(Formula(x, focus=(x,)), PLAIN)


def test_a_sentence_is_escaped_and_its_formulas_are_not() -> None:
    made = text_html(("<b> & ", Formula(x), " > 0"), PLAIN)
    assert made.startswith("&lt;b&gt; &amp; <math")
    assert made.endswith(" &gt; 0")


@pytest.mark.parametrize(
    ("after", "clings"), [("를 미분한다", "를"), (". Then", "."), (") and", ")"), (" is", "")]
)
def test_nothing_that_clings_to_a_formula_gets_a_line_of_its_own(after: str, clings: str) -> None:
    made = text_html(("(", Formula(x), after), PLAIN)
    held = re.search(r"</math>(.*?)</span>", made)
    assert (held[1] if held else "") == clings
    assert unescape(re.sub(r"<[^>]*>", "", made)) == "(x" + after


def texts(section: Section) -> list[Text]:
    out = [section.title]
    for block in section.blocks:
        if isinstance(block, Paragraph):
            out.append(block.text)
        elif isinstance(block, Table):
            out += [cell for row in (block.head, *block.rows) for cell in row]
        elif isinstance(block, Display):
            for line in block.lines:
                out += [line.reason, (line.right,), (line.left,) if line.left else ()]
    for inner in section.sections:
        out += texts(inner)
    return out


@pytest.mark.parametrize("note", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_all_that_a_story_says_is_markup_without_a_backslash(note: Path, language: str) -> None:
    told = story(derive(read(note)), language=language, detail="full")
    for sentence in [told.title, *(t for s in told.sections for t in texts(s))]:
        made = text_html(sentence, told.model.spelling)
        ET.fromstring(f"<p>{made}</p>")
        assert "\\" not in made
