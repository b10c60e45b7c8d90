"""What a reader takes for granted where a line does not hold without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .facts import Survey
from .stand import Stand
from .terms import (
    LOSSES,
    Choose,
    Compare,
    D,
    Mul,
    Name,
    Term,
    Transpose,
    has,
    is_loss,
    literal,
    walk,
)


def _of_a_step(side: Term, survey: Survey) -> bool:
    """Whether a side is the derivative of a state by another one: `dc_t/dc_{t-1}`."""
    if not isinstance(side, D) or not isinstance(side.of, Name) or is_loss(side.of.base):
        return False
    by = side.by[0] if len(side.by) == 1 else None
    if not isinstance(by, Name):
        return False
    if by.base == side.of.base and survey.running:
        by = side.of  # `dc_t/dc_k`, where a product runs from k to t
    return all(
        any(i.letter in survey.family_letters for i in name.indices) for name in (side.of, by)
    )


def _in_a_chain(side: Term) -> bool:
    """Whether there is a product of derivatives, `dL/dv dv/dW`, whose later ones may each be of
    what its formula shows alone."""
    return any(
        isinstance(d, D) and isinstance(d.of, Name) and not is_loss(d.of.base)
        for product in walk(side)
        if isinstance(product, Mul)
        for f in product.factors[1:]
        for d in (f.of if isinstance(f, Transpose) else f,)
    )


def assuming(
    stands: list[Stand],
    unknown: set[str],
    asked: set[str],
    letters: set[str],
    sides: tuple[Term, Term],
) -> Iterator[Stand]:
    """The same with something taken for granted: targets that sum to one, or are 1 for the class
    that a letter on one side names; a step by itself; numbers in the case at hand; a common
    function. `asked`: what the numbers hang on; `letters`: index letters on one side only."""
    stands = [stand for stand in stands if not stand.ahead or "ahead" in asked]
    survey = stands[0].scope.survey if stands else None
    if "targets" in asked:
        yield from [replace(stand, normal=True) for stand in stands]
        for letter in sorted(letters - survey.samples if survey else letters):
            yield from [replace(stand, hot=letter) for stand in stands]
    if survey and any(_of_a_step(x, survey) or _in_a_chain(x) for x in sides):
        yield from [replace(stand, local=True) for stand in stands]
    unknown = unknown - LOSSES
    given = tuple(dict.fromkeys(stand.case for stand in stands if stand.case))
    for case in given:
        yield from [replace(stand, given=case) for stand in stands]
    if "Phi" in unknown:
        normal = (("Phi", "ncdf"), ("phi", "npdf"), ("varphi", "npdf"))
        yield from [replace(stand, assumed=normal) for stand in stands]
    if 0 < len(unknown) <= 2:
        # among positive numbers a ReLU is nothing: only a line that tells signs apart shows one
        kinked = has(sides, Choose | Compare) or any(map(literal, sides))
        for known in ("sigmoid", "tanh", *(("relu",) if kinked else ())):
            assumed = tuple((name, known) for name in sorted(unknown))
            yield from [replace(stand, assumed=assumed) for stand in stands]
    if len(unknown) == 1 and "targets" in asked:
        softmax = tuple((name, "softmax") for name in unknown)
        yield from [replace(stand, normal=True, assumed=softmax) for stand in stands]
