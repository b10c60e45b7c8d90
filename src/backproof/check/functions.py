"""The functions that a note may use without defining them, on small arrays."""

from __future__ import annotations

import random
from collections.abc import Callable

from ..notation.lower.library import ENTRYWISE, FORMULAS
from . import numbers as n
from .arrays import Array, Mismatch, determinant, scalar, total
from .numbers import Number
from .readings import Reading


def _gelu(x: Number) -> Number:
    return x * (1 + n.erf(x / n.sqrt(n.constant("2", x)))) * n.constant("0.5", x)


def _elu(x: Number) -> Number:
    return x if n.plain(x) > 0 else n.exp(x) - 1


_ENTRYWISE: dict[str, Callable[[Number], Number]] = {
    "sigmoid": n.sigmoid,
    "tanh": n.tanh,
    "relu": n.relu,
    "softplus": n.softplus,
    "exp": n.exp,
    "log": n.log,
    "sqrt": n.sqrt,
    "abs": n.absolute,
    "sign": n.sign,
    "sin": n.sin,
    "cos": n.cos,
    "tan": n.tan,
    "sinh": n.sinh,
    "cosh": n.cosh,
    "erf": n.erf,
    "log1p": lambda x: n.log(1 + x),
    "expm1": lambda x: n.exp(x) - 1,
    "arctan": n.atan,
    "sech": lambda x: n.reciprocal(n.cosh(x)),
    "gelu": _gelu,
    "elu": _elu,
    "silu": lambda x: x * n.sigmoid(x),
    "softsign": lambda x: x / (1 + n.absolute(x)),
    "mish": lambda x: x * n.tanh(n.softplus(x)),
    "logsigmoid": lambda x: -n.softplus(-x),
    "square": lambda x: x * x,
    "factorial": n.factorial,
    "ncdf": n.distribution,
    "npdf": lambda x: n.exp(-x * x / 2) / n.sqrt(2 * n.pi(x)),
}


def entrywise(name: str) -> Callable[[Number], Number] | None:
    """The function of one number that a spelling means, if it is one."""
    known = ENTRYWISE.get(name) or FORMULAS.get(name) or name
    return _ENTRYWISE.get(known)


def generic(name: str) -> Callable[[Number], Number]:
    """A smooth function that nothing is known about but its name. Its values lie between 0 and 1,
    so that they may be probabilities: `\\log a`, `\\log(1 - a)`."""
    draw = random.Random(name)
    a, b, c = (str(round(draw.uniform(0.3, 1.3), 4)) for _ in range(3))

    def function(x: Number) -> Number:
        angle = n.constant(a, x) * x + n.constant(b, x) + n.sin(n.constant(c, x) * x)
        return n.constant("0.5", x) + n.constant("0.4", x) * n.sin(angle)

    return function


def along(
    array: Array, reading: Reading, function: Callable[[list[Number]], list[Number]]
) -> Array:
    """A function of each sample's entries."""
    lone = reading.samples == 1 and 1 in array.shape
    by_rows = array.rows == 1 if lone else reading.rows
    turned = array if by_rows else array.transposed()
    entries: list[Number] = []
    for i in range(turned.rows):
        entries += function(turned.entries[i * turned.columns : (i + 1) * turned.columns])
    result = Array(turned.rows, len(entries) // turned.rows, entries)
    return result if by_rows else result.transposed()


def softmax(values: list[Number]) -> list[Number]:
    """exp(z_i) / sum_j exp(z_j)."""
    powers = [n.exp(x) for x in values]
    norm = n.reciprocal(sum(powers[1:], powers[0]))
    return [p * norm for p in powers]


#: What adds up each row, and what each column.
SUMMING = {"rowsum": True, "row_sum": True, "RowSum": True,
           "colsum": False, "col_sum": False, "ColSum": False}  # fmt: skip


def sums(array: Array, rows: bool) -> Array:
    """The sum of each row, or of each column, in its place."""
    lines = array if rows else array.transposed()
    width = lines.columns
    found = [
        total(Array(1, width, lines.entries[i * width : (i + 1) * width]))
        for i in range(lines.rows)
    ]
    result = Array(lines.rows, 1, found)
    return result if rows else result.transposed()


def mixing(name: str, arguments: list[Array], reading: Reading) -> Array | None:
    """A function that mixes the entries of its arguments; None for a name that is none."""
    first = arguments[0]
    if name in ("softmax", "log_softmax") and reading.size == 1:
        raise Mismatch  # of one number alone it is 1: nothing can be learned from that
    if name == "softmax":
        return along(first, reading, softmax)
    if name == "log_softmax":
        return along(first, reading, lambda v: [n.log(x) for x in softmax(v)])
    if name in ("diag", "Diag"):
        if 1 not in first.shape:
            raise Mismatch
        size = len(first.entries)
        entries = [
            first.entries[i] if i == j else first.entries[i] * 0
            for i in range(size)
            for j in range(size)
        ]
        return Array(size, size, entries)
    if name == "trace":
        if first.rows != first.columns:
            raise Mismatch
        diagonal = [first.at(i, i) for i in range(first.rows)]
        return scalar(sum(diagonal[1:], diagonal[0]))
    if name == "det":
        return scalar(determinant(first))
    if name == "transpose":
        return first.transposed()
    if name in SUMMING:
        return sums(first, SUMMING[name])
    if name == "sum":
        return scalar(total(first))
    if name == "mean":
        return scalar(total(first) / len(first.entries))
    if name in ("max", "min") and len(arguments) == 2:
        from .arrays import entrywise as pairwise

        larger = name == "max"
        return pairwise(
            first, arguments[1], lambda x, y: x if (n.plain(x) >= n.plain(y)) == larger else y
        )
    return None
