"""Regressions and their losses: the loss that was read is the loss that was meant."""

import numpy as np
import pytest

from .lowering import Case, binary, check, one_hot_columns, positive, sigmoid, signs, softmax


def lam(v):
    return vars(v)["lambda"]


def bce(y, a):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def huber(r, d):
    return np.where(abs(r) <= d, r**2 / 2, d * (abs(r) - d / 2))


CASES = [
    Case(
        "logistic regression, sample by sample",
        r"$$z^{(i)} = w^T x^{(i)} + b$$ $$\hat y^{(i)} = a^{(i)} = \sigma(z^{(i)})$$"
        r"$$\mathcal{L}(a^{(i)}, y^{(i)}) = - y^{(i)} \log(a^{(i)}) - (1-y^{(i)}) \log(1-a^{(i)})$$"
        r"$$J = \frac{1}{m}\sum_{i=1}^m \mathcal{L}(a^{(i)}, y^{(i)})$$",
        lambda v: bce(v.y, sigmoid(v.w.T @ v.x + v.b)).mean(),
        "w n0 × 1, x n0 × m, b 1 × 1, y 1 × m",
    ),
    Case(
        "logistic regression with a hypothesis",
        r"$$h_\theta(x) = \frac{1}{1 + e^{-\theta^T x}}$$"
        r"$$J(\theta) = -\frac{1}{m} \sum_{i=1}^{m} \left[ y^{(i)} \log h_\theta(x^{(i)}) + "
        r"(1 - y^{(i)}) \log\left(1 - h_\theta(x^{(i)})\right) \right]$$",
        lambda v: bce(v.y, sigmoid(v.theta.T @ v.x)).mean(),
        "theta n0 × 1, x n0 × m",
    ),
    Case(
        "the loss as a macro with other arguments",
        r"$$\ell(\hat y, y) = -y \log \hat y - (1 - y) \log (1 - \hat y)$$"
        r"$$J(w, b) = \frac{1}{m} \sum_{i=1}^m \ell(\sigma(w^T x^{(i)} + b), y^{(i)})$$",
        lambda v: bce(v.y, sigmoid(v.w.T @ v.x + v.b)).mean(),
        "w n0 × 1",
    ),
    Case(
        "linear regression, x_i",
        r"$$\hat{y}_i = w^\top x_i + b$$ $$L = \frac{1}{n}\sum_{i=1}^n (y_i - \hat y_i)^2$$",
        lambda v: ((v.w.T @ v.x + v.b - v.y) ** 2).mean(),
        "w n0 × 1, x n0 × n, y 1 × n",
    ),
    Case(
        "linear regression, everything scalar",
        r"$$\hat{y} = w x + b$$ $$L = (y - \hat{y})^2$$",
        lambda v: (v.w @ v.x + v.b - v.y) ** 2,
        "w 1 × n0, x n0 × 1",
    ),
    Case(
        "simple regression over samples",
        r"$$E = \frac{1}{2} \sum_{n=1}^{N} (t_n - (w x_n + b))^2$$",
        lambda v: 0.5 * ((v.t - v.w @ v.x - v.b) ** 2).sum(),
        "t 1 × N",
    ),
    Case(
        "least squares with a design matrix",
        r"$$J(\theta) = \frac{1}{2m} (X\theta - y)^T (X\theta - y)$$",
        lambda v: ((v.X @ v.theta - v.y) ** 2).sum() / 2 / v.n.m,
        "X m × n0, theta n0 × 1, y m × 1",
        columns=False,
    ),
    Case(
        "ridge",
        r"$$L(w) = \frac{1}{n}\|y - Xw\|_2^2 + \lambda \|w\|_2^2$$",
        lambda v: ((v.y - v.X @ v.w) ** 2).sum() / len(v.y) + lam(v) * (v.w**2).sum(),
        "y n × 1, X n × n0",
        "lambda constant, X input, y target, w parameter",
        columns=False,
    ),
    Case(
        "lasso with \\lVert and \\beta",
        r"$$\hat y = X \beta$$ $$L = \frac{1}{2}\lVert y - \hat y \rVert^2 + \lambda \lVert "
        r"\beta \rVert_1$$",
        lambda v: 0.5 * ((v.y - v.X @ v.beta) ** 2).sum() + lam(v) * abs(v.beta).sum(),
        "beta n0 × 1",
        columns=False,
    ),
    Case(
        "elastic net in plain text",
        "r = y - X @ w\nL = sum(r**2) / (2*n) + lam * (alpha * sum(abs(w)) + (1 - alpha)/2 * "
        "sum(w**2))",
        lambda v: (
            ((v.y - v.X @ v.w) ** 2).sum() / (2 * v.n.n)
            + v.lam * (v.alpha * abs(v.w).sum() + (1 - v.alpha) / 2 * (v.w**2).sum())
        ),
        "w n0 × 1, y n × 1",
        "lam constant, alpha constant",
        columns=False,
    ),
    Case(
        "softmax regression, class by class",
        r"$$z_k = w_k^T x + b_k$$ $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$ $$L = -\sum_k y_k "
        r"\log p_k$$",
        lambda v: -(v.y * np.log(softmax(v.w.T @ v.x + v.b, 0))).sum(),
        "w n0 × n1, b n1 × 1",
    ),
    Case(
        "softmax regression over a batch",
        r"$$\hat{y}^{(i)} = \text{softmax}(W x^{(i)} + b)$$"
        r"$$J = -\frac{1}{N} \sum_{i=1}^N \sum_{k=1}^K y_k^{(i)} \log \hat{y}_k^{(i)}$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x + v.b, 0))).sum() / v.n.N,
        "W K × n0, x n0 × N, b K × 1",
        draw={"y": one_hot_columns},
    ),
    Case(
        "softmax through logsumexp",
        r"$$s = W x + b$$ $$L = -\sum_{c} y_c s_c + \log \sum_{c} e^{s_c}$$",
        lambda v: -(v.y * (v.W @ v.x + v.b)).sum() + np.log(np.exp(v.W @ v.x + v.b).sum()),
        "y n1 × 1",
    ),
    Case(
        "softmax with the largest logit taken off",
        r"$$o = W x$$ $$p_k = \frac{e^{o_k - \max_j o_j}}{\sum_l e^{o_l - \max_j o_j}}$$"
        r"$$\ell = -\sum_k y_k \ln p_k$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x, 0))).sum(),
        "W n1 × n0",
    ),
    Case(
        "hinge",
        r"$$L = \frac{1}{n}\sum_{i=1}^n \max(0, 1 - y_i (w^T x_i + b)) + "
        r"\frac{\lambda}{2}\|w\|^2$$",
        lambda v: np.maximum(0, 1 - v.y * (v.w.T @ v.x + v.b)).mean() + lam(v) / 2 * (v.w**2).sum(),
        "w n0 × 1, b 1 × 1",
        draw={"y": signs},
    ),
    Case(
        "soft-margin machine",
        r"$$J(w, b) = \frac12 w^T w + C \sum_{i=1}^N \max(0, 1 - y^{(i)} (w^T x^{(i)} + b))$$",
        lambda v: 0.5 * (v.w**2).sum() + v.C * np.maximum(0, 1 - v.y * (v.w.T @ v.x + v.b)).sum(),
        "C 1 × 1",
        "C constant",
        draw={"y": signs},
    ),
    Case(
        "multi-class hinge, one-hot",
        r"$$s = W x + b$$ $$c = y^T s$$ $$L = \sum_j \max(0, s_j - c + 1 - y_j)$$",
        lambda v: np.maximum(0, v.W @ v.x + v.b - v.y.T @ (v.W @ v.x + v.b) + 1 - v.y).sum(),
        "c 1 × 1",
        draw={"y": one_hot_columns},
    ),
    Case(
        "Huber by cases",
        r"$$r = y - w^T x$$"
        r"$$L = \begin{cases} \frac12 r^2 & |r| \le \delta \\ \delta (|r| - \frac12 \delta) & "
        r"\text{otherwise} \end{cases}$$",
        lambda v: huber(v.y - v.w.T @ v.x, v.delta),
        "r 1 × 1",
        "delta constant",
        draw={"delta": positive},
    ),
    Case(
        "Huber as a function over samples",
        r"$$h(r) = \begin{cases} \frac12 r^2 & \text{if } |r| < \delta \\ \delta |r| - \frac12 "
        r"\delta^2 & \text{otherwise} \end{cases}$$"
        r"$$L = \frac1m \sum_{i=1}^m h(y^{(i)} - w^T x^{(i)})$$",
        lambda v: huber(v.y - v.w.T @ v.x, v.delta).mean(),
        "w n0 × 1",
        draw={"delta": positive},
    ),
    Case(
        "log-cosh",
        r"$$L = \sum_i \log \cosh(\hat y_i - y_i)$$ $$\hat y = W x$$",
        lambda v: np.log(np.cosh(v.W @ v.x - v.y)).sum(),
        "",
    ),
    Case(
        "mean absolute error",
        r"$$L = \frac{1}{n} \sum_{i=1}^n |y_i - w^T x_i|$$",
        lambda v: abs(v.y - v.w.T @ v.x).mean(),
        "",
    ),
    Case(
        "Poisson regression",
        r"$$\mu^{(i)} = e^{w^T x^{(i)} + b}$$"
        r"$$L = \frac1m \sum_{i=1}^m \left( \mu^{(i)} - y^{(i)} \log \mu^{(i)} \right)$$",
        lambda v: (np.exp(v.w.T @ v.x + v.b) - v.y * (v.w.T @ v.x + v.b)).mean(),
        "mu 1 × m",
    ),
    Case(
        "Gaussian likelihood",
        r"$$\mu = w^T x$$ $$L = \frac{(y - \mu)^2}{2 \sigma^2} + \frac12 \log(2 \pi \sigma^2)$$",
        lambda v: (
            (v.y - v.w.T @ v.x) ** 2 / (2 * v.sigma**2) + 0.5 * np.log(2 * np.pi * v.sigma**2)
        ),
        "sigma 1 × 1",
        draw={"sigma": positive},
    ),
    Case(
        "logistic loss with labels ±1",
        r"$$L = \frac{1}{N} \sum_{n=1}^{N} \ln(1 + e^{-y_n w^T x_n})$$",
        lambda v: np.log1p(np.exp(-v.y * (v.w.T @ v.x))).mean(),
        "w n0 × 1, x n0 × N, y 1 × N",
        draw={"y": signs},
    ),
    Case(
        "binary cross-entropy from logits",
        r"$$z = X w + b$$ $$L = \frac{1}{m} \sum_{i=1}^m \left[ \max(z_i, 0) - z_i y_i + \log(1 "
        r"+ e^{-|z_i|}) \right]$$",
        lambda v: bce(v.y, sigmoid(v.X @ v.w + v.b)).mean(),
        "y m × 1, w n0 × 1, b 1 × 1",
        columns=False,
        draw={"y": binary},
    ),
    Case(
        "vectorised cross-entropy",
        r"$$p = \sigma(X\beta)$$ $$\ell(\beta) = -\frac{1}{n} \left( y^T \log p + (1 - y)^T "
        r"\log (1 - p) \right)$$",
        lambda v: bce(v.y, sigmoid(v.X @ v.beta)).sum() / v.n.n,
        "y n × 1",
        columns=False,
    ),
    Case(
        "1/2m on the line",
        r"$$J = 1/2m \sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2$$ $$h(x) = \theta_0 + \theta_1 x$$",
        lambda v: ((v.theta0 + v.theta1 @ v.x - v.y) ** 2).sum() / 2 / v.n.m,
        "",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
