r"""Sums that start at 0 with the bias: `v_j = \sum_{i=0}^m w_{ji} y_i`, where `y_0 = 1`.

A note has to say so: by the input that is 1, `x_0 = 1`, or by what the weight of it is, `w_{j0} =
b_j`. Without that, a sum from 0 has a term too many wherever it does not say what a quantity is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .items import Item
from .scope import Scope
from .terms import Index, Mul, Name, Num, Sum, Term, names, rewritten, walk

_ZERO = Index("", 0)
#: How the weight of the constant input is called where the note has no other name for it.
OFFSET = "b:of-"
#: What no network puts out.
_BACKWARD = frozenset(("delta", "Delta", "epsilon", "eta"))


def says_where_sums_start(items: Iterable[Item]) -> bool:
    """Whether a note says what the bias is the weight of."""
    return any(_of_inputs(item) or _of_weights(item) for item in items)


def _of_inputs(item: Item) -> bool:
    """`x_0 = 1`."""
    name = item.left
    return isinstance(name, Name) and name.lower == (_ZERO,) and item.right == Num("1")


def _of_weights(item: Item) -> bool:
    """`w_{j0} = b_j`."""
    name, bias = item.left, item.right
    if not isinstance(name, Name) or not isinstance(bias, Name) or len(bias.lower) != 1:
        return False
    found = _weight_of_1(name)
    return found is not None and found[1] == bias.lower[0].letter


def _weight_of_1(name: Name) -> tuple[str, str, int] | None:
    """The base of `w_{j0}`, its letter, and where the 0 stands; `w_{0j}` may be meant as well."""
    base, _, mark = name.base.partition(":")
    spelled = tuple(mark) if not name.lower else tuple(i.letter or str(i.shift) for i in name.lower)
    if len(spelled) != 2 or spelled.count("0") != 1:
        return None
    at = spelled.index("0")
    return base, spelled[1 - at], at


def weighs(term: Sum, letter: str) -> bool:
    """Whether a sum is one over the units of a layer, each with its weight."""
    inside = [n for n in names(term.body) if letter in {x for i in n.lower for x in i.letters}]
    plain = all(isinstance(part, Mul | Name) for part in walk(term.body))
    lone = [n for n in inside if n.lower == (Index(letter, 0),) and n.base not in _BACKWARD]
    return plain and len(inside) == 2 and len(lone) == 1 and {2} == {
        len(n.lower) for n in inside if n not in lone
    }  # fmt: skip


def starts_with_bias(term: Term | None) -> bool:
    """Whether there is a sum over units from 0 in a term."""
    sums = (part for part in walk(term) if isinstance(part, Sum) and part.lower == Num("0"))
    return any(weighs(part, letter) for part in sums for letter in part.letters)


def bias(term: Sum, letter: str, scope: Scope) -> Term:
    """The term of such a sum for 0."""

    def change(part: Term | Index) -> Term | None:
        if not isinstance(part, Name) or Index(letter, 0) not in part.lower:
            return None
        rest = tuple(i for i in part.lower if i.letter != letter)
        if not rest:
            return Num("1")
        at = part.lower.index(Index(letter, 0))
        for told in (d for ds in scope.definitions.values() for d in ds):
            found = _weight_of_1(told.name)
            if found is not None and (found[0], found[2]) == (part.base.partition(":")[0], at):
                return _with(told.body, found[1], rest[0])
        return Name(f"{OFFSET}{part.base}", part.upper, rest)

    return rewritten(term.body, change)


def _with(term: Term, letter: str, other: Index) -> Term:
    """A term with another letter in one of its indices."""

    def change(part: Term | Index) -> Index | None:
        if not isinstance(part, Index) or part.letter != letter:
            return None
        return replace(other, shift=other.shift + part.shift)

    return rewritten(term, change)
