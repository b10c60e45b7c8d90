"""How pieces of LaTeX run together: what needs a space, braces, or a bracket."""

from __future__ import annotations

import re
from dataclasses import replace

from ..notation.symbols import RANGING, WORDS
from ..notation.syntax import Fenced, Number, Script, Sup, Symbol, Text, Tree

_FOLLOWED = ("mean", "sum", "dot", "transpose", "reshape", "matmul", "max", "exp", "log", "norm")


def braced(text: str) -> str:
    return f"{{{text}}}"


def beside(d: str, text: str) -> str:
    """`dL`, `\\partial L`, `∂L`: a command needs a space, and so does a letter before a word."""
    glued = re.fullmatch(r"[A-Za-z](?![A-Za-z]).*", text, re.DOTALL)
    return d + text if (d == "d" and glued) or d == "∂" else f"{d} {text}"


def raised(t: Tree, order: int) -> Tree:
    power = Sup("bare", Number(t.span, str(order)))
    if isinstance(t, Script):
        return replace(t, sups=(*t.sups, power))
    return Script(t.span, t, (), (power,))


def empty(t: Tree) -> bool:
    return type(t) is Text and not t.text


def letters(factors: tuple[Tree, ...]) -> bool:
    """Whether these may be written without a space: `ij`, and no run that makes a word."""
    text = ""
    for factor in factors:
        if not isinstance(factor, Symbol) or not re.fullmatch(r"[A-Za-z]", factor.written):
            return False
        text += factor.written
    return len(text) < 4 and not any(text[i:] in WORDS for i in range(len(text)))


def ranging(t: Tree) -> bool:
    """A big operator without a body, which would take what follows it."""
    name = t.base if isinstance(t, Script) else t
    if not isinstance(name, Symbol) or name.base not in RANGING:
        return False
    if isinstance(t, Script):
        return bool(t.subs) or name.base in ("sum", "prod")
    return name.written in ("\\sum", "\\prod", "∑", "∏")


def method(factors: tuple[Tree, ...], i: int) -> bool:
    """`(x - y).mean()`: a call that the reader takes for a product."""
    word = factors[i]
    called = i + 1 < len(factors) and isinstance(factors[i + 1], Fenced)
    return isinstance(word, Symbol) and word.base in _FOLLOWED and called
