"""A quiz from a derivation: every question that it offers, and a choice that covers it evenly."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from ...calculus.step import Derivation
from ...errors import BackproofError
from ...expr.node import is_named
from ...show.network import network
from ...show.telling import Teller
from ...show.ways import Ways
from ...words import languages
from .lesson import Lesson, lesson
from .links import about_link
from .questions import Kind, Question, Quiz, Whole, with_symbols
from .spotted import about_results
from .stages import about_chain, about_shape, about_stage

USUAL = 10  # questions
#: How many of each kind there are, next to each other, where a derivation offers enough.
SHARES: dict[Kind, float] = {
    "shape": 1,
    "chain": 1.5,
    "factor": 2.5,
    "line": 1.5,
    "gradient": 3,
    "mistake": 2,
}


def quiz(
    derivation: Derivation,
    *,
    questions: int | None = None,
    seed: int = 0,
    language: str | None = None,
    usable: Callable[[Lesson], Callable[[Question], bool]] | None = None,
) -> tuple[Lesson, Quiz]:
    """A quiz of some questions (10 if a note offers as many), the same for the same seed.

    The questions come in the order of the lecture, for each quantity from the easy ones to the hard
    ones; wrong results to be found come last. `usable` leaves out what a form has no answer to.

    Raises BackproofError for a language that there is not, for less than one question, and where
    nothing can be asked.
    """
    language = language or derivation.model.language
    if language not in languages():
        raise BackproofError(
            f"there is no language {language!r}", hint=f"choose from {', '.join(languages())}"
        )
    if questions is not None and questions < 1:
        raise BackproofError("a quiz has at least one question", hint="give a number above 0")
    shared = lesson(derivation, seed)
    tell = Teller(derivation, language, "standard")
    offered = offer(tell, shared, seed)
    if usable is not None:
        offered = list(filter(usable(shared), offered))
    if not offered:
        raise BackproofError(
            "nothing can be asked about this note",
            hint="questions need a quantity on the way from a parameter to the loss",
        )
    asked = frozenset(e.attr.plain for e in derivation.targets if is_named(e))
    chosen = choose(offered, asked, questions or USUAL, random.Random(f"choice {seed}"))
    before = network(tell).blocks
    return shared, Quiz(tell.say("quiz.title"), before, chosen, derivation.model, language)


def offer(tell: Teller, shared: Lesson, seed: int = 0) -> list[Question]:
    """All questions that a derivation offers, in the order of the lecture."""
    return [with_symbols(shared, raw) for raw in _raw(tell, shared, seed)]


def _raw(tell: Teller, shared: Lesson, seed: int) -> Iterator[Question]:
    ways = Ways(shared.derivation)
    wanted = set(shared.derivation.targets)
    for stage in shared.derivation.stages:
        if stage.quantity is ways.loss:
            continue
        if stage.quantity in wanted:
            yield from about_shape(tell, ways, stage.quantity)
            yield from about_chain(tell, shared, ways, stage.quantity)
        for link in stage.links:
            yield from about_link(tell, shared, link)
        yield from about_stage(tell, shared, ways, stage)
    yield from about_results(tell, shared, ways, random.Random(f"mistakes {seed}"))


def choose(
    offered: list[Question], asked: frozenset[str], count: int, rng: random.Random
) -> tuple[Question, ...]:
    """So many of them: spread over the kinds by their shares and over the quantities evenly, with
    as few as possible of which another one tells the answer. `asked` are the parameters, which come
    before what is on the way to them."""
    left = dict(enumerate(offered))
    chance = {i: rng.random() for i in left}
    picked: list[int] = []
    kinds: Counter[Kind] = Counter()
    places: Counter[str] = Counter()
    rules: Counter[tuple[Kind, str]] = Counter()
    told: Counter[str] = Counter()
    wanted: set[str] = set()

    def cost(i: int) -> tuple[float, float]:
        one = offered[i]
        share = (1 + kinds[one.kind]) / SHARES[one.kind]
        easy = one.kind in ("factor", "gradient") and one.rule in _EASY
        spoilt = told[one.about] if one.kind == "gradient" else len(one.tells & wanted) / 2
        central = one.about in asked or (isinstance(one.check, Whole) and len(one.check.hidden) > 1)
        again = rules[one.kind, one.rule]
        whole = share + 0.6 * places[one.about] + 2 * again + 0.7 * spoilt + 0.6 * easy
        return whole - 0.5 * central, chance[i]

    while left and len(picked) < count:
        best = min(left, key=cost)
        picked.append(best)
        one = left.pop(best)
        kinds[one.kind] += 1
        places[one.about] += 1
        rules[one.kind, one.rule] += 1
        told.update(one.tells)
        if one.kind == "gradient":
            wanted.add(one.about)
    picked.sort(key=lambda i: (offered[i].kind == "mistake", i))
    return tuple(offered[i] for i in picked)


_EASY = ("repeated", "passed", "repeated in matrices", "passed in matrices")
