"""Derivatives: give the variable a direction, evaluate everything downstream again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from .arrays import Array, Jacobian, Mismatch
from .numbers import Dual, Number
from .scope import Place
from .terms import LOSSES, Call, D, Differential, Name, Prime, Term, Transpose, Unclear

if TYPE_CHECKING:
    from .interpret import World
    from .state import Value

#: Derivatives of derivatives, so many of them.
_MOST_NESTED = 4


def _bounded(world: World) -> None:
    """Stop at a loss that is made of its own gradients: each level takes many times longer."""
    if len(world.seeds) >= _MOST_NESTED:
        raise Unclear("too long")


def derivative(world: World, term: D) -> Value:
    """The derivative of a term by a quantity. Raises Unclear for what can't be varied."""
    from .state import Seed

    if len(term.by) > 1:
        inner = D(term.of, term.by[:-1], term.gradient)
        if 1 not in world.array(inner).shape:
            raise Mismatch  # the second derivatives by a matrix are no matrix
        return derivative(world, D(inner, term.by[-1:], term.gradient))
    of, by = term.of, term.by[0] if term.by else None
    if isinstance(by, Call):
        by = by.function
    if by is None:
        by = _variable(world, of)
    if isinstance(by, Transpose):
        by = by.of  # a Hessian's `dw dw^T`
    if not isinstance(by, Name):
        raise Unclear("undecided")
    if by.base in world.scope.survey.primed and not known(world, by):
        raise Unclear("undecided")  # a function, for what it gives
    if isinstance(of, Name) and of.base in world.scope.survey.functions:
        definitions = world.scope.definitions.get(of.base)
        if not definitions or (definitions[-1].parameters and (
            definitions[-1].parameters[0] != by.base and len(definitions[-1].parameters) == 1
            and by.base not in world.scope.behind({*definitions[-1].needs})
        )):  # fmt: skip
            of = Call(of, (by,))
    if isinstance(of, Name) and of.base != by.base and not known(world, of):
        of = _unknown(world, of)
    if by.base in world.bound and not by.indices:
        return _bound(world, of, by)
    place = world.place(by)
    if world.local and isinstance(of, Name):
        direct = _direct(world, of, by)
        if direct is not None:
            return direct
    _bounded(world)
    seen: set[Place] = set()
    while True:
        base = world.settled(world.lookup(place))
        whole = base if place == place.whole else world.settled(world.lookup(place.whole))
        world.tags += 1
        seed = Seed(place, world.tags, whole.shape)
        world.seeds.append(seed)
        try:
            result = world.value(of)
        finally:
            world.seeds.pop()
        if seed.reached or (seed.beside and isinstance(of, Name) and of.indices):
            break  # what belongs to one entry need not depend on another
        seen.add(place)
        alias = _alias(world, place)
        if alias is None or alias in seen:
            # a formula that stands there may be constant; a quantity is meant to depend on it
            named = isinstance(of, Name | Call) and world.misses(place)
            world.unreached = world.unreached or named
            break
        place = alias
    return jacobian(world, world.settled(result), base.shape, seed.tag)


def _unknown(world: World, of: Name) -> Term:
    """What stands in for a quantity without a formula. Raises Unclear and Mismatch."""
    if of.base.islower() and of.base.upper() in world.scope.definitions:
        raise Mismatch  # `z` is one sample of Z
    plain = of.base in LOSSES and not (of.lower or of.upper)
    if world.generic is None or not (plain or of == world.whose):
        raise Unclear("unknown name", (("name", of.base),))
    world.unknown.add(of.base)
    return world.generic


def _direct(world: World, of: Name, by: Name) -> Value | None:
    """The derivative as far as a definition has the variable itself, all else held: what a note
    about one step of a recurrence may mean by it."""
    from .state import Seed

    place, whole = world.place(by), world.place(of)
    match = world.matching(whole)
    if match is None or (match.entries and len(match.entries) != len(whole.entries)):
        return None
    base = world.settled(world.lookup(place))
    array = base if place == place.whole else world.settled(world.lookup(place.whole))
    world.tags += 1
    seed = Seed(place, world.tags, array.shape, shallow=True)
    world.seeds.append(seed)
    try:
        if match.entries:
            letters = dict(zip(match.entries, whole.entries, strict=True))
            result = world.settled(world.defined(match, letters, whole))
        else:
            array = world.defined(match, {}, replace(whole, entries=()))
            result = world.settled(world.pick(array, whole.entries))
    finally:
        world.seeds.pop()
    return jacobian(world, result, base.shape, seed.tag) if seed.reached else None


def _variable(world: World, of: Term) -> Term | None:
    r"""What `\nabla E(w)` differentiates by: the one argument."""
    if isinstance(of, D) and not of.by:
        return _variable(world, of.of)
    if isinstance(of, Call) and len(of.arguments) == 1:
        return of.arguments[0]
    if isinstance(of, Name):
        parameters = world.scope.survey.parameters.get(of.base, ())
        return Name(parameters[0]) if len(parameters) == 1 else None
    return None


def known(world: World, name: Name) -> bool:
    """Whether a quantity has a definition."""
    if world.scope.survey.only_squared(name.base):
        return known(world, replace(name, base=f"{name.base}^2"))
    place = world.place(name)
    if world.matching(place) is not None or world.matching(place.whole) is not None:
        return True
    whole = world.stack(place, None)  # `z`, where Z has a formula
    return whole is not None and world.matching(whole) is not None


def jacobian(world: World, result: Array, by: tuple[int, int], tag: int) -> Value:
    """The derivatives that an array carries under a tag."""
    width = by[0] * by[1]
    rows: list[list[Number]] = []
    for x in result.entries:
        if isinstance(x, Dual) and x.tag == tag:
            if len(x.parts) != width:
                raise Unclear("undecided")  # one array at a place, and a larger one elsewhere
            rows.append(list(x.parts))
        else:
            rows.append([world.number("0")] * width)
    return Jacobian(result.shape, by, rows)


def _alias(world: World, place: Place) -> Place | None:
    """The quantity that a quantity is only another name of."""
    match = world.matching(place)
    if match is None:
        return world.stack(place, None) or world.outermost(place)
    body = match.definition.body
    if isinstance(body, Call):
        body = body.function
    if not isinstance(body, Name):
        return None
    saved = world.letters
    world.letters = {**match.letters, **dict(zip(match.entries, place.entries, strict=False))}
    if match.sample:
        world.letters[match.sample] = place.sample or 1
    try:
        return world.place(body)
    except Unclear:
        return None
    finally:
        world.letters = saved


def _bound(world: World, of: Term, by: Name) -> Value:
    """The derivative by an argument of the function that is being evaluated."""
    value = world.settled(world.bound[by.base])
    world.tags += 1
    tag = world.tags
    size = len(value.entries)
    entries = [Dual(tag, x, world.direction(size, k)) for k, x in enumerate(value.entries)]
    saved = world.bound
    world.bound = {**saved, by.base: Array(value.rows, value.columns, entries)}
    try:
        result = world.settled(world.value(of))
    finally:
        world.bound = saved
    return jacobian(world, result, value.shape, tag)


def shorthand(world: World, term: Differential) -> Value:
    """`dW`: the derivative of the loss by W."""
    world.asked.add("loss")
    if not isinstance(cast("Term", term.of), Name):
        raise Unclear("undecided")  # an example has put a number in
    if world.loss is None:
        raise Unclear("opaque", (("name", f"d{term.of.base}"),))
    value = world.settled(derivative(world, D(world.loss, (term.of,))))
    if world.per_sample and known(world, term.of):
        # dZ of a batch is kept for each sample; the mean is taken in dW and db
        return value.map(lambda x: x * world.reading.samples)
    return value


def differential(world: World, of: Term) -> Array:
    """How much a term changes, to first order, with a random step of each variable."""
    if of in world.steps:
        return _step(world, cast("Name", of))
    if isinstance(of, Name) and of.base in LOSSES and not known(world, of):
        of = _unknown(world, of)
    value = world.array(of)
    changes: list[Number] = [world.number("0")] * len(value.entries)
    unreached = world.unreached
    for by in world.steps:
        slopes = derivative(world, D(of, (by,)))
        if not isinstance(slopes, Jacobian):
            raise Unclear("undecided")
        step = _step(world, by).entries
        for at, row in enumerate(slopes.entries):
            for x, y in zip(row, step, strict=True):
                changes[at] = changes[at] + x * y
    world.unreached = unreached  # what one variable does not change, another does
    return Array(value.rows, value.columns, changes)


def _step(world: World, name: Name) -> Array:
    """The step of a variable: random, and the same wherever it is asked for."""
    value = world.settled(world.lookup(world.place(name)))
    draw = random.Random(f"{world.point} {world.place(name)}")
    texts = [f"{draw.uniform(0.3, 1.3):.4f}" for _ in value.entries]
    return Array(value.rows, value.columns, [world.number(x) for x in texts])


def bracket(world: World, term: Prime) -> Value:
    """`(...)'`: by the one free variable inside."""
    names = _free(term.of, world)
    if len(names) != 1:
        raise Unclear("undecided")
    return world.settled(derivative(world, D(term.of, (names.pop(),))))


def _free(term: object, world: World) -> set[Name]:
    if isinstance(term, Name):
        return set() if known(world, term) else {term}
    found: set[Name] = set()
    if isinstance(term, Call):
        for argument in term.arguments:
            found |= _free(argument, world)
        return found
    if isinstance(term, tuple):
        for part in cast("tuple[Any, ...]", term):
            found |= _free(part, world)
    elif isinstance(term, Term):
        for slot in type(term).__slots__:
            found |= _free(getattr(term, slot), world)
    return found
