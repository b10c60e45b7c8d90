"""Calling: functions that the note defines, that everybody knows, or that nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..notation.lower.library import MIXING
from . import numbers as n
from .arrays import Array, Mismatch, entrywise, product, scalar, total
from .functions import SUMMING, generic, mixing, sums
from .functions import entrywise as known
from .numbers import Dual, Number
from .scope import Definition, Place
from .terms import Call, Compare, Index, Name, Num, Unclear, free_letters, is_loss, literal, names

if TYPE_CHECKING:
    from .interpret import World
    from .state import Value


#: Letters that stand for any function where they are written with one argument.
_ANY = frozenset(("f", "g", "h"))


def called(world: World, term: Call) -> Value:
    """The value of a call. Raises Unclear and Mismatch."""
    base = term.function.base
    if world.steps and term.function == Name("d") and len(term.arguments) == 1:
        from .derivatives import differential

        return differential(world, term.arguments[0])
    for argument in term.arguments:
        if isinstance(argument, Name) and argument.base in (
            world.scope.survey.functions | world.scope.survey.primed
        ):
            raise Unclear("undecided")  # `f'(A)`, where A is a function: by what, and where?
    definition = _definition(world, term)
    body = definition.body if definition is not None else None
    if isinstance(body, Name) and (known(body.base) is not None or body.base in MIXING):
        return called(world, Call(body, term.arguments, term.primes))  # `g = \tanh`
    if definition is not None:
        meant = definition.body
        if isinstance(meant, Name) and known(meant.base) and not meant.indices:
            # `g^{[1]} = \tanh`
            return called(world, Call(meant, term.arguments, term.primes))
        return _defined(world, term, definition)
    if base in ("1", "I", "ind", "indicator", "bb 1") and isinstance(term.arguments[0], Compare):
        return world.value(term.arguments[0])
    function = known(base)
    if function is None and base not in {*MIXING, *SUMMING, "diag", "Diag", "vec", "det"}:
        survey, defined = world.scope.survey, world.scope.definitions.get(base, ())
        named = base not in survey.functions and any(not _is_function(d) for d in defined)
        if named or base in world.bound:
            return _named(world, term)
        return _unknown(world, term)
    if MIXING.get(base, base) in ("sum", "mean") and len(term.arguments) > 1 and not term.primes:
        return _along(world, term, MIXING.get(base, base) == "mean")
    arguments = [world.array(a) for a in term.arguments]
    if function is not None and len(arguments) == 1:
        return arguments[0].map(_differentiated(world, function, term.primes))
    if term.primes:
        raise Unclear("undecided")
    kind = MIXING.get(base, base)
    if kind == "dot" and len(arguments) == 2:
        world.products += 1
        return product(*arguments)
    if kind == "multiply" and len(arguments) == 2:
        return entrywise(arguments[0], arguments[1], lambda x, y: x * y)
    result = mixing(kind, arguments, world.reading)
    if result is None:
        raise Unclear("unknown function", (("name", base),))
    return result


def _along(world: World, term: Call, mean: bool) -> Value:
    """`np.sum(dZ, axis=1, keepdims=True)`: over the rows (0) or over the columns (1)."""
    array = world.array(term.arguments[0])
    axis = ""
    for option in term.arguments[1:]:
        given = option.right if isinstance(option, Compare) else option
        named = option.left if isinstance(option, Compare) else Name("axis")
        if isinstance(named, Name) and named.base in ("axis", "dim") and isinstance(given, Num):
            axis = given.text
        elif not isinstance(named, Name) or named.base not in ("keepdims", "keepdim"):
            raise Unclear("undecided")
    if axis not in ("0", "1"):
        raise Unclear("undecided")
    found, width = sums(array, axis == "1"), array.columns if axis == "1" else array.rows
    return found.map(lambda x: x / width) if mean else found


def _is_function(definition: Definition) -> bool:
    """Whether a definition says what a function is: `f(x) = x^2`, `g^{[1]} = \\tanh`."""
    body = definition.body
    return bool(definition.parameters) or (isinstance(body, Name) and known(body.base) is not None)


def _definition(world: World, term: Call) -> Definition | None:
    if term.function.base not in world.scope.definitions:
        return None
    place = world.place(term.function)
    match = world.matching(Place(place.base, place.upper, place.lower))
    found = match.definition if match else None
    if found is None or found.parameters or not any(map(literal, term.arguments)):
        return found
    # `f(2.01, 3)`, where `f = n / v` stands beside `f(a, b) = ...`
    taking = [
        d for d in world.scope.definitions[term.function.base]
        if len(d.parameters) == len(term.arguments) and d.at not in world.scope.barred
    ]  # fmt: skip
    return taking[-1] if taking else found


def _defined(world: World, term: Call, definition: Definition) -> Value:
    """A function that the note defines, or a quantity that is written with what it depends on."""
    used = [p for p in definition.parameters if mentions(definition.body, p)]
    letters = {*free_letters(definition.body)} & {*definition.parameters}
    if letters and len(term.arguments) == len(definition.parameters):
        return _chosen(world, term, definition)
    if used and definition.name.base in _ANY and len(term.arguments) < len(definition.parameters):
        return _unknown(world, term)  # `f(x + h)` beside an `f(x, y) = xy`: any function
    if not used or len(term.arguments) != len(definition.parameters):
        return _named(world, term)
    values = [world.array(a) for a in term.arguments]

    def run(arguments: list[Array]) -> Value:
        saved = world.bound
        world.bound = dict(zip(definition.parameters, arguments, strict=True))
        try:
            value = world.value(definition.body)
        finally:
            world.bound = saved
        if world.scope.survey.is_loss(definition.name.base) and isinstance(value, Array):
            return scalar(total(value))  # the losses of several outputs are added up
        return value

    if not term.primes:
        return run(values)
    # entry by entry: f' of an array is the array of the slopes
    first = values[0]
    if term.primes > 1:

        def alone(x: Number) -> Number:
            return world.settled(run([scalar(x), *values[1:]])).entries[0]

        return first.map(_differentiated(world, alone, term.primes))
    world.tags += 1
    tag = world.tags
    result = world.settled(
        run([first.map(lambda x: Dual(tag, x, world.direction(1, 0))), *values[1:]])
    )
    return result.map(lambda x: slope(x, tag))


def _chosen(world: World, term: Call, definition: Definition) -> Value:
    """`P(o | c)`, where o and c choose among several: the letters of its body have their values."""
    values: dict[str, int] = {}
    for parameter, argument in zip(definition.parameters, term.arguments, strict=True):
        if isinstance(argument, Num):
            values[parameter] = int(argument.text)
        elif isinstance(argument, Name) and not argument.indices:
            values[parameter] = world.index(Index(argument.base, 0))
        else:
            raise Unclear("undecided")
    saved = world.letters
    world.letters = {**saved, **values}
    try:
        return world.value(definition.body)
    finally:
        world.letters = saved


def _named(world: World, term: Call) -> Value:
    """`L(x)`, `h(x^{(i)})`: the quantity, for the sample that the arguments name."""
    if term.primes:
        raise Unclear("undecided")
    sample = 0
    for argument in term.arguments:
        if isinstance(argument, Name):
            for index in argument.indices:
                if world.is_sample(index):
                    sample = world.index(index)
            if not argument.indices and argument.base in world.letters:
                sample = world.letters[argument.base]
    if any(place == world.place(term.function) for place, _ in world.open):
        return _unknown(world, term)  # L = 1/m sum_i L(a_i, y_i): the inner one is another
    value = world.value(term.function)
    return world.sampled(value, sample) if sample else value


def _unknown(world: World, term: Call) -> Value:
    """A function that nobody defines: any smooth one will do, but always the same."""
    base = term.function.base
    assumed = world.assumed.get(base)
    if assumed is not None and len(term.arguments) == 1:
        lone = world.reading.size > 1 and world.array(term.arguments[0]).scalar
        if assumed == "softmax" and lone:
            raise Mismatch  # the share of a number in itself is 1, whatever the line says
        return called(world, Call(Name(assumed), term.arguments, term.primes))
    indices = [world.index(i) for i in term.function.indices if not world.is_sample(i)]
    arguments = [world.array(a) for a in term.arguments]
    world.unknown.add(base)
    names = [f"{base}/{indices}/{k}" for k in range(len(arguments))]
    # one function of several arguments: a product of functions of each, plus each alone
    parts = [
        a.map(_differentiated(world, generic(name), term.primes if k == 0 else 0))
        for k, (a, name) in enumerate(zip(arguments, names, strict=True))
    ]
    if term.primes and len(parts) > 1:
        raise Unclear("undecided")
    result = parts[0]
    for part in parts[1:]:
        result = entrywise(result, part, lambda x, y: (x * y + x + y) / 3)
    if is_loss(base) or base in ("l", "loss"):
        return scalar(total(result))
    return result


def _differentiated(
    world: World, function: Callable[[Number], Number], primes: int
) -> Callable[[Number], Number]:
    """A function of one number, differentiated."""
    if not primes:
        return function

    def derivative(x: Number) -> Number:
        world.tags += 1
        tag = world.tags
        inner = _differentiated(world, function, primes - 1)
        return slope(inner(Dual(tag, x, world.direction(1, 0))), tag)

    return derivative


def slope(x: Number, tag: int) -> Number:
    """The derivative of a number in the only direction of a tag."""
    if isinstance(x, Dual) and x.tag == tag:
        return x.parts[0]
    return n.plain(x) * 0


def mentions(term: object, base: str) -> bool:
    """Whether a quantity occurs in a term."""
    return any(name.base == base for name in names(term))
