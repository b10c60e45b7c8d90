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
from backproof.show.typst.source import escaped

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md"))
POINTS = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">')


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


@pytest.mark.parametrize("note", NOTES)
def test_nothing_runs_over_the_margins(note: str) -> None:
    boxes = poppler("pdftotext", made(note), "-bbox")
    page = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', boxes)
    assert page
    width, height = float(page[1]), float(page[2])
    found = WORD.findall(boxes)
    assert len(found) > 200
    for box in found:
        left, top, right, bottom = map(float, box)
        assert left > 24 * POINTS, box
        assert right < width - 24 * POINTS, box
        assert top > 10 * POINTS, box
        assert bottom < height - 8 * POINTS, box


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
            return ["Libertinus Serif", "New Computer Modern Math"]

    monkeypatch.setattr(pdf_module, "_fonts", Few)
    assert fonts("en").maths == ("New Computer Modern Math",)
    with pytest.raises(BackproofError, match=r"(?s)Korean letters.*try: .*Noto Serif CJK KR"):
        fonts("ko")


@pytest.mark.parametrize("family", SERIF[:3])
def test_the_first_of_the_known_families_is_taken(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Some:
        def families(self) -> list[str]:
            return ["Libertinus Serif", "STIX Two Math", "UnDotum", family]

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
