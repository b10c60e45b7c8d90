"""Formulas with their numbers put in: worked out again, they come to what stands below them."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from backproof.notation.mathml import mathml
from backproof.publish.numbers import assets
from backproof.publish.numbers.workings import workings

from ..conftest import Opener
from .pages import EXAMPLES, made

NOTES = sorted(p.name for p in EXAMPLES.glob("*.md"))
NOTE = "two_layer_en.md"
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_FUNCTIONS = {
    "log": math.log, "ln": math.log, "exp": math.exp, "tanh": math.tanh, "e": math.e,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)), "σ": lambda z: 1 / (1 + math.exp(-z)),
    "ReLU": lambda z: max(z, 0.0), "max": max,
}  # fmt: skip


class Unread(Exception):
    """A formula that this calculator does not know how to work out."""


def arithmetic(element: ElementTree.Element) -> str:
    """A formula of numbers as Python. Raises Unread where something else than a number is left."""
    name, text = element.tag.split("}")[-1], (element.text or "").strip()
    parts = list(element)
    match name:
        case "mn":
            digits = re.fullmatch(r"([\d.]+)(?:·10(\S+))?", text)
            if digits is None:
                raise Unread(text)
            return f"{digits[1]}e{digits[2].translate(_RAISED)}" if digits[2] else digits[1]
        case "mo":
            signs = {
                "−": "-",
                "·": "*",
                "⋅": "*",
                "+": "+",
                "(": "(",
                ")": ")",
                "\u2061": "",
                ",": ",",
            }
            if text in signs:
                return signs[text]
            raise Unread(text)
        case "mi" if text in _FUNCTIONS:
            return text
        case "mspace":
            return ""
        case "mfrac":
            return f"(({arithmetic(parts[0])})/({arithmetic(parts[1])}))"
        case "msup":
            return f"(({arithmetic(parts[0])})**({arithmetic(parts[1])}))"
        case "msqrt":
            return f"math.sqrt({''.join(map(arithmetic, parts))})"
        case "mrow" | "mstyle":
            return row([arithmetic(p) for p in parts])
        case _:
            raise Unread(name)


def row(parts: list[str]) -> str:
    """Parts one after the other; the argument of a function in brackets."""
    out: list[str] = []
    for part in (p for p in parts if p):
        bare = bool(out) and out[-1] in _FUNCTIONS and out[-1] != "e"
        out.append(f"({part})" if bare and not part.startswith("(") else part)
    return "".join(out)


def bare(folder: Path, notes: list[str]) -> Path:
    """A page with nothing but the script, and numbers for each note."""
    lines = [f"<!doctype html><title>Formulas</title><script>{assets.script()}</script>"]
    for note in notes:
        derivation, sample = made(note)
        data = json.dumps(assets.sample_data(derivation, sample))
        lines.append(
            f"<script>{{ {assets.program(derivation)}"
            f"(window.known ??= {{}})[{note!r}] = new Numbers(lossAndGradients, {data}); }}</script>"
        )
    file = folder / "formulas.html"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def put_in(page: Page, note: str, markup: str, row: int, column: int) -> ElementTree.Element:
    text = page.evaluate(
        """([note, markup, at]) => {
            const holder = document.createElement("div");
            holder.innerHTML = `<math>${markup}</math>`;
            return new XMLSerializer().serializeToString(substituted(holder.firstChild, known[note], at));
        }""",
        [note, markup, {"j": row, "s": column}],
    )
    return ElementTree.fromstring(text)


def test_what_is_put_in_comes_to_the_value(opened: Opener, tmp_path: Path) -> None:
    page = opened(bare(tmp_path, NOTES))
    read, unread = 0, list[str]()
    for note in NOTES:
        derivation, sample = made(note)
        forward, backward = workings(derivation)
        for found, truth in ((forward, sample.values), (backward, sample.gradients)):
            for plain, working in found.items():
                markup = mathml(working.right, derivation.model.spelling)
                for i, values in enumerate(truth[plain]):
                    j = len(values) - 1
                    element = put_in(page, note, markup, i, j)
                    try:
                        text = "".join(arithmetic(e) for e in element)
                    except Unread as left:
                        unread.append(f"{note} {plain}: {left}")
                        continue
                    value = eval(text, {"math": math, **_FUNCTIONS})
                    assert value == pytest.approx(values[j], rel=5e-3, abs=5e-4), (
                        note,
                        plain,
                        text,
                    )
                    read += 1
    assert read >= 12 * len(unread), unread


def formulas(page: Page, markup: str, at: dict[str, int]) -> str:
    element = put_in(page, NOTE, markup, at.get("j", -1), at.get("s", -1))
    return re.sub(r"\s+", "", "".join(element.itertext())).replace("\u2062", "")


def test_matrices_signs_and_derivatives(opened: Opener, tmp_path: Path) -> None:
    page = opened(bare(tmp_path, [NOTE]))
    page.evaluate(
        f"known[{NOTE!r}].set('W1', 0, 0, -0.5), known[{NOTE!r}].set('W1', 0, 1, 12345678)"
    )
    said = lambda markup, **at: formulas(page, markup, at)  # noqa: E731
    w, x = (
        '<mi data-quantity="W1">W</mi>',
        '<msup data-quantity="X" data-transpose=""><mi>X</mi><mi>⊤</mi></msup>',
    )
    assert said(w) == "[−0.51.235·10⁷−2.52−1.81.7]"
    assert said(f"<mrow>{w}<mo>\u2062</mo>{x}</mrow>").endswith("[11011000]")
    entry = '<msub data-quantity="W1" data-entry="j,s"><mi>W</mi><mrow><mi>j</mi><mi>s</mi></mrow></msub>'
    assert said(entry, j=0, s=0) == "−0.5"
    assert said(f"<mrow><mn>2</mn><mo>\u2062</mo>{entry}</mrow>", j=0, s=0) == "2·(−0.5)"
    assert said(f"<msup>{entry}<mn>2</mn></msup>", j=0, s=0) == "(−0.5)2"
    assert said(entry, j=7, s=0) == "Wjs", "there is no such entry"
    assert said(entry.replace("j,s", "3,1")) == "−1.8", "numbers in an index count from 1"
    assert said(entry.replace("j,s", ":,s"), s=1) == "[1.235·10⁷21.7]", "a column"
    assert said('<mi data-quantity="nothing">q</mi>') == "q"
    loss = page.evaluate(f"shown(known[{NOTE!r}].gradient('b2')[0][0])")
    ratio = '<mfrac data-upper="{}" data-lower="b2"><mi>L</mi><mi>b</mi></mfrac>'
    assert said(ratio.format("L")) == loss
    assert said(ratio.format("z2")) == "Lb", "a factor that the page has no number for"
    assert said("<mfrac><mn>1</mn><mi>m</mi></mfrac>") == "14"


def test_sums_are_written_out_if_they_are_short(opened: Opener, tmp_path: Path) -> None:
    page = opened(bare(tmp_path, [NOTE]))
    sign = "<munder><mo>∑</mo><mi>{}</mi></munder>"
    y = '<msub data-quantity="y" data-entry=",i"><mi>y</mi><mi>i</mi></msub>'
    short = f"<mrow><mn>2</mn><mo>\u2062</mo>{sign.format('i')}{y}<mo>+</mo><mn>5</mn></mrow>"
    assert formulas(page, short, {}) == "2·(0+1+1+0)+5"
    unknown = f"<mrow>{sign.format('q')}{y}</mrow>"
    assert formulas(page, unknown, {}) == "∑qyi"


def test_a_sum_has_the_brackets_that_it_needs_and_no_more(opened: Opener, tmp_path: Path) -> None:
    page = opened(bare(tmp_path, [NOTE]))
    sign = "<munder><mo>∑</mo><mi>i</mi></munder>"
    y = '<msub data-quantity="y" data-entry=",i"><mi>y</mi><mi>i</mi></msub>'
    inner = f"<mo>(</mo><mn>1</mn><mo>−</mo>{y}<mo>)</mo>"
    assert formulas(page, f"<mrow>{sign}{inner}</mrow>", {}) == "(1−0)+(1−1)+(1−1)+(1−0)"
    minus = f'<mo form="prefix">−</mo>{y}'
    assert formulas(page, f"<mrow>{sign}{minus}</mrow>", {}) == "(−0)+(−1)+(−1)+(−0)"
    marked = f"<mrow><mn>5</mn><mo>−</mo><mrow class='focus'>{sign}{y}</mrow></mrow>"
    assert formulas(page, marked, {}) == "5−(0+1+1+0)"
    above = f"<mrow><mn>5</mn><mo>\u2062</mo><mfrac><mrow>{sign}{y}</mrow><mi>m</mi></mfrac></mrow>"
    assert formulas(page, above, {}) == "5·0+1+1+04", "a fraction needs none"
