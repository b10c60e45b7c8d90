"""The last pages: stable forms, all gradients side by side, and what was proven."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from ..calculus.step import Stage, Step
from ..expr.build import gradient, number
from ..expr.node import Expr, is_named, substitute
from .insides import Insides
from .pages import Block, Display, Formula, Line, Paragraph, Section, Table, Text
from .parts import LONG_PRODUCT
from .telling import Teller, weakest
from .ways import Ways


def stable(tell: Teller) -> Section | None:
    """Rewrites for numbers on a computer; None where nothing needs one."""
    return _rewrites(tell, "stability", tell.derivation.stable, _by_plain_name(tell))


def collapsed(tell: Teller) -> Section | None:
    """What results become for targets that sum to 1, where the note does not say so."""
    return _rewrites(tell, "sums to one", tell.derivation.collapsed, _by_plain_name(tell))


def recognised(tell: Teller) -> Section | None:
    """Functions that the note writes out."""
    names = {e.attr.plain: e for e in tell.model.roles}
    return _rewrites(tell, "recognised", tell.derivation.rewritten, names)


def activations(tell: Teller) -> Section | None:
    """The derivatives of the activations from their definitions, where every line is wanted."""
    if tell.detail != "full":
        return None
    return _rewrites(tell, "activations", tell.derivation.activations, {})


def _rewrites(
    tell: Teller, key: str, chains: Mapping[str, tuple[Step, ...]], lefts: Mapping[str, Expr]
) -> Section | None:
    """Chains of steps, each from what its plain name stands for to another form of it."""
    if not chains:
        return None
    blocks: list[Block] = [Paragraph(tell.say(f"phrase.lead {key}"))]
    for plain, steps in chains.items():
        left = Formula(lefts[plain]) if plain in lefts else None
        if tell.detail == "outline":
            first = left or Formula(steps[0].before)
            laws = tuple(dict.fromkeys(s.law.name for s in steps))
            end = Formula(steps[-1].after)
            lines = [Line(first, end, (), laws, steps[-1].place, weakest(steps))]
        else:
            lines = tell.lines(steps, left)
            if left is not None and left.expr is not steps[0].before:
                first = Line(left, Formula(steps[0].before, focus=steps[0].focus))
                lines = [first, replace(lines[0], left=None), *lines[1:]]
        blocks.append(Display(tuple(lines)))
    return Section(tell.say(f"heading.{key}"), tuple(blocks))


def _by_plain_name(tell: Teller) -> dict[str, Expr]:
    """What a chain about a plain name has on its left: a quantity, a short name or a gradient."""
    found: dict[str, Expr] = {}
    loss = tell.model.loss
    for stage in tell.derivation.stages:
        if is_named(stage.quantity):
            found[stage.quantity.attr.plain] = gradient(loss, stage.quantity)
        if stage.name is not None:
            found[stage.name.attr.plain] = stage.name
    found[loss.attr.plain] = loss
    return found


def conclusion(tell: Teller, ways: Ways, insides: Insides) -> Section:
    """All gradients: in matrices with their shapes, and for one entry."""
    return Section(tell.say("heading.conclusion"), tuple(_conclusion(tell, ways, insides)))


def _conclusion(tell: Teller, ways: Ways, insides: Insides) -> Iterator[Block]:
    derivation = tell.derivation
    named = [s for s in derivation.stages if s.name is not None]
    if named:
        yield Paragraph(tell.say("phrase.short names"))
        symbols = insides.lines(reversed([s.quantity for s in derivation.stages]))
        shorts = (_short(tell, ways, s) for s in named)
        yield Display((*(symbols.lines if symbols else ()), *shorts))
    yield Paragraph(tell.say("phrase.gradients"))
    head = tuple(tell.say(f"heading.{key}") for key in ("derivative", "matrix form", "shape"))
    rows: list[tuple[Text, ...]] = []
    for e in derivation.wanted:
        result = derivation.gradients[e.attr.plain]
        rows.append(((Formula(gradient(ways.loss, e)),), (Formula(result),), tell.shape(e.shape)))
    yield Table(head, tuple(rows))
    entries = [line for e in derivation.wanted if (line := _entry(tell, ways, e)) is not None]
    if entries and tell.detail != "outline":
        key = "entries of samples" if tell.model.samples else "entries"
        yield Paragraph(tell.say(f"phrase.{key}"))
        yield Display(tuple(entries))


def _short(tell: Teller, ways: Ways, stage: Stage) -> Line:
    """A short name, and what it stands for."""
    assert stage.name is not None
    reason = tell.say("phrase.stands for", gradient=gradient(ways.loss, stage.quantity))
    return Line(Formula(stage.name), Formula(stage.result), reason, status=weakest(stage.steps))


def _entry(tell: Teller, ways: Ways, quantity: Expr) -> Line | None:
    steps = tell.derivation.products.get(quantity.attr.plain, ())
    if not steps or ways.length.get(quantity, LONG_PRODUCT + 1) > LONG_PRODUCT:
        return None
    whole = steps[0].after
    for step in steps[1:]:
        whole = substitute(whole, {step.before: step.after})
    return Line(Formula(steps[0].before), Formula(whole), status=weakest(steps))


def certificate(tell: Teller) -> Section:
    """What was proven, and how."""
    c = tell.derivation.certificate
    blocks: list[Block] = []
    if c.proven:
        numbers = {"count": c.proven, "points": c.points, "digits": c.digits}
        said = tell.say("phrase.proven", **{k: str(n) for k, n in numbers.items()})
        blocks.append(Paragraph(said))
    if c.undecided:
        blocks.append(Paragraph(tell.say("phrase.undecided", count=str(c.undecided))))
    if c.unchecked:
        blocks.append(Paragraph(tell.say("phrase.unchecked", count=str(c.unchecked))))
    if c.gradients:
        places = min(c.digits, int(-math.log10(c.error)) if c.error else c.digits)
        names = [tell.model[plain] for plain in c.gradients] if len(c.gradients) <= 24 else []
        bound = number(Fraction(1, 10**places))
        key = "forward mode" if names else "forward mode for many"
        key = "forward mode for one" if len(names) == 1 else key
        count = str(len(c.gradients))
        said = tell.say(f"phrase.{key}", names=tell.listed(names), count=count, bound=bound)
        blocks.append(Paragraph(said))
    else:
        blocks.append(Paragraph(tell.say("phrase.no forward")))
    return Section(tell.say("heading.certificate"), tuple(blocks))
