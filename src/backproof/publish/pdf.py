"""PDF by typst, which needs no TeX: with the fonts that there are on this computer."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BackproofError
from ..show.typst.source import Fonts

if TYPE_CHECKING:
    import typst

#: Families with Hangul, the ones that look best beside the Latin letters first.
HANGUL = (
    "Noto Serif CJK KR",
    "Noto Serif KR",
    "Source Han Serif K",
    "Nanum Myeongjo",
    "NanumMyeongjo",
    "AppleMyungjo",
    "Batang",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans K",
    "Pretendard",
    "Nanum Gothic",
    "NanumGothic",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "UnBatang",
    "UnDotum",
)
_LATIN = "Libertinus Serif"  # comes with typst, as does what follows
_MATHS = ("STIX Two Math", "New Computer Modern Math")


def pdf(source: str) -> bytes:
    """A typst document as PDF: the same source gives the same bytes.

    Raises BackproofError where typst is missing.
    """
    import typst

    compiler = typst.Compiler(source.encode(), font_paths=_fonts())
    made = compiler.compile(format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made


def fonts(language: str) -> Fonts:
    """What a document in this language is set in.

    Raises BackproofError where typst is missing, and where no font has the language's letters.
    """
    there = set(_fonts().families())
    maths = tuple(name for name in _MATHS if name in there)
    if language != "ko":
        return Fonts((_LATIN,), maths)
    hangul = next((name for name in HANGUL if name in there), None)
    if hangul is None:
        raise BackproofError(
            "no font with Korean letters was found on this computer",
            hint="install Noto Serif CJK KR (on Debian and Ubuntu: apt install fonts-noto-cjk) or "
            "Nanum Myeongjo, or write .html or .tex, which need none here",
        )
    return Fonts((_LATIN, hangul), (*maths, hangul))


@cache
def _fonts() -> typst.Fonts:
    """All fonts that typst can find: its own, the computer's, and that of the package ziamath."""
    try:
        import typst
    except ModuleNotFoundError:
        raise BackproofError(
            "a PDF needs the package typst", hint="pip install 'backproof[publish]'"
        ) from None
    found = find_spec("ziamath")
    folders = [Path(found.origin).parent / "fonts"] if found and found.origin else []
    return typst.Fonts(font_paths=folders)
