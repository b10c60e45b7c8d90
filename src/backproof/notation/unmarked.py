r"""Formulas in plain Unicode, spelled in LaTeX: `∂L/∂W₂ = a₁ (∂L/∂z₂)ᵀ    # [m, k]`.

They stand in fenced blocks, on lines of their own and in cells of tables. A block is taken for
formulas where it has a sign that no program has, and nothing that only programs have; of its lines,
those are taken that are an equation and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .lexer import Style
from .macros import Origin
from .symbols import LOWERED, RAISED, WORDS
from .typed import CELL, LEAD, LONGEST, in_block, in_prose

_RAISED, _LOWERED = "".join(RAISED), "".join(LOWERED)
#: Signs of mathematics that nobody programs with.
_SIGNS = re.compile(
    rf"[∂∇⊙∑∏∈ℝᵀ{_LOWERED}⁽⁾⁻ˡᴸ]|Σ[ᵢⱼₖ_({{a-z]|[=×·+] ?[ŷσδη]\b|σ\(|ŷ|[A-Za-z)\]] × [A-Za-z(]"
)
_PROGRAM = re.compile(
    r"[;{]\s*$|^\s*(?:def|import|from|return|print|class|for .*:|if .*:|while|void|int|float|const"
    r"|let|var|#include|\$ |>>>|In \[|Out\[|}|@|end\b)"
    r"|[\"`\\]|!=|&&|\|\||\+\+|->|//|\b(?!np\b)\w+\.\w+\(.*\)\s*$",
    re.MULTILINE,
)
_REMARK = re.compile(r"(?:\s+#.*|\s{2,}[→(].*|\s+→.*)$")
_FOREIGN = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3"
_LEAD = re.compile(rf"{LEAD.pattern}(?:[{_FOREIGN}]+[,:]?[ \t]+)?")
_GOES_ON = re.compile(r"\s*[×*⊙·+/−-]\s")
_PROSE = re.compile(rf"[{_FOREIGN}]|\b(?:if|else|for|where|is|are|the|and|or|with|of|to)\b|[:?!;$]")
#: A name, and one behind the d of a differential.
_ALONE = re.compile(r"(?<![A-Za-z_.^{])[A-Za-z]+(?![A-Za-z])")
_RATE = re.compile(r"(?<![A-Za-z])d([A-Z])(?![A-Za-z(])")
_SIGNED = re.compile(
    rf"^[^\n]*(?:{_SIGNS.pattern})[^\n]*=|=[^\n]*(?:{_SIGNS.pattern})", re.MULTILINE
)
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![ \t]*\n)[^\n]+)*")
#: So many equations with such signs, and all lines of a text may be some.
_MANY = 3
_RELATION = re.compile(r"(?<![<>=!])=(?!=)")
_OPENS, _CLOSES = "([{", ")]}"
#: Indices rather than words.
_LETTERS = re.compile(r"\d+|\w|[a-zA-Z]\d|[b-z]{2}|[ijklmn]{3,4}")
#: Numbers with a unit, and sizes that are rounded down: `4 MB`, `(n - k) / s + 1`.
_COUNTED = re.compile(r"\d\s+[A-Za-z]{2,}|\d(?:ms|[KMGT]i?B|px|Hz|s)\b|%|/\s*\w+\)?\s*\+\s*1\b")
#: `dX [N, C] = ...`, `Sigmoid dz = ...`: a name with its shape, or with what it is about.
_SHAPED = re.compile(r"\w\s+\[|[^\W\d_]{3,}\s+[^\s=(*×·/+-]")
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<rate>∂(?=[A-Za-zσφ]\((?![^()]*\)\s*/\s*∂)))
      | (?P<step>_(?P<letter>[a-z])(?P<shift>[-+]\d)(?!\w))
      | (?P<below>_(?P<index>[A-Za-z0-9]+))
      | (?P<power>\^\()
      | (?P<minus>\^-\d+)
      | (?P<sum>Σ(?=\s*[_{_LOWERED}A-Za-zŷ∂∇(\[]))
      | (?P<entrywise>\.\*|\.\^|\./)
      | (?P<equal>==)
      | (?P<turned>(?<=[\])])')
      | (?P<module>(?:np|numpy|torch|jnp|math)\.(?=[a-z]))
      | (?P<word>[A-Za-z]{{2,}})
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


_LAYER = re.compile(r"\w|\w\s*[-+]\s*\d")
_SPELLED = {".*": r"\odot ", ".^": "^", "./": "/", "==": "=", "Σ": r"\sum "}


@dataclass(frozen=True, slots=True)
class Written:
    """`text[start:end]` is a formula, `formula` says the same in a style of the lexer; `origin`:
    where its signs stood."""

    start: int
    end: int
    formula: str
    origin: Origin | None = None
    display: bool = True
    style: Style = "latex"


def unmarked(text: str, start: int, end: int, *, fenced: bool) -> list[Written]:
    """The formulas of a stretch that nobody has marked as such, in order."""
    if fenced:
        found = _in_lines(text, start, end)
        plain = [] if found else [(a, b, True) for a, b in in_block(text, start, end)]
    else:
        closed: list[tuple[int, int]] = []
        found = _in_prose(text, start, end, closed)
        plain = [w for w in in_prose(text, start, end) if not any(a <= w[0] < b for a, b in closed)]
    found += [Written(a, b, text[a:b], display=shown, style="typed") for a, b, shown in plain]
    return sorted(found, key=lambda w: w.start)


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a text writes: the letters and words that stand alone (`wx` is a product where w and x
    do), and whether `*` is a product of matrices, as where `.*` is one of entries."""

    names: frozenset[str]
    matrices: bool


def _in_lines(text: str, start: int, end: int) -> list[Written]:
    """The formulas of a block of whole lines."""
    block = text[start:end]
    if not _SIGNS.search(block) or _PROGRAM.search(block):
        return []
    habits = _habits(text)
    return [_spelled(text, a, b, habits) for a, b in _groups(text, start, end)]


def _in_prose(text: str, start: int, end: int, closed: list[tuple[int, int]]) -> list[Written]:
    """The formulas on lines of their own, and in cells of tables, of `text[start:end]`; `closed`
    takes the paragraphs in which nothing else is to be looked for."""
    if not _SIGNS.search(text, start, end):
        return []
    found: list[Written] = []
    lines = _SIGNED.findall(text, start, end)
    for m in _PARAGRAPH.finditer(text, start, end):
        first, last = m.span()
        whole = (not first or text[first - 1] == "\n") and (last == len(text) or text[last] == "\n")
        if not whole or "=" not in m[0]:
            continue
        if m[0].count("|") > 2 * m[0].count("\n") + 1:
            if _SIGNED.search(m[0]):
                found += _in_table(text, first, last)
                closed.append((first, last))
        elif (len(lines) >= _MANY or _SIGNED.search(m[0])) and not _PROGRAM.search(m[0]):
            habits = _habits(text)
            found += [_spelled(text, a, b, habits) for a, b in _groups(text, first, last)]
            closed.append((first, last))
    return found


def _in_table(text: str, start: int, end: int) -> list[Written]:
    """The cells of a table that are formulas; none where its rows are examples, each with the same
    letters: `| c = a + b |`, and below it `| c = a × b |`."""
    cells = (_in_cell(text, *m.span()) for m in CELL.finditer(text, start, end))
    found = [cell for cell in cells if cell is not None]
    named = [text[w.start : w.end].partition("=")[0].strip() for w in found]
    return found if len(named) == len({*named}) else []


def _in_cell(text: str, start: int, end: int) -> Written | None:
    """The formula that a cell of a table is."""
    cell = text[start:end]
    start += len(cell) - len(cell.lstrip())
    end = start + len(cell.strip())
    return _spelled(text, start, end, _habits(text)) if _is_equation(text[start:end]) else None


@lru_cache(maxsize=4)
def _habits(text: str) -> _Habits:
    names: set[str] = set()
    for line in text.split("\n"):
        if "=" in line or "∈" in line:
            names |= set(_ALONE.findall(line))
            names |= set(_RATE.findall(line))
    return _Habits(frozenset(names), ".*" in text)


def _groups(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the equations stand, with the lines that go on with them."""
    at, known = start, False
    rows: list[tuple[int, int]] = []
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        remark = _REMARK.search(text, at, stop)
        rows.append((at, remark.start() if remark else stop))
        at = stop + 1
    i = 0
    while i < len(rows):
        first, last = rows[i]
        lead = _LEAD.match(text, first, last)
        first = lead.end() if lead else first
        i += 1
        while i < len(rows) and (
            _GOES_ON.match(text, *rows[i]) or _open(text[first:last])
        ) and text[slice(*rows[i])].strip():  # fmt: skip
            last = rows[i][1]
            i += 1
        body = text[first:last].rstrip().rstrip(".,")
        if not body:
            continue
        follows = body[0] in "=≈"
        if (follows and not known) or not _is_equation(
            body.lstrip("=≈ ") if follows else body, follows
        ):
            known = False
            continue
        known = True
        yield first, first + len(body)


def _open(text: str) -> int:
    return sum(map(text.count, _OPENS)) > sum(map(text.count, _CLOSES))


def _is_equation(body: str, follows: bool = False) -> bool:
    """Whether a line is an equation, or what an equation goes on with, and nothing else."""
    if len(body) > LONGEST or _PROSE.search(body) or not (follows or _RELATION.search(body)):
        return False
    if any(body.count(a) != body.count(b) for a, b in zip(_OPENS, _CLOSES, strict=True)):
        return False
    if _SHAPED.search(_RELATION.split(body)[0]) and not follows:
        return False
    if _COUNTED.search(body):
        return False
    if "..." in body or body[-1] in "+-*×·⊙/=(," or re.search(r"[=+×·]\s*[=)]", body):
        return False
    unknown = rf"(?!(?:{'|'.join(WORDS)})\b)[^\W\d_]{{3,}}"
    return not re.search(rf"\b{unknown}\s+{unknown}\b", body)


def _spelled(text: str, start: int, end: int, habits: _Habits) -> Written:
    """One formula in LaTeX."""
    spelling = _Spelling(text, start, end, habits)
    while spelling.at < end:
        spelling.step()
    spelling.add("", end, end)
    origin = [*spelling.starts, end], [*spelling.ends, end]
    return Written(start, end, "".join(spelling.out), origin)


class _Spelling:
    """What has been spelled of a formula."""

    def __init__(self, text: str, start: int, end: int, habits: _Habits) -> None:
        self.text, self.at, self.start, self.end = text, start, start, end
        self.habits = habits
        self.out: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.closing: list[str] = []

    def add(self, piece: str, a: int, b: int) -> None:
        self.out.append(piece)
        self.starts += [a] * len(piece)
        self.ends += [b] * len(piece)

    def step(self) -> None:
        """One sign, word or index."""
        a = self.at
        m = _TOKEN.match(self.text, a, self.end)
        assert m is not None
        self.at = b = m.end()
        sign = m[0]
        before = self.text[a - 1] if a > self.start else " "
        if sign in "()[]":
            self.bracket(sign, a, b, before)
        elif m["power"]:
            self.power(a, b, before)
        elif m["rate"]:
            self.at = b + 1
            self.add(f"{self.text[b]}'", a, b + 1)
        else:
            self.add(self.latex(m), a, b)

    def latex(self, m: re.Match[str]) -> str:
        """A sign, a word or an index in LaTeX."""
        sign, matrices = m[0], self.habits.matrices
        if m["step"]:
            return f"_{{{m['letter']}{m['shift']}}}"
        if m["below"]:
            index = m["index"]
            return f"_{{{index}}}" if _LETTERS.fullmatch(index) else rf"_{{\text{{{index}}}}}"
        if m["minus"]:
            return f"^{{{sign[1:]}}}"
        if m["word"]:
            return _word(sign, self.habits.names)
        if m["turned"]:
            return "^{T}" if matrices else sign
        if m["module"]:
            return ""
        if sign == "*" and matrices:
            return " "
        if sign == "Σ" and not m["sum"]:
            return sign
        return _SPELLED.get(sign, sign)

    def power(self, a: int, b: int, before: str) -> None:
        """`e^(-x)`, and `z^(l)`, where the brackets belong to the index."""
        inside = self.text[b : _closed(self.text, b, self.end)]
        layer = before.isalpha() and before != "e" and _LAYER.fullmatch(inside)
        self.add("^{(" if layer else "^{", a, b)
        self.closing.append(")}" if layer else "}")

    def bracket(self, sign: str, a: int, b: int, before: str) -> None:
        """A bracket; a square one right behind a name has its indices: `w[l]`, `X[n][c]`."""
        if sign == "[" and (before.isalnum() or before == "]"):
            self.add("," if before == "]" else "_{", a, b)
            self.closing.append("]")
        elif sign in "([":
            self.add(sign, a, b)
            self.closing.append(sign)
        else:
            opened = self.closing.pop() if self.closing else ""
            if opened == "]":
                self.add("" if self.text[b : b + 1] == "[" else "}", a, b)
            else:
                self.add(opened if opened.endswith("}") else sign, a, b)


def _closed(text: str, at: int, end: int) -> int:
    """Where the bracket that is open at `at` closes."""
    depth = 1
    for i in range(at, end):
        depth += (text[i] in _OPENS) - (text[i] in _CLOSES)
        if not depth:
            return i
    return end


def _word(word: str, names: frozenset[str]) -> str:
    """A word as LaTeX has it: a product of letters, a differential, or one name."""
    if word in WORDS or ({*word} <= names and len(word) < 4):
        return word
    if word[0] == "d" and (word[1:] in names or word[1].isupper()):
        return f"d {word[1:]}" if len(word) == 2 else rf"d \mathrm{{{word[1:]}}}"
    if len(word) == 2 and word[0] in names | {"d"} and word[1] in names | {"W"}:
        return word
    return rf"\mathrm{{{word}}}"
