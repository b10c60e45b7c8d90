"""Before printing: sums and norms of whole matrices written over their entries.

A lecture writes the sum over samples as a sum with an index. The letters are chosen here, so that
none of them is taken by a name or an index nearby. What comes out is for the eye only and is never
evaluated: an `entry` whose attribute has a third part stands for a row or a column where an index
is `:`, and a `sum` has its letters and its range for an attribute, as an `index_sum` has.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from ..expr.node import Expr, rebuild, same, walk
from ..expr.ops import is_elementwise
from ..expr.shape import SCALAR, Dim, Shape, dim_letters

Index = str | int
_ROWS, _COLUMNS = "jkilp", "stqr"
_AXES = ("rows", "columns", "all")
_REDUCERS = frozenset({"sqnorm", "norm", "logsumexp", "amax"})


def unfold(root: Expr, focus: set[Expr]) -> Expr:
    """The expression to print. What replaces a part in focus is added to `focus`."""
    if not any(e.op in _REDUCERS or e.op in ("sum", "entry") for e in walk([root], _named)):
        return root
    taken = _letters([root])

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        new = same(old, args)
        if new.op == "sum":
            new = _sum(new, taken, focus)
        elif new.op in _REDUCERS and new.shape != SCALAR:
            new = _line(new, taken)
        elif new.op == "entry":
            new = _pick(new.args[0], new.attr, taken)
        elif new.op == "sized":
            new = new.args[0]
        if old in focus:
            focus.add(new)
        return new

    return rebuild(root, change, stop=_named)


def _named(expr: Expr) -> bool:
    return expr.op == "let"


def _letters(exprs: Iterable[Expr]) -> frozenset[str]:
    """What stands in the expressions as an index, a dimension or a name."""
    found: set[str] = set()
    for e in walk(exprs, _named):
        found.update(x for dim in e.shape for x in dim_letters(dim))
        if e.op in ("name", "let"):
            found.update((e.attr.base, e.attr.layer, e.attr.sub))
        elif e.op in ("entry", "kronecker"):
            found.update(x for x in e.attr[:2] if isinstance(x, str))
        elif e.op == "index_sum" or (e.op == "sum" and e.attr not in _AXES):
            found.update(e.attr[0])
    return frozenset(found)


def _free(wanted: str, taken: Iterable[str], body: Expr) -> str:
    used = {*taken, *_letters([body])}
    return next((x for x in (*wanted, *ascii_lowercase) if x not in used), wanted[0] + "'")


def _slice(x: Expr, row: Index, column: Index) -> Expr:
    shape: Shape = (x.shape[0] if row == ":" else 1, x.shape[1] if column == ":" else 1)
    return x if shape == x.shape else Expr("entry", (x,), (row, column, "own"), shape)


def _sum(expr: Expr, taken: frozenset[str], focus: set[Expr]) -> Expr:
    (x,), axis = expr.args, expr.attr
    rows = axis in ("rows", "all") and x.shape[0] != 1
    columns = axis in ("columns", "all") and x.shape[1] != 1
    if not rows and not columns:
        return x
    row = _free(_ROWS, taken, x) if rows else ""
    column = _free(_COLUMNS, {*taken, row}, x) if columns else ""
    if expr.shape == SCALAR:
        body = _spread(x, row or 1, column or 1, taken, focus)
    else:
        body = _slice(x, row or ":", column or ":")
    dim: Dim | None = x.shape[0] if rows else x.shape[1]
    attr = ((row, column), None) if rows and columns else (row or column, dim)
    return Expr("sum", (body,), attr, expr.shape)


def _line(expr: Expr, taken: frozenset[str]) -> Expr:
    """A norm along one axis, of the one row or column it is taken of."""
    (x,) = expr.args
    if expr.attr == "rows":
        inside = _slice(x, ":", _free(_COLUMNS, taken, x))
    else:
        inside = _slice(x, _free(_ROWS, taken, x), ":")
    return Expr(expr.op, (inside,), "all", expr.shape)


def _spread(body: Expr, row: Index, column: Index, taken: frozenset[str], focus: set[Expr]) -> Expr:
    """An entry of a formula that works entry by entry: the indices moved to its leaves."""

    def leaf(e: Expr) -> bool:
        if e.shape == SCALAR or e.op == "let":
            return True
        return not is_elementwise(e) and e.op != "broadcast"

    made: dict[Expr, Expr] = {}
    for e in walk([body], leaf):
        if e.shape == SCALAR:
            made[e] = e
        elif leaf(e):
            made[e] = _pick(e, (row, column, "own"), taken)
        elif e.op == "broadcast":
            made[e] = made[e.args[0]]
        else:
            made[e] = Expr(e.op, tuple(made[a] for a in e.args), e.attr, SCALAR)
        if e in focus:
            focus.add(made[e])
    return made[body]


def _pick(x: Expr, attr: tuple[Index, ...], taken: frozenset[str]) -> Expr:
    """One entry of `x`, past a repetition, a gradient or a sum that the index can be moved into."""
    row, column = attr[:2]
    while x.op == "broadcast":
        x = x.args[0]
    if x.shape == SCALAR:
        return x
    if x.op == "transpose" and len(attr) == 3:
        return _pick(x.args[0], (column, row, "own"), taken)
    if x.op == "gradient":
        of, by = x.args
        return Expr("derivative", (of, Expr("entry", (by,), attr, SCALAR)))
    if x.op == "sum" or x.op in _REDUCERS:
        line = x.args[0]
        base, across = line.args[0], line.attr[0] == ":"
        if x.op in _REDUCERS:
            inside = _slice(base, ":", column) if across else _slice(base, row, ":")
            return Expr(x.op, (inside,), "all", SCALAR)
        letter = _free(_COLUMNS if across else _ROWS, {*taken, str(row), str(column)}, base)
        place = (row, letter, "own") if across else (letter, column, "own")
        return Expr("sum", (Expr("entry", (base,), place, SCALAR),), (letter, x.attr[1]))
    return Expr("entry", (x,), attr, SCALAR)
