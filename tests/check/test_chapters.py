r"""Chapters of a note that say by themselves what their letters mean."""

from __future__ import annotations

import pytest

from backproof.check.chapters import chapters
from backproof.notation.document import document

from .verdicts import faults, judged, report, told

CONVOLUTION = r"""# Kernels

A signal $x_0, \dots, x_{n-1}$ meets a kernel of length K:

$$y_i = \sum_{k=0}^{K-1} w_k x_{i+k}$$
$$\frac{\partial L}{\partial w_k} = \sum_{i=0}^{n-K} \frac{\partial L}{\partial y_i} x_{i+k}$$

"""
LAYER = r"""# Layers

$$Y = X W + B$$
$$y_{nk} = \sum_j x_{nj} W_{jk} + B_k$$
$$\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y}$$
$$\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} W^T$$
"""


def test_what_another_chapter_does_with_a_letter_is_not_its_meaning_in_this_one() -> None:
    assert judged(LAYER) == ["holds"] * 4
    assert judged(CONVOLUTION + LAYER) == judged(CONVOLUTION) + ["holds"] * 4


@pytest.mark.parametrize(
    ("right", "slip"),
    [(r"X^T \frac{\partial L}{\partial Y}", r"X \frac{\partial L}{\partial Y}")],
)
def test_a_slip_in_a_chapter_is_found_there(right: str, slip: str) -> None:
    note = CONVOLUTION + LAYER.replace(right, slip)
    line = note.splitlines().index(rf"$$\frac{{\partial L}}{{\partial W}} = {slip}$$") + 1
    assert [fault.split()[0] for fault in faults(note)] == [str(line)]


def test_a_function_of_another_chapter_is_asked_for_there() -> None:
    note = r"""# Functions

$$g(z) = \tanh(z)$$
$$g'(z) = 1 - g(z)^2$$

# Network

$$a = g(z)$$
$$\frac{\partial a}{\partial z} = a (1 - a)$$
"""
    assert told(note) == ["9 wrong"]  # as it would not be of a sigmoid


def test_a_loss_of_another_chapter_keeps_its_mean() -> None:
    note = r"""# Network

$$Z = W X$$
$$A = \sigma(Z)$$

# Loss

$$J = -\frac{1}{m} \sum_{i=1}^m [y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log (1 - a^{(i)})]$$
$$\frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y)$$

# Weights

$$\frac{\partial J}{\partial W} = \frac{\partial J}{\partial Z} X^T$$
$$\frac{\partial J}{\partial W} = \frac{1}{m} \frac{\partial J}{\partial Z} X^T$$
"""
    assert told(note) == ["14 loose"]


def test_in_a_book_the_chapters_come_first() -> None:
    found = report((CONVOLUTION + LAYER) * 30)
    assert found.equations == 180
    assert found.counts["holds"] == 180


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (LAYER + CONVOLUTION, [3, 9]),
        (f"# Book\n\n{LAYER.replace('# ', '## ')}{CONVOLUTION.replace('# ', '## ')}", [5, 11]),
        (LAYER, []),
    ],
)
def test_chapters_are_the_parts_below_the_highest_headings(text: str, starts: list[int]) -> None:
    note = document(text)
    found = chapters(note)
    assert [c.statements[0].span.line for c in found] == starts
    for chapter in found:
        assert len(chapter.text) == len(note.text)
        for statement in chapter.statements:
            place = slice(*note.places.offsets(statement.span))
            assert chapter.text[place] == note.text[place] != ""
