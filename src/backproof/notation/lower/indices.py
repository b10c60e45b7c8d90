r"""Which letters run, and over what: samples or entries.

`\sum_{i=1}^m` before `1/m` runs over the samples, `\sum_k y_k \log a_k` over entries, and in
`z_j = \sum_k w_{jk} x_k` the `j` of the left side runs too. Lecture notes never say which is which,
so the evidence is added up: where the letter stands, what is written in front of the sum, what
the same position of the same quantity held elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...errors import Span
from ..syntax import Big, Fenced, Fraction, Number, Product, Relation, Script, Sum, Symbol, Tree
from .names import LAYERED
from .trees import base_symbol, children, index_text, letters, shifted, walk

Position = tuple[str, str, int]

_PARAMETERS = frozenset("w W b U V u v theta Theta beta".split())
_SAMPLE_LIMITS = {"m": 2.5, "N": 2.5, "M": 2.5, "B": 2.5, "n": 1.5, "S": 1.0}
_LETTERS = {"i": 0.5, "n": 0.5, "s": 0.25, "j": -0.5, "k": -0.75, "c": -0.75, "d": -0.75, "l": -0.5}


@dataclass
class Run:
    """One letter in one scope; its score is positive where it runs over samples."""

    letter: str
    score: float
    positions: set[Position] = field(default_factory=set[Position])


def base_of(symbol: Symbol) -> str:
    """A letter with its hat: where evidence about its indices is kept."""
    return symbol.base + "".join(m for m in symbol.marks if m == "hat")


def binders(big: Big) -> list[str]:
    """The letters that a sum binds: `i`, `i = 1`, `i, j`, `j \\neq k`."""
    below = big.below
    if isinstance(below, Relation):
        below = below.sides[0]
    if below is None:
        return []
    if isinstance(below, Fenced):
        found = [letters(item.sides[0] or item) if isinstance(item, Relation) else letters(item)
                 for item in below.items]  # fmt: skip
        return [x for part in found for x in part]
    return letters(below)


def upper_limit(big: Big) -> Tree | None:
    r"""What a sum runs up to: the m of `\sum_{i=1}^m`, the N of `\sum_{n \in N}`."""
    below = big.below
    if big.above is None and isinstance(below, Relation) and below.operators == ("in",):
        return below.sides[-1]
    return big.above


def free_letters(tree: Tree) -> dict[str, None]:
    """The letters in scripts that no sum inside the formula binds, in order."""
    found: dict[str, None] = {}
    own: set[str] = set()
    for node in walk(tree):
        if isinstance(node, Script):
            for part in (*node.subs, *(s.tree for s in node.sups if s.tree is not None)):
                for item in part.items if isinstance(part, Fenced) else (part,):
                    found.update(dict.fromkeys(_beside_numbers(item)))
        elif isinstance(node, Big):
            own |= set(binders(node))
    return {x: None for x in found if x not in own}


def _beside_numbers(tree: Tree) -> list[str]:
    """The letters of an index, numbers beside them left out: the i of `x_{i1}`."""
    if isinstance(tree, Product) and any(isinstance(f, Number) for f in tree.factors):
        return [x for f in tree.factors for x in letters(f)]
    return letters(tree)


def shifted_letters(trees: Iterable[Tree]) -> set[str]:
    """Letters that occur as `t-1` or `l+1` in a script: they count steps or layers."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Script):
                for part in (*node.subs, *(s.tree for s in node.sups if s.tree is not None)):
                    for inner in walk(part):
                        shift = shifted(inner)
                        if shift:
                            found.add(shift[0])
    return found


class Census:
    """Collects the evidence of a whole note, then decides."""

    def __init__(self, bare_layers: bool) -> None:
        self.bare_layers = bare_layers
        self.inner = False
        self.runs: list[Run] = []
        self.bound: dict[tuple[Span, str], Run] = {}
        self.free: dict[tuple[int, str], Run] = {}
        self.votes: dict[Position, float] = {}

    def vector(self, symbol: Symbol) -> None:
        """A quantity that is a vector by its formula: a letter below it runs over its entries."""
        self.votes[base_of(symbol), "sub", 0] = -2

    def definition(
        self,
        order: int,
        left: Iterable[Tree],
        right: Tree,
        free: Iterable[str],
        *,
        inner: bool = False,
    ) -> None:
        """Take in one equation; `free` are the letters that run on its left side, `inner` says that
        other equations use what it defines: a mean of n things in it may be one of entries."""
        self.inner = inner
        scope: dict[str, Run] = {}
        for letter in free:
            run = Run(letter, _LETTERS.get(letter, 0.0) - 1.75)
            self.runs.append(run)
            self.free[order, letter] = run
            scope[letter] = run
        for tree in left:
            self._visit(tree, scope, ())
        self._visit(right, scope, ())

    def _visit(self, tree: Tree, scope: dict[str, Run], front: tuple[Tree, ...]) -> None:
        if isinstance(tree, Big) and tree.kind in ("sum", "prod", "max", "min"):
            self._big(tree, scope, front)
        elif isinstance(tree, Product):
            for i, factor in enumerate(tree.factors):
                self._visit(factor, scope, (*front, *tree.factors[:i]))
                if i and _turned(tree.factors[i - 1]):
                    self._beside(tree.factors[i - 1], factor, scope)
                if i and tree.operators[i - 1] == "cdot":
                    self._beside(tree.factors[i - 1], factor, scope)
                if _turned(factor):
                    self._beside(
                        tree.factors[i + 1] if i + 1 < len(tree.factors) else factor, factor, scope
                    )
                if i and isinstance(factor, Fenced) and not tree.operators[i - 1]:
                    head = base_symbol(tree.factors[i - 1])
                    for argument in factor.items if head and not head.function else ():
                        self._whole_vector(argument, scope)
        elif isinstance(tree, Fraction):
            top = (*front, Fraction(tree.span, Number(tree.span, "1"), tree.denominator))
            self._visit(tree.numerator, scope, top)
            self._visit(tree.denominator, scope, ())
        elif isinstance(tree, Script):
            self._script(tree, scope)
        elif isinstance(tree, Sum) or (isinstance(tree, Fenced) and len(tree.items) == 1):
            for part in children(tree):
                self._visit(part, scope, front)
        else:
            for part in children(tree):
                self._visit(part, scope, ())

    def _big(self, big: Big, scope: dict[str, Run], front: tuple[Tree, ...]) -> None:
        inner = dict(scope)
        inside = any(run.score > 1 for run in scope.values())
        taken = False
        for letter in binders(big):
            limits = _limit_score(big, front)
            if self.inner and limits == _SAMPLE_LIMITS["n"] and not _about_data(big.body):
                limits = -1.5
            taken = taken or limits > 0
            run = Run(letter, _LETTERS.get(letter, 0.0) + limits - (1.5 if inside else 0))
            self.runs.append(run)
            self.bound[big.span, letter] = run
            inner[letter] = run
        for limit in (big.below, big.above):
            if limit is not None:
                self._visit(limit, scope, ())
        self._visit(big.body, inner, () if taken else front)

    def _script(self, tree: Script, scope: dict[str, Run]) -> None:
        symbol = base_symbol(tree)
        base = base_of(symbol) if symbol else ""
        slots = [x for sub in tree.subs for x in letters(sub)]
        if len(slots) == sum(len(index_text(s) or "") for s in tree.subs if letters(s)):
            for slot, letter in enumerate(slots):
                if letter in scope and symbol:
                    run = scope[letter]
                    run.positions.add((base, "sub", slot))
                    if symbol.base in _PARAMETERS:
                        run.score -= 3
                    elif len(slots) > 1:
                        first = 1 if symbol.base in ("Y", "T") else 0.5
                        run.score += first if slot == 0 else -1
        for sup in tree.sups:
            if sup.tree is None:
                continue
            for letter in letters(sup.tree):
                if letter not in scope or not symbol:
                    continue
                run = scope[letter]
                if sup.kind in ("paren", "square"):
                    run.score += 4 if symbol.base not in _PARAMETERS else 0
                    run.positions.add((base, "sup", 0))
                elif symbol.base in LAYERED:
                    run.score += 3 if symbol.base in ("x", "y") else 1
                    run.positions.add((base, "sup", 0))
        for part in children(tree):
            self._visit(part, scope, ())

    def _beside(self, other: Tree, tree: Tree, scope: dict[str, Run]) -> None:
        r"""`w^T x_i`, `w^T \phi_n`: beside turned weights stands a sample."""
        symbol, weight = base_symbol(tree), base_symbol(other)
        whole = weight is not None and weight.base in _PARAMETERS
        if whole and isinstance(other, Script):
            whole = not any(letters(s) for s in other.subs)
        if whole or (symbol is not None and symbol.base in ("x", "X")):
            self._whole_vector(tree, scope)

    def _whole_vector(self, tree: Tree, scope: dict[str, Run]) -> None:
        """`w^T x_i`, `h(x_i)`: what is multiplied or mapped as a vector is a sample."""
        symbol = base_symbol(tree)
        if isinstance(tree, Script) and symbol is not None and symbol.base not in _PARAMETERS:
            for sub in tree.subs:
                found = letters(sub)
                if len(found) == 1 and found[0] in scope:
                    scope[found[0]].score += 3

    def decide(self) -> None:
        """Let the clear cases settle the unclear ones."""
        for _ in range(3):
            votes = dict(self.votes)
            for run in self.runs:
                if abs(run.score) >= 1.5:
                    for position in run.positions:
                        votes[position] = votes.get(position, 0) + (1 if run.score > 0 else -1)
            changed = False
            for run in self.runs:
                if abs(run.score) < 1.5:
                    shift = sum(votes.get(p, 0) for p in run.positions)
                    if shift:
                        run.score += 2 if shift > 0 else -2
                        changed = True
            if not changed:
                break
        self._agree()

    def _agree(self) -> None:
        """Weak runs over one position of one quantity are of one kind."""
        weak = [run for run in self.runs if abs(run.score) < 1.5 and run.positions]
        holders: dict[Position, list[Run]] = {}
        for run in weak:
            for position in run.positions:
                holders.setdefault(position, []).append(run)
        for runs in holders.values():
            if len({run.score > 0 for run in runs}) > 1:
                total = sum(run.score for run in runs)
                for run in runs:
                    run.score = 0.5 if total > 0 else -0.5

    def is_sample(self, run: Run | None) -> bool:
        return run is not None and run.score > 0


def _about_data(tree: Tree) -> bool:
    return any(isinstance(node, Symbol) and node.base in "xXytT" for node in walk(tree))


def _turned(tree: Tree) -> bool:
    return isinstance(tree, Script) and any(s.kind == "transpose" for s in tree.sups)


def _limit_score(big: Big, front: tuple[Tree, ...]) -> float:
    """What the limits and the factor in front of a sum say."""
    limit = upper_limit(big)
    upper = limit.base if isinstance(limit, Symbol) else ""
    divisors = {
        node.base
        for factor in front
        if isinstance(factor, Fraction)
        for node in walk(factor.denominator)
        if isinstance(node, Symbol)
    } | {f.base for f in front if isinstance(f, Symbol) and f.base in _SAMPLE_LIMITS}
    mean = upper in divisors if upper else bool(divisors & set(_SAMPLE_LIMITS))
    if mean:
        return _SAMPLE_LIMITS.get(upper or next(iter(divisors & set(_SAMPLE_LIMITS))), -2.0)
    if isinstance(limit, Number):
        return -1.0
    if upper in _SAMPLE_LIMITS:
        return _SAMPLE_LIMITS[upper] - 1.25
    return -1.0
