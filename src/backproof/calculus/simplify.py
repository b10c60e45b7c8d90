"""Tidying a formula of entries, as steps: the way from the raw derivative to the line worth
keeping.

Small rewrites come first (zeros, ones, signs, one fraction for each term). Then two longer roads
are looked at, a common denominator and multiplying out, and taken only if the formula at their end
is shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from ..expr.build import ONE, add, div, mul, neg, sub
from ..expr.node import Expr, rebuild, same, walk
from ..laws import algebra
from ..laws.rule import Law
from .local import is_atom, put_in
from .polynomial import (
    Product,
    collect,
    common_factor,
    expand,
    expand_all,
    factors,
    is_plain_number,
    show_product,
    show_sum,
    terms,
    without,
)
from .step import Line

MOST_NODES = 400  # longer formulas are left as they are but for zeros, ones and signs


_tidied: dict[Expr, list[Line]] = {}
MOST_KEPT = 4000
MOST_ROUNDS = 6


def tidy(formula: Expr) -> list[Line]:
    """The lines from `formula` to its tidied form; none if there is nothing to do.

    What is tidied depends on the form alone, not on which quantities stand in it: the same form,
    as every layer of a network has it, is worked out once.
    """
    form, quantities = _form(formula)
    if form not in _tidied:
        if len(_tidied) > MOST_KEPT:
            _tidied.clear()
        _tidied[form] = _work_out(form)
    return [
        (put_in(after, quantities), law, tuple(put_in(f, quantities) for f in focus))
        for after, law, focus in _tidied[form]
    ]


def _form(formula: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """A formula with its quantities replaced by numbered letters, and what each letter stands
    for."""
    letters: dict[Expr, Expr] = {}
    for e in walk([formula], is_atom):
        if is_atom(e) and not is_plain_number(e) and e.op not in ("number", "kronecker"):
            letters[e] = Expr("name", (), len(letters))
    return put_in(formula, letters), {letter: e for e, letter in letters.items()}


def _work_out(formula: Expr) -> list[Line]:
    """One round after another, until a round finds nothing to do."""
    lines: list[Line] = []
    seen = {formula}
    for _ in range(MOST_ROUNDS):
        more = _round(lines[-1][0] if lines else formula)
        if not more or more[-1][0] in seen:
            break
        lines += more
        seen.add(more[-1][0])
    return lines


def _round(formula: Expr) -> list[Line]:
    lines: list[Line] = []
    current = formula

    def go(after: Expr, law: Law, focus: Iterable[Expr] = ()) -> None:
        nonlocal current
        if after is not current:
            written = set(walk([current], is_atom))
            lines.append((after, law, tuple(f for f in focus if f in written)))
            current = after

    for rule, law in (
        (algebra.ones_and_zeros, algebra.ONES_AND_ZEROS),
        (algebra.signs, algebra.SIGNS),
    ):
        go(*_everywhere(current, rule, law))
    go(*_everywhere(current, algebra.ones_and_zeros, algebra.ONES_AND_ZEROS))
    if cost(current) > MOST_NODES:
        return lines
    cancelled = _cancelled(current)
    fractions = any(e.op == "div" for e in walk([current], is_atom))
    law = algebra.ONE_FRACTION_EACH if fractions else algebra.TIDIED
    law = algebra.FACTOR_CANCELS if cancelled else law
    go(_in_order(current), law, cancelled)
    go(*_everywhere(current, algebra.ones_and_zeros, algebra.ONES_AND_ZEROS))
    roads: tuple[list[Line], ...] = (
        [],
        _flipped(current),
        _common_denominator(current),
        _multiplied_out(current),
    )
    for line in min(roads, key=_end(current)):
        go(*line)
    return lines


def result(formula: Expr) -> Expr:
    """The tidied form alone."""
    lines = tidy(formula)
    return lines[-1][0] if lines else formula


def cost(expr: Expr) -> int:
    """How long a formula is to read: its operations, counted as often as they are written."""
    counts: dict[Expr, int] = {}
    for e in walk([expr], is_atom):
        counts[e] = 0 if is_atom(e) else 1 + sum(counts[a] for a in e.args)
    return counts[expr]


def _end(start: Expr) -> Callable[[list[Line]], tuple[int, int]]:
    def key(road: list[Line]) -> tuple[int, int]:
        return (cost(road[-1][0]) if road else cost(start), len(road))

    return key


def _everywhere(
    expr: Expr, rule: Callable[[Expr], Expr | None], law: Law
) -> tuple[Expr, Law, tuple[Expr, ...]]:
    """A small rewrite at every node, again and again; the focus is what changed first."""
    touched: list[Expr] = []
    first = True

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = same(old, args)
        for _ in range(100):
            after = rule(now)
            if after is None:
                break
            if args == old.args and first:
                touched.append(old)
            now = after
        return now

    current = expr
    for _ in range(20):
        after = rebuild(current, change, None, is_atom)
        first = False
        if after is current:
            break
        current = after
    return current, law, tuple(touched)


def _in_order(expr: Expr) -> Expr:
    """Every product as sign, number, one fraction; like bases put together."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = same(old, args)
        return _product_in_order(now) if now.op in ("mul", "div") else now

    # A negative product inside a sum gives the sum's sign.
    return _everywhere(rebuild(expr, change, None, is_atom), algebra.signs, algebra.SIGNS)[0]


def _product_in_order(e: Expr) -> Expr:
    return show_product(_alike(factors(e)))


def _alike(product: Product) -> Product:
    """Sums that are the negative of one another, or the same but for order, become one base."""
    known: dict[frozenset[tuple[frozenset[tuple[Expr, Fraction]], Fraction]], Expr] = {}
    out = Product(product.coefficient, ())
    for one, exponent in product.powers:
        base, coefficient = one, Fraction(1)
        if base.op in ("add", "sub") and exponent.denominator == 1:
            parts = collect(terms(base))
            key = frozenset((p.key, p.coefficient) for p in parts)
            minus = frozenset((p.key, -p.coefficient) for p in parts)
            if minus in known:
                base = known[minus]
                coefficient = Fraction(-1) ** int(exponent)
            else:
                base = known.setdefault(key, base)
        out = out.times(Product(coefficient, ((base, exponent),)))
    return out


def _cancelled(expr: Expr) -> list[Expr]:
    """The factors that stand both above and below a fraction line somewhere in a product."""
    found: list[Expr] = []
    inside: set[Expr] = set()
    for e in walk([expr], is_atom):
        if e.op in ("mul", "div") and not is_atom(e):
            inside.update(a for a in e.args if a.op in ("mul", "div"))
    for e in walk([expr], is_atom):
        if e.op not in ("mul", "div") or e in inside:
            continue
        above: list[Expr] = []
        below: list[Expr] = []
        _sides(e, above, below)
        found += [x for x in above if x in below and x.op != "number"]
    return list(dict.fromkeys(found))


def _sides(e: Expr, above: list[Expr], below: list[Expr]) -> None:
    if e.op == "mul":
        for a in e.args:
            _sides(a, above, below)
    elif e.op == "div":
        _sides(e.args[0], above, below)
        _sides(e.args[1], below, above)
    elif e.op == "neg":
        _sides(e.args[0], above, below)
    elif e.op == "pow":
        above.append(e.args[0])
    else:
        above.append(e)


def _common_denominator(expr: Expr) -> list[Line]:
    """A sum with fractions in it, on one denominator, multiplied out, cancelled."""
    front, inner = _front(expr)
    parts = terms(inner)
    if len(parts) < 2 or not any(p.has_fraction for p in parts):
        return []
    below: dict[Expr, Fraction] = {}
    for p in parts:
        for base, exponent in p.powers:
            if exponent < 0 and not is_plain_number(base):
                below[base] = max(below.get(base, Fraction(0)), -exponent)
    denominator = Product(Fraction(1), tuple(below.items()))
    under = show_product(denominator)
    above = [p.times(denominator) for p in parts]
    lines: list[Line] = []

    def go(after: Expr, law: Law, focus: Iterable[Expr] = ()) -> None:
        after = _with_front(front, after)
        if after is not (lines[-1][0] if lines else expr):
            lines.append((after, law, tuple(focus)))

    go(
        _signed([(p.coefficient < 0, div(show_product(_positive(p)), under)) for p in above]),
        algebra.COMMON_DENOMINATOR,
    )
    go(div(show_sum(above), under), algebra.ONE_FRACTION)
    expanded = expand_all(above)
    if expanded is None:
        return []
    go(div(show_sum(expanded), under), algebra.EXPANDED)
    numerator = collect(expanded)
    vanished = _vanishing(expanded)
    go(
        div(show_sum(numerator), under),
        algebra.TERMS_CANCEL if vanished else algebra.TERMS_COLLECTED,
        vanished,
    )
    last = div(show_sum(numerator), under)
    cancelled = _product_in_order(last)
    if cancelled is not last:
        go(cancelled, algebra.FACTOR_CANCELS, [b for b, _ in denominator.powers])
    return lines


def _multiplied_out(expr: Expr) -> list[Line]:
    """A formula multiplied out and collected, common numbers in front."""
    parts = terms(expr)
    expanded = expand_all(parts)
    if expanded is None:
        return []
    lines: list[Line] = []
    current = expr

    def go(after: Expr, law: Law, focus: Iterable[Expr] = ()) -> None:
        nonlocal current
        if after is not current:
            lines.append((after, law, tuple(focus)))
            current = after

    go(show_sum(expanded), algebra.EXPANDED)
    collected = collect(expanded)
    vanished = _vanishing(expanded)
    go(show_sum(collected), algebra.TERMS_CANCEL if vanished else algebra.TERMS_COLLECTED, vanished)
    shared = common_factor(collected)
    if shared.powers or shared.coefficient != 1:
        inner = show_sum([without(p, shared) for p in collected])
        go(_with_front(shared, inner), algebra.FACTOR_OUT)
    return lines


def _flipped(expr: Expr) -> list[Line]:
    """`-(y - a)` as `a - y`: the sign goes into a difference."""
    whole = factors(expr)
    if whole.coefficient >= 0:
        return []
    for base, exponent in whole.powers:
        if base.op == "sub" and exponent == 1:
            turned = sub(base.args[1], base.args[0])
            powers = tuple((turned if b is base else b, e) for b, e in whole.powers)
            return [
                (show_product(Product(-whole.coefficient, powers)), algebra.SIGN_TURNS, (base,))
            ]
    return []


def _front(expr: Expr) -> tuple[Product, Expr]:
    """The numbers in front of a formula, and the rest."""
    if expr.op != "mul":
        return Product(Fraction(1), ()), expr
    whole = factors(expr)
    plain = tuple((b, e) for b, e in whole.powers if is_plain_number(b))
    rest = [(b, e) for b, e in whole.powers if not is_plain_number(b)]
    if len(rest) != 1 or rest[0][1] != 1:
        return Product(Fraction(1), ()), expr
    return Product(whole.coefficient, plain), rest[0][0]


def _with_front(front: Product, inner: Expr) -> Expr:
    if not front.powers and front.coefficient == 1:
        return inner
    if front.coefficient < 0:
        return neg(_with_front(_positive(front), inner))
    return mul(show_product(front), inner)


def _positive(p: Product) -> Product:
    return Product(abs(p.coefficient), p.powers)


def _signed(items: list[tuple[bool, Expr]]) -> Expr:
    out: Expr | None = None
    for negative, item in items:
        if out is None:
            out = neg(item) if negative else item
        else:
            out = sub(out, item) if negative else add(out, item)
    return ONE if out is None else out


def _vanishing(products: list[Product]) -> list[Expr]:
    """The terms that cancel against one another, as they are written."""
    totals: dict[frozenset[tuple[Expr, Fraction]], Fraction] = {}
    for p in products:
        totals[p.key] = totals.get(p.key, Fraction(0)) + p.coefficient
    gone = {k for k, v in totals.items() if v == 0}
    return list(dict.fromkeys(show_product(_positive(p)) for p in products if p.key in gone))


__all__ = ["cost", "expand", "result", "tidy"]
