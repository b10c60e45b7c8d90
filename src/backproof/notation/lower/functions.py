"""The functions of the library, applied to what a note hands them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import ModelError, RefusedError
from ...expr.build import ONE
from ...expr.node import Expr
from ...expr.shape import SCALAR, Dim, add_dims
from ..syntax import Number, Relation, Script, Symbol, Tree
from .context import Context, Hint
from .formulas import extra_arguments, formula
from .library import ENTRYWISE, FORMULAS, MIXING, spelled
from .trees import base_symbol, index_text
from .values import EACH, Misfit, Value, constant

_Rule = Callable[[Context, Sequence[Tree], Tree, Hint | None], Value]


def apply_library(
    ctx: Context, head: Tree, arguments: Sequence[Tree], call: Tree, hint: Hint | None
) -> Value:
    """A library function of its arguments. Raises Misfit, ModelError for a wrong number of them."""
    base = spelled(head)
    like = hint if hint is not None and hint.how == "like" else None
    try:
        if base in ENTRYWISE:
            _count(arguments, 1, 1, base, call)
            value = ctx.axes.elementwise(ENTRYWISE[base], ctx.value(arguments[0], like))
            return _in_base(ctx, head, base, value)
        if base in FORMULAS:
            return _with_formula(ctx, head, arguments, call, like)
        if MIXING[base] in ("softmax", "log_softmax", "logsumexp"):
            arguments = [*arguments, *_running(ctx, head)]
        else:
            _refuse_subscript(head, base)
        return _MIXING[MIXING[base]](ctx, arguments, call, like)
    except Misfit as misfit:
        misfit.span = misfit.span or call.span
        raise


def _below(head: Tree, base: str) -> tuple[Tree, ...]:
    """What stands below a function and is no part of its name."""
    if not isinstance(head, Script) or base != getattr(head.base, "base", ""):
        return ()
    return head.subs


def _refuse_subscript(head: Tree, base: str) -> None:
    """Nothing that stands below a function is passed over. Raises RefusedError."""
    if _below(head, base):
        raise RefusedError(
            f"the subscript of {base} can't be read",
            hint=f"write {base} without it, or define a function of your own",
            span=head.span,
        )


def _running(ctx: Context, head: Tree) -> list[Tree]:
    r"""The j of `\text{softmax}_j(e_{ij})`, handed on like `axis = j`."""
    if not isinstance(head, Script):
        return []
    found = [s for s in head.subs if isinstance(s, Symbol) and s.base in ctx.scope]
    return [Relation(s.span, (Symbol(s.span, "axis", (), "axis"), s), ("=",)) for s in found]


def _count(arguments: Sequence[Tree], least: int, most: int, base: str, call: Tree) -> None:
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ModelError(
            f"{base} takes {wanted} argument{'s' if most > 1 else ''}, not {len(arguments)}",
            hint="check the commas inside the brackets",
            span=call.span,
        )


def _in_base(ctx: Context, head: Tree, base: str, value: Value) -> Value:
    r"""`\log_2 x` is the natural logarithm divided by that of 2."""
    if base not in ("log", "ln") or not isinstance(head, Script) or not head.subs:
        _refuse_subscript(head, base)
        return value
    text = index_text(head.subs[0])
    if text == "e":
        return value
    if text is None or not text.isdigit():
        _refuse_subscript(head, base)
    of_base = ctx.axes.elementwise("log", constant(text or ""))
    return ctx.axes.elementwise("div", value, of_base)


def _with_formula(
    ctx: Context, head: Tree, arguments: Sequence[Tree], call: Tree, like: Hint | None
) -> Value:
    base, symbol = spelled(head), base_symbol(head)
    kind = FORMULAS[base]
    below = _below(head, base)
    if len(below) == 1 and len(arguments) == 1 and extra_arguments(kind):
        arguments = [*arguments, *below]  # `ELU_a(z)`
    else:
        _refuse_subscript(head, base)
    most = 1 + extra_arguments(kind)
    _count(arguments, 2 if kind == "prelu" else 1, most, base, call)
    latex = symbol.written if symbol is not None and not ctx.survey.ascii else ""
    function = formula(kind, latex, len(arguments) - 1)
    values = [ctx.value(arguments[0], like)]
    values += [ctx.value(a, Hint("like", SCALAR)) for a in arguments[1:]]
    return ctx.axes.elementwise("call", *values, attr=function)


def feature_axis(ctx: Context, v: Value) -> int:
    """The axis that classes lie on: the longer one of a vector, that of features of a matrix."""
    rows, columns = ctx.axes.logical(v)
    if columns == 1 and rows != 1:
        return 0
    if rows == 1 and columns != 1:
        return 1
    if rows == 1 and columns == 1 and any(v.labels):
        labelled = [a for a in (0, 1) if v.labels[a] and not ctx.dims.is_batch(v.expr.shape[a])]
        return labelled[0] if len(labelled) == 1 else ctx.axes.feature
    return ctx.axes.feature


def _softmax(op: str) -> _Rule:
    def apply(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
        letter = _letter_of(arguments)
        arguments, axis = _axis_of(arguments)
        _count(arguments, 1, 1, op, call)
        v = ctx.value(arguments[0], like)
        if letter in v.labels:
            axis = v.labels.index(letter)
        along = feature_axis(ctx, v) if axis is None else axis
        if ctx.dims.find(v.expr.shape[along]) == 1:
            raise Misfit(f"{op} of a single number", hint="give it a vector of scores")
        ctx.dims.has_several(v.expr.shape[along])
        return Value(
            Expr(op, (v.expr,), "rows" if along == 0 else "columns", v.expr.shape), v.labels
        )

    return apply


def _axis_of(arguments: Sequence[Tree]) -> tuple[list[Tree], int | None]:
    """The arguments without `axis = 0` and `keepdims = True`, and the axis."""
    rest: list[Tree] = []
    axis: int | None = None
    for argument in arguments:
        if isinstance(argument, Relation) and isinstance(argument.sides[0], Symbol):
            key, text = argument.sides[0].base, index_text(argument.sides[-1] or argument)
            if key in ("axis", "dim"):
                axis = {"0": 0, "1": 1, "-1": 1, "-2": 0}.get(text or "")
                continue
            if key in ("keepdims", "keepdim"):
                continue
        rest.append(argument)
    return rest, axis


def _letter_of(arguments: Sequence[Tree]) -> str:
    """The running index that an axis is named by, or nothing that could be one."""
    for argument in arguments:
        if isinstance(argument, Relation) and isinstance(argument.sides[-1], Symbol):
            return argument.sides[-1].base
    return "?"


def over(ctx: Context, v: Value, axis: int | None, op: str = "sum") -> Value:
    """A reduction along an axis, or over all logical entries."""
    return ctx.axes.total(v, op) if axis is None else ctx.axes.reduced(v, axis, op)


def counted(ctx: Context, v: Value, axis: int | None) -> list[Dim]:
    """The dimensions that a mean divides by."""
    shape = ctx.axes.shape(v)
    axes = (0, 1) if axis is None else (axis,)
    return [shape[a] for a in axes if shape[a] != 1 and not v.labels[a]]


def mean(ctx: Context, v: Value, axis: int | None) -> Value:
    r"""The mean, as `\frac1m \sum` writes it."""
    total = over(ctx, v, axis)
    sizes = [Value(Expr("size", (), d, SCALAR)) for d in counted(ctx, v, axis)]
    if not sizes:
        return total
    below = sizes[0]
    for s in sizes[1:]:
        below = ctx.axes.elementwise("mul", below, s)
    share = ctx.axes.elementwise("div", Value(ONE), below)
    return ctx.axes.elementwise("mul", share, total)


def _sum(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    _count(arguments, 1, 1, "sum", call)
    return over(ctx, ctx.value(arguments[0]), axis)


def _mean(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    _count(arguments, 1, 1, "mean", call)
    v = ctx.value(arguments[0])
    if EACH in v.labels and axis is None:
        v = Value(v.expr)
    return mean(ctx, v, axis)


def _var(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    _count(arguments, 1, 1, "var", call)
    v = ctx.value(arguments[0])
    apart = ctx.axes.elementwise("sub", v, mean(ctx, v, axis))
    return mean(ctx, ctx.axes.elementwise("pow", apart, constant(2)), axis)


def _std(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    return ctx.axes.elementwise("sqrt", _var(ctx, arguments, call, like))


def _mse(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    _count(arguments, 2, 2, "mse", call)
    apart = _two(ctx, arguments, "sub")
    return mean(ctx, ctx.axes.elementwise("pow", apart, constant(2)), None)


def _two(ctx: Context, arguments: Sequence[Tree], op: str) -> Value:
    from .quantities import is_open

    first, second = arguments
    if is_open(ctx, first) and not is_open(ctx, second):
        b = ctx.value(second)
        a = ctx.value(first, Hint("like", ctx.axes.logical(b), b.labels))
    else:
        a = ctx.value(first)
        b = ctx.value(second, Hint("like", ctx.axes.logical(a), a.labels))
    return ctx.axes.elementwise(op, a, b)


def _pairwise(op: str) -> _Rule:
    def apply(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
        _count(arguments, 2, 2, op, call)
        return _two(ctx, arguments, op)

    return apply


def _extreme(op: str) -> _Rule:
    def apply(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
        arguments, axis = _axis_of(arguments)
        if len(arguments) == 1:
            v = ctx.value(arguments[0], like)
            if op == "max":
                return over(ctx, v, axis, "amax")
            negative = over(ctx, ctx.axes.elementwise("neg", v), axis, "amax")
            return ctx.axes.elementwise("neg", negative)
        if op == "max" and len(arguments) == 2:
            for zero, other in (arguments, tuple(reversed(arguments))):
                if isinstance(zero, Number) and float(zero.text) == 0:
                    return ctx.axes.elementwise("relu", ctx.value(other, like))
        out = _two(ctx, arguments[:2], op)
        for argument in arguments[2:]:
            out = ctx.axes.elementwise(op, out, ctx.value(argument))
        return out

    return apply


def _norm(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    _count(arguments, 1, 1, "norm", call)
    return over(ctx, ctx.value(arguments[0]), axis, "norm")


def _trace(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    _count(arguments, 1, 1, "trace", call)
    v = ctx.value(arguments[0])
    shape = ctx.axes.shape(v)
    if any(v.labels) or (shape[0] != shape[1] and not ctx.dims.unify(*shape)):
        raise Misfit("a trace needs a square matrix", hint="check the shape inside the trace")
    return Value(Expr("trace", (v.expr,), None, SCALAR))


def _dot(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    from .chains import multiplied
    from .quantities import is_open

    _count(arguments, 2, 2, "dot", call)
    if not any(isinstance(a, Symbol | Script) and is_open(ctx, a) for a in arguments):
        a, b = (ctx.value(x) for x in arguments)
        la, lb = ctx.axes.logical(a), ctx.axes.logical(b)
        if la[1] == 1 == lb[1] and la[0] != 1 != lb[0]:
            return ctx.axes.matmul(a.T, b)
    return multiplied(ctx, tuple(arguments), "@")


def inner(ctx: Context, arguments: Sequence[Tree]) -> Value:
    r"""`\langle a, b \rangle`: the sum of the products of the entries."""
    product = _two(ctx, arguments, "mul")
    return ctx.axes.total(product)


def _outer(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    _count(arguments, 2, 2, "outer", call)
    a, b = (ctx.value(x) for x in arguments)
    return ctx.axes.matmul(a, b.T)


def _transpose(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    _count(arguments, 1, 1, "transpose", call)
    return ctx.value(arguments[0]).T


def _concat(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    return stacked(ctx, [ctx.value(a) for a in arguments], axis)


def stacked(ctx: Context, parts: Sequence[Value], axis: int | None) -> Value:
    """Blocks below each other (columns as samples) or beside each other. Raises Misfit."""
    along = ctx.axes.feature if axis is None else axis
    across = 1 - along
    lined = [parts[0]]
    for part in parts[1:]:
        first, second = ctx.axes.aligned(lined[0], part)
        if first.labels != lined[0].labels:
            lined = [Value(x.expr, first.labels) for x in lined]
        lined.append(second)
    if any(p.labels[along] for p in lined):
        raise Misfit("blocks with a running index can't be stacked")
    for part in lined[1:]:
        if not ctx.dims.unify(part.expr.shape[across], lined[0].expr.shape[across]):
            raise Misfit("the blocks differ in length")
    size = add_dims(tuple(ctx.dims.find(p.expr.shape[along]) for p in lined))
    other = lined[0].expr.shape[across]
    shape = (size, other) if along == 0 else (other, size)
    expr = Expr("stack", tuple(p.expr for p in lined), "rows" if along == 0 else "columns", shape)
    return Value(expr, lined[0].labels)


def _where(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    from .branches import chosen

    _count(arguments, 3, 3, "where", call)
    condition, yes, no = arguments
    return chosen(ctx, condition, ctx.value(yes, like), ctx.value(no, like))


def _clip(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    _count(arguments, 3, 3, "clip", call)
    v, low, high = ctx.value(arguments[0], like), ctx.value(arguments[1]), ctx.value(arguments[2])
    return ctx.axes.elementwise("max", low, ctx.axes.elementwise("min", high, v))


def _logsumexp(ctx: Context, arguments: Sequence[Tree], call: Tree, like: Hint | None) -> Value:
    arguments, axis = _axis_of(arguments)
    _count(arguments, 1, 1, "logsumexp", call)
    v = ctx.value(arguments[0], like)
    return ctx.axes.reduced(v, feature_axis(ctx, v) if axis is None else axis, "logsumexp")


_MIXING: dict[str, _Rule] = {
    "softmax": _softmax("softmax"),
    "log_softmax": _softmax("log_softmax"),
    "logsumexp": _logsumexp,
    "sum": _sum,
    "mean": _mean,
    "var": _var,
    "std": _std,
    "mse": _mse,
    "norm": _norm,
    "trace": _trace,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "dot": _dot,
    "outer": _outer,
    "transpose": _transpose,
    "concat": _concat,
    "where": _where,
    "clip": _clip,
    "pow": _pairwise("pow"),
    "multiply": _pairwise("mul"),
    "add": _pairwise("add"),
    "subtract": _pairwise("sub"),
    "divide": _pairwise("div"),
}
