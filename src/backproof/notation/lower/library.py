"""The functions that a note may use without defining them, by their spellings."""

from __future__ import annotations

from ..syntax import Script, Symbol, Tree

#: Spellings of the operations that apply to every entry.
ENTRYWISE: dict[str, str] = {
    "sigmoid": "sigmoid", "sigma": "sigmoid", "Sigmoid": "sigmoid", "logistic": "sigmoid",
    "expit": "sigmoid", "sigm": "sigmoid", "sig": "sigmoid", "tanh": "tanh", "Tanh": "tanh",
    "relu": "relu",
    "ReLU": "relu", "RELU": "relu", "Relu": "relu", "ReLu": "relu", "rectifier": "relu",
    "softplus": "softplus", "Softplus": "softplus", "SoftPlus": "softplus",
    "exp": "exp", "log": "log", "ln": "log",
    "sqrt": "sqrt", "abs": "abs", "sign": "sign", "sgn": "sign", "sin": "sin", "cos": "cos",
    "tan": "tan", "sinh": "sinh", "cosh": "cosh", "erf": "erf", "log1p": "log1p", "expm1": "expm1",
}  # fmt: skip

#: Spellings of the functions with a formula of their own; see formulas.py.
FORMULAS: dict[str, str] = {
    "leaky_relu": "leaky_relu", "LeakyReLU": "leaky_relu", "leakyrelu": "leaky_relu",
    "LReLU": "leaky_relu", "lrelu": "leaky_relu", "Leaky_ReLU": "leaky_relu",
    "LeakyRelu": "leaky_relu", "leakyReLU": "leaky_relu", "prelu": "prelu", "PReLU": "prelu",
    "elu": "elu", "ELU": "elu", "selu": "selu", "SELU": "selu", "gelu": "gelu", "GELU": "gelu",
    "GeLU": "gelu", "gelu_tanh": "gelu_tanh", "silu": "silu", "SiLU": "silu", "swish": "silu",
    "Swish": "silu", "mish": "mish", "Mish": "mish", "softsign": "softsign",
    "Softsign": "softsign", "SoftSign": "softsign", "hard_sigmoid": "hard_sigmoid",
    "hardsigmoid": "hard_sigmoid", "HardSigmoid": "hard_sigmoid", "Hardsigmoid": "hard_sigmoid",
    "hard_tanh": "hard_tanh", "hardtanh": "hard_tanh", "HardTanh": "hard_tanh",
    "Hardtanh": "hard_tanh",
    "logsigmoid": "logsigmoid", "log_sigmoid": "logsigmoid", "LogSigmoid": "logsigmoid",
    "square": "square", "cube": "cube", "relu6": "relu6", "ReLU6": "relu6", "cot": "cot",
    "sec": "sec", "csc": "csc", "coth": "coth",
}  # fmt: skip

#: Functions that mix entries.
MIXING: dict[str, str] = {
    "softmax": "softmax", "Softmax": "softmax", "SoftMax": "softmax", "log_softmax": "log_softmax",
    "logsoftmax": "log_softmax", "LogSoftmax": "log_softmax", "logsumexp": "logsumexp",
    "LogSumExp": "logsumexp", "LSE": "logsumexp", "lse": "logsumexp", "sum": "sum", "mean": "mean",
    "avg": "mean", "average": "mean", "norm": "norm", "trace": "trace", "tr": "trace",
    "Tr": "trace", "max": "max", "min": "min", "maximum": "max", "minimum": "min", "dot": "dot",
    "matmul": "dot", "inner": "dot", "outer": "outer", "transpose": "transpose",
    "Concat": "concat", "Concatenate": "concat", "CONCAT": "concat", "Mean": "mean",
    "concat": "concat", "concatenate": "concat", "cat": "concat", "hstack": "concat",
    "vstack": "concat", "where": "where", "var": "var", "Var": "var", "std": "std", "clip": "clip",
    "pow": "pow", "power": "pow", "multiply": "multiply", "add": "add", "subtract": "subtract",
    "divide": "divide", "MSE": "mse", "mse": "mse",
}  # fmt: skip

#: What is understood and not supported.
REFUSED: dict[str, str] = {
    "det": "the determinant", "inv": "the inverse of a matrix", "argmax": "argmax",
    "argmin": "argmin", "conv": "convolution", "conv2d": "convolution", "Conv": "convolution",
    "rank": "the rank of a matrix", "diag": "diag", "dropout": "dropout", "Dropout": "dropout",
    "sup": "sup", "inf": "inf", "lim": "a limit", "Pr": "a probability", "floor": "rounding",
    "ceil": "rounding", "round": "rounding", "maxpool": "pooling", "pool": "pooling",
    "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "one_hot": "one_hot",
    "onehot": "one_hot", "eig": "eigenvalues", "svd": "the singular values", "flatten": "flatten",
    "reshape": "reshape", "vec": "vec", "sort": "sort", "cumsum": "cumsum",
}  # fmt: skip


def spelled(tree: Tree) -> str:
    r"""A function's name as the tables have it: `leaky_relu` is one word, `\log_2` is `log`."""
    if isinstance(tree, Script) and isinstance(tree.base, Symbol):
        words = [tree.base.base, *(s.base for s in tree.subs if isinstance(s, Symbol))]
        joined = "_".join(words)
        return joined if is_library(joined) else tree.base.base
    return tree.base if isinstance(tree, Symbol) else ""


def is_library(base: str) -> bool:
    """Whether a base is the name of a function that needs no definition."""
    return base in ENTRYWISE or base in FORMULAS or base in MIXING or base in REFUSED
