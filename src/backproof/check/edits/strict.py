r"""What a loose product means for matrices: every arrangement of its factors whose shapes fit.

`(a_2 - y) W_2 a_1 (1 - a_1) X` is right for single numbers. For a batch it has to become
`\frac{1}{m} (W_2^T (a_2 - y) \odot a_1 \odot (1 - a_1)) X^T`; which products are taken entry by
entry, which factors are transposed and in which order they stand, the shapes decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations
from itertools import product as pairs
from typing import Any

from ...notation.syntax import Big, Product, Relation, Script, Sum, Sup, Tree
from .context import Candidate, Context, Shape
from .equation import Equation, joined, marked, units
from .products import front, turnable, turned
from .trees import (
    NOWHERE,
    added,
    entrywise,
    key,
    multiplied,
    number,
    paren,
    positions,
    put,
    quotient,
    unfenced,
)

_MOST_FACTORS = 6
_BEST = 80
_MOST_FORMS = 150
#: What it costs to take a number or a column for a whole array.
_SPREAD = 0.7


@dataclass(frozen=True, slots=True)
class _Form:
    """One arrangement of some of the factors: `way` says what it multiplies last."""

    tree: Tree
    shape: Shape | None
    cost: float
    way: str
    mark: Any
    first: int
    kinds: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Term:
    """A term taken apart: its sign, the single numbers in front, the factors that are matrices."""

    sign: str
    numbers: list[Tree]
    factors: list[Tree]
    entrywise: bool


def strict_forms(
    left: Tree, right: Tree, context: Context, *, scaled: bool = True
) -> Iterator[Candidate]:
    """The arrangements of the factors of `right`, the nearest to what is written first; `scaled`
    ones with a 2 or 1/2 more, too.

    With `context.shape` only those come out whose shapes fit, and which have the shape of `left`
    where that is known; without it, orders and transposes in the order of their number.
    """
    eq = Equation(left, right, context)
    summed = list(zip(right.terms, right.signs, strict=True)) if isinstance(right, Sum) else []
    terms = [_term(eq, t, s) for t, s in summed or [(right, "+")]]
    if all(len(t.factors) == 1 and not t.numbers for t in terms):
        terms = [_Term("+", [], [right], False)]
    if any(len(t.factors) > _MOST_FACTORS or not t.factors for t in terms):
        return
    target = context.shape(left) if context.shape else None
    choices = [_arranged(eq, term, target) for term in terms]
    seen = {key(right)}
    for chosen in _cheapest(choices):
        tree = added([(f.tree, t.sign) for f, t in zip(chosen, terms, strict=True)])
        kinds = frozenset(k for f in chosen for k in f.kinds)
        for new, more in _completed(eq, tree, chosen, scaled):
            if key(new) not in seen:
                seen.add(key(new))
                first, *rest = [k for k in _ORDER if k in kinds | more]
                yield Candidate(
                    first, left, new, also=tuple(rest), origin=(left, right), context=context
                )


_ORDER = ("transpose", "product order", "hadamard", "lost sum", "lost mean", "lost factor")


def _completed(
    eq: Equation, tree: Tree, chosen: tuple[_Form, ...], scaled: bool
) -> Iterator[tuple[Tree, frozenset[str]]]:
    """The form itself, with the mean, and with a constant factor."""
    none = frozenset[str]()
    context = eq.context
    count = context.count
    if any(f.kinds for f in chosen):
        yield tree, none
    if count is not None and all(key(part) != key(count) for _, part in positions(eq.right)):
        mean = quotient(number(1), count, latex=context.latex)
        yield front(mean, tree, context), frozenset({"lost mean"})
    if scaled and sum(f.cost for f in chosen) < 2.5:
        half = quotient(number(1), number(2), latex=context.latex)
        for factor in (number(2), half):
            yield front(factor, tree, context), frozenset({"lost factor"})


def _cheapest(choices: list[list[_Form]]) -> Iterator[tuple[_Form, ...]]:
    if not all(choices):
        return
    few = _BEST if len(choices) == 1 else 6 if len(choices) == 2 else 3
    short = [forms if len(choices) == 1 else forms[:few] for forms in choices]
    if len(choices) > 4:
        yield tuple(forms[0] for forms in choices)
        return
    yield from sorted(pairs(*short), key=lambda chosen: sum(f.cost for f in chosen))


# taking apart ------------------------------------------------------------------------------------
def _term(eq: Equation, tree: Tree, sign: str) -> _Term:
    found = _Term(sign, [], [], False)
    if isinstance(tree, Big):
        return found
    _collect(eq, tree, found)
    return found


def _collect(eq: Equation, tree: Tree, found: _Term) -> None:
    if isinstance(tree, Product):
        parts = units(tree, eq.context)
        i = 0
        while i < len(parts):
            end = i + 1
            while end < len(parts) and parts[end].operator == "/":
                end += 1
            found.entrywise |= entrywise(parts[i].operator)
            whole = [replace(parts[i], operator=""), *parts[i + 1 : end]]
            unit = joined(whole)
            call = end == i + 1 and parts[i].end > parts[i].start + 1
            if call or end > i + 1:
                _factor(eq, unit, found)
            else:
                _collect(eq, unit, found)
            i = end
        return
    inner = unfenced(tree)
    if isinstance(inner, Product):
        _collect(eq, inner, found)
    else:
        _factor(eq, tree, found)


def _factor(eq: Equation, tree: Tree, found: _Term) -> None:
    if eq.context.is_scalar(eq.split(tree)[0]) or eq.context.is_scalar(tree):
        found.numbers.append(tree)
    elif isinstance(tree, Big):
        found.factors += [tree] * (_MOST_FACTORS + 1)
    else:
        found.factors.append(tree)


# putting together --------------------------------------------------------------------------------
def _arranged(eq: Equation, term: _Term, target: Shape | None) -> list[_Form]:
    shape = eq.context.shape
    shapes = [shape(f) if shape else None for f in term.factors]
    known = [s for s in shapes if s is not None]
    if len(known) == len(shapes):
        forms = _fitting(eq, term, known, target)
    else:
        forms = list(islice(_unshaped(eq, term), _MOST_FORMS))
    whole = [
        replace(f, tree=multiplied([*term.numbers, f.tree], [_beside(eq)] * len(term.numbers)))
        for f in forms
    ]
    return sorted(whole, key=lambda f: f.cost)[:_MOST_FORMS]


def _beside(eq: Equation) -> str:
    return "" if eq.context.latex else "*"


def _fitting(eq: Equation, term: _Term, shapes: list[Shape], target: Shape | None) -> list[_Form]:
    """All arrangements with fitting shapes, from smaller sets of factors to larger ones."""
    size = len(shapes)
    best: dict[int, list[_Form]] = {}
    for i, (factor, shape) in enumerate(zip(term.factors, shapes, strict=True)):
        best[1 << i] = _leaves(eq, i, factor, shape)
    for count in range(2, size + 1):
        for members in combinations(range(size), count):
            whole = sum(1 << i for i in members)
            best[whole] = _split(eq, term, best, whole)
    full = best[(1 << size) - 1]
    if target is None:
        return full
    found = [f for f in full if f.shape == target]
    return found + [s for f in full if (s := _over_samples(eq, f, target)) is not None]


def _leaves(eq: Equation, i: int, factor: Tree, shape: Shape) -> list[_Form]:
    out = [_Form(factor, shape, 0.0, "factor", (i, False), i)]
    if shape[0] != 1 or shape[1] != 1:
        back = shape[1], shape[0]
        mended = frozenset({"transpose"})
        out.append(_Form(turned(factor), back, 0.5, "factor", (i, True), i, mended))
    return out


def _split(eq: Equation, term: _Term, best: dict[int, list[_Form]], whole: int) -> list[_Form]:
    found: dict[Any, _Form] = {}
    part = (whole - 1) & whole
    while part:
        rest = whole ^ part
        crossed = sum(bin(part >> (j + 1)).count("1") for j in range(8) if rest >> j & 1)
        for a, b in pairs(best[part], best[rest]):
            for form in _both(eq, term, a, b, crossed):
                known = found.get(form.mark)
                if known is None or form.cost < known.cost:
                    found[form.mark] = form
        part = (part - 1) & whole
    forms = sorted(found.values(), key=lambda f: f.cost)
    kept: dict[Any, int] = {}
    out: list[_Form] = []
    for form in forms:
        kept[form.shape] = kept.get(form.shape, 0) + 1
        if kept[form.shape] <= _BEST:
            out.append(form)
    return out


def _both(eq: Equation, term: _Term, a: _Form, b: _Form, crossed: int) -> Iterator[_Form]:
    """The product of two arrangements, as matrices and entry by entry."""
    assert a.shape is not None
    assert b.shape is not None
    cost, kinds, first = a.cost + b.cost, a.kinds | b.kinds, min(a.first, b.first)
    if a.shape[1] == b.shape[0] and b.way != "matrix":
        one = paren(a.tree) if a.way == "entries" else a.tree
        two = paren(b.tree) if b.way == "entries" else b.tree
        swapped = kinds | ({"product order"} if crossed else frozenset[str]())
        op = "" if eq.context.latex else "@"
        yield _Form(
            multiplied([one, two], [op]), (a.shape[0], b.shape[1]), cost + 0.3 * crossed,
            "matrix", ("matrix", *_chain(a, "matrix"), b.mark), first, swapped,
        )  # fmt: skip
    together = _broadcast(a.shape, b.shape)
    if together is not None and b.way != "entries" and a.first < b.first:
        two = paren(b.tree) if b.way == "matrix" else b.tree
        op = eq.context.hadamard if eq.context.latex else "*"
        # entry by entry the order means nothing: keep the one that was written
        cost += 0.01 * crossed + (0.0 if a.shape == b.shape else _SPREAD)
        marks = sorted([*_chain(a, "entries"), b.mark], key=str)
        mended = kinds if term.entrywise else kinds | {"hadamard"}
        yield _Form(
            multiplied([a.tree, two], [op]), together, cost + 0.2, "entries",
            ("entries", *marks), first, mended,
        )  # fmt: skip


def _chain(form: _Form, way: str) -> tuple[Any, ...]:
    return form.mark[1:] if form.way == way else (form.mark,)


def _broadcast(a: Shape, b: Shape) -> Shape | None:
    if a == b:
        return a
    if a[0] == b[0] and 1 in (a[1], b[1]):
        return a[0], b[1] if a[1] == 1 else a[1]
    if a[1] == b[1] and 1 in (a[0], b[0]):
        return b[0] if a[0] == 1 else a[0], a[1]
    return None


def _over_samples(eq: Equation, form: _Form, target: Shape) -> _Form | None:
    r"""The gradient by a bias: `\delta` summed over the samples, which its columns are."""
    context = eq.context
    sample, count, shape = context.sample, context.count, context.shape
    if sample is None or count is None or shape is None or form.shape is None:
        return None
    if target != (form.shape[0], 1) or form.shape[1] == 1:
        return None
    body = form.tree
    for use in eq.names(body):
        size = shape(use.core)
        if size is not None and size[1] == form.shape[1]:
            one = marked(use.core, (Sup("paren", sample), *use.marks))
            body = put(body, use.path, one)
    below = Relation(NOWHERE, (sample, number(1)), ("=",))
    big = Big(NOWHERE, "sum", below, count, paren(body) if isinstance(body, Sum) else body)
    return replace(
        form, tree=big, shape=target, cost=form.cost + 0.6, kinds=form.kinds | {"lost sum"}
    )


def _unshaped(eq: Equation, term: _Term) -> Iterator[_Form]:
    """Orders and transposes without regard to shapes, few changes first."""
    size = len(term.factors)
    free = [i for i, f in enumerate(term.factors) if _may_turn(eq, f)]
    plain = range(size)
    orders = sorted(permutations(plain), key=_crossings)
    ways = [(n, order, turns) for order in orders[:24] for k in range(3)
            for turns in combinations(free, k)
            if (n := _crossings(order) + k)]  # fmt: skip
    for n, order, turns in sorted(ways, key=lambda way: way[0]):
        trees = [turned(term.factors[i]) if i in turns else term.factors[i] for i in order]
        op = "" if eq.context.latex else "@"
        kinds = {"product order"} if _crossings(order) else set[str]()
        kinds |= {"transpose"} if turns else set[str]()
        tree = multiplied(trees, [op] * (size - 1))
        yield _Form(tree, None, 0.5 * n, "matrix", None, 0, frozenset(kinds))


def _may_turn(eq: Equation, factor: Tree) -> bool:
    return turnable(factor, eq) or isinstance(factor, Product | Script)


def _crossings(order: tuple[int, ...]) -> int:
    return sum(a > b for a, b in combinations(order, 2))
