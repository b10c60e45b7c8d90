"""How many units in the last place the emitted losses and gradients are off, beside PyTorch's.

python benchmarks/precision.py

Every number is compared with 50 digits, over logits from 1e-3 to 1e4 of both signs and targets 0
and 1. One unit is the distance between neighbouring floats of that precision at the true value;
a result that came out as 0, or as infinity, counts as it is.
"""

from __future__ import annotations

import argparse
from typing import Any

import mpmath
import numpy as np
import torch

import backproof as bp

# One sample with X = 1: then W is the row of logits, and the gradient by it that by the logits.
SIGMOID = r"""
$$Z = X W$$
$$A = \text{sigmoid}(Z)$$
$$L = \frac{1}{m} \sum_{i=1}^m \sum_k (-Y_{ik} \log A_{ik} - (1 - Y_{ik}) \log(1 - A_{ik}))$$
where $X \in \mathbb{R}^{m \times k}$, $Y \in \mathbb{R}^{m \times n}$.
"""
SOFTMAX = r"""
$$Z = X W$$
$$A = \text{softmax}(Z)$$
$$L = -\frac{1}{m} \sum_{i=1}^m \sum_k Y_{ik} \log A_{ik}$$
where $X \in \mathbb{R}^{m \times k}$, $Y \in \mathbb{R}^{m \times n}$. The targets are one-hot:
$\sum_k Y_{ik} = 1$.
"""
GRID = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 160)])


def units(found: float, true: Any, dtype: type) -> float:
    """The error in units in the last place of the true value."""
    if not np.isfinite(found):
        return float("inf")
    unit = np.spacing(np.abs(dtype(true)))
    return abs(float((mpmath.mpf(float(found)) - true) / mpmath.mpf(float(unit))))


def sigmoid_points(dtype: type) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (np.array([[s * z]], dtype), np.array([[y]], dtype))
        for z in GRID
        for s in (1, -1)
        for y in (0, 1)
    ]


def softmax_points(dtype: type) -> list[tuple[np.ndarray, np.ndarray]]:
    points = []
    for z in GRID:
        for s in (1, -1):
            logits = np.array([[s * z, 0.0, -0.3 * z]], dtype)
            points += [(logits, np.eye(3, dtype=dtype)[[k]]) for k in range(3)]
    return points


def sigmoid_truth(z: np.ndarray, y: np.ndarray) -> tuple[Any, list[Any]]:
    """The loss by log(1 + e^-+z), the derivative by one of the two sigmoids: no difference."""
    x = mpmath.mpf(float(z[0, 0]))
    sign = -1 if y[0, 0] else 1
    return mpmath.log1p(mpmath.exp(sign * x)), [sign / (1 + mpmath.exp(-sign * x))]


def softmax_truth(z: np.ndarray, y: np.ndarray) -> tuple[Any, list[Any]]:
    k = int(np.argmax(y))
    x = [mpmath.mpf(float(v)) for v in z[0]]
    others = mpmath.fsum(mpmath.exp(v - x[k]) for i, v in enumerate(x) if i != k)
    gradient = [mpmath.exp(v - x[k]) / (1 + others) for v in x]
    gradient[k] = -others / (1 + others)
    return mpmath.log1p(others), gradient


def torch_results(kind: str, z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    logits = torch.as_tensor(z).requires_grad_()
    if kind == "sigmoid":
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.as_tensor(y))
    else:
        loss = torch.nn.functional.cross_entropy(logits, torch.as_tensor([int(np.argmax(y))]))
    loss.backward()
    assert logits.grad is not None
    return float(loss.detach()), logits.grad.numpy()


def measure(kind: str, dtype: type) -> list[tuple[str, float, float]]:
    """The worst errors of the loss and of the gradient, for each contender."""
    note, points, truth = {
        "sigmoid": (SIGMOID, sigmoid_points, sigmoid_truth),
        "softmax": (SOFTMAX, softmax_points, softmax_truth),
    }[kind]
    derivation = bp.derive(bp.parse(note), wrt="W")
    ours = {t: bp.compile(derivation, target=t) for t in ("numpy", "torch")}
    worst: dict[str, list[float]] = {}
    for z, y in points(dtype):
        loss, gradient = truth(z, y)
        results = {"PyTorch": torch_results(kind, z, y)}
        for target, program in ours.items():
            values = {"W": z, "X": np.ones((1, 1), dtype), "Y": y}
            if target == "torch":
                values = {k: torch.as_tensor(v) for k, v in values.items()}
            found, gradients = program({"W": values.pop("W")}, values)
            results[f"backproof, {target}"] = float(found), np.asarray(gradients["W"])
        for name, (found, found_gradient) in results.items():
            errors = worst.setdefault(name, [0.0, 0.0])
            errors[0] = max(errors[0], units(found, loss, dtype))
            for one, true in zip(found_gradient.ravel(), gradient, strict=True):
                errors[1] = max(errors[1], units(float(one), true, dtype))
    return [(name, *errors) for name, errors in sorted(worst.items())]


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    mpmath.mp.dps = 50
    print(f"{'':34}{'loss':>12}{'gradient':>12}   worst error, units in the last place")
    for kind in ("sigmoid", "softmax"):
        for dtype in (np.float32, np.float64):
            for name, loss, gradient in measure(kind, dtype):
                label = f"{kind}+CE {np.dtype(dtype).name} {name}"
                print(f"{label:34}{loss:12.3g}{gradient:12.3g}")


if __name__ == "__main__":
    main()
