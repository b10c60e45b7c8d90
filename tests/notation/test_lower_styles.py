"""Notes of many hands: the same things written in other ways."""

import numpy as np
import pytest

from .lowering import Case, check, relu, sigmoid, softmax


def lam(v):
    return vars(v)["lambda"]


def mazur(v):
    def out(a, b, x, y, c):
        return sigmoid(a * x + b * y + c)

    h1 = out(v.w1, v.w2, v.i1, v.i2, v.b1)
    h2 = out(v.w3, v.w4, v.i1, v.i2, v.b1)
    o1 = out(v.w5, v.w6, h1, h2, v.b2)
    return 0.5 * (v.target_o1 - o1) ** 2


CASES = [
    Case(
        "m is a slope",
        r"$$\hat y = m x + b$$ $$L = \frac1n \sum_{i=1}^n (y_i - \hat y_i)^2$$",
        lambda v: ((v.m @ v.x + v.b - v.y) ** 2).mean(),
        "m 1 × n0",
        "m parameter",
    ),
    Case(
        "single numbers with numbered letters",
        r"$$z = w_1 x_1 + w_2 x_2 + b$$ $$a = \sigma(z)$$ $$L = (a - y)^2$$",
        lambda v: (sigmoid(v.w1 * v.x1 + v.w2 * v.x2 + v.b) - v.y) ** 2,
        "w1 1 × 1, x2 1 × 1, b 1 × 1",
        "x1 input",
    ),
    Case(
        "a worked example with net and out",
        r"$$net_{h1} = w_1 i_1 + w_2 i_2 + b_1$$ $$out_{h1} = \frac{1}{1 + e^{-net_{h1}}}$$"
        r"$$net_{h2} = w_3 i_1 + w_4 i_2 + b_1$$ $$out_{h2} = \frac{1}{1 + e^{-net_{h2}}}$$"
        r"$$net_{o1} = w_5 \, out_{h1} + w_6 \, out_{h2} + b_2$$"
        r"$$out_{o1} = \frac{1}{1 + e^{-net_{o1}}}$$"
        r"$$E_{o1} = \frac12 (target_{o1} - out_{o1})^2$$ $$E_{total} = E_{o1}$$",
        mazur,
        "w1 1 × 1, out_h1 1 × 1",
        "target_o1 target, E_total loss",
    ),
    Case(
        "dots between the terms",
        r"$$z = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b$$ $$L = \frac12 (y - \sigma(z))^2$$",
        lambda v: 0.5 * (v.y - sigmoid((v.w * v.x).sum() + v.b)) ** 2,
        "w n × 1, x n × 1",
    ),
    Case(
        "characters instead of commands",
        "z₁ = W₁x + b₁\na₁ = σ(z₁)\no = W₂a₁ + b₂\nL = 0.5‖o − y‖²",
        lambda v: 0.5 * ((v.W2 @ sigmoid(v.W1 @ v.x + v.b1) + v.b2 - v.y) ** 2).sum(),
        "W2 n2 × n1, y n2 × 1",
    ),
    Case(
        "a sum over the inputs themselves",
        r"$$C = \frac{1}{2n} \sum_x \|y(x) - a(x)\|^2$$",
        lambda v: ((v.y - v.a) ** 2).sum() / 2 / v.y.shape[1],
        "",
    ),
    Case(
        "probabilities of outcomes",
        r"$$D(p \| q) = \sum_x p(x) \log \frac{p(x)}{q(x)}$$ $$L = D$$",
        lambda v: (v.p * np.log(v.p / v.q)).sum(),
        "",
        draw={
            "p": lambda rng, shape: rng.uniform(0.1, 1, shape),
            "q": lambda rng, shape: rng.uniform(0.1, 1, shape),
        },
    ),
    Case(
        "macros",
        "\\newcommand{\\vx}{\\mathbf{x}} \\newcommand{\\loss}{\\mathcal{L}}\n\n"
        "$$\\mathbf{h} = \\tanh(\\mathbf{W} \\vx)$$\n\n$$\\loss = \\|\\mathbf{h} - \\vx\\|_2^2$$",
        lambda v: ((np.tanh(v.W @ v.x) - v.x) ** 2).sum(),
        "W n0 × n0",
    ),
    Case(
        "nested index notation, over patterns n",
        r"$$E = \sum_{n=1}^{N} E_n$$ $$E_n = \frac12 \sum_k (y_{nk} - t_{nk})^2$$"
        r"$$y_{nk} = \sum_j w_{kj}^{(2)} \tanh\left(\sum_i w_{ji}^{(1)} x_{ni}\right)$$",
        lambda v: 0.5 * ((v.w2 @ np.tanh(v.w1 @ v.x) - v.t) ** 2).sum(),
        "x n0 × N, w1 n1 × n0, w2 n2 × n1, t n2 × N",
        "t target, E loss",
    ),
    Case(
        "losses added up",
        r"$$\hat y = W x$$ $$\mathcal{L}_{fit} = \|y - \hat y\|^2$$"
        r"$$\mathcal{L}_{reg} = \|W\|_F^2$$"
        r"$$\mathcal{L} = \mathcal{L}_{fit} + \lambda \mathcal{L}_{reg}$$",
        lambda v: ((v.y - v.W @ v.x) ** 2).sum() + lam(v) * (v.W**2).sum(),
        "",
    ),
    Case(
        "bold letters, regularised objective",
        r"$$\mathbf{z} = \mathbf{W}^{(1)} \mathbf{x}$$ $$\mathbf{h} = \phi(\mathbf{z})$$"
        r"$$\phi(z) = \max(z, 0)$$ $$\mathbf{o} = \mathbf{W}^{(2)} \mathbf{h}$$"
        r"$$L = \frac12 \|\mathbf{o} - \mathbf{y}\|^2$$"
        r"$$s = \frac{\lambda}{2} \left(\|\mathbf{W}^{(1)}\|_\textrm{F}^2"
        r" + \|\mathbf{W}^{(2)}\|_\textrm{F}^2\right)$$ $$J = L + s$$",
        lambda v: (
            0.5 * ((v.W2 @ relu(v.W1 @ v.x) - v.y) ** 2).sum()
            + lam(v) / 2 * ((v.W1**2).sum() + (v.W2**2).sum())
        ),
        "W2 n2 × n1",
    ),
    Case(
        "networks as functions of each other",
        r"$$G(z) = \tanh(A z)$$ $$D(x) = \sigma(w^T x)$$"
        r"$$L = -\log D(x) - \log (1 - D(G(z)))$$",
        lambda v: -np.log(sigmoid(v.w.T @ v.x)) - np.log(1 - sigmoid(v.w.T @ np.tanh(v.A @ v.z))),
        "w n0 × 1, A n0 × n1",
    ),
    Case(
        "hypothesis with theta",
        r"$$J(\theta) = \frac{1}{2m}\sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$"
        r"$$h_\theta(x) = \theta^T x$$",
        lambda v: ((v.theta.T @ v.x - v.y) ** 2).mean() / 2,
        "theta n0 × 1, h_theta 1 × m",
    ),
    Case(
        "bias behind a column of ones",
        r"$$Z = X W + \mathbf{1} b^T$$ $$L = \frac{1}{N} \|\sigma(Z) - Y\|_F^2$$",
        lambda v: ((sigmoid(v.X @ v.W + v.b.T) - v.Y) ** 2).sum() / v.n.N,
        "b n1 × 1",
        columns=False,
    ),
    Case(
        "batch normalisation as in the paper",
        r"$$\mu_B = \frac{1}{m} \sum_{i=1}^m x_i$$"
        r"$$\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2$$"
        r"$$\hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}$$"
        r"$$y_i = \gamma \hat x_i + \beta$$ $$L = \sum_{i=1}^m (y_i - t_i)^2$$",
        lambda v: (
            (
                v.gamma
                * (v.x - v.x.mean(axis=1, keepdims=True))
                / np.sqrt(v.x.var(axis=1, keepdims=True) + v.epsilon)
                + v.beta
                - v.t
            )
            ** 2
        ).sum(),
        "",
        "epsilon constant, gamma parameter",
        draw={"epsilon": lambda rng, shape: rng.uniform(0.1, 1, shape)},
    ),
    Case(
        "softmax defined entry by entry, then applied",
        r"$$\text{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$ $$z = W x + b$$"
        r"$$L = -\sum_k y_k \log(\text{softmax}(z)_k)$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x + v.b, 0))).sum(),
        "W n1 × n0",
    ),
    Case(
        "cross-entropy as a function",
        r"$$\mathrm{CE}(y, p) = -\sum_k y_k \log p_k$$"
        r"$$J = \frac1N \sum_{i=1}^N \mathrm{CE}(y^{(i)}, \text{softmax}(W x^{(i)}))$$",
        lambda v: -(v.y * np.log(softmax(v.W @ v.x, 0))).sum() / v.n.N,
        "x n0 × N, y n1 × N",
    ),
    Case(
        "radial basis functions",
        r"$$h_j = \exp(-\gamma \|x - c_j\|^2)$$ $$\hat y = \sum_j w_j h_j$$"
        r"$$L = \frac12 (y - \hat y)^2$$",
        lambda v: (
            0.5
            * (
                v.y
                - (v.w * np.exp(-v.gamma * ((v.x - v.c) ** 2).sum(axis=0, keepdims=True)).T).sum()
            )
            ** 2
        ),
        "c n0 × n1, w n1 × 1",
    ),
    Case(
        "a mask",
        r"$$h = \text{ReLU}(W_1 x)$$ $$\tilde h = r \odot h$$ $$L = \|W_2 \tilde h - y\|^2$$",
        lambda v: ((v.W2 @ (v.r * relu(v.W1 @ v.x)) - v.y) ** 2).sum(),
        "r n1 × 1",
    ),
    Case(
        "Python's spelling",
        "hidden = np.tanh(x @ W1 + b1)\nlogits = hidden @ W2 + b2\nprobs = softmax(logits)\n"
        "loss = -np.mean(np.sum(y * np.log(probs), axis=1))",
        lambda v: (
            -np.mean(
                np.sum(v.y * np.log(softmax(np.tanh(v.x @ v.W1 + v.b1) @ v.W2 + v.b2, 1)), axis=1)
            )
        ),
        "W1 n0 × n1",
        columns=False,
    ),
    Case(
        "a chain of equalities",
        r"$$\hat{y} = a = \sigma(z) = \sigma(w^T x + b)$$ $$z = w^T x + b$$"
        r"$$L = -(y \log a + (1 - y) \log(1 - a))$$",
        lambda v: (
            -(
                v.y * np.log(sigmoid(v.w.T @ v.x + v.b))
                + (1 - v.y) * np.log(1 - sigmoid(v.w.T @ v.x + v.b))
            )
        ),
        "",
    ),
    Case(
        "gradients beside the model",
        r"$$z = W x$$ $$L = \frac12 \|z - y\|^2$$"
        r"$$\frac{\partial L}{\partial W} = (z - y) x^T$$ $$dz = z - y$$ $$\delta = z - y$$"
        r"$$W := W - \eta \frac{\partial L}{\partial W}$$ $$W \leftarrow W - \eta \, dW$$",
        lambda v: 0.5 * ((v.W @ v.x - v.y) ** 2).sum(),
        "W n1 × n0",
        "W parameter",
    ),
    Case(
        "declared shapes",
        r"Let $x \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{h \times d}$ and $b \in \mathbb{R}^h$."
        r"$$a = \tanh(W x + b)$$ $$L = \sum_j (a_j - y_j)^2$$",
        lambda v: ((np.tanh(v.W @ v.x + v.b) - v.y) ** 2).sum(),
        "x d × 1, W h × d, b h × 1, y h × 1",
    ),
    Case(
        "numbers as sizes",
        r"$W_1 \in \mathbb{R}^{4 \times 3}$ $$h = \tanh(W_1 x)$$"
        r"$$L = \sum_{k=1}^{4} (h_k - y_k)^2$$",
        lambda v: ((np.tanh(v.W1 @ v.x) - v.y) ** 2).sum(),
        "W1 4 × 3, y 4 × 1, x 3 × 1",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
