"""What a verdict rests on that the note leaves unsaid, as its reader is told."""

from __future__ import annotations

from .diagnose import written_names
from .heads import base_of, head
from .items import Environment
from .report import Note
from .terms import Call, Name, is_loss
from .unparse import unparse
from .verdict import Judgement


def taken(env: Environment, found: Judgement) -> tuple[Note, ...]:
    """What a verdict rests on where a loss without a formula is any function of quantities."""
    stand = found.stand
    generic = stand.generic if stand is not None else None
    if stand is None or not isinstance(generic, Call) or generic.function != Name("loss"):
        return ()
    asked = found.outcome.unknown if found.outcome is not None else set[str]()
    if not any(map(is_loss, asked)) and stand.loss != generic:
        return ()
    bases = dict.fromkeys(n.base for n in generic.arguments if isinstance(n, Name))
    spelled: dict[str, str] = {}
    for item in env.items:
        for tree in written_names((item.equation.left, item.equation.right)):
            symbol = head(tree)
            if symbol is not None and (base := base_of(symbol)) in bases and base not in spelled:
                spelled[base] = unparse(tree)
    quantities = ", ".join(spelled[base] for base in bases if base in spelled)
    return (Note("assumed.upstream", (("name", quantities),)),) if quantities else ()
