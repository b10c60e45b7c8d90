"""Programs as JAX: a pure function, and the loss with the derived gradients as a custom_vjp."""

from __future__ import annotations

from .array_forms import common
from .arrays import Dialect
from .module import Layout, arguments, module
from .numpy import NUMPY
from .program import Program

JAX = Dialect(
    "jnp",
    {**common("jnp"), "erf": "erf({0})"},
    {
        **{op: text.replace("np.", "jnp.") for op, text in NUMPY.helpers.items()},
        "erf": "from jax.scipy.special import erf",
    },
)


def source(program: Program) -> str:
    """The text of a JAX module: `loss_and_gradients`, and `loss` for use under `jax.grad`."""
    return module(program, JAX, Layout("import jax\nimport jax.numpy as jnp", after=_vjp(program)))


def _vjp(program: Program) -> str:
    names = ", ".join(["parameters", *arguments(program)])
    nothing = ", ".join(["cotangents", *("None" for _ in arguments(program))])
    if len(arguments(program)) == 0:
        nothing += ","
    return f'''

@jax.custom_vjp
def loss({names}):
    """The loss; `jax.grad` of it runs the derived backward pass."""
    return loss_and_gradients({names})[0]


def _forward({names}):
    return loss_and_gradients({names})


def _backward(gradients, cotangent):
    cotangents = jax.tree.map(lambda gradient: cotangent * gradient, gradients)
    return {nothing}


loss.defvjp(_forward, _backward)
'''
