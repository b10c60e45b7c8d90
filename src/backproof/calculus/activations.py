"""The derivative of an activation, from its definition: not quoted but worked out."""

from __future__ import annotations

from collections.abc import Iterable

from ..expr.build import ONE, add, derivative, div, mul, name, neg, number, power, sub, unary
from ..expr.node import Expr, is_named, walk
from ..expr.shape import SCALAR
from ..laws import algebra, shapes
from ..laws.derivatives import book
from ..laws.rule import fill, x
from .local import differentiate
from .simplify import tidy
from .step import Step, chained

Z = name("z", SCALAR)
TWO = number(2)
_exp, _minus = unary("exp", Z), unary("exp", neg(Z))
_logistic = div(ONE, add(ONE, _minus))
_tanh = div(sub(_exp, _minus), add(_exp, _minus))

# What each function is by definition, and the forms between its tidied derivative and the one that
# uses the function itself.
DEFINITIONS: dict[str, tuple[Expr, tuple[Expr, ...]]] = {
    "sigmoid": (
        _logistic,
        (mul(_logistic, div(_minus, add(ONE, _minus))), mul(_logistic, sub(ONE, _logistic))),
    ),
    "tanh": (_tanh, (sub(ONE, power(_tanh, TWO)),)),
    "softplus": (unary("log", add(ONE, _exp)), ()),
}


def activations_in(equations: Iterable[Expr]) -> dict[str, list[Step]]:
    """For each activation that the equations use and whose derivative is more than a definition,
    the steps from `d/dz f(z)` to the form that the law book states."""
    used = {e.op for q in equations for e in walk([q.args[0] if q.op == "let" else q], is_named)}
    return {op: steps(op) for op in DEFINITIONS if op in used}


def steps(op: str) -> list[Step]:
    """The derivation of one activation's derivative."""
    written, waypoints = DEFINITIONS[op]
    known = _stated(op)
    start, body = derivative(unary(op, Z), Z), derivative(written, Z)
    out = [Step(start, body, shapes.WRITTEN_OUT, (), (), (Z,))]
    out += differentiate(written, Z, (), (Z,))
    tidied = out[-1].after
    lines = [
        *tidy(tidied),
        *((after, shapes.TAKEN_APART, ()) for after in waypoints),
        (known, algebra.NAME_PUT_IN, ()),
    ]
    return out + chained(tidied, lines, out[0])


def _stated(op: str) -> Expr:
    """The derivative as the law book has it, at `z`."""
    for law in book():
        if law.name == f"derivative of {op}":
            return fill(law.forms[0][1], {x: Z})
    raise KeyError(op)
