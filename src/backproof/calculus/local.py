"""One factor, worked out in entry form: from `d/dx (formula)` to a formula without `d`, line by
line."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import RefusedError
from ..expr.build import derivative, open_call
from ..expr.node import Expr, rebuild, same, walk
from ..expr.ops import OPS
from ..laws.derivatives import OPENED, book
from ..laws.rule import Law, fill, match
from .step import Step

MOST_LINES = 400  # a formula that needs more is better read in matrix form


class _Constants:
    """What is known to contain, or not to contain, the variable asked about last."""

    def __init__(self, x: Expr) -> None:
        self.x = x
        self.contains: dict[Expr, bool] = {}

    def ask(self, expr: Expr) -> bool:
        known = self.contains
        for e in walk([expr], lambda e: e in known or e is self.x or is_atom(e)):
            if e not in known:
                inside = not is_atom(e) and any(known[a] for a in e.args)
                known[e] = e is self.x or inside
        return not known[expr]


_asked: list[_Constants] = []
MOST_ASKED = 20_000


def is_constant(expr: Expr, x: Expr) -> bool:
    """Whether a formula of entries does not contain `x`. Named quantities are not looked into:
    along one link they are held fixed."""
    if not _asked or _asked[0].x is not x or len(_asked[0].contains) > MOST_ASKED:
        _asked[:] = [_Constants(x)]
    return _asked[0].ask(expr)


def is_atom(expr: Expr) -> bool:
    """What a formula of entries is made of: entries, names, sums that have a value of their own."""
    if expr.op in ("let", "entry", "kronecker"):
        return True
    return OPS[expr.op].kind in ("leaf", "structural")


def put_in(expr: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """A formula with some of its parts replaced; what entries are made of is not looked into."""
    return rebuild(expr, same, dict(table), is_atom)


def differentiate(
    formula: Expr, x: Expr, place: tuple[str, ...], frozen: tuple[Expr, ...]
) -> list[Step]:
    """The lines from `derivative(formula, x)` to a formula without derivatives.

    Each line applies one law, everywhere where it is the law to apply next.
    """
    steps: list[Step] = []
    current = derivative(formula, x)
    for _ in range(MOST_LINES):
        open_ones = outermost_derivatives(current)
        if not open_ones:
            return steps
        law, _ = next_law(open_ones[0])
        changed: dict[Expr, Expr] = {}
        for one in open_ones:
            its_law, result = next_law(one)
            if its_law is law:
                sums = law.name == "term by term"
                changed[one] = _apart(*one.args) if sums else _again(law, result)
        after = put_in(current, changed)
        steps.append(Step(current, after, law, tuple(changed), place, frozen))
        current = after
    raise RefusedError(
        f"a formula that takes more than {MOST_LINES} lines to differentiate",
        hint="give the parts inside it names of their own",
    )


def outermost_derivatives(expr: Expr) -> list[Expr]:
    """The derivatives in a formula that stand in no other one, in reading order."""
    found: list[Expr] = []
    seen: set[Expr] = set()
    stack = [expr]
    while stack:
        e = stack.pop()
        if e in seen:
            continue
        seen.add(e)
        if e.op == "derivative":
            found.append(e)
        elif not is_atom(e):
            stack += reversed(e.args)
    return found


def next_law(expr: Expr) -> tuple[Law, Expr]:
    """The first law of the book that fits a derivative, and what it gives."""
    of, by = expr.args
    if of.op == "call" and not is_constant(of, by):
        return OPENED, derivative(open_call(of), by)
    for law in book():
        for left, right in law.forms:
            found = match(left, expr, is_constant)
            if found is not None:
                return law, fill(right, found)
    raise RefusedError(f"there is no law for the derivative of {of.op!r}")


def _again(law: Law, result: Expr) -> Expr:
    """Several minus signs in front come out in one line: the law is applied to its own result."""
    if law.name != "sign moved out":
        return result
    for _ in range(MOST_LINES):
        inner = {
            one: next_law(one)[1]
            for one in outermost_derivatives(result)
            if next_law(one)[0] is law
        }
        if not inner:
            break
        result = put_in(result, inner)
    return result


def _apart(of: Expr, by: Expr) -> Expr:
    """A sum of many terms comes apart in one line: the law is applied from the first term on."""
    spine: list[Expr] = []
    while of.op in ("add", "sub"):
        spine.append(of)
        of = of.args[0]
    out = derivative(of, by)
    for e in reversed(spine):
        _, result = next_law(derivative(e, by))
        out = rebuild(result, same, {derivative(e.args[0], by): out}, is_atom)
    return out
