r"""Jupyter notebooks: the cells of text, each character at its place in the JSON.

The file is walked by its own characters rather than loaded, since `json` does not say where a
string stood. Read: notebooks of format 4 (`cells`) and 3 (`worksheets`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import NoteError, Span
from .pieces import Piece

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.DOTALL)
_HEX = "[0-9a-fA-F]"
_CHARACTER = re.compile(
    rf"\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}|\\u{_HEX}{{4}}|\\.|[^\\]", re.DOTALL
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_BREAK = re.compile(r'(?<!\\)(?:\\\\)*\\n"(\s*,\s*)"')


@dataclass(slots=True)
class _Cell:
    depth: int
    kind: str = ""
    sources: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    listed: bool = False


def looks_like_one(text: str) -> bool:
    """Whether a text is the JSON of a notebook."""
    return (
        text.lstrip("\ufeff \t\r\n").startswith("{")
        and re.search(r'"(?:cells|worksheets)"\s*:\s*\[', text) is not None
    )


def pieces(text: str) -> list[Piece]:
    """The cells that hold Markdown, in order. Raises NoteError for what is no notebook."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        span = Span(error.lineno, error.colno, error.lineno, error.colno + 1)
        raise NoteError(
            f"this notebook is not valid JSON: {error.msg}",
            hint="open it in Jupyter and save it again",
            span=span,
        ) from None
    except RecursionError:
        whole = None
    if not isinstance(whole, dict) or not ("cells" in whole or "worksheets" in whole):
        raise NoteError(
            "this file has no cells: it is not a Jupyter notebook",
            hint="name it .md or .txt if it is a note of another kind",
        )
    plain = text.isascii()
    out: list[Piece] = []
    for number, cell in enumerate(_cells(text), 1):
        if cell.kind not in ("markdown", "heading") or not cell.sources:
            continue
        out.append(_piece(text, cell, number, plain))
    return out


def _cells(text: str) -> Iterator[_Cell]:
    """The objects in `cells`, wherever that list stands, each with the strings of its source."""
    path: list[str] = []  # for each open bracket, the key it is the value of
    key = last = ""
    cell: _Cell | None = None
    for m in _TOKEN.finditer(text):
        sign = m[0]
        if sign in "{[":
            if sign == "{" and cell is None and path and path[-1] == "cells[":
                cell = _Cell(len(path) + 1)
            path.append(key + sign)
            if cell is not None and sign == "[" and _in_source(cell, path):
                cell.listed = True
            key = last = ""
        elif sign in "}]":
            path.pop()
            if cell is not None and len(path) < cell.depth:
                yield cell
                cell = None
            key = last = ""
        elif sign == ":":
            key, last = last[1:-1], ""
        elif sign == ",":
            key = last = ""
        elif cell is not None and len(path) == cell.depth and key == "cell_type":
            cell.kind = sign[1:-1]
        elif cell is not None and (
            (len(path) == cell.depth and key == "source") or _in_source(cell, path)
        ):
            cell.sources.append((m.start() + 1, m.end() - 1))
        else:
            last = sign


def _in_source(cell: _Cell, path: list[str]) -> bool:
    return len(path) == cell.depth + 1 and path[-1] == "source["


def _piece(text: str, cell: _Cell, number: int, plain: bool) -> Piece:
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in cell.sources:
        for m in _CHARACTER.finditer(text, start, end):
            out.append(_character(m[0]))
            starts.append(m.start())
            ends.append(m.end())
    between = ""
    if cell.listed:
        found = _BREAK.search(text, cell.sources[0][0], cell.sources[-1][1])
        between = f'"{found[1]}"' if found else ""

    def encode(new: str, raw: str) -> str:
        broken = _BREAK.search(raw)
        lines = (json.dumps(line, ensure_ascii=plain)[1:-1] for line in new.split("\n"))
        return ("\\n" + (f'"{broken[1]}"' if broken else between)).join(lines)

    return Piece(
        "markdown",
        "".join(out),
        cell.sources[0][0],
        cell.sources[-1][1],
        starts,
        ends,
        encode,
        number,
    )


def _character(written: str) -> str:
    if written[0] != "\\":
        return written
    if written[1] != "u":
        return _ESCAPES.get(written[1], written[1])
    character: str = json.loads(f'"{written}"')
    return "\ufffd" if "\ud800" <= character <= "\udfff" else character
