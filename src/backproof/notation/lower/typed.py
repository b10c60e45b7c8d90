"""What a plain text can't mean by a name: `Wx` for a product, words of a programming language."""

from __future__ import annotations

import re

from ...errors import ModelError, RefusedError, Span
from ...expr.model import Model

_WORDS = frozenset("None True False if else for return import colon and or not".split())
_GLUED = re.compile(r"([A-Z]\d*)([xhazyv]\d*)")


def check_typed(model: Model, text: str) -> None:
    """Refuse free names that nobody means.

    `Wx` that stands alone wherever it stands: nothing multiplies it, so it is a product that lost
    its space rather than the matrix that belongs to `x` (ModelError). `None`, `if` and the like,
    from `b[None, :]` or `a if c else b` (RefusedError).
    """
    for e in model.roles:
        plain = e.attr.plain
        if e.op == "name" and plain in _WORDS:
            word = ":" if plain == "colon" else plain
            raise RefusedError(
                f"{word!r} is not read as mathematics",
                hint="write cases as where(x > 0, x, 0), and shapes with .T",
                span=_place(word, text),
            )
    for e in model.parameters:
        plain = e.attr.plain
        parts = _GLUED.fullmatch(plain)
        beside = rf"[@*.]\s*{plain}\b|\b{plain}(?:\s*[@*.'\[(]|[ \t]+\w)"
        if parts is not None and not re.search(beside, text):
            raise ModelError(
                f"{plain} is one name in a plain text, and it is defined nowhere",
                hint=f"write {parts[1]} @ {parts[2]} if the product is meant",
                span=_place(plain, text),
            )


def _place(word: str, text: str) -> Span | None:
    """Where a word stands first."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    return Span(line, column, line, column + len(word))
