"""Lines about shapes, which are no equations of numbers."""

from __future__ import annotations

import pytest

from .verdicts import judged


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"(1 \times 3) \times (3 \times 2) = 1 \times 2", "holds"),
        (r"(d \times n)(n \times k) = d \times k", "holds"),
        (r"(1 \times 3) \times (4 \times 2) = 1 \times 2", "undecided"),
        (r"(n \times k) \times (k \times m) = n \times k", "undecided"),
        (r"z = 2 \times k", "holds"),  # a product of numbers
        (r"z = (2 \times 3)", "holds"),
    ],
)
def test_the_shapes_of_a_product_are_multiplied_out(line: str, verdict: str) -> None:
    assert judged(f"$$ {line} $$") == [verdict]


def test_the_shape_of_a_quantity_is_not_its_value() -> None:
    note = r"""
$$ z = X w $$

$$ z = (n \times k)(k \times 1) $$

$$ \frac{\partial z}{\partial w} = X $$
"""
    assert judged(note) == ["holds", "undecided", "holds"]


def test_what_a_loss_depends_on_says_nothing_of_how_it_does() -> None:
    note = r"""
$$ E = E(W, b) $$

$$ z = W x + b $$

$$ E = (z - y)^2 $$
"""
    assert len(judged(note)) == 2


@pytest.mark.parametrize("shape", [r"m \times 1", r"(m \times (d + 1))", r"1 \times d"])
def test_what_the_shape_of_a_quantity_is_redefines_nothing(shape: str) -> None:
    note = rf"""
$$z = X w$$
$$L = \frac{{1}}{{2}} \|z - y\|^2$$
The size of $z = {shape}$.
$$\frac{{\partial L}}{{\partial w}} = X^T (z - y)$$
"""
    assert judged(note) == ["holds"] * 3
    assert judged(note.replace("X^T (z", "X (z")) == ["holds", "holds", "loose"]
