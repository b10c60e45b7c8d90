r"""What stands in brackets: parts, absolute values, norms, inner products, blocks."""

from __future__ import annotations

from ...errors import RefusedError
from ..syntax import Fenced, Matrix, Number, Script, Sup, Symbol, Tree
from .context import Context, Hint
from .functions import inner, stacked
from .quantities import raised
from .trees import index_text
from .values import Value


def fenced(ctx: Context, tree: Fenced, hint: Hint | None) -> Value:
    """The value of a bracket. Raises RefusedError for the kinds that have none."""
    first = tree.items[0]
    one = len(tree.items) == 1
    if tree.kind in ("paren", "square", "brace") and one:
        return ctx.value(first, hint)
    if tree.kind in ("square", "paren") and len(tree.items) > 1:
        return stacked(ctx, [ctx.value(item) for item in tree.items], None)
    if tree.kind == "abs" and one:
        like = hint if hint is not None and hint.how == "like" else None
        return ctx.axes.elementwise("abs", ctx.value(first, like))
    if tree.kind == "norm" and one:
        return ctx.axes.total(ctx.value(first), "norm")
    if tree.kind == "angle" and len(tree.items) == 2:
        return inner(ctx, tree.items)
    what = {
        "floor": "rounding", "ceil": "rounding", "at": "an evaluation at a point",
        "list": "a list of formulas",
    }.get(tree.kind, "this bracket")  # fmt: skip
    raise RefusedError(f"{what} can't be used here", hint="write it out", span=tree.span)


def blocks(ctx: Context, tree: Matrix) -> Value:
    """A matrix of blocks. Raises Misfit where they do not fit together."""
    rows: list[Value] = []
    for row in tree.rows:
        cells = [ctx.value(cell) for cell in row]
        rows.append(stacked(ctx, cells, 1) if len(cells) > 1 else cells[0])
    return stacked(ctx, rows, 0) if len(rows) > 1 else rows[0]


def scripted(ctx: Context, tree: Script, hint: Hint | None) -> Value:
    """A bracket, a fraction or a number with powers, a transpose or the subscript of a norm."""
    base = tree.base
    sups = list(tree.sups)
    turned = sum(s.kind == "transpose" for s in sups) % 2 == 1
    if isinstance(base, Fenced) and base.kind == "norm":
        value, sups = _norm(ctx, base, tree, sups)
    elif tree.subs and not all(_in_scope(ctx, s) for s in tree.subs):
        raise RefusedError(
            "a subscript on a bracket can't be read", hint="give the bracket a name", span=tree.span
        )
    else:
        inner_hint = hint
        if turned and hint is not None:
            inner_hint = _flipped(hint)
        if any(s.kind == "bare" for s in sups) and hint is not None and hint.how != "like":
            inner_hint = None
        value = ctx.value(base, inner_hint)
        value = _indexed(ctx, value, tree)
    for sup in sups:
        if sup.kind in ("paren", "square") and not (sup.tree and _in_scope(ctx, sup.tree)):
            raise RefusedError(
                "a superscript in brackets on a formula can't be read",
                hint="write a power without brackets, or give the formula a name",
                span=tree.span,
            )
        if sup.kind == "transpose":
            value = value.T
        elif sup.kind == "bare" and sup.tree is not None:
            value = raised(ctx, value, sup.tree, tree)
        elif sup.kind == "prime":
            raise RefusedError(
                "a derivative can't be used in a definition", hint="write it out", span=tree.span
            )
    return value


def _flipped(hint: Hint) -> Hint:
    shape = (hint.shape[1], hint.shape[0])
    how = {"like": "like", "left": "right", "right": "left"}[hint.how]
    return Hint(how, shape, (hint.labels[1], hint.labels[0]), hint.hadamard)  # pyright: ignore


def _in_scope(ctx: Context, tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.base in ctx.scope


def _indexed(ctx: Context, value: Value, tree: Script) -> Value:
    from ...expr.name import Name
    from .leaves import indexed
    from .names import Reference

    scripts = [*tree.subs, *(s.tree for s in tree.sups if s.kind in ("paren", "square"))]
    letters = [s.base for s in scripts if isinstance(s, Symbol) and s.base in ctx.scope]
    if not letters:
        return value
    reference = Reference(Name("?"), tuple((x, "sub") for x in letters), (), False, tree.span)
    return indexed(ctx, value, reference)


def _norm(ctx: Context, base: Fenced, tree: Script, sups: list[Sup]) -> tuple[Value, list[Sup]]:
    """Norms by their subscript: 1, 2 or F; a square is a sum of squares, without the root."""
    kind = ",".join(index_text(s) or "?" for s in tree.subs) or "2"
    body = ctx.value(base.items[0])
    if kind == "1":
        return ctx.axes.total(ctx.axes.elementwise("abs", body)), sups
    if kind not in ("2", "F", "Fro", "fro"):
        raise RefusedError(
            f"the norm with subscript {kind} is not supported",
            hint="the norms 1, 2 and F are",
            span=tree.span,
        )
    for i, sup in enumerate(sups):
        if sup.kind == "bare" and isinstance(sup.tree, Number) and sup.tree.text == "2":
            return ctx.axes.total(body, "sqnorm"), sups[:i] + sups[i + 1 :]
    return ctx.axes.total(body, "norm"), sups
