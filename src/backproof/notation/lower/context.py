"""What is known while a note is elaborated, and the one function that everything calls back to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from ...errors import Span
from ...expr.build import Function
from ...expr.model import Remark
from ...expr.name import Name
from ...expr.shape import Dim, Shape, rename_dim
from ..syntax import Tree
from .dims import BATCH, FEATURE, Dims
from .names import Reference, refer
from .survey import Survey
from .trail import Search, Trail
from .values import Axes, Value


@dataclass(frozen=True, slots=True)
class Index:
    """A letter in scope: what it runs over."""

    letter: str
    sample: bool
    dim: Dim


@dataclass(frozen=True, slots=True)
class Hint:
    """What the surroundings say about a part whose shape is still open.

    `like`: it is added to, or multiplied entry by entry with, something of shape `shape`; `left` or
    `right`: it stands on that side of a product with something of shape `shape`. `hadamard` tells a
    product marked as entry by entry, `between` the shape that fits between two known sides.
    """

    how: Literal["like", "left", "right"]
    shape: Shape
    labels: tuple[str, str] = ("", "")
    hadamard: bool = False
    mark: str = ""
    tree: Tree | None = None
    between: Shape | None = None


@dataclass
class Context:
    """The state of one reading of a note. Everything that changes goes through the trail."""

    survey: Survey
    elaborate: Callable[[Context, Tree, Hint | None], Value]
    trail: Trail = field(default_factory=Trail)
    search: Search = field(default_factory=Search)
    remarks: dict[tuple[str, Span | None], Remark] = field(
        default_factory=dict[tuple[str, Span | None], Remark]
    )

    def __post_init__(self) -> None:
        self.dims = Dims(self.trail)
        self.axes = Axes(self.dims, self.survey.columns)
        self.batch: Dim = self.dims.fresh(BATCH)
        self.scope: dict[str, Index] = {}
        self.given: dict[Name, Value] = {}
        self.values: dict[Name, Value] = {}
        self.leaves: dict[Name, Value] = {}
        self.declared: dict[Name, tuple[tuple[Dim, ...], Span]] = {}
        self.functions: dict[Name, Function] = {}
        self.limits: dict[tuple[Span, str, tuple[int, ...]], Dim] = {}
        self.steps: tuple[int, ...] = ()
        self.calling: set[Name] = set()
        self.exponents: set[Name] = set()
        self.constants: set[Name] = set()
        self.dividing: Value | None = None
        self.denominator = False
        self.explaining = True  # in the first reading, whose error is the one that is reported
        self.sizes: dict[str, Dim] = {}

    def value(self, tree: Tree, hint: Hint | None = None) -> Value:
        """The value of a formula. Raises Misfit, ModelError, RefusedError."""
        return self.elaborate(self, tree, hint)

    def refer(self, tree: Tree) -> Reference | None:
        return refer(tree, self.scope, bare_layers=self.survey.bare_layers)

    def feature(self) -> Dim:
        return self.dims.fresh(FEATURE)

    @contextmanager
    def within(self, *indices: Index) -> Generator[None, None, None]:
        """Letters in scope for a while."""
        before = self.scope
        self.scope = {**before, **{i.letter: i for i in indices}}
        try:
            yield
        finally:
            self.scope = before

    @contextmanager
    def given_as(self, values: dict[Name, Value]) -> Generator[None, None, None]:
        """The parameters of a function bound to its arguments for a while."""
        before = self.given
        self.given = {**before, **values}
        try:
            yield
        finally:
            self.given = before

    @contextmanager
    def below(self, above: Value | None) -> Generator[None, None, None]:
        """Inside a denominator, for a while: what stands above it, as far as it is known."""
        before = self.dividing, self.denominator
        self.dividing, self.denominator = above, True
        try:
            yield
        finally:
            self.dividing, self.denominator = before

    @contextmanager
    def step(self, number: int) -> Generator[None, None, None]:
        """Inside one term of a sum that is written out, for a while."""
        before = self.steps
        self.steps = (*before, number)
        try:
            yield
        finally:
            self.steps = before

    @contextmanager
    def counting(self, sizes: dict[str, Dim]) -> Generator[None, None, None]:
        """Letters that are the lengths of sums for a while: the m of `1/m` before its sum."""
        before = self.sizes
        self.sizes = {**before, **sizes}
        try:
            yield
        finally:
            self.sizes = before

    def shown(self, shape: Shape) -> Shape:
        """A shape with the letters that a reader knows it by."""
        return (self.shown_dim(shape[0]), self.shown_dim(shape[1]))

    def shown_dim(self, dim: Dim) -> str:
        root = self.dims.find(dim)
        if isinstance(root, int):
            return str(root)
        order = [d for v in (*self.leaves.values(), *self.values.values()) for d in v.expr.shape]
        taken = {name.plain for name in (*self.leaves, *self.values)}
        final = self.dims.letters([*order, root], taken)
        return str(rename_dim(root, final))

    def remark(self, remark: Remark) -> None:
        self.remarks.setdefault((remark.key, remark.span), remark)
