"""A derivation told as a lecture: the network, each gradient from its question on, the end.

The order is a teacher's: what was read, then for each parameter the question, the chain of factors
grown one link at a time, each new factor worked out for one entry, their product, and the step to
whole matrices; what was told before is only referred to. The last page has all gradients together.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from .telling import END, MANY, Teller
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
    asked = set(derivation.targets)
    wanted = [e for e in order if e in asked]
    before = [network(tell), recognised(tell), _plan(tell, ways, wanted), activations(tell)]
    gradients = _gradients(tell, lecture, wanted)
    after = [collapsed(tell), stable(tell), conclusion(tell, ways, insides), certificate(tell)]
    told = (
        *(section for section in before if section is not None),
        *(insides.put_in(section) for section in (*gradients, *after) if section is not None),
    )
    return Story(tell.say("heading.title"), told, derivation.model, language, detail)


LISTED = 24  # derivatives; more than this are counted and not listed


def _gradients(tell: Teller, lecture: Lecture, wanted: list[Expr]) -> Iterator[Section]:
    """One section for each derivative; of very many, an outline has the first and the last ones."""
    deep = tell.detail == "outline" and len(wanted) > MANY
    shown = {*wanted[:END], *wanted[-END:]} if deep else set(wanted)
    left_out = len(wanted) - len(shown)
    for e in wanted:
        if e in shown:
            yield lecture.section(e)
        else:
            lecture.pass_over(e)
            if left_out:
                said = tell.say("phrase.likewise for many", count=str(left_out))
                yield Section(tell.say("heading.and so on"), (Paragraph(said),))
                left_out = 0


def _plan(tell: Teller, ways: Ways, wanted: list[Expr]) -> Section:
    """Why the walk goes backwards, and what it is to end in."""
    if len(wanted) <= LISTED:
        gradients = tell.listed(gradient(ways.loss, e) for e in wanted)
        asked = tell.say("phrase.wanted", gradients=gradients)
    else:
        asked = tell.say("phrase.many wanted", count=str(len(wanted)))
    blocks = [Paragraph(asked)]
    if tell.detail != "outline":
        blocks.append(Paragraph(tell.say("phrase.plan", loss=ways.loss)))
    return Section(tell.say("heading.plan"), tuple(blocks))
