"""Programs stay finite where the note's own formulas overflow or come to 0/0, and keep their value
everywhere else."""

from __future__ import annotations

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import backproof as bp
from backproof.expr import build
from backproof.expr.ops import make

from .points import as_precision, parted, point, truth

jax.config.update("jax_enable_x64", True)

ROWS = "$X \\in \\mathbb{R}^{m \\times d}$\n\n"
CE = r"$$L = -\frac{1}{m} \sum_{i=1}^m \sum_{k=1}^K Y_{ik} \log P_{ik}$$"
BCE = r"$$L = -\frac{1}{m} \sum_{i=1}^m (y_i \log p_i + (1 - y_i) \log (1 - p_i))$$"
NOTES = {
    "softmax of a formula": ROWS + r"$$P = \text{softmax}(X W + b)$$" + CE,
    "samples as columns": r"$$P = \text{softmax}(W X + b)$$ $$L = -\frac{1}{m} \sum_{i=1}^m "
    r"\sum_{k=1}^K Y_{ki} \log P_{ki}$$",
    "a trace": ROWS + r"$$P = \text{softmax}(X W + b)$$ $$L = -\frac1m \text{tr}(Y^\top \log P)$$",
    "a named logarithm": r"$$z = W x + b$$ $$p = \text{softmax}(z)$$ $$\ell = \log p$$ "
    r"$$L = -y^\top \ell$$",
    "one minus p with a name": r"$$z = w^\top x + b$$ $$p = \sigma(z)$$ $$q = 1 - p$$ "
    r"$$L = -y \log p - (1 - y) \log q$$",
    "focal": ROWS + r"$$p = \sigma(X w + b)$$ $$L = -\frac1m \sum_i (y_i (1 - p_i)^2 \log p_i + "
    r"(1 - y_i) p_i^2 \log(1 - p_i))$$",
    "a swish written out": r"$$z = W x$$ $$h = \frac{z}{1 + e^{-z}}$$ $$L = \frac12 \|h - t\|^2$$",
    "a swish as a function": r"$$f(z) = \frac{z}{1 + e^{-z}}$$ $$h = f(W x)$$ "
    r"$$L = \frac12 \|h - t\|^2$$",
    "a softplus as a function": r"$$f(z) = \log(1 + e^{z})$$ $$h = f(W x)$$ "
    r"$$L = \sum_i |h_i - t_i|$$",
    "log cosh": r"$$r = W x - t$$ $$L = \sum_i \log \cosh r_i$$",
    "Kullback and Leibler": ROWS + r"$$P = \text{softmax}(X W + b)$$ $$L = \frac{1}{m} "
    r"\sum_{i=1}^m \sum_{k=1}^K Y_{ik} \log \frac{Y_{ik}}{P_{ik}}$$",
    "binary": ROWS + r"$$p = \sigma(X w + b)$$" + BCE,
}


@pytest.mark.parametrize("name", NOTES)
def test_nothing_overflows_in_single_precision_where_z_is_ten_thousand(name: str) -> None:
    model = bp.parse(NOTES[name])
    program = bp.compile(model)
    for seed in range(3):
        values = point(model, seed)
        values |= {k: values[k] * 1e4 for k in ("x", "X") if k in values}
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            loss, gradients = program(*parted(program.derivation, as_precision(values, np.float32)))
        assert np.isfinite(loss)
        assert all(np.isfinite(g).all() for g in gradients.values())


@pytest.mark.parametrize("name", [n for n in NOTES if n != "Kullback and Leibler"])
def test_the_values_are_those_of_the_derivation(name: str) -> None:
    derivation = bp.derive(bp.parse(NOTES[name]))
    values = point(derivation.model, seed=5)
    loss, gradients = truth(derivation, values)
    for target in ("numpy", "c", "javascript"):
        ours, theirs = bp.compile(derivation, target)(*parted(derivation, values))
        assert ours == pytest.approx(loss, rel=1e-12)
        for plain, expected in gradients.items():
            np.testing.assert_allclose(theirs[plain], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("target", ["numpy", "numba", "jax", "torch", "c", "javascript"])
def test_a_target_of_zero_adds_nothing_to_a_relative_entropy(target: str) -> None:
    program = bp.compile(bp.parse(NOTES["Kullback and Leibler"]), target)  # type: ignore[arg-type]
    random = np.random.default_rng(0)
    X, W, b = random.normal(size=(5, 3)), random.normal(size=(3, 4)), random.normal(size=(1, 4))
    Y = np.eye(4)[[0, 3, 1, 1, 2]]

    def loss(weights: dict[str, jax.Array]) -> jax.Array:
        return -jnp.sum(Y * jax.nn.log_softmax(X @ weights["W"] + weights["b"], axis=1)) / 5

    expected, slopes = jax.value_and_grad(loss)({"W": jnp.asarray(W), "b": jnp.asarray(b)})
    convert = __import__("torch").as_tensor if target == "torch" else np.asarray
    given = {k: convert(v) for k, v in {"W": W, "b": b, "X": X, "Y": Y}.items()}
    ours, theirs = program({k: given[k] for k in ("W", "b")}, {k: given[k] for k in program.data})
    assert float(ours) == pytest.approx(float(expected), rel=1e-12)
    for plain, slope in slopes.items():
        np.testing.assert_allclose(np.asarray(theirs[plain]), slope, rtol=1e-10, atol=1e-13)


def test_a_function_that_is_recognised_is_worked_out_once() -> None:
    text = bp.emit(bp.parse(NOTES["a softplus as a function"]))
    assert len(re.findall(r"^    \w+ = softplus\(", text, re.MULTILINE)) == 1
    assert "np.log(1 +" not in text


@pytest.mark.parametrize("op", ["softmax", "log_softmax"])
def test_a_softmax_of_a_single_number_is_c_that_compiles(op: str) -> None:
    x, y = build.name("x", ("n", 1)), build.name("y", (1, 1))
    inner = make("logsumexp", (x,), "rows")
    loss = build.let("L", build.mul(y, make(op, (inner,), "columns")))
    program = bp.compile(bp.derive(loss, "y"), "c")
    value = 1.0 if op == "softmax" else 0.0
    found, gradients = program({"y": 3.0}, {"x": np.ones((4, 1))})
    assert (found, gradients["y"]) == (3.0 * value, value)
