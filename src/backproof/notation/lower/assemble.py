"""From the elaborated equations to the model: final dimensions, roles, the author's spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...errors import Span
from ...expr.build import Function, rename_dims
from ...expr.model import Equation, Model, Remark, Role
from ...expr.name import Name
from ...expr.node import Expr, rebuild, walk
from ...expr.shape import SCALAR, Dim, Shape, dim_letters
from ..document import Document
from ..syntax import Big, Number, Script, Tree
from .context import Context
from .indices import binders
from .names import refer
from .roles import is_start, kind_of, role_of
from .spelling import spelling
from .survey import Definition

_ONE_HOT = re.compile(r"one[- ]?hot|원[- ]?핫|独热|ワンホット", re.IGNORECASE)


def assemble(ctx: Context, order: list[Definition], loss: Definition, note: Document) -> Model:
    """The model of a note whose equations have been worked out."""
    final = _final_dims(ctx, order)
    tidy = _Tidy(ctx)
    memo: dict[Expr, Expr] = {}
    equations: list[Equation] = []
    lines = note.text.splitlines()
    for definition in order:
        raw = tidy(ctx.values[definition.name].expr)
        quantity = rename_dims(raw, final, memo)
        written = excerpt(lines, definition.span)
        equations.append(Equation(quantity, written, definition.span))
    roles = _roles(ctx, equations)
    batch = final.get(str(ctx.dims.find(ctx.batch)), "") if _has_batch(ctx, roles, final) else ""
    loss_expr = next(e.quantity for e in equations if e.name == loss.name)
    return Model(
        equations=tuple(equations),
        loss=loss_expr,
        roles=roles,
        samples=str(batch),
        columns=ctx.survey.columns,
        functions=tuple(_functions(equations)),
        sums_to_one=tuple(_sums_to_one(ctx, roles, note)),
        remarks=(*ctx.survey.remarks, *ctx.remarks.values(), *_redefined(ctx, order)),
        spelling=spelling(ctx, note),
        language=note.language,
        file=note.file,
        text=note.text,
    )


def _final_dims(ctx: Context, order: list[Definition]) -> dict[str, Dim]:
    """Letters for all dimensions: features are counted from the input to the output."""
    dims: list[Dim] = []
    if not any(kind_of(n) in ("input", "inputs") for n in ctx.leaves):
        dims += [d for value in ctx.leaves.values() for d in value.expr.shape]
    inputs = [n for n in ctx.leaves if kind_of(n) in ("input", "inputs")]
    for name in sorted(inputs, key=is_start):
        dims += ctx.leaves[name].expr.shape
    for definition in order:
        for e in walk([ctx.values[definition.name].expr.args[0]], lambda e: e.op == "let"):
            if e.args:
                dims += e.shape
    for value in ctx.leaves.values():
        dims += value.expr.shape
    taken = {n.plain for n in (*ctx.leaves, *ctx.values)}
    return ctx.dims.everything(ctx.dims.letters(dims, taken))


class _Tidy:
    """Give every size a name that has it, and drop factors that turned out to be 1."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.memo: dict[Expr, Expr] = {}
        self.holders: dict[Dim, Expr] = {}
        for value in ctx.leaves.values():
            for dim in value.expr.shape:
                self.holders.setdefault(ctx.dims.find(dim), value.expr)

    def __call__(self, root: Expr) -> Expr:
        return rebuild(root, self._change, self.memo)

    def _change(self, old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op == "size" and not args:
            holder = self.holders.get(self.ctx.dims.find(old.attr))
            if holder is None and not isinstance(self.ctx.dims.find(old.attr), int):
                letter = Name(self.ctx.dims.called(old.attr) or "m")
                self.ctx.constants.add(letter)  # it counts nothing that the note has
                return Expr("name", (), letter, SCALAR)
            return Expr("size", (holder,) if holder else (), old.attr, SCALAR)
        if old.op == "mul" and all(a.op == "size" for a in args):
            kept = [a for a in args if self.ctx.dims.find(a.attr) != 1]
            if len(kept) < 2:
                return kept[0] if kept else args[0]
        return old if args == old.args else Expr(old.op, args, old.attr, old.shape)


def _roles(ctx: Context, equations: list[Equation]) -> dict[Expr, Role]:
    roles: dict[Expr, Role] = {}
    for i, equation in enumerate(equations):
        inside = walk([equation.value], lambda e: e.op == "let" or e in roles)
        for e in inside:
            if e.op == "name" and e not in roles:
                exponent = e.attr in ctx.exponents
                roles[e] = role_of(e.attr, scalar=e.shape == SCALAR, exponent=exponent)
                if e.attr in ctx.constants:
                    roles[e] = "constant"
                elif _below_the_first(ctx, e.attr):
                    roles[e] = "input"
                elif roles[e] == "parameter" and any(map(ctx.dims.is_batch, _open_shape(ctx, e))):
                    marked = kind_of(replace(e.attr, marks=())) in ("target", "targets")
                    roles[e] = "target" if marked else "input"  # one for each sample
        roles[equation.quantity] = "loss" if i == len(equations) - 1 else "hidden"
    _settled_targets(equations, roles)
    targets = {e.attr.base for e, role in roles.items() if role == "target"}
    if "t" in targets:  # where t is the target, y is what the network says
        for e in list(roles):
            if roles[e] == "target" and e.attr.base == "y":
                roles[e] = "parameter"
    return roles


def _open_shape(ctx: Context, e: Expr) -> Shape:
    value = ctx.leaves.get(e.attr)
    return value.expr.shape if value is not None else SCALAR


def _settled_targets(equations: list[Equation], roles: dict[Expr, Role]) -> None:
    r"""In a model without a target, what a prediction is compared with is one: the p of
    `\sum p \log (p / q)`, the R of `\|R - U V^T\|^2`."""
    if "target" in roles.values():
        return
    free = [e for e, role in roles.items() if role == "parameter" and e.shape != SCALAR]
    found = [e for e in free if e.attr.base in ("p", "q") and not e.attr.marks]
    if len(found) != 1:
        compared = _compared(equations)
        found = [e for e in free if compared.get(e, 0) == 1]
    if len(found) == 1 and len(free) > 1:
        roles[found[0]] = "target"


def _compared(equations: list[Equation]) -> dict[Expr, int]:
    """The names that a formula is subtracted from, or that are subtracted from one; with how often
    they occur in all."""
    values = [e.value for e in equations]
    counts: dict[Expr, int] = {}
    found: set[Expr] = set()
    for e in walk(values):
        for a in e.args:
            if a.op == "name":
                counts[a] = counts.get(a, 0) + 1
        if e.op == "sub":
            one, two = e.args
            for lone, other in ((one, two), (two, one)):
                if lone.op == "name" and other.op not in ("name", "number", "broadcast"):
                    found.add(lone)
    return {e: n for e, n in counts.items() if e in found}


def _below_the_first(ctx: Context, name: Name) -> bool:
    """Whether a name is the layer below those that the note defines: `a^{(1)}` of `a^{(2)}`."""
    if not name.layer.isdigit():
        return False
    above = replace(name, layer=str(int(name.layer) + 1))
    return above in ctx.values


def _has_batch(ctx: Context, roles: dict[Expr, Role], final: dict[str, Dim]) -> bool:
    letter = final.get(str(ctx.dims.find(ctx.batch)))
    return letter is not None and any(letter in dim_letters(d) for e in roles for d in e.shape)


def _functions(equations: list[Equation]) -> list[Function]:
    """The functions with a formula that the model calls, in order."""
    calls = (e for e in walk([eq.quantity for eq in equations]) if e.op == "call")
    return list(dict.fromkeys(e.attr for e in calls))


def _sums_to_one(ctx: Context, roles: dict[Expr, Role], note: Document) -> list[Expr]:
    r"""Targets of which the note says `\sum_k y_k = 1`, or that they are one-hot."""
    targets = [e for e, role in roles.items() if role == "target"]
    several = [e for e in targets if e.shape[ctx.axes.feature] != 1]
    if _ONE_HOT.search(note.prose) or _ONE_HOT.search(note.text):
        return several
    named = {n for chain in ctx.survey.equalities for n in _summed(chain.sides)}
    return [e for e in several if e.attr in named]


def _summed(sides: Sequence[Tree | None]) -> list[object]:
    if not any(isinstance(s, Number) and s.text == "1" for s in sides):
        return []
    found: list[object] = []
    for side in sides:
        if isinstance(side, Big) and side.kind == "sum" and isinstance(side.body, Script):
            reference = refer(side.body, binders(side))
            if reference is not None and reference.indices:
                found.append(reference.name)
    return found


def _redefined(ctx: Context, order: list[Definition]) -> list[Remark]:
    used = {d.name for d in order}
    out: list[Remark] = []
    seen: set[object] = set()
    for definition, candidate in ctx.survey.again:
        if definition.name in used and definition.name not in seen:
            seen.add(definition.name)
            fields = {"name": definition.name.plain, "line": str(candidate.span.line)}
            out.append(Remark("redefined", candidate.span, fields))
    return out


def excerpt(lines: list[str], span: Span) -> str:
    """The text of a place, on one line, without the marks of an alignment."""
    if not 0 < span.line <= len(lines):
        return ""
    if span.line == span.end_line:
        piece = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    else:
        middle = lines[span.line : span.end_line - 1]
        first = lines[span.line - 1][span.column - 1 :]
        last = lines[min(span.end_line, len(lines)) - 1][: span.end_column - 1]
        piece = " ".join([first, *middle, last])
    rest = lines[min(span.end_line, len(lines)) - 1][span.end_column - 1 :]
    while piece.count("{") > piece.count("}") and rest:
        piece, rest = piece + rest[0], rest[1:]  # a group's place leaves its braces out
    piece = re.sub(r"(?<!\\)&", "", piece.replace("\\\\", " "))
    return re.sub(r"\s+", " ", piece).strip()
