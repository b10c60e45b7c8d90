"""Layers that a note treats one after the other, each with what arrives from above as given.

`y = sigma(x)` with `dL/dx = dL/dy y (1 - y)`, and further down `z = x W` with `dL/dx = dL/dz W^T`:
the same letters in formulas that have nothing to do with one another. A new layer starts with the
first formula behind a derivative.
"""

from __future__ import annotations

from .items import Environment, Item
from .roles import is_backward
from .scope import Definition
from .terms import D, Differential, Name, Term, has, is_loss


class Layers:
    """Which formulas of one note belong together."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        #: The number of the layer that each equation stands in.
        self.layer: list[int] = []
        layer, worked = 0, False
        for item in env.items:
            forward = item.definition is not None and not is_backward(item.definition)
            if worked and forward and item.role in ("definition", "again"):
                layer, worked = layer + 1, False
            worked = worked or _differentiates(item)
            self.layer.append(layer)

    def apart(self, item: Item, variable: Term | None, given: tuple[Term, ...]) -> bool:
        """Whether a line is about a layer of its own: what it differentiates by acts through the
        quantities whose gradients are given, and elsewhere in formulas of other layers only."""
        if not isinstance(variable, Name) or not all(isinstance(n, Name) for n in given):
            return False
        scope = self.env.scope
        outputs = {n.base for n in given if isinstance(n, Name)}
        above = scope.behind(outputs)
        ways = {base for base in above - outputs if variable.base in scope.behind({base})}
        forward = [
            d
            for ds in scope.definitions.values()
            for d in ds
            if 0 <= d.at < len(self.layer)
            and not is_backward(d)
            and d.needs & (ways | {variable.base})
        ]
        through = {self.layer[d.at] for d in forward if self._leads(d, above)}
        aside = {self.layer[d.at] for d in forward if not self._leads(d, above)}
        made = scope.definitions.get(variable.base, ())
        if any(variable.base in scope.behind({*d.needs}) for d in made):
            return False  # the steps of a recurrence are further ways
        own = self.layer[item.at]
        return own in through and bool((aside | through) - {own}) and own not in aside

    @staticmethod
    def _leads(definition: Definition, above: set[str]) -> bool:
        return definition.name.base in above and not is_loss(definition.name.base)


def _differentiates(item: Item) -> bool:
    """Whether a line works out a derivative of a loss."""
    if item.role not in ("claim", "again", "definition"):
        return False
    return has((item.left, item.right), D | Differential)
