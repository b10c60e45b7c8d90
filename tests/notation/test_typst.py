"""Expressions in typst: the same brackets as everywhere, and nothing that typst takes otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst as compiler

from backproof.calculus.derive import derive
from backproof.expr.build import div, entry, gradient, matmul, name, number, power, sub
from backproof.expr.model import Spelling
from backproof.expr.name import Name
from backproof.expr.node import Expr
from backproof.expr.shape import SCALAR
from backproof.notation import read
from backproof.notation.typst import typst
from backproof.notation.typst_written import quoted, typst_written

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
START = "#set page(width: auto, height: auto)\n#let focus(it) = it\n"
ASCII = "".join(map(chr, range(33, 127)))


def compiled(formulas: list[str]) -> list[bytes]:
    """Each formula on a page of its own, as SVG."""
    source = START + "\n#pagebreak()\n".join(f"$ {formula} $" for formula in formulas)
    made = compiler.Compiler(source.encode()).compile(format="svg")
    return made if isinstance(made, list) else [made]  # type: ignore[list-item]


@pytest.mark.parametrize("note", EXAMPLES, ids=lambda path: path.stem)
def test_every_formula_of_every_derivation_is_typst(note: Path) -> None:
    derivation = derive(read(note))
    spelling = derivation.model.spelling
    shown = {
        typst(e, spelling, focus=step.focus, indices=indices)
        for step in derivation.steps
        for e in (step.before, step.after)
        for indices in (True, False)
    }
    shown |= {typst(e, spelling) for e in derivation.model.roles}
    shown |= {typst_written(equation.written) for equation in derivation.model.equations}
    assert len(compiled(sorted(shown))) == len(shown)


Z, W, A = name("z", SCALAR), name("W", ("n", "k")), name("a", ("k", "m"))


@pytest.mark.parametrize(
    ("expr", "source"),
    [
        (matmul(W, A), "W a"),
        (gradient(Z, W), "frac(∂ z, ∂ W)"),
        (power(sub(Z, number(1)), number(2)), r"\(z - 1\)^(2)"),
        (div(Z, sub(Z, number(1))), "frac(z, z - 1)"),
        (matmul(W, A).T, r"\(W a\)^(⊤)"),
        (number("1/3"), "frac(1, 3)"),
        (number("1/100000000"), "10^(-8)"),
    ],
)
def test_an_expression_is_spelled(expr: Expr, source: str) -> None:
    assert typst(expr) == source


def test_indices_stand_below_layers_above() -> None:
    w = name(Name("W", layer="2", latex="W^{(2)}"), ("n", "k"))
    assert typst(entry(w, "j", "l")) == r"W^(\(2\))_(j l)"
    assert typst(entry(w, "j", 12)) == r"W^(\(2\))_(j\, 12)"
    assert typst(entry(w, "j", "l"), indices=False) == r"W^(\(2\))"


def test_a_transpose_stands_beside_the_layer() -> None:
    w = name(Name("W", layer="2", latex="W^{(2)}"), ("n", "k"))
    assert typst(w.T, Spelling(layer="(")) == r"W^(\(2\) ⊤)"


def test_the_focus_is_handed_to_a_function_of_the_document() -> None:
    assert typst(sub(Z, number(1)), focus=Z) == "focus(z) - 1"
    assert typst(sub(Z, number(1)), focus=Z, mark="boxed") == "boxed(z) - 1"


@pytest.mark.parametrize(
    ("latex", "source"),
    [
        (r"\#1", r"\# 1"),
        (r"\text{a $x$ b}", '"a "x" b"'),
        (r"\mathrm{hid}", 'upright("hid")'),
        (r"f(x, y)", r"f \(x\, y\)"),
        (r"\left( \frac{a}{b} \right)", r"lr(\( frac(a, b) \))"),
        (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", 'mat(delim: "[", a, b; c, d)'),
        (r"{xy}^2", 'class("normal", x y)^(2)'),
        (r"\unheard{x} \"", '"unheardx\\""'),
        (r"손실", '"손" "실"'.replace(" ", "")),
    ],
)
def test_latex_is_spelled_in_typst(latex: str, source: str) -> None:
    assert typst_written(latex) == source


@pytest.mark.parametrize("character", ASCII)
def test_no_character_of_a_name_means_something_to_typst(character: str) -> None:
    """As a name, in words, as an index, and in the middle of an argument."""
    written = "\\" + character if character in "#$%&_{}" else character
    odd = name(Name("q", latex=f"\\text{{{written}}}"), SCALAR)
    symbols = [typst(odd), typst(div(odd, Z)), quoted(character), f"x_({typst(odd)})"]
    if character not in "\\{}_^'&~%":
        symbols += [typst_written(written), f"frac({typst_written(written)}, 2)"]
    assert len(compiled(symbols)) == len(symbols)
