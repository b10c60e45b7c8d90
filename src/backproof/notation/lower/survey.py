"""What one look over the whole note says, before any formula is worked out: who is defined where,
which letters run, whether samples are columns or rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...errors import Span
from ...expr.model import Remark
from ...expr.name import Name
from ..syntax import Tree
from .names import Reference
from .statements import Candidate, Chain


@dataclass(frozen=True, slots=True)
class Definition:
    """What a note says a quantity is.

    `indices` are the letters that run on its left side, with their places; `params` the parameters
    of a function, None for a quantity; `samples` those indices that run over samples.
    """

    name: Name
    right: Tree
    span: Span
    order: int
    display: bool
    indices: tuple[tuple[str, str], ...] = ()
    params: tuple[Tree, ...] | None = None
    samples: frozenset[str] = frozenset()


@dataclass
class Survey:
    """What the whole note says about its own notation."""

    definitions: dict[Name, Definition] = field(default_factory=dict[Name, Definition])
    functions: dict[Name, Definition] = field(default_factory=dict[Name, Definition])
    again: list[tuple[Definition, Candidate]] = field(
        default_factory=list[tuple[Definition, Candidate]]
    )
    declared: list[tuple[Tree, tuple[Tree, ...], Span]] = field(
        default_factory=list[tuple[Tree, tuple[Tree, ...], Span]]
    )
    equalities: list[Chain] = field(default_factory=list[Chain])
    sample_sums: set[tuple[Span, str]] = field(default_factory=set[tuple[Span, str]])
    numbered: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    squared: set[Name] = field(default_factory=set[Name])
    size_letters: set[str] = field(default_factory=set[str])
    capitals: set[Name] = field(default_factory=set[Name])
    small: set[Name] = field(default_factory=set[Name])
    families: set[Name] = field(default_factory=set[Name])
    running: set[Name] = field(default_factory=set[Name])
    single: set[Name] = field(default_factory=set[Name])
    columns: bool = True
    bare_layers: bool = False
    indexed: bool = False
    judged_by_t: bool = False
    matmuls: bool = False
    ascii: bool = False
    unusable: list[tuple[Tree, Tree]] = field(default_factory=list[tuple[Tree, Tree]])
    claims: int = 0
    unsolved: list[tuple[Tree, Tree, Span]] = field(default_factory=list[tuple[Tree, Tree, Span]])
    remarks: list[Remark] = field(default_factory=list[Remark])

    @cached_property
    def layers(self) -> dict[tuple[str, tuple[str, ...], str], list[int]]:
        """For each family of definitions that differ in their layer only, the layers there are."""
        found: dict[tuple[str, tuple[str, ...], str], list[int]] = {}
        for n in self.definitions:
            if n.layer.isdigit():
                found.setdefault((n.base, n.marks, n.sub), []).append(int(n.layer))
        return found

    def whole(self, reference: Reference) -> Name:
        r"""The quantity that a name with indices is a part of: `a^{[2](i)}` is a column of
        `A^{[2]}`, `w_{jk}` an entry of `W`, where the note never says what the small letter is."""
        name = reference.name
        base = name.base
        if reference.indices and name in self.families:
            return family_name(name, reference.indices)
        if len(base) != 1 or not base.islower() or name in self.definitions:
            return name
        if not reference.indices and not (name.layer and base in "zah"):
            return name
        if reference.indices and name in self.small:
            return name
        capital = Name(base.upper(), name.marks, name.layer, name.sub, name.primes, name.latex)
        several = len(reference.indices) > 1 or any(p == "sup" for _, p in reference.indices)
        if capital in self.definitions or (capital in self.capitals and several):
            return capital
        return name


def squared_name(name: Name) -> Name:
    """The name of a quantity that is only ever written as a square."""
    return Name(
        name.base + "2", name.marks, name.layer, name.sub, name.primes,
        latex=f"{name.latex}^2" if name.latex else "",
    )  # fmt: skip


def family_name(name: Name, indices: Iterable[tuple[str, str]]) -> Name:
    """The name of `L_i` in a note that also has an `L`."""
    letters = "".join(x for x, _ in indices)
    return replace(name, sub=letters, latex=f"{name.latex}_{{{letters}}}" if name.latex else "")
