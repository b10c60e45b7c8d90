"""A quiz and its key as files, in the form that their names ask for."""

from __future__ import annotations

from pathlib import Path

from ...calculus.step import Derivation
from ...errors import BackproofError
from ...show.files import save
from .html import html, html_key
from .lesson import Lesson
from .notebook import notebook, usable
from .questions import Quiz
from .quiz import quiz
from .sheet import sheet, sheet_key

SUFFIXES = (".html", ".tex", ".ipynb")


def check_form(path: str) -> str:
    """The ending of a file's name. Raises BackproofError for one that stands for no form."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise BackproofError(
            f"the format of {path!r} is not known", hint=f"end its name in {', '.join(SUFFIXES)}"
        )
    return suffix


def publish_quiz(
    derivation: Derivation,
    path: Path,
    *,
    key: Path | None = None,
    questions: int | None = None,
    seed: int = 0,
    language: str | None = None,
) -> Quiz:
    """Write a quiz about a derivation, and its key beside it if one is asked for.

    Raises BackproofError for what `quiz` refuses, for names of files with an unknown ending, and
    where a file cannot be written; the key is written first, so that no quiz is there without it.
    """
    forms = {p: check_form(str(p)) for p in (path, key) if p is not None}
    asked = usable if ".ipynb" in forms.values() else None
    lesson, made = quiz(derivation, questions=questions, seed=seed, language=language, usable=asked)
    sheets = {p: _sheet(lesson, made, form, p is key) for p, form in reversed(forms.items())}
    for p, text in sheets.items():
        save(p, text)
    return made


def _sheet(lesson: Lesson, made: Quiz, form: str, is_key: bool) -> str:
    match form:
        case ".tex":
            return sheet_key(made) if is_key else sheet(made)
        case ".ipynb":
            return notebook(lesson, made, is_key)
        case _:
            return html_key(made) if is_key else html(lesson, made)
