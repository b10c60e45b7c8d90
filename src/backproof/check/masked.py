r"""Formulas that hold for some indices only: `A_{uv} = ...`, "while `A_{uv} = 0` for `v > u`"."""

from __future__ import annotations

import re
from dataclasses import replace

from ..notation.syntax import Relation, Symbol
from .items import Environment, Item
from .terms import Choose, Compare, Name, Num

_RELATIONS = frozenset(("<", ">", "<=", ">="))
#: What ends a sentence.
_END = re.compile(r"[.;:。；：](?:\s|$)|\n\s*\n")


def masked(env: Environment) -> None:
    """Give the formulas of the note the number that stands in for them where it says so."""
    for item in env.items:
        name, number = item.left, item.right
        if item.role != "assignment" or not isinstance(name, Name) or not isinstance(number, Num):
            continue
        condition = _condition(env, item)
        letters = {index.letter for index in name.indices}
        if condition is None or not {condition.left, condition.right} <= set(map(Name, letters)):
            continue
        for other in env.items[: item.at]:
            definition = other.definition
            if definition is None or definition.name != name or other.role != "definition":
                continue
            env.scope.drop(definition)
            rows = ((number, condition), (definition.body, None))
            other.definition = replace(definition, body=Choose(rows))
            env.scope.add(other.definition)


def _condition(env: Environment, item: Item) -> Compare | None:
    """The inequality between two letters that follows an equation in its sentence."""
    places = env.note.places
    end = places.offsets(item.equation.span)[1]
    for statement in env.note.statements:
        start = places.offsets(statement.span)[0]
        if start < end:
            continue
        tree = statement.tree
        if _END.search(env.note.text[end:start]) or not isinstance(tree, Relation):
            return None
        if len(tree.sides) != 2 or tree.operators[0] not in _RELATIONS:
            return None
        one, other = tree.sides
        if isinstance(one, Symbol) and isinstance(other, Symbol):
            return Compare(Name(one.base), tree.operators[0], Name(other.base))
        return None
    return None
