"""A story as slides in LaTeX, for Beamer: one line after another, what is new in each in colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .changes import changed
from .pages import Display, Formula, Line, Paragraph, Story, Table
from .setting import Row, display_rows, formula
from .slides import Scene, Slide, current, printed
from .tex import ENGINES, KOREAN, MACROS, Page, settable

ROOM = 60  # characters of a formula on a slide
HIGH = 15.5  # lines of text on a slide, below its titles
_STRIP = 2.5  # what the chain takes of them

_HEAD = r"""\documentclass[aspectratio=169,10pt,fleqn]{beamer}
"""
_SETUP = r"""\usepackage{amsmath,amssymb,booktabs}
\usefonttheme[onlymath]{serif}
\setbeamertemplate{navigation symbols}{}
\setbeamertemplate{footline}[frame number]
\setbeamercolor{alerted text}{fg=blue!70!black}
\setbeamercolor{frametitle}{fg=black}
\setbeamercolor{framesubtitle}{fg=black!60}
\setbeamercolor{title}{fg=black}
\setlength{\mathindent}{1em}
\setlength{\abovedisplayskip}{4pt}
\setlength{\belowdisplayskip}{4pt}
"""
_BEGIN = r"""\title{%s}
\subtitle{%s}
\date{}
\begin{document}
\frame{\titlepage}
"""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one click adds: words, then a table or some lines of a display of the scene."""

    slide: Slide
    words: tuple[Paragraph, ...]
    lines: tuple[int, ...] = ()
    table: Table | None = None
    again: bool = False  # was seen on the frame before


def beamer(story: Story) -> str:
    """The story as one LaTeX file for the class beamer: a frame for each scene, or several.

    Raises RefusedError where there would be too many.
    """
    page = _Page(story)
    korean = KOREAN if story.language == "ko" else ""
    note = page.text((story.model.file.replace("\\", "/").rpartition("/")[2],))
    head = _HEAD + ENGINES + korean + _SETUP + MACROS + _BEGIN % (page.text(story.title), note)
    return head + "\n" + "\n\n".join(page.frames()) + "\n\n\\end{document}\n"


class _Page(Page):
    def frames(self) -> Iterator[str]:
        cut = printed(self.story)
        for number, of_scene in groupby(cut.slides, key=lambda slide: slide.scene):
            scene = cut.scenes[number]
            steps = [s for s in _steps(scene, list(of_scene)) if s.slide.block >= 0]
            for together in self.fitting(scene, steps):
                yield self.frame(scene, together)

    def fitting(self, scene: Scene, steps: Sequence[_Step]) -> Iterator[list[_Step]]:
        """Steps that have room on one frame; the first of a frame that goes on is the last of the
        one before, so that the line is seen from which it follows."""
        current: list[_Step] = []
        used = 0.0
        room = HIGH - (_STRIP if scene.strip is not None else 0)
        for step in steps:
            high = self.height(scene, step)
            if current and used + high > room:
                yield current
                last = replace(current[-1], words=(), again=True)
                goes_on = last.lines and step.lines and last.slide.block == step.slide.block
                current = [last] if goes_on else []
                used = self.height(scene, last) if goes_on else 0.0
            current.append(step)
            used += high
        if current:
            yield current

    def height(self, scene: Scene, step: _Step) -> float:
        """About how many lines of text a step takes."""
        words = sum(1.2 + len(self.text(p.text)) // 90 for p in step.words)
        if step.table is not None:
            return words + 1.5 * len(step.table.rows) + 2
        block = scene.blocks[step.slide.block]
        if not isinstance(block, Display):
            return words
        lines = tuple(block.lines[i] for i in step.lines)
        rows = display_rows(replace(block, lines=lines), self.spelling, self.reason, ROOM)
        return words + 0.4 + sum(_row_height(row) for row in rows)

    def frame(self, scene: Scene, steps: Sequence[_Step]) -> str:
        out = [
            r"\begin{frame}[t]",
            f"\\frametitle{{{self.text(scene.title)}}}",
            *([f"\\framesubtitle{{{self.text(scene.subtitle)}}}"] if scene.subtitle else []),
            *self.strip(scene, steps),
        ]
        for _, group in groupby(_numbered(steps), key=lambda pair: pair[1].slide.block):
            out += self.together(scene, list(group))
        return "\n".join([*out, r"\end{frame}"])

    def together(self, scene: Scene, steps: Sequence[tuple[int, _Step]]) -> Iterator[str]:
        """What steps add from one block of their scene, each when its turn comes."""
        for number, step in steps:
            for paragraph in step.words:
                yield f"\\uncover<{number}->{{{self.text(paragraph.text)}}}\\par"
            if step.table is not None:
                yield f"\\uncover<{number}->{{{self.table(step.table)}}}"
        block = scene.blocks[steps[0][1].slide.block]
        if isinstance(block, Display):
            again = [i for _, step in steps if step.again for i in step.lines]
            lines = [replace(e, reason=()) if i in again else e for i, e in enumerate(block.lines)]
            turn = {i: number for number, step in steps for i in step.lines}
            yield self.uncovered(replace(block, lines=tuple(lines)), turn)

    def uncovered(self, block: Display, turn: dict[int, int]) -> str:
        """Lines of a display, each from its turn on, with what is new in it in colour."""
        lines = tuple(block.lines[i] if block.framed else self.marked(block, i) for i in turn)
        first = next(iter(turn))
        if lines[0].left is None:  # goes on from another frame
            left = next((e.left for e in reversed(block.lines[:first]) if e.left), None)
            lines = (replace(lines[0], left=left), *lines[1:])
        shown = replace(block, lines=lines, framed=True)
        turns = list(turn.values())
        body = " \\\\\n".join(
            _row(row, turns[row.of], block.framed)
            for row in display_rows(shown, self.spelling, self.reason, ROOM)
        )
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def marked(self, block: Display, i: int) -> Line:
        """A line with what is new in it in focus."""
        line = block.lines[i]
        above = block.lines[i - 1].right.expr if i and line.left is None else None
        if above is None or line.right.expr is None:
            return replace(line, right=replace(line.right, focus=()))
        return replace(line, right=replace(line.right, focus=changed(above, line.right.expr)))

    def strip(self, scene: Scene, steps: Sequence[_Step]) -> Iterator[str]:
        """The chain, with the factor in a box that the current step is about."""
        if scene.strip is None or scene.strip.left is None or scene.strip.right.expr is None:
            return
        chain = scene.strip.right.expr
        left = self.maths(scene.strip.left)
        for factor, group in groupby(_numbered(steps), key=lambda pair: pair[1].slide.factor):
            numbers = [number for number, _ in group]
            boxed = Formula(chain, focus=current(chain, factor))
            right = formula(boxed, self.spelling, framed=True)
            yield (
                f"\\only<{numbers[0]}-{numbers[-1]}>"
                f"{{\\hfill\\small$\\displaystyle {left} = {settable(right)}$\\par}}"
            )


def _steps(scene: Scene, shown: Sequence[Slide]) -> Iterator[_Step]:
    """The slides of a scene, each with what it adds."""
    done = -1
    for slide in shown:
        block = scene.blocks[slide.block] if slide.block >= 0 else None
        new = scene.blocks[done + 1 : slide.block + 1]
        words = tuple(b for b in new if isinstance(b, Paragraph))
        done = max(done, slide.block)
        if isinstance(block, Display):
            yield _Step(slide, words, tuple(range(slide.first, slide.last + 1)))
        else:
            yield _Step(slide, words, (), block if isinstance(block, Table) else None)


def _numbered(steps: Sequence[_Step]) -> list[tuple[int, _Step]]:
    """Steps with the clicks at which they come; what was seen before is there with the first."""
    start = 0 if steps[0].again else 1
    return [(max(1, number), step) for number, step in enumerate(steps, start)]


def _row_height(row: Row) -> float:
    if row.kind == "reason":
        return 1.3
    tall = any(mark in row.left + row.right for mark in (r"\frac", r"\sum", r"\begin"))
    return 2.4 if tall else 1.5


def _row(row: Row, turn: int, framed: bool) -> str:
    """A row, its cells covered until its turn comes."""

    def cell(latex: str) -> str:
        latex = settable(latex)
        if not framed:
            latex = latex.replace(r"\boxed{", f"\\alert<{turn}>{{")
        return f"\\uncover<{turn}->{{{latex}}}"

    if row.kind == "alone":
        return f"& {cell(row.left)}"
    if row.kind in ("more", "reason"):
        return f"&\\quad {cell(row.right)}"
    left = f"{cell(row.left)} " if row.left else ""
    beside = f" && {cell(row.reason)}" if row.reason else ""
    return f"{left}&{cell(f'{{}}= {row.right}')}{beside}"
