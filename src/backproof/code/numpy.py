"""Programs as NumPy: a module with one function, `loss_and_gradients`."""

from __future__ import annotations

from .array_forms import common
from .arrays import Dialect
from .module import Layout, module
from .program import Program

_SIGMOID = '''
def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow for any z."""
    power = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, power) / (1 + power)
'''
_SOFTPLUS = '''
def softplus(z):
    """log(1 + exp(z)), without overflow for any z."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
'''
_LOG1MEXP = '''
def log1mexp(z):
    """log(1 - exp(z)) for z < 0; Maechler (2012)."""
    near = np.minimum(np.maximum(z, -0.7), -1e-300)
    return np.where(z > -0.6931471805599453, np.log(-np.expm1(near)), np.log1p(-np.exp(z)))
'''
_SOFTMAX = '''
def softmax(z, axis):
    """exp(z) / sum(exp(z)); the largest entry is taken off, so that exp cannot overflow."""
    power = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return power / np.sum(power, axis=axis, keepdims=True)
'''
_LOG_SOFTMAX = '''
def log_softmax(z, axis):
    """The logarithm of softmax. The largest term of its sum is 1: log1p keeps what is beside it."""
    below = z - np.max(z, axis=axis, keepdims=True)
    smaller = np.where(below < 0, np.exp(below), 0)
    others = np.sum(smaller, axis=axis, keepdims=True)
    equal = np.sum(below == 0, axis=axis, keepdims=True) - 1
    return below - np.log1p(others + equal.astype(others.dtype))
'''
_LOGSUMEXP = '''
def logsumexp(z, axis):
    """log(sum(exp(z))), without overflow for any z."""
    top = np.max(z, axis=axis, keepdims=True)
    return top + np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True))
'''

NUMPY = Dialect(
    "np",
    {**common("np"), "erf": "erf({0})"},
    {
        "sigmoid": _SIGMOID,
        "softplus": _SOFTPLUS,
        "log1mexp": _LOG1MEXP,
        "softmax": _SOFTMAX,
        "log_softmax": _LOG_SOFTMAX,
        "logsumexp": _LOGSUMEXP,
        "erf": "from scipy.special import erf",
    },
)


def source(program: Program) -> str:
    """The text of a NumPy module."""
    return module(program, NUMPY, Layout("import numpy as np"))
