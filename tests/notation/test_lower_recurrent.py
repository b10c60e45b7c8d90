"""Networks in time, with gates, with attention: what was read is what was meant."""

import numpy as np
import pytest

from .lowering import Case, check, relu, sigmoid, softmax


def rnn(v, steps):
    h = v.h0
    for t in range(1, steps + 1):
        h = np.tanh(v.W_hh @ h + v.W_xh @ vars(v)[f"x{t}"] + v.b_h)
    return h


def rnn_losses(v):
    h, total = v.h0, 0.0
    for t in (1, 2, 3):
        h = np.tanh(v.W @ h + v.U @ vars(v)[f"x{t}"] + v.b)
        total += 0.5 * ((v.V @ h + v.c - vars(v)[f"y{t}"]) ** 2).sum()
    return total


def lstm_stacked(v):
    hx = np.vstack([v.h_tm1, v.x_t])
    f = sigmoid(v.W_f @ hx + v.b_f)
    i = sigmoid(v.W_i @ hx + v.b_i)
    g = np.tanh(v.W_C @ hx + v.b_C)
    c = f * v.C_tm1 + i * g
    o = sigmoid(v.W_o @ hx + v.b_o)
    return o * np.tanh(c)


def lstm(v):
    def gate(k):
        n = vars(v)
        return n[f"W_{k}"] @ v.x_t + n[f"U_{k}"] @ v.h_tm1 + n[f"b_{k}"]

    c = sigmoid(gate("f")) * v.c_tm1 + sigmoid(gate("i")) * np.tanh(gate("c"))
    return sigmoid(gate("o")) * np.tanh(c)


def gru(v):
    z = sigmoid(v.W_z @ v.x_t + v.U_z @ v.h_tm1 + v.b_z)
    r = sigmoid(v.W_r @ v.x_t + v.U_r @ v.h_tm1 + v.b_r)
    g = np.tanh(v.W_h @ v.x_t + v.U_h @ (r * v.h_tm1) + v.b_h)
    return (1 - z) * v.h_tm1 + z * g


def attention(q, k, w, d):
    return softmax(q @ k.T / np.sqrt(d), 1) @ w


CASES = [
    Case(
        "a recurrent network over three steps",
        r"$$h_1 = \tanh(W_{hh} h_0 + W_{xh} x_1 + b_h)$$ $$h_2 = \tanh(W_{hh} h_1 + W_{xh} x_2 "
        r"+ b_h)$$"
        r"$$h_3 = \tanh(W_{hh} h_2 + W_{xh} x_3 + b_h)$$ $$\hat y = W_{hy} h_3 + b_y$$"
        r"$$L = \frac12 \|\hat y - y\|^2$$",
        lambda v: 0.5 * ((v.W_hy @ rnn(v, 3) + v.b_y - v.y) ** 2).sum(),
        "W_hh n1 × n1, h0 n1 × 1, x3 n0 × 1, b_h n1 × 1",
        "h0 input, x1 input, W_xh parameter",
    ),
    Case(
        "a loss at every step",
        r"$$h_1 = \tanh(W h_0 + U x_1 + b)$$ $$h_2 = \tanh(W h_1 + U x_2 + b)$$ $$h_3 = \tanh(W "
        r"h_2 + U x_3 + b)$$"
        r"$$o_1 = V h_1 + c, \quad o_2 = V h_2 + c, \quad o_3 = V h_3 + c$$"
        r"$$L_1 = \frac12 \|o_1 - y_1\|^2$$ $$L_2 = \frac12 \|o_2 - y_2\|^2$$ $$L_3 = \frac12 "
        r"\|o_3 - y_3\|^2$$"
        r"$$L = \sum_{t=1}^{3} L_t$$",
        rnn_losses,
        "y3 n2 × 1, V n2 × n1",
        "y1 target",
    ),
    Case(
        "one step of a recurrent network",
        r"$$h_t = \tanh(W_h h_{t-1} + W_x x_t + b)$$ $$\hat y_t = \text{softmax}(V h_t)$$"
        r"$$L_t = -\sum_k y_{t,k} \log \hat y_{t,k}$$",
        lambda v: (
            -(
                v.y_t * np.log(softmax(v.V @ np.tanh(v.W_h @ v.h_tm1 + v.W_x @ v.x_t + v.b), 0))
            ).sum()
        ),
        "h_tm1 n1 × 1, x_t n0 × 1, y_t n2 × 1",
        "h_tm1 input, x_t input, y_t target",
    ),
    Case(
        "an LSTM cell on [h, x]",
        r"$$f_t = \sigma(W_f \cdot [h_{t-1}, x_t] + b_f)$$ $$i_t = \sigma(W_i \cdot [h_{t-1}, "
        r"x_t] + b_i)$$"
        r"$$\tilde{C}_t = \tanh(W_C \cdot [h_{t-1}, x_t] + b_C)$$ $$C_t = f_t * C_{t-1} + i_t * "
        r"\tilde{C}_t$$"
        r"$$o_t = \sigma(W_o \cdot [h_{t-1}, x_t] + b_o)$$ $$h_t = o_t * \tanh(C_t)$$ $$L = "
        r"\|h_t - y_t\|^2$$",
        lambda v: ((lstm_stacked(v) - v.y_t) ** 2).sum(),
        "h_tm1 n1 × 1, x_t n0 × 1, W_f n1 × n1+n0, b_f n1 × 1, C_tm1 n1 × 1",
    ),
    Case(
        "an LSTM cell with W and U",
        r"$$i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)$$ $$f_t = \sigma(W_f x_t + U_f h_{t-1} + "
        r"b_f)$$"
        r"$$o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)$$ $$\tilde c_t = \tanh(W_c x_t + U_c "
        r"h_{t-1} + b_c)$$"
        r"$$c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t$$ $$h_t = o_t \odot \tanh(c_t)$$"
        r"$$L = \frac12 \|h_t - y_t\|_2^2$$",
        lambda v: 0.5 * ((lstm(v) - v.y_t) ** 2).sum(),
        "U_f n1 × n1, W_f n1 × n0, c_tm1 n1 × 1",
        "c_tm1 input",
    ),
    Case(
        "a GRU",
        r"$$z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)$$ $$r_t = \sigma(W_r x_t + U_r h_{t-1} + "
        r"b_r)$$"
        r"$$\tilde h_t = \tanh(W_h x_t + U_h (r_t \odot h_{t-1}) + b_h)$$"
        r"$$h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t$$ $$L = \sum_j (h_{t,j} - "
        r"y_{t,j})^2$$",
        lambda v: ((gru(v) - v.y_t) ** 2).sum(),
        "U_h n1 × n1, b_z n1 × 1",
    ),
    Case(
        "attention",
        r"$$Q = X W^Q, \quad K = X W^K, \quad V = X W^V$$"
        r"$$\text{Attention}(Q, K, V) = \text{softmax}\left(\frac{Q K^T}{\sqrt{d_k}}\right) V$$"
        r"$$O = \text{Attention}(Q, K, V) W^O$$ $$L = \|O - Y\|_F^2$$",
        lambda v: (
            (attention(v.X @ v.W_Q, v.X @ v.W_K, v.X @ v.W_V, v.W_K.shape[1]) @ v.W_O - v.Y) ** 2
        ).sum(),
        "X m × n0, W_Q n0 × d_k, W_K n0 × d_k",
        columns=False,
    ),
    Case(
        "attention on given queries",
        r"$$A = \mathrm{softmax}(Q K^\top / \sqrt{d})$$ $$O = A V$$ $$L = \frac12 \|O - T\|_F^2$$",
        lambda v: 0.5 * ((attention(v.Q, v.K, v.V, v.K.shape[1]) - v.T) ** 2).sum(),
        "",
        columns=False,
    ),
    Case(
        "a transformer's feed-forward block in plain text",
        "h = relu(x @ W1 + b1) @ W2 + b2\ny = x + h\nL = mean((y - t)**2)",
        lambda v: ((v.x + relu(v.x @ v.W1 + v.b1) @ v.W2 + v.b2 - v.t) ** 2).mean(),
        "x 1 × n0, W1 n0 × n1, t 1 × n0",
        columns=False,
    ),
    Case(
        "gated unit",
        r"$$u = (W x + b) \odot \sigma(V x + c)$$ $$L = \frac12 \|u - y\|^2$$",
        lambda v: 0.5 * (((v.W @ v.x + v.b) * sigmoid(v.V @ v.x + v.c) - v.y) ** 2).sum(),
        "",
    ),
    Case(
        "highway",
        r"$$t = \sigma(W_T x + b_T)$$ $$h = \text{ReLU}(W_H x + b_H)$$"
        r"$$o = t \circ h + (\mathbf{1} - t) \circ x$$ $$L = \|o - y\|^2$$",
        lambda v: (
            (
                sigmoid(v.W_T @ v.x + v.b_T) * relu(v.W_H @ v.x + v.b_H)
                + (1 - sigmoid(v.W_T @ v.x + v.b_T)) * v.x
                - v.y
            )
            ** 2
        ).sum(),
        "W_T n0 × n0",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_the_loss_that_was_meant(case: Case) -> None:
    check(case)
