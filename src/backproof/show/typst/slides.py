"""A story as slides in typst, to be projected: one idea a page.

A page has the chain with its current factor boxed, the network with the piece lit that the page is
about, the lines so far, and the new one with what is new in it marked and its reason below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...expr.node import is_named
from ...notation.typst_written import quoted
from ..changes import changed
from ..diagram import diagram
from ..pages import Block, Display, Formula, Line, Paragraph, Story, Table
from ..slides import Scene, Slide, current, printed
from .source import Fonts, Source, escaped, head, part


def slides(story: Story, fonts: Fonts) -> str:
    """The story as one typst file that needs no other.

    Raises RefusedError where there would be too many slides.
    """
    deck = _Deck(story)
    pages = list(deck.pages())
    start = head(story, fonts, deck.source.text(story.title))
    return "\n".join((start, part("slides.typ"), *deck.pictures, "", "\n".join(pages)))


class _Deck:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.source = Source(story.model.spelling)
        self.cut = printed(story)
        svg = diagram(story.model, language=story.language, theme="light")
        self.pictures = [f"#let network = {quoted(svg)}"]
        self.first_names = {
            e.name.plain: e.value.attr.plain for e in story.model.equations if is_named(e.value)
        }
        self._drawn: dict[tuple[str, ...], str] = {}

    def pages(self) -> Iterator[str]:
        for slide in self.cut.slides:
            scene = self.cut.scenes[slide.scene]
            yield self.title() if slide.block < 0 else self.page(scene, slide)

    def title(self) -> str:
        note = self.story.model.file.replace("\\", "/").rpartition("/")[2]
        return f"#opening([{escaped(note)}], {self.picture(())})"

    def page(self, scene: Scene, slide: Slide) -> str:
        items: list[str] = []
        for i, block in enumerate(scene.blocks[: slide.block + 1]):
            items += self.items(block, i, slide if i == slide.block else None)
        shown = "\n".join(f"  {item}," for item in items)
        fields = [
            f"[{self.source.text(scene.title)}]",
            f"[{self.source.text(scene.subtitle)}]",
            self.strip(scene, slide.factor),
            self.picture(slide.lit),
        ]
        return f"#slide({', '.join(fields)},\n{shown}\n)"

    def items(self, block: Block, group: int, slide: Slide | None) -> Iterator[str]:
        """What a block adds to a page; of the one that the slide is about only the lines so far."""
        if isinstance(block, Paragraph):
            yield f"(text: [{self.source.text(block.text)}])"
        elif isinstance(block, Table):
            yield f"(text: {self.source.table(block).removeprefix('#')})"
        else:
            yield from self.rows(block, group, slide)

    def rows(self, block: Display, group: int, slide: Slide | None) -> Iterator[str]:
        lines = block.lines if slide is None else block.lines[: slide.last + 1]
        mark = "boxed" if block.framed else "focus"
        for i, line in enumerate(lines):
            new = slide is not None and slide.first <= i
            right = line.right if block.framed else self.marked(lines, i, slide)
            shown = replace(line, right=right, reason=line.reason if new else ())
            row = self.source.line(shown, mark)
            yield f"(group: {group}, new: {str(new).lower()}, row: {row})"

    def marked(self, lines: tuple[Line, ...], i: int, slide: Slide | None) -> Formula:
        """The right side of a line with what the slide changes in it, or what is new in it."""
        right = lines[i].right
        if slide is None or slide.first != slide.last:
            return replace(right, focus=())
        if i == slide.last and i and right.expr is not None and lines[i].left is None:
            above = lines[i - 1].right.expr
            return replace(right, focus=changed(above, right.expr) if above is not None else ())
        follows = i + 1 == slide.last and lines[i + 1].left is None
        return right if follows else replace(right, focus=())

    def strip(self, scene: Scene, factor: tuple[str, ...]) -> str:
        """The chain, its current factor boxed."""
        if scene.strip is None or scene.strip.right.expr is None:
            return "none"
        chain = scene.strip.right.expr
        focus = current(chain, factor)
        line = Line(scene.strip.left, Formula(chain, focus=focus))
        return self.source.line(line, "boxed")

    def picture(self, lit: tuple[str, ...]) -> str:
        """The name of the picture with these pieces lit; what a second name stands for is too."""
        names = {*lit, *(self.first_names[plain] for plain in lit if plain in self.first_names)}
        key = tuple(sorted(names))
        if key not in self._drawn:
            self._drawn[key] = f"net-{len(self._drawn)}"
            pieces = "".join(f", {quoted(plain)}" for plain in key)
            self.pictures.append(f"#let {self._drawn[key]} = light(network{pieces})")
        return self._drawn[key]
