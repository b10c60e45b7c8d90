"""One loss in many spellings: each is read as the same function of its inputs."""

from typing import Any

import numpy as np
import pytest

from backproof.expr.model import Model
from backproof.expr.values import evaluate
from backproof.notation import parse

from .lowering import check_form, point, sigmoid, softmax

SQUARES = [
    r"$$L = \frac1m \sum_{i=1}^m (w^T x^{(i)} - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m (x^{(i)T}\theta - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m ((x^{(i)})^T \theta - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m ({x^{(i)}}^\top w - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m (w \cdot x^{(i)} - y^{(i)})^2$$",
    r"$$L = \frac1n \sum_{i=1}^n (\langle w, x_i \rangle - y_i)^2$$",
    r"$$L = \frac1n \sum_{i=1}^n (x_i^T \beta - y_i)^2$$",
    r"$$L = \frac1n \sum_{i=1}^n (x_i \beta - y_i)^2$$",
    r"$$L = \frac1n \sum_{i=1}^n (w x_i - y_i)^2$$",
    r"$$L = \frac1N \sum_{n=1}^N |t_n - \mathbf{w}^{\mathrm T} \mathbf{x}_n|^2$$",
    r"$$L = \frac{1}{m} \sum_{i} (\hat y^{(i)} - y^{(i)})^2$$ $$\hat y^{(i)} = w^T x^{(i)}$$",
    r"$$L = \frac{\sum_{i=1}^m (\hat y_i - y_i)^2}{m}$$ $$\hat y_i = w^T x_i$$",
    r"$$L = 1/m \sum_{i=1}^m (\hat y_i - y_i)^2$$ $$\hat y = w^T x$$",
    r"$$L = \frac{1}{m} \|Xw - y\|^2$$",
    r"$$L = \frac{1}{m} (y - X\theta)^T (y - X\theta)$$",
    r"$$L = \frac{1}{m} \|w^T X - y\|_2^2$$",
    r"$$L = \frac1m \sum_{i=1}^m \ell(w^T x^{(i)}, y^{(i)})$$ $$\ell(a, y) = (a - y)^2$$",
    r"$$L = \frac1m \sum_{i=1}^m \ell^{(i)}$$ $$\ell^{(i)} = (w^T x^{(i)} - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m L_i$$ $$L_i = (w^T x_i - y_i)^2$$",
    r"$$L = \frac1m \sum_{i=1}^m (\sum_{j=1}^d w_j x_j^{(i)} - y^{(i)})^2$$",
    r"$$L = \frac1m \sum_{i=1}^m (\sum_j x_{ij} w_j - y_i)^2$$",
    r"$$L = \frac1m \sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2$$ $$h(x) = w^T x$$",
    r"$$L = \frac1m \sum_{i=1}^m (h_w(x_i) - y_i)^2$$ $$h_w(x) = w^\intercal x$$",
    r"\[ L = \frac{1}{m} \sum_{i=1}^{m} \left( w^{\top} x_i - y_i \right)^{2} \]",
    "L = mean((w.T @ X - y)**2)",
    "L = mean((X @ w - y)**2)",
    "L = sum((X @ w - y)^2) / m",
    "L = 1/m * sum((X @ w - y)**2)",
    "L = np.mean(np.square(np.dot(X, w) - y))",
    "r = X.dot(w) - y\nL = (r.T @ r) / m",
    "y_hat = X @ w\nL = mse(y_hat, y)",
]

LOGISTIC = [
    r"$$a = \sigma(w^T x)$$ $$L = -y \log a - (1 - y) \log (1 - a)$$",
    r"$$a = \sigma(w^T x)$$ $$L = -(y \ln a + (1 - y) \ln (1 - a))$$",
    r"$$a = \frac{1}{1 + e^{-w^T x}}$$ $$L = -[y\log(a)+(1-y)\log(1-a)]$$",
    r"$$a = \frac{1}{1 + \exp(-w^T x)}$$ $$L = - y \log a + (y - 1) \log (1 - a)$$",
    r"$$L = -y \log \sigma(z) - (1 - y) \log(1 - \sigma(z))$$ $$z = w^T x$$",
    r"$$L = \log(1 + e^{z}) - y z$$ $$z = w^T x$$",
    r"$$L = \text{softplus}(z) - y z$$ $$z = \theta^T x$$",
    r"$$g(z) = \frac{1}{1+e^{-z}}$$ $$h = g(w^T x)$$ $$L = -y\log h - (1-y)\log(1-h)$$",
    r"$$\sigma(z) = \frac{1}{1+e^{-z}}$$ $$L = -y \log \sigma(w^T x) - (1-y) \log \sigma(-w^T x)$$",
    r"$$a = \operatorname{sigmoid}\left(w^T x\right)$$ $$L = -\log\left(a^y (1-a)^{1-y}\right)$$",
    "a = sigmoid(w.T @ x)\nL = -y*log(a) - (1 - y)*log(1 - a)",
    "a = 1 / (1 + exp(-w.T @ x))\nL = -(y*log(a) + (1-y)*log(1-a))",
]

SOFTMAX = [
    r"$$p = \text{softmax}(W x)$$ $$L = -\sum_k y_k \log p_k$$",
    r"$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$ $$z = W x$$ $$L = -\sum_k y_k \log p_k$$",
    r"$$z_k = \sum_j W_{kj} x_j$$ $$p_k = e^{z_k} / \sum_{l=1}^{K} e^{z_l}$$"
    r"$$L = -\sum_k y_k \ln p_k$$",
    r"$$z = W x$$ $$L = -y^T \log \text{softmax}(z)$$",
    r"$$z = W x$$ $$L = -\sum_k y_k (z_k - \log \sum_j e^{z_j})$$",
    r"$$L = -\langle y, \log p \rangle$$ $$p = \mathrm{softmax}(W x)$$",
    r"$$L = -\mathbf{1}^T (y \odot \log p)$$ $$p = \operatorname{softmax}(W x)$$",
    r"$$L = -y \cdot \log p$$ $$p = \text{softmax}(W x)$$",
    "z = W @ x\np = softmax(z)\nL = -sum(y * log(p))",
    "z = W @ x\nL = -sum(y * log_softmax(z))",
    "z = W @ x\nL = -y.T @ log(softmax(z))",
    "e = exp(W @ x)\np = e / sum(e)\nL = -sum(y * log(p))",
]


def by_role(model: Model, values: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The parameter, the input and the target of a model with one of each."""
    (parameter,), (data,), (target,) = model.parameters, model.inputs, model.targets
    return tuple(values[e.attr.plain] for e in (parameter, data, target))  # pyright: ignore


@pytest.mark.parametrize("text", SQUARES)
def test_mean_of_squares(text: str) -> None:
    model = parse(text)
    check_form(model)
    values, _ = point(model, {}, 5)
    w, x, y = by_role(model, values)
    fitted = w.ravel() @ (x if model.columns else x.T)
    assert np.isclose(evaluate(model.loss, values), ((fitted - y.ravel()) ** 2).mean())


@pytest.mark.parametrize("text", LOGISTIC)
def test_cross_entropy_of_a_logistic_unit(text: str) -> None:
    model = parse(text)
    check_form(model)
    values, _ = point(model, {}, 5)
    w, x, y = by_role(model, values)
    a = sigmoid(w.ravel() @ x.ravel())
    wanted = -(y * np.log(a) + (1 - y) * np.log(1 - a)).item()
    assert np.isclose(evaluate(model.loss, values), wanted)


@pytest.mark.parametrize("text", SOFTMAX)
def test_cross_entropy_of_a_softmax(text: str) -> None:
    model = parse(text)
    check_form(model)
    values, _ = point(model, {}, 5)
    w, x, y = by_role(model, values)
    p = softmax(w @ x, 0)
    assert np.isclose(evaluate(model.loss, values), -(y.ravel() @ np.log(p.ravel())))
