"""Lines about shapes, which are no equations of numbers."""

from __future__ import annotations

import pytest

from backproof.check.check import check


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"(1 \times 3) \times (3 \times 2) = 1 \times 2", "holds"),
        (r"(d \times n)(n \times k) = d \times k", "holds"),
        (r"(1 \times 3) \times (4 \times 2) = 1 \times 2", "undecided"),
    ],
)
def test_the_shapes_of_a_product_are_multiplied_out(line: str, verdict: str) -> None:
    assert [judged.verdict for judged in check(f"$$ {line} $$").files[0].judged] == [verdict]


def test_the_shape_of_a_quantity_is_not_its_value() -> None:
    note = r"""
$$ z = X w $$

$$ z = (n \times k)(k \times 1) $$

$$ \frac{\partial z}{\partial w} = X $$
"""
    verdicts = [judged.verdict for judged in check(note).files[0].judged]
    assert verdicts == ["holds", "undecided", "holds"]


def test_what_a_loss_depends_on_says_nothing_of_how_it_does() -> None:
    note = r"""
$$ E = E(W, b) $$

$$ z = W x + b $$

$$ E = (z - y)^2 $$
"""
    assert len(check(note).files[0].judged) == 2
