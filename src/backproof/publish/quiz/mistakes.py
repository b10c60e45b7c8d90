"""Right sides made wrong on purpose, in one of the ways in which people go wrong.

A change is a candidate only: whoever uses it compares the values, since what looks wrong may have
the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import BackproofError
from ...expr.build import add, div, mul, neg, sub
from ...expr.node import Expr, ends_equation, is_named, rebuild, walk
from ...expr.ops import OPS, make
from ...expr.shape import SCALAR
from .questions import Wrong

#: The mistakes there are, in the order in which an example of each is wanted.
MISTAKES = (
    "activation",
    "transpose",
    "mean lost",
    "sign",
    "factor lost",
    "order",
    "term lost",
    "product",
    "power",
    "variable",
)


@dataclass(frozen=True, slots=True)
class _Change:
    """One part of a right side replaced; `loose` where the result need not have a shape."""

    key: str
    old: Expr
    new: Expr
    loose: bool = False


def wrongs(right: Expr) -> Iterator[Wrong]:
    """What one mistake makes of a right side, where the result is still a formula."""
    yield Wrong("sign", neg(right))
    for change in _changes(right):
        if not change.loose:
            whole = _put_in(right, change)
            if whole is not None and whole is not right:
                yield Wrong(change.key, whole)


def misprints(right: Expr, others: Iterable[Expr]) -> Iterator[Wrong]:
    """What one mistake makes of a right side as it is printed: the sides of a product need not fit
    any more. `others` are quantities that may stand in the place of one of the same shape."""
    for change in (*_changes(right), *_swaps(right, tuple(others))):
        whole = _put_in(right, change)
        if whole is not None and whole is not right:
            yield Wrong(change.key, whole)


def fits(e: Expr) -> bool:
    """Whether all shapes in an expression fit; a formula of which this is not true has no value."""
    for x in walk([e], is_named):
        if is_named(x) or not x.args:
            continue
        if x.op == "matmul" and x.args[0].shape[1] != x.args[1].shape[0]:
            return False
        elementwise = OPS[x.op].kind == "elementwise"
        if elementwise and any(a.shape != x.shape for a in x.args):
            return False
    return True


def _changes(right: Expr) -> Iterator[_Change]:
    for e in walk([right], ends_equation):
        args = e.args
        if ends_equation(e):
            continue
        if e.op == "neg":
            yield _Change("sign", e, args[0])
        elif e.op in ("add", "sub"):
            slope = _activation(e)
            if slope is not None:
                yield _Change("activation", e, slope)
                continue
            yield _Change("sign", e, (sub if e.op == "add" else add)(*args))
            if not _is_number(args[0]):
                yield _Change("term lost", e, args[0])
        elif e.op == "transpose":
            yield _Change("transpose", e, args[0], loose=True)
        elif e.op == "matmul":
            yield from _of_product(e)
        elif e.op == "mul":
            yield from _of_factors(e)
        elif e.op == "div" and not _counts(args[1]):
            yield _Change("factor lost", e, args[0])
        elif e.op == "pow":
            yield _Change("power", e, args[0])
        elif e.op in ("sum", "index_sum") and e.args[0].shape == e.shape:
            yield _Change("sum lost", e, args[0])
        elif e.op == "step":
            yield _Change("activation", e, make("relu", args))


def _of_product(e: Expr) -> Iterator[_Change]:
    a, b = e.args
    if 1 not in e.shape and 1 not in (a.shape[1], b.shape[0]):
        yield _Change("order", e, Expr("matmul", (b, a), None, e.shape), loose=True)
    for one, other, left in ((a, b, True), (b, a, False)):
        turned = one.T
        pair = (turned, other) if left else (other, turned)
        if one.op != "transpose" and one.shape != SCALAR and pair[0].shape[1] == pair[1].shape[0]:
            yield _Change("transpose", e, make("matmul", pair), loose=True)


def _of_factors(e: Expr) -> Iterator[_Change]:
    a, b = e.args
    for kept, dropped in ((a, b), (b, a)):
        bare = _plain(dropped)
        if _is_number(bare) and bare.attr == 1:
            continue
        if _counts(bare):
            yield _Change("mean lost", e, kept)
        elif _is_slope(_last_factor(kept), dropped):
            yield _Change("activation", e, kept)
        else:
            yield _Change("factor lost", e, kept)
    if e.shape != SCALAR and a.shape == b.shape and "broadcast" not in (a.op, b.op):
        yield _Change("product", e, Expr("matmul", (a, b), None, e.shape), loose=True)


def _swaps(right: Expr, others: tuple[Expr, ...]) -> Iterator[_Change]:
    """Another quantity in the place of one: of the same shape, or that of another layer in a
    product of matrices."""
    multiplied = {
        a.args[0] if a.op == "transpose" else a
        for e in walk([right], ends_equation)
        if e.op == "matmul"
        for a in e.args
    }
    for e in walk([right], ends_equation):
        if not is_named(e) or e is right:
            continue
        for other in others:
            alike = other.shape == e.shape
            if other is e or not (alike or (e in multiplied and other.attr.base == e.attr.base)):
                continue
            yield _Change("variable", e, other, loose=not alike)


def _put_in(root: Expr, change: _Change) -> Expr | None:
    """`root` with one part replaced, shapes worked out again; None where they do not fit, or where
    the part stands in several places."""
    if change.loose and change.new.shape != change.old.shape:
        # Printed with the shape that it should have: nothing is worked out from it.
        return rebuild(root, _as_it_was, {change.old: change.new}, ends_equation)

    def again(e: Expr, args: tuple[Expr, ...]) -> Expr:
        if args == e.args:
            return e
        fresh = {"add": add, "sub": sub, "mul": mul, "div": div}.get(e.op)
        if fresh is not None:
            return fresh(*args)
        return args[0].T if e.op == "transpose" else make(e.op, args, e.attr)

    try:
        made = rebuild(root, again, {change.old: change.new}, lambda e: _is_end(e, change.old))
    except BackproofError:
        return None
    return made if made.shape == root.shape else None


def _as_it_was(e: Expr, args: tuple[Expr, ...]) -> Expr:
    return e if args == e.args else Expr(e.op, args, e.attr, e.shape)


def _is_end(e: Expr, old: Expr) -> bool:
    return ends_equation(e) and e is not old


def _plain(e: Expr) -> Expr:
    return e.args[0] if e.op == "broadcast" else e


def _is_number(e: Expr) -> bool:
    return _plain(e).op == "number"


def _counts(e: Expr) -> bool:
    """Whether this is a factor of the mean: it holds the number of samples."""
    return any(x.op == "size" for x in walk([e], is_named))


def _last_factor(e: Expr) -> Expr:
    return e.args[1] if e.op == "mul" else e


def _is_slope(a: Expr, b: Expr) -> bool:
    """Whether b is 1 - a."""
    if b.op != "sub":
        return False
    one = _plain(b.args[0])
    return one.op == "number" and one.attr == 1 and b.args[1] is a


def _activation(e: Expr) -> Expr | None:
    """`a` where `e` is the slope `1 - a^2` of a tanh."""
    if e.op != "sub" or not _is_number(e.args[0]) or _plain(e.args[0]).attr != 1:
        return None
    square = e.args[1]
    if square.op == "pow" and _is_number(square.args[1]) and _plain(square.args[1]).attr == 2:
        return square.args[0]
    return None
