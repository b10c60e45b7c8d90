"""A quiz as a page that checks answers, and its key as a page to print."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from html import escape

from ...show.html import text_html
from ...words import keys, say
from ..page import data, page, source
from .data import check_data, lesson_data
from .hiding import hidden
from .lesson import Lesson
from .markup import Markup
from .questions import Choice, Question, Quiz

_PACKAGE = __name__.rpartition(".")[0]
#: The scripts of the page, in the order in which they need each other.
READER = (
    "tokens.js",
    "names.js",
    "parser.js",
    "symbols.js",
    "matrices.js",
    "evaluate.js",
    "judge.js",
)
SCRIPTS = (*READER, "lesson.js", "preview.js", "store.js", "card.js", "quiz.js")
STYLES = ("work.css", "quiz.css")  # what a phone or paper changes comes last
# What the scripts say: everything in these tables.
_SAID = ("quiz.page.", "quiz.verdict.", "quiz.reading.")


def html(lesson: Lesson, quiz: Quiz) -> str:
    """The page. Raises BackproofError where the packages that make its font are missing."""
    say_here = _sayer(quiz.language)
    markup = Markup(quiz.model.spelling, say_here("gap"))
    questions = "".join(_section(quiz, markup, i) for i in range(len(quiz.questions)))
    title = "".join(str(part) for part in quiz.title)
    name = escape(_subject(quiz))
    body = (
        f'<header class="top"><h1>{escape(title)}<span class="subject">{name}</span></h1>'
        f'<p class="score" role="status"></p><button type="button" class="theme quiet"></button>'
        f'</header><nav class="steps" aria-label="{escape(say_here("list"))}"><ol></ol></nav>'
        f'<main><p class="lead">{escape(say_here("lead"))}</p>'
        f'<noscript><p class="lead">{escape(say_here("script"))}</p></noscript>'
        f'<details class="note"><summary>{escape(say_here("note"))}</summary>'
        f"{markup.blocks(quiz.before)}</details>{_how(quiz.language)}{questions}</main>"
        + data("quiz-data", _shared(lesson, quiz))
    )
    glyphs = "□⊤ᵀ𝟏∑∂⊙·′½←→✓" + "αβγδεζηθικλμνξπρστυφχψω"
    return page(
        title,
        quiz.language,
        body,
        styles=[source(_PACKAGE, name) for name in STYLES],
        scripts=[source(_PACKAGE, name) for name in SCRIPTS],
        glyphs=glyphs,
    )


def html_key(quiz: Quiz) -> str:
    """The key: every question with its answer and its hints. Raises BackproofError as above."""
    say_here = _sayer(quiz.language)
    markup = Markup(quiz.model.spelling, say_here("gap"))
    title = say_here("key")
    parts = [
        f'<header class="top"><h1>{escape(title)}<span class="subject">'
        f"{escape(_subject(quiz))}</span></h1></header><main>"
        f'<p class="lead">{escape(say_here("key lead"))}</p>'
    ]
    for i, one in enumerate(quiz.questions):
        parts.append(
            f'<section class="card">{_heading(quiz, i)}{_asked(quiz, markup, one)}'
            f'{markup.display(one.shown)}<div class="answer-is"><h3>'
            f"{escape(say_here('answer is'))}</h3>{markup.blocks(one.key)}</div></section>"
        )
    body = "".join(parts) + "</main>"
    return page(title, quiz.language, body, styles=[source(_PACKAGE, name) for name in STYLES])


def _sayer(language: str) -> Callable[[str], str]:
    return lambda key: say(f"quiz.page.{key}", language)


# How to type what is hard to type, by what it is.
_HOW = (
    ("product", ("A B", "A @ B", r"A \cdot B")),
    ("hadamard", ("A ⊙ B", "A .* B", r"A \odot B")),
    ("turned", ("A^T", "A'", "A.T", r"A^{\top}")),
    ("fraction", ("(a - b)/(c d)", r"\frac{a - b}{c d}")),
    ("slope", ("σ'(z)", r"\sigma'(z)")),
    ("sum", ("sum(A)", r"\sum_s A_{js}")),
    ("derivative", ("∂L/∂z", "dL/dz", r"\frac{\partial L}{\partial z}")),
    ("index", ("a_js", "a[j, s]", "a2", "a^{(2)}", "a_2")),
)


def _how(language: str) -> str:
    """How to write answers, folded up."""
    rows = "".join(
        f"<tr><td>{escape(say(f'quiz.page.{key}', language))}</td>"
        f"<td>{', '.join(f'<code>{escape(one)}</code>' for one in ways)}</td></tr>"
        for key, ways in _HOW
    )
    head = escape(say("quiz.page.write", language))
    return (
        f'<details class="how"><summary>{head}</summary><div class="table" tabindex="0" '
        f'role="group"><table><tbody>{rows}</tbody></table></div></details>'
    )


def _subject(quiz: Quiz) -> str:
    return quiz.model.file.replace("\\", "/").rpartition("/")[2]


def _heading(quiz: Quiz, i: int) -> str:
    count = len(quiz.questions)
    said = say("quiz.page.question", quiz.language, number=str(i + 1), count=str(count))
    return f'<h2 tabindex="-1">{escape(said)}</h2>'


def _asked(quiz: Quiz, markup: Markup, one: Question) -> str:
    return f'<p class="ask">{text_html(one.ask, markup.spelling)}</p>'


def _section(quiz: Quiz, markup: Markup, i: int) -> str:
    one = quiz.questions[i]
    if isinstance(one.check, Choice):

        def radio(k: int) -> str:
            label = say("quiz.page.line", quiz.language, number=str(k + 1))
            return (
                f'<input type="radio" name="line{i}" value="{k}" aria-label="{escape(label)}" '
                "disabled>"
            )

        shown = markup.display(one.shown, radio)
    else:
        shown = markup.display(one.shown)
    return (
        f'<section class="card" id="question{i + 1}" data-kind="{one.kind}">{_heading(quiz, i)}'
        f"{_asked(quiz, markup, one)}{shown}</section>"
    )


def _shared(lesson: Lesson, quiz: Quiz) -> dict[str, object]:
    """Everything for the scripts; what tells an answer is hidden from a glance."""
    markup = Markup(quiz.model.spelling, "")
    questions = [
        hidden(
            {
                "check": check_data(lesson, one.check),
                "hints": [markup.blocks(hint) for hint in one.hints],
                "key": markup.blocks(one.key),
            }
        )
        for one in quiz.questions
    ]
    about = lesson_data(lesson)
    words = {
        key.removeprefix("quiz."): _template(key, quiz.language)
        for key in keys()
        if key.startswith(_SAID)
    }
    identity = sha256("".join([quiz.language, *questions]).encode()).hexdigest()[:16]
    return {"id": identity, "lesson": about, "words": words, "questions": questions}


def _template(key: str, language: str) -> str:
    """A sentence with its fields still in braces, for the scripts to fill."""
    fields = {name: "{" + name + "}" for name in _FIELDS}
    return say(key, language, **fields)


_FIELDS = (
    "number count right alone yours wanted size bracket mark character found name names index "
    "left letter sizes"
).split()
