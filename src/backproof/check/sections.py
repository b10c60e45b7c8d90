"""The sections of a note: where a heading starts a new subject, and a letter a new meaning."""

from __future__ import annotations

import re
from bisect import bisect_right

_HEADINGS = re.compile(
    r"""^[ \t]*(?:"[ \t]*)?\#{1,6}[ \t]+\S            # Markdown, also in a notebook's JSON
      | ^[ \t]*\\(?:chapter|(?:sub){0,2}section|frametitle|begin\{frame\})\b
      | <h[1-6][\s>]
      | ^[^\s"$].*\n(?P<line>[=\-~^"*#+])(?P=line){2,}[ \t]*$   # underlined
    """,
    re.VERBOSE | re.MULTILINE,
)


def headings(text: str) -> list[int]:
    r"""The lines of the headings, from 1.

    >>> headings("# One\n\ntext\n\nTwo\n---\n\n\\section{Three}")
    [1, 5, 8]
    """
    return [text.count("\n", 0, m.start()) + 1 for m in _HEADINGS.finditer(text)]


def section(line: int, starts: list[int]) -> int:
    """Which section a line stands in; 0 before the first heading."""
    return bisect_right(starts, line)
