"""Dots: sums, vectors and matrices that are written with them."""

from __future__ import annotations

import pytest

from backproof.check import ellipses
from backproof.check.unparse import unparse
from backproof.notation.document import document

from .verdicts import judged, told_why

LINEAR = r"""A guess from $m$ measurements.

$$ \hat y = w_1 x_1 + w_2 x_2 + \dots + w_m x_m + b $$
"""
SOFTMAX = r"""
$$ p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} $$
$$ L = -(y_1 \log p_1 + \dots + y_c \log p_c + \dots + y_K \log p_K) $$
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\hat y = \mathbf{w}^T \mathbf{x} + b", "holds"),
        (r"\sum_{j=1}^m w_j^2 = w_1^2 + w_2^2 + \cdots + w_m^2", "holds"),
        (r"\sum_{j=1}^m w_j^2 = w_1 + w_2 + \cdots + w_m", "wrong"),
        (r"\sum_{j=1}^m w_j = w_1 + w_2 + w_3 + \ldots + w_m", "holds"),
        (r"\frac{\partial \hat y}{\partial \mathbf{x}} "
         r"= \begin{bmatrix} w_1 \\ w_2 \\ \vdots \\ w_m \end{bmatrix}", "holds"),
        (r"\frac{\partial \hat y}{\partial \mathbf{x}} "
         r"= \begin{bmatrix} x_1 \\ x_2 \\ \vdots \\ x_m \end{bmatrix}", "wrong"),
        (r"\frac{\partial \hat y}{\partial \mathbf{x}} = [w_1, \dots, w_m]^T", "holds"),
    ],
)  # fmt: skip
def test_a_sum_and_a_vector_go_on_as_they_began(line: str, verdict: str) -> None:
    assert judged(f"{LINEAR}\n$$ {line} $$\n")[-1] == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial p} = \begin{pmatrix} -\frac{y_1}{p_1} & -\frac{y_2}{p_2} "
         r"& \dots & -\frac{y_K}{p_K} \end{pmatrix}", "holds"),
        (r"\frac{\partial L}{\partial p} = \begin{pmatrix} \frac{y_1}{p_1} & \frac{y_2}{p_2} "
         r"& \dots & \frac{y_K}{p_K} \end{pmatrix}", "wrong"),
        (r"\frac{\partial p}{\partial z} = \begin{pmatrix} p_1 (1 - p_1) & -p_1 p_2 & \dots & "
         r"-p_1 p_K \\ \vdots & \vdots & \ddots & \vdots \\ -p_K p_1 & -p_K p_2 & \dots & "
         r"p_K (1 - p_K) \end{pmatrix}", "holds"),
        (r"\frac{\partial p}{\partial z} = \begin{pmatrix} p_1 (1 - p_1) & p_1 p_2 & \dots & "
         r"p_1 p_K \\ \vdots & \vdots & \ddots & \vdots \\ p_K p_1 & p_K p_2 & \dots & "
         r"p_K (1 - p_K) \end{pmatrix}", "wrong"),
        (r"\frac{\partial e^z}{\partial z} = \begin{pmatrix} e^{z_1} & & \\ & \ddots & \\ & & "
         r"e^{z_K} \end{pmatrix}", "holds"),
        (r"\frac{\partial e^z}{\partial z} = \begin{pmatrix} z_1 & & \\ & \ddots & \\ & & "
         r"z_K \end{pmatrix}", "wrong"),
    ],
)  # fmt: skip
def test_a_jacobian_has_a_form_of_its_own_along_the_diagonal(line: str, verdict: str) -> None:
    assert judged(f"{SOFTMAX}\n$$ {line} $$\n")[-1] == verdict


@pytest.mark.parametrize(
    "formula",
    [
        r"a_1 + a_3 + \dots + a_n + c",  # two ways to go on
        r"a_1 + b_2 + \dots + c_n",
        r"\begin{pmatrix} 0 & \dots & 1 & \dots & 0 \end{pmatrix}",
        r"f_1 + \dots",
    ],
)
def test_dots_that_may_go_on_in_several_ways_stay_dots(formula: str) -> None:
    assert told_why(f"$$ s = {formula} $$") == ["1 undecided ellipsis"]


@pytest.mark.parametrize(
    "formula",
    [
        r"s = a_1 + a_2 + \cdots + a_n + c",
        r"X = \begin{bmatrix} x_{11} & x_{12} & \dots & x_{1n} \\ x_{21} & x_{22} & \dots & "
        r"x_{2n} \\ \vdots \\ x_{m1} & x_{m2} & \dots & x_{mn} \end{bmatrix}",
        r"v = [x_1, x_2, \dots, x_n]",
    ],
)
def test_what_was_read_from_dots_is_printed_with_dots_again(formula: str) -> None:
    statement = ellipses.without_dots(document(f"$$ {formula} $$").statements)[0]
    printed = unparse(statement.tree)
    assert printed.replace(r"\vdots \\", "").count(r"\dots") == formula.count(r"\dots")
    again = ellipses.without_dots(document(f"$$ {printed} $$").statements)[0]
    assert unparse(again.tree) == printed


def test_vectors_with_a_one_in_front_and_the_table_of_samples_fit_together() -> None:
    note = r"""For $n$ samples with $m$ features,

$$ \tilde{\mathbf{x}} = \begin{bmatrix} 1 \\ x_1 \\ \vdots \\ x_m \end{bmatrix} $$
$$ \hat y^{(i)} = \tilde{\mathbf{w}}^T \tilde{\mathbf{x}}^{(i)} $$
$$ \tilde{\mathbf{X}} = \begin{bmatrix} (\tilde{\mathbf{x}}^{(1)})^T \\ \vdots \\
(\tilde{\mathbf{x}}^{(n)})^T \end{bmatrix} $$
$$ J = \frac{1}{n} \sum_{i=1}^{n} (\hat y^{(i)} - y^{(i)})^2 $$
$$ \frac{\partial J}{\partial \tilde{\mathbf{w}}}
= \frac{2}{n} \sum_{i=1}^n (\hat y^{(i)} - y^{(i)}) \tilde{\mathbf{x}}^{(i)} $$
$$ \frac{\partial J}{\partial \tilde{\mathbf{w}}}
= \frac{2}{n} \sum_{i=1}^n (y^{(i)} - \hat y^{(i)}) \tilde{\mathbf{x}}^{(i)} $$
"""
    assert "wrong" not in judged(note)[:-1]


def test_a_vector_made_of_its_entries_is_not_defined_by_itself() -> None:
    note = r"""
$$ \mathbf{x} = (x_1, \dots, x_n) $$
$$ s = \mathbf{w}^T \mathbf{x} $$
$$ s = \sum_{k=1}^n w_k x_k $$
"""
    assert judged(note) == ["holds", "holds"]


def test_what_is_turned_in_brackets_of_either_sort_is_a_column() -> None:
    note = r"""
$$ v = [x_1, \dots, x_n]^T, \quad w = (x_1, \dots, x_n)^T $$
$$ s = v^T w $$
$$ s = \sum_{i=1}^n x_i^2 $$
"""
    assert judged(note) == ["holds"] * 4
