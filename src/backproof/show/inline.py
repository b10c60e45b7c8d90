r"""Short formulas inside sentences: from the LaTeX that `words` has to one line of Unicode.

>>> unicode_line(r"\log\sigma(z) = -\log(1 + e^{-z})")
'log σ(z) = −log(1 + e^(−z))'
>>> unicode_line(r"\sum_s \delta_{js} b_{ks}"), unicode_line(r"B^\top"), unicode_line(r"x / \|x\|")
('Σₛ δⱼₛ bₖₛ', 'Bᵀ', 'x / ‖x‖')
"""

from __future__ import annotations

import re

from ..notation.names import lowered, raised, unicode

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_OWN = {r"\,": " ", r"\|": "‖", r"\sum": "Σ", r"\top": "T", r"\sqrt": "√", "-": "−", "'": "′"}
_SET_AS_TEXT = (r"\text", r"\mathrm", r"\operatorname")


def unicode_line(latex: str) -> str:
    """The formula as it stands in a line of text."""
    return _read(_TOKEN.findall(latex.strip()))


def _read(tokens: list[str]) -> str:
    out = ""
    i = 0
    while i < len(tokens):
        token = tokens[i].strip() or " "
        i += 1
        if token in ("_", "^"):
            inner, i = _group(tokens, i)
            out += lowered(inner) if token == "_" else raised(inner.replace("-", "−"))
        elif token == "{":
            inner, i = _group(tokens, i - 1)
            out += inner
        elif token in _SET_AS_TEXT:
            inner, i = _group(tokens, i)
            out += inner
        elif token in _OWN:
            out += _OWN[token]
            if token == r"\sqrt" and i < len(tokens) and tokens[i].isspace():
                i += 1
        elif token.startswith("\\"):
            word = unicode(token)
            is_function = len(word) > 1
            follows = tokens[i][:1] if i < len(tokens) else ""
            spaced = out and is_function and (out[-1].isalnum() or out[-1] in ")′")
            out += (" " if spaced else "") + word
            out += " " if is_function and (follows.isalnum() or follows == "\\") else ""
        else:
            out += token
    return re.sub(r"  +", " ", out)


def _group(tokens: list[str], i: int) -> tuple[str, int]:
    """The next token or braced group from place `i`, in Unicode, and the place after it."""
    while i < len(tokens) and tokens[i].isspace():
        i += 1
    if i >= len(tokens):
        return "", i
    if tokens[i] != "{":
        return _read([tokens[i]]), i + 1
    depth, end = 0, i
    while end < len(tokens):
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        end += 1
        if depth == 0:
            break
    return _read(tokens[i + 1 : end - 1]), end
