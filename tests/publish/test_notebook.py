"""Notebooks: valid, read by Jupyter, and their cells hold what they claim."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from backproof.calculus.derive import derive
from backproof.notation import read
from backproof.notation.document import document
from backproof.publish.render import render
from backproof.words import languages

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md"))


@cache
def made(note: str, language: str | None = None, *wanted: str) -> str:
    derivation = derive(read(EXAMPLES / f"{note}.md"), list(wanted) or None)
    return render(derivation, "notebook", language=language)


def sources(text: str, kind: str) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == kind]


def run_alone(text: str) -> tuple[dict[str, Any], str]:
    """The names that the code cells define, run one after another without Jupyter, and what they
    print."""
    said: list[str] = []
    names: dict[str, Any] = {"print": lambda *x: said.append(" ".join(map(str, x)))}
    for cell in sources(text, "code"):
        exec(compile(cell, "<cell>", "exec"), names)
    return names, "\n".join(said)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("note", NOTES)
def test_every_example_is_told_and_tested(note: str, language: str) -> None:
    text = made(note, language)
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert "import backproof" not in text
    names, said = run_alone(text)
    parameters = list(names["parameters"])
    checks = [c for c in sources(text, "code") if re.match(r"check\(|for name in", c)]
    for plain in parameters:
        assert any(f'"{plain}"' in cell for cell in checks), plain
    assert len(said.splitlines()) == len(parameters) + 6
    assert names["losses"][-1] < names["losses"][0]


@pytest.mark.parametrize("note", ["two_layer_ko", "attention"])
def test_jupyter_runs_it_from_top_to_bottom(note: str) -> None:
    notebook = nbformat.reads(made(note), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert outputs
    assert {o.output_type for o in outputs} == {"stream"}


def test_a_wrong_gradient_does_not_pass() -> None:
    wrong = made("two_layer_en").replace("dW2 = delta2 @ a1.T", "dW2 = 2 * delta2 @ a1.T")
    assert wrong != made("two_layer_en")
    with pytest.raises(AssertionError, match="W2: derived and measured differ by"):
        run_alone(wrong)


def test_a_loss_that_falls_far_is_not_printed_as_zero() -> None:
    names, said = run_alone(made("lstm"))
    assert 0 < names["losses"][10] < 1e-6
    printed = {line.split()[1]: line.split()[-1] for line in said.splitlines() if "step" in line}
    assert float(printed["10:"]) == pytest.approx(names["losses"][10], rel=1e-5)


def test_the_derivation_stands_before_its_check() -> None:
    cells = json.loads(made("two_layer_en"))["cells"]
    text = ["".join(c["source"]) for c in cells]
    place = text.index('check("W2")')
    assert text[place - 1] == r"Is $\frac{\partial L(x)}{\partial W^{(2)}}$ right? Measure it:"
    chapter = next(i for i, cell in enumerate(text) if cell.startswith("## 3. The gradient"))
    assert chapter < place < next(i for i, c in enumerate(text) if c.startswith("## 4. "))


def test_an_input_can_be_asked_for_and_a_hidden_quantity() -> None:
    names, said = run_alone(made("two_layer_en", "en", "X", "z1"))
    assert list(names["parameters"]) == ["X"]
    assert said.startswith("X: derived and measured agree")
    assert "losses" not in names


@pytest.mark.parametrize("note", NOTES)
def test_its_formulas_are_formulas_to_every_reader_of_notebooks(note: str) -> None:
    for cell in sources(made(note, "ko"), "markdown"):
        assert cell.count("$$") % 2 == 0
        outside = re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$", "", cell, flags=re.DOTALL)
        assert "$" not in outside
        assert "\\frac" not in outside
    read_again = document(made(note), "notebook")
    assert read_again.statements
    assert [str(e) for e in (*read_again.unread, *read_again.broken)] == []


def test_the_program_is_folded() -> None:
    program = next(c for c in json.loads(made("rnn"))["cells"] if c["cell_type"] == "code")
    assert program["metadata"]["jupyter"]["source_hidden"] is True
    assert "def loss_and_gradients" in "".join(program["source"])


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    note = tmp_path / 'a#b$c*_"\\x""".md'
    note.write_text((EXAMPLES / "logistic_regression.md").read_text("utf-8"), encoding="utf-8")
    text = render(derive(read(note)), "notebook")
    assert r"a\#b\$c\*\_" in sources(text, "markdown")[0]
    assert "losses" in run_alone(text)[0]
