"""The networks of notes on tables, and the demonstration."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.datasets import load_breast_cancer

from backproof.cli import main
from backproof.learn.saving.save import load

from .commands import Captured, iris, refused

EXAMPLES = Path(__file__).parents[2] / "examples"


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
        ([], "say it with --size n1=16"),
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


@pytest.mark.parametrize("note", ["lstm", "tied_weights"])
def test_a_note_with_several_inputs_or_no_target_is_left_to_python(
    note: str, capsys: Captured
) -> None:
    said = refused(capsys, "train", f"{EXAMPLES}/{note}.md", iris(), "--target", "kind")
    assert "backproof.Network" in said


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
