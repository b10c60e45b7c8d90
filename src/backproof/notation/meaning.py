r"""The parts of reading that take a second look: products, big operators, decorations, cases.

The body of a `\sum` is whatever follows it in its term. Pure functions from trees to trees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import Span
from .derivatives import slashed, slice_of
from .symbols import OTHERWISE
from .syntax import (
    Big,
    Cases,
    Fenced,
    Number,
    Product,
    Relation,
    Script,
    Sum,
    Sup,
    Symbol,
    Text,
    Tree,
)
from .tokens import Token, Trouble


@dataclass(frozen=True, slots=True)
class Nothing(Text):
    """`{}`: an empty Text, which most places drop."""


@dataclass(frozen=True, slots=True)
class BigHead(Tree):
    r"""`\sum_{i=1}^m` before its body is known; never leaves the reader."""

    kind: str
    written: str
    below: Tree | None = None
    above: Tree | None = None
    sign: str = ""  # between it and its body: `\sum_i -x_i`
    outer: str = ""  # in front of it, behind an operator: `a * -\sum_i x_i`
    first: Tree | None = None


@dataclass(slots=True)
class Terms:
    """Factors or terms with their operators or signs, while they are being collected."""

    factors: list[Tree]
    operators: list[str]
    span: Span | None = None


_TRANSPOSE = frozenset({"T", "top", "intercal"})
_COMMAND = re.compile(r"\\[A-Za-z]+|.")


def number_or_symbol(text: str, span: Span) -> Tree:
    return Number(span, text) if text.isdigit() else Symbol(span, text, (), text)


# products ----------------------------------------------------------------------------------------
def push(state: Terms, factor: Tree, operator: str) -> Terms:
    """One more factor; a big operator with a sign behind it brings its first factor along."""
    while True:
        first = factor.first if isinstance(factor, BigHead) else None
        if state.factors:
            state.operators.append(operator)
        state.factors.append(factor)
        if first is None:
            return state
        factor, operator = first, ""


def fold(factors: list[Tree], operators: list[str]) -> Tree:
    """One product: big operators take the factors to their right, `∂L/∂W` becomes a derivative."""
    for k in range(len(factors) - 1, -1, -1):
        head = factors[k]
        if isinstance(head, BigHead):
            rest, between = factors[k + 1 :], operators[k + 1 :]
            del factors[k:]
            del operators[k:]
            factors.append(_big(head, rest, between))
    return _flat(factors, operators)


def last_of(limit: Tree) -> Tree:
    r"""What a sum ends with: the n of `\sum_{i=1}^{i=n}`."""
    if isinstance(limit, Relation) and limit.operators == ("=",):
        return limit.sides[1] or limit
    return limit


def _big(head: BigHead, rest: list[Tree], operators: list[str]) -> Tree:
    if not rest:
        name = Symbol(head.span, head.kind, (), head.written, True)
        subs = (head.below,) if head.below is not None else ()
        sups = (Sup("bare", head.above),) if head.above is not None else ()
        return Script(head.span, name, subs, sups) if subs or sups else name
    body = _flat(rest, operators)
    if head.sign:
        body = Sum(body.span, (body,), (head.sign,))
    tree = Big(head.span.to(body.span), head.kind, head.below, head.above, body)
    return Sum(tree.span, (tree,), (head.outer,)) if head.outer else tree


def _flat(factors: list[Tree], operators: list[str]) -> Tree:
    if len(factors) > 3:
        factors, operators = slashed(factors, operators)
    if len(factors) == 1:
        return factors[0]
    # braces that only group a typeface or a spacing do not nest the product
    if any(type(f) is Product for f in factors) and not any(operators):
        opened = [g for f in factors for g in _open(f)]
        factors, operators = opened, [""] * (len(opened) - 1)
    return Product(factors[0].span.to(factors[-1].span), tuple(factors), tuple(operators))


def _open(factor: Tree) -> tuple[Tree, ...]:
    return (
        factor.factors if isinstance(factor, Product) and not any(factor.operators) else (factor,)
    )


# scripts -----------------------------------------------------------------------------------------
def as_sups(tree: Tree) -> tuple[Sup, ...]:
    """What a superscript holds: `(2)`, `[l](i)`, `(2)T`, or anything else as it stands."""
    parts: tuple[Tree, ...] = (tree,)
    if isinstance(tree, Product) and not any(tree.operators):
        parts = tree.factors
    elif isinstance(tree, Fenced) and tree.kind == "list":
        parts = tree.items
    found: list[Sup] = []
    for part in parts:
        sups = _special(part)
        if not sups:
            return (Sup("bare", tree),)
        found += sups
    return tuple(found)


def turned(base: Tree, sups: tuple[Sup, ...]) -> tuple[Sup, ...]:
    r"""The same with the transpose at the end of an exponent told from the index before it:
    `W^{l\top}`, `a^{m-1 \top}`, `W^{2T}`."""
    found: list[Sup] = []
    for sup in sups:
        rest = _before(sup.tree, base) if sup.kind == "bare" and sup.tree is not None else None
        found += (sup,) if rest is None else (Sup("bare", rest), Sup("transpose"))
    return tuple(found)


def _before(tree: Tree, base: Tree) -> Tree | None:
    """What stands before the transpose at the end of an exponent; None if there is no transpose."""
    if isinstance(tree, Sum):
        last = _before(tree.terms[-1], base)
        return Sum(tree.span, (*tree.terms[:-1], last), tree.signs) if last is not None else None
    if not isinstance(tree, Product) or any(tree.operators):
        return None
    last, rest = tree.factors[-1], tree.factors[:-1]
    if not isinstance(last, Symbol) or last.base not in _TRANSPOSE:
        return None
    if last.base == "T" and not last.marks:
        # a letter, unless an index of a quantity stands before it: `e^{2T}`, `x^{nT}`
        named = isinstance(base, Symbol) and base.base != "e" and not base.function
        layer = isinstance(rest[0], Number) or getattr(rest[0], "base", "") in ("l", "L", "ell")
        if not named or not layer or len(rest) > 1:
            return None
    return rest[0] if len(rest) == 1 else slice_of(tree, 0, len(rest))


def _special(part: Tree) -> list[Sup]:
    if isinstance(part, Fenced) and part.kind in ("paren", "square"):
        inner = part.items[0]
        if len(part.items) > 1:
            inner = Fenced(part.span, "list", part.items, part.separator)
        return [Sup(part.kind, inner)]
    if isinstance(part, Symbol):
        if part.base in _TRANSPOSE:
            return [Sup("transpose")]
        if part.base in ("prime", "star"):
            return [Sup(part.base)]
        if part.base == "*":
            return [Sup("star")]
    if isinstance(part, Script) and not part.subs:
        inner = _special(part.base)
        return [*inner, *part.sups] if inner else []
    return []


def apply_mark(token: Token, tree: Tree) -> Tree:
    r"""A decoration or a typeface on what follows: `\hat y`, `\mathbf{W_1}`, `\mathbf{1}`."""
    mark = token.value
    command = _COMMAND.match(token.written)
    name = command[0] if command else token.written
    span = token.span
    whole = span.to(tree.span)
    if mark == "it" or isinstance(tree, Nothing):
        return tree
    if isinstance(tree, Symbol):
        if mark == "rm" and (len(tree.base) > 1 or tree.marks):
            return Symbol(whole, tree.base, tree.marks, token.written, tree.function)
        return Symbol(whole, tree.base, (*tree.marks, mark), token.written, tree.function)
    if isinstance(tree, Number):
        return tree if mark == "rm" else Symbol(whole, tree.text, (mark,), token.written)
    if mark == "rm":
        return tree
    if isinstance(tree, Script) and isinstance(tree.base, Symbol | Number):
        text = tree.base.text if isinstance(tree.base, Number) else tree.base.written
        inner = Token("MARK", mark, token.start, token.end, f"{name}{{{text}}}")
        inner.span = span
        return Script(whole, apply_mark(inner, tree.base), tree.subs, tree.sups)
    if isinstance(tree, Product):
        letters = [f for f in tree.factors if isinstance(f, Symbol)]
        if mark in ("bold", "cal", "bb", "frak"):
            return _each(token, name, tree)
        if len(letters) == len(tree.factors) and not any(tree.operators):
            return Symbol(whole, "".join(s.base for s in letters), (mark,), token.written)
    if mark == "bold":
        return tree
    raise Trouble(
        f"`{name}` over a whole expression can't be read",
        token.start,
        token.end,
        "put it over one letter",
    )


def _each(token: Token, name: str, tree: Product) -> Tree:
    factors: list[Tree] = []
    for factor in tree.factors:
        if isinstance(factor, Symbol | Script | Number):
            text = factor.text if isinstance(factor, Number) else getattr(factor, "written", "")
            inner = Token("MARK", token.value, token.start, token.end, f"{name}{{{text}}}")
            inner.span = factor.span
            factors.append(apply_mark(inner, factor))
        else:
            factors.append(factor)
    return Product(tree.span, tuple(factors), tree.operators)


# cases -------------------------------------------------------------------------------------------
def cases(rows: list[list[list[Tree]]], span: Span) -> Cases:
    """Rows of cells of comma-separated parts -> pairs of value and condition. Prose in the last
    row, below conditions that are formulas, is `otherwise` in whatever language."""
    *found, (value, condition) = (_case(row, span) for row in rows)
    prose = isinstance(condition, Text) or (
        isinstance(condition, Symbol) and len(condition.base) > _LETTERS
    )
    if found and prose and all(isinstance(said, Relation) for _, said in found):
        condition = None
    return Cases(span, (*found, (value, condition)))


def conditional(rows: list[list[list[Tree]]]) -> bool:
    """Whether each row is a value and, beside it, a comparison."""
    return all(len(row) == 2 and len(row[1]) == 1 and _compares(row[1][0]) for row in rows)


def _compares(tree: Tree) -> bool:
    inner = tree.items[0] if isinstance(tree, Fenced) and len(tree.items) == 1 else tree
    return isinstance(inner, Relation)


#: Words have more of them than quantities.
_LETTERS = 3


def _case(row: list[list[Tree]], span: Span) -> tuple[Tree, Tree | None]:
    parts = [part for cell in row for part in cell]
    value = parts[0] if parts else Text(span, "")
    rest = parts[1:]
    if not rest:
        value, condition = _cut(value)
        rest = [condition] if condition is not None else []
    else:
        value = _cut(value)[0]
    rest = [part for part in rest if len(rest) == 1 or not _if(part)]
    rest = [part for part in rest if not (isinstance(part, Text) and _otherwise(part))]
    if not rest:
        return value, None
    tree = (
        rest[0]
        if len(rest) == 1
        else Fenced(rest[0].span.to(rest[-1].span), "list", tuple(rest), ",")
    )
    left, right = _cut(tree)
    if right is not None:
        tree = right
    elif isinstance(left, Symbol) and _otherwise(Text(left.span, left.base)):
        return value, None
    return value, None if isinstance(tree, Text) and _otherwise(tree) else tree


def _if(tree: Tree) -> bool:
    """`if` typed as two letters."""
    letters = tree.factors if isinstance(tree, Product) else ()
    return [getattr(f, "base", "") for f in letters] == ["i", "f"]


def _otherwise(text: Text) -> bool:
    word = re.sub(r"[\s,.;:$]", "", text.text).casefold()
    return not word or word in OTHERWISE


def _cut(tree: Tree) -> tuple[Tree, Tree | None]:
    r"""Cut at prose: `0 \text{ if } x < 0` -> 0 and `x < 0`; what is not there is None."""
    head = tree.sides[0] if isinstance(tree, Relation) else tree
    if isinstance(head, Text) and isinstance(tree, Relation):
        return tree, None
    if not isinstance(head, Product):
        return tree, None
    at = next((i for i, f in enumerate(head.factors) if isinstance(f, Text)), -1)
    if at < 0:
        return tree, None
    value = slice_of(head, 0, at) if at else head.factors[0]
    if at + 1 == len(head.factors):
        word = head.factors[at]
        return value, word if at else None
    rest = slice_of(head, at + 1, len(head.factors))
    if isinstance(tree, Relation):
        return value, Relation(rest.span.to(tree.span), (rest, *tree.sides[1:]), tree.operators)
    return value, rest
