"""The ways in which a note's symbols can be meant, strictest first (DESIGN: how a line can be
meant)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .facts import Survey
from .shapes import Shapes


@dataclass(frozen=True, slots=True)
class Reading:
    r"""How names become arrays.

    `samples` many samples stand as columns, or as rows; `size` is the length of every other
    dimension. With size 1 everything is a scalar: entry by entry. `numerator`: a Jacobian has the
    result along its rows. `inner`: a dot between two vectors is their inner product. `late`:
    products written side by side come before those entry by entry. `upright`: the samples are the
    rows of a table, but each by itself is a column, with one target (`t_n`, `w^T x_n`). `across`: a
    sum that names no index of what it adds up is one over samples. `lying`: the derivative of a
    number by a column is a row. `shapes`: what is known about the dimensions; without it, `size` is
    the length of all of them.
    """

    name: str
    samples: int
    size: int
    rows: bool = False
    numerator: bool = True
    inner: bool = False
    late: bool = False
    upright: bool = False
    across: bool = False
    lying: bool = False
    shapes: Shapes | None = None

    @property
    def sequence(self) -> bool:
        """Whether every entry is a number of its own (sequences.py)."""
        return self.name == "sequence"

    @property
    def tokens(self) -> bool:
        """Whether samples are as many as entries, so that either may be weighed by the other."""
        return self.samples == self.size > 1

    def data(self) -> tuple[int, int]:
        """The shape of inputs, targets and hidden values."""
        return (self.samples, self.size) if self.rows else (self.size, self.samples)

    def vector(self) -> tuple[int, int]:
        """The shape of a bias or another vector that all samples share."""
        return (1, self.size) if self.rows and not self.upright else (self.size, 1)


def readings(
    survey: Survey, batch: bool, shapes: Shapes | None = None, *, mixing: bool = False
) -> list[Reading]:
    """All readings of a note; batches only if the note has samples, and nothing else if it weighs
    them against each other (`mixing`). Where the dimensions are known, the readings in which they
    are alike come last."""
    mixing = batch and (mixing if shapes is None else shapes.mixing)
    found: list[Reading] = []
    alike: list[Reading] = []
    orders = [(rows, numerator) for rows in (False, True) for numerator in (True, False)]
    if shapes is not None:
        known = [(not shapes.columns, numerator) for numerator in (True, False)]
        if shapes.samples:
            found += [Reading("batch", 2, 3, *order, shapes=shapes) for order in known]
        if not mixing:
            found += [Reading("sample", 1, 3, *order, shapes=shapes) for order in known]
    if batch:
        alike += [Reading("batch", 2, 3, *order) for order in orders]
        # tokens are counted like entries where attention weighs them against each other
        alike += [Reading("batch", 3, 3, rows) for rows in (False, True)]
        if survey.matrices:
            alike += [Reading("batch", 2, 3, True, n, upright=True) for n in (True, False)]
    if not mixing:
        alike += [Reading("sample", 1, 3, *order) for order in orders]
    groups = [g for g in (found, alike) if g]
    if survey.mixed:
        groups = [[*g, *(replace(reading, late=True) for reading in g)] for g in groups]
    if survey.dotted:
        groups = [[*g, *(replace(reading, inner=True) for reading in g)] for g in groups]
    if survey.lone_sums:
        groups = [
            [*g, *(replace(r, across=True) for r in g if r.samples > 1 and not (r.late or r.inner))]
            for g in groups
        ]
    last = [Reading("scalar", 1, 1)]
    if batch and survey.samples:
        # one number for each sample: a mean over them is no longer the number itself
        numbers = [Reading("number", 3, 1)]
        last = [*numbers, *(replace(r, inner=True) for r in numbers if survey.dotted), *last]
    if survey.ranges.added:
        groups.insert(0, [Reading("sequence", 1, 1)])
    return [*(reading for g in groups for reading in g), *last]
