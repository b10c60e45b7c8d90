"""Pullbacks: what each operation on matrices hands back to its arguments.

If `out = op(args)` and `g` is the derivative of the loss by `out`, in the shape of `out`, then a
pullback gives the derivative by one argument, in the shape of that argument.
Source: Giles, Collected matrix derivative results for forward and reverse mode (2008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import RefusedError
from ..expr.build import (
    ZERO,
    broadcast,
    div,
    entry,
    identity,
    index_sum,
    matmul,
    mul,
    number,
    sub,
    total,
)
from ..expr.node import Expr
from ..expr.ops import make
from ..expr.shape import Dim, dim_letters, dim_value
from .rule import OUTLINE, STANDARD, Law, law

BOOK = "pullbacks"

Pull = Callable[[Expr, Expr], Expr]
Reason = Callable[[Expr, Expr], list[Expr]]


@dataclass(frozen=True, eq=False)
class Pullback:
    """The law for one argument of one operation.

    `pull(g, out)` gives the derivative by that argument; `reason(g, out)` the same for the single
    entry `(j, k)`, as formulas that are equal line by line, the last one an entry of `pull`.
    """

    law: Law
    pull: Pull
    reason: Reason | None = None


PULLBACKS: dict[str, tuple[Pullback, ...]] = {}


def _pull(op: str, *rules: tuple[str, int, Pull, Reason | None]) -> None:
    PULLBACKS[op] = tuple(
        Pullback(law(BOOK, name, grain=grain), pull, reason) for name, grain, pull, reason in rules
    )


def _left(g: Expr, out: Expr) -> list[Expr]:
    right = out.args[1]
    rate = make("derivative", (entry(out, "j", "s"), entry(out.args[0], "j", "k")))
    return [
        index_sum(mul(entry(g, "j", "s"), rate), "s", out.shape[1]),
        index_sum(mul(entry(g, "j", "s"), entry(right, "k", "s")), "s", out.shape[1]),
        index_sum(mul(entry(g, "j", "s"), entry(right.T, "s", "k")), "s", out.shape[1]),
        entry(matmul(g, right.T), "j", "k"),
    ]


def _right(g: Expr, out: Expr) -> list[Expr]:
    left = out.args[0]
    rate = make("derivative", (entry(out, "j", "s"), entry(out.args[1], "k", "s")))
    return [
        index_sum(mul(entry(g, "j", "s"), rate), "j", out.shape[0]),
        index_sum(mul(entry(g, "j", "s"), entry(left, "j", "k")), "j", out.shape[0]),
        index_sum(mul(entry(left.T, "k", "j"), entry(g, "j", "s")), "j", out.shape[0]),
        entry(matmul(left.T, g), "k", "s"),
    ]


def _unbroadcast(g: Expr, out: Expr) -> Expr:
    (before, after) = (out.args[0].shape, out.shape)
    rows = before[0] == 1 and after[0] != 1
    columns = before[1] == 1 and after[1] != 1
    if rows and columns:
        return total(g)
    return total(g, "rows") if rows else total(g, "columns")


def _unbroadcast_entry(g: Expr, out: Expr) -> list[Expr]:
    (before, after) = (out.args[0].shape, out.shape)
    rows = before[0] == 1 and after[0] != 1
    columns = before[1] == 1 and after[1] != 1
    body = entry(g, "i" if rows else "j", "s" if columns else "k")
    rate = make("derivative", (entry(out, *body.attr), entry(out.args[0], "j", "k")))

    def over(e: Expr) -> Expr:
        e = index_sum(e, "s", after[1]) if columns else e
        return index_sum(e, "i", after[0]) if rows else e

    return [over(mul(body, rate)), over(body), entry(_unbroadcast(g, out), "j", "k")]


def _times(g: Expr, out: Expr, factor: Expr) -> Expr:
    """`g`, one number for a whole line, repeated along the line and multiplied entry by entry."""
    return mul(broadcast(g, factor.shape), factor)


def _softmax(g: Expr, out: Expr) -> Expr:
    return mul(out, sub(g, broadcast(total(mul(g, out), out.attr), g.shape)))


def _log_softmax(g: Expr, out: Expr) -> Expr:
    p = make("softmax", out.args, out.attr)
    return sub(g, mul(p, broadcast(total(g, out.attr), g.shape)))


def _unblock(g: Expr, out: Expr) -> Expr:
    """The block back in its place, zeros around it."""
    axis, before, own = out.attr
    whole = out.args[0].shape
    along = 0 if axis == "rows" else 1
    parts: list[Expr] = []
    rest = whole[along]
    for dim in before:
        parts.append(broadcast(ZERO, (dim, whole[1]) if along == 0 else (whole[0], dim)))
    parts.append(g)
    after = _left_over(rest, (*before, own))
    parts += [broadcast(ZERO, (d, whole[1]) if along == 0 else (whole[0], d)) for d in after]
    return make("stack", tuple(parts), axis)


def _left_over(dim: Dim, used: tuple[Dim, ...]) -> list[Dim]:
    """What is left of a dimension when some blocks are taken away: letters, then a number."""
    letters = list(dim_letters(dim))
    for d in used:
        for letter in dim_letters(d):
            if letter in letters:
                letters.remove(letter)
    rest = _bare(dim) - sum(_bare(d) for d in used)
    return [*letters, *([rest] if rest else [])]


def _bare(dim: Dim) -> int:
    """The number in a dimension, its letters left out."""
    return dim_value(dim, dict.fromkeys(dim_letters(dim), 0))


_pull(
    "matmul",
    ("product, left factor", OUTLINE, lambda g, out: matmul(g, out.args[1].T), _left),
    ("product, right factor", OUTLINE, lambda g, out: matmul(out.args[0].T, g), _right),
)
_pull(
    "transpose",
    (
        "transpose",
        STANDARD,
        lambda g, out: g.T,
        lambda g, out: [entry(g, "k", "j"), entry(g.T, "j", "k")],
    ),
)
_pull("broadcast", ("repeated value", OUTLINE, _unbroadcast, _unbroadcast_entry))
_pull("sum", ("sum of entries", STANDARD, lambda g, out: broadcast(g, out.args[0].shape), None))
_pull(
    "sqnorm",
    (
        "squared norm",
        STANDARD,
        lambda g, out: _times(g, out, mul(number(2), out.args[0])),
        None,
    ),
)
_pull(
    "norm",
    (
        "norm",
        STANDARD,
        lambda g, out: _times(g, out, div(out.args[0], broadcast(out, out.args[0].shape))),
        None,
    ),
)
_pull(
    "logsumexp",
    (
        "log-sum-exp",
        STANDARD,
        lambda g, out: _times(g, out, make("softmax", out.args, out.attr)),
        None,
    ),
)
_pull("softmax", ("softmax", OUTLINE, _softmax, None))
_pull("log_softmax", ("log-softmax", OUTLINE, _log_softmax, None))
_pull(
    "amax",
    (
        "largest entry",
        STANDARD,
        lambda g, out: _times(g, out, make("argmax_mask", out.args, out.attr)),
        None,
    ),
)
_pull(
    "argmax_mask",
    ("place of the largest entry", STANDARD, lambda g, out: broadcast(ZERO, out.shape), None),
)
_pull(
    "trace",
    (
        "trace",
        STANDARD,
        lambda g, out: mul(broadcast(g, out.args[0].shape), identity(out.args[0].shape[0])),
        None,
    ),
)
_pull("block", ("block of a vector", STANDARD, _unblock, None))

_SIZED = Pullback(law(BOOK, "sizes of a result", grain=STANDARD), lambda g, out: g)

STACKED = law(BOOK, "stacked blocks", grain=STANDARD)


def pullbacks(out: Expr) -> tuple[Pullback, ...]:
    """One pullback for each argument. Raises RefusedError for an operation without a law."""
    if out.op == "sized":
        return (_SIZED,)
    if out.op != "stack":
        if out.op not in PULLBACKS:
            raise RefusedError(f"there is no law for what {out.op!r} hands back to its arguments")
        return PULLBACKS[out.op]
    along = 0 if out.attr == "rows" else 1
    dims = [a.shape[along] for a in out.args]

    def piece(i: int) -> Pull:
        attr = (out.attr, tuple(dims[:i]), dims[i])
        return lambda g, out: make("block", (g,), attr)

    return tuple(Pullback(STACKED, piece(i)) for i in range(len(out.args)))
