r"""Sums over all but one whose condition is the other way round: `\sum_{i \ne j} y_j p_i` is one
over j where i is the letter of the line."""

from __future__ import annotations

from dataclasses import replace

from .terms import Num, Sum, Term, free_letters, rewritten

Sides = tuple[Term, Term]


def over_the_other(sides: Sides) -> Sides:
    """The sides of a line with such sums running over the letter that has no meaning outside."""

    def without(part: object) -> Term | None:
        return Num("0") if isinstance(part, Sum) and part.different else None

    outside = {*free_letters(rewritten(sides, without))}

    def turned(part: object) -> Term | None:
        if not isinstance(part, Sum) or len(part.letters) != 1 or len(part.different) != 1:
            return None
        if part.letters[0] not in outside or part.different[0] in outside:
            return None
        body = rewritten(part.body, turned)
        return replace(part, letters=part.different, different=part.letters, body=body)

    return rewritten(sides, turned)
