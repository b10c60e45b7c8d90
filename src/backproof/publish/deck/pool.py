"""Formulas of a deck, each kept once, however often it is shown.

Formulas repeat the same few symbols, and a symbol with what a page must know about it is long. So a
formula is kept with one character of the private use area for each symbol, and put together again
in the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...expr.model import Spelling
from ...notation.elements import element
from ...notation.mathml import mathml
from ...show.pages import Formula

FIRST = 0xE000  # of the private use area
ROOM = 0xF8FF - FIRST + 1

# An element that stands for a quantity, with its scripts: none of them holds another.
_SYMBOL = re.compile(r"<(\w+)((?: [\w-]+=\"[^\"]*\")*? data-quantity=\"[^\"]*\"[^>]*)>(.*?)</\1>")


class Pool:
    """Gives each formula a number, and at the end all formulas in the order of their numbers."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self._numbers: dict[str, int] = {}

    def number(self, given: Formula, focus: bool = True) -> int:
        """The number of a formula, with its focus marked or without."""
        if given.expr is None:
            markup = element(given.written)
        else:
            marked = given.focus if focus else ()
            markup = mathml(given.expr, self.spelling, focus=marked, indices=given.indices)
        return self._numbers.setdefault(markup, len(self._numbers))

    def formulas(self) -> list[str]:
        """All formulas, whole."""
        return list(self._numbers)


def packed(formulas: Sequence[str]) -> tuple[list[str], list[str]]:
    """Formulas with a character for each symbol, and the symbols in the order of the characters."""
    counts = Counter(m[0] for f in formulas for m in _SYMBOL.finditer(f))
    often = [symbol for symbol, count in counts.most_common(ROOM) if count > 1]
    code = {symbol: chr(FIRST + i) for i, symbol in enumerate(often)}
    short = [_SYMBOL.sub(lambda m: code.get(m[0], m[0]), f) for f in formulas]
    return short, often
