"""Free names: the shape that one is given where it first occurs.

The surroundings decide as far as they can (`b` is added to a matrix of samples, `W` stands before a
vector); where more than one shape would do, the choice is recorded and may be taken back.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import ModelError, RefusedError
from ...expr.build import name as leaf_of
from ...expr.name import Name
from ...expr.shape import SCALAR, Dim, Shape
from ..syntax import Fraction
from .context import Context, Hint, Index
from .names import Reference
from .roles import is_start, is_weight, kind_of, step_after
from .trees import is_norm
from .values import EACH, NO_LABELS, Misfit, Value, relabelled


def leaf(ctx: Context, reference: Reference, hint: Hint | None) -> Value:
    """The value of a free name with the indices that it carries here. Raises Misfit."""
    found = ctx.leaves.get(reference.name)
    if found is None:
        found = _made(ctx, reference, hint)
        ctx.trail.put(ctx.leaves, reference.name, found)
    return found


def _made(ctx: Context, reference: Reference, hint: Hint | None) -> Value:
    from .declared import declared_shape

    name = reference.name
    _not_a_part(ctx, reference)
    indices = [ctx.scope[x] for x, _ in reference.indices]
    samples = [i for i in indices if i.sample]
    entries = [i for i in indices if not i.sample]
    kind = kind_of(name)
    data = kind in ("input", "inputs", "target", "targets")
    whole = kind in ("inputs", "targets")
    # a formula about one sample, in a note that numbers its samples
    each = bool(samples) or (data and not whole and ctx.survey.indexed)
    given = declared_shape(ctx, name, each=each)
    if given is not None:
        return given
    if len(indices) == 2 and (len(entries) == 2 or not data):
        return Value(leaf_of(name, (indices[0].dim, indices[1].dim)))
    if len(entries) > 1 or len(indices) > 2:
        raise RefusedError(
            f"{name.plain} has {len(indices)} running indices; two are supported",
            hint="give the slices names of their own",
            span=reference.span,
        )
    if len(entries) == 1:
        return _with_entry(ctx, reference, entries[0], hint, each=each, data=data)
    options = _options(ctx, reference, hint)
    if name in ctx.survey.single:
        options = [SCALAR, *(s for s in options if s != SCALAR)]
    later = ctx.values.get(step_after(name))
    if later is not None and later.labels == NO_LABELS and not reference.turned:
        options.insert(0, ctx.axes.shape(later))
    if whole and not samples:
        batch = _over_batch(ctx, (ctx.feature(), 1) if ctx.survey.columns else (1, ctx.feature()))
        if is_start(name) and name.base != "A":
            options.append(batch)
        elif hint is None or hint.how != "like":
            options = [batch]
        elif batch not in options:
            options.append(batch)
    if is_weight(name) and not samples:
        options = _without_samples(ctx, options, reference, hint)
    shape = ctx.search.choose(options)
    if each and not any(ctx.dims.is_batch(d) for d in shape):
        if not ctx.survey.columns and shape[0] != 1:
            shape = (shape[1], shape[0])
        stored = _over_batch(ctx, shape)
        return relabelled(Value(leaf_of(name, stored)), ctx.axes.sample, EACH)
    return Value(leaf_of(name, shape))


def _without_samples(
    ctx: Context, options: list[Shape], reference: Reference, hint: Hint | None
) -> list[Shape]:
    """The shapes that do not grow with the batch. Raises Misfit where there is none."""
    left = [s for s in options if not any(map(ctx.dims.is_batch, s))]
    if not ctx.explaining and not left:
        raise Misfit("weights would run over the samples")
    if left == options or any(s != SCALAR for s in left) or hint is None or hint.how == "like":
        return left or options
    from .products import written_name

    turned = (".T" if ctx.survey.ascii else "ᵀ") if reference.turned else ""
    weight = reference.name.plain + turned
    other = (written_name(ctx, hint.tree) if hint.tree is not None else "") or "the other side"
    times = " @ " if ctx.survey.ascii else " "
    swapped = f"{other}{times}{weight}" if hint.how == "left" else f"{weight}{times}{other}"
    rows, columns = ctx.shown(hint.shape)
    span = reference.span
    if hint.tree is not None:
        first, second = (span, hint.tree.span) if hint.how == "left" else (hint.tree.span, span)
        span = first.to(second)
    raise Misfit(
        f"{other} is {rows} × {columns}: a matrix product with the weights {weight} on this side "
        "would run over the samples",
        hint=f"did you mean {swapped}?",
        span=span,
    )


def _not_a_part(ctx: Context, reference: Reference) -> None:
    """Refuse what looks like a free name and is meant as a piece of a quantity of the note."""
    name = reference.name
    if "?" in name.sub or "?" in name.layer:
        raise RefusedError(
            f"the script of {name.base} can't be read", hint="give the quantity a plain name",
            span=reference.span,
        )  # fmt: skip
    defined = ctx.survey.definitions
    sub = name.sub
    if len(sub.partition("_")[0]) == 1 and sub.isascii() and not name.primes:
        whole = replace(name, sub="")
        vector = whole in defined or (whole in ctx.survey.running and sub[0] in "ijklmnyt")
        if vector and not any(n.base == name.base and n.sub for n in defined):
            value = sub.partition("_")[0]
            if value in "yt":
                raise RefusedError(
                    f"{name.plain} picks one entry by the value of {value}, which is not supported",
                    hint=f"use one-hot targets and a sum, such as \\sum_k {value}_k {name.base}_k",
                    span=reference.span,
                )
            raise ModelError(
                f"the index {sub} of {name.plain} runs over nothing",
                hint=f"sum over {sub}, or put it on the left side too",
                span=reference.span,
            )
    for letter, _ in reference.indices:
        if any(n.base == name.base and letter in (n.sub, n.layer) for n in defined):
            raise RefusedError(
                f"a sum over the steps of a recurrence ({letter}) is not supported",
                hint="write the steps out, with numbers",
                span=reference.span,
            )
    layer = name.layer
    numbers = ctx.survey.layers.get((name.base, name.marks, name.sub), [])
    if layer.isdigit() and numbers and int(layer) > min(numbers):
        raise ModelError(
            f"{name.plain} is used and never defined",
            hint=f"the note defines {name.base} for {', '.join(map(str, sorted(numbers)))}",
            span=reference.span,
        )
    if layer.isalpha() and any(
        n.base == name.base and n.marks == name.marks and n.layer.isalpha() for n in defined
    ):
        raise RefusedError(
            "a network of symbolic depth is not supported",
            hint="write the layers out, with numbers",
            span=reference.span,
        )


def _over_batch(ctx: Context, shape: Shape) -> Shape:
    return (shape[0], ctx.batch) if ctx.survey.columns else (ctx.batch, shape[1])


def _with_entry(
    ctx: Context,
    reference: Reference,
    index: Index,
    hint: Hint | None,
    *,
    each: bool,
    data: bool,
) -> Value:
    """`x_k` is a number, an entry of a vector; `w_k` may be a vector, a column of a matrix."""
    name = reference.name
    across = ctx.batch if each else 1
    shape: Shape = (index.dim, across) if ctx.survey.columns else (across, index.dim)
    entry = Value(leaf_of(name, shape))
    if each:
        entry = relabelled(entry, ctx.axes.sample, EACH)
    told = hint is not None and hint.shape != SCALAR
    if hint is not None and told and hint.how == "like":
        rows, columns = hint.shape
        if 1 not in hint.shape or each:
            return entry
        # `x - c_j`: a vector for every j
        shape = (rows, index.dim) if columns == 1 else (index.dim, columns)
        return ctx.search.choose([Value(leaf_of(name, shape)), entry])
    if data or not (told or reference.turned):
        return entry
    length: Dim = ctx.feature()
    row = False
    if hint is not None and told:
        length = hint.shape[1] if hint.how == "right" else hint.shape[0]
        row = hint.how == "right" and hint.shape[0] == 1
        if length == 1:
            return entry
    column = Value(leaf_of(name, (length, index.dim)))
    # `q_i^T k_j`: behind a row stands a column
    return ctx.search.choose([column, entry] if reference.turned or row else [entry, column])


def _options(ctx: Context, reference: Reference, hint: Hint | None) -> list[Shape]:
    """The logical shapes that a name may have here, the likeliest first."""
    kind = kind_of(reference.name)
    if hint is None:
        found = _alone(ctx, kind)
    elif hint.how == "like":
        found = _alike(ctx, reference.name, kind, hint)
        if reference.turned:
            found = [(c, r) for r, c in found]
    else:
        found = _in_product(ctx, kind, hint, turned=reference.turned)
        if hint.between is not None and kind == "matrix":
            found = [hint.between, *found]
        if kind == "vector" and isinstance(hint.tree, Fraction) and is_norm(hint.tree.denominator):
            found = [SCALAR, *found]  # the length g of `g v / |v|`
        if is_start(reference.name) and not reference.turned and hint.shape[1] == 1:
            found = [hint.shape, *found] if hint.mark == "*" else [*found, hint.shape]
        if reference.turned:
            found = [(c, r) for r, c in found]
    unique: dict[Shape, None] = {}
    for shape in found:
        unique.setdefault(ctx.dims.shape(shape))
    return list(unique)


def _alone(ctx: Context, kind: str) -> list[Shape]:
    n = ctx.feature()
    column: Shape = (n, 1)
    row: Shape = (1, n)
    if kind == "scalar":
        return [SCALAR]
    if kind == "matrix":
        return [(ctx.feature(), n)]
    if kind == "vector":
        return [column, SCALAR]
    return [column if ctx.survey.columns else row]


# Greek letters that are as long as what they are added to, or scale entry by entry.
_VECTORS = frozenset("gamma beta mu nu".split())


def _alike(ctx: Context, name: Name, kind: str, hint: Hint) -> list[Shape]:
    """Added to, or multiplied entry by entry with, something of this shape."""
    shape = hint.shape
    if shape == SCALAR:
        return [SCALAR]
    if kind in ("target", "targets") and ctx.denominator:
        return [SCALAR, shape]  # the temperature T
    if kind in ("input", "inputs", "target", "targets"):
        return [shape]
    bias: Shape = (shape[0], 1) if ctx.survey.columns else (1, shape[1])
    batch = any(ctx.dims.is_batch(d) for d in shape)
    if kind == "scalar":
        first = hint.hadamard or (name.base in _VECTORS and not ctx.denominator)
        return [bias, SCALAR, shape] if first else [SCALAR, bias, shape]
    if kind == "matrix":
        return [shape, SCALAR, bias]
    if batch or 1 not in shape:
        return [bias, shape, SCALAR]
    return [shape, SCALAR]


def _in_product(ctx: Context, kind: str, hint: Hint, *, turned: bool) -> list[Shape]:
    """On the left or on the right of something, as it stands there (transposed if `turned`)."""
    rows, columns = hint.shape
    n = ctx.feature()
    if hint.shape == SCALAR:
        if kind in ("vector", "scalar") and not turned:
            return [SCALAR, *_alone(ctx, kind)]
        alone = _alone(ctx, kind)
        if kind == "matrix" and not turned:
            return [SCALAR, *alone]
        return [(c, r) for r, c in alone] if turned else alone
    left = hint.how == "left"
    full: Shape = (n, rows) if left else (columns, n)
    thin: Shape = (1, rows) if left else (columns, 1)
    if kind == "scalar" and not turned:
        # numbers are written in front: what stands behind a matrix is multiplied by it
        return [SCALAR, full, thin] if left else [thin, full, SCALAR]
    if kind == "scalar":
        return [thin, full]
    if kind == "matrix":
        # what stands before the rows of samples may mix them: a graph's adjacency
        return [full, (rows, rows)] if left and ctx.dims.is_batch(rows) else [full]
    if kind in ("target", "targets") and not turned and left and rows == 1 and (
        not ctx.dims.is_batch(columns)
    ):  # fmt: skip
        return [SCALAR, hint.shape, full, thin]  # `y w^T x` is about one sample
    if kind in ("target", "targets") and not turned and ctx.survey.columns and (
        not left and rows == 1 and columns != 1 and not ctx.dims.is_batch(columns)
    ):  # fmt: skip
        return [thin, hint.shape, full]  # `z^T y`
    if kind in ("target", "targets") and not turned:
        weight = not left and 1 not in hint.shape and not any(map(ctx.dims.is_batch, hint.shape))
        return [thin, full, hint.shape] if weight else [hint.shape, full, thin]
    if turned:
        if not left and columns == 1:
            return [full]
        return [thin, full]
    if hint.mark == "cdot" and columns == 1:
        return [hint.shape, full, SCALAR]  # `w \\cdot x`: the inner product of two columns
    if left:
        return [full, SCALAR, hint.shape] if ctx.survey.columns else [thin, full, SCALAR]
    return [thin, full, SCALAR, hint.shape]


def indexed(ctx: Context, value: Value, reference: Reference) -> Value:
    """A quantity with its running indices put on its axes. Raises Misfit."""
    found = [ctx.scope[x] for x, _ in reference.indices]
    lone = sum(not i.sample for i in found) == 1
    for index in found:
        value = _labelled(ctx, value, index, lone=lone)
    return value


def _labelled(ctx: Context, value: Value, index: Index, *, lone: bool) -> Value:
    dims = ctx.dims
    shape = dims.shape(value.expr.shape)
    batch = [a for a in (0, 1) if dims.is_batch(shape[a]) and value.labels[a] in ("", EACH)]
    open_axes = [a for a in (0, 1) if not value.labels[a] and shape[a] != 1 and a not in batch]
    chosen: int | None = None
    if index.sample:
        if not batch and any(value.labels[a] and dims.is_batch(shape[a]) for a in (0, 1)):
            return value  # the argument of a function brings its own sample
        chosen = batch[0] if batch else None
    elif open_axes:
        same = [a for a in open_axes if shape[a] == dims.find(index.dim)]
        if len(open_axes) == 2:
            chosen = same[0] if len(same) == 1 and lone else int(lone)
        else:
            chosen = open_axes[0]
    elif batch:
        chosen = batch[0]
    if chosen is None:
        # a quantity that does not depend on what the letter counts
        if value.labels == NO_LABELS and shape == SCALAR:
            return value
        raise Misfit(f"nothing in this quantity is counted by {index.letter}")
    if not dims.unify(shape[chosen], index.dim):
        raise Misfit(f"{index.letter} runs over something else here")
    return relabelled(value, chosen, index.letter)
