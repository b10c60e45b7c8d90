"""A derivation as a Jupyter notebook, for Colab as well: told in Markdown, tested in NumPy.

After the model stand the emitted program and a small sample; after each derived gradient a cell
that measures it; at the end a few steps of gradient descent. Nothing of backproof is needed to run
it, and nothing of Jupyter to write it: nbformat 4 is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from json import dumps
from pathlib import PurePath
from typing import Any

from ..calculus.step import Derivation
from ..code.compiled import emit
from ..code.plan import plan
from ..code.program import Program
from ..errors import RefusedError
from ..expr.build import gradient, sub
from ..expr.node import Expr, walk
from ..expr.shape import SCALAR
from ..show.markdown import Page
from ..show.pages import Section, Story
from ..show.telling import Teller
from ..words import say
from .numbers.descent import Descent
from .numbers.sample import Sample, worked_sample

_COMMENTS = ("check", "moved", "worst")
STEPS, SHOWN = 50, 10  # of gradient descent, and every how many the loss is printed
NEAR = 1e-3  # to a corner
TOLERANCE = 1e-6  # of a gradient that is measured; kinks aside, about 1e-10 is reached

_CHECK = """
def check(name, step=1e-5):
    # {check}
    derived = np.asarray(loss_and_gradients(parameters, *data.values())[1][name])
    measured = np.zeros(np.shape(parameters[name]))
    assert derived.shape == measured.shape
    for entry in np.ndindex(measured.shape):
        # {moved}
        losses = []
        for change in (step, -step):
            value = np.array(parameters[name], dtype=float)
            value[entry] += change
            losses.append(loss_and_gradients({{**parameters, name: value}}, *data.values())[0])
        measured[entry] = (losses[0] - losses[1]) / (2 * step)
    # {worst}
    error = np.max(np.abs(derived - measured)) / max(np.max(np.abs(measured)), 1e-3)
    assert error < {tolerance}, f{differs}
    print(f{agrees})
"""
_DESCENT = """
losses = []
for step in range({count}):
    loss, gradients = loss_and_gradients(parameters, *data.values())
    losses.append(loss)
    if step % {shown} == 0:
        print(f{line})
    for name in {trained}:
        parameters[name] = parameters[name] - {rate} * gradients[name]
assert losses[-1] < losses[0]
"""

Cell = dict[str, Any]


def notebook(derivation: Derivation, story: Story) -> str:
    """A notebook of the derivation, told as the story tells it.

    Raises RefusedError for what NumPy cannot say.
    """
    return assembled(list(_Notebook(derivation, story).cells()))


def assembled(cells: list[Cell]) -> str:
    """Cells as the file of a notebook."""
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    whole = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class _Notebook:
    def __init__(self, derivation: Derivation, story: Story) -> None:
        self.derivation = derivation
        self.story = story
        self.program: Program = plan(derivation)
        self.page = NotebookPage(story)
        self.tell = Teller(derivation, story.language, story.detail)
        self.sample = _sample(derivation)
        #: What can be moved, and so measured: a hidden quantity cannot.
        self.measured = [e for e in derivation.wanted if e.attr.plain in self.program.parameters]

    def cells(self) -> Iterator[Cell]:
        file = PurePath(self.story.model.file).name
        intro = self.page.text(self.tell.say("notebook.intro", file=file)) if file else ""
        yield markdown_cell(f"# {self.page.text(self.story.title)}\n\n{intro}".strip())
        for place, section in enumerate(self.story.sections, 1):
            for text in self.page.section(section, f"{place}", 2):
                yield markdown_cell(text)
            if place == 1:
                yield from self.tools()
            yield from self.check(section)
        yield from self.rest()
        yield from self.descent()

    def said(self, key: str, **fields: Any) -> Cell:
        return markdown_cell(self.page.text(self.tell.say(f"notebook.{key}", **fields)))

    def tools(self) -> Iterator[Cell]:
        """The program, the sample, and how a gradient is measured."""
        yield self.said("program")
        folded = {"cellView": "form", "jupyter": {"source_hidden": True}}
        yield code_cell(emit(self.derivation, "numpy"), folded)
        if self.sample is None:
            yield self.said("no sample")
            return
        yield self.said("sample")
        yield code_cell(self.numbers(self.sample))
        if self.measured:
            yield self.said("check")
            yield code_cell(self.checking())

    def numbers(self, sample: Sample) -> str:
        known = {**sample.data, **sample.parameters}
        text = ""
        for name, wanted in (("parameters", self.program.parameters), ("data", self.program.data)):
            rows = [
                f"    {_literal(plain)}: {_array(known[plain], e.shape == SCALAR)},\n"
                for plain, e in wanted.items()
            ]
            text += f"{name} = {{\n{''.join(rows)}}}\n"
        return text

    def checking(self) -> str:
        language = self.story.language
        fields = {"name": "{name}", "error": "{error:.1e}"}
        return _CHECK.format(
            tolerance=TOLERANCE,
            agrees=_literal(say("notebook.agrees", language, **fields)),
            differs=_literal(say("notebook.differs", language, **fields)),
            **{
                key: say(f"notebook.comment {key}", language) for key in ("check", "moved", "worst")
            },
        )

    def check(self, section: Section) -> Iterator[Cell]:
        """The gradient that a section ends in, measured."""
        found = [e for e in self.measured if e.attr.plain == section.about]
        if self.sample is not None and found:
            yield self.said("check one", gradient=gradient(self.derivation.loss, found[0]))
            yield code_cell(f"check({_literal(section.about)})")

    def rest(self) -> Iterator[Cell]:
        """The gradients that have no section of their own."""
        told = {section.about for section in self.story.sections}
        left = [e.attr.plain for e in self.measured if e.attr.plain not in told]
        if self.sample is not None and left:
            yield self.said("check rest")
            yield code_cell(f"for name in {_literal(left)}:\n    check(name)")

    def descent(self) -> Iterator[Cell]:
        trained = [e.attr.plain for e in self.measured if self.story.model.roles[e] == "parameter"]
        if self.sample is None or not trained:
            return
        rate = self.sample.learning_rate
        yield self.said("descent", rate=f"{rate:g}")
        fields = {"step": "{step:2d}", "loss": "{loss:.6g}"}
        line = say("notebook.loss", self.story.language, **fields)
        yield code_cell(
            _DESCENT.format(
                count=STEPS + 1,
                shown=SHOWN,
                line=_literal(line),
                trained=_literal(trained),
                rate=f"{rate:g}",
            )
        )


class NotebookPage(Page):
    """Markdown with maths as Jupyter and Colab read it: between dollars, for MathJax."""

    def inline(self, latex: str) -> str:
        return f"${latex}$"

    def fence(self, latex: str) -> str:
        return f"$$\n{latex}\n$$"

    def allowed(self, latex: str) -> str:
        """A bare bar would end the cell of a table."""
        return re.sub(r"(?<!\\)\|", r"\\vert ", latex)


def _sample(derivation: Derivation) -> Sample | None:
    """A small sample, off the corners of ReLU and its like, where no slope can be measured."""
    try:
        sample = worked_sample(derivation)
    except RefusedError:
        return None
    corners = [_to_corner(e) for e in walk([derivation.loss]) if e.op in _CORNERS]
    descent = Descent(derivation)
    for turn in range(1, 20):
        try:
            here = descent.at({**sample.data, **sample.parameters}, corners)
        except ArithmeticError:
            return None
        if all(abs(x) > NEAR for e in corners for row in here.matrix(e) for x in row):
            break
        # Each row moves by another hundredth or two, so that no sum of theirs stays 0.
        moved = {
            name: [
                [round(x + 0.01 * turn * (1 + i % 3), 2) for x in row] for i, row in enumerate(rows)
            ]
            for name, rows in sample.parameters.items()
        }
        sample = replace(sample, parameters=moved)
    return sample


_CORNERS = frozenset("relu abs sign step max min where".split())


def _to_corner(e: Expr) -> Expr:
    """What is 0 where a function has a corner."""
    return e.args[0] if len(e.args) == 1 else sub(e.args[0], e.args[1])


def _literal(value: str | list[str]) -> str:
    """A text, or some, as Python spells them: as JSON does."""
    return dumps(value, ensure_ascii=False)


def _array(rows: list[list[float]], scalar: bool) -> str:
    if scalar:
        return f"{rows[0][0]:g}"
    return f"np.array([{', '.join(_row(row) for row in rows)}])"


def _row(row: list[float]) -> str:
    return f"[{', '.join(f'{x:g}' for x in row)}]"


def markdown_cell(text: str) -> Cell:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code_cell(text: str, metadata: dict[str, Any] | None = None) -> Cell:
    """A cell of Python."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata or {},
        "outputs": [],
        "source": text.strip().splitlines(keepends=True),
    }
