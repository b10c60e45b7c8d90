"""The demonstration: one bundled note read, derived and proven, and everything left in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..calculus.derive import derive
from ..check.check import check
from ..errors import MissingError
from ..examples import path as example
from ..expr.build import gradient
from ..expr.model import Model
from ..notation import read
from ..show.files import make_folder, save
from ..show.pages import Block, Display, Formula, Line, Paragraph, Section, Story
from ..show.screen import show
from ..show.telling import Teller
from ..show.ways import Ways
from ..words import say
from .render import SUFFIXES, publish
from .report import report_page


def demo(folder: Path, language: str, train: Callable[[Model], str] | None = None) -> None:
    """Run the demonstration and print a short account of it.

    `train`, if given, trains the model and says in a sentence what came of it.

    Raises BackproofError if the folder cannot be written.
    """
    note = example(f"two_layer_{language}.md")
    model = read(note)
    derivation = derive(model)
    make_folder(folder)
    save(folder / note.name, note.read_text(encoding="utf-8"))
    written = [note.name]
    missing: list[Block] = []
    makers: dict[str, Callable[[Path], None]] = {
        f"derivation{suffix}": lambda path: publish(derivation, path, language=language)
        for suffix in SUFFIXES.values()
    }
    makers["report.html"] = lambda path: save(path, report_page(check(note), language))
    for name, make in makers.items():
        try:
            make(folder / name)
        except MissingError as error:
            fields = {"file": name, "why": error.what, "hint": error.hint}
            missing.append(Paragraph((say("demo.left out", language, **fields),)))
        else:
            written.append(name)
    tell, ways = Teller(derivation, language, "outline"), Ways(derivation)
    certificate = derivation.certificate
    results = [s for s in derivation.stages if s.name is not None]
    lines = [Line(Formula(s.name), Formula(s.result)) for s in results]
    lines += [
        Line(Formula(gradient(ways.loss, e)), Formula(derivation.gradients[e.attr.plain]))
        for e in derivation.wanted
    ]
    blocks: list[Block] = [
        Paragraph(
            tell.say(
                "demo.read",
                note=note.name,
                equations=str(len(model.equations)),
                parameters=tell.listed(model.parameters),
            )
        ),
        Paragraph(tell.say("demo.derived")),
        Display(tuple(lines)),
        Paragraph(
            tell.say(
                "demo.proven",
                steps=str(certificate.proven),
                points=str(certificate.points),
                digits=str(certificate.digits),
            )
        ),
        *([Paragraph((train(model),))] if train else []),
        Paragraph(tell.say("demo.written", folder=str(folder), files=", ".join(written))),
        *missing,
        Paragraph(tell.say("demo.next", command="backproof derive")),
    ]
    title = (say("demo.title", language),)
    show(Story(title, (Section((), tuple(blocks)),), model, language, "outline"))
