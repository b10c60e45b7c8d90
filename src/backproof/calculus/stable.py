"""Numerically stable forms of the loss and of the gradients, as chains of steps.

Activations are looked into (`log a` with `a = sigmoid(z)`), the laws of stability are applied
where they fit, also through transposes and repeated values, and names that were not needed are put
back. A chain is kept only if a law of stability took part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..expr.build import broadcast
from ..expr.node import Expr, ends_equation, rebuild, replace_parts, same, walk
from ..expr.ops import make
from ..expr.shape import SCALAR
from ..laws import algebra, stability
from ..laws.rule import Law, fill, make_like, match
from .entries import formula, is_inner, lift, stands_alone
from .local import is_atom
from .matrix import Tidier
from .simplify import cost, tidy
from .step import Step

# Definitions worth looking into: what a logarithm or a fraction may undo.
ACTIVATIONS = ("sigmoid", "softmax", "exp", "div", "sum", "log", "expm1", "sqrt")
# Without one of these no law of stability fits.
NEEDED = frozenset({"log", "log1p", "exp", "expm1", "sqrt", "sigmoid", "max"})
ROUNDS = 12


def stable_forms(roots: Mapping[str, Expr]) -> dict[str, tuple[Step, ...]]:
    """For each expression that has a stabler form the steps to it, by the same keys."""
    out: dict[str, tuple[Step, ...]] = {}
    for key, root in roots.items():
        steps = stabilise(root, key)
        if steps:
            out[key] = tuple(steps)
    return out


def stabilise(root: Expr, place: str = "") -> list[Step]:
    """The steps from an expression to its stable form; none if it is stable as it stands."""
    run = _Run(root, (place,) if place else ())
    opened, names = _opened(root)
    if not any(e.op in NEEDED for e in walk([opened], ends_equation)):
        return []
    run.go(opened, stability.DEFINITION_PUT_IN)
    for _ in range(ROUNDS):
        before = run.current
        for rule in (_moved_out, _lines_of_entries, _softmaxes):
            for after, law in rule(run.current):
                run.go(after, law)
        if run.current is before:
            break
    if not run.took_part:
        return []
    for after, law in _one_softplus(run.current):
        run.go(after, law)
    for line in Tidier().lines(run.current):
        run.go(*line)
    run.go(replace_parts(run.current, names), algebra.NAME_PUT_IN)
    return run.steps if run.current is not root else []


class _Run:
    """The steps so far, and whether stability had a part in them."""

    def __init__(self, root: Expr, place: tuple[str, ...]) -> None:
        self.current = root
        self.steps: list[Step] = []
        self._place = place

    def go(self, after: Expr, law: Law, focus: tuple[Expr, ...] = ()) -> None:
        if after is not self.current:
            self.steps.append(Step(self.current, after, law, focus, self._place))
            self.current = after

    @property
    def took_part(self) -> bool:
        quiet = (
            stability.DEFINITION_PUT_IN,
            stability.THROUGH_TRANSPOSE,
            stability.THROUGH_REPEATED,
        )
        return any(s.law.book == stability.BOOK and s.law not in quiet for s in self.steps)


def _opened(root: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """Activations with a name replaced by what they stand for; and the way back."""
    table: dict[Expr, Expr] = {}
    names: dict[Expr, Expr] = {}

    def needs(e: Expr) -> bool:
        return e.op in ("log", "log1p", "div", "sqrt", "sub", "exp", "pow")

    for e in walk([root], lambda e: e.op == "let" and e is not root):
        if not needs(e):
            continue
        for part in walk([e], lambda x: x.op == "let"):
            if part.op == "let" and part is not root:
                value = _definition(part)
                if value is not None:
                    table[part] = value
                    names[value] = part
    if root.op == "let":  # the loss itself: its own equation, not its name
        return replace_parts(root.args[0], table), names
    return replace_parts(root, table), names


def _definition(e: Expr) -> Expr | None:
    """What an activation stands for, other names of it looked through."""
    value = e.args[0]
    while value.op == "let":
        value = value.args[0]
    return value if value.op in ACTIVATIONS else None


def _moved_out(root: Expr) -> list[tuple[Expr, Law]]:
    """Transposes and repeated values moved out of functions, so that the laws can see through
    them."""
    law: list[Law] = []

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = make_like(old, args) if args and not ends_equation(old) else old
        if not is_inner(now) or not now.args:
            return now
        inner = [a for a in now.args if not _is_number(a)]
        if inner and all(a.op == "transpose" for a in inner):
            turned = tuple(_turn(a) for a in now.args)
            law.append(stability.THROUGH_TRANSPOSE)
            return make(now.op, turned, now.attr).T
        if len(now.args) == 1 and now.args[0].op == "broadcast" and not _is_number(now.args[0]):
            law.append(stability.THROUGH_REPEATED)
            return broadcast(make(now.op, (now.args[0].args[0],), now.attr), now.shape)
        return now

    after = rebuild(root, change, None, ends_equation)
    return [(after, law[0])] if law and after is not root else []


def _is_number(e: Expr) -> bool:
    return e.shape == SCALAR or (e.op == "broadcast" and e.args[0].shape == SCALAR)


def _turn(e: Expr) -> Expr:
    if e.op == "transpose":
        return e.args[0]
    return broadcast(e.args[0], (e.shape[1], e.shape[0])) if e.op == "broadcast" else e


def _regions(root: Expr) -> list[Expr]:
    """The elementwise parts that stand alone: the root, and arguments of operations on matrices."""
    nodes = list(walk([root], ends_equation))
    alone = stands_alone(root, nodes, ends_equation)
    return [e for e in nodes if is_inner(e) and e in alone]


def _lines_of_entries(root: Expr, laws: Sequence[Law] | None = None) -> list[tuple[Expr, Law]]:
    """The laws that fit formulas of one entry, one line for each law."""
    lines: list[tuple[Expr, Law]] = []
    current = root
    for law in stability.patterns() if laws is None else laws:
        for region in _regions(current):
            entries = formula(region)
            after = rebuild(entries, _by(law), None, is_atom)
            if after is entries:
                continue
            for line, algebra_law in [(after, law), *((a, x) for a, x, _ in tidy(after))]:
                current_line = replace_parts(current, {region: lift(line, region.shape)})
                lines.append((current_line, algebra_law))
            current = lines[-1][0]
            break
    return lines


RECOGNISED = tuple(
    x
    for x in stability.patterns()
    if x.name.endswith(" recognised") and x.name != "relu recognised"
)


def recognise(root: Expr, place: str) -> list[Step]:
    """The steps by which functions that are written out become functions with a name: the sigmoid
    in `1/(1+e^{-z})`, the softmax in a fraction, log-sum-exp. None if there are none."""
    if not any(e.op in ("exp", "call") for e in walk([root], ends_equation)):
        return []
    run = _Run(root, (place,))
    law: list[Law] = []

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = make_like(old, args) if args and not ends_equation(old) else old
        if now.op != "call":
            return now
        body = now.attr.body
        for known in RECOGNISED:
            after = rebuild(body, _by(known), None, is_atom)
            if after is not body and after.args == now.attr.params:
                law.append(known)
                return make(after.op, now.args)
        return now

    after = rebuild(root, change, None, ends_equation)
    if law:
        run.go(after, law[0])
    for line, found in (*_softmaxes(run.current), *_lines_of_entries(run.current, RECOGNISED)):
        run.go(line, found)
    return run.steps


def _by(law: Law) -> Callable[[Expr, tuple[Expr, ...]], Expr]:
    """A rewrite of one node by a law, for `rebuild`."""

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = same(old, args) if is_inner(old) else old
        for left, right in law.forms:
            found = match(left, now, lambda e, x: True)
            if found is not None and not (law.name == "one minus sigmoid" and _is_long(found)):
                return fill(right, found)
        return now

    return change


def _is_long(found: Mapping[Expr, Expr]) -> bool:
    """Whether a law would write a long formula once more."""
    return any(cost(e) > 1 for e in found.values())


def _softmaxes(root: Expr) -> list[tuple[Expr, Law]]:
    """log softmax, log-sum-exp, and softmax written out as a fraction."""
    law: list[Law] = []

    def change(old: Expr, args: tuple[Expr, ...]) -> Expr:
        now = make_like(old, args) if args and not ends_equation(old) else old
        if now.op == "log" and now.args[0].op == "softmax":
            law.append(stability.LOG_SOFTMAX)
            return make("log_softmax", now.args[0].args, now.args[0].attr)
        if now.op == "log" and now.args[0].op == "sum" and now.args[0].args[0].op == "exp":
            law.append(stability.LOG_SUM_EXP)
            total = now.args[0]
            return make("logsumexp", total.args[0].args, total.attr)
        if now.op == "div" and now.args[0].op == "exp" and now.args[1].op == "broadcast":
            below = now.args[1].args[0]
            if below.op == "sum" and below.args[0] is now.args[0]:
                law.append(stability.SOFTMAX_RECOGNISED)
                return make("softmax", now.args[0].args, below.attr)
        return now

    after = rebuild(root, change, None, ends_equation)
    return [(after, law[0])] if law and after is not root else []


def _one_softplus(root: Expr) -> list[tuple[Expr, Law]]:
    """softplus(-z) as softplus(z) - z where both occur: then most of it cancels."""
    for region in _regions(root):
        entries = formula(region)
        plain = {e.args[0] for e in walk([entries], is_atom) if e.op == "softplus"}
        if not any(e.op == "neg" and e.args[0] in plain for e in plain):
            continue
        after = rebuild(entries, _by(stability.SOFTPLUS_OF_MINUS), None, is_atom)
        lines = [(after, stability.SOFTPLUS_OF_MINUS), *((a, x) for a, x, _ in tidy(after))]
        return [(replace_parts(root, {region: lift(a, region.shape)}), law) for a, law in lines]
    return []
