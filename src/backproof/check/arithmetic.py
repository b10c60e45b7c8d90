"""Numbers that are worked out wrongly: `0.6 * 0.59628 = 0.38577`."""

from __future__ import annotations

from ..notation.lower.trees import walk
from ..notation.syntax import Number
from . import numbers as n
from .diagnose import Diagnosis
from .items import Item
from .report import Edit
from .rounded import is_result
from .terms import literal
from .unparse import unparse
from .verdict import Judgement


def worked_out(item: Item, found: Judgement) -> Diagnosis | None:
    """What a side of plain numbers comes to, with as many decimals as the note gives it; None for
    anything else."""
    left, right, told = item.left, item.right, found.outcome
    if left is None or right is None or told is None or told.world is None or told.values is None:
        return None
    if not (literal(left) and literal(right) and is_result(right)):
        return None
    written = [node for node in walk(item.equation.right) if isinstance(node, Number)]
    true, said = (told.world.settled(value) for value in told.values)
    if len(written) != 1 or not (true.scalar and said.scalar) or "." not in written[0].text:
        return None
    number = written[0]
    decimals = len(number.text.partition(".")[2])
    meant = float(n.plain(true.entries[0]))
    text = f"{abs(meant):.{decimals}f}"
    same = (meant < 0) == (float(n.plain(said.entries[0])) < 0)
    before = f"{unparse(item.equation.left)} = "
    shown = ("-" if meant < 0 else "") + text
    facts = (("written", unparse(item.equation.right)), ("meant", shown))
    fixes = (Edit(number.span, text),) if same else ()
    return Diagnosis("number", facts, before + shown, fixes)
