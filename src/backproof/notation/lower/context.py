"""What is known while a note is elaborated, and the one function that everything calls back to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from ...expr.build import Function
from ...expr.model import Remark
from ...expr.name import Name
from ...expr.shape import Dim, Shape
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
    product marked as entry by entry.
    """

    how: Literal["like", "left", "right"]
    shape: Shape
    labels: tuple[str, str] = ("", "")
    hadamard: bool = False


@dataclass
class Context:
    """The state of one reading of a note. Everything that changes goes through the trail."""

    survey: Survey
    elaborate: Callable[[Context, Tree, Hint | None], Value]
    trail: Trail = field(default_factory=Trail)
    search: Search = field(default_factory=Search)
    remarks: dict[Remark, None] = field(default_factory=dict[Remark, None])

    def __post_init__(self) -> None:
        self.dims = Dims(self.trail)
        self.axes = Axes(self.dims, self.survey.columns)
        self.batch: Dim = self.dims.fresh(BATCH)
        self.scope: dict[str, Index] = {}
        self.given: dict[Name, Value] = {}
        self.values: dict[Name, Value] = {}
        self.leaves: dict[Name, Value] = {}
        self.functions: dict[str, Function] = {}

    def value(self, tree: Tree, hint: Hint | None = None) -> Value:
        """The value of a formula. Raises Misfit, ModelError, RefusedError."""
        return self.elaborate(self, tree, hint)

    def refer(self, tree: Tree) -> Reference | None:
        return refer(tree, self.scope, bare_layers=self.survey.bare_layers)

    def feature(self) -> Dim:
        return self.dims.fresh(FEATURE)

    @contextmanager
    def within(self, *indices: Index) -> Iterator[None]:
        """Letters in scope for a while."""
        before = self.scope
        self.scope = {**before, **{i.letter: i for i in indices}}
        try:
            yield
        finally:
            self.scope = before

    @contextmanager
    def given_as(self, values: dict[Name, Value]) -> Iterator[None]:
        """The parameters of a function bound to its arguments for a while."""
        before = self.given
        self.given = {**before, **values}
        try:
            yield
        finally:
            self.given = before

    def remark(self, remark: Remark) -> None:
        self.remarks.setdefault(remark)
