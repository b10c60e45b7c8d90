"""Random networks: every operation, every way of sharing, always inside the domain of its
functions.

The numbers stay small (`_Builder.bound` keeps track of how large they can get, and what is too
large is squashed), so that float64 tells right from wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from backproof.expr.build import (
    ONE,
    ZERO,
    Function,
    add,
    broadcast,
    common_shape,
    div,
    elementwise,
    let,
    matmul,
    mul,
    name,
    neg,
    number,
    power,
    size,
    sub,
    total,
    unary,
)
from backproof.expr.model import Equation, Model, Role
from backproof.expr.name import Name
from backproof.expr.node import Expr, walk
from backproof.expr.ops import make
from backproof.expr.shape import SCALAR, Shape

T = TypeVar("T")
SIZES = {"n": 3, "k": 2, "m": 4}
LARGEST = 12.0

_z, _beta = name("z", SCALAR), name("beta", SCALAR)
SWISH = Function(
    "swish", r"\operatorname{swish}", (_z, _beta), mul(_z, unary("sigmoid", mul(_beta, _z)))
)
SOFTSIGN = Function(
    "softsign", r"\operatorname{softsign}", (_z,), div(_z, add(ONE, unary("abs", _z)))
)
BUMP = Function("bump", "g", (_z,), unary("exp", neg(power(_z, number(2)))))


MARKS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}


def shown(e: Expr, inside: bool = False) -> str:
    """An expression in plain characters, for the report of a test that fails."""
    if e.op in ("name", "let") and (inside or e.op == "name"):
        return e.attr.plain
    args = [shown(a, True) for a in e.args]
    if e.op == "let":
        return f"{e.attr.plain} = {args[0]}"
    if e.op == "number":
        return str(e.attr)
    if e.op in MARKS:
        return f"({args[0]} {MARKS[e.op]} {args[1]})"
    attr = "" if e.attr is None else f"[{getattr(e.attr, 'name', e.attr)}]"
    return f"{e.op}{attr}({', '.join(args)})"


class Network:
    """A model, a point to look at it, and what to derive by."""

    def __init__(self, model: Model, values: dict[Expr, Any], wrt: list[str]) -> None:
        self.model = model
        self.values = values
        self.wrt = wrt

    def __repr__(self) -> str:
        names = ", ".join(f"{e.attr.plain}:{e.shape[0]}x{e.shape[1]}" for e in self.values)
        lines = [shown(e.quantity) for e in self.model.equations]
        return "\n    ".join(["", names, *lines, f"by {self.wrt}"])

    @property
    def plain(self) -> dict[str, Any]:
        return {e.attr.plain: v for e, v in self.values.items()}


@dataclass
class _Builder:
    """Makes parts; `pick` and `flip` are the source of chance."""

    pick: Callable[[Sequence[Any]], Any]
    dims: dict[str, int | str]
    columns: bool
    pool: list[Expr] = field(default_factory=list)
    names: dict[Expr, Role] = field(default_factory=dict)
    lets: list[Expr] = field(default_factory=list)
    bound: dict[Expr, float] = field(default_factory=dict)
    ones: list[Expr] = field(default_factory=list)

    def flip(self) -> bool:
        return self.pick((False, True))

    def shape(self, rows: str, columns: str) -> Shape:
        return (self.dims.get(rows, 1), self.dims.get(columns, 1))

    def leaf(self, shape: Shape, role: Role = "parameter") -> Expr:
        letter = {"parameter": "W", "input": "X", "target": "Y", "constant": "c"}[role]
        e = name(Name(letter, layer=str(len(self.names))), shape)
        self.names[e] = role
        self.bound[e] = 1.6
        return e

    def some(self, shape: Shape | None = None) -> Expr:
        """Something that is there already, of this shape if one is asked for."""
        fitting = [e for e in self.pool if shape is None or e.shape == shape]
        if not fitting or (shape is not None and self.pick((True, False, False, False))):
            made = self.leaf(shape or self.shape("n", "m"))
            self.pool.append(made)
            return made
        return self.pick(fitting[-8:])

    def keep(self, e: Expr, bound: float) -> Expr:
        """Enter a part in the pool, small enough, with a name of its own or without."""
        self.bound[e] = bound
        if bound > LARGEST:
            e = unary(self.pick(("tanh", "sigmoid", "sin")), e)
            self.bound[e] = 1.0
        if self.flip():
            e = self.named(e)
        self.pool.append(e)
        return e

    def named(self, e: Expr) -> Expr:
        made = let(Name(self.pick(("z", "a", "h")), layer=str(len(self.lets) + 1)), e)
        self.lets.append(made)
        self.bound[made] = self.bound[e]
        return made

    def of(self, *parts: Expr) -> list[float]:
        return [self.bound[e] for e in parts]

    # One kind of part each ------------------------------------------------------------------

    def function(self) -> None:
        """A function of one argument, kept inside its domain."""
        x = self.some()
        (b,) = self.of(x)
        square = mul(x, x) if self.flip() else power(x, number(2))
        small = unary("tanh", x)
        half = number(Fraction(1, 2))
        made: list[tuple[Expr, float]] = [
            *(
                (unary(op, x), 1.0)
                for op in ("sigmoid", "tanh", "sin", "cos", "erf", "sign", "step")
            ),
            *((unary(op, x), b + 0.7) for op in ("relu", "abs", "softplus", "neg")),
            *((unary(op, small), 3.0) for op in ("exp", "expm1", "sinh", "cosh", "tan")),
            (unary("log", add(ONE, square)), b),
            (unary("log", unary("sigmoid", x)), b + 0.7),
            (unary("log", sub(number(2), unary("sigmoid", x))), 1.0),
            (unary("log1p", square), b),
            (unary("log1mexp", neg(add(half, square))), 1.0),
            (unary("sqrt", add(half, square)), b + 1),
            (
                power(
                    add(ONE, square), number(self.pick((Fraction(-1, 2), Fraction(3, 2), -1, -2)))
                ),
                (1 + b * b) ** 1.5,
            ),
            (power(x, number(self.pick((0, 1, 2, 3)))), b**3 + 1),
            (power(number(2), small), 2.0),
            (power(Expr("constant", (), "e"), neg(square)), 1.0),
            (make("call", (x,), SOFTSIGN), 1.0),
            (make("call", (x,), BUMP), 1.0),
        ]
        self.keep(*self.pick(made))

    def pair(self) -> None:
        """A function of two, three or four arguments, what is smaller repeated."""
        x = self.some()
        shapes = [x.shape, SCALAR, (x.shape[0], 1), (1, x.shape[1])]
        y, p, q = (self.some(self.pick(shapes)) for _ in range(3))
        b, d = max(self.of(x, y)), max(self.of(x, y, p, q))
        fraction = number(self.pick((2, 3, -1, Fraction(1, 2), Fraction(-3, 4))))
        square = power(y, number(2))
        made: list[tuple[Expr, float]] = [
            (add(x, y), 2 * b),
            (sub(x, y), 2 * b),
            (sub(y, x), 2 * b),
            (mul(x, y), b * b),
            (div(x, add(ONE, square)), b),
            (div(x, unary("exp", unary("tanh", y))), 3 * b),
            (div(div(x, number(2)), unary("cosh", unary("tanh", y))), b),
            (mul(fraction, sub(x, y)), 6 * b),
            (neg(add(mul(fraction, x), y)), 4 * b),
            (div(sub(x, y), number(3)), b),
            (
                power(add(number(Fraction(1, 2)), power(x, number(2))), unary("tanh", y)),
                0.5 + b * b,
            ),
            (elementwise("max", x, y), b),
            (elementwise("min", x, y), b),
            (elementwise("max", x, number(Fraction(1, 10))), b),
            (elementwise("where", x, y, p, q), d),
            (
                elementwise("where", x, ZERO, x, mul(p, sub(unary("exp", unary("tanh", x)), ONE))),
                3 * d,
            ),
            (
                make(
                    "call",
                    tuple(broadcast(e, common_shape(x.shape, y.shape)) for e in (x, y)),
                    SWISH,
                ),
                b,
            ),
            (mul(sub(ONE, unary("sigmoid", x)), unary("sigmoid", x)), 1.0),
            (mul(mul(x, p), mul(y, x)), d**4),
            (
                sub(
                    neg(mul(y, unary("log", unary("sigmoid", x)))),
                    mul(sub(ONE, y), unary("log", sub(ONE, unary("sigmoid", x)))),
                ),
                (b + 1) ** 2,
            ),
        ]
        self.keep(*self.pick(made))

    def product(self) -> None:
        x = self.some()
        if self.flip():
            rows = self.dims.get(self.pick("nkm"), 1)
            a = self.some((rows, x.shape[0])) if self.flip() else self.leaf((rows, x.shape[0]))
            made, parts = matmul(a, x), (a, x)
        else:
            columns = self.dims.get(self.pick("nkm"), 1)
            a = (
                self.some((x.shape[1], columns))
                if self.flip()
                else self.leaf((x.shape[1], columns))
            )
            made, parts = matmul(x, a), (x, a)
        b, d = self.of(*parts)
        self.pool.append(a)
        if self.flip():
            bias = self.leaf(self.pick([(made.shape[0], 1), (1, made.shape[1]), SCALAR]))
            made, b = add(made, bias), b + 1
        self.keep(made, 4 * b * d)

    def turned(self) -> None:
        x = self.some()
        self.pool.append(x.T)
        self.bound[x.T] = self.bound[x]

    def squared(self) -> None:
        """A product with its own transpose: one weight twice."""
        x = self.some()
        (b,) = self.of(x)
        made = matmul(x, x.T) if self.flip() else matmul(x.T, x)
        self.keep(make("trace", (made,)) if self.flip() else made, 4 * b * b)

    def reduced(self) -> None:
        x = self.some()
        axis = self.pick(("rows", "columns", "all"))
        # A fresh summand, so that no two entries are equal and no vector is zero.
        fresh = add(x, self.leaf(x.shape))
        b = self.bound[x] + 1.6
        spread = unary("sqrt", add(number("0.1"), make("sqnorm", (x,), axis)))
        centred = sub(x, broadcast(div(total(x, axis), number(3)), x.shape))
        made = self.pick([
            (total(x, axis), 12 * b),
            (div(total(x, axis), number(12)), b),
            (make("sqnorm", (x,), axis), 12 * b * b),
            (make("norm", (fresh,), axis), 4 * b),
            (make("logsumexp", (x,), axis), b + 3),
            (make("amax", (fresh,), axis), b),
            (make("softmax", (x,), axis), 1.0),
            (make("log_softmax", (x,), axis), 2 * b + 3),
            (mul(make("argmax_mask", (fresh,), axis), x), b),
            (div(centred, broadcast(spread, x.shape)), 4.0),
        ])  # fmt: skip
        self.keep(*made)

    def blocks(self) -> None:
        x = self.some()
        along = self.pick(("rows", "columns"))
        i = 0 if along == "rows" else 1
        dims = [self.dims.get(d, 1) for d in "nkm"]
        other = [0, 0]
        other[i], other[1 - i] = self.pick(dims), x.shape[1 - i]
        y = self.some((other[0], other[1]))
        if not _plain(x) or not _plain(y):
            return
        whole = make("stack", (x, y), along)
        b = max(self.of(x, y))
        which = self.pick(("whole", "first", "second", "product"))
        if which == "whole":
            self.keep(whole, b)
        elif which == "product":
            rows = self.dims.get("k", 1)
            weight = self.leaf((rows, whole.shape[0]))
            self.keep(matmul(weight, whole), 12 * b)
        else:
            before = () if which == "first" else (x.shape[i],)
            own = x.shape[i] if which == "first" else y.shape[i]
            inner = unary("tanh", whole) if self.flip() else whole
            self.keep(make("block", (inner,), (along, before, own)), b)

    def again(self) -> None:
        """A second name for a quantity."""
        if self.lets:
            e = self.pick(self.lets)
            self.pool.append(self.named(e))

    def residual(self) -> None:
        x = self.some()
        weight = self.leaf((x.shape[0], x.shape[0]))
        inner = unary(self.pick(("tanh", "relu", "sigmoid")), matmul(weight, x))
        self.keep(add(x, inner), self.bound[x] + 6)

    def loss(self) -> Expr:
        parts: list[Expr] = []
        for e in [self.pool[-1], *(self.some() for _ in range(self.pick((0, 1, 2))))]:
            kind = self.pick(("mean", "sum", "square", "entropy", "norm"))
            term = e
            if kind == "square":
                term = power(sub(e, self.leaf(e.shape, "target")), number(2))
            elif kind == "norm":
                term = make("sqnorm", (e,), "all")
            elif kind == "entropy":
                y = self.leaf(e.shape, "target")
                self.ones.append(y)
                axis = "rows" if self.columns else "columns"
                term = neg(mul(y, unary("log", make("softmax", (e,), axis))))
            term = total(term)
            if kind != "sum" and "m" in e.shape:
                leaf = next((x for x in walk([e]) if x.op == "name" and "m" in x.shape), None)
                count = size("m", leaf)
                term = mul(div(ONE, count), term) if self.flip() else div(term, count)
            if self.flip():
                self.bound[term] = LARGEST
                term = self.named(term)
            if self.flip():
                term = mul(self.leaf(SCALAR, "constant") if self.flip() else number("0.5"), term)
            parts.append(term)
        out = parts[0]
        for part in parts[1:]:
            out = self.pick((add, add, sub))(out, part)
        return neg(out) if self.pick((False, False, True)) else out


def _plain(e: Expr) -> bool:
    return not any("+" in str(d) for d in e.shape)


KINDS = (
    "function",
    "pair",
    "product",
    "turned",
    "squared",
    "reduced",
    "blocks",
    "again",
    "residual",
)


@st.composite
def networks(draw: Callable[[st.SearchStrategy[Any]], Any], most: int = 7) -> Network:
    """A network of up to `most` parts with a loss, and what to derive by."""

    def pick(items: Sequence[T]) -> T:
        return items[draw(st.integers(0, len(items) - 1))]

    dims = pick([
        {"n": "n", "k": "k", "m": "m"},
        {"n": "n", "k": "k", "m": "m"},
        {"n": "n", "k": "k"},
        {"n": "n", "m": "m"},
        {},
    ])  # fmt: skip
    columns = draw(st.booleans())
    at = _Builder(pick, dims, columns)
    at.pool.append(at.leaf(at.shape("n", "m"), "input"))
    for _ in range(draw(st.integers(1, most))):
        getattr(at, pick(KINDS))()
    loss = let("L", at.loss())
    below = list(walk([loss]))
    roles: dict[Expr, Role] = {e: at.names[e] for e in below if e.op == "name"}
    if at.flip():
        roles[at.leaf(at.shape("n", "k"))] = "parameter"  # never used
    equations = [e for e in below if e.op == "let"]
    roles |= dict.fromkeys(equations, "hidden")
    roles[loss] = "loss"
    model = Model(
        tuple(Equation(e, "") for e in equations), loss, roles, samples=str(dims.get("m", "")),
        columns=columns, sums_to_one=tuple(at.ones),
    )  # fmt: skip
    wrt = [e.attr.plain for e in roles if draw(st.booleans())] or [equations[-1].attr.plain]
    return Network(model, point(model, draw(st.integers(0, 3))), wrt)


def point(model: Model, seed: int = 0, sizes: dict[str, int] | None = None) -> dict[Expr, Any]:
    """A value for every free name, away from zero; targets that sum to one do so."""
    sizes = sizes or SIZES
    random = np.random.default_rng(seed)
    values: dict[Expr, Any] = {}
    for e in model.roles:
        if e.op != "name":
            continue
        shape = tuple(sum(sizes.get(p, 0) or int(p) for p in str(d).split("+")) for d in e.shape)
        x = random.uniform(0.3, 1.6, shape)
        if model.roles[e] != "constant":
            x *= random.choice([-1.0, 1.0], shape)
        if e in model.sums_to_one:
            axis = 0 if model.columns else 1
            x = np.abs(x) / np.abs(x).sum(axis, keepdims=True)
        values[e] = x
    return values
