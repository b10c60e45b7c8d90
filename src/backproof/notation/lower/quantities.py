"""A symbol with its scripts -> its value: a quantity, a free name, a size, a constant."""

from __future__ import annotations

from dataclasses import replace

from ...errors import RefusedError
from ...expr.build import ONE
from ...expr.node import Expr
from ...expr.shape import SCALAR, Dim, Shape
from ..syntax import Number, Sum, Tree
from .context import Context, Hint
from .leaves import indexed, leaf
from .library import is_library, spelled
from .names import Reference
from .survey import squared_name
from .trees import mentions
from .values import Misfit, Value, constant

# Letters that count samples or entries where the note gives them no other meaning.
_COUNTS = frozenset("m n N M".split())


def quantity(ctx: Context, tree: Tree, hint: Hint | None) -> Value:
    """The value of a symbol with scripts. Raises Misfit, RefusedError."""
    reference = ctx.refer(tree)
    assert reference is not None
    base = reference.name.base
    powers = reference.powers
    if reference.name not in ctx.given:
        reference = replace(reference, name=ctx.survey.whole(reference))
    if base == "e" and not known(ctx, reference) and is_constant(reference):
        return _exponential(ctx, reference)
    if powers and squared_name(reference.name) in ctx.survey.definitions and _is_two(powers[0]):
        reference = Reference(
            squared_name(reference.name), reference.indices, powers[1:], reference.turned,
            reference.span,
        )  # fmt: skip
        powers = reference.powers
    inner = hint
    if powers and hint is not None and hint.how != "like":
        inner = None
    value = _plain(ctx, tree, reference, inner)
    try:
        value = indexed(ctx, value, reference)
    except Misfit as misfit:
        misfit.span = misfit.span or tree.span
        raise
    if reference.turned:
        value = value.T
    for power in powers:
        value = raised(ctx, value, power, tree)
    return value


def _is_two(tree: Tree) -> bool:
    return isinstance(tree, Number) and tree.text == "2"


def known(ctx: Context, reference: Reference) -> bool:
    """Whether the note says what the name is."""
    name = reference.name
    return name in ctx.given or name in ctx.values or name in ctx.leaves


def is_constant(reference: Reference) -> bool:
    r"""Whether a letter is Euler's number or pi: `e`, not the `e_t` or the `\pi_k` of a note."""
    name = reference.name
    return name.base in ("e", "pi") and not (
        name.sub or name.layer or name.marks or name.primes or reference.indices
    )


def _plain(ctx: Context, tree: Tree, reference: Reference, hint: Hint | None) -> Value:
    name = reference.name
    for table in (ctx.given, ctx.values):
        if name in table:
            return table[name]
    special = _special(ctx, tree, reference, hint)
    if special is not None:
        return special
    return leaf(ctx, reference, hint)


def _special(ctx: Context, tree: Tree, reference: Reference, hint: Hint | None) -> Value | None:
    name = reference.name
    if name in ctx.leaves:
        return None
    squared = squared_name(name)
    if squared in ctx.values:
        return ctx.axes.elementwise("sqrt", ctx.values[squared])
    if is_size(ctx, reference):
        return Value(Expr("size", (), _size(ctx, reference), SCALAR))
    if name.base == "pi" and is_constant(reference):
        return Value(Expr("constant", (), "pi"))
    if name.base == "1" and "?" in name.sub:
        raise RefusedError(
            "an indicator is not supported",
            hint="compare with <, >, ≤ or ≥, or use one-hot targets",
            span=tree.span,
        )
    if name.base == "1":
        return _ones(ctx, reference, hint)
    if name.base == "I" and not name.sub and not name.layer and not reference.indices:
        return _identity(ctx, hint)
    if name.base == "infty":
        raise RefusedError("infinity can't be used as a number", span=tree.span)
    if is_library(name.base) and len(name.base) > 1 and name.base not in ("sigma", "sup", "inf"):
        raise RefusedError(
            f"{name.base} stands without an argument", hint="put brackets round it", span=tree.span
        )
    return None


def is_size(ctx: Context, reference: Reference) -> bool:
    """Whether a letter means a number of samples or of entries."""
    name = reference.name
    if reference.indices or name.marks or name.primes or name in ctx.survey.definitions:
        return False
    plain = name.plain
    if plain in ctx.sizes or ctx.dims.known_letter(plain):
        return True
    if name in ctx.leaves or name in ctx.given:
        return False
    if plain in ctx.survey.size_letters or (plain in _COUNTS and ctx.denominator):
        return True
    # the width that the products of attention are divided by
    above = ctx.dividing
    return name.base == "d" and above is not None and above.expr.op == "matmul"


def _size(ctx: Context, reference: Reference) -> Dim:
    plain = reference.name.plain
    if plain in ctx.sizes:
        return ctx.sizes[plain]
    if plain in _COUNTS and not ctx.dims.known_letter(plain):
        ctx.dims.unify(ctx.dims.letter(plain), ctx.batch)
    found = ctx.dims.letter(plain)
    above = ctx.dividing
    if reference.name.base == "d" and above is not None and above.expr.op == "matmul":
        ctx.dims.unify(found, above.expr.args[0].shape[1])
    return found


def _ones(ctx: Context, reference: Reference, hint: Hint | None) -> Value:
    if hint is None or hint.how == "like":
        return constant(1)
    rows, columns = hint.shape
    if hint.how == "left":
        shape: Shape = (rows, 1) if reference.turned else (ctx.feature(), rows)
    elif reference.turned:
        shape = (ctx.batch if columns == 1 else columns, 1)
    else:
        shape = (columns, 1)
    return Value(Expr("broadcast", (ONE,), shape, shape))


def _identity(ctx: Context, hint: Hint | None) -> Value | None:
    if hint is None:
        return None
    dim = hint.shape[1] if hint.how == "right" else hint.shape[0]
    if hint.how == "like" and (dim == 1 or not ctx.dims.unify(*hint.shape)):
        return None
    if dim == 1:
        return None
    return Value(Expr("identity", (), None, (dim, dim)))


def _exponential(ctx: Context, reference: Reference) -> Value:
    if not reference.powers:
        return Value(Expr("constant", (), "e"))
    value = ctx.axes.elementwise("exp", ctx.value(reference.powers[0]))
    for power in reference.powers[1:]:
        value = raised(ctx, value, power, reference.powers[0])
    return value


def raised(ctx: Context, value: Value, power: Tree, tree: Tree) -> Value:
    """A value to a power, entry by entry. Raises RefusedError for the inverse of a matrix."""
    if is_minus_one(power) and 1 not in ctx.axes.logical(value):
        raise RefusedError(
            "the inverse of a matrix is not supported",
            hint="write the equation that the inverse solves, or name its result",
            span=tree.span,
        )
    exponent = ctx.value(power, Hint("like", SCALAR))
    for leaf_ in exponent.expr.args or (exponent.expr,):
        if leaf_.op == "name":
            ctx.exponents.add(leaf_.attr)
    return ctx.axes.elementwise("pow", value, exponent)


def is_minus_one(tree: Tree) -> bool:
    """Whether a power is -1."""
    return (
        isinstance(tree, Sum)
        and tree.signs == ("-",)
        and isinstance(tree.terms[0], Number)
        and tree.terms[0].text == "1"
    )


def is_open(ctx: Context, tree: Tree) -> bool:
    """Whether the formula mentions a free name that has no shape yet."""
    return any(_unsettled(ctx, node) for node in mentions(tree))


def _unsettled(ctx: Context, node: Tree) -> bool:
    reference = ctx.refer(node)
    if reference is None:
        return False
    if any(is_open(ctx, power) for power in reference.powers):
        return True
    name = reference.name
    if name in ctx.given or name in ctx.values or name in ctx.leaves:
        return False
    if name.base == "1":
        return True  # how many ones there are is told by what stands beside them
    if is_constant(reference) or name.base in ("axis", "keepdims", "True"):
        return False
    if name.base in ctx.scope:
        return False
    if name in ctx.survey.functions or is_library(spelled(node)):
        return False
    if squared_name(name) in ctx.values:
        return False
    return not is_size(ctx, reference)
