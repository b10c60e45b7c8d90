"""Notes that were once refused, though plain: methods, objectives, ranges, roles."""

import numpy as np
import pytest

from .lowering import Case, check, positive, relu, sigmoid, signs, softmax


def lam(v):
    return vars(v)["lambda"]


def half(a):
    return 0.5 * (a**2).sum()


def rnn(v):
    h1 = np.tanh(v.U @ v.h0 + v.W @ v.x1)
    h2 = np.tanh(v.U @ h1 + v.W @ v.x2)
    h3 = np.tanh(v.U @ h2 + v.W @ v.x3)
    return sum(
        half(v.V @ h + v.c - y) for h, y in ((h1, v.y1), (h2, v.y2), (h3, v.y3))
    )  # fmt: skip


def gcn(v):
    h = relu(v.A_hat @ v.X @ v.W0)
    return -(v.Y * np.log(softmax(v.A_hat @ h @ v.W1, 1))).sum()


def hinge(v):
    return np.maximum(0, 1 - v.y * (v.w.T @ v.x + v.b)).sum()


ACCEPTED = [
    Case(
        "a recurrence for named steps",
        r"$$h_t = \tanh(U h_{t-1} + W x_t)$$ $$\hat y_t = V h_t + c, \quad t = 1, 2, 3$$"
        r"$$L = \sum_{t=1}^3 \frac12 \|\hat y_t - y_t\|^2$$",
        rnn,
        "V n2 × n1, h0 n1 × 1",
        "h0 input, y1 target",
    ),
    Case(
        "layers with a range",
        r"$$z^{(l)} = W^{(l)} a^{(l-1)}, \quad l = 1, 2$$"
        r"$$a^{(l)} = \sigma(z^{(l)}), \quad l = 1, 2$$"
        r"$$a^{(0)} = x$$ $$L = \|a^{(2)} - y\|^2$$",
        lambda v: ((sigmoid(v.W2 @ sigmoid(v.W1 @ v.x)) - v.y) ** 2).sum(),
        "W2 n2 × n1",
    ),
    Case(
        "methods on brackets",
        "L = ((X@w - y)**2).mean() + np.square(w).sum() + (X@w - y).pow(2).sum()",
        lambda v: ((v.X @ v.w - v.y) ** 2).mean() + (v.w**2).sum() + ((v.X @ v.w - v.y) ** 2).sum(),
        columns=False,
    ),
    Case(
        "a method along an axis",
        "P = softmax(X @ W)\nL = -(Y * log(P)).sum(dim=1).mean()",
        lambda v: -(v.Y * np.log(softmax(v.X @ v.W, 1))).sum(axis=1).mean(),
        columns=False,
    ),
    Case(
        "scores by a method",
        "scores = X.dot(W) + b\nprobs = exp(scores)/sum(exp(scores), axis=1, keepdims=True)\n"
        "L = -mean(sum(Y*log(probs), axis=1))",
        lambda v: -(v.Y * np.log(softmax(v.X @ v.W + v.b, 1))).sum(axis=1).mean(),
        "W n0 × n1, b 1 × n1",
        columns=False,
    ),
    Case(
        "a dot of two columns",
        "a = W @ x\nL = dot(a - y, a - y)",
        lambda v: ((v.W @ v.x - v.y) ** 2).sum(),
    ),
    Case(
        "one half in one character",
        "L = ½‖W x − y‖²",
        lambda v: half(v.W @ v.x - v.y),
        "W n1 × n0",
    ),
    Case(
        "a sum in one character",
        "L = Σᵢ (yᵢ − w xᵢ)²",
        lambda v: ((v.y - v.w * v.x) ** 2).sum(),
    ),
    Case(
        "the positive part",
        r"$$L = \sum_{i=1}^n [1 - y_i (w^T x_i + b)]_+$$",
        hinge,
        "w n0 × 1",
        draw={"y": signs},
    ),
    Case(
        "a loss in three letters",
        r"$$p = \text{softmax}(W x)$$ $$NLL = -\sum_k y_k \log p_k$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x, 0))).sum(),
        roles="NLL loss",
    ),
    Case(
        "a loss in a small letter",
        r"$$\hat{\mathbf y} = \text{softmax}(W x)$$"
        r"$$l(\mathbf y, \hat{\mathbf y}) = -\sum_j y_j \log \hat y_j$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x, 0))).sum(),
        roles="l loss",
    ),
    Case(
        "an objective as a function",
        r"$$f(w) = \frac12 \|X w - y\|^2$$",
        lambda v: half(v.X @ v.w - v.y),
        roles="f loss",
        columns=False,
    ),
    Case(
        "an objective without a name",
        r"$$\min_w \frac12 \|X w - y\|^2 + \frac\lambda2 \|w\|^2$$",
        lambda v: half(v.X @ v.w - v.y) + lam(v) * half(v.w),
        roles="J loss",
        columns=False,
    ),
    Case(
        "an estimate that minimises",
        r"$$\hat w = \arg\min_w \frac12 \|X w - y\|^2$$",
        lambda v: half(v.X @ v.w - v.y),
        roles="J loss, w parameter",
        columns=False,
    ),
    Case(
        "a function said to be another",
        r"$$h = \phi(W x)$$ with $\phi = \tanh$. $$L = \frac12 \|h - y\|^2$$",
        lambda v: half(np.tanh(v.W @ v.x) - v.y),
    ),
    Case(
        "parts set side by side",
        r"$$A = \text{Concat}(B, C) W$$ $$L = \|A - Y\|_F^2$$",
        lambda v: ((np.hstack([v.B, v.C]) @ v.W - v.Y) ** 2).sum(),
        "W n1+n2 × n3",
        columns=False,
    ),
    Case(
        "a square matrix before the samples",
        r"$$H = \text{ReLU}(\hat A X W_0)$$ $$Z = \text{softmax}(\hat A H W_1)$$"
        r"$$L = -\sum_i \sum_k Y_{ik} \ln Z_{ik}$$",
        gcn,
        "A_hat m × m",
        columns=False,
    ),
    # roles
    Case(
        "ratings to be factorised",
        r"$$L = \|R - U V^T\|_F^2 + \lambda (\|U\|_F^2 + \|V\|_F^2)$$",
        lambda v: ((v.R - v.U @ v.V.T) ** 2).sum() + lam(v) * ((v.U**2).sum() + (v.V**2).sum()),
        roles="R target, U parameter",
    ),
    Case(
        "a distribution to come close to",
        r"$$q = \text{softmax}(W x)$$ $$L = \sum_k p_k \log(p_k / q_k)$$",
        lambda v: (v.p * np.log(v.p / softmax(v.W @ v.x, 0))).sum(),
        roles="p target",
        draw={"p": positive},
    ),
    Case(
        "a temperature",
        r"$$p = \text{softmax}(z / T), \quad z = W x$$ $$L = -\sum_k y_k \log p_k$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x / v.T, 0))).sum(),
        "T 1 × 1",
        "T constant",
        draw={"T": positive},
    ),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda c: c.id)
def test_the_note_is_accepted(case: Case) -> None:
    check(case)
