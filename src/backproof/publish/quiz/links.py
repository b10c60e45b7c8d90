"""Questions about one factor of the chain: the factor itself, a line on the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...calculus.step import Link, Step
from ...expr.node import Expr, is_named, walk
from ...show.pages import Block, Display, Formula, Line, Paragraph, Text
from ...show.stages import factor_of, piece
from ...show.telling import Teller, alike
from ...show.ways import factor
from .lesson import Lesson
from .mistakes import wrongs
from .questions import BLANK, Entry, Question, Side, blank_line

_COUNTED = ("elementwise", "left", "right", "repeated", "passed")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line with a blank and the line before it; what stood in the blank there, what belongs in it
    now, and why."""

    lines: tuple[Line, ...]
    left: Formula
    right: Formula
    answer: Expr
    reason: Text
    law: str


def about_link(tell: Teller, lesson: Lesson, link: Link) -> Iterator[Question]:
    """The questions about one factor; none where it has no formula for one entry."""
    upper, lower = lesson.named(link.upper), lesson.named(link.lower)
    if link.kind not in _COUNTED or link.factor is None or upper is None or lower is None:
        return
    displays = [b for b in factor_of(tell, link) if isinstance(b, Display)]
    if not displays:
        return
    lines = list(displays[-1].lines)
    asked = lines[0].left
    assert asked is not None
    of, about = factor(upper, lower), lower.attr.plain
    reasons = [line.reason for line in lines if line.reason]
    law = Paragraph(tell.say(f"quiz.law.{link.kind}"))
    hints: list[tuple[Block, ...]] = [(*piece(tell, link), law)]
    if reasons:
        hints.append((_because(tell, reasons[:-1] or reasons),))
    if len(lines) > 2:
        step = Line(asked, lines[-2].right)
        hints.append((Paragraph(tell.say("quiz.hint.line before")), Display((step,))))
    answer = Formula(link.factor, indices=lines[-1].right.indices)
    given = displays[0].lines if len(displays) > 1 else ()
    yield Question(
        "factor",
        about,
        _rule(link),
        tell.say("quiz.ask.factor behind" if given else "quiz.ask.factor", factor=of),
        Display((*given, blank_line(asked))),
        entry_check(lesson, link.factor),
        tuple(hints),
        (Display((Line(asked, answer, tell.joined(reasons) if reasons else ()),)),),
    )
    for found in _lines(tell, link.steps, asked):
        yield Question(
            "line",
            about,
            found.law,
            tell.say("quiz.ask.line", factor=of),
            Display(found.lines),
            entry_check(lesson, found.answer),
            ((Paragraph(tell.say("quiz.law.line")),), (_because(tell, [found.reason]),)),
            (Display((Line(found.left, found.right, found.reason),)),),
        )


def entry_check(lesson: Lesson, answer: Expr) -> Entry:
    """What counts as this formula of single entries."""
    shown = lesson.shown(answer)
    bare: dict[str, tuple[Side, Side]] = {}
    several: set[str] = set()
    for e in walk([shown], is_named):
        if e.op != "entry":
            continue
        for base, sides in _named_in(e.args[0], e.attr):
            if bare.setdefault(base.attr.plain, sides) != sides:
                several.add(base.attr.plain)
    kept = {plain: sides for plain, sides in bare.items() if plain not in several}
    return Entry(shown, tuple(wrongs(shown)), kept)


def _named_in(base: Expr, sides: tuple[Side, Side]) -> Iterator[tuple[Expr, tuple[Side, Side]]]:
    """The quantities of which an entry shows one entry, and which one."""
    if base.op == "transpose":
        base, sides = base.args[0], (sides[1], sides[0])
    for e in walk([base], is_named):
        if is_named(e) and e.shape == base.shape:
            yield e, sides


def _lines(tell: Teller, steps: tuple[Step, ...], left: Formula) -> Iterator[Asked]:
    """Steps that take one derivative, where what they put in its place has none left."""
    indices = not alike([e for s in steps for e in (s.before, s.after)])
    for i, step in enumerate(steps):
        if i == 0 or len(step.focus) != 1 or step.focus[0].op != "derivative":
            continue
        [old] = step.focus
        new = _what_became(step.before, step.after, old)
        if new is None or new.op == "number" or _differentiates(new):
            continue
        holed = _with_blank(step.before, step.after, old)
        if holed is None:
            continue
        before = Line(
            replace(left, focus=()), Formula(step.before, focus=step.focus, indices=indices)
        )
        line = Line(None, Formula(holed, indices=indices))
        was, right = (Formula(e, indices=indices) for e in (old, new))
        yield Asked((before, line), was, right, new, tell.reason(step), step.law.name)


def _differentiates(e: Expr) -> bool:
    return any(x.op == "derivative" for x in walk([e], is_named))


def _what_became(before: Expr, after: Expr, old: Expr) -> Expr | None:
    """What stands in `after` where `old` stood; None where the rest changed as well."""
    if before is old:
        return after
    if before.op != after.op or len(before.args) != len(after.args) or is_named(before):
        return None
    found = None
    for a, b in zip(before.args, after.args, strict=True):
        if a is b:
            continue
        if found is not None:
            return None
        found = _what_became(a, b, old)
        if found is None:
            return None
    return found


def _with_blank(before: Expr, after: Expr, old: Expr) -> Expr | None:
    if before is old:
        return BLANK
    args = tuple(
        b if a is b else _with_blank(a, b, old)
        for a, b in zip(before.args, after.args, strict=True)
    )
    if any(a is None for a in args):
        return None
    return Expr(after.op, tuple(a for a in args if a is not None), after.attr, after.shape)


def _rule(link: Link) -> str:
    """The rule behind a factor: the kind of its link, or the derivative that is taken."""
    taken = [s.law.name for s in link.steps if s.law.name.startswith("derivative of")]
    return taken[0] if link.kind == "elementwise" and taken else link.kind


def _because(tell: Teller, reasons: list[Text]) -> Paragraph:
    return Paragraph(tell.say("quiz.hint.reason", reason=tell.joined(reasons)))
