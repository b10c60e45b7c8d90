r"""Notes in numerator layout: the derivative of a number by a column is a row."""

from __future__ import annotations

from .verdicts import told, told_with_slip

ROWS = r"""
For one sample, $s = W x + c$, $q = \tanh(s)$ and $E = \frac{1}{2} \|q - t\|^2$.
$$\frac{\partial E}{\partial q} = (q - t)^\top$$
$$g = \frac{\partial E}{\partial s} = (q - t)^\top \mathrm{diag}(1 - q \odot q)$$
$$\frac{\partial E}{\partial x} = g W$$
$$\nabla_c E = g^\top$$
"""


def test_derivatives_are_rows_where_all_lines_have_them_so() -> None:
    assert told_with_slip(ROWS, "= g W$", r"= g W^\top$") == ["5 loose"]
    assert told_with_slip(ROWS, r"= (q - t)^\top$", r"= (t - q)^\top$") == ["3 wrong"]


def test_one_line_that_is_turned_is_still_loose() -> None:
    columns = r"""
For one sample, $s = W x + c$, $q = \tanh(s)$ and $E = \frac{1}{2} \|q - t\|^2$.
$$\frac{\partial E}{\partial q} = (q - t)^\top$$
$$\frac{\partial E}{\partial s} = (q - t) \odot (1 - q \odot q)$$
$$\frac{\partial E}{\partial x} = W^\top \frac{\partial E}{\partial s}$$
"""
    assert told(columns) == ["3 loose"]
