"""A story as slides: what stays in sight, what is new, and which piece of the network it is about.

Each line of a display is a slide of its own, and the lines before it stay. A scene is what slide
after slide adds to; a new one begins with a new subject. An aside, which follows one entry to say
why a matrix stands transposed, has a scene of its own, and the scene before it goes on after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..errors import RefusedError
from ..expr.node import Expr, is_named, walk
from ..laws.shapes import SUM_OF_PATHS
from .pages import Block, Display, Line, Paragraph, Section, Story, Table, Text

# More rows of a table, and more lines that are no steps, go on with the next slide.
ROWS, LISTED = 7, 5
MOST = 3000  # slides of a file in which each of them is a page


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: the blocks of its scene up to `block`, of which the lines from `first` to `last`
    are new. A block that is no display has no lines, and both are 0.

    `lit` are the plain names of the pieces that it is about, output side first; `factor` are the
    two that the current factor of the chain leads between, if it is one.
    """

    scene: int
    block: int
    first: int = 0
    last: int = 0
    lit: tuple[str, ...] = ()
    factor: tuple[str, ...] = ()


@dataclass(slots=True)
class Scene:
    """What slides have in common: titles, and the blocks that they add one after another.

    `about` is the plain name of the quantity whose derivative it belongs to, if to one; `strip` is
    that derivative as the chain of its factors, once it is known. `forward` is true where the
    network is read and not yet derived.
    """

    title: Text
    subtitle: Text = ()
    about: str = ""
    strip: Line | None = None
    forward: bool = False
    blocks: list[Block] = field(default_factory=list[Block])


@dataclass(frozen=True, slots=True)
class Slides:
    """All slides of a story in their order, and the scenes that they show."""

    scenes: tuple[Scene, ...]
    slides: tuple[Slide, ...]


def slides(story: Story) -> Slides:
    """A story as slides; the first one is the title."""
    made = _Cutting(story)
    return Slides(tuple(made.scenes), tuple(made.slides))


def printed(story: Story) -> Slides:
    """A story as slides for a file in which each of them is a page.

    Raises RefusedError where there are more than anyone would turn.
    """
    made = slides(story)
    if len(made.slides) > MOST:
        raise RefusedError(
            f"this would be {len(made.slides):,} slides",
            hint="ask for less: --detail outline, some names with --wrt, or --as article",
        )
    return made


def current(chain: Expr, factor: tuple[str, ...]) -> tuple[Expr, ...]:
    """The factor of a chain that leads between two quantities, by their plain names."""
    rates = (e for e in walk([chain], is_named) if e.op == "gradient")
    named = (e for e in rates if all(map(is_named, e.args)))
    return tuple(e for e in named if tuple(a.attr.plain for a in e.args) == factor)


class _Cutting:
    def __init__(self, story: Story) -> None:
        self.scenes: list[Scene] = [Scene(story.title)]
        self.slides: list[Slide] = [Slide(0, -1)]
        self.known = {e.attr.plain for e in story.model.roles}
        self.loss = story.model.loss.attr.plain
        self.strip: Line | None = None
        for i, section in enumerate(story.sections):
            self.strip = None
            self._section(section, Scene(section.title, about=section.about, forward=i == 0))

    def _section(self, section: Section, like: Scene) -> None:
        self._blocks(section.blocks, like)
        strip = self.strip
        for inner in section.sections:
            self._section(inner, replace(like, subtitle=inner.title, blocks=[]))
            self.strip = strip

    def _blocks(self, blocks: Sequence[Block], like: Scene) -> None:
        main = -1  # the scene that an aside interrupts
        scene = -1
        said: list[Paragraph] = []
        for i, block in enumerate(blocks):
            if isinstance(block, Paragraph):
                said.append(block)
                continue
            aside = _is_aside(block) and scene >= 0
            if aside:
                main, scene = (scene if main < 0 else main), self._scene(like)
            elif main >= 0 and not said:
                main, scene = -1, main
            elif scene < 0 or said:
                main, scene = -1, self._scene(like)
            for part in _parts(block):
                if isinstance(part, Table) and self.scenes[scene].blocks and not said:
                    scene = self._scene(like)
                self.scenes[scene].blocks += said
                said = []
                self.scenes[scene].blocks.append(part)
                self._shown(scene, _places(blocks[i:]))
            if isinstance(block, Display) and _is_chain(block):
                self.strip = replace(block.lines[-1], left=block.lines[0].left)
        if said:
            if scene < 0 or not isinstance(self.scenes[scene].blocks[-1], Table | Display):
                scene = self._scene(like)
            self.scenes[scene].blocks += said
            lit = self.slides[-1].lit if self.slides[-1].scene == scene else ()
            self.slides.append(Slide(scene, len(self.scenes[scene].blocks) - 1, lit=lit))

    def _scene(self, like: Scene) -> int:
        self.scenes.append(replace(like, strip=self.strip, blocks=[]))
        return len(self.scenes) - 1

    def _shown(self, scene: int, places: Sequence[tuple[str, ...]]) -> None:
        """Slides for the last block of a scene; `places` are those of the lines from there on."""
        block = self.scenes[scene].blocks[-1]
        which = len(self.scenes[scene].blocks) - 1
        if not isinstance(block, Display):
            self.slides.append(Slide(scene, which))
            return
        about = self.scenes[scene].about
        led_on = next((place for place in places if place), ())
        towards = next((place for place in places if len(place) == 2), ())
        for first, last in _steps(block.lines):
            line = block.lines[last]
            place = line.place or (() if _is_question(line, about) else led_on)
            factor = place if len(place) == 2 else towards if _is_equation(line) else ()
            if _is_equation(line):
                used = _names(line)
                place = (*place, *(name for name in used if name not in place))
            elif not place and about:
                place = (self.loss, about)
            lit = tuple(name for name in place if name in self.known)
            self.slides.append(Slide(scene, which, first, last, lit, factor))


def _is_chain(block: Display) -> bool:
    """Whether a display grows a derivative into factors or into paths."""
    return block.framed or SUM_OF_PATHS.name in block.lines[0].laws


def _is_question(line: Line, about: str) -> bool:
    """Whether a line only asks for the derivative that its section is about."""
    of = line.left.expr if line.left else None
    return (
        not line.laws
        and of is not None
        and of.op == "gradient"
        and is_named(of.args[1])
        and (of.args[1].attr.plain == about)
    )


def _is_equation(line: Line) -> bool:
    """Whether a line is an equation of the note, and no step."""
    return len(line.place) == 1 and not line.laws and line.right.expr is not None


def _is_aside(block: Block) -> bool:
    """Whether a display is about a single entry, in the middle of what is about whole matrices."""
    if not isinstance(block, Display):
        return False
    left = block.lines[0].left
    return left is not None and left.expr is not None and left.expr.op == "entry"


def _places(blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """The places of all lines, in their order."""
    return [line.place for b in blocks if isinstance(b, Display) for line in b.lines]


def _parts(block: Block) -> Iterator[Block]:
    """A table in pieces that fit on a slide."""
    if not isinstance(block, Table):
        yield block
        return
    count = -(-len(block.rows) // ROWS)
    size = -(-len(block.rows) // max(1, count))
    for i in range(0, len(block.rows), max(1, size)):
        yield replace(block, rows=block.rows[i : i + size])


def _steps(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The lines that one slide adds: a step and an equation alone, what only lists together."""
    start = 0
    for i, line in enumerate(lines):
        listed = not line.laws and not line.place and line.left is not None
        after = lines[i + 1] if i + 1 < len(lines) else None
        goes_on = after is not None and after.left is not None and not (after.laws or after.place)
        if not (listed and goes_on) or i + 1 - start == LISTED:
            yield start, i
            start = i + 1


def _names(line: Line) -> list[str]:
    """The plain names on the right side, from left to right."""
    found: list[str] = []
    stack = [line.right.expr] if line.right.expr else []
    while stack:
        e = stack.pop()
        if is_named(e):
            found.append(e.attr.plain)
        else:
            # What only lends its size is not used.
            used = {"sized": e.args[:1], "size": ()}.get(e.op, e.args)
            stack += reversed(used)
    return list(dict.fromkeys(found))
