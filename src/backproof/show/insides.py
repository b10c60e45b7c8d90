r"""Short symbols for parts of equations without a name: `z` for what is inside an activation.

A note that writes `a^{(2)} = \sigma(W^{(2)} a^{(1)} + b^{(2)})` in one line has no name for the
inside, and a chain of factors by it cannot be read. A teacher gives it one, and says so; so does
the story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from ..calculus.step import Derivation
from ..expr.model import Model
from ..expr.name import Name
from ..expr.node import Expr, is_named, rebuild, same, walk
from ..notation.text import text
from .pages import Block, Display, Formula, Line, Paragraph, Section, Table, Text

# Columns; a shorter part is read as it stands. What is inside of a function reads worse than a sum.
LONG, LONG_INSIDE = 8, 4
_ARITHMETIC = frozenset(
    "add sub mul div pow neg matmul transpose sum sqnorm norm stack block".split()
)
LETTERS = ("z", "u", "v", "q")


class Insides:
    """Symbols for the unnamed parts that a derivation derives by."""

    def __init__(self, derivation: Derivation) -> None:
        model = derivation.model
        parts = [s.quantity for s in derivation.stages if not is_named(s.quantity)]
        owners = _owners(model, parts)
        long = [e for e in parts if len(text(e, model.spelling)) > _limit(e, owners.get(e))]
        names = _Names(model, [owners[e] for e in long if e in owners])
        self.symbols = {e: Expr("name", (), names.name(owners.get(e)), e.shape) for e in long}
        self._memo: dict[Expr, Expr] = dict(self.symbols)

    def lines(self, parts: Iterable[Expr]) -> Display | None:
        """What the symbols of some parts stand for; None if none of them has a symbol."""
        found = [e for e in parts if e in self.symbols]
        if not found:
            return None
        lines = (Line(Formula(self.symbols[e]), Formula(self._inner(e))) for e in found)
        return Display(tuple(lines))

    def _inner(self, part: Expr) -> Expr:
        """A part with its own parts under their symbols."""
        return same(part, tuple(self._shown(a) for a in part.args))

    def _shown(self, e: Expr) -> Expr:
        return rebuild(e, same, self._memo, is_named)

    # A story with the symbols put in, whole section after whole section.

    def put_in(self, section: Section) -> Section:
        """The section with the symbols in the place of the parts."""
        if not self.symbols:
            return section
        return replace(
            section,
            title=self._text(section.title),
            blocks=tuple(self._block(b) for b in section.blocks),
            sections=tuple(self.put_in(s) for s in section.sections),
        )

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return Paragraph(self._text(block.text))
        if isinstance(block, Table):
            return Table(block.head, tuple(tuple(self._text(c) for c in row) for row in block.rows))
        return replace(block, lines=tuple(self._line(line) for line in block.lines))

    def _line(self, line: Line) -> Line:
        if line.left is not None and line.left.expr in self.symbols.values():
            return line  # it says what the symbol stands for
        left = self._formula(line.left) if line.left else None
        return replace(
            line, left=left, right=self._formula(line.right), reason=self._text(line.reason)
        )

    def _text(self, text: Text) -> Text:
        return tuple(p if isinstance(p, str) else self._formula(p) for p in text)

    def _formula(self, formula: Formula) -> Formula:
        if formula.expr is None:
            return formula
        shown = self._shown(formula.expr)
        if shown is formula.expr:
            return formula
        return replace(
            formula, expr=shown, written="", focus=tuple(self._shown(f) for f in formula.focus)
        )


def _limit(part: Expr, owner: Expr | None) -> int:
    """How long a part may be to go without a symbol."""
    if owner is not None and owner.args[0].op not in _ARITHMETIC and part in owner.args[0].args:
        return LONG_INSIDE
    return LONG


def _owners(model: Model, parts: list[Expr]) -> dict[Expr, Expr]:
    """The quantity in whose equation each part stands, if it stands in one only."""
    wanted = set(parts)
    found: dict[Expr, list[Expr]] = {}
    for equation in model.equations:
        for e in walk([equation.value], is_named):
            if e in wanted:
                found.setdefault(e, []).append(equation.quantity)
    return {e: owners[0] for e, owners in found.items() if len(owners) == 1}


class _Names:
    """Names for parts: the owner's indices where they tell one part from the others."""

    def __init__(self, model: Model, owners: list[Expr]) -> None:
        bases = {e.attr.base for e in model.roles}
        self._letter = next((x for x in LETTERS if x not in bases), LETTERS[0] * 2)
        self._spelling = model.spelling
        scripts = [(e.attr.layer, e.attr.sub) for e in owners]
        self._plain = {s for s in scripts if scripts.count(s) == 1 and s != ("", "")}
        letters = [e.attr.base for e in owners]
        self._letters = {b for b in letters if letters.count(b) == 1 and len(b) == 1}
        self._taken: set[str] = set()

    def name(self, owner: Expr | None) -> Name:
        for made in self._wishes(owner):
            if made.plain not in self._taken:
                self._taken.add(made.plain)
                return made
        raise AssertionError("the numbers do not end")

    def _wishes(self, owner: Expr | None) -> Iterator[Name]:
        """Names in the order of preference: the owner's indices, its letter, a number."""
        if owner is not None and (owner.attr.layer, owner.attr.sub) in self._plain:
            yield self._made(owner.attr.layer, owner.attr.sub)
        if owner is not None and owner.attr.base in self._letters:
            yield self._made("", owner.attr.base)
        for number in count(1):
            yield self._made("", str(number))

    def _made(self, layer: str, sub: str) -> Name:
        if self._spelling.ascii:
            made = Name(self._letter, layer=layer, sub=sub)
            return replace(made, latex=made.plain)
        written = self._letter
        if layer and self._spelling.layer == "_":
            sub = f"{layer},{sub}" if sub else layer
            layer = ""
        written += f"_{{{sub}}}" if sub else ""
        brackets = {"(": "({})", "[": "[{}]", "^": "{}"}.get(self._spelling.layer, "({})")
        written += f"^{{{brackets.format(layer)}}}" if layer else ""
        return Name(self._letter, layer=layer, sub=sub, latex=written)
