"""Filing a definition: as a quantity, as a function, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...expr.name import Name
from ..syntax import Sum, Symbol, Tree
from .library import is_library
from .names import refer
from .statements import Candidate, is_number
from .survey import Definition, Survey
from .trees import base_symbol, key, walk

Uses = Mapping[str, list[tuple[Tree, ...]]]

_ACTIVATION_NAMES = frozenset("f g phi psi sigma varphi act".split())
_SCALAR_LETTERS = frozenset(
    "alpha beta gamma lambda delta epsilon varepsilon eta mu tau kappa c a s e pi".split()
)


def file(
    out: Survey,
    definition: Definition,
    candidate: Candidate,
    uses: Uses,
    arities: Mapping[str, set[int]],
) -> None:
    """File a definition as a quantity or as a function; the first one counts."""
    name = definition.name
    params = candidate.left.arguments
    if params is not None and (
        _is_function(name, params, definition.right, uses, arities)
        or _has_other_arity(name, params, arities)
    ):
        made = replace(definition, params=params)
        if name in out.functions:
            out.again.append((out.functions[name], candidate))
        else:
            out.functions[name] = made
        return
    if params is not None and is_library(name.base):
        return  # `a = \\sigma(z) = ...` says what a is, not what \\sigma is
    if params is not None:
        running = {x for x, _ in definition.indices}
        shown = ",".join(_latex_of(p, running) for p in params)
        name = replace(name, latex=f"{name.latex}({shown})")
        definition = replace(definition, name=name)
    if is_number(definition.right) and name.base not in _SCALAR_LETTERS and len(name.base) == 1:
        return  # a value for an example: `w_1 = 0.15`
    if _updates(name, definition.right):
        return
    if not definition.display and name.base in ("y", "t", "x") and not name.marks and not (
        name.base == "y" and out.judged_by_t and not is_number(definition.right)
    ):  # fmt: skip
        return  # `for $y = 1$` says nothing about y
    if name in out.functions and params is None:
        return  # `L = -\\log p` for one case of an `L(p, y)`
    if name in out.definitions:
        first = out.definitions[name]
        if key(first.right) != key(definition.right) and candidate.main:
            out.again.append((first, candidate))
        return
    out.definitions[name] = definition


def _has_other_arity(name: Name, params: tuple[Tree, ...], arities: Mapping[str, set[int]]) -> bool:
    """Whether the note defines the same letter with fewer arguments too."""
    return any(n < len(params) for n in arities.get(name.base, ()))


def _latex_of(tree: Tree, running: set[str]) -> str:
    reference = refer(tree, running)
    return reference.name.latex if reference else "\\cdot"


def _updates(name: Name, right: Tree) -> bool:
    r"""`W = W - \alpha \, dW`: a step of training, not what W is."""
    if not isinstance(right, Sum) or right.signs[0] != "+" or "-" not in right.signs[1:]:
        return False
    first = refer(right.terms[0], ())
    return first is not None and first.name == name


def _is_function(
    name: Name,
    params: tuple[Tree, ...],
    right: Tree,
    uses: Uses,
    arities: Mapping[str, set[int]],
) -> bool:
    """Whether `F(p) = ...` defines a function, rather than a quantity written with a bracket."""
    bases = {s.base for p in params for s in [base_symbol(p)] if s}
    used = {node.base for node in walk(right) if isinstance(node, Symbol)}
    if not bases & used or name.base in used:
        return False
    if is_library(name.base):
        return True
    plain = [_plain_arguments(params)]
    calls = [call for call in uses.get(name.base, []) if len(call) == len(params)]
    if len(arities.get(name.base, ())) < 2:
        calls = uses.get(name.base, [])
    elif not calls:
        return False  # `J(w) = \\sum_i J(w; x_i, y_i)`: nobody calls the sum
    if any(_plain_arguments(call) not in plain for call in calls):
        return True
    others = used - bases
    pointwise = all(x in _SCALAR_LETTERS or is_library(x) or x.isdigit() for x in others)
    return bool(calls) and pointwise and len(params) == 1 and name.base in _ACTIVATION_NAMES


def _plain_arguments(items: tuple[Tree, ...]) -> tuple[object, ...]:
    """Arguments without the letters that run over samples: `x^{(i)}` counts as `x`."""
    out: list[object] = []
    for item in items:
        reference = refer(item, set("ijkns"))
        out.append(reference.name if reference and not reference.powers else key(item))
    return tuple(out)
