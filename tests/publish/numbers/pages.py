"""A page with nothing but the panel, and the numbers in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from backproof.calculus.derive import derive
from backproof.calculus.step import Derivation
from backproof.notation import parse, read
from backproof.publish.numbers import Sample, assets, worked_sample
from backproof.publish.page import data, page

EXAMPLES = Path(__file__).parents[3] / "examples"
_START = """
"use strict";
const given = (id) => JSON.parse(document.getElementById(id).textContent);
const numbers = new Numbers(lossAndGradients, given("sample"));
const panel = mountNumbers(document.getElementById("numbers"), numbers, given("labels"));
"""


@cache
def made(note: str) -> tuple[Derivation, Sample]:
    """The derivation and the sample of an example, or of equations."""
    derivation = derive(read(EXAMPLES / note) if note.endswith(".md") else parse(note))
    return derivation, worked_sample(derivation)


def panel(derivation: Derivation, sample: Sample, language: str = "en") -> str:
    """The text of the page."""
    content = (
        '<main><h1>Numbers</h1><h2>Panel</h2><div id="numbers"></div></main>'
        + data("sample", assets.sample_data(derivation, sample))
        + data("labels", assets.labels(derivation, sample, language))
    )
    scripts = [assets.program(derivation), assets.script(), _START]
    return page("Numbers", language, content, styles=[assets.style()], scripts=scripts)


@cache
def _panel(note: str, language: str) -> str:
    return panel(*made(note), language)


def written(folder: Path, note: str, language: str = "en") -> Path:
    file = folder / "page.html"
    file.write_text(_panel(note, language), encoding="utf-8")
    return file


def differences(found: dict[str, Any], sample: Sample) -> dict[str, float]:
    """How far the numbers of a page are from those of Python, by name, as a share of their size."""
    out: dict[str, float] = {}
    for group, expected in (
        ("value", {**sample.values, **sample.parameters, **sample.data}),
        ("gradient", sample.gradients),
    ):
        for plain, rows in expected.items():
            ours, theirs = np.array(found[group][plain], dtype=float), np.array(rows)
            assert ours.shape == theirs.shape, plain
            scale = max(1.0, float(np.abs(theirs).max()))
            out[f"{group} of {plain}"] = float(np.abs(ours - theirs).max()) / scale
    return out


#: Everything that a `Numbers` has to say, as JSON.
REPORT = """(numbers) => {
    const all = (names, read) => Object.fromEntries(names.map((p) => [p, read(p)]));
    const { parameters, data, result } = numbers;
    const values = [...Object.keys(parameters), ...Object.keys(data), ...Object.keys(result.values)];
    const slopes = [...Object.keys(result.gradients), ...Object.keys(result.deltas)];
    return {
        value: all(values, (p) => numbers.value(p)),
        gradient: all(slopes, (p) => numbers.gradient(p)),
        loss: numbers.loss, steps: numbers.steps, rate: numbers.rate, history: numbers.history,
    };
}"""
