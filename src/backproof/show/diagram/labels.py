r"""Names as they are set in a picture: runs of letters, each upright or slanted, raised or lowered.

>>> [(run.text, run.style, run.level) for run in label(r"\hat{y}^{(2)}").runs]
[('ŷ', 'italic', 0), ('(2)', '', 1)]
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from ...expr.shape import Dim
from ...notation.latex import latex
from ...notation.names import split_scripts, unicode

SMALL = 0.72  # the size of what is raised or lowered

# How wide the characters of a roman text face are, in parts of its size.
_ADVANCES = {
    0.28: "fijlt,.:;'′/",
    0.33: "Irs()[]|! \u2009",
    0.45: "Jacegvxyzγκντς",
    0.5: "bdhknopqu0123456789αβδεζηθιλμξοπρστυφχ",
    0.58: "ABEFLPSTZ",
    0.68: "wmψωCGKRXYVΓΔ+−=×<>",
    0.75: "DHNOQUΘΛΞΠΣΥΦΨΩ⊙∥",
    0.95: "MW…→",
}
_ADVANCE = {character: wide for wide, text in _ADVANCES.items() for character in text}
ROOM = 1.22  # how much wider a label may come out: in bold, and in other fonts

# The largest letters with an accent that every font can be trusted to have.
_COMMON = "\u017f"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look: `level` is 1 for raised, -1 for lowered; `back` steps back before it.
    `accent`, a combining character, stands above its only letter, where not every font has the two
    as one."""

    text: str
    style: str = ""
    level: int = 0
    back: float = 0.0
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Runs from left to right, and how wide they are together at size 1."""

    runs: tuple[Run, ...]
    width: float


@cache
def label(written: str) -> Label:
    """A name that is written in LaTeX."""
    parts = split_scripts(written)
    if parts is None:
        runs = list(_runs(written, 0))
        return Label(tuple(runs), sum(_width(r) for r in runs))
    core, sub, sup = (list(_runs(p, level)) for p, level in zip(parts, (0, -1, 1), strict=True))
    low = sum(_width(r) for r in sub)
    high = sum(_width(r) for r in sup)
    if sub and sup:
        first = sup[0]
        sup[0] = replace(first, back=low / ROOM * 0.9)
        scripts = max(low, high)
    else:
        scripts = low + high
    return Label((*core, *sub, *sup), sum(_width(r) for r in core) + scripts)


def size_label(dim: Dim) -> Label:
    """A dimension: `n_1`, or a number."""
    from ...expr.build import size

    if isinstance(dim, int):
        return plain(str(dim))
    return label(latex(size(dim)))


def plain(text: str) -> Label:
    """Words, as they are."""
    run = Run(text)
    return Label((run,), _width(run))


def joined(*labels: Label) -> Label:
    """Labels one after the other."""
    runs = tuple(run for one in labels for run in one.runs)
    return Label(runs, sum(one.width for one in labels))


def _runs(source: str, level: int) -> list[Run]:
    """A piece of LaTeX as runs: letters slanted, unless its author asks for another face."""
    if not source:
        return []
    face = ""
    if re.match(r"\s*\\(text|mathrm|operatorname|mathsf|mathtt)\b", source):
        face = "upright"
    elif re.search(r"\\(mathbf|textbf|bf)\b", source):
        face = "bold"
    elif re.search(r"\\(boldsymbol|bm)\b", source):
        face = "bold italic"
    elif re.fullmatch(r"\\[a-z]{3,}", source) and len(unicode(source)) > 1:
        face = "upright"  # a function: \tanh
    spelled = "".join(map(_trusted, unicode(source)))
    parts = re.findall(r".[\u0300-\u036f\u20d7]?", spelled, re.DOTALL)
    out: list[Run] = []
    for (style, accent), letters in groupby(parts, lambda p: (_style(p[0], face), p[1:])):
        if accent:
            out += [Run(p[0], style, level, accent=accent) for p in letters]
        else:
            text = "".join(p[0] for p in letters).replace("⊤", "T")  # which every font has
            out.append(Run(text if face == "upright" else text.replace("-", "−"), style, level))
    return out


def _style(character: str, face: str) -> str:
    if face.startswith("bold"):
        return face
    letter = unicodedata.category(character)[0] in "LM"
    script = letter and ord(character) < 0x2000  # neither Hangul nor ℒ is slanted
    if face == "upright" or not script or character in "ΓΔΘΛΞΠΣΥΦΨΩ":
        return ""
    return "italic"


def _trusted(character: str) -> str:
    """A letter, apart from its accent where not every font has the two as one."""
    apart = unicodedata.normalize("NFD", character)
    return apart if character > _COMMON and unicodedata.combining(apart[-1]) else character


def _width(run: Run) -> float:
    return sum(map(advance, run.text)) * ROOM * (SMALL if run.level else 1.0)


def advance(character: str) -> float:
    """How wide a character is at size 1, about."""
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 0.9
    base = unicodedata.normalize("NFD", character)[0]
    return _ADVANCE.get(base, 0.7 if base.isupper() else 0.6)
