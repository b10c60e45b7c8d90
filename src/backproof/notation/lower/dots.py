r"""Sums with dots: `w_1 x_1 + w_2 x_2 + \dots + w_n x_n` is `\sum_{k=1}^n w_k x_k`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, cast

from ..syntax import Big, Ellipsis_, Number, Relation, Sum, Symbol, Tree
from .trees import key, rewrite, walk

_LETTERS = "kjsrqp"


def with_sums(tree: Tree) -> Tree:
    """The formula with each row of terms around dots as one sum; other dots stay."""
    if not any(isinstance(node, Ellipsis_) for node in walk(tree)):
        return tree
    used = {node.base for node in walk(tree) if isinstance(node, Symbol)}
    letter = next((x for x in _LETTERS if x not in used), "")
    if not letter:
        return tree
    return rewrite(tree, lambda node: _gathered(node, letter) if isinstance(node, Sum) else None)


def _gathered(tree: Sum, letter: str) -> Tree | None:
    at = next((i for i, t in enumerate(tree.terms) if isinstance(t, Ellipsis_)), 0)
    if not 0 < at < len(tree.terms) - 1 or set(tree.signs[at - 1 : at + 2]) != {"+"}:
        return None
    before, last = tree.terms[at - 1], tree.terms[at + 1]
    ends = _difference(before, last)
    if ends is None:
        return None
    number, upper = ends
    body = _with(last, upper, Symbol(upper.span, letter, (), letter))
    first = at - 1
    start = number
    while first > 0 and tree.signs[first - 1] == "+":
        wanted = _with(last, upper, Number(upper.span, str(start - 1)))
        if key(tree.terms[first - 1]) != key(wanted):
            break
        first, start = first - 1, start - 1
    index = Symbol(before.span, letter, (), letter)
    below = Relation(before.span, (index, Number(before.span, str(start))), ("=",))
    span = tree.terms[first].span.to(last.span)
    big = Big(span, "sum", below, upper, body)
    terms = (*tree.terms[:first], big, *tree.terms[at + 2 :])
    signs = (*tree.signs[:first], "+", *tree.signs[at + 2 :])
    return big if len(terms) == 1 else Sum(tree.span, terms, signs)


def _difference(a: Any, b: Any) -> tuple[int, Tree] | None:
    """The number in `a` where `b` has its last index; None where they differ otherwise."""
    found: list[tuple[int, Tree]] = []
    if not _compare(a, b, found) or not found:
        return None
    if len({(n, str(key(t))) for n, t in found}) != 1:
        return None
    return found[0]


def _compare(a: Any, b: Any, found: list[tuple[int, Tree]]) -> bool:
    if isinstance(a, Number) and a.text.isdigit() and isinstance(b, Symbol | Number):
        if key(a) != key(b):
            found.append((int(a.text), b))
        return True
    if isinstance(a, Tree) and type(a) is type(b):
        if isinstance(a, Symbol):
            return key(a) == key(b)
        return all(
            _compare(getattr(a, f.name), getattr(b, f.name), found)
            for f in fields(a)
            if f.name != "span"
        )
    if is_dataclass(a) and type(a) is type(b):
        return all(_compare(getattr(a, f.name), getattr(b, f.name), found) for f in fields(a))
    if isinstance(a, tuple) and isinstance(b, tuple):
        one, two = cast("tuple[Any, ...]", a), cast("tuple[Any, ...]", b)
        return len(one) == len(two) and all(map(lambda x, y: _compare(x, y, found), one, two))
    return bool(a == b)


def _with(tree: Tree, old: Tree, new: Tree) -> Tree:
    wanted = key(old)
    return rewrite(tree, lambda node: new if key(node) == wanted else None)
