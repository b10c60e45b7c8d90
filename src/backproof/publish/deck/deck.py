"""The deck: six stories of one derivation, the network and the formulas, put into one page."""

from __future__ import annotations

from pathlib import PurePath

from ...calculus.derive import derive
from ...calculus.step import Derivation
from ...errors import RefusedError
from ...show.diagram import diagram
from ...show.pages import DETAILS, Detail
from ...show.story import story
from ...show.telling import Teller
from ...words import keys, languages, say
from ..numbers import Sample, assets, worked_sample
from ..page import data, page, source
from .cards import laws, quantities, roles, shared, turned
from .pool import Pool, packed
from .told import Data, told

SCRIPTS = (
    "reading.js",
    "formulas.js",
    "breaking.js",
    "ruler.js",
    "fitting.js",
    "network.js",
    "values.js",
    "drawing.js",
    "address.js",
    "cards.js",
    "overview.js",
    "speaker.js",
    "printing.js",
    "menus.js",
    "controls.js",
    "main.js",
)
STYLES = ("deck.css", "slide.css", "lines.css", "overlays.css", "print.css")

# What the page fills in by itself.
_OPEN = ("number", "count", "title", "file", "points", "digits")


def deck(
    derivation: Derivation, *, language: str | None = None, detail: Detail = "standard"
) -> str:
    """One HTML file with the derivation in every language and every detail.

    It opens in `language`, by default the note's own, and in `detail`.

    Raises BackproofError for a language or a detail that there is not, and where the packages that
    make the font are missing.
    """
    first = story(derivation, language=language, detail=detail)
    model = derivation.model
    pool = Pool(model.spelling)
    spoken = languages()
    stories: Data = {
        lang: {each: told(story(derivation, language=lang, detail=each), pool) for each in DETAILS}
        for lang in spoken
    }
    used = _laws(stories)
    certificate = derivation.certificate
    names = {
        "quantities": quantities(derivation, pool),
        "shared": shared(derivation),
        "loss": derivation.loss.attr.plain,
        "stories": stories,
        "cards": {
            lang: {
                "turned": turned(Teller(derivation, lang, "full"), pool),
                "laws": laws(Teller(derivation, lang, "full"), used, pool),
                "roles": roles(lang),
            }
            for lang in spoken
        },
        "words": {lang: _words(lang) for lang in spoken},
        "digits": certificate.digits,
        "points": certificate.points,
        "file": PurePath(model.file).name,
        "wanted": [e.attr.plain for e in derivation.wanted],
        "language": first.language,
        "detail": detail,
    }
    scripts: list[str] = []
    styles: list[str] = []
    # A program trains all parameters, whatever the derivation is about.
    whole = derivation if set(derivation.wanted) >= set(model.parameters) else derive(model)
    worked = _worked(whole)
    if worked is not None:
        names["sample"] = assets.sample_data(whole, worked)
        names["labels"] = {lang: assets.labels(whole, worked, lang) for lang in spoken}
        scripts += [assets.program(whole), assets.script()]
        styles += [assets.style()]
    formulas, symbols = packed(pool.formulas())
    body = "\n".join(
        (
            source(__package__ or "", "deck.html"),
            f'<template id="network">{diagram(model, language=first.language)}</template>',
            data("deck", {**names, "formulas": formulas, "symbols": symbols}),
        )
    )
    title = say(
        "deck.name", first.language, title=say("heading.title", first.language), file=names["file"]
    )
    return page(
        title,
        first.language,
        body,
        styles=[*styles, *(source(__package__ or "", name) for name in STYLES)],
        scripts=[*scripts, *(source(__package__ or "", name) for name in SCRIPTS)],
    )


def _worked(derivation: Derivation) -> Sample | None:
    """Numbers to follow the network with; None where there are none, or no program has them."""
    try:
        return worked_sample(derivation)
    except RefusedError:
        return None


def _laws(stories: Data) -> set[str]:
    """The names of all laws that a line rests on."""
    told_all = [deck for details in stories.values() for deck in details.values()]
    blocks = [b for deck in told_all for scene in deck["scenes"] for b in scene["blocks"]]
    return {name for b in blocks for line in b.get("lines", ()) for name in line[3]}


def _words(language: str) -> dict[str, str]:
    """What the page itself says, with the fields that it fills in left open."""
    fields = {name: f"{{{name}}}" for name in _OPEN}
    own = [key for key in keys(language) if key.startswith("deck.")]
    return {key.removeprefix("deck."): say(key, language, **fields) for key in own}
