"""What the form of a line tells about what it is."""

from __future__ import annotations

from typing import Any, cast

from .terms import (
    Add,
    Call,
    D,
    Differential,
    Name,
    Norm,
    Num,
    Term,
    has,
    is_gradient,
    walk,
)


def unfinished(term: Any) -> bool:
    """Whether an operator is still to be carried out, as in `-y d/da log a`: such a step is about
    single numbers."""
    if isinstance(term, D):
        return not isinstance(term.of, Name | Call)
    if isinstance(term, tuple):
        return any(unfinished(part) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Term):
        return any(unfinished(getattr(term, slot)) for slot in type(term).__slots__)
    return False


def traces(left: Term, right: Term) -> bool:
    """Whether a line is about traces, which say nothing where matrices are numbers."""
    parts = walk((left, right))
    return any(isinstance(p, Call) and p.function.base.lower() in ("tr", "trace") for p in parts)


def is_slope(left: Term, right: Term) -> bool:
    """Whether a derivative is said to be a whole number, as in `dz/dx = 1`."""
    if isinstance(right, Add) and len(right.terms) == 1:
        right = right.terms[0]
    if not isinstance(left, D) or not isinstance(right, Num):
        return False
    at_a_minimum = right.text == "0" and is_gradient(left)
    return "." not in right.text and not at_a_minimum


def identities(sides: tuple[Term, Term]) -> set[str]:
    """`I - \\frac{1}{N} 1 1^T`: what is added to matrices by this name is no stranger."""
    sums = (part.terms for part in walk(sides) if isinstance(part, Add))
    return {"I"} & {t.base for terms in sums for t in terms if isinstance(t, Name)}


def of_squares(left: Term) -> bool:
    """Whether a side is the gradient of a loss or a norm: whether one half stands before those is
    often left open."""
    if isinstance(left, Name):
        return left.base.partition(":")[0] == "delta"
    if isinstance(left, D) and not isinstance(left.quantity, Name):
        return has(left.of, Norm)
    return isinstance(left, Differential) or is_gradient(left)
