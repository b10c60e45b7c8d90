r"""Indices in front of their letter: `{}_S W` is `W_S`."""

from __future__ import annotations

from .tokens import OPERAND_END, Token

#: What a letter may follow without being multiplied by it.
_SIGNS = frozenset(("d", "partial", "delta", "Delta", "nabla"))


def led(tokens: list[Token]) -> list[Token]:
    """The tokens with the lower index that stands before a letter behind it, as the words that
    such indices are: they say which of several weights is meant."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        index = _index(tokens, at, out[-1] if out else None)
        letter = _letter(tokens, index[1]) if index else 0
        if not index or not letter:
            out.append(tokens[at])
            at += 1
            continue
        start, end = index
        if tokens[end].type == "SYMBOL":
            tokens[end].start = tokens[at].start  # the place of the whole
        out += tokens[end:letter]
        for token in tokens[start:end]:
            if token.type == "SYMBOL" and not token.marks:
                token.marks = ("rm",)
            out.append(token)
        at = letter
    return out


def _index(tokens: list[Token], at: int, before: Token | None) -> tuple[int, int] | None:
    """Where the index of an empty group at `at` starts and ends."""
    if [t.type for t in tokens[at : at + 3]] != ["LB", "RB", "SUB"]:
        return None
    if before is not None and before.type in OPERAND_END and before.value not in _SIGNS:
        return None  # it is the index of what stands there: `W^2{}_S`
    return at + 2, _argument(tokens, at + 3)


def _letter(tokens: list[Token], at: int) -> int:
    """Behind the letter that starts at `at`, with its typeface; 0 if none does."""
    first = at
    while at < len(tokens) and tokens[at].type == "MARK":
        at += 1
    if at >= len(tokens) or (tokens[at].type != "SYMBOL" and at == first):
        return 0
    return _argument(tokens, at)


def _argument(tokens: list[Token], at: int) -> int:
    """Behind a token or a group."""
    depth = 0
    while at < len(tokens):
        depth += (tokens[at].type == "LB") - (tokens[at].type == "RB")
        at += 1
        if depth <= 0:
            break
    return at
