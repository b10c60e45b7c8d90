"""PDFs: what stands on their pages, and that nothing runs over their margins."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from backproof.calculus.derive import derive
from backproof.cli import main
from backproof.errors import BackproofError
from backproof.notation import read
from backproof.publish import pdf as pdf_module
from backproof.publish.pdf import SERIF, compiled, fonts
from backproof.publish.render import Layout, render
from backproof.show.slides import slides
from backproof.show.story import story
from backproof.show.typst.slides import slides as typeset
from backproof.show.typst.source import Fonts, escaped

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md"))
POINTS = 72 / 25.4
WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)'
)


@cache
def made(note: str, layout: Layout = "article", language: str | None = None) -> bytes:
    derivation = derive(read(EXAMPLES / f"{note}.md"))
    return render(derivation, "pdf", layout=layout, language=language)


def poppler(program: str, data: bytes, *options: str) -> str:
    """What one of poppler's programs says about a PDF."""
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program}: install it (apt-get install poppler-utils)")
    run = subprocess.run(
        [program, *options, "-", *(["-"] if program == "pdftotext" else [])],
        input=data,
        capture_output=True,
        check=True,
    )
    return run.stdout.decode()


def pages(data: bytes) -> int:
    found = re.search(r"^Pages:\s+(\d+)", poppler("pdfinfo", data), re.MULTILINE)
    assert found
    return int(found[1])


@pytest.mark.parametrize("note", ["two_layer_en", "two_layer_ko"])
def test_the_pages_of_a_note_say_what_its_story_says(note: str) -> None:
    text = poppler("pdftotext", made(note))
    for said in {
        "two_layer_en": ["The model", "There are 3 factors", "What was proven", "81 steps"],
        "two_layer_ko": ["신경망", "역전파", "손실에서 거꾸로"],
    }[note]:
        assert said in text
    assert 6 <= pages(made(note)) <= 10


def words_outside(data: bytes, x: float, top: float, bottom: float) -> list[str]:
    """The words that lie nearer to the edges of their page than so many millimetres."""
    boxes = poppler("pdftotext", data, "-bbox")
    page = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', boxes)
    assert page
    width, height = float(page[1]), float(page[2])
    found = WORD.findall(boxes)
    assert len(found) > 200
    return [
        word
        for left, up, right, down, word in found
        if float(left) < x * POINTS
        or float(right) > width - x * POINTS
        or float(up) < top * POINTS
        or float(down) > height - bottom * POINTS
    ]


@pytest.mark.parametrize("note", NOTES)
def test_nothing_runs_over_the_margins(note: str) -> None:
    assert words_outside(made(note), 24, 10, 8) == []


@pytest.mark.parametrize("note", ["two_layer_ko", "attention", "lstm", "custom_activation"])
def test_nothing_runs_over_the_edges_of_a_slide(note: str) -> None:
    assert words_outside(made(note, "slides"), 13, 5, 1) == []


@pytest.mark.parametrize("note", ["two_layer_en", "two_layer_ko"])
def test_each_slide_is_a_page(note: str) -> None:
    told = story(derive(read(EXAMPLES / f"{note}.md")))
    data = made(note, "slides")
    assert pages(data) == len(slides(told).slides)
    text = poppler("pdftotext", data)
    for said in {
        "two_layer_en": [
            "one over what is inside the logarithm",
            "What was proven",
            "a second name",
        ],
        "two_layer_ko": ["무엇을 증명했는가", "로그를 미분하면"],
    }[note]:
        assert said in text


def test_the_picture_shows_where_a_slide_is() -> None:
    told = story(derive(read(EXAMPLES / "two_layer_en.md")))
    source = typeset(told, Fonts(("Text",), ("Maths",)))
    lit = dict(re.findall(r"#let (net-\d+) = light\(network(.*?)\)\n", source))
    assert len(set(lit.values())) == len(lit) > 8
    shown = [lit[name] for name in re.findall(r"#slide\([^\n]*, (net-\d+),\n", source)]
    assert shown[0] == ', "W1", "X", "b1", "z1"'  # the first equation
    assert ', "a2", "h"' in shown  # its second name is lit with it


def test_the_same_note_gives_the_same_bytes() -> None:
    again = render(derive(read(EXAMPLES / "two_layer_en.md")), "pdf")
    assert again == made("two_layer_en")


def test_words_mean_nothing_to_typst() -> None:
    odd = (
        "".join(map(chr, range(33, 127))) + ' 1. x\n2. y - - --- "q" it\'s // no /* comment */ #let'
    )
    text = poppler("pdftotext", compiled(f"#set smartquote(enabled: false)\n{escaped(odd)}"))
    assert "".join(text.split()) == "".join(odd.split())


def test_a_computer_without_korean_letters_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Few:
        def families(self) -> list[str]:
            return ["New Computer Modern", "New Computer Modern Math"]

    monkeypatch.setattr(pdf_module, "_fonts", Few)
    assert fonts("en").text == ("New Computer Modern",)
    with pytest.raises(BackproofError, match=r"(?s)Korean letters.*try: .*Noto Serif CJK KR"):
        fonts("ko")


@pytest.mark.parametrize("family", SERIF[:3])
def test_the_first_of_the_known_families_is_taken(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Some:
        def families(self) -> list[str]:
            return ["New Computer Modern", "UnDotum", family]

    monkeypatch.setattr(pdf_module, "_fonts", Some)
    assert fonts("ko").text[-1] == family


def test_without_typst_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    pdf_module._fonts.cache_clear()  # type: ignore[attr-defined]
    out = tmp_path / "out.pdf"
    assert main(["derive", str(EXAMPLES / "two_layer_en.md"), "-o", str(out)]) == 2
    assert "pip install 'backproof[publish]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.md", "--as", "slides"], "slides are made as .html or .pdf or .tex"),
        (["--as", "slides"], "name it with -o"),
        (["-o", "missing/x.pdf"], "cannot be written"),
    ],
)
def test_what_cannot_be_made_is_refused(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["derive", str(EXAMPLES / "two_layer_en.md"), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
