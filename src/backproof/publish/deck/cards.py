"""What a reader finds out by pointing at it: quantities, laws, and why something is turned."""

from __future__ import annotations

from collections.abc import Iterator

from ...calculus.step import Derivation, Stage, Step
from ...expr.build import gradient
from ...expr.node import Expr, is_named, walk
from ...show.network import written_sides
from ...show.pages import Formula, Line
from ...show.stages import reason_in_indices
from ...show.telling import Teller
from ...words import say
from .pool import Pool
from .told import Data, line, text


def quantities(derivation: Derivation, pool: Pool) -> Data:
    """By plain name: symbol, role, shape, definition, and for a short name what it stands for."""
    model = derivation.model
    tell = Teller(derivation, model.language, "full")
    out: Data = {}
    for e, role in model.roles.items():
        made: Data = {"symbol": pool.number(Formula(e)), "role": role}
        equation = tell.equations.get(e.attr.plain)
        if equation is not None:
            value = Formula(equation.value, written_sides(model, equation)[1])
            made["is"] = pool.number(value)
        if e in derivation.wanted:
            made["gradient"] = pool.number(Formula(gradient(derivation.loss, e)))
        made["shape"] = text(tell.shape(e.shape), pool)
        out[e.attr.plain] = made
    for stage in derivation.stages:
        if stage.name is not None:
            short = gradient(derivation.loss, stage.quantity)
            out[stage.name.attr.plain] = {
                "symbol": pool.number(Formula(stage.name)),
                "role": "short",
                "for": pool.number(Formula(short)),
                "of": stage.quantity.attr.plain if is_named(stage.quantity) else "",
                "is": pool.number(Formula(stage.result)),
                "shape": text(tell.shape(stage.result.shape), pool),
            }
    return out


def shared(derivation: Derivation) -> list[list[str]]:
    """What later lines use again, in the order of its appearance: its name and what it is the
    derivative by. Each of these keeps a colour."""
    named = [s for s in derivation.stages if s.name is not None]
    return [[s.name.attr.plain, _plain(s.quantity)] for s in named if s.name is not None]


def turned(tell: Teller, pool: Pool) -> list[Data]:
    """Why transposes stand where they do: each with the quantity that is turned, the link that the
    step is about, and its index form."""
    return [made for stage in tell.derivation.stages for made in _turned_in(tell, stage, pool)]


def _turned_in(tell: Teller, stage: Stage, pool: Pool) -> Iterator[Data]:
    for step in stage.steps:
        names = _transposed(step)
        if not step.why or not names:
            continue
        shown = reason_in_indices(tell, stage, step)
        lead = text(tell.say("phrase.lead transpose", after=step.after), pool)
        # Without lines the law alone says why.
        found = shown.lines if shown else (Line(None, Formula(step.after), tell.reason(step)),)
        lines = [line(one, pool) for one in found]
        for name in names:
            yield {"of": name, "place": list(step.place), "lead": lead, "lines": lines}


def _transposed(step: Step) -> list[str]:
    """The quantities that stand transposed in what a step ends in."""
    found = [e.args[0] for e in walk([step.after], is_named) if e.op == "transpose"]
    return list(dict.fromkeys(e.attr.plain for e in found if is_named(e)))


def laws(tell: Teller, names: set[str], pool: Pool) -> Data:
    """The sentence of each law that a line of the deck rests on."""
    return {name: text(tell.say(f"law.{name}"), pool) for name in sorted(names)}


def roles(language: str) -> dict[str, str]:
    """How the parts that quantities play are called."""
    names = ("input", "parameter", "constant", "hidden", "target", "loss")
    return {name: say(f"role.{name}", language) for name in names}


def _plain(e: Expr) -> str:
    return e.attr.plain if is_named(e) else ""
