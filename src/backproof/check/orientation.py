"""Whether the samples of a note are rows or columns, as far as its definitions tell."""

from __future__ import annotations

from .arrays import Mismatch
from .interpret import World
from .items import Environment
from .readings import Reading
from .stand import constants
from .terms import Unclear, free_letters


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
