"""The first look at a table: which columns are numbers and which are categories, how they are
encoded, what is to be predicted, and that no cell is missing.

One pass over all rows. Means and variances are those of the training rows alone, merged batch by
batch (Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample
variances, 1979).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from ...errors import BackproofError
from .columns import Cells, cells
from .encode import Category, Encoding, Label, Number, Target, Task
from .reading import Table

MOST_VALUES = 1_000
MOST_CLASSES = 20


@dataclass(frozen=True, slots=True)
class Split:
    """Which rows are kept for validation: decided by a hash of the row's number and the seed, so
    that every pass over a table decides alike and no list of rows is kept.

    The hash is the finaliser of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom
    number generators, 2014).

    >>> Split(0.25, seed=0).held_out(0, 20).nonzero()[0].tolist()
    [2, 4, 6, 8, 18]
    """

    fraction: float
    seed: int

    def held_out(self, start: int, rows: int) -> Any:
        """A mask over `rows` rows, of which the first has the number `start`."""
        import numpy as np

        z = np.arange(start, start + rows, dtype=np.uint64) + np.uint64(1)
        z *= np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64(self.seed % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (z ^ (z >> np.uint64(31))) < np.uint64(self.fraction * (2**64 - 2**12))


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found: how many rows there are, how many of them are for training, the columns that
    never change, and those whose texts are another in most rows."""

    encoding: Encoding
    rows: int
    training: int
    constant: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Numbers:
    """Count, mean and sum of squared deviations of the numbers so far."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: Any) -> None:
        import numpy as np

        n = len(values)
        if not n:
            return
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(values.mean())
            squares = float(np.square(values - mean).sum())
            gap = mean - self.mean
            total = self.count + n
            self.squares += squares + gap * gap * self.count * n / total
            self.mean += gap * n / total
        self.count = total

    def scale(self) -> float:
        """The standard deviation, 0 for a column that does not change but for rounding."""
        deviation = math.sqrt(self.squares / self.count)
        return deviation if deviation > 1e-12 * abs(self.mean) else 0.0


class _Column:
    """What is known of one column after some batches."""

    def __init__(self, name: str, table: Table, category: bool) -> None:
        self.name = name
        self.table = table
        self.number: bool | None = False if category else None
        self.forced = category
        self.moments = _Numbers()
        self.values: set[Label] = set()

    def add(self, found: Cells, training: Any, collect: bool) -> None:
        if self.number is None:
            self.number = not found.text or found.first(spelt_as_number=False) != 0
        if not self.number:
            self._add_texts(found)
            return
        if found.text and (odd := found.first(spelt_as_number=False)) is not None:
            self._mixed(found, odd, "is text, where the rows before hold numbers")
        values = found.numbers()
        self.moments.add(values[training])
        if collect and len(self.values) <= MOST_VALUES:
            import numpy as np

            self.values.update(np.unique(values).tolist())

    def _add_texts(self, found: Cells) -> None:
        texts = found.texts()
        if not self.forced:
            odd = 0 if not found.text else found.first(spelt_as_number=True)
            if odd is not None:
                self._mixed(found, odd, "is a number, where the rows before hold text")
            if (odd := found.first_with_commas()) is not None:
                self._mixed(found, odd, "looks like a number with a comma in it")
        self.values.update(texts.unique().to_pylist())

    def _mixed(self, found: Cells, place: int, what: str) -> None:
        raise found.error(
            place,
            f"{found.array[place].as_py()!r} {what}",
            f"correct it (decimals have a point); where numbers are only names, say --category "
            f"{self.name}",
        )

    def encoded(self) -> Number | Category:
        if not self.number:
            self.few("--ignore")
            return Category(self.name, tuple(sorted(str(v) for v in self.values)))
        return Number(self.name, self.mean(), self.deviation() or 1.0)

    def mean(self) -> float:
        return self._finite(self.moments.mean)

    def deviation(self) -> float:
        return self._finite(self.moments.scale())

    def _finite(self, value: float) -> float:
        if not math.isfinite(value):
            raise self.error("has numbers too large to be added up", "measure it in another unit")
        return value

    def few(self, option: str) -> None:
        if len(self.values) > MOST_VALUES:
            raise self.error(
                f"has more than {MOST_VALUES:,} different values",
                f"{option} {self.name}" if option == "--ignore" else option,
            )

    def constant(self) -> bool:
        return len(self.values) == 1 if not self.number else self.moments.scale() == 0.0

    def error(self, what: str, hint: str) -> BackproofError:
        return BackproofError(f"column {self.name!r} {what}", hint=hint, file=str(self.table))


def survey(
    table: Table,
    target: str,
    split: Split,
    *,
    task: Task | None = None,
    ignore: Collection[str] = (),
    category: Collection[str] = (),
    scaled: bool = True,
) -> Survey:
    """Look at every row of a table and decide how it is encoded.

    A target of texts, truth values or few whole numbers is one of classes, any other a number to
    come near to, standardised if `scaled`; `task` overrides. Raises BackproofError for a table
    without rows, columns that are missing, mixed or without end, and CellError for a cell that
    can't be used.
    """
    table.check([target, *ignore, *category])
    if target in ignore:
        raise BackproofError(
            f"column {target!r} is to be predicted and to be left out",
            hint=f"leave out --ignore {target}, or name another --target",
        )
    names = [n for n in table.names if n not in ignore]
    if len(names) < 2:
        raise BackproofError(
            f"there is no column to predict {target!r} from", hint="add some", file=str(table)
        )
    as_text = {*category, *([target] if target in category else [])}
    columns = {name: _Column(name, table, name in as_text) for name in names}
    rows = training = 0
    for batch in table.batches(names):
        used = ~split.held_out(batch.start, batch.rows)
        for name, column in columns.items():
            found = cells(batch.columns[name], name, batch.start, str(table))
            column.add(found, used, collect=name == target)
            if name != target:
                column.few("--ignore")
        rows += batch.rows
        training += int(used.sum())
    if rows == 0:
        raise BackproofError("there are no rows", hint="add some", file=str(table))
    if training == 0:
        raise BackproofError(
            f"of {rows} rows none is left for training", hint="lower --validation", file=str(table)
        )
    goal = columns.pop(target)
    wanted = _target(goal, rows, task)
    if not scaled:
        wanted = replace(wanted, mean=0.0, scale=1.0)
    encoding = Encoding(tuple(c.encoded() for c in columns.values()), wanted)
    constant = tuple(name for name, c in columns.items() if c.constant())
    many = tuple(n for n, c in columns.items() if not c.number and len(c.values) > rows / 2 > 5)
    return Survey(encoding, rows, training, constant, many)


def _target(column: _Column, rows: int, task: Task | None) -> Target:
    if task is None:
        task = "classification" if not column.number or _few_whole(column, rows) else "regression"
    if task == "regression":
        if not column.number:
            raise column.error("is text, and regression needs numbers", "--task classification")
        return Target(column.name, task, (), column.mean(), column.deviation() or 1.0)
    column.few("predict a number with --task regression, or another column")
    classes = sorted(column.values, key=lambda v: (isinstance(v, str), v))
    if column.number and all(float(v).is_integer() for v in classes):
        classes = [int(v) for v in classes]
    if len(classes) < 2:
        raise column.error(f"holds one class only, {classes[0]!r}", "there is nothing to learn")
    return Target(column.name, task, tuple(classes))


def _few_whole(column: _Column, rows: int) -> bool:
    few = len(column.values) <= min(MOST_CLASSES, max(2, rows // 2))
    return few and all(float(v).is_integer() for v in column.values)
