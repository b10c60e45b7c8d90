"""What all questions of a quiz share: the quantities of a derivation, and points to compare at."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...calculus.prove import Prover
from ...calculus.step import Derivation
from ...errors import BackproofError
from ...expr.evaluate import Evaluator
from ...expr.node import Expr, is_named, rebuild, same
from ...expr.scalars import FLOAT
from ...expr.shape import dim_letters
from ...expr.values import free_names
from ...show.insides import Insides
from ...show.pages import Block, Section

POINTS = 4
SIDES = (3, 2, 4, 5, 7, 6)  # of the matrices: as long as they last, no two alike
CALM = 0.6  # smaller numbers: no activation so far out that digits are lost there
Matrix = list[list[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A derivation, with a name for everything that questions are about.

    `quantities` are the names of the note, the short names of the derivation and its symbols, by
    plain name; `slopes` maps the plain name of a quantity to the derivative of the loss by it;
    `points` hold values for all of them, in float64, each with matrices of other sizes.
    """

    derivation: Derivation
    insides: Insides
    quantities: Mapping[str, Expr]
    slopes: Mapping[str, Expr]
    points: tuple[Evaluator, ...]
    _memo: dict[Expr, Expr] = field(default_factory=dict[Expr, Expr])

    def shown(self, e: Expr) -> Expr:
        """An expression with the symbols of the story in the place of unnamed parts."""
        if not self._memo:
            self._memo.update(self.insides.symbols)
        return rebuild(e, same, self._memo, is_named)

    def put_in(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """Blocks with the symbols of the story in the place of unnamed parts."""
        return self.insides.put_in(Section((), blocks)).blocks

    def named(self, e: Expr) -> Expr | None:
        """The quantity itself, or the symbol that it has in the story; None if it has none."""
        return e if is_named(e) else self.insides.symbols.get(e)

    def values(self, e: Expr) -> list[Matrix]:
        """The value of an expression at every point. Raises ArithmeticError where it has none."""
        return [finite(at.matrix(e)) for at in self.points]


def lesson(derivation: Derivation, seed: int = 0) -> Lesson:
    """The lesson of a derivation.

    Raises BackproofError where the loss has no value at any random point.
    """
    insides = Insides(derivation)
    quantities = dict(_quantities(derivation, insides))
    slopes = {
        named.attr.plain: stage.result
        for stage in derivation.stages
        if (named := insides.symbols.get(stage.quantity, stage.quantity)) and is_named(named)
    }
    points = tuple(_points(derivation, insides, seed))
    return Lesson(derivation, insides, quantities, slopes, points)


def finite(value: Matrix) -> Matrix:
    """The value itself. Raises ArithmeticError if an entry is infinite or no number."""
    if not all(math.isfinite(x) for row in value for x in row):
        raise ArithmeticError("a value is not finite")
    return value


def apart(a: Matrix, b: Matrix, by: float = 1e-3) -> bool:
    """Whether two values differ: in shape, or by more than this part of the largest entry."""
    if len(a) != len(b) or len(a[0]) != len(b[0]):
        return True
    both = [(x, y) for r, s in zip(a, b, strict=True) for x, y in zip(r, s, strict=True)]
    return max(abs(x - y) for x, y in both) > by * max(abs(x) for x, _ in both)


def _quantities(derivation: Derivation, insides: Insides) -> Iterator[tuple[str, Expr]]:
    for e in derivation.model.roles:
        yield e.attr.plain, e
    for stage in derivation.stages:
        if stage.name is not None:
            yield stage.name.attr.plain, stage.name
    for symbol in insides.symbols.values():
        yield symbol.attr.plain, symbol


def _points(derivation: Derivation, insides: Insides, seed: int) -> Iterator[Evaluator]:
    model = derivation.model
    leaves = free_names(model.loss, *model.roles)
    dims = (dim for leaf in leaves for dim in leaf.shape)
    letters = list(dict.fromkeys(x for dim in dims for x in dim_letters(dim)))
    rng = random.Random(f"points {seed}")
    found = 0
    for attempt in range(4 * POINTS):
        sides = rng.sample(SIDES[: max(4, min(len(letters), len(SIDES)))], k=min(4, len(SIDES)))
        if len(letters) > len(sides):
            sides = [*SIDES] * (1 + len(letters) // len(SIDES))
            rng.shuffle(sides)
        sizes = dict(zip(letters, sides, strict=False))
        prover = Prover(model, sizes, points=1, seed=1000 * seed + attempt)
        if not prover.points:
            break
        exact, _ = prover.points[0]
        values = {
            e: [[float(x) * (1 if e in model.sums_to_one else CALM) for x in row] for row in rows]
            for e in prover.leaves
            if (rows := exact.memo[e])
        }
        at = Evaluator(FLOAT, values, sizes)
        try:
            finite(at.matrix(model.loss))
            for stage in derivation.stages:
                finite(at.matrix(stage.result))
        except ArithmeticError:
            continue
        for part, symbol in insides.symbols.items():
            at.memo[symbol] = at.matrix(part)
        yield at
        found += 1
        if found == POINTS:
            return
    if not found:
        raise BackproofError(
            "no questions can be made about this note: its loss has a value at no random point",
            hint="look at what stands inside its logarithms and roots",
        )
