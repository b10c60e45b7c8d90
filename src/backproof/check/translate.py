"""Trees -> terms: calls are told from products, layers from powers, derivatives get what they
differentiate."""

from __future__ import annotations

from ..notation.lower.trees import base_symbol, index_text, letters
from ..notation.syntax import (
    Big,
    Cases,
    Derivative,
    Ellipsis_,
    Fenced,
    Fraction,
    Matrix,
    Number,
    Relation,
    Root,
    Script,
    Symbol,
    Text,
    Tree,
    Unknown,
)
from ..notation.syntax import Sum as SumTree
from .ellipses import COLUMN, DOTS, ROW
from .factors import INDICATORS, Factors
from .naming import split
from .survey import base_of, head
from .terms import (
    Absolute,
    Add,
    Call,
    Choose,
    Compare,
    D,
    Div,
    Grid,
    Limit,
    Name,
    Norm,
    Num,
    Pow,
    Sum,
    Term,
    Unclear,
    free_letters,
)  # fmt: skip


class Translator(Factors):
    """Makes terms with the survey of one note."""

    def term(self, tree: Tree) -> Term:
        """The meaning of a tree. Raises Unclear for what has none."""
        method = getattr(self, f"_{type(tree).__name__.lower().rstrip('_')}", None)
        if method is None:
            raise Unclear("undecided")
        return method(tree)

    # leaves --------------------------------------------------------------------------------------
    def _number(self, tree: Number) -> Term:
        return Num(tree.text)

    def _symbol(self, tree: Symbol) -> Term:
        if ("bb" in tree.marks and tree.base in ("E", "P", "V")) or tree.base in ("Var", "Cov"):
            raise Unclear("not an equality of numbers")
        if tree.base == "pi" and "pi" not in self.survey.parameters:
            return Name("pi")
        if tree.base == "0":
            return Num("0")  # in bold type: as many zeros as there are entries
        paired = self.survey.pairs.get(base_of(tree))
        named = self.name(tree, (), ()) if paired is None else Name(paired)
        return self.differential_word(tree) or self.glued(tree) or named

    def _text(self, tree: Text) -> Term:
        raise Unclear("not an equality of numbers")

    def _ellipsis(self, tree: Ellipsis_) -> Term:
        raise Unclear("ellipsis")

    def _unknown(self, tree: Unknown) -> Term:
        raise Unclear("question")

    def _relation(self, tree: Relation) -> Term:
        raise Unclear("not an equality of numbers")

    # scripts -------------------------------------------------------------------------------------
    def _script(self, tree: Script) -> Term:
        base = tree.base
        if isinstance(base, Symbol):
            sup = tree.sups[0] if len(tree.sups) == 1 and not tree.subs else None
            if base.base == "e" and sup and sup.kind == "bare" and sup.tree:
                return Call(Name("exp"), (self.term(sup.tree),))
            if base.base in INDICATORS and tree.subs:
                return self.sized(base, tree) or self.condition(tree.subs[0])
            word = self.differential_word(base, tree) if len(base.base) > 1 else None
            return word or self.name(base, tree.subs, tree.sups)
        if isinstance(base, Number) and base.text == "1" and tree.subs:
            return self.condition(tree.subs[0])
        inner = self.term(base) if not _is_norm(base) else self.norm(base, tree.subs)
        subs = () if _is_norm(base) else tree.subs
        if subs:
            parts = [part for sub in subs for part in split(sub)]
            inner = _all_entries(inner, parts) or self.entry(inner, parts)
        return self.raised(inner, tree.sups, power=True)

    # sums and products ---------------------------------------------------------------------------
    def _sum(self, tree: SumTree) -> Term:
        terms: list[Term] = []
        signs: list[int] = []
        trees, marks = list(tree.terms), list(tree.signs)
        at = 0
        while at < len(trees):
            part, sign = trees[at], -1 if marks[at] == "-" else 1
            by = part if isinstance(part, Derivative) and part.of is None else None
            if by is not None and at + 1 < len(trees):
                # d/da -y log a: the operator takes the term behind the minus
                inner = self.term(trees[at + 1])
                inner = Add((inner,), (-1,)) if marks[at + 1] == "-" else inner
                terms.append(D(inner, tuple(self.term(b) for b in by.by)))
                at += 1
            else:
                terms.append(self.term(part))
            signs.append(sign)
            at += 1
        return Add(tuple(terms), tuple(signs))

    # the rest ------------------------------------------------------------------------------------
    def _fraction(self, tree: Fraction) -> Term:
        return Div(self.term(tree.numerator), self.term(tree.denominator))

    def _root(self, tree: Root) -> Term:
        body = self.term(tree.body)
        if tree.degree is None:
            return Call(Name("sqrt"), (body,))
        return Pow(body, Div(Num("1"), self.term(tree.degree)))

    def _fenced(self, tree: Fenced) -> Term:
        if _is_norm(tree):
            return self.norm(tree, ())
        if tree.kind == "square" and len(tree.items) == 1 and isinstance(tree.items[0], Relation):
            return self.condition(tree)  # `[i = j]`
        if tree.kind == "abs" and len(tree.items) == 1:
            return Absolute(self.term(tree.items[0]))
        if len(tree.items) == 1 and tree.kind in ("paren", "square", "brace", "list"):
            return self.term(tree.items[0])
        if tree.kind == "square" and len(tree.items) > 1:
            items = tuple(self.term(item) for item in tree.items)
            return Grid((items,) if tree.separator == "," else tuple((i,) for i in items))
        raise Unclear("not an equality of numbers")

    def norm(self, tree: Tree, subs: tuple[Tree, ...]) -> Term:
        """A norm with its order."""
        if not isinstance(tree, Fenced) or len(tree.items) != 1:
            raise Unclear("undecided")
        written = index_text(subs[0]) if subs else "2"
        orders = {"1": 1, "2": 2, "F": 2, "infty": 0, "fro": 2}
        if written not in orders:
            raise Unclear("undecided")
        return Norm(self.term(tree.items[0]), orders[written])

    def _big(self, tree: Big) -> Term:
        if tree.kind == "lim":
            return self.limit(tree)
        kind = "sum" if tree.kind == DOTS else tree.kind
        if kind not in ("sum", "prod", "max", "min", ROW, COLUMN):
            raise Unclear("undecided")
        lower = upper = None
        below, different = tree.below, ()
        found: list[str] = []
        if isinstance(below, Relation):
            index, relation = below.sides[0], below.operators[0]
            found = _letters(index)
            other = below.sides[1]
            if relation in ("=", ":=") and other is not None:
                lower = self.term(other)
            elif relation == "!=" and other is not None:
                different = tuple(_letters(other)) or (self.index(other).letter,)
            elif relation != "in":
                raise Unclear("undecided")
        elif isinstance(below, Fenced) and below.separator in (":", "|"):
            raise Unclear("undecided")  # only those that fulfil a condition
        elif below is not None:
            found = _letters(below)
            if not found and (symbol := head(below)):
                found = [base_of(symbol)]
            if not found:
                raise Unclear("undecided")  # `\sum_0`: a name
        if tree.above is not None:
            upper = self.term(tree.above)
        if tree.kind in ("max", "min") and not (found and set(found) <= self.survey.bound):
            raise Unclear("undecided")
        return Sum(kind, tuple(found), lower, upper, different, self.term(tree.body))

    def limit(self, tree: Big) -> Term:
        r"""`\lim_{h \to 0}`."""
        below = tree.below
        if not isinstance(below, Relation) or below.operators[0] != "to" or len(below.sides) != 2:
            raise Unclear("undecided")
        variable, to = below.sides
        if not isinstance(variable, Symbol) or to is None:
            raise Unclear("undecided")
        return Limit(self.term(tree.body), base_of(variable), self.term(to))

    def _derivative(self, tree: Derivative) -> Term:
        if tree.of is None:
            raise Unclear("not an equality of numbers")
        by = tuple(self.term(b) for b in tree.by)
        if tree.order > len(by):
            by = by * tree.order if len(by) == 1 else by
        return D(self.term(tree.of), by)

    def _matrix(self, tree: Matrix) -> Term:
        cells = [cell for row in tree.rows for cell in row]
        if isinstance(cells[0], Big) and cells[0].kind in (ROW, COLUMN) and len(cells) == 1:
            return self.term(cells[0])
        return Grid(tuple(tuple(self.term(cell) for cell in row) for row in tree.rows))

    def _cases(self, tree: Cases) -> Term:
        return Choose(
            tuple(
                (self.term(value), None if condition is None else self.condition(condition))
                for value, condition in tree.rows
            )
        )

    def sized(self, base: Symbol, tree: Script) -> Term | None:
        r"""`I_n` and `\mathbf{1}_m`, which say how large they are."""
        size = tree.subs[0]
        symbol = base_symbol(size)  # `n_l` too
        if base.base not in ("1", "I") or symbol is None or len(tree.subs) > 1:
            return None
        many = base.base == "I" and base_of(symbol) in self.survey.sample_counts
        return self.raised(Name("I:samples" if many else base.base), tree.sups, power=True)

    def condition(self, tree: Tree) -> Term:
        """A comparison. Raises Unclear for prose."""
        if isinstance(tree, Fenced) and len(tree.items) == 1:
            return self.condition(tree.items[0])
        if not isinstance(tree, Relation) or len(tree.sides) != 2 or None in tree.sides:
            raise Unclear("undecided")
        left, right = tree.sides
        if left is None or right is None or tree.operators[0] not in _RELATIONS:
            raise Unclear("undecided")
        return Compare(self.term(left), tree.operators[0], self.term(right))


_RELATIONS = ("=", "!=", "<", ">", "<=", ">=")


def _all_entries(inner: Term, parts: list[Tree]) -> Term | None:
    """`(a_{ij} b_j)_{ij}`, `(p_i)_i`: what has these entries."""
    over = [part.base for part in parts if isinstance(part, Symbol)]
    if len(over) != len(parts) or len(over) > 2 or not {*over} <= {*free_letters(inner)}:
        return None
    if len(over) == 2:
        inner = Sum(ROW, (over[1],), None, None, (), inner)
    return Sum(COLUMN, (over[0],), None, None, (), inner)


def _is_norm(tree: Tree) -> bool:
    return isinstance(tree, Fenced) and tree.kind == "norm"


def _letters(tree: Tree | None) -> list[str]:
    if tree is None:
        return []
    if isinstance(tree, Fenced):
        return [x for item in tree.items for x in _letters(item)]
    if isinstance(tree, Symbol) and len(tree.base) > 1:
        return [tree.base]
    return letters(tree)
