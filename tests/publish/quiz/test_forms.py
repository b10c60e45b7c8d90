"""Sheets and notebooks: LaTeX that compiles, a key that runs and is right throughout."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from backproof.calculus.derive import derive
from backproof.notation import read
from backproof.publish.quiz.files import publish_quiz
from backproof.publish.quiz.notebook import notebook, usable
from backproof.publish.quiz.quiz import quiz
from backproof.publish.quiz.sheet import sheet, sheet_key

from .reader import EXAMPLES

NOTES = sorted(path.stem for path in EXAMPLES.glob("*.md"))


@pytest.mark.parametrize("name", NOTES)
def test_a_sheet_has_room_and_its_key_has_answers(name: str) -> None:
    _, made = quiz(derive(read(EXAMPLES / f"{name}.md")))
    questions, key = sheet(made), sheet_key(made)
    count = len(made.questions)
    assert questions.count(r"\begin{question}") == questions.count(r"\end{question}") == count
    assert questions.count(r"\room{") == count
    assert key.count(r"\begin{question}") == count
    for text in (questions, key):
        assert not re.search("[\ue000-\uf8ff□]", text)
        plain = re.sub(r"\\[\\{}]", "", text)
        assert plain.count("{") == plain.count("}")
        assert text.count(r"\begin{document}") == text.count(r"\end{document}") == 1


@pytest.mark.parametrize(
    ("engine", "name"), [("pdflatex", "two_layer_en"), ("xelatex", "softmax_ko")]
)
def test_the_sheets_compile(engine: str, name: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"there is no {engine}")
    if name.endswith("_ko"):
        found = subprocess.run(["kpsewhich", "kotex.sty"], capture_output=True, check=False)
        if found.returncode:
            pytest.skip("there is no kotex")
    derivation = derive(read(EXAMPLES / f"{name}.md"))
    publish_quiz(derivation, tmp_path / "quiz.tex", key=tmp_path / "key.tex")
    for source in ("quiz.tex", "key.tex"):
        run = subprocess.run(
            [engine, "-interaction=nonstopmode", "-halt-on-error", source],
            cwd=tmp_path,
            capture_output=True,
            timeout=180,
            check=False,
        )
        log = run.stdout.decode(errors="replace")
        assert run.returncode == 0, log[-2000:]
        assert "Missing character" not in log
        assert "Overfull" not in log


def run(text: str) -> list[str]:
    """What the cells of a notebook print."""
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    NotebookClient(book, timeout=120).execute()
    cells = [c.outputs for c in book.cells if c.cell_type == "code"]
    said = ["".join(o.text for o in found if o.output_type == "stream") for found in cells]
    return [text.strip() for text in said if text.strip()]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["two_layer_ko", "deep_relu_softmax", "batch_norm"])
def test_the_key_runs_and_every_answer_is_right(name: str) -> None:
    lesson, made = quiz(derive(read(EXAMPLES / f"{name}.md")), questions=200, usable=usable)
    right = "맞았다." if made.language == "ko" else "Right."
    assert run(notebook(lesson, made, key=True)) == [right] * len(made.questions)


@pytest.mark.filterwarnings("ignore")
def test_the_notebook_says_what_is_wrong() -> None:
    lesson, made = quiz(derive(read(EXAMPLES / "two_layer_en.md")), questions=200, usable=usable)
    at = next(
        i for i, q in enumerate(made.questions, 1) if q.kind == "gradient" and q.about == "W2"
    )
    text = notebook(lesson, made)
    book = json.loads(text)
    assert "delta2 @ a1.T\n" not in text
    answers = ["...", "delta2 @ a1.T", "-delta2 @ a1.T", "a1 @ delta2.T", "2 * delta2 @ a1.T", "X"]
    answers += ["np.sum(delta2[0] * a1, axis=1)"]  # of one dimension
    cells = [c for c in book["cells"] if c["cell_type"] == "code"][:2]
    for i, answer in enumerate(answers):
        source = [f"answer = {answer}\n", f"check({at}, answer);"]
        cells.append({**cells[0], "id": f"try-{i}", "source": source})
    book["cells"] = cells
    said = run(json.dumps(book))
    assert said == [
        "There is no answer yet: put it in place of the dots.",
        "Right.",
        "Right up to the sign.",
        "Transposed: the rows of your answer are the columns of the right one.",
        "Not yet: this has another value.",
        "Not yet: the answer has another shape.",
        "Right.",
    ]


@pytest.mark.filterwarnings("ignore")
def test_a_key_with_a_wrong_answer_would_stop() -> None:
    lesson, made = quiz(derive(read(EXAMPLES / "hinge.md")), usable=usable)
    text = notebook(lesson, made, key=True)
    broken = text.replace("answer = ", "answer = 7 + 0 * ", 1)
    assert broken != text
    with pytest.raises(CellExecutionError):
        run(broken)


def test_a_key_of_another_form_has_the_same_questions(tmp_path: Path) -> None:
    derivation = derive(read(EXAMPLES / "two_layer_en.md"))
    publish_quiz(derivation, tmp_path / "quiz.html", key=tmp_path / "key.ipynb")
    made = publish_quiz(derivation, tmp_path / "quiz.ipynb", key=tmp_path / "key.html")
    kinds = re.findall(
        r'<section [^>]*data-kind="(\w+)"', (tmp_path / "quiz.html").read_text("utf-8")
    )
    assert kinds == [q.kind for q in made.questions]
