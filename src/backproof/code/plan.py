"""From a derivation to a program: what is worked out, in which order, under which name.

The expressions of a derivation share their common parts, so each value has one place; what is used
more than once, and what the note or the derivation gives a name, becomes a buffer. Nothing is
differentiated here: the program carries out the last lines of the derivation, in their stable form
where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..calculus.prepare import prepare
from ..calculus.step import Derivation, Stage, Step
from ..expr.build import spread
from ..expr.node import Expr, rebuild, same, walk
from ..expr.ops import make
from ..expr.shape import SCALAR, dim_letters
from ..expr.values import free_names
from ..laws.rule import OUTLINE
from ..laws.shapes import NAMED
from ..notation.text import text
from .exact import without_cancelling
from .finite import all_finite, finite
from .identifiers import Identifiers
from .program import FREE, Instruction, Program


def plan(derivation: Derivation, *, between: bool = False) -> Program:
    """The program that works out the loss and every gradient of a derivation.

    With `between` it also leaves what lies between: every quantity of the note in `values`, and
    the derivative of the loss by each that has a stage in `deltas`.

    Raises RefusedError for what has no numerical form (a formula that keeps an open index).
    """
    return _Planner(derivation, between).program()


class _Planner:
    def __init__(self, derivation: Derivation, between: bool) -> None:
        self.derivation = derivation
        self.between = between
        self.model = derivation.model
        self.targets = frozenset(self.model.targets)
        self.memo: dict[Expr, Expr] = {}  # as derived -> as it is carried out
        self.labels: dict[Expr, Expr] = {}  # a value -> the named quantity that it is
        self.laws: dict[Expr, tuple[str, ...]] = {}
        self.lines: dict[Expr, str] = {}

    def program(self) -> Program:
        derivation, model = self.derivation, self.model
        # Where a function was recognised, the note's own quantity is the one with the function.
        for old, new in prepare(model, derivation.wanted).replaced.items():
            self.memo[old] = self._carried_out(new)
        loss = self._stable(derivation.loss, derivation.loss.attr.plain)
        order = [loss, *(self._of_stage(stage) for stage in derivation.stages)]
        known = [self.memo[q.quantity] for q in model.equations if q.quantity in self.memo]
        order = [*known, *order]
        last = {s.quantity: s.result for s in derivation.stages}
        results = {
            q.attr.plain: self.memo[last[target]]
            for q, target in zip(derivation.wanted, derivation.targets, strict=True)
        }
        values = self._values(loss) if self.between else {}
        deltas = self._deltas(results) if self.between else {}
        wanted = {**results, **deltas}
        needed = set(walk([loss, *wanted.values(), *values.values()]))
        forward = set(walk([loss, *(e for e in known if e in needed), *values.values()]))
        leaves = free_names(derivation.loss, *model.roles)
        self.ids = Identifiers()
        names = {leaf: self.ids.take(leaf.attr.plain) for leaf in leaves}
        letters = self._letters(leaves, walk([loss, *results.values()]))
        order = [*values.values(), *order]
        buffers = self._buffers(loss, wanted, [e for e in walk(order) if e in needed])
        called: dict[Expr, str] = {}
        for e, word in buffers.items():
            called[e] = self.ids.take(word) if word else self.ids.number("t")
            names.setdefault(e, called[e])
        instructions = tuple(
            Instruction(
                called[e],
                e,
                "forward" if e in forward else "backward",
                self.lines.get(e, ""),
                self.laws.get(e, ()),
            )
            for e in buffers
        )
        return Program(
            derivation,
            {e.attr.plain: e for e in derivation.wanted if e in leaves},
            {e.attr.plain: e for e in model.roles if e in leaves and e not in derivation.wanted},
            instructions,
            names,
            called[loss],
            {plain: called[e] for plain, e in results.items()},
            letters,
            {plain: names[e] for plain, e in values.items() if e in names} | self._named(called),
            {plain: called[e] for plain, e in deltas.items()},
        )

    # -- what lies between -----------------------------------------------------------------

    def _values(self, loss: Expr) -> dict[str, Expr]:
        """The value of each quantity of the note."""
        model = self.model
        quantities = [e.quantity for e in model.equations]
        return {e.attr.plain: loss if e is model.loss else self._carried_out(e) for e in quantities}

    def _deltas(self, results: Iterable[str]) -> dict[str, Expr]:
        """The derivative of the loss by each named quantity that is not asked for anyhow."""
        stages = {_plain(stage.quantity): stage for stage in self.derivation.stages}
        return {
            plain: self.memo[stage.result]
            for plain, stage in stages.items()
            if plain and plain not in results
        }

    def _named(self, called: Mapping[Expr, str]) -> dict[str, str]:
        """The short names of the derivation, such as delta2."""
        if not self.between:
            return {}
        names = [stage.name for stage in self.derivation.stages if stage.name is not None]
        return {e.attr.plain: called[self.memo[e]] for e in names if self.memo[e] in called}

    # -- values ----------------------------------------------------------------------------

    def _stable(self, quantity: Expr, plain: str) -> Expr:
        """The value of a named quantity, by its stable form if it has one."""
        steps = self.derivation.stable.get(plain, ())
        value = self._carried_out(steps[-1].after if steps else quantity.args[0])
        self.memo[quantity] = value
        self._label(value, quantity)
        if steps:
            self.laws.setdefault(value, _told(steps))
            self.lines[value] = f"{self._text(quantity)} = {self._text(steps[-1].after)}"
        return value

    def _of_stage(self, stage: Stage) -> Expr:
        by = self._text(stage.quantity)
        loss = self._text(self.derivation.loss)
        head = f"∂{loss}/∂({by})" if " " in by else f"∂{loss}/∂{by}"
        if stage.name is not None:
            value = self._stable(stage.name, stage.name.attr.plain)
            head = f"{self._text(stage.name)} = {head}"
        else:
            steps = self.derivation.stable.get(_plain(stage.quantity), ())
            value = self._carried_out(steps[-1].after if steps else stage.result)
        self.memo[stage.result] = value
        if value not in self.lines:
            self.lines[value] = f"{head} = {self._text(stage.result)}"
        self.laws.setdefault(value, _told(stage.steps))
        return value

    def _carried_out(self, root: Expr) -> Expr:
        """The expression without names, definitions of functions put in."""
        return rebuild(root, self._change, self.memo)

    def _change(self, old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "let":
            self._label(args[0], old)
            return args[0]
        if old.op == "sized":
            return args[0]
        if old.op == "call":
            table = dict(zip(old.attr.params, args, strict=True))
            return all_finite(spread(old.attr.body, table, old.shape), args)
        if old.op == "transpose":
            return args[0].T
        if old.op == "sum" and args[0].op == "sum" and old.shape == SCALAR:
            return make("sum", args[0].args, "all")
        new = same(old, args)
        return without_cancelling(new, self.targets) if new.op == "sub" else finite(new)

    def _label(self, value: Expr, quantity: Expr) -> None:
        if value.op in ("name", "number", "constant", "size") or value in self.labels:
            return
        self.labels[value] = quantity
        self.lines.setdefault(value, f"{self._text(quantity)} = {self._text(quantity.args[0])}")

    def _text(self, e: Expr) -> str:
        return text(e, self.model.spelling)

    # -- buffers ---------------------------------------------------------------------------

    def _buffers(self, loss: Expr, results: dict[str, Expr], order: list[Expr]) -> dict[Expr, str]:
        """Each value that gets a buffer, in the order in which they are worked out, with the name
        that it would like to have."""
        uses: dict[Expr, int] = {}
        for e in reversed(order):
            # What is turned or repeated is written out at each use, its inside with it.
            times = uses.get(e, 1) if e.op in FREE and e not in self.labels else 1
            for a in e.args:
                uses[a] = uses.get(a, 0) + times
        wanted: dict[Expr, str] = {}
        for plain, e in reversed(results.items()):
            wanted[e] = f"d{plain}"
        out: dict[Expr, str] = {}
        for e in order:
            if e in self.labels:
                out[e] = self.labels[e].attr.plain
            elif e is loss or e in wanted:
                out[e] = wanted.get(e, "loss")
            elif uses.get(e, 0) > 1 and e.op not in FREE:
                out[e] = _name_of_number(e)
        # A leaf as a result (the gradient of a plain product) is copied to a buffer of its own.
        for plain, e in results.items():
            out.setdefault(e, f"d{plain}")
        return out

    def _letters(self, leaves: Iterable[Expr], parts: Iterable[Expr]) -> dict[str, tuple[str, int]]:
        """Where each letter of a dimension is counted, if the program uses it as a number or to
        repeat a value."""
        homes: dict[str, tuple[str, int]] = {}
        for leaf in sorted(leaves, key=lambda e: e in self.derivation.wanted):
            for axis, dim in enumerate(leaf.shape):
                if isinstance(dim, str) and "+" not in dim:
                    homes.setdefault(dim, (leaf.attr.plain, axis))
        used: dict[str, None] = {}
        for e in parts:
            for dim in [e.attr] if e.op == "size" else e.shape:
                used.update(dict.fromkeys(dim_letters(dim)))
        return {letter: homes[letter] for letter in used if letter in homes}


def _told(steps: Iterable[Step]) -> tuple[str, ...]:
    """The laws of a chain of steps that say what happened: the tidying is left out, unless there
    was nothing else."""
    names = dict.fromkeys(s.law.name for s in steps if s.law is not NAMED)
    main = dict.fromkeys(s.law.name for s in steps if s.law.grain == OUTLINE and s.law is not NAMED)
    return tuple(main or names)


def _plain(e: Expr) -> str:
    return e.attr.plain if e.op in ("let", "name") else ""


def _name_of_number(e: Expr) -> str:
    """`one_over_m` for the 1/m of a mean; nothing for what has no name of its own."""
    if e.op == "div" and e.args[0].attr == 1 and e.args[1].op == "size":
        return f"one_over_{e.args[1].attr}"
    return ""
