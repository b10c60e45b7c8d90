"""The section about one wanted derivative: question, chain, factors, product, matrices."""

from __future__ import annotations

from collections.abc import Iterator

from ..calculus.step import Link, Stage, Step
from ..expr.build import gradient
from ..expr.node import Expr
from ..expr.shape import SCALAR
from .chains import chain, question
from .insides import Insides
from .pages import Block, Paragraph, Section
from .stages import (
    factor_of,
    piece,
    product_lines,
    reason_in_indices,
    result_line,
    stage_lines,
)
from .telling import Teller
from .ways import Ways, factor

PRODUCTS = ("left", "right")  # their factor shows again in the index form of the step to matrices
LONG_PRODUCT = 9  # factors; a longer product is only shown in full detail


class Lecture:
    """Tells the wanted derivatives one after another, and remembers what it has told."""

    def __init__(self, tell: Teller, ways: Ways, insides: Insides) -> None:
        self.tell = tell
        self.ways = ways
        self.insides = insides
        self.told: set[Expr] = set()
        self._explained: set[str] = set()  # kinds of steps whose index form has been shown

    def section(self, quantity: Expr) -> Section:
        """Everything about one derivative that has not been told yet."""
        tell, ways = self.tell, self.ways
        blocks: list[Block] = [Paragraph(tell.say("phrase.gradient of", name=quantity))]
        new = [ways.stages[e] for e in ways.needed(quantity, self.told)]
        symbols = self.insides.lines(s.quantity for s in reversed(new))
        blocks.append(question(tell, ways, quantity))
        if symbols is not None:
            blocks += [Paragraph(tell.say("phrase.symbols")), symbols]
        single = all(len(s.links) <= 1 for s in new)
        blocks += chain(tell, ways, quantity, self.told, single)
        title = tell.say("heading.gradient", gradient=gradient(ways.loss, quantity))
        about = quantity.attr.plain
        if tell.detail == "outline":
            blocks += self._results(new, quantity)
            sections: list[Section] = []
        elif single:
            sections = list(self._along_the_chain(quantity, new))
        else:
            sections = list(self._stage_by_stage(quantity, new))
        self.told.update(s.quantity for s in new)
        if len(sections) == 1:
            return Section(title, (*blocks, *sections[0].blocks), sections[0].sections, about)
        return Section(title, tuple(blocks), tuple(sections), about)

    def pass_over(self, quantity: Expr) -> None:
        """Count a derivative as told without telling it."""
        self.told.update(self.ways.needed(quantity, self.told))

    def _results(self, new: list[Stage], quantity: Expr) -> Iterator[Block]:
        for stage in new:
            if stage.name is not None or stage.quantity is quantity:
                yield result_line(self.tell, self.ways, stage)

    # One chain: the factors one by one, their product, then the matrices.

    def _along_the_chain(self, quantity: Expr, new: list[Stage]) -> Iterator[Section]:
        factors = [s for stage in new for s in self._factor(stage)]
        if len(new) == 1:
            # One factor is new: it and the result need no headings of their own.
            blocks = [b for section in factors for b in section.blocks]
            blocks += self._matrices(new)
            yield Section((), tuple(blocks))
            return
        yield from factors
        product = self._product(quantity)
        if product is not None:
            yield product
        lead = Paragraph(self.tell.say("phrase.matrices"))
        yield Section(self.tell.say("heading.matrices"), (lead, *self._matrices(new)))

    def _factor(self, stage: Stage) -> Iterator[Section]:
        for link in stage.links:
            blocks = list(self._worked_out(link))
            if blocks:
                of = factor(link.upper, stage.quantity)
                yield Section(self.tell.say("heading.factor", factor=of), tuple(blocks))

    def _worked_out(self, link: Link) -> Iterator[Block]:
        blocks = list(factor_of(self.tell, link))
        if blocks:
            yield from piece(self.tell, link)
        yield from blocks

    def _product(self, quantity: Expr) -> Section | None:
        steps = self.tell.derivation.products.get(quantity.attr.plain, ())
        if not steps or self.ways.length[quantity] < 2:
            return None
        if all(e.shape == SCALAR for _, e in self.ways.chain(quantity)):
            return None  # one entry is all there is
        if self.ways.length[quantity] > LONG_PRODUCT and self.tell.detail != "full":
            return None
        lead = Paragraph(self.tell.say("phrase.product"))
        return Section(self.tell.say("heading.product"), (lead, product_lines(self.tell, steps)))

    def _matrices(self, new: list[Stage]) -> Iterator[Block]:
        for stage in new:
            yield from self._in_matrices(stage)

    def _in_matrices(self, stage: Stage) -> Iterator[Block]:
        yield from stage_lines(self.tell, self.ways, stage)
        for step in stage.steps:
            if not step.why:
                continue
            if step.law.name in self._explained and self.tell.detail != "full":
                continue
            self._explained.add(step.law.name)
            shown = reason_in_indices(self.tell, stage, step)
            if shown is not None:
                yield Paragraph(self.tell.say(f"phrase.lead {_kind(step)}", after=step.after))
                yield shown

    # Several paths: stage by stage, each with what belongs to it.

    def _stage_by_stage(self, quantity: Expr, new: list[Stage]) -> Iterator[Section]:
        short: list[tuple[Expr, list[Block]]] = []  # stages of one line, told together
        for stage in new:
            blocks = list(self._all_about(quantity, stage))
            about = gradient(self.ways.loss, stage.quantity)
            if stage.quantity is not quantity and len(blocks) == 1:
                short.append((about, blocks))
                continue
            yield from self._together(short)
            short = []
            key = "heading.result" if stage.quantity is quantity else "heading.on the way"
            yield Section(self.tell.say(key, gradient=about), tuple(blocks))
        yield from self._together(short)

    def _all_about(self, quantity: Expr, stage: Stage) -> Iterator[Block]:
        if len(stage.links) > 1 and stage.quantity is not quantity:
            yield from chain(self.tell, self.ways, stage.quantity, self.told)
        for link in stage.links:
            if link.steps and link.kind not in PRODUCTS:
                yield from self._worked_out(link)
        yield from self._in_matrices(stage)

    def _together(self, short: list[tuple[Expr, list[Block]]]) -> Iterator[Section]:
        if short:
            about = self.tell.listed(e for e, _ in short)
            title = self.tell.say("heading.on the way", gradient=about)
            yield Section(title, tuple(b for _, blocks in short for b in blocks))


def _kind(step: Step) -> str:
    """What the index form explains: a transpose or a sum."""
    return "transpose" if len(step.why) > 2 else "sum"
