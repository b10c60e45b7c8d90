r"""Shapes that a note declares: `W \in \mathbb{R}^{h \times n}`, `W1: (h, n)`."""

from __future__ import annotations

from ...errors import ShapeError, Span
from ...expr.build import name as leaf_of
from ...expr.name import Name
from ...expr.shape import SCALAR, Dim, Shape, add_dims, show_shape
from ..syntax import Fenced, Number, Product, Sum, Tree
from .context import Context
from .names import refer
from .roles import kind_of
from .trees import index_text
from .values import EACH, Value, relabelled

_IGNORED = frozenset({"text", "?"})


def read_declarations(ctx: Context) -> None:
    """Take in all declared shapes. Raises ShapeError where two contradict each other."""
    for tree, sizes, span in ctx.survey.declared:
        reference = refer(tree, (), bare_layers=ctx.survey.bare_layers)
        if reference is None or len(sizes) > 2:
            continue
        dims = [_dim(ctx, size) for size in sizes]
        if any(d is None for d in dims):
            continue
        found = tuple(d for d in dims if d is not None)
        before = ctx.declared.get(reference.name)
        if before is not None and not _same(ctx, before[0], found):
            raise ShapeError(
                f"{reference.name.plain} is declared twice, as {_shown(ctx, before[0])} and as "
                f"{_shown(ctx, found)}",
                hint="keep one of them",
                span=span,
            )
        ctx.declared[reference.name] = (found, span)


def _dim(ctx: Context, tree: Tree) -> Dim | None:
    if isinstance(tree, Number):
        return int(tree.text) if tree.text.isdigit() else None
    if isinstance(tree, Sum) and set(tree.signs) == {"+"}:
        parts = [_dim(ctx, t) for t in tree.terms]
        return None if None in parts else add_dims(tuple(p for p in parts if p is not None))
    if isinstance(tree, Fenced) and len(tree.items) == 1:
        return _dim(ctx, tree.items[0])
    if isinstance(tree, Product):
        return None
    reference = refer(tree, ())
    if reference is not None and not reference.powers:
        return ctx.dims.letter(reference.name.plain, rigid=True)
    text = index_text(tree)
    return ctx.dims.letter(text, rigid=True) if text else None


def _same(ctx: Context, one: tuple[Dim, ...], two: tuple[Dim, ...]) -> bool:
    return tuple(map(ctx.dims.find, one)) == tuple(map(ctx.dims.find, two))


def _shown(ctx: Context, sizes: tuple[Dim, ...]) -> str:
    named = [ctx.shown_dim(d) for d in sizes]
    return " × ".join(named)


def declared_shape(ctx: Context, name: Name, *, each: bool) -> Value | None:
    """The value of a free name whose shape the note declares. Raises ShapeError."""
    found = ctx.declared.get(name)
    if found is None:
        return None
    sizes, _ = found
    data = kind_of(name) in ("input", "inputs", "target", "targets")
    columns = ctx.survey.columns
    if not sizes:
        return _each(ctx, name, 1) if each else Value(leaf_of(name, SCALAR))
    if len(sizes) == 2:
        shape: Shape = (sizes[0], sizes[1])
        if data and kind_of(name) in ("inputs", "targets"):
            ctx.dims.unify(shape[ctx.axes.sample], ctx.batch)
        elif each and 1 in shape:
            return _each(ctx, name, shape[0] if shape[1] == 1 else shape[1])
        return Value(leaf_of(name, shape))
    if each:
        return _each(ctx, name, sizes[0])
    column: Shape = (sizes[0], 1)
    row: Shape = (1, sizes[0])
    if columns:
        return Value(leaf_of(name, column))
    first, second = (row, column) if data or name.base in ("b", "c") else (column, row)
    return Value(leaf_of(name, ctx.search.choose([first, second])))


def _each(ctx: Context, name: Name, size: Dim) -> Value:
    shape = (size, ctx.batch) if ctx.survey.columns else (ctx.batch, size)
    return relabelled(Value(leaf_of(name, shape)), ctx.axes.sample, EACH)


def check_declared(ctx: Context, name: Name, value: Value, span: Span | None) -> None:
    """Compare a defined quantity with its declaration. Raises ShapeError naming both shapes."""
    found = ctx.declared.get(name)
    if found is None:
        return
    sizes, _ = found
    logical = ctx.axes.logical(value)
    if not sizes:
        wanted: Shape = SCALAR
    elif len(sizes) == 2:
        wanted = (sizes[0], sizes[1])
    else:
        wanted = (sizes[0], 1) if ctx.survey.columns else (1, sizes[0])
    batch = ctx.axes.sample
    fits = True
    for axis in (0, 1):
        if len(sizes) < 2 and axis == batch and ctx.dims.is_batch(logical[axis]):
            continue
        one = wanted[axis] == 1 and ctx.dims.make_one(logical[axis])
        fits = fits and (one or ctx.dims.unify(logical[axis], wanted[axis]))
    if not fits:
        shown, said = show_shape(ctx.shown(logical)), show_shape(ctx.shown(wanted))
        raise ShapeError(
            f"{name.plain} is declared as {said}, but its formula is {shown}",
            hint="change the declaration, or the shapes that the formula is made of",
            span=span,
        )
