r"""Setting displays in LaTeX, for every medium that takes it: Markdown and LaTeX files.

A display becomes rows of cells. What is too wide for the page is broken before an operator, outside
of braces and of `\left ... \right`; a reason that does not fit beside its line stands below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import width_of
from ..expr.model import Spelling
from ..notation.latex import latex
from .breaking import break_text
from .pages import Display, Formula, Line, Text

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_OPENING = {"{", "(", "[", r"\left", r"\begin"}
_CLOSING = {"}", ")", "]", r"\right", r"\end"}
_FIXED = {"{", r"\left", r"\begin"}  # no row can end inside of these
_BEFORE = {"+": 0, "-": 0, r"\odot": 1, r"\circ": 1, r"\cdot": 2, r"\frac": 3, "(": 3}
_WIDE = {
    **{
        f"\\{word}": float(len(word))
        for word in "log exp tanh sinh cosh sin cos tan max min".split()
    },
    **{f"\\{word}": 0.0 for word in "operatorname text mathrm mathbf boxed".split()},
}
_NARROW = {r"\left": 0.0, r"\right": 0.0, r"\partial": 1.0, r"\,": 0.3, r"\ ": 0.5}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a display: what stands before the equals sign, after it, and a reason beside it.

    `kind`: `line` has an equals sign, `alone` is a left side above it, `more` continues the row
    above, `reason` is a reason below. `of` is the number of the line that it belongs to.
    """

    left: str
    right: str
    reason: str = ""
    kind: str = "line"
    of: int = 0


def formula(given: Formula, spelling: Spelling, framed: bool = False) -> str:
    """A formula as LaTeX; the author's own where there is one."""
    if given.written or given.expr is None:
        return given.written
    focus = given.focus if framed else ()
    return latex(given.expr, spelling, focus=focus, indices=given.indices)


def display_rows(
    block: Display, spelling: Spelling, words: Callable[[Text], str], room: int
) -> list[Row]:
    """A display as rows for a page that is about `room` characters wide; `words` sets a reason."""
    lefts = [formula(line.left, spelling) if line.left else "" for line in block.lines]
    wide = max(map(measure, lefts))
    alone = wide > room / 2  # left sides get rows of their own
    rights = [
        broken_latex(formula(line.right, spelling, block.framed), room - (6 if alone else wide + 3))
        for line in block.lines
    ]
    # The reasons make one column, so either all of them fit beside the lines or none does.
    widest = max(measure(piece) for right in rights for piece in right)
    reasons = max(_text_width(line.reason) for line in block.lines)
    beside = (3 if alone else wide + 3) + widest + 4 + reasons <= room
    out: list[Row] = []
    for i, (line, left, right) in enumerate(zip(block.lines, lefts, rights, strict=True)):
        if alone and left:
            out.append(Row(left, "", "", "alone", i))
        reason = words(line.reason) if line.reason else ""
        shown = reason if beside and len(right) == 1 else ""
        out.append(Row("" if alone else left, right[0], shown, of=i))
        out += [Row("", piece, "", "more", i) for piece in right[1:]]
        if reason and not out[-1].reason:
            out += [Row("", words(part), "", "reason", i) for part in _in_rows(line, room - 8)]
    return out


def _text_width(text: Text) -> float:
    return sum(width_of(p) if isinstance(p, str) else _formula_width(p) for p in text)


def _formula_width(given: Formula) -> float:
    return measure(given.written) if given.expr is None else 8


def _in_rows(line: Line, room: float) -> list[Text]:
    """A reason as lines that fit."""
    words: list[list[tuple[str, str]]] = [[]]
    formulas: list[Formula] = []
    for part in line.reason:
        if isinstance(part, str):
            pieces = part.split(" ")
            for i, piece in enumerate(pieces):
                if i:
                    words.append([])
                if piece:
                    words[-1].append((piece, ""))
        else:
            wide = max(1, round(_formula_width(part)))
            words[-1].append(("x" * wide, str(len(formulas))))
            formulas.append(part)
    out: list[Text] = []
    for row in break_text([w for w in words if w], int(room), int(room)):
        text: list[str | Formula] = []
        for piece, which in row:
            if which:
                text.append(formulas[int(which)])
            elif text and isinstance(text[-1], str):
                text[-1] += piece
            else:
                text.append(piece)
        out.append(tuple(text))
    return out


def measure(source: str) -> float:
    """About how many characters of a line a formula takes."""
    tokens = _TOKEN.findall(source)
    return _measure(tokens, 0, len(tokens))


def _measure(tokens: Sequence[str], start: int, end: int) -> float:
    total = 0.0
    i = start
    while i < end:
        token = tokens[i]
        if token == r"\frac":
            a_end = _group_end(tokens, i + 1)
            b_end = _group_end(tokens, a_end)
            total += max(_measure(tokens, i + 1, a_end), _measure(tokens, a_end, b_end)) + 0.5
            i = b_end
            continue
        if token in ("^", "_"):
            inner_end = _group_end(tokens, i + 1)
            total += 0.65 * _measure(tokens, i + 1, inner_end)
            i = inner_end
            continue
        if token in "{}" or token.isspace():
            pass
        elif token in _NARROW:
            total += _NARROW[token]
        elif token in "+-=<>" or token in (r"\odot", r"\circ", r"\cdot"):
            total += 2.5
        elif token.startswith("\\"):
            total += _WIDE.get(token, 1.2)
        else:
            total += 1.0 if ord(token) < 0x1100 else 2.0
        i += 1
    return total


def _group_end(tokens: Sequence[str], i: int) -> int:
    """The place after the group or the single token at place `i`."""
    while i < len(tokens) and tokens[i].isspace():
        i += 1
    if i >= len(tokens) or tokens[i] != "{":
        return min(i + 1, len(tokens))
    depth = 0
    while i < len(tokens):
        depth += (tokens[i] == "{") - (tokens[i] == "}")
        i += 1
        if depth == 0:
            break
    return i


def broken_latex(source: str, room: float) -> list[str]:
    """A formula as pieces of at most about `room` characters, if it can be broken."""
    room = max(room, 24)
    out: list[str] = []
    rest = _TOKEN.findall(source)
    while _measure(rest, 0, len(rest)) > room:
        place = _best_break(rest, room - (2 if out else 0))
        if place is None:
            break
        out.append("".join(rest[:place]).strip())
        rest = rest[place:]
    return [*out, "".join(rest).strip()]


def _best_break(tokens: Sequence[str], room: float) -> int | None:
    best: tuple[float, int] | None = None
    depth = fixed = 0
    opened: list[str] = []
    for i, token in enumerate(tokens):
        if token in _BEFORE and i and fixed == 0:
            column = _measure(tokens, 0, i)
            if column > room:
                break
            if column > 0.3 * room and _tokens_before(tokens, i):
                cost = 4 * depth + _BEFORE[token] - 3 * column / room
                if best is None or cost < best[0]:
                    best = (cost, i)
        if token in _OPENING:
            opened.append(token)
            depth += 1
            fixed += token in _FIXED
        elif token in _CLOSING and opened:
            fixed -= opened.pop() in _FIXED
            depth -= 1
    return best[1] if best else None


def _tokens_before(tokens: Sequence[str], i: int) -> bool:
    """Whether a row may begin at place `i`: not with the argument of a script or a function."""
    if tokens[i] in ("+", "-", r"\odot", r"\circ", r"\cdot"):
        return True
    return i > 0 and tokens[i - 1].isspace()


def aligned(row: Row) -> str:
    """A row of a display, its columns for `aligned` and `align`."""
    if row.kind == "alone":
        return f"& {row.left}"
    if row.kind == "more":
        return f"&\\qquad {row.right}"
    if row.kind == "reason":
        return f"&\\quad {row.right}"
    beside = f" && {row.reason}" if row.reason else ""
    return f"{row.left} &= {row.right}{beside}".lstrip()
