"""Expressions as MathML: the same brackets and spelling as in LaTeX, and elements to point at."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof import read
from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.expr import build as b
from backproof.expr.build import entry, matmul, mul, neg, number, size, sub, unary
from backproof.expr.model import Spelling
from backproof.expr.name import Name
from backproof.expr.node import Expr
from backproof.expr.ops import OPS, make
from backproof.expr.shape import SCALAR
from backproof.notation.elements import element
from backproof.notation.latex import latex
from backproof.notation.mathml import MATHML, mathml
from backproof.notation.names import unicode

from .formulas import matrices, named, scalars
from .plain_maths import latex_line, line, tree
from .test_latex import DERIVATIVES, ENTRIES, FUNCTIONS, NUMBERS, PARTS, PRODUCTS, REDUCTIONS, SIGNS

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
W = named("W", "W^{(2)}", ("n2", "n2"), layer="2")
WXH = named("W", "W_{xh}", ("n", "k"), sub="xh")
A = named("a", "a^{(2)}", ("n2", "m"), layer="2")
B = named("b", "b^{(2)}", ("n2", 1), layer="2")
L, x, y, z = (named(n, n, SCALAR) for n in ("L", "x", "y", "z"))


@cache
def derived(note: Path) -> Derivation:
    return derive(read(note))


def elements_of(expr: Expr, *path: str, **options: object) -> list[ET.Element]:
    return [e for tag in path for e in tree(mathml(expr, **options)).iter(tag)]  # type: ignore[arg-type]


def shown(expr: Expr, attribute: str, **options: object) -> list[str]:
    root = tree(mathml(expr, **options))  # type: ignore[arg-type]
    return [e.get(attribute, "") for e in root.iter() if e.get(attribute) is not None]


# The same formula as in LaTeX.


@pytest.mark.parametrize(
    "expr",
    [e for e, _ in PRODUCTS + SIGNS + ENTRIES + DERIVATIVES + REDUCTIONS + FUNCTIONS + PARTS],
    ids=latex,
)
def test_a_formula_reads_as_its_latex_does(expr: Expr) -> None:
    assert line(mathml(expr)) == latex_line(latex(expr))


@pytest.mark.parametrize("value", [v for v, _ in NUMBERS])
def test_numbers_read_as_in_latex(value: str) -> None:
    assert line(mathml(number(value))) == latex_line(latex(number(value)))


@pytest.mark.parametrize("note", EXAMPLES, ids=lambda p: p.stem)
def test_every_line_of_every_example_reads_as_its_latex_does(note: Path) -> None:
    derivation = derived(note)
    spelling = derivation.model.spelling
    exprs = {e for s in derivation.steps for e in (s.before, s.after)}
    exprs |= {e for q in derivation.model.equations for e in (q.quantity, q.value)}
    for expr in exprs:
        for indices in (True, False):
            want = latex_line(latex(expr, spelling, indices=indices))
            assert line(mathml(expr, spelling, indices=indices)) == want


@pytest.mark.parametrize("note", EXAMPLES[::4], ids=lambda p: p.stem)
def test_what_is_in_focus_is_marked_and_bracketed_as_in_latex(note: Path) -> None:
    derivation = derived(note)
    spelling = derivation.model.spelling
    for step in derivation.steps:
        printed = mathml(step.before, spelling, focus=step.focus)
        framed = latex(step.before, spelling, focus=step.focus)
        assert line(printed) == latex_line(framed)
        assert printed.count('<mrow class="focus">') == framed.count(r"\boxed{")


@given(st.one_of(scalars(), matrices()))
def test_brackets_of_any_formula_are_those_of_latex(expr: Expr) -> None:
    assert line(mathml(expr)) == latex_line(latex(expr))


@pytest.mark.parametrize(
    "spelling",
    [
        Spelling({"sigmoid": r"\text{sigmoid}", "log": r"\ln", "exp": r"\exp"}, r"\circ", "^T"),
        Spelling(hadamard="*", transpose="'"),
        Spelling(ascii=True, hadamard="*", transpose=".T"),
    ],
    ids=["words", "bare", "ascii"],
)
def test_the_author_spelling_is_kept(spelling: Spelling) -> None:
    hat = b.name(Name("y", marks=("hat",), latex="y_hat" if spelling.ascii else ""), W.shape)
    for expr in (mul(W, hat), W.T, WXH.T, unary("sigmoid", z), unary("log", z), unary("exp", z)):
        assert line(mathml(expr, spelling)) == latex_line(latex(expr, spelling))


@pytest.mark.parametrize("op", OPS)
def test_every_operation_has_a_rule(op: str) -> None:
    assert op in MATHML


# Elements to point at.


def test_a_quantity_is_one_element_with_its_plain_name() -> None:
    (two,) = tree(mathml(mul(W, unary("tanh", W)))).iterfind(".//msup[1]")
    assert two.get("data-quantity") == "W2"
    assert shown(sub(W, W), "data-quantity") == ["W2", "W2"]
    assert shown(b.let(Name("z", layer="1"), W), "data-quantity") == ["z1"]
    assert shown(named("y", r"\hat{y}", SCALAR), "data-quantity") == ["y"]


def test_an_entry_says_which_one_it_is() -> None:
    (found,) = elements_of(entry(A, "j", "s"), "msubsup")
    assert (found.get("data-quantity"), found.get("data-entry")) == ("a2", "j,s")
    assert shown(entry(B, "j", 1), "data-entry") == ["j,"]
    assert shown(entry(B.T, 1, "j"), "data-entry") == []
    assert shown(entry(A, "j", "s"), "data-entry", indices=False) == ["j,s"]
    lone = entry(unary("tanh", A), "j", "s")
    assert shown(lone, "data-entry", indices=False) == ["j,s"], "tanh acts on each entry"
    product = entry(unary("tanh", matmul(W, A)), "j", "s")
    assert shown(product, "data-entry", indices=False) == []
    (found,) = (e for e in elements_of(entry(WXH, "j", "k"), "msub") if e.get("data-quantity"))
    assert (found.get("data-quantity"), found.get("data-entry")) == ("W_xh", "j,k")


def test_a_transpose_says_that_it_is_one() -> None:
    (found,) = elements_of(W.T, "msup")
    assert (found.get("data-quantity"), found.get("data-transpose")) == ("W2", "")
    assert shown(matmul(W, A).T, "data-transpose") == [""]
    assert shown(WXH.T, "data-quantity") == ["W_xh"]
    assert shown(W, "data-transpose") == []


def test_a_derivative_says_of_what_and_by_what() -> None:
    (found,) = elements_of(b.gradient(L, W), "mfrac")
    assert (found.get("data-upper"), found.get("data-lower")) == ("L", "W2")
    (found,) = elements_of(b.derivative(entry(A, "j", "s"), x), "mfrac")
    assert (found.get("data-upper"), found.get("data-lower")) == ("a2", "x")
    (found,) = elements_of(b.derivative(sub(number(1), x), x), "mfrac")
    assert (found.get("data-upper"), found.get("data-lower")) == (None, "x")
    assert shown(make("path", (L, x, y)), "data-upper") == ["L", "x"]


def test_the_focus_is_one_row_of_its_own() -> None:
    (found,) = (
        e for e in tree(mathml(sub(x, mul(y, z)), focus=mul(y, z))).iter() if e.get("class")
    )
    assert (found.tag, found.get("class")) == ("mrow", "focus")
    assert "".join(found.itertext()) == "y\u2062z"


def test_names_are_escaped() -> None:
    odd = b.name(Name('a"<b>', latex=r"\text{a<b>\"}"), SCALAR)
    assert "<b>" not in mathml(odd)
    tree(mathml(odd))


# What a browser and a screen reader need.


def test_a_reader_hears_products_and_functions() -> None:
    assert "\u2062" in "".join(tree(mathml(matmul(W, A))).itertext())
    for expr in (unary("log", z), unary("tanh", z), make("softmax", (A,), "rows")):
        assert "\u2061" in "".join(tree(mathml(expr)).itertext())


def test_brackets_stretch_only_around_what_is_tall() -> None:
    low = elements_of(mul(x, sub(y, z)), "mo")
    tall = elements_of(unary("tanh", b.div(x, y)), "mo")
    assert {e.get("stretchy") for e in low if e.text in ("(", ")")} == {"false"}
    assert {e.get("stretchy") for e in tall if e.text in ("(", ")")} == {"true"}


def test_a_minus_in_front_is_no_subtraction() -> None:
    for expr in (neg(x), number(-2), unary("exp", neg(x)), mul(x, neg(y))):
        assert [e.get("form") for e in elements_of(expr, "mo") if e.text == "−"] == ["prefix"]
    assert [e.get("form") for e in elements_of(sub(x, y), "mo")] == [None]


def test_signs_in_a_short_exponent_stand_close() -> None:
    (plus,) = (e for e in elements_of(unary("exp", b.add(x, y)), "mo") if e.text == "+")
    assert (plus.get("lspace"), plus.get("rspace")) == ("0", "0")


def test_factors_keep_a_distance_where_they_would_touch() -> None:
    half = b.div(x, y)
    for expr in (mul(half, half), mul(y, unary("log", x)), mul(half, z)):
        assert "mspace" in mathml(expr)
    assert "mspace" not in mathml(mul(x, y))


def test_letters_are_single_and_words_whole() -> None:
    assert [e.text for e in elements_of(mul(x, y), "mi")] == ["x", "y"]
    assert "mathvariant" not in mathml(x)
    word = b.name(Name("loss", latex=r"\text{loss}"), SCALAR)
    assert mathml(word) == '<mi data-quantity="loss">loss</mi>'
    upright = b.name(Name("L", latex=r"\mathrm{L}"), SCALAR)
    assert mathml(upright) == '<mi mathvariant="normal" data-quantity="L">L</mi>'


def test_deep_and_shared_formulas_are_printed() -> None:
    long = x
    for i in range(5000):
        long = b.add(long, mul(number(i), y))
    assert mathml(long).count("<mo>+</mo>") == 5000
    nested = x
    for _ in range(2000):
        nested = unary("tanh", sub(number(1), nested))
    assert mathml(nested).count("<mi>tanh</mi>") == 2000
    whole: Expr = A
    for _ in range(2000):
        whole = unary("tanh", whole)
    assert shown(entry(whole, "j", "s"), "data-entry", indices=False) == ["j,s"]
    shared = x
    for i in range(60):
        shared = b.let(f"h{i}", b.add(shared, shared))
    assert len(mathml(b.add(shared, shared))) < 200


# Names, and the LaTeX of sentences.


def names_of_examples() -> list[str]:
    found: dict[str, None] = {}
    for note in EXAMPLES:
        model = read(note)
        found |= dict.fromkeys(e.attr.written for e in model.roles)
        found |= dict.fromkeys(model.spelling.functions.values())
    return list(found)


@pytest.mark.parametrize("written", names_of_examples())
def test_every_name_of_the_examples_is_known(written: str) -> None:
    markup = element(written)
    assert "\\" not in markup
    assert line(markup) == latex_line(written) or unicode(written) == "".join(
        tree(markup).itertext()
    )


SNIPPETS = [
    (r"x / \|x\|", "x/‖x‖"),
    (r"\sum_k g_k s_k", "Σₖgₖsₖ"),
    (r"(uv)' = u'v + uv'", "(uv)′=u′v+uv′"),
    (r"\left( \hat{y} - y \right) x^T", "⦅ŷ−y⦆x^T"),
    (r"{a + b \over c}", "⟦a+b∕c⟧"),
    (r"\frac12 x^\frac12", "⟦1∕2⟧x^(⟦1∕2⟧)"),
    (r"x^23", "x²3"),
    (r"\mathbf{W x}", "Wx"),
    (r"a_{\text{out}}", "aₒᵤₜ"),
    ("σ(z₁)²", "σ(z₁)²"),
]


@pytest.mark.parametrize(("written", "expected"), SNIPPETS)
def test_the_latex_of_a_sentence_is_set(written: str, expected: str) -> None:
    assert line(element(written)).replace("ᵀ", "^T") == expected


@pytest.mark.parametrize(
    ("written", "want"),
    [
        (r"\log x", '<mi>log</mi><mo>&#x2061;</mo><mspace width="0.1667em"/><mi>x</mi>'),
        (r"y \log(x)", '<mi>y</mi><mspace width="0.1667em"/><mi>log</mi><mo>&#x2061;</mo><mo '),
        (r"x = -1", '<mo>=</mo><mo form="prefix">−</mo><mn>1</mn>'),
        (r"&= c", '<mo form="infix">=</mo><mi>c</mi>'),
        (r"a - 1", "<mi>a</mi><mo>−</mo><mn>1</mn>"),
        (r"x_{i-1}", '<mo lspace="0" rspace="0">−</mo>'),
        (r"\mathbb{R}^{n \times m}", "<mi>ℝ</mi>"),
        (r"\boldsymbol{\theta}", "<mi>𝜽</mi>"),
        (r"\Theta", '<mi mathvariant="normal">Θ</mi>'),
        (r"\max_i z_i", '<munder><mo movablelimits="true"'),
        (r"\text{ if } x", "<mtext>\xa0if\xa0</mtext>"),
        (r"\text{학습률}", "<mtext>학습률</mtext>"),
        (r"\dfrac{a}{b}", '<mfrac displaystyle="true">'),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\underbrace{a}_{b}", "<munder><munder>"),
        (r"\operatorname*{argmin}_w L", "<munder><mo "),
        (r"\begin{cases} a & b \\ c & d \end{cases}", '<mtable class="cases">'),
    ],
)  # fmt: skip
def test_what_a_browser_is_given(written: str, want: str) -> None:
    assert want in element(written)


@given(st.text(alphabet=r"\{}^_&$%'()[]|<>.,:;=+-*/~ abxyWL12αŷ한𝐖\n" + '"', max_size=60))
def test_no_garbage_comes_out_as_anything_but_elements(written: str) -> None:
    markup = element(written)
    text = "".join(tree(markup).itertext())
    assert not re.search(r"\\(?!\s|$)", text) or "\\" not in text.replace("∖", "")


WORDS = [r"\frac", r"\left(", r"\right)", r"\begin{aligned}", r"\end{aligned}", r"\text{a $b$ c}",
         r"\hat", r"\sqrt", "{", "}", "^", "_", "'", "&", r"\\", "x", "2", r"\sum", r"\log", r"\nope",
         r"\begin{cases}", r"\end{cases}", r"\over", r"\mathbf", r"\middle|", r"\not", r"\substack{"]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_commands_in_any_order_come_out_well_formed(words: list[str]) -> None:
    text = "".join(tree(element(" ".join(words))).itertext())
    assert "\\" not in text


def test_nesting_has_no_limit() -> None:
    for opening, closing in (("{", "}"), (r"\hat{", "}"), (r"\frac{1}{", "}"), ("x^{", "}"),
                             (r"\left(", r"\right)"), (r"\begin{cases}", r"\end{cases}")):  # fmt: skip
        deep = element(opening * 3000 + "x" + closing * 3000)
        assert deep.count("<mi>x</mi>") == 1 + (3000 if opening == "x^{" else 0)


def test_a_size_and_a_derivative_have_no_quantity_of_their_own() -> None:
    assert shown(size("n1"), "data-quantity") == []
