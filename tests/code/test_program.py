"""Programs: nothing is worked out twice, and the text is what a person would write."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
import torch

from backproof.calculus.derive import derive
from backproof.code import compile, emit
from backproof.code.compiled import load
from backproof.code.plan import plan
from backproof.code.program import FREE
from backproof.errors import BackproofError
from backproof.expr.node import walk
from backproof.notation import parse, read

from .points import as_precision, parted, point, truth

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
TEXTS = ["numpy", "jax", "torch", "numba"]


@pytest.mark.parametrize("note", NOTES)
def test_no_value_is_worked_out_twice(note: str) -> None:
    program = plan(derive(read(EXAMPLES / note)))
    operations = program.operations()
    assert len(operations) == len(set(operations))
    results = [i.value for i in program.instructions]
    everything = {e for e in walk(results) if e.op not in FREE}
    assert set(operations) == everything
    names = [i.name for i in program.instructions]
    assert len(names) == len(set(names))


def test_the_cache_of_the_slides_two_products_forward_and_three_back() -> None:
    text = emit(read(EXAMPLES / "two_layer_en.md"))
    lines = [x for x in text.splitlines() if not x.lstrip().startswith("#")]
    body = "\n".join(lines)
    assert body.count(" @ ") == 5
    assert len(re.findall(r"delta2 = ", body)) == 1
    for line in ("dW2 = delta2 @ a1.T", "dW1 = delta1 @ X.T", "z1 = W1 @ X + b1"):
        assert f"    {line}" in lines


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("target", TEXTS)
def test_a_formatter_has_nothing_to_change(note: str, target: str) -> None:
    text = emit(read(EXAMPLES / note), target)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == text


@pytest.mark.parametrize("target", TEXTS)
def test_the_text_does_not_need_backproof(target: str) -> None:
    text = emit(read(EXAMPLES / "lstm.md"), target)  # type: ignore[arg-type]
    imports = [x for x in text.splitlines() if re.match(r"(import|from) ", x)]
    assert imports
    assert not [x for x in imports if "backproof" in x]


@pytest.mark.parametrize("note", ["two_layer_en.md", "attention.md", "lstm.md", "regularised.md"])
def test_pytorch_checks_the_autograd_function(note: str) -> None:
    derivation = derive(read(EXAMPLES / note))
    module = load(emit(derivation, "torch"))
    parameters, data = parted(derivation, point(derivation.model))
    names = list(parameters)
    tensors = [
        torch.as_tensor(v, dtype=torch.float64).requires_grad_() for v in parameters.values()
    ]
    program = plan(derivation)
    rest = [torch.as_tensor(data[p], dtype=torch.float64) for p in program.data]

    def loss(*given: torch.Tensor) -> torch.Tensor:
        return module["loss"](dict(zip(names, given, strict=True)), *rest)

    assert torch.autograd.gradcheck(loss, tensors)


# PyTorch's tracer instantiates the class that its own warning is about.
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_the_autograd_function_survives_torch_compile_in_one_graph() -> None:
    derivation = derive(read(EXAMPLES / "two_layer_en.md"))
    module = load(emit(derivation, "torch"))
    values = point(derivation.model)
    parameters, data = parted(derivation, values)
    tensors = {
        k: torch.as_tensor(v, dtype=torch.float64).requires_grad_() for k, v in parameters.items()
    }
    rest = [torch.as_tensor(v, dtype=torch.float64) for v in data.values()]
    compiled = torch.compile(module["loss"], backend="aot_eager", fullgraph=True)
    compiled(tensors, *rest).backward()
    _, expected = truth(derivation, values)
    for name, tensor in tensors.items():
        assert tensor.grad is not None
        assert np.allclose(tensor.grad.numpy(), expected[name].reshape(tensor.shape), rtol=1e-12)


def test_jax_runs_the_derived_backward_pass_under_grad_and_jit() -> None:
    derivation = derive(read(EXAMPLES / "two_layer_en.md"))
    module = load(emit(derivation, "jax"))
    values = point(derivation.model)
    parameters, data = parted(derivation, values)
    _, expected = truth(derivation, values)
    found = jax.jit(jax.grad(module["loss"]))(parameters, *data.values())
    for name, gradient in found.items():
        assert np.allclose(gradient, expected[name].reshape(np.shape(gradient)), rtol=1e-5)


EXTREMES = {
    "sigmoid and cross-entropy": "two_layer_en.md",
    "softmax and cross-entropy": "deep_relu_softmax.md",
}


@pytest.mark.parametrize("target", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("note", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.filterwarnings("error")
def test_logits_of_ten_thousand_overflow_nowhere_in_float32(note: str, target: str) -> None:
    derivation = derive(read(EXAMPLES / note))
    program = compile(derivation, target)  # type: ignore[arg-type]
    values = as_precision(point(derivation.model), np.float32)
    last = "W2" if "two" in note else "W4"
    for sign in (1e4, -1e4, 1e6):
        pushed = {**values, last: np.sign(values[last]) * np.float32(sign)}
        if target == "torch":
            pushed = {k: torch.as_tensor(v) for k, v in pushed.items()}
        loss, gradients = program(*parted(derivation, pushed))
        assert np.isfinite(float(loss))
        assert all(np.isfinite(np.asarray(g)).all() for g in gradients.values())


def test_a_note_may_use_the_words_of_a_program() -> None:
    model = parse("lambda = 3 w; np = lambda * x - print; loss = np^2 + gradients^2")
    program = compile(derive(model))
    loss, gradients = program(
        dict.fromkeys(program.parameters, 2.0), dict.fromkeys(program.data, 2.0)
    )
    assert np.isfinite(loss)
    assert set(gradients) == set(program.parameters)


def test_an_unknown_target_names_those_there_are() -> None:
    with pytest.raises(BackproofError, match="there is no target 'fortran'"):
        emit(read(EXAMPLES / "two_layer_en.md"), "fortran")  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("note", EXTREMES.values(), ids=EXTREMES.keys())
def test_a_sure_and_right_prediction_keeps_its_digits_in_float32(note: str, target: str) -> None:
    """Loss and derivative are near e^-25 there: differences of numbers near 1 would be 0."""
    loss = {
        "two_layer_en.md": r"(-Y_{ik} \log A_{ik} - (1 - Y_{ik}) \log(1 - A_{ik}))",
        "deep_relu_softmax.md": r"-Y_{ik} \log A_{ik}",
    }[note]
    name = "sigmoid" if "two" in note else "softmax"
    model = parse(
        rf"$$Z = X W$$ $$A = \text{{{name}}}(Z)$$ $$L = \frac{{1}}{{m}} \sum_{{i=1}}^m \sum_k {loss}$$ "
        r"where $X \in \mathbb{R}^{m \times k}$, $Y \in \mathbb{R}^{m \times n}$. "
        + (r"The targets are one-hot: $\sum_k Y_{ik} = 1$." if name == "softmax" else "")
    )
    program = compile(derive(model), target)  # type: ignore[arg-type]
    values = {"W": [[25.0]], "X": [[1.0]], "Y": [[1.0]]}
    if name == "softmax":
        values |= {"W": [[25.0, 0.0]], "Y": [[1.0, 0.0]]}
    make = torch.tensor if target == "torch" else np.array
    kind = torch.float32 if target == "torch" else np.float32
    ready = {k: make(v, dtype=kind) for k, v in values.items()}
    found, gradients = program(ready, ready)
    assert float(found) == pytest.approx(np.log1p(np.exp(-25.0)), rel=1e-5)
    slope = float(np.asarray(gradients["W"])[0, 0])
    assert slope == pytest.approx(-1 / (1 + np.exp(25.0)), rel=1e-5)
