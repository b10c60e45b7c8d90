"""Products and sums of scalar formulas, taken apart and put together again.

A product is a number times powers of bases; a sum is a list of products. This is bookkeeping for
the laws of algebra, not a normal form that a reader ever sees: order and spelling of the author's
parts are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..expr.build import ONE, ZERO, add, div, mul, neg, number, power, sub, unary
from ..expr.node import Expr

MOST_TERMS = 60  # beyond this, an expanded sum is no longer easier to read
MOST_DIGITS = 12  # a higher power of a number is not worked out


@dataclass(frozen=True, slots=True)
class Product:
    """`coefficient * prod(base ** exponent)`; the bases in order of their first appearance."""

    coefficient: Fraction
    powers: tuple[tuple[Expr, Fraction], ...]

    def times(self, other: Product) -> Product:
        powers = dict(self.powers)
        for base, exponent in other.powers:
            powers[base] = powers.get(base, Fraction(0)) + exponent
        kept = tuple((b, e) for b, e in powers.items() if e != 0)
        return Product(self.coefficient * other.coefficient, kept)

    def to_the(self, exponent: Fraction) -> Product:
        assert exponent.denominator == 1
        powers = tuple((b, e * exponent) for b, e in self.powers)
        return Product(self.coefficient ** int(exponent), powers)

    @property
    def key(self) -> frozenset[tuple[Expr, Fraction]]:
        """What two like terms have in common."""
        return frozenset(self.powers)

    @property
    def has_fraction(self) -> bool:
        """Whether something other than a number or a dimension stands in a denominator."""
        return any(e < 0 and not is_plain_number(b) for b, e in self.powers)


UNIT = Product(Fraction(1), ())


def is_plain_number(base: Expr) -> bool:
    """A dimension or a named number: what stays in front of a fraction, as the `1/m` of a mean."""
    return base.op in ("size", "constant")


def factors(expr: Expr) -> Product:
    """An expression as a product. A sum is one base; a base and its negative are told to be
    alike."""
    if expr.op == "number":
        return Product(expr.attr, ())
    if expr.op == "neg":
        inner = factors(expr.args[0])
        return Product(-inner.coefficient, inner.powers)
    if expr.op == "mul":
        return factors(expr.args[0]).times(factors(expr.args[1]))
    if expr.op == "div":
        below = factors(expr.args[1])
        if below.coefficient == 0:
            return Product(Fraction(1), ((expr, Fraction(1)),))
        return factors(expr.args[0]).times(below.to_the(Fraction(-1)))
    if expr.op == "pow" and expr.args[1].op == "number":
        exponent: Fraction = expr.args[1].attr
        inner = factors(expr.args[0])
        small = abs(exponent) <= MOST_DIGITS or abs(inner.coefficient) == 1
        if exponent.denominator == 1 and small and (inner.coefficient != 0 or exponent > 0):
            return inner.to_the(exponent)
        if inner.coefficient == 1 and len(inner.powers) == 1 and inner.powers[0][1] == 1:
            return Product(Fraction(1), ((inner.powers[0][0], exponent),))
    if expr.op == "sqrt":
        inner = factors(expr.args[0])
        if inner.coefficient == 1 and len(inner.powers) == 1 and inner.powers[0][1] == 1:
            return Product(Fraction(1), ((inner.powers[0][0], Fraction(1, 2)),))
    return Product(Fraction(1), ((expr, Fraction(1)),))


def terms(expr: Expr) -> list[Product]:
    """An expression as a sum of products, not multiplied out."""
    found: list[Product] = []
    stack: list[tuple[Expr, int]] = [(expr, 1)]
    while stack:
        e, sign = stack.pop()
        if e.op == "add":
            stack += [(e.args[1], sign), (e.args[0], sign)]
        elif e.op == "sub":
            stack += [(e.args[1], -sign), (e.args[0], sign)]
        elif e.op == "neg" and e.args[0].op in ("add", "sub", "neg"):
            stack.append((e.args[0], -sign))
        else:
            one = factors(e)
            found.append(Product(one.coefficient * sign, one.powers))
    return found


def expand(product: Product) -> list[Product] | None:
    """A product multiplied out into terms; None if there would be too many."""
    out = [Product(product.coefficient, ())]
    for base, exponent in product.powers:
        if base.op in ("add", "sub") and exponent.denominator == 1 and 0 < exponent <= 3:
            inner = expand_all(terms(base))
            if inner is None:
                return None
            for _ in range(int(exponent)):
                out = [a.times(b) for a in out for b in inner]
                if len(out) > MOST_TERMS:
                    return None
        else:
            single = Product(Fraction(1), ((base, exponent),))
            out = [a.times(single) for a in out]
    return out


def expand_all(products: list[Product]) -> list[Product] | None:
    out: list[Product] = []
    for product in products:
        inner = expand(product)
        if inner is None or len(out) + len(inner) > MOST_TERMS:
            return None
        out += inner
    return out


def collect(products: list[Product]) -> list[Product]:
    """Like terms put together, those that vanish left out; a positive term first if there is
    one."""
    found: dict[frozenset[tuple[Expr, Fraction]], Product] = {}
    for p in products:
        mine = found.get(p.key)
        found[p.key] = p if mine is None else Product(mine.coefficient + p.coefficient, mine.powers)
    kept = [p for p in found.values() if p.coefficient != 0]
    first = next((p for p in kept if p.coefficient > 0), None)
    if first is None:
        return kept
    return [first, *(p for p in kept if p is not first)]


def common_factor(products: list[Product]) -> Product:
    """The numbers and dimensions that every term has: the `1/m` that can be taken in front."""
    if len(products) < 2:
        return UNIT
    sizes = {abs(p.coefficient) for p in products}
    coefficient = sizes.pop() if len(sizes) == 1 else Fraction(1)
    shared: list[tuple[Expr, Fraction]] = []
    for base, exponent in products[0].powers:
        if is_plain_number(base) and all((base, exponent) in p.powers for p in products):
            shared.append((base, exponent))
    return Product(coefficient, tuple(shared))


def without(product: Product, factor: Product) -> Product:
    """A product divided by one of its factors."""
    return product.times(factor.to_the(Fraction(-1)))


def show_product(product: Product) -> Expr:
    """A product as an expression: sign, numbers and `1/m` in front, then one fraction."""
    if product.coefficient == 0 or not product.powers:
        return number(product.coefficient)
    if product.coefficient < 0:
        return neg(show_product(Product(-product.coefficient, product.powers)))
    above: list[Expr] = []
    below: list[Expr] = []
    front_above: list[Expr] = []
    front_below: list[Expr] = []
    for base, exponent in product.powers:
        plain = is_plain_number(base)
        into = (
            (front_above if plain else above) if exponent > 0 else (front_below if plain else below)
        )
        into.append(_to_the(base, abs(exponent)))
    coefficient = product.coefficient
    if front_below and coefficient.denominator != 1:
        front_below.insert(0, number(coefficient.denominator))
        coefficient = Fraction(coefficient.numerator)
    if below and coefficient.denominator != 1:
        below.insert(0, number(coefficient.denominator))
        coefficient = Fraction(coefficient.numerator)
    if coefficient != 1:
        lone = below and not above and not front_above and not front_below
        (above if lone else front_above).insert(0, number(coefficient))
    front = _fraction(front_above, front_below)
    body = _fraction(above, below)
    if front is ONE:
        return body
    return front if body is ONE else mul(front, body)


def show_sum(products: list[Product]) -> Expr:
    """A sum of products as an expression, `a - b` for a negative second term."""
    out: Expr | None = None
    for product in products:
        if out is None:
            out = show_product(product)
        elif product.coefficient < 0:
            out = sub(out, show_product(Product(-product.coefficient, product.powers)))
        else:
            out = add(out, show_product(product))
    return ZERO if out is None else out


def _to_the(base: Expr, exponent: Fraction) -> Expr:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return unary("sqrt", base)
    return power(base, number(exponent))


def _fraction(above: list[Expr], below: list[Expr]) -> Expr:
    top = _all(above)
    return div(top, _all(below)) if below else top


def _all(items: list[Expr]) -> Expr:
    out: Expr | None = None
    for item in items:
        out = item if out is None else mul(out, item)
    return ONE if out is None else out
