"""A formula -> its value: the dispatch over the kinds of trees, and sums of terms."""

from __future__ import annotations

from ...errors import RefusedError
from ...expr.shape import SCALAR
from ..syntax import (
    Big,
    Cases,
    Derivative,
    Ellipsis_,
    Fenced,
    Fraction,
    Matrix,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Sum,
    Symbol,
    Text,
    Tree,
    Unknown,
)
from .brackets import fenced, scripted
from .branches import cases
from .calls import apply
from .chains import product
from .context import Context, Hint
from .quantities import is_open, quantity
from .roles import kind_of
from .sums import big, gathered, lengths
from .trees import Call, is_norm, mentions, walk
from .values import Misfit, Value, constant


def elaborate(ctx: Context, tree: Tree, hint: Hint | None) -> Value:
    """The value of a formula in its surroundings. Raises Misfit, ModelError, RefusedError."""
    if isinstance(tree, Number):
        return constant(tree.text)
    if isinstance(tree, Symbol):
        return quantity(ctx, tree, hint)
    if isinstance(tree, Script):
        if isinstance(tree.base, Symbol):
            return quantity(ctx, tree, hint)
        return scripted(ctx, tree, hint)
    if isinstance(tree, Product):
        return product(ctx, tree, hint)
    if isinstance(tree, Sum):
        return _sum(ctx, tree, hint)
    if isinstance(tree, Fraction):
        return _fraction(ctx, tree, hint)
    if isinstance(tree, Big):
        return big(ctx, tree, hint)
    if isinstance(tree, Fenced):
        return fenced(ctx, tree, hint)
    if isinstance(tree, Root):
        return _root(ctx, tree, hint)
    if isinstance(tree, Call):
        return apply(ctx, tree, hint)
    if isinstance(tree, Cases):
        return cases(ctx, tree, hint)
    return _refused(tree, ctx, hint)


def _refused(tree: Tree, ctx: Context, hint: Hint | None) -> Value:
    if isinstance(tree, Matrix):
        from .brackets import blocks

        return blocks(ctx, tree)
    raise unusable(tree)


_UNUSABLE: dict[type[Tree], tuple[str, str]] = {
    Derivative: ("a derivative inside a definition", "define the model without derivatives"),
    Ellipsis_: ("dots that stand for terms", "write the terms out, or use a sum"),
    Unknown: ("a question mark in a formula", "write down what it stands for"),
    Relation: ("a condition inside a formula", r"write it with \begin{cases}"),
    Text: ("words inside a formula", "put them outside the formula"),
}


def unusable(tree: Tree) -> RefusedError:
    """The error for a formula that nothing can be defined by, at the part that is to blame."""
    for node in walk(tree):
        if type(node) in _UNUSABLE:
            what, try_this = _UNUSABLE[type(node)]
            return RefusedError(f"{what} can't be used here", hint=try_this, span=node.span)
    return RefusedError(
        "this can't be used in a definition", hint="write it with other symbols", span=tree.span
    )


def _sum(ctx: Context, tree: Sum, hint: Hint | None) -> Value:
    r"""Terms: those whose shape is known first, the others in the light of those."""
    terms, signs = gathered(tree)
    if len(terms) == 1:
        value = ctx.value(terms[0], hint)
        return ctx.axes.elementwise("neg", value) if signs[0] == "-" else value
    values: list[Value | None] = [None] * len(terms)
    known: Value | None = None
    like = hint if hint is not None and hint.how != "like" else None
    certainty = [_certainty(ctx, term) for term in terms]
    for i in sorted(range(len(terms)), key=certainty.__getitem__):
        surroundings = _like(ctx, known, terms, hint) if certainty[i] else like
        value = ctx.value(terms[i], surroundings or hint)
        values[i] = value
        known = _joined(ctx, known, value, tree)
    out: Value | None = None
    for value, sign in zip(values, signs, strict=True):
        assert value is not None
        if out is None:
            out = ctx.axes.elementwise("neg", value) if sign == "-" else value
        else:
            out = ctx.axes.elementwise("sub" if sign == "-" else "add", out, value)
    assert out is not None
    return out


def _certainty(ctx: Context, term: Tree) -> int:
    """How much a term needs to be told: 0 for one without open names, most for a lone target."""
    if not is_open(ctx, term):
        return 0
    reference = ctx.refer(term)
    if reference is None:
        return 1
    order = {"inputs": 2, "input": 2, "matrix": 3, "vector": 3, "scalar": 4}
    return order.get(kind_of(reference.name), 5)


def _joined(ctx: Context, known: Value | None, value: Value, tree: Sum) -> Value:
    if known is None:
        return value
    try:
        return ctx.axes.elementwise("add", known, value)
    except Misfit as misfit:
        if misfit.span is None and ctx.explaining:
            shapes = [ctx.shown(ctx.axes.logical(v)) for v in (known, value)]
            misfit.what = "{} × {} and {} × {} can't be added".format(*shapes[0], *shapes[1])
            misfit.hint = "is a transpose or a sum missing?"
            misfit.span = tree.span
        raise


def _like(
    ctx: Context, known: Value | None, terms: tuple[Tree, ...], hint: Hint | None
) -> Hint | None:
    """What the known terms say about an open one."""
    if known is None:
        return None
    shape = ctx.axes.logical(known)
    if shape == SCALAR and hint is not None:
        return hint
    marked = any(isinstance(t, Product) and "odot" in t.operators for t in terms)
    return Hint("like", shape, known.labels, hadamard=marked)


def _fraction(ctx: Context, tree: Fraction, hint: Hint | None) -> Value:
    with ctx.counting(lengths(ctx, (tree.numerator, tree.denominator))):
        if _scales_a_direction(ctx, tree) and (hint is None or hint.how != "like"):
            hint = Hint("like", SCALAR)  # the g of `(g / |v|) v`
        with ctx.below(None):
            known = not is_open(ctx, tree.denominator)
        if known and is_open(ctx, tree.numerator):
            with ctx.below(None):
                below = ctx.value(tree.denominator)
            above = ctx.value(tree.numerator, hint)
        else:
            above = ctx.value(tree.numerator, hint)
            with ctx.below(above):
                below = ctx.value(tree.denominator, Hint("like", ctx.axes.logical(above)))
    try:
        return ctx.axes.elementwise("div", above, below)
    except Misfit as misfit:
        misfit.span = misfit.span or tree.span
        raise


def _scales_a_direction(ctx: Context, tree: Fraction) -> bool:
    """Whether a lone free name is divided by the norm of something else."""
    reference = ctx.refer(tree.numerator)
    if reference is None or not is_norm(tree.denominator) or not is_open(ctx, tree.numerator):
        return False
    if kind_of(reference.name) != "vector":
        return False
    inside = [ctx.refer(node) for node in mentions(tree.denominator)]
    return all(r is None or r.name != reference.name for r in inside)


def _root(ctx: Context, tree: Root, hint: Hint | None) -> Value:
    body = ctx.value(tree.body, hint)
    if tree.degree is None:
        return ctx.axes.elementwise("sqrt", body)
    one = constant(1)
    degree = ctx.value(tree.degree)
    return ctx.axes.elementwise("pow", body, ctx.axes.elementwise("div", one, degree))
