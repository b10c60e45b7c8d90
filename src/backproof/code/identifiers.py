"""Identifiers: names of the note as names of a program."""

from __future__ import annotations

import keyword
import re

# Words that an emitted text uses itself, in one target or another, and C's keywords.
TAKEN = frozenset(
    """np jnp jax torch math numba erf parameters gradients loss_and_gradients sigmoid softplus
    relu softmax log_softmax logsumexp log1mexp leaf real exp log sqrt tanh sin cos tan abs sign
    step max min pow sum norm i j k l r c main batch workspace work context
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while bool true false y0 y1 yn j0 j1 jn gamma signgam""".split()
)


class Identifiers:
    """Gives out each identifier once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def take(self, wanted: str) -> str:
        """`wanted`, made an identifier, with underscores behind it where it is taken."""
        word = re.sub(r"\W", "_", wanted, flags=re.ASCII) or "t"
        if word[0].isdigit():
            word = f"v{word}"
        while word in self._used or word in TAKEN or keyword.iskeyword(word):
            word += "_"
        self._used.add(word)
        return word

    def number(self, stem: str) -> str:
        """`t1`, `t2`, ...: the next one that is free."""
        n = 1
        while f"{stem}{n}" in self._used:
            n += 1
        return self.take(f"{stem}{n}")
