r"""Forward passes drawn with arrows: `x W + b = z \to \sigma \to a` says that `z` is `x W + b` and
`a` is `\sigma(z)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..notation.document import Statement
from ..notation.lower.library import is_library, spelled
from ..notation.lower.trees import base_symbol
from ..notation.syntax import Fenced, Product, Relation, Script, Symbol, Tree


def piped(statements: Iterable[Statement]) -> list[Statement]:
    """The statements with each such arrow through a function as an equation of its own."""
    return [found for statement in statements for found in _equations(statement)]


def _equations(statement: Statement) -> Iterator[Statement]:
    tree = statement.tree
    if not isinstance(tree, Relation):
        yield statement
        return
    sides, operators = tree.sides, tree.operators
    through = [
        at for at, side in enumerate(sides)
        if operators[at - 1 : at + 1] == ("to", "to") and _applied(side)
    ]  # fmt: skip
    named = through and all(base_symbol(side) for at in through if (side := sides[at + 1]))
    if not named or None in sides:
        yield statement
        return
    first = through[0]
    if operators[: first - 1] == ("=",):
        whole, value = sides[0], sides[1]
        yield replace(statement, tree=Relation(statement.tree.span, (value, whole), ("=",)))
    for at in through:
        given, function, result = sides[at - 1], sides[at], sides[at + 1]
        if given is None or function is None or result is None:
            continue
        span = function.span
        call = Product(span, (function, Fenced(span, "paren", (given,))), ("",))
        yield replace(statement, tree=Relation(statement.tree.span, (result, call), ("=",)))


def _applied(side: Tree | None) -> bool:
    """Whether a side is the name of a function that everybody knows."""
    return isinstance(side, Symbol | Script) and is_library(spelled(side))
