"""Names of quantities: their indices, labels, powers, and what `dW1` says."""

from __future__ import annotations

import re

from ..errors import Span
from ..notation.lower.trees import base_symbol, index_text, is_letter, letters, shifted
from ..notation.syntax import Fenced, Number, Product, Script, Sup, Symbol, Tree
from ..notation.syntax import Sum as SumTree
from .facts import Survey
from .survey import WEIGHTS, base_of
from .terms import (
    LOSSES,
    SIGNS,
    Call,
    D,
    Differential,
    Entry,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Prime,
    Term,
    Transpose,
    Unclear,
)

#: `J_{naive-softmax}`: a word, and no difference.
_HYPHENED = re.compile(r"[A-Za-z]{3,}-[A-Za-z]{3,}")
_NOWHERE = Span(1, 1, 1, 1)
#: What is named by what it is about: the `L_w` with weights w, `delta_z`.
_ABOUT = LOSSES | {"delta", "Delta"}


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
            elif sup.kind == "bare" and _inverse_transpose(sup.tree):
                inner = Transpose(Pow(inner, Num("-1")))
            elif sup.kind == "prime":
                inner = Prime(inner)
            elif sup.kind == "factorial":
                inner = Call(Name("factorial"), (inner,))
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
            elif sup.kind == "star":
                base += sup.tree.base if isinstance(sup.tree, Symbol) else "*"
            elif sup.kind == "bare" and (sign := _spelled(sup.tree)) in SIGNS:
                base += sign
            elif sup.kind == "bare" and _is_word(sup.tree):
                base += f":{_spelled(sup.tree)}"  # `h_t^{\\text{enc}}`
            elif sup.kind in ("paren", "square") and sup.tree is not None:
                for part in split(sup.tree):
                    base, found = self.labelled(base, part)
                    upper += found
            elif sup.kind == "bare" and sup.tree is not None and self.is_index(base, sup.tree):
                base, found = self.labelled(base, sup.tree)
                upper += found
            else:
                powers.append(sup)
        entries: list[Tree] = []
        for sub in subs:
            if self.is_about(base, sub) or f"{base}:{index_text(sub)}" in self.survey.counts:
                base = f"{base}:{index_text(sub)}"
                continue
            parts = split(sub)
            if any(map(is_colon, parts)) or entries:
                entries += parts
                continue
            if len(parts) > 1 and any(map(self.is_label, parts)) and (text := index_text(sub)):
                base += f":{text}"  # `W_{xh}`: from x to h
                continue
            for part in parts:
                if isinstance(part, Symbol) and (base, base_of(part)) in self.survey.own_labels:
                    continue  # `h_\theta(x)`: a function with its parameters
                base, found = self.labelled(base, part)
                lower += found
        if self.survey.only_squared(base) and (square := next(filter(_is_square, powers), None)):
            powers.remove(square)
            base += "^2"
        base = self.survey.pairs.get(base, base)
        named: Term = Name(base, tuple(upper), tuple(lower))
        mark, _, marked = base.rpartition(" ")
        if mark in self.survey.adjoints and marked.partition(":")[0] in self.survey.bases:
            named = D(self.survey.adjoints[mark], (Name(marked, tuple(upper), tuple(lower)),))
        if entries:
            named = self.entry(named, entries)
        return self.raised(named, tuple(powers), power=True)

    def entry(self, inner: Term, parts: list[Tree]) -> Term:
        """A term with indices behind it: `(W_1)_{jk}`, `(a b)_{:s}`."""
        found = [None if is_colon(part) else self.index(part) for part in parts]
        if isinstance(inner, Name) and None not in found:
            indices = tuple(index for index in found if index is not None)
            return Name(inner.base, inner.upper, inner.lower + indices)
        return Entry(inner, tuple(found))

    def is_index(self, base: str, tree: Tree) -> bool:
        """Whether a bare superscript counts layers and is no power."""
        if base not in self.survey.stacked:
            return False
        if isinstance(tree, Number):
            return tree.text != "2" or base in ("a", "z", "w", "W", "b", "delta", "h")
        return isinstance(tree, Symbol) or shifted(tree) is not None

    def is_about(self, base: str, tree: Tree) -> bool:
        """Whether a lower index says what a quantity is about: the k of the dimension `d_k`, the w
        of a loss `L_w` with weights w, the h of `U_h`."""
        survey, found = self.survey, letters(tree)
        if len(found) != 1:
            return False
        if (base, found[0]) in survey.dimensions:
            return True
        if found[0] in survey.bound | survey.samples | survey.family_letters:
            return False
        if base in _ABOUT and found[0] in survey.plain:
            return not any(found[0] in x for other, x in survey.spelled if other != base)
        return base in WEIGHTS and found[0] in survey.carried

    def labelled(self, base: str, tree: Tree) -> tuple[str, list[Index]]:
        """An index, or a word that becomes part of the name."""
        chosen = base_symbol(tree)
        if chosen is not None and base_of(chosen) in self.survey.classes:
            return base, [Index(base_of(chosen), 0)]  # `p_{y_i}`: of the class y_i
        if isinstance(tree, Script) and isinstance(tree.base, Symbol):
            # `\\delta_{h_t}`: what belongs to h, with the index that h has
            inner = self.name(tree.base, tree.subs, tree.sups)
            if isinstance(inner, Name):
                return f"{base}:{inner.base}", [*inner.upper, *inner.lower]
        if isinstance(tree, Symbol) and (
            base_of(tree) != tree.base or (base, tree.base) in self.survey.owned
        ):
            return f"{base}:{base_of(tree)}", []
        try:
            return base, [self.index(tree)]
        except Unclear:
            text = index_text(tree)
            if text is None or (isinstance(tree, SumTree) and not _HYPHENED.fullmatch(text)):
                raise
            return f"{base}:{text}", []

    def is_label(self, tree: Tree) -> bool:
        """Whether a letter is a quantity, and no number where it stands as an index."""
        return isinstance(tree, Symbol) and tree.base in self.survey.labels

    def added(self, tree: SumTree) -> Index | None:
        """`i + k - 1`, `2i + k`: with more than one letter."""
        found: list[tuple[str, int]] = []
        shift = 0
        for part, sign in zip(tree.terms, tree.signs, strict=True):
            factor = -1 if sign == "-" else 1
            if isinstance(part, Product) and not any(part.operators) and len(part.factors) == 2:
                times, part = part.factors  # noqa: PLW2901 (2i)
                if not isinstance(times, Number) or not times.text.isdigit():
                    return None
                factor *= int(times.text)
            if isinstance(part, Number) and part.text.isdigit():
                shift += factor * int(part.text)
            elif is_letter(part):
                found.append((base_of(part), factor))
            else:
                return None
        main = next((x for x, factor in found if factor == 1), "")
        if len(found) < 2:
            return None
        return Index(main, shift, tuple((x, factor) for x, factor in found if x != main))

    def index(self, tree: Tree) -> Index:
        """`2`, `l`, `l - 1` as an Index. Raises Unclear for anything else."""
        if isinstance(tree, Number) and tree.text.isdigit():
            return Index("", int(tree.text))
        if is_letter(tree) and "rm" not in tree.marks:
            if self.is_label(tree):
                raise Unclear("unclear index", (("index", tree.base),))
            return Index(base_of(tree), 0)
        if isinstance(tree, Symbol) and tree.base in ("ell", "tau", "mu", "nu"):
            if tree.base in ("mu", "nu") and self.is_label(tree):
                raise Unclear("unclear index", (("index", tree.base),))  # W_mu makes mu
            return Index(tree.base, 0)
        found = shifted(tree)
        if found:
            return Index(*found)
        if isinstance(tree, SumTree) and (sum_of := self.added(tree)) is not None:
            return sum_of
        raise Unclear("unclear index", (("index", index_text(tree) or "?"),))


def _inverse_transpose(tree: Tree | None) -> bool:
    r"""`X^{-\top}`, `X^{-T}`."""
    if not isinstance(tree, SumTree) or tree.signs != ("-",):
        return False
    mark = tree.terms[0]
    return isinstance(mark, Symbol) and mark.base in ("top", "T", "intercal")


def split(tree: Tree) -> list[Tree]:
    """`ij`, `i,j` and `12` as the indices they are made of."""
    if isinstance(tree, Fenced) and tree.kind in ("list", "paren"):
        return [part for item in tree.items for part in split(item)]
    if isinstance(tree, Product) and not any(tree.operators):
        spelled = [part for part in tree.factors if not is_colon(part)]
        chosen = any(isinstance(part, Script) for part in spelled)  # `p_{i y_i}`
        if len(spelled) < len(tree.factors) or len(letters(tree)) > 1 or chosen:
            return list(tree.factors)
    return [tree]


def is_colon(tree: Tree) -> bool:
    """The colon of `d_{:s}`: all of them."""
    return isinstance(tree, Symbol) and tree.base == "colon"


def _spelled(tree: Tree | None) -> str:
    """A word, set as such or letter by letter: `v^{new}`."""
    if isinstance(tree, Product) and not any(tree.operators):
        letters_of = [f.base if is_letter(f) else "?" for f in tree.factors]
        return "".join(letters_of)
    return tree.base if isinstance(tree, Symbol) else ""


def _is_word(tree: Tree | None) -> bool:
    """Whether a superscript is a word of prose: no letter, and none with a command of its own."""
    if not isinstance(tree, Symbol) or len(tree.base) < 2 or not tree.base.isalpha():
        return False
    return tree.written.lstrip("\\") != tree.base


def _is_square(sup: Sup) -> bool:
    return sup.kind == "bare" and isinstance(sup.tree, Number) and sup.tree.text == "2"
