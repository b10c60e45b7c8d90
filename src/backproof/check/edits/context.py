"""What an edit needs to know about the note, and what comes out of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import Span
from ...notation.syntax import Fenced, Fraction, Number, Product, Script, Sum, Symbol, Tree
from ..unparse import Style, unparse
from .trees import Path, children, key

Shape = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """`text` put in the place of `span` of the note."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """The way to a part of one side, and what is put in its place."""

    left: bool
    path: Path
    new: Tree


@dataclass(frozen=True)
class Context:
    """The names that are known where the equation stands, as they were written, and the note.

    `quantities` are what is computed (the loss too), `parameters` what is learned, `scalars` the
    single numbers (`\\lambda`, `\\alpha`), `functions` the symbols of functions, `terms` what a sum
    may have lost. `count` is the number of samples, `sample` the letter that counts them. `shape`
    gives the rows and columns of a tree, or None where it does not know; two dimensions are the
    same if they are equal. `text` is the file, for the changes in it; without it there are none.
    `hadamard` is the operator that the note uses entry by entry, `transpose` its mark.
    """

    quantities: tuple[Tree, ...] = ()
    parameters: tuple[Tree, ...] = ()
    scalars: tuple[Tree, ...] = ()
    functions: tuple[Tree, ...] = ()
    terms: tuple[Tree, ...] = ()
    count: Tree | None = None
    sample: Tree | None = None
    shape: Callable[[Tree], Shape | None] | None = None
    text: str = ""
    style: Style = "latex"
    hadamard: str = "odot"
    transpose: str = ""
    _called: frozenset[Any] = field(init=False, repr=False, compare=False)
    _single: frozenset[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        count = () if self.count is None else (self.count,)
        object.__setattr__(self, "_called", frozenset(map(key, self.functions)))
        object.__setattr__(self, "_single", frozenset(map(key, (*self.scalars, *count))))

    @property
    def latex(self) -> bool:
        return self.style == "latex"

    @property
    def known(self) -> tuple[Tree, ...]:
        return self.quantities + self.parameters

    def is_function(self, tree: Tree) -> bool:
        """Whether this is the name of a function, with or without a prime or a power."""
        if isinstance(tree, Script):
            if tree.subs or any(s.kind in ("paren", "square", "transpose") for s in tree.sups):
                return key(tree) in self._called
            tree = tree.base
        return isinstance(tree, Symbol) and (
            tree.function or tree.base in _WORDS or key(tree) in self._called
        )

    def is_scalar(self, tree: Tree) -> bool:
        """Whether this is known to be a single number."""
        if isinstance(tree, Number) or key(tree) in self._single:
            return True
        if isinstance(tree, Sum | Product | Fraction | Fenced):
            return all(map(self.is_scalar, children(tree)))
        return self.shape is not None and self.shape(tree) == (1, 1)

    def says(self, tree: Tree) -> str:
        return unparse(tree, self.style, transpose=self.transpose)


@dataclass(frozen=True)
class Candidate:
    """One small edit of an equation: what kind of mistake it mends, and both sides after it.

    `also` names the kinds of the further edits where two were made at once. `facts` fill the
    blanks of the sentence: `written`, `meant`, `factor`. `origin` are the sides as they stand.
    """

    kind: str
    left: Tree
    right: Tree
    facts: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    spots: tuple[Spot, ...] = field(default=(), repr=False)
    origin: tuple[Tree, Tree] = field(kw_only=True, repr=False)
    context: Context = field(kw_only=True, repr=False, compare=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The same in the text of the note; empty where no replacement of text makes it."""
        from .changes import changes

        return changes(self)

    def then(self, other: Candidate) -> Candidate:
        """This edit followed by another one, which was made of the sides of this one."""
        return replace(
            other,
            kind=self.kind,
            facts=self.facts + tuple(f for f in other.facts if f not in self.facts),
            also=(*self.also, other.kind, *other.also),
            spots=(),
            origin=self.origin,
        )


@dataclass(frozen=True, slots=True)
class Move:
    """An edit of one side, before it is carried out: later ones cost more.

    `elsewhere` are further places that change with it (all the uses of one name).
    """

    kind: str
    path: Path
    new: Tree
    cost: float
    facts: tuple[tuple[str, str], ...] = ()
    left: bool = False
    elsewhere: tuple[tuple[Path, Tree], ...] = ()


def called(context: Context, factors: tuple[Tree, ...], operators: tuple[str, ...], i: int) -> bool:
    """Whether factor i is the bracket of a call of the factor before it."""
    bracket = factors[i]
    if not i or operators[i - 1] or not isinstance(bracket, Fenced):
        return False
    name = factors[i - 1]
    if context.is_function(name):
        return True
    return isinstance(name, Script) and any(s.kind == "prime" for s in name.sups)


#: Names that stand for functions wherever they stand, apart from those of TeX.
_WORDS = frozenset(
    (
        "sigmoid Sigmoid softmax Softmax relu ReLU RELU Relu LeakyReLU softplus sign sgn diag "
        "trace tr mean std var Var Cov sum prod dot outer erf GELU gelu ELU elu SiLU silu swish "
        "abs norm concat sqrt Tanh one_hot onehot where logsumexp clip logistic expit reshape "
        "transpose sigma"
    ).split()
)
