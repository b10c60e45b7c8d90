"""What a deck says in one language and one detail, as data for the scripts of the page."""

from __future__ import annotations

from typing import Any

from ...show.pages import Block, Line, Paragraph, Story, Table, Text
from ...show.slides import Scene, Slide, slides
from .pool import Pool

Data = dict[str, Any]


def told(story: Story, pool: Pool) -> Data:
    """The scenes and slides of a story; `reading.js` says how they are read.

    A text is a list of words and of numbers of formulas. A line is `[left, right, reason, laws,
    status]`, its left side -1 where there is none.
    """
    cut = slides(story)
    return {
        "scenes": [_scene(scene, pool) for scene in cut.scenes],
        "slides": [_slide(slide) for slide in cut.slides],
    }


def text(said: Text, pool: Pool) -> list[str | int]:
    """A text: words and numbers of formulas."""
    return [part if isinstance(part, str) else pool.number(part) for part in said]


def line(given: Line, pool: Pool) -> list[Any]:
    """One line of a display."""
    left = -1 if given.left is None else pool.number(given.left)
    reason = text(given.reason, pool)
    return [left, pool.number(given.right), reason, list(given.laws), given.status]


def _scene(scene: Scene, pool: Pool) -> Data:
    return {
        "title": text(scene.title, pool),
        "subtitle": text(scene.subtitle, pool),
        "about": scene.about,
        "strip": None if scene.strip is None else _strip(scene.strip, pool),
        "forward": scene.forward,
        "blocks": [_block(block, pool) for block in scene.blocks],
    }


def _strip(given: Line, pool: Pool) -> list[int]:
    """The chain without its focus: which factor is boxed changes from slide to slide."""
    assert given.left is not None
    return [pool.number(given.left, focus=False), pool.number(given.right, focus=False)]


def _block(block: Block, pool: Pool) -> Data:
    if isinstance(block, Paragraph):
        return {"text": text(block.text, pool)}
    if isinstance(block, Table):
        rows = [[text(cell, pool) for cell in row] for row in block.rows]
        return {"head": [text(cell, pool) for cell in block.head], "rows": rows}
    made: Data = {"lines": [line(one, pool) for one in block.lines]}
    if block.framed:
        made["framed"] = True
    return made


def _slide(slide: Slide) -> list[Any]:
    shown = [slide.scene, slide.block, slide.first, slide.last]
    return [*shown, list(slide.lit), list(slide.factor)]
