"""`backproof train` and `backproof predict`: how they say no."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.datasets import load_breast_cancer

from backproof.cli import main

from .commands import Captured, diabetes, iris, refused, saved, train


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
        (["train", "iris.csv", "--hidden", "8", "--target", "kind", "-o", "m" * 300], "too long"),
        (
            ["train", "iris.csv", "--hidden", "8", "--target", "kind", "--ignore", "kind"],
            "to be predicted and to be left out",
        ),
        (
            ["train", "iris.csv", "--hidden", "1000000,1000000", "--target", "kind"],
            "not enough memory",
        ),
        (["predict"], "Usage: backproof predict"),
        (["predict", "none", "iris.csv", "-o", "iris.csv"], "would be replaced"),
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
        ("a;y\n1,5;0\n2,5;1\n", "row 1, column 'a': '1,5' looks like a number with a comma in it"),
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
        assert not {b"numpy", b"pyarrow", b"sklearn", b"rich", b"backproof.learn.jobs.train"} & {
            *loaded
        }


def test_breast_cancer_is_told_apart(capsys: Captured) -> None:
    data = load_breast_cancer()
    columns = {name: data.data[:, i] for i, name in enumerate(data.feature_names)}
    csv.write_csv(pa.table({**columns, "kind": data.target_names[data.target]}), "cancer.csv")
    assert main(["train", "cancer.csv", "--hidden", "16", "--target", "kind"]) == 0
    progress = saved().progress
    assert progress is not None
    assert progress.score is not None
    assert progress.score > 0.95


def test_a_result_never_takes_the_place_of_what_it_is_made_from(capsys: Captured) -> None:
    data = iris()
    Path("note.md").write_text("$$p = \\sigma(w x + b)$$ $$L = -y \\log p - (1 - y) \\log(1 - p)$$")
    os.link(data, "same.csv")
    before = Path(data).read_bytes(), Path("note.md").read_bytes()
    for output in (data, "same.csv", f"./{data}"):
        said = refused(capsys, "train", data, "--hidden", "8", "--target", "kind", "-o", output)
        assert "would be replaced" in said
    for command in ("code", "derive"):
        assert "would be replaced" in refused(capsys, command, "note.md", "-o", "note.md")
    assert (Path(data).read_bytes(), Path("note.md").read_bytes()) == before


def test_a_name_in_other_characters_that_look_alike_is_told(capsys: Captured) -> None:
    decomposed = unicodedata.normalize("NFD", "종류")
    Path("data.csv").write_text(f"a,{decomposed}\n1,u\n2,v\n")
    said = refused(capsys, "train", "data.csv", "--hidden", "8", "--target", "종류")
    assert "look alike" in said
