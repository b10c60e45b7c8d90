r"""How names, numbers and functions are spelled, in LaTeX and in Unicode."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from fractions import Fraction

from ..expr.model import Spelling
from ..expr.name import Name
from ..expr.shape import Dim
from .symbols import CHARACTERS, LOWERED, RAISED

#: How a function is written whose author has not said so.
FUNCTIONS = {
    "sigmoid": r"\sigma",
    "relu": r"\operatorname{ReLU}",
    "log_softmax": r"\operatorname{logsoftmax}",
    "trace": r"\operatorname{tr}",
    "amax": r"\max",
    **{op: f"\\{op}" for op in "log sin cos tan sinh cosh tanh max min".split()},
    **{
        op: f"\\operatorname{{{op}}}"
        for op in "sign softplus erf log1p expm1 log1mexp softmax logsumexp".split()
    },
}
#: Functions that stand before a simple argument without brackets.
BARE = frozenset({"log", "sin", "cos", "tan"})


_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


def spelled(value: Fraction) -> tuple[str, ...]:
    """How a number above 0 is written: one part for digits, two for a fraction.

    >>> spelled(Fraction(1, 100)), spelled(Fraction(1, 2)), spelled(Fraction(1, 10**8))
    (('0.01',), ('1', '2'), ('1', 'e', '-8'))
    """
    top, bottom = value.numerator, value.denominator
    if bottom == 1:
        return (str(top),)
    rest, twos, fives = bottom, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    digits = str(top * 10**places // bottom)
    if bottom < 10 or rest != 1 or len(digits) > 12:
        return (str(top), str(bottom))
    if places <= 6:
        digits = digits.rjust(places + 1, "0")
        return (f"{digits[:-places]}.{digits[-places:]}",)
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    return (mantissa, "e", str(len(digits) - 1 - places))


def operator(word: str) -> str:
    r"""A function's name as LaTeX sets it: a plain word becomes an `\operatorname`."""
    return word if len(word) < 2 or "\\" in word else f"\\operatorname{{{word}}}"


def written_name(name: Name, spelling: Spelling) -> str:
    """The author's LaTeX; made from the parts of the name where plain characters were typed."""
    if name.latex and not (spelling.ascii and len(name.latex) > 1):
        return name.latex
    bare = replace(name, layer="", latex="").written
    layer = name.layer
    if not layer:
        return bare
    style = "_" if spelling.ascii and not name.sub else spelling.layer
    if style == "_" and name.sub:
        style = "("
    mark = {"(": f"^{{({layer})}}", "[": f"^{{[{layer}]}}", "^": f"^{{{layer}}}"}
    return bare + mark.get(style, f"_{{{layer}}}")


def dimension(dim: Dim) -> str:
    """The LaTeX of a dimension.

    >>> dimension("n1+m"), dimension(3)
    ('n_{1} + m', '3')
    """
    return " + ".join(_side(part) for part in str(dim).split("+"))


def _side(part: str) -> str:
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d+|(?<=_)\w+)", part)
    if match:
        return f"{_side(match[1])}_{{{match[2]}}}"
    if len(part) == 1 or not part.isalpha():
        return part.replace("_", r"\_")
    return Name(part).written


def split_scripts(latex: str) -> tuple[str, str, str] | None:
    r"""A symbol as core, subscript and superscript; None where it is not that simple.

    >>> split_scripts(r"\mathbf{W}^{[2]}"), split_scripts("W_2"), split_scripts("y'")
    (('\\mathbf{W}', '', '[2]'), ('W', '2', ''), ('y', '', '\\prime'))
    """
    core, found, pending, depth = "", {"_": "", "^": ""}, "", 0
    group = ""
    for token in _TOKEN.findall(latex.strip()):
        depth += (token == "{") - (token == "}")
        if group or pending:
            group += token
            if group.isspace():
                group = ""
            elif depth == 0:
                found[pending] = group[1:-1].strip() if group[0] == "{" else group
                pending, group = "", ""
        elif depth == 0 and token in ("_", "^"):
            if found[token]:
                return None
            pending = token
        elif depth == 0 and token == "'":
            found["^"] += r"\prime"
        elif found["_"] or found["^"]:
            if not token.isspace():
                return None
        else:
            core += token
    return None if pending or depth or not core.strip() else (core.strip(), found["_"], found["^"])


def _first_of_each() -> dict[str, str]:
    out: dict[str, str] = {}
    for character, (kind, value) in CHARACTERS.items():
        if kind in ("SYMBOL", "OP"):
            out.setdefault(value, character)
    return out


_UNICODE = _first_of_each() | {"ast": "*", "star": "*", "*": "*", "prime": "′", "varnothing": "∅"}
_UP = {plain: raised for raised, plain in RAISED.items()} | {"−": "⁻"}
_DOWN = {plain: lowered for lowered, plain in LOWERED.items()} | {"−": "₋"}
_ACCENTS = {
    **dict.fromkeys(("hat", "widehat"), "\u0302"),
    **dict.fromkeys(("tilde", "widetilde"), "\u0303"),
    **dict.fromkeys(("bar", "overline"), "\u0304"),
    **dict.fromkeys(("vec", "overrightarrow"), "\u20d7"),
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
}
_CALLIGRAPHIC = dict(zip("LEHFBRIM", "ℒℰℋℱℬℛℐℳ", strict=True))


def unicode(latex: str) -> str:
    r"""A name in Unicode: fonts dropped, accents put on, Greek letters as letters.

    >>> unicode(r"\hat{\mathbf{y}}"), unicode(r"\text{loss}"), unicode(r"\mathcal L(\theta)")
    ('ŷ', 'loss', 'ℒ(θ)')
    """
    # A stack of groups and of commands that wait for their argument, each with the text so far.
    stack: list[tuple[str, str]] = [("", "")]
    tokens: list[str] = _TOKEN.findall(latex)
    for token in tokens:
        if token == "{":
            stack.append(("{", ""))
            continue
        if token.isspace() or token in _SPACES:
            if not (stack[-1][0] == "{" and stack[-2][0] in ("text", "operatorname")):
                continue
            done = " "
        elif token == "}":
            done = stack.pop()[1] if len(stack) > 1 else ""
        elif token[0] == "\\" and token[1:].isalpha():
            word = token[1:]
            done = _UNICODE.get(word) or _UNICODE.get(word.removeprefix("var"), word)
            if word in _ACCENTS or (done == word and word.startswith(_FONTS)):
                stack.append((word, ""))
                continue
            if word in _SILENT:
                continue
        else:
            done = token.removeprefix("\\")
        while stack[-1][0] not in ("", "{"):
            done = _dressed(stack.pop()[0], done)
        stack[-1] = (stack[-1][0], stack[-1][1] + done)
    return "".join(part for _, part in stack)


_SPACES = frozenset({"\\,", "\\;", "\\:", "\\!", "\\ ", "~"})
_FONTS = ("math", "text", "operatorname", "bold", "bm")
_SILENT = frozenset("left right bf rm it displaystyle limits".split())


def _dressed(command: str, body: str) -> str:
    if command in ("mathcal", "mathscr"):
        return _CALLIGRAPHIC.get(body, body)
    accent = _ACCENTS.get(command, "")
    if not accent or not body:
        return body
    if command in ("bar", "overline"):
        return unicodedata.normalize("NFC", "".join(c + accent for c in body))
    return unicodedata.normalize("NFC", body[0] + accent + body[1:])


def lowered(sub: str) -> str:
    """A subscript: in small characters where each has one, else typed out."""
    plain = unicode(sub).replace(" ", "")
    if all(c in _DOWN for c in plain):
        return "".join(_DOWN[c] for c in plain)
    return f"_{plain}" if plain.isalnum() else f"_({plain})"


def raised(sup: str) -> str:
    """A superscript; square brackets, which have no raised form, stay on the line: `W[2]`."""
    plain = unicode(sup).replace(" ", "")
    if plain.startswith("[") or set(plain) <= {"′"}:
        return plain
    if all(c in _UP for c in plain):
        return superscript(plain)
    return f"^{plain}" if plain.isalnum() or plain.startswith("(") else f"^({plain})"


def superscript(plain: str) -> str:
    """Characters that all have a raised form, raised."""
    return "".join(_UP[c] for c in plain)
