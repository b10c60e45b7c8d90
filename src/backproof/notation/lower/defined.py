"""Functions that the note defines itself: elementwise ones stay calls, all others are put in."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import ModelError
from ...expr.build import Function
from ...expr.build import name as leaf_of
from ...expr.evaluate import Evaluator
from ...expr.name import Name
from ...expr.node import Expr, walk
from ...expr.ops import OPS
from ...expr.scalars import FLOAT
from ...expr.shape import SCALAR
from ..syntax import Big, Fenced, Script, Symbol, Tree
from .context import Context, Hint
from .library import ENTRYWISE, is_library
from .names import refer
from .quantities import is_constant
from .roles import kind_of
from .survey import Definition
from .trees import walk as walk_tree
from .values import Value

_POINTS = (-1.7, -0.6, 0.3, 1.1, 2.4)


def call_defined(
    ctx: Context, head: Tree, arguments: Sequence[Tree], call: Tree, hint: Hint | None
) -> Value:
    """A call of a function that the note defines. Raises ModelError for wrong arguments."""
    reference = ctx.refer(head)
    assert reference is not None
    definition = ctx.survey.functions[reference.name]
    params = definition.params or ()
    letters = {x for x, _ in definition.indices}
    names = [_name(p, letters) for p in params]
    if len(arguments) > len(names) or (len(arguments) < len(names) and len(arguments) != 1):
        wanted = len(names)
        raise ModelError(
            f"{reference.name.plain} takes {wanted} argument{'s' if wanted > 1 else ''}, not "
            f"{len(arguments)}",
            hint="check the commas inside the brackets",
            span=call.span,
        )
    if reference.name in ctx.calling:
        raise ModelError(
            f"{reference.name.plain} is defined by itself", hint="define it by something else",
            span=definition.span,
        )  # fmt: skip
    like = hint if hint is not None and hint.how == "like" else None
    function = _pointwise(ctx, definition, names)
    values = [ctx.value(a, like if function is not None else None) for a in arguments]
    if function is not None and len(values) == len(names):
        values += [Value(p) for p in function.params[len(names) :]]
        op = _known_operation(definition.name, function)
        if op is not None:
            return ctx.axes.elementwise(op, *values)
        ctx.trail.put(ctx.functions, definition.name, function)
        return ctx.axes.elementwise("call", *values, attr=function)
    ctx.calling.add(reference.name)
    try:
        with ctx.given_as(dict(zip(names, values, strict=False))):
            from .equations import with_left_indices

            return with_left_indices(ctx, definition, hint)
    finally:
        ctx.calling.discard(reference.name)


def _name(tree: Tree, letters: set[str]) -> Name:
    reference = refer(tree, letters)
    return reference.name if reference else Name("?")


def _pointwise(ctx: Context, definition: Definition, names: list[Name]) -> Function | None:
    """The function as a formula for one entry, where it is one."""
    found = ctx.functions.get(definition.name)
    if found is not None:
        return found
    if definition.indices or not _is_scalar_formula(ctx, definition.right, names):
        return None
    params = [leaf_of(n, SCALAR) for n in names]
    table = {n: Value(p) for n, p in zip(names, params, strict=True)}
    with ctx.given_as(table):
        body = ctx.value(definition.right, Hint("like", SCALAR)).expr
    if body.shape != SCALAR or any(not _entrywise(e) for e in walk([body])):
        return None
    free = [e for e in walk([body]) if e.op == "name" and e not in params]
    name = definition.name
    return Function(name.plain, name.latex or name.plain, (*params, *free), body)


def _entrywise(e: Expr) -> bool:
    return e.op in ("name", "number", "constant") or OPS[e.op].kind == "elementwise"


def _is_scalar_formula(ctx: Context, tree: Tree, names: list[Name]) -> bool:
    """Whether only the parameters, numbers, scalar letters and functions of one entry occur."""
    for node in walk_tree(tree):
        if isinstance(node, Big) or (isinstance(node, Fenced) and node.kind in ("norm", "angle")):
            return False
        if isinstance(node, Script) and any(s.kind == "transpose" for s in node.sups):
            return False
        if not isinstance(node, Symbol):
            continue
        base = node.base
        if base in ENTRYWISE or (is_library(base) and base in (
            "max", "min", "where", "clip"
        )):  # fmt: skip
            continue
        reference = ctx.refer(node)
        if reference is None:
            return False
        if is_constant(reference):
            continue
        if reference.name in names or any(n.base == base for n in names):
            continue
        if reference.name in ctx.survey.functions or is_library(base):
            continue
        if kind_of(reference.name) != "scalar" and base not in ("a", "c", "k", "b"):
            return False
        if reference.name in ctx.values and ctx.axes.shape(ctx.values[reference.name]) != SCALAR:
            return False
    return True


def _known_operation(name: Name, function: Function) -> str | None:
    r"""The operation that a definition spells out: `\sigma(z) = 1 / (1 + e^{-z})`."""
    op = ENTRYWISE.get(name.base)
    if op is None or len(function.params) != 1:
        return None
    for x in _POINTS:
        at = Evaluator(FLOAT, {function.params[0]: [[x]]}, {})
        try:
            value = at.matrix(function.body)[0][0]
        except (ArithmeticError, ValueError):
            return None
        if not abs(value - FLOAT.table[op](x)) <= 1e-9 * (1 + abs(value)):
            return None
    return op
