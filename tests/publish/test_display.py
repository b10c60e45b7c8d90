"""What things look like in a notebook: asked the way Jupyter asks, and in a notebook that runs."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from nbclient import NotebookClient

import backproof as bp
from backproof.expr.shown import Shown, shown_by

EXAMPLES = Path(__file__).parents[2] / "examples"
MISTAKES = Path(__file__).parents[2] / "examples" / "with_mistakes" / "one_layer_en.md"


@pytest.fixture(scope="module")
def derivation() -> bp.Derivation:
    return bp.derive(bp.read(EXAMPLES / "two_layer_ko.md"))


def things(derivation: bp.Derivation) -> dict[str, object]:
    return {
        "expr": derivation.gradients["W1"],
        "model": derivation.model,
        "step": next(derivation.steps),
        "derivation": derivation,
        "report": bp.check(MISTAKES),
    }


def fragment(html: str) -> ET.Element:
    return ET.fromstring(html.replace("<br>", "<br/>").replace("&nbsp;", " "))


@pytest.mark.parametrize("name", ["expr", "model", "step", "derivation", "report"])
def test_ipython_gets_every_form_of_it(derivation: bp.Derivation, name: str) -> None:
    forms, _ = DisplayFormatter().format(things(derivation)[name])
    html = fragment(forms["text/html"])
    assert html.get("class") == "backproof"
    assert len(list(html.iter("math"))) >= 1
    assert "\\" not in "".join(html.itertext())
    assert forms["text/plain"]
    assert "object at" not in forms["text/plain"]
    latex = forms.get("text/latex")
    assert (latex is not None) == (name in ("expr", "model", "step"))
    if latex is not None:
        assert latex.startswith("$")
        assert latex.endswith("$")


def test_what_is_said_is_in_the_language_of_the_note(derivation: bp.Derivation) -> None:
    assert "신경망" in derivation._repr_html_()  # type: ignore[operator]
    assert "파라미터" in derivation.model._repr_mimebundle_()["text/plain"]


def test_an_expression_is_one_line_in_a_terminal(derivation: bp.Derivation) -> None:
    assert derivation.gradients["W2"]._repr_mimebundle_()["text/plain"] == "δ⁽²⁾ a⁽¹⁾ᵀ"


def test_what_nobody_prints_has_no_forms() -> None:
    assert Shown()._repr_mimebundle_() == {}
    assert Shown()._repr_html_() is None


def test_whoever_prints_last_prints() -> None:
    import backproof

    try:
        shown_by(lambda thing: {"text/html": type(thing).__name__})
        assert Shown()._repr_html_() == "Shown"
    finally:
        shown_by(backproof._shown)  # pyright: ignore[reportPrivateUsage]


def test_asking_costs_nothing_before_something_is_shown() -> None:
    code = (
        "import sys, backproof as bp; e = bp.parse('L = (w x - y)^2').loss; print(*sorted("
        "m for m in sys.modules if m.startswith('backproof.publish')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_notebook_shows_formulas() -> None:
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_code_cell("import backproof as bp\nm = bp.parse('L = (w x - y)^2')\nm"),
        nbformat.v4.new_code_cell("bp.derive(m)"),
    ]
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    for cell in book.cells:
        [output] = cell.outputs
        assert "<math" in output["data"]["text/html"]
