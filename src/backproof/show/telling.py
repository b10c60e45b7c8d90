"""How a story is put into words: sentences with formulas, and steps as lines of a display."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from ..calculus.step import Derivation, Status, Step
from ..expr.build import name, size
from ..expr.model import Model
from ..expr.name import Name
from ..expr.node import Expr, is_named, walk
from ..expr.shape import SCALAR, Shape
from ..laws import algebra
from ..laws.rule import FULL, OUTLINE, STANDARD
from ..notation.latex import latex
from ..notation.text import text
from ..words import say
from .pages import Detail, Formula, Line, Text

GRAIN: dict[Detail, int] = {"outline": OUTLINE, "standard": STANDARD, "full": FULL}

FITTED = ("ko",)  # languages whose particles follow the sound of a formula
MANY = 40  # what is more than this is shown by its ends in outline
END = 6

T = TypeVar("T")

_FORMULA = re.compile(r"\$([^$]*)\$")


def sentence(key: str, language: str, **fields: str) -> Text:
    """The sentence `key`, its formulas as LaTeX between the words."""
    parts = enumerate(_FORMULA.split(say(key, language, **fields)))
    return tuple(Formula(None, part) if i % 2 else part for i, part in parts if part)


class Voice:
    """Says things about one network, in one language and one detail."""

    def __init__(self, model: Model, language: str, detail: Detail) -> None:
        self.model = model
        self.language = language
        self.detail: Detail = detail
        self.grain = GRAIN[detail]
        # Leaves that only a reader sees: what is asked for, and what is left out.
        plain = self.model.spelling.ascii
        self.unknown = name(Name("unknown", latex="?" if plain else "{?}"), SCALAR)
        self.dots = name(Name("dots", latex="..." if plain else r"\cdots"), SCALAR)
        #: The right sides of the note's equations, by plain name.
        self.equations = {e.name.plain: e for e in model.equations}

    def say(self, key: str, **fields: str | Expr | Formula | Text) -> Text:
        """The sentence `key`; expressions in its fields come back as formulas between the words."""
        known: dict[str, Formula] = {}
        filled = {name: self._spelled(value, known) for name, value in fields.items()}
        said = sentence(key, self.language, **filled)
        return tuple(known.get(p.written, p) if isinstance(p, Formula) else p for p in said)

    def _spelled(self, value: str | Expr | Formula | Text, known: dict[str, Formula]) -> str:
        """A field as text, its formulas between dollars, so that particles can be fitted to it."""
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return "".join(self._spelled(part, known) for part in value)
        formula = Formula(value) if isinstance(value, Expr) else value
        spelled = formula.written or str(len(known))
        if formula.expr is not None and self.language in FITTED:
            spelled = latex(formula.expr, self.model.spelling, indices=formula.indices)
        known[spelled] = formula
        return f"${spelled}$"

    def shape(self, shape: Shape) -> Text:
        """`n1 x m`, its letters as in the formulas."""
        rows, columns = (Formula(size(dim)) for dim in shape)
        return (rows, " × ", columns)

    def listed(self, exprs: Iterable[Expr]) -> Text:
        """Formulas with commas between them."""
        out: list[str | Formula] = []
        for e in exprs:
            out += [", ", Formula(e)] if out else [Formula(e)]
        return tuple(out)

    def ends(self, items: Sequence[T]) -> list[T | None]:
        """The items; of very many, an outline has the first and the last ones, None between."""
        if self.detail != "outline" or len(items) <= MANY:
            return list(items)
        return [*items[:END], None, *items[-END:]]


class Teller(Voice):
    """Says things about one derivation."""

    def __init__(self, derivation: Derivation, language: str, detail: Detail) -> None:
        super().__init__(derivation.model, language, detail)
        self.derivation = derivation
        self._looks: dict[tuple[Expr, bool], str] = {}

    def reason(self, step: Step) -> Text:
        """Why a step holds: the sentence of its law."""
        return self.say(f"law.{step.law.name}")

    def joined(self, reasons: Sequence[Text]) -> Text:
        """Several reasons in a row."""
        out: Text = ()
        for reason in dict.fromkeys(reasons):
            out = self.say("phrase.reasons", first=out, then=reason) if out else reason
        return out

    def look(self, expr: Expr, indices: bool = True) -> str:
        """How an expression looks in print: two that look alike need no line between them."""
        key = (expr, indices)
        if key not in self._looks:
            self._looks[key] = text(expr, self.model.spelling, indices=indices)
        return self._looks[key]

    def lines(self, steps: Sequence[Step], left: Formula | None = None) -> list[Line]:
        """Steps as lines `= after`; what is too fine for the detail goes into the line before it.

        Without `left` the first line begins with what the first step begins with.
        """
        indices = not alike([e for step in steps for e in (step.before, step.after)])
        out: list[Line] = []
        groups = list(self._groups(steps, indices))
        for i, group in enumerate(groups):
            following = groups[i + 1][0].focus if i + 1 < len(groups) else ()
            after = group[-1].after
            right = Formula(after, focus=following, indices=indices)
            start = None
            if i == 0:
                start = left or Formula(group[0].before, focus=group[0].focus, indices=indices)
            out.append(
                Line(
                    start,
                    right,
                    self._group_reason(group),
                    tuple(dict.fromkeys(step.law.name for step in group)),
                    group[0].place,
                    weakest(group),
                )
            )
        return out

    def _groups(self, steps: Sequence[Step], indices: bool) -> Iterator[list[Step]]:
        """Steps that make one line: one that matters, and the fine ones that follow it."""
        group: list[Step] = []
        matters = False
        for step in steps:
            counts = step.law.grain <= self.grain and self._shows(step, indices)
            if counts and matters:
                yield group
                group, matters = [], False
            group.append(step)
            matters = matters or counts
        if group and (matters or self._shows(_over(group), indices)):
            yield group

    def _shows(self, step: Step, indices: bool) -> bool:
        return self.look(step.before, indices) != self.look(step.after, indices)

    def _group_reason(self, group: Sequence[Step]) -> Text:
        """The reasons of what matters; of the tidying that goes with it only that it was done."""
        reasons: list[Text] = []
        tidied = False
        for step in group:
            if step.law.grain <= self.grain or step.law.book != algebra.BOOK:
                reasons.append(self.reason(step))
            else:
                tidied = True
        if tidied:
            reasons.append(self.say("phrase.tidied" if reasons else "phrase.tidied up"))
        return self.joined(reasons)


def _over(group: Sequence[Step]) -> Step:
    return Step(group[0].before, group[-1].after, group[0].law)


_DOUBTS: tuple[Status, ...] = ("undecided", "unchecked", "proven")


def weakest(steps: Iterable[Step]) -> Status:
    """The status of several steps together."""
    found = {step.proof.status for step in steps}
    return next(s for s in _DOUBTS if s in found)


def alike(exprs: Iterable[Expr]) -> bool:
    """Whether all entries stand for the same row and column, so that their indices say nothing."""
    for e in walk(exprs, is_named):
        if e.op in ("index_sum", "kronecker"):
            return False
        if e.op == "entry" and (e.attr[0] not in (1, "j") or e.attr[1] not in (1, "s")):
            return False
    return True
