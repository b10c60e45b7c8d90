"""Where a long line of mathematics, or of text, is broken; and how wide it is on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import width_of

Piece = tuple[str, str]  # text and the name of its style

_OPENING, _CLOSING = "([{", ")]}"
# Before what a line is best broken: a sum before a product, a product before a mere space.
_MARKS = (("=", 0), ("+", 1), ("−", 1), ("-", 1), ("⊙", 2), ("∘", 2), ("·", 3), ("/", 4), ("", 5))


def break_maths(pieces: Sequence[Piece], first: int, rest: int) -> list[list[Piece]]:
    """A formula as lines of at most `first`, then `rest` columns, broken before an operator.

    A break outside of brackets is better than one inside, one before a sum better than one before a
    product.
    """
    lines: list[list[Piece]] = []
    left = list(pieces)
    room = first
    while sum(width_of(t) for t, _ in left) > room:
        place = _best_break("".join(t for t, _ in left), room)
        head, left = _split(left, place)
        lines.append(_stripped(head))
        room = rest
    lines.append(left)
    return lines


def _best_break(text: str, room: int) -> int:
    """The place in a text at which its first line ends."""
    best, best_cost = 0, 1000.0
    depth = column = 0
    for i, c in enumerate(text):
        if column > room:
            break
        if c == " " and i:
            mark = next(cost for m, cost in _MARKS if text.startswith(m, i + 1))
            short = max(0.0, 0.45 * room - column) / room  # a line that is hardly begun is no line
            cost = 6 * depth + mark + 40 * short - column / room
            if cost < best_cost:
                best, best_cost = i, cost
        depth += (c in _OPENING) - (c in _CLOSING)
        column += width_of(c)
    if best:
        return best
    column = 0
    for i, c in enumerate(text):  # nothing to break at: cut
        column += width_of(c)
        if column > room:
            return max(i, 1)
    return len(text)


def _split(pieces: Iterable[Piece], place: int) -> tuple[list[Piece], list[Piece]]:
    head: list[Piece] = []
    tail: list[Piece] = []
    for text, style in pieces:
        if place >= len(text):
            head.append((text, style))
        elif place > 0:
            head.append((text[:place], style))
            tail.append((text[place:].lstrip(), style))
        else:
            tail.append((text, style))
        place -= len(text)
    if tail:
        tail[0] = (tail[0][0].lstrip(), tail[0][1])
    return head, tail


def _stripped(pieces: list[Piece]) -> list[Piece]:
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    return pieces


def break_text(words: Sequence[Sequence[Piece]], first: int, rest: int) -> list[list[Piece]]:
    """Words (each in pieces) as lines of at most `first`, then `rest` columns; longer words are
    broken as formulas are."""
    lines: list[list[Piece]] = [[]]
    used, room = 0, first
    for word in words:
        wide = sum(width_of(t) for t, _ in word)
        if used and used + 1 + wide > room:
            lines.append([])
            used, room = 0, rest
        if wide > room - (used + 1 if used else 0):
            broken = break_maths(word, room, rest)
            lines[-1] += broken[0]
            lines += broken[1:]
            used, room = sum(width_of(t) for t, _ in lines[-1]), rest
            continue
        if used:
            lines[-1].append((" ", ""))
            used += 1
        lines[-1] += word
        used += wide
    return lines
