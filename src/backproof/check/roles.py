"""What an equation of a note is: a definition, another one of the same name, a claim, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from ..notation.lower.library import is_library
from .activations import activation
from .calls import mentions
from .ellipses import COLUMN, ROW
from .items import Environment, Item
from .scope import Definition, Place, Scope
from .stand import constants
from .survey import WEIGHTS
from .terms import (
    Add,
    Call,
    D,
    Differential,
    Entry,
    Grid,
    Mul,
    Name,
    Num,
    Pow,
    Sum,
    Term,
    Transpose,
    has,
    is_loss,
    literal,
    names,
    rewritten,
    walk,
)

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


def role(env: Environment, item: Item) -> str:
    """What an equation is; a definition is filed."""
    left, right = item.left, item.right
    parameters: tuple[str, ...] = ()
    name = left
    if isinstance(left, Call) and not left.primes and all(
        isinstance(a, Name) for a in left.arguments
    ):  # fmt: skip
        plain = all(isinstance(a, Name) and not a.indices for a in left.arguments)
        right, parameters = _signature(env, item, left)
        known = left.function.base
        if known not in _FIXED and ((plain and item.equation.start) or not is_library(known)):
            name = left.function
    if isinstance(left, Call) and item.equation.start and _of_outputs(left):
        name = left.function
    if isinstance(left, Entry) and (entry := _entry(left)) is not None:
        name = entry
    density = _logged(env, item)
    if density is not None:
        item.definition = density
        env.scope.add(density)
        return "definition"
    if isinstance(left, D) and isinstance(right, D) and left.by == right.by:
        of = left.quantity
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
    same = before.left if before is not None and before.right == left else None
    if before is not None and isinstance(same, Name) and _with_arguments(same, left):
        # `y_k = y(k, x) = ...` says what y_k is
        name, parameters, opens = same, (), before.role == "assignment"
    if isinstance(left, Call) and isinstance(right, Call) and left.function == right.function:
        opens = opens and bool(parameters)  # `g(z_j) = g(sum_i w_{ij} x_i)` says what z_j is
    if before is not None and before.definition is not None and (
        _is_which(before, left, right) or _other_function(env, before, item)
    ):  # fmt: skip
        env.scope.drop(before.definition)
        before.definition = replace(before.definition, body=right)
        env.scope.add(before.definition)
        return "assignment"
    if not isinstance(name, Name) or not opens:
        assigns = item.equation.assigns and isinstance(left, Name | Differential)
        return "assignment" if assigns or _only_counts(env, left, right) else "claim"
    if _within(right, name) or _splits(env, item) or _of_parameters(name, right):
        return "assignment"
    if _spells_out(right, name) or _is_step(right, name) or _with_arguments(name, right):
        return "assignment"
    if _is_symmetry(right, name):
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


def _signature(env: Environment, item: Item, left: Call) -> tuple[Term | None, tuple[str, ...]]:
    r"""What a function of names does, with their bases: of names without an index, or of that of a
    unit, `f_j(v_j) = 1 / (1 + e^{-v_j})`, if it is differentiated somewhere."""
    right = item.right
    plain = tuple(a.base for a in left.arguments if isinstance(a, Name) and not a.indices)
    if len(plain) == len(left.arguments):
        return right, plain
    unit, base = left.arguments[0], left.function.base
    if base not in env.survey.primed or is_library(base) or len(left.arguments) != 1:
        return right, ()
    others = {n for n in names(right) if n.indices} - {unit}
    if not isinstance(unit, Name) or others or has(right, D | Sum) or not item.equation.start:
        return right, ()
    if unit.upper or not all(i.letter for i in unit.lower):
        return right, ()  # the f of the output in `p = f(z_2) = 1 / (1 + e^{-z_2})`
    any_one = Name(unit.base)
    return rewritten(right, lambda part: any_one if part == unit else None), (unit.base,)


def _entry(left: Entry) -> Name | None:
    r"""The entry of what a function gives, as that of a quantity: `s(x)_i`, elsewhere s_i."""
    call = left.of
    if not isinstance(call, Call) or call.primes or is_library(call.function.base):
        return None
    indices = tuple(index for index in left.indices if index is not None)
    if len(indices) < len(left.indices) or not all(isinstance(a, Name) for a in call.arguments):
        return None
    return replace(call.function, lower=call.function.lower + indices)


def _of_parameters(name: Name, right: Term | None) -> bool:
    """Whether a loss is said to depend on what is learned, `E = E(W, b)`, which says nothing of how
    it does."""
    if not isinstance(right, Call) or right.function != name or right.primes:
        return False
    learned = [a for a in right.arguments if isinstance(a, Name) and a.base in WEIGHTS | {"c"}]
    return is_loss(name.base) and len(learned) == len(right.arguments)


def _with_arguments(name: Name, right: Term | None) -> bool:
    """Whether a quantity is written once more with what it depends on: `y_k = y(k, x)`."""
    if not isinstance(right, Call) or right.primes or right.function.base != name.base:
        return False
    return bool(name.indices) and all(isinstance(a, Name) for a in right.arguments)


def _of_outputs(left: Call) -> bool:
    """Whether a side is a loss of what a function puts out: `L(y, f(x))`."""
    inner = [a for a in left.arguments if isinstance(a, Call) and not a.primes]
    plain = [a for outer in (left, *inner) for a in outer.arguments if a not in inner]
    named = bool(inner) and all(isinstance(a, Name) for a in plain)
    return named and is_loss(left.function.base) and not left.primes


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


def tabled(term: Term | None) -> list[Sum]:
    """The families in a term whose members stand beside or below one another."""
    return [part for part in walk(term) if isinstance(part, Sum) and part.kind in (ROW, COLUMN)]


def _spells_out(term: Term | None, name: Name) -> bool:
    r"""Whether a vector or a matrix is said to be made of its own entries, or a table of samples of
    the samples: `x = (x_1, \dots, x_n)`, `y_k = (y_1^k, \dots, y_n^k)`, `X = [x^{(1)}, \dots,
    x^{(m)}]`."""
    if isinstance(term, Call):
        return False  # `R = diag(r_1, ..., r_n)`
    grid = term.of if isinstance(term, Transpose) else term
    cells = [cell for row in grid.rows for cell in row] if isinstance(grid, Grid) else []
    bodies = [*cells, *(part.body for part in tabled(term))]
    bodies = [body.of if isinstance(body, Transpose) else body for body in bodies]
    inner = [body for body in bodies if isinstance(body, Name)]
    own = {i.letter for i in name.indices}
    return any(
        n.base.lower() == name.base.lower()
        and len(n.indices) > len(name.indices)
        and own <= {i.letter for i in n.indices}
        for n in inner
    )


def _is_which(before: Item, left: Term | None, right: Term | None) -> bool:
    """Whether a chain says which function a layer has: `a = \\sigma(z) = \\tanh(z)`."""
    if not isinstance(left, Call) or not isinstance(right, Call) or before.role != "definition":
        return False
    plain = not left.primes and not right.primes and left.arguments == right.arguments
    other = left.function != right.function and is_library(left.function.base)
    return plain and other and is_library(right.function.base) and before.right == left


def _other_function(env: Environment, before: Item, item: Item) -> bool:
    r"""Whether a letter for an activation stands for a second one: `\hat y = f(z_2) = 1 / (1 +
    e^{-z_2})` in a note that said `f(z) = \max(0, z)` of the hidden layers. Only what everybody
    knows as an activation is one, so that a slip in its formula is none."""
    call = item.left
    if before.right != call or not isinstance(call, Call) or len(call.arguments) != 1:
        return False
    here = activation(item.right, call.arguments[0]) if item.right is not None else None
    bodies = [
        activation(known.body, Name(known.parameters[0]))
        for known in env.scope.definitions.get(call.function.base, ())
        if len(known.parameters) == 1
    ]
    return bool(here and bodies) and None not in bodies and here not in bodies


def _only_counts(env: Environment, *sides: Term | None) -> bool:
    """Whether sides are numbers of layers or steps, and no quantities: `l + 1 = L` says which layer
    is meant."""
    counts = (env.survey.family_letters | env.survey.last) - env.survey.functions
    return all(
        isinstance(part, Add | Num)
        or (isinstance(part, Name) and part.base in counts and not part.indices)
        for part in walk(sides)
    ) and all(any(names(side)) for side in sides)


def _is_symmetry(term: Term | None, name: Name) -> bool:
    """Whether entries are said to be others of the same matrix: `K_{mn} = K_{nm}^T`."""
    if isinstance(term, Add) and len(term.terms) == 1:
        term = term.terms[0]
    other = term.of if isinstance(term, Transpose) else term
    if not isinstance(other, Name) or other.base != name.base or len(name.lower) < 2:
        return False
    return other.upper == name.upper and {*other.lower} == {*name.lower}


def _is_step(term: Term | None, name: Name) -> bool:
    r"""Whether a parameter is said to move along a derivative by it: `W = W_{old} - \eta dC/dW`."""
    by = [n for part in walk(term) if isinstance(part, D) for n in part.by]
    by += [part.of for part in walk(term) if isinstance(part, Differential)]
    return isinstance(term, Add) and len(term.terms) > 1 and name in by


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
    sample, below = 0, False
    for index, is_lower in (*((i, False) for i in name.upper), *((i, True) for i in name.lower)):
        value = index.shift + fixed.get(index.letter, 2 if index.letter else 0)
        if index.letter and index.letter in scope.survey.samples:
            sample, below = 1, scope.survey.leads(name.base, is_lower)
        elif (
            index.letter
            and index.letter not in fixed
            and not scope.survey.is_family(
                name.base, index.letter, is_lower, not (lower or entries or below)
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
    if definition.name.base.split(":")[0].split()[0] in ("delta", "Delta"):
        return True
    return has(definition.body, D) or has(definition.body, Differential)
