"""The equations of a note, two sides at a time, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Span
from ..notation.syntax import Fenced, Relation, Statement, Text, Tree, Unknown

_EQUALS = frozenset(("=", ":=", "equiv", "<-"))


@dataclass(frozen=True, slots=True)
class Equation:
    """`left = right`; `head` is the first side of its chain, `start` tells whether `left` is it.

    `span` is the row of the note, `chain` counts chains. `assigns`: written with `:=` or an arrow.
    """

    left: Tree
    right: Tree
    head: Tree
    span: Span
    chain: int
    display: bool
    assigns: bool = False

    @property
    def start(self) -> bool:
        """Whether this is the first equation of its chain."""
        return self.left is self.head


def equations(statements: Iterable[Statement]) -> list[Equation]:
    """All equations; a row that starts with `=` goes on with the one before it."""
    found: list[Equation] = []
    head: Tree | None = None
    last: Tree | None = None
    chain = 0
    for statement in statements:
        tree = statement.tree
        if not isinstance(tree, Relation):
            if statement.display:
                # a lone expression may start a chain that the next row goes on with
                head = last = tree
                chain += 1
            continue
        sides = list(tree.sides)
        if sides[0] is not None:
            head = last = sides[0] if _says(sides[0]) else None
            chain += 1
        for side, operator in zip(sides[1:], tree.operators, strict=True):
            if side is None or isinstance(side, Unknown) or not _says(side):
                continue
            if operator == "=:" and last is not None:
                found.append(Equation(side, last, side, statement.span, chain, statement.display))
                continue
            if operator in _EQUALS and last is not None and head is not None:
                found.append(
                    Equation(
                        last, side, head, statement.span, chain, statement.display,
                        operator in (":=", "<-"),
                    )
                )  # fmt: skip
            if operator in _EQUALS:
                last = side
                head = head if head is not None else side
            else:
                last = None
    return found


def _says(tree: Tree) -> bool:
    """Whether a side is a formula and no prose or list."""
    if isinstance(tree, Text):
        return False
    return not (isinstance(tree, Fenced) and tree.kind == "list" and len(tree.items) > 1)
