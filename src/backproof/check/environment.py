"""The equations of a note sorted as a reader sorts them: definitions, claims, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from ..notation.document import Document
from ..notation.lower.library import is_library
from .calls import mentions
from .claims import NEAR, Condition, Equation, conditions, equations
from .primes import primed
from .scope import Definition, Place, Scope
from .sections import headings, section
from .stand import constants
from .state import STACKS
from .survey import Survey, survey
from .terms import (
    LOSSES,
    Call,
    D,
    Differential,
    Limit,
    Mul,
    Name,
    Num,
    Pow,
    Term,
    Transpose,
    Unclear,
    has,
    is_loss,
    literal,
    names,
)
from .translate import Translator
from .usage import lone_steps, whole_arrays

#: Functions that mean the same everywhere: no note redefines them.
_FIXED = frozenset(
    (
        "exp",
        "log",
        "ln",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "erf",
        "abs",
        "tr",
        "Tr",
        "trace",
        "det",
        "diag",
        "vec",
        "max",
        "min",
    )
)


@dataclass(slots=True)
class Item:
    """One equation with its meaning.

    `role`: `definition`, `again` (a name that has a definition), `claim`, `assignment` (an
    update: no equality), `unclear` (with the reason). `said`: what has just been said of
    index letters (`for j = k`); `given`: numbers that quantities have in the case at hand (`if
    y = 1`).
    """

    at: int
    equation: Equation
    left: Term | None = None
    right: Term | None = None
    role: str = "claim"
    reason: Unclear | None = None
    definition: Definition | None = None
    given: tuple[tuple[str, str], ...] = ()
    said: tuple[Condition, ...] = ()


@dataclass(slots=True)
class Environment:
    """All that a note says."""

    note: Document
    survey: Survey
    scope: Scope
    translator: Translator
    items: list[Item] = field(default_factory=list[Item])

    @property
    def batch(self) -> bool:
        """Whether the note speaks of several samples."""
        capitals = (self.survey.plain & STACKS) - self.survey.last - self.survey.square
        return bool(self.survey.sample_counts or self.survey.samples or capitals)


def environment(note: Document) -> Environment:
    """Read the equations of a note in order."""
    note = replace(note, statements=primed(note.statements))
    found = survey(s.tree for s in note.statements)
    env = _environment(note, found)
    for pairs in (_sampled, _equal):
        more = pairs(env)
        if more:
            found.pairs = {**found.pairs, **more}
            env = _environment(note, found)
    return env


def _capitals(env: Environment) -> dict[str, str]:
    """Small letters with the capitals that occur beside them."""
    bases = env.survey.bases
    return {c.lower(): c for c in STACKS & bases if c.lower() in bases}


def _sampled(env: Environment) -> dict[str, str]:
    """`X` for all samples and `x^{(i)}` for one of them are the same quantity: which of two such
    letters stands for the other, where only one of them has a definition."""
    definitions = env.scope.definitions
    starts = headings(env.note.text)
    together: dict[int, list[Name]] = {}
    for item in env.items:
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


def _equal(env: Environment) -> dict[str, str]:
    """The same for two letters that are both defined, and to the same effect."""
    from .judge import outcome
    from .readings import Reading
    from .stand import Stand

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
    from .cycles import untied

    scope = Scope(found)
    env = Environment(note, found, scope, Translator(found))
    for at, equation in enumerate(equations(note.statements)):
        item = Item(at, equation, said=conditions(note.statements, equation))
        env.items.append(item)
        try:
            item.left = env.translator.term(equation.left)
            item.right = env.translator.term(equation.right)
            if equation.small:
                item.right = Limit(item.right, equation.small, Num("0"))
        except Unclear as reason:
            item.role, item.reason = "unclear", reason
            continue
        except RecursionError:
            item.role, item.reason = "unclear", Unclear("too long")
            continue
        item.role = _role(env, item)
        if item.role == "again" and _is_case(env, item):
            item.role = "assignment"
        if item.definition is not None:
            found.adjoints |= _adjoint(item.definition)
    untied(env)
    for item in env.items:
        item.given = _given(env, item)
    found.whole = whole_arrays(((item.left, item.right) for item in env.items), found)
    losses = (d for base in LOSSES for d in scope.definitions.get(base, ()))
    found.lone_steps = lone_steps(losses, found)
    return env


def _adjoint(definition: Definition) -> dict[str, Term]:
    r"""The mark of `\bar{Q} = \partial L / \partial Q`, with the loss: from there on, `\bar{K}` is
    the derivative by K."""
    body, (mark, _, base) = definition.body, definition.name.base.rpartition(" ")
    by = body.by[0] if isinstance(body, D) and len(body.by) == 1 else None
    of = body.of.function if isinstance(body, D) and isinstance(body.of, Call) else None
    of = of or (body.of if isinstance(body, D) else None)
    if not mark or not isinstance(by, Name) or by.base != base or not isinstance(of, Name):
        return {}
    return {mark: of} if is_loss(of.base) else {}


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


def _role(env: Environment, item: Item) -> str:
    """What an equation is; a definition is filed."""
    left, right = item.left, item.right
    parameters: tuple[str, ...] = ()
    name = left
    if isinstance(left, Call) and not left.primes and all(
        isinstance(a, Name) for a in left.arguments
    ):  # fmt: skip
        plain = all(isinstance(a, Name) and not a.indices for a in left.arguments)
        if plain:
            parameters = tuple(a.base for a in left.arguments if isinstance(a, Name))
        known = left.function.base
        if known not in _FIXED and ((plain and item.equation.start) or not is_library(known)):
            name = left.function
    density = _logged(env, item)
    if density is not None:
        item.definition = density
        env.scope.add(density)
        return "definition"
    if isinstance(left, D) and isinstance(right, D) and left.by == right.by:
        of = left.of.function if isinstance(left.of, Call) else left.of
        if isinstance(of, Name) and not isinstance(right.of, Name) and not defined(env.scope, of):
            # `dJ/dW = d(...)/dW` says what J is
            item.definition = Definition(of, right.of, item.at)
            env.scope.add(item.definition)
            return "definition"
    opens = item.equation.start or (isinstance(name, Name) and not defined(env.scope, name))
    before = env.items[item.at - 1] if item.at else None
    if not opens and parameters and before is not None and before.equation.start:
        # `z = f(x, y) = xy` where z is defined anew: so is f
        opens = before.role == "again" and before.right == left
    if not isinstance(name, Name) or not opens:
        if item.equation.assigns and isinstance(left, Name | Differential):
            return "assignment"
        return "claim"
    if _within(right, name) or _splits(env, item):
        return "assignment"
    letters = env.survey.bound | env.survey.samples | env.survey.family_letters
    letters |= {x for _, spelled in env.survey.spelled for x in spelled}
    if name.base in letters and not name.indices and isinstance(right, Name | Num):
        return "assignment"  # `i = c`, `l = L`: which one is meant
    if literal(right) and any(i.letter for i in name.indices):
        return "assignment"  # `y_c = 1`: a condition
    again = defined(env.scope, name)
    item.definition = Definition(name, right, item.at, parameters)  # type: ignore[arg-type]
    if not again:
        env.scope.add(item.definition)
        return "definition"
    return "again"


def _logged(env: Environment, item: Item) -> Definition | None:
    r"""`\log p(x) = ...` says what p is, where nothing else does."""
    left, right = item.left, item.right
    if not isinstance(left, Call) or left.function.base not in ("log", "ln") or left.primes:
        return None
    inner = left.arguments[0]
    name = inner.function if isinstance(inner, Call) else inner
    if not isinstance(name, Name) or right is None or not item.equation.start:
        return None
    arguments = inner.arguments if isinstance(inner, Call) else ()
    plain = tuple(a.base for a in arguments if isinstance(a, Name) and not a.indices)
    free = not defined(env.scope, name) and not is_library(name.base)
    if not free or len(plain) < len(arguments) or mentions(right, name.base):
        return None
    return Definition(name, Call(Name("exp"), (right,)), item.at, plain)


def _splits(env: Environment, item: Item) -> bool:
    """Whether a note takes what it knows apart: `X = U S V^T` says what U, S and V are."""
    known, product = item.left, item.right
    if not isinstance(known, Name) or not isinstance(product, Mul) or len(product.factors) < 3:
        return False
    last = product.factors[-1]
    before = env.items[: item.at]
    met = {name.base for other in before for name in names((other.left, other.right))}
    new = {name.base for name in names(product)}
    return isinstance(last, Transpose | Pow) and known.base in met and not new & met


def _within(term: Any, name: Name) -> bool:
    """Whether a quantity occurs in a term with the very same indices."""
    if term == name:
        return True
    if isinstance(term, tuple):
        return any(_within(part, name) for part in cast("tuple[Any, ...]", term))
    if isinstance(term, Call):
        return any(_within(part, name) for part in term.arguments)
    if isinstance(term, D):
        return False
    if isinstance(term, Term):
        return any(_within(getattr(term, s), name) for s in type(term).__slots__)
    return False


def defined(scope: Scope, name: Name) -> bool:
    """Whether a name with these indices has a definition already."""
    fixed = constants(scope)
    upper: list[int] = []
    lower: list[int] = []
    entries: list[int] = []
    sample = 0
    for index, is_lower in (*((i, False) for i in name.upper), *((i, True) for i in name.lower)):
        value = index.shift + fixed.get(index.letter, 2 if index.letter else 0)
        if index.letter and index.letter in scope.survey.samples:
            sample = 1
        elif (
            index.letter
            and index.letter not in fixed
            and not scope.survey.is_family(
                name.base, index.letter, is_lower, not (lower or entries)
            )
        ):
            entries.append(1)
        else:
            (lower if is_lower else upper).append(value)
    place = Place(name.base, tuple(upper), tuple(lower), tuple(entries), sample)
    match = scope.matching(place, fixed)
    if match is None and entries:
        match = scope.matching(place.whole, fixed)
    if match is None:
        return False
    whole = not match.sample and not match.entries
    if scope.survey.is_loss(name.base) and whole == bool(sample or entries):
        return False  # `L_i` is the loss of one sample, `L` that of all
    # `d^L` beside a rule for `d^l` is the start of a recursion and no second definition
    special = any(i.letter in fixed or not i.letter for i in name.indices)
    general = any(i.letter and i.letter not in fixed for i in match.definition.name.indices)
    return not (special and general and _recursive(match.definition))


def _recursive(definition: Definition) -> bool:
    return mentions(definition.body, definition.name.base)


def is_backward(definition: Definition) -> bool:
    """Whether a definition belongs to the backward pass."""
    if definition.name.base.split(":")[0] in ("delta", "Delta"):
        return True
    return has(definition.body, D) or has(definition.body, Differential)


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
