r"""Sums with indices: what the letter runs over, and how the sum is closed.

A product of two factors that both carry the letter becomes a matrix product: `\sum_k w_{jk} x_k` is
`W x`. A letter that tells names apart (`\sum_l \|W^{(l)}\|^2`) is replaced by its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...errors import ModelError, RefusedError
from ...expr.model import Remark
from ...expr.name import Name
from ...expr.node import Expr
from ...expr.shape import SCALAR, Dim
from ..syntax import Big, Fenced, Fraction, Number, Product, Relation, Script, Sum, Symbol, Tree
from .context import Context, Hint, Index
from .indices import binders, free_letters, upper_limit
from .names import refer
from .trees import base_symbol, children, index_text, walk, with_index
from .values import EACH, Misfit, Value

_REFUSED = {
    "int": "an integral", "oint": "an integral", "E": "an expectation", "argmax": "argmax",
    "argmin": "argmin", "lim": "a limit", "sup": "sup", "inf": "inf",
}  # fmt: skip


def lengths(ctx: Context, trees: Iterable[Tree]) -> dict[str, Dim]:
    r"""The upper limits of the sums in a product: the m that `\frac1m \sum_{i=1}^m` divides by."""
    found: dict[str, Dim] = {}
    for tree in trees:
        inner = tree.factors[-1] if isinstance(tree, Product) else tree
        if isinstance(inner, Fenced) and len(inner.items) == 1:
            inner = inner.items[0]
        while isinstance(inner, Big):
            limit = upper_limit(inner)
            text = index_text(limit) if limit is not None else None
            if text and not text.isdigit() and inner.kind == "sum":
                for letter in binders(inner):
                    found.setdefault(text, _dim(ctx, inner, letter))
            inner = inner.body
            if isinstance(inner, Product):
                inner = inner.factors[-1]
    return found


def _dim(ctx: Context, big: Big, letter: str) -> Dim:
    """What a bound letter counts; the same for every look at the same sum."""
    if (big.span, letter) in ctx.survey.sample_sums:
        return ctx.batch
    key = (big.span, letter, ctx.steps)
    dim = ctx.limits.get(key)
    if dim is None:
        dim = ctx.feature()
        ctx.trail.put(ctx.limits, key, dim)
    return dim


def gathered(tree: Sum) -> tuple[tuple[Tree, ...], tuple[str, ...]]:
    r"""The terms, where a sum without brackets takes in the terms behind it that use its letter:
    `\sum_i y_i \log p_i + (1 - y_i) \log (1 - p_i)`."""
    terms: list[Tree] = []
    signs: list[str] = []
    for term, sign in zip(tree.terms, tree.signs, strict=True):
        bound = _open_letters(terms[-1]) if terms else set[str]()
        if bound & free_letters(term).keys():
            terms[-1] = _extended(terms[-1], term, sign)
            continue
        terms.append(term)
        signs.append(sign)
    return tuple(terms), tuple(signs)


def _last_big(tree: Tree) -> Big | None:
    if isinstance(tree, Product):
        tree = tree.factors[-1]
    return tree if isinstance(tree, Big) else None


def _open_letters(tree: Tree) -> set[str]:
    big = _last_big(tree)
    found: set[str] = set()
    while big is not None:
        found |= set(binders(big))
        big = _last_big(big.body)
    return found


def _extended(tree: Tree, term: Tree, sign: str) -> Tree:
    if isinstance(tree, Product):
        last = _extended(tree.factors[-1], term, sign)
        span = tree.span.to(term.span)
        return Product(span, (*tree.factors[:-1], last), tree.operators)
    assert isinstance(tree, Big)
    inner = _last_big(tree.body)
    if inner is not None and set(binders(inner)) & free_letters(term).keys():
        body = _extended(tree.body, term, sign)
    elif isinstance(tree.body, Sum):
        body = Sum(tree.body.span.to(term.span), (*tree.body.terms, term), (*tree.body.signs, sign))
    else:
        body = Sum(tree.body.span.to(term.span), (tree.body, term), ("+", sign))
    return Big(tree.span, tree.kind, tree.below, tree.above, body)


def big(ctx: Context, tree: Big, hint: Hint | None) -> Value:
    """The value of a sum or another operator with limits. Raises Misfit, RefusedError."""
    if tree.kind == "sum":
        found = binders(tree)
        if not found:
            return _without_index(ctx, tree)
        return _sum(ctx, tree, found)
    if tree.kind in ("max", "min"):
        return _extreme(ctx, tree)
    if tree.kind == "prod":
        raise RefusedError(
            "a product over an index is not supported",
            hint="take its logarithm: a sum of logarithms",
            span=tree.span,
        )
    what = _REFUSED.get(tree.kind, f"the operator {tree.kind}")
    raise RefusedError(
        f"{what} is not supported", hint="write it as a sum over samples", span=tree.span
    )


def big_of_product(ctx: Context, tree: Big, front: list[Tree], hint: Hint | None) -> Value:
    r"""A sum without index behind its factors: `\frac1m \sum y \log a` is over samples too."""
    if tree.kind != "sum":
        return big(ctx, tree, hint)
    mean = any(isinstance(node, Fraction) for f in front for node in walk(f)) or any(
        isinstance(f, Symbol) for f in front
    )
    return _without_index(ctx, tree, samples=mean)


def _without_index(ctx: Context, tree: Big, *, samples: bool = False) -> Value:
    value = ctx.value(tree.body)
    if samples and EACH in value.labels:
        value = Value(value.expr, ("" if value.labels[0] == EACH else value.labels[0],
                                   "" if value.labels[1] == EACH else value.labels[1]))  # fmt: skip
    return ctx.axes.total(value)


def _sum(ctx: Context, tree: Big, found: list[str]) -> Value:
    if _excludes(tree):
        raise RefusedError(
            "a sum that leaves one index out is not supported",
            hint="sum over all of them and subtract the one",
            span=tree.below.span if tree.below else tree.span,
        )
    numbers = _numbers(ctx, tree, found)
    if numbers is not None:
        return _spelled_out(ctx, tree, found[0], numbers)
    indices = [
        Index(x, (tree.span, x) in ctx.survey.sample_sums, _dim(ctx, tree, x)) for x in found
    ]
    for index in indices:
        _bounds(ctx, tree, index)
    with ctx.within(*indices):
        return _closed(ctx, tree, indices)


def _excludes(tree: Big) -> bool:
    return isinstance(tree.below, Relation) and "!=" in tree.below.operators


def _bounds(ctx: Context, tree: Big, index: Index) -> None:
    """Take the length from the limits; remark on a sum over samples that starts at 0."""
    upper = upper_limit(tree)
    start = _lower(tree)
    if isinstance(upper, Number) and upper.text.isdigit():
        ctx.dims.unify(index.dim, int(upper.text) - (start or 1) + 1)
    elif upper is not None:
        text = index_text(upper)
        if text and isinstance(upper, Symbol | Script):
            ctx.dims.unify(index.dim, ctx.dims.letter(text))
            if start == 0 and index.sample:
                fields = {"letter": index.letter, "upper": text}
                ctx.remark(Remark("sum_from_zero", tree.span, fields))


def _lower(tree: Big) -> int | None:
    below = tree.below
    if isinstance(below, Relation) and isinstance(below.sides[-1], Number):
        text = below.sides[-1].text
        return int(text) if text.isdigit() else None
    return None


def _numbers(ctx: Context, tree: Big, found: list[str]) -> list[int] | None:
    """The numbers a letter stands for where it tells names apart: layers, steps, parts."""
    if len(found) != 1:
        return None
    letter = found[0]
    if (tree.span, letter) in ctx.survey.sample_sums and not isinstance(tree.above, Number):
        return None
    sets: list[set[int]] = []
    for node in _scripts(tree.body):
        if letter not in free_letters(node):
            continue
        symbol = base_symbol(node)
        reference = refer(node, ())
        if symbol is None or reference is None:
            continue
        if letter not in (reference.name.layer, reference.name.sub):
            return None
        numbers = ctx.survey.numbered.get(reference.name.base)
        if not numbers and _number(tree.above) is not None and not _whole(ctx, reference.name):
            continue  # `y_t` beside `h_1, h_2, h_3`
        if not numbers:
            return None
        sets.append(numbers)
    if not sets:
        return None
    common = sets[0].intersection(*sets)
    lower = _lower(tree)
    if isinstance(tree.above, Number) and tree.above.text.isdigit():
        return list(range(lower if lower is not None else 1, int(tree.above.text) + 1))
    return sorted(n for n in common if n >= (1 if lower is None else lower)) or None


def _number(tree: Tree | None) -> int | None:
    return int(tree.text) if isinstance(tree, Number) and tree.text.isdigit() else None


def _whole(ctx: Context, name: Name) -> bool:
    """Whether the note has the quantity without any index too."""
    bare = replace(name, layer="", sub="")
    survey = ctx.survey
    return bare in survey.definitions or bare in survey.small or bare in survey.capitals


def _scripts(tree: Tree) -> Iterator[Script]:
    """The scripted symbols of a formula, those in the limits of sums left aside."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Big):
            stack.append(node.body)
            continue
        if isinstance(node, Script):
            yield node
        stack += children(node)


def _spelled_out(ctx: Context, tree: Big, letter: str, numbers: list[int]) -> Value:
    total: Value | None = None
    for number in numbers:
        with ctx.step(number):
            term = ctx.value(with_index(tree.body, letter, number))
        total = term if total is None else ctx.axes.elementwise("add", total, term)
    if total is None:
        raise ModelError("this sum has no terms", hint="check its limits", span=tree.span)
    return total


def _closed(ctx: Context, tree: Big, indices: list[Index]) -> Value:
    contracted = _contraction(ctx, tree, indices)
    if contracted is not None:
        return contracted
    value = ctx.value(tree.body)
    if len(indices) == 2 and {i.letter for i in indices} == set(value.labels):
        return ctx.axes.total(Value(value.expr))
    for index in reversed(indices):
        value = _close(ctx, value, index, tree)
    return value


def _close(ctx: Context, value: Value, index: Index, tree: Big) -> Value:
    for label in (index.letter, EACH if index.sample else index.letter):
        if label in value.labels:
            return ctx.axes.reduced(value, value.labels.index(label))
    shape = ctx.axes.shape(value)
    for axis in (0, 1):
        if index.sample and not value.labels[axis] and ctx.dims.is_batch(shape[axis]):
            return ctx.axes.reduced(value, axis)
    if not index.sample and ctx.axes.logical(value) != SCALAR:
        return ctx.axes.total(value)
    times = Value(Expr("size", (), index.dim, SCALAR))
    return ctx.axes.elementwise("mul", times, value)


def _contraction(ctx: Context, tree: Big, indices: list[Index]) -> Value | None:
    r"""`\sum_k w_{jk} x_k`: two factors whose indices differ beside k make a matrix product."""
    from .chains import factors_of

    if len(indices) != 1 or not isinstance(tree.body, Product):
        return None
    letter = indices[0].letter
    parts = factors_of(ctx, tree.body)
    if parts is None:
        return None
    carrying = [v for v in parts if letter in v.labels]
    if len(carrying) < 2:
        return None
    carrying = _merged(ctx, carrying)
    if len(carrying) != 2 or set(carrying[0].labels) == set(carrying[1].labels):
        if (
            len(carrying) == 2
            and ctx.axes.is_scalar(carrying[0])
            and ctx.axes.is_scalar(carrying[1])
        ):
            return None
        if len(carrying) != 2:
            return None
    a, b = carrying
    if ctx.axes.logical(a) == SCALAR or ctx.axes.logical(b) == SCALAR or _outer(ctx, a, b):
        product = ctx.axes.outer_sum(a, b, letter)
    else:
        return None
    product = _upright(ctx, product, a, b)
    for v in parts:
        if letter not in v.labels:
            product = ctx.axes.elementwise("mul", v, product)
    return product


def _outer(ctx: Context, a: Value, b: Value) -> bool:
    la, lb = ctx.axes.logical(a), ctx.axes.logical(b)
    return la[1] == 1 and lb[0] == 1


def _upright(ctx: Context, product: Value, a: Value, b: Value) -> Value:
    """A sum of column vectors is a column: `\\sum_i c_i x_i` is X c, not its transpose."""
    logical = ctx.axes.logical(product)
    wanted = [v for v in (a, b) if ctx.axes.logical(v) != SCALAR]
    if len(wanted) == 1:
        shape = ctx.axes.logical(wanted[0])
        if (shape[1] == 1) != (logical[1] == 1):
            return product.T
    return product


def _merged(ctx: Context, values: list[Value]) -> list[Value]:
    """Factors with the same indices multiplied together, until two are left."""
    out = list(values)
    i = 0
    while len(out) > 2 and i < len(out):
        for j in range(i + 1, len(out)):
            if len((set(out[i].labels) | set(out[j].labels)) - {""}) <= 2:
                try:
                    joined = ctx.axes.elementwise("mul", out[i], out[j])
                except Misfit:
                    continue
                out[i] = joined
                del out[j]
                i = -1
                break
        i += 1
    return out


def _extreme(ctx: Context, tree: Big) -> Value:
    r"""`\max_j z_j`: over the index, or over all entries where there is none."""
    found = binders(tree)
    indices = [
        Index(x, (tree.span, x) in ctx.survey.sample_sums, _dim(ctx, tree, x)) for x in found
    ]
    with ctx.within(*indices):
        value = ctx.value(tree.body)
    if tree.kind == "min":
        value = ctx.axes.elementwise("neg", value)
    for index in indices:
        if index.letter not in value.labels:
            raise Misfit(f"nothing here is counted by {index.letter}", span=tree.span)
        value = ctx.axes.reduced(value, value.labels.index(index.letter), "amax")
    if not indices:
        value = ctx.axes.total(value, "amax")
    return ctx.axes.elementwise("neg", value) if tree.kind == "min" else value
