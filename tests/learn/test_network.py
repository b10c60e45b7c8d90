"""Any note as an estimator: what it predicts, how large it is, and what it needs to be told."""

from __future__ import annotations

import pickle
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.estimator_checks import parametrize_with_checks

import backproof as bp
from backproof.errors import ModelError, NoteError, RefusedError

EXAMPLES = Path(__file__).parents[2] / "examples"
IRIS = scale(load_iris().data), load_iris().target
CANCER = scale(load_breast_cancer().data), load_breast_cancer().target
WORDS = np.array(["malignant", "benign"])[CANCER[1]]
DIABETES = scale(load_diabetes().data), scale(load_diabetes().target)

# Samples as rows, as columns, and one alone: the same network three times.
ROWS = r"""
$$X \in \mathbb{R}^{m \times n}, W_1 \in \mathbb{R}^{n \times h}, b_1 \in \mathbb{R}^{1 \times h}$$
$$H = \tanh(X W_1 + b_1)$$
$$p = \sigma(H w + c)$$
$$L = -\frac{1}{m} \sum_{i=1}^m (y_i \log p_i + (1 - y_i) \log (1 - p_i))$$
"""
COLUMNS = r"""
$$H = \tanh(W_1 X + b_1)$$
$$p = \sigma(w H + c)$$
$$L = -\frac{1}{m} \sum_{i=1}^m (y^{(i)} \log p^{(i)} + (1 - y^{(i)}) \log (1 - p^{(i)}))$$
"""
ALONE = r"""
$$h = \tanh(W_1 x + b_1)$$
$$p = \sigma(w^\top h + c)$$
$$L = -y \log p - (1 - y) \log (1 - p)$$
"""
SOFTMAX = r"""
Targets are one-hot.
$$X \in \mathbb{R}^{m \times n}, W \in \mathbb{R}^{n \times K}, b \in \mathbb{R}^{1 \times K}$$
$$P = \text{softmax}(X W + b)$$
$$L = -\frac{1}{m} \sum_{i=1}^m \sum_k Y_{ik} \log P_{ik}$$
"""
LINE = r"""
$$X \in \mathbb{R}^{m \times n}, w \in \mathbb{R}^{n \times 1}$$
$$\hat{y} = X w + b$$
$$L = \frac{1}{m} \sum_{i=1}^m (\hat{y}_i - y_i)^2$$
"""


@pytest.fixture(autouse=True)
def _short_trainings():
    """Trainings here are cut short on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def network(note, **given):
    return bp.Network(note, **{"random_state": 0, "learning_rate_init": 0.02, **given})


# The checks give weights to samples, so the notes have them.
WEIGHED = [
    note.replace(r"\frac{1}{m} \sum_{i=1}^m", r"\frac{1}{N} \sum_{i=1}^m s_i").replace(
        "$$L", "$$N = \\sum_{i=1}^m s_i$$\n$$L"
    )
    for note in (ROWS, SOFTMAX, LINE)
]


@parametrize_with_checks(
    [
        bp.Network(WEIGHED[0], sizes={"h": 10}, max_iter=200, learning_rate_init=0.02),
        bp.Network(WEIGHED[1], max_iter=200, learning_rate_init=0.05),
        bp.Network(WEIGHED[2], max_iter=200, learning_rate_init=0.05),
    ]
)
def test_scikit_learns_own_checks_of_estimators_pass(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def test_rows_columns_and_one_sample_train_the_same_network():
    X, y = CANCER[0][:60], WORDS[:60]
    rng = np.random.default_rng(0)
    w1, w = rng.normal(size=(30, 3)), rng.normal(size=(3, 1))
    given = {"dtype": "float64", "shuffle": False, "max_iter": 4, "batch_size": 25}
    zero = {"b1": 0, "c": 0}
    found = [
        network(note, start={**start, **zero}, **given, sizes=sizes).fit(X, y)
        for note, start, sizes in (
            (ROWS, {"W1": w1, "w": w}, {"h": 3}),
            (COLUMNS, {"W1": w1.T, "w": w.T}, {"n1": 3}),
            (ALONE, {"W1": w1.T, "w": w}, {"n1": 3}),
        )
    ]
    for other in found[1:]:
        np.testing.assert_allclose(other.predict_proba(X), found[0].predict_proba(X), rtol=1e-9)
        np.testing.assert_allclose(other.loss_curve_, found[0].loss_curve_, rtol=1e-9)
    assert found[0].parameters_["W1"].shape == (30, 3)
    assert found[1].parameters_["W1"].shape == (3, 30)


@pytest.mark.parametrize(
    ("file", "given", "data", "least"),
    [
        ("two_layer_en.md", {"sizes": {"n1": 8}}, (CANCER[0], WORDS), 0.97),
        ("two_layer_ko.md", {"sizes": {"n1": 8}, "early_stopping": True}, (CANCER[0], WORDS), 0.93),
        ("logistic_regression_ko.md", {"solver": "lbfgs"}, (CANCER[0], WORDS), 0.97),
        ("hinge.md", {"constants": {"lambda": 0.01}}, (CANCER[0], WORDS), 0.97),
        (
            "regularised.md",
            {"sizes": {"n1": 8}, "constants": {"lambda": 0.1}},
            (CANCER[0], WORDS),
            0.97,
        ),
        ("deep_relu_softmax.md", {"sizes": {"n1": 8, "n2": 8, "n3": 8}}, IRIS, 0.95),
        ("deep_relu_softmax.md", {"sizes": {"n1": 8, "n2": 8, "n3": 8}}, (CANCER[0], WORDS), 0.97),
        ("softmax_ko.md", {"max_iter": 20}, IRIS, 0.75),
        ("linear_regression.md", {}, DIABETES, 0.5),
        ("regression_ko.md", {"sizes": {"n1": 8, "n2": 4}}, DIABETES, 0.5),
        ("rows.md", {"sizes": {"h": 8}}, (DIABETES[0], np.column_stack([DIABETES[1]] * 2)), 0.5),
        ("batch_norm.md", {"sizes": {"n1": 8}, "constants": {"epsilon": 1e-5}}, DIABETES, 0.5),
        ("tied_weights.md", {"sizes": {"n1": 2}, "max_iter": 500}, (IRIS[0], None), 0.6),
    ],
)
def test_the_notes_of_the_examples_learn(file, given, data, least):
    X, y = data
    model = network(EXAMPLES / file, **given).fit(X, y)
    assert model.score(X, y) > least
    assert model.derivation_.certificate.undecided == 0
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))


def test_a_note_says_by_its_loss_whether_it_tells_classes():
    assert is_classifier(network(ROWS))
    assert is_classifier(network(SOFTMAX))
    assert is_regressor(network(LINE))
    assert is_regressor(network(ROWS, task="regression"))
    assert not hasattr(network(LINE), "predict_proba")


def test_it_works_in_a_pipeline_a_grid_search_and_clone():
    X, y = load_breast_cancer(return_X_y=True)
    pipe = make_pipeline(StandardScaler(), network(COLUMNS, sizes={"n1": 4}, max_iter=40))
    assert cross_val_score(pipe, X, y, cv=3).mean() > 0.9
    grid = {"sizes": [{"n1": 2}, {"n1": 6}], "note": [COLUMNS]}
    search = GridSearchCV(clone(network(COLUMNS, max_iter=20)), grid, cv=2).fit(*CANCER)
    assert search.best_score_ > 0.9


def test_a_model_a_path_and_a_text_are_the_same_note(tmp_path):
    X, y = DIABETES
    file = tmp_path / "line.md"
    file.write_text(LINE, encoding="utf-8")
    found = [
        network(note, solver="lbfgs").fit(X, y).predict(X)
        for note in (LINE, bp.parse(LINE), file, str(file))
    ]
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])
    with pytest.raises(NoteError, match="there is no such file"):
        network("nowhere.md").fit(X, y)


def test_a_size_that_nobody_tells_is_asked_for_by_its_letter():
    X, y = CANCER
    with pytest.raises(ValueError, match=re.escape("h (of W1); say it with sizes={'h': 16}")):
        network(ROWS).fit(X, y)
    with pytest.raises(ValueError, match=r"no size 'k'; its sizes are .*h"):
        network(ROWS, sizes={"k": 3}).fit(X, y)
    with pytest.raises(ValueError, match="X has 30 columns, and 29 by sizes"):
        network(ROWS, sizes={"h": 3, "n": 29}).fit(X, y)


def test_constants_are_asked_for_and_used():
    X, y = CANCER
    note = LINE.replace("- y_i)^2", r"- y_i)^2 + \lambda \| w \|^2")
    with pytest.raises(ValueError, match="constant lambda"):
        network(note).fit(X, y)
    with pytest.raises(ValueError, match="no constant mu"):
        network(note, constants={"lambda": 1, "mu": 2}).fit(X, y)
    small, large = (
        network(note, solver="lbfgs", constants={"lambda": size}).fit(X, y) for size in (0.01, 100)
    )
    assert abs(large.parameters_["w"]).sum() < abs(small.parameters_["w"]).sum() / 5


def test_the_values_to_start_from_are_checked():
    X, y = DIABETES
    with pytest.raises(ValueError, match="no parameter v"):
        network(LINE, start={"v": 1}).fit(X, y)
    with pytest.raises(ValueError, match=re.escape("w is (10, 1), and start gives it (3,)")):
        network(LINE, start={"w": [1, 2, 3]}).fit(X, y)
    model = network(LINE, start={"w": 0.5}, learning_rate_init=1e-12, max_iter=1).fit(X, y)
    np.testing.assert_allclose(model.parameters_["w"], 0.5, rtol=1e-6)


def test_several_inputs_come_as_a_dict():
    note = r"""
$$\hat{Y} = X_a U + X_b V$$
$$L = \frac{1}{m} \sum_{i=1}^m \sum_k (\hat{Y}_{ik} - Y_{ik})^2$$
"""
    X, y = DIABETES
    data = {"X_a": X[:, :4], "X_b": X[:, 4:]}
    model = network(note, solver="lbfgs").fit(data, y)
    assert model.score(data, y) > 0.5
    with pytest.raises(ValueError, match="inputs X_a, X_b"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="X has X_a"):
        model.predict({"X_a": X[:, :4]})
    with pytest.raises(ValueError, match="X_b has 4 columns; it had 6 in fit"):
        model.predict({"X_a": X[:, :4], "X_b": X[:, :4]})


def test_several_targets_come_as_a_dict_and_the_prediction_by_name():
    note = EXAMPLES / "rnn.md"
    X, y = DIABETES
    inputs = {"x1": X, "x2": X, "x3": X, "h0": np.zeros((len(X), 4))}
    targets = {"y1": y, "y2": y, "y3": y}
    with pytest.raises(ModelError, match="o1, o2, o3") as caught:
        network(note, max_iter=1).fit(inputs, targets)
    assert "output='o1'" in caught.value.hint
    model = network(note, output="o3", max_iter=4).fit(inputs, targets)
    assert model.loss_ < model.loss_curve_[0]
    assert model.predict(inputs).shape == y.shape
    with pytest.raises(ValueError, match="targets y1, y2, y3"):
        model.fit(inputs, y)


def test_weights_of_samples_are_those_that_the_note_has():
    X, y = DIABETES
    with pytest.raises(ValueError, match="no weights of samples"):
        network(LINE).fit(X, y, sample_weight=np.ones(len(y)))
    note = r"""
$$X \in \mathbb{R}^{m \times n}, w \in \mathbb{R}^{n \times 1}$$
$$\hat{y} = X w + b$$
$$L = \frac{1}{m} \sum_{i=1}^m s_i (\hat{y}_i - y_i)^2$$
"""
    first = (np.arange(len(y)) < 100) * 1.0
    weighted = network(note, solver="lbfgs", tol=1e-9).fit(X, y, sample_weight=first + 1e-9)
    part = network(LINE, solver="lbfgs", tol=1e-9).fit(X[:100], y[:100])
    np.testing.assert_allclose(weighted.predict(X), part.predict(X), atol=1e-2)
    assert network(note, solver="lbfgs").fit(X, y).score(X, y) > 0.5


def test_partial_fit_of_classes_goes_over_the_data_once_a_call():
    X, y = CANCER
    model = network(COLUMNS, sizes={"n1": 4})
    for _ in range(5):
        model.partial_fit(X, WORDS, classes=np.unique(WORDS))
    assert len(model.loss_curve_) == 5
    assert model.score(X, WORDS) > 0.8
    with pytest.raises(ValueError, match="classes not in"):
        model.partial_fit(X, y)


def test_a_note_without_an_input_for_each_sample_is_refused():
    with pytest.raises(ModelError, match="no input"):
        network("L = w**2").fit(*DIABETES)


def test_a_note_about_one_sample_is_trained_by_numpy_only():
    with pytest.raises(RefusedError, match="a single sample"):
        network(ALONE, sizes={"n1": 2}, engine="numba").fit(*CANCER)
