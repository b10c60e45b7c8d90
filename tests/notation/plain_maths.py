"""A second reading of MathML: back to the LaTeX that our own printer would have written.

It shares nothing with the printer but the meaning of MathML's elements, so that brackets, order and
scripts can be compared with those of another printer.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET

from backproof.notation.inline import unicode_line

SILENT = {"\u2061", "\u2062"}
_COMMANDS = {
    "{": r"\{", "}": r"\}", "⋅": r"\cdot ", "⊤": r"\top ", "∑": r"\sum ", "∂": r"\partial ", "−": "-", "′": r"\prime "
}  # fmt: skip
_FENCES = {"(": "⦅", ")": "⦆", "|": "❘", "‖": "❙", "[": "[", "]": "]", "{": "{", "": ""}


def tree(markup: str) -> ET.Element:
    """MathML as a tree; an error where it is not well-formed."""
    return ET.fromstring(f"<math>{markup}</math>")


def line(markup: str) -> str:
    """MathML as one line of Unicode, spaces left out; what stretches has brackets of its own."""
    return _squeezed(unicode_line(_latex(tree(markup))))


def latex_line(latex: str) -> str:
    """LaTeX as the same kind of line."""
    for tall, wide in ((r"\left(", "⦅"), (r"\right)", "⦆")):
        latex = latex.replace(tall, wide)
    latex = re.sub(r"\\(left|right)\\[lr]vert", "❘", latex)
    latex = re.sub(r"\\(left|right)\\[lr]Vert", "❙", latex)
    latex = latex.replace(r"\boxed", "").replace("{}[", "[")
    latex = latex.replace(r"\begin{bmatrix}", r"[\begin{matrix}")
    latex = latex.replace(r"\end{bmatrix}", r"\end{matrix}]")
    return _squeezed(unicode_line(_fractions(latex)))


def _fractions(latex: str) -> str:
    """LaTeX with its fractions in brackets of their own, so that none of them can be mistaken."""
    while (start := latex.rfind(r"\frac{")) >= 0:
        above = start + len(r"\frac")
        middle = _closing(latex, above)
        end = _closing(latex, middle)
        latex = f"{latex[:start]}⟦{latex[above:middle]}∕{latex[middle:end]}⟧{latex[end:]}"
    return latex


def _closing(latex: str, at: int) -> int:
    depth = 0
    for i in range(at, len(latex)):
        depth += (latex[i] == "{") - (latex[i] == "}")
        if depth == 0:
            return i + 1
    raise AssertionError(latex)


def _squeezed(text: str) -> str:
    text = unicodedata.normalize("NFC", re.sub(r"\s+", "", text).replace("…", "..."))
    text = text.replace("⋯", "...").replace("∗", "*").replace("𝟙", "1").replace("ϵ", "ε")
    text = "".join(
        unicodedata.normalize("NFKC", c) if ord(c) > 0x1D000 or c in "ℒ" else c for c in text
    )
    raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀ′"
    return re.sub(f"([₀-₉ₐ-ₜⱼᵢ₊₋]+|_[a-zŷ])([{raised}]+)", r"\2\1", text)


def _latex(e: ET.Element) -> str:
    kids = [_latex(x) for x in e]
    match e.tag:
        case "math" | "mrow" | "mtd" | "mstyle":
            return "".join(kids)
        case "mi" | "mn" | "mtext":
            text = (e.text or "").replace("\xa0", " ")
            text = text if text == "ℒ" else unicodedata.normalize("NFKC", text)
            if len(text) > 1 and e.tag != "mn":
                return f"\\text{{{text}}}"
            return _COMMANDS.get(text, text)
        case "mo":
            text = e.text or ""
            if text in SILENT:
                return ""
            if e.get("stretchy") == "true":
                return _FENCES[text]
            word = len(text) > 1 and text.isalpha()
            return f"\\text{{{text}}}" if word else _COMMANDS.get(text, text)
        case "mspace":
            return ""
        case "mfrac":
            return f"⟦{{{kids[0]}}}∕{{{kids[1]}}}⟧"
        case "msqrt":
            return f"\\sqrt{{{''.join(kids)}}}"
        case "msup":
            return f"{kids[0]}^{{{kids[1]}}}"
        case "msub" | "munder":
            return f"{kids[0]}_{{{kids[1]}}}"
        case "munderover":
            return f"{kids[0]}_{{{kids[1]}}}^{{{kids[2]}}}"
        case "msubsup":
            return f"{kids[0]}^{{{kids[2]}}}_{{{kids[1]}}}"
        case "mover":
            accents = {"ˆ": "hat", "¯": "bar", "˜": "tilde", "→": "vec", "˙": "dot", "¨": "ddot"}
            return f"\\{accents[kids[1]]}{{{kids[0]}}}"
        case "mtr":
            return " & ".join(kids)
        case "mtable":
            kind = "cases" if e.get("class") == "cases" else "matrix"
            rows = r" \\ ".join(kids)
            return f"\\begin{{{kind}}}{rows}\\end{{{kind}}}"
        case other:
            raise AssertionError(f"no element of ours: {other}")
