r"""Notes in many hands, their losses written down again from the mathematics: JAX must agree.

Each case is a note, the sizes of its free names and its loss as a function of them. `W*:3,2` is a
parameter of 3 rows and 2 columns, `x:2,1` a column, `b:` a number; a word after a second colon says
which values make sense: `u` between 0 and 1, `+` positive, `pm` plus or minus one, `oc` and `or`
one-hot columns and rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import backproof as bp

jax.config.update("jax_enable_x64", True)

exp, log, tanh = jnp.exp, jnp.log, jnp.tanh
sigmoid, relu = jax.nn.sigmoid, jax.nn.relu


class Values(dict[str, Any]):
    """Values by plain name, as attributes; `lam` stands for `lambda`."""

    def __getattr__(self, name: str) -> Any:
        return self["lambda" if name == "lam" else name]


def softmax(z: jax.Array, axis: int = 0) -> jax.Array:
    return jax.nn.softmax(z, axis=axis)


def softplus(z: jax.Array) -> jax.Array:
    return jnp.logaddexp(z, 0)


def squares(x: jax.Array) -> jax.Array:
    return (x**2).sum()


def bce(p: jax.Array, y: jax.Array) -> jax.Array:
    """Binary cross-entropy, entry by entry."""
    return -(y * log(p) + (1 - y) * log(1 - p))


def given(*values_and_formula: Any) -> Any:
    """`given(x, y, f)` is f(x, y): a formula that uses a quantity more than once."""
    *values, formula = values_and_formula
    return formula(*values)


Case = tuple[str, str, str, Callable[[Any], Any]]

CASES: list[Case] = [
    (
        "ng cost fro",
        r"""
$$z^{[1]} = W^{[1]} X + b^{[1]},\quad A^{[1]} = \mathrm{ReLU}(z^{[1]})$$
$$z^{[2]} = W^{[2]} A^{[1]} + b^{[2]},\quad A^{[2]} = \sigma(z^{[2]})$$
$$\mathcal{L}(\hat y, y) = -(y\log\hat y + (1-y)\log(1-\hat y))$$
$$J(W^{[1]}, b^{[1]}, W^{[2]}, b^{[2]}) = \frac{1}{m}\sum_{i=1}^m \mathcal{L}(\hat y^{(i)},
y^{(i)}) + \frac{\lambda}{2m}\sum_{l=1}^{2} \|W^{[l]}\|_F^2$$
where $\hat{y} = A^{[2]}$.
""",
        "W1*:3,2 b1*:3,1 W2*:1,3 b2*:1,1 X:2,4 y:1,4:u lambda:",
        lambda v: (
            bce(sigmoid(v.W2 @ relu(v.W1 @ v.X + v.b1) + v.b2), v.y).mean()
            + v.lam / 2 / 4 * (squares(v.W1) + squares(v.W2))
        ),
    ),
    (
        "ng lms",
        r"""
We define the cost function:
$$J(\theta) = \frac{1}{2} \sum_{i=1}^{n} \left(h_\theta(x^{(i)}) - y^{(i)}\right)^2,$$
with the hypothesis
$$h_\theta(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$$
""",
        "theta*:3,1 x:3,5 y:1,5",
        lambda v: 0.5 * squares(v.theta.T @ v.x - v.y),
    ),
    (
        "ng vectorised",
        r"""
$$J(\theta) = \frac{1}{2m}(X\theta - \vec{y})^T(X\theta - \vec{y})$$
""",
        "X:5,3 theta*:3,1 y:5,1",
        lambda v: squares(v.X @ v.theta - v.y) / 10,
    ),
    (
        "nielsen vec",
        r"""
$$z^1 = w^1 x + b^1, \qquad a^1 = \sigma(z^1)$$
$$z^2 = w^2 a^1 + b^2, \qquad a^2 = \sigma(z^2)$$
$$z^3 = w^3 a^2 + b^3, \qquad a^3 = \sigma(z^3)$$
$$C = \frac12 \sum_j (y_j - a^3_j)^2$$
""",
        "w1*:3,2 b1*:3,1 w2*:4,3 b2*:4,1 w3*:2,4 b3*:2,1 x:2,1 y:2,1",
        lambda v: (
            0.5
            * squares(
                v.y - sigmoid(v.w3 @ sigmoid(v.w2 @ sigmoid(v.w1 @ v.x + v.b1) + v.b2) + v.b3)
            )
        ),
    ),
    (
        "nielsen idx",
        r"""
The activation of the $j$th neuron in the second layer is
$$a^2_j = \sigma\left( \sum_k w^2_{jk} x_k + b^2_j \right)$$
and
$$a^3_j = \sigma\left( \sum_k w^3_{jk} a^2_k + b^3_j \right)$$
$$C = \frac{1}{2} \sum_j (y_j-a^3_j)^2$$
""",
        "w2*:3,2 b2*:3,1 w3*:2,3 b3*:2,1 x:2,1 y:2,1",
        lambda v: 0.5 * squares(v.y - sigmoid(v.w3 @ sigmoid(v.w2 @ v.x + v.b2) + v.b3)),
    ),
    (
        "nielsen ce",
        r"""
$$z = \sum_j w_j x_j + b, \quad a = \sigma(z)$$
$$C = -\frac{1}{n} \sum_x \left[y \ln a + (1-y ) \ln (1-a) \right]$$
""",
        "w*:3,1 b*: x:3,4 y:1,4:u",
        lambda v: bce(sigmoid(v.w.T @ v.x + v.b), v.y).mean(),
    ),
    (
        "goodfellow g",
        r"""
$$\boldsymbol{h}^{(1)} = g^{(1)}\left( \boldsymbol{W}^{(1)\top} \boldsymbol{x} +
\boldsymbol{b}^{(1)} \right)$$
$$\boldsymbol{h}^{(2)} = g^{(2)}\left( \boldsymbol{W}^{(2)\top} \boldsymbol{h}^{(1)} +
\boldsymbol{b}^{(2)} \right)$$
where $g^{(1)}(z) = \max\{0, z\}$ and $g^{(2)}(z) = \tanh(z)$.
$$J = \frac12 \| \boldsymbol{y} - \boldsymbol{h}^{(2)} \|_2^2$$
""",
        "W1*:2,3 b1*:3,1 W2*:3,2 b2*:2,1 x:2,1 y:2,1",
        lambda v: 0.5 * squares(v.y - tanh(v.W2.T @ relu(v.W1.T @ v.x + v.b1) + v.b2)),
    ),
    (
        "goodfellow rnn",
        r"""
\begin{align}
\boldsymbol{a}^{(t)} &= \boldsymbol{b} + \boldsymbol{W}\boldsymbol{h}^{(t-1)} +
\boldsymbol{U}\boldsymbol{x}^{(t)}, \\
\boldsymbol{h}^{(t)} &= \tanh(\boldsymbol{a}^{(t)}), \\
\boldsymbol{o}^{(t)} &= \boldsymbol{c} + \boldsymbol{V}\boldsymbol{h}^{(t)}, \\
\hat{\boldsymbol{y}}^{(t)} &= \mathrm{softmax}(\boldsymbol{o}^{(t)}),
\end{align}
$$L = -\sum_k y_k^{(t)} \log \hat y_k^{(t)}$$
""",
        "b*:3,1 W*:3,3 htm1:3,1 U*:3,2 xt:2,1 c*:4,1 V*:4,3 yt:4,1",
        lambda v: -(v.yt * log(softmax(v.c + v.V @ tanh(v.b + v.W @ v.htm1 + v.U @ v.xt)))).sum(),
    ),
    (
        "bishop linear",
        r"""
$$y(\mathbf{x}, \mathbf{w}) = \mathbf{w}^{\mathrm T} \mathbf{x}$$
$$E(\mathbf{w}) = \frac{1}{2} \sum_{n=1}^{N} \{ y(\mathbf{x}_n, \mathbf{w}) - t_n \}^2 +
\frac{\lambda}{2} \|\mathbf{w}\|^2$$
""",
        "w*:3,1 x:3,4 t:1,4 lambda:",
        lambda v: 0.5 * squares(v.w.T @ v.x - v.t) + v.lam / 2 * squares(v.w),
    ),
    (
        "bishop mlp",
        r"""
$$a_j = \sum_{i=1}^D w_{ji}^{(1)} x_i + w_{j0}^{(1)}$$
$$z_j = \tanh(a_j)$$
$$y_k = \sum_{j=1}^M w_{kj}^{(2)} z_j + w_{k0}^{(2)}$$
$$E_n = \frac12 \sum_{k=1}^K (y_k - t_k)^2$$
""",
        "w1*:3,2 w1_0*:3,1 w2*:2,3 w2_0*:2,1 x:2,1 t:2,1",
        lambda v: 0.5 * squares(v.w2 @ tanh(v.w1 @ v.x + v.w1_0) + v.w2_0 - v.t),
    ),
    (
        "poly sum",
        r"""
$$y(x, \mathbf{w}) = w_0 + w_1 x + w_2 x^2$$
$$E(\mathbf{w}) = \frac12\sum_{n=1}^N \{y(x_n, \mathbf{w}) - t_n\}^2$$
""",
        "w0*: w1*: x:1,5 w2*: t:1,5",
        lambda v: 0.5 * squares(v.w0 + v.w1 * v.x + v.w2 * v.x**2 - v.t),
    ),
    (
        "d2l mlp",
        r"""
$$\mathbf{z}= \mathbf{W}^{(1)} \mathbf{x},$$
where $\mathbf{W}^{(1)} \in \mathbb{R}^{h \times d}$ is the weight parameter of the hidden
layer.
$$\mathbf{h}= \phi (\mathbf{z}).$$
$$\mathbf{o}= \mathbf{W}^{(2)} \mathbf{h}.$$
$$L = l(\mathbf{o}, y).$$
$$s = \frac{\lambda}{2} \left(\|\mathbf{W}^{(1)}\|_\textrm{F}^2 +
\|\mathbf{W}^{(2)}\|_\textrm{F}^2\right),$$
$$J = L + s.$$
Here $\phi(z) = \tanh(z)$ and $l(\mathbf{o}, y) = \frac12 \|\mathbf{o} - y\|^2$.
""",
        "W1*:3,2 W2*:4,3 x:2,1 y:4,1 lambda:",
        lambda v: (
            0.5 * squares(v.W2 @ tanh(v.W1 @ v.x) - v.y)
            + v.lam / 2 * (squares(v.W1) + squares(v.W2))
        ),
    ),
    (
        "d2l rows",
        r"""
$$\begin{aligned}
    \mathbf{H} & = \sigma(\mathbf{X} \mathbf{W}^{(1)} + \mathbf{b}^{(1)}), \\
    \mathbf{O} & = \mathbf{H}\mathbf{W}^{(2)} + \mathbf{b}^{(2)}.\\
\end{aligned}$$
$\mathbf{W}^{(1)} \in \mathbb{R}^{d \times h}$, $\mathbf{b}^{(1)} \in \mathbb{R}^{1 \times h}$,
$\mathbf{W}^{(2)} \in \mathbb{R}^{h \times q}$, $\mathbf{b}^{(2)} \in \mathbb{R}^{1 \times q}$,
$\mathbf{X} \in \mathbb{R}^{n \times d}$.
$$\hat{\mathbf{Y}} = \mathrm{softmax}(\mathbf{O})$$
$$L = -\frac1n \sum_{i=1}^n \sum_{j=1}^q y_j^{(i)} \log \hat{y}_j^{(i)}$$
""",
        "X:5,2 W1*:2,3 b1*:1,3 W2*:3,4 b2*:1,4 y:5,4:or",
        lambda v: -(v.y * log(softmax(sigmoid(v.X @ v.W1 + v.b1) @ v.W2 + v.b2, 1))).sum() / 5,
    ),
    (
        "ufldl one",
        r"""
$$z^{(2)} = W^{(1)} x + b^{(1)}$$
$$a^{(2)} = f(z^{(2)})$$
$$z^{(3)} = W^{(2)} a^{(2)} + b^{(2)}$$
$$h_{W,b}(x) = a^{(3)} = f(z^{(3)})$$
where $f(\cdot)$ is the sigmoid function, $f(z) = \frac{1}{1+\exp(-z)}$.
$$J(W,b;x,y) = \frac{1}{2} \left\| h_{W,b}(x) - y \right\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:4,3 b2*:4,1 x:2,1 y:4,1",
        lambda v: 0.5 * squares(sigmoid(v.W2 @ sigmoid(v.W1 @ v.x + v.b1) + v.b2) - v.y),
    ),
    (
        "murphy nll",
        r"""
$$\mathrm{NLL}(\mathbf{w}) = -\sum_{n=1}^{N} \left[ y_n \log \mu_n + (1-y_n)\log(1-\mu_n)
\right], \quad \mu_n = \sigma(\mathbf{w}^\top \mathbf{x}_n)$$
""",
        "w*:3,1 x:3,4 y:1,4:u",
        lambda v: bce(sigmoid(v.w.T @ v.x), v.y).sum(),
    ),
    (
        "ko mlp bce",
        r"""
# 다층 퍼셉트론
입력 $x \in \mathbb{R}^{d}$에 대하여 은닉층은 다음과 같이 계산한다.
$$h = \tanh(W_1 x + b_1)$$
출력은 $o = w_2^T h + b_2$이고, 확률은 $p = \sigma(o)$로 둔다. 여기서 $\sigma(t) =
\frac{1}{1+e^{-t}}$는 시그모이드 함수이다.
손실 함수는
$$L = -y\log p - (1-y)\log(1-p)$$
이다. 이제 $\frac{\partial L}{\partial W_1}$을 구해 보자.
""",
        "x:2,1 W1*:3,2 b1*:3,1 w2*:3,1 b2*: y::u",
        lambda v: bce(sigmoid(v.w2.T @ tanh(v.W1 @ v.x + v.b1) + v.b2), v.y).sum(),
    ),
    (
        "ko where sigma",
        r"""
## 로지스틱 회귀의 손실
데이터 $(x^{(i)}, y^{(i)})$, $i=1,\dots,m$가 주어졌을 때 모델은 $\hat{y}^{(i)} = \sigma(w^T
x^{(i)} + b)$ 이다. 단, $\sigma(z)=\frac{1}{1+e^{-z}}$.
비용함수는 다음과 같다.
$$J(w,b) = -\frac{1}{m}\sum_{i=1}^m \left[ y^{(i)}\log \hat y^{(i)} + (1-y^{(i)})\log(1-\hat
y^{(i)}) \right]$$
""",
        "w*:3,1 x:3,5 b*: y:1,5:u",
        lambda v: bce(sigmoid(v.w.T @ v.x + v.b), v.y).mean(),
    ),
    (
        "zh lasso",
        r"""
带 L1 正则的线性回归（Lasso）：
$$J(w) = \frac{1}{2N}\|Xw - y\|_2^2 + \lambda\|w\|_1$$
其中 $X\in\mathbb{R}^{N\times d}$, $y\in\mathbb{R}^N$。
""",
        "X:5,3 w*:3,1 y:5,1 lambda:",
        lambda v: squares(v.X @ v.w - v.y) / 10 + v.lam * jnp.abs(v.w).sum(),
    ),
    (
        "zh gru",
        r"""
GRU 单步：
$$
\begin{aligned}
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
\tilde{h}_t &= \tanh(W_h x_t + U_h (r_t \odot h_{t-1}) + b_h) \\
h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t
\end{aligned}
$$
损失 $L = \frac12 \| h_t - y_t \|^2$
""",
        (
            "W_r*:3,2 x_t:2,1 U_r*:3,3 h_tm1:3,1 b_r*:3,1 W_z*:3,2 U_z*:3,3 b_z*:3,1 W_h*:3,2 "
            "U_h*:3,3 b_h*:3,1 y_t:3,1"
        ),
        lambda v: given(
            sigmoid(v.W_r @ v.x_t + v.U_r @ v.h_tm1 + v.b_r),
            sigmoid(v.W_z @ v.x_t + v.U_z @ v.h_tm1 + v.b_z),
            lambda r, z: (
                0.5
                * squares(
                    (1 - z) * v.h_tm1
                    + z * tanh(v.W_h @ v.x_t + v.U_h @ (r * v.h_tm1) + v.b_h)
                    - v.y_t
                )
            ),
        ),
    ),
    (
        "readme np",
        r"""
# My tiny net

```python
z1 = X @ W1 + b1          # (N, H)
a1 = np.maximum(0, z1)
z2 = a1 @ W2 + b2
y_hat = 1 / (1 + np.exp(-z2))
loss = -np.mean(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))
```
""",
        "X:5,2 W1*:2,3 b1*:1,3 W2*:3,1 b2*:1,1 y:5,1:u",
        lambda v: bce(sigmoid(relu(v.X @ v.W1 + v.b1) @ v.W2 + v.b2), v.y).mean(),
    ),
    (
        "ascii ln rows",
        r"""
h = X @ W + b
m = h.mean(axis=1, keepdims=True)
s = ((h - m)**2).mean(axis=1, keepdims=True)
n = (h - m) / sqrt(s + eps)
out = g * n + c
loss = mean((out - Y)**2)
""",
        "X:5,2 W*:2,3 b*:1,3 eps::+ g*:1,3 c*:1,3 Y:5,3",
        lambda v: given(
            v.X @ v.W + v.b,
            lambda h: (
                (
                    v.g * (h - h.mean(1, keepdims=True)) / jnp.sqrt(h.var(1, keepdims=True) + v.eps)
                    + v.c
                    - v.Y
                )
                ** 2
            ).mean(),
        ),
    ),
    (
        "ascii rms",
        r"""
u = W @ x
r = u / sqrt(mean(u**2) + eps)
y_hat = g * r
L = sum((y_hat - y)**2)
""",
        "W*:3,2 x:2,1 eps::+ g*:3,1 y:3,1",
        lambda v: given(
            v.W @ v.x, lambda u: squares(v.g * u / jnp.sqrt((u**2).mean() + v.eps) - v.y)
        ),
    ),
    (
        "ascii transpose2",
        r"""
Q = X @ Wq
K = X @ Wk
V = X @ Wv
S = softmax(Q @ K.T / sqrt(2), axis=-1)
O = S @ V
L = sum((O - Y)**2)
""",
        "X:4,3 Wq*:3,2 Wk*:3,2 Wv*:3,2 Y:4,2",
        lambda v: squares(
            softmax(v.X @ v.Wq @ (v.X @ v.Wk).T / jnp.sqrt(2.0), 1) @ (v.X @ v.Wv) - v.Y
        ),
    ),
    (
        "unicode T",
        r"""
z = Wᵀx + b
L = ‖z − y‖² + λ·‖W‖²
""",
        "W*:2,3 x:2,1 b*:3,1 y:3,1 lambda:",
        lambda v: squares(v.W.T @ v.x + v.b - v.y) + v.lam * squares(v.W),
    ),
    (
        "py program fn",
        r"""
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

Z1 = np.dot(W1, X) + b1
A1 = np.tanh(Z1)
Z2 = np.dot(W2, A1) + b2
A2 = sigmoid(Z2)
logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
cost = -np.sum(logprobs) / m
""",
        "W1*:3,2 X:2,5 b1*:3,1 W2*:1,3 b2*:1,1 Y:1,5:u",
        lambda v: bce(sigmoid(v.W2 @ tanh(v.W1 @ v.X + v.b1) + v.b2), v.Y).mean(),
    ),
    (
        "latex macros",
        r"""
\documentclass{article}
\usepackage{amsmath}
\newcommand{\bW}{\mathbf{W}}
\newcommand{\bx}{\mathbf{x}}
\newcommand{\R}{\mathbb{R}}
\newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
\DeclareMathOperator{\softplus}{softplus}
\begin{document}
\section{Model}
Let $\bx \in \R^{d}$ and $\bW_1 \in \R^{h \times d}$.
\begin{align}
  \mathbf{h} &= \softplus(\bW_1 \bx + \mathbf{b}_1) \label{eq:h} \\
  \hat{\mathbf{y}} &= \bW_2 \mathbf{h} \tag{2} \\
  \mathcal{L} &= \norm{\hat{\mathbf{y}} - \mathbf{y}}^2 \nonumber
\end{align}
\end{document}
""",
        "x:2,1 W1*:3,2 b1*:3,1 W2*:4,3 y:4,1",
        lambda v: squares(v.W2 @ softplus(v.W1 @ v.x + v.b1) - v.y),
    ),
    (
        "latex boxed",
        r"""
\begin{equation}
\boxed{\mathcal{L}(\theta) = \underbrace{\frac{1}{2}\|y - f\|^2}_{\text{data term}} +
\underbrace{\frac{\lambda}{2}\|W\|_F^2}_{\text{weight decay}}}
\end{equation}
with
\begin{equation}
f = W x + b. \label{f}
\end{equation}
""",
        "W*:3,2 x:2,1 b*:3,1 y:3,1 lambda:",
        lambda v: 0.5 * squares(v.y - v.W @ v.x - v.b) + v.lam / 2 * squares(v.W),
    ),
    (
        "latex cases huber",
        r"""
\[ r = y - w^\top x \]
\[ L_\delta(r) = \begin{cases} \frac{1}{2} r^2 & \text{if } |r| \le \delta, \\ \delta \left(|r|
- \frac{1}{2}\delta\right) & \text{otherwise.} \end{cases} \]
""",
        "y: w*:3,1 x:3,1 delta::+",
        lambda v: given(
            v.y - v.w.T @ v.x,
            lambda r: jnp.where(
                jnp.abs(r) <= v.delta, 0.5 * r * r, v.delta * (jnp.abs(r) - 0.5 * v.delta)
            ).sum(),
        ),
    ),
    (
        "latex quantile",
        r"""
$$q_i = w^\top x_i + b$$
$$L = \sum_{i=1}^n \max\left(\tau (y_i - q_i), (\tau - 1)(y_i - q_i)\right)$$
""",
        "w*:3,1 x:3,5 b*: y:1,5 tau::u",
        lambda v: given(
            v.y - v.w.T @ v.x - v.b, lambda r: jnp.maximum(v.tau * r, (v.tau - 1) * r).sum()
        ),
    ),
    (
        "poisson",
        r"""
$$\lambda_i = \exp(w^\top x_i + b)$$
$$L = \sum_{i=1}^n \left( \lambda_i - y_i \log \lambda_i \right)$$
""",
        "w*:3,1 x:3,5 b*: y:1,5:+",
        lambda v: (exp(v.w.T @ v.x + v.b) - v.y * (v.w.T @ v.x + v.b)).sum(),
    ),
    (
        "probit",
        r"""
$$\Phi(z) = \frac12\left(1 + \operatorname{erf}\left(\frac{z}{\sqrt 2}\right)\right)$$
$$p_i = \Phi(w^\top x_i)$$
$$L = -\sum_{i=1}^m \left[ y_i \log p_i + (1-y_i)\log(1-p_i) \right]$$
""",
        "w*:3,1 x:3,5 y:1,5:u",
        lambda v: bce(0.5 * (1 + jax.scipy.special.erf(v.w.T @ v.x / jnp.sqrt(2.0))), v.y).sum(),
    ),
    (
        "elastic",
        r"""
$$L(w) = \frac{1}{2n}\|y - Xw\|_2^2 + \alpha\rho\|w\|_1 + \frac{\alpha(1-\rho)}{2}\|w\|_2^2$$
""",
        "y:5,1 X:5,3 w*:3,1 alpha: rho:",
        lambda v: (
            squares(v.y - v.X @ v.w) / 10
            + v.alpha * v.rho * jnp.abs(v.w).sum()
            + v.alpha * (1 - v.rho) / 2 * squares(v.w)
        ),
    ),
    (
        "bce logits",
        r"""
$$z = w^\top x + b$$
$$L = \max(z, 0) - z y + \log(1 + e^{-|z|})$$
""",
        "w*:3,1 x:3,1 b*: y::u",
        lambda v: given(v.w.T @ v.x + v.b, lambda z: softplus(z) - z * v.y).sum(),
    ),
    (
        "ce logsumexp batch",
        r"""
$$z^{(i)} = W x^{(i)} + b$$
$$L = \frac1m\sum_{i=1}^m \left( \log\sum_{k=1}^K e^{z_k^{(i)}} - \sum_{k=1}^K y_k^{(i)}
z_k^{(i)} \right)$$
""",
        "W*:4,3 x:3,5 b*:4,1 y:4,5:oc",
        lambda v: given(
            v.W @ v.x + v.b, lambda z: (jax.nn.logsumexp(z, axis=0) - (v.y * z).sum(0)).mean()
        ),
    ),
    (
        "ce ones",
        r"""
$$A = \sigma(W X + b)$$
$$J = -\frac1m\mathbf{1}^\top\left(Y\odot\log A + (1 - Y)\odot\log(1-A)\right)\mathbf{1}$$
""",
        "W*:2,3 X:3,5 b*:2,1 Y:2,5:u",
        lambda v: bce(sigmoid(v.W @ v.X + v.b), v.Y).sum() / 5,
    ),
    (
        "highway",
        r"""
$$T = \sigma(W_T x + b_T), \quad H = \tanh(W_H x + b_H)$$
$$y = T \odot H + (1 - T) \odot x$$
$$L = \frac12\|y - t\|^2$$
""",
        "W_T*:2,2 b_T*:2,1 W_H*:2,2 b_H*:2,1 x:2,1 t:2,1",
        lambda v: given(
            sigmoid(v.W_T @ v.x + v.b_T),
            lambda T: 0.5 * squares(T * tanh(v.W_H @ v.x + v.b_H) + (1 - T) * v.x - v.t),
        ),
    ),
    (
        "swiglu",
        r"""
$$F = (\text{Swish}(x W_1) \odot x V) W_2$$
$$L = \|F - y\|^2$$
""",
        "x:1,2 W1*:2,3 V*:2,3 W2*:3,2 y:1,2",
        lambda v: squares(jax.nn.silu(v.x @ v.W1) * (v.x @ v.V) @ v.W2 - v.y),
    ),
    (
        "tied ae",
        r"""
$$h = s(W x + b), \quad z = s(W^T h + b')$$
$$s(a) = \frac{1}{1+e^{-a}}$$
$$L_H(x, z) = -\sum_{k=1}^d \left[ x_k \log z_k + (1 - x_k)\log(1-z_k)\right]$$
""",
        "W*:3,2 x:2,1:u b*:3,1 b_prime*:2,1",
        lambda v: bce(sigmoid(v.W.T @ sigmoid(v.W @ v.x + v.b) + v.b_prime), v.x).sum(),
    ),
    (
        "ln vec",
        r"""
$$u = W x + b$$
$$\mu = \frac1H\sum_{i=1}^H u_i,\quad \sigma = \sqrt{\frac1H\sum_{i=1}^H (u_i - \mu)^2}$$
$$h = \tanh\left(\frac{g}{\sigma} \odot (u - \mu) + c\right)$$
$$L = \sum_i (h_i - y_i)^2$$
""",
        "W*:3,2 x:2,1 b*:3,1 g*:3,1 c*:3,1 y:3,1",
        lambda v: given(
            v.W @ v.x + v.b,
            lambda u: squares(tanh(v.g / jnp.sqrt(u.var()) * (u - u.mean()) + v.c) - v.y),
        ),
    ),
    (
        "rnn unrolled lines",
        r"""
h1 = tanh(Wx @ x1 + Wh @ h0 + b)
h2 = tanh(Wx @ x2 + Wh @ h1 + b)
L1 = 0.5*||V @ h1 - y1||^2
L2 = 0.5*||V @ h2 - y2||^2
L = L1 + L2
""",
        "Wx*:3,2 x1:2,1 Wh*:3,3 h0:3,1 b*:3,1 x2:2,1 V*:2,3 y1:2,1 y2:2,1",
        lambda v: given(
            tanh(v.Wx @ v.x1 + v.Wh @ v.h0 + v.b),
            lambda h1: (
                0.5 * squares(v.V @ h1 - v.y1)
                + 0.5 * squares(v.V @ tanh(v.Wx @ v.x2 + v.Wh @ h1 + v.b) - v.y2)
            ),
        ),
    ),
    (
        "lstm concat",
        r"""
$$f_t = \sigma(W_f \cdot [h_{t-1}, x_t] + b_f)$$
$$i_t = \sigma(W_i \cdot [h_{t-1}, x_t] + b_i)$$
$$\tilde C_t = \tanh(W_C \cdot [h_{t-1}, x_t] + b_C)$$
$$C_t = f_t * C_{t-1} + i_t * \tilde C_t$$
$$o_t = \sigma(W_o [h_{t-1}, x_t] + b_o)$$
$$h_t = o_t * \tanh(C_t)$$
$$L = \frac12\|h_t - y_t\|^2$$
""",
        (
            "W_f*:3,5 h_tm1:3,1 x_t:2,1 b_f*:3,1 W_i*:3,5 b_i*:3,1 W_C*:3,5 b_C*:3,1 C_tm1:3,1 "
            "W_o*:3,5 b_o*:3,1 y_t:3,1"
        ),
        lambda v: given(
            lambda k: v["W_" + k] @ jnp.concatenate([v.h_tm1, v.x_t]) + v["b_" + k],
            lambda g: given(
                sigmoid(g("f")) * v.C_tm1 + sigmoid(g("i")) * tanh(g("C")),
                lambda c: 0.5 * squares(sigmoid(g("o")) * tanh(c) - v.y_t),
            ),
        ),
    ),
    (
        "pca sum",
        r"""
$$J(W) = \frac{1}{n}\sum_{i=1}^n \|x_i - W W^\top x_i\|_2^2$$
""",
        "x:3,5 W*:3,2",
        lambda v: squares(v.x - v.W @ v.W.T @ v.x) / 5,
    ),
    (
        "trace2",
        r"""
$$L = \frac12 \operatorname{Tr}\left[(Y - XW)^\top (Y - XW)\right] +
\frac{\lambda}{2}\operatorname{Tr}(W^\top W)$$
""",
        "Y:5,2 X:5,3 W*:3,2 lambda:",
        lambda v: 0.5 * squares(v.Y - v.X @ v.W) + v.lam / 2 * squares(v.W),
    ),
    (
        "w2v two",
        r"""
$$J = -\log\sigma(u^\top v) - \log\sigma(-n_1^\top v) - \log\sigma(-n_2^\top v)$$
""",
        "u*:3,1 v*:3,1 n1*:3,1 n2*:3,1",
        lambda v: (
            -(
                log(sigmoid(v.u.T @ v.v))
                + log(sigmoid(-v.n1.T @ v.v))
                + log(sigmoid(-v.n2.T @ v.v))
            ).sum()
        ),
    ),
    (
        "triplet",
        r"""
$$f(x) = W x + b$$
$$L = \max(\|f(x_a) - f(x_p)\|^2 - \|f(x_a) - f(x_n)\|^2 + \alpha, 0)$$
""",
        "W*:3,2 b*:3,1 x_a:2,1 x_p:2,1 x_n:2,1 alpha::+",
        lambda v: jnp.maximum(
            squares(v.W @ (v.x_a - v.x_p)) - squares(v.W @ (v.x_a - v.x_n)) + v.alpha, 0.0
        ),
    ),
    (
        "moe sum",
        r"""
$$g = \text{softmax}(G x)$$
$$e_k = \tanh(u_k^\top x)$$
$$\hat y = \sum_{k=1}^K g_k e_k$$
$$L = (\hat y - y)^2$$
""",
        "G*:4,3 x:3,1 u*:3,4 y:",
        lambda v: ((softmax(v.G @ v.x) * tanh(v.u.T @ v.x)).sum() - v.y) ** 2,
    ),
    (
        "fm",
        r"""
$$\hat y = w_0 + w^\top x + \frac12 \sum_{f=1}^k \left[\left(\sum_{i=1}^n v_{i,f} x_i\right)^2 -
\sum_{i=1}^n v_{i,f}^2 x_i^2\right]$$
$$L = (\hat y - y)^2$$
""",
        "w0*: w*:4,1 x:4,1 v*:4,2 y:",
        lambda v: (
            (
                v.w0
                + v.w.T @ v.x
                + 0.5 * (((v.v.T @ v.x) ** 2).sum() - ((v.v**2).T @ v.x**2).sum())
                - v.y
            )
            ** 2
        ).sum(),
    ),
    (
        "empirical risk",
        r"""
$$\hat R(w) = \frac1n \sum_{i=1}^n \ell(y_i, f(x_i))$$
$$f(x) = w^\top x$$
$$\ell(y, \hat y) = \log(1 + \exp(-y \hat y))$$
""",
        "w*:3,1 x:3,5 y:1,5:pm",
        lambda v: softplus(-v.y * (v.w.T @ v.x)).mean(),
    ),
    (
        "multiline eq",
        r"""
$$
\begin{aligned}
J(w) &= -\frac1m\sum_{i=1}^m \Big[ y_i\log\sigma(w^\top x_i) \\
     &\qquad + (1-y_i)\log(1-\sigma(w^\top x_i)) \Big] \\
     &\qquad + \frac{\lambda}{2}\|w\|^2
\end{aligned}
$$
""",
        "y:1,5:u w*:3,1 x:3,5 lambda:",
        lambda v: bce(sigmoid(v.w.T @ v.x), v.y).mean() + v.lam / 2 * squares(v.w),
    ),
    (
        "align amp",
        r"""
\begin{align*}
z &= W x + b & a &= \tanh(z) \\
\hat y &= u^\top a & L &= (\hat y - y)^2
\end{align*}
""",
        "W*:3,2 x:2,1 b*:3,1 u*:3,1 y:",
        lambda v: ((v.u.T @ tanh(v.W @ v.x + v.b) - v.y) ** 2).sum(),
    ),
    (
        "md prose inline",
        r"""
We consider a single neuron $a = \sigma(w^\top x + b)$ with the usual $\sigma(u) = 1/(1 +
e^{-u})$ and measure its error by $E = \frac{1}{2}(a - t)^2$, where $t$ is the target.
""",
        "w*:3,1 x:3,1 b*: t:",
        lambda v: 0.5 * ((sigmoid(v.w.T @ v.x + v.b) - v.t) ** 2).sum(),
    ),
    (
        "md table",
        r"""
| step | formula |
|---|---|
| linear | $z = W x + b$ |
| activation | $a = \tanh(z)$ |
| loss | $L = \frac{1}{2} \|a - y\|^2$ |
""",
        "W*:3,2 x:2,1 b*:3,1 y:3,1",
        lambda v: 0.5 * squares(tanh(v.W @ v.x + v.b) - v.y),
    ),
    (
        "contractive",
        r"""
$$h = \sigma(Wx + b)$$
$$L = \|x - W^\top h\|^2 + \lambda\sum_j (h_j(1-h_j))^2\sum_i W_{ji}^2$$
""",
        "W*:3,2 x:2,1 b*:3,1 lambda:",
        lambda v: given(
            sigmoid(v.W @ v.x + v.b),
            lambda h: (
                squares(v.x - v.W.T @ h)
                + v.lam * ((h * (1 - h))[:, 0] ** 2 * (v.W**2).sum(1)).sum()
            ),
        ),
    ),
    (
        "spectral pen",
        r"""
$$L = \|W^\top W - I\|_F^2$$
""",
        "W*:3,2",
        lambda v: squares(v.W.T @ v.W - jnp.eye(2)),
    ),
    (
        "jensen",
        r"""
$$p = \text{softmax}(W x), \; q = \text{softmax}(V x)$$
$$m = \frac12(p + q)$$
$$L = \frac12\sum_i p_i\log\frac{p_i}{m_i} + \frac12\sum_i q_i\log\frac{q_i}{m_i}$$
""",
        "W*:3,2 x:2,1 V*:3,2",
        lambda v: given(
            softmax(v.W @ v.x),
            softmax(v.V @ v.x),
            lambda p, v: (
                0.5 * (p * log(2 * p / (p + v))).sum() + 0.5 * (v * log(2 * v / (p + v))).sum()
            ),
        ),
    ),
    (
        "exp frac",
        r"""
$$p = \frac{\exp(w^\top x)}{1 + \exp(w^\top x)}$$
$$L = -y\ln p - (1-y)\ln(1-p)$$
""",
        "w*:3,1 x:3,1 y::u",
        lambda v: bce(sigmoid(v.w.T @ v.x), v.y).sum(),
    ),
    (
        "skip rows",
        r"""
$$H_1 = \mathrm{ReLU}(X W_1 + b_1)$$
$$H_2 = \mathrm{ReLU}(H_1 W_2 + b_2) + H_1$$
$$\hat Y = H_2 W_3 + b_3$$
$$L = \frac{1}{2n}\sum_{i=1}^n \|\hat y_i - y_i\|^2$$
""",
        "X:5,2 W1*:2,3 b1*:1,3 W2*:3,3 b2*:1,3 W3*:3,2 b3*:1,2 y:5,2",
        lambda v: given(
            relu(v.X @ v.W1 + v.b1),
            lambda h: squares((relu(h @ v.W2 + v.b2) + h) @ v.W3 + v.b3 - v.y) / 10,
        ),
    ),
    (
        "mish",
        r"""
$$z = W_1 x + b_1$$
$$h = z \tanh(\ln(1 + e^z))$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1",
        lambda v: (
            0.5
            * squares(v.W2 @ given(v.W1 @ v.x + v.b1, lambda z: z * tanh(softplus(z))) + v.b2 - v.y)
        ),
    ),
    (
        "gelu tanh",
        r"""
$$z = W_1 x + b_1$$
$$h = 0.5 z \odot \left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715 z^3)\right)\right)$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1",
        lambda v: (
            0.5 * squares(v.W2 @ jax.nn.gelu(v.W1 @ v.x + v.b1, approximate=True) + v.b2 - v.y)
        ),
    ),
    (
        "selu",
        r"""
$$z = W_1 x + b_1$$
$$h = \operatorname{SELU}(z)$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1",
        lambda v: 0.5 * squares(v.W2 @ jax.nn.selu(v.W1 @ v.x + v.b1) + v.b2 - v.y),
    ),
    (
        "hard sigmoid",
        r"""
$$z = W_1 x + b_1$$
$$h = \max(0, \min(1, 0.2 z + 0.5))$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1",
        lambda v: (
            0.5 * squares(v.W2 @ jnp.clip(0.2 * (v.W1 @ v.x + v.b1) + 0.5, 0, 1) + v.b2 - v.y)
        ),
    ),
    (
        "maxout",
        r"""
$$h = \max(W_1 x + b_1, V_1 x + c_1)$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1 V1*:3,2 c1*:3,1",
        lambda v: (
            0.5 * squares(v.W2 @ jnp.maximum(v.W1 @ v.x + v.b1, v.V1 @ v.x + v.c1) + v.b2 - v.y)
        ),
    ),
    (
        "own elu",
        r"""
$$f(z) = \begin{cases} z & \text{if } z \geq 0 \\ \alpha(e^z - 1) & \text{if } z < 0\end{cases}$$
$$h = f(W_1 x + b_1)$$
$$\hat y = W_2 h + b_2$$
$$L = \frac12 \|\hat y - y\|^2$$
""",
        "W1*:3,2 b1*:3,1 W2*:2,3 b2*:2,1 x:2,1 y:2,1 alpha:",
        lambda v: (
            0.5
            * squares(
                v.W2
                @ given(v.W1 @ v.x + v.b1, lambda z: jnp.where(z >= 0, z, v.alpha * (exp(z) - 1)))
                + v.b2
                - v.y
            )
        ),
    ),
]


def draw(name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Values that are the same in every run and differ from name to name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if kind in ("oc", "or"):
        one_hot = np.eye(shape[kind == "or"])[rng.integers(0, shape[kind == "or"], max(shape))]
        return one_hot[: shape[0]] if kind == "or" else one_hot.T[:, : shape[1]]
    if kind == "pm":
        return rng.choice([-1.0, 1.0], shape)
    low, high = {"+": (0.3, 1.5), "u": (0.1, 0.9)}.get(kind, (-1, 1))
    return rng.uniform(low, high, shape)


def point(sizes: str) -> tuple[Values, list[str]]:
    """The values of a case and the names of its parameters."""
    values, parameters = Values(), []
    for item in sizes.split():
        written, numbers, kind = [*item.split(":"), ""][:3]
        name = written.rstrip("*")
        shape = tuple(int(n) for n in numbers.split(",") if n)
        values[name] = draw(name, shape, kind)
        if written != name:
            parameters.append(name)
    return values, parameters


@pytest.mark.parametrize(
    ("note", "sizes", "loss"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_gradients_are_those_of_jax(note: str, sizes: str, loss: Callable[[Any], Any]) -> None:
    values, parameters = point(sizes)
    model = bp.parse(note)
    free = {e.attr.plain: role for e, role in model.roles.items() if e.op == "name"}
    assert set(free) == set(values)
    assert [name for name, role in free.items() if role == "parameter"] == [
        name for name in free if name in parameters
    ]

    def scalar(held: dict[str, Any]) -> jax.Array:
        return jnp.asarray(loss(Values(held))).reshape(())

    with jax.disable_jit():
        wanted, gradients = jax.value_and_grad(scalar)(
            {name: jnp.asarray(value) for name, value in values.items()}
        )
    assert bp.evaluate(model.loss, values) == pytest.approx(float(wanted), rel=1e-9, abs=1e-12)
    derivation = bp.derive(model)
    assert set(derivation.gradients) == set(parameters)
    for name in parameters:
        got = np.reshape(bp.evaluate(derivation.gradients[name], values), values[name].shape)
        np.testing.assert_allclose(got, gradients[name], rtol=1e-8, atol=1e-11, err_msg=name)
