r"""What a product means: a scaling, a matrix product, or a product entry by entry.

`W x` and `a (1 - a)` are written alike. What the shapes allow decides; where they allow more than
one reading, the matrix product is preferred and the choice may be taken back.
"""

from __future__ import annotations

from ...errors import ShapeError, Span
from ...expr.shape import SCALAR, Shape, show_shape
from ..syntax import Product, Tree
from .context import Context
from .values import Misfit, Value

HADAMARD = frozenset({"odot", "circ"})
MATRIX = frozenset({"@"})


def combine(
    ctx: Context, operator: str, a: Value, b: Value, trees: tuple[Tree | None, Tree | None]
) -> Value:
    """One product of two values; `trees` are what they were written as. Raises ShapeError."""
    try:
        return _combine(ctx, operator, a, b)
    except Misfit as misfit:
        if not ctx.explaining:
            raise
        raise explain(ctx, operator, a, b, trees) from misfit


def _combine(ctx: Context, operator: str, a: Value, b: Value) -> Value:
    axes = ctx.axes
    la, lb = axes.logical(a), axes.logical(b)
    if operator == "/":
        return axes.elementwise("div", a, b)
    if operator in HADAMARD or (operator == "*" and ctx.survey.ascii):
        return axes.elementwise("mul", a, b)
    if operator in MATRIX:
        if SCALAR in (la, lb) and la[1] != lb[0]:
            raise Misfit("a matrix product with a number")
        return axes.matmul(a, b)
    if operator == "otimes" and la[1] == 1 == lb[1] and SCALAR not in (la, lb):
        return axes.matmul(a, b.T)
    if SCALAR in (la, lb):
        return axes.elementwise("mul", a, b)
    if operator == "cdot" and la[1] == 1 == lb[1] and ctx.dims.unify(la[0], lb[0]):
        if ctx.search.choose(["dot", "entry by entry"]) == "dot":
            return axes.matmul(a.T, b)
        return axes.elementwise("mul", a, b)
    return _beside(ctx, a, b)


def _beside(ctx: Context, a: Value, b: Value) -> Value:
    axes = ctx.axes
    la, lb = axes.logical(a), axes.logical(b)
    if la[1] == lb[0]:
        return axes.matmul(a, b)
    if la == lb:
        return axes.elementwise("mul", a, b)
    readings: list[str] = []
    mark = ctx.trail.mark
    for reading in ("matmul", "mul"):
        try:
            if reading == "matmul":
                axes.matmul(a, b)
            elif ((la[0] == 1) == (lb[0] == 1) and (la[1] == 1) == (lb[1] == 1)) or _per_sample(
                ctx, la, lb
            ):
                axes.elementwise("mul", a, b)
            else:
                continue
            readings.append(reading)
        except Misfit:
            pass
        ctx.trail.back_to(mark)
    if not readings:
        raise Misfit("neither a matrix product nor one entry by entry")
    if ctx.search.choose(readings) == "matmul":
        return axes.matmul(a, b)
    return axes.elementwise("mul", a, b)


def _per_sample(ctx: Context, la: Shape, lb: Shape) -> bool:
    """Whether the left side is one number for each sample: `(1, m)` beside `(n, m)`."""
    return any(
        ctx.dims.is_batch(la[axis]) and la[1 - axis] == 1 and la[axis] == lb[axis]
        for axis in (0, 1)
    )


def described(ctx: Context, tree: Tree | None, value: Value, side: str) -> str:
    """`W1 is h × n`."""
    shape = ctx.shown(ctx.axes.logical(value))
    name = written_name(ctx, tree)
    return f"{name or side} is {show_shape(shape)}"


def written_name(ctx: Context, tree: Tree | None) -> str:
    """The plain name of what a tree refers to, with its transpose; nothing for longer formulas."""
    if tree is None:
        return ""
    if isinstance(tree, Product) and len(tree.factors) <= 3:
        names = [written_name(ctx, f) for f in tree.factors]
        return (" @ " if ctx.survey.ascii else " ").join(names) if all(names) else ""
    reference = ctx.refer(tree)
    if reference is None or reference.powers:
        return ""
    turned = (".T" if ctx.survey.ascii else "ᵀ") if reference.turned else ""
    return reference.name.plain + turned


def explain(
    ctx: Context,
    operator: str,
    a: Value,
    b: Value,
    trees: tuple[Tree | None, Tree | None],
) -> ShapeError:
    """The error for a product that fits in no reading, with a repair that does."""
    left = described(ctx, trees[0], a, "the left side")
    right = described(ctx, trees[1], b, "the right side")
    la, lb = ctx.shown(ctx.axes.logical(a)), ctx.shown(ctx.axes.logical(b))
    if operator in HADAMARD or operator in ("*", "/"):
        what = f"{left}, {right}: entry by entry the shapes must agree"
    else:
        what = f"{left}, {right}: the inner dimensions {la[1]} and {lb[0]} differ"
    span: Span | None = None
    if trees[0] is not None and trees[1] is not None:
        span = trees[0].span.to(trees[1].span)
    return Misfit(what, hint=_repair(ctx, operator, a, b, trees), span=span)


def _repair(
    ctx: Context, operator: str, a: Value, b: Value, trees: tuple[Tree | None, Tree | None]
) -> str:
    """What to write instead, found by trying it out."""
    x, y = written_name(ctx, trees[0]), written_name(ctx, trees[1])
    plain = ctx.survey.ascii
    times, hadamard = (" @ ", " * ") if plain else (" ", " ⊙ ")

    def turned(text: str) -> str:
        bare = text.removesuffix("ᵀ").removesuffix(".T")
        if " " in text:
            text = f"({text})"
        return bare if bare != text else f"{text}.T" if plain else f"{text}ᵀ"

    axes = ctx.axes
    tries = [
        (lambda: axes.matmul(a, b), f"{x}{times}{y}", "a matrix product"),
        (lambda: axes.matmul(a, b.T), f"{x}{times}{turned(y)}", "to transpose the right side"),
        (lambda: axes.matmul(a.T, b), f"{turned(x)}{times}{y}", "to transpose the left side"),
        (lambda: axes.matmul(b, a), f"{y}{times}{x}", "to swap the two sides"),
        (lambda: axes.elementwise("mul", a, b), f"{x}{hadamard}{y}", "a product entry by entry"),
    ]
    mark = ctx.trail.mark
    matrix = not (operator in HADAMARD or operator in ("*", "/"))
    for attempt, text, words in tries[1:] if matrix else tries[:4]:
        try:
            attempt()
        except Misfit:
            continue
        finally:
            ctx.trail.back_to(mark)
        return f"did you mean {text if x and y else words}?"
    return "check the shapes of the two sides"
