"""Formulas with cases: `cases` and `where`, as one choice entry by entry."""

from __future__ import annotations

from ...errors import RefusedError
from ..syntax import Cases, Fenced, Relation, Tree
from .context import Context, Hint
from .quantities import is_open
from .values import Value


def cases(ctx: Context, tree: Cases, hint: Hint | None) -> Value:
    """The value of a formula with cases, the last one for what the others leave."""
    like = hint if hint is not None and hint.how == "like" else None
    values = [ctx.value(value, like) for value, _ in tree.rows]
    out = values[-1]
    for value, (_, condition) in zip(reversed(values[:-1]), reversed(tree.rows[:-1]), strict=True):
        if condition is None:
            raise RefusedError(
                "only the last case may stand without a condition",
                hint="give each of the others a condition such as x > 0",
                span=tree.span,
            )
        out = chosen(ctx, condition, value, out)
    return out


def chosen(ctx: Context, condition: Tree, yes: Value, no: Value) -> Value:
    """`yes` where the condition holds, otherwise `no`, entry by entry."""
    if isinstance(condition, Fenced) and condition.kind == "paren" and len(condition.items) == 1:
        condition = condition.items[0]
    if isinstance(condition, Fenced) and condition.kind == "list" and condition.separator == ",":
        out = yes
        for part in condition.items:
            out = chosen(ctx, part, out, no)
        return out
    if not isinstance(condition, Relation) or None in condition.sides:
        raise _refused(condition)
    sides = [s for s in condition.sides if s is not None]
    out = yes
    pairs = list(zip(sides, sides[1:], condition.operators, strict=False))
    for left, right, operator in reversed(pairs):
        a, b = _both(ctx, left, right)
        table = {
            ">": (a, b, out, no),
            "<": (b, a, out, no),
            ">=": (b, a, no, out),
            "<=": (a, b, no, out),
        }
        if operator not in table:
            raise _refused(condition)
        out = ctx.axes.elementwise("where", *table[operator])
    return out


def _both(ctx: Context, left: Tree, right: Tree) -> tuple[Value, Value]:
    """Two sides of a comparison, the one with open names in the light of the other."""
    if is_open(ctx, left) and not is_open(ctx, right):
        b = ctx.value(right)
        return ctx.value(left, Hint("like", ctx.axes.logical(b), b.labels)), b
    a = ctx.value(left)
    return a, ctx.value(right, Hint("like", ctx.axes.logical(a), a.labels))


def _refused(tree: Tree) -> RefusedError:
    return RefusedError(
        "this condition can't be used", hint="compare with <, >, ≤ or ≥", span=tree.span
    )
