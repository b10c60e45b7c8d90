"""The sections of a note: where a heading starts a new subject, and a letter a new meaning."""

from __future__ import annotations

import re
from bisect import bisect_right

_HEADINGS = re.compile(
    r"""^[ \t]*(?:"[ \t]*)?\#{1,6}[ \t]+\S            # Markdown, also in a notebook's JSON
      | ^[ \t]*\\(?:part|chapter|(?:sub){0,2}section|frametitle|begin\{frame\})\b
      | <h[1-6][\s>]
      | ^[^\s"$].*\n(?P<line>[=\-~^"*#+])(?P=line){2,}[ \t]*$   # underlined
    """,
    re.VERBOSE | re.MULTILINE,
)

#: LaTeX's headings, the highest first; a slide is the lowest.
_COMMANDS = (
    "part", "chapter", "section", "subsection", "subsubsection", "frametitle", "begin{frame}",
)  # fmt: skip


def headings(text: str) -> list[int]:
    r"""The lines of the headings, from 1.

    >>> headings("# One\n\ntext\n\nTwo\n---\n\n\\section{Three}")
    [1, 5, 8]
    """
    return [line for line, _ in ranks(text)]


def section(line: int, starts: list[int]) -> int:
    """Which section a line stands in; 0 before the first heading."""
    return bisect_right(starts, line)


def ranks(text: str) -> list[tuple[int, int]]:
    r"""The headings with their ranks, the highest lowest: `(line, rank)`.

    >>> ranks("# One\n\n## Two\n\n\\subsection{Three}")
    [(1, 1), (3, 2), (5, 3)]
    """
    found: list[tuple[int, int]] = []
    underlines: list[str] = []
    at = row = 0
    for match in _HEADINGS.finditer(text):
        written = match.group().strip(' \t"')
        line = match.group("line")
        if line:  # whichever comes first is the highest
            underlines += [line] * (line not in underlines)
            rank = underlines.index(line) + 1
        elif written.startswith("#"):
            rank = len(written) - len(written.lstrip("#"))
        elif written.startswith("<"):
            rank = int(written[2])
        else:
            rank = _COMMANDS.index(written.removeprefix("\\"))
        row, at = row + text.count("\n", at, match.start()), match.start()
        found.append((row + 1, rank))
    return found
