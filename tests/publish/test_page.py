"""The shell of a page: it needs nothing else, nothing ends it early, and its colours can be read."""

from __future__ import annotations

import base64
import io
import re
from itertools import product
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from backproof.errors import MissingError
from backproof.publish.page import data, fonts, page, source

from .conftest import Opener

THEME = source("backproof.publish.page", "theme.css")
HOSTILE = "</script><script>alert(1)</script><!--<script>\u2028&amp;'\"역전파"


def font_of(html: str) -> TTFont:
    found = re.search(r"base64,([^\"]+)", html)
    assert found
    return TTFont(io.BytesIO(base64.b64decode(found[1])))


def test_the_font_has_what_is_shown_and_what_belongs_to_it() -> None:
    font = font_of(page("t", "en", "<math><mi>δ</mi></math>", glyphs="ℒ"))
    has = font.getBestCmap()
    assert {ord(c) for c in "δ𝛿ℒa𝑎ℎ∂"} <= set(has)
    assert ord("ζ") not in has
    grow = font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    assert has[ord("(")] in grow


def test_the_font_is_small_and_its_makers_are_named() -> None:
    html = page("t", "en", "αβγδεζηθικλμνξοπρστυφχψω")
    assert len(html) < 100_000
    assert "STIX Fonts Project Authors" in html
    assert "SIL Open Font License" in html


def test_what_a_script_is_given_arrives_whole(opened: Opener, tmp_path: Path) -> None:
    script = f"""
        const given = JSON.parse(document.getElementById("given").textContent);
        document.title = given.text;
        globalThis.own = {HOSTILE.replace("'", "").replace('"', "").replace(chr(0x2028), "")!r};
    """
    html = page(HOSTILE, "ko", data("given", {"text": HOSTILE}), scripts=[script])
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    opened_page = opened(tmp_path / "page.html")
    assert opened_page.evaluate("given.text") == HOSTILE
    assert opened_page.evaluate("own").startswith("</script><script>")
    assert opened_page.locator("html").get_attribute("lang") == "ko"


def test_formulas_are_set_in_the_font_of_the_page(opened: Opener, tmp_path: Path) -> None:
    maths = '<math id="m"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>'
    (tmp_path / "page.html").write_text(page("t", "en", maths), encoding="utf-8")
    opened_page = opened(tmp_path / "page.html")
    opened_page.evaluate("document.fonts.ready")
    loaded = "[...document.fonts].map(face => face.family.replaceAll('\"', '') + face.status)"
    assert opened_page.evaluate(loaded) == ["Backproof Mathloaded"]


def test_the_page_may_ask_nothing_of_a_network() -> None:
    policy = re.search(
        r'http-equiv="Content-Security-Policy" content="([^"]+)"', page("", "en", "")
    )
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert "http" not in policy[1]


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(MissingError, match="ziamath") as caught:
        page("t", "en", "ℵ")
    assert caught.value.hint == "pip install 'backproof[publish]'"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_is_written_can_be_read(theme: int) -> None:
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", THEME)
    colour = {name: (light, dark)[theme] for name, light, dark in pairs}
    written = ["ink", "faint", "accent", "good", "bad", "warn", *(f"q{i}" for i in range(1, 9))]
    for on, name in product(["paper", "card", "tint"], written):
        assert contrast(colour[on], colour[name]) >= 4.5, (on, name)
    assert contrast(colour["accent"], colour["accent-ink"]) >= 4.5
