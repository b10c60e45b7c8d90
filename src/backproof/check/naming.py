"""Names of quantities: their indices, labels, powers, and what `dW1` says."""

from __future__ import annotations

from ..errors import Span
from ..notation.lower.trees import index_text, letters, shifted
from ..notation.syntax import Fenced, Number, Product, Script, Sup, Symbol, Tree
from ..notation.syntax import Sum as SumTree
from .survey import Survey, base_of
from .terms import Differential, Index, Mul, Name, Pow, Prime, Term, Transpose, Unclear

_NOWHERE = Span(1, 1, 1, 1)
_SIGNS = frozenset(("plus", "minus", "new", "old", "dagger", "next", "prev", "ast"))


class Naming:
    """Makes names with the survey of one note."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    def term(self, tree: Tree) -> Term:
        """The meaning of a tree. Raises Unclear for what has none."""
        raise NotImplementedError

    def glued(self, tree: Symbol) -> Term | None:
        """`h1W2` of plain text: two names that the note has, run together."""
        word = tree.base
        if len(word) < 3 or not word[0].isalpha() or word in self.survey.plain_words:
            return None
        for at in range(1, len(word)):
            first, second = word[:at], word[at:]
            if first in self.survey.plain_words and second in self.survey.plain_words:
                return Mul((Name(first), Name(second)), ("",))
        return None

    def differential_word(self, tree: Symbol, script: Script | None = None) -> Term | None:
        """`dW1`, `dz`: one word of a d and a name."""
        word = base_of(tree)
        if not (len(word) > 1 and word[0] == "d" and word[1].isalpha()):
            return None
        rest = word[1:]
        if len(rest.rstrip("0123456789")) != 1 and rest not in self.survey.bases:
            return None
        return self.differential(rest, script)

    def differential(self, rest: str, script: Script | None) -> Term | None:
        inner = Symbol(script.span if script else _NOWHERE, rest, (), rest)
        named = self.name(inner, script.subs if script else (), script.sups if script else ())
        if isinstance(named, Transpose) and isinstance(named.of, Name):
            return Transpose(Differential(named.of))
        return Differential(named) if isinstance(named, Name) else None

    def raised(self, inner: Term, sups: tuple[Sup, ...], power: bool) -> Term:
        """Transposes, powers and primes behind a term."""
        for sup in sups:
            if sup.kind == "transpose":
                inner = Transpose(inner)
            elif sup.kind == "prime":
                inner = Prime(inner)
            elif sup.tree is not None:
                inner = Pow(inner, self.term(sup.tree))
            else:
                raise Unclear("undecided")
        return inner

    def name(self, symbol: Symbol, subs: tuple[Tree, ...], sups: tuple[Sup, ...]) -> Term:
        """A quantity with its indices; powers and transposes are put around it."""
        base = base_of(symbol)
        upper: list[Index] = []
        lower: list[Index] = []
        powers: list[Sup] = []
        for sup in sups:
            if sup.kind == "prime":
                base += "'"
            elif sup.kind == "star" or (isinstance(sup.tree, Symbol) and sup.tree.base in _SIGNS):
                base += sup.tree.base if isinstance(sup.tree, Symbol) else "*"
            elif sup.kind in ("paren", "square") and sup.tree is not None:
                for part in split(sup.tree):
                    base, found = self.labelled(base, part)
                    upper += found
            elif sup.kind == "bare" and sup.tree is not None and self.is_index(base, sup.tree):
                base, found = self.labelled(base, sup.tree)
                upper += found
            else:
                powers.append(sup)
        for sub in subs:
            for part in split(sub):
                if isinstance(part, Symbol) and (base, base_of(part)) in self.survey.own_labels:
                    continue  # `h_\theta(x)`: a function with its parameters
                base, found = self.labelled(base, part)
                lower += found
        return self.raised(Name(base, tuple(upper), tuple(lower)), tuple(powers), power=True)

    def is_index(self, base: str, tree: Tree) -> bool:
        """Whether a bare superscript counts layers and is no power."""
        if base not in self.survey.stacked:
            return False
        if isinstance(tree, Number):
            return tree.text != "2" or base in ("a", "z", "w", "W", "b", "delta", "h")
        return isinstance(tree, Symbol) or shifted(tree) is not None

    def labelled(self, base: str, tree: Tree) -> tuple[str, list[Index]]:
        """An index, or a word that becomes part of the name."""
        try:
            return base, [self.index(tree)]
        except Unclear:
            text = index_text(tree)
            if text is None or isinstance(tree, SumTree):
                raise
            return f"{base}:{text}", []

    def index(self, tree: Tree) -> Index:
        """`2`, `l`, `l - 1` as an Index. Raises Unclear for anything else."""
        if isinstance(tree, Number) and tree.text.isdigit():
            return Index("", int(tree.text))
        if isinstance(tree, Symbol) and len(tree.base) == 1 and "rm" not in tree.marks:
            if tree.base in self.survey.labels:
                raise Unclear("unclear index", (("index", tree.base),))
            return Index(base_of(tree), 0)
        if isinstance(tree, Symbol) and tree.base in ("ell", "tau", "mu", "nu"):
            return Index(tree.base, 0)
        found = shifted(tree)
        if found:
            return Index(*found)
        raise Unclear("unclear index", (("index", index_text(tree) or "?"),))


def split(tree: Tree) -> list[Tree]:
    """`ij`, `i,j` and `12` as the indices they are made of."""
    if isinstance(tree, Fenced) and tree.kind in ("list", "paren"):
        return [part for item in tree.items for part in split(item)]
    if isinstance(tree, Product) and not any(tree.operators) and len(letters(tree)) > 1:
        return list(tree.factors)
    return [tree]
