"""Activations that everybody knows, as they are written out."""

from __future__ import annotations

from ..notation.lower.library import ENTRYWISE
from .terms import Add, Call, Div, Name, Num, Term


def activation(body: Term, argument: Term) -> str | None:
    r"""The name of the activation that a formula of an argument is: `1 / (1 + e^{-z})`,
    `\max(0, z)`, `\tanh(z)`."""
    if body == argument:
        return "identity"
    if isinstance(body, Call) and not body.primes and not body.function.indices:
        named = ENTRYWISE.get(body.function.base)
        if body.arguments == (argument,):
            return named
        floor = body.function.base == "max" and {*body.arguments} == {Num("0"), argument}
        return "relu" if floor else None
    if isinstance(body, Div) and body.above == Num("1") and isinstance(body.below, Add):
        falling = Call(Name("exp"), (Add((argument,), (-1,)),))
        if body.below.signs == (1, 1) and {*body.below.terms} == {Num("1"), falling}:
            return "sigmoid"
    return None
