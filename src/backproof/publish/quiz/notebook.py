"""A quiz as a Jupyter notebook: answers are NumPy expressions, and a cell tells if they are right.

It needs NumPy and nothing of backproof. The values of all quantities are there under their names;
those of the answers are packed, so that they are not read by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from json import dumps

from ...calculus.entries import lift
from ...code.identifiers import Identifiers
from ...expr.node import Expr, is_named, walk
from ...expr.shape import Dim, dim_value
from ...show.pages import Story, Text
from ...show.telling import alike
from ...words import say
from ..notebook import Cell, NotebookPage, assembled, code_cell, markdown_cell
from .hiding import packed
from .lesson import Lesson
from .python import HELPERS, numpy_text, speakable
from .questions import GAP, Choice, Entry, Link, Question, Quiz, Sides, Whole
from .sheet import numbered

_SETUP = """import base64
import hashlib
import json

import numpy as np

{sizes}
values = json.loads(base64.b64decode({packed}))
for name, value in values.items():
    globals()[name] = np.array(value)


{helpers}
"""
_CHECK = """answers = json.loads(base64.b64decode({answers}))
said = {said}


def check(number, answer):
    kind, right = answers[str(number)]
    if answer is ...:
        verdict = "empty"
    elif kind == "text":
        plain = "".join(str(answer).replace("∂", "d").replace("_", "").split())
        verdict = "right" if hashlib.sha256(plain.encode()).hexdigest() in right else "wrong"
    elif kind == "number":
        verdict = "right" if np.array_equal(answer, right) else "wrong"
    else:
        verdict = compared(np.asarray(answer, dtype=float), np.array(right))
    print(said[verdict])
    return verdict == "right"


def compared(answer, right):
    if answer.ndim < 2 and answer.size == right.size:
        answer = answer.reshape(right.shape)
    if answer.shape == right.shape:
        if np.allclose(answer, right, rtol=1e-7, atol=1e-9):
            return "right"
        return "sign" if np.allclose(-answer, right, rtol=1e-7, atol=1e-9) else "wrong"
    if answer.T.shape == right.shape and np.allclose(answer.T, right, rtol=1e-7, atol=1e-9):
        return "transposed"
    return "shape"
"""
_SAID = {
    "empty": "quiz.notebook.empty",
    "right": "quiz.verdict.right",
    "wrong": "quiz.verdict.wrong",
    "sign": "quiz.verdict.sign",
    "transposed": "quiz.verdict.transposed",
    "shape": "quiz.notebook.shape",
}


def usable(lesson: Lesson) -> Callable[[Question], bool]:
    """Whether a question has an answer that NumPy can say."""
    names = _names(lesson)

    def test(question: Question) -> bool:
        answer = _formula(question)
        if isinstance(question.check, (Whole, Entry)):
            return answer is not None and speakable(answer, names)
        return True

    return test


def notebook(lesson: Lesson, quiz: Quiz, key: bool = False) -> str:
    """The notebook; the `key` has the answers filled in, and stops where one is not right."""
    names = _names(lesson)
    page = NotebookPage(Story(quiz.title, (), quiz.model, quiz.language, "standard"))

    def text(said: Text) -> str:
        return page.text(said)

    title = (say("quiz.page.key", quiz.language),) if key else quiz.title
    intro = say("quiz.notebook.lead", quiz.language)
    cells: list[Cell] = [markdown_cell(f"# {text(title)}\n\n{intro}")]
    cells.append(markdown_cell("\n\n".join(page.block(block) for block in quiz.before)))
    cells.append(code_cell(_setup(lesson, names), {"jupyter": {"source_hidden": True}}))
    cells.append(code_cell(_checking(lesson, quiz, names), {"jupyter": {"source_hidden": True}}))
    count = str(len(quiz.questions))
    for i, question in enumerate(quiz.questions, 1):
        head = say("quiz.page.question", quiz.language, number=str(i), count=count)
        parts = [f"## {head}", text(question.ask)]
        if question.shown.lines:
            parts.append(page.block(numbered(question)).replace(GAP, r"\square "))
        parts.append(say(f"quiz.notebook.{_kind(question)}", quiz.language))
        if key:
            parts += [page.block(block) for block in question.key]
        else:
            parts += list(_hints(quiz, page, question))
        cells.append(markdown_cell("\n\n".join(parts)))
        answer = _spelled(question, names) if key else "..."
        call = f"assert check({i}, answer)" if key else f"check({i}, answer);"
        cells.append(code_cell(f"answer = {answer}\n{call}"))
    return assembled(cells)


def _hints(quiz: Quiz, page: NotebookPage, question: Question) -> Iterator[str]:
    """The hints, each folded up."""
    for i, hint in enumerate(question.hints, 1):
        head = f"<summary>{say('quiz.page.hint', quiz.language)} {i}</summary>"
        inside = "\n\n".join(page.block(block) for block in hint)
        yield f"<details>{head}\n\n{inside}\n\n</details>"


def _names(lesson: Lesson) -> dict[str, str]:
    """Identifiers of the quantities and of the letters of their dimensions."""
    taken = Identifiers()
    names = {plain: taken.take(plain) for plain in lesson.quantities}
    return names | {x: taken.take(x) for x in lesson.points[0].sizes if x not in names}


def _setup(lesson: Lesson, names: Mapping[str, str]) -> str:
    at = lesson.points[0]
    sizes = "".join(f"{names[x]} = {n}\n" for x, n in at.sizes.items())
    values = {names[plain]: at.matrix(e) for plain, e in lesson.quantities.items()}
    classes = "0" if lesson.derivation.model.columns else "1"
    helpers = HELPERS.format(classes=classes)
    return _SETUP.format(sizes=sizes, packed=dumps(packed(values)), helpers=helpers)


def _checking(lesson: Lesson, quiz: Quiz, names: Mapping[str, str]) -> str:
    answers = {str(i): _right(lesson, q) for i, q in enumerate(quiz.questions, 1)}
    said = {key: say(sentence, quiz.language) for key, sentence in _SAID.items()}
    listed = "".join(f"    {dumps(k)}: {dumps(v, ensure_ascii=False)},\n" for k, v in said.items())
    return _CHECK.format(answers=dumps(packed(answers)), said=f"{{\n{listed}}}")


def _right(lesson: Lesson, question: Question) -> tuple[str, object]:
    """How an answer is compared, and with what."""
    at = lesson.points[0]
    match question.check:
        case Link() as link:
            return "text", sorted(_hashes(lesson, link))
        case Sides() as sides:
            return "number", [dim_value(d, at.sizes) for d in sides.shape]
        case Choice() as choice:
            return "number", choice.line + 1
        case _:
            answer = _formula(question)
            assert answer is not None
            return "value", at.matrix(answer)


def _hashes(lesson: Lesson, link: Link) -> set[str]:
    """Of every way to write a derivative with the names that the note has for its quantities."""
    same: dict[str, set[str]] = {}
    for equation in lesson.derivation.model.equations:
        if is_named(equation.value):
            same.setdefault(equation.value.attr.plain, set()).add(equation.name.plain)
    pairs = [
        (a, b)
        for a in {link.upper, *same.get(link.upper, ())}
        for b in {link.lower, *same.get(link.lower, ())}
    ]
    texts = (f"d{a}/d{b}".replace("_", "") for a, b in pairs)
    return {sha256(text.encode()).hexdigest() for text in texts}


def _kind(question: Question) -> str:
    match question.check:
        case Link():
            return "link"
        case Sides():
            return "sides"
        case Choice():
            return "choice"
        case _:
            return "formula"


def _formula(question: Question) -> Expr | None:
    """The answer for whole matrices; None where a formula of single entries has no such form."""
    match question.check:
        case Whole(answer=answer):
            return answer
        case Entry(answer=answer) if alike([answer]):
            found = [e.args[0].shape for e in walk([answer], is_named) if e.op == "entry"]
            if not found or any(x.op == "index_sum" for x in walk([answer], is_named)):
                return None
            rows, columns = (_widest(side) for side in zip(*found, strict=True))
            return lift(answer, (rows, columns))
        case _:
            return None


def _widest(sides: tuple[Dim, ...]) -> Dim:
    return next((d for d in sides if d != 1), 1)


def _spelled(question: Question, names: Mapping[str, str]) -> str:
    """The answer as it is typed."""
    match question.check:
        case Link(upper=upper, lower=lower):
            return dumps(f"d{upper}/d{lower}", ensure_ascii=False)
        case Sides(shape=shape):
            sides = (" + ".join(names.get(x, x) for x in str(d).split("+")) for d in shape)
            return f"({', '.join(sides)})"
        case Choice(line=line):
            return str(line + 1)
        case _:
            answer = _formula(question)
            assert answer is not None
            return numpy_text(answer, names)
