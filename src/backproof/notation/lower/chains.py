r"""Products of several factors: calls are found first, then the factors are worked out, those whose
shape is known before the open ones, and multiplied from the left."""

from __future__ import annotations

from ...expr.model import Remark
from ...expr.shape import SCALAR, Shape
from ..syntax import Big, Fenced, Number, Product, Relation, Script, Symbol, Tree
from .calls import applies, apply, is_prefix_function
from .context import Context, Hint
from .library import spelled
from .products import HADAMARD, combine
from .quantities import is_open
from .roles import kind_of
from .sums import big_of_product, lengths
from .trees import Call, index_text
from .values import Value


def product(ctx: Context, tree: Product, hint: Hint | None) -> Value:
    """The value of a product. Raises Misfit, ModelError, RefusedError."""
    sizes = lengths(ctx, tree.factors)
    with ctx.counting(sizes):
        items, operators = grouped(ctx, list(tree.factors), list(tree.operators))
        items, operators = _half(ctx, items, operators)
        if not ctx.survey.ascii and any(o in HADAMARD for o in operators):
            return _by_hadamard(ctx, items, operators, hint)
        return _chain(ctx, items, operators, hint)


def grouped(
    ctx: Context, factors: list[Tree], operators: list[str]
) -> tuple[list[Tree], list[str]]:
    """The factors with function applications put together."""
    items: list[Tree] = []
    between: list[str] = []
    i = 0
    while i < len(factors):
        if i:
            between.append(operators[i - 1])
        item, i = _item(ctx, factors, operators, i)
        if items and between[-1] in ("", "cdot") and ctx.survey.ascii and _is_method(item):
            assert isinstance(item, Call)
            owner = items.pop()
            between.pop()
            span = owner.span.to(item.span)
            given = tuple(a for a in item.arguments if not _is_nothing(a))
            item = Call(span, item.head, (owner, *given), item.scripts, item.fence)
        items.append(item)
    if ctx.survey.ascii and not ctx.survey.matmuls and "*" in between:
        between = _stars(ctx, items, between)
    return items, between


def _stars(ctx: Context, items: list[Tree], operators: list[str]) -> list[str]:
    """`W1 * x` in a text that writes no other product of matrices is one."""
    out = list(operators)
    for i, operator in enumerate(operators):
        left, right = ctx.refer(items[i]), items[i + 1]
        if operator != "*" or left is None or left.name.base[0] not in "WUV":
            continue
        if left.name in ctx.values or left.name in ctx.given or left.powers:
            continue
        named = ctx.refer(right)
        if named is None:
            applied = isinstance(right, Call)
        else:
            data = kind_of(named.name) in ("input", "inputs")
            applied = not named.powers and (data or named.name in ctx.values)
        if not applied:
            continue
        out[i] = "@"
        if not any(r.key == "star" for r in ctx.remarks.values()):
            span = items[i].span.to(right.span)
            ctx.remark(Remark("star", span, {"line": str(span.line), "left": left.name.plain}))
    return out


def _is_method(item: Tree) -> bool:
    """`A.dot(B)`, `z.sum(axis=0)`: a function that lacks the argument in front of it."""
    if not isinstance(item, Call) or not isinstance(item.head, Symbol | Script):
        return False
    base = spelled(item.head)
    operands = [a for a in item.arguments if not isinstance(a, Relation)]
    if base in ("dot", "matmul", "pow", "multiply", "add", "subtract", "divide"):
        return len(operands) == 1
    return not operands and bool(item.arguments)


def _is_nothing(tree: Tree) -> bool:
    """`axis=None`, which the reader puts into empty brackets."""
    return isinstance(tree, Relation) and index_text(tree.sides[-1] or tree) == "None"


def _item(ctx: Context, factors: list[Tree], operators: list[str], i: int) -> tuple[Tree, int]:
    head = factors[i]
    after = factors[i + 1] if i + 1 < len(factors) and operators[i] == "" else None
    if after is None or not isinstance(head, Symbol | Script):
        return head, i + 1
    fence = after.base if isinstance(after, Script) else after
    if isinstance(fence, Fenced) and fence.kind in ("paren", "square", "brace") and applies(
        ctx, head, fence
    ):  # fmt: skip
        from .statements import arguments

        scripts = after if isinstance(after, Script) else None
        span = head.span.to(after.span)
        return Call(span, head, arguments(fence), scripts, fence), i + 2
    if is_prefix_function(ctx, head):
        return _prefix(ctx, factors, operators, i)
    return head, i + 1


def _prefix(ctx: Context, factors: list[Tree], operators: list[str], i: int) -> tuple[Tree, int]:
    r"""`\log a`, `\log h(x)`, `\tanh W x`: what belongs to a function without brackets."""
    taken: list[Tree] = []
    j = i + 1
    while j < len(factors) and operators[j - 1] == "":
        factor = factors[j]
        if taken and not isinstance(factor, Symbol | Script | Number):
            break
        if isinstance(factor, Script) and not isinstance(factor.base, Symbol) and taken:
            break
        if taken and is_prefix_function(ctx, factor):
            break
        item, after = _item(ctx, factors, operators, j)
        taken.append(item)
        j = after
        if not isinstance(factor, Symbol | Script | Number) or isinstance(item, Call):
            break
    head = factors[i]
    span = head.span.to(taken[-1].span)
    if len(taken) == 1:
        return Call(span, head, (taken[0],), None, None), j
    inner = Product(taken[0].span.to(taken[-1].span), tuple(taken), ("",) * (len(taken) - 1))
    return Call(span, head, (inner,), None, None), j


def _half(ctx: Context, items: list[Tree], operators: list[str]) -> tuple[list[Tree], list[str]]:
    """`1/2m` in LaTeX: the letter of a size behind a number belongs below the slash."""
    if ctx.survey.ascii or "/" not in operators:
        return items, operators
    for k, operator in enumerate(operators[:-1]):
        below, behind = items[k + 1], items[k + 2]
        sized = isinstance(behind, Symbol) and behind.base in ("m", "n", "N", "M")
        if sized and operator == "/" and operators[k + 1] == "" and isinstance(below, Number):
            both = Product(below.span.to(behind.span), (below, behind), ("",))
            return [*items[: k + 1], both, *items[k + 3 :]], [
                *operators[: k + 1],
                *operators[k + 2 :],
            ]
    return items, operators


def _by_hadamard(ctx: Context, items: list[Tree], operators: list[str], hint: Hint | None) -> Value:
    r"""`\odot` binds less tightly than writing side by side: `W^T d \odot s`."""
    parts: list[tuple[list[Tree], list[str]]] = [([items[0]], [])]
    marks: list[str] = []
    for item, operator in zip(items[1:], operators, strict=True):
        if operator in HADAMARD:
            marks.append(operator)
            parts.append(([item], []))
        else:
            parts[-1][0].append(item)
            parts[-1][1].append(operator)
    trees: list[Tree] = [
        p[0] if len(p) == 1 else Product(p[0].span.to(p[-1].span), tuple(p), tuple(o))
        for p, o in parts
    ]
    return _chain(ctx, trees, marks, hint)


def _chain(ctx: Context, items: list[Tree], operators: list[str], hint: Hint | None) -> Value:
    values = _worked_out(ctx, items, operators, hint)
    front: Value | None = None
    out, tree = values[0], items[0]
    assert out is not None
    for i, (item, operator) in enumerate(zip(items[1:], operators, strict=True), start=1):
        value = values[i]
        if value is None:
            with ctx.below(out):
                like = Hint("like", ctx.axes.logical(out), out.labels)
                value = _value(ctx, items, operators, i, like)
        if (
            operator in ("", "cdot", "times", "*")
            and ctx.axes.is_scalar(out)
            and not ctx.axes.is_scalar(value)
        ):
            front = out if front is None else ctx.axes.elementwise("mul", front, out)
            out, tree = value, item
            continue
        out = combine(ctx, operator, out, value, (tree, item))
        tree = _joined(tree, item, operator)
    return out if front is None else ctx.axes.elementwise("mul", front, out)


def _joined(a: Tree, b: Tree, operator: str) -> Tree:
    return Product(a.span.to(b.span), (a, b), (operator,))


def _worked_out(
    ctx: Context, items: list[Tree], operators: list[str], hint: Hint | None
) -> list[Value | None]:
    values: list[Value | None] = [None] * len(items)
    waiting: list[int] = []
    for i, item in enumerate(items):
        if i and operators[i - 1] == "/":
            continue  # worked out when it is known what stands above
        if _open(ctx, item):
            waiting.append(i)
        else:
            values[i] = _value(ctx, items, operators, i, None)
    while waiting:
        i = _most_certain(ctx, items, values, waiting)
        waiting.remove(i)
        values[i] = _value(
            ctx, items, operators, i, _hint(ctx, (items, operators, values), i, hint)
        )
    return values


def _open(ctx: Context, item: Tree) -> bool:
    if isinstance(item, Call):
        return any(_open(ctx, a) for a in item.arguments)
    return is_open(ctx, item)


def _value(
    ctx: Context, items: list[Tree], operators: list[str], i: int, hint: Hint | None
) -> Value:
    item = items[i]
    if isinstance(item, Call):
        return apply(ctx, item, hint)
    if isinstance(item, Big) and item.below is None:
        return big_of_product(ctx, item, items[:i], hint)
    if isinstance(item, Product) and any(isinstance(f, Call) for f in item.factors):
        return _chain(ctx, list(item.factors), list(item.operators), hint)
    return ctx.value(item, hint)


# Inputs are settled before formulas in brackets, those before weights, targets last.
_CERTAINTY = {
    "input": 4,
    "inputs": 4,
    "scalar": 2,
    "matrix": 1,
    "vector": 1,
    "target": 0,
    "targets": 0,
}


def _most_certain(
    ctx: Context, items: list[Tree], values: list[Value | None], waiting: list[int]
) -> int:
    """The open factor to settle next: data before weights, one beside a known factor first."""
    best, rank = waiting[0], -1
    for i in waiting:
        beside = any(
            0 <= j < len(items) and (v := values[j]) is not None and not ctx.axes.is_scalar(v)
            for j in (i - 1, i + 1)
        )
        reference = ctx.refer(items[i]) if not isinstance(items[i], Call) else None
        kind = kind_of(reference.name) if reference is not None else ""
        mine = beside + _CERTAINTY.get(kind, 2)
        if mine > rank:
            best, rank = i, mine
    return best


def _hint(
    ctx: Context,
    product: tuple[list[Tree], list[str], list[Value | None]],
    i: int,
    outer: Hint | None,
) -> Hint | None:
    """What stands beside an open factor, numbers passed over."""
    items, operators, values = product
    right = _neighbour(ctx, values, range(i + 1, len(values)))
    left = _neighbour(ctx, values, range(i - 1, -1, -1))
    for j, how in ((right, "left"), (left, "right")):
        if j is None:
            continue
        operator = operators[j - 1] if how == "left" else operators[i - 1]
        value = values[j]
        assert value is not None
        shape = ctx.axes.logical(value)
        if operator in HADAMARD:
            return Hint("like", shape, value.labels, hadamard=True)
        if operator == "/" or (operator == "*" and ctx.survey.ascii):
            return Hint("like", shape, value.labels)
        side = "left" if how == "left" else "right"
        between: Shape | None = None
        before, after = (values[k] if k is not None else None for k in (left, right))
        if before is not None and after is not None and operators[i - 1] in ("", "@"):
            between = (ctx.axes.logical(before)[1], ctx.axes.logical(after)[0])
            between = None if 1 in between else between
        return Hint(side, shape, value.labels, mark=operator, tree=items[j], between=between)
    others = [v for j, v in enumerate(values) if j != i and v is not None]
    alone = len(others) == len(values) - 1
    if alone and others and outer is None:
        scalar: Shape = SCALAR
        return Hint("left", scalar)
    return outer if alone else None


def _neighbour(ctx: Context, values: list[Value | None], places: range) -> int | None:
    for j in places:
        value = values[j]
        if value is None:
            return None
        if not ctx.axes.is_scalar(value):
            return j
    return None


def multiplied(ctx: Context, factors: tuple[Tree, ...], operator: str) -> Value:
    """The product of arguments, as `dot(W, x)` writes it."""
    return _chain(ctx, list(factors), [operator] * (len(factors) - 1), None)


def factors_of(ctx: Context, tree: Product) -> list[Value] | None:
    """The values of the factors of a plain product; None where something else is written in it."""
    with ctx.counting(lengths(ctx, tree.factors)):
        items, operators = grouped(ctx, list(tree.factors), list(tree.operators))
        if any(o not in ("", "cdot", "times", "*", "odot", "circ") for o in operators):
            return None
        return [v for v in _worked_out(ctx, items, operators, None) if v is not None]
