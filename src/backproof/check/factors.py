"""Products: which factor is applied to the next, and which multiplies it."""

from __future__ import annotations

from typing import TypeGuard

from ..notation.lower.library import ENTRYWISE, FORMULAS, MIXING, spelled
from ..notation.lower.trees import index_text, walk
from ..notation.syntax import (
    Big,
    Derivative,
    Fenced,
    Number,
    Product,
    Relation,
    Script,
    Symbol,
    Text,
    Tree,
)
from .calls import mentions
from .functions import SUMMING
from .naming import Naming, split
from .survey import base_of, head, is_call
from .terms import (
    SIGNS,
    Call,
    D,
    Differential,
    Div,
    Mul,
    Name,
    Num,
    Term,
    Unclear,
    is_loss,
    literal,
)
from .timed import merged

#: Functions that need no brackets: `\log a`.
_OPERATORS = frozenset(
    ("log", "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "tr", "sigmoid",
     "relu", "ReLU", "softmax", "softplus", "arctan", "det", "diag", "Diag", "vec", "trace", "sech")
)  # fmt: skip
#: What a condition may stand behind.
INDICATORS = frozenset(("1", "I", "indicator", "ind", "chi"))
_KNOWN = frozenset(
    (*ENTRYWISE, *FORMULAS, *MIXING, *_OPERATORS, "diag", "Diag", "vec", "arctan", *SUMMING)
)


class Factors(Naming):
    """Makes terms of products."""

    def condition(self, tree: Tree) -> Term:
        """A comparison."""
        raise NotImplementedError

    def _big(self, tree: Big) -> Term:
        raise NotImplementedError

    def _product(self, tree: Product) -> Term:
        kept = [(o, f) for o, f in _flat(tree) if not isinstance(f, Text) and not _remark(f)]
        kept = merged(_numbered(kept), self.survey.timed)
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
        if after is not None and _indicates(factor, after):
            return self.condition(after[1]), at + 2
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
            inner, stop = self.scaled(kept, at + 1)
            return self.gradient(factor, inner), stop
        if factor is symbol and self.steps(symbol) and after is not None and not after[0]:
            behind = head(after[1])
            known = behind is not None and (behind.function or spelled(after[1]) in _KNOWN)
            if behind is not None and not known:
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
            turned = any(s.kind == "transpose" for s in scripted.sups)
            inner = scripted.base.items if isinstance(scripted.base, Fenced) else ()
            if turned and len(inner) == 1 and self.is_one_sample(inner[0]):
                return self.term(factor), at + 1  # `\delta (x^{(i)})^T` is a product
            picks = scripted.subs and [type(item) for item in inner] == [Symbol]  # `f(z)_k`
            if is_call(scripted.base, after[0]) and (
                picks or self.is_function(factor, symbol, scripted.base)
            ):
                # `softmax(z)_i`, `f(x)^2`
                inner, _ = self.called(factor, symbol, [kept[at], ("", scripted.base)], 0, True)
                if scripted.subs:
                    inner = self.entry(inner, [p for sub in scripted.subs for p in split(sub)])
                return self.raised(inner, scripted.sups, power=True), at + 2
        fence = after[1] if after is not None else None
        takes = (
            fence is not None
            and after is not None
            and is_call(fence, after[0], base_of(symbol) in self.survey.parameters)
        )
        if self.is_function(factor, symbol, fence if takes else None):
            return self.called(factor, symbol, kept, at, takes)
        return self.term(factor), at + 1

    def steps(self, symbol: Symbol) -> bool:
        """Whether a d or a delta makes one word with the name behind it: an upright d counts
        nothing, whatever another one does."""
        if symbol.base == "d":
            return self.survey.differentials or "rm" in symbol.marks
        return symbol.base == "delta" and self.survey.varied

    def scaled(self, kept: list[tuple[str, Tree]], at: int) -> tuple[Term, int]:
        r"""What `\nabla` takes: the next factor, and numbers before it."""
        inner, stop = self.unit(kept, at)
        if isinstance(inner, Num | Div) and literal(inner) and stop < len(kept):
            rest, end = self.scaled(kept, stop)
            return Mul((inner, rest), (kept[stop][0],)), end
        return inner, stop

    def is_quantity(self, term: Term) -> TypeGuard[Name]:
        """Whether a name is neither a loss nor a function."""
        if not isinstance(term, Name) or is_loss(term.base):
            return False
        return term.base not in {*self.survey.functions, *self.survey.parameters}

    def gradient(self, nabla: Tree, of: Term) -> Term:
        r"""`\nabla_w L`, and the Hessian `\nabla_w^2 L`."""
        subs = nabla.subs if isinstance(nabla, Script) else ()
        by = tuple(self.term(s) for s in subs)
        if isinstance(nabla, Symbol) and self.is_quantity(of):
            return Differential(of)  # `\nabla z`: of the loss, by z
        if by and _squared(nabla):
            by *= 2
        elif _squared(nabla):
            of = D(of, (), True)
        return D(of, by, True)

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
        if base in self.survey.numbers and not primed:
            return False
        if fence is None or _inside(factor, fence):
            return False
        if base in self.survey.parameters:
            return True
        if base in self.survey.functions or primed:
            return True
        if word in _KNOWN:
            return True
        if base in self.survey.primed and isinstance(fence, Fenced):
            # `v'(x)` stands somewhere: `v(x)` is no product either
            return all(isinstance(item, Symbol) for item in fence.items)
        items = fence.items if isinstance(fence, Fenced) else ()
        one = len(items) == 1 and self.is_one_sample(items[0]) and not self.is_one_sample(factor)
        if one and base in self.survey.bases:
            return True  # `a^{(3)}(x^{(i)})`: a of that sample
        return len(items) > 1 and all(head(item) for item in items)

    def is_one_sample(self, tree: Tree) -> bool:
        """Whether a tree is a quantity with the index of a sample."""
        indices = (*tree.subs, *(s.tree for s in tree.sups)) if isinstance(tree, Script) else ()
        return any(isinstance(i, Symbol) and base_of(i) in self.survey.samples for i in indices)

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
            and not (isinstance(s.tree, Symbol) and s.tree.base in SIGNS)
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
        else:
            argument, stop = self.operand(kept, at + 1)
            arguments = (argument,)
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


def _squared(tree: Tree) -> bool:
    r"""`\nabla^2`: the Hessian."""
    sups = tree.sups if isinstance(tree, Script) else ()
    return any(s.kind == "bare" and isinstance(s.tree, Number) and s.tree.text == "2" for s in sups)


def _indicates(factor: Tree, after: tuple[str, Tree]) -> bool:
    r"""`\mathbb{1}[x > 0]`, `1\{y = k\}`, `1(y = k)`: one where the condition holds, and zero
    elsewhere; what stands apart, `a - 1 (y = k)`, is a remark."""
    operator, fence = after
    if operator or not isinstance(fence, Fenced) or len(fence.items) != 1:
        return False
    if fence.kind not in ("paren", "square", "brace") or not isinstance(fence.items[0], Relation):
        return False
    if isinstance(factor, Number):
        touching = factor.span.end_column == fence.span.column
        return factor.text == "1" and (touching or fence.kind != "paren")
    return isinstance(factor, Symbol) and factor.base in INDICATORS


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


def _remark(tree: Tree) -> bool:
    """`(for every component)`: words in brackets."""
    return isinstance(tree, Fenced) and all(isinstance(item, Text) for item in tree.items)


def _inside(factor: Tree, fence: Tree) -> bool:
    """Whether a name with an index stands in the brackets behind it as well, which then are no
    arguments: `p_i (1 - p_i)`, where p is also a function."""
    if not isinstance(factor, Script) or not factor.subs:
        return False
    nodes = [*walk(fence)]
    called = {
        id(name)
        for node in nodes
        if isinstance(node, Product)
        for name, behind in zip(node.factors, node.factors[1:], strict=False)
        if isinstance(behind, Fenced)
    }
    own = [*map(index_text, factor.subs)]
    return any(
        isinstance(node, Script)
        and head(node) is not None
        and id(node) not in called
        and spelled(node) == spelled(factor)
        and [*map(index_text, node.subs)] == own
        for node in nodes
    )
