"""Elementwise formulas as scalar source text: what stands inside a loop."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import RefusedError
from ..expr.node import Expr, walk

_CALLS = frozenset(
    """exp log sqrt sin cos tan sinh cosh tanh sigmoid softplus erf log1p expm1 log1mexp""".split()
)
_FORMS = {
    "neg": "(-{0})",
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / {1})",
    "abs": "abs({0})",
    "relu": "max({0}, zero)",
    "sign": "((one if {0} > zero else zero) - (one if {0} < zero else zero))",
    "step": "(one if {0} > zero else zero)",
    "max": "max({0}, {1})",
    "min": "min({0}, {1})",
    "where": "({2} if {0} > {1} else {3})",
}


def scalar_text(value: Expr, letters: Mapping[Expr, str]) -> str:
    """The formula of one entry, in Python.

    `letters` names what counts as given. Numbers are written as `real(0.5)`, and `zero` and `one`
    stand for 0 and 1: who runs the text binds them, and `real`, to its precision, as it does the
    functions of one argument (`exp`, `sigmoid`, ...), which are called by the operation's name.
    Raises RefusedError where an operation is not elementwise.
    """
    texts: dict[Expr, str] = {}
    for e in walk([value], lambda e: e in letters):
        if e in letters:
            texts[e] = letters[e]
        elif e.op == "number":
            texts[e] = _number(e)
        elif e.op == "constant":
            texts[e] = {"pi": "real(3.141592653589793)", "e": "real(2.718281828459045)"}[e.attr]
        elif e.op == "broadcast":
            texts[e] = texts[e.args[0]]
        elif e.op == "pow":
            texts[e] = _power(e, texts)
        elif e.op in _CALLS:
            texts[e] = f"{e.op}({texts[e.args[0]]})"
        elif e.op in _FORMS:
            texts[e] = _FORMS[e.op].format(*(texts[a] for a in e.args))
        else:
            raise RefusedError(f"{e.op} is not worked out entry by entry")
    return _bare(texts[value])


def _number(e: Expr) -> str:
    if e.attr in (0, 1):
        return "one" if e.attr else "zero"
    return f"real({e.attr.numerator / e.attr.denominator!r})"


def _power(e: Expr, texts: Mapping[Expr, str]) -> str:
    base, exponent = e.args
    while exponent.op == "broadcast":
        exponent = exponent.args[0]
    if exponent.op == "number" and exponent.attr in (2, 3):
        return "(" + " * ".join([texts[base]] * int(exponent.attr)) + ")"
    return f"({texts[base]} ** {texts[e.args[1]]})"


def _bare(text: str) -> str:
    """The text without parentheses around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and i < len(text) - 1:
            return text
    return text[1:-1]
