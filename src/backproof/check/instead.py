r"""Quantities that take the place of others: `q_k = (1 - \alpha) y_k + \alpha / K` "replaces the
targets", so that what follows about the loss is about the loss with q for y."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .items import Environment, Item
from .meanings import Meanings
from .scope import Scope, bases
from .stand import Stand
from .terms import D, Index, Name, Term, is_loss, literal, rewritten


def with_instead(env: Environment, meanings: Meanings, item: Item, stand: Stand) -> Iterator[Stand]:
    """Stands in which a loss takes a quantity that a line names and its section has just made out
    of one in the loss."""
    of = item.left.quantity if isinstance(item.left, D) else None
    if not isinstance(of, Name) or not is_loss(of.base):
        return
    section = meanings.section(item.at)
    definitions = env.scope.definitions
    formulas = {b for b, given in definitions.items() if not all(literal(d.body) for d in given)}
    for other in env.items[: item.at]:
        made = other.definition
        if made is None or other.role != "definition" or meanings.section(other.at) != section:
            continue
        base = made.name.base
        if base not in bases(item.right) or made.parameters or is_loss(base):
            continue
        for old in sorted(made.needs - formulas):
            scope = _put_in(stand.scope, of.base, old, base)
            if scope is not None:
                yield replace(stand, scope=scope)


def _put_in(scope: Scope, loss: str, old: str, new: str) -> Scope | None:
    """The definitions with another quantity in a loss; None if it has not the old one alone."""

    def renamed(term: Term | Index) -> Name | None:
        if isinstance(term, Name) and term.base == old:
            return replace(term, base=new)
        return None

    found = scope
    for definition in scope.definitions.get(loss, ()):
        if old in definition.needs and new not in definition.needs:
            found = found.with_body(definition, rewritten(definition.body, renamed))
    return found if found is not scope else None
