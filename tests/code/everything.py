"""One model with every operation that has a value, each in the place where its value shows.

The loss is the sum of `c * f(X)` over all parts f, so the gradient by each c is the value of f.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.expr.build import (
    ONE,
    add,
    broadcast,
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
from backproof.expr.node import Expr
from backproof.expr.ops import make
from backproof.expr.shape import SCALAR, Shape

UNARY = "neg exp abs sign step sin cos tan sinh cosh tanh sigmoid relu softplus erf expm1".split()
ALONG = "sum sqnorm norm logsumexp amax softmax log_softmax argmax_mask".split()


def parts() -> dict[str, Expr]:
    """Every f, with a name that says what it is."""
    x, y, w = name("X", ("n", "m")), name("Y", ("n", "m")), name("W", ("n", "n"))
    u, v, s = name("u", ("n", 1)), name("v", (1, "m")), name("s", SCALAR)
    above = add(ONE, power(x, number(2)))
    out = {op: unary(op, x) for op in UNARY}
    out |= {op: unary(op, above) for op in ("log", "sqrt", "log1p")}
    out["log1mexp"] = unary("log1mexp", neg(above))
    out |= {op: elementwise(op, x, y) for op in ("add", "sub", "mul", "max", "min")}
    out["div"] = div(y, above)
    out["pow"] = power(above, unary("sin", y))
    out |= {f"pow{p}": power(above, number(p)) for p in (-1, 3, Fraction(1, 2), Fraction(-3, 4))}
    out["where"] = elementwise("where", x, y, u, v)
    for axis in ("rows", "columns", "all"):
        out |= {f"{op} {axis}": make(op, (add(x, y),), axis) for op in ALONG}
        out |= {f"{op} {axis} itself": make(op, (x,), axis) for op in ALONG}
    out["column"] = make("softmax", (u,), "all")
    out["number"] = make("log_softmax", (s,), "all")
    out["number beside"] = add(make("logsumexp", (add(s, ONE),), "rows"), s)
    out["trace"] = make("trace", (matmul(x, y.T),))
    out["products"] = unary("tanh", add(add(matmul(w, x), matmul(w.T, y)), u))
    out["product taken off"] = sub(matmul(w, x), matmul(w, y))
    out["turned product"] = matmul(x.T, w.T)
    out["product, then turned"] = add(matmul(x.T, w).T, y)
    out["matrix times column"] = sub(matmul(w, u), u)
    out["turned matrix times column"] = mul(number(2), matmul(x.T, u))
    out["row times turned matrix"] = matmul(v, x.T)
    out["dot product"] = matmul(u.T, u)
    out["outer product"] = mul(matmul(u, v), x)
    out["column times number"] = matmul(u, s)
    out["product of sums"] = matmul(add(w, s), sub(x, v))
    out["identity"] = sub(w, Expr("identity", (), None, ("n", "n")))
    out["stack below"] = make("stack", (x, v, matmul(w, y)), "rows")
    out["stack beside"] = make("stack", (x, unary("exp", u), neg(y)), "columns")
    tall = make("stack", (unary("cos", x), v), "rows")
    out["block below"] = make("block", (unary("sin", tall),), ("rows", ("n",), 1))
    out["block beside"] = make("block", (out["stack beside"],), ("columns", ("m", 1), "m"))
    out["numbers"] = mul(Expr("constant", (), "pi"), div(s, size("m", x)))
    out["e"] = mul(Expr("constant", (), "e"), mul(number(Fraction(1, 3)), x))
    out["repeated"] = broadcast(mul(s, v), ("n", "m"))
    out["centred"] = sub(x, broadcast(div(total(x, "columns"), size("m", x)), x.shape))
    return out


def model(only: Collection[str] = ()) -> Model:
    """The sum of all parts, or of some, each with a weight of its own."""
    loss: Expr | None = None
    equations: list[Equation] = []
    roles: dict[Expr, Role] = {}
    for place, (kind, f) in enumerate(parts().items()):
        if only and kind not in only:
            continue
        c = name(Name("c", layer=str(place)), f.shape)
        roles[c] = "parameter"
        term = mul(c, f)
        term = let(Name("t", layer=str(place)), term if f.shape == SCALAR else total(term))
        equations.append(Equation(term, ""))
        loss = term if loss is None else add(loss, term)
    assert loss is not None
    shapes: dict[str, Shape] = {
        "X": ("n", "m"),
        "Y": ("n", "m"),
        "W": ("n", "n"),
        "u": ("n", 1),
        "v": (1, "m"),
        "s": SCALAR,
    }
    roles |= {name(plain, shape): "input" for plain, shape in shapes.items()}
    whole = let(Name("L"), loss)
    roles[whole] = "loss"
    roles |= {equation.quantity: "hidden" for equation in equations}
    equations.append(Equation(whole, ""))
    return Model(tuple(equations), whole, roles, samples="m", columns=True)


def values(seed: int = 0) -> dict[str, Any]:
    """A value for each name."""
    random = np.random.default_rng(seed)
    sizes = {"n": 3, "m": 4}
    out: dict[str, Any] = {}
    for e in model().roles:
        if e.op == "name":
            rows, columns = (
                sum(sizes.get(p) or int(p) for p in str(d).split("+")) for d in e.shape
            )
            value = random.normal(size=(rows, columns))
            out[e.attr.plain] = float(value[0, 0]) if e.shape == SCALAR else value
    return out
