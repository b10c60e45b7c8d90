"""Grammar reductions -> trees (syntax.py). Called by the parser, bottom up, once per reduction.

Lists grow in place in small mutable states, so a sum of ten thousand terms costs ten thousand
steps. Everything that needs more than one look (derivatives, big operators) is in `meaning.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from ..errors import Span
from .derivatives import derivative, differential
from .meaning import (
    BigHead,
    Nothing,
    Terms,
    apply_mark,
    as_sups,
    cases,
    conditional,
    fold,
    last_of,
    number_or_symbol,
    push,
    turned,
)  # fmt: skip
from .symbols import CASES, FUNCTIONS
from .syntax import (
    Ellipsis_,
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
    Unknown,
)  # fmt: skip
from .tokens import Token


@dataclass(slots=True)
class _Items:
    items: list[Tree]
    separators: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class _Chain:
    sides: list[Tree | None]
    operators: list[str]
    span: Span


@dataclass(slots=True)
class _Mark:
    """A script on its way to its base."""

    subs: tuple[Tree, ...]
    sups: tuple[Sup, ...]
    span: Span


Children = list[Any]


def span_of(x: Any) -> Span:
    return cast(Span, x.span)


class Builder:
    """One method per alternative of math.lark: the children -> a tree, or a state that grows."""

    def start(self, c: Children) -> Tree:
        state: _Items = c[0]
        items = state.items
        if len(items) == 1:
            return items[0]
        separator = state.separators[0] if state.separators else ","
        relations = [i for i, item in enumerate(items) if isinstance(item, Relation)]
        if len(relations) != 1:
            return _listed(items, separator)
        # `l = 1, 2, ..., L` and `i, j = 1, 2`: the commas belong to the sides, not between formulas
        at = relations[0]
        relation = cast(Relation, items[at])
        sides = list(relation.sides)
        if at and sides[0] is not None:
            sides[0] = _listed([*items[:at], sides[0]], separator)
        if at + 1 < len(items):
            last = sides[-1]
            sides[-1] = _listed([*([last] if last else []), *items[at + 1 :]], separator)
        return Relation(items[0].span.to(items[-1].span), tuple(sides), relation.operators)

    # lists and relations -------------------------------------------------------------------------
    def list_one(self, c: Children) -> _Items:
        return _Items([c[0]])

    def list_more(self, c: Children) -> _Items:
        state: _Items = c[0]
        state.items.append(c[2])
        state.separators.append(c[1].value)
        return state

    def list_end(self, c: Children) -> _Items:
        return c[0]

    def placeholder(self, c: Children) -> Tree:
        token: Token = c[0]
        return Symbol(span_of(token), token.value, (), token.written)

    def rel_first(self, c: Children) -> _Chain:
        return _Chain([None, None], [c[0].value], span_of(c[0]))

    def rel_after(self, c: Children) -> _Chain:
        side = None if isinstance(c[0], Nothing) else c[0]
        return _Chain([side, None], [c[1].value], span_of(c[0]).to(span_of(c[1])))

    def rel_more(self, c: Children) -> _Chain:
        chain, token = cast(tuple[_Chain, Token], tuple(c))
        if chain.sides[-1] is None:
            if token.value == chain.operators[-1] and chain.span.end_line < span_of(token).line:
                return chain  # the sign stands on both sides of a line break
            raise token.fault("nothing stands between two relation signs", "fill it in, or `?`")
        chain.operators.append(token.value)
        chain.sides.append(None)
        chain.span = chain.span.to(span_of(c[1]))
        return chain

    def rel_side(self, c: Children) -> _Chain:
        chain: _Chain = c[0]
        if not isinstance(c[1], Nothing):
            chain.sides[-1] = c[1]
            chain.span = chain.span.to(span_of(c[1]))
        return chain

    def relation(self, c: Children) -> Tree:
        chain: _Chain = c[0]
        return Relation(chain.span, tuple(chain.sides), tuple(chain.operators))

    # sums and products ---------------------------------------------------------------------------
    def sum(self, c: Children) -> Tree:
        state: Terms = c[0]
        terms, signs = state.factors, state.operators
        if len(terms) == 1 and signs[0] == "+":
            return terms[0]
        span = (state.span or span_of(terms[0])).to(span_of(terms[-1]))
        return Sum(span, tuple(terms), tuple(signs))

    def term_one(self, c: Children) -> Terms:
        return Terms([c[0]], ["+"])

    def term_signed(self, c: Children) -> Terms:
        return Terms([c[1]], [c[0].value], span_of(c[0]))

    def term_more(self, c: Children) -> Terms:
        state: Terms = c[0]
        if isinstance(state.factors[-1], Nothing):  # `{} - x`: the braces only space the sign
            state.factors.pop()
            state.operators.pop()
        state.factors.append(c[2])
        state.operators.append(c[1].value)
        return state

    def negated(self, c: Children) -> Tree:
        return Sum(span_of(c[0]).to(span_of(c[1])), (c[1],), (c[0].value,))

    def product(self, c: Children) -> Tree:
        state: Terms = c[0]
        return fold(state.factors, state.operators)

    def factor_one(self, c: Children) -> Terms:
        return push(Terms([], []), c[0], "")

    def factor_beside(self, c: Children) -> Terms:
        state: Terms = c[0]
        factor: Tree = c[1]
        last = state.factors[-1]
        if isinstance(factor, Nothing):
            return state
        if isinstance(last, Nothing):
            state.factors[-1] = factor
            return state
        if isinstance(factor, Script) and isinstance(factor.base, Nothing):
            state.factors[-1] = _script(last, _Mark(factor.subs, factor.sups, factor.span))
            return state
        return push(state, factor, "")

    def factor_more(self, c: Children) -> Terms:
        return push(c[0], c[2], c[1].value)

    def factor_negated(self, c: Children) -> Terms:
        if isinstance(c[3], BigHead):
            return push(c[0], replace(c[3], outer=c[2].value), c[1].value)
        negated = Sum(span_of(c[2]).to(span_of(c[3])), (c[3],), (c[2].value,))
        return push(c[0], negated, c[1].value)

    # big operators -------------------------------------------------------------------------------
    def big_head(self, c: Children) -> BigHead:
        token: Token = c[0]
        return BigHead(span_of(token), token.value, token.written)

    def big_below(self, c: Children) -> BigHead:
        return self._limit(c[0], "below", c[2])

    def big_above(self, c: Children) -> BigHead:
        return self._limit(c[0], "above", last_of(c[2]))

    def big_super(self, c: Children) -> BigHead:
        token: Token = c[1]
        letter = "T" if token.value == "transpose" else token.written
        return self._limit(c[0], "above", number_or_symbol(letter, span_of(token)))

    def _limit(self, head: BigHead, name: str, limit: Tree) -> BigHead:
        if isinstance(limit, Nothing):
            return head
        return replace(head, span=head.span.to(limit.span), **{name: limit})

    def big_signed(self, c: Children) -> BigHead:
        return replace(c[0], sign=c[1].value, first=c[2])

    def big_alone(self, c: Children) -> Tree:
        token: Token = c[0]
        return Symbol(span_of(token), token.value, (), token.written, True)

    # scripts -------------------------------------------------------------------------------------
    def script_one(self, c: Children) -> Tree:
        return _script(c[0], c[1])

    script_more = script_one

    def sub(self, c: Children) -> _Mark:
        arg: Tree = c[1]
        span = span_of(c[0]).to(arg.span)
        if isinstance(arg, Nothing):
            return _Mark((), (), span)
        if isinstance(arg, Fenced) and arg.kind == "list":
            return _Mark(arg.items, (), span)
        return _Mark((arg,), (), span)

    def sup(self, c: Children) -> _Mark:
        arg: Tree = c[1]
        span = span_of(c[0]).to(arg.span)
        if c[0].value == "**":
            inner = arg.items[0] if isinstance(arg, Fenced) and len(arg.items) == 1 else arg
            return _Mark((), (Sup("bare", inner),), span)
        return _Mark((), () if isinstance(arg, Nothing) else as_sups(arg), span)

    def sup_signed(self, c: Children) -> _Mark:
        tree = Sum(span_of(c[1]).to(span_of(c[2])), (c[2],), (c[1].value,))
        return _Mark((), (Sup("bare", tree),), span_of(c[0]).to(tree.span))

    def sup_ready(self, c: Children) -> _Mark:
        token: Token = c[0]
        span = span_of(token)
        tree = number_or_symbol(token.written, span) if token.value in ("paren", "square") else None
        return _Mark((), (Sup(token.value, tree),), span)

    def prime(self, c: Children) -> _Mark:
        token: Token = c[0]
        return _Mark((), (Sup("prime"),) * min(int(token.value), 9), span_of(token))

    # simple things -------------------------------------------------------------------------------
    def symbol(self, c: Children) -> Tree:
        token: Token = c[0]
        return Symbol(
            span_of(token), token.value, token.marks, token.written, token.value in FUNCTIONS
        )

    def number(self, c: Children) -> Tree:
        return Number(span_of(c[0]), c[0].value)

    def text(self, c: Children) -> Tree:
        return Text(span_of(c[0]), c[0].value)

    def ellipsis(self, c: Children) -> Tree:
        return Ellipsis_(span_of(c[0]))

    def unknown(self, c: Children) -> Tree:
        return Unknown(span_of(c[0]))

    def group(self, c: Children) -> Tree:
        state: _Items = c[1]
        if len(state.items) == 1:
            # the braces count for the place, so that an underline shows the whole of `{a b}`
            return state.items[0]
        return _listed(state.items, next(iter(state.separators), ","))

    def nothing(self, c: Children) -> Tree:
        return Nothing(span_of(c[0]).to(span_of(c[1])), "")

    def fenced(self, c: Children) -> Tree:
        opening: Token = c[0]
        closing: Token = c[2]
        state: _Items = c[1]
        span = span_of(opening).to(span_of(closing))
        kind = opening.value
        if kind != closing.value:
            interval = {kind, closing.value} == {"paren", "square"} and len(state.items) == 2
            bars = {kind, closing.value} == {"abs", "norm"}
            if "none" in (kind, closing.value):
                kind = "at" if closing.value == "abs" else closing.value if kind == "none" else kind
            elif bars:
                kind = "norm"  # `\left \| x \right|`
            elif not interval:
                what = f"`{opening.written}` is closed by `{closing.written}`"
                raise closing.fault(what, "use the matching bracket")
        items = tuple(state.items)
        if (
            len(items) == 1
            and isinstance(items[0], Matrix)
            and kind in ("paren", "square", "brace")
        ):
            return Matrix(span, items[0].rows)
        return Fenced(span, kind, items, state.separators[0] if state.separators else "")

    def fraction(self, c: Children) -> Tree:
        token, top, bottom = cast(tuple[Token, Tree, Tree], tuple(c))
        span = span_of(token).to(bottom.span)
        if isinstance(top, Nothing) or isinstance(bottom, Nothing):
            raise token.fault("this fraction has an empty part", "fill it in")
        return derivative(top, bottom, span) or Fraction(span, top, bottom)

    def root(self, c: Children) -> Tree:
        return Root(span_of(c[0]).to(span_of(c[1])), c[1], None)

    def root_of(self, c: Children) -> Tree:
        return Root(span_of(c[0]).to(span_of(c[2])), c[2], c[1])

    def mark(self, c: Children) -> Tree:
        return apply_mark(c[0], c[1])

    # tables --------------------------------------------------------------------------------------
    def rows_one(self, c: Children) -> list[list[_Items | None]]:
        return [c[0]]

    def rows_more(self, c: Children) -> list[list[_Items | None]]:
        c[0].append(c[2])
        return c[0]

    def cells_one(self, c: Children) -> list[_Items | None]:
        return [c[0]]

    def cells_more(self, c: Children) -> list[_Items | None]:
        c[0].append(c[2])
        return c[0]

    def cell_list(self, c: Children) -> _Items:
        return c[0]

    def cell_empty(self, c: Children) -> None:
        return None

    def table(self, c: Children) -> Tree:
        opening: Token = c[0]
        span = span_of(opening).to(span_of(c[2]))
        written: list[list[_Items | None]] = c[1]
        rows = [row for row in written if any(row)]
        if not rows:
            raise opening.fault("this table is empty", "fill it in")
        name = opening.value
        parts = [[cell.items if cell else [] for cell in row] for row in rows]
        if name in CASES or (name == "Bmatrix" and conditional(parts)):
            return cases(parts, span)
        matrix = Matrix(span, tuple(tuple(_cell(cell, span) for cell in row) for row in rows))
        if name in ("vmatrix", "Vmatrix"):
            return Fenced(span, "abs" if name == "vmatrix" else "norm", (matrix,))
        return matrix


def _cell(cell: _Items | None, span: Span) -> Tree:
    if cell is None:
        return Text(span, "")
    return cell.items[0] if len(cell.items) == 1 else _listed(cell.items, ",")


def _listed(items: list[Tree], separator: str) -> Fenced:
    return Fenced(items[0].span.to(items[-1].span), "list", tuple(items), separator)


def _script(base: Tree, mark: _Mark) -> Tree:
    """Put a script on a base; scripts on a scripted base join those that are there."""
    if not mark.subs and not mark.sups:
        return base
    span = base.span.to(mark.span)
    if isinstance(base, Script):
        sups = turned(base.base, mark.sups)
        return Script(span, base.base, base.subs + mark.subs, base.sups + sups)
    if isinstance(base, Product) and len(base.factors) == 1:
        base = base.factors[0]
    if differential(base) and not any(sup.kind == "bare" for sup in mark.sups):
        d, letter = cast(Product, base).factors
        return Product(span, (d, _script(letter, mark)), ("",))
    return Script(span, base, mark.subs, turned(base, mark.sups))
