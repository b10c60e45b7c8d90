"""Walking, comparing and rewriting input trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, TypeGuard, cast

from ..syntax import Fenced, Number, Product, Script, Sum, Sup, Symbol, Tree


def children(tree: Tree) -> Iterator[Tree]:
    """The trees directly below, in the order in which they were written."""
    if isinstance(tree, Product):
        return iter(tree.factors)
    if isinstance(tree, Sum):
        return iter(tree.terms)
    found: list[Tree] = []
    for name in _parts(type(tree)):
        _collect(getattr(tree, name), found)
    return iter(found)


@cache
def _parts(kind: type[Tree]) -> tuple[str, ...]:
    """The fields of a kind of tree that may hold trees."""
    plain = {"span", "text", "base", "marks", "written", "function", "kind", "order", "operators"}
    trees = {"base"} if kind is Script else set[str]()
    return tuple(f.name for f in fields(kind) if f.name not in plain or f.name in trees)


def _collect(value: Any, found: list[Tree]) -> None:
    if isinstance(value, Tree):
        found.append(value)
    elif isinstance(value, tuple):
        for item in cast("tuple[Any, ...]", value):
            _collect(item, found)
    elif isinstance(value, Sup) and value.tree is not None:
        found.append(value.tree)


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and everything below it, outermost first."""
    stack = [tree]
    while stack:
        top = stack.pop()
        yield top
        if not isinstance(top, Symbol | Number):
            below = list(children(top))
            below.reverse()
            stack += below


def kinds(tree: Tree) -> frozenset[type[Tree]]:
    """The kinds of trees that occur in a formula: what is not there need not be looked for."""
    return frozenset(map(type, walk(tree)))


def key(value: Any) -> Any:
    """A tree without its places: two formulas with equal keys say the same."""
    if isinstance(value, Symbol):
        return (Symbol, value.base, value.marks)
    if isinstance(value, Tree | Sup):
        parts = (key(getattr(value, f.name)) for f in fields(value) if f.name != "span")
        return (type(value), *parts)
    if isinstance(value, tuple):
        return tuple(key(item) for item in cast("tuple[Any, ...]", value))
    return value


def rewrite(tree: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """The tree with some parts replaced: where `change` gives a tree, it stands instead."""
    found = change(tree)
    if found is not None:
        return found
    new = {f.name: _rewritten(getattr(tree, f.name), change) for f in fields(tree)}
    if all(new[f.name] is getattr(tree, f.name) for f in fields(tree)):
        return tree
    return replace(tree, **new)


def _rewritten(value: Any, change: Callable[[Tree], Tree | None]) -> Any:
    if isinstance(value, Tree):
        return rewrite(value, change)
    if isinstance(value, Sup) and value.tree is not None:
        inner = rewrite(value.tree, change)
        return value if inner is value.tree else Sup(value.kind, inner)
    if isinstance(value, tuple):
        items = cast("tuple[Any, ...]", value)
        made = tuple(_rewritten(item, change) for item in items)
        return made if any(a is not b for a, b in zip(made, items, strict=True)) else items
    return value


def with_index(tree: Tree, letter: str, number: int) -> Tree:
    """The tree with an index letter replaced by a number, `l-1` and `t+1` worked out."""

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Symbol) and node.base == letter and not node.marks:
            return Number(node.span, str(number))
        if isinstance(node, Sum) and (shift := shifted(node)) and shift[0] == letter:
            return Number(node.span, str(number + shift[1]))
        return None

    return rewrite(tree, change)


def shifted(tree: Tree) -> tuple[str, int] | None:
    """`t-1` as the letter and -1."""
    if not isinstance(tree, Sum) or len(tree.terms) != 2 or tree.signs[0] != "+":
        return None
    letter, number = tree.terms
    if isinstance(letter, Symbol) and isinstance(number, Number) and number.text.isdigit():
        return letter.base, int(number.text) * (-1 if tree.signs[1] == "-" else 1)
    return None


def letters(tree: Tree) -> list[str]:
    """The single letters that an index is made of: `ij`, `i,j`, `k`; nothing for anything else."""
    if isinstance(tree, Symbol):
        return [tree.base] if is_letter(tree) and not tree.marks else []
    if isinstance(tree, Product) and not any(tree.operators):
        found = [letters(f) for f in tree.factors]
        return [x for part in found for x in part] if all(found) else []
    return []


def is_letter(tree: Tree) -> TypeGuard[Symbol]:
    """A single letter; the primed letter of an index (`k'`) is one, too."""
    return isinstance(tree, Symbol) and len(tree.base.rstrip("'")) == 1


def base_symbol(tree: Tree) -> Symbol | None:
    """The symbol below the scripts."""
    if isinstance(tree, Script):
        tree = tree.base
    return tree if isinstance(tree, Symbol) else None


def is_norm(tree: Tree) -> bool:
    r"""`\|v\|`, with whatever subscript."""
    if isinstance(tree, Script):
        tree = tree.base
    return isinstance(tree, Fenced) and tree.kind == "norm"


def index_text(tree: Tree) -> str | None:
    """An index as plain text: `2`, `t-1`, `xh`, `i,j`."""
    from ..syntax import Text

    if isinstance(tree, Number):
        return tree.text
    if isinstance(tree, Symbol):
        return tree.base
    if isinstance(tree, Text):
        return tree.text.replace(" ", "_")
    if isinstance(tree, Fenced) and tree.kind in ("list", "paren", "square"):
        parts = [index_text(item) for item in tree.items]
        return None if None in parts else ",".join(cast("list[str]", parts))
    if isinstance(tree, Script) and isinstance(tree.base, Symbol) and not tree.sups:
        parts = [tree.base.base, *(index_text(s) for s in tree.subs)]
        return None if None in parts else "_".join(cast("list[str]", parts))
    if isinstance(tree, Product) and not any(tree.operators):
        parts = [index_text(f) for f in tree.factors]
        return None if None in parts else "".join(cast("list[str]", parts))
    if isinstance(tree, Sum):
        parts = [index_text(t) for t in tree.terms]
        if None in parts:
            return None
        signs = ["" if i == 0 and s == "+" else s for i, s in enumerate(tree.signs)]
        return "".join(s + str(p) for s, p in zip(signs, parts, strict=True))
    return None


def index_latex(tree: Tree) -> str:
    """An index as it was written."""
    if isinstance(tree, Symbol):
        return tree.written
    if isinstance(tree, Sum):
        signs = ["" if i == 0 and s == "+" else s for i, s in enumerate(tree.signs)]
        return "".join(s + index_latex(t) for s, t in zip(signs, tree.terms, strict=True))
    if isinstance(tree, Product):
        return "".join(index_latex(f) for f in tree.factors)
    return index_text(tree) or ""


def mentions(tree: Tree) -> Iterator[Symbol | Script]:
    """The symbols of a formula with their scripts, without what stands inside scripts."""
    stack = [tree]
    while stack:
        top = stack.pop()
        if isinstance(top, Symbol) or (isinstance(top, Script) and isinstance(top.base, Symbol)):
            yield top
        else:
            stack += list(children(top))


@dataclass(frozen=True, slots=True)
class Call(Tree):
    """A function with its arguments, found in a product: `f(x)`, `\\log a`, with scripts behind."""

    head: Tree
    arguments: tuple[Tree, ...]
    scripts: Script | None
    fence: Tree | None
