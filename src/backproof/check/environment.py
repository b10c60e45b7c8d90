"""The equations of a note sorted as a reader sorts them: definitions, claims, and the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from ..errors import Span
from ..notation.document import Document
from .apart import told_apart
from .augmented import augmented
from .claims import NEAR, conditions, equations
from .copies import with_copies
from .cycles import untied
from .dimensions import about_shapes, same_shapes
from .ellipses import without_dots
from .excepted import over_the_other
from .facts import Survey
from .heads import base_of, head
from .implied import named_gradients, named_parts, summands
from .items import Environment, Item
from .judge import outcome
from .lasts import with_last_steps
from .lettered import in_each_layer, lettered
from .masked import masked
from .offsets import says_where_sums_start
from .orphans import adopted
from .piped import piped
from .presented import without_examples
from .primes import primed
from .readings import Reading
from .recurring import recurring
from .roles import role, tabled
from .scope import Definition, Scope
from .scripts import indexed
from .sections import headings, section
from .stand import Stand
from .state import STACKS, TARGETS
from .survey import survey
from .tensors import spelled_out
from .terms import LOSSES, D, Limit, Name, Num, Term, Unclear, is_gradient, names
from .translate import Translator
from .usage import glued, lone_steps, whole_arrays


def environment(note: Document) -> Environment:
    """Read the equations of a note in order."""
    statements = with_last_steps(indexed(note.statements))
    note = replace(note, statements=without_examples(statements))
    note = replace(note, statements=without_dots(piped(primed(spelled_out(note)))))
    note = replace(note, statements=augmented(note.statements))
    starts = headings(note.text)
    statements, samples = told_apart(recurring(note.statements), starts)
    statements, above = lettered(statements, starts)
    note = replace(note, statements=statements)
    found = survey((s.tree for s in statements), samples)
    env = _environment(note, found)
    for pairs in (_sampled, _entries, _equal):
        more = pairs(env)
        if more:
            found.pairs = {**found.pairs, **more}
            env = _environment(note, found)
    in_each_layer(env, above)
    with_copies(env)
    adopted(env)
    return env


def _capitals(env: Environment) -> dict[str, str]:
    """Small letters with the capitals that occur beside them."""
    bases = env.survey.bases
    return {c.lower(): c for c in STACKS & bases - env.survey.square if c.lower() in bases}


def _sampled(env: Environment) -> dict[str, str]:
    """`X` for all samples and `x^{(i)}` for one of them are the same quantity: which of two such
    letters stands for the other, where only one of them has a definition."""
    definitions = env.scope.definitions
    starts = headings(env.note.text)
    together: dict[int, list[Name]] = {}
    for item in env.items:
        if item.role == "assignment" and tabled(item.right):
            continue  # it says how a table is made of its samples, not that the letters are one
        own = together.setdefault(section(item.equation.span.line, starts), [])
        own += (*names(item.left), *names(item.right))
    sampled: set[str] = set()
    for own in together.values():
        bases = {n.base for n in own}
        indexed = {n.base for n in own if any(i.letter in env.survey.samples for i in n.indices)}
        sampled |= {base for base in indexed if base.upper() in bases}
    pairs = {
        (c if x in definitions else x): (x if x in definitions else c)
        for x, c in _capitals(env).items()
        if x in sampled and not (x in definitions and c in definitions)
    }
    weights = {n for own in together.values() for n in own if n.base in ("w", "W")}
    layered = {n.base for n in weights if len(n.upper) == 1}
    if len(layered) == 2 and not any(n.lower for n in weights) and not layered & set(definitions):
        pairs["w"] = "W"  # the weights of a layer, written both ways
    return pairs


def _entries(env: Environment) -> dict[str, str]:
    r"""`w_{kj}` beside `W`: the entries of a matrix in small letters, where the one never stands
    without two indices, the other never with any, and neither has a formula."""
    met: dict[str, set[int]] = {}
    for item in env.items:
        for name in names((item.left, item.right)):
            met.setdefault(name.base, set()).add(len(name.lower))
    taken = {*env.scope.definitions, *env.survey.counts, *env.survey.pairs, *STACKS}
    small = (x for x, lower in met.items() if lower == {2} and len(x) == 1 and x.islower())
    return {x: x.upper() for x in small if met.get(x.upper()) == {0} and not {x, x.upper()} & taken}


def _equal(env: Environment) -> dict[str, str]:
    """The same for two letters that are both defined, and to the same effect."""
    found: dict[str, str] = {}
    for x, c in _capitals(env).items():
        if x not in env.scope.definitions or c not in env.scope.definitions:
            continue
        one, whole = (_whole(env.scope.definitions[b][0].name, env.survey) for b in (x, c))
        for rows in (False, True):
            told = outcome(Stand(env.scope), Reading("batch", 2, 3, rows), whole, one)
            if told.state == "holds":
                found[c] = x
                break
    return found


def _whole(name: Name, survey: Survey) -> Name:
    """A quantity for all samples."""
    upper, lower = (
        tuple(i for i in indices if i.letter not in survey.samples)
        for indices in (name.upper, name.lower)
    )
    return Name(name.base, upper, lower)


def _environment(note: Document, found: Survey) -> Environment:
    scope = Scope(found)
    env = Environment(note, found, scope, Translator(found))

    def between(one: Span, other: Span) -> str:
        return note.text[note.places.offsets(one)[1] : note.places.offsets(other)[0]]

    for at, equation in enumerate(equations(note.statements, between)):
        item = Item(at, equation, said=conditions(note.statements, equation))
        env.items.append(item)
        if about_shapes(equation.left, equation.right):
            item.role, item.reason = "unclear", Unclear("not an equality of numbers")
            if same_shapes(equation.left, equation.right):
                item.role = "definition"
            continue
        try:
            item.left = env.translator.term(equation.left)
            item.right = env.translator.term(equation.right)
            item.left, item.right = over_the_other((item.left, item.right))
            if equation.small:
                item.right = Limit(item.right, equation.small, Num("0"))
        except Unclear as reason:
            item.role, item.reason = "unclear", reason
            continue
        except RecursionError:
            item.role, item.reason = "unclear", Unclear("too long")
            continue
        item.role = role(env, item)
        if item.role == "again" and _is_case(env, item):
            item.role = "assignment"
        if item.definition is not None:
            found.adjoints |= _adjoint(item.definition)
        elif item.role == "assignment":
            found.hot |= _hot(item, TARGETS | found.targets)
    found.obscure = {
        base_of(symbol)
        for item in env.items
        if item.role == "unclear" and item.equation.start and (symbol := head(item.equation.left))
    } - set(scope.definitions)
    masked(env)
    untied(env)
    for definition in summands(env):
        scope.add(definition)
    named_parts(env)
    named_gradients(env)
    for item in env.items:
        item.given = _given(env, item)
    found.zeroth = says_where_sums_start(env.items)
    sides = [(item.left, item.right) for item in env.items]
    found.whole = whole_arrays(sides, found)
    found.grids, found.wide = glued(sides, scope)
    losses = (d for base in LOSSES for d in scope.definitions.get(base, ()))
    found.lone_steps = lone_steps(losses, found, sides)
    return env


def _adjoint(definition: Definition) -> dict[str, Term]:
    r"""The mark of `\bar{Q} = \partial L / \partial Q`, with the loss: from there on, `\bar{K}` is
    the derivative by K."""
    body, (mark, _, base) = definition.body, definition.name.base.rpartition(" ")
    by = body.by[0] if isinstance(body, D) and len(body.by) == 1 else None
    named = bool(mark) and isinstance(by, Name) and by.base == base
    return {mark: body.quantity} if named and isinstance(body, D) and is_gradient(body) else {}


def _hot(item: Item, targets: frozenset[str]) -> set[str]:
    """The letter of `y_c = 1`, where c is the class that a sample belongs to."""
    name = item.left
    if not isinstance(name, Name) or name.base not in targets or item.right != Num("1"):
        return set()
    letters = {i.letter for i in name.lower if i.letter and not i.shift}
    return letters if len(letters) == len(name.lower) == 1 else set()


def _is_case(env: Environment, item: Item) -> bool:
    """Whether a name has another number now, `if y = 1 ..., if y = 0 ...`: then both are cases, and
    neither says what y is."""
    name, number = item.left, item.right
    if item.equation.display or not isinstance(name, Name) or not isinstance(number, Num):
        return False
    others = [
        other
        for other in env.items[: item.at]
        if other.left == name and isinstance(other.right, Num) and not other.equation.display
    ]
    if not others:
        return False
    for other in others:
        if other.role == "definition" and other.definition is not None:
            other.role = "assignment"
            env.scope.drop(other.definition)
    return True


def _given(env: Environment, item: Item) -> tuple[tuple[str, str], ...]:
    """The numbers of the case in which an equation stands: those said last, not far above it."""
    found: dict[str, str] = {}
    for other in env.items[: item.at]:
        near = item.equation.span.line - other.equation.span.line <= NEAR
        name, number = other.left, other.right
        case = near and other.role == "assignment"
        if case and isinstance(name, Name) and isinstance(number, Num):
            found[name.base] = number.text
    return tuple(found.items())


def differences(a: Any, b: Any) -> int:
    """In how many names two terms of the same form differ; 99 if the forms differ."""
    if isinstance(a, Name) and isinstance(b, Name):
        return int(a != b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        first, second = cast("tuple[Any, ...]", a), cast("tuple[Any, ...]", b)
        if len(first) != len(second):
            return 99
        return sum(differences(x, y) for x, y in zip(first, second, strict=True))
    if isinstance(a, Term) and type(a) is type(b):
        slots = type(a).__slots__
        return sum(differences(getattr(a, s), getattr(b, s)) for s in slots)
    return 0 if a == b else 99
