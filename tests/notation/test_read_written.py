r"""LaTeX that is only looked at is taken apart for the printers of other notations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backproof import words
from backproof.notation import read
from backproof.notation.names import written_name
from backproof.notation.written import (
    Accent,
    Fence,
    Fraction,
    Glyph,
    Grid,
    Root,
    Row,
    Scripts,
    read_written,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
SENTENCES = sorted(Path(words.__file__).parent.glob("*/*.toml"))
X, Y, TWO = Glyph("x"), Glyph("y"), Glyph("2", "number")
MARKS = {c: Glyph(c, "mark") for c in "()[]−+′"}


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        ("x", X),
        (r"\theta", Glyph("θ")),
        (r"\mathbf{W}", Glyph("W", "bold")),
        (r"\mathrm{hid}", Glyph("hid", "upright")),
        (r"\text{the loss}", Glyph("the loss", "text")),
        (r"\operatorname{soft\,max}", Glyph("softmax", "word")),
        (r"\tanh x", Row((Glyph("tanh", "word"), X))),
        ("12.5", Glyph("12.5", "number")),
        ("x_2", Scripts(X, TWO)),
        ("x^{2}_{y}", Scripts(X, Y, TWO)),
        ("x'^2", Scripts(X, None, Row((MARKS["′"], TWO)))),
        (r"\hat{x}_y", Scripts(Accent("ˆ", X), Y)),
        (r"\overline x", Accent("¯", X)),
        (r"\frac{x}{2}", Fraction(X, TWO)),
        (r"\sqrt x", Root(X)),
        (r"\left( x \right.", Fence("(", X, "")),
        (r"\begin{cases} x & y \\ 2 \end{cases}", Grid("{", ((X, Y), (TWO,)), "")),
        (r"\text{if $x$}", Row((Glyph("if ", "text"), X))),
        (r"\mathbf{x - y}", Row((Glyph("x", "bold"), MARKS["−"], Glyph("y", "bold")))),
        ("", Row(())),
    ],
)
def test_a_piece_is_taken_apart(latex: str, part: object) -> None:
    assert read_written(latex) == part


@pytest.mark.parametrize(
    "latex",
    [
        r"\unheard",
        "{x",
        "x_",
        "x_y_2",
        r"\left( x",
        r"\text{x",
        "}",
        r"\frac{x}",
        r"\begin{x}",
        "&",
    ],
)
def test_what_is_not_known_is_not_guessed(latex: str) -> None:
    assert read_written(latex) is None


@pytest.mark.parametrize("file", SENTENCES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_formula_of_every_sentence_is_known(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("{{", "{").replace("}}", "}")
    for formula in re.findall(r"\$([^$\n]*)\$", text):
        if not re.fullmatch(r"\{[a-z]+\}", formula):
            assert read_written(formula.replace("\\\\", "\\")) is not None, formula


@pytest.mark.parametrize("note", sorted(EXAMPLES.glob("*.md")), ids=lambda p: p.stem)
def test_every_name_of_the_examples_is_known(note: Path) -> None:
    model = read(note)
    for e in model.roles:
        assert read_written(written_name(e.attr, model.spelling)) is not None
