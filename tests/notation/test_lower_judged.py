"""Notes that were once misread or refused: what they say, in shapes, roles and numbers."""

import numpy as np
import pytest

from backproof.errors import BackproofError
from backproof.notation import parse

from .lowering import Case, check, positive, relu, sigmoid


def lam(v):
    return vars(v)["lambda"]


def bce(y, a):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def half(a):
    return 0.5 * (a**2).sum()


def step_net(v):
    return half(relu(v.W @ v.x) - v.y)


def vae(v):
    h = np.tanh(v.W @ v.x)
    mu, s = v.W_mu @ h + v.b_mu, v.W_sigma @ h + v.b_sigma
    return -0.5 * (1 + s - mu**2 - np.exp(s)).sum()


def batch_norm(v):
    z = v.X @ v.W
    z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + v.eps)
    return ((v.gamma * z + v.beta - v.T) ** 2).sum()


def gru(v):
    z = sigmoid(v.Wz @ v.x1 + v.Uz @ v.h0)
    n = np.tanh(v.Wn @ v.x1 + v.Un @ v.h0)
    return (((1 - z) * n + z * v.h0 - v.y) ** 2).sum()


def rms_norm(v):
    a = v.W @ v.x
    return half(a / np.sqrt((a**2).mean()) * v.g - v.y)


def elu(z, a):
    return np.where(z > 0, z, a * (np.exp(z) - 1))


NET = r" $$h = \phi(W x)$$ $$L = \frac12 \|h - y\|^2$$"
READ = [
    # nothing in a formula is dropped
    Case("an indicator below", r"$$\phi(u) = u \cdot \mathbf{1}_{u > 0}$$" + NET, step_net),
    Case("an indicator in braces", r"$$\phi(u) = u \, \mathbb{1}_{\{u > 0\}}$$" + NET, step_net),
    Case("an indicator in brackets", r"$$\phi(u) = u \, \mathbb 1[u > 0]$$" + NET, step_net),
    Case("an indicator of a letter", r"$$\phi(u) = u \, \mathbb I(u > 0)$$" + NET, step_net),
    Case(
        "a comparison as a factor",
        "Z = W @ x\nH = Z * (Z > 0)\nL = 0.5 * sum((H - y)**2)",
        step_net,
    ),
    Case(
        "an index on Euler's letter",
        r"$$g = u^\top \tanh(e_1^\top W e_2 + V[e_1; e_2] + b)$$ $$L = (g - y)^2$$",
        lambda v: (
            (v.u.T @ np.tanh(v.e1.T @ v.W @ v.e2 + v.V @ np.vstack([v.e1, v.e2]) + v.b) - v.y) ** 2
        ),
        "e1 n0 × 1, W n0 × n1, V n2 × n0+n1",
    ),
    Case(
        "weights of a mixture",
        r"$$L = -\log \sum_{k=1}^K \pi_k \exp(-\frac12 (x - \mu_k)^2)$$",
        lambda v: -np.log((v.pi.ravel() * np.exp(-0.5 * (v.x - v.mu.ravel()) ** 2)).sum()),
        "x 1 × 1",
        "pi parameter",
        draw={"pi": positive},
    ),
    Case(
        "a parameter below a function",
        r"$$h = \text{ELU}_\alpha(W x)$$ $$L = \frac12 \|h - y\|^2$$",
        lambda v: half(elu(v.W @ v.x, v.alpha) - v.y),
        "alpha 1 × 1",
    ),
    Case(
        "exponents in round brackets",
        "z = w^T x + b; p = 1/(1+e^(-z)); L = (p - y)^(2)",
        lambda v: (sigmoid(v.w.T @ v.x + v.b) - v.y) ** 2,
        "w n0 × 1",
    ),
    Case(
        "a square in round brackets",
        "z = w^T x + b; L = z^(2)",
        lambda v: (v.w.T @ v.x + v.b) ** 2,
    ),
    Case(
        "remarks behind equations",
        "z = w @ x   (linear layer)\nL = (z - y)^2   (squared loss)",
        lambda v: (v.w @ v.x - v.y) ** 2,
        "w 1 × n0",
    ),
    Case(
        "prefixes of any length",
        "L = np.linalg.norm(X@w - y)**2",
        lambda v: ((v.X @ v.w - v.y) ** 2).sum(),
        columns=False,
    ),
    Case(
        "the logarithm of a variance",
        r"$$h = \tanh(W x)$$ $$\mu = W_\mu h + b_\mu$$ $$\log \sigma^2 = W_\sigma h + b_\sigma$$"
        r"$$L = -\frac12 \sum_j (1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^2)$$",
        vae,
        "sigma2 n2 × 1",
        "sigma2 hidden",
    ),
    Case(
        "a definition in the prose behind a display",
        "손실은 $$E = \\frac1n \\sum_{i=1}^n (t_i - y_i)^2$$ 로 정의된다. "
        "여기서 $y_i = w \\cdot x_i + b$ 이다.",
        lambda v: ((v.t - v.w.T @ v.x - v.b) ** 2).mean(),
        "w n0 × 1, x n0 × n",
        "y hidden, t target",
    ),
    Case(
        "equations on two lines of one display",
        "$$L = \\|h - y\\|^2, \\qquad\nh = W x + b$$",
        lambda v: ((v.W @ v.x + v.b - v.y) ** 2).sum(),
        "W n1 × n0",
    ),
    # shapes
    Case(
        "a named rate for each sample",
        r"$$\lambda_i = \exp(w^\top x_i + b)$$ $$L = \sum_i (\lambda_i - y_i \log \lambda_i)$$",
        lambda v: (np.exp(v.w.T @ v.x + v.b) - v.y * (v.w.T @ v.x + v.b)).sum(),
        "w n0 × 1, x n0 × m",
        "x input",
    ),
    Case(
        "features of each sample",
        r"$$\mu_n = \sigma(\mathbf w^\top \phi_n)$$"
        r"$$E = -\sum_n [t_n \ln \mu_n + (1 - t_n) \ln(1 - \mu_n)]$$",
        lambda v: bce(v.t, sigmoid(v.w.T @ v.phi)).sum(),
        "w n0 × 1, phi n0 × m",
        "phi input",
    ),
    Case(
        "the loss behind the quantity of a sample",
        r"$$q_i = w^\top x_i + b$$ $$L = \sum_i (q_i - y_i)^2$$",
        lambda v: ((v.w.T @ v.x + v.b - v.y) ** 2).sum(),
        "w n0 × 1, x n0 × m",
    ),
    Case(
        "the loss before the quantity of a sample",
        r"$$L = \sum_i (q_i - y_i)^2$$ $$q_i = w^\top x_i + b$$",
        lambda v: ((v.w.T @ v.x + v.b - v.y) ** 2).sum(),
        "w n0 × 1, x n0 × m",
    ),
    Case(
        "a kernel between samples",
        r"$$f_i = \sum_j \alpha_j K_{ij}$$ $$L = \frac12 \sum_{i=1}^n (f_i - y_i)^2$$",
        lambda v: half(v.K @ v.alpha - v.y),
        "K n × n0",
    ),
    Case(
        "a loss of each sample with a name",
        r"$$Q(w) = \frac1n \sum_{i=1}^n Q_i(w)$$ $$Q_i(w) = (w^T x_i - y_i)^2$$",
        lambda v: ((v.w.T @ v.x - v.y) ** 2).mean(),
    ),
    Case(
        "a margin of one sample",
        r"$$\ell = \exp(-y \, w^\top x)$$",
        lambda v: np.exp(-v.y * (v.w.T @ v.x)),
        "y 1 × 1, w n0 × 1",
    ),
    Case(
        "scores times targets",
        r"$$z = W x + b$$ $$L = \log\left(\sum_j e^{z_j}\right) - z^\top y$$",
        lambda v: np.log(np.exp(v.W @ v.x + v.b).sum()) - (v.W @ v.x + v.b).T @ v.y,
        "W n1 × n0",
    ),
    Case(
        "a matrix between two vectors",
        r"$$r = X w - y, \quad L = \tfrac12 r^\top D r$$",
        lambda v: 0.5 * (v.X @ v.w - v.y).T @ v.D @ (v.X @ v.w - v.y),
        "D m × m",
        columns=False,
    ),
    Case(
        "a distance to a mean",
        r"$$L = (x - \mu)^T M (x - \mu)$$",
        lambda v: (v.x - v.mu).T @ v.M @ (v.x - v.mu),
        "mu n0 × 1, M n0 × n0",
    ),
    Case(
        "the length and the direction of weights",
        r"$$w = \frac{g}{\|v\|} v$$ $$\hat y = w^T x + b$$ $$L = \frac12 (\hat y - y)^2$$",
        lambda v: 0.5 * (v.g / np.linalg.norm(v.v) * v.v.T @ v.x + v.b - v.y) ** 2,
        "g 1 × 1, v n0 × 1",
    ),
    Case(
        "a norm over the entries",
        r"$$a = W x$$ $$\text{RMS}(a) = \sqrt{\frac1n \sum_{i=1}^n a_i^2}$$"
        r"$$\bar a_i = \frac{a_i}{\text{RMS}(a)} g_i$$"
        r"$$L = \frac12 \sum_{i=1}^n (\bar a_i - y_i)^2$$",
        rms_norm,
        "W n × n0, g n × 1",
    ),
    Case(
        "a mean of hidden entries",
        r"$$\bar h = \frac1n \sum_{j=1}^n h_j$$ $$h = \tanh(W x)$$ $$L = (\bar h - y)^2$$",
        lambda v: (np.tanh(v.W @ v.x).mean() - v.y) ** 2,
        "W n × n0",
    ),
    Case(
        "weights summed by their own letter",
        r"$$C = C_0 + \frac{\lambda}{2n} \sum_w w^2$$ $$C_0 = \frac{1}{2n} \sum_x \|y - a\|^2$$"
        r"$$a = \sigma(w x + b)$$",
        lambda v: (
            (((v.y - sigmoid(v.w @ v.x + v.b)) ** 2).sum() + lam(v) * (v.w**2).sum()) / 2 / v.n.n
        ),
        "w n1 × n0",
    ),
    Case(
        "batch norm in code",
        "Z = X @ W\nmu = mean(Z, axis=0)\nv = var(Z, axis=0)\nZhat = (Z - mu)/sqrt(v + eps)\n"
        "Y = gamma * Zhat + beta\nL = sum((Y - T)**2)",
        batch_norm,
        "gamma 1 × n1, beta 1 × n1",
        columns=False,
        draw={"eps": positive},
    ),
    Case(
        "a gated step",
        "z1 = sigmoid(Wz x1 + Uz h0)\nn1 = tanh(Wn x1 + Un h0)\nh1 = (1 - z1) * n1 + z1 * h0\n"
        "L = sum((h1 - y)**2)",
        gru,
        "h0 n2 × 1, Uz n2 × n2",
    ),
    Case(
        "stars between matrices",
        "h = relu(W1*x + b1); yhat = W2*h + b2; L = sum((yhat - y)**2)",
        lambda v: ((v.W2 @ relu(v.W1 @ v.x + v.b1) + v.b2 - v.y) ** 2).sum(),
        "W1 n1 × n0, W2 n2 × n1",
    ),
    Case(
        "declared shapes in plain text",
        "W1: (h, n)\nz = W1 @ x\nL = sum((z - y)**2)",
        lambda v: ((v.W1 @ v.x - v.y) ** 2).sum(),
        "W1 h × n, x n × 1",
    ),
]


@pytest.mark.parametrize("case", READ, ids=lambda c: c.id)
def test_the_note_is_read_as_it_is_meant(case: Case) -> None:
    check(case)


REFUSED = [
    (r"$$L = (\sin^{-1} w - y)^2$$", "power -1 of sin"),
    (r"$$L = \|W\|_{2,1}$$", "norm with subscript 2,1"),
    (r"$$L = \lambda - y \log \lambda + \log y!$$", "factorial"),
    (r"$$h = W x$$ $$L = (h - y)^{(2)}$$", "superscript in brackets"),
    (r"$$h = \tanh_k(W x)$$ $$L = \|h - y\|^2$$", "subscript of tanh"),
    (r"$$h = z \odot \mathbf 1_{y = k}$$ $$L = \|h\|^2$$", "indicator"),
    (r"$$g = \text{softmax}(G x)$$ $$L = \|g_1 E x - y\|^2$$", "one entry of g"),
    (r"$$3 s = W x$$ $$L = \|s - y\|^2$$", "s is not given by a formula"),
    ("a = b; b = a; L = a", "go round in a circle"),
]


@pytest.mark.parametrize(("text", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_is_not_read_is_said(text: str, what: str) -> None:
    with pytest.raises(BackproofError) as caught:
        parse(text)
    assert what in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("h = relu(W1*x + b1); L = sum((h - y)**2)", "star"),
        (r"$$\min_w \frac12 \|X w - y\|^2$$", "objective"),
    ],
)
def test_a_doubtful_reading_is_remarked_on(text: str, key: str) -> None:
    assert [remark.key for remark in parse(text).remarks] == [key]
