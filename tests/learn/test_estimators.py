"""The estimators beside scikit-learn's: same interface, same numbers, and what is new."""

from __future__ import annotations

import pickle
import warnings
from importlib import import_module

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.estimator_checks import parametrize_with_checks

import backproof as bp
from backproof.errors import BackproofError, ModelError
from backproof.learn.emitted import of_net
from backproof.learn.engine import choose
from backproof.learn.estimators.training import DivergedError
from backproof.learn.net import Net

IRIS = scale(load_iris().data), load_iris().target
CANCER = scale(load_breast_cancer().data), load_breast_cancer().target
DIABETES = scale(load_diabetes().data), scale(load_diabetes().target)


@pytest.fixture(autouse=True)
def _short_trainings():
    """Trainings here are cut short on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


@parametrize_with_checks([bp.MLPClassifier(max_iter=100), bp.MLPRegressor(max_iter=100)])
def test_scikit_learns_own_checks_of_estimators_pass(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def same_fit(ours, theirs, X, y, **given):
    """Whether two estimators end at the same weights by the same losses."""
    ours.fit(X, y, **given)
    theirs.fit(X, y, **given)
    for a, b in zip(
        ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-10)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.t_ == theirs.t_
    np.testing.assert_allclose(ours.loss_, theirs.loss_, rtol=1e-8)
    for name in ("loss_curve_", "validation_scores_"):
        if getattr(theirs, name, None) is not None:
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-8)
    for name in ("n_outputs_", "n_layers_", "out_activation_", "best_loss_", "n_features_in_"):
        if hasattr(theirs, name):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name))


SETTINGS = [
    {},
    {"solver": "sgd"},
    {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.1},
    {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "learning_rate_init": 0.1,
        "nesterovs_momentum": False,
        "tol": 0.01,
        "n_iter_no_change": 2,
        "max_iter": 100,
    },
    {"solver": "lbfgs", "max_iter": 15},
    {"activation": "tanh", "hidden_layer_sizes": (7, 5)},
    {"activation": "logistic"},
    {"activation": "identity", "hidden_layer_sizes": 4},
    {"hidden_layer_sizes": ()},
    {"early_stopping": True, "n_iter_no_change": 3},
    {"batch_size": 32, "alpha": 0.1},
]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("task", ["two classes", "three classes", "numbers"])
def test_in_double_precision_and_unshuffled_the_weights_are_scikit_learns(setting, task):
    given = {"shuffle": False, "random_state": 3, "max_iter": 25, **setting}
    ours, theirs, (X, y) = {
        "two classes": (bp.MLPClassifier, TheirClassifier, CANCER),
        "three classes": (bp.MLPClassifier, TheirClassifier, IRIS),
        "numbers": (bp.MLPRegressor, TheirRegressor, DIABETES),
    }[task]
    same_fit(ours(dtype="float64", **given), theirs(**given), X, y)


def test_so_they_are_with_weights_counts_and_several_labels():
    given = {"shuffle": False, "random_state": 3, "max_iter": 20}
    X, y = IRIS
    weights = np.random.default_rng(0).uniform(0.1, 3, len(y))
    same_fit(
        bp.MLPClassifier(dtype="float64", batch_size=40, **given),
        TheirClassifier(batch_size=40, **given),
        X,
        y,
        sample_weight=weights,
    )
    labels = np.column_stack([y > 0, y == 1]).astype(int)
    same_fit(bp.MLPClassifier(dtype="float64", **given), TheirClassifier(**given), X, labels)
    X, y = DIABETES
    counts = np.round(np.abs(y))
    same_fit(
        bp.MLPRegressor("poisson", dtype="float64", **given),
        TheirRegressor("poisson", **given),
        X,
        counts,
    )


def test_with_several_numbers_to_predict_the_weights_are_scikit_learns_too():
    X, y = DIABETES
    several = np.column_stack([y, y**2, -y])
    given = {"shuffle": False, "random_state": 3, "max_iter": 20, "alpha": 0.0}
    same_fit(bp.MLPRegressor(dtype="float64", **given), TheirRegressor(**given), X, several)


def test_the_parameters_are_scikit_learns_and_new_ones_come_after_them():
    for ours, theirs in ((bp.MLPClassifier, TheirClassifier), (bp.MLPRegressor, TheirRegressor)):
        a, b = ours().get_params(), theirs().get_params()
        assert {k: a[k] for k in b} == b
        names = list(ours.__init__.__annotations__)
        old = [n for n in names if n in b]
        assert names[: len(old)] == old


def test_labels_may_be_words_and_come_back_as_words():
    X, y = IRIS
    words = np.array(["setosa", "versicolor", "virginica"])[y]
    model = bp.MLPClassifier((10,), learning_rate_init=0.01, random_state=0).fit(X, words)
    assert model.score(X, words) > 0.95
    assert set(model.predict(X)) == set(words)
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p, rtol=1e-5)
    assert model.coefs_[0].dtype == np.float32


def test_frames_of_pandas_and_polars_are_read_and_their_columns_are_remembered():
    X, y = IRIS
    names = [f"column {i}" for i in range(4)]
    expected = bp.MLPClassifier((5,), max_iter=5, random_state=0).fit(X, y).predict_proba(X)
    for frame in (pd.DataFrame(X, columns=names), pl.DataFrame(X, schema=names)):
        model = bp.MLPClassifier((5,), max_iter=5, random_state=0).fit(frame, y)
        assert list(model.feature_names_in_) == names
        np.testing.assert_array_equal(model.predict_proba(frame), expected)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(pd.DataFrame(X, columns=names[::-1]))


def test_they_work_in_pipelines_and_in_a_grid_search():
    X, y = load_iris(return_X_y=True)
    pipe = make_pipeline(StandardScaler(), bp.MLPClassifier(max_iter=60, random_state=0))
    grid = {
        "mlpclassifier__activation": ["relu", "z * sigmoid(z)"],
        "mlpclassifier__hidden_layer_sizes": [(4,), (8,)],
        "mlpclassifier__learning_rate_init": [0.02],
    }
    search = GridSearchCV(pipe, grid, cv=3).fit(X, y)
    assert search.best_score_ > 0.9


def test_a_fitted_estimator_survives_pickle_and_joblib_and_trains_on(tmp_path):
    X, y = CANCER
    model = bp.MLPClassifier((6,), random_state=0, batch_size=64)
    for _ in range(3):
        model.partial_fit(X, y, classes=[0, 1])
    file = tmp_path / "model.joblib"
    joblib.dump(model, file)
    for copy in (pickle.loads(pickle.dumps(model)), joblib.load(file)):
        np.testing.assert_array_equal(copy.predict_proba(X), model.predict_proba(X))
        onward = clone(model)
        for _ in range(4):
            onward.partial_fit(X, y, classes=[0, 1])
        copy.partial_fit(X, y)
        np.testing.assert_array_equal(copy.coefs_[0], onward.coefs_[0])


def test_weights_that_a_user_sets_are_the_ones_that_predict_and_train():
    X, y = CANCER
    model = bp.MLPClassifier((6,), random_state=0).partial_fit(X, y, classes=[0, 1])
    model.coefs_[0] = np.zeros_like(model.coefs_[0])
    model.intercepts_[0] = np.zeros_like(model.intercepts_[0])
    assert len(np.unique(model.predict_proba(X))) == 2
    model.partial_fit(X, y)
    assert abs(model.coefs_[0]).max() < 0.01


def test_the_derivation_is_that_of_the_code_that_trained():
    X, y = IRIS
    model = bp.MLPClassifier((5, 4), activation=("tanh", "z * sigmoid(z)"), max_iter=2).fit(X, y)
    derivation = model.derivation_
    assert derivation.certificate.undecided == 0
    assert set(derivation.gradients) == {"W1", "b1", "W2", "b2", "W3", "b3"}
    assert bp.emit(derivation) == model._emitted()._held["numpy"]


def test_a_callback_is_told_of_every_epoch_and_can_stop():
    X, y = IRIS
    told = []

    def callback(estimator, epoch):
        told.append((epoch.number, epoch.loss, estimator.predict(X).shape))
        return epoch.number == 4

    model = bp.MLPClassifier((5,), random_state=0, callbacks=[callback]).fit(X, y)
    assert model.n_iter_ == 4
    assert [t[0] for t in told] == [1, 2, 3, 4]
    assert [t[1] for t in told] == model.loss_curve_
    told.clear()
    model.set_params(solver="lbfgs").fit(X, y)
    assert model.n_iter_ == 4


def test_progress_is_drawn_only_when_it_is_asked_for(capsys):
    X, y = IRIS
    bp.MLPClassifier((5,), max_iter=3).fit(X, y)
    assert capsys.readouterr().out == ""
    bp.MLPClassifier((5,), max_iter=3, progress=True).fit(X, y)
    assert "3/3" in capsys.readouterr().out


def test_verbose_says_what_scikit_learn_says(capsys):
    X, y = IRIS
    given = {"max_iter": 3, "random_state": 0, "shuffle": False, "verbose": True}
    bp.MLPClassifier(dtype="float64", **given).fit(X, y)
    ours = capsys.readouterr().out
    TheirClassifier(**given).fit(X, y)
    assert ours == capsys.readouterr().out


def test_a_checkpoint_holds_the_best_weights_so_far(tmp_path):
    X, y = CANCER
    file = tmp_path / "best.safetensors"
    given = {"random_state": 0, "max_iter": 12, "early_stopping": True, "checkpoint": file}
    model = bp.MLPClassifier((6,), **given).fit(X, y)
    load = import_module("backproof.learn.saving.save").load
    np.testing.assert_allclose(load(file).predict_proba(X), model.predict_proba(X), rtol=1e-6)
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


def test_divergence_is_said_with_its_epoch_and_finite_weights_are_kept():
    X, y = DIABETES
    model = bp.MLPRegressor(solver="sgd", learning_rate_init=1e6, random_state=0)
    with pytest.raises(DivergedError, match=r"diverged in epoch 1.*non-finite") as caught:
        model.fit(X, y)
    assert isinstance(caught.value, ValueError)
    assert "smaller learning_rate_init" in caught.value.hint
    assert all(np.isfinite(w).all() for w in model.coefs_)
    assert np.isfinite(model.predict(X)).all()


def test_a_tiny_step_changes_next_to_nothing_and_says_nothing():
    X, y = DIABETES
    model = bp.MLPRegressor(learning_rate_init=1e-300, random_state=0, max_iter=3).fit(X, y)
    assert np.isfinite(model.loss_)


def test_class_weights_are_sample_weights():
    X, y = CANCER
    given = {"random_state": 0, "max_iter": 5, "dtype": "float64"}
    weights = np.where(y == 0, 3.0, 0.5)
    by_class = bp.MLPClassifier(class_weight={0: 3.0, 1: 0.5}, **given).fit(X, y)
    by_sample = bp.MLPClassifier(**given).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(by_class.coefs_[0], by_sample.coefs_[0])
    balanced = bp.MLPClassifier(class_weight="balanced", **given).fit(X, y)
    assert not np.allclose(balanced.coefs_[0], by_sample.coefs_[0])


def test_a_sample_of_weight_zero_is_no_sample():
    X, y = IRIS
    weights = (np.arange(len(y)) % 3 > 0).astype(float)
    given = {"random_state": 0, "max_iter": 5, "batch_size": 16, "dtype": "float64"}
    without = bp.MLPClassifier(**given).fit(X[weights > 0], y[weights > 0])
    weighted = bp.MLPClassifier(**given).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(weighted.coefs_[0], without.coefs_[0], rtol=1e-9)
    with pytest.raises(ValueError, match="at least one non-zero"):
        bp.MLPClassifier().fit(X, y, sample_weight=np.zeros(len(y)))
    with pytest.raises(ValueError, match="all 0"):
        bp.MLPClassifier(class_weight={0: 0.0, 1: 0.0, 2: 0.0}).fit(X, y)
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        bp.MLPClassifier().fit(X, y, sample_weight=-np.ones(len(y)))


@pytest.mark.parametrize("loss", ["focal", "hinge", "squared_hinge", "(y - p)**2"])
@pytest.mark.parametrize("data", [CANCER, IRIS], ids=["two", "three"])
def test_every_loss_of_classes_learns_to_tell_them_apart(loss, data):
    X, y = data
    model = bp.MLPClassifier((8,), loss=loss, learning_rate_init=0.02, random_state=0, max_iter=60)
    assert model.fit(X, y).score(X, y) > 0.94
    assert hasattr(model, "predict_proba") is ("hinge" not in loss)


@pytest.mark.parametrize("loss", ["absolute_error", "huber", "log_cosh", "abs(y - p)**1.5"])
def test_every_loss_of_numbers_learns_them(loss):
    X, y = DIABETES
    model = bp.MLPRegressor(loss, (8,), learning_rate_init=0.02, random_state=0, max_iter=60)
    assert model.fit(X, y).score(X, y) > 0.4


def test_a_quantile_loss_predicts_a_quantile():
    X, y = DIABETES
    loss = "max(0.9*(y - p), -0.1*(y - p))"
    model = bp.MLPRegressor(loss, (8,), learning_rate_init=0.02, random_state=0).fit(X, y)
    assert 0.85 < np.mean(y <= model.predict(X)) < 0.95


def test_poisson_and_gamma_refuse_targets_they_are_not_made_for():
    X, y = DIABETES
    with pytest.raises(ValueError, match="y >= 0"):
        bp.MLPRegressor("poisson").fit(X, y)
    with pytest.raises(ValueError, match="y > 0"):
        bp.MLPRegressor("gamma").fit(X, np.maximum(y, 0))


def test_warm_start_goes_on_from_where_it_was():
    X, y = IRIS
    model = bp.MLPClassifier((5,), random_state=0, max_iter=5, warm_start=True).fit(X, y)
    first = model.loss_
    assert model.fit(X, y).loss_ < first
    assert len(model.loss_curve_) == 10
    with pytest.raises(ValueError, match="warm_start can only be used"):
        model.fit(X[y < 2], y[y < 2])


def test_the_same_random_state_gives_the_same_bits():
    X, y = CANCER
    a, b = (bp.MLPClassifier((6,), random_state=7, max_iter=5).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(a.coefs_[0], b.coefs_[0])
    c = bp.MLPClassifier((6,), random_state=8, max_iter=5).fit(X, y)
    assert not np.array_equal(a.coefs_[0], c.coefs_[0])


def test_bad_data_are_refused_by_name():
    X, y = IRIS
    model = bp.MLPClassifier((5,), max_iter=2)
    broken = X.copy()
    broken[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        model.fit(broken, y)
    broken[3, 1] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        model.fit(broken, y)
    broken[3, 1] = 1e300  # too much for single precision
    with pytest.raises(ValueError, match="too large for dtype"):
        model.fit(broken, y)
    with pytest.raises(ValueError, match="0 sample"):
        model.fit(X[:0], y[:0])
    with pytest.raises(ValueError, match="could not convert string"):
        model.fit(X.astype(str).astype(object) + "?", y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[:-1])
    with pytest.raises(ValueError, match="one class only"):
        model.fit(X[y == 1], y[y == 1])
    with pytest.raises(ValueError, match="Unknown label type"):
        model.fit(X, X[:, 0])
    with pytest.raises(NotFittedError):
        model.predict(X)
    model.fit(X, y)
    with pytest.raises(ValueError, match="expecting 4 features"):
        model.predict(X[:, :2])
    with pytest.raises(ValueError, match="too large for dtype"):
        bp.MLPRegressor().fit(X, np.full(len(X), 1e300))


def test_constant_columns_do_no_harm():
    X, y = IRIS
    model = bp.MLPClassifier((5,), random_state=0, max_iter=80, learning_rate_init=0.05)
    assert (
        model.fit(np.column_stack([X, np.ones(len(X))]), y).score(
            np.column_stack([X, np.ones(len(X))]), y
        )
        > 0.9
    )


def test_partial_fit_needs_the_classes_first_and_no_others_later():
    X, y = IRIS
    with pytest.raises(ValueError, match="classes"):
        bp.MLPClassifier().partial_fit(X, y + 0.5)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        bp.MLPClassifier().partial_fit(X, y)
    model = bp.MLPClassifier((5,)).partial_fit(X[y < 2], y[y < 2], classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (150, 3)
    with pytest.raises(ValueError, match="classes not in"):
        model.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(X, y, classes=[0, 1])
    assert not hasattr(bp.MLPClassifier(solver="lbfgs"), "partial_fit")
    with pytest.raises(ValueError, match="early_stopping"):
        bp.MLPClassifier(early_stopping=True).partial_fit(X, y, classes=[0, 1, 2])


def test_classes_have_the_type_that_scikit_learn_gives_them():
    X, y = IRIS
    words = np.array(["a", "b", "c"], dtype=object)[y]
    ours, theirs = (
        kind((3,), max_iter=1, random_state=0) for kind in (bp.MLPClassifier, TheirClassifier)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours.fit(X, words), theirs.fit(X, words)
    assert ours.classes_.dtype == theirs.classes_.dtype
    assert ours.predict(X).dtype == theirs.predict(X).dtype


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("z/(1 + exp(-z))", "log_loss"),
        ("log(1 + exp(z))", "log_loss"),
        ("log(cosh(z))", "log_loss"),
        ("(exp(z) - exp(-z))/(exp(z) + exp(-z))", "log_loss"),
        ("relu", "focal"),
    ],
)
def test_formulas_that_users_write_do_not_overflow(activation, loss, engine):
    X = np.random.default_rng(0).normal(size=(100, 3)) * 3000
    given = {"max_iter": 3, "random_state": 0, "engine": engine, "loss": loss}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = bp.MLPClassifier((5,), activation=activation, **given).fit(X, X[:, 0] > 0)
    assert np.isfinite(model.loss_curve_).all()
    assert np.isfinite(model.predict_proba(X)).all()


def test_wrong_parameters_are_refused_when_fit_is_called():
    X, y = IRIS
    for wrong in (
        {"alpha": -1},
        {"engine": "cuda"},
        {"dtype": "int8"},
        {"max_iter": 0},
        {"solver": "lion"},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            bp.MLPClassifier(**wrong).fit(X, y)
    with pytest.raises(ModelError, match="no activation 'rellu'"):
        bp.MLPClassifier(activation="rellu").fit(X, y)
    with pytest.raises(ValueError, match="hidden_layer_sizes must be > 0"):
        bp.MLPClassifier((5, 0)).fit(X, y)


def test_small_jobs_are_left_to_numpy_and_large_ones_to_numba():
    code = of_net(Net((20, 100, 1), ("relu", "logistic"), "log_loss", alpha=1e-4))
    size = {"weights": 2_201, "layers": 2, "batch": 200}
    assert choose(code, samples=1_000, epochs=200, **size) == "numpy"
    assert choose(code, samples=100_000, epochs=200, **size) == "numba"
    whole = of_net(Net((20, 100, 3), ("relu", "softmax"), "focal_softmax"))
    assert choose(whole, samples=100_000, epochs=200, **size) == "numpy"


def test_an_engine_that_is_not_there_is_named(monkeypatch):
    X, y = IRIS
    monkeypatch.setattr("backproof.learn.engine.find_spec", lambda name: None)
    with pytest.raises(BackproofError, match="needs numba, which is not installed"):
        bp.MLPClassifier(engine="numba").fit(X, y)
    assert bp.MLPClassifier(max_iter=2).fit(X, y).n_iter_ == 2


def test_five_epochs_a_saved_file_and_five_more_are_ten(tmp_path):
    X, y = CANCER
    given = {"random_state": 3, "batch_size": 50, "hidden_layer_sizes": (6,)}
    for solver in ("adam", "sgd"):
        whole, part = (bp.MLPClassifier(solver=solver, **given) for _ in range(2))
        for _ in range(10):
            whole.partial_fit(X, y, classes=[0, 1])
        for _ in range(5):
            part.partial_fit(X, y, classes=[0, 1])
        part.save(tmp_path / "half.safetensors")
        rest = import_module("backproof.learn.saving.save").load(tmp_path / "half.safetensors")
        for _ in range(5):
            rest.partial_fit(X, y)
        np.testing.assert_array_equal(rest.coefs_[0], whole.coefs_[0])
        assert rest.loss_curve_ == whole.loss_curve_
        assert rest.t_ == whole.t_


@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_partial_fit_goes_on_from_fit_with_the_optimizers_memory(engine):
    X, y = CANCER
    model = bp.MLPClassifier((4,), random_state=0, max_iter=5, engine=engine).fit(X, y)
    updates = model._slots.updates
    loss = model.loss_
    model.partial_fit(X, y)
    assert model._slots.updates == updates + 3
    assert model.loss_ < loss
    assert {v.dtype for v in (*model.coefs_, *model._slots.first.values())} == {np.dtype("float32")}
