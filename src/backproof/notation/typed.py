"""Formulas that a note with markup holds without marking them up.

`| Loss = (y-h2)^2 | dLoss/dW2 = -(y-h2) |` in a table, `dZ2 = A2 - Y` on a line of its own, a
block of such lines. Only what can be nothing but one equation is taken: a name on the left, and on
the right names of the same kind joined by operators. No statement is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .symbols import CHARACTERS, WORDS

_TABLE = re.compile(r"^[ \t>]*\|?(?:[^|\n]*\|)+[^|\n]*$")
#: A cell of a table.
CELL = re.compile(r"[^|\n]+")
_LINE = re.compile(r"[^\n]+")
#: What stands before a formula on its line.
LEAD = re.compile(r"(?:[ \t]|>|[-*+][ \t]+|\d+[.)][ \t]+)*")
_INDENTED = re.compile(r"(?: {4}|\t)")
_FORMULA = re.compile(r"(?P<left>[^=<>!:~]+?)\s*=\s*(?P<right>[^=<>!:~]+)")
_SIGNS = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<call>(?:np|numpy|torch|jnp|math|tf)\.[a-z_]+(?:\.[a-z_]+)?(?=\())
      | (?P<option>,[ \t]*(?:axis|keepdims|dim|keepdim)[ \t]*=[ \t]*\w+)
      | (?P<name>[^\W\d_][^\W_]*(?:_[^\W_]+)*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<raised>\^\{?[\w+\-()]+\}?|\*\*-?\d|[ᵀ²³¹⁻⁰]+|'+|\.T\b)
      | (?P<operator>[-+*/@·⋅×⊙∘−])
      | (?P<open>[(\[])
      | (?P<close>[)\]])
      | (?P<comma>,)
    """,
    re.VERBOSE,
)
_SHORT = re.compile(r"(?:d|∂)?[A-Z]?[a-zA-Zα-ωΑ-Ω]{1,2}\d*(?:_[^\W_]{1,4})*")
_DIFFERENTIAL = re.compile(r"d(?:Loss|Cost|loss|cost|Error|error|Out|out)\w{0,3}")
#: `h1W2`: short names side by side, told apart by their digits.
_JOINED = re.compile(r"(?:[A-Za-z]\d+){2,4}")
_SMALL = frozenset(
    (
        "is it if in of on or to as at be by an no so do we he me my us up go the and for are "
        "was not you all but has had his her its one our can see how why new now where batch"
    ).split()
)
_GREEK = frozenset(value for kind, value in CHARACTERS.values() if kind == "SYMBOL")
#: So many characters a formula without markup has at most.
LONGEST = 300


def in_prose(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it has a line of its own, for each formula among whole lines of
    `text[start:end]` and among cells of tables."""
    block: list[tuple[int, int]] = []
    whole = True
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        own = (at == 0 or text[at - 1] == "\n") and (stop == len(text) or text[stop] == "\n")
        line = text[at:stop]
        if own and _INDENTED.match(line) and line.strip():
            # indented as code: all of it, or nothing
            found = _of_line(text, at, stop)
            block += [found] if found else []
            whole = whole and found is not None
        elif line.strip() or not own:
            yield from ((a, b, True) for a, b in block if whole)
            block, whole = [], True
            if "=" in line:
                yield from _of_other(text, at, stop, own)
        at = stop + 1
    yield from ((a, b, True) for a, b in block if whole)


def in_block(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The formulas of a fenced block, none unless every line that is not blank is one."""
    out: list[tuple[int, int]] = []
    for m in _LINE.finditer(text, start, end):
        if not m[0].strip():
            continue
        found = _of_line(text, m.start(), m.end())
        if found is None:
            return []
        out.append(found)
    return out


def _of_other(text: str, at: int, stop: int, own: bool) -> Iterator[tuple[int, int, bool]]:
    if own and (found := _of_line(text, at, stop)):
        yield *found, True
        return
    # a cell of a table whose other cells may hold marked maths
    first = text.rfind("\n", 0, at) + 1
    last = text.find("\n", stop)
    row = text[first : last if last >= 0 else len(text)]
    if row.count("|") < 2 or len(row) > 20 * LONGEST or not _TABLE.match(row):
        return
    for m in CELL.finditer(text, at, stop):
        closed = text[m.end() : m.end() + 1] == "|" or m.end() == first + len(row)
        opened = m.start() == first or text[m.start() - 1] == "|"
        if opened and closed and (cell := _trimmed(text, m.start(), m.end())):
            yield *cell, False


def _of_line(text: str, start: int, end: int) -> tuple[int, int] | None:
    lead = LEAD.match(text, start, end)
    return _trimmed(text, lead.end() if lead else start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip().rstrip(".,;").rstrip()
    return (start, start + len(piece)) if is_formula(piece) else None


def is_formula(text: str) -> bool:
    """Whether a text is one equation and nothing else.

    >>> is_formula("dW1 = (dZ1 * A0.T)/m"), is_formula("a = b is nice"), is_formula("rate = 0.1")
    (True, False, False)
    """
    if len(text) > LONGEST or "=" not in text:
        return False
    bare = re.sub(r",[ \t]*(?:axis|keepdims|dim|keepdim)[ \t]*=[ \t]*\w+", "", text)
    m = _FORMULA.fullmatch(bare)
    if not m:
        return False
    left, right = _kinds(m["left"]), _kinds(m["right"])
    if left is None or right is None or "name" not in left or len(left) > 12:
        return False
    beside = any(pair == ("name", "name") for pair in pairwise(left))
    if left[0] != "name" or beside or (left.count("operator") and "/" not in m["left"]):
        return False
    works = {"operator", "call", "open", "raised"} & set(right)
    beside = right.count("name") > 1 or _JOINED.search(m["right"])
    return "name" in right and bool(works or beside or "operator" in left)


def _kinds(side: str) -> list[str] | None:
    """The kinds of what stands on a side; None where it does not read as a formula."""
    kinds: list[str] = []
    name = ""
    depth = at = 0
    while at < len(side):
        m = _SIGNS.match(side, at)
        if not m:
            return None
        kind = m.lastgroup or ""
        at = m.end()
        before = kinds[-1] if kinds else ""
        if kind == "space":
            continue
        depth += (kind == "open") - (kind == "close")
        if depth < 0 or (kind == "comma" and not depth):
            return None
        if kind == "name":
            beside = before == "name" and len(name) > 1 and len(m[0]) > 1
            if not _is_name(m[0]) or (beside and (name + m[0]).isalpha()):
                return None
            name = m[0]
        elif kind == "operator":
            signed = m[0] in "-+−" and before in ("", "open", "comma")
            if before not in ("name", "number", "close", "raised") and not signed:
                return None
        elif kind == "number" and before in ("name", "number", "close"):
            return None
        kinds.append(kind)
    if depth or not kinds or kinds[-1] in ("operator", "comma", "open"):
        return None
    return kinds


def _is_name(word: str) -> bool:
    """A name of a formula rather than a word: short, known, or the differential of one."""
    if word in _SMALL:
        return False
    if word in WORDS or word in _GREEK or word in CHARACTERS:
        return True
    return bool(_SHORT.fullmatch(word) or _DIFFERENTIAL.fullmatch(word) or _JOINED.fullmatch(word))
