"""Stories to test with: each note of examples/ is read and derived once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.notation import parse, read
from backproof.show.pages import Detail, Display, Line, Section, Story, Text
from backproof.show.story import story

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md") if path.stem != "README")


@cache
def derived(note: str) -> Derivation:
    return derive(read(EXAMPLES / f"{note}.md"))


@cache
def told(note: str, language: str = "en", detail: Detail = "standard") -> Story:
    return story(derived(note), language=language, detail=detail)


@cache
def deep(layers: int) -> Derivation:
    """A network of many layers, in plain text."""
    lines = ["a0 = X"]
    for i in range(1, layers + 1):
        lines += [f"z{i} = W{i} @ a{i - 1} + b{i}", f"a{i} = tanh(z{i})"]
    lines = [line.replace("a0 ", "X ") for line in lines[1:]]
    return derive(parse("\n".join([*lines, f"L = sum((a{layers} - Y)**2)"])))


def sections(story: Story) -> Iterator[Section]:
    """All sections, outer before inner."""
    stack = list(reversed(story.sections))
    while stack:
        section = stack.pop()
        yield section
        stack += reversed(section.sections)


def displays(story: Story) -> Iterator[Display]:
    for section in sections(story):
        yield from (b for b in section.blocks if isinstance(b, Display))


def lines(story: Story) -> Iterator[Line]:
    for display in displays(story):
        yield from display.lines


def words(text: Text) -> str:
    """The words of a text without its formulas."""
    return "".join(part for part in text if isinstance(part, str))
