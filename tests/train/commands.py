"""Tables to learn from, and the commands on them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.datasets import load_diabetes, load_iris

from backproof.cli import main
from backproof.learn.saving.save import Saved, read_model

Captured = pytest.CaptureFixture[str]


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
