"""What stands in a column: numbers or texts, none missing, and where it is not so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import BackproofError
from .arrow import arrow

_NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf(inity)?))$"
_WITH_COMMAS = r"^[+-]?\d+(\.\d{3})*(,\d+)+(\.\d+)?$"


class CellError(BackproofError):
    """A cell that can't be used; rows count from 1, the names above not among them."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Some cells of a column of a file: texts without space around them, or numbers.

    `start` is the number of rows before them. Truth values are the texts `true` and `false`, which
    is what a CSV file has for them.
    """

    column: str
    array: Any
    start: int
    file: str

    @property
    def text(self) -> bool:
        """Whether they are texts, which may spell numbers."""
        return _is_text(self.array.type)

    def numbers(self) -> Any:
        """The cells as an array of float64.

        Raises CellError for a cell that is missing, infinite or no number.
        """
        import numpy as np

        self._complete()
        if self.text and (odd := self.first(spelt_as_number=False)) is not None:
            raise self.error(odd, f"{self._shown(odd)} is not a number", "correct it")
        values = np.asarray(self.array.cast(arrow().float64(), safe=False))
        fine = np.isfinite(values)
        if not fine.all():
            odd = int(np.argmin(fine))
            what = "not a number (NaN)" if np.isnan(values[odd]) else "infinite"
            raise self.error(odd, f"is {what}", "correct it, or leave out the row")
        return values

    def texts(self) -> Any:
        """The cells as Arrow's texts. Raises CellError for a cell that is missing."""

        self._complete()
        return self.array if self.text else self.array.cast(arrow().string())

    def first(self, *, spelt_as_number: bool) -> int | None:
        """The place of the first text that spells a number, or of the first that does not."""
        import numpy as np

        spelt = arrow("compute").match_substring_regex(self.array, _NUMBER)
        found = np.asarray(spelt.fill_null(not spelt_as_number)) == spelt_as_number
        return int(np.argmax(found)) if found.any() else None

    def first_with_commas(self) -> int | None:
        """The place of the first text such as 1,5 or 1,234.50: a number to some, and to others a
        different one."""
        import numpy as np

        if not self.text:
            return None
        spelt = arrow("compute").match_substring_regex(self.array, _WITH_COMMAS)
        found = np.asarray(spelt.fill_null(False))
        return int(np.argmax(found)) if found.any() else None

    def error(self, place: int, what: str, hint: str) -> CellError:
        """An error about the cell at a place."""
        row = self.start + place + 1
        return CellError(f"row {row}, column {self.column!r}: {what}", hint=hint, file=self.file)

    def _complete(self) -> None:
        import numpy as np

        if self.array.null_count:
            place = int(np.argmax(np.asarray(self.array.is_null())))
            raise self.error(place, "is missing", "fill it in, or leave out the row")

    def _shown(self, place: int) -> str:
        text = self.array[place].as_py()
        return repr(text if len(text) <= 40 else f"{text[:37]}...")


def cells(array: Any, column: str, start: int, file: str) -> Cells:
    """The cells of a column. Raises BackproofError for dates, lists and other kinds."""

    kinds, compute = arrow("types"), arrow("compute")
    if kinds.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if kinds.is_boolean(kind) or kinds.is_null(kind):
        array = array.cast(arrow().string())
    elif _is_text(kind):
        array = compute.utf8_trim_whitespace(array)
        array = compute.if_else(compute.equal(array, ""), None, array)
    elif not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind)):
        raise BackproofError(
            f"column {column!r} holds {kind}, which is neither numbers nor text",
            hint=f"turn it into numbers, or leave it out with --ignore {column}",
            file=file,
        )
    return Cells(column, array, start, file)


def _is_text(kind: Any) -> bool:
    kinds = arrow("types")
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))
