"""The page about a checked note: what stands in it, whatever the note; and who asks for it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof import check
from backproof.check.report import FileReport, Finding, Report
from backproof.cli import main
from backproof.errors import Span
from backproof.publish.report import report_page
from backproof.publish.report.entries import Gap, Maths, Passage, Shown, balanced, entries
from backproof.publish.report.markup import note
from backproof.publish.report.prose import bare, heading
from backproof.publish.report.rows import cuts

TWO_MISTAKES = Path(__file__).parents[2] / "examples" / "with_mistakes" / "one_layer_en.md"
VOID = {"meta", "br", "input", "mspace", "img"}

ODD = r"""# 한국어 노트 <script>alert(1)</script>

손실 $L$을 정의한다. <img src=x onerror="alert(2)"> 표는 다음과 같다.

| 이름 | 뜻 |
|:-:|:-:|
| $W$ | 가중치 |
| $b$ | 편향 |

$$z = W x + b$$
$$\begin{aligned} a &= \sigma(z) \\ L &= \frac{1}{2} \|a - y\|^2 \end{aligned}$$
$$\frac{\partial L}{\partial a} = y - a$$
$$\frac{\partial L}{\partial z} = (a - y) \odot \sigma(z) \tag{3}$$

다음은 읽을 수 없다. $$z = \int_0^1 x \, dx \pm \unheard{<b>}$$

본문의 식도 검사한다: $\frac{\partial L}{\partial a} = 3 a y$.
"""


class Tree(HTMLParser):
    """Whether all elements are closed where they have to be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def markup(text: str, name: str = "note.md", language: str = "en") -> str:
    [file] = check(text, name=name).files
    return "\n".join(note(file, language, "n1"))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))


# What stands in it.


def test_every_equation_is_there_with_its_line_and_its_verdict() -> None:
    made = markup(TWO_MISTAKES.read_text())
    rows = re.findall(r'<div class="row"(?: data-verdict="(\w+)")?>.*?id="n1L(\d+)"', made)
    assert [(verdict, int(line)) for verdict, line in rows] == [
        ("holds", 5), ("holds", 6), ("holds", 7), ("wrong", 11), ("loose", 12), ("holds", 13),
    ]  # fmt: skip


def test_a_card_says_what_is_wrong_what_it_should_be_and_shows_numbers() -> None:
    made = markup(TWO_MISTAKES.read_text())
    [card] = re.findall(r'<div class="card wrong".*?</details>', made, re.DOTALL)
    said = words(card)
    assert "The derivative of the function belongs here" in said
    assert "should be" in said
    assert "σ′(z)" in said
    assert re.search(r"left side: −0\.\d+right side: −0\.\d+", said)
    assert "backproof check --fix makes this change." in said
    assert "<mark>\\delta = \\frac" in card


def test_the_part_that_changes_is_marked_in_the_formula() -> None:
    made = markup(TWO_MISTAKES.read_text())
    assert re.findall(r'<mrow class="focus">(.*?)</mrow>', made)[0] == "<mi>σ</mi>"


def test_a_line_that_fails_because_of_another_one_leads_there() -> None:
    text = "\n\n".join([
        "$$z = w x$$", "$$a = \\sigma(z)$$", "$$L = \\frac12 (a - y)^2$$",
    ])  # fmt: skip
    file = FileReport("n.md", text)
    from backproof.check.report import Judged

    file.judged = [Judged(Span(5, 3, 5, 20), "wrong", Span(1, 3, 1, 10))]
    made = "\n".join(note(file, "en", "n1"))
    assert '<a class="cause" href="#n1L1">see line 1</a>' in made


def test_what_the_author_wrote_is_never_markup() -> None:
    made = markup(ODD)
    Tree(made)
    assert "<script" not in made
    assert "<img" not in made
    assert "onerror" not in made.replace("&lt;img src=x onerror", "")
    assert "<b>" not in made


def test_signs_in_prose_and_in_sources_are_escaped() -> None:
    text = "If a <b> & c < 3:\n\n$$x <b>y$$\n"
    file = FileReport("n.md", text)
    file.findings = [Finding(Span(3, 3, 3, 9), "wrong", "sign")]
    made = "\n".join(note(file, "en", "n1"))
    Tree(made)
    assert "&amp; c &lt; 3" in made
    assert "<mark>x &lt;b&gt;y</mark>" in made


def test_an_unread_formula_keeps_its_source_and_a_reason() -> None:
    made = markup(ODD)
    [card] = re.findall(r'<div class="card unread".*?</details>', made, re.DOTALL)
    assert "could not be read" in card
    assert "<details open>" in card
    assert "unheard{&lt;b&gt;}" in card


def test_findings_in_sentences_stand_below_their_paragraph() -> None:
    file = check(ODD, name="note.md").files[0]
    last = [e for e in entries(file) if isinstance(e, Passage)][-1]
    assert [f.verdict for f in last.findings] == ["wrong"]
    assert any(isinstance(p, Maths) for p in last.parts)


def test_tables_keep_their_formulas_in_their_rows() -> None:
    made = [e for e in entries(check(ODD, name="note.md").files[0]) if isinstance(e, Passage)]
    rows = [e.parts for e in made if any(p == Maths("W") for p in e.parts)]
    assert [[p if isinstance(p, str) else p.latex for p in row] for row in rows] == [
        [" ", "W", " 가중치 "]
    ]


def test_a_display_that_is_only_a_name_stays_in_its_sentence() -> None:
    text = "Here $$t$$ is the target.\n\nThe loss: $$L = (a - t)^2$$\n"
    found = entries(check(text, name="n.md").files[0])
    assert [type(e) for e in found] == [Passage, Passage, Shown]


def test_every_finding_is_told_once_whatever_the_container() -> None:
    folder = Path(__file__).parents[1] / "check" / "notes"
    for path in sorted(folder.iterdir())[::6]:
        if path.suffix == ".json":
            continue
        [file] = check(path).files
        made = "\n".join(note(file, "en", "n1"))
        Tree(made)
        assert made.count('<div class="card ') == len(file.findings), path.name
        shown = [r for e in entries(file) if isinstance(e, Shown) for r in e.rows]
        wanted = {j.span.line for j in file.judged}
        assert len([r for r in shown if r.verdict]) >= 0.8 * len(wanted), path.name


def test_a_notebook_tells_its_cells() -> None:
    cells = [{"cell_type": "code", "source": ["1"]}] + [
        {"cell_type": "markdown", "source": [f"$$z_{i} = w x$$\n", "\n", "words"]} for i in (1, 2)
    ]
    text = json.dumps(
        {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1
    )
    made = markup(text, "n.ipynb")
    assert re.findall(r'<p class="cell">(.*?)</p>', made) == ["Cell 2", "Cell 3"]


def test_plain_text_is_set_as_it_was_understood() -> None:
    made = markup("z = w*x + b\na = sigmoid(z)\n", "n.txt")
    assert "<mi>sigmoid</mi>" in made


def test_prose_far_from_any_formula_is_left_out() -> None:
    text = "\n\n".join(["# One", *["far"] * 9, *["near"] * 3, "$$a = b$$", "after", *["far"] * 3])
    found = entries(check(text, name="n.md").files[0])
    shown = [e.parts[0] if isinstance(e, Passage) else type(e) for e in found]
    assert shown == ["One", Gap, "near", "near", "near", Shown, "after"]


def test_nothing_is_shown_of_what_stands_before_a_latex_document() -> None:
    text = (
        "\\documentclass{article}\n\\title{Hidden}\n\\newcommand{\\loss}{L}\n\\begin{document}\n"
        "Shown.\n\\[ \\loss = a \\]\n\\end{document}\n"
    )
    passage, shown, *_ = entries(check(text, name="n.tex").files[0])
    assert isinstance(passage, Passage)
    assert (passage.line, [p.strip() for p in passage.parts if isinstance(p, str)]) == (
        4,
        ["Shown."],
    )
    assert isinstance(shown, Shown)
    assert shown.rows[0].left == " L = a "


def test_windows_line_ends_change_nothing() -> None:
    assert markup(ODD.replace("\n", "\r\n")) == markup(ODD)


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        ("a = b", [("a = b", None)]),
        (r"a &= b \\ &= c", [("a ", "= b "), (" ", "= c")]),
        (r"\begin{align*} a &= b \\[2pt] c &= d \end{align*}", [(" a ", "= b "), (" c ", "= d ")]),
        (r"\begin{equation}\begin{split} a &= b \end{split}\end{equation}", [(" a ", "= b ")]),
        (r"A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", [(r"A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", None)]),
        (r"a & b & c", [("a ", r" b \quad  c")]),
        (r"a \\", [("a ", None)]),
        ("", [("", None)]),
    ],
)  # fmt: skip
def test_a_display_is_cut_into_rows(latex: str, rows: list[tuple[str, str | None]]) -> None:
    assert [(c.left, c.right) for c in cuts(latex)] == rows


def test_markup_of_prose_is_left_out() -> None:
    assert bare("**bold** and *it* [a link](http://x) ![pic](y)\nnext", "markdown") == (
        "bold and it a link next"
    )
    assert bare("这样的\n表示", "markdown") == "这样的表示"
    assert bare(r"\textbf{A} \emph{b}~c \label{x} 5\%", "latex") == "A b c  5%"
    assert heading("## Title ##") == "Title"
    assert heading(r"\section{Title}") == "Title"
    assert heading(r"\begin{frame}{Title}") == "Title"
    assert heading(r"\section{The \emph{title}}\label{s}") == r"The \emph{title}"
    assert not heading("#tag")


@pytest.mark.parametrize(
    ("latex", "whole"),
    [("a", True), (r"\frac{a}{b}", True), ("{a", False), ("a}{", False), ("a & b", False), (r"\left(a", False)],
)  # fmt: skip
def test_only_whole_formulas_are_marked(latex: str, whole: bool) -> None:
    assert balanced(latex) is whole


GARBAGE = st.lists(
    st.sampled_from(
        ["$$", "$", "\\[", "\\]", "|", "\n", "\n\n", "a = b", "\\frac", "{", "}", "# h", "- x", " ", "\\\\",
         "&", "\\begin{align}", "\\end{align}", "<script>", "가", "\r\n", "\\newcommand{\\R}{r}", "\\R",
         "```", "> ", "`", "\\left(", "*", "__", "\\end{document}", "\t", "\x0b", "=", "x"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(GARBAGE, st.sampled_from(["n.md", "n.tex", "n.txt", "n.rst", "n.html"]))
def test_no_note_is_too_broken_to_be_shown(text: str, name: str) -> None:
    file = FileReport(name, text)
    file.findings = [Finding(Span(1, 1, 1, 2), "wrong", "sign")]
    made = "\n".join(note(file, "ko", "n1"))
    Tree(made)
    assert made.count('<div class="card ') == 1
    assert "<script" not in made


# On the command line, and in a notebook.


def test_the_command_writes_the_page_by_the_name_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    assert main(["check", str(TWO_MISTAKES), "-o", str(out)]) == 1
    assert capsys.readouterr().out == ""
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["check", str(TWO_MISTAKES), "--format", "json", "-o", str(out)]) == 1
    assert json.loads(out.read_text(encoding="utf-8"))["files"]
    assert main(["check", str(TWO_MISTAKES), "--format", "html", "--lang", "ko"]) == 1
    assert '<html lang="ko">' in capsys.readouterr().out


def test_the_page_never_takes_the_place_of_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note_ = tmp_path / "note.html"
    note_.write_text("<p>$$a = b$$</p>")
    assert main(["check", str(note_), "-o", str(note_)]) == 2
    assert note_.read_text() == "<p>$$a = b$$</p>"
    assert "error" in capsys.readouterr().err


def test_a_report_without_notes_is_a_page_as_well() -> None:
    assert "There are no equations" in report_page(Report([FileReport("n.md", "words")]))
