r"""Lines that fail together: what they share may have been read wrongly."""

from __future__ import annotations

from .verdicts import findings, told_why

STRANGE = r"""
$$q = v p + c$$
$$\frac{\partial q}{\partial v} = v^3 c + 5 p^2$$
$$\frac{\partial q}{\partial c} = v^2 p + 7 c$$
$$\frac{\partial q}{\partial p} = 3 p^2 + 8 c$$
"""
SOUND = r"""
$$q^2 = (v p + c)^2$$
$$\frac{\partial q^2}{\partial p} = 2 q v$$
$$\frac{\partial q^2}{\partial c} = 2 q$$
"""


def test_a_definition_that_all_lines_fail_with_is_in_doubt() -> None:
    assert told_why(STRANGE) == [f"{line} undecided doubtful name" for line in (3, 4, 5)]
    finding = findings(STRANGE)[0]
    assert dict(finding.facts) == {"name": "q"}
    assert "q" in finding.message("en")
    assert "q" in finding.message("ko")


def test_a_definition_that_other_lines_hold_with_is_not() -> None:
    assert told_why(STRANGE + SOUND) == [f"{line} wrong wrong" for line in (3, 4, 5)]


def test_two_lines_that_fail_are_wrong() -> None:
    note = STRANGE.replace("v^2 p + 7 c", "1")
    assert told_why(note) == ["3 wrong wrong", "5 wrong wrong"]


def test_a_line_that_a_small_edit_makes_true_is_wrong() -> None:
    note = (
        STRANGE.replace("v^3 c + 5 p^2", "-p")
        .replace("v^2 p + 7 c", "2")
        .replace("3 p^2 + 8 c", "-v")
    )
    assert [line.split()[1] for line in told_why(note)] == ["wrong"] * 3


def test_shapes_that_fit_in_no_reading_are_a_guess() -> None:
    note = r"""
The batch is $x_1, \dots, x_N$, with one number each.
$$m = \frac{1}{N} \sum_i x_i, \qquad s = \frac{1}{N} \sum_i (x_i - m)^2$$
$$\frac{1}{N} \sum_i (x_i - m)^2 = \frac{1}{N} (X - m)^T (X - m)$$
"""
    assert "wrong" not in " ".join(told_why(note))
