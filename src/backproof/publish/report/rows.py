r"""The rows of a display: what stands between two `\\`, on both sides of the first `&`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...notation.symbols import ROWS, TAKES_COLUMNS

_OPENING = re.compile(r"\s*\\begin\s*\{(?P<name>[A-Za-z]+)\*?\}")
_COLUMNS = re.compile(r"\s*\{[^{}]*\}")
_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\left|\\right|\\.|[{}&]", re.DOTALL)
_DEPTH = {"{": 1, "}": -1, r"\left": 1, r"\right": -1}
_SPACING = re.compile(r"\*?\s*\[[^\]\n]*\]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A row: `left` and `right` of the first alignment mark (`right` is None without one), and
    where it starts and ends in the formula."""

    left: str
    right: str | None
    start: int
    end: int

    @property
    def whole(self) -> str:
        """The row as it is written."""
        return self.left + (self.right or "")


def cuts(latex: str) -> list[Cut]:
    """The rows of a formula, without the environment around all of them."""
    start, end = _inside(latex)
    out: list[Cut] = []
    depth, begin, mark = 0, start, -1
    for token in _TOKEN.finditer(latex, start, end):
        text = token[0]
        if text.startswith((r"\begin", r"\end")) and text.endswith("}"):
            depth += 1 if text.startswith(r"\begin") else -1
        elif text in _DEPTH:
            depth += _DEPTH[text]
        elif depth == 0 and text == "&" and mark < 0:
            mark = token.start()
        elif depth == 0 and text == r"\\" and token.start() >= begin:
            out.append(_cut(latex, begin, mark, token.start()))
            spacing = _SPACING.match(latex, token.end(), end)
            begin, mark = spacing.end() if spacing else token.end(), -1
    out.append(_cut(latex, begin, mark, end))
    return [cut for cut in out if cut.whole.strip()] or out[:1]


def _inside(latex: str) -> tuple[int, int]:
    """Where the rows are, inside of environments that only hold rows."""
    start, end = 0, len(latex)
    while opening := _OPENING.match(latex, start, end):
        name = opening["name"]
        closing = re.compile(rf"\\end\s*\{{{name}\*?\}}\s*").finditer(latex, opening.end(), end)
        last = [m for m in closing if m.end() == end]
        if name not in ROWS or not last:
            break
        start, end = opening.end(), last[0].start()
        if name in TAKES_COLUMNS and (columns := _COLUMNS.match(latex, start, end)):
            start = columns.end()
    return start, end


def _cut(latex: str, start: int, mark: int, end: int) -> Cut:
    if mark < 0:
        return Cut(latex[start:end], None, start, end)
    right = re.sub(r"(?<!\\)&", r"\\quad ", latex[mark + 1 : end])
    return Cut(latex[start:mark], right, start, end)
