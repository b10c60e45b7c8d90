"""The demonstration: one bundled note read, derived and proven, and everything left in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..calculus.derive import derive
from ..calculus.step import Derivation
from ..check.check import check
from ..errors import MissingError
from ..examples import path as example
from ..expr.build import gradient
from ..expr.model import Model
from ..notation import read
from ..show.diagram import diagram
from ..show.files import make_folder, save
from ..show.pages import Block, Display, Formula, Line, Paragraph, Section, Story, Table
from ..show.screen import show
from ..show.telling import Teller
from ..show.ways import Ways
from ..words import say
from .quiz.files import publish_quiz
from .render import publish
from .report import report_page


def demo(folder: Path, language: str, train: Callable[[Model], str] | None = None) -> None:
    """Run the demonstration and print a short account of it.

    `train`, if given, trains the model and says in a sentence what came of it. What cannot be made
    because a package is missing is left out, which is said.

    Raises BackproofError if the folder cannot be written.
    """
    note = example(f"two_layer_{language}.md")
    model = read(note)
    derivation = derive(model)
    make_folder(folder)
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
        *_left(folder, note, derivation, language),
        Paragraph(tell.say("demo.next", command="backproof derive")),
    ]
    title = (say("demo.title", language),)
    show(Story(title, (Section((), tuple(blocks)),), model, language, "outline"))


def _left(folder: Path, note: Path, derivation: Derivation, language: str) -> list[Block]:
    """Writes the files; what they are, and what could not be made and why."""
    rows: list[tuple[tuple[str], tuple[str]]] = []
    missing: dict[tuple[str, str], list[str]] = {}
    for name, kind, write in _files(note, derivation, language):
        try:
            write(folder / name)
        except MissingError as error:
            missing.setdefault((error.what, error.hint), []).append(name)
        else:
            rows.append(((name,), (say(f"demo.file.{kind}", language),)))
    written: list[Block] = [
        Paragraph((say("demo.written", language, folder=str(folder)),)),
        Table(((say("demo.file.head", language),), (say("demo.file.is", language),)), tuple(rows)),
    ]
    for (why, hint), names in missing.items():
        fields = {"file": ", ".join(names), "why": why, "hint": hint}
        written.append(Paragraph((say("demo.left out", language, **fields),)))
    return written


def _files(
    note: Path, derivation: Derivation, language: str
) -> list[tuple[str, str, Callable[[Path], None]]]:
    """The name of each file, what it is, and what writes it; what to open first comes first."""
    flawed = example(f"with_mistakes/one_layer_{language}.md")

    def told(path: Path) -> None:
        publish(derivation, path, language=language)

    def slides(path: Path) -> None:
        publish(derivation, path, language=language, layout="slides")

    def exercises(path: Path) -> None:
        publish_quiz(derivation, path, key=path.with_stem("quiz-key"), language=language)

    def checked(path: Path) -> None:
        save(path, report_page(check(flawed), language))

    def drawn(path: Path) -> None:
        save(path, diagram(derivation.model, language=language))

    def copied(path: Path) -> None:
        save(path, note.read_text(encoding="utf-8"))

    return [
        ("deck.html", "deck", told),
        ("slides.pdf", "slides", slides),
        ("derivation.pdf", "article", told),
        ("derivation.ipynb", "notebook", told),
        ("quiz.html", "quiz", exercises),
        ("report.html", "report", checked),
        ("network.svg", "network", drawn),
        ("derivation.md", "markdown", told),
        ("derivation.tex", "latex", told),
        ("derivation.json", "json", told),
        ("derivation.txt", "text", told),
        (note.name, "note", copied),
    ]
