"""Formulas and sentences of a story as HTML: MathML that a page can point at, words beside it."""

from __future__ import annotations

import re
from html import escape

from ..expr.model import Spelling
from ..notation.elements import element
from ..notation.inline import unicode_line
from ..notation.mathml import mathml
from ..notation.text import text
from .pages import Formula, Text

# A line break in front of these, and in front of a closing tag of a sentence, would be a bad one.
_CLINGS = re.compile(r"[)\].,;:!?%’”」』]*[가-힣]*[).,;:!?]*")


def formula_html(formula: Formula, spelling: Spelling, display: bool = False) -> str:
    """A formula as a `<math>` element, with its reading in one line for whoever cannot see it.

    Where there is an expression it is printed from that, so that its quantities can be pointed at;
    the LaTeX of a sentence is set as it is written. A `display` stands on a line of its own.
    """
    if formula.expr is None:
        inside, alone = element(formula.written), unicode_line(formula.written)
    else:
        inside = mathml(formula.expr, spelling, focus=formula.focus, indices=formula.indices)
        alone = text(formula.expr, spelling, indices=formula.indices)
    return math(inside, alone, display)


def math(inside: str, alone: str, display: bool = False) -> str:
    """Elements of MathML in a `<math>`; `alone` is how they read in one line of text."""
    block = ' display="block"' if display else ""
    return f'<math{block} alttext="{escape(alone)}">{inside}</math>'


def text_html(sentence: Text, spelling: Spelling) -> str:
    """A sentence with its formulas, escaped. No line ends between a formula and what clings to it:
    a full stop, a closing bracket, a Korean particle."""
    out: list[str] = []
    for i, part in enumerate(sentence):
        if isinstance(part, str):
            before = i > 0 and not isinstance(sentence[i - 1], str)
            clinging = _CLINGS.match(part) if before else None
            out.append(escape(part[clinging.end() :] if clinging else part, quote=False))
            continue
        made = formula_html(part, spelling)
        after = sentence[i + 1] if i + 1 < len(sentence) else ""
        clinging = _CLINGS.match(after) if isinstance(after, str) else None
        if clinging and clinging[0]:
            tail = escape(clinging[0], quote=False)
            made = f'<span style="white-space: nowrap">{made}{tail}</span>'
        out.append(made)
    return "".join(out)
