"""The question about one quantity, and the chain of factors that answers it, grown link by link."""

from __future__ import annotations

from collections.abc import Iterator

from ..expr.build import gradient
from ..expr.node import Expr, is_named
from ..laws import shapes
from .pages import Block, Display, Formula, Line, Paragraph
from .telling import Teller
from .ways import MOST, Factor, Ways, factor, product


def question(tell: Teller, ways: Ways, quantity: Expr) -> Display:
    """`dL/dW = ?`"""
    return Display((Line(Formula(gradient(ways.loss, quantity)), Formula(tell.unknown)),))


def chain(
    tell: Teller, ways: Ways, quantity: Expr, told: set[Expr], single: bool = True
) -> Iterator[Block]:
    """The chain rule for one quantity, and what of it is known already.

    `single` says that everything new on the way is used once, so that factors can be multiplied.
    """
    if len(ways.uppers(quantity)) > 1:
        yield from _paths(tell, ways, quantity)
        return
    known = _known(ways, quantity, told)
    left = Formula(gradient(ways.loss, quantity))
    lines = list(_growth(tell, ways, quantity, known))
    if known is not None:
        lines.append(_known_put_in(tell, ways, quantity, known))
    if lines:
        lines[0] = Line(left, lines[0].right, lines[0].reason, lines[0].laws, lines[0].place)
        yield Display(tuple(lines), framed=True)
    if tell.detail == "outline":
        return
    if not single:
        yield Paragraph(tell.say("phrase.stages"))
    elif known is not None:
        yield _what_is_new(tell, ways, quantity, known)
    elif ways.length[quantity] > 1:
        count = str(len(ways.chain(quantity))) if ways.length[quantity] <= MOST else ""
        if count:
            yield Paragraph(tell.say("phrase.factors", count=count))


def _known(ways: Ways, quantity: Expr, told: set[Expr]) -> Expr | None:
    """The nearest quantity above whose derivative is known already; the loss does not count."""
    uppers = ways.uppers(quantity)
    while len(uppers) == 1 and uppers[0] is not ways.loss:
        if uppers[0] in told:
            return uppers[0]
        uppers = ways.uppers(uppers[0])
    return None


def _growth(tell: Teller, ways: Ways, quantity: Expr, known: Expr | None) -> Iterator[Line]:
    """The chain with one link more in each line; what is known from before is not grown again."""
    factors = ways.shown(quantity, tell.dots)
    whole = [f for f in factors if isinstance(f, tuple)]
    if len(whole) < len(factors) or tell.detail == "outline":
        if len(factors) > 1:
            yield Line(None, Formula(product(factors)), tell.say("phrase.chain"))
        return
    first = 2
    if known is not None and tell.detail != "full":
        first = 1 + next((i for i, f in enumerate(whole, 1) if f[1] is known), 1)
    for count in range(first, len(whole) + 1):
        done = whole[: count - 1]
        lower = done[-1][1]
        shown = [*done, (lower, quantity)]
        reason = tell.say("phrase.grown", upper=done[-1][0], through=lower, quantity=quantity)
        if known is not None and count == first and first > 2:
            reason = tell.say("phrase.as before", known=gradient(ways.loss, known))
        focus = tuple(factor(*f) for f in shown[-2:])
        right = Formula(product(shown), focus=focus)
        yield Line(None, right, reason, (shapes.CHAIN.name,), _place(whole))


def _known_put_in(tell: Teller, ways: Ways, quantity: Expr, known: Expr) -> Line:
    """The chain with what is known under its short name."""
    result = _short(ways, known)
    rest = ways.down_to(quantity, known)
    shown: list[Factor | Expr] = [result, *rest]
    if len(rest) > MOST:
        shown = [result, rest[0], tell.dots, *rest[-3:]]
    reason = tell.say("phrase.reused", name=gradient(ways.loss, known))
    return Line(None, Formula(product(shown), focus=(result,)), reason, (), _place(rest))


def _short(ways: Ways, known: Expr) -> Expr:
    """How a known derivative is written: its name, or itself where it has none."""
    return ways.stages[known].name or gradient(ways.loss, known)


def _what_is_new(tell: Teller, ways: Ways, quantity: Expr, known: Expr) -> Paragraph:
    rest = ways.down_to(quantity, known)
    if len(rest) == 1:
        return Paragraph(tell.say("phrase.one new", factor=factor(*rest[0])))
    return Paragraph(tell.say("phrase.new", count=str(len(rest)), first=factor(*rest[0])))


def _paths(tell: Teller, ways: Ways, quantity: Expr) -> Iterator[Block]:
    """Where a quantity is used more than once, the paths add up."""
    uppers = ways.uppers(quantity)
    left = Formula(gradient(ways.loss, quantity))
    reason = tell.say("phrase.paths", quantity=quantity, count=str(len(uppers)))
    yield Display(
        (Line(left, Formula(_path_sum(ways, quantity)), reason, (shapes.SUM_OF_PATHS.name,)),)
    )


def _path_sum(ways: Ways, quantity: Expr) -> Expr:
    """The paths side by side; what the loss says about the quantity itself is written out, since
    `dL/dW` cannot stand for the whole and for a part of it."""
    steps = ways.stages[quantity].steps
    direct = {s.before.args[1]: s.after for s in steps if s.before.op == "path"}
    out: Expr | None = None
    for upper in ways.uppers(quantity):
        one = Expr("path", (ways.loss, upper, quantity), None, quantity.shape)
        if upper is ways.loss:
            one = direct.get(upper, one)
        out = one if out is None else Expr("add", (out, one), None, quantity.shape)
    assert out is not None
    return out


def _place(factors: list[Factor]) -> tuple[str, ...]:
    found = [factors[0][0], *(lower for _, lower in factors)]
    return tuple(e.attr.plain for e in found if is_named(e))
