"""What is new in a line: the parts of a formula that the formula above it does not have."""

from __future__ import annotations

from ..expr.node import Expr, is_named, walk


def changed(before: Expr, after: Expr) -> tuple[Expr, ...]:
    """The parts of `after` that differ from what stands in their place in `before`.

    Empty where the whole of it is another: to mark everything is to mark nothing. A part that
    `before` has as well is left out, since a mark meets it wherever it stands.
    """
    found: list[Expr] = []
    pairs = [(before, after)]
    while pairs:
        old, new = pairs.pop()
        if old is new:
            continue
        alike = (old.op, old.attr, len(old.args)) == (new.op, new.attr, len(new.args))
        if alike and new.args and not is_named(new) and new.op != "entry":
            pairs += zip(old.args, new.args, strict=True)
        else:
            found.append(new)
    if after in found:
        return ()
    there = set(walk([before]))
    return tuple(e for e in dict.fromkeys(reversed(found)) if e not in there)
