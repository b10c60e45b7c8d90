"""Syntax trees taken apart and put together, so that whatever is put together can be printed.

A node made here has the span `NOWHERE`; a part that was taken over keeps the span it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...errors import Span
from ...notation.syntax import (
    Big,
    Cases,
    Derivative,
    Fenced,
    Fraction,
    Matrix,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Sum,
    Sup,
    Symbol,
    Text,
    Tree,
)

NOWHERE = Span(0, 0, 0, 0)
Path = tuple[int, ...]

_ENTRYWISE = frozenset({"odot", "circ", "otimes"})


def children(tree: Tree) -> tuple[Tree, ...]:
    """The parts of a tree in the order in which `rebuilt` takes them."""
    match tree:
        case Script():
            return (tree.base, *tree.subs, *(s.tree for s in tree.sups if s.tree is not None))
        case Sum():
            return tree.terms
        case Product():
            return tree.factors
        case Fraction():
            return tree.numerator, tree.denominator
        case Root():
            return (tree.body,) if tree.degree is None else (tree.body, tree.degree)
        case Big():
            return (*(t for t in (tree.below, tree.above) if t is not None), tree.body)
        case Fenced():
            return tree.items
        case Matrix():
            return tuple(cell for row in tree.rows for cell in row)
        case Cases():
            return tuple(value for value, _ in tree.rows)
        case Derivative():
            return tree.by if tree.of is None else (tree.of, *tree.by)
        case Relation():
            return tuple(side for side in tree.sides if side is not None)
        case _:
            return ()


def rebuilt(tree: Tree, parts: Sequence[Tree]) -> Tree:
    """The tree with other parts; brackets are put where they have become necessary."""
    rest = iter(parts)
    match tree:
        case Script():
            base = atom(next(rest))
            subs = tuple(next(rest) for _ in tree.subs)
            sups = tuple(
                s if s.tree is None else Sup(s.kind, _exponent(s.kind, next(rest)))
                for s in tree.sups
            )
            if isinstance(base, Script):
                return Script(NOWHERE, base.base, base.subs + subs, base.sups + sups)
            return Script(NOWHERE, base, subs, sups)
        case Sum():
            return added(list(zip(parts, tree.signs, strict=True)))
        case Product():
            return multiplied(list(parts), list(tree.operators))
        case Fraction():
            return Fraction(NOWHERE, *map(_opened, parts))
        case Root():
            return Root(NOWHERE, parts[0], parts[1] if len(parts) > 1 else None)
        case Big():
            below = None if tree.below is None else next(rest)
            above = None if tree.above is None else next(rest)
            return Big(NOWHERE, tree.kind, below, above, _body(next(rest)))
        case Fenced():
            return replace(tree, span=NOWHERE, items=tuple(parts))
        case Matrix():
            return Matrix(NOWHERE, tuple(tuple(next(rest) for _ in row) for row in tree.rows))
        case Cases():
            return Cases(NOWHERE, tuple((next(rest), condition) for _, condition in tree.rows))
        case Derivative():
            of = None if tree.of is None else _operand(next(rest))
            return replace(tree, span=NOWHERE, of=of, by=tuple(map(_operand, rest)))
        case Relation():
            sides = tuple(None if side is None else next(rest) for side in tree.sides)
            return Relation(NOWHERE, sides, tree.operators)
        case _:
            return tree


def walk(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Every part with the way to it, a whole before its parts."""
    yield path, tree
    for i, part in enumerate(children(tree)):
        yield from walk(part, (*path, i))


def at(tree: Tree, path: Path) -> Tree:
    for i in path:
        tree = children(tree)[i]
    return tree


def put(tree: Tree, path: Path, new: Tree) -> Tree:
    """The tree with `new` in the place of the part at `path`."""
    return put_all(tree, ((path, new),))


def put_all(tree: Tree, edits: Iterable[tuple[Path, Tree]]) -> Tree:
    """The tree with several parts changed at once: one change may take a bracket away that the path
    of another leads through."""
    within: dict[int, list[tuple[Path, Tree]]] = {}
    for path, new in edits:
        if not path:
            return new
        within.setdefault(path[0], []).append((path[1:], new))
    parts = list(children(tree))
    for i, own in within.items():
        parts[i] = put_all(parts[i], own)
    return rebuilt(tree, parts)


def key(tree: Any) -> Any:
    """What makes two trees equal: all but their places and how their names were spelled."""
    match tree:
        case None:
            return None
        case Symbol():
            return "Symbol", tree.base, tree.marks
        case Number() | Text():
            return type(tree).__name__, tree.text
        case Script():
            sups = tuple((s.kind, key(s.tree)) for s in tree.sups)
            return "Script", key(tree.base), tuple(map(key, tree.subs)), sups
        case Sum():
            return "Sum", tuple(map(key, tree.terms)), tree.signs
        case Product():
            return "Product", tuple(map(key, tree.factors)), tree.operators
        case Big():
            return "Big", tree.kind, key(tree.below), key(tree.above), key(tree.body)
        case Fenced():
            return "Fenced", tree.kind, tuple(map(key, tree.items)), tree.separator
        case Matrix():
            return "Matrix", tuple(tuple(map(key, row)) for row in tree.rows)
        case Cases():
            return "Cases", tuple((key(a), key(b)) for a, b in tree.rows)
        case Derivative():
            return "Derivative", key(tree.of), tuple(map(key, tree.by)), tree.order, tree.written
        case Relation():
            return "Relation", tuple(map(key, tree.sides)), tree.operators
        case Root():
            return "Root", key(tree.body), key(tree.degree)
        case _:
            return type(tree).__name__, tuple(map(key, children(tree)))


# putting together --------------------------------------------------------------------------------
def paren(tree: Tree) -> Tree:
    return Fenced(NOWHERE, "paren", (tree,))


def unfenced(tree: Tree) -> Tree:
    """The inside of a round bracket around one thing."""
    if isinstance(tree, Fenced) and tree.kind in ("paren", "square") and len(tree.items) == 1:
        return tree.items[0]
    return tree


def number(value: int) -> Tree:
    digits = Number(NOWHERE, str(abs(value)))
    return digits if value >= 0 else Sum(NOWHERE, (digits,), ("-",))


def quotient(top: Tree, bottom: Tree, *, latex: bool) -> Tree:
    if latex:
        return Fraction(NOWHERE, top, bottom)
    return multiplied([top, bottom], ["/"])


def atom(tree: Tree) -> Tree:
    """What a script may be put on."""
    loose = isinstance(tree, Sum | Product | Fraction | Big | Derivative | Relation)
    return paren(tree) if loose else tree


def _opened(tree: Tree) -> Tree:
    """A new bracket falls away where a fraction line does its work."""
    return unfenced(tree) if tree.span == NOWHERE else tree


def _exponent(kind: str, tree: Tree) -> Tree:
    """`x^{(a)}` would be a layer: an exponent goes without its bracket."""
    return unfenced(tree) if kind == "bare" else tree


def _operand(tree: Tree) -> Tree:
    return paren(tree) if isinstance(tree, Sum | Big) else tree


def _body(tree: Tree) -> Tree:
    if isinstance(tree, Sum) and len(tree.terms) > 1:
        return paren(tree)
    return tree


def added(terms: list[tuple[Tree, str]]) -> Tree:
    """Terms with their signs as one tree; sums among them are joined where no minus is before."""
    flat: list[tuple[Tree, str]] = []
    for term, sign in terms:
        inner = term
        if isinstance(inner, Sum) and sign == "+":
            flat += zip(inner.terms, inner.signs, strict=True)
        else:
            flat.append((paren(inner) if isinstance(inner, Sum) else inner, sign))
    if len(flat) == 1 and flat[0][1] == "+":
        return flat[0][0]
    return Sum(NOWHERE, tuple(t for t, _ in flat), tuple(s for _, s in flat))


def negated(tree: Tree) -> Tree:
    """Minus a tree; minus minus something is the thing."""
    if isinstance(tree, Sum):
        if len(tree.terms) == 1:
            return added([(tree.terms[0], "-" if tree.signs[0] == "+" else "+")])
        return Sum(NOWHERE, (paren(tree),), ("-",))
    return Sum(NOWHERE, (tree,), ("-",))


def multiplied(factors: list[Tree], operators: list[str]) -> Tree:
    """Factors with the operators between them as one tree, with the brackets that keep it so."""
    out: list[Tree] = []
    between: list[str] = []
    for i, factor in enumerate(factors):
        op = operators[i - 1] if i else ""
        last = i + 1 == len(factors)
        if isinstance(factor, Product) and op != "/":
            if out:
                between.append(op)
            out += factor.factors
            between += factor.operators
            if isinstance(out[-1], Big) and not last:
                out[-1] = paren(out[-1])
            continue
        kept = isinstance(factor, Sum) and len(factor.terms) == 1 and op not in ("", "/")
        loose = isinstance(factor, Sum | Product | Relation) and not kept
        loose = loose or (isinstance(factor, Big) and not last)
        if out:
            between.append(op)
        out.append(paren(factor) if loose else factor)
    if len(out) == 1:
        return out[0]
    return Product(NOWHERE, tuple(out), tuple(between))


def cut(product: Product, start: int, end: int) -> Tree:
    """Some of the factors of a product."""
    return multiplied(
        list(product.factors[start:end]), list(product.operators[start : max(start, end - 1)])
    )


def entrywise(operator: str) -> bool:
    return operator in _ENTRYWISE


def positions(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """The parts that have a value: indices and the limits of big operators are left out."""
    yield path, tree
    for i, part in enumerate(children(tree)):
        if not _marks(tree, i):
            yield from positions(part, (*path, i))


def _marks(tree: Tree, i: int) -> bool:
    """Whether part i only says which one is meant, or is a whole name's power."""
    if isinstance(tree, Script):
        if not i:
            return isinstance(tree.base, Symbol)
        inner = [s.kind for s in tree.sups if s.tree is not None]
        return i <= len(tree.subs) or inner[i - 1 - len(tree.subs)] != "bare"
    return isinstance(tree, Big) and i + 1 < len(children(tree))
