"""Every printer says the same things, each in its own medium, and each time alike."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.errors import width_of
from backproof.notation.document import document
from backproof.notation.inline import unicode_line
from backproof.publish.render import SUFFIXES, Layout, render
from backproof.show import beamer as beamer_module
from backproof.show import markdown as markdown_module
from backproof.show import terminal as terminal_module
from backproof.show import tex as tex_module
from backproof.show.breaking import break_maths, break_text
from backproof.show.markdown import markdown
from backproof.show.screen import encodable
from backproof.show.setting import broken_latex, measure
from backproof.show.terminal import rows, terminal
from backproof.show.tex import tex
from backproof.show.typst import source as typst_module
from backproof.show.typst.article import article
from backproof.show.typst.slides import slides
from backproof.show.typst.source import Fonts, part

from .lectures import EXAMPLES, NOTES, derived, told

SNAPSHOTS = Path(__file__).parent / "snapshots"
PRINTED = {
    "two_layer.en.txt": ("two_layer_en", "text", "standard"),
    "two_layer.ko.txt": ("two_layer_ko", "text", "standard"),
    "two_layer.full.ko.txt": ("two_layer_ko", "text", "full"),
    "two_layer.outline.en.txt": ("two_layer_en", "text", "outline"),
    "two_layer.md": ("two_layer_en", "markdown", "standard"),
    "two_layer.tex": ("two_layer_en", "latex", "standard"),
    "logistic.beamer.tex": ("logistic_regression", "latex", "standard", "slides"),
    "two_layer.json": ("two_layer_en", "json", "standard"),
}


#: What typst sets, without the definitions that every document begins with.
TYPESET = {
    "two_layer.typ": (article, "two_layer_en"),
    "two_layer.ko.typ": (article, "two_layer_ko"),
    "logistic.slides.typ": (slides, "logistic_regression_ko"),
}


@pytest.mark.parametrize("name", [*PRINTED, *TYPESET])
def test_the_two_layer_lecture_reads_as_it_did(name: str) -> None:
    """With BACKPROOF_SNAPSHOTS=write the files are written anew; read them before they are kept."""
    if name in TYPESET:
        typeset, note = TYPESET[name]
        source = typeset(told(note, derived(note).model.language), Fonts(("Text",), ("Maths",)))
        printed = source.partition(part(f"{typeset.__name__}.typ"))[2]
        printed = re.sub(r"<svg.*?</svg>", "...", printed, flags=re.DOTALL)
    else:
        note, kind, detail, *layout = PRINTED[name]
        printed = render(derived(note), kind, detail=detail, layout=[*layout, "article"][0])  # type: ignore[call-overload]
        printed = printed.replace(str(EXAMPLES) + os.sep, "")
    path = SNAPSHOTS / name
    if os.environ.get("BACKPROOF_SNAPSHOTS") == "write":
        path.write_text(printed, encoding="utf-8")
        pytest.skip(f"{name} was written anew")
    assert printed == path.read_text(encoding="utf-8")


def test_no_snapshot_is_left_over() -> None:
    assert {p.name for p in SNAPSHOTS.iterdir()} == {*PRINTED, *TYPESET}


@pytest.mark.parametrize("width", [60, 80, 110])
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("note", NOTES)
def test_no_line_is_wider_than_the_terminal(note: str, language: str, width: int) -> None:
    for line in terminal(told(note, language, "full"), width).splitlines():
        assert width_of(line) <= width, line
        assert line == line.rstrip()


def test_plain_text_has_no_colours_and_coloured_text_the_same_words() -> None:
    story = told("two_layer_en")
    assert "\x1b" not in terminal(story)
    pieces = ["".join(text for text, _ in row).rstrip() for row in rows(story)]
    assert "\n".join(pieces) + "\n" == terminal(story)
    assert {style for row in rows(story) for _, style in row} >= {
        "title",
        "heading",
        "reason",
        "focus",
    }


@pytest.mark.parametrize("detail", ["standard", "full"])
@pytest.mark.parametrize("note", NOTES)
def test_the_formulas_of_the_markdown_can_be_read_again(note: str, detail: str) -> None:
    read = document(markdown(told(note, "en", detail)), "markdown")  # type: ignore[arg-type]
    assert read.statements
    assert [str(e) for e in (*read.unread, *read.broken)] == []


@pytest.mark.parametrize("note", NOTES)
def test_markdown_keeps_to_what_github_renders(note: str) -> None:
    text = markdown(told(note, "ko", "full"))
    assert r"\operatorname" not in text
    outside = re.sub(r"```math\n.*?\n```|\$`.*?`\$", "", text, flags=re.DOTALL)
    assert "$" not in outside
    assert not re.search(r"(?<!\\)[_*]", outside)
    for row in re.findall(r"^\|.*\|$", text, re.MULTILINE):
        assert row.count("|") == 4, row


@pytest.mark.parametrize("note", NOTES)
def test_braces_and_environments_of_the_latex_are_balanced(note: str) -> None:
    text = tex(told(note, "en", "full"))
    plain = re.sub(r"\\[\\{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right") - text.count(
        r"\rightarrow"
    )
    assert (
        re.findall(r"\\begin\{(.*?)\}", text).sort() == re.findall(r"\\end\{(.*?)\}", text).sort()
    )
    for row in re.split(r"\\\\\n", text):
        assert row.count(r"\left(") == row.count(r"\right)")


@pytest.mark.parametrize(
    ("engine", "note", "layout"),
    [
        ("pdflatex", "two_layer_en", "article"),
        ("pdflatex", "attention", "slides"),
        ("xelatex", "two_layer_ko", "article"),
        ("xelatex", "regression_ko", "slides"),
    ],
)
def test_the_latex_compiles(engine: str, note: str, layout: Layout, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"there is no {engine}: install it (apt-get install texlive-xetex)")
    for file in ("beamer.cls",) * (layout == "slides") + ("kotex.sty",) * note.endswith("_ko"):
        if subprocess.run(["kpsewhich", file], capture_output=True, check=False).returncode:
            pytest.skip(f"there is no {file}: install texlive-latex-recommended, -lang-korean")
    source = tmp_path / "lecture.tex"
    source.write_text(render(derived(note), "latex", layout=layout), encoding="utf-8")
    run = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", source.name],
        cwd=tmp_path,
        capture_output=True,
        timeout=180,
        check=False,
    )
    log = run.stdout.decode(errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    assert "Overfull \\hbox" not in log


def test_the_json_holds_what_its_page_says() -> None:
    derivation = derived("two_layer_en")
    data = json.loads(render(derivation, "json"))
    page = (EXAMPLES.parent / "docs" / "json.md").read_text(encoding="utf-8")
    for key in _keys(data):
        assert f"`{key}`" in page, key
    assert data["gradients"]["W1"]["text"] == "δ⁽¹⁾ Xᵀ"
    assert data["gradients"]["W1"]["shape"] == ["n1", "n0"]
    assert [n["name"] for n in data["short_names"]] == ["delta2", "delta1"]
    assert len(data["steps"]) == len(list(derivation.steps))
    assert {s["proof"]["status"] for s in data["steps"]} == {"proven"}


def _keys(data: object) -> set[str]:
    if isinstance(data, list):
        return {key for item in data for key in _keys(item)}
    if not isinstance(data, dict):
        return set()
    own = {key for key in data if not re.fullmatch(r"[Wb]\d", key)}
    return own | {key for value in data.values() for key in _keys(value)}


def test_the_same_input_gives_the_same_output() -> None:
    """Whatever the order in which a hash table is walked."""
    code = (
        "import hashlib, sys, backproof as bp\n"
        "d = bp.derive(bp.read(sys.argv[1]))\n"
        f"made = [bp.render(d, f) for f in {tuple(SUFFIXES)!r}]\n"
        "data = b''.join(x if isinstance(x, bytes) else x.encode() for x in made)\n"
        "print(hashlib.sha256(data).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(EXAMPLES / "lstm.md")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    "module", [beamer_module, markdown_module, terminal_module, tex_module, typst_module]
)
def test_a_printer_contains_no_sentence(module: object) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", node.value), node.value


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\sigma' = \sigma(1 - \sigma)", "σ′ = σ(1 − σ)"),
        (r"1 - \sigma(z) = \sigma(-z)", "1 − σ(z) = σ(−z)"),
        (r"\log \sum_k e^{z_k}", "log Σₖ e^zₖ"),
        (r"(AB)^\top = B^\top A^\top", "(AB)ᵀ = Bᵀ Aᵀ"),
        (r"\text{softplus}(-z)", "softplus(−z)"),
        (r"(2 / \sqrt\pi) \, e^{-z^2}", "(2 / √π) e^(−z²)"),
        (r"s \odot (g - \sum_k g_k s_k)", "s ⊙ (g − Σₖ gₖ sₖ)"),
        (r"\tan^2 u", "tan² u"),
        ("{", ""),
        ("x_", "x"),
    ],
)
def test_formulas_in_sentences_are_spelled_in_unicode(latex: str, line: str) -> None:
    assert unicode_line(latex) == line


def test_a_line_is_broken_before_an_operator_outside_of_brackets() -> None:
    broken = break_maths([("a (b + c) + d (e + f) + g", "")], 16, 16)
    assert ["".join(t for t, _ in line) for line in broken] == ["a (b + c)", "+ d (e + f) + g"]


def test_what_cannot_be_broken_is_cut() -> None:
    broken = break_maths([("a" * 25, "focus")], 10, 10)
    assert ["".join(t for t, _ in line) for line in broken] == ["a" * 10, "a" * 10, "a" * 5]


def test_hangul_takes_two_columns() -> None:
    assert width_of("손실 L") == 6
    assert width_of("x̂") == 1
    lines = break_text([[("손실을", "")], [("미분한다", "")]], 10, 10)
    assert ["".join(t for t, _ in line) for line in lines] == ["손실을", "미분한다"]


def test_latex_is_not_broken_inside_of_a_pair() -> None:
    latex = r"\left(" + " + ".join("abcdefgh") + r"\right) + " + " + ".join("ijklmnopqrst")
    pieces = broken_latex(latex, 30)
    assert len(pieces) > 1
    for piece in pieces:
        assert piece.count(r"\left") == piece.count(r"\right")
        assert piece.count("{") == piece.count("}")
    assert "".join(pieces).replace(" ", "") == latex.replace(" ", "")


def test_a_fraction_is_as_wide_as_its_wider_half() -> None:
    assert measure(r"\frac{abcdef}{x}") < measure("abcdef/x")


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "latin-1", "no-such-encoding"])
def test_every_terminal_gets_something_that_it_can_show(encoding: str) -> None:
    text = encodable(terminal(told("two_layer_ko", "ko")), encoding)
    text.encode("ascii" if encoding == "no-such-encoding" else encoding)
    if encoding == "cp949":
        assert "손실" in text
