r"""Names, numbers and sentence formulas as typst mathematics; everything that means something else
there is escaped.

>>> print(typst_written(r"\hat{\mathbf{y}}^{(2)}_{t}"))
hat(upright(bold(y)))^(\(2\))_(t)
>>> print(typst_written(r'\text{say "hi"}, \#1'))
"say \"hi\""\, \# 1
"""

from __future__ import annotations

from collections.abc import Iterable

from .names import unicode
from .written import (
    Accent,
    Fence,
    Fraction,
    Glyph,
    Grid,
    Root,
    Row,
    Scripts,
    Space,
    Written,
    read_written,
)

_ACCENTS = {
    "ˆ": "hat",
    "˜": "tilde",
    "¯": "macron",
    "→": "arrow",
    "˙": "dot",
    "¨": "dot.double",
    "ˇ": "caron",
    "˘": "breve",
    "´": "acute",
    "`": "grave",
    "_": "underline",
}
_FACES = {
    "upright": "upright({})",
    "bold": "upright(bold({}))",
    "bold italic": "bold({})",
    "script": "cal({})",
    "double-struck": "bb({})",
    "fraktur": "frak({})",
    "sans-serif": "sans({})",
    "monospace": "mono({})",
}
_OPERATORS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf "
    "limsup ln log max min Pr sec sin sinh sup tan tanh tr".split()
)
_SPACES = {0.1667: "thin", 0.2222: "med", 0.2778: "thick", 1: "quad"}


def typst_written(latex: str) -> str:
    """A piece of LaTeX in typst; what is not known is set as the words that it is."""
    part = read_written(latex)
    return quoted(unicode(latex)) if part is None else spell(part)


def quoted(words: str) -> str:
    """Words as a string, which typst sets as they are."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mark(character: str) -> str:
    """A bracket, an operator or another mark, escaped where typst would take it for its own."""
    if character == "−":
        return "-"
    plain = character in "+=<>" or not character.isascii()
    return "".join(c if plain else f"\\{c}" for c in character)


def spell(part: Written) -> str:
    """What was taken apart, put together in typst."""
    match part:
        case Glyph():
            return _glyph(part)
        case Row(parts):
            return _side_by_side(map(spell, parts))
        case Scripts(core, sub, sup):
            base = spell(core)
            if isinstance(core, Row):
                base = f'class("normal", {base})'
            return base + (f"^({spell(sup)})" if sup else "") + (f"_({spell(sub)})" if sub else "")
        case Fraction(above, below):
            return f"frac({spell(above)}, {spell(below)})"
        case Root(inside):
            return f"sqrt({spell(inside)})"
        case Accent(over, inside):
            wide = over == "¯" and not isinstance(inside, Glyph)
            return f"{'overline' if wide else _ACCENTS[over]}({spell(inside)})"
        case Fence(left, inside, right):
            return f"lr({mark(left)} {spell(inside)} {mark(right)})"
        case Grid(left, rows, _):
            if left == "{":
                return f"cases({', '.join(' & '.join(map(spell, row)) for row in rows)})"
            cells = "; ".join(", ".join(map(spell, row)) for row in rows)
            return f"mat(delim: {quoted(left) if left else '#none'}, {cells})"
        case Space(width):
            return _SPACES.get(width) or f"#h({width:.3f}em)"


def _glyph(glyph: Glyph) -> str:
    text, face = glyph.text, glyph.face
    if face == "mark":
        return mark(text)
    if face == "number":
        return text
    if face == "text":
        return quoted(text)
    if face == "word":
        return text if text in _OPERATORS else f"op({quoted(text)})"
    core = text if len(text) == 1 and ord(text) < 0x2E80 else quoted(text)
    if core.startswith('"') and face == "bold italic":
        face = "bold"
    return core if face == "italic" else _FACES[face].format(core)


def _side_by_side(parts: Iterable[str]) -> str:
    """With blanks between, but not inside of brackets, where they hinder reading, nor beside
    strings, where typst would set them."""
    out = ""
    for part in parts:
        apart = out and not out.endswith(('"', "\\(", "\\["))
        tight = part.startswith(('"', "\\)", "\\]", "\\,", "\\;"))
        out += (" " if apart and not tight else "") + part
    return out
