"""A model: the equations of a note, each name's part in it, and where everything was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import ModelError, Span
from .build import Function
from .name import Name
from .node import Expr
from .shape import Shape
from .shown import Shown

Role = Literal["parameter", "input", "target", "constant", "hidden", "loss"]


@dataclass(frozen=True, slots=True)
class Equation:
    """One definition: `quantity` is the `let` that the rest of the model uses.

    `written` is the author's own formula (LaTeX, or the characters of a plain text), `span` its
    place in the file.
    """

    quantity: Expr
    written: str
    span: Span | None = None

    @property
    def name(self) -> Name:
        return self.quantity.attr

    @property
    def value(self) -> Expr:
        """The right side."""
        return self.quantity.args[0]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader should know about how the note was read: `words/` has the sentence under
    `remark.<key>`, with `fields` filled in."""

    key: str
    span: Span | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Spelling:
    r"""How the author writes what has several spellings.

    `functions` maps an operation to its LaTeX (`sigmoid` -> `\sigma`), `hadamard` and `transpose`
    are the author's marks, `index` the letter of the sample, `layer` the brackets around a layer
    index: `(`, `[`, `^` (bare superscript) or `_`. `ascii` is true for a note in plain characters.
    """

    functions: Mapping[str, str] = field(default_factory=dict[str, str])
    hadamard: str = r"\odot"
    transpose: str = r"^{\top}"
    index: str = "i"
    layer: str = "("
    ascii: bool = False


@dataclass(frozen=True, slots=True)
class Model(Shown):
    """A network with its loss.

    `equations` stand in an order in which each uses only earlier ones. `roles` gives the part of
    every free name and every defined one. `samples` is the letter of the batch dimension, empty
    for a note about one sample; `columns` says whether samples are columns (`W X + b`) or rows (`X
    W + b`). `sums_to_one` lists targets whose entries add up to 1 over the classes because the
    note says so.
    """

    equations: tuple[Equation, ...]
    loss: Expr
    roles: Mapping[Expr, Role]
    samples: str = ""
    columns: bool = True
    functions: tuple[Function, ...] = ()
    sums_to_one: tuple[Expr, ...] = ()
    remarks: tuple[Remark, ...] = ()
    spelling: Spelling = field(default_factory=Spelling)
    language: str = "en"
    file: str = ""
    text: str = ""

    def _of(self, *roles: Role) -> tuple[Expr, ...]:
        return tuple(e for e, r in self.roles.items() if r in roles)

    @property
    def parameters(self) -> tuple[Expr, ...]:
        """What is trained, in order of first use."""
        return self._of("parameter")

    @property
    def inputs(self) -> tuple[Expr, ...]:
        return self._of("input")

    @property
    def targets(self) -> tuple[Expr, ...]:
        return self._of("target")

    @property
    def constants(self) -> tuple[Expr, ...]:
        """Free scalars that are set and not trained: a penalty's strength, a small epsilon."""
        return self._of("constant")

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every name, free and defined, by plain name."""
        return {e.attr.plain: e.shape for e in self.roles}

    def __getitem__(self, plain: str) -> Expr:
        """The quantity with this plain name. Raises ModelError that lists the names there are."""
        for e in self.roles:
            if e.attr.plain == plain:
                return e
        known = ", ".join(e.attr.plain for e in self.roles)
        raise ModelError(f"the model has no quantity {plain!r}", hint=f"its names are {known}")
