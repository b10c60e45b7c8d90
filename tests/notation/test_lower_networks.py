"""Networks as notes write them: the loss that was read is the loss that was meant."""

import numpy as np
import pytest

from .lowering import Case, check, one_hot_columns, positive, relu, sigmoid, softmax


def two_layers(v, first=np.tanh):
    a1 = first(v.W1 @ v.X + v.b1)
    return sigmoid(v.W2 @ a1 + v.b2)


def bce(y, a):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


CASES = [
    Case(
        "square bracket layers, batch in capitals",
        r"$$Z^{[1]} = W^{[1]} X + b^{[1]}$$ $$A^{[1]} = \tanh(Z^{[1]})$$"
        r"$$Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}$$ $$A^{[2]} = \sigma(Z^{[2]})$$"
        r"$$J = -\frac1m \sum_{i=1}^{m} \big( y^{(i)} \log a^{[2](i)} + (1-y^{(i)}) "
        r"\log(1-a^{[2](i)}) \big)$$",
        lambda v: bce(v.y, two_layers(v)).mean(),
        "W1 n1 × n0, W2 1 × n1, b2 1 × 1, y 1 × m, X n0 × m",
        "X input, y target, W1 parameter, J loss",
    ),
    Case(
        "one sample at a time",
        r"$$z^{(1)} = W^{(1)} x + b^{(1)}$$ $$a^{(1)} = \tanh(z^{(1)})$$"
        r"$$z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}$$ $$a^{(2)} = \sigma(z^{(2)})$$"
        r"$$L = -y \log a^{(2)} - (1 - y) \log(1 - a^{(2)})$$",
        lambda v: bce(v.y, sigmoid(v.W2 @ np.tanh(v.W1 @ v.x + v.b1) + v.b2)),
        "W1 n1 × n0, x n0 × 1, W2 1 × n1, y 1 × 1",
    ),
    Case(
        "bare superscripts are layers",
        r"$$z^1 = W^1 x + b^1, \quad a^1 = \sigma(z^1)$$ $$z^2 = W^2 a^1 + b^2, \quad a^2 = "
        r"\sigma(z^2)$$"
        r"$$C = \frac{1}{2} \|y - a^2\|^2$$",
        lambda v: 0.5 * ((v.y - sigmoid(v.W2 @ sigmoid(v.W1 @ v.x + v.b1) + v.b2)) ** 2).sum(),
        "W2 n2 × n1, y n2 × 1",
    ),
    Case(
        "subscripts are layers, rows are samples",
        r"$$h_1 = \text{ReLU}(X W_1 + b_1)$$ $$o = h_1 W_2 + b_2$$ $$p = \text{softmax}(o)$$"
        r"$$L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k=1}^{K} y_{ik} \log p_{ik}$$",
        lambda v: -(v.y * np.log(softmax(relu(v.X @ v.W1 + v.b1) @ v.W2 + v.b2, 1))).sum() / v.n.N,
        "X N × n0, W1 n0 × n1, b1 1 × n1, W2 n1 × K, y N × K",
        columns=False,
    ),
    Case(
        "plain text",
        "z1 = W1 @ X + b1; a1 = sigmoid(z1); z2 = W2 @ a1 + b2; a2 = sigmoid(z2); "
        "L = -mean(Y*log(a2) + (1-Y)*log(1-a2))",
        lambda v: bce(v.Y, two_layers(v, sigmoid)).mean(),
        "W1 n1 × n0, Y n2 × m",
    ),
    Case(
        "plain text, rows, numpy spelling",
        "Z1 = np.dot(X, W1) + b1\nA1 = np.maximum(0, Z1)\nZ2 = A1.dot(W2) + b2\n"
        "L = np.sum((Z2 - Y)**2) / m\n",
        lambda v: ((relu(v.X @ v.W1 + v.b1) @ v.W2 + v.b2 - v.Y) ** 2).sum() / v.n.m,
        "X m × n0, b1 1 × n1, Y m × n2",
        columns=False,
    ),
    Case(
        "one hidden layer, softmax, one-hot targets",
        r"The targets are one-hot. $$z = W_2 \tanh(W_1 x + b_1) + b_2$$"
        r"$$\hat{y} = \mathrm{softmax}(z)$$ $$\mathcal{L} = -\sum_{k=1}^K y_k \log \hat{y}_k$$",
        lambda v: -(v.y * np.log(softmax(v.W2 @ np.tanh(v.W1 @ v.x + v.b1) + v.b2, 0))).sum(),
        "W2 K × n1, y K × 1",
        draw={"y": one_hot_columns},
    ),
    Case(
        "theta for weights and biases inside",
        r"$$a^{(2)} = g(\Theta^{(1)} a^{(1)})$$ $$g(z) = \frac{1}{1 + e^{-z}}$$ $$a^{(1)} = x$$"
        r"$$h_\Theta(x) = g(\Theta^{(2)} a^{(2)})$$"
        r"$$J(\Theta) = -\frac{1}{m} \sum_{i=1}^m \sum_{k=1}^K \left[ y_k^{(i)} \log "
        r"(h_\Theta(x^{(i)}))_k"
        r" + (1 - y_k^{(i)}) \log (1 - (h_\Theta(x^{(i)}))_k) \right]$$",
        lambda v: bce(v.y, sigmoid(v.Theta2 @ sigmoid(v.Theta1 @ v.x))).sum() / v.n.m,
        "y K × m, x n0 × m, Theta2 K × n1",
    ),
    Case(
        "residual connection",
        r"$$h = \text{ReLU}(W_1 x + b_1)$$ $$y' = W_2 h + b_2 + x$$ $$L = \|y' - t\|^2$$",
        lambda v: ((v.W2 @ relu(v.W1 @ v.x + v.b1) + v.b2 + v.x - v.t) ** 2).sum(),
        "W2 n0 × n1, t n0 × 1",
    ),
    Case(
        "autoencoder with tied weights",
        r"$$h = \sigma(W x + b)$$ $$\hat{x} = W^T h + c$$ $$L = \frac12 \|x - \hat{x}\|^2$$",
        lambda v: 0.5 * ((v.x - v.W.T @ sigmoid(v.W @ v.x + v.b) - v.c) ** 2).sum(),
        "W n1 × n0, c n0 × 1, b n1 × 1",
    ),
    Case(
        "weight decay over all layers",
        r"$$a = \tanh(W^{(1)} x)$$ $$\hat y = W^{(2)} a$$"
        r"$$L = \frac12 (y - \hat y)^2 + \frac{\lambda}{2} \sum_{l=1}^{2} \|W^{(l)}\|_F^2$$",
        lambda v: (
            0.5 * (v.y - v.W2 @ np.tanh(v.W1 @ v.x)) ** 2
            + vars(v)["lambda"] / 2 * ((v.W1**2).sum() + (v.W2**2).sum())
        ),
        "W2 1 × n1",
        "lambda constant",
    ),
    Case(
        "Korean prose",
        "입력 $x$ 에 대하여 은닉층은 다음과 같다.\n\n$$h = \\tanh(Wx + b)$$\n\n출력층은\n\n"
        "$$\\hat{y} = \\sigma(v^T h + c)$$\n\n이고 손실 함수는\n\n"
        "$$L = -y\\log\\hat{y} - (1-y)\\log(1-\\hat{y})$$\n\n이다.",
        lambda v: bce(v.y, sigmoid(v.v.T @ np.tanh(v.W @ v.x + v.b) + v.c)),
        "v n1 × 1, c 1 × 1",
    ),
    Case(
        "Chinese prose",
        "前向传播：\n\n$$Z = WX + b$$\n\n$$A = \\sigma(Z)$$\n\n损失函数为\n\n"
        "$$J = -\\frac{1}{m}\\sum_{i=1}^{m}\\left(y^{(i)}\\log a^{(i)} + "
        "(1-y^{(i)})\\log(1-a^{(i)})\\right)$$",
        lambda v: bce(v.y, sigmoid(v.W @ v.X + v.b)).mean(),
        "W 1 × n0",
    ),
    Case(
        "the loss comes first",
        r"$$L = \frac{1}{2} (t - o)^2$$ where $$o = \sigma(u)$$ and $$u = v^\top h, \qquad h = "
        r"\tanh(W x)$$",
        lambda v: 0.5 * (v.t - sigmoid(v.v.T @ np.tanh(v.W @ v.x))) ** 2,
        "t 1 × 1",
    ),
    Case(
        "aligned rows",
        r"\begin{align} z &= W x + b \\ a &= \sigma(z) \\ L &= \frac12 \lVert a - y \rVert_2^2 "
        r"\end{align}",
        lambda v: 0.5 * ((sigmoid(v.W @ v.x + v.b) - v.y) ** 2).sum(),
        "y n1 × 1",
    ),
    Case(
        "a mean of squared errors over a batch, without indices",
        r"$$Z = W X + b$$ $$\hat{Y} = \tanh(Z)$$ $$L = \frac{1}{m} \|\hat{Y} - Y\|_F^2$$",
        lambda v: ((np.tanh(v.W @ v.X + v.b) - v.Y) ** 2).sum() / v.n.m,
        "Y n1 × m",
    ),
    Case(
        "sum without an index",
        r"$$a = \sigma(W x + b)$$ $$L = -\sum y \log a$$",
        lambda v: -(v.y * np.log(sigmoid(v.W @ v.x + v.b))).sum(),
        "y n1 × 1",
    ),
    Case(
        "dropping the bias trick: input named a^{(0)}",
        r"$$z^{(1)} = W^{(1)} a^{(0)} + b^{(1)}$$ $$a^{(1)} = \mathrm{relu}(z^{(1)})$$"
        r"$$L = \sum_k (a_k^{(1)} - y_k)^2$$",
        lambda v: ((relu(v.W1 @ v.a0 + v.b1) - v.y) ** 2).sum(),
        "a0 n0 × 1",
        "a0 input",
    ),
    Case(
        "three layers of different activations in plain text",
        "h1 = relu(W1 @ x + b1)\nh2 = tanh(W2 @ h1 + b2)\ny_hat = softmax(W3 @ h2 + b3)\n"
        "loss = -sum(y * log(y_hat))",
        lambda v: (
            -(
                v.y
                * np.log(softmax(v.W3 @ np.tanh(v.W2 @ relu(v.W1 @ v.x + v.b1) + v.b2) + v.b3, 0))
            ).sum()
        ),
        "W3 n3 × n2, y n3 × 1",
        draw={"y": positive},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
