"""What an expression, a model, a step, a derivation or a report looks like in a notebook."""

from __future__ import annotations

from collections.abc import Iterable

from ..calculus.step import Derivation, Step
from ..check.report import Report
from ..expr.model import Model, Spelling
from ..expr.node import Expr
from ..expr.shown import Bundle
from ..notation.latex import latex
from ..notation.text import text
from ..show.html import formula_html
from ..show.network import network
from ..show.pages import Display, Formula, Line, Section, Story
from ..show.story import story
from ..show.telling import Voice, sentence
from ..show.terminal import terminal
from .fragment import block_html, fragment, sections_html

PLAIN = Spelling()


def bundle(thing: object) -> Bundle:
    """The forms of a thing by their media types; none for a thing of no kind that is known here."""
    if isinstance(thing, Expr):
        return _expr(thing)
    if isinstance(thing, Step):
        return _step(thing)
    if isinstance(thing, Model):
        return _model(thing)
    if isinstance(thing, Derivation):
        return _derivation(thing)
    if isinstance(thing, Report):
        return _report(thing)
    return {}


def _expr(expr: Expr) -> Bundle:
    return {
        "text/plain": text(expr),
        "text/latex": f"$\\displaystyle {latex(expr)}$",
        "text/html": fragment([formula_html(Formula(expr), PLAIN, display=True)]),
    }


def _step(step: Step) -> Bundle:
    reason = sentence(f"law.{step.law.name}", "en")
    line = Line(Formula(step.before, focus=step.focus), Formula(step.after), reason)
    before, after = (latex(e) for e in (step.before, step.after))
    return {
        "text/plain": f"{text(step.before)} = {text(step.after)}",
        "text/latex": f"$\\displaystyle {before} = {after}$",
        "text/html": fragment([block_html(Display((line,), framed=True), PLAIN)]),
    }


def _model(model: Model) -> Bundle:
    section = network(Voice(model, model.language, "outline"))
    told = Story(section.title, (Section((), section.blocks),), model, model.language, "outline")
    equations = [(latex(e.quantity, model.spelling), e.value) for e in model.equations]
    rows = [f"{name} &= {latex(value, model.spelling)}" for name, value in equations]
    return {
        "text/plain": terminal(told).rstrip("\n"),
        "text/latex": _aligned(rows),
        "text/html": fragment(sections_html((section,), model.spelling)),
    }


def _derivation(derivation: Derivation) -> Bundle:
    told = story(derivation, detail="outline")
    spelling = told.model.spelling
    return {
        "text/plain": terminal(told).rstrip("\n"),
        "text/html": fragment(sections_html(told.sections, spelling)),
    }


def _report(report: Report) -> Bundle:
    from .report.cells import report_bundle

    return report_bundle(report)


def _aligned(rows: Iterable[str]) -> str:
    body = " \\\\\n".join(rows)
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"
