"""Notations, one by one: a line that is right holds, and the same with a slip in it does not."""

from __future__ import annotations

import pytest

import backproof as bp

#: A note, and lines about it: those that hold, those that do not.
CASES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "a net input without the step it belongs to": (
        r"""$a = W x_t + U h_{t-1} + b$, $h_t = \tanh(a)$ and $L = \frac12 \|h_t - y_t\|^2$.""",
        (
            r"\frac{\partial L}{\partial a} = (h_t - y_t) \odot (1 - h_t^2)",
            r"\frac{\partial L}{\partial U} = \frac{\partial L}{\partial a} h_{t-1}^\top",
        ),
        (r"\frac{\partial L}{\partial a} = (h_t - y_t) \odot (1 - h_{t-1}^2)",),
    ),
    "weights named by what they join": (
        r"""$h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t)$, $o_t = W_{hy} h_t$, $h_0 = 0$,
        $L_t = \frac12 \|o_t - y_t\|^2$ and $L = \sum_{t=1}^T L_t$.""",
        (r"\frac{\partial L}{\partial W_{hy}} = \sum_{t=1}^T (o_t - y_t) h_t^\top",),
        (r"\frac{\partial L}{\partial W_{hy}} = \sum_{t=1}^T (o_t + y_t) h_t^\top",),
    ),
    "columns of a matrix in small letters": (
        r"""$Z = W X + b$, $A = \sigma(Z)$ and
        $J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))$.""",
        (r"\frac{\partial J}{\partial W} = \frac1m (A - Y) X^T",),
        (r"\frac{\partial J}{\partial W} = \frac1m (A + Y) X^T",),
    ),
    "words that are chosen from a vocabulary": (
        r"""$P(o \mid c) = \frac{\exp(u_o^\top v_c)}{\sum_{w=1}^V \exp(u_w^\top v_c)}$ and
        $J = -\log P(o \mid c)$.""",
        (
            r"\frac{\partial J}{\partial v_c} = -u_o + \sum_{w=1}^V P(w \mid c) u_w",
            r"\frac{\partial J}{\partial u_o} = (P(o \mid c) - 1) v_c",
        ),
        (
            r"\frac{\partial J}{\partial v_c} = u_o + \sum_{w=1}^V P(w \mid c) u_w",
            r"\frac{\partial J}{\partial u_o} = (P(o \mid c) - 1) u_o",
        ),
    ),
    "the class of a sample as an index": (
        r"""$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}$ and $L = -\log p_y$.""",
        (
            r"\frac{\partial L}{\partial s_k} = p_k - \mathbb{1}[k = y]",
            r"\frac{\partial L}{\partial s_y} = p_y - 1",
        ),
        (r"\frac{\partial L}{\partial s_k} = p_k + \mathbb{1}[k = y]",),
    ),
    "indicators however they are written": (
        r"""$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$.""",
        (
            r"\frac{\partial p_i}{\partial z_j} = p_i (1\{i = j\} - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = p_i ([i = j] - p_j)",
        ),
        (r"\frac{\partial p_i}{\partial z_j} = p_i (\mathbb{1}(i = j) - p_i)",),
    ),
    "a convolution": (
        r"""$y_i = \sum_{k=0}^{K-1} w_k x_{i+k} + b$ for $i = 0, \dots, n - K$, and
        $\delta_i = \frac{\partial L}{\partial y_i}$.""",
        (
            r"\frac{\partial y_i}{\partial w_k} = x_{i+k}",
            r"\frac{\partial L}{\partial w_k} = \sum_{i=0}^{n-K} \delta_i x_{i+k}",
            r"\frac{\partial L}{\partial x_j} = \sum_{k=0}^{K-1} \delta_{j-k} w_k",
        ),
        (
            r"\frac{\partial y_i}{\partial w_k} = x_{i-k}",
            r"\frac{\partial L}{\partial b} = \sum_{i=1}^{n-K} \delta_i",
            r"\frac{\partial L}{\partial x_j} = \sum_{k=0}^{K-1} \delta_{j+k} w_k",
        ),
    ),
    "a variance, and one feature for each sample": (
        r"""$\mu = \frac1m \sum_{i=1}^m x_i$, $\sigma^2 = \frac1m \sum_{i=1}^m (x_i - \mu)^2$ and
        $u_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}$.""",
        (
            r"\frac{\partial u_i}{\partial \sigma^2}"
            r" = -\frac12 (x_i - \mu) (\sigma^2 + \epsilon)^{-3/2}",
        ),
        (
            r"\frac{\partial u_i}{\partial \sigma^2}"
            r" = -\frac12 (x_i - \mu) (\sigma^2 + \epsilon)^{-1/2}",
        ),
    ),
    "limits, series and factorials": (
        r"""For any $x$:""",
        (
            r"\lim_{h \to 0} \frac{\sin(x + h) - \sin x}{h} = \cos x",
            r"e^x = \sum_{n=0}^{\infty} \frac{x^n}{n!}",
            r"\frac{(n+1)!}{n!} = n + 1",
        ),
        (
            r"\lim_{h \to 0} \frac{\sin(x + h) - \sin(x - h)}{h} = \cos x",
            r"e^x = \sum_{n=1}^{\infty} \frac{x^n}{n!}",
            r"\frac{(n+1)!}{n!} = n",
        ),
    ),
    "differences in place of a derivative": (
        r"""For a small $\epsilon$:""",
        (r"f'(x) \approx \frac{f(x + \epsilon) - f(x - \epsilon)}{2 \epsilon}",),
        (r"f'(x) \approx \frac{f(x + \epsilon) - f(x - \epsilon)}{\epsilon}",),
    ),
    "the normal distribution": (
        r"""$\varphi(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2/2}$ and $G(x) = x \Phi(x)$.""",
        (r"\varphi'(x) = -x \varphi(x)", r"G'(x) = \Phi(x) + x \varphi(x)"),
        (r"\varphi'(x) = x \varphi(x)",),
    ),
    "the largest of several": (
        r"""Shifting all scores:""",
        (
            r"\frac{e^{z_i - \max_j z_j}}{\sum_k e^{z_k - \max_j z_j}}"
            r" = \frac{e^{z_i}}{\sum_k e^{z_k}}",
        ),
        (
            r"\frac{e^{z_i - \max_j z_j}}{\sum_k e^{z_k}}"
            r" = \frac{e^{z_i}}{\sum_k e^{z_k}}",
        ),
    ),
    "second derivatives of a function with a formula": (
        r"""$g(u) = \frac{1}{1 + e^{-u}}$.""",
        (r"g''(u) = g(u) (1 - g(u)) (1 - 2 g(u))",),
        (r"g''(u) = g(u) (1 - g(u)) (1 - g(u))",),
    ),
    "matrices that are square by their use": (
        r"""Vectors $a$, $x$ and matrices $A$, $X$.""",
        (
            r"\frac{\partial\, x^T A x}{\partial x} = (A + A^T) x",
            r"\frac{\partial \ln \det X}{\partial X} = X^{-\top}",
            r"\frac{d X^{-1}}{d t} = -X^{-1} \frac{d X}{d t} X^{-1}",
        ),
        (
            r"\frac{\partial\, x^T A x}{\partial x} = 2 A x",
            r"\frac{d X^{-1}}{d t} = X^{-1} \frac{d X}{d t} X^{-1}",
        ),
    ),
    "a name given behind a formula": (
        r"""$z = w x$ and $L = \frac12 (z - y)^2$.""",
        (
            r"\frac{\partial L}{\partial z} = z - y =: e",
            r"\frac{\partial L}{\partial w} = e x",
        ),
        (r"\frac{\partial L}{\partial w} = e w",),
    ),
    "a function with another name for each layer": (
        r"""$a^{[1]} = g^{[1]}(w x)$ with $g^{[1]} = \tanh$.""",
        (r"\frac{\partial a^{[1]}}{\partial x} = (1 - (a^{[1]})^2) w",),
        (r"\frac{\partial a^{[1]}}{\partial x} = a^{[1]} (1 - a^{[1]}) w",),
    ),
    "a derivative of what starts with a minus": (
        r"""$p = \sigma(w^T x)$ and $\frac{\partial L}{\partial w} = \frac{\partial -\log p}{\partial w}$.""",
        (r"\frac{\partial -\log p}{\partial w} = (p - 1) x",),
        (r"\frac{\partial -\log p}{\partial w} = (1 - p) x",),
    ),
    "cases": (
        r"""$L = -y \log p - (1 - y) \log(1 - p)$. For $y = 1$ this is $L = -\log p$, and for $y = 0$
        it is $L = -\log(1 - p)$.""",
        (r"\frac{\partial L}{\partial p} = -\frac{y}{p} + \frac{1 - y}{1 - p}",),
        (r"\frac{\partial L}{\partial p} = \frac{y}{p} + \frac{1 - y}{1 - p}",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_notation_is_understood(name: str) -> None:
    intro, right, wrong = CASES[name]
    head = intro + "\n\n" + "\n\n".join(f"$${line}$$" for line in right)
    report = bp.check(head).files[0]
    assert report.counts["holds"] == report.equations >= len(right), report.findings
    for line in wrong:
        found = bp.check(f"{head}\n\n$${line}$$").files[0]
        assert [f.verdict for f in found.findings] in (["wrong"], ["loose"]), (line, found.findings)


def test_what_the_prose_makes_equal_is_equal() -> None:
    note = r"""$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$. If $i = j$,

$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)$$

and for $i \ne j$

$$\frac{\partial p_i}{\partial z_j} = -p_i p_j$$
"""
    assert not bp.check(note).files[0].findings


def test_a_sum_over_samples_has_no_term_too_many() -> None:
    note = r"For $y_1, \dots, y_N$ $$E = \sum_{i=0}^N (y_i - a)^2$$"
    assert [f.kind for f in bp.check(note).files[0].findings] == ["off by one"]


def test_rows_and_columns_of_the_samples_are_not_mixed_up() -> None:
    note = r"""$\hat{y} = X w + b$ and $J = \frac1N \sum_{i=1}^N (\hat{y}_i - y_i)^2$.

$$\frac{\partial J}{\partial w_j} = \frac2N \sum_{i=1}^N (\hat{y}_i - y_i) X_{ij}$$

$$\frac{\partial J}{\partial w_j} = \frac2N \sum_{i=1}^N (\hat{y}_i - y_i) X_{ji}$$
"""
    assert [f.span.line for f in bp.check(note).files[0].findings] == [5]


def test_single_numbers_need_no_transpose() -> None:
    note = r"""$z = w x + b$, $a = \sigma(z)$, $L = \frac12 (a - y)^2$.

$$\frac{\partial L}{\partial w} = (a - y)\, a (1 - a)\, x$$
"""
    assert not bp.check(note).files[0].findings
