"""Room for buffers: those of one shape that are never needed at the same time share a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..expr.shape import SCALAR, Dim, Shape
from .loops import Cut
from .program import Program

Sides = tuple[Dim, ...]


@dataclass(slots=True)
class Slot:
    """A place for buffers with these sides, one after the other."""

    sides: Sides
    names: list[str] = field(default_factory=list[str])


def sides(shape: Shape) -> Sides:
    """The sides of an array; those of length 1 are left out."""
    return tuple(d for d in shape if d != 1)


def slots(program: Program, cuts: Sequence[Cut], elsewhere: Iterable[str]) -> list[Slot]:
    """The places of all buffers and of the parts of instructions, numbers left out, as well as
    those buffers that live `elsewhere`.

    An instruction may write its result before it has read all of its operands, so a place is free
    only for instructions after the last one that reads it.
    """
    last, kept = program.last_uses(), set(elsewhere)
    made: list[Slot] = []
    free: list[Slot] = []
    busy: list[tuple[int, Slot]] = []
    for place, (instruction, cut) in enumerate(zip(program.instructions, cuts, strict=True)):
        free += [slot for end, slot in busy if end < place]
        busy = [(end, slot) for end, slot in busy if end >= place]
        wanted = [(name, e.shape, place) for name, e in cut.parts.items()]
        if instruction.name not in kept:
            wanted.append((instruction.name, instruction.shape, last[instruction.name]))
        for name, shape, end in wanted:
            if shape == SCALAR:
                continue
            slot = next((s for s in free if s.sides == sides(shape)), None)
            if slot is None:
                slot = Slot(sides(shape))
                made.append(slot)
            else:
                free.remove(slot)
            slot.names.append(name)
            busy.append((end, slot))
    return made
