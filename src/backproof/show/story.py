"""A derivation told as a lecture: the network, each gradient from its question on, the end.

The order is a teacher's: what was read, then for each parameter the question, the chain of factors
grown one link at a time, each new factor worked out for one entry, their product, and the step to
whole matrices; what was told before is only referred to. The last page has all gradients together.
"""

from __future__ import annotations

from ..calculus.step import Derivation
from ..errors import BackproofError
from ..expr.build import gradient
from ..expr.node import Expr
from ..words import languages
from .closing import activations, certificate, collapsed, conclusion, recognised, stable
from .insides import Insides
from .network import network
from .pages import DETAILS, Detail, Paragraph, Section, Story
from .parts import Lecture
from .telling import Teller
from .ways import Ways


def story(
    derivation: Derivation, *, language: str | None = None, detail: Detail = "standard"
) -> Story:
    """The pages of a derivation, for any printer.

    `language` is by default the note's own. `detail`: `outline` has the questions and the results,
    `standard` the main lines, `full` every line.

    Raises BackproofError for a language or a detail that there is not.
    """
    language = language or derivation.model.language
    if language not in languages():
        raise BackproofError(
            f"there is no language {language!r}", hint=f"choose from {', '.join(languages())}"
        )
    if detail not in DETAILS:
        raise BackproofError(
            f"there is no detail {detail!r}", hint=f"choose from {', '.join(DETAILS)}"
        )
    tell, ways = Teller(derivation, language, detail), Ways(derivation)
    insides = Insides(derivation)
    lecture = Lecture(tell, ways, insides)
    order = [s.quantity for s in derivation.stages]
    asked = set(_wanted(derivation, ways))
    wanted = [e for e in order if e in asked]
    sections = [
        network(tell),
        recognised(tell),
        _plan(tell, ways, wanted),
        activations(tell),
        *(insides.put_in(lecture.section(e)) for e in wanted),
        collapsed(tell),
        stable(tell),
        insides.put_in(conclusion(tell, ways, insides)),
        certificate(tell),
    ]
    told = tuple(section for section in sections if section is not None)
    return Story(tell.say("heading.title"), told, derivation.model, language, detail)


MANY = 24  # derivatives; more than this are counted and not listed


def _plan(tell: Teller, ways: Ways, wanted: list[Expr]) -> Section:
    """Why the walk goes backwards, and what it is to end in."""
    if len(wanted) <= MANY:
        gradients = tell.listed(gradient(ways.loss, e) for e in wanted)
        asked = tell.say("phrase.wanted", gradients=gradients)
    else:
        asked = tell.say("phrase.many wanted", count=str(len(wanted)))
    blocks = [Paragraph(asked)]
    if tell.detail != "outline":
        blocks.append(Paragraph(tell.say("phrase.plan", loss=ways.loss)))
    return Section(tell.say("heading.plan"), tuple(blocks))


def _wanted(derivation: Derivation, ways: Ways) -> list[Expr]:
    """What was asked for, as the stages know it: second names are replaced there."""
    return list(derivation.targets)
