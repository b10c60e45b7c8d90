"""The one node of the house: an interned, immutable expression that knows its shape.

Two expressions that are built alike are the same object, so equality is identity, a shared part is
stored and worked out once, and a table keyed by expressions is a cache. What each `op` means stands
in `ops.py`; how to build expressions with their broadcasts in `build.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any
from weakref import WeakValueDictionary

from .shape import SCALAR, Shape, transposed
from .shown import Shown


class Expr(Shown):
    """An operation, its arguments, a constant attribute and a shape. Never changed after it is
    made."""

    __slots__ = ("__weakref__", "args", "attr", "op", "shape")

    op: str
    args: tuple[Expr, ...]
    attr: Any
    shape: Shape

    def __new__(
        cls, op: str, args: tuple[Expr, ...] = (), attr: Hashable = None, shape: Shape = SCALAR
    ) -> Expr:
        # Two notes may spell one name differently; each keeps its own spelling.
        spelling = getattr(attr, "latex", None) if op in ("name", "let") else None
        key = (op, args, attr, shape, spelling)
        found = _interned.get(key)
        if found is not None:
            return found
        made = object.__new__(cls)
        object.__setattr__(made, "op", op)
        object.__setattr__(made, "args", args)
        object.__setattr__(made, "attr", attr)
        object.__setattr__(made, "shape", shape)
        _interned[key] = made
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an Expr is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("an Expr is immutable")

    def __reduce__(self) -> tuple[Callable[..., Expr], tuple[object, ...]]:
        """Pickle as a flat list, so that a network of any depth fits on the stack."""
        order = list(walk([self]))
        place = {e: i for i, e in enumerate(order)}
        rows = [(e.op, tuple(place[a] for a in e.args), e.attr, e.shape) for e in order]
        return (_rebuild, (rows,))

    def __copy__(self) -> Expr:
        return self

    def __deepcopy__(self, memo: object) -> Expr:
        return self

    def __repr__(self) -> str:
        what = (
            self.op if self.attr is None else f"{self.op} {getattr(self.attr, 'plain', self.attr)}"
        )
        return f"<Expr {what} {self.shape[0]}x{self.shape[1]}>"

    @property
    def T(self) -> Expr:
        """The transpose; that of a transpose is the original, that of a scalar the scalar."""
        if self.op == "transpose":
            return self.args[0]
        if self.shape == SCALAR:
            return self
        return Expr("transpose", (self,), None, transposed(self.shape))


_interned: WeakValueDictionary[tuple[Any, ...], Expr] = WeakValueDictionary()


def _rebuild(rows: list[tuple[str, tuple[int, ...], Hashable, Shape]]) -> Expr:
    made: list[Expr] = []
    for op, places, attr, shape in rows:
        made.append(Expr(op, tuple(made[i] for i in places), attr, shape))
    return made[-1]


def walk(roots: Iterable[Expr], stop: Callable[[Expr], bool] | None = None) -> Iterator[Expr]:
    """Every expression below the roots once, arguments before users, without recursion.

    Where `stop` says so, an expression is given but not entered.
    """
    seen: set[Expr] = set()
    for root in roots:
        if root in seen:
            continue
        stack: list[tuple[Expr, int]] = [(root, 0)]
        seen.add(root)
        while stack:
            expr, i = stack.pop()
            if i < len(expr.args) and not (stop and stop(expr)):
                stack.append((expr, i + 1))
                arg = expr.args[i]
                if arg not in seen:
                    seen.add(arg)
                    stack.append((arg, 0))
            else:
                yield expr


def rebuild(
    root: Expr,
    change: Callable[[Expr, tuple[Expr, ...]], Expr],
    memo: dict[Expr, Expr] | None = None,
    stop: Callable[[Expr], bool] | None = None,
) -> Expr:
    """The expression made anew from the leaves up: `change(old, new arguments)` gives each new
    node.

    `memo` keeps what was already made over several calls; where `stop` says so a node stays as it
    is.
    """
    memo = {} if memo is None else memo
    for expr in walk([root], lambda e: e in memo or (stop is not None and stop(e))):
        if expr in memo:
            continue
        if stop is not None and stop(expr):
            memo[expr] = expr
        else:
            memo[expr] = change(expr, tuple(memo[a] for a in expr.args))
    return memo[root]


def same(expr: Expr, args: tuple[Expr, ...]) -> Expr:
    """`expr` with other arguments of the same shapes."""
    return expr if args == expr.args else Expr(expr.op, args, expr.attr, expr.shape)


def substitute(root: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """`root` with some of its parts replaced by others of the same shape."""
    return rebuild(root, same, dict(table))


def replace_parts(root: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """`substitute` within what is written out: definitions of named quantities are left alone."""
    return rebuild(root, same, dict(table), lambda e: e.op == "let" and e is not root)


def is_named(e: Expr) -> bool:
    """A free name or a quantity with a definition: what has a name of its own."""
    return e.op in ("let", "name")


def ends_equation(e: Expr) -> bool:
    """Where a walk over what one equation writes out ends: at names, and at sizes, which only
    count."""
    return e.op in ("let", "name", "size")
