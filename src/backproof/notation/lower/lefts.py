r"""Equations that do not begin with a plain name: `\log s = ...`, `\min_w ...`, `NLL = ...`.

They are turned round so that a name stands on the left. What can't be turned round is kept, so that
nothing the note says about a quantity is lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import ModelError, Span
from ..syntax import Big, Fenced, Number, Product, Relation, Root, Script, Sum, Sup, Symbol, Tree
from .library import is_library
from .trees import base_symbol, children, rewrite, walk

LOSSES = frozenset(
    "L J E C ell loss Loss LOSS cost Cost COST error Error objective Objective obj".split()
)
MEASURES = frozenset(
    (
        "MSE mse BCE bce CE KL NLL nll RSS SSE SSR MAE RMSE FL D H R Risk risk ELBO Q F S total "
        "Total"
    ).split()
)
_UNDONE = {"log": "exp", "ln": "exp", "exp": "log"}


def turned_round(left: Tree, right: Tree) -> tuple[Tree, Tree] | None:
    r"""`\log s = z` as `s = \exp(z)`, `-\log p = L` the other way round; None where it can't be."""
    if isinstance(right, Symbol | Script):
        symbol = base_symbol(right)
        if symbol is not None and symbol.base in LOSSES:
            return right, left
    if isinstance(left, Sum) and left.signs == ("-",):
        inner = left.terms[0]
        negative = Sum(right.span, (_bracketed(right),), ("-",))
        return (inner, negative) if _is_name(inner) else turned_round(inner, negative)
    if isinstance(left, Root) and left.degree is None and _is_name(left.body):
        square = (Sup("bare", Number(right.span, "2")),)
        return left.body, Script(right.span, _bracketed(right), (), square)
    if isinstance(left, Product) and not any(left.operators):
        head, rest = left.factors[0], left.factors[1:]
        undone = _UNDONE.get(head.base, "") if isinstance(head, Symbol) else ""
        inner = rest[0]
        if isinstance(inner, Fenced) and len(inner.items) == 1:
            inner = inner.items[0]
        if undone and len(rest) == 1 and _is_name(inner):
            function = Symbol(right.span, undone, (), f"\\{undone}", True)
            return inner, Product(right.span, (function, _bracketed(right)), ("",))
    return None


def _is_name(tree: Tree) -> bool:
    symbol = base_symbol(tree)
    return symbol is not None and (symbol.base == "sigma" or not is_library(symbol.base))


def _bracketed(tree: Tree) -> Tree:
    return Fenced(tree.span, "paren", (tree,))


# objectives --------------------------------------------------------------------------------------
def objective(tree: Tree, kinds: tuple[str, ...]) -> Tree | None:
    r"""What `\min_w` stands before, with the terms behind it; None for anything else."""
    first = tree.terms[0] if isinstance(tree, Sum) and tree.signs[0] == "+" else tree
    if not isinstance(first, Big) or first.kind not in kinds or first.below is None:
        return None
    if isinstance(tree, Sum) and len(tree.terms) > 1:
        return Sum(tree.span, (first.body, *tree.terms[1:]), tree.signs)
    named = first.body.factors[0] if isinstance(first.body, Product) else first.body
    only = not isinstance(first.body, Product) or len(first.body.factors) == 2
    if only and isinstance(named, Symbol | Script) and base_symbol(named) is not None:
        return None  # `\min_w J(w)`: the objective has its equation elsewhere
    return first.body


def looks_scalar(tree: Tree) -> bool:
    """Whether a formula can only be a number: a squared norm, a sum of squares or of logarithms."""
    if isinstance(tree, Sum):
        return any(map(looks_scalar, tree.terms))
    if isinstance(tree, Product):
        return looks_scalar(tree.factors[-1])
    if isinstance(tree, Script):
        return looks_scalar(tree.base)
    if isinstance(tree, Fenced):
        return tree.kind == "norm" or (len(tree.items) == 1 and looks_scalar(tree.items[0]))
    if not isinstance(tree, Big) or tree.kind != "sum":
        return False
    for node in walk(tree.body):
        squared = isinstance(node, Script) and any(
            isinstance(s.tree, Number) and s.tree.text == "2" for s in node.sups
        )
        function = isinstance(node, Symbol) and node.base in ("log", "ln", "max")
        if squared or function or (isinstance(node, Fenced) and node.kind in ("abs", "norm")):
            return True
    return False


# words -------------------------------------------------------------------------------------------
def with_words(trees: list[Tree]) -> list[Tree]:
    """Formulas with `NLL`, set as three letters, as one name, where an equation begins with it."""
    words = {word for tree in trees for word in _word(tree)}
    if not words:
        return trees

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Product):
            return None
        factors, operators = _glued(node, words)
        if len(factors) == len(node.factors):
            return None
        factors = [rewrite(f, change) for f in factors]
        return factors[0] if len(factors) == 1 else Product(node.span, tuple(factors), operators)

    return [rewrite(tree, change) for tree in trees]


def _word(tree: Tree) -> Iterator[str]:
    defines = isinstance(tree, Relation) and tree.operators[0] in ("=", ":=")
    left = tree.sides[0] if isinstance(tree, Relation) and defines else None
    if not isinstance(left, Product) or any(left.operators):
        return
    letters = left.factors[:-1] if isinstance(left.factors[-1], Fenced) else left.factors
    if len(letters) > 1 and all(map(_is_capital, letters)) and all(
        map(_touch, letters, letters[1:])
    ):  # fmt: skip
        yield "".join(x.base for x in letters if isinstance(x, Symbol))


def _is_capital(tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.base.isupper() and len(tree.base) == 1 == len(
        tree.written
    )  # fmt: skip


def _touch(a: Tree, b: Tree) -> bool:
    return (a.span.end_line, a.span.end_column) == (b.span.line, b.span.column)


def _glued(node: Product, words: set[str]) -> tuple[list[Tree], tuple[str, ...]]:
    factors: list[Tree] = []
    operators: list[str] = []
    i = 0
    while i < len(node.factors):
        if i:
            operators.append(node.operators[i - 1])
        for word in words:
            run = node.factors[i : i + len(word)]
            bases = [x.base for x in run if isinstance(x, Symbol) and not x.marks]
            if "".join(bases) == word and all(map(_touch, run, run[1:])):
                factors.append(Symbol(run[0].span.to(run[-1].span), word, (), word))
                i += len(word)
                break
        else:
            factors.append(node.factors[i])
            i += 1
    return factors, tuple(operators)


# what is left ------------------------------------------------------------------------------------
def names_in(tree: Tree) -> list[Tree]:
    """The quantities that a left side mentions, functions left out."""
    found: list[Tree] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        symbol = base_symbol(node)
        if symbol is not None:
            if symbol.base == "sigma" or not is_library(symbol.base):
                found.append(node)
        else:
            stack += children(node)
    return found


def not_solved(name: str, span: Span) -> ModelError:
    """The error for a quantity that an equation settles which does not begin with it."""
    return ModelError(
        f"{name} is not given by a formula: the equation that says what it is does not begin "
        "with it",
        hint=f"solve it for {name}, and write {name} = ...",
        span=span,
    )
