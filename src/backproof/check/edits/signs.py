"""Signs, terms and brackets: what goes wrong with sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...notation.syntax import Big, Fenced, Product, Script, Sum, Symbol, Tree
from .context import Move
from .equation import Equation, argument, joined, units
from .trees import NOWHERE, Path, added, at, multiplied, negated, paren, positions, unfenced

Terms = list[tuple[Tree, str]]


def signs(eq: Equation) -> Iterator[Move]:
    """The sign of a factor like (a - y), of the whole side, of one term, of an argument."""
    yield Move("sign", (), negated(eq.right), 1.0)
    rank = 0
    for path, part in positions(eq.right):
        if not isinstance(part, Sum):
            yield from _negated_exponent(part, path)
            if isinstance(part, Fenced) and argument(eq.right, path, eq.context):
                yield from _negated_argument(part, path)
            continue
        terms = _terms(part)
        if len(terms) == 2 and {s for _, s in terms} == {"+", "-"}:
            (a, first), (b, _) = terms
            swapped = added([(b, "+"), (a, "-")] if first == "+" else [(a, "+"), (b, "-")])
            yield Move("sign", path, swapped, (0.9 if path else 1.1) + 0.1 * rank)
        for i in range(len(terms)):
            if len(terms) > 1 or path:
                yield Move("sign", path, added(_flipped(terms, i)), 1.2 + 0.08 * rank)
                rank += 1


def _negated_argument(part: Fenced, path: Path) -> Iterator[Move]:
    if len(part.items) == 1 and not isinstance(part.items[0], Sum):
        yield Move("sign", (*path, 0), negated(part.items[0]), 2.2)


def _negated_exponent(part: Tree, path: Path) -> Iterator[Move]:
    """`e^z` for `e^{-z}`."""
    if not isinstance(part, Script) or not isinstance(part.base, Symbol) or part.base.base != "e":
        return
    inner = [s for s in part.sups if s.tree is not None]
    for i, sup in enumerate(inner):
        if sup.kind == "bare" and sup.tree is not None and not isinstance(sup.tree, Sum):
            where = (*path, 1 + len(part.subs) + i)
            yield Move("sign", where, negated(sup.tree), 1.5)


def _terms(tree: Sum) -> Terms:
    return list(zip(tree.terms, tree.signs, strict=True))


def _flipped(terms: Terms, which: int) -> Terms:
    return [(t, {"+": "-", "-": "+"}[s] if i == which else s) for i, (t, s) in enumerate(terms)]


def terms(eq: Equation) -> Iterator[Move]:
    """A term that was lost, or one too many."""
    added_ones = ((t, s) for t in eq.context.terms for s in "+-")
    for i, (term, sign) in enumerate(added_ones):
        new = added([(eq.right, "+"), (term, sign)])
        fact = (("factor", eq.says(term)),)
        yield Move("lost term", (), new, 1.8 + 0.1 * i, fact)
    rank = 0
    for path, part in positions(eq.right):
        if isinstance(part, Sum) and len(part.terms) > 1:
            for i in range(len(part.terms)):
                rest = _terms(part)
                gone = rest.pop(i)
                facts = (("factor", eq.says(gone[0])),)
                yield Move("extra term", path, added(rest), 2.0 + 0.15 * rank, facts)
                rank += 1


def brackets(eq: Equation) -> Iterator[Move]:
    """A bracket that holds too much or too little."""
    rank = 0
    for path, part in positions(eq.right):
        for new in _rebracketed(eq, path, part):
            yield Move("bracket", path, new, 1.5 + 0.08 * rank)
            rank += 1


def _rebracketed(eq: Equation, path: Path, part: Tree) -> Iterator[Tree]:
    if isinstance(part, Sum):
        written = _terms(part)
        for i in range(len(written) - 1):
            yield from _taken_in(eq, written, i)
        if part.signs[0] == "-" and len(written) > 1:
            rest = added([(unfenced(written[0][0]), "+"), *written[1:]])
            yield added([(paren(rest), "-")])
        for i in range(1, len(written) - 1):
            tail = added([(written[i][0], "+"), *written[i + 1 :]])
            yield added([*written[:i], (paren(tail), written[i][1])])
        for i, (term, sign) in enumerate(written):
            for inside in _let_out(eq, term):
                first = inside[0][0], "+" if inside[0][1] == sign else "-"
                yield added([*written[:i], first, *inside[1:], *written[i + 1 :]])
    elif not path or not isinstance(at(eq.right, path[:-1]), Sum):
        for inside in _let_out(eq, part):
            yield added(inside)


def _taken_in(eq: Equation, written: Terms, i: int) -> Iterator[Tree]:
    """The next term drawn into a bracket of this one: `x (s) - y` to `x (s - y)`."""
    (term, sign), (following, after) = written[i], written[i + 1]
    around = (written[:i], written[i + 2 :])

    def whole(new: Tree) -> Tree:
        return added([*around[0], (new, sign), *around[1]])

    if isinstance(term, Big):
        inside = _inner(term.body, following, after)
        yield whole(Big(NOWHERE, term.kind, term.below, term.above, paren(inside)))
        body = term.body
        if isinstance(body, Product):
            for new in _absorbed(eq, body, following, after):
                yield whole(Big(NOWHERE, term.kind, term.below, term.above, new))
    elif isinstance(term, Product):
        for new in _absorbed(eq, term, following, after):
            yield whole(new)
        last = term.factors[-1]
        if isinstance(last, Big):
            inside = Big(
                NOWHERE, last.kind, last.below, last.above,
                paren(_inner(last.body, following, after)),
            )  # fmt: skip
            yield whole(multiplied([*term.factors[:-1], inside], list(term.operators)))
            if isinstance(last.body, Product):
                for new in _absorbed(eq, last.body, following, after):
                    inside = Big(NOWHERE, last.kind, last.below, last.above, new)
                    yield whole(multiplied([*term.factors[:-1], inside], list(term.operators)))


def _inner(tree: Tree, following: Tree, sign: str) -> Tree:
    inner = unfenced(tree)
    return added([(inner, "+"), (following, sign)])


def _absorbed(eq: Equation, product: Product, following: Tree, sign: str) -> Iterator[Tree]:
    found = units(product, eq.context)
    last = product.factors[-1]
    if isinstance(last, Fenced) and len(last.items) == 1:
        inside = replace(last, span=NOWHERE, items=(_inner(last, following, sign),))
        yield multiplied([*product.factors[:-1], inside], list(product.operators))
    elif len(product.factors) > 1 and _function(eq, product.factors[-2]):
        inside = paren(added([(last, "+"), (following, sign)]))
        yield multiplied([*product.factors[:-1], inside], list(product.operators))
    for k in range(len(found) - 1, 0, -1):
        if found[k].operator == "/":
            continue
        tail = joined([replace(found[k], operator=""), *found[k + 1 :]])
        inside = paren(added([(tail, "+"), (following, sign)]))
        head = [*found[:k], replace(found[k], tree=inside)]
        yield joined(head)
    # f(x) y - z, meant as (f(x) - z) y
    for k in range(1, len(found)):
        inside = paren(added([(joined(found[:k]), "+"), (following, sign)]))
        yield joined([replace(found[0], tree=inside, operator=""), *found[k:]])


def _function(eq: Equation, tree: Tree) -> bool:
    return eq.context.is_function(tree)


def _let_out(eq: Equation, term: Tree) -> Iterator[Terms]:
    """The last terms of a bracket left outside of it: `a (b + c)` to `a b + c`."""
    if isinstance(term, Fenced) and len(term.items) == 1 and isinstance(term.items[0], Sum):
        if term.kind in ("paren", "square"):
            yield _terms(term.items[0])
        return
    if isinstance(term, Big):
        for inside in _let_out(eq, term.body):
            body = inside[0][0] if inside[0][1] == "+" else negated(inside[0][0])
            yield [(Big(NOWHERE, term.kind, term.below, term.above, body), "+"), *inside[1:]]
        return
    if not isinstance(term, Product):
        return
    found = units(term, eq.context)
    for k, unit in enumerate(found):
        inner = unit.tree
        call = isinstance(inner, Product) and unit.end > unit.start + 1
        bracket = inner.factors[-1] if call and isinstance(inner, Product) else inner
        if isinstance(bracket, Script) or not isinstance(unfenced(bracket), Sum):
            continue
        if not isinstance(bracket, Fenced) or k not in (0, len(found) - 1):
            continue
        summed = unfenced(bracket)
        assert isinstance(summed, Sum)
        inside = _terms(summed)
        for cut in range(1, len(inside)):
            head = added(inside[:cut])
            first: Tree = head
            if call and isinstance(inner, Product):
                kept = replace(bracket, span=NOWHERE, items=(head,))
                first = multiplied([*inner.factors[:-1], kept], list(inner.operators))
            new = joined([*found[:k], replace(unit, tree=first), *found[k + 1 :]])
            yield [(new, "+"), *inside[cut:]]
            if k == 0 and len(found) > 1 and not call:
                # (a - b) c, written for a - b c
                rest = joined([replace(unit, tree=added(_plain(inside[cut:]))), *found[1:]])
                yield [*inside[:cut], (rest, inside[cut][1])]


def _plain(terms: Terms) -> Terms:
    return [(terms[0][0], "+"), *terms[1:]]
