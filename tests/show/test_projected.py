"""Slides for files: what is on them, what is marked, and that nothing of the story is left out."""

from __future__ import annotations

import re

import pytest

from backproof.errors import BackproofError
from backproof.notation import parse
from backproof.notation.text import text as unicode_text
from backproof.publish.render import render
from backproof.show import slides as slides_module
from backproof.show.beamer import beamer
from backproof.show.changes import changed
from backproof.show.tex import Page

from .lectures import NOTES, derived, lines, told


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("note", NOTES)
def test_the_frames_of_beamer_are_whole(note: str, language: str) -> None:
    text = beamer(told(note, language))
    plain = re.sub(r"\\\\[\\{}]", "", text)
    assert plain.count("{") == plain.count("}")
    frames = re.findall(r"\\begin\{frame\}.*?\\end\{frame\}", text, re.DOTALL)
    assert len(frames) == text.count(r"\begin{frame}") > 10
    for frame in frames:
        assert frame.count(r"\begin{align*}") == frame.count(r"\end{align*}")
        turns = [int(n) for n in re.findall(r"\\uncover<(\d+)->", frame)]
        assert set(turns) == set(range(1, max(turns) + 1)), frame


@pytest.mark.parametrize("note", NOTES)
def test_beamer_shows_every_line_and_every_reason(note: str) -> None:
    text = beamer(told(note))
    page = Page(told(note))
    bare = _bare(text)
    for line in lines(told(note)):
        assert _bare(page.maths(line.right)) in bare
        assert not line.reason or _bare(page.text(line.reason)) in bare


def _bare(latex: str) -> str:
    """Without what only decides where a thing stands, when it is seen and in which colour."""
    marks = r"\\alert<\d+>|\\uncover<\d+->|\\boxed|\\qquad|\\quad|\\reason|\\\\|[{}\s&]"
    return re.sub(marks, "", latex)


def test_slides_that_nobody_would_turn_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slides_module, "MOST", 20)
    with pytest.raises(BackproofError, match=r"(?s)would be \d+ slides.*--detail outline"):
        render(derived("two_layer_en"), "latex", layout="slides")


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("a + b", "a + c", ["c"]),
        ("a * b + c", "a * b + c", []),
        ("a * (b + c)", "a * (b + d * b)", ["d b"]),
        ("a + b", "a * b", []),
        ("a + b", "a + a", []),
    ],
)
def test_what_is_new_in_a_line_is_found(before: str, after: str, new: list[str]) -> None:
    first, second = (
        parse(f"L = {text} + 0 * (a + b + c + d)").equations[0].value.args[0]
        for text in (before, after)
    )
    assert [unicode_text(e) for e in changed(first, second)] == new
