"""A worked sample: a small point at which a network can be followed by hand, and trained."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from typing import Literal

from ...calculus.step import Derivation
from ...errors import RefusedError
from ...expr.node import Expr, walk
from ...expr.values import free_names
from .descent import Descent, Matrices
from .points import OTHERWISE, Kind, Layout, Points, laid_out


@dataclass(frozen=True, slots=True)
class Surface:
    """What to draw over the plane of a two-dimensional input.

    `input` is the input and `output` the quantity that the network predicts with it; `axis` is the
    axis along which the samples lie in each, by plain name, None where the note has one sample.
    `kind` says how an output is read: a side of `level` (`sides`), the largest entry (`classes`),
    or a `value`.
    """

    input: str
    output: str
    target: str
    axes: dict[str, int | None]
    kind: Literal["sides", "classes", "value"]
    level: float = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """A point for a network: all matrices are lists of rows, by plain name.

    `parameters` are trained with `learning_rate`, `data` are inputs, targets and constants, `sizes`
    gives the number for each letter of a dimension. `values` holds every quantity of the note and
    every short name of the derivation, `gradients` the derivative of the loss by every parameter
    and every quantity in between, `axes` the axis of the samples of those data that have several.
    """

    parameters: Matrices
    data: Matrices
    sizes: dict[str, int]
    learning_rate: float
    values: Matrices = field(default_factory=Matrices)
    gradients: Matrices = field(default_factory=Matrices)
    axes: dict[str, int] = field(default_factory=dict[str, int])
    surface: Surface | None = None


@dataclass(frozen=True, slots=True)
class _Start:
    """A point to start from, and how the loss went down from there."""

    points: Points
    weights: Matrices
    data: Matrices
    rate: float
    losses: list[float]

    @property
    def rest(self) -> float:
        """What is left of the loss, as a share of what it was."""
        return self.losses[-1] / self.losses[0] if self.losses[0] > 0 else 1.0


def worked_sample(derivation: Derivation) -> Sample:
    """A small sample with short decimals, the same in every run, from which the loss clearly goes
    down: four samples of two features where the note does not say otherwise, targets that suit the
    loss.

    Raises RefusedError where there is none: a size that the note fixes is too large to be read, or
    no point was found at which every number has a value.
    """
    layout = laid_out(derivation.model)
    descent = Descent(derivation)
    start = _Search(derivation, layout, descent).found()
    sample = Sample(
        start.weights,
        start.data,
        layout.sizes,
        start.rate,
        axes={
            e.attr.plain: axis
            for e in derivation.model.roles
            if e.attr.plain in start.data and (axis := layout.axis(e)) is not None
        },
    )
    sample = _with_values(descent, sample)
    return replace(sample, surface=_surface(layout, descent, start.points, sample))


def trained(derivation: Derivation, sample: Sample, steps: int) -> Sample:
    """The sample after some steps of gradient descent, w - rate * gradient.

    Raises ArithmeticError where a number has no value or is not finite.
    """
    descent = Descent(derivation)
    point = {**sample.data, **sample.parameters}
    for _ in range(steps):
        point = descent.stepped(point, sample.learning_rate)[1]
    return _with_values(
        descent, replace(sample, parameters={p: point[p] for p in sample.parameters})
    )


def _with_values(descent: Descent, sample: Sample) -> Sample:
    values, gradients = descent.worked({**sample.data, **sample.parameters})
    return replace(sample, values=values, gradients=gradients)


# -- finding a start ---------------------------------------------------------------------------

_SHORT, _LONG = 10, 100  # steps
_HIGH = 1.6  # times what it costs to know nothing: a network that is sure, and wrong, learns badly
_RATES = (0.5, 0.2, 1.0, 0.1, 0.05, 0.02, 0.01, 0.001)
_DEEPEST = -1.0  # as a share of the first loss: below that, a loss has no bottom
# A problem that needs its hidden layer is not learned from everywhere.
_HARD = ((1, 0.2), (1, 0.5), (1, 1.0), (1, 2.0), (2, 2.0), (2, 4.0), (3, 4.0))


class _Search:
    def __init__(self, derivation: Derivation, layout: Layout, descent: Descent) -> None:
        self.layout = layout
        self.descent = descent
        roots = [derivation.model.loss, *derivation.gradients.values()]
        # Work that is done at most: deep networks are tried at fewer points.
        self.left = min(2000, 200_000 // sum(1 for _ in walk(roots)))
        self.best: _Start | None = None

    def found(self) -> _Start:
        """A start. Raises RefusedError where there is none."""
        for kinds in self._kinds():
            # The corners of a square first, if there is a hidden layer for them.
            sets = [Points(self.layout, kinds, apart) for apart in (False, True)]
            sets = sets if self._hidden() else sets[1:]
            for points in sets if self._decides(kinds) else []:
                start = self._learned(points)
                if start is not None:
                    return start
            start = self._going_down(sets[0])
            if start is not None:
                return start
            if self.best is not None:
                return self.best
        raise RefusedError(
            "no small sample was found at which every number of this network has a value",
            hint="the formulas have no value at most points: a logarithm or a root of what may be "
            "negative?",
        )

    def _kinds(self) -> Iterator[dict[str, Kind]]:
        given = self.layout.kinds
        for chosen in product(*(OTHERWISE[kind] for kind in given.values())):
            yield dict(zip(given, chosen, strict=True))

    def _hidden(self) -> bool:
        """Whether there is a layer between inputs and targets."""
        model = self.layout.model
        outside = {d for e in (*model.inputs, *model.targets) for d in e.shape}
        return any(d not in outside and d != 1 for e in model.parameters for d in e.shape)

    def _decides(self, kinds: dict[str, Kind]) -> bool:
        """Whether the points of a plane are told apart."""
        layout, classes = self.layout, {"one-hot", "binary", "sign"}
        whole = bool(layout.model.samples) and layout.plane is not None
        return whole and bool(kinds) and set(kinds.values()) <= classes

    def _learned(self, points: Points) -> _Start | None:
        """A start from which the classes are soon told apart; what comes closest is kept."""
        data = points.data()
        highest = _HIGH * self._ignorance(data, points.weights(0, 1, False))
        for seed, (scale, rate) in product(range(40), _HARD):
            if self.left < _LONG:
                break
            weights = points.weights(seed, scale, False)
            before = self._losses({**data, **weights}, rate, 0)
            if not before or before[0] > highest:
                continue
            losses = self._losses({**data, **weights}, rate, _SHORT)
            if not losses or losses[-1] > 0.9 * losses[0]:
                continue
            losses = self._losses({**data, **weights}, rate, _LONG)
            if losses and _falls(losses):
                start = _Start(points, weights, data, rate, losses)
                learned = start.rest < 0.2 and losses[_LONG // 2] < 0.4 * losses[0]
                if learned and self._alive({**data, **weights}):
                    return start
                self._keep(start)
        return self.best if self.best is not None and self.best.rest < 0.5 else None

    def _ignorance(self, data: Matrices, weights: Matrices) -> float:
        """The loss of weights that are next to nothing; infinite where it has no value."""
        small = {p: [[0.01 * x for x in row] for row in rows] for p, rows in weights.items()}
        losses = self._losses({**data, **small}, 0.0, 0)
        return losses[0] if losses else math.inf

    def _keep(self, start: _Start) -> None:
        if self.best is None or _DEEPEST < start.rest < self.best.rest:
            self.best = start

    def _going_down(self, points: Points) -> _Start | None:
        """A start from which the loss clearly goes down in a few steps; what comes closest is
        kept."""
        data = points.data()
        for positive, seed in product((False, True), range(6)):
            weights = points.weights(seed, 1, positive)
            for rate in _RATES:
                losses = self._losses({**data, **weights}, rate, _SHORT)
                if not losses:
                    continue
                start = _Start(points, weights, data, rate, losses)
                clear = _falls(losses) and _DEEPEST < start.rest < 0.75
                if clear and self._alive({**data, **weights}):
                    return start
                self._keep(start)
                if self.left < 0:
                    return self.best
        return self.best

    def _alive(self, point: Matrices) -> bool:
        """Whether few weights are out of play, as those of a unit which is off for all samples."""
        slopes = [self.descent.gradients[p] for p in self.descent.trained]
        here = self.descent.at(point, slopes)
        entries = [x for slope in slopes for row in here.matrix(slope) for x in row]
        return entries.count(0.0) <= max(1, len(entries) / 4)

    def _losses(self, point: Matrices, rate: float, steps: int) -> list[float]:
        """The loss before each step and after the last; none where a number has no value."""
        losses: list[float] = []
        try:
            for _ in range(steps):
                loss, point = self.descent.stepped(point, rate)
                losses.append(loss)
            losses.append(self.descent.loss_at(point))
        except ArithmeticError:
            return []
        finally:
            self.left -= steps + 1
        return losses


def _falls(losses: list[float]) -> bool:
    """Whether a loss goes down, but for what is not seen."""
    slack = 0.03 * abs(losses[0])
    return all(after <= before + slack for before, after in pairwise(losses))


# -- what is drawn over the plane --------------------------------------------------------------


def _surface(layout: Layout, descent: Descent, points: Points, sample: Sample) -> Surface | None:
    """The prediction for every point of the plane, where the input has two features and what is
    predicted for a sample depends on no other."""
    plane = layout.plane
    output = _output(layout, plane) if plane is not None else None
    if plane is None or output is None or len(layout.model.targets) != 1:
        return None
    target = layout.model.targets[0]
    here = {**sample.data, **sample.parameters}
    if not _alone(descent, layout, here, plane, output):
        return None
    axes = {e.attr.plain: layout.axis(e) for e in (plane, output, target)}
    names = (plane.attr.plain, output.attr.plain, target.attr.plain)
    kind = points.kinds[target.attr.plain]
    if kind in ("one-hot", "shares"):
        return Surface(*names, axes, "classes")
    if kind in ("real", "positive"):
        return Surface(*names, axes, "value")
    level = 0.5 if _is_a_share(descent, here, output) else 0.0
    return Surface(*names, axes, "sides", level)


def _output(layout: Layout, plane: Expr) -> Expr | None:
    """What the network predicts: the last quantity that depends on the input and on no target."""
    model = layout.model
    for e in (equation.quantity for equation in reversed(model.equations)):
        names = free_names(e)
        predicts = plane in names and not any(t in names for t in model.targets)
        if predicts and (layout.axis(plane) is None or layout.axis(e) is not None):
            return e
    return None


def _alone(descent: Descent, layout: Layout, here: Matrices, plane: Expr, output: Expr) -> bool:
    """Whether the prediction for the first sample stays when the others change."""
    rows, axis = here[plane.attr.plain], layout.axis(plane)
    if axis is None:
        return True
    moved = [
        [x if (i, j)[axis] == 0 else 0.3 - 2 * x for j, x in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    try:
        pair = [
            descent.at(point, [output]).matrix(output)
            for point in (here, {**here, plane.attr.plain: moved})
        ]
    except ArithmeticError:
        return False
    one, other = (m[0] if layout.axis(output) == 0 else [row[0] for row in m] for m in pair)
    return all(abs(a - b) < 1e-12 for a, b in zip(one, other, strict=True))


def _is_a_share(descent: Descent, here: Matrices, output: Expr) -> bool:
    """Whether a prediction lies between 0 and 1 whatever the weights are."""
    large = {
        p: [[50 * x for x in row] for row in rows] if p in descent.trained else rows
        for p, rows in here.items()
    }
    try:
        value = descent.at(large, [output]).matrix(output)
    except ArithmeticError:
        return False
    return all(0 <= x <= 1 for row in value for x in row)
