r"""Quantities with the number of the example behind them in brackets: `e_j(n) = d_j(n) - y_j(n)`.

Where a note writes the same letter behind everything that an example changes, and no quantity of
one example is made of that of another, all formulas are about one example: the brackets say
nothing. A sum over the letter runs over the examples, and what it adds up keeps it as an index. A
parameter that is learned on the way, `w(n+1) = w(n) + \Delta w(n)`, is the new one there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..notation.document import Statement
from ..notation.lower.library import is_library
from ..notation.lower.trees import rewrite, walk
from ..notation.syntax import Big, Fenced, Product, Relation, Script, Sup, Symbol, Tree
from .heads import base_of, counted, head, index_letters
from .timed import brackets, step_in

#: Letters that number examples.
_NUMBERING = ("n", "k", "p", "t")
#: What is learned from one example to the next.
_LEARNED = frozenset(("w", "W", "b", "theta", "Theta"))
#: So many quantities have the letter behind them, or it is that of a function.
_FEWEST = 3


@dataclass(slots=True)
class _Met:
    """What has one letter in brackets behind it, what stands there a step before or after, and how
    often the letter stands anywhere else."""

    bases: set[str] = field(default_factory=set[str])
    moved: set[str] = field(default_factory=set[str])
    brackets: int = 0
    others: int = 0


def without_examples(statements: list[Statement]) -> list[Statement]:
    """The statements without such brackets."""
    trees = [s.tree for s in statements if isinstance(s.tree, Relation)]
    letter = next((x for x in _NUMBERING if _numbers_examples(trees, x)), None)
    if letter is None:
        return statements
    return [replace(s, tree=_Change(letter)(s.tree)) for s in statements]


def _numbers_examples(trees: Sequence[Tree], letter: str) -> bool:
    found = _Met()
    for tree in trees:
        _look(tree, letter, found)
    if len(found.bases) < _FEWEST or found.others or not found.moved <= _LEARNED:
        return False
    return not any(map(is_library, found.bases))


def _look(tree: Tree, letter: str, found: _Met) -> None:
    if isinstance(tree, Relation) and tree.sides[0] == _symbol(tree.sides[0], letter):
        return  # `n = 1, \dots, N`
    for node in walk(tree):
        if isinstance(node, Symbol) and node.base == letter:
            found.others += 1
        elif isinstance(node, Big) and letter in index_letters(counted(node)):
            found.others -= 1
        elif isinstance(node, Product):
            for symbol, shift in _behind(node, letter):
                (found.moved if shift else found.bases).add(base_of(symbol))
                found.others -= 1


def _symbol(tree: Tree | None, letter: str) -> Symbol | None:
    """The letter that a tree is; None if it is anything else."""
    return tree if isinstance(tree, Symbol) and tree.base == letter else None


def _behind(node: Product, letter: str) -> Iterator[tuple[Symbol, str]]:
    """The names in a product that have the letter behind them, with the sign of what is added."""
    for name, fence, operator in zip(node.factors, node.factors[1:], node.operators, strict=False):
        symbol = head(name)
        if symbol is not None and not operator and (found := _example(fence, letter)) is not None:
            yield symbol, found


def _example(tree: Tree, letter: str) -> str | None:
    """`new` for `(n+1)`, `old` for `(n-1)`, nothing for `(n)`; None for anything else."""
    fence = brackets(tree)
    at = step_in(fence) if fence is not None and fence.kind == "paren" else None
    if fence is None or at is None or at[0] != letter:
        return None
    item = fence.items[0]
    if isinstance(item, Symbol):
        return ""
    signs = {part.base for part in walk(item) if isinstance(part, Symbol)}
    last = getattr(item, "signs", ("",))[-1]
    return ("new" if last == "+" else "old") if signs == {letter} else None


class _Change:
    """The change of the formulas of a note."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.summed = False

    def __call__(self, tree: Tree) -> Tree:
        return rewrite(tree, self.change)

    def change(self, tree: Tree) -> Tree | None:
        if isinstance(tree, Big) and self.letter in index_letters(counted(tree)):
            kept, self.summed = self.summed, True
            body = rewrite(tree.body, self.change)
            self.summed = kept
            return replace(tree, body=body)
        if not isinstance(tree, Product):
            return None
        parts: list[tuple[str, Tree]] = []
        for operator, factor in zip(("", *tree.operators), tree.factors, strict=True):
            before = parts[-1][1] if parts else None
            at = _example(factor, self.letter) if not operator and before is not None else None
            if at is None or before is None or head(before) is None:
                parts.append((operator, factor))
            else:
                more = factor.sups if isinstance(factor, Script) else ()  # `e(n)^2`
                parts[-1] = parts[-1][0], self.marked(before, at, more)
        if len(parts) == len(tree.factors):
            return None
        factors = tuple(rewrite(factor, self.change) for _, factor in parts)
        operators = tuple(operator for operator, _ in parts[1:])
        return (
            factors[0] if len(factors) == 1 else replace(tree, factors=factors, operators=operators)
        )

    def marked(self, name: Tree, at: str, more: tuple[Sup, ...]) -> Tree:
        """A name with its example as an index where a sum runs over them, with what a step makes of
        it, and with what stands above its brackets."""
        symbol = Symbol(name.span, at or self.letter, (), at or self.letter)
        if at or self.summed:
            name = _raised(name, (Sup("bare" if at else "paren", symbol),))
        if any(sup.kind == "bare" for sup in more):
            name = Fenced(name.span, "paren", (name,))  # the error of `e(n)^2` is no number e
        return _raised(name, more) if more else name


def _raised(name: Tree, sups: tuple[Sup, ...]) -> Script:
    """A name with more above it."""
    if isinstance(name, Script):
        return replace(name, sups=(*name.sups, *sups))
    return Script(name.span, name, (), sups)
