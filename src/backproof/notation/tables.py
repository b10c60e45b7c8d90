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
_ALIGNED = frozenset("aligned align split eqnarray flalign alignat alignedat IEEEeqnarray".split())


def table(kind: str, rows: Sequence[Sequence[Rope]]) -> Rope:
    """Rows of cells as an environment of this name sets them; one element.

    The sides are said in styles: no browser heeds `columnalign` any more.
    """
    start, end = _FENCES.get(kind, ("", ""))
    attributes, sides = "", ("center",)
    if "cases" in kind or kind == LEFT:
        attributes, sides = ' class="cases"', ("left",)
    elif kind in _ALIGNED:
        attributes, sides = ' class="aligned" displaystyle="true"', ("right", "left")
    elif kind == "gathered":
        attributes = ' displaystyle="true"'
    inside: list[Rope] = [f"<mtable{attributes}>"]
    for cells in rows:
        inside.append("<mtr>")
        for i, cell in enumerate(cells):
            side = sides[i % len(sides)]
            style = "" if side == "center" else f' style="text-align: {side}"'
            inside += [f"<mtd{style}>", cell, "</mtd>"]
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
