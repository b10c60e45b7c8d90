r"""One letter for the gradient that a walk down the layers has arrived at."""

from __future__ import annotations

import pytest

from .verdicts import told, wrong

LOOP = r"""
$$a^{(k)} = b^{(k)} + W^{(k)} h^{(k-1)}$$
$$h^{(k)} = f(a^{(k)})$$
$$J = L(\hat{y}, y), \qquad \hat{y} = h^{(M)}$$
$$g \leftarrow \nabla_{\hat{y}} J$$
For $k = M, M - 1, \dots, 1$
$$g \leftarrow \nabla_{a^{(k)}} J = g \odot f'(a^{(k)})$$
$$\nabla_{b^{(k)}} J = g$$
$$\nabla_{W^{(k)}} J = g h^{(k-1)\top}$$
$$g \leftarrow \nabla_{h^{(k-1)}} J = W^{(k)\top} g$$
"""


def test_an_arrow_gives_a_gradient_another_value() -> None:
    assert not told(LOOP)


@pytest.mark.parametrize(
    ("line", "right", "slip"),
    [
        (7, r"g \odot f'(a^{(k)})", r"g \odot f(a^{(k)})"),
        (7, r"g \odot f'(a^{(k)})", r"g \odot f'(h^{(k)})"),
        (9, r"g h^{(k-1)\top}", r"g h^{(k)\top}"),
        (10, r"W^{(k)\top} g", r"W^{(k-1)\top} g"),
    ],
)
def test_what_comes_of_such_a_gradient_has_to_follow(line: int, right: str, slip: str) -> None:
    assert wrong(LOOP.replace(right, slip)) == [line]
