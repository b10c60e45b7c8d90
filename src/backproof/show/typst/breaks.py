"""Where a formula in typst may be broken: typst itself knows how wide things are, and chooses."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\\.|[\w.]*\(|[_^]\(|\)| [+\-⊙∘⋅] |\s+|.', re.DOTALL)
_BEFORE = {" + ": 0, " - ": 0, " ⊙ ": 1, " ∘ ": 1, " ⋅ ": 2}
_FACTORS = {"frac(": 3, "focus(": 3, "boxed(": 3, "lr(": 4, "\\(": 4}
#: What needs what follows: a sign, a sum.
_UNFINISHED = re.compile(r"(?:[+\-⊙∘⋅=]|sum_\([^()]*\)(?:\^\((?:[^()]|\([^()]*\))*\))?)\s*$")
_IN_BRACKETS = 4  # for each bracket that the break is inside of


def pieces(source: str) -> list[tuple[int, str]]:
    r"""A formula cut where it may be broken, each piece with what a break before it costs.

    No break is inside of an argument: what typst is handed as one thing stays one.

    >>> pieces(r"a + frac(b + c, 2) \(d - e\)")
    [(0, 'a'), (0, '+ frac(b + c, 2)'), (4, '\\(d'), (4, '- e\\)')]
    """
    out: list[tuple[int, str]] = []
    current, cost = "", 0
    held = open_brackets = 0
    tokens: list[str] = _TOKEN.findall(source)
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else ""
        found = _BEFORE.get(token)
        if found is None and before.isspace() and not _UNFINISHED.search(current):
            found = _FACTORS.get(token)
        if found is not None and held == 0 and current.strip():
            out.append((cost, current.strip()))
            current, cost = "", found + _IN_BRACKETS * open_brackets
        current += token
        held += token.endswith("(") and token != "\\("
        held -= token == ")"
        open_brackets += token in ("\\(", "\\[")
        open_brackets -= token in ("\\)", "\\]")
    return [*out, (cost, current.strip())]
