"""Models in the words of well-known courses and books: what was read is what was meant."""

import numpy as np
import pytest

from .lowering import Case, check, positive, sigmoid, softmax


def lam(v):
    return vars(v)["lambda"]


def bce(y, a):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


CASES = [
    Case(
        "a network from scratch, sums over sets",
        r"$$\begin{aligned} z_1 & = xW_1 + b_1 \\ a_1 & = \tanh(z_1) \\ z_2 & = a_1W_2 + b_2 \\"
        r" a_2 & = \hat{y} = \mathrm{softmax}(z_2) \end{aligned}$$"
        r"$$L(y,\hat{y}) = - \frac{1}{N} \sum_{n \in N} \sum_{i \in C} y_{n,i} \log\hat{y}_{n,i}$$",
        lambda v: (
            -(v.y * np.log(softmax(np.tanh(v.x @ v.W1 + v.b1) @ v.W2 + v.b2, 1))).sum() / v.n.N
        ),
        "x N × n0, W1 n0 × n1, y N × C, y_hat N × C",
        columns=False,
    ),
    Case(
        "a demystified network",
        r"$$z^{(2)} = XW^{(1)} \tag{1}$$ $$a^{(2)} = f(z^{(2)}) \tag{2}$$"
        r"$$z^{(3)} = a^{(2)}W^{(2)} \tag{3}$$ $$\hat{y} = f(z^{(3)}) \tag{4}$$"
        r"$$J = \sum \frac{1}{2}(y-\hat{y})^2 \tag{5}$$ $$f(z) = \frac{1}{1+e^{-z}}$$",
        lambda v: 0.5 * ((v.y - sigmoid(sigmoid(v.X @ v.W1) @ v.W2)) ** 2).sum(),
        "X m × n0, W1 n0 × n1, y m × n2",
        columns=False,
    ),
    Case(
        "objective and regularisation",
        r"$$\mathbf{z}= \mathbf{W}^{(1)} \mathbf{x},$$ $$\mathbf{h}= \phi (\mathbf{z}).$$"
        r"$$\phi(u) = \tanh(u)$$ $$\mathbf{o}= \mathbf{W}^{(2)} \mathbf{h}.$$"
        r"$$L = l(\mathbf{o}, y).$$ $$l(o, y) = \frac12 \|o - y\|^2$$"
        r"$$s = \frac{\lambda}{2} \left(\|\mathbf{W}^{(1)}\|_F^2"
        r" + \|\mathbf{W}^{(2)}\|_F^2\right),$$"
        r"$$J = L + s.$$",
        lambda v: (
            0.5 * ((v.W2 @ np.tanh(v.W1 @ v.x) - v.y) ** 2).sum()
            + lam(v) / 2 * ((v.W1**2).sum() + (v.W2**2).sum())
        ),
        "W1 n1 × n0, y n2 × 1",
    ),
    Case(
        "log-likelihood to maximise",
        r"$$\ell(\theta) = \sum_{i=1}^m y^{(i)} \log h(x^{(i)})"
        r" + (1 - y^{(i)}) \log(1 - h(x^{(i)}))$$"
        r"$$h(x) = g(\theta^T x)$$ $$g(z) = \frac{1}{1+e^{-z}}$$",
        lambda v: -bce(v.y, sigmoid(v.theta.T @ v.x)).sum(),
        "theta n0 × 1",
    ),
    Case(
        "cost of one sample, cost of all, weight decay in three sums",
        r"$$J(W,b;x,y) = \frac12 \|h_{W,b}(x) - y\|^2$$"
        r"$$h_{W,b}(x) = a^{(3)}$$ $$a^{(3)} = \tanh(W^{(2)} a^{(2)} + b^{(2)})$$"
        r"$$a^{(2)} = \tanh(W^{(1)} x + b^{(1)})$$"
        r"$$J(W,b) = \frac{1}{m} \sum_{i=1}^m J(W,b;x^{(i)},y^{(i)}) + \frac{\lambda}{2}"
        r" \sum_{l=1}^{n_l-1} \sum_{i=1}^{s_l} \sum_{j=1}^{s_{l+1}} (W_{ji}^{(l)})^2$$",
        lambda v: (
            0.5 * ((np.tanh(v.W2 @ np.tanh(v.W1 @ v.x + v.b1) + v.b2) - v.y) ** 2).sum() / v.n.m
            + lam(v) / 2 * ((v.W1**2).sum() + (v.W2**2).sum())
        ),
        "x s_1 × m, W2 s_3 × s_2, a3 s_3 × m",
    ),
    Case(
        "negative sampling",
        r"$$J = -\log \sigma(u_o^T v_c) - \sum_{k=1}^{K} \log \sigma(-u_k^T v_c)$$",
        lambda v: -np.log(sigmoid(v.u_o.T @ v.v_c)) - np.log(sigmoid(-v.u.T @ v.v_c)).sum(),
        "u n0 × K, v_c n0 × 1, u_o n0 × 1",
    ),
    Case(
        "reconstruction by a projection",
        r"$$L = \frac{1}{n} \sum_{i=1}^n \| x_i - W W^T x_i \|^2$$",
        lambda v: ((v.x - v.W @ v.W.T @ v.x) ** 2).sum() / v.n.n,
        "x n0 × n, W n0 × n1",
    ),
    Case(
        "a graph convolution",
        r"$$H = \text{ReLU}(\hat{A} X W)$$ $$L = \|H - Y\|_F^2$$",
        lambda v: ((np.maximum(v.A_hat @ v.X @ v.W, 0) - v.Y) ** 2).sum(),
        "W n0 × n2",
        columns=False,
    ),
    Case(
        "distillation at a temperature",
        r"$$q_i = \frac{\exp(z_i/T)}{\sum_j \exp(z_j/T)}$$ $$z = W x$$"
        r"$$L = -\sum_i p_i \log q_i$$",
        lambda v: -(v.p * np.log(softmax(v.W @ v.x / v.T, 0))).sum(),
        "T 1 × 1, p n1 × 1",
        "T constant",
        draw={"T": positive},
    ),
    Case(
        "attention, entry by entry",
        r"$$e_{ij} = q_i^T k_j / \sqrt{d}$$ $$\alpha_{ij} = \text{softmax}_j(e_{ij})$$"
        r"$$o_i = \sum_j \alpha_{ij} v_j$$ $$L = \frac12 \sum_i (o_i - t_i)^2$$",
        lambda v: 0.5 * ((softmax(v.q.T @ v.k / np.sqrt(len(v.k)), 1) @ v.v - v.t) ** 2).sum(),
        "q d × n1, k d × n2, alpha n1 × n2, v n2 × 1",
    ),
    Case(
        "norms of single numbers",
        r"$$\hat y^{(i)} = w^T x^{(i)}$$"
        r"$$L = \frac1m \sum_{i=1}^m \|y^{(i)} - \hat y^{(i)}\|^2 + \|y^{(i)} - \hat y^{(i)}\|$$",
        lambda v: ((v.w.T @ v.x - v.y) ** 2).mean() + abs(v.w.T @ v.x - v.y).mean(),
        "y 1 × m",
    ),
    Case(
        "the objective named twice",
        r"$$\hat{y} = XW + b$$ $$J(\theta) = MSE = \frac{1}{2N} \sum_{i}^N (\hat{y}_i - y_i)^2$$",
        lambda v: ((v.X @ v.W + v.b - v.y) ** 2).sum() / 2 / v.n.N,
        "X N × n0, y N × 1",
        columns=False,
    ),
    Case(
        "policy gradient with an advantage",
        r"$$L = -\log \pi(a|s) \, A + \beta V^2$$",
        lambda v: -np.log(v.pi) * v.A + v.beta * v.V**2,
        "",
        draw={"pi": positive},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
