"""Notes in Markdown, LaTeX and plain text give their formulas with the right places."""

# A row of a table is one line, however long.

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.errors import BackproofError, NoteError
from backproof.notation.document import Document, document, read_document

from .sexpr import sexpr

NOTES = Path(__file__).parents[2] / "../shared/notes"


def found(note: Document) -> list[str]:
    """`line:column tree`, with `i` for an inline formula."""
    return [
        f"{s.span.line}:{s.span.column}{'' if s.display else 'i'} {sexpr(s.tree)}"
        for s in note.statements
    ]


MARKDOWN = [
    ("text $$a = b$$ text", ["1:8 a = b"]),
    ("$$\na = b\n$$", ["2:1 a = b"]),
    ("text $x$ and \\(y\\)", ["1:7i x", "1:16i y"]),
    ("\\[ x \\] and \\\\[ y \\\\]", ["1:4 x", "1:17 y"]),
    ("\\\\( x \\\\)", ["1:5i x"]),
    ("> so $$ a\n> = b $$", ["1:9 a = b"]),
    ("- item\n  $$ x $$", ["2:6 x"]),
    ("```math\nx\n```", ["2:1 x"]),
    ("\\begin{align*}\na &= b \\\\\n&= c\n\\end{align*}", ["2:1 a = b", "3:2 _ = c"]),
    ("```python\n$x$\n```\n`$y$` $z$", ["4:8i z"]),
    ("<!-- $x$ -->$y$", ["1:14i y"]),
    ("---\ntitle: $x$\n---\n$y$", ["4:2i y"]),
    ("it costs $5 and $6, \\$7 $x$", ["1:26i x"]),
    ("$ stray\n\nand $x$", ["3:6i x"]),
    ("$$ \\newcommand{\\R}{\\mathbb{R}} $$ $$ x \\in \\R $$", ["1:38 x in R.bb"]),
    ("\\def\\v#1{\\mathbf{#1}} $\\v{x} + \\v y$", ["1:24i (+x.bold +y.bold)"]),
    ("$$a = b\nc = d$$", ["1:3 a = b", "2:1 c = d"]),
    ("$$a = b \\nosuch c \\\\ d = e$$", ["1:22 d = e"]),
    ("$$a = \\left( \\\\ d$$ $$f$$", ["1:17 d", "1:23 f"]),
]


@pytest.mark.parametrize(("text", "formulas"), MARKDOWN, ids=lambda v: repr(v)[:30])
def test_markdown(text: str, formulas: list[str]) -> None:
    assert found(document(text, "markdown")) == formulas
    # nothing changes with a Windows file, apart from the line ends
    assert found(document(text.replace("\n", "\r\n"), "markdown")) == formulas


LATEX = r"""\documentclass{article}
\newcommand{\W}[1]{\mathbf{W}^{(#1)}} % $comment$
\newcommand{\norm}[2][2]{\|#2\|_{#1}}
\DeclareMathOperator{\softmax}{softmax}
\begin{document}
\begin{equation} \label{a}
  z = \W{1} x + b, \quad a = \softmax(z) % why
\end{equation}
\begin{verbatim} $x$ \end{verbatim}
Then $\norm{z}$ and \( \norm[1]{z} \) and \[ 50\% \text{ of } x \]
\begin{eqnarray*} a &=& b \\ c &=& d \nonumber \end{eqnarray*}
\end{document}
"""


def test_latex() -> None:
    note = document(LATEX)
    assert note.kind == "latex"
    assert found(note)[:4] == [
        "7:3 z = (+[W.bold^(1) x] +b)",
        "7:26 a = [softmax (paren z)]",
        "10:7i (norm z)_2",
        "10:24i (norm z)_1",
    ]
    assert found(note)[-2:] == ["11:19 a = b", "11:30 c = d"]
    assert not note.broken


PLAIN = [
    ("z = W x + b", ["1:1 z = (+[W x] +b)"]),
    ("z = W x; a = f(z)", ["1:1 z = [W x]", "1:10 a = [f (paren z)]"]),
    ("z = W x  # hidden\n// a = b\n% c = d", ["1:1 z = [W x]"]),
    ("Here is a network.\nWe set the rate to be = 3.\nz = 1", ["3:1 z = 1"]),
    ("손실은 다음과 같다.\n이것을 미분하면 결과는 = 이다\nL = y", ["3:1 L = y"]),
    ("Loss: L = y", ["1:7 L = y"]),
    ("1. z = x\n- a = z", ["1:4 z = x", "2:3 a = z"]),
    ("L = (a\n  + b)", ["1:1 L = (paren (+a +b))"]),
    ("L = a\n  + b\n  = c", ["1:1 L = (+a +b)", "3:3 _ = c"]),
    ("z^{(1)} = W^{(1)} X + b^{(1)}", ["1:1 z^(1) = (+[W^(1) X] +b^(1))"]),
    ("Loss = -\\log p", ["1:1 Loss = (-[log p])"]),
    ("dL/dW1 = ?", ["1:1 [dL / dW1] = ?"]),
    ("y_hat = softmax(z)", ["1:1 y_hat = [softmax (paren z)]"]),
    ("W ∈ ℝ^(3×4)", ["1:1 W in R.bb^([3 times 4])"]),
]


@pytest.mark.parametrize(("text", "formulas"), PLAIN, ids=lambda v: repr(v)[:30])
def test_plain_text(text: str, formulas: list[str]) -> None:
    note = document(text, "text")
    assert found(note) == formulas
    assert all(s.display for s in note.statements)
    assert not note.broken
    assert not note.unread


@pytest.mark.parametrize(
    "text", ["dW1 = (a - y)) @ x.T", "a = = b", "z = W @", "L = mean((a - y)**2", "x = 3 $ 4"]
)
def test_a_plain_equation_that_cannot_be_read_is_broken(text: str) -> None:
    note = document("z = x\n" + text + "\na = z", "text")
    assert len(note.statements) == 2
    (error,) = note.broken
    assert error.span is not None
    assert error.span.line == 2
    assert error.source == text


@pytest.mark.parametrize(
    "text",
    [
        "$$ \\frac{1}{2 $$",
        "$$ \\left( a $$",
        "$$ \\frac{1} $$",
        "$$ \\begin{aligned} a $$",
        "\\begin{align} a",
        "\\end{align}",
        "$$ never closed",
        "$$ \\begin{aligned} a \\end{align} $$",
        "\\newcommand{\\a}{\\a} $$\\a$$",
        "\\newcommand{\\a} oops",
    ],
)
def test_malformed_markup_is_broken_and_the_rest_goes_on(text: str) -> None:
    note = document(
        "$$x$$\n\n" + text + "\n\nAnd this is some prose after it.\n\n$$y$$", "markdown"
    )
    assert len(note.broken) == 1, note.broken
    assert not note.unread
    assert note.broken[0].hint
    assert note.broken[0].span is not None
    assert note.broken[0].span.line == 3
    assert [sexpr(s.tree) for s in note.statements] == ["x", "y"]


@pytest.mark.parametrize("text", ["$$ \\nosuch x $$", "$$ \\binom{n}{k} $$", "$$ \\int f $$"])
def test_what_is_not_understood_is_unread_not_broken(text: str) -> None:
    note = document(text)
    assert not note.broken
    assert [e.span.line for e in note.unread if e.span] == [1]


def test_a_row_that_cannot_be_read_leaves_the_others_standing() -> None:
    note = document("$$a = b \\\\ c \\oops = d \\\\ e = f$$")
    assert len(note.broken) + len(note.unread) == 1


def test_the_language_is_the_one_of_the_prose() -> None:
    assert document("이 신경망의 loss function을 미분한다. $x$").language == "ko"
    assert document("We differentiate the loss function. $x$").language == "en"
    assert document("$$\\text{그 외}$$").language == "en"


def test_a_rows_place_is_the_files_own_place(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_bytes("\ufeff# 제목\r\n\r\n오차 $$e = y$$\r\n".encode())
    note = read_document(path)
    assert found(note) == ["3:6 e = y"]
    assert note.file == str(path)
    assert note.language == "ko"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\x00\x01\x02", "binary"),
        ("오차".encode("euc-kr"), "not UTF-8"),
        ("x = y".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_note_is_said_in_one_sentence(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    with pytest.raises(NoteError, match=what) as caught:
        read_document(path)
    assert caught.value.hint
    assert caught.value.file == str(path)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="folder"):
        read_document(tmp_path)
    with pytest.raises(BackproofError, match="no such file"):
        read_document(tmp_path / "nothing.md")


@pytest.mark.parametrize(
    "piece",
    ["$$ x", "\\[ ", "\\begin{align} ", "$x", "`", "<!-- ", "((((", "```\n", "x = (\n", "\\end{align}",
     "x = y\n", "$x$ ", "$$x$$ ", "$", "\\(", "<pre>", "\\newcommand{\\a}{", "x = a b c; "],
)  # fmt: skip
def test_a_long_note_never_hangs(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    for kind in ("markdown", "latex", "text"):
        assert document(text, kind).text == text


def test_more_formulas_than_a_note_can_have_are_refused() -> None:
    note = document("x = " + "a + " * 1_300_000, "text")
    assert not note.statements
    assert len(note.broken) + len(note.unread) == 1


def test_two_thousand_equations_are_read() -> None:
    text = "\n".join(f"$$z^{{({i})}} = W^{{({i})}} x + b^{{({i})}}$$" for i in range(2000))
    assert len(document(text).statements) == 2000


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            ["$$", "$", "\\[", "\\]", "`", "```", "\n", "\n\n", " ", "> ", "a = b", "\\begin{align}",
             "\\end{align}", "{", "}", "\\newcommand{\\q}", "#1", "[1]", "\\q", "<!--", "-->", "%", "\\\\",
             "x", "한글 ", "the word ", "---\n", "(", ")", ";", "\r\n"]
        ),
        max_size=40,
    ).map("".join),
    st.sampled_from(["auto", "markdown", "latex", "text"]),
)  # fmt: skip
def test_any_note_can_be_read(text: str, kind: str) -> None:
    note = document(text, kind)  # type: ignore[arg-type]
    lines = text.count("\n") + 1
    for span in [s.span for s in note.statements] + [
        e.span for e in note.broken + note.unread if e.span
    ]:
        assert 1 <= span.line <= lines
        assert span.column >= 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    document(text)


@pytest.mark.skipif(not NOTES.is_dir(), reason="the lecture notes are not here")
def test_nearly_every_display_formula_of_real_notes_is_read() -> None:
    read = lost = 0
    for path in sorted(NOTES.iterdir()):
        if path.suffix in (".md", ".tex") and path.name != "SOURCES.md":
            note = read_document(path)
            read += sum(s.display for s in note.statements)
            lost += len(note.unread) + len(note.broken)
    assert read > 700
    assert lost < 0.05 * read
