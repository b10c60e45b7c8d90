r"""Operators without brackets: `\frac{\partial}{\partial w} w x + b`, which may be meant to go as
far as the formula does."""

from __future__ import annotations

from dataclasses import replace

from ..notation.syntax import Derivative, Fenced, Product, Sum, Tree
from .items import Environment, Item
from .terms import Unclear


def as_far_as_it_goes(env: Environment, item: Item) -> Item | None:
    """An equation whose operators take the whole sum that they stand before; None without any."""
    left, right = widened(item.equation.left), widened(item.equation.right)
    if left is None and right is None:
        return None
    try:
        return replace(
            item,
            left=item.left if left is None else env.translator.term(left),
            right=item.right if right is None else env.translator.term(right),
        )
    except (Unclear, RecursionError):
        return None


def widened(side: Tree) -> Tree | None:
    """A sum that starts with an operator and no bracket, as the operator of that sum."""
    if not isinstance(side, Sum) or len(side.terms) < 2 or side.signs[0] != "+":
        return None
    first, rest, signs = side.terms[0], side.terms[1:], side.signs[1:]
    if isinstance(first, Product):
        operator, operand = first.factors[0], first.factors[1:]
        if isinstance(operand[0], Fenced):
            return None
        inner = operand[0]
        if len(operand) > 1:
            inner = Product(first.span, operand, first.operators[1:])
        rest, signs = (inner, *rest), ("+", *signs)
    else:
        operator = first
    if not isinstance(operator, Derivative) or operator.of is not None:
        return None
    whole = Fenced(side.span, "paren", (Sum(side.span, rest, signs),))
    return Product(side.span, (operator, whole), ("",))
