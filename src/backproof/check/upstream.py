"""A loss that a line reaches only through quantities whose gradients stand in it.

`dL/dW = sum_t (dL/da_t) h_{t-1}^T` takes `dL/da_t` as given: whatever L is, it depends on W through
the `a_t`. Where the formulas of a note do not lead from W to its loss, a line can be judged so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from .items import Environment, Item
from .stand import Stand, constants
from .state import FAMILY
from .terms import Add, Call, D, Differential, Index, Name, Sum, Term, is_loss, names


def upstream(env: Environment, item: Item, stand: Stand, left: Term) -> Stand | None:
    """The same stand with a loss of the quantities whose gradients the right side takes as given;
    None if there are none. `left` is what it is compared with."""
    of = _differentiated(env, left)
    if of is None:
        return None
    given: list[Name] = []
    for by in _given(env, item.right, of, frozenset()):
        if by not in given and by != variable(left):
            given.append(by)
    if not given:
        return None
    loss = Call(Name("loss"), tuple(given))
    own = frozenset(d.at for d in env.scope.definitions.get(of.base, ()))
    scope = stand.scope.seen_from(item.at, stand.scope.barred | own)
    taken = stand.loss if stand.loss is None else loss
    return replace(stand, scope=scope, loss=taken, generic=loss, whose=of)


def decisive(env: Environment, item: Item, stand: Stand, left: Term) -> bool:
    """Whether a line that fails with such a loss is wrong: each of its terms carries a gradient
    that is given, and what they are of are quantities that the note computes with."""
    of = _differentiated(env, left)
    right = item.right
    terms = right.terms if isinstance(right, Add) else (right,)
    if of is None or not all(any(True for _ in _given(env, t, of, frozenset())) for t in terms):
        return False
    given = stand.generic.arguments if isinstance(stand.generic, Call) else ()
    used = {
        base
        for ds in env.scope.definitions.values()
        for d in ds
        for base in d.needs - {d.name.base}
        if not is_loss(d.name.base) and not isinstance(d.body, D)
    }
    return len(given) == 1 or all(isinstance(n, Name) and n.base in used for n in given)


def _differentiated(env: Environment, left: Term | None) -> Name | None:
    """The loss that a side is the derivative of, any for `dW`; or another quantity that has no
    formula, and so is any function."""
    if isinstance(left, Differential):
        return Name("")
    of = left.quantity if isinstance(left, D) else None
    if not isinstance(of, Name):
        return None
    return of if is_loss(of.base) or of.base not in env.scope.definitions else None


def variable(left: Term | None) -> Term | None:
    """What a side differentiates by."""
    if isinstance(left, Differential):
        return left.of
    return left.by[0] if isinstance(left, D) and len(left.by) == 1 else None


def _given(env: Environment, term: Any, of: Name, bound: frozenset[str]) -> Iterator[Name]:
    """The quantities by which a side differentiates the loss, itself or by the definition of a
    name (`delta_t = dL/da_t`)."""
    if isinstance(term, Differential):
        yield from _members(env, term.of, bound)
    elif isinstance(term, D):
        if term.quantity == of and len(term.by) == 1 and isinstance(term.by[0], Name):
            yield from _members(env, term.by[0], bound)
    elif isinstance(term, Name):
        for d in env.scope.definitions.get(term.base, ()):
            body = d.body
            if isinstance(body, D) and body.of == of and len(body.by) == 1:
                by = body.by[0]
                if isinstance(by, Name):
                    yield from _members(env, _moved(by, d.name, term), bound)
    elif isinstance(term, Sum):
        yield from _given(env, term.body, of, bound | set(term.letters))
    elif isinstance(term, tuple):
        for part in cast("tuple[Any, ...]", term):
            yield from _given(env, part, of, bound)
    elif isinstance(term, Term):
        for slot in type(term).__slots__:
            yield from _given(env, getattr(term, slot), of, bound)


def spelled_out(env: Environment, at: int, left: Term) -> Term:
    """The derivative of a loss that an error is defined as above a line, for that error."""
    if not isinstance(left, Name):
        return left
    for d in env.scope.definitions.get(left.base, ()):
        by = d.body.by[0] if isinstance(d.body, D) and len(d.body.by) == 1 else None
        if isinstance(d.body, D) and isinstance(by, Name) and d.at < at:
            return replace(d.body, by=(_moved(by, d.name, left),))
    return left


def _moved(by: Name, defined: Name, used: Name) -> Name:
    """The variable of a definition with the indices of the place where it is used."""
    if len(defined.indices) != len(used.indices):
        return by
    moves = {
        d.letter: (u.letter, u.shift - d.shift)
        for d, u in zip(defined.indices, used.indices, strict=True)
        if d.letter
    }

    def moved(index: Index) -> Index:
        if index.letter not in moves:
            return index
        letter, shift = moves[index.letter]
        return Index(letter, index.shift + shift)

    return replace(by, upper=tuple(map(moved, by.upper)), lower=tuple(map(moved, by.lower)))


def _members(env: Environment, name: Name, bound: frozenset[str]) -> Iterator[Name]:
    """A quantity as a whole: without sample and entries, for each step that a sum runs over."""
    survey = env.survey
    fixed = constants(env.scope)

    def kept(indices: tuple[Index, ...], lower: bool) -> tuple[Index, ...]:
        return tuple(
            i for i in indices
            if not i.letter or i.letter in fixed or (
                i.letter not in survey.samples and survey.is_family(name.base, i.letter, lower)
            )
        )  # fmt: skip

    whole = replace(name, upper=kept(name.upper, False), lower=kept(name.lower, True))
    running = {i.letter for n in names(whole) for i in n.indices if i.letter in bound}
    if not running:
        yield whole
        return
    for step in range(1, FAMILY + 1):
        yield replace(
            whole,
            upper=tuple(_at(i, step) if i.letter in running else i for i in whole.upper),
            lower=tuple(_at(i, step) if i.letter in running else i for i in whole.lower),
        )


def _at(index: Index, step: int) -> Index:
    return Index("", step + index.shift)
