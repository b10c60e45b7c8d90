"""`backproof train` and `backproof predict`: what they learn, keep and leave behind."""

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

import backproof.learn.tables.rows as rows_module
from backproof.cli import main
from backproof.learn.saving.save import load

from .commands import Captured, diabetes, iris, refused, saved, train


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
    from backproof.learn.jobs.run import Run

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


def test_a_resumed_training_judges_its_best_weights_by_the_table_it_goes_on_with(
    capsys: Captured,
) -> None:
    data = iris()
    train(data, "--target", "kind", epochs=3)
    old = saved().progress
    table = csv.read_csv(data)
    swapped = np.array(["setosa", "virginica", "versicolor"])[np.arange(150) % 3]
    csv.write_csv(table.set_column(5, "kind", pa.array(swapped)), "other.csv")
    capsys.readouterr()
    assert main(["train", "other.csv", "--resume", "--epochs", "4"]) == 0
    assert "On these, the best weights so far have: accuracy" in capsys.readouterr().err
    new = saved().progress
    assert old is not None
    assert new is not None
    assert new.score < old.score  # that of the old table would never be reached on this one
    assert main(["train", "other.csv", "--resume", "--epochs", "5"]) == 0
    assert "On these" not in capsys.readouterr().err


def test_a_column_of_names_is_told(capsys: Captured) -> None:
    data = iris()
    table = csv.read_csv(data)
    csv.write_csv(table.append_column("who is it", pa.array([f"n{i}" for i in range(150)])), data)
    train(data, "--target", "kind", epochs=1)
    assert "--ignore 'who is it'" in capsys.readouterr().err


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
    from backproof.learn.estimators.classifier import MLPClassifier

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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_on_a_running_command_ends_it_with_130_and_a_model(how: signal.Signals) -> None:
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
    run.send_signal(how)
    out, error = run.communicate(timeout=60)
    assert run.returncode == 130, error.decode()
    assert b"Interrupted. The best weights" in out
    assert b"Traceback" not in error
    assert saved().progress is not None
