"""Arrays put together from others: matrices in blocks, and vectors glued to one another."""

from __future__ import annotations

from .arrays import Array, Mismatch
from .readings import Reading


def beside(parts: list[Array]) -> Array:
    """Arrays side by side. Raises Mismatch."""
    return below([part.transposed() for part in parts]).transposed()


def below(parts: list[Array]) -> Array:
    """Arrays one below the other. Raises Mismatch."""
    if any(part.columns != parts[0].columns for part in parts):
        raise Mismatch
    rows = sum(part.rows for part in parts)
    return Array(rows, parts[0].columns, [x for part in parts for x in part.entries])


def glued(parts: list[Array], reading: Reading) -> Array:
    """One vector out of several, for each sample; a lone number is the same for all of them.
    Raises Mismatch."""
    turned = [part.transposed() for part in parts] if reading.rows else parts
    width = max(part.columns for part in turned)
    wide = [
        Array(1, width, part.entries * width) if part.scalar and width > 1 else part
        for part in turned
    ]
    result = below(wide)
    return result.transposed() if reading.rows else result


def column(parts: list[Array], reading: Reading) -> Array:
    """Arrays below each other, for each sample where they have them. Raises Mismatch."""
    each = reading.samples > 1 and not all(part.scalar for part in parts)
    mixed = reading.rows or any(part.scalar for part in parts)
    return glued(parts, reading) if each and mixed else below(parts)
