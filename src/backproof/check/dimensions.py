r"""Equations between shapes: `(d \times n)(n \times k) = d \times k` is about no numbers."""

from __future__ import annotations

from itertools import pairwise

from ..notation.syntax import Fenced, Number, Product, Script, Sum, Symbol, Tree

_Shape = tuple[Tree, Tree]


def about_shapes(left: Tree, right: Tree) -> bool:
    r"""Whether a side is a product of shapes that fit together, or the right side the shape of what
    stands on the left: `\hat y = n \times 1`, `X = (n \times (m + 1))`."""
    named = isinstance(left, Symbol | Script) and _is_one_shape(right)
    return named or any(_product(side) is not None for side in (left, right))


def _is_one_shape(tree: Tree) -> bool:
    """Whether nothing but a shape stands there: who multiplies numbers writes no factor 1, and no
    brackets around the whole."""
    shape = _shape(tree)
    if shape is None or all(isinstance(dim, Number) for dim in shape):
        return False
    one = any(isinstance(dim, Number) and dim.text == "1" for dim in shape)
    return one or isinstance(tree, Fenced)


def same_shapes(left: Tree, right: Tree) -> bool:
    """Whether both sides are the same shape, multiplied out."""
    first, second = (_product(side) or _shape(side) for side in (left, right))
    return first is not None and second is not None and _alike(first, second)


def _product(tree: Tree) -> _Shape | None:
    """The shape of a product of matrices of which the shapes stand there, each in brackets."""
    if not isinstance(tree, Product) or not {*tree.operators} <= {"", "times", "cdot"}:
        return None
    shapes = [_shape(f) if isinstance(f, Fenced) else None for f in tree.factors]
    fits = [s for s in shapes if s is not None]
    if len(fits) < len(shapes) or all(isinstance(dim, Number) for shape in fits for dim in shape):
        return None
    return _multiplied(fits)


def product_of_shapes(left: Tree, right: Tree) -> bool | None:
    r"""Whether the shapes fit in `(n \times k) \times (k \times m) = n \times m`, which is no
    equality of numbers; None for anything else."""
    factors = left.factors if isinstance(left, Product) else ()
    shapes = [_listed(f) for f in factors if isinstance(f, Fenced)]
    given = [shape for shape in shapes if shape is not None]
    whole = _listed(right)
    if len(given) < max(len(factors), 2) or whole is None:
        return None
    found = _multiplied(given)
    return found is not None and _alike(found, whole)


def _multiplied(shapes: list[_Shape]) -> _Shape | None:
    """The shape of a product; None if the factors do not fit."""
    if any(_key(a[1]) != _key(b[0]) for a, b in pairwise(shapes)):
        return None
    return shapes[0][0], shapes[-1][1]


def _listed(tree: Tree) -> _Shape | None:
    r"""`n \times k`, and `(n, k)`."""
    items = tree.items if isinstance(tree, Fenced) and tree.kind in ("paren", "square") else ()
    if len(items) == 1:
        return _listed(items[0])
    if len(items) == 2 and all(map(_is_length, items)):
        return items[0], items[1]
    return _shape(tree)


def _shape(tree: Tree) -> _Shape | None:
    r"""`d \times n`, in brackets or without."""
    tree = _inside(tree)
    if not isinstance(tree, Product) or tree.operators != ("times",):
        return None
    rows, columns = map(_inside, tree.factors)
    return (rows, columns) if all(map(_is_length, (rows, columns))) else None


def _inside(tree: Tree) -> Tree:
    inner = tree.items if isinstance(tree, Fenced) and tree.kind == "paren" else ()
    return inner[0] if len(inner) == 1 else tree


def _is_length(tree: Tree) -> bool:
    if isinstance(tree, Sum):
        return all(map(_is_length, tree.terms))
    return isinstance(tree, Symbol | Number) or (
        isinstance(tree, Script) and isinstance(tree.base, Symbol) and not tree.sups
    )


def _alike(a: _Shape, b: _Shape) -> bool:
    return [*map(_key, a)] == [*map(_key, b)]


def _key(tree: Tree) -> object:
    """What a length says, wherever it stands."""
    if isinstance(tree, Sum):
        return (*map(_key, tree.terms), *tree.signs)
    if isinstance(tree, Script):
        return (_key(tree.base), *map(_key, tree.subs))
    return (
        tree.base if isinstance(tree, Symbol) else tree.text if isinstance(tree, Number) else tree
    )
