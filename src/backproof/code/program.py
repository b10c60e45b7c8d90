"""A program: a flat list of instructions over named buffers, the form that every target spells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..calculus.step import Derivation
from ..expr.node import Expr, walk
from ..expr.shape import Shape

Phase = Literal["forward", "backward"]
# What costs nothing: no arithmetic is done for it.
FREE = frozenset({"name", "number", "constant", "size", "identity", "transpose", "broadcast"})


@dataclass(frozen=True, slots=True, eq=False)
class Instruction:
    """`name = value`: one buffer worked out from earlier ones.

    `value` has no named quantities in it; the parts of it that stand in `Program.names` are buffers
    that were worked out before. `equation` is the line of the note or of the derivation that it
    carries out, `laws` the names of the laws that this line came from.
    """

    name: str
    value: Expr
    phase: Phase
    equation: str = ""
    laws: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        return self.value.shape


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The loss of a model and its gradients, as instructions.

    `parameters` and `data` (inputs, targets, constants) map plain names to their leaves; `names`
    gives the identifier of every leaf and every buffer. `loss` and `gradients` name the buffers
    that hold the results; two gradients may share one. `values` and `deltas` name those of what
    lies between, where that was asked for: the quantities and the short names of the derivation,
    and the derivative of the loss by each quantity that has one.
    """

    derivation: Derivation
    parameters: Mapping[str, Expr]
    data: Mapping[str, Expr]
    instructions: tuple[Instruction, ...]
    names: Mapping[Expr, str]
    loss: str
    gradients: Mapping[str, str]
    # For each dimension's letter where to count it: a leaf's plain name and the axis.
    sizes: Mapping[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    deltas: Mapping[str, str] = field(default_factory=dict[str, str])

    def parts(self, value: Expr) -> Iterator[Expr]:
        """What one instruction works out itself, arguments before users; buffers count as given."""
        given = self.names
        for e in walk([value], lambda e: e in given and e is not value):
            if e is value or e not in given:
                yield e

    def operands(self, value: Expr) -> Iterator[Expr]:
        """The leaves and buffers that one instruction reads."""
        given = self.names
        for e in walk([value], lambda e: e in given and e is not value):
            if e in given and e is not value:
                yield e

    def operations(self) -> list[Expr]:
        """Every operation that is carried out, once for each time that it is."""
        return [e for i in self.instructions for e in self.parts(i.value) if e.op not in FREE]

    def last_uses(self) -> dict[str, int]:
        """For each buffer the place of the last instruction that reads it; results stay."""
        last: dict[str, int] = {}
        for place, instruction in enumerate(self.instructions):
            last.setdefault(instruction.name, place)
            for e in self.operands(instruction.value):
                last[self.names[e]] = place
        for name in (
            self.loss,
            *self.gradients.values(),
            *self.values.values(),
            *self.deltas.values(),
        ):
            last[name] = len(self.instructions)
        return last
