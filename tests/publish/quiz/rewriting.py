"""Formulas rewritten at random into others of the same value, and typed in one of many ways."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from backproof.expr.build import ONE, add, broadcast, div, matmul, mul, neg, number, sub
from backproof.expr.model import Model
from backproof.expr.node import Expr, ends_equation, is_named, rebuild, walk
from backproof.expr.ops import make
from backproof.notation.latex import latex
from backproof.notation.text import text

Rule = Callable[[Expr, random.Random], Expr | None]


def _swap_sum(e: Expr, rng: random.Random) -> Expr | None:
    return add(e.args[1], e.args[0]) if e.op == "add" else None


def _swap_difference(e: Expr, rng: random.Random) -> Expr | None:
    return neg(sub(e.args[1], e.args[0])) if e.op == "sub" else None


def _swap_product(e: Expr, rng: random.Random) -> Expr | None:
    return mul(e.args[1], e.args[0]) if e.op == "mul" else None


def _turn_product(e: Expr, rng: random.Random) -> Expr | None:
    return matmul(e.args[1].T, e.args[0].T).T if e.op == "matmul" else None


def _distribute(e: Expr, rng: random.Random) -> Expr | None:
    # Not where it would print a matrix of ones, which looks like a vector of them.
    plain = not any(a.op == "broadcast" for a in e.args[0].args)
    if e.op in ("mul", "matmul") and e.args[0].op in ("add", "sub") and plain:
        (a, b), c = e.args[0].args, e.args[1]
        times = mul if e.op == "mul" else matmul
        return make(e.args[0].op, (times(a, c), times(b, c)))
    return None


def _double(e: Expr, rng: random.Random) -> Expr | None:
    if ends_equation(e) or e.op == "number":
        return None
    return mul(number(2), div(e, number(2)))


def _add_and_take(e: Expr, rng: random.Random) -> Expr | None:
    return sub(add(e, ONE), ONE) if is_named(e) else None


def _square(e: Expr, rng: random.Random) -> Expr | None:
    return mul(e.args[0], e.args[0]) if e.op == "pow" and _two(e.args[1]) else None


def _two(e: Expr) -> bool:
    return (e.args[0] if e.op == "broadcast" else e) is number(2)


def _over_one(e: Expr, rng: random.Random) -> Expr | None:
    return div(ONE, div(ONE, e)) if e.op in ("mul", "div") else None


def _written_out(e: Expr, rng: random.Random) -> Expr | None:
    return e.args[0] if e.op == "let" and len(list(walk([e.args[0]], is_named))) < 8 else None


def _sigmoid_out(e: Expr, rng: random.Random) -> Expr | None:
    return div(ONE, add(ONE, make("exp", (neg(e.args[0]),)))) if e.op == "sigmoid" else None


RULES: tuple[Rule, ...] = (
    _swap_sum,
    _swap_difference,
    _swap_product,
    _turn_product,
    _distribute,
    _double,
    _add_and_take,
    _square,
    _over_one,
    _written_out,
    _sigmoid_out,
)


def rewritten(e: Expr, rng: random.Random, times: int) -> Expr:
    """The formula after some rewritings of parts of it."""
    for _ in range(times):
        parts = [x for x in walk([e], ends_equation) if x.op not in ("number", "size", "name")]
        rng.shuffle(parts)
        for part in parts:
            rules = rng.sample(RULES, len(RULES))
            new = next((n for rule in rules if (n := rule(part, rng)) is not None), None)
            if new is not None and new.shape == part.shape:
                e = _put(e, part, new)
                break
    return e


def _put(root: Expr, old: Expr, new: Expr) -> Expr:
    def again(e: Expr, args: tuple[Expr, ...]) -> Expr:
        if args == e.args:
            return e
        if e.op == "transpose":
            return args[0].T
        if e.op == "broadcast":
            return broadcast(args[0], e.attr)
        return make(e.op, args, e.attr)

    return rebuild(root, again, {old: new}, lambda e: ends_equation(e) and e is not old)


# ------------------------------------------------------------------------------ ways of typing


def typed(e: Expr, model: Model, rng: random.Random, indices: bool = True) -> Iterator[str]:
    """The formula as several people would type it."""
    spelling = model.spelling
    yield text(e, spelling, indices=indices)
    written = latex(e, spelling, indices=indices)
    yield written
    yield respelled(written, rng)
    if indices:
        yield text(e, replace(spelling, ascii=True))


def respelled(written: str, rng: random.Random) -> str:
    """LaTeX with its layers, brackets and marks spelled in other ways."""

    def layer(match: re.Match[str]) -> str:
        style = rng.choice(["^{(%s)}", "^{[%s]}", "_{%s}", "_%s", "^{(%s)}"])
        return style % match[1]

    written = re.sub(r"\^\{\((\d)\)\}(?!_)", layer, written)
    for old, new in (
        (r"\left", ""),
        (r"\right", ""),
        (r"\odot", r"\circ"),
        (r"\top", rng.choice(["T", r"\top", r"\intercal"])),
        (r"\frac", rng.choice([r"\dfrac", r"\tfrac", r"\frac"])),
        (r"\delta", rng.choice([r"\delta", "δ"])),
        (" ", rng.choice([" ", "  ", r"\, "])),
    ):
        written = written.replace(old, new)
    return f"${written}$" if rng.random() < 0.3 else written
