"""Every container gives the formulas of its text, at the places of the file itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.errors import NoteError, Span
from backproof.notation.document import Document, document, read_document

from .sexpr import sexpr

NOTES = Path(__file__).parents[2] / "../shared/notes"


def offsets(text: str, span: Span) -> tuple[int, int]:
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: span.line - 1])
    until = sum(len(line) + 1 for line in lines[: span.end_line - 1])
    return before + span.column - 1, until + span.end_column - 1


def raw(note: Document, index: int = 0) -> str:
    """What the span of a statement covers in the file."""
    start, end = offsets(note.text, note.statements[index].span)
    return note.text[start:end]


def trees(note: Document) -> list[str]:
    return [("" if s.display else "i ") + sexpr(s.tree) for s in note.statements]


def notebook(*cells: tuple[str, str], listed: bool = True, indent: int | None = 1) -> str:
    made = [
        {
            "cell_type": kind,
            "metadata": {"source": ["$no$"]},
            "source": text.splitlines(keepends=True) if listed else text,
            **({"outputs": [{"cells": [{"source": "$no$"}]}]} if kind == "code" else {}),
        }
        for kind, text in cells
    ]
    return json.dumps({"metadata": {"cells": 1}, "cells": made, "nbformat": 4}, indent=indent)


CELLS = (
    ("code", "x = '$no$'"),
    ("markdown", "Some text\n\n$$\n\\frac{a}{b} = c \\\\\n\\nu = d\n$$\n"),
    ("raw", "$no$"),
    ("markdown", '한글 "quoted" $x_1 \\ne 𝐖$'),
)


# notebooks ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("indent", [1, 4, None])
def test_a_notebook_gives_the_formulas_of_its_text_cells(listed: bool, indent: int | None) -> None:
    note = document(notebook(*CELLS, listed=listed, indent=indent))
    assert note.kind == "notebook"
    assert trees(note) == ["(frac a b) = c", "nu = d", "i x_1 != W.bold"]
    assert [note.cell(s.span) for s in note.statements] == [2, 2, 4]
    assert [raw(note, i) for i in range(3)] == [
        "\\\\frac{a}{b} = c",
        "\\\\nu = d",
        "x_1 \\\\ne \\ud835\\udc16",
    ]
    assert note.written(note.statements[2].span) == "x_1 \\ne 𝐖"
    assert "Some text" in note.prose
    assert "quoted" in note.prose


def test_a_finding_in_a_notebook_has_the_line_of_the_file() -> None:
    note = document(notebook(*CELLS))
    line = note.statements[0].span.line
    assert note.text.split("\n")[line - 1].strip() == '"\\\\frac{a}{b} = c \\\\\\\\\\n",'


def test_a_repair_over_several_lines_keeps_the_list_of_a_cell() -> None:
    text = notebook(("markdown", "$$\na = b\n+ c\n$$"))
    note = document(text)
    span = note.statements[0].span
    start, end = offsets(text, span)
    assert note.written(span) == "a = b\n+ c"
    changed = text[:start] + note.encoded("a = \\nu\n+ \\d", span) + text[end:]
    assert json.loads(changed)["cells"][0]["source"] == ["$$\n", "a = \\nu\n", "+ \\d\n", "$$"]


def test_a_notebook_of_format_three_is_read_too() -> None:
    cells = [{"cell_type": "heading", "source": "$x = y$"}, {"cell_type": "code", "input": "$n$"}]
    note = document(json.dumps({"worksheets": [{"cells": cells}]}), "notebook")
    assert trees(note) == ["i x = y"]
    assert note.cell(note.statements[0].span) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not valid JSON"),
        ("[]", "no cells"),
        ('{"a": 1}', "no cells"),
        ("[" * 9000, "no cells"),
    ],
)
def test_what_is_no_notebook_is_an_error_with_a_hint(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(NoteError, match=what) as caught:
        read_document(path)
    assert caught.value.hint
    assert caught.value.file == str(path)


# reStructuredText --------------------------------------------------------------------------------
RST = r"""
Title
=====

.. math:: a = b

.. math::
   :label: one
   :nowrap:

   \begin{align}
   c &= d \\

   e &= f
   \end{align}

   g = h

   i = j

Text :math:`k = l` and `m`:math: and ``:math:`no``` and :ref:`no $n$` and::

   $no$ :math:`no`

.. code-block:: python

   o = p  # :math:`no`

.. note::

   .. math:: q = r
      :label: two

   Then :math:`s`.
"""


def test_restructured_text_has_directives_and_roles() -> None:
    note = document(RST)
    assert note.kind == "rst"
    assert trees(note) == [
        "a = b", "c = d", "e = f", "g = h", "i = j", "i k = l", "i m", "q = r", "i s",
    ]  # fmt: skip
    assert [raw(note, i) for i in (0, 3, 5, 7)] == ["a = b", "g = h", "k = l", "q = r"]
    assert "=====" in note.prose
    assert not note.broken + note.unread


def test_a_role_by_default_can_be_maths() -> None:
    assert trees(document(".. default-role:: math\n\nLet `x = y`.", "rst")) == ["i x = y"]
    assert not document("Let `x = y`.", "rst").statements


# HTML --------------------------------------------------------------------------------------------
HTML = r"""<!DOCTYPE html>
<html><head><title>$no$</title><style>a { b: "$no$" }</style>
<script>var a = "$no$";</script></head>
<body class="a"><!-- $no$ -->
<p>If \(a &lt; b\) and $c &gt; d$ then
\[ e &amp;= f<br> + g \] <code>$no$</code> <em>so</em> $$h<em>{ij} = k</em>l$$</p>
<pre>$no$</pre><script type="math/tex; mode=display">% <![CDATA[
m < n %]]></script> <script type="math/tex">o</script>
<p>It costs $5</p><p>or $6.</p>
<span class="katex"><math display="block"><mi>p</mi><annotation encoding="application/x-tex">p &lt; q</annotation></math></span>
<p>raw $r < s$ &nbsp; &#36;t&#36;</p></body></html>
"""


def test_a_page_gives_its_maths_and_not_its_code() -> None:
    note = document(HTML)
    assert note.kind == "html"
    assert trees(note) == [
        "i a < b", "i c > d", "e = (+f +g)", "h_[i j] = k_l", "m < n", "i o", "p < q", "i r < s",
        "i t",
    ]  # fmt: skip
    assert raw(note, 0) == "a &lt; b"
    assert raw(note, 2) == "e &amp;= f<br> + g"
    assert note.written(note.statements[3].span) == "h_{ij} = k_l"
    assert raw(note, 4) == "m < n"
    assert note.encoded("x < y", note.statements[4].span) == "x < y"
    assert note.encoded("x < y & z", note.statements[0].span) == "x &lt; y & z"
    assert note.encoded("x <y", note.statements[7].span) == "x &lt;y"
    assert "so" in note.prose
    assert not note.broken + note.unread


# Markdown as it is met ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"\\[ a\_1 = b\_2 \\]", ["a_1 = b_2"]),
        (r"\\( a\_{ij} \* b \\)", ["i [a_[i j] * b]"]),
        (r"\\[ x \in \\{ 0, 1 \\} \\]", ["x in (brace 0 , 1)"]),
        ("$$\\begin{align} a &= b \\\\\\\\\n c &= d \\end{align}$$", ["a = b", "c = d"]),
        ("the value $$x_i$$ of it", ["x_i"]),
        ("| $$a = b$$ | $c$ |\n|---|---|\n| $$d$$ | \\\\(e\\\\) |", ["a = b", "i c", "d", "i e"]),
        ("> 1. so\n>    $$a\n>    = b$$", ["a = b"]),
        ("* x\n    $$a = b$$", ["a = b"]),
        ("$$a\u200b = \ufeffb\u00a0\u2212 c$$", ["a = (+b -c)"]),
        ("设$ｘ＝１$，则$$f（x）＝２。$$", ["i x = 1", "[f (paren x)] = 2"]),
        ("Đạo hàm: $$\\frac{dy}{dx} = 2x$$ là", ["(d y by x) = [2 x]"]),
    ],
)
def test_markdown_as_people_and_programs_write_it(text: str, formulas: list[str]) -> None:
    note = document(text, "markdown")
    assert trees(note) == formulas
    assert not note.broken + note.unread


def test_a_repair_keeps_the_escapes_of_markdown() -> None:
    note = document(r"\\[ a\_1 = b\_2 \\]", "markdown")
    span = note.statements[0].span
    assert note.written(span) == "a_1 = b_2"
    assert note.encoded("a_1 = c_2", span) == r"a\_1 = c\_2"
    note = document(r"$$ a_1 = \text{b\_2} $$", "markdown")
    assert note.written(note.statements[0].span) == r"a_1 = \text{b\_2}"


def test_other_kinds_of_markdown_and_latex_are_known_by_their_suffix(tmp_path: Path) -> None:
    for suffix in (".Rmd", ".qmd", ".jmd", ".text"):
        (tmp_path / f"n{suffix}").write_text("---\nt: $n$\n---\n```{r}\n$n$\n```\n\nAnd $x = y$.\n")
        assert trees(read_document(tmp_path / f"n{suffix}")) == ["i x = y"]
    (tmp_path / "n.Rnw").write_text("<<a, b=c>>=\nx <- '$n$'\n@\nThen $x = y$\n")
    assert trees(read_document(tmp_path / "n.Rnw")) == ["i x = y"]


# LaTeX -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"\begin{IEEEeqnarray}{rCl} a & = & b \\ & = & c \end{IEEEeqnarray}", ["a = b", "_ = c"]),
        (r"\begin{empheq}[box=\fbox]{align} a &= b \end{empheq}", ["a = b"]),
        (r"\[ \only<1>{a = b}\only<2->{a = c} \]", ["a = c"]),
        (r"\[ \alert<2>{a} = \onslide<2->{b} + \uncover<3>{c} \pause \]", ["a = (+b +c)"]),
        (r"\[ \alert{a} = \ensuremath{b} \]", ["a = b"]),
        ("\\iffalse\n$a$\n\\fi $b$", ["i b"]),
        (r"\def\g#1{#1 + x} $\g{a} = b$", ["i (+a +x) = b"]),
    ],
)
def test_environments_overlays_and_macros_of_latex(text: str, formulas: list[str]) -> None:
    note = document(text, "latex")
    assert trees(note) == formulas
    assert not note.broken + note.unread


def test_a_statement_that_a_macro_begins_or_ends_covers_its_use() -> None:
    note = document(r"\def\g#1{#1 + x}\def\s{\sigma} $\g{a} = \s$", "latex")
    assert raw(note) == r"\g{a} = \s"


# the way back ------------------------------------------------------------------------------------
def unchanged_by_its_own_repairs(note: Document) -> None:
    """Each statement, written and encoded again, leaves the file and what it says as they were."""
    kind, before = note.kind, [(sexpr(s.tree), s.display) for s in note.statements]
    for statement in note.statements:
        start, end = offsets(note.text, statement.span)
        written = note.written(statement.span)
        again = note.encoded(written, statement.span)
        text = note.text[:start] + again + note.text[end:]
        if "<" not in note.text[start:end]:  # tags inside of a formula go
            assert equal(text, note.text, kind)
        after = document(text, kind)
        assert [(sexpr(s.tree), s.display) for s in after.statements] == before


def equal(one: str, two: str, kind: str) -> bool:
    if kind != "notebook":
        return one == two
    return json.loads(one) == json.loads(two)


@pytest.mark.parametrize(
    "note",
    [
        document(notebook(*CELLS)),
        document(notebook(*CELLS, listed=False, indent=None)),
        document(json.dumps(json.loads(notebook(*CELLS)), ensure_ascii=False)),
        document(HTML),
        document(RST),
        document(r"\\[ a\_1 = b\_2 \* c \\] $x\_1 = y_2$", "markdown"),
        document("> $$ a\n> = b $$\n\n|z = W x + b|$y$|\n", "markdown"),
        document(r"\def\g#1{#1 + x}\def\s{\sigma} $\g{a} = \s$ and \[ a % no" + "\n = b \\]", "latex"),
    ],
    ids=["listed", "minified", "unicode", "html", "rst", "escaped", "quoted", "macros"],
)  # fmt: skip
def test_a_formula_put_back_changes_nothing(note: Document) -> None:
    assert note.statements
    unchanged_by_its_own_repairs(note)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["$$", "$", "a", "\\nu ", "\\\\", "\n", '"', " = ", "_", "\\_", "한", "𝐖", "\t", "<", "{}"]
        ),
        max_size=20,
    ).map("".join),
    st.booleans(),
    st.sampled_from([None, 1]),
)  # fmt: skip
def test_any_cell_is_read_as_the_markdown_it_holds(
    text: str, listed: bool, indent: int | None
) -> None:
    note = document(notebook(("markdown", text), listed=listed, indent=indent), "notebook")
    assert trees(note) == trees(document(text, "markdown"))
    unchanged_by_its_own_repairs(note)


@pytest.mark.parametrize(
    "piece",
    ["<!-- ", "<p ", "<pre>", "<a x='", "&amp;", "<em>$", ".. math::\n\n  x\n\n", ":math:`", "``",
     "`x", '"', '{"cells":[', "<math>", "x::\n", "| a = b ", "a = b + c\n", "    a = b + c\n"],
)  # fmt: skip
def test_a_long_file_of_any_kind_never_hangs(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    for kind in ("html", "rst", "markdown"):
        assert document(text, kind).text == text
    with pytest.raises(NoteError):
        document(text, "notebook")


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<em>", "$", "$$", "a = b", "&lt;", "&amp;", "&", "<", "\\(", "\\)", "\n",
             "<script>", "</script>", '<script type="math/tex">', ".. math::", "\n\n   ", ":math:`",
             "`", "::\n", "   :label: x\n", "<math>", "</math>", "<annotation encoding=application/x-tex>"]
        ),
        max_size=30,
    ).map("".join),
    st.sampled_from(["html", "rst"]),
)  # fmt: skip
def test_any_page_can_be_read(text: str, kind: str) -> None:
    note = document(text, kind)  # type: ignore[arg-type]
    for statement in note.statements:
        start, end = offsets(text, statement.span)
        assert 0 <= start <= end <= len(text)
        note.written(statement.span)


@pytest.mark.skipif(not NOTES.is_dir(), reason="the lecture notes are not here")
@pytest.mark.parametrize("suffix", [".ipynb", ".rst", ".html", ".tex"])
def test_the_formulas_of_real_notes_can_be_put_back(suffix: str) -> None:
    for path in sorted(NOTES.iterdir()):
        if path.suffix != suffix:
            continue
        note = read_document(path)
        assert len(note.statements) > 10
        assert len(note.broken + note.unread) <= 0.02 * len(note.statements)
        text = note.text
        for statement in reversed(note.statements):
            start, end = offsets(note.text, statement.span)
            again = note.encoded(note.written(statement.span), statement.span)
            text = text[:start] + again + text[end:]
        assert [sexpr(s.tree) for s in document(text, note.kind).statements] == [
            sexpr(s.tree) for s in note.statements
        ]
