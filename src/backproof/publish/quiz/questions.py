"""What a question is: what is asked and shown, what counts as an answer, hints and the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ...expr.build import name
from ...expr.model import Model
from ...expr.name import Name
from ...expr.node import Expr
from ...expr.shape import SCALAR, Shape
from ...show.pages import Block, Display, Formula, Line, Paragraph, Text
from .lesson import Lesson

Kind = Literal["shape", "chain", "factor", "line", "gradient", "mistake"]
#: The character that stands where something is to be filled in, and the leaf that prints as it.
GAP = "□"
BLANK = name(Name("blank", latex=GAP), SCALAR)

Side = str | int


@dataclass(frozen=True, slots=True, eq=False)
class Wrong:
    """What people answer instead, and by which mistake (`words`: `quiz.verdict.as <key>`)."""

    key: str
    expr: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """The answer is a matrix with this value. `hidden` are plain names that would only repeat the
    question (`dW1` stands for the derivative of the loss by W1)."""

    answer: Expr
    wrongs: tuple[Wrong, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """The answer is a formula for one entry.

    `bare` says which entry a quantity written without indices stands for (row and column, letters
    or 1), `usual` the same for all others.
    """

    answer: Expr
    wrongs: tuple[Wrong, ...] = ()
    bare: Mapping[str, tuple[Side, Side]] | None = None
    usual: tuple[Side, Side] = ("j", "s")


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """The answer is the derivative `d upper / d lower`, by name; `others` stand there already."""

    upper: str
    lower: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The answer is a shape."""

    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The answer is one of the lines of the display, counted from 0."""

    line: int


Check = Whole | Entry | Link | Sides | Choice


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question.

    `about` is the plain name of the quantity that something is differentiated by, `rule` names the
    rule behind the answer: two questions of one kind with the same rule ask nearly the same.
    `ask` is what is asked, `shown` the display with the blank, `hints` go from a nudge to the line
    before the answer, `key` are the lines of the answer, with their reason. `tells` names the
    quantities whose derivative can be read off from what is shown.
    """

    kind: Kind
    about: str
    rule: str
    ask: Text
    shown: Display
    check: Check
    hints: tuple[tuple[Block, ...], ...]
    key: tuple[Block, ...]
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Quiz:
    """A quiz about one derivation, in one language."""

    title: Text
    before: tuple[Block, ...]
    questions: tuple[Question, ...]
    model: Model
    language: str


def blank_line(left: Formula) -> Line:
    """`left = ` and room for the answer."""
    return Line(left, Formula(BLANK))


def with_symbols(lesson: Lesson, raw: Question) -> Question:
    """A question as the story would write it: its symbols in the place of unnamed parts."""
    asked, shown, *_ = lesson.put_in((Paragraph(raw.ask), raw.shown))
    assert isinstance(asked, Paragraph)
    assert isinstance(shown, Display)
    hints = tuple(lesson.put_in(hint) for hint in raw.hints if hint)
    return replace(raw, ask=asked.text, shown=shown, hints=hints, key=lesson.put_in(raw.key))
