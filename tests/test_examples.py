"""The notes in examples/: read, derived, proven, and their gradients those that JAX finds.

Each loss is written here once more, by hand, from the note alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.expr.values import evaluate
from backproof.notation import read
from backproof.notation.latex import latex

jax.config.update("jax_enable_x64", True)

NOTES = sorted((Path(__file__).parents[1] / "examples").glob("*.md"))
TOLERANCE = 1e-9

Values = Mapping[str, Any]


class Example(NamedTuple):
    """A note's loss and the shapes of its free names; `kinds` are those that are not just any
    real numbers."""

    loss: Callable[[Values], jax.Array]
    shapes: dict[str, tuple[int, int]]
    kinds: dict[str, str] = {}  # noqa: RUF012


def sigmoid(z: jax.Array) -> jax.Array:
    return 1 / (1 + jnp.exp(-z))


def relu(z: jax.Array) -> jax.Array:
    return jnp.where(z > 0, z, 0.0)


def softmax(z: jax.Array, axis: int) -> jax.Array:
    e = jnp.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


def cross_entropy(p: jax.Array, y: jax.Array) -> jax.Array:
    """The mean over all entries, of which each is one sample."""
    return jnp.mean(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p))


def squares(x: jax.Array) -> jax.Array:
    return jnp.sum(x * x)


def two_layer(v: Values) -> jax.Array:
    hidden = sigmoid(v["W1"] @ v["X"] + v["b1"])
    return cross_entropy(sigmoid(v["W2"] @ hidden + v["b2"]), v["y"])


def logistic_regression(v: Values) -> jax.Array:
    return cross_entropy(sigmoid(v["w"].T @ v["x"] + v["b"]), v["y"])


def linear_regression(v: Values) -> jax.Array:
    return squares(v["X"] @ v["w"] + v["b"] - v["y"]) / (2 * len(v["X"]))


def deep_relu_softmax(v: Values) -> jax.Array:
    a = v["X"]
    for layer in "123":
        a = relu(v["W" + layer] @ a + v["b" + layer])
    p = softmax(v["W4"] @ a + v["b4"], axis=0)
    return -jnp.sum(v["Y"] * jnp.log(p)) / v["X"].shape[1]


def rows(v: Values) -> jax.Array:
    hidden = jnp.tanh(v["X"] @ v["W1"] + v["b1"])
    return squares(hidden @ v["W2"] + v["b2"] - v["Y"]) / len(v["X"])


def residual(v: Values) -> jax.Array:
    h1 = relu(v["W1"] @ v["x"] + v["b1"])
    h2 = h1 + jnp.tanh(v["W2"] @ h1 + v["b2"])
    return squares(v["W3"] @ h2 + v["b3"] - v["y"]) / 2


def tied_weights(v: Values) -> jax.Array:
    hidden = sigmoid(v["W"] @ v["X"] + v["b"])
    return squares(v["W"].T @ hidden + v["c"] - v["X"]) / (2 * v["X"].shape[1])


def layer_norm(v: Values) -> jax.Array:
    z = v["W"] @ v["x"] + v["c"]
    normal = (z - z.mean()) / jnp.sqrt(z.var() + v["epsilon"])
    output = v["v"].T @ jnp.tanh(v["gamma"] * normal + v["beta"])
    return squares(output - v["y"]) / 2


def batch_norm(v: Values) -> jax.Array:
    z = v["w"] @ v["x"]
    mean, variance = z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True)
    normal = (z - mean) / jnp.sqrt(variance + v["epsilon"])
    output = v["v"].T @ relu(v["gamma"] * normal + v["beta"]) + v["c"]
    return squares(output - v["y"]) / (2 * v["x"].shape[1])


def rnn(v: Values) -> jax.Array:
    loss, h = jnp.zeros(()), v["h0"]
    for t in "123":
        h = jnp.tanh(v["W_hh"] @ h + v["W_xh"] @ v["x" + t] + v["b_h"])
        loss = loss + squares(v["W_ho"] @ h + v["b_o"] - v["y" + t]) / 2
    return loss


def lstm(v: Values) -> jax.Array:
    def inner(gate: str) -> jax.Array:
        return v["W_" + gate] @ v["x_t"] + v["U_" + gate] @ v["h_tm1"] + v["b_" + gate]

    keep, enter, show = (sigmoid(inner(gate)) for gate in "fio")
    content = keep * v["c_tm1"] + enter * jnp.tanh(inner("g"))
    return squares(v["V"] @ (show * jnp.tanh(content)) + v["b_y"] - v["y_t"]) / 2


def attention(v: Values) -> jax.Array:
    queries, keys, values = (v["X"] @ v["W_" + letter] for letter in "QKV")
    weights = softmax(queries @ keys.T / jnp.sqrt(keys.shape[1]), axis=1)
    return squares(weights @ values - v["Y"]) / 2


def custom_activation(v: Values) -> jax.Array:
    z = v["W1"] @ v["x"] + v["b1"]
    return squares(v["W2"] @ (z / (1 + jnp.exp(-v["beta"] * z))) + v["b2"] - v["y"])


def regularised(v: Values) -> jax.Array:
    hidden = jnp.tanh(v["W1"] @ v["X"] + v["b1"])
    error = cross_entropy(sigmoid(v["W2"] @ hidden + v["b2"]), v["y"])
    price = v["lambda"] / (2 * v["X"].shape[1]) * (squares(v["W1"]) + squares(v["W2"]))
    return error + price[0, 0]


def hinge(v: Values) -> jax.Array:
    scores = v["w"].T @ v["x"] + v["b"]
    error = jnp.mean(jnp.maximum(0, 1 - v["y"] * scores))
    return error + v["lambda"][0, 0] / 2 * squares(v["w"])


def softmax_regression(v: Values) -> jax.Array:
    return -jnp.sum(v["y"] * jnp.log(softmax(v["W"] @ v["x"] + v["b"], axis=0)))


def regression(v: Values) -> jax.Array:
    hidden = relu(relu(v["X"] @ v["W1"] + v["b1"]) @ v["W2"] + v["b2"])
    return squares(hidden @ v["w3"] + v["b3"] - v["y"]) / (2 * len(v["X"]))


ONE = (1, 1)
TWO_LAYER = Example(
    two_layer,
    {"W1": (4, 3), "X": (3, 5), "b1": (4, 1), "W2": (1, 4), "b2": ONE, "y": (1, 5)},
    {"y": "binary"},
)
LOGISTIC = Example(
    logistic_regression, {"w": (3, 1), "x": (3, 5), "b": ONE, "y": (1, 5)}, {"y": "binary"}
)
EXAMPLES = {
    "two_layer_en": TWO_LAYER,
    "two_layer_ko": TWO_LAYER,
    "logistic_regression": LOGISTIC,
    "logistic_regression_ko": LOGISTIC,
    "linear_regression": Example(
        linear_regression, {"X": (5, 3), "w": (3, 1), "b": ONE, "y": (5, 1)}
    ),
    "deep_relu_softmax": Example(
        deep_relu_softmax,
        {
            "X": (3, 6),
            "W1": (5, 3),
            "b1": (5, 1),
            "W2": (4, 5),
            "b2": (4, 1),
            "W3": (5, 4),
            "b3": (5, 1),
            "W4": (3, 5),
            "b4": (3, 1),
            "Y": (3, 6),
        },
        {"Y": "one-hot"},
    ),
    "rows": Example(
        rows,
        {"X": (5, 3), "W1": (3, 4), "b1": (1, 4), "W2": (4, 2), "b2": (1, 2), "Y": (5, 2)},
    ),
    "residual": Example(
        residual,
        {
            "W1": (4, 3),
            "x": (3, 1),
            "b1": (4, 1),
            "W2": (4, 4),
            "b2": (4, 1),
            "W3": (2, 4),
            "b3": (2, 1),
            "y": (2, 1),
        },
    ),
    "tied_weights": Example(tied_weights, {"W": (2, 4), "X": (4, 5), "b": (2, 1), "c": (4, 1)}),
    "layer_norm": Example(
        layer_norm,
        {
            "W": (4, 3),
            "x": (3, 1),
            "c": (4, 1),
            "epsilon": ONE,
            "gamma": (4, 1),
            "beta": (4, 1),
            "v": (4, 1),
            "y": ONE,
        },
        {"epsilon": "positive"},
    ),
    "batch_norm": Example(
        batch_norm,
        {
            "w": (4, 3),
            "x": (3, 5),
            "epsilon": ONE,
            "gamma": (4, 1),
            "beta": (4, 1),
            "v": (4, 1),
            "c": ONE,
            "y": (1, 5),
        },
        {"epsilon": "positive"},
    ),
    "rnn": Example(
        rnn,
        {
            "W_hh": (4, 4),
            "h0": (4, 1),
            "W_xh": (4, 3),
            "x1": (3, 1),
            "x2": (3, 1),
            "x3": (3, 1),
            "b_h": (4, 1),
            "W_ho": (2, 4),
            "b_o": (2, 1),
            "y1": (2, 1),
            "y2": (2, 1),
            "y3": (2, 1),
        },
    ),
    "lstm": Example(
        lstm,
        {
            **{"W_" + gate: (4, 3) for gate in "fiog"},
            **{"U_" + gate: (4, 4) for gate in "fiog"},
            **{"b_" + gate: (4, 1) for gate in "fiog"},
            "x_t": (3, 1),
            "h_tm1": (4, 1),
            "c_tm1": (4, 1),
            "V": (2, 4),
            "b_y": (2, 1),
            "y_t": (2, 1),
        },
    ),
    "attention": Example(
        attention,
        {"X": (5, 3), "W_Q": (3, 4), "W_K": (3, 4), "W_V": (3, 2), "Y": (5, 2)},
    ),
    "custom_activation": Example(
        custom_activation,
        {
            "beta": ONE,
            "W1": (4, 3),
            "x": (3, 1),
            "b1": (4, 1),
            "W2": (2, 4),
            "b2": (2, 1),
            "y": (2, 1),
        },
    ),
    "regularised": Example(
        regularised,
        {
            "W1": (4, 3),
            "X": (3, 5),
            "b1": (4, 1),
            "W2": (1, 4),
            "b2": ONE,
            "y": (1, 5),
            "lambda": ONE,
        },
        {"y": "binary", "lambda": "positive"},
    ),
    "hinge": Example(
        hinge,
        {"w": (3, 1), "x": (3, 6), "b": ONE, "y": (1, 6), "lambda": ONE},
        {"y": "sign", "lambda": "positive"},
    ),
    "softmax_ko": Example(
        softmax_regression,
        {"W": (4, 3), "x": (3, 1), "b": (4, 1), "y": (4, 1)},
        {"y": "one-hot"},
    ),
    "regression_ko": Example(
        regression,
        {
            "X": (6, 3),
            "W1": (3, 5),
            "b1": (1, 5),
            "W2": (5, 4),
            "b2": (1, 4),
            "w3": (4, 1),
            "b3": ONE,
            "y": (6, 1),
        },
    ),
}


# What is given and not trained, in whichever note it occurs.
GIVEN = set("X x x1 x2 x3 x_t h0 h_tm1 c_tm1 Y y y1 y2 y3 y_t epsilon lambda".split())


def drawn(example: Example, seed: int) -> dict[str, np.ndarray]:
    """Random values for the free names of a note."""
    random = np.random.default_rng(seed)
    draw: dict[str, Callable[[tuple[int, int]], np.ndarray]] = {
        "real": random.standard_normal,
        "positive": lambda shape: random.uniform(0.1, 0.9, shape),
        "binary": lambda shape: random.integers(0, 2, shape).astype(float),
        "sign": lambda shape: random.choice([-1.0, 1.0], shape),
        "one-hot": lambda shape: np.eye(shape[0])[:, random.integers(0, shape[0], shape[1])],
    }
    return {
        name: draw[example.kinds.get(name, "real")](shape) for name, shape in example.shapes.items()
    }


@pytest.fixture(scope="module", params=NOTES, ids=lambda note: note.stem)
def note(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def derivation(note: Path) -> Derivation:
    return derive(read(note))


def test_every_note_has_its_loss_here() -> None:
    assert sorted(EXAMPLES) == [note.stem for note in NOTES]


def test_the_names_are_read_with_their_shapes(note: Path, derivation: Derivation) -> None:
    """The letters of the shapes agree among each other with the sizes given here."""
    shapes = EXAMPLES[note.stem].shapes
    model = derivation.model
    free = {e.attr.plain: e.shape for e in model.roles if e.op == "name"}
    assert set(free) == set(shapes)
    letters: dict[str, int] = {}
    for name, shape in free.items():
        for dim, size in zip(shape, shapes[name], strict=True):
            assert size == (letters.setdefault(dim, size) if isinstance(dim, str) else dim), name


def test_what_is_trained_is_told_from_what_is_given(note: Path, derivation: Derivation) -> None:
    assert set(derivation.gradients) == set(EXAMPLES[note.stem].shapes) - GIVEN


def test_names_come_back_as_they_were_written() -> None:
    """In each note's own spelling, while other notes spell the same names in other ways."""
    for note, model in [(note, read(note)) for note in NOTES]:
        written = bare(note.read_text(encoding="utf-8"))
        names = [latex(name) for name in model.roles]
        assert [n for n in names if bare(n) not in written] == [], note.name


def bare(text: str) -> str:
    """Without braces, blanks, and the letters of running indices."""
    return re.sub(r"_[ijk]+(?![A-Za-z])|\^\(i\)", "", re.sub(r"[{}\s]", "", text))


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_is_the_one_written_by_hand(note: Path, derivation: Derivation, seed: int) -> None:
    example = EXAMPLES[note.stem]
    values = drawn(example, seed)
    expected = float(example.loss(values))
    assert evaluate(derivation.model.loss, values) == pytest.approx(expected, rel=TOLERANCE)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradients_are_those_of_jax(note: Path, derivation: Derivation, seed: int) -> None:
    example = EXAMPLES[note.stem]
    values = drawn(example, seed)
    parameters = {e.attr.plain: values[e.attr.plain] for e in derivation.model.parameters}
    expected = jax.grad(lambda p: example.loss({**values, **p}))(parameters)
    for name, gradient in derivation.gradients.items():
        found = np.reshape(evaluate(gradient, values), values[name].shape)
        np.testing.assert_allclose(
            found, expected[name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name
        )


def test_every_step_is_proven(derivation: Derivation) -> None:
    certificate = derivation.certificate
    assert certificate.proven > 0
    assert certificate.undecided == certificate.unchecked == 0
    assert set(certificate.gradients) == set(derivation.gradients)
    open_steps = list(derivation.steps)
    while open_steps:
        step = open_steps.pop()
        assert step.proof.status == "proven", step.law
        open_steps += step.why
