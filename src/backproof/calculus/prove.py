"""Proving: both sides of every step evaluated at random points with many digits, and every gradient
against forward mode.

Two expressions that agree at a random point to 50 digits are equal there for a reason: `1/(m+1)`
for `1/m` differs in the fourth digit at m = 1000. A piece-wise function is proven on the pieces
that the points fall on; several points with both signs are used for that reason.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..errors import BackproofError
from ..expr.evaluate import Evaluator, Matrix, has_indices
from ..expr.model import Model
from ..expr.node import Expr
from ..expr.scalars import DomainError, Field, many_digits
from ..expr.shape import dim_letters, dim_value
from ..expr.values import free_names
from .step import Proof, Step

DIGITS = 50
POINTS = 2
Sides = tuple[Matrix, Matrix, Any]  # left, right, and how large the parts are that they are made of
BITS = 200  # of a random number: more than 50 digits
# Both sides may lose digits on the way (differences of large numbers); 50 digits leave room for
# that.
TOLERANCE = Fraction(1, 10**30)
FINER = (120, 360, 1100)  # digits, where 50 do not decide
INDEX_LETTERS = "ijkls"


class ProofFailed(BackproofError):
    """A step whose sides differ: an error in a law, never in the user's note."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where random values are drawn from: between `low` and `high`, with both signs or not."""

    low: float
    high: float
    signs: bool


# Tried in this order: a logarithm of something negative leads on to the next.
DOMAINS = (Domain(0.3, 1.6, True), Domain(0.3, 1.6, False), Domain(0.1, 0.9, False))


@dataclass(frozen=True, slots=True)
class Use:
    """One quantity that uses another: `gradient` is the derivative of the loss by `upper`, `held`
    the parts of its equation that have stages of their own and stay fixed here."""

    upper: Expr
    gradient: Expr
    held: frozenset[Expr] = frozenset()


class Prover:
    """Random points for one model, and the steps proven at them.

    Raises ProofFailed where the sides of a step differ. `sizes` overrides the size of a dimension.
    """

    def __init__(
        self,
        model: Model,
        sizes: Mapping[str, int] | None = None,
        points: int = POINTS,
        seed: int = 7,
    ) -> None:
        self.model = model
        self._wanted_points = points
        self.field: Field = many_digits(DIGITS + 10)
        self._fine: dict[int, Field] = {}
        self.leaves = free_names(model.loss, *model.roles)
        self.sizes = {**_sizes(self.leaves), **(sizes or {})}
        self._entries = self._some_entries()
        self._random = random.Random(seed)
        number = self.field.number
        self._scales = {
            d: (
                number(Fraction(d.low)),
                number(Fraction(d.high - d.low)),
                number(Fraction(1, 2**BITS)),
            )
            for d in DOMAINS
        }
        self._points: list[tuple[Evaluator, Domain]] | None = None

    @property
    def points(self) -> list[tuple[Evaluator, Domain]]:
        """Points at which the loss has a value; empty if none was found."""
        if self._points is None:
            self._points = []
            for domain in DOMAINS:
                for _ in range(self._wanted_points - len(self._points)):
                    point = self._point(domain)
                    try:
                        point.matrix(self.model.loss)
                    except (DomainError, OverflowError):
                        continue
                    self._points.append((point, domain))
        return self._points

    def _point(self, domain: Domain) -> Evaluator:
        values = {leaf: self._value(leaf, domain) for leaf in self.leaves}
        for target in self.model.sums_to_one:
            values[target] = self._normalised(values[target])
        return Evaluator(self.field, values, self.sizes)

    def _value(self, e: Expr, domain: Domain) -> Matrix:
        rows, columns = (dim_value(d, self.sizes) for d in e.shape)
        positive = not domain.signs or self.model.roles.get(e) == "constant"
        return [[self._number(domain, positive) for _ in range(columns)] for _ in range(rows)]

    def _number(self, domain: Domain, positive: bool) -> Any:
        low, width, unit = self._scales[domain]
        value = low + width * (unit * self._random.getrandbits(BITS))
        return value if positive or self._random.random() < 0.5 else -value

    def _normalised(self, value: Matrix) -> Matrix:
        lines = [[abs(x) for x in row] for row in value]
        if self.model.columns:
            totals = [sum(column[1:], column[0]) for column in zip(*lines, strict=True)]
            return [[x / t for x, t in zip(row, totals, strict=True)] for row in lines]
        return [[x / sum(row[1:], row[0]) for x in row] for row in lines]

    def prove(self, step: Step) -> Step:
        """The step with its proof. Raises ProofFailed if its sides differ."""
        why = tuple(self.prove(s) for s in step.why)
        done = 0
        for point, domain in self.points:
            for domain_here in (domain, *DOMAINS) if step.frozen else (domain,):
                try:
                    at = self._frozen(point, step.frozen, domain_here) if step.frozen else point
                    self._compare(step, at, lambda at: (*self.sides(step, at), 0))
                except (DomainError, OverflowError):
                    continue
                done += 1
                break
        proof = Proof("proven", DIGITS, done) if done else Proof("undecided", DIGITS, 0)
        return replace(step, proof=proof, why=why)

    def _frozen(self, point: Evaluator, held: tuple[Expr, ...], domain: Domain) -> Evaluator:
        values = {leaf: point.memo[leaf] for leaf in self.leaves}
        for e in held:
            if e not in values:
                values[e] = self._value(e, domain)
        return Evaluator(self.field, values, self.sizes, frozenset(held))

    def sides(self, step: Step, at: Evaluator) -> tuple[Matrix, Matrix]:
        """The values of both sides at a point; formulas of entries at several entries."""
        both = (step.before, step.after)
        if not any(has_indices(e) for e in both):
            return at.matrix(step.before), at.matrix(step.after)
        left, right = ([[at.scalar(e, entry) for entry in self._entries]] for e in both)
        return left, right

    def _some_entries(self) -> list[dict[str, int]]:
        """An index for each letter, within the smallest dimension: neighbours apart, the same the
        other way round, and all alike, as on a diagonal."""
        smallest = min([2, *self.sizes.values()])
        return [
            {x: 1 + (i % smallest) for i, x in enumerate(INDEX_LETTERS)},
            {x: 1 + ((i + 1) % smallest) for i, x in enumerate(INDEX_LETTERS)},
            dict.fromkeys(INDEX_LETTERS, 1),
        ]

    def prove_link(self, step: Step, by: Expr, uses: Iterable[Use]) -> Step:
        """A first line `gradient(loss, by) = after`, by induction over the network.

        For each quantity that uses `by` directly, the derivative of the loss by it is proven
        already. So a random change of `by` is pushed forward through those equations alone,
        weighed with what is known, and compared with `after` along the same change. Raises
        ProofFailed.
        """
        uses = list(uses)
        if not uses:  # the loss itself, or what it does not depend on
            return self.prove(step)
        why = tuple(self.prove(s) for s in step.why)
        done = 0

        def sides(at: Evaluator) -> Sides:
            change_of_by = _in_field(rates, at.field)
            after = at.matrix(step.after)
            forward: Any = 0
            for use in uses:
                value = use.upper.args[0] if use.upper.op == "let" else use.upper
                change = at.pushed(value, {by: change_of_by}, one_equation=True, held=use.held)
                forward += _inner(at.matrix(use.gradient), change)
            return [[forward]], [[_inner(after, change_of_by)]], _size(after, change_of_by)

        for point, domain in self.points:
            rates = self._value(by, domain)
            try:
                self._compare(step, point, sides)
            except (DomainError, OverflowError):
                continue
            done += 1
        proof = Proof("proven", DIGITS, done) if done else Proof("undecided", DIGITS, 0)
        return replace(step, proof=proof, why=why)

    def _compare(self, step: Step, at: Evaluator, sides: Callable[[Evaluator], Sides]) -> None:
        if self._difference(at, sides) is None:
            raise ProofFailed(
                f"the step by the law {step.law.name!r} does not hold",
                hint="please report this note: it shows an error in backproof",
            )

    def _difference(self, at: Evaluator, sides: Callable[[Evaluator], Sides]) -> float | None:
        """The relative difference of two values that are the same; None if they are not.

        What is zero for a reason (the sum of a softmax does not change) comes out as rounding
        noise on both sides, and what is all but zero (the slope of a saturated tanh) may come out
        as zero on one of them. With more digits noise shrinks by as much and what was lost shows,
        while an error stays as it is.
        """
        first: Any = None
        largest: Any = 0
        before: tuple[Matrix, Matrix] | None = None
        for digits in (None, *FINER):
            left, right, scale = sides(at if digits is None else self._finer(at, digits))
            distance = _distance(left, right)
            largest = max(scale, _largest(left), _largest(right))
            if distance * TOLERANCE.denominator <= largest:
                return float(distance / largest) if largest else 0.0
            if before is None:
                first, before = distance, (left, right)
                continue
            if distance * TOLERANCE.denominator <= first:
                return 0.0
            if _settled(before[0], left) and _settled(before[1], right):
                return None
            before = left, right
        if largest * 10 ** (FINER[-1] // 4) < 1:
            raise DomainError("digits")  # too small to tell it from nothing
        return None

    def _finer(self, at: Evaluator, digits: int) -> Evaluator:
        """The same point with more digits."""
        if digits not in self._fine:
            self._fine[digits] = many_digits(digits)
        field = self._fine[digits]
        known = (*self.leaves, *at.frozen)
        values = {e: _in_field(at.memo[e], field) for e in known}
        for target in self.model.sums_to_one:
            if target not in at.frozen:
                values[target] = self._normalised(values[target])
        return Evaluator(field, values, self.sizes, at.frozen)

    def check_gradients(self, loss: Expr, gradients: Mapping[Expr, Expr]) -> float | None:
        """The gradients against forward mode: along one random direction through all of them.

        Returns the largest relative difference, None if there is no point to do it at.
        Raises ProofFailed.
        """
        for point, _ in self.points:
            seeds = {by: self._value(by, DOMAINS[0]) for by in gradients}
            # Free names can all change at once; a quantity that follows from others changes alone.
            together = {by: rates for by, rates in seeds.items() if by.op == "name"}
            alone = [{by: rates} for by, rates in seeds.items() if by.op != "name"]
            groups = [together, *alone] if together else alone

            def sides(at: Evaluator, seeds: Any = seeds, groups: Any = groups) -> Sides:
                forward: Any = 0
                for group in groups:
                    change = {by: _in_field(rates, at.field) for by, rates in group.items()}
                    forward += at.pushed(loss, change)[0][0]
                backward: Any = 0
                scale: Any = 0
                for by, rates in seeds.items():
                    change_of_by = _in_field(rates, at.field)
                    backward += _inner(at.matrix(gradients[by]), change_of_by)
                    scale += _size(at.matrix(gradients[by]), change_of_by)
                return [[forward]], [[backward]], scale

            try:
                worst = self._difference(point, sides)
            except (DomainError, OverflowError):
                continue
            if worst is None:
                raise ProofFailed("the gradients do not agree with forward mode")
            return worst
        return None


def _inner(a: Matrix, b: Matrix) -> Any:
    out: Any = 0
    for row, other in zip(a, b, strict=True):
        for x, y in zip(row, other, strict=True):
            out += x * y
    return out


def _size(a: Matrix, b: Matrix) -> Any:
    return _inner([[abs(x) for x in row] for row in a], [[abs(x) for x in row] for row in b])


def _distance(left: Matrix, right: Matrix) -> Any:
    worst: Any = 0
    for a, b in zip(left, right, strict=True):
        for x, y in zip(a, b, strict=True):
            worst = max(worst, abs(x - y))
    return worst


def _largest(value: Matrix) -> Any:
    return max(abs(x) for row in value for x in row)


def _settled(before: Matrix, now: Matrix) -> bool:
    """Whether more digits did not change a value. A bare zero may still turn into something."""
    return _distance(before, now) * 10**20 < _largest(now)


def _in_field(value: Matrix, field: Field) -> Matrix:
    """A value in the numbers of another field, which has at least as many digits."""
    zero = field.number(Fraction(0))
    return [[zero + x for x in row] for row in value]


def _sizes(leaves: Iterable[Expr]) -> dict[str, int]:
    """Different small sizes for the letters, so that a transpose cannot pass unseen."""
    letters = dict.fromkeys(
        letter for leaf in leaves for dim in leaf.shape for letter in dim_letters(dim)
    )
    few = (3, 2, 4, 5) if len(letters) <= 6 else (3, 2, 4) if len(letters) <= 40 else (3, 2)
    return {letter: few[i % len(few)] for i, letter in enumerate(letters)}
