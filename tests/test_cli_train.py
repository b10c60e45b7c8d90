"""`backproof train` and `backproof predict`: what they leave behind, and how they say no."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

import backproof.learn.rows as rows_module
from backproof.cli import main
from backproof.learn.save import Saved, load, read_model

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BACKPROOF_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)


def iris(path: str = "iris.csv") -> str:
    """Three classes with names, from four numbers and a category."""
    data = load_iris()
    columns = {f"x{i}": data.data[:, i] for i in range(4)}
    columns["size"] = np.where(data.data[:, 0] > 5.8, "large", "small")
    table = pa.table({**columns, "kind": data.target_names[data.target]})
    # Sorted by class, as such tables are; shuffled, as a table that is streamed should be.
    table = table.take(np.random.default_rng(0).permutation(150))
    (csv.write_csv if path.endswith(".csv") else parquet.write_table)(table, path)
    return path


def diabetes(path: str = "diabetes.parquet") -> str:
    data = load_diabetes()
    columns = {name: data.data[:, i] for i, name in enumerate(data.feature_names)}
    parquet.write_table(pa.table({**columns, "after": data.target}), path)
    return path


def train(*arguments: str, epochs: int = 30) -> int:
    return main(["train", "--hidden", "8", "--epochs", str(epochs), "--rate", "0.02", *arguments])


def saved(path: str = "model.safetensors") -> Saved:
    return read_model(Path(path))


def refused(capsys: Captured, *arguments: str) -> str:
    """What is said to a command that must be refused, and that must leave no new file behind."""
    before = sorted(os.listdir())
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    assert sorted(os.listdir()) == before
    return printed.err


# -- what is learned and predicted -----------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_classes_are_learned_from_a_table_and_predicted_for_another(
    kind: str, capsys: Captured
) -> None:
    data = iris(f"iris.{kind}")
    assert train(data, "--target", "kind") == 0
    printed = capsys.readouterr()
    assert re.search(r"best weights are those of epoch \d+ \(accuracy [01]\.\d+\)", printed.out)
    assert "150 rows" in printed.err
    assert "one of 3 classes (setosa, versicolor, virginica)" in printed.err
    assert main(["predict", "model.safetensors", data, "-o", f"out.{kind}"]) == 0
    read = csv.read_csv if kind == "csv" else parquet.read_table
    out, table = read(f"out.{kind}"), read(data)
    classes = ["setosa", "versicolor", "virginica"]
    assert out.column_names == ["prediction", *(f"probability of {c}" for c in classes)]
    chances = np.column_stack([out[f"probability of {c}"].to_numpy() for c in classes])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    found = np.array(out["prediction"].to_pylist())
    assert (found == np.array(classes)[chances.argmax(axis=1)]).all()
    assert (found == np.array(table["kind"].to_pylist())).mean() > 0.93


def test_numbers_are_learned_and_predicted_in_their_own_unit(capsys: Captured) -> None:
    data = diabetes()
    assert train(data, "--target", "after") == 0
    assert "To predict: after, a number." in capsys.readouterr().err
    assert main(["predict", "model.safetensors", data, "-o", "out.csv"]) == 0
    found, wanted = csv.read_csv("out.csv")["prediction"], parquet.read_table(data)["after"]
    assert np.corrcoef(found, wanted)[0, 1] > 0.7
    assert abs(np.mean(found) - np.mean(wanted)) < 20


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_every_solver_learns(solver: str) -> None:
    assert train(iris(), "--target", "kind", "--solver", solver) == 0
    progress = saved().progress
    assert progress is not None
    assert progress.score is not None
    assert progress.score > 0.8


def test_the_model_that_is_saved_is_an_estimator_like_any_other() -> None:
    data = iris()
    train(data, "--target", "kind")
    main(["predict", "model.safetensors", data, "-o", "out.parquet"])
    held = saved()
    assert held.encoding is not None
    table = rows_module.Table(Path(data), "csv", tuple(csv.read_csv(data).column_names))
    [batch] = table.batches(table.names)
    inputs = held.encoding.inputs(batch, data)
    model = load("model.safetensors")
    assert model.predict(inputs).tolist() == parquet.read_table("out.parquet")[0].to_pylist()
    assert [w.shape for w in model.coefs_] == [(6, 8), (8, 3)]


def test_a_table_larger_than_memory_is_learned_from_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = iris("iris.parquet")
    monkeypatch.setattr(rows_module, "HELD", 4 * 4 * 6 * 30)
    assert train(data, "--target", "kind") == 0
    progress = saved().progress
    assert progress is not None
    assert progress.score is not None
    assert progress.score > 0.85


def test_the_same_seed_gives_the_same_file_and_another_seed_another(capsys: Captured) -> None:
    data = iris()
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        train(data, "--target", "kind", "--seed", seed, "-o", name, epochs=3)
    a, b, c = (Path(name).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_weights_that_are_saved_are_those_of_the_best_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from backproof.learn.run import Run

    scores = iter([0.2, 0.9, 0.5, 0.9, 0.1])
    losses = []
    monkeypatch.setattr(Run, "_score", lambda self: next(scores))
    real = Run._ends
    monkeypatch.setattr(
        Run, "_ends", lambda self, loss, *more: (losses.append(loss), real(self, loss, *more))
    )
    train(iris(), "--target", "kind", epochs=5)
    held = saved()
    assert held.progress is not None
    assert held.best is not None
    assert held.last is not None
    # Of two epochs with the same score it is the one with the lower loss.
    assert (held.progress.best, held.progress.score) == (4, 0.9)
    assert held.best.state["loss_curve_"] == losses[:4]
    assert held.last.state["loss_curve_"] == losses
    assert (load("model.safetensors").coefs_[0] == held.best.parameters["W1"]).all()


@pytest.mark.parametrize(
    ("options", "parameter", "value"),
    [
        (["--activation", "tanh"], "activation", "tanh"),
        (["--activation", "z*sigmoid(z)"], "activation", "z*sigmoid(z)"),
        (["--hidden", "6,4", "--activation", "relu,tanh"], "activation", ("relu", "tanh")),
        (["--hidden", "6,4"], "hidden_layer_sizes", (6, 4)),
        (["--alpha", "0.5"], "alpha", 0.5),
        (["--batch", "7"], "batch_size", 7),
        (["--solver", "sgd"], "solver", "sgd"),
        (["--engine", "numpy"], "engine", "numpy"),
        (["--seed", "9"], "random_state", 9),
    ],
)
def test_options_reach_the_network_and_come_back_from_the_file(
    options: list[str], parameter: str, value: Any
) -> None:
    train(iris(), "--target", "kind", *options, epochs=1)
    assert load("model.safetensors").get_params()[parameter] == value


def test_columns_can_be_left_out_and_numbers_can_be_names() -> None:
    table = csv.read_csv(iris()).append_column("id", pa.array([f"n{i % 150}" for i in range(150)]))
    csv.write_csv(table.append_column("lot", pa.array([i % 3 for i in range(150)])), "more.csv")
    train("more.csv", "--target", "kind", "--ignore", "id", "--category", "lot", epochs=1)
    encoding = saved().encoding
    assert encoding is not None
    assert encoding.names == ("x0", "x1", "x2", "x3", "size", "lot")
    assert encoding.width == 4 + 2 + 3


def test_all_rows_can_be_learned_from(capsys: Captured) -> None:
    assert train(iris(), "--target", "kind", "--validation", "0", epochs=3) == 0
    printed = capsys.readouterr()
    assert "150 rows, 150 of them to learn from" in printed.err
    assert "epoch 3 (no rows kept apart)" in printed.out


def test_korean_is_spoken_when_asked(capsys: Captured) -> None:
    assert train(iris(), "--target", "kind", "--lang", "ko", epochs=2) == 0
    printed = capsys.readouterr()
    assert "저장했다" in printed.out
    assert "에포크 2/2" in printed.err


def test_a_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert train(iris(), "--target", "kind", epochs=3) == 0
    printed = capsys.readouterr()
    assert "\x1b[" in printed.err
    assert "rows/s" in printed.err
    assert "\x1b[" not in printed.out


# -- going on --------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_a_training_in_two_parts_ends_where_one_in_one_part_does(solver: str) -> None:
    data = iris()
    options = ("--solver", solver, "--target", "kind")
    train(data, *options, "-o", "whole", epochs=12)
    train(data, *options, "-o", "parts", epochs=5)
    assert main(["train", data, "--resume", "--epochs", "12", "-o", "parts"]) == 0
    whole, parts = saved("whole"), saved("parts")
    assert whole.progress == parts.progress
    assert whole.last is not None
    assert parts.last is not None
    for name, value in whole.last.parameters.items():
        assert (parts.last.parameters[name] == value).all()
    for name, value in whole.last.slots.first.items():
        assert (parts.last.slots.first[name] == value).all()
    assert whole.last.slots.updates == parts.last.slots.updates
    assert whole.last.state == parts.last.state


def test_the_same_command_with_resume_goes_on(capsys: Captured) -> None:
    data = iris()
    train(data, "--target", "kind", epochs=2)
    capsys.readouterr()
    assert train(data, "--target", "kind", "--resume", epochs=4) == 0
    assert "epoch 3/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--hidden", "9"], "--hidden was 8 so far, not 9"),
        (["--activation", "tanh"], "--activation was relu so far, not tanh"),
        (["--alpha", "3"], "--alpha was 0.0001 so far, not 3.0"),
        (["--target", "x0"], "--target was kind so far, not x0"),
        (["--seed", "5"], "--seed was 0 so far, not 5"),
        (["--validation", "0.5"], "--validation was 0.1 so far, not 0.5"),
        (["--epochs", "2"], "it has been trained for 2 epochs already"),
    ],
)
def test_a_training_cannot_be_resumed_as_another_one(
    options: list[str], words: str, capsys: Captured
) -> None:
    data = iris()
    train(data, "--target", "kind", epochs=2)
    capsys.readouterr()
    before = Path("model.safetensors").read_bytes()
    assert words in refused(capsys, "train", data, "--resume", "--epochs", "9", *options)
    assert Path("model.safetensors").read_bytes() == before


def test_what_cannot_be_resumed_is_said(capsys: Captured) -> None:
    data = iris()
    assert "no such file" in refused(capsys, "train", data, "--resume")
    train(data, "--target", "kind", "--solver", "lbfgs", epochs=2)
    capsys.readouterr()
    assert "L-BFGS" in refused(capsys, "train", data, "--resume", "--epochs", "9")
    load("model.safetensors").save("plain.safetensors")
    said = refused(capsys, "train", data, "--resume", "-o", "plain.safetensors")
    assert "was not trained by `backproof train`" in said
    said = refused(capsys, "predict", "plain.safetensors", data, "-o", "out.csv")
    assert "was not trained on a table" in said


# -- interruptions ---------------------------------------------------------------------------


def interrupt_in(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from backproof.learn.classifier import MLPClassifier

    real, calls = MLPClassifier._fit, iter(range(1, 1000))

    def interrupted(self: Any, *arguments: Any, **more: Any) -> Any:
        if next(calls) == epoch:
            raise KeyboardInterrupt
        return real(self, *arguments, **more)

    monkeypatch.setattr(MLPClassifier, "_fit", interrupted)


def test_an_interruption_keeps_the_best_weights_and_can_be_resumed(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    data = iris()
    with monkeypatch.context() as patch:
        interrupt_in(4, patch)
        assert train(data, "--target", "kind", epochs=9) == 130
    printed = capsys.readouterr()
    assert "Interrupted. The best weights" in printed.out
    assert "--resume goes on after epoch 3" in printed.out
    assert main(["train", data, "--resume", "--epochs", "9"]) == 0
    train(data, "--target", "kind", "-o", "whole", epochs=9)
    one, other = saved().last, saved("whole").last
    assert one is not None
    assert other is not None
    assert (one.parameters["W1"] == other.parameters["W1"]).all()


def test_an_interruption_of_the_first_epoch_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    Path("model.safetensors").write_text("old")
    data = iris()
    interrupt_in(1, monkeypatch)
    assert train(data, "--target", "kind") == 130
    assert "nothing is saved" in capsys.readouterr().err
    assert Path("model.safetensors").read_text() == "old"
    assert sorted(os.listdir()) == ["iris.csv", "model.safetensors"]


def test_ctrl_c_on_a_running_command_ends_it_with_130_and_a_model() -> None:
    data = iris()
    command = [sys.executable, "-m", "backproof", "train", "--hidden", "8", data]
    run = subprocess.Popen(
        [*command, "--target", "kind", "--epochs", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stderr is not None
    while b"epoch" not in run.stderr.readline():
        assert run.poll() is None
    time.sleep(0.2)
    run.send_signal(signal.SIGINT)
    out, error = run.communicate(timeout=60)
    assert run.returncode == 130, error.decode()
    assert b"Interrupted. The best weights" in out
    assert b"Traceback" not in error
    assert saved().progress is not None


# -- how it says no --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "Usage: backproof train"),
        (["train", "iris.csv", "--target", "kind"], "which network?"),
        (["train", "n.md", "iris.csv", "--hidden", "8", "--target", "kind"], "not both"),
        (["train", "iris.csv", "--hidden", "8"], "what to predict is not said"),
        (["train", "iris.csv", "--hidden", "8,a"], "'8,a' is not a list of sizes"),
        (["train", "iris.csv", "--hidden", "0"], "between 1 and 1,000,000 units"),
        (["train", "iris.csv", "--hidden", "8", "--rate", "0"], "0.0 is not above 0"),
        (["train", "iris.csv", "--hidden", "8", "--rate", "nan"], "nan is not above 0"),
        (["train", "iris.csv", "--hidden", "8", "--alpha", "-1"], "-1.0 is not 0 or above"),
        (["train", "iris.csv", "--hidden", "8", "--epochs", "0"], "--epochs"),
        (["train", "iris.csv", "--hidden", "8", "--validation", "1"], "--validation"),
        (["train", "iris.csv", "--hidden", "8", "--processes", "2"], "--engine jax"),
        (["train", "iris.csv", "--hidden", "8", "--target", "kin"], "did you mean 'kind'?"),
        (["train", "none.csv", "--hidden", "8", "--target", "y"], "no such file"),
        (["train", "folder", "--hidden", "8", "--target", "y"], "folder"),
        (["train", "iris.csv", "--hidden", "8", "--target", "kind", "-o", "folder"], "a folder"),
        (["train", "iris.csv", "--hidden", "8", "--target", "kind", "-o", "no/m"], "no folder no"),
        (
            ["train", "iris.csv", "--hidden", "8", "--target", "kind", "--task", "regression"],
            "text",
        ),
        (["train", "iris.csv", "--hidden", "8", "--target", "kind", "--ignore", "q"], "no column"),
        (
            ["train", "iris.csv", "--hidden", "8", "--target", "kind", "--activation", "wobbly"],
            "no activation 'wobbly'",
        ),
        (
            ["train", "iris.csv", "--hidden", "8", "--target", "kind", "--activation", "relu,relu"],
            "1 hidden layers and 2 activations",
        ),
        (["predict"], "Usage: backproof predict"),
        (["predict", "iris.csv", "iris.csv", "-o", "out.csv"], "this is no model"),
        (["predict", "none", "iris.csv", "-o", "out.csv"], "no such file"),
        (["predict", "none", "iris.csv", "-o", "out.xls"], "end its name in .csv or .parquet"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_wrong(
    arguments: list[str], words: str, capsys: Captured
) -> None:
    iris()
    Path("folder").mkdir()
    assert words in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("a,y\n", "no rows"),
        ("a,y\n1,0\n,1\n", "row 2, column 'a': is missing"),
        ("a,y\n1,0\nnan,1\n", "row 2, column 'a': is missing"),
        ("a,y\n1,0\ninf,1\n", "row 2, column 'a': is infinite"),
        ("a,y\n1,0\nx,1\n", "row 2, column 'a': 'x' is text"),
        ("a,y\n1,0\n2,0\n", "one class only"),
        ("a,y\n1,0\n2\n", "row 2 has 1 of 2 cells"),
    ],
)
def test_a_table_that_cannot_be_used_leaves_the_old_model_alone(
    data: str, words: str, capsys: Captured
) -> None:
    Path("model.safetensors").write_text("old")
    Path("data.csv").write_text(data)
    assert words in refused(capsys, "train", "data.csv", "--hidden", "8", "--target", "y")
    assert Path("model.safetensors").read_text() == "old"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop_columns(["x1"]), "no column 'x1'"),
        (lambda t: t.set_column(4, "size", pa.array(["huge"] * 150)), "'huge' did not occur"),
        (lambda t: t.set_column(0, "x0", pa.array(["?"] * 150)), "'?' is not a number"),
        (lambda t: t.set_column(0, "x0", pa.array([None] * 150, pa.float64())), "is missing"),
        (lambda t: t.slice(0, 0), "no rows"),
    ],
)
def test_rows_that_cannot_be_predicted_leave_the_old_predictions_alone(
    change: Any, words: str, capsys: Captured
) -> None:
    data = iris()
    train(data, "--target", "kind", epochs=1)
    capsys.readouterr()
    parquet.write_table(change(csv.read_csv(data)), "new.parquet")
    Path("out.csv").write_text("old")
    said = refused(capsys, "predict", "model.safetensors", "new.parquet", "-o", "out.csv")
    assert words in said
    assert Path("out.csv").read_text() == "old"


def test_columns_in_another_order_and_others_beside_them_make_no_difference() -> None:
    data = iris()
    train(data, "--target", "kind", epochs=1)
    table = csv.read_csv(data)
    turned = table.select(table.column_names[::-1]).drop_columns(["kind"])
    parquet.write_table(turned.append_column("more", pa.array([None] * 150)), "new.parquet")
    main(["predict", "model.safetensors", data, "-o", "a.csv"])
    main(["predict", "model.safetensors", "new.parquet", "-o", "b.csv"])
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_a_rate_that_is_too_high_is_said_with_the_epoch(capsys: Captured) -> None:
    options = ["train", diabetes(), "--hidden", "8", "--target", "after", "--solver", "sgd"]
    Path("model.safetensors").write_text("old")
    said = refused(capsys, *options, "--rate", "1e30")
    assert "the training diverged in epoch 1" in said
    assert "--rate" in said
    assert "diverged" in refused(capsys, *options, "--rate", "3")
    assert Path("model.safetensors").read_text() == "old"
    Path("model.safetensors").unlink()
    assert main([*options, "--rate", "3"]) == 2
    said = capsys.readouterr().err
    epoch = re.search(r"diverged in epoch (\d+)", said)
    assert epoch is not None
    assert int(epoch[1]) > 1
    assert "the best weights before that are in model.safetensors" in said
    assert saved().progress is not None


def test_a_rate_that_is_too_low_is_said(capsys: Captured) -> None:
    assert main(["train", iris(), "--hidden", "8", "--target", "kind", "--rate", "1e-12"]) == 0
    assert "a higher --rate may help" in capsys.readouterr().out


def test_a_constant_column_is_told(capsys: Captured) -> None:
    table = csv.read_csv(iris()).append_column("same", pa.array([7] * 150))
    csv.write_csv(table, "more.csv")
    assert train("more.csv", "--target", "kind", epochs=1) == 0
    assert "never change, and so tell nothing: same." in capsys.readouterr().err


@pytest.mark.parametrize("package", ["numpy", "pyarrow", "sklearn", "safetensors"])
def test_a_package_that_is_not_installed_is_named(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    data = iris()
    for name in list(sys.modules):
        if name.startswith(("backproof.learn.", f"{package}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    said = refused(capsys, "train", data, "--hidden", "8", "--target", "kind")
    assert f"needs {package}" in said
    assert "pip install 'backproof[learn]'" in said


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits on files")
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_predictions_that_find_no_room_leave_the_old_ones_alone(name: str) -> None:
    data = iris()
    train(data, "--target", "kind", epochs=1)
    Path(name).write_text("old")
    before = sorted(os.listdir())
    limited = (
        "import resource, sys; from backproof.cli import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        f"sys.exit(main(['predict', 'model.safetensors', {data!r}, '-o', {name!r}]))"
    )
    run = subprocess.run([sys.executable, "-c", limited], capture_output=True, check=False)
    assert run.returncode == 2
    assert b"cannot be written" in run.stderr
    assert b"Traceback" not in run.stderr
    assert Path(name).read_text() == "old"
    assert sorted(os.listdir()) == before


def test_help_loads_nothing_heavy() -> None:
    for command in ("train", "predict"):
        code = (
            "import sys; from backproof.cli import main;"
            f"main(['{command}', '--help']); print(*sys.modules)"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        loaded = run.stdout.split()
        assert not {b"numpy", b"pyarrow", b"sklearn", b"rich", b"backproof.learn.train"} & {*loaded}


def test_breast_cancer_is_told_apart(capsys: Captured) -> None:
    data = load_breast_cancer()
    columns = {name: data.data[:, i] for i, name in enumerate(data.feature_names)}
    csv.write_csv(pa.table({**columns, "kind": data.target_names[data.target]}), "cancer.csv")
    assert main(["train", "cancer.csv", "--hidden", "16", "--target", "kind"]) == 0
    progress = saved().progress
    assert progress is not None
    assert progress.score is not None
    assert progress.score > 0.95


# -- notes -----------------------------------------------------------------------------------

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_network_of_a_note_is_trained_and_predicts(capsys: Captured) -> None:
    data = load_breast_cancer()
    columns = {name: data.data[:, i] for i, name in enumerate(data.feature_names)}
    csv.write_csv(pa.table({**columns, "kind": data.target_names[data.target]}), "cancer.csv")
    note = str(EXAMPLES / "two_layer_en.md")
    options = ["train", note, "cancer.csv", "--target", "kind", "--size", "n1=8"]
    assert main([*options, "--rate", "0.05", "--epochs", "20"]) == 0
    assert main(["predict", "model.safetensors", "cancer.csv", "-o", "out.csv"]) == 0
    found = np.array(csv.read_csv("out.csv")["prediction"].to_pylist())
    assert (found == data.target_names[data.target]).mean() > 0.95
    model = load("model.safetensors")
    assert model.note == Path(note).read_text(encoding="utf-8")
    assert {k: v.shape for k, v in model.parameters_.items()} == {
        "W1": (8, 30), "b1": (8, 1), "W2": (1, 8), "b2": (1, 1)
    }  # fmt: skip
    assert main([*options, "--resume", "--epochs", "21"]) == 0
    capsys.readouterr()
    said = refused(capsys, *options[:-1], "n1=9", "--resume", "--epochs", "30")
    assert "--size was" in said
    other = str(EXAMPLES / "logistic_regression.md")
    said = refused(capsys, "train", other, "cancer.csv", "--resume", "--epochs", "30")
    assert "the note was another one so far" in said


def test_a_note_gets_its_target_as_it_is() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2))
    columns = {"a": x[:, 0], "b": x[:, 1], "y": 1000 + 3 * x[:, 0] - 2 * x[:, 1]}
    parquet.write_table(pa.table(columns), "line.parquet")
    note = str(EXAMPLES / "linear_regression.md")
    options = ["--solver", "lbfgs", "--epochs", "200", "--validation", "0.2"]
    assert main(["train", note, "line.parquet", "--target", "y", *options]) == 0
    main(["predict", "model.safetensors", "line.parquet", "-o", "out.csv"])
    assert np.allclose(csv.read_csv("out.csv")["prediction"], columns["y"], atol=0.1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--size n1=16"),
        (["--size", "n1"], "'n1' is not like NAME=N"),
        (["--size", "n1=many"], "'n1=many' is not like NAME=N"),
        (["--size", "n1=4", "--constant", "mu=1"], "no constant mu"),
        (["--size", "n1=4", "--activation", "relu"], "--activation goes with --hidden"),
        (["--size", "n1=4", "--alpha", "1"], "--alpha goes with --hidden"),
        (["--hidden", "4"], "not both"),
    ],
)
def test_what_a_note_lacks_or_does_not_take_is_said(
    options: list[str], words: str, capsys: Captured
) -> None:
    table = csv.read_csv(iris()).filter(pa.compute.field("kind") != "setosa")
    csv.write_csv(table, "two.csv")
    note = str(EXAMPLES / "two_layer_en.md")
    assert words in refused(capsys, "train", note, "two.csv", "--target", "kind", *options)


@pytest.mark.parametrize("note", ["none.md", "iris.csv", "."])
def test_a_note_that_is_none_is_said(note: str, capsys: Captured) -> None:
    said = refused(capsys, "train", note, iris(), "--target", "kind")
    assert said.startswith("error: ")
    assert "try: " in said


def test_three_classes_do_not_fit_a_note_that_tells_two(capsys: Captured) -> None:
    note = str(EXAMPLES / "logistic_regression.md")
    assert "single output" in refused(capsys, "train", note, iris(), "--target", "kind")


# -- the demonstration -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", r"(\d\d\.\d)% of 143 rows that it\s+never\s+saw"), ("ko", r"143행 가운데 (\d\d\.\d)%")],
)
def test_the_demonstration_trains_its_note(language: str, sentence: str, capsys: Captured) -> None:
    assert main(["demo", "--lang", language]) == 0
    found = re.search(sentence, capsys.readouterr().out)
    assert found is not None
    assert float(found[1]) > 93


@pytest.mark.parametrize(("package", "called"), [("numpy", "NumPy"), ("sklearn", "scikit-learn")])
def test_the_demonstration_goes_on_without_what_training_needs(
    package: str, called: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for name in list(sys.modules):
        if name.startswith(("backproof.learn.", f"{package}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["demo"]) == 0
    printed = capsys.readouterr()
    said = " ".join(printed.out.split())
    assert f"needs {called}, which `pip install 'backproof[learn]'` brings." in said
    assert "Left in backproof-demo" in said
    assert printed.err == ""
