r"""Equations that stand for several: `\hat y_t = V h_t, \; t = 1, 2, 3` is written out.

A letter that counts steps or layers takes the numbers that the note names for it, behind the
equation or as the limits of a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...expr.name import Name
from ..syntax import Big, Ellipsis_, Fenced, Number, Relation, Script, Symbol, Tree
from .indices import shifted_letters
from .names import refer
from .statements import Chain, differentiates
from .trees import letters, mentions, walk, with_index

_STEPS = frozenset("t l".split())
MOST = 100


def written_out(chains: Sequence[Chain]) -> list[Chain]:
    """The chains, each family with known numbers replaced by its members."""
    trees = [side for chain in chains for side in chain.sides if side is not None]
    ranges = _limits(trees)
    named = {i: found for i, c in enumerate(chains) if (found := _range(c)) is not None}
    if not ranges and not named:
        return list(chains)
    steps = shifted_letters(trees) | _STEPS
    lefts = {n for c in chains for n in _left_names(c)}
    out: list[Chain] = []
    for i, chain in enumerate(chains):
        found = {x: ranges[x] for x in _letters(chain) if x in ranges and x in steps}
        if i + 1 in named and named[i + 1][0] in _letters(chain):
            letter, numbers = named[i + 1]
            if letter in steps or _known(chain, letter, numbers[0], lefts):
                found[letter] = numbers
        if len(found) != 1:
            out.append(chain)
            continue
        ((letter, numbers),) = found.items()
        for number in numbers:
            sides = [None if s is None else with_index(s, letter, number) for s in chain.sides]
            member = replace(chain, sides=sides, operators=[*chain.operators])
            if not any(n in lefts for n in _left_names(member)):
                out.append(member)
    return out


def _limits(trees: Sequence[Tree]) -> dict[str, list[int]]:
    r"""The numbers of each letter that some `\sum_{t=1}^3` counts with."""
    found: dict[str, set[int]] = {}
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, Big) or node.kind != "sum":
                continue
            first, last = node.below, _number(node.above)
            start = _number(first.sides[-1]) if isinstance(first, Relation) else None
            if start is None or last is None or not start <= last < start + MOST:
                continue
            assert isinstance(first, Relation)
            if isinstance(first.sides[0], Symbol):
                found.setdefault(first.sides[0].base, set()).update(range(start, last + 1))
    return {letter: sorted(numbers) for letter, numbers in found.items()}


def _number(tree: Tree | None) -> int | None:
    return int(tree.text) if isinstance(tree, Number) and tree.text.isdigit() else None


def _range(chain: Chain) -> tuple[str, list[int]] | None:
    r"""`t = 1, 2, 3`, `t = 1, \dots, 5`, `t \in \{1, 2\}`."""
    left, right = chain.sides[0], chain.sides[-1]
    if len(chain.sides) != 2 or chain.operators[0] not in ("=", "in"):
        return None
    if not isinstance(left, Symbol) or len(left.base) != 1 or not isinstance(right, Fenced):
        return None
    items = right.items
    if len(items) == 1 and isinstance(items[0], Fenced):
        items = items[0].items
    numbers = [_number(x) for x in items if not isinstance(x, Ellipsis_)]
    found = [n for n in numbers if n is not None]
    if len(found) != len(numbers) or len(found) < 2:
        return None
    if len(found) < len(items):
        if not found[0] < found[-1] < found[0] + MOST:
            return None
        found = list(range(found[0], found[-1] + 1))
    return left.base, found


def _letters(chain: Chain) -> list[str]:
    """The letters in the scripts of a left side."""
    left = chain.sides[0]
    if left is None or len(chain.sides) < 2 or chain.operators[0] not in ("=", ":=", "equiv"):
        return []
    if differentiates(left):
        return []
    found: list[str] = []
    for node in mentions(left):
        if isinstance(node, Script):
            for part in (*node.subs, *(s.tree for s in node.sups if s.tree is not None)):
                found += letters(part)
    return found


def _left_names(chain: Chain) -> Iterator[Name]:
    left = chain.sides[0]
    if left is not None and len(chain.sides) > 1 and isinstance(left, Symbol | Script):
        reference = refer(left, ())
        if reference is not None:
            yield reference.name


def _known(chain: Chain, letter: str, number: int, lefts: set[Name]) -> bool:
    """Whether a member of the family uses a numbered quantity that the note defines."""
    for side in chain.sides[1:]:
        for node in mentions(with_index(side, letter, number)) if side is not None else ():
            reference = refer(node, ())
            if reference is not None and reference.name.layer and reference.name in lefts:
                return True
    return False
