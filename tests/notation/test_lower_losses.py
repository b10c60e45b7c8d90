"""Losses of every kind, activations of one's own: what was read is what was meant."""

import math

import numpy as np
import pytest

from .lowering import Case, check, one_hot_columns, positive, relu, sigmoid, softmax

erf = np.vectorize(math.erf)


def norm(x):
    return np.sqrt((x**2).sum())


CASES = [
    Case(
        "Kullback-Leibler",
        r"$$q = \text{softmax}(W x)$$ $$D_{KL} = \sum_k p_k \log \frac{p_k}{q_k}$$",
        lambda v: (v.p * np.log(v.p / softmax(v.W @ v.x, 0))).sum(),
        "p n1 × 1",
        draw={"p": positive},
    ),
    Case(
        "variational loss",
        r"$$\mu = W_\mu x, \quad s = W_s x$$"
        r"$$L = -\frac12 \sum_j \left( 1 + s_j - \mu_j^2 - e^{s_j} \right)$$",
        lambda v: -0.5 * (1 + v.W_s @ v.x - (v.W_mu @ v.x) ** 2 - np.exp(v.W_s @ v.x)).sum(),
        "",
    ),
    Case(
        "focal loss",
        r"$$p = \sigma(w^T x)$$ $$L = -\alpha (1 - p)^\gamma y \log p - (1 - \alpha) p^\gamma "
        r"(1 - y) \log (1 - p)$$",
        lambda v: (
            -v.alpha * (1 - sigmoid(v.w.T @ v.x)) ** v.gamma * v.y * np.log(sigmoid(v.w.T @ v.x))
            - (1 - v.alpha)
            * sigmoid(v.w.T @ v.x) ** v.gamma
            * (1 - v.y)
            * np.log(1 - sigmoid(v.w.T @ v.x))
        ),
        "gamma 1 × 1",
        "gamma constant, alpha constant",
    ),
    Case(
        "contrastive loss",
        r"$$d = \|f(x_1) - f(x_2)\|$$ $$f(x) = \tanh(W x + b)$$"
        r"$$L = \frac12 y d^2 + \frac12 (1 - y) \max(0, \mu - d)^2$$",
        lambda v: (
            0.5 * v.y * norm(np.tanh(v.W @ v.x1 + v.b) - np.tanh(v.W @ v.x2 + v.b)) ** 2
            + 0.5
            * (1 - v.y)
            * max(0, v.mu.item() - norm(np.tanh(v.W @ v.x1 + v.b) - np.tanh(v.W @ v.x2 + v.b))) ** 2
        ),
        "W n1 × n0, x2 n0 × 1, b n1 × 1",
    ),
    Case(
        "triplet loss",
        r"$$L = \max(0, \|a - p\|_2^2 - \|a - n\|_2^2 + \alpha)$$ $$a = W x_a, \; p = W x_p, \; "
        r"n = W x_n$$",
        lambda v: max(
            0,
            ((v.W @ (v.x_a - v.x_p)) ** 2).sum()
            - ((v.W @ (v.x_a - v.x_n)) ** 2).sum()
            + v.alpha.item(),
        ),
        "x_a n0 × 1, W n1 × n0",
        "alpha constant",
    ),
    Case(
        "cosine similarity",
        r"$$L = 1 - \frac{u^T v}{\|u\| \|v\|}$$ $$u = A x, \quad v = B y$$",
        lambda v: 1 - ((v.A @ v.x).T @ (v.B @ v.y)) / norm(v.A @ v.x) / norm(v.B @ v.y),
        "",
    ),
    Case(
        "cosine with an inner product in angles",
        r"$$L = 1 - \frac{\langle u, v \rangle}{\lVert u \rVert \cdot \lVert v \rVert}$$ $$u = "
        r"A x, v = B x$$",
        lambda v: 1 - ((v.A @ v.x).T @ (v.B @ v.x)) / norm(v.A @ v.x) / norm(v.B @ v.x),
        "",
    ),
    Case(
        "an activation of one's own with a parameter",
        r"$$f(z) = z \, \sigma(\beta z)$$ $$a = f(W x + b)$$ $$L = \frac12 \|a - y\|^2$$",
        lambda v: (
            0.5 * (((v.W @ v.x + v.b) * sigmoid(v.beta * (v.W @ v.x + v.b)) - v.y) ** 2).sum()
        ),
        "beta 1 × 1",
        "beta parameter",
    ),
    Case(
        "leaky activation by cases",
        r"$$g(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases}$$"
        r"$$h = g(W x)$$ $$L = \sum_j (h_j - y_j)^2$$",
        lambda v: ((np.where(v.W @ v.x > 0, v.W @ v.x, v.alpha * (v.W @ v.x)) - v.y) ** 2).sum(),
        "",
        "alpha constant",
    ),
    Case(
        "library activations in plain text",
        "h1 = gelu(W1 @ x)\nh2 = elu(W2 @ h1)\nh3 = leaky_relu(W3 @ h2, 0.2)\n"
        "h4 = silu(W4 @ h3)\nh5 = softplus(W5 @ h4)\nL = sum(h5)",
        lambda v: np.log1p(
            np.exp(v.W5 @ _silu(v.W4 @ _leaky(v.W3 @ _elu(v.W2 @ _gelu(v.W1 @ v.x)))))
        ).sum(),
        "",
    ),
    Case(
        "functions without brackets",
        r"$$a = \tanh W x$$ $$L = - \log \sigma(v^T a) - \lambda \log^2 2$$",
        lambda v: -np.log(sigmoid(v.v.T @ np.tanh(v.W @ v.x))) - vars(v)["lambda"] * np.log(2) ** 2,
        "",
    ),
    Case(
        "bits rather than nats",
        r"$$p = \text{softmax}(W x)$$ $$H = -\sum_k y_k \log_2 p_k$$",
        lambda v: -(v.y * np.log2(softmax(v.W @ v.x, 0))).sum(),
        "",
    ),
    Case(
        "entropy bonus and temperature",
        r"$$p = \text{softmax}(W x / \tau)$$ $$L = -\sum_k y_k \log p_k + \beta \sum_k p_k \log "
        r"p_k$$",
        lambda v: (
            -(v.y * np.log(softmax(v.W @ v.x / v.tau, 0))).sum()
            + v.beta * (softmax(v.W @ v.x / v.tau, 0) * np.log(softmax(v.W @ v.x / v.tau, 0))).sum()
        ),
        "tau 1 × 1",
        "tau constant",
        draw={"tau": positive},
    ),
    Case(
        "label smoothing",
        r"$$p = \text{softmax}(W x)$$ $$L = -\sum_{k=1}^{K} \left((1 - \epsilon) y_k + "
        r"\frac{\epsilon}{K}\right) \log p_k$$",
        lambda v: (
            -(((1 - v.epsilon) * v.y + v.epsilon / v.n.K) * np.log(softmax(v.W @ v.x, 0))).sum()
        ),
        "y K × 1",
        draw={"y": one_hot_columns, "epsilon": positive},
    ),
    Case(
        "trace",
        r"$$L = \mathrm{tr}(W^T A W)$$",
        lambda v: np.trace(v.W.T @ v.A @ v.W),
        "A n0 × n0",
    ),
    Case(
        "identity and outer product",
        r"$$P = I - u u^T$$ $$L = \|P x\|^2 $$",
        lambda v: (((np.eye(len(v.u)) - v.u @ v.u.T) @ v.x) ** 2).sum(),
        "P n0 × n0, u n0 × 1",
    ),
    Case(
        "orthogonality penalty",
        r"$$L = \|W^T W - I\|_F^2$$",
        lambda v: ((v.W.T @ v.W - np.eye(v.W.shape[1])) ** 2).sum(),
        "",
    ),
    Case(
        "bias times a row of ones",
        r"$$Z = W X + b \mathbf{1}^T$$ $$A = \text{ReLU}(Z)$$ $$L = \frac{1}{2m} \|A - Y\|_F^2$$",
        lambda v: ((relu(v.W @ v.X + v.b) - v.Y) ** 2).sum() / 2 / v.n.m,
        "b n1 × 1",
    ),
    Case(
        "a mean along an axis, in plain text",
        "mu = mean(X, axis=0)\nsd = sqrt(mean((X - mu)**2, axis=0) + eps)\nZ = ((X - mu) / sd) "
        "@ W + b\n"
        "L = mean((Z - Y)**2)",
        lambda v: (
            ((v.X - v.X.mean(axis=0)) / np.sqrt(v.X.var(axis=0) + v.eps) @ v.W + v.b - v.Y) ** 2
        ).mean(),
        "X m × n0, mu 1 × n0",
        columns=False,
        draw={"eps": positive},
    ),
    Case(
        "where in plain text",
        "r = y - W @ x\nL = sum(where(abs(r) <= 1, r**2/2, abs(r) - 0.5))",
        lambda v: np.where(
            abs(v.y - v.W @ v.x) <= 1, (v.y - v.W @ v.x) ** 2 / 2, abs(v.y - v.W @ v.x) - 0.5
        ).sum(),
        "",
    ),
    Case(
        "Bayesian personalised ranking",
        r"$$L = -\ln \sigma(u^T i - u^T j) + \frac{\lambda}{2} (\|u\|^2 + \|i\|^2 + \|j\|^2)$$",
        lambda v: (
            -np.log(sigmoid(v.u.T @ v.i - v.u.T @ v.j))
            + vars(v)["lambda"] / 2 * ((v.u**2).sum() + (v.i**2).sum() + (v.j**2).sum())
        ),
        "i n0 × 1",
    ),
]


def _gelu(z):
    return 0.5 * z * (1 + erf(z / np.sqrt(2)))


def _elu(z):
    return np.where(z > 0, z, np.exp(z) - 1)


def _leaky(z):
    return np.where(z > 0, z, 0.2 * z)


def _silu(z):
    return z * sigmoid(z)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
