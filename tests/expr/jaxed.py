"""A second opinion on values and derivatives: expressions in JAX, apart from the package's
evaluator.

Every value is a matrix, as in the package; derivatives come from JAX's reverse mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

from backproof.expr.node import Expr, walk

jax.config.update("jax_enable_x64", True)

Array = Any
Values = Mapping[Expr, Array]
Sizes = Mapping[str, int]

AXIS = {"rows": 0, "columns": 1, "all": None}


def _safe(test: Array, x: Array) -> Array:
    """`x` where it is used, and 1 elsewhere: JAX multiplies the rates of both sides of a
    `where`."""
    return jnp.where(test, x, 1.0)


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "let": lambda x: x,
    "neg": lambda x: -x,
    "exp": jnp.exp,
    "log": jnp.log,
    "sqrt": jnp.sqrt,
    "abs": lambda x: jnp.where(x > 0, x, jnp.where(x < 0, -x, 0 * x)),
    "sign": jnp.sign,
    "step": lambda x: jnp.where(x > 0, 1.0, 0.0),
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tan": jnp.tan,
    "sinh": jnp.sinh,
    "cosh": jnp.cosh,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "relu": lambda x: jnp.where(x > 0, x, 0.0),
    "softplus": lambda x: jnp.logaddexp(x, 0.0),
    "erf": erf,
    "log1p": jnp.log1p,
    "expm1": jnp.expm1,
    "log1mexp": lambda x: jnp.log(-jnp.expm1(x)),
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "max": lambda x, y: jnp.where(x > y, x, y),
    "min": lambda x, y: jnp.where(x < y, x, y),
    "where": lambda a, b, x, y: jnp.where(a > b, x, y),
}


def size_of(dim: int | str, sizes: Sizes) -> int:
    """A dimension as a number; `n+m` is a sum."""
    if isinstance(dim, int):
        return dim
    return sum(int(part) if part.isdigit() else sizes[part] for part in dim.split("+"))


def shape_of(expr: Expr, sizes: Sizes) -> tuple[int, int]:
    return size_of(expr.shape[0], sizes), size_of(expr.shape[1], sizes)


def worth(root: Expr, values: Values, sizes: Sizes) -> Array:
    """The value of an expression; whatever stands in `values` has the value given there."""
    memo: dict[Expr, Array] = dict(values)
    own = ("size", "gradient", "path", "derivative")
    for e in walk([root], lambda e: e in memo or e.op in own):
        if e not in memo:
            memo[e] = _apply(e, [memo.get(a) for a in e.args], values, sizes)
    return memo[root]


def _apply(e: Expr, args: Sequence[Array], values: Values, sizes: Sizes) -> Array:
    match e.op:
        case "name":
            raise KeyError(e.attr.plain)
        case "number":
            return jnp.full((1, 1), e.attr.numerator / e.attr.denominator)
        case "constant":
            return jnp.full((1, 1), {"pi": np.pi, "e": np.e}[e.attr])
        case "size":
            return jnp.full((1, 1), float(size_of(e.attr, sizes)))
        case "identity":
            return jnp.eye(size_of(e.shape[0], sizes))
        case "matmul":
            return args[0] @ args[1]
        case "transpose":
            return args[0].T
        case "broadcast":
            return jnp.broadcast_to(args[0], shape_of(e, sizes))
        case "sum" | "sqnorm" | "norm" | "logsumexp" | "amax":
            return _reduced(e.op, args[0], AXIS[e.attr])
        case "softmax":
            return jax.nn.softmax(args[0], AXIS[e.attr])
        case "log_softmax":
            return jax.nn.log_softmax(args[0], AXIS[e.attr])
        case "argmax_mask":
            return _mask(args[0], e.attr)
        case "trace":
            return jnp.trace(args[0]).reshape(1, 1)
        case "sized":
            return args[0]
        case "stack":
            return jnp.concatenate(args, 0 if e.attr == "rows" else 1)
        case "block":
            axis, before, own = e.attr
            start = sum(size_of(d, sizes) for d in before)
            end = start + size_of(own, sizes)
            return args[0][start:end] if axis == "rows" else args[0][:, start:end]
        case "call":
            table = dict(zip(e.attr.params, args, strict=True))
            return jnp.broadcast_to(
                worth(e.attr.body, {**values, **table}, sizes), shape_of(e, sizes)
            )
        case "gradient":
            return gradient_of(*e.args, values, sizes)
        case "path":
            return _through(*e.args, values, sizes)
        case _:
            return FUNCTIONS[e.op](*args)


def _reduced(op: str, x: Array, axis: int | None) -> Array:
    if op == "sum":
        return jnp.sum(x, axis, keepdims=True)
    if op == "sqnorm":
        return jnp.sum(x * x, axis, keepdims=True)
    if op == "norm":
        return jnp.sqrt(jnp.sum(x * x, axis, keepdims=True))
    if op == "logsumexp":
        return jax.nn.logsumexp(x, axis, keepdims=True)
    return jnp.max(x, axis, keepdims=True)


def _mask(x: Array, axis: str) -> Array:
    if axis == "all":
        return jax.nn.one_hot(jnp.argmax(x), x.size, dtype=x.dtype).reshape(x.shape)
    along = AXIS[axis]
    return jax.nn.one_hot(jnp.argmax(x, along), x.shape[along], axis=along, dtype=x.dtype)


def gradient_of(of: Expr, by: Expr, values: Values, sizes: Sizes) -> Array:
    """The derivatives of a scalar by every entry of a name or a named quantity."""
    at = values[by] if by in values else worth(by, values, sizes)
    return jax.grad(lambda x: worth(of, {**values, by: x}, sizes)[0, 0])(jnp.asarray(at))


def jacobian_of(of: Expr, by: Expr, values: Values, sizes: Sizes) -> Array:
    """All derivatives of all entries: of[i, j] by by[k, l] at [i, j, k, l]."""
    at = values[by] if by in values else worth(by, values, sizes)
    return jax.jacrev(lambda x: worth(of, {**values, by: x}, sizes))(jnp.asarray(at))


def _through(of: Expr, middle: Expr, by: Expr, values: Values, sizes: Sizes) -> Array:
    """The part of a gradient that goes through the equation of one quantity."""
    seed = gradient_of(of, middle, values, sizes)
    value = middle.args[0] if middle.op == "let" else middle
    held = {e: worth(e, values, sizes) for e in walk([value]) if e.op == "let" and e is not middle}
    at = values[by] if by in values else worth(by, values, sizes)
    _, back = jax.vjp(lambda x: worth(value, {**values, **held, by: x}, sizes), jnp.asarray(at))
    return back(seed)[0]
