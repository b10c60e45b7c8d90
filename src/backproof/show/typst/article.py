"""A story as an article in typst, to be printed and handed out."""

from __future__ import annotations

from collections.abc import Iterator

from ...notation.typst_written import quoted
from ..diagram import diagram
from ..pages import Section, Story
from .source import Fonts, Source, head, part

_AFTER_EQUATIONS = 3  # of the first section: its heading, the words that lead to them, and they


def article(story: Story, fonts: Fonts) -> str:
    """The story as one typst file that needs no other."""
    source = Source(story.model.spelling)
    body = [text for section in story.sections for text in _section(source, section, 1)]
    body.insert(_AFTER_EQUATIONS, _network(story))
    start = head(story, fonts, source.text(story.title))
    return "\n".join((start, part("article.typ"), "\n\n".join(body), ""))


def _network(story: Story) -> str:
    """The picture of the network."""
    svg = diagram(story.model, language=story.language, theme="light")
    return f"#figure-of(bytes({quoted(svg)}))"


def _section(source: Source, section: Section, level: int) -> Iterator[str]:
    yield f"{'=' * level} {source.text(section.title)}"
    yield from source.blocks(section.blocks)
    for inner in section.sections:
        yield from _section(source, inner, level + 1)
