"""Shapes, parts of arrays and labels: lines that hold because of them, and lines that do not."""

from __future__ import annotations

import pytest

from backproof.check.check import check
from backproof.check.scope import Place
from backproof.check.shapes import shapes
from backproof.notation.document import document

BATCH = r"""
$$a = \tanh(W X + b)$$
$$p = \sigma(V a + c)$$
$$L = -\frac{1}{m} \sum_{i=1}^m \left( y^{(i)} \log p^{(i)} + (1 - y^{(i)}) \log (1 - p^{(i)}) \right)$$
"""
ROWS = r"""
$$H = \tanh(X W + b), \quad X \in \mathbb{R}^{n \times d}$$
$$L = \frac{1}{2} \| H - Y \|_F^2$$
"""
NORM = r"""
$$\mu = \frac{1}{d} \sum_{j=1}^d x_j$$
$$\sigma^2 = \frac{1}{d} \sum_{j=1}^d (x_j - \mu)^2$$
$$L = \frac{1}{2} (\sigma^2 - y)^2$$
"""
STEP = r"""
$$h_t = \tanh(W_h h_{t-1} + W_x x_t)$$
$$L = \frac{1}{2} \| h_t - y_t \|^2$$
"""
ATTENTION = r"""
$$Q = X W_Q, \qquad K = X W_K$$
$$A = \text{softmax}\left( \frac{Q K^\top}{\sqrt{d_k}} \right)$$
$$L = \frac{1}{2} \| A X - Y \|_F^2$$
"""
VECTORS = r"""
$$s_j = u_j^\top h, \qquad p_j = \frac{e^{s_j}}{\sum_{k=1}^V e^{s_k}}$$
$$L = -\sum_{j=1}^V t_j \log p_j$$
"""
CLASH = r"""
$$s_i = w^\top x_i$$
$$L = \frac{1}{n} \sum_{i=1}^n (s_i - y_i)^2$$
$$\delta_s = \frac{\partial L}{\partial s}$$
$$R = \sum_{s=1}^n y_s$$
"""


@pytest.mark.parametrize(
    ("note", "line", "verdict"),
    [
        (BATCH, r"\frac{\partial L}{\partial V} = \frac{1}{m} (p - y) a^\top", "holds"),
        (BATCH, r"\frac{\partial L}{\partial V} = \frac{1}{m} (p - y) a", "loose"),
        (BATCH, r"\frac{\partial L}{\partial V} = (p - y) a^\top", "loose"),
        (BATCH, r"\frac{\partial L}{\partial a} = \frac{1}{m} V^\top (p - y)", "holds"),
        (BATCH, r"\frac{\partial L}{\partial a} = \frac{1}{m} (p - y) V^\top", "loose"),
        (BATCH, r"\frac{\partial L}{\partial c} = \frac{1}{m} \sum_{s=1}^m (p_s - y_s)", "holds"),
        (BATCH, r"\frac{\partial L}{\partial c} = \frac{1}{m} \sum_{s=2}^m (p_s - y_s)", "wrong"),
        (BATCH, r"\frac{\partial L}{\partial c} = \frac{1}{m} (p - y) \mathbf{1}", "holds"),
        (
            BATCH,
            r"\frac{\partial L}{\partial V_j} = \frac{1}{m} \sum_{s=1}^m (p_s - y_s) a_{js}",
            "holds",
        ),
        (
            BATCH,
            r"\frac{\partial L}{\partial V_j} = \frac{1}{m} \sum_{s=1}^m (p_s - y_s) a_{sj}",
            "wrong",
        ),
        (ROWS, r"\frac{\partial L}{\partial W} = X^\top ((H - Y) \odot (1 - H^2))", "holds"),
        (ROWS, r"\frac{\partial L}{\partial W} = X ((H - Y) \odot (1 - H^2))", "loose"),
        (
            ROWS,
            r"\frac{\partial L}{\partial b} = \sum_{j=1}^n ((H - Y) \odot (1 - H^2))_{j:}",
            "holds",
        ),
        (
            ROWS,
            r"\frac{\partial L}{\partial b} = \sum_{j=0}^n ((H - Y) \odot (1 - H^2))_{j:}",
            "wrong",
        ),
        (NORM, r"\frac{\partial L}{\partial \sigma^2} = \sigma^2 - y", "holds"),
        (NORM, r"\frac{\partial \sigma^2}{\partial x_j} = \frac{2}{d} (x_j - \mu)", "holds"),
        (NORM, r"\frac{\partial \sigma^2}{\partial x_j} = \frac{1}{d} (x_j + \mu)", "wrong"),
        (
            STEP,
            r"\frac{\partial L}{\partial W_h} = ((h_t - y_t) \odot (1 - h_t^2)) h_{t-1}^\top",
            "holds",
        ),
        (
            STEP,
            r"\frac{\partial L}{\partial W_h} = ((h_t - y_t) \odot (1 - h_t^2)) x_t^\top",
            "wrong",
        ),
        (ATTENTION, r"\frac{\partial L}{\partial A} = (A X - Y) X^\top", "holds"),
        (ATTENTION, r"\frac{\partial L}{\partial A} = X^\top (A X - Y)", "wrong"),
        (VECTORS, r"\frac{\partial L}{\partial u_j} = (\sum_{k=1}^V t_k p_j - t_j) h", "holds"),
        (VECTORS, r"\frac{\partial L}{\partial u_j} = (\sum_{k=1}^V t_k p_j - t_j) u_j", "wrong"),
        (CLASH, r"\frac{\partial L}{\partial w} = x \delta_s^\top", "holds"),
    ],
)
def test_a_line_below_a_note_is(note: str, line: str, verdict: str) -> None:
    before = check(note, kind="markdown").files[0]
    after = check(f"{note}\n$${line}$$\n", kind="markdown").files[0]
    assert after.counts[verdict] == before.counts[verdict] + 1, after.findings


def test_an_output_whose_loss_is_not_summed_has_length_one() -> None:
    found = shapes(document(BATCH, "markdown"))
    assert found is not None
    assert found.of(Place("V", (), ()), 2) == (1, found.of(Place("a", (), ()), 2)[0])  # type: ignore[index]
    assert found.of(Place("p", (), ()), 2) == (1, 2)


def test_declared_dimensions_are_called_by_their_letters() -> None:
    found = shapes(document(ROWS, "markdown"))
    assert found is not None
    assert not found.columns
    assert found.length("d", 2) == found.of(Place("W", (), ()), 2)[0]  # type: ignore[index]
    assert found.length("n", 2) == 2


def test_equations_that_do_not_fit_together_have_no_shapes() -> None:
    declared = r"$W \in \mathbb{R}^{h \times d}$ and $x \in \mathbb{R}^d$"
    assert shapes(document(declared + r": $$z = W x$$ $$L = \|z\|^2$$", "markdown")) is not None
    assert shapes(document(declared + r": $$z = W^\top x$$ $$L = \|z\|^2$$", "markdown")) is None
