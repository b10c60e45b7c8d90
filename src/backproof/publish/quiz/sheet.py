"""A quiz as a LaTeX sheet with room to write, and its key as another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from ...show.pages import Block, Display, Paragraph, Section, Story, Text
from ...show.tex import tex
from ...words import say
from .questions import GAP, Choice, Kind, Question, Quiz

# What stands for room to write, and for the start of a question, until the sheet is spelled.
_ROOM, _OPEN = "\ue010", "\ue011"
#: Centimetres to write in.
_HEIGHTS: dict[Kind, float] = {
    "shape": 1.5,
    "chain": 1.5,
    "factor": 5,
    "line": 2,
    "gradient": 4.5,
    "mistake": 2.5,
}
_MACROS = r"""\newenvironment{question}
  {\par\noindent\begin{minipage}{\textwidth}\setlength{\parskip}{6pt}}
  {\end{minipage}\par\bigskip}
\newcommand{\gap}{\fbox{\rule[-0.4em]{0pt}{1.5em}\hspace{5em}}}
\newcommand{\room}[1]{\par\nopagebreak\vspace*{#1cm}}
"""


def sheet(quiz: Quiz) -> str:
    """The questions, each with room for an answer."""
    network = Section((say("quiz.page.note", quiz.language),), quiz.before)
    sections = [Section((), (Paragraph((_name_line(quiz),)),)), network]
    sections += [_section(quiz, i, (Paragraph((_room(q),)),)) for i, q in _numbered(quiz)]
    return _spelled(quiz, titled(quiz, quiz.title), sections)


def sheet_key(quiz: Quiz) -> str:
    """The questions with their answers."""
    said = say("quiz.page.answer is", quiz.language)
    sections = [
        _section(quiz, i, (Paragraph((f"{said}:",)), *question.key))
        for i, question in _numbered(quiz)
    ]
    return _spelled(quiz, titled(quiz, (say("quiz.page.key", quiz.language),)), sections)


def titled(quiz: Quiz, title: Text) -> Text:
    """A title with the name of the note behind it."""
    note = PurePath(quiz.model.file.replace("\\", "/")).name
    return (*title, f": {note}") if note else title


def _numbered(quiz: Quiz) -> Iterator[tuple[int, Question]]:
    return enumerate(quiz.questions, 1)


def _name_line(quiz: Quiz) -> str:
    return f"{say('quiz.page.name', quiz.language)}: {_ROOM}name{_ROOM}"


def _room(question: Question) -> str:
    return f"{_ROOM}{_HEIGHTS[question.kind]:g}{_ROOM}"


def _section(quiz: Quiz, number: int, after: tuple[Block, ...]) -> Section:
    question = quiz.questions[number - 1]
    count = str(len(quiz.questions))
    title = say("quiz.page.question", quiz.language, number=str(number), count=count)
    shown = () if not question.shown.lines else (numbered(question),)
    return Section((_OPEN + title,), (Paragraph(question.ask), *shown, *after))


def numbered(question: Question) -> Display:
    """What a question shows; lines to choose from with their numbers."""
    if not isinstance(question.check, Choice):
        return question.shown
    lines = question.shown.lines
    return Display(tuple(replace(line, reason=(f"({i})",)) for i, line in enumerate(lines, 1)))


def _spelled(quiz: Quiz, title: Text, sections: list[Section]) -> str:
    told = Story(title, tuple(sections), quiz.model, quiz.language, "standard")
    made = tex(told).replace(GAP, r"\gap{}").replace("\\section{}\n\n", "")
    made = made.replace("\\begin{document}", _MACROS + "\\begin{document}", 1)
    for part in made.split(_ROOM)[1::2]:
        room = r"\hrulefill" if part == "name" else f"\\room{{{part}}}"
        made = made.replace(f"{_ROOM}{part}{_ROOM}", room)
    # A question stays on one page.
    head, *questions = made.split(f"\\section{{{_OPEN}")
    *others, last = (f"\\begin{{question}}\n\\section*{{{q.strip()}" for q in questions)
    last = last.removesuffix("\\end{document}").rstrip()
    body = "\n\n".join(f"{q}\n\\end{{question}}" for q in (*others, last))
    return head.replace("\\section{", "\\section*{") + body + "\n\n\\end{document}\n"
