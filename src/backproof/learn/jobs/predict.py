"""The job behind `backproof predict`: what a saved model says about every row of a table."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import BackproofError
from ...show.files import replacing
from ..saving.save import read_model
from ..tables.arrow import arrow
from ..tables.encode import Encoding
from ..tables.reading import open_table
from .place import check_place

_SUFFIXES = (".csv", ".parquet")


def predict(model: Path, data: Path, output: Path) -> int:
    """Write a row of predictions for each row of `data` to a .csv or .parquet file, which is
    replaced once all of it is written. Returns the number of rows.

    The columns are `prediction` and, for classes, `probability of ...` for each of them. Raises
    BackproofError for what is wrong with the model, the table or the place.
    """
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise BackproofError(
            f"the format of {str(output)!r} is not known",
            hint=f"end its name in {' or '.join(_SUFFIXES)}",
        )
    check_place(output, model, data)
    saved = read_model(model)
    if saved.encoding is None:
        raise BackproofError(
            "this model was not trained on a table: how to read one is not in it",
            hint="load it in Python with backproof.load and call predict",
            file=str(model),
        )
    table = open_table(data)
    saved.encoding.check(table)
    rows = 0
    with replacing(output) as held, _writer(held, suffix) as write:
        for batch in table.batches(saved.encoding.names):
            inputs = saved.encoding.inputs(batch, str(table))
            write(_predictions(saved.estimator, saved.encoding, inputs))
            rows += batch.rows
        if rows == 0:
            raise BackproofError("there are no rows", hint="add some", file=str(table))
    return rows


def _predictions(estimator: Any, encoding: Encoding, inputs: Any) -> Any:
    """Arrow's table of the predictions for some rows."""
    import numpy as np

    target = encoding.target
    if target.task == "regression":
        found = np.asarray(estimator.predict(inputs), dtype=np.float64).reshape(len(inputs))
        return _table({"prediction": _finite(found * target.scale + target.mean)})
    chances = _finite(np.asarray(estimator.predict_proba(inputs)))
    best = np.asarray(target.classes)[chances.argmax(axis=1)]
    named = {f"probability of {c}": chances[:, i] for i, c in enumerate(target.classes)}
    return _table({"prediction": best, **named})


def _finite(values: Any) -> Any:
    import numpy as np

    if not np.isfinite(values).all():
        raise BackproofError(
            "the model predicts what is no number: its weights are too large",
            hint="train it anew with a lower --rate",
        )
    return values


def _table(columns: dict[str, Any]) -> Any:
    return arrow().table(columns)


@contextmanager
def _writer(path: Path, suffix: str) -> Generator[Callable[[Any], None]]:
    """Something to call with one table after another, all of the same columns."""
    opened: list[Any] = []

    def write(table: Any) -> None:
        if not opened:
            kind = arrow("csv").CSVWriter if suffix == ".csv" else arrow("parquet").ParquetWriter
            opened.append(kind(str(path), table.schema))
        opened[0].write_table(table)

    try:
        yield write
    finally:
        for file in opened:
            file.close()
