"""The mathematical font of a page: STIX Two Math, cut down to what the page shows.

MathML needs a font with a MATH table, and machines that have none set fractions and brackets badly.
The package ziamath carries the font; fonttools keeps the glyphs that are used, with the larger
brackets and the small indices that belong to them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...errors import MissingError

FAMILY = "Backproof Math"
_FILE = "STIXTwoMath-Regular.ttf"
_LATIN = "".join(map(chr, range(0x21, 0x7F)))
# What formulas are likely to need once something is typed or worked out in the page.
_USUAL = "−×·⋅∂∑∏√⊙∘⊤→≤≥≠≈∥|∞′…⋯±ℝ\u2062\u2061"
_FEATURES = ("ssty", "dtls")  # shapes for indices, letters that lose their dot under a hat

# A single letter in `<mi>` is set in italics, which are characters of their own.
_ITALIC_LATIN = {
    **{chr(0x41 + i): chr(0x1D434 + i) for i in range(26)},
    **{chr(0x61 + i): chr(0x1D44E + i) for i in range(26)},
    "h": "ℎ",
}
_ITALIC_GREEK = {
    **{chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)},
    **{chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)},
    **dict(zip("ϴ∇∂ϵϑϰϕϱϖ", "𝛳𝛻𝜕𝜖𝜗𝜘𝜙𝜚𝜛", strict=True)),
}
_ITALIC = {**_ITALIC_LATIN, **_ITALIC_GREEK}


def font_face(text: str) -> str:
    """A `@font-face` rule with a font that has every mathematical character of `text`.

    Raises MissingError where the packages that it is made with are missing.
    """
    wanted = {*_LATIN, *_USUAL, *text}
    wanted |= {_ITALIC[c] for c in wanted if c in _ITALIC}
    return _rule("".join(sorted(c for c in wanted if c.isprintable() or c in _USUAL)))


@cache
def _rule(characters: str) -> str:
    data, notice = _cut(characters)
    url = "data:font/woff2;base64," + base64.b64encode(data).decode("ascii")
    return (
        f"/* {notice} */\n"
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{url}") format("woff2"); }}\n'
    )


def _cut(characters: str) -> tuple[bytes, str]:
    """The font as woff2, and what its licence asks to be said."""
    subset, content = _tools()
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = list(_FEATURES)
    options.hinting = False
    options.notdef_outline = True
    font = subset.load_font(io.BytesIO(content), options)
    notice = " ".join(_said(font))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in characters])
    subsetter.subset(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue(), notice


def _tools() -> tuple[Any, bytes]:
    """What cuts fonts, and the whole font."""
    try:
        import_module("brotli")  # which woff2 needs
        subset = import_module("fontTools.subset")
        found = find_spec("ziamath")  # not imported: it would load a typesetter of its own
        if found is None or found.origin is None:
            raise ImportError("No module named 'ziamath'")
        return subset, Path(found.origin).with_name("fonts").joinpath(_FILE).read_bytes()
    except (ImportError, OSError) as missing:
        raise MissingError(
            f"a page needs a mathematical font, and what makes it is missing: {missing}",
            hint="pip install 'backproof[publish]'",
        ) from None


def _said(font: Any) -> Iterator[str]:
    """The font's own words about who made it and under which licence it is used."""
    yield "STIX Two Math, cut down to the characters of this page."
    for number in (0, 13, 14):
        said = font["name"].getDebugName(number)
        if said:
            yield str(said).replace("*/", "")
