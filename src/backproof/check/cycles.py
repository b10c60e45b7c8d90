r"""Two formulas that say the same of two names: `s = \log \sigma^2` and `\sigma = e^{s/2}`."""

from __future__ import annotations

from itertools import combinations

from .items import Environment, Item
from .terms import names


def untied(env: Environment) -> None:
    """One of two definitions that need each other becomes a claim: that of the name which another
    formula defines as well, or else the later one."""
    defining = [item for item in env.items if item.role == "definition" and item.definition]
    for one, other in combinations(defining, 2):
        if not _tied(one, other):
            continue
        found = [(a, _again(env, a, b)) for a, b in ((one, other), (other, one))]
        spare, again = next((pair for pair in found if pair[1]), (other, None))
        _claimed(env, spare)
        if again is not None and again.definition is not None:
            again.role = "definition"
            env.scope.add(again.definition)


def _tied(one: Item, other: Item) -> bool:
    a, b = one.definition, other.definition
    if a is None or b is None or a.name.base == b.name.base or a.parameters or b.parameters:
        return False
    if b.name.base not in a.needs or a.name.base not in b.needs:
        return False
    # `h_t` of c_t, and c_t of `h_{t-1}`, is a recurrence
    shifts = {i.shift for n in names((a.body, b.body, a.name, b.name)) for i in n.indices}
    return shifts <= {0}


def _again(env: Environment, item: Item, partner: Item) -> Item | None:
    """Where the name of a definition gets another formula, without the other name of the two."""
    if item.definition is None or partner.definition is None:
        return None
    for later in env.items:
        found = later.definition
        same = found is not None and found.name.base == item.definition.name.base
        if found is None or later.role != "again" or not same:
            continue
        if partner.definition.name.base not in found.needs:
            return later
    return None


def _claimed(env: Environment, item: Item) -> None:
    if item.definition is not None:
        env.scope.drop(item.definition)
    item.role, item.definition = "claim", None
