"""Trees -> terms: calls are told from products, layers from powers, derivatives get what they
differentiate."""

from __future__ import annotations

from ..errors import Span
from ..notation.lower.library import ENTRYWISE, FORMULAS, MIXING, spelled
from ..notation.lower.trees import index_text, letters, shifted
from ..notation.syntax import (
    Big,
    Cases,
    Derivative,
    Ellipsis_,
    Fenced,
    Fraction,
    Matrix,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Sup,
    Symbol,
    Text,
    Tree,
    Unknown,
)
from ..notation.syntax import Sum as SumTree
from .calls import mentions
from .survey import Survey, base_of, head, is_call
from .terms import (
    Absolute,
    Add,
    Call,
    Choose,
    Compare,
    D,
    Differential,
    Div,
    Entry,
    Grid,
    Index,
    Mul,
    Name,
    Norm,
    Num,
    Pow,
    Prime,
    Sum,
    Term,
    Transpose,
    Unclear,
)  # fmt: skip

#: Functions that need no brackets: `\log a`.
_OPERATORS = frozenset(
    ("log", "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "tr", "sigmoid",
     "relu", "ReLU", "softmax", "softplus", "arctan", "det", "diag", "Diag", "vec", "trace", "sech")
)  # fmt: skip
_KNOWN = frozenset((*ENTRYWISE, *FORMULAS, *MIXING, *_OPERATORS, "diag", "Diag", "vec", "arctan"))
_INDICATORS = frozenset(("1", "I", "indicator", "ind"))


class Translator:
    """Makes terms with the survey of one note."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

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
        return self.differential_word(tree) or self.glued(tree) or Name(base_of(tree))

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
            if base.base in _INDICATORS and tree.subs:
                return self.condition(tree.subs[0])
            word = self.differential_word(base, tree) if len(base.base) > 1 else None
            return word or self.name(base, tree.subs, tree.sups)
        if isinstance(base, Number) and base.text == "1" and tree.subs:
            return self.condition(tree.subs[0])
        inner = self.term(base) if not _is_norm(base) else self.norm(base, tree.subs)
        subs = () if _is_norm(base) else tree.subs
        if subs:
            found = [self.index(part) for sub in subs for part in _split(sub)]
            inner = Entry(inner, tuple(found))
        return self.raised(inner, tree.sups, power=True)

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
                for part in _split(sup.tree):
                    base, found = self.labelled(base, part)
                    upper += found
            elif sup.kind == "bare" and sup.tree is not None and self.is_index(base, sup.tree):
                base, found = self.labelled(base, sup.tree)
                upper += found
            else:
                powers.append(sup)
        for sub in subs:
            for part in _split(sub):
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

    def _product(self, tree: Product) -> Term:
        kept = [(o, f) for o, f in _flat(tree) if not isinstance(f, Text) and not _remark(f)]
        kept = _numbered(kept)
        terms: list[Term] = []
        joints: list[str] = []
        at = 0
        while at < len(kept):
            operator = kept[at][0]
            term, at = self.unit(kept, at)
            terms.append(term)
            joints.append(operator)
        if not terms:
            raise Unclear("not an equality of numbers")
        if joints[1:] == ["/"] and all(isinstance(t, Differential) for t in terms):
            above, below = (t.of for t in terms if isinstance(t, Differential))
            return D(above, (below,))
        return terms[0] if len(terms) == 1 else Mul(tuple(terms), tuple(joints[1:]))

    def unit(self, kept: list[tuple[str, Tree]], at: int) -> tuple[Term, int]:
        """One factor with what it takes from the factors behind it, and where to go on."""
        factor = kept[at][1]
        after = kept[at + 1] if at + 1 < len(kept) else None
        if isinstance(factor, Derivative) and factor.of is None:
            if after is None:
                raise Unclear("not an equality of numbers")
            by = tuple(self.term(b) for b in factor.by)
            rest = kept[at + 1 :]
            if isinstance(after[1], Fenced) and after[1].kind != "list":
                inner = self.term(after[1])
                names = [b.base for b in by if isinstance(b, Name)]
                if any(mentions(inner, name) for name in names) or len(rest) == 1:
                    return D(inner, by), at + 2
                # `d/da (1 - y) log(1 - a)`: a bracket without the variable is no operand
            return D(self.joined(rest), by), len(kept)
        if isinstance(factor, Derivative) and after is not None and is_call(after[1], after[0]):
            found, place = self.term(factor), self.term(after[1])
            if isinstance(found, D) and found.by == (place,):
                return found, at + 2  # `df/dz (z)`: the derivative at z
        symbol = head(factor)
        if symbol is None:
            return self.term(factor), at + 1
        if symbol.base in ("sum", "prod") and symbol.function and after is not None:
            # a box or a colour ended the operator before its body
            subs = factor.subs if isinstance(factor, Script) else ()
            sups = factor.sups if isinstance(factor, Script) else ()
            body = Product(after[1].span, tuple(f for _, f in kept[at + 1 :]),
                           tuple(o for o, _ in kept[at + 2 :]))  # fmt: skip
            big = Big(factor.span, symbol.base, subs[0] if subs else None,
                      sups[0].tree if sups else None, body)  # fmt: skip
            return self._big(big), len(kept)
        if symbol.base == "nabla" and after is not None:
            inner, stop = self.unit(kept, at + 1)
            subs = factor.subs if isinstance(factor, Script) else ()
            return D(inner, tuple(self.term(s) for s in subs), True), stop
        if symbol.base == "d" and after is not None and not after[0]:
            behind = head(after[1])
            if factor is symbol and behind is not None and self.survey.differentials:
                script = after[1] if isinstance(after[1], Script) else None
                word = self.differential(base_of(behind), script)
                if word is not None:
                    if at + 2 < len(kept) and isinstance(kept[at + 2][1], Number):
                        return self.numbered(word, kept, at)
                    return word, at + 2
        if symbol.base == "Delta" and after is not None and head(after[1]):
            inner = self.term(after[1])
            if isinstance(inner, Name):
                return Name(f"Delta {inner.base}", inner.upper, inner.lower), at + 2
        if (
            after is not None
            and isinstance(after[1], Script)
            and not isinstance(factor, Derivative)
        ):
            scripted = after[1]
            if is_call(scripted.base, after[0]) and self.is_function(factor, symbol, scripted.base):
                # `softmax(z)_i`, `f(x)^2`
                inner, _ = self.called(factor, symbol, [kept[at], ("", scripted.base)], 0, True)
                if scripted.subs:
                    found = [self.index(part) for sub in scripted.subs for part in _split(sub)]
                    inner = Entry(inner, tuple(found))
                return self.raised(inner, scripted.sups, power=True), at + 2
        fence = after[1] if after is not None else None
        takes = fence is not None and after is not None and is_call(fence, after[0])
        if self.is_function(factor, symbol, fence if takes else None):
            return self.called(factor, symbol, kept, at, takes)
        return self.term(factor), at + 1

    def numbered(self, word: Term, kept: list[tuple[str, Tree]], at: int) -> tuple[Term, int]:
        """`dW1` of LaTeX: the number is part of the name."""
        number = kept[at + 2][1]
        if kept[at + 2][0] or not isinstance(number, Number) or not isinstance(word, Differential):
            return word, at + 2
        name = word.of
        return Differential(Name(name.base + number.text, name.upper, name.lower)), at + 3

    def joined(self, kept: list[tuple[str, Tree]]) -> Term:
        factors = tuple(f for _, f in kept)
        if len(factors) == 1:
            return self.term(factors[0])
        span = factors[0].span.to(factors[-1].span)
        return self._product(Product(span, factors, tuple(o for o, _ in kept[1:])))

    def is_function(self, factor: Tree, symbol: Symbol, fence: Tree | None) -> bool:
        """Whether a factor is applied to what follows."""
        word = spelled(factor)
        base = base_of(symbol)
        primed = isinstance(factor, Script) and any(s.kind == "prime" for s in factor.sups)
        if word in _OPERATORS or symbol.function:
            return True
        if fence is None:
            return False
        if base in self.survey.parameters:
            return True
        if base in self.survey.functions or primed:
            return True
        if base in self.survey.primed and isinstance(fence, Fenced):
            # `v'(x)` stands somewhere: `v(x)` is no product either
            return all(isinstance(item, Symbol) for item in fence.items)
        if word in _KNOWN:
            return word not in ("sigma",) or not _is_spread(fence)
        items = fence.items if isinstance(fence, Fenced) else ()
        return len(items) > 1 and all(head(item) for item in items)

    def called(
        self, factor: Tree, symbol: Symbol, kept: list[tuple[str, Tree]], at: int, takes: bool
    ) -> tuple[Term, int]:
        """A call and, behind it, the powers that stand on the function's name."""
        sups = factor.sups if isinstance(factor, Script) else ()
        subs = factor.subs if isinstance(factor, Script) else ()
        primes = sum(s.kind == "prime" for s in sups)
        word = spelled(factor)
        library = word in _KNOWN and base_of(symbol) not in self.survey.parameters
        powers = tuple(
            s for s in sups if s.kind == "bare" and s.tree is not None
            and (library or not self.is_index(base_of(symbol), s.tree))
        )  # fmt: skip
        rest = tuple(s for s in sups if s.kind != "prime" and s not in powers)
        if library:
            function = Name(word)
        else:
            named = self.name(symbol, subs, rest)
            if not isinstance(named, Name):
                raise Unclear("undecided")
            function = named
        if takes:
            fence = kept[at + 1][1]
            items = fence.items if isinstance(fence, Fenced) else (fence,)
            arguments, stop = tuple(self.argument(item) for item in items), at + 2
            behind = None
        else:
            argument, stop = self.operand(kept, at + 1)
            arguments, behind = (argument,), None
        del behind
        call: Term = Call(function, arguments, primes)
        return self.raised(call, powers, power=True), stop

    def operand(self, kept: list[tuple[str, Tree]], at: int) -> tuple[Term, int]:
        r"""What `\log` takes without brackets: `a`, `2x`, `h(x)`."""
        if at >= len(kept):
            raise Unclear("not an equality of numbers")
        factor = kept[at][1]
        if isinstance(factor, Number) and at + 1 < len(kept) and not kept[at + 1][0]:
            inner, stop = self.operand(kept, at + 1)
            return Mul((Num(factor.text), inner), ("",)), stop
        return self.unit(kept, at)

    def argument(self, tree: Tree) -> Term:
        """An argument of a call; a condition may be one (`\\mathbb 1(i = j)`)."""
        return self.condition(tree) if isinstance(tree, Relation) else self.term(tree)

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
        if tree.kind in ("max", "min"):
            raise Unclear("undecided")
        if tree.kind not in ("sum", "prod"):
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
                different = tuple(_letters(other))
            elif relation != "in":
                raise Unclear("undecided")
        elif below is not None:
            found = _letters(below)
            if not found and (symbol := head(below)):
                found = [base_of(symbol)]
        if tree.above is not None:
            upper = self.term(tree.above)
        return Sum(tree.kind, tuple(found), lower, upper, different, self.term(tree.body))

    def _derivative(self, tree: Derivative) -> Term:
        if tree.of is None:
            raise Unclear("not an equality of numbers")
        by = tuple(self.term(b) for b in tree.by)
        if tree.order > len(by):
            by = by * tree.order if len(by) == 1 else by
        return D(self.term(tree.of), by)

    def _matrix(self, tree: Matrix) -> Term:
        return Grid(tuple(tuple(self.term(cell) for cell in row) for row in tree.rows))

    def _cases(self, tree: Cases) -> Term:
        return Choose(
            tuple(
                (self.term(value), None if condition is None else self.condition(condition))
                for value, condition in tree.rows
            )
        )

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


_NOWHERE = Span(1, 1, 1, 1)
_SIGNS = frozenset(("plus", "minus", "new", "old", "dagger", "next", "prev", "ast"))
_RELATIONS = ("=", "!=", "<", ">", "<=", ">=")


def _flat(tree: Product) -> list[tuple[str, Tree]]:
    """The factors with the operators before them; a product in a box is no bracket."""
    found: list[tuple[str, Tree]] = []
    for operator, factor in zip(("", *tree.operators), tree.factors, strict=False):
        if isinstance(factor, Product):
            inner = _flat(factor)
            found += [(operator, inner[0][1]), *inner[1:]]
        else:
            found.append((operator, factor))
    return found


def _numbered(kept: list[tuple[str, Tree]]) -> list[tuple[str, Tree]]:
    """`Z1` and `A0.T` of code: a number right behind a name is its index."""
    found: list[tuple[str, Tree]] = []
    for operator, factor in kept:
        number = factor.base if isinstance(factor, Script) else factor
        if (
            found
            and not operator
            and isinstance(number, Number)
            and number.text.isdigit()
            and isinstance(found[-1][1], Symbol)
            and not found[-1][1].function
            and found[-1][1].span.end_column == number.span.column
            and found[-1][1].span.end_line == number.span.line
        ):
            before, symbol = found.pop()
            sups = factor.sups if isinstance(factor, Script) else ()
            span = symbol.span.to(factor.span)
            found.append((before, Script(span, symbol, (number,), sups)))
        else:
            found.append((operator, factor))
    return found


def _is_norm(tree: Tree) -> bool:
    return isinstance(tree, Fenced) and tree.kind == "norm"


def _remark(tree: Tree) -> bool:
    """`(for every component)`: words in brackets."""
    return isinstance(tree, Fenced) and all(isinstance(item, Text) for item in tree.items)


def _is_spread(fence: Tree) -> bool:
    """Whether brackets behind a sigma hold nothing that a function would take."""
    return False


def _letters(tree: Tree | None) -> list[str]:
    if tree is None:
        return []
    if isinstance(tree, Fenced):
        return [x for item in tree.items for x in _letters(item)]
    if isinstance(tree, Symbol) and len(tree.base) > 1:
        return [tree.base]
    return letters(tree)


def _split(tree: Tree) -> list[Tree]:
    """`ij`, `i,j` and `12` as the indices they are made of."""
    if isinstance(tree, Fenced) and tree.kind in ("list", "paren"):
        return [part for item in tree.items for part in _split(item)]
    if isinstance(tree, Product) and not any(tree.operators) and len(letters(tree)) > 1:
        return list(tree.factors)
    return [tree]
