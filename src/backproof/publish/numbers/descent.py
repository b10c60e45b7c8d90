"""Gradient descent with the reference evaluator: what the numbers of a page are compared with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ...calculus.step import Derivation
from ...expr.evaluate import Evaluator, reference_fields
from ...expr.node import Expr
from ...expr.values import evaluator

Matrix = list[list[float]]
Matrices = dict[str, Matrix]


class Descent:
    """The loss of a derivation at one point after the other."""

    def __init__(self, derivation: Derivation) -> None:
        self.loss = derivation.model.loss
        self.gradients = dict(derivation.gradients)
        self.values = {e.quantity.attr.plain: e.quantity for e in derivation.model.equations}
        names = [stage.name for stage in derivation.stages if stage.name is not None]
        self.values |= {e.attr.plain: e for e in names}
        self.between = {
            s.quantity.attr.plain: s.result for s in derivation.stages if s.quantity.op == "let"
        }
        roles = derivation.model.roles
        self.trained = [
            e.attr.plain for e in derivation.wanted if e.op == "name" and roles[e] == "parameter"
        ]

    def at(self, point: Mapping[str, Matrix], roots: Iterable[Expr]) -> Evaluator:
        """An evaluator. Raises ArithmeticError where a value has none."""
        return evaluator([self.loss, *roots], point, reference_fields(None))

    def loss_at(self, point: Mapping[str, Matrix]) -> float:
        """The loss alone. Raises ArithmeticError where it has no value or is not finite."""
        return finite(self.at(point, ()).matrix(self.loss))[0][0]

    def stepped(self, point: Matrices, rate: float) -> tuple[float, Matrices]:
        """The loss at a point, and the point one step further: w - rate * gradient.

        Raises ArithmeticError where a number has no value or is not finite.
        """
        here = self.at(point, self.gradients.values())
        loss = finite(here.matrix(self.loss))[0][0]
        moved = dict(point)
        for plain in self.trained:
            slope = finite(here.matrix(self.gradients[plain]))
            moved[plain] = [
                [w - rate * g for w, g in zip(one, other, strict=True)]
                for one, other in zip(point[plain], slope, strict=True)
            ]
        return loss, moved

    def worked(self, point: Mapping[str, Matrix]) -> tuple[Matrices, Matrices]:
        """The value of every quantity, and the derivative of the loss by each and by each
        parameter. Raises ArithmeticError where one has no value."""
        slopes = {**self.between, **self.gradients}
        here = self.at(point, [*self.values.values(), *slopes.values()])
        return (
            {plain: here.matrix(e) for plain, e in self.values.items()},
            {plain: here.matrix(e) for plain, e in slopes.items()},
        )


def finite(matrix: Matrix) -> Matrix:
    """The matrix itself. Raises ArithmeticError for one with an entry that is not finite."""
    if not all(math.isfinite(x) for row in matrix for x in row):
        raise ArithmeticError("a number is not finite")
    return matrix
