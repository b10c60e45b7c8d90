r"""Formulas in fewer words: indicators become cases, `[z]_+` a maximum, `\sum_w w^2` a plain sum.

What a note writes in many ways is brought into the one way that is worked out. These are rewritings
of single formulas; they look at nothing else in the note.
"""

from __future__ import annotations

from dataclasses import replace

from ..syntax import Big, Cases, Fenced, Number, Product, Relation, Script, Sup, Symbol, Tree
from .trees import rewrite, walk

_COMPARES = frozenset({"<", ">", "<=", ">="})
_INDICATORS = frozenset({"1", "I", "indicator"})
_BRACKETS = ("paren", "square", "brace")


def plainer(tree: Tree) -> Tree:
    """The formula with what has a plainer spelling spelled so."""
    return rewrite(tree, _changed) if any(map(_may_change, walk(tree))) else tree


def _may_change(node: Tree) -> bool:
    if isinstance(node, Script):
        if node.subs and isinstance(node.subs[0], Symbol) and node.subs[0].base == "plus":
            return True
        return isinstance(node.base, Symbol) and node.base.base == "e" and bool(node.sups)
    return isinstance(node, Relation) or (isinstance(node, Big) and isinstance(node.below, Symbol))


def _changed(node: Tree) -> Tree | None:
    if isinstance(node, Product):
        return _indicated(node)
    if isinstance(node, Script):
        return _indicator(node) or _positive_part(node) or _exponent(node)
    if isinstance(node, Big):
        return _over_a_quantity(node)
    return None


# indicators --------------------------------------------------------------------------------------
def _condition(tree: Tree) -> Tree | None:
    """The comparison that a bracket holds, or that stands there bare."""
    if isinstance(tree, Fenced) and tree.kind in _BRACKETS and len(tree.items) == 1:
        tree = tree.items[0]
    return tree if isinstance(tree, Relation) and None not in tree.sides else None


def _compares(tree: Tree | None) -> bool:
    return isinstance(tree, Relation) and _COMPARES.issuperset(tree.operators)


def _step(condition: Tree, span_of: Tree) -> Cases:
    """1 where the condition holds, 0 elsewhere."""
    span = span_of.span.to(condition.span)
    return Cases(span, ((Number(span, "1"), plainer(condition)), (Number(span, "0"), None)))


def _indicator(node: Script) -> Tree | None:
    r"""`\mathbf 1_{u > 0}`."""
    one = isinstance(node.base, Symbol) and node.base.base in _INDICATORS
    one = one or (isinstance(node.base, Number) and node.base.text == "1")
    if not one or len(node.subs) != 1 or node.sups:
        return None
    condition = _condition(node.subs[0])
    return _step(condition, node) if _compares(condition) and condition is not None else None


def _is_indicator(tree: Tree) -> bool:
    if isinstance(tree, Number):
        return tree.text == "1"
    return isinstance(tree, Symbol) and tree.base in _INDICATORS


def _indicated(node: Product) -> Tree | None:
    r"""`\mathbb 1[u > 0]`, and `z * (z > 0)`: the factors with each condition as a step."""
    factors: list[Tree] = []
    operators: list[str] = []
    changed = False
    for i, written in enumerate(node.factors):
        factor = written
        before = node.operators[i - 1] if i else "*"
        condition = _condition(factor) if isinstance(factor, Fenced) else None
        compared = _compares(condition)
        if condition is None or not compared:
            pass
        elif not before and factors and _is_indicator(factors[-1]):
            factors[-1] = _step(condition, node.factors[i - 1])
            changed = True
            continue
        called = not before and isinstance(node.factors[i - 1], Symbol | Script)
        if compared and condition is not None and not (called and _round(factor)):
            factor, changed = _step(condition, factor), True
        if i:
            operators.append(before)
        factors.append(factor)
    if not changed:
        return None
    made = Product(node.span, tuple(factors), tuple(operators))
    if len(factors) == 1:
        return factors[0]
    return rewrite(made, lambda inner: None if inner is made else _changed(inner))


def _round(tree: Tree) -> bool:
    return isinstance(tree, Fenced) and tree.kind == "paren"


def _positive_part(node: Script) -> Tree | None:
    r"""`[1 - y z]_+` is `\max(0, 1 - y z)`."""
    base = node.base
    if not isinstance(base, Fenced) or base.kind not in _BRACKETS or len(base.items) != 1:
        return None
    if len(node.subs) != 1 or not isinstance(node.subs[0], Symbol) or node.subs[0].base != "plus":
        return None
    inner = plainer(base.items[0])
    head = Symbol(base.span, "max", (), r"\max", True)
    fence: Tree = Fenced(base.span, "paren", (Number(base.span, "0"), inner), ",")
    if node.sups:
        fence = Script(node.span, fence, (), node.sups)
    return Product(node.span, (head, fence), ("",))


def _exponent(node: Script) -> Tree | None:
    """`e^{(z + 1)}`: a bracket that only holds an exponent together."""
    if not isinstance(node.base, Symbol) or node.base.base != "e" or node.subs:
        return None
    if len(node.sups) != 1 or node.sups[0].kind != "paren" or node.sups[0].tree is None:
        return None
    inner = node.sups[0].tree
    if isinstance(inner, Symbol | Number):
        return None
    return replace(node, sups=(Sup("bare", plainer(inner)),))


# sums --------------------------------------------------------------------------------------------
def _over_a_quantity(big: Big) -> Tree | None:
    r"""`\sum_w w^2`, the sum over all weights: what is counted is the quantity itself."""
    letter = big.below
    if big.kind != "sum" or not isinstance(letter, Symbol) or big.above is not None:
        return None
    stack = [big.body]
    found = False
    while stack:
        node = stack.pop()
        if isinstance(node, Symbol):
            found = found or node.base == letter.base
        elif isinstance(node, Script):
            stack.append(node.base)
            inside = (*node.subs, *(s.tree for s in node.sups if s.tree is not None))
            symbols = (x for t in inside for x in walk(t) if isinstance(x, Symbol))
            if any(x.base == letter.base for x in symbols):
                return None
        elif isinstance(node, Product):
            stack += _operands(node)
        else:
            from .trees import children

            stack += children(node)
    if not found:
        return None
    return replace(big, below=None, body=plainer(big.body))


def _operands(node: Product) -> list[Tree]:
    """The factors without the arguments in `p(x)`."""
    out: list[Tree] = []
    for i, factor in enumerate(node.factors):
        before = node.factors[i - 1] if i and not node.operators[i - 1] else None
        inner = factor.base if isinstance(factor, Script) else factor
        if not (isinstance(before, Symbol | Script) and isinstance(inner, Fenced)):
            out.append(factor)
    return out


# powers in plain text ----------------------------------------------------------------------------
_WEIGHTS = frozenset("W w b U V theta Theta".split())


def with_powers(trees: list[Tree]) -> list[Tree]:
    """Formulas of a plain text file with `z^(2)` and `e^(-z)` as powers, where they are no layers.

    A number in brackets is a layer of weights, and of what the text defines layer by layer.
    """
    if not any(map(_has_paren, trees)):
        return trees
    layered: set[str] = set(_WEIGHTS)
    bare: set[str] = set()
    for tree in trees:
        left = tree.sides[0] if isinstance(tree, Relation) else None
        numbered = isinstance(left, Script) and any(s.kind == "paren" for s in left.sups)
        if numbered and isinstance(left, Script) and isinstance(left.base, Symbol):
            layered.add(left.base.base)
        bare |= _unscripted(tree)

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Script) or not any(s.kind == "paren" for s in node.sups):
            return None
        base = rewrite(node.base, change)
        sups = tuple(
            Sup("bare", rewrite(s.tree, change))
            if s.kind == "paren" and s.tree is not None and _is_power(node, s.tree, layered, bare)
            else s
            for s in node.sups
        )
        return replace(node, base=base, sups=sups)

    return [rewrite(tree, change) if _has_paren(tree) else tree for tree in trees]


def _has_paren(tree: Tree) -> bool:
    return any(
        isinstance(node, Script) and any(s.kind == "paren" for s in node.sups)
        for node in walk(tree)
    )


def _unscripted(tree: Tree) -> set[str]:
    """The letters that stand without a superscript."""
    found: set[str] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Symbol):
            found.add(node.base)
        elif isinstance(node, Script):
            if not isinstance(node.base, Symbol) or not any(s.kind == "paren" for s in node.sups):
                stack.append(node.base)
            stack += [s.tree for s in node.sups if s.tree is not None]
        else:
            from .trees import children

            stack += children(node)
    return found


def _is_power(node: Script, tree: Tree, layered: set[str], bare: set[str]) -> bool:
    from .trees import shifted

    if not isinstance(node.base, Symbol):
        return not isinstance(tree, Symbol)
    base = node.base.base
    if base == "e":
        return True
    if isinstance(tree, Number):
        return base not in layered and base in bare and tree.text != "0"
    return not isinstance(tree, Symbol | Fenced) and shifted(tree) is None
