"""The short names of error terms: delta, in the author's own style of indices."""

from __future__ import annotations

from collections.abc import Iterable

from ..expr.model import Model
from ..expr.name import Name
from ..expr.node import Expr


class Deltas:
    r"""Gives the derivative of the loss by a quantity its name: `\delta^{(2)}` for that by
    `z^{(2)}`.

    Where several quantities share a layer, or delta means something else in the note, the
    quantity's own letter goes into the name.
    """

    def __init__(self, model: Model, named: Iterable[Expr]) -> None:
        self._taken = {e.attr.plain for e in model.roles}
        self._bases = {e.attr.base for e in model.roles}
        self._style = model.spelling.layer
        self._ascii = model.spelling.ascii
        layers = [e.attr.layer for e in named]
        self._shared = {layer for layer in layers if not layer or layers.count(layer) > 1}

    def name(self, quantity: Expr) -> Name:
        """The name of the derivative by `quantity`."""
        of: Name = quantity.attr
        letter = "delta" if "delta" not in self._bases else "g"
        sub = "" if of.layer and of.layer not in self._shared else of.base
        sub = sub + (f"_{of.sub}" if of.sub and sub else of.sub)
        for mark in of.marks:
            sub += f"_{mark}"
        made = Name(letter, layer=of.layer, sub=sub, primes=of.primes)
        while made.plain in self._taken:
            made = Name(letter, layer=of.layer, sub=sub, primes=made.primes + 1)
        self._taken.add(made.plain)
        return Name(letter, (), made.layer, made.sub, made.primes, self._spelled(made, of, sub))

    def _spelled(self, made: Name, of: Name, sub: str) -> str:
        if self._ascii:
            return made.plain
        base = (r"\delta" if made.base == "delta" else made.base) + "'" * made.primes
        below = ""
        if sub == of.sub:
            below = of.sub
        elif sub:
            below = of.written  # the quantity itself as a subscript: delta_{z_t}
            return f"{base}_{{{below}}}"
        layer = (
            {
                "(": f"^{{({of.layer})}}",
                "[": f"^{{[{of.layer}]}}",
                "^": f"^{{{of.layer}}}",
                "_": "",
            }[self._style]
            if of.layer
            else ""
        )
        if self._style == "_" and of.layer:
            below = of.layer + (f",{below}" if below else "")
        return base + (f"_{{{below}}}" if below else "") + layer
