"""What a law is: a name, what it turns into what, and under which condition.

A law is data. `words/` holds the sentence that a reader sees for it, under its name; the tests
prove each law once for random values, and each use of a law is proven again where it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..expr.build import derivative, name
from ..expr.node import Expr, rebuild, walk
from ..expr.ops import make
from ..expr.shape import SCALAR

# How much a step matters: 1 stands in every detail, 2 from `standard` on, 3 only in `full`.
OUTLINE, STANDARD, FULL = 1, 2, 3

Bindings = dict[Expr, Expr]


@dataclass(frozen=True, eq=False)
class Law:
    """One law.

    `forms` are pairs of a left and a right side over the letters below, tried in their order; a law
    that needs more than a pattern (cancelling, expanding) has none and is applied by `calculus`.
    `grain` says in which detail a step by this law is shown.
    """

    name: str
    book: str
    forms: tuple[tuple[Expr, Expr], ...] = ()
    grain: int = FULL

    def __repr__(self) -> str:
        return f"<Law {self.name}>"


BOOKS: dict[str, dict[str, Law]] = {}


def law(book: str, name: str, *forms: tuple[Expr, Expr], grain: int = FULL) -> Law:
    """Make a law and enter it in its book."""
    made = Law(name, book, forms, grain)
    entries = BOOKS.setdefault(book, {})
    if name in entries:
        raise ValueError(f"two laws are called {name!r}")
    entries[name] = made
    return made


def letter(text: str) -> Expr:
    """A letter that stands for any scalar expression in a law."""
    return name("?" + text, SCALAR)


u, v, x, p, q = letter("u"), letter("v"), letter("x"), letter("p"), letter("q")
c = letter("c")  # anything that does not depend on x


def D(of: Expr) -> Expr:
    """`d of / dx`, in a law."""
    return derivative(of, x)


def match(pattern: Expr, expr: Expr, constant: Callable[[Expr, Expr], bool]) -> Bindings | None:
    """What the letters of `pattern` stand for if `expr` has its form, otherwise None.

    `constant(e, x)` tells whether `e` does not depend on `x`; it is asked about what `c` stands
    for, after `x` is known.
    """
    found: Bindings = {}
    pairs = [(pattern, expr)]
    while pairs:
        mine, theirs = pairs.pop()
        if mine.op == "name" and mine.attr.base.startswith("?"):
            if found.setdefault(mine, theirs) is not theirs:
                return None
        elif mine.op != theirs.op or len(mine.args) != len(theirs.args) or mine.attr != theirs.attr:
            return None
        else:
            pairs += zip(mine.args, theirs.args, strict=True)
    if c in found and x in found and not constant(found[c], found[x]):
        return None
    return found


def fill(pattern: Expr, found: Bindings) -> Expr:
    """The right side of a law with its letters replaced."""
    return rebuild(pattern, make_like, dict(found))


def make_like(old: Expr, args: tuple[Expr, ...]) -> Expr:
    """`old` with new arguments, its shape worked out again."""
    if not args:
        return old
    return make(old.op, args, old.attr)


def letters(expr: Expr) -> list[Expr]:
    """The letters of a law's side."""
    return [e for e in walk([expr]) if e.op == "name" and e.attr.base.startswith("?")]
