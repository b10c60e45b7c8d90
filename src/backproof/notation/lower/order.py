"""Which definition is the loss, what it needs, and in which order to work that out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import ModelError, Span
from ...expr.name import Name
from ..syntax import Big, Fenced, Product, Script, Symbol, Tree
from .indices import binders
from .lefts import LOSSES, MEASURES, looks_scalar
from .names import refer
from .statements import arguments
from .survey import Definition, Survey, squared_name
from .trees import base_symbol, children


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a formula mentions, and where."""

    name: Name
    span: Span


def uses(survey: Survey, definition: Definition) -> Iterator[Use]:
    """The defined quantities that a definition needs, functions looked through."""
    scope = {x for x, _ in definition.indices}
    params = {base_symbol(p) for p in definition.params or ()}
    hidden = {s.base for s in params if s is not None}
    yield from _uses(survey, definition.right, scope, hidden, set())


def _uses(
    survey: Survey, tree: Tree, scope: set[str], hidden: set[str], seen: set[Name]
) -> Iterator[Use]:
    stack: list[tuple[Tree, frozenset[str]]] = [(tree, frozenset(scope))]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, Big):
            stack.append((node.body, bound | set(binders(node))))
            continue
        if isinstance(node, Symbol) or (isinstance(node, Script) and isinstance(node.base, Symbol)):
            yield from _mentioned(survey, node, bound, hidden, seen)
            reference = refer(node, bound, bare_layers=survey.bare_layers)
            stack += [(power, bound) for power in (reference.powers if reference else ())]
            continue
        calls = list(_applied(survey, node)) if isinstance(node, Product) else []
        for _, function in calls:
            yield from _inside(survey, function, seen)
        heads = {id(head) for head, _ in calls}
        stack += [(child, bound) for child in children(node) if id(child) not in heads]


def _applied(survey: Survey, node: Product) -> Iterator[tuple[Tree, Definition]]:
    """The heads in a product that are functions, though a quantity has the same name."""
    for head, tail, between in zip(node.factors, node.factors[1:], node.operators, strict=False):
        fence = tail.base if isinstance(tail, Script) else tail
        reference = refer(head, ())
        if between or reference is None or not isinstance(fence, Fenced):
            continue
        function = survey.functions.get(reference.name)
        if function is None or reference.name not in survey.definitions:
            continue
        if len(arguments(fence)) == len(function.params or ()):
            yield head, function


def _inside(survey: Survey, function: Definition, seen: set[Name]) -> Iterator[Use]:
    """What a function needs besides its parameters."""
    if function.name in seen:
        return
    seen.add(function.name)
    params = {s.base for p in function.params or () for s in [base_symbol(p)] if s}
    yield from _uses(survey, function.right, {x for x, _ in function.indices}, params, seen)


def _mentioned(
    survey: Survey, node: Tree, bound: frozenset[str], hidden: set[str], seen: set[Name]
) -> Iterator[Use]:
    reference = refer(node, bound, bare_layers=survey.bare_layers)
    if reference is None or reference.name.base in hidden:
        return
    name = survey.whole(reference)
    numbered = _numbered(survey, name) if reference.indices and not name.layer else []
    for candidate in numbered or (name, squared_name(name)):
        if candidate in survey.definitions:
            yield Use(candidate, node.span)
    if name in survey.functions and name not in survey.definitions:
        yield from _inside(survey, survey.functions[name], seen)


def _numbered(survey: Survey, name: Name) -> list[Name]:
    r"""The quantities that `L_t` stands for under a sum over t: L_1, L_2, L_3."""
    found = [
        Name(name.base, name.marks, str(number), name.sub, name.primes)
        for number in sorted(survey.numbered.get(name.base, ()))
    ]
    return [n for n in found if n in survey.definitions]


def choose_loss(survey: Survey, needs: dict[Name, list[Use]]) -> Definition:
    """The one loss of the note. Raises ModelError where there is none, or more than one."""
    used = {use.name for name, found in needs.items() for use in found if use.name != name}
    sinks = [
        d for d in survey.definitions.values()
        if d.name not in used and all(x in d.samples for x, _ in d.indices)
    ]  # fmt: skip
    for bases in (LOSSES, MEASURES):
        losses = [d for d in sinks if d.name.base in bases]
        if len(losses) == 1:
            return losses[0]
        if len(losses) > 1:
            shown = [d for d in losses if d.display] or losses
            if len(shown) == 1:
                return shown[0]
            first, second = shown[:2]
            taken = {d.name.base for d in survey.definitions.values()}
            sum_ = next(x for x in ("J", "L", "E", "C", "total") if x not in taken)
            raise ModelError(
                f"there are two losses, {first.name.plain} on line {first.span.line} and "
                f"{second.name.plain} on line {second.span.line}",
                hint="keep one, or add them up in a third: "
                f"{sum_} = {first.name.plain} + {second.name.plain}",
                span=second.span,
            )
    lone = [d for d in sinks if d.display and (d.name.base == "l" or looks_scalar(d.right))]
    if len(lone) == 1:
        return lone[0]
    raise _no_loss(survey, sinks)


def _no_loss(survey: Survey, sinks: list[Definition]) -> ModelError:
    if not survey.definitions:
        return ModelError(
            "no equation was found",
            hint="write the model as equations, such as $$z = W x + b$$",
        )
    losses = [d for d in survey.definitions.values() if d.name.base in LOSSES]
    if losses and not sinks:
        return _cycle([losses[0].name])
    last = sinks[-1] if sinks else list(survey.definitions.values())[-1]
    return ModelError(
        f"no loss was found: the last quantity is {last.name.plain}",
        hint="add the equation of a loss, with a name such as L or J on its left side",
        span=last.span,
    )


def needed(survey: Survey, *, in_order: bool) -> tuple[list[Definition], Definition]:
    """The definitions that the loss needs, each behind those it uses, and the loss.

    `in_order` asks that nothing is used before its line, as in a program. Raises ModelError for a
    cycle, for no loss, for two.
    """
    for _ in range(8):
        needs = {name: list(uses(survey, d)) for name, d in survey.definitions.items()}
        loss = _loss(survey, needs)
        found, cycle = _sorted(survey, needs, loss)
        if cycle is None:
            if in_order:
                _check_order(survey, needs, found)
            return found, loss
        aliases = [n for n in cycle if _is_alias(survey, n)]
        some = len(aliases) < len(cycle)  # `a = b; b = a` says nothing at all
        alias = next((n for n in aliases if some or n.latex.endswith(")")), None)
        if alias is None:
            error = _cycle(cycle)
            error.span = survey.definitions[cycle[0]].span
            raise error
        del survey.definitions[alias]  # `h(x) = a` beside `a = h(x)` says nothing new
    raise ModelError("the definitions go round in circles", hint="define each quantity once")


def _loss(survey: Survey, needs: dict[Name, list[Use]]) -> Definition:
    try:
        return choose_loss(survey, needs)
    except ModelError:
        # in a circle nothing is last; name the circle rather than the missing loss
        for definition in survey.definitions.values():
            if definition.name.base in LOSSES:
                _, cycle = _sorted(survey, needs, definition)
                if cycle is not None and not any(_is_alias(survey, n) for n in cycle):
                    error = _cycle(cycle)
                    error.span = survey.definitions[cycle[0]].span
                    raise error from None
        raise


def _is_alias(survey: Survey, name: Name) -> bool:
    right = survey.definitions[name].right
    return isinstance(right, Symbol | Script) and base_symbol(right) is not None


def _cycle(names: list[Name]) -> ModelError:
    circle = " -> ".join(n.plain for n in [*names, names[0]])
    return ModelError(
        f"these definitions go round in a circle: {circle}",
        hint="one of them has to be defined without the others",
    )


def _sorted(
    survey: Survey, needs: dict[Name, list[Use]], loss: Definition
) -> tuple[list[Definition], list[Name] | None]:
    """What the loss needs, in the note's order as far as everything stands behind what it uses; the
    second part is a cycle where there is one."""
    needed, cycle = _visited(survey, needs, [loss.name])
    if cycle is not None:
        return [], cycle
    written = sorted(needed, key=lambda n: _position(survey.definitions[n].span))
    order, _ = _visited(survey, needs, written)
    return [survey.definitions[n] for n in order], None


def _visited(
    survey: Survey, needs: dict[Name, list[Use]], starts: list[Name]
) -> tuple[list[Name], list[Name] | None]:
    """Depth first, without recursion: names behind those they need, or a cycle."""
    done: dict[Name, None] = {}
    for start in starts:
        path: dict[Name, Iterator[Use]] = {}
        if start not in done:
            path[start] = iter(needs[start])
        while path:
            name = next(reversed(path))
            for use in path[name]:
                if use.name in path:
                    names = list(path)
                    return [], names[names.index(use.name) :]
                if use.name not in done:
                    inner = sorted(
                        needs[use.name], key=lambda u: _position(survey.definitions[u.name].span)
                    )
                    path[use.name] = iter(inner)
                    break
            else:
                del path[name]
                done[name] = None
    return list(done), None


def _position(span: Span) -> tuple[int, int]:
    return (span.line, span.column)


def _check_order(survey: Survey, needs: dict[Name, list[Use]], found: list[Definition]) -> None:
    for definition in found:
        for use in needs[definition.name]:
            other = survey.definitions[use.name]
            if other.order > definition.order:
                raise ModelError(
                    f"{use.name.plain} is used before it is defined on line {other.span.line}",
                    hint=f"move the definition of {use.name.plain} above this line",
                    span=use.span,
                )
