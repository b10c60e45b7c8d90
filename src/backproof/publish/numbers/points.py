"""Small numbers for a network: sizes, inputs and targets that a student can follow by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from ...errors import RefusedError
from ...expr.model import Model
from ...expr.node import Expr, walk
from ...expr.shape import SCALAR, Dim, dim_letters, dim_value
from .descent import Matrices, Matrix

Kind = Literal["one-hot", "shares", "binary", "sign", "real", "positive"]
#: What else a target may be, where the first choice has no value: `y log y` has none at 0.
OTHERWISE: dict[Kind, tuple[Kind, ...]] = {
    "one-hot": ("one-hot", "shares"),
    "shares": ("shares",),
    "binary": ("binary", "shares"),
    "sign": ("sign",),
    "real": ("real", "positive"),
    "positive": ("positive",),
}
_LARGEST = 400  # numbers that a reader can still find their way in

# Four points of the plane, and whether each belongs to the second class. No straight line parts
# those of the first kind: that takes a hidden layer.
_CORNERS = ([(1, 1), (0, 1), (1, 0), (0, 0)], [0, 1, 1, 0])
_APART = ([(1, 2), (0, 1), (2, 0), (3, 1)], [0, 0, 1, 1])
_REAL = (0.4, -0.3, 0.8, -0.6, 0.1, 0.7)
_POSITIVE = (0.4, 1.2, 0.8, 0.3, 1.5, 0.6)
_SMALL = frozenset("lambda alpha epsilon varepsilon eps".split())
_SINGLE = (0.6, -0.4)  # the two features of a lone sample


@dataclass(frozen=True, slots=True)
class Layout:
    """How large everything is, and what the targets of a model are."""

    model: Model
    sizes: dict[str, int]
    kinds: dict[str, Kind]

    def shape(self, e: Expr) -> tuple[int, int]:
        return dim_value(e.shape[0], self.sizes), dim_value(e.shape[1], self.sizes)

    def axis(self, e: Expr) -> int | None:
        """The axis along which the samples of a quantity lie, if it has several."""
        samples = self.model.samples
        return next((k for k in (0, 1) if samples and e.shape[k] == samples), None)

    @property
    def plane(self) -> Expr | None:
        """The input that holds the two features of every sample, if there is just one."""
        inputs = self.model.inputs
        if len(inputs) != 1:
            return None
        axis, (rows, columns) = self.axis(inputs[0]), self.shape(inputs[0])
        features = rows if axis == 1 else columns if axis == 0 else max(rows, columns)
        lone = axis is not None or 1 in (rows, columns)
        return inputs[0] if features == 2 and lone else None


def laid_out(model: Model) -> Layout:
    """Sizes for every letter: four samples, two features, three units.

    Raises RefusedError where a size that the note fixes is too large to be shown.
    """
    kinds: dict[str, Kind] = {e.attr.plain: _kind(model, e) for e in model.targets}
    leaves = [e for e in model.roles if e.op == "name"]
    sizes = dict.fromkeys([model.samples] if model.samples else [], 4)
    for letter in _letters(model.inputs):
        sizes.setdefault(letter, 2)
    for e in model.targets:
        for letter in _letters([e]):
            sizes.setdefault(letter, 3 if kinds[e.attr.plain] == "one-hot" else 2)
    for letter in _letters(leaves):
        sizes.setdefault(letter, 3)
    layout = Layout(model, sizes, kinds)
    count = sum(rows * columns for rows, columns in map(layout.shape, leaves))
    if count > _LARGEST:
        raise RefusedError(
            f"a worked sample of this network would have {count} numbers",
            hint=f"write letters for the sizes of the layers; up to {_LARGEST} numbers are shown",
        )
    return layout


def _letters(leaves: Iterable[Expr]) -> Iterator[str]:
    for e in leaves:
        for dim in e.shape:
            yield from dim_letters(dim)


# -- what the targets are ----------------------------------------------------------------------


def _kind(model: Model, target: Expr) -> Kind:
    """What the values of a target must be, by what the loss does with them."""
    ops = {e.op for e in walk([model.loss])}
    logs = bool(ops & {"log", "log1p", "softplus", "logsumexp", "log_softmax"})
    if target in model.sums_to_one or (logs and "softmax" in ops and _classes(model, target) != 1):
        return "one-hot"
    if _is_a_factor(model, target):
        return "sign"
    return "binary" if logs else "real"


def _classes(model: Model, target: Expr) -> Dim:
    """The side of a target that is not its samples."""
    return next((d for d in target.shape if d not in (model.samples, 1)), 1)


def _is_a_factor(model: Model, target: Expr) -> bool:
    """Whether a target multiplies a score inside of a function that is flat on one side, as in
    max(0, 1 - y s) and log(1 + exp(-y s)): then it is 1 or -1."""
    products = {e for e in walk([model.loss]) if e.op == "mul" and target in map(_bare, e.args)}
    flat = {e for e in walk([model.loss]) if e.op in ("relu", "max", "exp", "softplus", "sigmoid")}
    return any(p in products for p in walk(flat, lambda e: e.op == "let"))


def _bare(e: Expr) -> Expr:
    while e.op in ("broadcast", "neg", "transpose"):
        e = e.args[0]
    return e


# -- points ------------------------------------------------------------------------------------


class Points:
    """Values for all names of a model."""

    def __init__(self, layout: Layout, kinds: dict[str, Kind], apart: bool) -> None:
        self.layout = layout
        self.kinds = kinds
        self.points, self.marks = _APART if apart else _CORNERS

    def data(self) -> Matrices:
        """Inputs, targets and constants."""
        out: Matrices = {}
        for e, role in self.layout.model.roles.items():
            if e.op == "name" and role != "parameter":
                out[e.attr.plain] = self._of(e, role)
        return out

    def weights(self, seed: int, scale: float, positive: bool) -> Matrices:
        """Parameters with one decimal, none of them 0."""
        random, out = Random(seed), Matrices()
        for e in self.layout.model.parameters:
            if e.op == "name":
                rows, columns = self.layout.shape(e)
                drawn = [[_short(random, scale) for _ in range(columns)] for _ in range(rows)]
                out[e.attr.plain] = [[abs(x) for x in row] for row in drawn] if positive else drawn
        return out

    def _of(self, e: Expr, role: str) -> Matrix:
        rows, columns = self.layout.shape(e)
        if role == "constant":
            return [[_constant(e)] * columns for _ in range(rows)]
        if role != "target" and e is not self.layout.plane:
            random = Random(e.attr.plain)
            return [[_short(random, 1) for _ in range(columns)] for _ in range(rows)]
        axis = self.layout.axis(e)
        samples_first = axis == 0 or (axis is None and rows == 1)
        return [
            [self._entry(e, *((i, j) if samples_first else (j, i))) for j in range(columns)]
            for i in range(rows)
        ]

    def _entry(self, e: Expr, sample: int, feature: int) -> float:
        if e is self.layout.plane:
            return self._feature(feature, sample)
        return self._target(self.kinds[e.attr.plain], feature, sample, e)

    def _feature(self, feature: int, sample: int) -> float:
        if not self.layout.model.samples:
            return _SINGLE[feature % 2]
        return float(self.points[sample % len(self.points)][feature])

    def _target(self, kind: Kind, feature: int, sample: int, e: Expr) -> float:
        classes = dim_value(_classes(self.layout.model, e), self.layout.sizes)
        mark = self.marks[sample % len(self.marks)] if self.layout.model.samples else 1
        if kind in ("one-hot", "shares"):
            if classes > 1:
                right = (mark if sample < 3 or classes < 3 else 2) == feature
                return float(right) if kind == "one-hot" else _share(right, classes)
            return 0.8 if mark else 0.2
        if kind in ("binary", "sign"):
            # A second output learns the opposite of the first.
            on = bool(mark) != bool(feature % 2)
            return float(on) if kind == "binary" else 1.0 if on else -1.0
        values = _REAL if kind == "real" else _POSITIVE
        place = self.layout.model.targets.index(e)
        return values[(sample + place + 3 * feature) % len(values)]


def _share(right: bool, classes: int) -> float:
    return round(1 - 0.1 * (classes - 1), 1) if right else 0.1


def _short(random: Random, scale: float) -> float:
    """A number with one decimal between -scale and scale, and not 0."""
    tenths = max(1, round(10 * scale * random.random()))
    return (1 if random.random() < 0.5 else -1) * tenths / 10


def _constant(e: Expr) -> float:
    """A penalty is small, and so is what only keeps a denominator from 0."""
    if e.shape != SCALAR:
        return 0.5
    return 0.01 if e.attr.base in _SMALL else 0.5
