r"""Whether the samples of a note are rows or columns, and whether the derivatives of numbers are,
as far as its formulas tell.

In "numerator layout", `\partial J / \partial a` is a row where a is a column: `\delta^T W`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from .arrays import Mismatch
from .interpret import World
from .items import Environment
from .judge import outcome
from .readings import Reading
from .stand import Stand, constants
from .terms import D, Name, Term, Transpose, Unclear, free_letters

#: How many lines are asked how the derivatives of numbers lie.
_WITNESSES = 8
#: So many must say that they are rows, and none that they are columns.
_ENOUGH = 2


def oriented(env: Environment, readings: list[Reading]) -> list[Reading]:
    """The readings in which the definitions fit together: `X W` has samples in rows. All of them,
    if that tells nothing."""
    if not env.batch:
        return readings
    told = env.survey.tables()
    if len(told) == 1:
        return [r for r in readings if r.rows in told or r.size == 1 or r.samples == 1]
    rows, columns = _fits(env, rows=True), _fits(env, rows=False)
    if rows == columns:
        return readings
    return [r for r in readings if r.rows == rows or r.size == 1]


def _fits(env: Environment, *, rows: bool) -> bool:
    """Whether all definitions can be worked out with samples in rows, or in columns."""
    world = World(env.scope, Reading("batch", 2, 3, rows), 11, False)
    world.constants = constants(env.scope)
    for item in env.items:
        definition = item.definition
        if item.role != "definition" or definition is None or definition.parameters:
            continue
        own = {i.letter for i in definition.name.indices}
        if {*free_letters(definition.body)} - {*world.constants} or own - {*world.constants}:
            continue
        try:
            world.value(definition.body)
        except Mismatch:
            return False
        except (Unclear, ArithmeticError, ValueError, RecursionError):
            continue
    return True


def lying(env: Environment, loss: Term | None, readings: list[Reading]) -> list[Reading]:
    """The readings in which the derivative of a number by a column is a row, if that is how the
    lines of the note are: they hold so, and in no other way."""
    lines = [
        (item.at, item.left, item.right) for item in env.items
        if item.role in ("claim", "again") and item.left and item.right
        and _of_a_loss(env, item.left)
    ]  # fmt: skip
    if not any(isinstance(right, Transpose) for _, _, right in lines):
        return readings
    standing = Reading("sample", 1, 3)
    found = [0, 0]
    for at, left, right in islice(lines, _WITNESSES):
        stand = Stand(env.scope.seen_from(at), loss)
        row, column = (
            outcome(stand, r, left, right).state == "holds"
            for r in (replace(standing, lying=True), standing)
        )
        if row != column:
            found[row] += 1
    if found[False] or found[True] < _ENOUGH:
        return readings
    return [replace(r, lying=True) for r in readings]


def _of_a_loss(env: Environment, left: Term) -> bool:
    """Whether a line differentiates a loss: on its left side, or by the definition of that name."""
    if isinstance(left, Name):
        found = env.scope.definitions.get(left.base, ())
        left = found[0].body if found else left
    of = left.of if isinstance(left, D) and not left.gradient else None
    return isinstance(of, Name) and env.survey.is_loss(of.base)
