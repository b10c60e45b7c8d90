r"""Where the formulas of a reStructuredText file stand: `.. math::` and :math:`...`.

Several paragraphs in one directive are several formulas, as Sphinx sets them. Literal blocks, code
and what other directives hold in their options are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .containers import Block

_DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?"
    r"(?P<name>[\w-]+(?::[\w-]+)?)::[ \t]*(?P<rest>[^\n]*)$"
)
_LITERAL = re.compile(r"^(?P<indent>[ \t]*)(?!\.\.[ \t]).*::[ \t]*\r?$")
_OPTION = re.compile(r"^[ \t]+:[\w-]+:(?=[ \t\r\n]|$)")
_ROLE = re.compile(
    r"""(?P<literal>``.*?``)
      | :(?:math|eq):`(?P<before>(?:[^`\\]|\\.)+)`
      | `(?P<after>(?:[^`\\]|\\.)+)`:math:
      | :[\w-]+:`(?:[^`\\]|\\.)*`
      | `(?P<bare>(?:[^`\\]|\\.)+)`(?!_)
    """,
    re.VERBOSE | re.DOTALL,
)
_SKIPPED = frozenset(
    (
        "code code-block sourcecode highlight parsed-literal raw literalinclude csv-table graphviz "
        "image figure doctest testcode ipython plot toctree bibliography include"
    ).split()
)
_BY_DEFAULT = re.compile(r"^[ \t]*\.\.[ \t]+default-role::[ \t]+math\b", re.MULTILINE)
_LIMIT = 2_000


def looks_like_one(text: str) -> bool:
    return re.search(r"^[ \t]*\.\.[ \t]+math::|:math:`", text, re.MULTILINE) is not None


def blocks(text: str) -> Iterator[Block]:
    """All blocks of a text, in order; prose pieces in between."""
    by_default = _BY_DEFAULT.search(text) is not None
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    said = i = 0
    while i < len(lines):
        directive = _DIRECTIVE.match(lines[i].rstrip("\r\n"))
        literal = None if directive else _LITERAL.match(lines[i])
        if not literal and not (directive and directive["name"] in {"math", *_SKIPPED}):
            i += 1
            continue
        yield from _sentence(text, said, starts[i + 1 if literal else i], by_default)
        found = directive or literal
        assert found is not None
        end = _end(lines, i + 1, len(found["indent"].expandtabs()))
        if directive and directive["name"] == "math":
            at = starts[i] + directive.start("rest")
            yield from _formulas(text, starts[i + 1 : end + 1], at)
        said = starts[end]
        i = end
    yield from _sentence(text, said, len(text), by_default)


def _end(lines: list[str], i: int, indent: int) -> int:
    """The line behind what is indented more than `indent`, blank lines at its end left out."""
    last = i
    while i < len(lines):
        if lines[i].strip():
            if len(lines[i].expandtabs()) - len(lines[i].expandtabs().lstrip()) <= indent:
                break
            last = i + 1
        i += 1
    return last


def _formulas(text: str, starts: list[int], at: int) -> Iterator[Block]:
    """One block for each paragraph of a `.. math::` directive, whose lines start at `starts`."""
    lines = [text[a:b] for a, b in pairwise(starts)]
    options = 0
    # what stands behind `::` is a paragraph of its own only before the options or a blank line
    while options < len(lines) and _OPTION.match(lines[options]):
        options += 1
    if options:
        if text[at : starts[0]].strip():
            yield Block("display", at, starts[0])
        at = starts[options]
    environment = 0
    for line, start in zip(lines[options:], starts[options:], strict=False):
        environment += line.count(r"\begin{") - line.count(r"\end{")
        if not line.strip() and environment <= 0:
            if text[at:start].strip():
                yield Block("display", at, start)
            at = start
    if text[at : starts[-1]].strip():
        yield Block("display", at, starts[-1])


def _sentence(text: str, start: int, end: int, by_default: bool) -> Iterator[Block]:
    said = start
    for m in _ROLE.finditer(text, start, end):
        group = m.lastgroup
        if group in (None, "literal") or (group == "bare" and not by_default):
            continue
        assert group is not None
        if m.end() - m.start() > _LIMIT:
            continue
        yield Block("prose", said, m.start())
        yield Block("inline", m.start(group), m.end(group))
        said = m.end()
    if said < end:
        yield Block("prose", said, end)
