"""A story as a LaTeX article: pdflatex sets the English one, xelatex and lualatex both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .pages import Block, Display, Formula, Paragraph, Section, Story, Table, Text
from .setting import aligned, display_rows, formula

ROOM = 74  # characters of a formula on an A4 page in 11 points

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "&%$#_{}"},
    "×": r"$\times$",
}

_HEAD = r"""\documentclass[11pt,a4paper,fleqn]{article}
"""
ENGINES = r"""\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
\fi
"""
KOREAN = r"""\usepackage{kotex}
"""
MACROS = r"""\newcommand{\reason}[1]{\text{\small\color{black!55}#1}}
\newcommand{\indicator}{\mathrm{1}\mkern-4.5mu\mathrm{l}}
"""
_SETUP = r"""\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb,booktabs,xcolor}
\allowdisplaybreaks
\setlength{\mathindent}{2em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
"""
_BEGIN = r"""\title{%s}
\author{}
\date{}
\begin{document}
\maketitle
"""
_LEVELS = ("section", "subsection", "subsubsection")


def tex(story: Story) -> str:
    """The story as one LaTeX file."""
    page = Page(story)
    korean = KOREAN if story.language == "ko" else ""
    head = _HEAD + ENGINES + korean + _SETUP + MACROS + _BEGIN % page.text(story.title)
    return head + "\n" + "\n\n".join(page.all()) + "\n\n\\end{document}\n"


class Page:
    """Spells the parts of a story in LaTeX."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.spelling = story.model.spelling

    def all(self) -> Iterator[str]:
        for section in self.story.sections:
            yield from self.section(section, 0)

    def section(self, section: Section, level: int) -> Iterator[str]:
        yield f"\\{_LEVELS[level]}{{{self.text(section.title)}}}"
        for block in section.blocks:
            yield self.block(block)
        for inner in section.sections:
            yield from self.section(inner, level + 1)

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self.text(block.text)
        if isinstance(block, Table):
            return self.table(block)
        return self.display(block)

    def maths(self, given: Formula) -> str:
        return settable(formula(given, self.spelling))

    def text(self, text: Text) -> str:
        return "".join(_escaped(p) if isinstance(p, str) else f"${self.maths(p)}$" for p in text)

    def reason(self, text: Text) -> str:
        return f"\\reason{{{self.text(text)}}}"

    def display(self, block: Display) -> str:
        rows = display_rows(block, self.spelling, self.reason, ROOM)
        body = " \\\\\n".join(settable(aligned(row)) for row in rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def table(self, block: Table) -> str:
        lines = [" & ".join(self.text(cell) for cell in row) + r" \\" for row in block.rows]
        head = " & ".join(self.text(cell) for cell in block.head) + r" \\"
        columns = "l" * len(block.head)
        start = [
            r"\begin{center}",
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
        ]
        return "\n".join([*start, *lines, r"\bottomrule", r"\end{tabular}", r"\end{center}"])


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(c, c) for c in text)


def settable(latex: str) -> str:
    """A formula without what needs a package that is not always there."""
    return re.sub(r"\\mathbb\s*(?:\{1\}|1)", r"\\indicator ", latex)
