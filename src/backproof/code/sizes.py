"""Sizes that are counted when a program runs: a name for each, and where to count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import RefusedError
from ..expr.shape import Dim, dim_letters
from .identifiers import Identifiers
from .program import Program


def counted(
    program: Program, ids: Identifiers, side: Callable[[str, int], str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The name of each side that a matrix has, and for each such name where to count it.

    `side` spells the number of rows (0) or columns (1) of the matrix of a name. A letter that
    stands only in a sum is what the sum leaves over for it; a sum with several of those is counted
    as a whole.
    """
    leaves = {**program.data, **program.parameters}
    sides = [(dim, e, axis) for e in leaves.values() for axis, dim in enumerate(e.shape)]
    sizes: dict[str, str] = {}
    counts: dict[str, str] = {}
    for dim, e, axis in sorted(sides, key=lambda side: str(side[0]).count("+")):
        parts = str(dim).split("+")
        fresh = [p for p in parts if not p.isdigit() and p not in sizes]
        if fresh and str(dim) not in sizes:
            whole = str(dim) if len(fresh) > 1 else fresh[0]
            sizes[whole] = ids.take(whole.replace("+", "_and_"))
            known = [sizes.get(p, p) for p in parts if len(fresh) == 1 and p != whole]
            counts[sizes[whole]] = " - ".join([side(program.names[e], axis), *known])
    return sizes, counts


def length(dim: Dim, sizes: Mapping[str, str]) -> str:
    """A dimension as text: `m`, `n + 1`. Raises RefusedError where nothing was counted for it."""
    out = str(dim)
    if out in sizes or out.isdigit():
        return sizes.get(out, out)
    if any(letter not in sizes for letter in dim_letters(dim)):
        raise RefusedError(
            f"nothing in the model tells how large {dim} is",
            hint="an input or a parameter with that many rows or columns would",
        )
    return " + ".join(sizes.get(p, p) for p in out.split("+"))
