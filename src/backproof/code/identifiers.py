"""Identifiers: names of the note as names of a program."""

from __future__ import annotations

import keyword
import re

# Words that an emitted text uses itself, in one target or another, and the keywords of C and
# JavaScript.
TAKEN = frozenset(
    """np jnp jax torch math numba erf parameters gradients loss_and_gradients sigmoid softplus
    relu softmax log_softmax logsumexp log1mexp leaf real exp log sqrt tanh sin cos tan abs sign
    step max min pow sum norm i j k l r c main batch workspace work context
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while bool true false y0 y1 yn j0 j1 jn gamma signgam
    arguments catch data debugger eval export function implements instanceof interface let matrix
    new null package parameters private protected public super this throw typeof undefined var
    Infinity Math NaN lossAndGradients""".split()
)


class Identifiers:
    """Gives out each identifier once."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._count = 0

    def take(self, wanted: str) -> str:
        """`wanted`, made an identifier, with underscores behind it where it is taken."""
        word = re.sub(r"\W", "_", wanted, flags=re.ASCII) or "t"
        if word[0].isdigit():
            word = f"v{word}"
        taken = word in TAKEN or re.fullmatch(r"part\d+", word)  # lines of their own for long parts
        while word in self._used or taken or keyword.iskeyword(word):
            taken = False
            word += "_"
        self._used.add(word)
        return word

    def number(self, stem: str) -> str:
        """`t1`, `t2`, ...: the next one that is free."""
        while True:
            self._count += 1
            if f"{stem}{self._count}" not in self._used:
                return self.take(f"{stem}{self._count}")
