"""What a formula means before it is given numbers: calls, names with indices, derivatives.

Between the tree, which leaves open whether `a(1 - a)` is a call, and the numbers, which a reading
gives (interpret.py). `translate.py` makes terms, with what `survey.py` knows of the whole note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from types import UnionType
from typing import Any, cast

#: Marks above a name that make it another one: `w^{old}`.
SIGNS = frozenset(("plus", "minus", "new", "old", "dagger", "next", "prev", "ast"))
#: What a loss is called.
LOSSES = frozenset(
    ("L", "J", "C", "E", "cal L", "cal J", "cal E", "cal C", "loss", "Loss", "cost", "Cost", "ell",
     "KL", "MSE", "BCE", "CE", "Error", "error", "LOSS", "TotalLoss")
)  # fmt: skip


def is_loss(base: str) -> bool:
    """Whether a quantity is a loss by its name, labels aside: `J_neg`, too."""
    return base.partition(":")[0] in LOSSES


class Term:
    """Anything that can be evaluated."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Num(Term):
    text: str


@dataclass(frozen=True, slots=True)
class Index:
    """`2`, `l`, `l-1`: a letter (empty for a plain number) and what is added to it; `others` are
    further letters with their signs, as the k of `x_{i+k}`."""

    letter: str
    shift: int
    others: tuple[tuple[str, int], ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """All letters of the index."""
        return ((self.letter,) if self.letter else ()) + tuple(x for x, _ in self.others)


@dataclass(frozen=True, slots=True)
class Name(Term):
    """A quantity: `w^{l}_{jk}` has base `w`, upper `(l,)` and lower `(j, k)`.

    Marks and words are part of the base: `hat y`, `W:out`, `h'`."""

    base: str
    upper: tuple[Index, ...] = ()
    lower: tuple[Index, ...] = ()

    @property
    def indices(self) -> tuple[Index, ...]:
        return self.upper + self.lower


@dataclass(frozen=True, slots=True)
class Call(Term):
    """A function of arguments, differentiated `primes` times by the first of them."""

    function: Name
    arguments: tuple[Term, ...]
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Add(Term):
    terms: tuple[Term, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mul(Term):
    """Factors with the operators between them, read from the left."""

    factors: tuple[Term, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Div(Term):
    above: Term
    below: Term


@dataclass(frozen=True, slots=True)
class Pow(Term):
    base: Term
    exponent: Term


@dataclass(frozen=True, slots=True)
class Transpose(Term):
    of: Term


@dataclass(frozen=True, slots=True)
class Sum(Term):
    """`sum`, `prod`, `max` or `min` over index letters: `lower` and `upper` bound the only letter,
    if they are written; `different` are letters that it must not meet (`j \\ne i`)."""

    kind: str
    letters: tuple[str, ...]
    lower: Term | None
    upper: Term | None
    different: tuple[str, ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Limit(Term):
    """What a term comes to as a quantity goes to a number."""

    of: Term
    variable: str
    to: Term


@dataclass(frozen=True, slots=True)
class D(Term):
    """The derivative of a term by quantities, one after the other. `gradient`: written with a
    nabla."""

    of: Term
    by: tuple[Term, ...]
    gradient: bool = False

    @property
    def quantity(self) -> Term:
        """What is differentiated: the L of `dL(w)/dw`."""
        return self.of.function if isinstance(self.of, Call) else self.of


@dataclass(frozen=True, slots=True)
class Differential(Term):
    """`dW`, `dz`: the derivative of the loss by a quantity, in the shorthand of code."""

    of: Name


@dataclass(frozen=True, slots=True)
class Prime(Term):
    """`(...)'`: the derivative of a bracket by the one variable in it."""

    of: Term


@dataclass(frozen=True, slots=True)
class Entry(Term):
    """A part of an array: `(W^T d)_j`; a column, `d_{:s}`, has None for the rows."""

    of: Term
    indices: tuple[Index | None, ...]


@dataclass(frozen=True, slots=True)
class Norm(Term):
    """`||v||`; `order` 1, 2 or 0 for the maximum."""

    of: Term
    order: int = 2


@dataclass(frozen=True, slots=True)
class Absolute(Term):
    of: Term


@dataclass(frozen=True, slots=True)
class Grid(Term):
    rows: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Compare(Term):
    """A condition between two terms: `=`, `!=`, `<`, `>`, `<=`, `>=`."""

    left: Term
    relation: str
    right: Term


@dataclass(frozen=True, slots=True)
class Choose(Term):
    """Cases: pairs of a value and its condition, None for otherwise."""

    rows: tuple[tuple[Term, Term | None], ...]


@dataclass(frozen=True, slots=True)
class Unclear(Exception):
    """A part of a formula that has no one meaning: `key` names a sentence of `words/`; `ring` are
    the equations whose definitions need one another."""

    key: str
    facts: tuple[tuple[str, str], ...] = ()
    ring: frozenset[int] = frozenset()


def literal(term: Any) -> bool:
    """Whether a side is plain numbers, worked out or not."""
    if isinstance(term, Call):
        return literal(term.arguments)
    if isinstance(term, tuple):
        return all(literal(part) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Num):
        return True
    if isinstance(term, Add | Mul | Div | Pow | Grid):
        return all(
            literal(getattr(term, slot))
            for slot in type(term).__slots__
            if slot not in ("signs", "operators")
        )
    return False


#: What holds no terms and no indices.
_PLAIN = frozenset(("str", "int", "bool", "tuple[str, ...]", "tuple[int, ...]"))


@cache
def _slots(kind: type[Any]) -> tuple[str, ...]:
    """The slots of a kind of terms in which something may be below it, the last one first."""
    return tuple(f.name for f in reversed(fields(kind)) if f.type not in _PLAIN)


def walk(term: Any) -> Iterator[Term]:
    """A term, or several, and everything below, outermost first, as it was written."""
    stack: list[Any] = [term]
    while stack:
        top = stack.pop()
        if isinstance(top, Term):
            yield top
            if not isinstance(top, Name):  # which has nothing but indices
                stack += [getattr(top, slot) for slot in _slots(type(top))]
        elif isinstance(top, tuple):
            stack += cast("tuple[Any, ...]", top)[::-1]


def rewritten(term: Any, change: Callable[[Term | Index], Any]) -> Any:
    """A term, or several, with some parts replaced, outermost first: where `change` gives
    something, that stands instead."""
    if isinstance(term, tuple):
        parts = cast("tuple[Any, ...]", term)
        made = tuple(rewritten(part, change) for part in parts)
        return made if any(a is not b for a, b in zip(made, parts, strict=True)) else parts
    if not isinstance(term, Term | Index):
        return term
    found = change(term)
    if found is not None:
        return found
    parts = [getattr(term, slot) for slot in type(term).__slots__]
    made = [rewritten(part, change) for part in parts]
    same = all(a is b for a, b in zip(made, parts, strict=True))
    return term if same else type(term)(*made)


def has(term: Any, kind: type[Term] | UnionType) -> bool:
    """Whether there is a term of a kind in a term."""
    return any(isinstance(part, kind) for part in walk(term))


def is_gradient(term: Term | None) -> bool:
    """Whether a term is the derivative of a loss."""
    of = term.quantity if isinstance(term, D) else None
    return isinstance(of, Name) and is_loss(of.base)


def numbers(term: Any) -> list[str]:
    """The numbers in a term, as they were written."""
    return [part.text for part in walk(term) if isinstance(part, Num)]


def names(term: Any) -> Iterator[Name]:
    """All quantities in a term, functions too."""
    return (part for part in walk(term) if isinstance(part, Name))


def free_letters(term: Any) -> list[str]:
    """Index letters that no sum binds, in the order of their appearance."""
    return [
        x for part, bound in _leaves(term) if isinstance(part, Index)
        for x in part.letters if x not in bound
    ]  # fmt: skip


def bases_under(term: Any) -> frozenset[tuple[str, frozenset[str]]]:
    """The bases of all names, each with the index letters that are bound where it stands."""
    return frozenset((x.base, bound) for x, bound in _leaves(term) if isinstance(x, Name))


def _leaves(term: Any) -> Iterator[tuple[Name | Index, frozenset[str]]]:
    """All names and their indices, with the letters that sums bind there."""
    stack: list[tuple[Any, frozenset[str]]] = [(term, frozenset())]
    while stack:
        top, bound = stack.pop()
        if isinstance(top, Name):
            yield top, bound
            for index in top.indices:
                yield index, bound
        elif isinstance(top, Sum):
            stack.append((top.body, bound | {*top.letters}))
            stack += [(top.upper, bound), (top.lower, bound)]
        elif isinstance(top, Term):
            stack += [(getattr(top, slot), bound) for slot in _slots(type(top))]
        elif isinstance(top, Index):
            yield top, bound
        elif isinstance(top, tuple):
            stack += [(part, bound) for part in cast("tuple[Any, ...]", top)[::-1]]


def indexes(term: Any, letter: str) -> bool:
    """Whether a letter is an index of some name."""
    if isinstance(term, Index):
        return letter in term.letters
    if isinstance(term, tuple):
        return any(indexes(part, letter) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Term):
        return any(indexes(getattr(term, s), letter) for s in type(term).__slots__)
    return False
