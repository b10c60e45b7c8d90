"""What a verdict rests on that the note leaves unsaid, as its reader is told."""

from __future__ import annotations

from .diagnose import written_names
from .heads import base_of, head
from .items import Environment, Item
from .report import Note
from .terms import Call, D, Name, has, is_loss
from .unparse import unparse
from .verdict import Judgement


def taken(env: Environment, item: Item, found: Judgement) -> tuple[Note, ...]:
    """What the verdict on an equation rests on where it differentiates a loss without a formula,
    which is then any function of quantities."""
    stand = found.stand
    generic = stand.generic if stand is not None else None
    if stand is None or not isinstance(generic, Call) or generic.function != Name("loss"):
        return ()
    told = found.outcome
    if told is None:
        return ()
    shorthand = "loss" in told.asked and stand.loss == generic  # `dW`
    if not shorthand and not (any(map(is_loss, told.unknown)) and has((item.left, item.right), D)):
        return ()
    bases = dict.fromkeys(n.base for n in generic.arguments if isinstance(n, Name))
    spelled: dict[str, str] = {}
    for other in env.items:
        for tree in written_names((other.equation.left, other.equation.right)):
            symbol = head(tree)
            if symbol is not None and (base := base_of(symbol)) in bases and base not in spelled:
                spelled[base] = unparse(tree)
    quantities = ", ".join(spelled[base] for base in bases if base in spelled)
    return (Note("assumed.upstream", (("name", quantities),)),) if quantities else ()
