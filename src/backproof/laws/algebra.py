"""Laws of algebra: the tidying between the derivative and the line that goes into the book.

Small rewrites are rules on one node, applied everywhere until nothing changes. What looks at a
whole fraction or sum (common denominator, expanding, cancelling) is worked out in
`calculus.simplify`, and named here.
"""

from __future__ import annotations

from fractions import Fraction

from ..expr.build import ONE, ZERO, add, div, mul, neg, number, power, sub, unary
from ..expr.node import Expr
from .rule import FULL, STANDARD, law

BOOK = "algebra"

ONES_AND_ZEROS = law(BOOK, "ones and zeros", grain=FULL)
SIGNS = law(BOOK, "signs", grain=FULL)
SIGN_TURNS = law(BOOK, "sign turns the difference", grain=STANDARD)
ONE_FRACTION_EACH = law(BOOK, "written as fractions", grain=FULL)
COMMON_DENOMINATOR = law(BOOK, "common denominator", grain=STANDARD)
ONE_FRACTION = law(BOOK, "one fraction", grain=FULL)
EXPANDED = law(BOOK, "expanded", grain=STANDARD)
TERMS_CANCEL = law(BOOK, "terms cancel", grain=STANDARD)
TERMS_COLLECTED = law(BOOK, "like terms collected", grain=STANDARD)
FACTOR_CANCELS = law(BOOK, "factor cancels", grain=STANDARD)
TIDIED = law(BOOK, "factors put in order", grain=FULL)
FACTOR_OUT = law(BOOK, "common factor in front", grain=STANDARD)
NAME_PUT_IN = law(BOOK, "written by its name", grain=STANDARD)
SUM_OF_CONSTANT = law(BOOK, "constant out of the sum", grain=STANDARD)
TRANSPOSE_OF_PRODUCT = law(BOOK, "transpose of a product", grain=FULL)


def _number(e: Expr) -> Fraction | None:
    return e.attr if e.op == "number" else None


def ones_and_zeros(e: Expr) -> Expr | None:
    """Zeros vanish, ones are left out, numbers are worked out."""
    values = [_number(a) for a in e.args]
    if e.op == "neg" and values[0] is not None:
        return number(-values[0])
    if e.op in ("log", "log1p", "exp", "expm1", "sqrt", "sin", "cos", "tanh", "erf", "abs"):
        return _FUNCTION_VALUES.get((e.op, values[0])) if values[0] is not None else None
    if e.op == "where" and e.args[2] is e.args[3]:
        return e.args[2]
    if len(e.args) != 2:
        return None
    a, b = e.args
    x, y = values
    if x is not None and y is not None:
        return _worked_out(e.op, x, y)
    rules: dict[str, list[tuple[bool, Expr]]] = {
        "add": [(x == 0, b), (y == 0, a)],
        "sub": [(x == 0, neg(b)), (y == 0, a), (a is b, ZERO)],
        "mul": [(x == 0, a), (y == 0, b), (x == 1, b), (y == 1, a)],
        "div": [(x == 0, a), (y == 1, a), (a is b, ONE)],
        "pow": [(y == 1, a), (y == 0, ONE), (x == 1, ONE)],
    }
    for holds, result in rules.get(e.op, []):
        if holds:
            return result
    return None


_FUNCTION_VALUES: dict[tuple[str, Fraction | None], Expr] = {
    ("log", Fraction(1)): ZERO,
    ("log1p", Fraction(0)): ZERO,
    ("exp", Fraction(0)): ONE,
    ("expm1", Fraction(0)): ZERO,
    ("sqrt", Fraction(0)): ZERO,
    ("sqrt", Fraction(1)): ONE,
    ("sin", Fraction(0)): ZERO,
    ("cos", Fraction(0)): ONE,
    ("tanh", Fraction(0)): ZERO,
    ("erf", Fraction(0)): ZERO,
    ("abs", Fraction(0)): ZERO,
}


def _worked_out(op: str, x: Fraction, y: Fraction) -> Expr | None:
    if op == "add":
        return number(x + y)
    if op == "sub":
        return number(x - y)
    if op == "mul":
        return number(x * y)
    if op == "div" and y != 0:
        return number(x / y)
    if op == "pow" and y.denominator == 1 and abs(y) <= 12 and (x != 0 or y > 0):
        return number(x ** int(y))
    return None


def signs(e: Expr) -> Expr | None:
    """Minus signs are moved to the front, two of them cancel."""
    if e.op == "neg":
        a = e.args[0]
        return a.args[0] if a.op == "neg" else None
    if e.op not in ("add", "sub", "mul", "div"):
        return None
    a, b = e.args
    x, y = _number(a), _number(b)
    if e.op == "mul":
        if a.op == "neg":
            return neg(mul(a.args[0], b))
        if b.op == "neg":
            return neg(mul(a, b.args[0]))
        if x is not None and x < 0:
            return neg(b) if x == -1 else neg(mul(number(-x), b))
        if y is not None and y < 0:
            return neg(a) if y == -1 else neg(mul(number(-y), a))
    if e.op == "div":
        if a.op == "neg":
            return neg(div(a.args[0], b))
        if b.op == "neg":
            return neg(div(a, b.args[0]))
        if x is not None and x < 0:
            return neg(div(number(-x), b))
    if e.op in ("add", "sub"):
        other = sub if e.op == "add" else add
        if b.op == "neg":
            return other(a, b.args[0])
        if y is not None and y < 0:
            return other(a, number(-y))
    return None


def roots(e: Expr) -> Expr | None:
    """A root as a power, so that powers of one base can be put together."""
    if e.op == "sqrt":
        return power(e.args[0], number(Fraction(1, 2)))
    if e.op == "pow" and _number(e.args[1]) == Fraction(1, 2):
        return unary("sqrt", e.args[0])
    return None
