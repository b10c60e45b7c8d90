r"""Statements -> candidate definitions: which formulas say what a quantity is.

A definition has a name on the left and a readable formula on the right. Derivatives, questions and
updates are claims about the network or remarks beside it; they do not define it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from ...errors import Span
from ...expr.model import Remark
from ..syntax import (
    Derivative,
    Ellipsis_,
    Fenced,
    Number,
    Product,
    Relation,
    Script,
    Statement,
    Sum,
    Symbol,
    Text,
    Tree,
    Unknown,
)
from .dots import with_sums
from .lefts import LOSSES, objective, turned_round
from .rewrites import plainer
from .trees import base_symbol, kinds, walk

_DEFINES = frozenset({"=", ":=", "equiv", "<-"})
_OPERATORS_OF_DERIVATIVES = frozenset({"nabla", "partial"})


@dataclass(frozen=True, slots=True)
class Left:
    """A left side: the symbol with its scripts, the arguments behind it, scripts behind those."""

    symbol: Tree
    arguments: tuple[Tree, ...] | None = None
    behind: tuple[Tree, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`left = right` as it was written, `main` for the first pair of a chain."""

    left: Left
    right: Tree
    span: Span
    display: bool
    main: bool
    order: int
    kinds: frozenset[type[Tree]] = frozenset()

    def has(self, *wanted: type[Tree]) -> bool:
        """Whether the right side holds any of these kinds of trees."""
        return not self.kinds.isdisjoint(wanted)


@dataclass
class Chain:
    """A chain of equal formulas, also over several rows."""

    sides: list[Tree | None]
    operators: list[str]
    span: Span
    display: bool


@dataclass
class Read:
    """What a note's statements are."""

    candidates: list[Candidate] = field(default_factory=list[Candidate])
    declared: list[tuple[Tree, tuple[Tree, ...], Span]] = field(
        default_factory=list[tuple[Tree, tuple[Tree, ...], Span]]
    )
    equalities: list[Chain] = field(default_factory=list[Chain])
    unusable: list[tuple[Tree, Tree]] = field(default_factory=list[tuple[Tree, Tree]])
    claims: int = 0
    unsolved: list[tuple[Tree, Tree, Span]] = field(default_factory=list[tuple[Tree, Tree, Span]])
    remarks: list[Remark] = field(default_factory=list[Remark])


def sort(statements: Iterable[Statement]) -> Read:
    """Sort a note's statements into definitions, declared shapes and claims."""
    read = Read()
    objectives: list[tuple[Tree, Chain, int]] = []
    from .families import written_out

    for order, chain in enumerate(written_out(_chains(statements))):
        if chain.operators[-1:] == ["in"]:
            read.declared += _declaration(chain)
            if len(chain.operators) == 1:
                continue
        if not chain.operators:
            lone = chain.sides[0]
            aim = objective(lone, ("min", "argmin")) if lone is not None else None
            if aim is not None and chain.display:
                objectives.append((aim, chain, order))
            if isinstance(lone, Fenced) and lone.kind == "list" and len(lone.items) == 2:
                name, shape = lone.items
                if isinstance(shape, Fenced) and shape.kind == "paren" and left_side(name):
                    read.declared.append((name, shape.items, chain.span))
            continue
        read.equalities.append(chain)
        if chain.sides[0] is not None and differentiates(chain.sides[0]):
            read.claims += 1
            continue
        last = chain.sides[-1]
        aim = objective(last, ("argmin",)) if last is not None else None
        if aim is not None and chain.display:
            objectives.append((aim, chain, order))
        _orient(chain, read)
        found = _candidates(chain, order)
        read.candidates += found
        if not found and chain.operators[0] in _DEFINES and len(chain.sides) > 1:
            left, right = chain.sides[:2]
            if chain.display and left is not None and right is not None and left_side(left):
                read.unusable.append((left, right))
    _name_objective(read, objectives)
    return read


def _orient(chain: Chain, read: Read) -> None:
    """Turn an equation round where a name does not stand on its left."""
    left, right = chain.sides[0], chain.sides[-1]
    if len(chain.sides) != 2 or chain.operators[0] not in _DEFINES:
        return
    if left is None or right is None or left_side(left) or is_number(right):
        return
    if not readable(left) or not readable(right):
        return
    found = turned_round(left, right)
    if found is not None and left_side(found[0]):
        chain.sides = [*found]
    elif chain.display:
        read.unsolved.append((left, right, chain.span))


def _name_objective(read: Read, objectives: list[tuple[Tree, Chain, int]]) -> None:
    r"""`\min_w ...` in a note without a loss: what is to be small gets a name."""
    used = {s.base for c in read.candidates for s in [base_symbol(c.left.symbol)] if s}
    if len(objectives) != 1 or used & LOSSES:
        return
    tree, chain, order = objectives[0]
    inside = {node.base for node in walk(tree) if isinstance(node, Symbol)}
    letter = next(x for x in ("J", "L", "E", "cost") if x not in inside)
    right = plainer(with_sums(tree))
    left = Left(Symbol(tree.span, letter, (), letter))
    read.candidates.append(
        Candidate(left, right, tree.span, chain.display, True, order, kinds(right))
    )
    read.remarks.append(Remark("objective", tree.span, {"name": letter}))


def _chains(statements: Iterable[Statement]) -> list[Chain]:
    chains: list[Chain] = []
    for statement in statements:
        if statement.typed:
            continue
        tree = statement.tree
        sides: list[Tree | None] = [tree]
        operators: list[str] = []
        if isinstance(tree, Relation):
            sides = [*tree.sides]
            operators = ["=" if o == "=:" else o for o in tree.operators]
        if statement.continues and chains and isinstance(tree, Relation):
            chain = chains[-1]
            chain.sides += sides[1:]
            chain.operators += operators
            continue
        chains.append(Chain(sides, operators, statement.span, statement.display))
    return chains


def _candidates(chain: Chain, order: int) -> list[Candidate]:
    found: list[Candidate] = []
    sides, operators = chain.sides, chain.operators
    for i, side in enumerate(sides[:-1]):
        if side is None or operators[i] not in _DEFINES:
            break
        left = left_side(side)
        if left is None:
            if i == 0:
                break
            continue
        equal = takewhile(_DEFINES.union(["approx"]).__contains__, operators[i:])
        for written in sides[i + 1 : i + 1 + len(list(equal))]:
            right = None if written is None else plainer(with_sums(written))
            if right is None or not readable(right):
                continue
            span = side.span.to(right.span)
            candidate = Candidate(left, right, span, chain.display, i == 0, order, kinds(right))
            found.append(candidate)
            break
        else:
            break
    return found


def left_side(tree: Tree) -> Left | None:
    """The parts of a left side that names a quantity or a function, or None."""
    if _is_symbol(tree):
        return Left(tree)
    if not isinstance(tree, Product) or len(tree.factors) != 2 or tree.operators != ("",):
        return None
    head, tail = tree.factors
    behind: tuple[Tree, ...] = ()
    if isinstance(tail, Script) and not tail.sups:
        tail, behind = tail.base, tail.subs
    if _is_symbol(head) and isinstance(tail, Fenced) and tail.kind in ("paren", "square", "brace"):
        given = arguments(tail)
        return Left(head, given, behind) if all(map(_is_parameter, given)) else None
    if isinstance(head, Symbol) and isinstance(tail, Number) and len(head.base) == 1:
        glued = Symbol(tree.span, head.base + tail.text, head.marks, head.written + tail.text)
        return Left(glued)
    return None


def _is_symbol(tree: Tree) -> bool:
    if isinstance(tree, Script):
        tree = tree.base
    return isinstance(tree, Symbol) and tree.base not in _OPERATORS_OF_DERIVATIVES


def _is_parameter(tree: Tree) -> bool:
    """`x`, `x^{(i)}`, `y = 1`: what can stand in the bracket of a left side."""
    if isinstance(tree, Relation):
        return True
    return _is_symbol(tree) or isinstance(tree, Number | Ellipsis_)


def arguments(fenced: Fenced) -> tuple[Tree, ...]:
    """The arguments in a bracket, nested lists opened: `p(y | x; w)` has three."""
    out: list[Tree] = []
    for item in fenced.items:
        if isinstance(item, Fenced) and item.kind == "list":
            out += item.items
        else:
            out.append(item)
    return tuple(out)


def readable(tree: Tree) -> bool:
    """Whether a side is a formula that can define something."""
    if isinstance(tree, Text | Unknown):
        return False
    for node in walk(tree):
        if isinstance(node, Derivative | Unknown | Ellipsis_):
            return False
        if isinstance(node, Symbol) and node.base in _OPERATORS_OF_DERIVATIVES:
            return False
    return True


def differentiates(tree: Tree) -> bool:
    """Whether a formula holds a derivative."""
    return not isinstance(tree, Symbol) and any(
        isinstance(node, Derivative)
        or (isinstance(node, Symbol) and node.base in _OPERATORS_OF_DERIVATIVES)
        for node in walk(tree)
    )


def _declaration(chain: Chain) -> list[tuple[Tree, tuple[Tree, ...], Span]]:
    r"""`W, b \in \mathbb{R}^{n \times m}`: each name with the factors of its exponent."""
    left, space = chain.sides[0], chain.sides[-1]
    if left is None or space is None:
        return []
    if isinstance(space, Fenced) and space.kind == "list":
        space = space.items[0]
    names = left.items if isinstance(left, Fenced) and left.kind == "list" else (left,)
    if isinstance(space, Symbol) and space.base == "R" and "bb" in space.marks:
        return [(name, (), chain.span) for name in names if left_side(name)]
    if not isinstance(space, Script) or not isinstance(space.base, Symbol):
        return []
    if space.base.base != "R" or not space.sups or space.sups[-1].tree is None:
        return []
    exponent = space.sups[-1].tree
    sizes = (
        exponent.factors
        if isinstance(exponent, Product) and set(exponent.operators) <= {"times", "cdot", "*"}
        else (exponent,)
    )
    if isinstance(exponent, Fenced) and exponent.kind == "list":
        sizes = exponent.items
    return [(name, sizes, chain.span) for name in names if left_side(name)]


def is_number(tree: Tree) -> bool:
    """A plain number, perhaps with a sign or a power of ten."""
    if isinstance(tree, Sum):
        return len(tree.terms) == 1 and is_number(tree.terms[0])
    return not any(isinstance(node, Symbol) for node in walk(tree))
