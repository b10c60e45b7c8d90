"""Notes in index notation: which letters run, and over what."""

import numpy as np
import pytest

from .lowering import Case, check, positive, sigmoid, softmax


def bn(x, eps, axis):
    mu = x.mean(axis=axis, keepdims=True)
    var = ((x - mu) ** 2).mean(axis=axis, keepdims=True)
    return (x - mu) / np.sqrt(var + eps)


CASES = [
    Case(
        "two layers, entry by entry",
        r"$$z_j^{(1)} = \sum_k w_{jk}^{(1)} x_k + b_j^{(1)}$$ $$a_j^{(1)} = \sigma(z_j^{(1)})$$"
        r"$$z_j^{(2)} = \sum_k w_{jk}^{(2)} a_k^{(1)} + b_j^{(2)}$$ $$a_j^{(2)} = "
        r"\sigma(z_j^{(2)})$$"
        r"$$E = \frac12 \sum_j (y_j - a_j^{(2)})^2$$",
        lambda v: 0.5 * ((v.y - sigmoid(v.w2 @ sigmoid(v.w1 @ v.x + v.b1) + v.b2)) ** 2).sum(),
        "w1 n1 × n0, x n0 × 1, b1 n1 × 1, w2 n2 × n1, y n2 × 1",
    ),
    Case(
        "indices in the other order, over samples",
        r"$$z_j^{(i)} = \sum_{k=1}^{d} x_k^{(i)} w_{kj} + b_j$$ $$a_j^{(i)} = \tanh(z_j^{(i)})$$"
        r"$$L = \frac{1}{m} \sum_{i=1}^{m} \sum_j (a_j^{(i)} - y_j^{(i)})^2$$",
        lambda v: ((np.tanh(v.x @ v.w + v.b) - v.y) ** 2).sum() / v.n.m,
        "w d × n1, x m × d, y m × n1, b 1 × n1",
        columns=False,
    ),
    Case(
        "double sum over samples and classes",
        r"$$p_{ik} = \frac{e^{z_{ik}}}{\sum_j e^{z_{ij}}}$$ $$z_{ik} = \sum_j x_{ij} w_{jk} + b_k$$"
        r"$$L = -\frac1N \sum_{i=1}^{N} \sum_{k} y_{ik} \log p_{ik}$$",
        lambda v: -(v.y * np.log(softmax(v.x @ v.w + v.b, 1))).sum() / v.n.N,
        "x N × n0, w n0 × n1, y N × n1",
        columns=False,
        draw={"y": positive},
    ),
    Case(
        "one sum with two indices",
        r"$$L = \sum_i (y_i - \sum_j W_{ij} x_j)^2 + \lambda \sum_{i,j} W_{ij}^2$$",
        lambda v: ((v.y - v.W @ v.x) ** 2).sum() + vars(v)["lambda"] * (v.W**2).sum(),
        "W n1 × n0, y n1 × 1",
    ),
    Case(
        "sums side by side without brackets",
        r"$$L = -\sum_{k} y_k \log a_k + (1 - y_k) \log (1 - a_k)$$ $$a = \sigma(W x)$$",
        lambda v: (
            -(v.y * np.log(sigmoid(v.W @ v.x)) + (1 - v.y) * np.log(1 - sigmoid(v.W @ v.x))).sum()
        ),
        "",
    ),
    Case(
        "batch normalisation",
        r"$$u^{(i)} = W x^{(i)}$$ $$\mu = \frac1m \sum_{i=1}^m u^{(i)}$$"
        r"$$\sigma^2 = \frac1m \sum_{i=1}^m (u^{(i)} - \mu)^2$$"
        r"$$\hat u^{(i)} = \frac{u^{(i)} - \mu}{\sqrt{\sigma^2 + \epsilon}}$$"
        r"$$v^{(i)} = \gamma \odot \hat u^{(i)} + \beta$$"
        r"$$L = \frac1m \sum_{i=1}^m \|v^{(i)} - y^{(i)}\|^2$$",
        lambda v: ((v.gamma * bn(v.W @ v.x, v.epsilon, 1) + v.beta - v.y) ** 2).sum() / v.n.m,
        "gamma n1 × 1, beta n1 × 1, mu n1 × 1, sigma2 n1 × 1, u_hat n1 × m",
        "epsilon constant, gamma parameter, beta parameter",
        draw={"epsilon": positive},
    ),
    Case(
        "layer normalisation written out",
        r"$$h = W x$$ $$\mu = \frac1d \sum_{j=1}^d h_j$$ $$s^2 = \frac1d \sum_{j=1}^d (h_j - "
        r"\mu)^2$$"
        r"$$\hat h_j = \frac{h_j - \mu}{\sqrt{s^2 + \epsilon}}$$ $$o_j = \gamma_j \hat h_j + "
        r"\beta_j$$"
        r"$$L = \sum_j (o_j - y_j)^2$$",
        lambda v: ((v.gamma * bn(v.W @ v.x, v.epsilon, 0) + v.beta - v.y) ** 2).sum(),
        "mu 1 × 1, gamma d × 1, W d × n0",
        draw={"epsilon": positive},
    ),
    Case(
        "layer normalisation with sigma divided by",
        r"$$\mu = \frac{1}{H}\sum_{i=1}^H a_i, \qquad \sigma = \sqrt{\frac{1}{H}\sum_{i=1}^H "
        r"(a_i - \mu)^2}$$"
        r"$$a = W x$$ $$h = \frac{g}{\sigma} \odot (a - \mu) + b$$ $$L = \frac12 \|h - t\|^2$$",
        lambda v: 0.5 * ((v.g * bn(v.W @ v.x, 0, 0) + v.b - v.t) ** 2).sum(),
        "sigma 1 × 1, g H × 1, b H × 1",
    ),
    Case(
        "centroid: a sum over samples inside a formula",
        r"$$c = \frac{1}{N} \sum_{i=1}^{N} x_i$$ $$L = \frac{1}{N} \sum_{i=1}^N \|W(x_i - c)\|^2$$",
        lambda v: ((v.W @ (v.x - v.x.mean(axis=1, keepdims=True))) ** 2).sum() / v.n.N,
        "c n0 × 1, x n0 × N",
    ),
    Case(
        "a quadratic form",
        r"$$L = \sum_i \sum_j x_i A_{ij} x_j - \sum_i b_i x_i$$",
        lambda v: v.x.T @ v.A @ v.x - v.b.T @ v.x,
        "A n0 × n0, b n0 × 1",
    ),
    Case(
        "weights of samples",
        r"$$L = \sum_{i=1}^{m} r^{(i)} (y^{(i)} - w^T x^{(i)})^2$$",
        lambda v: (v.r * (v.y - v.w.T @ v.x) ** 2).sum(),
        "r 1 × m",
    ),
    Case(
        "a covariance",
        r"$$S = \frac{1}{m} \sum_{i=1}^{m} x^{(i)} x^{(i)T}$$ $$L = \frac12 \|S - C\|_F^2 $$",
        lambda v: 0.5 * ((v.x @ v.x.T / v.n.m - v.C) ** 2).sum(),
        "S n0 × n0, C n0 × n0",
    ),
    Case(
        "one sum over three factors",
        r"$$L = \sum_k c_k y_k \log p_k$$ $$p = \text{softmax}(W x)$$",
        lambda v: (v.c * v.y * np.log(softmax(v.W @ v.x, 0))).sum(),
        "c n1 × 1",
    ),
    Case(
        "a kernel machine",
        r"$$f_i = \sum_j \alpha_j K_{ij} + b$$ $$L = \frac{1}{n}\sum_{i=1}^n (y_i - f_i)^2$$",
        lambda v: ((v.y - (v.K @ v.alpha + v.b).T) ** 2).mean(),
        "K n × n0, alpha n0 × 1, y 1 × n",
    ),
    Case(
        "matrix factorisation",
        r"$$L = \sum_{i}\sum_{j} (R_{ij} - u_i^T v_j)^2 + \lambda \left(\sum_i \|u_i\|^2 + "
        r"\sum_j \|v_j\|^2\right)$$",
        lambda v: (
            ((v.R - v.u.T @ v.v) ** 2).sum() + vars(v)["lambda"] * ((v.u**2).sum() + (v.v**2).sum())
        ),
        "u n0 × n1, v n0 × n2, R n1 × n2",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
