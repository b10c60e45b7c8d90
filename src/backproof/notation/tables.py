"""Matrices, cases and aligned rows in MathML."""

from __future__ import annotations

from collections.abc import Sequence

from .items import bracket
from .layout import Rope

LEFT = "left"  # an array whose columns start at the left
_FENCES = {
    "bmatrix": ("[", "]"),
    "pmatrix": ("(", ")"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "Bmatrix": ("{", "}"),
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "rcases": ("", "}"),
    "numcases": ("{", ""),
}
_ALIGNED = frozenset(
    "aligned align split eqnarray flalign alignat alignedat IEEEeqnarray gathered".split()
)


def table(kind: str, rows: Sequence[Sequence[Rope]]) -> Rope:
    """Rows of cells as an environment of this name sets them; one element."""
    start, end = _FENCES.get(kind, ("", ""))
    attributes = ""
    if "cases" in kind or kind == LEFT:
        attributes = ' class="cases" columnalign="left"'
    elif kind in _ALIGNED:
        attributes = ' class="aligned" displaystyle="true" columnalign="right left"'
    elif kind == "substack":
        attributes = ' class="substack"'
    inside: list[Rope] = [f"<mtable{attributes}>"]
    for cells in rows:
        inside.append("<mtr>")
        for cell in cells:
            inside += ["<mtd>", cell, "</mtd>"]
        inside.append("</mtr>")
    inside.append("</mtable>")
    if not start and not end:
        return tuple(inside)
    return (
        "<mrow>",
        bracket(start, True, "prefix") if start else "",
        tuple(inside),
        bracket(end, True, "postfix") if end else "",
        "</mrow>",
    )
