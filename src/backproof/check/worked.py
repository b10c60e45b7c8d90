r"""Worked examples: lines that put in the numbers that a note has come to so far.

`z_1 = w_{11} x_1 + b_1 = 0.35 \times 0.6 + 0.1 = 0.31` says what w_11, x_1 and b_1 are, though they
may stand in a table only, and `h_1 = \sigma(z_1) \approx 0.577` takes z_1 as the 0.31 that was
worked out. Such a line is judged by those numbers, whatever the formulas behind them come to.
"""

from __future__ import annotations

from functools import cached_property

from . import numbers as n
from .arrays import Mismatch
from .items import Environment, Item
from .readings import Reading
from .scope import Scope
from .stand import Stand, world_of
from .terms import (
    Add,
    Call,
    D,
    Div,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Term,
    Unclear,
    literal,
    rewritten,
    walk,
)
from .verdict import Judgement, judgement

#: Numbers of quantities, each with the equation that says so.
Values = dict[Term, list[tuple[int, Term]]]
_SCALAR = Reading("scalar", 1, 1)
#: By how much of itself a number has to be off to be wrong, and not only rounded.
_OFF = 0.01


class Worked:
    """The numbers that the lines of one note come to."""

    def __init__(self, env: Environment, readings: list[Reading]) -> None:
        self.env = env
        self.readings = readings

    @cached_property
    def values(self) -> Values:
        """What is said to be a number, with the equation that says so, in order."""
        found: Values = {}
        for item in self.env.items:
            number = _number(item)
            if number is None or item.left is None:
                continue
            if not literal(item.left):
                for name, value in self.put_in(item.left, number, found, item.at):
                    found.setdefault(name, []).append((item.at, value))
            for key in dict.fromkeys((self.head(item), item.left)):
                if isinstance(key, Name | D):
                    found.setdefault(key, []).append((item.at, number))
        return found

    def head(self, item: Item) -> Term | None:
        """What the chain of an equation starts with."""
        try:
            return self.env.translator.term(item.equation.head)
        except (Unclear, RecursionError):
            return None

    def judged(self, item: Item, stand: Stand) -> Judgement | None:
        """The verdict on a line that says what a formula comes to in numbers, if they tell."""
        number = _number(item)
        if number is None or item.left is None or literal(item.left):
            return None
        formula = self.formula(item.left, item, stand)
        used = set[Term]()
        given = _with_values(formula, self.values, item.at, used)
        if not used or not _settled(given):
            bound = self.put_in(item.left, number, self.values, item.at)
            agreed = bound and all(self.sole(name) for name, _ in bound)
            return Judgement("holds") if agreed else None
        told = judgement([stand], self.readings, given, number, gradient=False)
        if told.verdict == "holds":
            return told
        if not all(map(self.sole, used)):
            # back to the numbers from before an update
            first = {key: said[:1] for key, said in self.values.items()}
            given = _with_values(formula, first, item.at, used)
            told = judgement([stand], self.readings, given, number, gradient=False)
            return told if told.verdict == "holds" else None
        if told.verdict != "wrong":
            return None
        first, second = self.size(given, stand.scope), self.size(number, stand.scope)
        far = first is not None and second is not None and abs(first - second) > _OFF * max(
            abs(first), abs(second)
        )  # fmt: skip
        return told if far else None

    def formula(self, left: Term, item: Item, stand: Stand) -> Term:
        """A side, or the formula of a name that has been given no number yet."""
        if not isinstance(left, Name) or _latest(self.values, left, item.at) is not None:
            return left
        world = world_of(stand, _SCALAR, 11, {}, set(), digits=False)
        try:
            place = world.place(left)
            match = world.matching(place)
        except Unclear:
            return left
        if match is None or match.definition.at == item.at:
            return left
        letters = {**match.letters, **dict(zip(match.entries, place.entries, strict=False))}
        return _at(match.definition.body, letters)

    def sole(self, key: Term) -> bool:
        """Whether a quantity has one number in all of the note, up to rounding."""
        sizes = [self.size(value, self.env.scope) for _, value in self.values.get(key, ())]
        known = [x for x in sizes if x is not None]
        if len(known) < len(sizes):
            return len(sizes) == 1
        return not known or max(known) - min(known) <= _OFF * max(map(abs, known))

    def size(self, term: Term, scope: Scope) -> float | None:
        """A term without names as one number."""
        world = world_of(Stand(scope), _SCALAR, 11, {}, set(), digits=False)
        try:
            array = world.array(term)
        except (Unclear, Mismatch, ArithmeticError, ValueError):
            return None
        return float(n.plain(array.entries[0])) if array.scalar else None

    def put_in(
        self, formula: Term, number: Term, values: Values, at: int
    ) -> list[tuple[Term, Term]]:
        r"""The names of a formula with the numbers that stand in their places; none where one of
        them has another number, or the forms differ."""
        bound: list[tuple[Term, Term]] = []
        if isinstance(formula, Name | D) or not self.fits(formula, number, values, at, bound):
            return []
        once = dict(bound)
        return list(once.items()) if all(once[name] == value for name, value in bound) else []

    def fits(
        self,
        formula: Term,
        number: Term,
        values: Values,
        at: int,
        bound: list[tuple[Term, Term]],
    ) -> bool:
        """Whether a number, or a formula of numbers, has the form of a formula."""
        given = _with_values(formula, values, at, set())
        if _settled(given):
            first, second = (self.size(x, self.env.scope) for x in (given, number))
            if first is None or second is None:
                return False
            return abs(first - second) <= _OFF * max(abs(first), abs(second))
        if isinstance(formula, Name):
            if not _lone(number):
                return False
            bound.append((formula, number))
            return True
        if isinstance(formula, Add) and isinstance(number, Add):
            signed = zip(number.signs, formula.signs, strict=False)
            others = [
                x if s == t else _negative(x)
                for x, (s, t) in zip(number.terms, signed, strict=False)
            ]
            return self.all_fit(formula.terms, tuple(others), values, at, bound)
        if isinstance(formula, Mul):
            return self.all_fit(_factors(formula), _factors(number), values, at, bound)
        if isinstance(formula, Call) and isinstance(number, Call):
            same = formula.function == number.function and formula.primes == number.primes
            return same and self.all_fit(formula.arguments, number.arguments, values, at, bound)
        if isinstance(formula, Div) and isinstance(number, Div):
            pairs = (formula.above, formula.below), (number.above, number.below)
            return self.all_fit(*pairs, values, at, bound)
        if isinstance(formula, Pow) and isinstance(number, Pow):
            pairs = (formula.base, formula.exponent), (number.base, number.exponent)
            return self.all_fit(*pairs, values, at, bound)
        return False

    def all_fit(
        self,
        formulas: tuple[Term, ...],
        numbers: tuple[Term, ...],
        values: Values,
        at: int,
        bound: list[tuple[Term, Term]],
    ) -> bool:
        """Whether as many numbers have the forms of formulas, one by one."""
        return len(formulas) == len(numbers) and all(
            self.fits(f, x, values, at, bound) for f, x in zip(formulas, numbers, strict=True)
        )


def _number(item: Item) -> Term | None:
    """What a line says that something comes to, if it is plain numbers."""
    right = item.right
    return right if item.role != "unclear" and right is not None and literal(right) else None


def _latest(values: Values, key: Term, at: int) -> Term | None:
    """The number that a quantity was last said to be above an equation."""
    said = [value for line, value in values.get(key, ()) if line < at]
    return said[-1] if said else None


def _with_values(term: Term, values: Values, at: int, used: set[Term]) -> Term:
    """A term with numbers in the place of what has one above an equation."""

    def change(part: Term | Index) -> Term | Index | None:
        if isinstance(part, Call):
            return Call(part.function, rewritten(part.arguments, change), part.primes)
        if not isinstance(part, Name | D):
            return None
        value = _latest(values, part, at)
        if value is None:
            return part
        used.add(part)
        return value

    return rewritten(term, change)


def _settled(term: Term) -> bool:
    """Whether a term has no names but those of functions."""
    functions = [p.function for p in walk(term) if isinstance(p, Call)]
    named = [p for p in walk(term) if isinstance(p, Name | D)]
    return len(named) == len(functions)


def _at(term: Term, letters: dict[str, int]) -> Term:
    """A formula for given values of its index letters."""

    def change(part: Term | Index) -> Index | None:
        if not isinstance(part, Index) or part.letter not in letters or part.others:
            return None
        return Index("", letters[part.letter] + part.shift)

    return rewritten(term, change)


def _factors(term: Term) -> tuple[Term, ...]:
    """The factors of a product, those of products in it too; a minus before it goes with the
    first."""
    if isinstance(term, Add) and len(term.terms) == 1 and isinstance(term.terms[0], Mul):
        first, *rest = _factors(term.terms[0])
        return first if term.signs[0] > 0 else _negative(first), *rest
    if isinstance(term, Mul) and "/" not in term.operators:
        return tuple(f for factor in term.factors for f in _factors(factor))
    return (term,)


def _negative(term: Term) -> Term:
    if isinstance(term, Add) and len(term.terms) == 1:
        return term.terms[0] if term.signs[0] < 0 else Add(term.terms, (-1,))
    if isinstance(term, Mul):
        return Mul((_negative(term.factors[0]), *term.factors[1:]), term.operators)
    return Add((term,), (-1,))


def _lone(term: Term) -> bool:
    """Whether a term is one number as it was written, with its sign."""
    if isinstance(term, Add) and len(term.terms) == 1:
        term = term.terms[0]
    return isinstance(term, Num)
