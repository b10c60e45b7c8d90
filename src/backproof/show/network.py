"""The first page: the network as it was read, its names, and how the note was understood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..expr.build import Function, size
from ..expr.model import Equation, Model, Role
from ..expr.node import Expr, is_named
from ..expr.shape import SCALAR, Shape
from .pages import Block, Display, Formula, Line, Paragraph, Section, Table, Text
from .telling import Voice

ROLES: tuple[Role, ...] = ("input", "parameter", "constant", "hidden", "target", "loss")

# LaTeX of the author's that cannot be set outside of its own place.
_BOUND = re.compile(r"\\(?:begin|end|tag|label|boxed|ref|color|tiny|small|large)\b|&")
_MACROS = re.compile(r"\\(?:(?:re)?newcommand|providecommand|def|let|DeclareMathOperator)\b")


def network(tell: Voice) -> Section:
    """What was read."""
    return Section(tell.say("heading.model"), tuple(_blocks(tell)))


def _blocks(tell: Voice) -> Iterator[Block]:
    model = tell.model
    yield Paragraph(tell.say("phrase.forward"))
    functions = [_function(f) for f in model.functions]
    dots = Line(None, Formula(tell.dots))
    equations = tell.ends(model.equations)
    lines = (_equation(tell, e) if e is not None else dots for e in equations)
    yield Display((*functions, *lines))
    yield Paragraph(tell.say("phrase.names"))
    head = tuple(tell.say(f"heading.{key}") for key in ("name", "role", "shape"))
    rows = (_row(tell, row) for row in tell.ends(_names(tell)))
    yield Table(head, tuple(rows))
    yield Paragraph(_samples(tell))
    for target in model.sums_to_one:
        yield Paragraph(tell.say("phrase.sums to one", target=target))
    for remark in model.remarks:
        yield Paragraph(tell.say(f"remark.{remark.key}", **remark.fields))


def _samples(tell: Voice) -> Text:
    model = tell.model
    if not model.samples:
        return tell.say("phrase.one sample")
    data = next((e for e in model.inputs if model.samples in e.shape), None)
    key = "columns" if model.columns else "rows"
    count = size(model.samples)
    if data is None:
        return tell.say("phrase.samples", count=count)
    return tell.say(f"phrase.samples in {key}", count=count, data=data)


def _equation(tell: Voice, equation: Equation) -> Line:
    left, right = written_sides(tell.model, equation)
    quantity, value = equation.quantity, equation.value
    reason = tell.say("phrase.second name", of=value) if is_named(value) else ()
    return Line(Formula(quantity, left), Formula(value, right), reason, (), (equation.name.plain,))


def _function(function: Function) -> Line:
    call = Expr("call", function.params, function, SCALAR)
    return Line(Formula(call), Formula(function.body))


def written_sides(model: Model, equation: Equation) -> tuple[str, str]:
    """The two sides in the author's own LaTeX; empty where that cannot be set elsewhere."""
    whole = equation.written
    places = [i for i, depth in _depths(whole) if whole[i] == "=" and depth == 0]
    if model.spelling.ascii or len(places) != 1:
        return "", ""
    if _BOUND.search(whole) or _MACROS.search(model.text):
        return "", ""
    left, right = whole[: places[0]], whole[places[0] + 1 :]
    return left.strip().removesuffix(":").strip(), right.strip()


def _depths(source: str) -> Iterator[tuple[int, int]]:
    """Each place in a piece of LaTeX with how many braces are open there."""
    depth = 0
    for i, c in enumerate(source):
        depth += (c == "{") - (c == "}")
        yield i, depth


_Names = tuple[Role, Shape, list[Expr]]


def _names(tell: Voice) -> list[_Names]:
    """One row for all names of one role and one shape."""
    rows: dict[tuple[Role, Shape], list[Expr]] = {}
    for e, role in tell.model.roles.items():
        rows.setdefault((role, e.shape), []).append(e)
    order = sorted(rows, key=lambda key: ROLES.index(key[0]))
    return [(role, shape, rows[role, shape]) for role, shape in order]


def _row(tell: Voice, row: _Names | None) -> tuple[Text, ...]:
    if row is None:
        return ((Formula(tell.dots),), (), ())
    role, shape, names = row
    return tell.listed(names), tell.say(f"role.{role}"), tell.shape(shape)
