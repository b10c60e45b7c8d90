"""Differences that floating point would lose, rewritten with the terms that cancel taken out.

For a confident and right prediction, the loss and its derivative are tiny differences of numbers
near 1 or near z: taken as they stand, all digits cancel. The forms here are equal to them for every
z and y, and each of their terms is exact on its own.
"""

from __future__ import annotations

from collections.abc import Collection

from ..expr.build import ONE, add, mul, neg, sub, unary
from ..expr.node import Expr
from ..expr.ops import make


def without_cancelling(e: Expr, targets: Collection[Expr]) -> Expr:
    """A difference in the form that keeps its digits; `e` itself where there is none.

    `softplus(z) - z` becomes `softplus(-z)`; `softplus(z) - y z` becomes
    `(relu(z) - y z) + softplus(-|z|)`, as in TensorFlow's sigmoid_cross_entropy_with_logits. With a
    target y, `sigmoid(z) - y` becomes `(1 - y) sigmoid(z) - y sigmoid(-z)`, and `softmax(z) - y`
    becomes `(1 - y) softmax(z) + y expm1(log_softmax(z))`.
    """
    one, other = e.args
    if one.op == "softplus" and other is one.args[0]:
        return unary("softplus", neg(other))
    if one.op == "softplus" and _times(other, one.args[0]):
        z = one.args[0]
        return add(sub(unary("relu", z), other), _rest(z))
    if other.op == "softplus" and _times(one, other.args[0]):
        z = other.args[0]
        return sub(sub(one, unary("relu", z)), _rest(z))
    if other in targets and one.op == "sigmoid":
        z = one.args[0]
        return sub(mul(sub(ONE, other), one), mul(other, unary("sigmoid", neg(z))))
    if other in targets and one.op == "softmax":
        below = unary("expm1", make("log_softmax", one.args, one.attr))
        return add(mul(sub(ONE, other), one), mul(other, below))
    return e


def _times(e: Expr, z: Expr) -> bool:
    return e.op == "mul" and z in e.args


def _rest(z: Expr) -> Expr:
    return unary("softplus", neg(unary("abs", z)))
