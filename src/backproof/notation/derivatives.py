r"""Derivatives as people write them: fractions whose two parts start with the same sign.

`\frac{\partial L}{\partial W}` is a fraction to TeX and a derivative to everyone else. Pure
functions from trees to trees.
"""

from __future__ import annotations

from ..errors import Span
from .syntax import Derivative, Fenced, Number, Product, Script, Sum, Symbol, Tree


def slashed(factors: list[Tree], operators: list[str]) -> tuple[list[Tree], list[str]]:
    r"""`∂L/∂W` and `dL/dw`, written on the line, as one Derivative among the factors."""
    out: list[Tree] = []
    between: list[str] = []
    i = 0
    while i < len(factors):
        found = _slash(factors, operators, i)
        if i:
            between.append(operators[i - 1])
        if found:
            tree, i = found
            out.append(tree)
        else:
            out.append(factors[i])
            i += 1
    return out, between


def _slash(factors: list[Tree], operators: list[str], i: int) -> tuple[Tree, int] | None:
    mark, _ = _marker(factors[i])
    if not mark:
        return None
    j = i
    while j < len(operators) and operators[j] == "" and j - i < 6:
        j += 1
    if j >= len(operators) or operators[j] != "/" or j + 2 >= len(factors) or operators[j + 1]:
        return None
    if _marker(factors[j + 1])[0] != mark:
        return None
    top = _plain(factors[i : j + 1])
    bottom = _plain(factors[j + 1 : j + 3])
    tree = derivative(top, bottom, factors[i].span.to(factors[j + 2].span))
    return (tree, j + 3) if tree else None


def _plain(factors: list[Tree]) -> Tree:
    if len(factors) == 1:
        return factors[0]
    return Product(factors[0].span.to(factors[-1].span), tuple(factors), ("",) * (len(factors) - 1))


def _marker(tree: Tree) -> tuple[str, int]:
    """`partial`, `delta` or `d`, and its power, when the tree is the sign of a derivative."""
    power = 1
    if isinstance(tree, Script) and not tree.subs and len(tree.sups) == 1:
        exponent = tree.sups[0].tree
        if (
            tree.sups[0].kind != "bare"
            or not isinstance(exponent, Number)
            or not exponent.text.isdigit()
        ):
            return "", 0
        power = min(int(exponent.text), 99)
        tree = tree.base
    if not isinstance(tree, Symbol):
        return "", 0
    if tree.base in ("partial", "delta") and not tree.marks:
        return tree.base, power
    if tree.base == "d" and tree.marks in ((), ("rm",)):
        return "d", power
    return "", 0


def derivative(top: Tree, bottom: Tree, span: Span) -> Tree | None:
    """The derivative that a fraction of these two parts denotes, or None."""
    signed = _signed(top)
    top = top.terms[0] if signed and isinstance(top, Sum) else top
    above = top.factors if isinstance(top, Product) else (top,)
    mark, order = _marker(above[0])
    if not mark or not isinstance(bottom, Product) or _marker(bottom.factors[0]) != (mark, 1):
        return None
    if mark != "d" and any(_marker(f)[0] == mark for f in above[1:]):
        return None
    if mark == "delta" and len(above) == 1:
        return None
    if isinstance(top, Product) and top.operators[0]:
        return None
    groups: list[list[int]] = []
    for i, factor in enumerate(bottom.factors):
        starts = _marker(factor) == (mark, 1) and (
            i == 0 or (mark != "d" and not bottom.operators[i - 1])
        )
        if starts:
            groups.append([])
        else:
            groups[-1].append(i)
    if not all(groups) or bottom.operators[0]:
        return None
    by = [slice_of(bottom, group[0], group[-1] + 1) for group in groups]
    if order > 1 and len(by) == 1:
        by[0] = _without_power(by[0], order)
    of = slice_of(top, 1, len(above)) if isinstance(top, Product) else signed
    if of is None and len(by) == 1 and (call := _called(by[0])):
        by, of = [call[0]], call[1]
    written = "d" if mark == "d" else "partial"
    return Derivative(span, of, tuple(by), written, max(order, len(by)))


def _signed(top: Tree) -> Tree | None:
    r"""What stands behind a lone sign and starts with a minus: `\partial -\log p`."""
    if not isinstance(top, Sum) or top.signs[:2] != ("+", "-"):
        return None
    first, *rest = top.terms
    if _marker(first)[0] != "partial" or isinstance(first, Product):
        return None
    return Sum(rest[0].span.to(rest[-1].span), tuple(rest), top.signs[1:])


def differential(tree: Tree) -> bool:
    """Whether this is `dZ`, the short form of a derivative, as two letters side by side."""
    return (
        isinstance(tree, Product)
        and tree.operators == ("",)
        and isinstance(tree.factors[0], Symbol)
        and tree.factors[0].base == "d"
        and isinstance(tree.factors[1], Symbol | Script)
    )


def slice_of(product: Product, start: int, end: int) -> Tree:
    factors = product.factors[start:end]
    if len(factors) == 1:
        return factors[0]
    return Product(
        factors[0].span.to(factors[-1].span), factors, product.operators[start : end - 1]
    )


def _called(tree: Tree) -> tuple[Tree, Tree] | None:
    r"""`w L(a, y)` under `\partial`: a slip for `\frac{\partial L(a, y)}{\partial w}`."""
    if not isinstance(tree, Product) or len(tree.factors) != 3 or any(tree.operators):
        return None
    call = tree.factors[2]
    if not (isinstance(call, Fenced) and call.kind == "paren"):
        return None
    return tree.factors[0], slice_of(tree, 1, 3)


def _without_power(tree: Tree, order: int) -> Tree:
    """`w^2` under `∂²`: the square counts derivatives."""
    if not isinstance(tree, Script) or not tree.sups:
        return tree
    last = tree.sups[-1]
    if last.kind != "bare" or not isinstance(last.tree, Number) or last.tree.text != str(order):
        return tree
    if len(tree.sups) == 1 and not tree.subs:
        return tree.base
    return Script(tree.span, tree.base, tree.subs, tree.sups[:-1])
