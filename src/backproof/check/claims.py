"""The equations of a note, two sides at a time, in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..errors import Span
from ..notation.lower.trees import base_symbol, walk
from ..notation.syntax import (
    Fenced,
    Fraction,
    Number,
    Product,
    Relation,
    Statement,
    Symbol,
    Text,
    Tree,
    Unknown,
)

_EQUALS = frozenset(("=", ":=", "equiv", "<-"))
_MARK = re.compile(r"\$|\\[()]")
_WORD = re.compile(r"[^\W\d_]{2}")


#: Two index letters, and whether they are equal or different.
Condition = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Equation:
    """`left = right`; `head` is the first side of its chain, `start` tells whether `left` is it.

    `span` is the row of the note, `chain` counts chains. `assigns`: written with `:=` or an arrow.
    `small`: what is small where the sides are only nearly equal, as a step of differences.
    """

    left: Tree
    right: Tree
    head: Tree
    span: Span
    chain: int
    display: bool
    assigns: bool = False
    small: str = ""

    @property
    def start(self) -> bool:
        """Whether this is the first equation of its chain."""
        return self.left is self.head


def equations(
    statements: Iterable[Statement], between: Callable[[Span, Span], str]
) -> list[Equation]:
    """All equations; a row that starts with `=` goes on with the one before it, unless that is what
    the words between them do: `$a = b$, its derivative $= c$`."""
    found: list[Equation] = []
    head: Tree | None = None
    last: Tree | None = None
    chain = 0
    before: Statement | None = None
    for statement in statements:
        tree = statement.tree
        goes_on = isinstance(tree, Relation) and tree.sides[0] is None
        goes_on = goes_on and not statement.display
        if goes_on and before is not None and not before.display:
            apart = _in_words(between(before.span, statement.span))
            head, last = (None, None) if apart else (head, last)
        before = statement
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
            step = _step(last, side) if operator == "approx" and last is not None else ""
            if step and last is not None and head is not None:
                found.append(
                    Equation(last, side, head, statement.span, chain, statement.display, small=step)
                )
                last = side
                continue
            equal = operator in _EQUALS or (operator == "approx" and _rounded(side))
            if equal and last is not None and head is not None:
                found.append(
                    Equation(
                        last, side, head, statement.span, chain, statement.display,
                        operator in (":=", "<-"),
                    )
                )  # fmt: skip
            if equal:
                last = side
                head = head if head is not None else side
            else:
                last = None
    return found


def _in_words(text: str) -> bool:
    """Whether words stand between two formulas of a sentence."""
    return "<" not in text and any(map(_WORD.search, _MARK.split(text)[1:-1]))


def _rounded(side: Tree) -> bool:
    r"""Whether a side is a number with decimals, worked out or not: what stands before `\approx` is
    then equal to it up to rounding, which can be checked."""
    nodes = [*walk(side)]
    decimal = any(isinstance(node, Number) and "." in node.text for node in nodes)
    return decimal and not any(isinstance(node, Symbol | Text | Unknown) for node in nodes)


def _step(left: Tree, right: Tree) -> str:
    r"""The small letter of `f'(x) \approx (f(x + h) - f(x)) / h`, if this is what it is."""
    if not isinstance(right, Fraction):
        return ""
    below = {s.base for s in walk(right.denominator) if isinstance(s, Symbol)} & _SMALL
    above = {s.base for s in walk(right.numerator) if isinstance(s, Symbol)}
    steps = (below & above) - {s.base for s in walk(left) if isinstance(s, Symbol)}
    return min(steps) if len(steps) == 1 else ""


#: What steps of differences are called.
_SMALL = frozenset(("h", "epsilon", "varepsilon", "delta"))


def _says(tree: Tree) -> bool:
    """Whether a side is a formula and no prose or list."""
    if isinstance(tree, Text):
        return False
    return not (isinstance(tree, Fenced) and tree.kind == "list" and len(tree.items) > 1)


def conditions(statements: Iterable[Statement], equation: Equation) -> tuple[Condition, ...]:
    """What the last condition before an equation, or behind it, says of index letters."""
    last: Statement | None = None
    for statement in statements:
        if statement.span.line > equation.span.end_line:
            break
        if equation.span.line - statement.span.end_line <= NEAR and any(_conditions(statement)):
            last = statement
    return () if last is None else tuple(_conditions(last))


#: How many lines above an equation a condition may stand.
NEAR = 4


def _conditions(statement: Statement) -> Iterator[Condition]:
    """`j = k` and `j \\ne k`, alone or behind a formula."""
    tree = statement.tree
    last = tree.sides[-1] if isinstance(tree, Relation) else tree
    parts = [tree]
    if isinstance(last, Fenced) and last.kind == "list":
        parts += last.items
    elif isinstance(last, Product):
        parts += [i for f in last.factors if isinstance(f, Fenced) for i in f.items]
    for part in parts:
        if isinstance(part, Fenced) and len(part.items) == 1:
            part = part.items[0]  # noqa: PLW2901
        if not isinstance(part, Relation) or len(part.sides) != 2:
            continue
        a, b = part.sides
        said = part.operators[0]
        if isinstance(a, Symbol) and b is not None and said in ("=", "!="):
            other = base_symbol(b)
            if other is not None:
                yield a.base, other.base, said == "="
