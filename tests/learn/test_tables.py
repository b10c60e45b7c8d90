"""Tables: what is read, how it is encoded, and what is said about a cell that can't be used."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv, parquet

from backproof.errors import BackproofError
from backproof.learn.jobs.distribute import Place
from backproof.learn.tables import reading as tables
from backproof.learn.tables import rows as rows_module
from backproof.learn.tables import survey as survey_module
from backproof.learn.tables.encode import Encoding, Number, encoding_from_json
from backproof.learn.tables.reading import Table, open_table
from backproof.learn.tables.rows import Rows
from backproof.learn.tables.survey import Split, Survey, survey

ALL = Split(0.0, seed=0)


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def look(path: Path, target: str = "y", split: Split = ALL, **more: Any) -> Survey:
    return survey(open_table(path), target, split, **more)


def encoded(table: Table, encoding: Encoding) -> tuple[np.ndarray, np.ndarray]:
    batches = list(table.batches(table.names))
    inputs = [encoding.inputs(b, str(table)) for b in batches]
    return np.concatenate(inputs), np.concatenate([encoding.answers(b, "") for b in batches])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few rows, so that a short table has several."""
    monkeypatch.setattr(tables, "_BLOCK", 64)
    monkeypatch.setattr(tables, "ROWS", 5)


MIXED = {
    "size": [1.5, 2.5, -0.5, 4.0],
    "count": [3, 1, 2, 2],
    "colour": ["red", "blue", "red", "green"],
    "y": ["no", "yes", "no", "yes"],
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_numbers_are_standardised_and_categories_get_a_column_each(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / f"data.{kind}"
    write = {"csv": csv.write_csv, "parquet": parquet.write_table}[kind]
    write(pa.table(MIXED), path)
    found = look(path)
    assert (found.rows, found.training) == (4, 4)
    inputs, answers = encoded(open_table(path), found.encoding)
    numbers = np.array([MIXED["size"], MIXED["count"]]).T
    assert inputs.dtype == np.float32
    assert np.allclose(inputs[:, :2], (numbers - numbers.mean(0)) / numbers.std(0), atol=1e-6)
    assert inputs[:, 2:].tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert answers.tolist() == [0, 1, 0, 1]
    assert found.encoding.target.classes == ("no", "yes")


def test_every_type_that_is_numbers_or_text_is_read_from_parquet(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    columns = {
        "int8": pa.array([1, 2], pa.int8()),
        "float16": pa.array(np.array([1, 2], np.float16)),
        "decimal": pa.array([Decimal("1.5"), Decimal("2.5")]),
        "truth": pa.array([True, False]),
        "dictionary": pa.array(["a", "b"]).dictionary_encode(),
        "large": pa.array(["a", "b"], pa.large_string()),
        "a.b": pa.array([1, 2]),
        "y": pa.array([False, True]),
    }
    parquet.write_table(pa.table(columns), path)
    encoding = look(path).encoding
    assert encoding.width == 4 + 3 * 2
    assert encoding.target.classes == ("false", "true")
    encoded(open_table(path), encoding)


@pytest.mark.parametrize(
    ("kind", "values"),
    [("date32[day]", [date(2020, 1, 1)] * 2), ("list<element: int64>", [[1], [2]])],
)
def test_a_kind_of_cell_that_is_no_number_and_no_text_is_named(
    kind: str, values: list[Any], tmp_path: Path
) -> None:
    parquet.write_table(pa.table({"x": values, "n": [1, 2], "y": [0, 1]}), tmp_path / "t.parquet")
    with pytest.raises(BackproofError, match=r"'x' holds") as refused:
        look(tmp_path / "t.parquet")
    assert kind.split("[", maxsplit=1)[0].split("<", maxsplit=1)[0] in str(refused.value)
    assert look(tmp_path / "t.parquet", ignore=["x"]).encoding.names == ("n",)


SAME = [
    b"a,b c,y\n1,u,0\n2,v,1\n",
    b"\xef\xbb\xbfa,b c,y\r\n1,u,0\r\n2,v,1\r\n",
    b'"a","b c","y"\n"1","u","0"\n"2","v","1"\n',
    b"a;b c;y\n1;u;0\n2;v;1",
    b"a\tb c\ty\n 1\t u \t0\n2\tv\t1\n\n",
    b"a|b c|y\r\n+1.0|u|0\r\n2e0|v|1\r\n",
]


@pytest.mark.parametrize("data", SAME)
def test_line_ends_marks_quotes_and_space_make_no_difference(data: bytes, tmp_path: Path) -> None:
    found = look(written(tmp_path / "data.csv", data))
    assert found == look(written(tmp_path / "first.csv", SAME[0]))
    assert found.encoding.names == ("a", "b c")


def test_a_compressed_table_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "data.csv.gz", gzip.compress(SAME[3]))
    assert look(path).encoding.names == ("a", "b c")


@pytest.mark.usefixtures("small")
def test_a_quoted_cell_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    text = "a,y\n" + '"x, \n\nz",0\nw,1\n' * 20
    encoding = look(written(tmp_path / "data.csv", text)).encoding
    assert encoding.columns[0].values == ("w", "x, \n\nz")  # type: ignore[union-attr]


# What is wrong with a table, and the words that must be in the message.
BROKEN: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "nothing": (b"", ("empty",)),
    "only a mark": (b"\xef\xbb\xbf\r\n", ("empty",)),
    "only names": (b"a,y\n", ("no rows",)),
    "short row": (b"a,b,y\n1,2,0\n1,1\n", ("row 2", "2 of 3 cells")),
    "long row": (b"a,y\n1,0\n2,1\n3,1,7\n", ("row 3", "3 cells, not 2")),
    "missing": (b"a,b,y\n1,2,0\n1,,1\n", ("row 2", "column 'b'", "missing")),
    "missing too": (b"a,b,y\n1,2,0\n1,NA,1\n", ("row 2", "column 'b'", "missing")),
    "missing text": (b'a,b,y\n1,u,0\n1," ",1\n', ("row 2", "column 'b'", "missing")),
    "missing target": (b"a,y\n1,0\n1,\n", ("row 2", "column 'y'", "missing")),
    "nan": (b"a,y\n1,0\nNaN,1\n", ("row 2", "column 'a'", "missing")),
    "infinite": (b"a,y\n1,0\n2,1\n-inf,1\n", ("row 3", "column 'a'", "infinite")),
    "overflow": (b"a,y\n1,0\n1e999,1\n", ("row 2", "column 'a'", "infinite")),
    "too large": (b"a,y\n1e300,0\n-1e300,1\n", ("column 'a'", "too large")),
    "text in numbers": (b"a,y\n1,0\n2,1\nx1,1\n", ("row 3", "column 'a'", "'x1'", "--category a")),
    "number in text": (b"a,y\nx,0\n2,1\n", ("row 2", "column 'a'", "'2'", "--category a")),
    "comma": (b"a;y\n1;0\n2,5;1\n", ("row 2", "column 'a'", "'2,5'")),
    "one class": (b"a,y\n1,no\n2,no\n", ("column 'y'", "one class only", "no")),
    "no target": (b"a,Y\n1,0\n2,1\n", ("no column 'y'", "did you mean 'Y'?")),
    "no inputs": (b"y\n0\n1\n", ("no column to predict 'y' from",)),
    "same names": (b"a,a,y\n1,2,0\n", ("two columns", "'a'")),
    "no name": (b"a,,y\n1,2,0\n", ("column 2 has no name",)),
    "latin": ("a,y\n1,0\nfür,1\n".encode("latin-1"), ("row 2", "UTF-8")),
    "latin names": ("für,y\n1,0\n".encode("latin-1"), ("UTF-8",)),
    "utf-16": ("a,y\n1,0\n".encode("utf-16"), ("UTF-16",)),
    "binary": (b"\0\1\2\3" * 100, ("neither CSV nor Parquet",)),
    "no parquet": (b"PAR1" + b"\0" * 100 + b"PAR1", ("Parquet",)),
    "half a parquet": (b"PAR1" + b"x" * 100, ("Parquet", "breaks off")),
    "half a gzip": (gzip.compress(b"a,y\n1,0\n")[:-9], ("can't be opened",)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_a_table_is_said_with_its_place(case: str, tmp_path: Path) -> None:
    data, words = BROKEN[case]
    path = written(tmp_path / "data.csv", data)
    with pytest.raises(BackproofError) as refused:
        look(path)
    said = str(refused.value)
    assert said.startswith(str(path))
    assert "\n  try: " in said
    for word in words:
        assert word in said


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(BackproofError, match="no such file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(BackproofError, match="folder"):
        open_table(tmp_path)


@pytest.mark.usefixtures("small")
def test_rows_are_counted_over_batches(tmp_path: Path) -> None:
    text = "a,y\n" + "1,0\n" * 123 + "x,1\n"
    with pytest.raises(BackproofError, match="row 124, column 'a': 'x'"):
        look(written(tmp_path / "data.csv", text))


@pytest.mark.parametrize("nothing", [float("nan"), None])
def test_what_is_missing_in_parquet_is_refused_too(nothing: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    parquet.write_table(pa.table({"a": [1.0, 2.0, nothing], "y": [0, 1, 1]}), path)
    with pytest.raises(BackproofError, match="row 3, column 'a'"):
        look(path)


def test_numbers_that_are_names_become_categories_when_told(tmp_path: Path) -> None:
    path = written(tmp_path / "data.csv", "zip,y\n0123,0\n99,1\nA7,1\n")
    column = look(path, category=["zip"]).encoding.columns[0]
    assert column.values == ("0123", "99", "A7")  # type: ignore[union-attr]


def test_a_category_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_module, "MOST_VALUES", 5)
    text = "id,a,y\n" + "".join(f"n{i},{i},{i % 2}\n" for i in range(6))
    path = written(tmp_path / "data.csv", text)
    with pytest.raises(
        BackproofError, match=r"'id' has more than 5 different values\n.*--ignore id"
    ):
        look(path)
    assert look(path, ignore=["id"]).encoding.names == ("a",)


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["b", "a", "b", "a"], "classification", ("a", "b")),
        (["0", "1", "1", "0"], "classification", (0, 1)),
        (["3.0", "-1", "3", "3"], "classification", (-1, 3)),
        (["1", "2", "3", "4"], "regression", ()),
        (["0.5", "1", "1", "1"], "regression", ()),
    ],
)
def test_the_target_tells_the_task(
    values: list[str], task: str, classes: tuple[Any, ...], tmp_path: Path
) -> None:
    text = "a,y\n" + "".join(f"{i},{v}\n" for i, v in enumerate(values))
    target = look(written(tmp_path / "data.csv", text)).encoding.target
    assert (target.task, target.classes) == (task, classes)


def test_the_task_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path / "data.csv", "a,y\n1,0\n2,1\n3,1\n")
    assert look(path, task="regression").encoding.target.task == "regression"
    path = written(tmp_path / "data.csv", "a,y\n1,0.5\n2,1\n3,1\n")
    assert look(path, task="classification").encoding.target.classes == (0.5, 1.0)
    path = written(tmp_path / "data.csv", "a,y\n1,u\n2,v\n")
    with pytest.raises(BackproofError, match="regression needs numbers"):
        look(path, task="regression")


def test_a_constant_column_is_told_and_does_no_harm(tmp_path: Path) -> None:
    text = "a,b,c,y\n" + "".join(f"{i},0.1,u,{i % 2}\n" for i in range(9))
    path = written(tmp_path / "data.csv", text)
    found = look(path)
    assert found.constant == ("b", "c")
    assert np.allclose(encoded(open_table(path), found.encoding)[0][:, 1], 0, atol=1e-6)


@pytest.mark.usefixtures("small")
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_moments_of_a_column_are_those_of_numpy(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    values = [*values, min(values) - 1]
    path = tmp_path_factory.mktemp("data") / "t.csv"
    csv.write_csv(pa.table({"a": values, "y": [i / 2 for i in range(len(values))]}), path)
    column = look(path).encoding.columns[0]
    assert isinstance(column, Number)
    assert column.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
    assert column.scale == pytest.approx(np.std(values), rel=1e-9)


def test_the_moments_are_those_of_the_training_rows(tmp_path: Path) -> None:
    split = Split(0.3, seed=5)
    values = np.random.default_rng(0).normal(size=200)
    path = tmp_path / "t.csv"
    csv.write_csv(pa.table({"a": values, "y": values > 0}), path)
    found = look(path, split=split)
    used = ~split.held_out(0, 200)
    assert found.training == used.sum()
    column = found.encoding.columns[0]
    assert isinstance(column, Number)
    assert column.mean == pytest.approx(values[used].mean())


def test_the_split_is_the_same_however_the_rows_are_cut_and_has_the_wanted_size() -> None:
    split = Split(0.1, seed=3)
    whole = split.held_out(0, 100_000)
    pieces = [split.held_out(start, 1_000) for start in range(0, 100_000, 1_000)]
    assert (np.concatenate(pieces) == whole).all()
    assert abs(whole.mean() - 0.1) < 0.005
    assert (Split(0.1, seed=4).held_out(0, 1_000) != whole[:1_000]).any()
    assert not Split(0.0, seed=3).held_out(0, 100_000).any()


def test_an_encoding_survives_json(tmp_path: Path) -> None:
    parquet.write_table(pa.table(MIXED), tmp_path / "t.parquet")
    encoding = look(tmp_path / "t.parquet").encoding
    assert encoding_from_json(json.loads(json.dumps(encoding.to_json()))) == encoding


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("purple", "'purple' did not occur when the model was trained"),
        ("", "is missing"),
    ],
)
def test_a_category_that_was_never_seen_is_refused_with_its_place(
    cell: str, words: str, tmp_path: Path
) -> None:
    parquet.write_table(pa.table(MIXED), tmp_path / "t.parquet")
    encoding = look(tmp_path / "t.parquet").encoding
    text = f"colour,size,count,y\nred,1,1,no\n{cell},1,1,no\n"
    table = open_table(written(tmp_path / "new.csv", text))
    with pytest.raises(BackproofError, match=f"row 2, column 'colour': {words}"):
        encoded(table, encoding)


def test_a_class_that_was_never_seen_is_refused_with_its_place(tmp_path: Path) -> None:
    encoding = look(written(tmp_path / "t.csv", "a,y\n1,0\n2,1\n3,1\n")).encoding
    table = open_table(written(tmp_path / "new.csv", "a,y\n1,0\n1,7\n"))
    with pytest.raises(BackproofError, match="row 2, column 'y': '7' is none of the classes"):
        encoded(table, encoding)


def test_a_number_out_of_all_proportion_is_refused_with_its_place(tmp_path: Path) -> None:
    encoding = look(written(tmp_path / "t.csv", "a,y\n1e-9,0\n2e-9,1\n3e-9,1\n")).encoding
    table = open_table(written(tmp_path / "new.csv", "a,y\n0,0\n1e300,1\n"))
    with pytest.raises(BackproofError, match="row 2, column 'a': is far from all"):
        encoded(table, encoding)


def pieces_of(rows: Rows) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]:
    return list(rows.training()), list(rows.validation())


def joined(pieces: Iterator[tuple[Any, Any]] | list[tuple[Any, Any]]) -> np.ndarray:
    return np.concatenate([np.column_stack([x, y]) for x, y in pieces])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("processes", [1, 3])
def test_a_table_that_is_streamed_gives_the_rows_of_one_that_is_held(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    data = {"a": rng.normal(size=300), "b": rng.choice(["u", "v"], 300), "y": rng.random(300)}
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table(data), path)
    split = Split(0.2, seed=0)
    encoding = look(path, split=split).encoding
    held = pieces_of(Rows(open_table(path), encoding, split))
    assert [len(p) for p in held] == [1, 1]
    monkeypatch.setattr(rows_module, "HELD", 4 * 4 * 3 * 20)
    shares = [
        Rows(open_table(path), encoding, split, Place(i, processes)) for i in range(processes)
    ]
    for _ in range(2):  # pass after pass
        pieces = [pieces_of(share) for share in shares]
        for part in (0, 1):
            # As many pieces in each process, or they would wait for each other in vain.
            assert len({len(p[part]) for p in pieces}) == 1
            assert all(10 <= len(x) <= 30 for p in pieces for x, _ in p[part])
            together = np.concatenate([joined(p[part]) for p in pieces])
            assert (together == joined(held[part])).all()
    assert len(pieces[0][0]) >= 4
    assert not any(share.held for share in shares)


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_table_that_is_held_is_shared_among_processes(processes: int, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "a,y\n" + "".join(f"{i},{i / 2}\n" for i in range(41)))
    split = Split(0.2, seed=0)
    encoding = look(path, split=split).encoding
    whole = pieces_of(Rows(open_table(path), encoding, split))
    shares = [
        pieces_of(Rows(open_table(path), encoding, split, Place(i, processes)))
        for i in range(processes)
    ]
    for part in (0, 1):
        sizes = [len(x) for share in shares for x, _ in share[part]]
        assert max(sizes) - min(sizes) <= 1
        together = np.concatenate([joined(share[part]) for share in shares])
        assert (together == joined(whole[part])).all()
