"""Tables on disk: CSV and Parquet, read in batches of rows and never all at once.

Cells of a CSV file arrive as text, whatever they look like; what a column means is decided over all
of its rows (`survey`), not by the first of them. Rows count from 1, the names above not among them.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from ...errors import BackproofError
from .arrow import arrow

ROWS = 65_536
_BLOCK = 1 << 24
_MARKS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a table: the number of the first (from 0) and Arrow's array of each column."""

    start: int
    columns: dict[str, Any]
    rows: int


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows and named columns. `mark` is what stands between the cells of a CSV file."""

    path: Path
    kind: Literal["csv", "parquet"]
    names: tuple[str, ...]
    mark: str = ","

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows of these columns, in the order of the file.

        Raises BackproofError for a file that breaks off or is malformed.
        """
        with _told(self.path):
            start = 0
            for batch in self._parts(list(columns)):
                found = {name: batch.column(i) for i, name in enumerate(columns)}
                if batch.num_rows:
                    yield Batch(start, found, batch.num_rows)
                start += batch.num_rows

    def _parts(self, columns: list[str]) -> Iterator[Any]:
        if self.kind == "parquet":
            # With a buffer ahead, all that was read of the file would stay in memory.
            with arrow("parquet").ParquetFile(self.path, pre_buffer=False) as file:
                for part in file.iter_batches(batch_size=ROWS, columns=columns):
                    yield part.select(columns)
            return
        with _csv(self.path, self.mark, columns) as reader:
            yield from reader

    def check(self, columns: Sequence[str]) -> None:
        """Raises BackproofError for a column that the table lacks."""
        for name in columns:
            if name not in self.names:
                alike = [known for known in self.names if _composed(known) == _composed(name)]
                if alike:
                    raise BackproofError(
                        f"the column {name!r} is spelt there with other characters that look alike",
                        hint="rename it in the table, or copy its name from there",
                        file=str(self),
                    )
                raise BackproofError(
                    f"there is no column {name!r}", hint=_closest(name, self.names), file=str(self)
                )

    def __str__(self) -> str:
        return str(self.path)


def open_table(path: str | Path) -> Table:
    """The table in a file: Parquet by its first bytes, otherwise CSV with any of , ; tab | between
    its cells, also compressed (.csv.gz).

    Raises BackproofError for a file that is missing, empty, a folder, no table, or whose columns
    have no names or one name twice.
    """
    path = Path(path)
    start = _first_bytes(path)
    if start.startswith(b"PAR1"):
        table = _parquet(path)
    elif start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BackproofError("this is UTF-16, not UTF-8", hint="save it as UTF-8", file=str(path))
    elif b"\0" in start:
        raise BackproofError(
            "this is neither CSV nor Parquet", hint="save the table as one of them", file=str(path)
        )
    else:
        mark = _mark(start)
        with _told(path), _csv(path, mark) as reader:
            table = Table(path, "csv", tuple(reader.schema.names), mark)
    _check_names(table)
    return table


def _first_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise BackproofError("this is a folder", hint="name a file in it", file=str(path))
        with path.open("rb") as file:
            start = file.read(1 << 16)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(path) as file:
                start = file.read(1 << 16)
    except FileNotFoundError:
        raise BackproofError(
            "there is no such file", hint="check the name and the folder", file=str(path)
        ) from None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise BackproofError(
            f"the file can't be opened: {getattr(error, 'strerror', None) or error}",
            hint="check its permissions",
            file=str(path),
        ) from None
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BackproofError(
            "this file is empty", hint="write a line of names and rows into it", file=str(path)
        )
    return start


def _mark(start: bytes) -> str:
    """What stands between the names of the first line, quoted names left out."""
    line = start.lstrip(b"\xef\xbb\xbf\r\n").splitlines()[0].decode("utf-8", "replace")
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_MARKS, key=lambda mark: (bare.count(mark), mark == ","))


def _parquet(path: Path) -> Table:

    with _told(path), arrow("parquet").ParquetFile(path) as file:
        return Table(path, "parquet", tuple(file.schema_arrow.names))


@contextmanager
def _csv(path: Path, mark: str, columns: list[str] | None = None) -> Generator[Any]:

    csv = arrow("csv")
    # Without threads, a message about a malformed row tells its number.
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=csv.ParseOptions(delimiter=mark, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns or (), arrow().string()),
            strings_can_be_null=True,
        ),
    )
    try:
        yield reader
    finally:
        reader.close()


def _check_names(table: Table) -> None:
    seen: set[str] = set()
    for i, name in enumerate(table.names, 1):
        if not name.strip():
            raise BackproofError(
                f"column {i} has no name", hint="write one above it", file=str(table)
            )
        if name in seen:
            raise BackproofError(
                f"two columns are called {name!r}", hint="rename one of them", file=str(table)
            )
        seen.add(name)


@contextmanager
def _told(path: Path) -> Generator[None]:
    """What Arrow says about a file, said as the rest of the house says it."""

    try:
        yield
    except (arrow().ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        what, hint = _what(str(error))
        raise BackproofError(what, hint=hint, file=str(path)) from None


def _what(said: str) -> tuple[str, str]:
    """What is wrong, as a sentence and a hint, from Arrow's own words."""
    if found := re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", said):
        row, wanted, got = (int(x) for x in found.groups())
        few = f"has {got} of {wanted} cells" if got < wanted else f"has {got} cells, not {wanted}"
        return f"row {row - 1} {few}", "complete it, or quote the text in it"
    if "UTF8" in said or "codec can't decode" in said:
        found = re.search(r"Row #(\d+)", said)
        where = f"row {int(found[1]) - 1} is" if found else "the names are"
        return f"{where} not UTF-8", "save the table as UTF-8"
    if "straddles two block" in said:
        return 'a row without an end: a quote (") is open', "close the quote"
    if "magic bytes not found" in said or "thrift" in said or "Parquet" in said:
        return "this Parquet file breaks off or is damaged", "write it again"
    if "Empty CSV" in said:
        return "this file is empty", "write a line of names and rows into it"
    return f"the table can't be read: {said.splitlines()[0]}", "write it again"


def _composed(name: str) -> str:
    """A name with accents and Korean syllables as single characters, however they were typed."""
    return unicodedata.normalize("NFC", name)


def _closest(name: str, names: Sequence[str]) -> str:
    folded = {known.strip().lower(): known for known in names}
    close = get_close_matches(name.strip().lower(), folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"its columns are {shown}"
