r"""Small steps of matrices, the loss that they change, and shapes in the place of numbers."""

from __future__ import annotations

import pytest

from .verdicts import told

NOTE = r"""
$$P = U + c V M$$
$$M = 0$$
$$Q = X P$$
$$Q_{new} = c X V M$$
$$G = \nabla_Q \mathcal{L}$$
$$dQ = c X (dV) M + c X V (dM)$$
$$d\mathcal{L} = c \, \mathrm{Tr}(G^T X (dV) M) + c \, \mathrm{Tr}(G^T X V (dM))$$
$$\mathrm{Tr}(G^T X (dV) M) = \mathrm{Tr}(M G^T X (dV))$$
$$\frac{\partial \mathcal{L}}{\partial V} = c X^T G M^T$$
$$\frac{\partial \mathcal{L}}{\partial M} = c V^T X^T G$$
"""


def test_a_matrix_that_starts_at_zero_takes_steps_like_any_other() -> None:
    assert not told(NOTE)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        (r"(dV) M + c X V (dM)", r"(dV) M - c X V (dM)", 7),
        (r"+ c \, \mathrm{Tr}(G^T X V (dM))", r"- c \, \mathrm{Tr}(G^T X V (dM))", 8),
        (r"\mathrm{Tr}(M G^T X (dV))", r"\mathrm{Tr}(G^T M X (dV))", 9),
        (r"c V^T X^T G", r"V^T X^T G", 11),
    ],
)
def test_an_error_in_a_step_or_in_a_trace_is_found(right: str, wrong: str, line: int) -> None:
    assert told(NOTE.replace(right, wrong)) == [f"{line} wrong"]


def test_a_line_does_not_hold_because_a_matrix_starts_at_zero() -> None:
    assert "10 wrong" in told(NOTE.replace("G M^T", "M^T G")) or "10 loose" in told(
        NOTE.replace("G M^T", "M^T G")
    )


def test_shapes_that_fit_together_are_no_numbers() -> None:
    note = r"""
$$n = 2$$
$$(d \times n)(n \times k)(k \times r) = d \times r$$
$$(1 \times (p + 1)) \times ((p + 1) \times n) = (1 \times n)$$
"""
    assert not told(note)
    assert told(note.replace("= d", "= k")) == ["3 undecided"]


def test_numbers_in_brackets_stay_numbers() -> None:
    assert told("$$(2 \\times 3)(3 \\times 5) = 100$$") == ["1 wrong"]
