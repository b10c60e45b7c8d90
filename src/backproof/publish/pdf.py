"""PDF by typst, which needs no TeX: with the fonts that there are on this computer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from ..errors import MissingError
from ..show.pages import Story
from ..show.typst.source import Fonts

if TYPE_CHECKING:
    import typst

#: Families with Hangul, the best known first: with serifs to be read, without to be projected.
SERIF = (
    "Noto Serif CJK KR",
    "Noto Serif KR",
    "Source Han Serif K",
    "Nanum Myeongjo",
    "NanumMyeongjo",
    "AppleMyungjo",
    "Batang",
    "UnBatang",
)
SANS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans K",
    "Pretendard",
    "Nanum Gothic",
    "NanumGothic",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "UnDotum",
)
# What comes with typst. Its maths sits closer to its scripts than that of other families there.
_LATIN, _MATHS = "New Computer Modern", "New Computer Modern Math"


def pdf(story: Story, layout: Literal["article", "slides"] = "article") -> bytes:
    """A story as PDF; the same story gives the same bytes.

    Raises MissingError where typst is missing, or a font with the letters of the language;
    RefusedError where there would be too many slides.
    """
    if layout == "slides":
        from ..show.typst.slides import slides

        return compiled(slides(story, fonts(story.language, projected=True)))
    from ..show.typst.article import article

    return compiled(article(story, fonts(story.language)))


def compiled(source: str) -> bytes:
    """A typst document as PDF. Raises MissingError where typst is missing."""
    fonts = _fonts()
    import typst

    made = typst.Compiler(source.encode(), font_paths=fonts).compile(format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made


def fonts(language: str, *, projected: bool = False) -> Fonts:
    """What a document in this language is set in, to be read or to be projected.

    Raises MissingError where typst is missing, and where no font has the letters of the language.
    """
    there = set(_fonts().families())
    if language != "ko":
        return Fonts((_LATIN,), (_MATHS,))
    families = (*SANS, *SERIF) if projected else (*SERIF, *SANS)
    hangul = next((name for name in families if name in there), None)
    if hangul is None:
        raise MissingError(
            "no font with Korean letters was found on this computer",
            hint="install Noto Serif CJK KR (Debian, Ubuntu: apt install fonts-noto-cjk) or Nanum "
            "Myeongjo",
        )
    return Fonts((_LATIN, hangul), (_MATHS, hangul))


@cache
def _fonts() -> typst.Fonts:
    """All fonts that typst can find: its own, and the computer's."""
    try:
        import typst
    except ModuleNotFoundError:
        raise MissingError(
            "a PDF needs the package typst", hint="pip install 'backproof[publish]'"
        ) from None
    return typst.Fonts()
