r"""What a note says of shapes, and what it takes for granted about matrices."""

from __future__ import annotations

import pytest

from .verdicts import faults, findings, told, wrong

LEAST_SQUARES = r"""
Let $X \in \mathbb{R}^{n \times p}$ hold the rows of the data, $y \in \mathbb{R}^n$ the answers and $e = X w - y$.
$$ f(w) = \frac{1}{2} \| X w - y \|^2 $$
$$ \mathrm{d} f = e^\top \mathrm{d} e = e^\top X \, \mathrm{d} w $$
$$ f_\lambda(w) = \frac{1}{2} \| X w - y \|^2 + \frac{\lambda}{2} \| w \|^2 $$
$$ \nabla^2 f_\lambda = X^\top X + \lambda I_p $$
With $X = U S V^\top$ and $M = X^\top X + \lambda I_p$ the solution is
$$ \hat w = M^{-1} X^\top y = X^\top (X X^\top + \lambda I_n)^{-1} y $$
$$ \frac{\mathrm{d} \hat w}{\mathrm{d} \lambda} = -M^{-1} \hat w $$
"""

ERRORS = r"""
Now $E = X W - Y$ with $X \in \mathbb{R}^{n \times p}$, $Y \in \mathbb{R}^{n \times q}$ and $W \in \mathbb{R}^{p \times q}$.
$$ g(W) = \frac{1}{2} \mathrm{tr}(E^\top E) $$
$$ \mathrm{d} g = \mathrm{tr}(E^\top X \, \mathrm{d} W) $$
$$ \nabla_W g = X^\top E $$
"""

BIASES = r"""
With $X, Y \in \mathbb{R}^{d \times m}$, a column for each sample, and $\mathbf{1}_m$ for $m$ ones,
$$ Z = W X + b \mathbf{1}_m^\top $$
$$ L = \frac{1}{2} \| Z - Y \|_F^2 $$
$$ \frac{\partial L}{\partial b} = (Z - Y) \mathbf{1}_m $$
"""

CODE = r"""
$Z = W X + b$ with $X$ of $m$ columns and $J = \frac{1}{m} \sum_{i=1}^m \frac{1}{2} \| z^{(i)} - y^{(i)} \|^2$.
$$ dZ = Z - Y $$
$$ db = \frac{1}{m} \, \text{np.sum}(dZ, \text{axis}=1, \text{keepdims}=\text{True}) $$
"""

SLOPE = r"""
$$ f(x) = \max(a x, x), \qquad 0 < a < 1 $$
$$ \frac{\partial f}{\partial a} = \min(0, x) $$
"""

MAP = r"""
Now $E = X R - Y$ with $X \in \mathbb{R}^{n \times p}$, $Y \in \mathbb{R}^{n \times q}$ and $R \in \mathbb{R}^{p \times q}$.
$$ g(R) = \frac{1}{2} \mathrm{tr}(E^\top E) $$
$$ \mathrm{d} g = \mathrm{tr}(E^\top X \, \mathrm{d} R) $$
$$ \nabla_R g = X^\top E $$
"""

#: A note that holds, what stands in it, and what would be wrong there.
NOTES = {
    "least squares": (
        LEAST_SQUARES,
        r"= e^\top X \, \mathrm{d} w $$",
        r"= e^\top X^\top \, \mathrm{d} w $$",
    ),
    "the optimum": (LEAST_SQUARES, r"= -M^{-1} \hat w $$", r"= M^{-1} \hat w $$"),
    "errors in E": (ERRORS, r"\nabla_W g = X^\top E", r"\nabla_W g = -X^\top E"),
    "a vector of ones": (BIASES, r"(Z - Y) \mathbf{1}_m $$", r"- (Z - Y) \mathbf{1}_m $$"),
    "code as text": (CODE, r"\text{np.sum}(dZ", r"- \text{np.sum}(dZ"),
    "a matrix by its shape": (MAP, r"\nabla_R g = X^\top E", r"\nabla_R g = -X^\top E"),
    "a learned slope": (SLOPE, r"\min(0, x)", r"\max(0, x)"),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_note_with_shapes_holds_and_its_error_is_found(name: str) -> None:
    note, right, slip = NOTES[name]
    assert note.count(right) == 1
    assert not faults(note)
    assert wrong(note.replace(right, slip))


def test_a_sign_that_stands_alone_says_nothing() -> None:
    assert not told("We write $:=$ for what is defined.\n\n$$a := b c$$\n")


def test_what_takes_a_known_matrix_apart_is_no_meaning_of_it() -> None:
    # were X = U S V^T for good, its columns would be as many as its rows
    assert not told(LEAST_SQUARES)


@pytest.mark.parametrize("name", ["a matrix by its shape", "errors in E"])
@pytest.mark.parametrize("reals", ["R", r"\R", r"\RR", r"\reals"])
def test_real_numbers_are_written_in_several_ways(name: str, reals: str) -> None:
    note, right, slip = NOTES[name]
    assert r"\mathbb{R}" in note
    note = note.replace(r"\mathbb{R}", reals)
    assert not findings(note, "wrong", "loose", "unread")
    assert wrong(note.replace(right, slip))


def test_a_differential_by_one_variable_is_no_quantity() -> None:
    note = r"""
$$z = w x + b, \qquad L = \frac{1}{2} (z - y)^2$$
$$d_b L = (z - y) b$$
"""
    assert told(note) == ["3 undecided"]
