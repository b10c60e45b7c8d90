"""The formulas of the library's functions, over the operations there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ...expr import build as b
from ...expr.build import Function
from ...expr.node import Expr
from ...expr.shape import SCALAR

HALF = b.number("0.5")


def _leaky(z: Expr, a: Expr) -> Expr:
    return b.elementwise("where", z, b.ZERO, z, b.mul(a, z))


def _elu(z: Expr, a: Expr) -> Expr:
    return b.elementwise("where", z, b.ZERO, z, b.mul(a, b.sub(b.unary("exp", z), b.ONE)))


def _selu(z: Expr) -> Expr:
    """Klambauer and others, Self-Normalizing Neural Networks, 2017."""
    return b.mul(b.number("1.0507009873554805"), _elu(z, b.number("1.6732632423543772")))


def _gelu(z: Expr) -> Expr:
    inner = b.add(b.ONE, b.unary("erf", b.div(z, b.unary("sqrt", b.number(2)))))
    return b.mul(b.mul(HALF, z), inner)


def _gelu_tanh(z: Expr) -> Expr:
    """Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, the approximation."""
    root = b.unary("sqrt", b.div(b.number(2), Expr("constant", (), "pi")))
    cubic = b.add(z, b.mul(b.number("0.044715"), b.power(z, b.number(3))))
    return b.mul(b.mul(HALF, z), b.add(b.ONE, b.unary("tanh", b.mul(root, cubic))))


def _silu(z: Expr, a: Expr) -> Expr:
    return b.mul(z, b.unary("sigmoid", b.mul(a, z)))


def _between(z: Expr, low: Expr, high: Expr) -> Expr:
    return b.elementwise("max", low, b.elementwise("min", high, z))


def _hard_sigmoid(z: Expr) -> Expr:
    return _between(b.add(b.div(z, b.number(6)), HALF), b.ZERO, b.ONE)


def _one_over(op: str) -> Callable[[Expr], Expr]:
    return lambda z: b.div(b.ONE, b.unary(op, z))


#: Functions of one argument: how they are written, and their formula.
_PLAIN: dict[str, tuple[str, Callable[[Expr], Expr]]] = {
    "selu": (r"\text{SELU}", _selu),
    "gelu": (r"\text{GELU}", _gelu),
    "gelu_tanh": (r"\text{GELU}", _gelu_tanh),
    "silu": (r"\text{SiLU}", lambda z: b.mul(z, b.unary("sigmoid", z))),
    "mish": (r"\text{Mish}", lambda z: b.mul(z, b.unary("tanh", b.unary("softplus", z)))),
    "softsign": (r"\text{softsign}", lambda z: b.div(z, b.add(b.ONE, b.unary("abs", z)))),
    "hard_sigmoid": (r"\text{hard sigmoid}", _hard_sigmoid),
    "hard_tanh": (r"\text{hard tanh}", lambda z: _between(z, b.number(-1), b.ONE)),
    "logsigmoid": (r"\text{LogSigmoid}", lambda z: b.unary("log", b.unary("sigmoid", z))),
    "square": (r"\text{square}", lambda z: b.power(z, b.number(2))),
    "cube": (r"\text{cube}", lambda z: b.power(z, b.number(3))),
    "relu6": (r"\text{ReLU6}", lambda z: _between(z, b.ZERO, b.number(6))),
    "cot": (r"\cot", lambda z: b.div(b.unary("cos", z), b.unary("sin", z))),
    "sec": (r"\sec", _one_over("cos")),
    "csc": (r"\csc", _one_over("sin")),
    "coth": (r"\coth", _one_over("tanh")),
}
#: Functions with a parameter: how they are written, its usual value, the formula.
_WITH_PARAMETER: dict[str, tuple[str, str, Callable[[Expr, Expr], Expr]]] = {
    "leaky_relu": (r"\text{LeakyReLU}", "0.01", _leaky),
    "prelu": (r"\text{PReLU}", "0.25", _leaky),
    "elu": (r"\text{ELU}", "1", _elu),
    "silu": (r"\text{SiLU}", "1", _silu),
}


@cache
def formula(kind: str, latex: str, extra: int) -> Function:
    """A library function with its formula; `extra` says how many parameters the note hands it."""
    z = b.name("z", SCALAR)
    if not extra and kind in _PLAIN:
        spelled, plain = _PLAIN[kind]
        return Function(kind, latex or spelled, (z,), plain(z))
    spelled, usual, body = _WITH_PARAMETER[kind]
    if not extra:
        return Function(kind, latex or spelled, (z,), body(z, b.number(usual)))
    alpha = b.name("alpha", SCALAR)
    return Function(kind, latex or spelled, (z, alpha), body(z, alpha))


def extra_arguments(kind: str) -> int:
    """How many arguments a library function may take beside the first."""
    return int(kind in _WITH_PARAMETER)
