"""From the cells of a table to the numbers that a network takes, and what its answers mean.

A number is moved to mean 0 and scaled to variance 1; a category gets a column for each of its
values, with a 1 in its own. Both are remembered with the model, so that a table read later is read
the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from .arrow import arrow
from .columns import Cells, cells
from .reading import Batch, Table

Task = Literal["classification", "regression"]
Label = str | int | float


@dataclass(frozen=True, slots=True)
class Number:
    """A column of numbers x, taken as (x - mean) / scale."""

    name: str
    mean: float
    scale: float

    width = 1

    def fill(self, found: Cells, out: Any) -> None:
        """Write the encoded cells to the array `out`, a column for each that this one takes.

        Raises CellError for what can't be encoded.
        """
        import numpy as np

        with np.errstate(over="ignore"):
            out[:, 0] = (found.numbers() - self.mean) / self.scale
        if not np.isfinite(out).all():
            odd = int(np.argmin(np.isfinite(out[:, 0])))
            raise found.error(odd, "is far from all that the model was trained on", "correct it")


@dataclass(frozen=True, slots=True)
class Category:
    """A column of texts, taken as a column of zeros and ones for each of its values."""

    name: str
    values: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.values)

    def fill(self, found: Cells, out: Any) -> None:
        """As Number's. Raises CellError for a value that is not among `values`: a network says
        nothing about what it never saw."""
        import numpy as np

        places = _places(found, self.values)
        if (places < 0).any():
            odd = int(np.argmax(places < 0))
            raise found.error(
                odd,
                f"{found.texts()[odd].as_py()!r} did not occur when the model was trained",
                f"it was one of {_listed(self.values)}",
            )
        out[:] = 0
        out[np.arange(len(places)), places] = 1


@dataclass(frozen=True, slots=True)
class Target:
    """What is predicted: one of `classes`, or a number, taken as (y - mean) / scale."""

    name: str
    task: Task
    classes: tuple[Label, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    def encoded(self, found: Cells) -> Any:
        """The places of the classes (int64), or the scaled numbers (float64).

        Raises CellError for an unknown class.
        """
        import numpy as np

        if self.task == "regression":
            return (found.numbers() - self.mean) / self.scale
        if isinstance(self.classes[0], str):
            places = _places(found, cast("tuple[str, ...]", self.classes))
        else:
            known = np.asarray(self.classes, dtype=np.float64)
            values = found.numbers()
            places = np.full(len(values), -1)
            for i, one in enumerate(known):
                places[values == one] = i
        if (places < 0).any():
            odd = int(np.argmax(places < 0))
            raise found.error(
                odd,
                f"{found.array[odd].as_py()!r} is none of the classes",
                f"they are {_listed(self.classes)}",
            )
        return places


@dataclass(frozen=True, slots=True)
class Encoding:
    """The columns that a model takes, in their order, and its target."""

    columns: tuple[Number | Category, ...]
    target: Target

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return sum(c.width for c in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    def inputs(self, batch: Batch, file: str) -> Any:
        """The rows of a batch as a float32 array, rows x width. Raises CellError."""
        import numpy as np

        out = np.empty((batch.rows, self.width), dtype=np.float32)
        at = 0
        for c in self.columns:
            found = cells(batch.columns[c.name], c.name, batch.start, file)
            c.fill(found, out[:, at : at + c.width])
            at += c.width
        return out

    def answers(self, batch: Batch, file: str) -> Any:
        """The target of the rows of a batch, as `Target.encoded` gives it. Raises CellError."""
        name = self.target.name
        return self.target.encoded(cells(batch.columns[name], name, batch.start, file))

    def check(self, table: Table) -> None:
        """Raises BackproofError for a column that the table lacks."""
        table.check(self.names)

    def to_json(self) -> dict[str, Any]:
        """The encoding as JSON values."""
        columns: list[dict[str, Any]] = [
            {"name": c.name, "mean": c.mean, "scale": c.scale}
            if isinstance(c, Number)
            else {"name": c.name, "values": list(c.values)}
            for c in self.columns
        ]
        t = self.target
        target = {"name": t.name, "task": t.task, "classes": list(t.classes)}
        return {"columns": columns, "target": {**target, "mean": t.mean, "scale": t.scale}}


def encoding_from_json(given: Any) -> Encoding:
    """The encoding that `Encoding.to_json` wrote.

    Raises ValueError, TypeError or KeyError for anything else.
    """
    columns = tuple(_column(c) for c in given["columns"])
    t = given["target"]
    task, classes = t["task"], tuple(t["classes"])
    if task not in ("classification", "regression") or (task == "classification") != bool(classes):
        raise ValueError(f"a target of task {task!r} with classes {classes!r}")
    return Encoding(
        columns, Target(_text(t["name"]), task, classes, float(t["mean"]), float(t["scale"]))
    )


def _column(given: Mapping[str, Any]) -> Number | Category:
    if "values" in given:
        return Category(_text(given["name"]), tuple(_text(v) for v in given["values"]))
    return Number(_text(given["name"]), float(given["mean"]), float(given["scale"]))


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{given!r} is not a text")
    return given


def _places(found: Cells, values: Sequence[str]) -> Any:
    """Where each cell stands among `values`, -1 for those that don't."""
    import numpy as np

    texts = found.texts()
    places = arrow("compute").index_in(texts, value_set=arrow().array(values, type=texts.type))
    return np.asarray(places.fill_null(-1)).astype(np.int64)


def _listed(values: Sequence[Label]) -> str:
    shown = ", ".join(str(v) for v in values[:8])
    return shown + (f", ... ({len(values)} in all)" if len(values) > 8 else "")
