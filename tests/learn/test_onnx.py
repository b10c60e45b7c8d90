"""ONNX: the same numbers from ONNX Runtime as from the note, whatever the note does."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from sklearn.exceptions import NotFittedError

import backproof as bp
from backproof.errors import BackproofError, RefusedError
from backproof.expr.build import Function, div, gradient, let, matmul, name, number, size, unary
from backproof.expr.model import Model
from backproof.expr.node import Expr, walk
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR, dim_letters, dim_value
from backproof.expr.values import free_names
from backproof.learn.activations import ACTIVATIONS
from backproof.learn.estimators.classifier import MLPClassifier
from backproof.learn.estimators.regressor import MLPRegressor
from backproof.learn.saving.export import onnx_model
from backproof.learn.saving.onnx_ops import REFUSED, ROWS, SEEN_TO, Precision

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
PRECISIONS: tuple[Precision, ...] = ("float32", "float64")


def run(made: Any, feed: dict[str, np.ndarray]) -> list[Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(made.SerializeToString(), options)
    return session.run(None, feed)


def laid_out(value: np.ndarray, leaf: Expr, samples: str) -> np.ndarray:
    return value.T if leaf.shape[1] == samples else value


# -- single operations -----------------------------------------------------------------------

A, B, S, Z = name("A", ("n", "m")), name("B", ("n", "m")), name("S", ("n", "n")), name("z", SCALAR)
SWISH = Function(
    "swish", "s", (Z,), div(Z, make("add", (number(1), unary("exp", unary("neg", Z)))))
)
BY_HAND: dict[str, Expr] = {
    "number": make("add", (A, make("broadcast", (number("1/3"),), ("n", "m")))),
    "constant": make("mul", (A, make("broadcast", (Expr("constant", (), "pi"),), ("n", "m")))),
    "size": make("mul", (A, make("broadcast", (size("m", A),), ("n", "m")))),
    "identity": make("matmul", (Expr("identity", (), None, ("n", "n")), A)),
    "let": let("C", make("add", (A, A))),
    "call": make("call", (A,), SWISH),
    "matmul": matmul(A, B.T),
    "trace": make("trace", (matmul(A, B.T),)),
    "broadcast": matmul(make("broadcast", (make("sum", (A,), "columns"),), ("n", "m")), B.T),
    "stack": make("stack", (A, make("sum", (B,), "rows")), "rows"),
    "block": make("block", (make("stack", (A, S), "columns"),), ("columns", ("m",), "n")),
    "sized": make("sized", (A, S)),
    "where": make("where", (A, B, unary("exp", A), B)),
}
POSITIVE = {"log", "sqrt", "log1p", "pow"}


def an_expression(op: str, axis: str) -> Expr:
    if op in BY_HAND:
        return BY_HAND[op]
    if OPS[op].kind == "structural" and op != "transpose":
        return make(op, (A,), axis)
    return make(op, (A, B)[: OPS[op].arity or 1])


def values_for(op: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(len(op))
    a, b, s = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.normal(size=(3, 3))
    a[0, 0], b[0, 0] = 1e-4, 1e-4
    if op in POSITIVE:
        a = np.abs(a)
    if op == "log1mexp":
        a = -np.abs(a)
    return {"A": a, "B": b, "S": s}


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("op", sorted({*ROWS, *SEEN_TO} - {"name"}))
def test_every_operation_gives_what_it_gives_in_the_note(op: str, precision: Precision) -> None:
    values = values_for(op)
    for axis in ("rows", "columns", "all"):
        wanted = an_expression(op, axis)
        inputs = [leaf for leaf in (A, B, S) if leaf in free_names(wanted)]
        inputs = inputs or [A]
        if op == "erf" and precision == "float64":
            with pytest.raises(RefusedError, match="'erf'"):
                onnx_model(wanted, inputs, {}, samples="", precision=precision)
            return
        made = onnx_model(wanted, inputs, {}, samples="", precision=precision)
        feed = {leaf.attr.plain: values[leaf.attr.plain].astype(precision) for leaf in inputs}
        held = {plain: value.astype(float) for plain, value in feed.items()}
        exact = np.asarray(bp.evaluate(wanted, held), dtype=float)
        found = np.asarray(run(made, feed)[0])
        assert found.dtype == precision
        limit = 3e-6 if precision == "float32" else 1e-14
        assert np.abs(found - exact).max() <= limit * np.abs(exact).max() + 1e-30, axis


def test_every_operation_has_a_row_or_a_reason_why_not() -> None:
    assert {*ROWS, *SEEN_TO, *REFUSED} == set(OPS)
    assert not set(ROWS) & set(REFUSED)


@pytest.mark.parametrize("op", ["expm1", "log1p", "softplus", "sinh", "log1mexp"])
def test_what_is_made_of_other_operations_keeps_its_digits(op: str) -> None:
    wanted = make(op, (A,))
    x = np.concatenate([[1e-300], np.logspace(-20, 1.5, 60)])[None]
    x = -x if op == "log1mexp" else np.concatenate([-np.minimum(x, 0.9), x], axis=1)
    made = onnx_model(wanted, [A], {}, samples="", precision="float64")
    exact = np.asarray(bp.evaluate(wanted, {"A": x}), dtype=float)
    found = run(made, {"A": x})[0]
    assert np.abs(found / exact - 1).max() < 1e-13


@pytest.mark.parametrize("op", ["softmax", "log_softmax", "logsumexp", "sigmoid", "softplus"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_large_values_do_not_overflow(op: str, precision: Precision) -> None:
    attr = "rows" if OPS[op].kind == "structural" else None
    wanted = make(op, (A,), attr)
    x = np.array([[1e4, -1e4], [0.0, 1e4], [-1e4, 1e4]])
    made = onnx_model(wanted, [A], {}, samples="", precision=precision)
    exact = np.asarray(bp.evaluate(wanted, {"A": x}), dtype=float)
    found = run(made, {"A": x.astype(precision)})[0]
    assert np.allclose(found, exact, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("op", sorted(REFUSED))
def test_what_has_no_counterpart_is_refused_by_name(op: str) -> None:
    made: dict[str, Expr] = {
        "entry": make("entry", (A,), (1, 1)),
        "index_sum": make("index_sum", (make("entry", (A,), ("i", 1)),), ("i", "n")),
        "kronecker": make("kronecker", (), (1, 2)),
        "derivative": make("derivative", (Z, Z)),
        "gradient": gradient(Z, A),
        "path": make("path", (Z, S, A)),
    }
    with pytest.raises(RefusedError, match=f"'{op}'|'entry'"):
        onnx_model(made[op], free_names(made[op]), {}, samples="")


# -- whole notes -----------------------------------------------------------------------------


def last_before_the_targets(model: Model) -> Expr:
    """The last quantity of the forward pass: no target stands below it."""
    targets = set(model.targets)
    forward = [e.quantity for e in model.equations if not targets & set(walk([e.quantity]))]
    assert forward, "the note has no forward pass"
    return forward[-1]


@pytest.mark.parametrize("note", EXAMPLES, ids=lambda p: p.stem)
def test_the_forward_pass_of_every_example_note_can_be_exported(note: Path) -> None:
    model = bp.read(note)
    wanted = last_before_the_targets(model)
    leaves = free_names(wanted)
    letters = dict.fromkeys(x for e in model.roles for d in e.shape for x in dim_letters(d))
    sizes = {letter: i + 2 for i, letter in enumerate(letters)}
    rng = np.random.default_rng(7)

    def value(leaf: Expr, count: int) -> np.ndarray:
        at = {**sizes, model.samples: count}
        drawn = rng.normal(size=[dim_value(d, at) for d in leaf.shape])
        return np.abs(drawn) if leaf.shape == SCALAR else drawn

    inputs = [leaf for leaf in leaves if model.roles[leaf] == "input"]
    held = {leaf.attr.plain: value(leaf, 3) for leaf in leaves if leaf not in inputs}
    for precision in PRECISIONS:
        made = onnx_model(wanted, inputs, held, samples=model.samples, precision=precision)
        for count in (3, 8) if model.samples else (3,):  # the number of samples is open
            data = {leaf.attr.plain: value(leaf, count) for leaf in inputs}
            feed = {
                leaf.attr.plain: laid_out(data[leaf.attr.plain], leaf, model.samples).astype(
                    precision
                )
                for leaf in inputs
            }
            found = run(made, feed)[0]
            exact = np.asarray(bp.evaluate(wanted, {**held, **data}), dtype=float)
            exact = laid_out(np.atleast_2d(exact), wanted, model.samples)
            assert found.shape == exact.shape
            limit = 2e-5 if precision == "float32" else 1e-12
            assert np.allclose(found, exact, rtol=limit, atol=limit)


def test_the_graph_keeps_the_names_of_the_note() -> None:
    model = bp.read(EXAMPLES[0].parent / "two_layer_en.md")
    shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}
    held = {plain: np.ones(shape) for plain, shape in shapes.items()}
    made = onnx_model(model["a2"], model.inputs, held, samples=model.samples)
    names = {n.output[0] for n in made.graph.node} | {c.name for c in made.graph.initializer}
    assert names >= {"W1", "b1", "z1", "a1", "W2", "b2", "z2", "a2"}
    assert [i.name for i in made.graph.input] == ["X"]


# -- estimators ------------------------------------------------------------------------------

X32 = np.random.default_rng(1).normal(size=(80, 5)).astype(np.float32)
TWO = (X32[:, 0] + X32[:, 1] * X32[:, 2] > 0).astype(int)


def fitted(kind: type[Any], y: np.ndarray, **more: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = {"hidden_layer_sizes": (6,), "max_iter": 5, "random_state": 0} | more
        return kind(**settings).fit(X32, y)


def exported(model: Any, path: Path, precision: Precision = "float32") -> dict[str, Any]:
    """What ONNX Runtime says about X32, by the names of the outputs."""
    model.to_onnx(path, dtype=precision)
    session = onnxruntime.InferenceSession(path)
    names = [o.name for o in session.get_outputs()]
    [given] = session.get_inputs()
    return dict(zip(names, session.run(names, {given.name: X32.astype(precision)}), strict=True))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(
    "activation", [*(a for a in ACTIVATIONS if a != "softmax"), "z*sigmoid(2*z)"]
)
def test_a_classifier_gives_the_same_probabilities_with_every_activation(
    activation: str, precision: Precision, tmp_path: Path
) -> None:
    model = fitted(MLPClassifier, TWO, activation=activation)
    if activation == "gelu" and precision == "float64":
        with pytest.raises(RefusedError, match="'erf'"):
            model.to_onnx(tmp_path / "m.onnx", dtype=precision)
        return
    found = exported(model, tmp_path / "m.onnx", precision)
    assert list(found) == ["label", "probabilities"]
    assert found["probabilities"].dtype == precision
    assert np.allclose(found["probabilities"], model.predict_proba(X32), atol=1e-6)
    assert (found["label"] == model.predict(X32)).all()


@pytest.mark.parametrize(
    ("y", "shape"),
    [
        (TWO, (80, 2)),
        (TWO.astype(bool), (80, 2)),
        (np.array(["no", "yes"])[TWO], (80, 2)),
        (np.array(["a", "b", "c"], dtype=object)[TWO + (X32[:, 3] > 0)], (80, 3)),
        ((X32[:, :3] > 0).astype(int), (80, 3)),
    ],
    ids=["numbers", "truth values", "texts", "three", "several labels"],
)
def test_labels_of_every_kind_come_out_as_they_went_in(
    y: np.ndarray, shape: tuple[int, int], tmp_path: Path
) -> None:
    model = fitted(MLPClassifier, y)
    found = exported(model, tmp_path / "m.onnx")
    assert (found["label"] == model.predict(X32)).all()
    assert found["probabilities"].shape == shape
    assert np.allclose(found["probabilities"], model.predict_proba(X32), atol=1e-6)


def test_a_classifier_without_probabilities_gives_labels_alone(tmp_path: Path) -> None:
    model = fitted(MLPClassifier, TWO, loss="hinge")
    found = exported(model, tmp_path / "m.onnx")
    assert list(found) == ["label"]
    assert (found["label"] == model.predict(X32)).all()


@pytest.mark.parametrize("loss", ["squared_error", "poisson", "huber"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_a_regressor_gives_the_same_numbers(loss: str, outputs: int, tmp_path: Path) -> None:
    y = np.abs(X32[:, :outputs]) if outputs > 1 else np.abs(X32[:, 0])
    model = fitted(MLPRegressor, y, loss=loss)
    found = exported(model, tmp_path / "m.onnx")
    assert found["prediction"].shape == (80, outputs)
    assert np.allclose(found["prediction"].reshape(y.shape), model.predict(X32), atol=1e-5)


def test_deep_networks_keep_their_names_and_large_outputs_do_not_overflow(tmp_path: Path) -> None:
    model = fitted(MLPClassifier, TWO + (X32[:, 3] > 0), hidden_layer_sizes=(6, 5, 4))
    model.coefs_[-1] *= 1e5
    found = exported(model, tmp_path / "m.onnx")
    assert np.isfinite(found["probabilities"]).all()
    assert np.allclose(found["probabilities"], model.predict_proba(X32), atol=1e-6)


def test_an_estimator_that_is_not_fitted_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        MLPClassifier().to_onnx(tmp_path / "m.onnx")
    with pytest.raises(BackproofError, match="'int8' is no kind of number"):
        fitted(MLPClassifier, TWO).to_onnx(tmp_path / "m.onnx", dtype="int8")
    with pytest.raises(BackproofError, match="folder"):
        fitted(MLPClassifier, TWO).to_onnx(tmp_path)
    assert list(tmp_path.iterdir()) == []
