"""The functions that a note may use without defining them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ...expr import build as b
from ...expr.build import Function
from ...expr.node import Expr
from ...expr.shape import SCALAR
from ..syntax import Script, Symbol, Tree

#: Spellings of the operations that apply to every entry.
ENTRYWISE: dict[str, str] = {
    "sigmoid": "sigmoid", "sigma": "sigmoid", "Sigmoid": "sigmoid", "logistic": "sigmoid", "expit": "sigmoid",
    "sigm": "sigmoid", "tanh": "tanh", "Tanh": "tanh", "relu": "relu", "ReLU": "relu", "RELU": "relu",
    "Relu": "relu", "ReLu": "relu", "rectifier": "relu", "softplus": "softplus", "Softplus": "softplus",
    "exp": "exp", "log": "log", "ln": "log", "sqrt": "sqrt", "abs": "abs", "sign": "sign", "sgn": "sign",
    "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "erf": "erf",
    "log1p": "log1p", "expm1": "expm1",
}  # fmt: skip

#: Spellings of the functions with a formula of their own; see `_FORMULAS`.
FORMULAS: dict[str, str] = {
    "leaky_relu": "leaky_relu", "LeakyReLU": "leaky_relu", "leakyrelu": "leaky_relu", "LReLU": "leaky_relu",
    "lrelu": "leaky_relu", "Leaky_ReLU": "leaky_relu", "LeakyRelu": "leaky_relu", "leakyReLU": "leaky_relu",
    "prelu": "prelu", "PReLU": "prelu", "elu": "elu", "ELU": "elu", "selu": "selu", "SELU": "selu",
    "gelu": "gelu", "GELU": "gelu", "gelu_tanh": "gelu_tanh", "silu": "silu", "SiLU": "silu",
    "swish": "silu", "Swish": "silu", "mish": "mish", "Mish": "mish", "softsign": "softsign",
    "hard_sigmoid": "hard_sigmoid", "hardsigmoid": "hard_sigmoid", "hard_tanh": "hard_tanh",
    "hardtanh": "hard_tanh", "logsigmoid": "logsigmoid", "log_sigmoid": "logsigmoid", "LogSigmoid": "logsigmoid",
    "square": "square", "cube": "cube", "relu6": "relu6", "ReLU6": "relu6",
    "cot": "cot", "sec": "sec", "csc": "csc", "coth": "coth",
}  # fmt: skip

#: Functions that mix entries.
MIXING: dict[str, str] = {
    "softmax": "softmax", "Softmax": "softmax", "SoftMax": "softmax", "log_softmax": "log_softmax",
    "logsoftmax": "log_softmax", "LogSoftmax": "log_softmax", "logsumexp": "logsumexp",
    "LogSumExp": "logsumexp", "LSE": "logsumexp", "lse": "logsumexp",
    "sum": "sum", "mean": "mean", "avg": "mean", "average": "mean", "norm": "norm", "trace": "trace",
    "tr": "trace", "Tr": "trace", "max": "max", "min": "min", "maximum": "max", "minimum": "min",
    "dot": "dot", "matmul": "dot", "inner": "dot", "outer": "outer", "transpose": "transpose",
    "concat": "concat", "concatenate": "concat", "cat": "concat", "hstack": "concat", "vstack": "concat",
    "where": "where", "var": "var", "Var": "var", "std": "std", "clip": "clip", "pow": "pow",
    "power": "pow", "multiply": "multiply", "add": "add", "subtract": "subtract", "divide": "divide",
    "MSE": "mse", "mse": "mse",
}  # fmt: skip

#: What is understood and not supported.
REFUSED: dict[str, str] = {
    "det": "the determinant", "inv": "the inverse of a matrix", "argmax": "argmax", "argmin": "argmin",
    "conv": "convolution", "conv2d": "convolution", "Conv": "convolution", "rank": "the rank of a matrix",
    "diag": "diag", "dropout": "dropout", "Dropout": "dropout", "sup": "sup", "inf": "inf", "lim": "a limit",
    "Pr": "a probability", "floor": "rounding", "ceil": "rounding", "round": "rounding",
    "maxpool": "pooling", "pool": "pooling", "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan",
    "one_hot": "one_hot", "onehot": "one_hot", "eig": "eigenvalues", "svd": "the singular values",
    "flatten": "flatten", "reshape": "reshape", "vec": "vec", "sort": "sort", "cumsum": "cumsum",
}  # fmt: skip


def spelled(tree: Tree) -> str:
    """The name of a function as the tables have it: `leaky_relu` is one word, `\\log_2` is `log`."""
    if isinstance(tree, Script) and isinstance(tree.base, Symbol):
        words = [tree.base.base, *(s.base for s in tree.subs if isinstance(s, Symbol))]
        joined = "_".join(words)
        return joined if is_library(joined) else tree.base.base
    return tree.base if isinstance(tree, Symbol) else ""


def is_library(base: str) -> bool:
    """Whether a base is the name of a function that needs no definition."""
    return base in ENTRYWISE or base in FORMULAS or base in MIXING or base in REFUSED


def _call(op: str, *args: Expr) -> Expr:
    return b.elementwise(op, *args)


def _leaky(z: Expr, a: Expr) -> Expr:
    return _call("where", z, b.ZERO, z, b.mul(a, z))


def _elu(z: Expr, a: Expr) -> Expr:
    return _call("where", z, b.ZERO, z, b.mul(a, b.sub(b.unary("exp", z), b.ONE)))


def _selu(z: Expr) -> Expr:
    scale = b.number("1.0507009873554805")
    return b.mul(scale, _elu(z, b.number("1.6732632423543772")))


def _gelu(z: Expr) -> Expr:
    inner = b.add(b.ONE, b.unary("erf", b.div(z, b.unary("sqrt", b.number(2)))))
    return b.mul(b.mul(b.number("0.5"), z), inner)


def _gelu_tanh(z: Expr) -> Expr:
    root = b.unary("sqrt", b.div(b.number(2), Expr("constant", (), "pi")))
    cubic = b.add(z, b.mul(b.number("0.044715"), b.power(z, b.number(3))))
    inner = b.add(b.ONE, b.unary("tanh", b.mul(root, cubic)))
    return b.mul(b.mul(b.number("0.5"), z), inner)


def _between(z: Expr, low: Expr, high: Expr) -> Expr:
    return _call("max", low, _call("min", high, z))


_FORMULAS: dict[str, tuple[str, tuple[str, ...], Callable[..., Expr]]] = {
    "leaky_relu": (r"\text{LeakyReLU}", ("0.01",), _leaky),
    "prelu": (r"\text{PReLU}", ("a",), _leaky),
    "elu": (r"\text{ELU}", ("1",), _elu),
    "selu": (r"\text{SELU}", (), _selu),
    "gelu": (r"\text{GELU}", (), _gelu),
    "gelu_tanh": (r"\text{GELU}", (), _gelu_tanh),
    "silu": (r"\text{SiLU}", ("1",), lambda z, a: b.mul(z, b.unary("sigmoid", b.mul(a, z)))),
    "mish": (r"\text{Mish}", (), lambda z: b.mul(z, b.unary("tanh", b.unary("softplus", z)))),
    "softsign": (r"\text{softsign}", (), lambda z: b.div(z, b.add(b.ONE, b.unary("abs", z)))),
    "hard_sigmoid": (
        r"\text{hard sigmoid}", (),
        lambda z: _between(b.add(b.div(z, b.number(6)), b.number("0.5")), b.ZERO, b.ONE),
    ),
    "hard_tanh": (r"\text{hard tanh}", (), lambda z: _between(z, b.number(-1), b.ONE)),
    "logsigmoid": (r"\text{LogSigmoid}", (), lambda z: b.unary("log", b.unary("sigmoid", z))),
    "square": (r"\text{square}", (), lambda z: b.power(z, b.number(2))),
    "cube": (r"\text{cube}", (), lambda z: b.power(z, b.number(3))),
    "relu6": (r"\text{ReLU6}", (), lambda z: _between(z, b.ZERO, b.number(6))),
    "cot": (r"\cot", (), lambda z: b.div(b.unary("cos", z), b.unary("sin", z))),
    "sec": (r"\sec", (), lambda z: b.div(b.ONE, b.unary("cos", z))),
    "csc": (r"\csc", (), lambda z: b.div(b.ONE, b.unary("sin", z))),
    "coth": (r"\coth", (), lambda z: b.div(b.ONE, b.unary("tanh", z))),
}  # fmt: skip


@cache
def formula(kind: str, latex: str, extra: int) -> Function:
    """A library function with its formula; `extra` further arguments are handed in by the note."""
    spelled, defaults, body = _FORMULAS[kind]
    z = b.name("z", SCALAR)
    given = [b.name("alpha", SCALAR)] if extra else []
    rest: list[Expr] = []
    for default in defaults[len(given) :]:
        rest.append(b.name(default, SCALAR) if default.isalpha() else b.number(default))
    if kind == "silu" and not given:
        return Function(kind, latex or spelled, (z,), b.mul(z, b.unary("sigmoid", z)))
    return Function(kind, latex or spelled, (z, *given), body(z, *given, *rest))


def extra_arguments(kind: str) -> int:
    """How many arguments a library function takes beside the first."""
    return len(_FORMULAS[kind][1])
