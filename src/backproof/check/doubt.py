"""What speaks against calling a line wrong that fails: it may say something else than was read."""

from __future__ import annotations

from collections.abc import Iterator

from .copies import COPY
from .judge import Outcome
from .roles import tabled
from .scope import Scope, bases
from .state import STACKS
from .terms import (
    LOSSES,
    Add,
    Call,
    Compare,
    D,
    Differential,
    Grid,
    Limit,
    Mul,
    Name,
    Norm,
    Num,
    Sum,
    Term,
    Transpose,
    has,
    literal,
    names,
    walk,
)


def guessed_function(failed: Outcome, left: Term, right: Term) -> str:
    """A function that the note never says anything of and that only one side needs: the line may
    be what says it."""
    if failed.world is None:
        return ""
    scope = failed.world.scope
    # `dW` goes through all that the loss is made of
    loss = bases(failed.world.loss) if failed.world.loss is not None else set[str]()
    # a loss without a formula is one of quantities whose gradients are taken as given
    whose, of_these = failed.world.whose, bases(failed.world.generic)
    ends = _ends(scope, left) | _ends(scope, right)
    told, meant = (
        scope.behind(
            bases(side)
            | (loss if has(side, Differential) else set[str]())
            | (of_these if isinstance(side, D) and side.of == whose else set[str]()),
            ends=ends,
        )
        - ends
        for side in (left, right)
    )
    apart = told ^ meant
    # `dW` of `J = \frac{1}{m} \sum_i L(a, y)` is about whatever L is
    made = tuple(d.body for base in scope.behind(loss) for d in scope.definitions.get(base, ()))
    called, inside = (
        {p.function.base for p in walk(part) if isinstance(p, Call)}
        for part in ((left, right), made)
    )
    said = {base for base, ds in scope.definitions.items() if any(d.at < scope.at for d in ds)}
    known = (LOSSES | set(scope.definitions)) - called - (inside - said)
    found = sorted((failed.unknown & apart) - known)
    return found[0].partition(":")[0] if found else ""


def _ends(scope: Scope, side: Term) -> frozenset[str]:
    """What a derivative is taken by: it does not depend on what that is made of, unless there is
    one such quantity in each layer."""
    by = side.by if isinstance(side, D) and isinstance(side.of, Name) else ()
    found = {name.base for name in by if isinstance(name, Name)}
    made = {x: {b for d in scope.definitions.get(x, ()) for b in d.needs} for x in found}
    return frozenset(base for base in found if base not in scope.behind(made[base]))


def alone_on_the_left(failed: Outcome, left: Term, right: Term) -> str:
    """A name that stands on the left only, and nowhere else in the formulas: the line may be what
    says what it is, or it is no quantity at all."""
    if failed.world is None:
        return ""
    scope = failed.world.scope
    found = {place.base for place in failed.world.free} & bases(left)
    found = {
        b for b in found if b in scope.survey.bracketed or b.startswith(("partial", "D:", "d:"))
    }
    found -= scope.behind(bases(right)) | scope.mentioned | set(scope.definitions)
    return min(found).partition(":")[0] if found else ""


def held_back(failed: Outcome, left: Term, right: Term) -> str:
    """Why a line that fails may not be what was read; empty if it is."""
    if ambiguous(failed, left, right):
        return "undecided"
    if failed.mismatch and (tabled(left) or tabled(right)):
        return "no reading"  # how large a matrix with dots is, and which way it lies, is a guess
    if of_pairs(failed, left, right):
        return "no reading"
    if failed.ratio is None and over_vectors(failed, left, right):
        return "opaque"
    if to_first_order(left, right):
        return "not an equality of numbers"
    return "no values" if instance(left, right) else ""


def to_first_order(left: Term, right: Term) -> bool:
    """Whether a line is true for small steps: `f(x + h) = f(x) + h df/dx`."""
    if not isinstance(left, Call) or not isinstance(right, Add):
        return False
    step = any(isinstance(argument, Add) for argument in left.arguments)
    return step and has(right, D) and any(
        isinstance(t, Call) and t.function == left.function for t in right.terms
    )  # fmt: skip


def only_listed(failed: Outcome) -> set[str]:
    r"""Names of which the note says no more than that they stand in a row, `S = diag(s_1, \dots,
    s_n)`: what they are is said elsewhere, or nowhere."""
    listed: set[str] = set()
    used: set[str] = set()
    for given in failed.world.scope.definitions.values() if failed.world is not None else ():
        for d in given:
            (listed if tabled(d.body) else used).update(d.needs)
    return failed.foreign & listed - used


def over_vectors(failed: Outcome, left: Term, right: Term) -> bool:
    r"""Whether a line adds up over all that a vector may be, `\sum_{\mathbf{h}}`, which was read as
    if it were an index."""
    if failed.world is None:
        return False
    survey = failed.world.scope.survey
    bold = survey.bold - survey.samples
    sums = (part for part in walk((left, right)) if isinstance(part, Sum))
    return any(letter.rstrip("'") in bold for part in sums for letter in part.letters)


def of_pairs(failed: Outcome, left: Term, right: Term) -> bool:
    r"""Whether a line needs a quantity that each pair of samples has, `s_{ij} = u_i^T v_j`: an
    array has samples along one of its sides only."""
    if failed.world is None:
        return False
    scope = failed.world.scope
    return any(
        len({i.letter for i in part.indices} & scope.survey.samples) > 1
        for part in _with_definitions(scope, (left, right))
        if isinstance(part, Name) and part.base != "delta"
    )


def ambiguous(failed: Outcome, left: Term, right: Term) -> bool:
    """Whether a formula was only perhaps read as it is meant: `P(y = 1 | x)`, which is no function
    of a truth value; `TPR`, a word and no product; `f(x + h)` read as a product in a limit; a name
    with its layer and without."""
    if failed.world is None:
        return False
    scope = failed.world.scope
    parts = [*walk((left, right))]
    calls = [p for p in parts if isinstance(p, Call) and p.function.base not in _INDICATORS]
    if any(isinstance(argument, Compare) for call in calls for argument in call.arguments):
        return True
    called = {c for c in calls if c.function.base not in scope.survey.parameters}
    lengths = {(c.function.base, len(c.arguments)) for c in called}
    if len(lengths) > len({base for base, _ in lengths}):
        return True  # `P(x, z)` beside `P(x)`
    given = {b for b, ds in scope.definitions.items() if any(d.at != COPY for d in ds)}
    samples = scope.survey.samples
    layered = {
        n.base for n in names((left, right)) if any(i.letter not in samples for i in n.upper)
    } & given  # fmt: skip
    if any(p.base.lower() in layered and not p.upper for p in failed.world.free):
        return True  # `z_k` beside `z^{(3)}`: of which layer?
    perhaps = scope.survey.bracketed - scope.survey.functions
    if any(isinstance(p, Limit) for p in parts) and perhaps & (bases(left) | bases(right)):
        return True
    if not isinstance(left, Mul) or any(left.operators):
        return False
    letters = [f.base for f in left.factors if isinstance(f, Name) and not f.indices]
    word = len(letters) == len(left.factors) and "".join(letters).isupper()
    return word and (len(letters) > 2 or not set(letters) & set(scope.definitions))


#: Functions of one number.
_ONE_BY_ONE = frozenset(
    ("exp", "log", "ln", "tanh", "sigma", "sigmoid", "max", "min", "sqrt", "relu", "ReLU", "f", "g",
     "phi", "abs", "sin", "cos", "erf", "Phi")
)  # fmt: skip
_INDICATORS = frozenset(("1", "I", "ind", "indicator", "bb 1", "sum", "mean"))


def constrained(left: Term, right: Term) -> set[str]:
    """The names that a condition binds: `W^T W = I`, `\\|w\\| = 1`."""
    if isinstance(left, Norm) and literal(right):
        return bases(left)
    if isinstance(left, Mul) and len(left.factors) == 2 and isinstance(left.factors[0], Transpose):
        first, second = bases(left.factors[0]), bases(left.factors[1])
        if first == second and (bases(right) == {"I"} or literal(right)):
            return first
    return set()


def instance(left: Term, right: Term) -> bool:
    r"""Whether one side has numbers in the place of quantities, `1 \cdot \log p_1 + 0 \cdot \log
    p_2`, which the note gives where nobody reads them."""
    zeros = [Num("0") in (f for p in walk(s) if isinstance(p, Mul) for f in p.factors)
             for s in (left, right)]  # fmt: skip
    return any(zeros) and not all(zeros) and not literal(left) and not literal(right)


def chance(failed: Outcome, left: Term, right: Term) -> str:
    r"""The letter of a line about chances: P of x and P of x and z are two functions, and E takes
    the mean of the whole bracket behind it, `E_q[(x - \mu)^2]`."""
    called = {p.function.base for p in walk((left, right)) if isinstance(p, Call)}
    if failed.unknown & _PROBABILITIES & called:
        return "P"
    scope = failed.world.scope if failed.world is not None else None
    leading = (f for p in walk((left, right)) if isinstance(p, Mul) for f in p.factors[:-1])
    means = (f for f in leading if isinstance(f, Name) and f.base.partition(":")[0] == "E")
    return "E" if scope and any(f.base not in scope.definitions for f in means) else ""


def unlinked(failed: Outcome) -> str:
    """The table of samples that nothing ties to the single ones (`X` beside `x_n`)."""
    if failed.world is None:
        return ""
    known = failed.world.scope.survey.bases
    return min((b for b in failed.foreign if b in STACKS and b.lower() in known), default="")


def variant(failed: Outcome) -> str:
    r"""A quantity that is another one for other inputs, which no formula says: `\tilde{h}` beside
    `h = \tanh(U x)`."""
    if failed.world is None:
        return ""
    defined = failed.world.scope.definitions
    free = {place.base for place in failed.world.free} - set(defined)
    return min((b for b in free if b.startswith("tilde ") and b.split()[-1] in defined), default="")


def half_told(failed: Outcome, left: Term, right: Term) -> str:
    r"""A name without a formula behind a derivative, where the note says that it moves with what is
    differentiated by: there is a `\partial \mu / \partial x_i`, and no formula for the mean."""
    if failed.world is None:
        return ""
    scope = failed.world.scope
    still = {place.base for place in failed.world.free} - set(scope.definitions)
    found: set[str] = set()
    for part in walk((left, right)):
        if isinstance(part, D):
            by = {(name.base, _numbers(name)) for name in names(part.by)}
            behind = (scope.behind(bases(part.quantity)) & still) - {base for base, _ in by}
            found |= {of for of, *x in scope.survey.moving if tuple(x) in by and of in behind}
    return min(found, default="")


def _numbers(name: Name) -> str:
    """The numbers in the indices of a name, as the survey keeps them of what it sees moving."""
    return "".join(str(i.shift) for i in name.indices if not i.letter)


def of_one_sample(scope: Scope, left: Term, right: Term) -> bool:
    """Whether a line is about a single sample, since the note has capitals for all of them: `dW =
    dz x^T` beside `dW = dZ X^T / m`."""
    stems = {base.split()[-1].partition(":")[0] for base in bases(left) | bases(right)}
    # what is written both ways is read as one of the two, and tells nothing
    stacks = STACKS - scope.survey.square
    data = {x for x in stems - {*scope.survey.pairs.values()} if x.upper() in stacks}
    return bool(data) and all(x.islower() and x.upper() in scope.survey.bases for x in data)


_PROBABILITIES = frozenset(("P", "p", "Pr", "Q", "q"))


def adds_up(scope: Scope, *sides: Term) -> bool:
    """Whether a line, or a definition that it needs, has to do with more numbers than one: a share
    of a sum is 1 where there is one number."""
    return any(
        isinstance(part, Sum | Norm)
        or (isinstance(part, Name) and bool(part.indices))
        or (isinstance(part, Call) and part.function.base not in _ONE_BY_ONE)
        for part in _with_definitions(scope, sides)
    )


def of_one_number(held: Outcome | None, left: Term, right: Term) -> bool:
    """Whether a line that tells classes apart holds where there is one class only, with 0 on both
    sides: the share of a lone class is 1, whatever its sign."""
    if held is None or held.state != "holds" or not held.zero or held.reading.size > 1:
        return False
    return any(isinstance(part, Compare) for part in walk((left, right)))


def distinct(scope: Scope, *sides: Term) -> bool:
    """Whether a line tells indices apart, by a Kronecker delta or a sum over pairs, or has a vector
    with more in it than what dots leave out, itself or in a definition that it needs: with arrays
    of length 1 that can't be tried."""
    return any(
        (isinstance(part, Grid) and bool(tabled(part)))
        or (isinstance(part, Name) and part.base == "delta" and len(part.lower) == 2)
        or (isinstance(part, Sum) and len(part.letters) > 1 and part.upper is None)
        for part in _with_definitions(scope, sides)
    )


def _with_definitions(scope: Scope, sides: tuple[Term, ...]) -> Iterator[Term]:
    """All parts of a line and of the definitions that it needs."""
    needed = scope.behind(bases(sides))
    bodies = (d.body for base in needed for d in scope.definitions.get(base, ()))
    return walk((*sides, *bodies))
